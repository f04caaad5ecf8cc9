"""The recoveries room: what came after the indemnity and who got what of it; the end of a claim, its reopening."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from applications.exposure import NOTHING
from applications.forms import TextForm
from claims.actions import closing
from claims.actions import recoveries as verbs
from claims.cockpit import expected_now, recovery_table
from claims.desk import page
from claims.desk.acts import Act, Figures, act_page
from claims.dossier import ClaimDossier
from claims.models import Indemnity, Paper
from claims.papers.rendering import digest
from claims.settlement_forms import ReceiptForm
from claims.statements import statements_of
from claims.views.reading import dossier_of
from parties.visitors import SignedInRequest
from underwriting.certificates.typed_facts import typed
from unlockfocus.templatetags.face import money


@dataclass(frozen=True)
class Totals:
    """All recoveries of a claim together, EUR; `left` is what of the indemnified loss is still out."""

    received: Decimal
    costs: Decimal
    to_insurer: Decimal
    to_insured: Decimal
    left: Decimal | None


@require_GET
def recoveries(request: SignedInRequest, number: str) -> HttpResponse:
    """Every receipt with its division and statements, the costs that wait, and what the order cost as it stands."""
    shown = dossier_of(request, number)
    statements = statements_of(shown)
    totals = _totals(shown)
    costs = verbs.costs_to_take(shown.claim)
    table = recovery_table(shown.today)
    context = {
        "title": _head(shown, totals),
        "tab": "recoveries",
        "prepared": None,
        "statements": statements,
        "totals": totals,
        "costs": list(costs),
        "costs_total": verbs.total_costs(costs),
        "costs_unapproved": _unapproved(shown),
        "finals": list(shown.claim.papers.filter(kind=Paper.Kind.FINAL)),
        "outcome": typed(_outcome(shown)),
        "expected": None if statements else expected_now(shown, table),
        "expected_sources": table.sources,
    }
    return page(request, "recoveries", shown, context)


def _totals(shown: ClaimDossier) -> Totals:
    settled = verbs.settled_calculation(shown.claim)
    rows = shown.recoveries
    recovered = sum((each.amount for each in rows), NOTHING)
    return Totals(
        received=sum((each.received for each in rows), NOTHING),
        costs=sum((each.costs for each in rows), NOTHING),
        to_insurer=sum((each.to_insurer for each in rows), NOTHING),
        to_insured=sum((each.to_insured for each in rows), NOTHING),
        left=max(settled.indemnity.gross_loss - recovered, NOTHING) if settled else None,
    )


def _outcome(shown: ClaimDossier) -> dict[str, Any]:
    """What the order cost as it stands, as the final statement would say it."""
    return closing.final_facts(shown.claim, closing.outcome_of(shown.claim.guarantee, shown.at), "")


def _unapproved(shown: ClaimDossier) -> Decimal:
    """Costs entered that no second person approved, EUR."""
    return verbs.total_costs(shown.claim.steps.filter(cost__gt=0, cost_approved_at=None))


def _head(shown: ClaimDossier, totals: Totals) -> str:
    if totals.received:
        facts = {"received": money(totals.received), "insurer": money(totals.to_insurer)}
        return _("%(received)s recovered, %(insurer)s of it ours") % facts
    if shown.claim.paid_at:
        return _("Nothing is recovered yet of %(loss)s") % {"loss": money(totals.left)}
    return _("No indemnity is paid: nothing to divide yet")


# --- A receipt --------------------------------------------------------------------------------------------------------


def recover(request: SignedInRequest, number: str) -> HttpResponse:
    """Record a receipt: its division is shown first; the same form sent again with it is kept."""
    shown = dossier_of(request, number, "recover")
    form = ReceiptForm(request.POST or None, claim=shown.claim)

    def figures(given: ReceiptForm | None) -> Figures:
        if given is None:
            return Figures()
        statement = verbs.statement_before(shown.claim, given.receipt, shown.today)
        return Figures(digest(statement), {"facts": typed(statement)})

    act = Act(
        room="recoveries",
        title=_("Record money that came after the indemnity"),
        effect=_("Approved costs come off first; the rest is divided as the loss was borne. It cannot be taken back."),
        button=_("Record and divide it"),
        done=_("It is recorded and divided; the insured was told, the statement is drawn up."),
        do=lambda form: verbs.record(shown.claim.pk, form.receipt, by=request.user, at=shown.at),
    )
    more = {"costs_total": verbs.total_costs(verbs.costs_to_take(shown.claim))}
    return act_page(request, shown, form, act, "recover", figures, **more)


# --- The end ----------------------------------------------------------------------------------------------------------


def close(request: SignedInRequest, number: str) -> HttpResponse:
    """Close the claim, with what the order cost with the guarantee and without."""
    shown = dossier_of(request, number, "close")
    outcome = closing.outcome_of(shown.claim.guarantee, shown.at)

    def figures(_form: Any) -> Figures:
        facts = _outcome(shown)
        return Figures(digest(facts), {"facts": typed(facts)})

    form = TextForm(
        request.POST or None,
        label=_("Why is it closed?"),
        help_text=_("The insured reads exactly this; it stands in the final statement."),
    )
    cost = money(outcome.statement.with_guarantee)
    act = Act(
        room="recoveries",
        title=_("Close the claim: the order cost %(insured)s %(cost)s")
        % {"insured": shown.claim.guarantee.request.company, "cost": cost},
        effect=_("The final statement is drawn up and the insured is told. Money that still comes takes it up again."),
        button=_("Close at a cost of %(cost)s") % {"cost": cost},
        done=_("The claim is closed; the final statement is drawn up."),
        do=lambda form: closing.close(shown.claim.pk, reason=form.cleaned_data["text"], by=request.user, at=shown.at),
    )
    more = {
        "underway": closing.money_underway(shown.claim),
        "costs_total": verbs.total_costs(verbs.costs_to_take(shown.claim)),
        "costs_unapproved": _unapproved(shown),
    }
    return act_page(request, shown, form, act, "close", figures, **more)


def reopen(request: SignedInRequest, number: str) -> HttpResponse:
    """Take up a closed or rejected claim again."""
    shown = dossier_of(request, number, "reopen")
    form = TextForm(
        request.POST or None, label=_("Why is it reopened?"), help_text=_("The insured reads exactly this.")
    )
    paid = sum((each.amount for each in shown.indemnities if each.status in Indemnity.COMMITTED), NOTHING)
    effect = _("Documents and cover are reviewed again, and we owe a new decision.")
    if paid:
        effect = _(
            "Documents and cover are reviewed again, and we owe a new decision. %(paid)s was signed before: only what"
            " is new is payable."
        ) % {"paid": money(paid)}
    act = Act(
        room="file",
        title=_("Reopen the claim"),
        effect=effect,
        button=_("Reopen the claim"),
        done=_("The claim is reopened; the insured was told."),
        do=lambda form: closing.reopen(shown.claim.pk, reason=form.cleaned_data["text"], by=request.user, at=shown.at),
    )
    return act_page(request, shown, form, act)

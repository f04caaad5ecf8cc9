"""The indemnity room: the sum of today, what is in its way, and every indemnity prepared, signed and paid so far."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from applications.forms import TextForm
from claims.actions import indemnities
from claims.actions.indemnities import OpenQuestions, StillWaiting
from claims.calculation import Calculation, Case, frozen, has_moved, replay
from claims.cover_words import QUESTIONS
from claims.coverage import Line
from claims.desk import page
from claims.desk.acts import Act, Figures, NoForm, act_page
from claims.dossier import ClaimDossier
from claims.liability import liability_now
from claims.models import Claim, Indemnity, Paper
from claims.papers.rendering import digest
from claims.payees import payee_of
from claims.settlement_forms import PrepareForm
from claims.settlement_words import Difference, Sheet, differences, sheet_of
from claims.views.reading import dossier_of
from parties.visitors import SignedInRequest
from unlockfocus.templatetags.face import money

FINAL, INTERIM = Indemnity.Kind.FINAL, Indemnity.Kind.INTERIM


# --- The room ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """An indemnity with its frozen sum, its settlement, and where the sum would differ as the file stands now."""

    indemnity: Indemnity
    sheet: Sheet
    paper: Paper | None
    moved: list[Difference]


@require_GET
def indemnity(request: SignedInRequest, number: str) -> HttpResponse:
    """What would be paid today and why, what is in the way, and what was prepared, signed and paid."""
    shown = dossier_of(request, number)
    today = indemnities.calculation_for(shown, FINAL)
    prepared = next((each for each in shown.indemnities if each.status == Indemnity.Status.PREPARED), None)
    is_undecided = shown.claim.decided_at is None and shown.claim.closed_at is None
    liability = liability_now(shown.claim.guarantee)
    context = {
        "title": _head(shown, today, prepared),
        "tab": "indemnity",
        "today_sheet": sheet_of(today) if is_undecided and not prepared else None,
        "prepared": prepared,
        "is_own_work": prepared is not None and prepared.prepared_by_id == request.user.pk,
        "history": _history(shown, today.case),
        "liability": liability,
        "payee": payee_of(shown.claim.guarantee),
        "may_prepare": False,
        "may_advance": False,
        **(_in_the_way(shown) if is_undecided else {}),
        **(_advance(shown) if is_undecided and not prepared else {}),
    }
    return page(request, "indemnity", shown, context)


def _head(shown: ClaimDossier, today: Calculation, prepared: Indemnity | None) -> str:
    claim = shown.claim
    signed = [each for each in shown.indemnities if each.status in Indemnity.COMMITTED]
    facts = {"amount": money(today.amount), "payee": payee_of(claim.guarantee).name}
    if prepared:
        facts["amount"] = money(prepared.amount)
        return _("%(amount)s to %(payee)s awaits a second signature") % facts
    if claim.decided_at and signed:
        facts = {"amount": money(sum(each.amount for each in signed)), "payee": signed[-1].payee}
        return (_("%(amount)s paid to %(payee)s") if claim.paid_at else _("%(amount)s approved for %(payee)s")) % facts
    if claim.decided_at:
        return _("The claim is rejected: nothing is paid")
    if claim.closed_at:
        return _("The claim was closed without an indemnity")
    if not today.amount:
        return _("As the file stands, nothing would be paid")
    return _("As the file stands, %(amount)s would be paid to %(payee)s") % facts


def _in_the_way(shown: ClaimDossier) -> dict[str, Any]:
    """What stands against preparing the indemnity: open questions and waiting periods each with what ends them."""
    found = indemnities.obstacles(shown, FINAL)
    return {
        "open_questions": [(QUESTIONS[each.check], each) for each in _each_once(shown.review.open_checks)],
        "waiting": indemnities.waiting_for(shown),
        "obstacles": [each for each in found if not isinstance(each, OpenQuestions | StillWaiting)],
        "may_prepare": "assess" in shown.abilities and not found,
    }


def _each_once(lines: tuple[Line, ...]) -> list[Line]:
    return list({(each.check, each.invoice): each for each in lines}.values())


def _advance(shown: ClaimDossier) -> dict[str, Any]:
    """What may be advanced, and why not."""
    found = indemnities.obstacles(shown, INTERIM)
    calculation = indemnities.calculation_for(shown, INTERIM)
    return {
        "advance": calculation,
        "advance_obstacles": found,
        "may_advance": "interim" in shown.abilities and not found,
    }


def _history(shown: ClaimDossier, now: Case) -> list[Shown]:
    """Newest first. What is prepared and the last that was signed are compared with the file as it stands."""
    papers = {each.facts["indemnity"]: each for each in shown.claim.papers.filter(kind=Paper.Kind.SETTLEMENT)}
    prepared = [each for each in shown.indemnities if each.status == Indemnity.Status.PREPARED]
    signed = [each for each in shown.indemnities if each.status in Indemnity.COMMITTED]
    compared = prepared + signed[-1:]
    return [
        Shown(
            each,
            sheet_of(replay(each.calculation)),
            papers.get(each.number),
            _moved(each, now) if each in compared else [],
        )
        for each in reversed(shown.indemnities)
    ]


def _moved(indemnity: Indemnity, now: Case) -> list[Difference]:
    """The lines that differ as the file stands now, and the levels they lead to; nothing when none does."""
    fresh = indemnities.refigured(indemnity, now)
    if not has_moved(indemnity.calculation, fresh):
        return []
    lines = differences(sheet_of(replay(indemnity.calculation)), sheet_of(fresh), _("To be paid"))
    return [each for each in lines if each.change or each.is_level]


# --- Preparing --------------------------------------------------------------------------------------------------------


def prepare(request: SignedInRequest, number: str) -> HttpResponse:
    """Freeze today's indemnity for a second person's signature."""
    shown = dossier_of(request, number, "assess")
    calculation = indemnities.calculation_for(shown, FINAL)

    def do(form: PrepareForm) -> object:
        earlier = form.cleaned_data["interest_before"] or indemnities.NOTHING
        return indemnities.prepare(shown.claim.pk, interest_before=earlier, by=request.user, at=shown.at)

    act = Act(
        room="indemnity",
        title=_prepare_title(calculation),
        effect=_("The sum is frozen. Nobody is paid before another person has signed it."),
        button=_prepare_button(calculation),
        done=_("It is prepared; the approvers were told."),
        do=do,
    )
    return _preparing(request, shown, PrepareForm(request.POST or None), act, FINAL)


def _prepare_title(calculation: Calculation) -> str:
    if calculation.is_nothing:
        return _("Nothing is covered: prepare the refusal")
    return _("Prepare the indemnity: %(amount)s") % {"amount": money(calculation.amount)}


def _prepare_button(calculation: Calculation) -> str:
    if calculation.is_nothing:
        return _("Hand it over to be refused")
    return _("Prepare %(amount)s for the second signature") % {"amount": money(calculation.amount)}


def interim(request: SignedInRequest, number: str) -> HttpResponse:
    """Freeze an advance on the expected indemnity for a second person's signature."""
    shown = dossier_of(request, number, "interim")
    amount = money(indemnities.calculation_for(shown, INTERIM).amount)
    act = Act(
        room="indemnity",
        title=_("Prepare an advance of %(amount)s") % {"amount": amount},
        effect=_("Collection goes on. The advance counts against the indemnity; what would be too much is paid back."),
        button=_("Prepare the advance of %(amount)s for the second signature") % {"amount": amount},
        done=_("It is prepared; the approvers were told."),
        do=lambda form: indemnities.prepare_interim(shown.claim.pk, by=request.user, at=shown.at),
    )
    form = NoForm(request.POST if request.method == "POST" else None)
    return _preparing(request, shown, form, act, INTERIM)


def _preparing(request: SignedInRequest, shown: ClaimDossier, form: Any, act: Act, kind: str) -> HttpResponse:
    def figures(_form: Any) -> Figures:
        now = indemnities.calculation_for(ClaimDossier(shown.claim, shown.reader, shown.at), kind)
        context = {"calculation": now, "sheet": sheet_of(now), **_where_it_goes(shown, now)}
        return Figures(digest(frozen(now)), context)

    more = {"obstacles": indemnities.obstacles(shown, kind)}
    return act_page(request, shown, form, act, "indemnity_prepare", figures, **more)


def _where_it_goes(shown: ClaimDossier, calculation: Calculation) -> dict[str, Any]:
    """Who is paid, and what the signature takes of the maximum liability."""
    liability = liability_now(shown.claim.guarantee)
    return {
        "payee": payee_of(shown.claim.guarantee),
        "liability": liability,
        "committed_with_it": liability.committed + calculation.amount,
    }


# --- The second person ------------------------------------------------------------------------------------------------

Decide = Callable[[SignedInRequest, ClaimDossier, Indemnity], HttpResponse]


def second_person(view: Decide) -> Callable[..., HttpResponse]:
    """Hand the prepared indemnity to who may decide on it, else 403; of one decided already its room tells."""

    @wraps(view)
    def find(request: SignedInRequest, number: str) -> HttpResponse:
        visible = Indemnity.objects.filter(claim__in=Claim.objects.visible_to(request.user))
        found = get_object_or_404(visible.select_related("claim", "prepared_by"), number=number)
        shown = dossier_of(request, found.claim.number)
        if found.status != Indemnity.Status.PREPARED:
            return _decided_already(request, found)
        if "sign" not in shown.abilities:
            raise PermissionDenied
        return view(request, shown, found)

    return find


def _decided_already(request: HttpRequest, indemnity: Indemnity) -> HttpResponse:
    facts = {"number": indemnity.number, "state": indemnity.get_status_display()}
    messages.warning(request, _("%(number)s is decided already: “%(state)s”.") % facts)
    return redirect("admin:claim-indemnity", indemnity.claim.number)


@second_person
def sign(request: SignedInRequest, shown: ClaimDossier, prepared: Indemnity) -> HttpResponse:
    """Read the indemnity figured afresh, and sign it."""
    facts = {"amount": money(prepared.amount), "payee": prepared.payee}
    words = _("Sign %(amount)s to %(payee)s") if prepared.amount else _("Sign: nothing is left to pay")

    def figures(_form: Any) -> Figures:
        fresh = indemnities.fresh_calculation(prepared, ClaimDossier(shown.claim, shown.reader, shown.at))
        context = {"calculation": fresh, "sheet": sheet_of(fresh), "moved": _moved(prepared, fresh.case)}
        return Figures(digest(frozen(fresh)), context | _where_it_goes(shown, fresh))

    act = Act(
        room="indemnity",
        title=words % facts,
        effect=_("Prepared by %(person)s; figured afresh for you from the file as it stands now.")
        % {"person": prepared.prepared_by},
        button=words % facts,
        done=_("%(amount)s to %(payee)s is approved; the insured was told, the settlement is drawn up.") % facts,
        do=lambda form: indemnities.sign(prepared.pk, by=request.user, at=shown.at),
    )
    form = NoForm(request.POST if request.method == "POST" else None)
    more = {
        "prepared": prepared,
        "pay_by": indemnities.pay_by(shown.claim.guarantee, shown.at),
        "open_questions": [(QUESTIONS[each.check], each) for each in _each_once(shown.review.open_checks)],
    }
    return act_page(request, shown, form, act, "indemnity_sign", figures, **more)


@second_person
def return_prepared(request: SignedInRequest, shown: ClaimDossier, prepared: Indemnity) -> HttpResponse:
    """Send it back unsigned."""
    facts = {"amount": money(prepared.amount), "person": prepared.prepared_by}
    form = TextForm(
        request.POST or None, label=_("What must be different?"), help_text=_("Only the insurer’s people read it.")
    )
    act = Act(
        room="indemnity",
        title=_("Return %(amount)s unsigned") % facts,
        effect=_("%(person)s prepares it anew. The claim is in collection again, and our time to decide goes on.")
        % facts,
        button=_("Return %(amount)s to be prepared anew") % facts,
        done=_("It was returned unsigned."),
        do=lambda form: indemnities.return_prepared(
            prepared.pk, reason=form.cleaned_data["text"], by=request.user, at=shown.at
        ),
    )
    return act_page(request, shown, form, act)


@second_person
def refuse(request: SignedInRequest, shown: ClaimDossier, prepared: Indemnity) -> HttpResponse:
    """Refuse to pay: what the insured will be told is shown before it is done."""
    is_interim = prepared.kind == INTERIM
    form = TextForm(request.POST or None, label=_("Reasons"), help_text=_refusal_help(is_interim=is_interim))

    def figures(given: TextForm | None) -> Figures:
        if given is None or is_interim:
            return Figures()
        told = given.cleaned_data["text"]
        return Figures(digest({"told": told}), {"told": told})

    def do(form: TextForm) -> object:
        return indemnities.refuse(prepared.pk, reasons=form.cleaned_data["text"], by=request.user, at=shown.at)

    words = _refusing_an_advance(prepared) if is_interim else _refusing_the_claim(shown, prepared)
    is_last_step = is_interim or request.method == "POST"
    act = Act(room="indemnity", do=do, tone="danger" if is_last_step else "", **words)
    return act_page(request, shown, form, act, "indemnity_refuse", figures, is_interim=is_interim, prepared=prepared)


def _refusing_an_advance(prepared: Indemnity) -> dict[str, str]:
    amount = {"amount": money(prepared.amount)}
    return {
        "title": _("Refuse the advance of %(amount)s") % amount,
        "effect": _("Only the advance is refused; collection goes on."),
        "button": _("Refuse the advance of %(amount)s") % amount,
        "done": _("The advance was refused."),
    }


def _refusing_the_claim(shown: ClaimDossier, prepared: Indemnity) -> dict[str, str]:
    facts = {"amount": money(prepared.amount), "insured": shown.claim.guarantee.request.company}
    title = _("Refuse the claim: %(amount)s is not paid") if prepared.amount else _("Refuse the claim")
    return {
        "title": title % facts,
        "effect": _("The claim is rejected and our time to decide ends. An approver can reopen it."),
        "button": _("Refuse, and tell %(insured)s") % facts,
        "done": _("The claim is rejected; the insured was told why."),
    }


def _refusal_help(*, is_interim: bool) -> str:
    if is_interim:
        return _("Only the insurer’s people read it.")
    return _(
        "The insured reads exactly this, in the letter and on its claim: what was found, and which term it rests on."
    )

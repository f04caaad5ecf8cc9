"""The end of a claim, with what the order cost; and its reopening."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from applications.exposure import NOTHING
from claims import events
from claims import indemnity as rules
from claims.account import Account
from claims.actions import claims
from claims.actions.deliveries import move_invoice
from claims.actions.indemnities import check_advance_settled
from claims.actions.papers import draw_up
from claims.actions.recoveries import costs_to_take, other_part, settled_calculation, total_costs, uncovered_debt
from claims.models import Claim, Indemnity, Paper, Recovery
from claims.papers.parties import parties_of
from claims.workflow import INVOICE
from journal.recording import record
from parties.models import InsurerRole, User
from underwriting.models import Guarantee
from unlockfocus.errors import BusinessRule


class MoneyUnderway(BusinessRule):
    """An indemnity is prepared, approved or ordered and not paid yet."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the order cost, and the figures it follows from; EUR, all claims of the guarantee together."""

    statement: rules.Statement
    indemnity: rules.Indemnity
    recovered: Decimal
    costs: Decimal
    to_insurer: Decimal
    to_insured: Decimal
    premium: Decimal
    uncovered: Decimal


def outcome_of(guarantee: Guarantee, at: datetime) -> Outcome:
    """What the order cost with the guarantee and without, as it stands; approved costs nobody bore yet are shared."""
    of_order = list(guarantee.claims.all())
    found = [(each, settled_calculation(each)) for each in of_order]
    settled = [(claim, calculation.indemnity) for claim, calculation in found if calculation]
    indemnity = _together([each for _claim, each in settled])
    recoveries = list(Recovery.objects.filter(claim__guarantee=guarantee).prefetch_related("cost_steps"))
    shares = [
        rules.RecoveryShare(each.to_insurer + each.to_insured, each.to_insurer, each.to_insured) for each in recoveries
    ]
    untaken = [rules.share_recovery(NOTHING, total_costs(costs_to_take(claim)), lost) for claim, lost in settled]
    shares += untaken
    account = Account(guarantee, localdate(at))
    others = sum((other_part(each) - _other_costs(each) for each in recoveries), NOTHING)
    uncovered = uncovered_debt(account, of_order, indemnity.gross_loss) - others
    premium = guarantee.offer.to_pay
    return Outcome(
        statement=rules.final_statement(indemnity, shares, premium, uncovered),
        indemnity=indemnity,
        recovered=sum((each.amount + each.interest for each in recoveries), NOTHING),
        costs=sum((each.costs for each in recoveries), NOTHING) - sum((each.net for each in untaken), NOTHING),
        to_insurer=sum((each.insurer for each in shares), NOTHING),
        to_insured=sum((each.insured for each in shares), NOTHING),
        premium=premium,
        uncovered=uncovered,
    )


def _together(indemnities: list[rules.Indemnity]) -> rules.Indemnity:
    gross = sum((each.gross_loss for each in indemnities), NOTHING)
    paid = sum((each.indemnity for each in indemnities), NOTHING)
    return rules.Indemnity(
        gross_loss=gross,
        insured_loss=sum((each.insured_loss for each in indemnities), NOTHING),
        indemnity=paid,
        retained=gross - paid,
        insurer_share=paid / gross if gross else Decimal(0),
    )


def _other_costs(recovery: Recovery) -> Decimal:
    """The costs borne by what went to debts outside cover."""
    return sum((each.cost for each in recovery.cost_steps.all()), NOTHING) - recovery.costs


def money_underway(claim: Claim) -> list[Indemnity]:
    """The indemnities on their way, which keep the claim from being closed."""
    underway = {*Indemnity.COMMITTED, Indemnity.Status.PREPARED} - {Indemnity.Status.PAID}
    return list(claim.indemnities.filter(status__in=underway))


@transaction.atomic
def close(claim_id: int, *, reason: str, by: User, at: datetime) -> Claim:
    """Close a claim with its final statement. Raises NotAllowed, NoReason, MoneyUnderway, AdvanceUnsettled."""
    claims.check_handles(by)
    reason = claims.check_reason(reason)
    claim = claims.locked(claim_id)
    if money_underway(claim):
        raise MoneyUnderway(_("An indemnity of this claim is not paid yet: pay or return it first."))
    check_advance_settled(claim)
    claims.move(claim, "close", closed_at=at)
    _move_invoices(claim, "close")
    data = {"number": claim.number, "reason": reason}
    record(claim.journal_key, events.CLAIM_CLOSED, actor=by, at=at, data=data)
    facts = final_facts(claim, outcome_of(claim.guarantee, at), reason)
    draw_up(Paper.Kind.FINAL, claim.guarantee, facts, by=by, at=at, claim=claim)
    return claim


@transaction.atomic
def reopen(claim_id: int, *, reason: str, by: User, at: datetime) -> Claim:
    """Take up a closed or rejected claim again, for a reason. Raises NotAllowed, NoReason, IllegalTransition."""
    claims.check_handles(by, InsurerRole.CLAIMS_APPROVER)
    reason = claims.check_reason(reason)
    claim = claims.locked(claim_id)
    claims.move(claim, "reopen", closed_at=None, completed_at=None, decided_at=None, decision="")
    _move_invoices(claim, "reopen")
    data = {"number": claim.number, "reason": reason}
    record(claim.journal_key, events.CLAIM_REOPENED, actor=by, at=at, data=data)
    return claim


def _move_invoices(claim: Claim, transition: str) -> None:
    for invoice in claim.invoices.select_for_update(of=("self",)):
        if INVOICE.allows(transition, invoice.status):
            move_invoice(invoice, transition)


def final_facts(claim: Claim, outcome: Outcome, reason: str) -> dict[str, Any]:
    """What the final statement says: the order without the guarantee and with it, line by line."""
    return {
        **parties_of(claim.guarantee),
        "claim": claim.number,
        "reason": reason,
        "gross_loss_eur": str(outcome.indemnity.gross_loss),
        "indemnity_eur": str(outcome.indemnity.indemnity),
        "retained_eur": str(outcome.indemnity.retained),
        "recovered_eur": str(outcome.recovered),
        "costs_eur": str(outcome.costs),
        "less_recoveries_eur": str(outcome.costs - outcome.recovered),
        "to_insurer_eur": str(outcome.to_insurer),
        "less_to_insured_eur": str(-outcome.to_insured),
        "uncovered_eur": str(outcome.uncovered),
        "premium_eur": str(outcome.premium),
        "without_eur": str(outcome.statement.without_guarantee),
        "with_eur": str(outcome.statement.with_guarantee),
        "saved_eur": str(outcome.statement.saved),
    }

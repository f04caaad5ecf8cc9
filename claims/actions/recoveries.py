"""Recoveries: money received on an indemnified loss, less its approved costs, divided as the loss was borne."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from applications.exposure import NOTHING
from claims import events
from claims import indemnity as rules
from claims.account import Account
from claims.actions import claims
from claims.actions.papers import draw_up
from claims.calculation import Calculation, replay
from claims.ledger import pro_rata
from claims.models import Claim, CollectionStep, Indemnity, Paper, Recovery
from claims.papers.parties import parties_of
from journal.numbering import next_reference
from journal.recording import record as record_event
from parties.models import User
from unlockfocus.errors import BusinessRule
from unlockfocus.templatetags.face import day


class NothingIndemnified(BusinessRule):
    """No indemnity of this claim was paid: money received reduces the debt instead."""


class ImpossibleReceipt(BusinessRule):
    """The amounts or the day of what was received do not fit; `field` is received, interest or received_on."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was received, by whom, from whom; `interest` is the part of `received` the payer meant as interest. EUR."""

    received_on: date
    received_by: str
    source: str
    received: Decimal
    interest: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class Division:
    """A receipt divided, EUR. First between the insured debts and the others, then the insured part as it was lost.

    `amount`, `interest` and `costs` are the insured part's; `other` and `other_costs` belong to debts outside cover and
    are the insured's alone. `transfer` is what the party holding the money owes the other, negative the other way
    round; the costs were advanced by the insurer.
    """

    amount: Decimal
    interest: Decimal
    costs: Decimal
    other: Decimal
    other_costs: Decimal
    share: rules.RecoveryShare
    transfer: Decimal


def settled_calculation(claim: Claim) -> Calculation | None:
    """The last indemnity signed on the claim, computed again from what it was frozen with; advances do not count."""
    signed = claim.indemnities.filter(kind=Indemnity.Kind.FINAL, status__in=Indemnity.COMMITTED)
    last = signed.order_by("signed_at", "pk").last()
    return replay(last.calculation) if last else None


def costs_to_take(claim: Claim) -> QuerySet[CollectionStep]:
    """Costs a second person approved, which no recovery has borne yet."""
    return claim.steps.filter(cost__gt=0, cost_approved_at__isnull=False, recovery=None)


def total_costs(steps: QuerySet[CollectionStep]) -> Decimal:
    return steps.aggregate(sum=Sum("cost"))["sum"] or NOTHING


def uncovered_debt(account: Account, claims_of_order: list[Claim], gross_loss: Decimal) -> Decimal:
    """What is unpaid beside the indemnified loss: the claims' invoices and unclaimed overdue ones, EUR."""
    keys = {each.pk for each in claims_of_order}
    counted = [
        each
        for each in account.invoices
        if each.claim_id in keys or (each.claim_id is None and each.due_on < account.today)
    ]
    return max(sum((account.balance(each).open for each in counted), NOTHING) - gross_loss, NOTHING)


def divide(claim: Claim, receipt: Receipt, today: date) -> Division:
    """How a receipt would be divided today; changes nothing. Raises NothingIndemnified, ImpossibleReceipt."""
    calculation = settled_calculation(claim)
    if calculation is None or claim.paid_at is None:
        raise NothingIndemnified(_("No indemnity of this claim is paid yet: declare this as a payment of the buyer."))
    account = Account(claim.guarantee, receipt.received_on)
    _check(receipt, account.loss_on, today)
    before = list(claim.recoveries.order_by("pk"))
    gross = calculation.indemnity.gross_loss
    others = uncovered_debt(account, [claim], gross) - sum((other_part(each) for each in before), NOTHING)
    left = gross - sum((each.amount for each in before), NOTHING)
    weights = (max(left, NOTHING), max(others, NOTHING))
    amount, other = _between(receipt.received - receipt.interest, weights)
    interest, other_interest = _between(receipt.interest, weights)
    costs, other_costs = _between(total_costs(costs_to_take(claim)), weights)
    sequence = [rules.Recovery(each.amount, each.costs, each.interest) for each in before]
    sequence.append(rules.Recovery(amount, costs, interest))
    share = rules.divide_recoveries(sequence, calculation.indemnity, calculation.case.interest_before)[-1]
    if receipt.received_by == Recovery.ReceivedBy.INSURER:
        transfer = share.insured + other + other_interest - other_costs
    else:
        transfer = share.insurer + costs + other_costs
    return Division(amount, interest, costs, other + other_interest, other_costs, share, transfer)


def _check(receipt: Receipt, loss_on: date | None, today: date) -> None:
    if receipt.received <= 0:
        raise ImpossibleReceipt("received", _("The amount must be above zero."))
    if not 0 <= receipt.interest <= receipt.received:
        raise ImpossibleReceipt("interest", _("Interest is a part of what was received, not more."))
    if receipt.received_on > today:
        raise ImpossibleReceipt("received_on", _("This day is still to come."))
    if loss_on and receipt.received_on < loss_on:
        text = _("This is before the date of loss, %(day)s: declare it as a payment of the buyer.")
        raise ImpossibleReceipt("received_on", text % {"day": day(loss_on)})


def _between(amount: Decimal, weights: tuple[Decimal, Decimal]) -> tuple[Decimal, Decimal]:
    """Pro rata after the loss; all to the insured debts once everything is made good, as interest on them."""
    if not any(weights):
        return amount, NOTHING
    insured, others = pro_rata(amount, weights)
    return insured, others


def other_part(recovery: Recovery) -> Decimal:
    """What of a recovery went to debts outside cover, EUR."""
    return recovery.received - recovery.amount - recovery.interest


@transaction.atomic
def record(claim_id: int, receipt: Receipt, *, by: User, at: datetime) -> Recovery:
    """Record a receipt, take the approved costs off it, divide it, and draw up the statement for each party.

    Raises NotAllowed, NothingIndemnified, ImpossibleReceipt, IllegalTransition.
    """
    claims.check_handles(by)
    claim = claims.locked(claim_id)
    division = divide(claim, receipt, localdate(at))
    costs = costs_to_take(claim)
    recovery = _divided(claim, receipt, division)
    recovery.number = next_reference("RE", at.year)
    recovery.insurer_share = _insurer_share(claim)
    recovery.recorded_by, recovery.recorded_at = by, at
    recovery.save()
    facts = statement_facts(recovery, division, list(costs))
    costs.update(recovery=recovery)
    claims.move(claim, "recover", closed_at=None)
    data = {
        "number": recovery.number,
        "received": recovery.received,
        "source": recovery.source,
        "to_insurer": recovery.to_insurer,
        "to_insured": recovery.to_insured,
        "claim": claim.number,
    }
    record_event(claim.journal_key, events.RECOVERY_SHARED, actor=by, at=at, data=data)
    draw_up(Paper.Kind.RECOVERY, claim.guarantee, facts, by=by, at=at, claim=claim)
    return recovery


def _divided(claim: Claim, receipt: Receipt, division: Division) -> Recovery:
    """The receipt with its division, not saved."""
    return Recovery(
        claim=claim,
        received_on=receipt.received_on,
        received_by=receipt.received_by,
        source=receipt.source,
        received=receipt.received,
        amount=division.amount,
        interest=division.interest,
        costs=division.costs,
        to_insurer=division.share.insurer,
        to_insured=division.share.insured,
    )


def statement_before(claim: Claim, receipt: Receipt, today: date) -> dict[str, Any]:
    """What the statement of a receipt would say today, without a number; changes nothing, raises as `divide`."""
    division = divide(claim, receipt, today)
    return statement_facts(_divided(claim, receipt, division), division, list(costs_to_take(claim)))


def _insurer_share(claim: Claim) -> Decimal:
    calculation = settled_calculation(claim)
    assert calculation is not None  # noqa: S101 - it was just divided by
    return calculation.indemnity.insurer_share


def statement_facts(recovery: Recovery, division: Division, costs: list[CollectionStep]) -> dict[str, Any]:
    """What the statement says to each party: the receipt, its costs, both shares, and who owes whom what."""
    claim = recovery.claim
    calculation = settled_calculation(claim)
    assert calculation is not None  # noqa: S101 - it was just divided by
    holder = recovery.received_by
    other = "insured" if holder == "insurer" else "insurer"
    return {
        **parties_of(claim.guarantee),
        "claim": claim.number,
        "recovery": recovery.number,
        "received_on": recovery.received_on.isoformat(),
        "holder": holder,
        "source": recovery.source,
        "received_eur": str(recovery.received),
        "principal_eur": str(division.amount),
        "interest_eur": str(division.interest),
        "other_debts_eur": str(division.other),
        "costs_eur": str(division.costs),
        "other_costs_eur": str(division.other_costs),
        "costs": [
            {"step": each.code, "taken_on": each.taken_on.isoformat(), "amount": str(each.cost)} for each in costs
        ],
        "net_eur": str(division.share.net),
        "gross_loss_eur": str(calculation.indemnity.gross_loss),
        "indemnity_eur": str(calculation.indemnity.indemnity),
        "to_insurer_eur": str(division.share.insurer),
        "to_insured_eur": str(division.share.insured),
        "debtor": holder if division.transfer >= 0 else other,
        "transfer_eur": str(abs(division.transfer)),
    }

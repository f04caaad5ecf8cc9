"""What an unpaid order is worth to the insured, and who gets what is recovered later. Pure.

The formula and worked examples are in docs/rules/indemnity.md. Amounts are EUR to the cent; rates are fractions.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from unlockfocus.money import to_cents

DeductibleOrder = Literal["after_percentage", "before_percentage"]


@dataclass(frozen=True, slots=True)
class Terms:
    """What the guarantee says; `maximum_liability_left` is what earlier indemnities left of it."""

    limit: Decimal
    insured_percentage: Decimal
    deductible: Decimal
    deductible_order: DeductibleOrder
    maximum_liability_left: Decimal


@dataclass(frozen=True, slots=True)
class Indemnity:
    """`retained` is the part of the gross loss the insured keeps; `insurer_share` the insurer's part as a fraction."""

    gross_loss: Decimal
    insured_loss: Decimal
    indemnity: Decimal
    retained: Decimal
    insurer_share: Decimal


@dataclass(frozen=True, slots=True)
class RecoveryShare:
    """A recovery after its approved costs, and its division; `insurer + insured == net`."""

    net: Decimal
    insurer: Decimal
    insured: Decimal


@dataclass(frozen=True, slots=True)
class StepLine:
    """One line of the calculation as it is shown: a level, or the change (negative: less) that leads to the next."""

    name: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class FinalPayment:
    """What is still due, or what was advanced too much; one of the two is zero."""

    due: Decimal
    to_claim_back: Decimal


@dataclass(frozen=True, slots=True)
class Recovery:
    """Money received on the covered loss after its date: `amount`, the `interest` beside it, the approved costs."""

    amount: Decimal
    costs: Decimal
    interest: Decimal = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Statement:
    """What the order cost the insured, EUR; `saved` is negative where the guarantee cost more than it paid."""

    without_guarantee: Decimal
    with_guarantee: Decimal
    saved: Decimal


def gross_loss(covered: Iterable[Decimal], deductions: Iterable[Decimal]) -> Decimal:
    """Covered principal less deposits, payments, credit notes, set-off and resale; never below zero."""
    return max(Decimal("0.00"), sum(covered, Decimal("0.00")) - sum(deductions, Decimal("0.00")))


def indemnify(gross_loss: Decimal, terms: Terms) -> Indemnity:
    """The indemnity due on a gross loss: capped by the limit, then by the maximum liability left, never negative."""
    if gross_loss < 0:
        raise ValueError("a loss is not negative")
    insured_loss = min(gross_loss, terms.limit)
    if terms.deductible_order == "before_percentage":
        due = terms.insured_percentage * (insured_loss - terms.deductible)
    else:
        due = terms.insured_percentage * insured_loss - terms.deductible
    indemnity = min(max(Decimal("0.00"), to_cents(due)), terms.maximum_liability_left)
    return Indemnity(
        gross_loss=gross_loss,
        insured_loss=insured_loss,
        indemnity=indemnity,
        retained=gross_loss - indemnity,
        insurer_share=indemnity / gross_loss if gross_loss else Decimal(0),
    )


def share_recovery(recovery: Decimal, costs: Decimal, indemnity: Indemnity) -> RecoveryShare:
    """Divide a recovery less its approved costs as the loss was borne; costs above the recovery are borne likewise."""
    net = recovery - costs
    insurer = to_cents(net * indemnity.indemnity / indemnity.gross_loss) if indemnity.gross_loss else Decimal("0.00")
    return RecoveryShare(net=net, insurer=insurer, insured=net - insurer)


def indemnify_in_turn(gross_losses: Iterable[Decimal], terms: Terms) -> tuple[Indemnity, ...]:
    """The indemnities of successive claims on one guarantee; each leaves less of the maximum liability to the next.

    What is recovered later does not give any of it back.
    """
    indemnities: list[Indemnity] = []
    left = terms.maximum_liability_left
    for loss in gross_losses:
        indemnities.append(indemnify(loss, replace(terms, maximum_liability_left=left)))
        left -= indemnities[-1].indemnity
    return tuple(indemnities)


def steps(covered: Iterable[Decimal], deductions: Iterable[Decimal], terms: Terms) -> tuple[StepLine, ...]:
    """The calculation line by line: covered, deductions, gross_loss, above_limit, insured_loss, own_share, deductible
    (these two in the order of the terms), cap, indemnity.

    A deduction takes no more than there is, so the levels are the sums of the changes before them.
    """
    covered, deductions = tuple(covered), tuple(deductions)
    total = sum(covered, Decimal("0.00"))
    result = indemnify(gross_loss(covered, deductions), terms)
    loss = result.insured_loss
    if terms.deductible_order == "before_percentage":
        deductible = min(terms.deductible, loss)
        own_share = loss - deductible - to_cents(terms.insured_percentage * (loss - deductible))
        kept = [StepLine("deductible", -deductible), StepLine("own_share", -own_share)]
    else:
        own_share = loss - to_cents(terms.insured_percentage * loss)
        deductible = min(terms.deductible, loss - own_share)
        kept = [StepLine("own_share", -own_share), StepLine("deductible", -deductible)]
    return (
        StepLine("covered", total),
        StepLine("deductions", result.gross_loss - total),
        StepLine("gross_loss", result.gross_loss),
        StepLine("above_limit", loss - result.gross_loss),
        StepLine("insured_loss", loss),
        *kept,
        StepLine("cap", result.indemnity - (loss - own_share - deductible)),
        StepLine("indemnity", result.indemnity),
    )


def interim(indemnity: Indemnity, percentage: Decimal, paid: Decimal) -> Decimal:
    """The advance payable now, once cover is confirmed: a fraction of the indemnity less what was `paid` already."""
    if not 0 <= percentage <= 1:
        raise ValueError("an advance is a fraction of the indemnity")
    return max(Decimal("0.00"), to_cents(percentage * indemnity.indemnity) - paid)


def final_payment(indemnity: Indemnity, interim_paid: Decimal) -> FinalPayment:
    """The indemnity less its advances; where they were more, the excess is claimed back and nothing is due."""
    rest = indemnity.indemnity - interim_paid
    return FinalPayment(due=max(rest, Decimal("0.00")), to_claim_back=max(-rest, Decimal("0.00")))


def divide_recoveries(
    recoveries: Iterable[Recovery], indemnity: Indemnity, interest_before: Decimal
) -> tuple[RecoveryShare, ...]:
    """Divide recoveries in the order they came: principal first, whatever the payer called it, then interest.

    Until the gross loss is made good, each is divided as `share_recovery` does. What comes then is interest: first
    the `interest_before` that ran up to the day of indemnity, the insured's alone; all later interest is divided as
    the loss was borne.
    """
    shares: list[RecoveryShare] = []
    net_so_far = Decimal("0.00")
    for recovery in recoveries:
        received = recovery.amount + recovery.interest
        before = _beyond_principal(net_so_far, indemnity, interest_before)
        net_so_far += received - recovery.costs
        own = _beyond_principal(net_so_far, indemnity, interest_before) - before
        shared = share_recovery(received - own, recovery.costs, indemnity)
        shares.append(RecoveryShare(net=shared.net + own, insurer=shared.insurer, insured=shared.insured + own))
    return tuple(shares)


def _beyond_principal(net: Decimal, indemnity: Indemnity, interest_before: Decimal) -> Decimal:
    """How much of all net recoveries is interest from before the indemnity."""
    return min(max(Decimal("0.00"), net - indemnity.gross_loss), interest_before)


def final_statement(
    indemnity: Indemnity, shares: Iterable[RecoveryShare], premium: Decimal, uncovered: Decimal = Decimal("0.00")
) -> Statement:
    """What the order cost the insured, without the guarantee and with it.

    `premium` is what was paid, tax included; `uncovered` the unpaid principal that no guarantee would have covered,
    lost either way.
    """
    shares = tuple(shares)
    without = indemnity.gross_loss - sum((share.net for share in shares), Decimal("0.00"))
    with_ = indemnity.retained - sum((share.insured for share in shares), Decimal("0.00")) + premium
    return Statement(without + uncovered, with_ + uncovered, without - with_)

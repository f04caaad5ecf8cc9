"""What an unpaid order is worth to the insured, and who gets what is recovered later. Pure.

The formula and worked examples are in docs/rules/indemnity.md. Amounts are EUR to the cent; rates are fractions.
"""

from collections.abc import Iterable
from dataclasses import dataclass
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

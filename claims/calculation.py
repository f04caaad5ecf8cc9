"""From a claim's file to its indemnity: the case as it was read, frozen with every step so that it can be replayed.

Amounts are EUR to the cent and kept as text. What is frozen names its rule; `replay` computes it again from its case.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from claims.coverage import CoveredLoss
from claims.indemnity import (
    DeductibleOrder,
    Indemnity,
    StepLine,
    Terms,
    final_payment,
    gross_loss,
    indemnify,
    interim,
    steps,
)
from claims.ledger import CreditKind

RULE = "indemnity 2026-1"
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Case:
    """All that an amount to pay depends on.

    `covered` is by invoice and `deductions` by kind of credit. `paid_before` are the advances and indemnities signed
    on this claim already. `advance` is the share advanced, None for the indemnity itself. `interest_before` ran up on
    the covered invoices before the day of indemnity; it is not insured, but it comes first among later interest.
    """

    covered: dict[str, Decimal]
    deductions: dict[str, Decimal]
    terms: Terms
    paid_before: Decimal = NOTHING
    advance: Decimal | None = None
    interest_before: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class Calculation:
    """A case with its steps and result: `amount` is to be paid now, `to_claim_back` was advanced too much."""

    case: Case
    steps: tuple[StepLine, ...]
    indemnity: Indemnity
    amount: Decimal
    to_claim_back: Decimal

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to sign: no indemnity, and no advance that it would settle."""
        return not self.indemnity.indemnity and not self.case.paid_before


def case_of(
    loss: CoveredLoss,
    terms: Terms,
    *,
    paid_before: Decimal = NOTHING,
    advance: Decimal | None = None,
    interest_before: Decimal = NOTHING,
) -> Case:
    """The case of a covered loss; credits stand in the order of their kinds."""
    return Case(
        covered=dict(loss.covered),
        deductions={kind.value: loss.deductions[kind] for kind in CreditKind if loss.deductions.get(kind)},
        terms=terms,
        paid_before=paid_before,
        advance=advance,
        interest_before=interest_before,
    )


def calculate(case: Case) -> Calculation:
    """What the case gives, by `claims.indemnity` alone."""
    covered, deductions = tuple(case.covered.values()), tuple(case.deductions.values())
    indemnity = indemnify(gross_loss(covered, deductions), case.terms)
    payment = final_payment(indemnity, case.paid_before)
    if case.advance is None:
        amount, to_claim_back = payment.due, payment.to_claim_back
    else:
        amount, to_claim_back = interim(indemnity, case.advance, case.paid_before), NOTHING
    return Calculation(case, steps(covered, deductions, case.terms), indemnity, amount, to_claim_back)


def frozen(calculation: Calculation) -> dict[str, Any]:
    """The calculation as JSON: its case, its steps and its result, every number as text."""
    case, terms, indemnity = calculation.case, calculation.case.terms, calculation.indemnity
    return {
        "rule": RULE,
        "case": {
            "covered": _texts(case.covered),
            "deductions": _texts(case.deductions),
            "terms": {
                "limit": str(terms.limit),
                "insured_percentage": str(terms.insured_percentage),
                "deductible": str(terms.deductible),
                "deductible_order": terms.deductible_order,
                "maximum_liability_left": str(terms.maximum_liability_left),
            },
            "paid_before": str(case.paid_before),
            "advance": None if case.advance is None else str(case.advance),
            "interest_before": str(case.interest_before),
        },
        "steps": [{"name": each.name, "amount": str(each.amount)} for each in calculation.steps],
        "result": {
            "gross_loss": str(indemnity.gross_loss),
            "insured_loss": str(indemnity.insured_loss),
            "indemnity": str(indemnity.indemnity),
            "retained": str(indemnity.retained),
            "insurer_share": str(indemnity.insurer_share),
            "amount": str(calculation.amount),
            "to_claim_back": str(calculation.to_claim_back),
        },
    }


def stored_case(stored: Mapping[str, Any]) -> Case:
    """The case a frozen calculation was made from."""
    case, terms = stored["case"], stored["case"]["terms"]
    return Case(
        covered=_amounts(case["covered"]),
        deductions=_amounts(case["deductions"]),
        terms=Terms(
            limit=Decimal(terms["limit"]),
            insured_percentage=Decimal(terms["insured_percentage"]),
            deductible=Decimal(terms["deductible"]),
            deductible_order=cast(DeductibleOrder, terms["deductible_order"]),
            maximum_liability_left=Decimal(terms["maximum_liability_left"]),
        ),
        paid_before=Decimal(case["paid_before"]),
        advance=None if case["advance"] is None else Decimal(case["advance"]),
        interest_before=Decimal(case["interest_before"]),
    )


def replay(stored: Mapping[str, Any]) -> Calculation:
    """Compute a frozen calculation again from its case."""
    return calculate(stored_case(stored))


def has_moved(stored: Mapping[str, Any], now: Calculation) -> bool:
    """Whether what was frozen would be figured otherwise now.

    What is left of the maximum liability may have changed as long as it changes no figure.
    """
    fresh = frozen(now)
    same_loss = all(stored["case"][part] == fresh["case"][part] for part in ("covered", "deductions", "paid_before"))
    return not same_loss or stored["result"] != fresh["result"]


def _texts(amounts: Mapping[str, Decimal]) -> dict[str, str]:
    return {name: str(amount) for name, amount in amounts.items()}


def _amounts(texts: Mapping[str, str]) -> dict[str, Decimal]:
    return {name: Decimal(text) for name, text in texts.items()}

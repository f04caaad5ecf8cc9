"""Indemnity cases as JSON objects: read with distrust, answered with text. Pure.

The shape is in docs/rules/indemnity.md.
"""

from decimal import Decimal
from typing import Any, cast

from claims.indemnity import DeductibleOrder, RecoveryShare, Terms, gross_loss, indemnify, share_recovery
from unlockfocus.json_cases import InvalidCase, as_number, each, get, shown
from unlockfocus.money import to_cents

_ORDERS = ("after_percentage", "before_percentage")
_TOO_MANY_DIGITS = 15


def indemnity_case(case: Any) -> dict[str, Any]:
    """The indemnity of one case and the shares of its recoveries, every amount as text; raises InvalidCase."""
    covered, deductions = tuple(each(case, "covered", _amount)), tuple(each(case, "deductions", _amount))
    indemnity = indemnify(gross_loss(covered, deductions), _terms(case))
    recoveries = each(case, "recoveries", _recovery)
    return {
        "gross_loss": str(indemnity.gross_loss),
        "insured_loss": str(indemnity.insured_loss),
        "indemnity": str(indemnity.indemnity),
        "retained": str(indemnity.retained),
        "recoveries": [_share_as_dict(share_recovery(amount, costs, indemnity)) for amount, costs in recoveries],
    }


def _terms(case: Any) -> Terms:
    return Terms(
        limit=get(case, "limit", _amount),
        insured_percentage=get(case, "insured_percentage", _fraction),
        deductible=get(case, "deductible", _amount),
        deductible_order=get(case, "deductible_order", _order),
        maximum_liability_left=get(case, "maximum_liability_left", _amount),
    )


def _recovery(value: Any) -> tuple[Decimal, Decimal]:
    return get(value, "amount", _amount), get(value, "costs", _amount)


def _share_as_dict(share: RecoveryShare) -> dict[str, str]:
    return {"net": str(share.net), "to_insurer": str(share.insurer), "to_insured": str(share.insured)}


def _amount(value: Any) -> Decimal:
    number = as_number(value)
    if number < 0 or number.adjusted() >= _TOO_MANY_DIGITS or to_cents(number) != number:
        raise InvalidCase("", f"an amount to the cent, zero or more, is expected, not {shown(value)}")
    return to_cents(number)


def _fraction(value: Any) -> Decimal:
    number = as_number(value)
    if not 0 <= number <= 1:
        raise InvalidCase("", f"a fraction from 0 to 1 is expected, not {shown(value)}")
    return number


def _order(value: Any) -> DeductibleOrder:
    if value not in _ORDERS:
        raise InvalidCase("", f"{' or '.join(_ORDERS)} is expected, not {shown(value)}")
    return cast(DeductibleOrder, value)

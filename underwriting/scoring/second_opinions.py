"""What published formulas say of the same accounts, beside the scorecard and never inside it. Pure.

Each gives a value and a zone by its own published limits; None when an item is missing. Which coefficients could be
checked against a second source, and what is left out, is in docs/rules/scorecard.md.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from underwriting.scoring import altman
from underwriting.scoring.items import Items

Zone = Literal["safe", "grey", "distress"]

# So many formulas must agree against the card before it is a reason to look.
AGAINST = 3
GOOD_GRADE, BAD_GRADE = 5, 8

_Z2 = {code: float(weight) for code, weight in altman.WEIGHTS.items()}


@dataclass(frozen=True, slots=True)
class Opinion:
    """One formula: its value and what its author would have said."""

    code: str
    value: float
    zone: Zone


def altman_z2(a: Items) -> float:
    """Z'' with the emerging-market constant, higher is safer (Altman, Hartzell and Peck 1995)."""
    return (
        _Z2["working_capital_to_assets"] * _over(a.current_assets - a.short_term_liabilities, a.total_assets)
        + _Z2["retained_earnings_to_assets"] * _over(a.retained_earnings, a.total_assets)
        + _Z2["operating_return_on_assets"] * _over(a.operating_profit, a.total_assets)
        + _Z2["equity_to_liabilities"] * _over(a.equity, a.total_liabilities)
        + float(altman.CONSTANT)
    )


def altman_z1(a: Items) -> float:
    """Z' for private manufacturers, higher is safer (Altman 1983)."""
    return (
        0.717 * _over(a.current_assets - a.short_term_liabilities, a.total_assets)
        + 0.847 * _over(a.retained_earnings, a.total_assets)
        + 3.107 * _over(a.operating_profit, a.total_assets)
        + 0.420 * _over(a.equity, a.total_liabilities)
        + 0.998 * _over(a.sales, a.total_assets)
    )


def zmijewski(a: Items) -> float:
    """X, a probit: higher is riskier (Zmijewski 1984)."""
    return (
        -4.336
        - 4.513 * _over(a.net_profit, a.total_assets)
        + 5.679 * _over(a.total_liabilities, a.total_assets)
        + 0.004 * _over(a.current_assets, a.short_term_liabilities)
    )


def springate(a: Items) -> float:
    """S, higher is safer (Springate 1978)."""
    return (
        1.03 * _over(a.current_assets - a.short_term_liabilities, a.total_assets)
        + 3.07 * _over(a.operating_profit, a.total_assets)
        + 0.66 * _over(a.profit_before_tax, a.short_term_liabilities)
        + 0.40 * _over(a.sales, a.total_assets)
    )


def ohlson_partial(a: Items) -> float:
    """O, a logit: higher is riskier (Ohlson 1980). Partial: without a second year of profit two of nine terms go.

    Size is the logarithm of total assets in thousands of euros of the fixed year; Ohlson deflates dollars by a price
    index, so the level of O, unlike its order, is not his.
    """
    excess = 1.0 if a.total_liabilities > a.total_assets else 0.0
    return (
        -1.32
        - 0.407 * _log(a.total_assets * a.euros / 1000.0)
        + 6.03 * _over(a.total_liabilities, a.total_assets)
        - 1.43 * _over(a.current_assets - a.short_term_liabilities, a.total_assets)
        + 0.0757 * _over(a.short_term_liabilities, a.current_assets)
        - 1.72 * excess
        - 2.37 * _over(a.net_profit, a.total_assets)
        - 1.83 * _over(a.net_profit + a.depreciation, a.total_liabilities)
    )


def conan_holder_partial(a: Items) -> float:
    """Higher is safer (Conan and Holder 1979). Partial: staff cost / value added is not in the accounts we ask for."""
    return (
        0.24 * _over(a.operating_profit + a.depreciation, a.total_liabilities)
        + 0.22 * _over(a.equity + a.long_term_liabilities, a.total_assets)
        + 0.16 * _over(a.receivables + a.cash, a.total_assets)
        - 0.87 * _over(a.financial_expenses, a.sales)
    )


def poznan(a: Items) -> float:
    """Higher is safer (Hamrol, Czajka and Piechocki 2004)."""
    return (
        3.562 * _over(a.net_profit, a.total_assets)
        + 1.588 * _over(a.current_assets - a.inventories, a.short_term_liabilities)
        + 4.288 * _over(a.equity + a.long_term_liabilities, a.total_assets)
        + 6.719 * _over(a.operating_profit, a.sales)
        - 2.368
    )


def _above(distress: float, safe: float) -> Callable[[float], Zone]:
    """Safe from one limit up, distress below the other."""
    return lambda value: "safe" if value >= safe else "distress" if value < distress else "grey"


def _below(limit: float) -> Callable[[float], Zone]:
    """Distress above the limit."""
    return lambda value: "distress" if value > limit else "safe"


# Conan and Holder's limits of 0.04 and 0.10 suppose a staff share; without that term (about -0.07 at 70 % of value
# added) they are raised by as much.
OPINIONS: tuple[tuple[Callable[[Items], float], Callable[[float], Zone]], ...] = (
    (altman_z2, _above(4.35, 5.85)),
    (zmijewski, _below(0.0)),
    (ohlson_partial, _below(0.0)),
    (conan_holder_partial, _above(0.11, 0.17)),
    (poznan, _above(0.0, 0.0)),
)


def opinions_of(items: Items) -> tuple[Opinion, ...]:
    """What each formula that has all its items says."""
    given = []
    for formula, zone in OPINIONS:
        value = formula(items)
        if math.isfinite(value):
            given.append(Opinion(formula.__name__, value, zone(value)))
    return tuple(given)


def disagree(grade: int, opinions: tuple[Opinion, ...]) -> bool:
    """Whether the formulas see distress behind a grade, three behind a good one and four behind a middling one.

    Or safety behind a bad one, three of them and none against.
    """
    zones = [opinion.zone for opinion in opinions]
    if grade < BAD_GRADE:
        return zones.count("distress") >= (AGAINST if grade <= GOOD_GRADE else AGAINST + 1)
    return grade >= BAD_GRADE and zones.count("safe") >= AGAINST and "distress" not in zones


def _over(numerator: float, denominator: float) -> float:
    """The ratio; NaN, which spreads to the whole formula, without a positive denominator."""
    return numerator / denominator if denominator > 0 else math.nan


def _log(amount: float) -> float:
    return math.log(amount) if amount > 0 else math.nan

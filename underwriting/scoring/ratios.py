"""The accounts spread into ratios an underwriter reads. Pure.

Every ratio is rounded to six decimals and is None when an item is missing or the denominator is zero or negative: a
ratio to a negative equity or to no debt says nothing. Income is taken as filed for the period, not annualised.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from underwriting.scoring.statement import Statement, before

DAYS_A_YEAR = Decimal(365)
_PLACES = Decimal("0.000001")

Unit = Literal["fraction", "times", "days"]


@dataclass(frozen=True, slots=True)
class Ratio:
    """A named ratio; `unit` says how to print it."""

    code: str
    value: Decimal | None
    unit: Unit


def spread(statement: Statement) -> tuple[Ratio, ...]:
    """Every ratio of the table below, in its order."""
    return tuple(Ratio(function.__name__, function(statement), unit) for function, unit in RATIOS)


def divide(numerator: Decimal | None, denominator: Decimal | None) -> Decimal | None:
    """The ratio to six decimals, half up; None when either side is missing or the denominator is not positive."""
    if numerator is None or denominator is None or denominator <= 0:
        return None
    return (numerator / denominator).quantize(_PLACES, rounding=ROUND_HALF_UP)


def working_capital_to_assets(s: Statement) -> Decimal | None:
    """(Current assets - short-term liabilities) / total assets."""
    return divide(_less(s.current_assets, s.short_term_liabilities), s.total_assets)


def retained_earnings_to_assets(s: Statement) -> Decimal | None:
    """Retained earnings / total assets."""
    return divide(s.retained_earnings, s.total_assets)


def operating_return_on_assets(s: Statement) -> Decimal | None:
    """Operating profit / total assets."""
    return divide(s.operating_profit, s.total_assets)


def equity_to_liabilities(s: Statement) -> Decimal | None:
    """Book equity / total liabilities."""
    return divide(s.equity, s.total_liabilities)


def permanent_capital_to_assets(s: Statement) -> Decimal | None:
    """(Equity + long-term liabilities) / total assets."""
    return divide(_plus(s.equity, s.long_term_liabilities), s.total_assets)


def current_ratio(s: Statement) -> Decimal | None:
    """Current assets / short-term liabilities."""
    return divide(s.current_assets, s.short_term_liabilities)


def quick_ratio(s: Statement) -> Decimal | None:
    """(Current assets - inventories) / short-term liabilities."""
    return divide(_less(s.current_assets, s.inventories), s.short_term_liabilities)


def cash_ratio(s: Statement) -> Decimal | None:
    """Cash / short-term liabilities."""
    return divide(s.cash, s.short_term_liabilities)


def cash_flow_to_short_liabilities(s: Statement) -> Decimal | None:
    """(Net profit + depreciation) / short-term liabilities; depreciation filed as zero counts as missing."""
    return divide(_plus(s.net_profit, s.depreciation or None), s.short_term_liabilities)


def operating_margin(s: Statement) -> Decimal | None:
    """Operating profit / sales."""
    return divide(s.operating_profit, s.sales)


def interest_cover(s: Statement) -> Decimal | None:
    """Operating profit / financial expenses."""
    return divide(s.operating_profit, s.financial_expenses)


def operating_cost_to_short_liabilities(s: Statement) -> Decimal | None:
    """(Sales - operating profit) / short-term liabilities."""
    return divide(_less(s.sales, s.operating_profit), s.short_term_liabilities)


def defensive_days(s: Statement) -> Decimal | None:
    """Days of cash operating cost that cash and receivables pay for; depreciation filed as zero counts as missing."""
    cost = _less(_less(s.sales, s.operating_profit), s.depreciation or None)
    return divide(_days(_plus(s.cash, s.receivables)), cost)


def receivable_days(s: Statement) -> Decimal | None:
    """Receivables in days of sales."""
    return divide(_days(s.receivables), s.sales)


def inventory_days(s: Statement) -> Decimal | None:
    """Inventories in days of sales."""
    return divide(_days(s.inventories), s.sales)


def sales_growth(s: Statement) -> Decimal | None:
    """Sales / sales of the year before - 1, both in the currency and unit of this year."""
    earlier = before(s, "sales")
    return divide(_less(s.sales, earlier), earlier)


RATIOS: tuple[tuple[Callable[[Statement], Decimal | None], Unit], ...] = (
    (working_capital_to_assets, "fraction"),
    (retained_earnings_to_assets, "fraction"),
    (operating_return_on_assets, "fraction"),
    (equity_to_liabilities, "times"),
    (permanent_capital_to_assets, "fraction"),
    (current_ratio, "times"),
    (quick_ratio, "times"),
    (cash_ratio, "times"),
    (cash_flow_to_short_liabilities, "times"),
    (operating_margin, "fraction"),
    (interest_cover, "times"),
    (operating_cost_to_short_liabilities, "times"),
    (defensive_days, "days"),
    (receivable_days, "days"),
    (inventory_days, "days"),
    (sales_growth, "fraction"),
)


def _plus(left: Decimal | None, right: Decimal | None) -> Decimal | None:
    return None if left is None or right is None else left + right


def _less(left: Decimal | None, right: Decimal | None) -> Decimal | None:
    return None if left is None or right is None else left - right


def _days(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount * DAYS_A_YEAR

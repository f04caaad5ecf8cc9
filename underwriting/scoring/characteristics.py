"""The ratios a scorecard may use. Pure.

Each function gives a numerator and a denominator, so that one definition serves a company (floats) and a portfolio
(arrays). `value_of` divides: a ratio is None when an item is missing or the denominator is not positive, because a
ratio to no debt, or to sales that were not made, says nothing. More is better in every one of them.

Income is taken as filed for the period. Origin: the ratios of the literature on corporate failure, named at each.
"""

from collections.abc import Callable, Mapping
from typing import Any

from underwriting.scoring.items import Items

Fraction = tuple[Any, Any]


def net_profit_to_liabilities(a: Items) -> Fraction:
    """Net profit / total liabilities, a fraction (Beaver 1966, without depreciation)."""
    return a.net_profit, a.total_liabilities


def cash_flow_to_short_liabilities(a: Items) -> Fraction:
    """(Net profit + depreciation) / short-term liabilities, times (Beaver 1966)."""
    return a.net_profit + a.depreciation, a.short_term_liabilities


def operating_margin(a: Items) -> Fraction:
    """Operating profit / sales, a fraction (Hamrol, Czajka and Piechocki 2004)."""
    return a.operating_profit, a.sales


def retained_earnings_to_assets(a: Items) -> Fraction:
    """Retained earnings / total assets, a fraction (Altman 1968)."""
    return a.retained_earnings, a.total_assets


def permanent_capital_to_assets(a: Items) -> Fraction:
    """(Equity + long-term liabilities) / total assets, a fraction (Conan and Holder 1979)."""
    return a.equity + a.long_term_liabilities, a.total_assets


def equity_to_liabilities(a: Items) -> Fraction:
    """Equity / total liabilities, times (Altman 1983)."""
    return a.equity, a.total_liabilities


def current_ratio(a: Items) -> Fraction:
    """Current assets / short-term liabilities, times (Beaver 1966)."""
    return a.current_assets, a.short_term_liabilities


def quick_assets_to_liabilities(a: Items) -> Fraction:
    """(Current assets - inventories) / total liabilities, times: the quick ratio when the debt is not split."""
    return a.current_assets - a.inventories, a.total_liabilities


def defensive_days(a: Items) -> Fraction:
    """Days of cash operating cost that cash and receivables pay for (Sorter and Benston 1960)."""
    return (a.cash + a.receivables) * 365.0, a.sales - a.operating_profit - a.depreciation


def operating_cost_to_short_liabilities(a: Items) -> Fraction:
    """(Sales - operating profit) / short-term liabilities, times (Zieba, Tomczak and Tomczak 2016, X32 and X52)."""
    return a.sales - a.operating_profit, a.short_term_liabilities


def interest_cover(a: Items) -> Fraction:
    """Operating profit / financial expenses, times (Altman, Haldeman and Narayanan 1977)."""
    return a.operating_profit, a.financial_expenses


def sales_growth(a: Items) -> Fraction:
    """(Sales - sales of the year before) / sales of the year before, a fraction (Zieba and others 2016, X21)."""
    return a.sales - a.prior_sales, a.prior_sales


def size(a: Items) -> Fraction:
    """Total assets in millions of euros of the fixed year (Ohlson 1980, whose logarithm the bins make unnecessary)."""
    return a.total_assets * a.euros, 1_000_000.0


CHARACTERISTICS: Mapping[str, Callable[[Items], Fraction]] = {
    function.__name__: function
    for function in (
        net_profit_to_liabilities,
        cash_flow_to_short_liabilities,
        operating_margin,
        retained_earnings_to_assets,
        permanent_capital_to_assets,
        equity_to_liabilities,
        current_ratio,
        quick_assets_to_liabilities,
        defensive_days,
        operating_cost_to_short_liabilities,
        interest_cover,
        sales_growth,
        size,
    )
}


def value_of(code: str, items: Items) -> float | None:
    """The ratio of one company, or None."""
    numerator, denominator = CHARACTERISTICS[code](items)
    if not denominator > 0:
        return None
    value: float = numerator / denominator
    return value if value == value else None

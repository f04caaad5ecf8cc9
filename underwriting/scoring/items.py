"""The figures of one year of accounts as the scorecard reads them: floats, NaN for what is not given. Pure.

The same attributes hold floats for one company and arrays for a portfolio; the ratios are written once for both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from underwriting.scoring.result import InsufficientAccounts
from underwriting.scoring.statement import Statement, before

MISSING = float("nan")

# Units of currency for one euro, averages of 2010 (European Central Bank): a company's size must not move with the
# exchange rate of the day it is looked at.
FIXED_YEAR = 2010
PER_EURO: Mapping[str, float] = {
    "EUR": 1.0,
    "PLN": 3.9947,
    "RON": 4.2122,
    "CZK": 25.284,
    "HUF": 275.48,
    "BGN": 1.9558,
    "GBP": 0.85784,
    "USD": 1.3257,
    "CHF": 1.3803,
    "SEK": 9.5373,
    "DKK": 7.4473,
    "NOK": 8.0043,
}

REQUIRED = ("total_assets", "equity", "total_liabilities", "sales", "net_profit")
_NEVER_NEGATIVE = ("total_liabilities", "sales")


@dataclass(slots=True)
class Items:
    """Amounts as filed, and `euros`, what one of them is worth in euros of the fixed year (NaN: unknown currency)."""

    total_assets: Any = MISSING
    current_assets: Any = MISSING
    inventories: Any = MISSING
    receivables: Any = MISSING
    cash: Any = MISSING
    equity: Any = MISSING
    retained_earnings: Any = MISSING
    total_liabilities: Any = MISSING
    long_term_liabilities: Any = MISSING
    short_term_liabilities: Any = MISSING
    sales: Any = MISSING
    operating_profit: Any = MISSING
    profit_before_tax: Any = MISSING
    net_profit: Any = MISSING
    depreciation: Any = MISSING
    financial_expenses: Any = MISSING
    prior_sales: Any = MISSING
    euros: Any = MISSING


NAMES: tuple[str, ...] = tuple(field.name for field in fields(Items))
AMOUNTS: tuple[str, ...] = tuple(name for name in NAMES if name != "euros")


def euros_of(currency: str, unit: int) -> float:
    """What one amount is worth in euros of the fixed year; NaN for a currency that is not in the table."""
    per_euro = PER_EURO.get(currency)
    return MISSING if per_euro is None else unit / per_euro


def items_of(statement: Statement) -> Items:
    """The statement's figures, cleaned, with the sales of the year before in the same currency and unit."""
    values = {name: _number(getattr(statement, name)) for name in AMOUNTS if name != "prior_sales"}
    values["prior_sales"] = _number(before(statement, "sales"))
    return cleaned(Items(**values, euros=euros_of(statement.currency, statement.unit)))


def cleaned(items: Items) -> Items:
    """The same items without the figures that are no figures; raises InsufficientAccounts below the hard minimum.

    Depreciation of zero or less, an operating profit of exactly zero and financial expenses of zero or less are codes
    for "not filed" far more often than facts: they count as missing.
    """
    missing = tuple(name for name in REQUIRED if getattr(items, name) != getattr(items, name))
    if missing:
        raise InsufficientAccounts(missing)
    implausible = tuple(name for name in _NEVER_NEGATIVE if getattr(items, name) < 0)
    if implausible or items.total_assets <= 0:
        raise InsufficientAccounts(implausible or ("total_assets",), reason="implausible")
    if items.depreciation <= 0:
        items.depreciation = MISSING
    if items.operating_profit == 0:
        items.operating_profit = MISSING
    if items.financial_expenses <= 0:
        items.financial_expenses = MISSING
    return items


def _number(amount: Any) -> float:
    return MISSING if amount is None else float(amount)

"""Whether accounts just read from a file add up: notices for the person who gave them, before anything is kept. Pure.

Never a refusal: published accounts are rounded, and a register's layout may differ from ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

# Gaps up to this share of total assets are rounding, as in the scoring of the same figures.
TOLERANCE = Decimal("0.005")

# What should equal what, and what should not be more than what. Provisions not given count as none.
_SUMS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("assets", "total_assets", ("fixed_assets", "current_assets")),
    ("balance", "total_assets", ("equity", "total_liabilities", "provisions_and_accruals")),
    ("debts", "total_liabilities", ("long_term_liabilities", "short_term_liabilities")),
)
_PARTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("current_within_total", "total_assets", ("current_assets",)),
    ("parts_within_current", "current_assets", ("inventories", "receivables", "cash")),
    ("short_within_debts", "total_liabilities", ("short_term_liabilities",)),
    ("profit_within_sales", "sales", ("net_profit",)),
)
_OPTIONAL = "provisions_and_accruals"


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison of the accounts: what it is about, both sides, and whether it holds."""

    code: str
    whole: Decimal
    parts: Decimal
    holds: bool

    @property
    def gap(self) -> Decimal:
        return self.whole - self.parts


def account_checks(items: Mapping[str, Decimal]) -> tuple[Check, ...]:
    """Every comparison whose figures are all given; of parts within a whole, those with any part given."""
    total = abs(items.get("total_assets", Decimal(0)))
    found = []
    for code, whole, names in _SUMS:
        parts = [items.get(name, Decimal(0) if name == _OPTIONAL else None) for name in names]
        if whole in items and None not in parts:
            summed = sum((part for part in parts if part is not None), Decimal(0))
            holds = abs(items[whole] - summed) <= TOLERANCE * (total or abs(items[whole]))
            found.append(Check(code, items[whole], summed, holds))
    for code, whole, inside in _PARTS:
        given = [items[name] for name in inside if name in items]
        if whole in items and given:
            summed = sum(given, Decimal(0))
            holds = summed - items[whole] <= TOLERANCE * (total or abs(items[whole]))
            found.append(Check(code, items[whole], summed, holds))
    return tuple(found)

"""A buyer's yearly accounts as filed, with the year before beside them, and whether they add up. Pure."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

# Accounts are typed from rounded figures: a gap up to this share of total assets is not worth a word.
TOLERANCE = Decimal("0.005")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One year of accounts in one currency. Items are in multiples of `unit`; None means "not given", never zero.

    Expenses and liabilities are positive figures; profits and equity carry their sign.
    """

    period_end: date
    currency: str
    unit: int = 1
    period_start: date | None = None
    published_on: date | None = None
    audited: bool = False
    consolidated: bool = False
    total_assets: Decimal | None = None
    fixed_assets: Decimal | None = None
    current_assets: Decimal | None = None
    inventories: Decimal | None = None
    receivables: Decimal | None = None
    cash: Decimal | None = None
    equity: Decimal | None = None
    share_capital: Decimal | None = None
    retained_earnings: Decimal | None = None
    total_liabilities: Decimal | None = None
    long_term_liabilities: Decimal | None = None
    short_term_liabilities: Decimal | None = None
    provisions_and_accruals: Decimal | None = None
    sales: Decimal | None = None
    operating_profit: Decimal | None = None
    profit_before_tax: Decimal | None = None
    net_profit: Decimal | None = None
    depreciation: Decimal | None = None
    financial_expenses: Decimal | None = None
    employees: Decimal | None = None
    prior: "Statement | None" = None


_ABOUT = {"period_end", "currency", "unit", "period_start", "published_on", "audited", "consolidated", "prior"}
ITEMS: tuple[str, ...] = tuple(field.name for field in fields(Statement) if field.name not in _ABOUT)


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """One identity of the accounts: both sides, their difference, and whether it is within the tolerance."""

    code: str
    left: Decimal
    right: Decimal
    gap: Decimal
    holds: bool


def identity_checks(statement: Statement) -> tuple[IdentityCheck, ...]:
    """The identities whose every item is given, held or not; provisions not given count as none."""
    provisions = statement.provisions_and_accruals or Decimal(0)
    s = statement
    return tuple(
        _check(code, left, right, s.total_assets)
        for code, left, right in (
            ("assets", s.total_assets, add_given(s.fixed_assets, s.current_assets)),
            ("balance", s.total_assets, add_given(s.equity, s.total_liabilities, provisions)),
            ("liabilities", s.total_liabilities, add_given(s.long_term_liabilities, s.short_term_liabilities)),
        )
        if left is not None and right is not None
    )


def identity_gaps(statement: Statement) -> tuple[IdentityCheck, ...]:
    """The identities that do not hold: reported to the underwriter, never forced."""
    return tuple(check for check in identity_checks(statement) if not check.holds)


def _check(code: str, left: Decimal, right: Decimal, total_assets: Decimal | None) -> IdentityCheck:
    gap = left - right
    return IdentityCheck(code, left, right, gap, abs(gap) <= TOLERANCE * abs(total_assets or left))


def add_given(*amounts: Decimal | None) -> Decimal | None:
    """The sum, or None unless every amount is given."""
    given = [amount for amount in amounts if amount is not None]
    return sum(given, Decimal(0)) if len(given) == len(amounts) else None

"""A buyer's yearly accounts as filed, with the year before beside them, and whether they add up. Pure."""

from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal

from applications.exposure import is_within_months

# Months from one year's end to the next, when a company moved it.
LONGEST_YEAR = 18
# Accounts are typed from rounded figures: a gap up to this share of total assets is not worth a word.
TOLERANCE = Decimal("0.005")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One year of accounts in one currency. Items are in multiples of `unit`; None means "not given", never zero.

    Expenses and liabilities are positive figures; profits and equity carry their sign. `source` names who gave the
    accounts; `euro_rate` is the ECB's, units of currency for one euro, on the last day quoted up to the period's end.
    """

    period_end: date
    currency: str
    unit: int = 1
    period_start: date | None = None
    published_on: date | None = None
    audited: bool = False
    consolidated: bool = False
    source: str = ""
    euro_rate: Decimal | None = None
    euro_rate_on: date | None = None
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

    @property
    def is_abridged(self) -> bool:
        """Whether the debts are not split by term, as in the short form small companies may file."""
        return self.short_term_liabilities is None


_ABOUT = {
    "period_end", "currency", "unit", "period_start", "published_on", "audited", "consolidated", "source", "euro_rate",
    "euro_rate_on", "prior",
}  # fmt: skip
ITEMS: tuple[str, ...] = tuple(field.name for field in fields(Statement) if field.name not in _ABOUT)


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """One identity of the accounts: both sides, their difference, and whether it is within the tolerance.

    Of `parts` the left side is the whole: it may be larger than the parts that are told of it, and never smaller.
    """

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
    ) + _parts(s)


def _parts(s: Statement) -> tuple[IdentityCheck, ...]:
    """Current assets against what is told of them."""
    parts = [amount for amount in (s.inventories, s.receivables, s.cash) if amount is not None]
    if s.current_assets is None or not parts:
        return ()
    check = _check("parts", s.current_assets, sum(parts, Decimal(0)), s.total_assets)
    return (replace(check, holds=check.holds or check.gap > 0),)


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


def years_of(statement: Statement) -> tuple[Statement, ...]:
    """The year and those before it, newest first."""
    years = [statement]
    while years[-1].prior is not None:
        years.append(years[-1].prior)
    return tuple(years)


def in_euros(statement: Statement, item: str) -> Decimal | None:
    """An item in whole euros at the rate of the period's end; None when the item or the rate is not known."""
    amount, rate = getattr(statement, item), statement.euro_rate
    if amount is None or rate is None:
        return None
    return Decimal(amount * statement.unit / rate)


def before(statement: Statement, item: str) -> Decimal | None:
    """An item of the year before in the currency and unit of this one, by way of the euro where they differ.

    Accounts of an earlier year are not those of the year before.
    """
    prior = statement.prior
    if prior is None or not is_within_months(prior.period_end, statement.period_end, LONGEST_YEAR):
        return None
    amount: Decimal | None = getattr(prior, item)
    if amount is None or (prior.currency, prior.unit) == (statement.currency, statement.unit):
        return amount
    if prior.currency == statement.currency:
        return amount * prior.unit / statement.unit
    euros = in_euros(prior, item)
    return None if euros is None or statement.euro_rate is None else euros * statement.euro_rate / statement.unit

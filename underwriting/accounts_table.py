"""The buyer's accounts as an underwriter reads them: items and ratios, the years side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from applications.fields import language
from underwriting import words
from underwriting.ratio_words import ratio_name, told
from underwriting.scoring.ratios import divide, spread
from underwriting.scoring.statement import ITEMS, IdentityCheck, Statement, identity_checks, in_euros, years_of
from underwriting.scoring.stored import statement_from_accounts
from unlockfocus.money import format_amount


@dataclass(frozen=True)
class Row:
    """One line of the table: a text for each year, and the change from the year before as a fraction."""

    label: str
    values: tuple[str, ...]
    change: Decimal | None = None


@dataclass(frozen=True)
class Check:
    """An identity of the accounts in words, with its gap in the accounts' own unit."""

    label: str
    gap: Decimal
    holds: bool


@dataclass(frozen=True)
class AccountsTable:
    """Years newest first; amounts in `unit` of `currency`."""

    years: tuple[date, ...]
    currency: str
    unit: int
    audited: bool
    consolidated: bool
    published_on: date | None
    items: tuple[Row, ...]
    ratios: tuple[Row, ...]
    checks: tuple[Check, ...]
    euros: "InEuros | None"


@dataclass(frozen=True)
class InEuros:
    """The size of the newest year in whole euros, at the ECB's rate of a day: units of currency for one euro."""

    rate: Decimal
    on: date
    total_assets: Decimal | None
    equity: Decimal | None
    sales: Decimal | None


def accounts_table(accounts: Mapping[str, Any]) -> AccountsTable | None:
    """The table of accounts as an analysis keeps them (`{"years": [...]}`); None when no year was given."""
    if not accounts.get("years"):
        return None
    newest = statement_from_accounts(accounts)
    years = years_of(newest)
    return AccountsTable(
        years=tuple(each.period_end for each in years),
        currency=newest.currency,
        unit=newest.unit,
        audited=newest.audited,
        consolidated=newest.consolidated,
        published_on=newest.published_on,
        items=tuple(_item(code, years) for code in ITEMS if any(getattr(each, code) is not None for each in years)),
        ratios=_ratios(years),
        checks=tuple(_check(check) for check in identity_checks(newest)),
        euros=_in_euros(newest),
    )


def _in_euros(year: Statement) -> InEuros | None:
    if year.currency == "EUR" or year.euro_rate is None or year.euro_rate_on is None:
        return None
    amounts = (in_euros(year, item) for item in ("total_assets", "equity", "sales"))
    whole = (None if amount is None else amount.to_integral_value(ROUND_HALF_UP) for amount in amounts)
    return InEuros(year.euro_rate, year.euro_rate_on, *whole)


def _item(code: str, years: tuple[Statement, ...]) -> Row:
    amounts = [getattr(each, code) for each in years]
    texts = tuple("–" if amount is None else format_amount(amount, language(), decimals=False) for amount in amounts)
    return Row(words.item_name(code), texts, _change(years, amounts))


def _change(years: tuple[Statement, ...], amounts: list[Decimal | None]) -> Decimal | None:
    """Against the year before, when both are positive and in the same currency and unit."""
    if len({(each.currency, each.unit) for each in years[:2]}) > 1 or len(amounts) < 2:
        return None
    newest, before = amounts[:2]
    if newest is None or before is None or newest <= 0:
        return None
    grown = divide(newest, before)
    return None if grown is None else grown - 1


def _ratios(years: tuple[Statement, ...]) -> tuple[Row, ...]:
    spreads = [spread(each) for each in years]
    return tuple(
        Row(ratio_name(ratios[0].code), tuple(told(ratio.code, ratio.value) for ratio in ratios))
        for ratios in zip(*spreads, strict=True)
        if any(ratio.value is not None for ratio in ratios)
    )


def _check(check: IdentityCheck) -> Check:
    return Check(words.check_name(check), check.gap, check.holds)

"""The buyer's accounts as an underwriter reads them: items and ratios, the years side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import pgettext

from applications.fields import language
from underwriting import words
from underwriting.models import BuyerStatement
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
    # Of each year, who told it; then each line's place in each year, where places are known.
    sources: tuple[str, ...] = ()
    places: tuple[Row, ...] = ()
    differences: tuple["Differing", ...] = ()
    left_aside: tuple[tuple[date, str], ...] = ()


@dataclass(frozen=True)
class Differing:
    """One line of one year on which a register and the insured differ by more than rounding."""

    period_end: date
    source: str
    label: str
    insured: str
    register: str


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
        sources=tuple(_told_by(each) for each in _newest_first(accounts)),
        places=_places(_newest_first(accounts)),
        differences=tuple(_differing(each) for each in accounts.get("differences", ())),
        left_aside=tuple(
            (date.fromisoformat(end), source_name(source)) for end, source in accounts.get("left_aside", ())
        ),
    )


def source_name(code: str) -> str:
    """Who told a year or a line of it."""
    if code in {"", BuyerStatement.Source.INSURED}:
        return pgettext("source of accounts", "insured")
    return str(dict(BuyerStatement.Source.choices).get(code, code))


def _newest_first(accounts: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return sorted(accounts["years"], key=lambda year: str(year["period_end"]), reverse=True)


def _told_by(year: Mapping[str, Any]) -> str:
    """The source of a year; of one made of two, both, the one that counts first."""
    sources = [year.get("source", ""), *(source for source, _place in year.get("provenance", {}).values())]
    return ", ".join(dict.fromkeys(map(source_name, sources)))


def _places(years: list[Mapping[str, Any]]) -> tuple[Row, ...]:
    told = [year.get("provenance", {}) for year in years]
    return tuple(
        Row(words.item_name(code), tuple(_place(each.get(code)) for each in told))
        for code in ITEMS
        if any(code in each for each in told)
    )


def _place(line: list[str] | None) -> str:
    """The source and the place of a line; "typed" where somebody typed it."""
    if line is None:
        return "–"
    source, place = line
    where = place or pgettext("source of accounts", "typed")
    return f"{source_name(source)}: {where}"


def _differing(told: Mapping[str, Any]) -> Differing:
    return Differing(
        date.fromisoformat(told["period_end"]),
        source_name(told["source"]),
        words.item_name(told["item"]),
        format_amount(Decimal(told["insured"]), language(), decimals=False),
        format_amount(Decimal(told["register"]), language(), decimals=False),
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

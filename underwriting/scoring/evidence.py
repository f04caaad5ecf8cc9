"""One buyer's years out of two kinds of evidence: what an insured gave, and what registers published. Pure.

docs/decisions/accounts-of-registers.md says why a register's figure stands, and when the insured's complete it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from underwriting.scoring.statement import ITEMS, Statement

# Two figures for one line tell the same up to this share of the larger one.
AGREES_WITHIN = Decimal("0.01")
MOST_YEARS = 3


@dataclass(frozen=True, slots=True)
class Told:
    """One year as one source tells it, and where each line of it stands there."""

    statement: Statement
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """Where one line of a year comes from: the source, and the place in it ("" when it was typed)."""

    source: str
    place: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One line on which the insured and a register differ, both amounts in the register's unit and currency."""

    item: str
    insured: Decimal
    register: Decimal


@dataclass(frozen=True, slots=True)
class Year:
    """One year to be scored. `other_kind` is the source of a filing left aside: the group's, or the company's alone."""

    statement: Statement
    lines: Mapping[str, Line]
    differences: tuple[Difference, ...] = ()
    other_kind: str = ""


def years_from(given: Sequence[Told], filings: Sequence[Told]) -> tuple[Year, ...]:
    """The years, newest first; `filings` in the order they were received. Without filings, the years given."""
    if not filings:
        return tuple(sorted(map(_alone, given), key=lambda year: year.statement.period_end, reverse=True))
    ends = {told.statement.period_end for told in (*given, *filings)}
    years = [_year(end, given, filings) for end in sorted(ends, reverse=True)]
    return tuple(years[: max(MOST_YEARS, len(given))])


def _year(end: date, given: Sequence[Told], filings: Sequence[Told]) -> Year:
    insured = next((told for told in given if told.statement.period_end == end), None)
    filed = [told for told in filings if told.statement.period_end == end]
    if insured is None:
        return _alone(_best(filed, consolidated=all(told.statement.consolidated for told in filed)))
    same_kind = [told for told in filed if told.statement.consolidated == insured.statement.consolidated]
    if not same_kind:
        return replace(_alone(insured), other_kind=filed[-1].statement.source if filed else "")
    return _together(insured, _best(same_kind, consolidated=insured.statement.consolidated))


def _best(filed: Iterable[Told], *, consolidated: bool) -> Told:
    """Of the filings of that kind the one that gives more items, and of two such the one received last."""
    of_kind = [told for told in filed if told.statement.consolidated == consolidated]
    return max(enumerate(of_kind), key=lambda pair: (len(_given(pair[1].statement)), pair[0]))[1]


def _alone(told: Told) -> Year:
    statement = replace(told.statement, prior=None)
    source = statement.source
    return Year(statement, {item: Line(source, told.places.get(item, "")) for item in _given(statement)})


def _together(insured: Told, filing: Told) -> Year:
    """The filing, completed by the insured's figures where both tell the same year."""
    year = _alone(filing)
    if insured.statement.currency != filing.statement.currency:
        return year
    theirs = _in_unit_of(insured.statement, filing.statement.unit)
    shared = [item for item in year.lines if item in theirs]
    step = Decimal(max(insured.statement.unit, filing.statement.unit)) / filing.statement.unit
    differences = tuple(
        Difference(item, theirs[item], amount)
        for item in shared
        if not _agree(theirs[item], amount := getattr(filing.statement, item), item, step)
    )
    if differences or not shared:
        return replace(year, differences=differences)
    missing = {item: amount for item, amount in theirs.items() if item not in year.lines}
    source = insured.statement.source
    lines = {item: Line(source, insured.places.get(item, "")) for item in missing}
    return Year(
        replace(
            year.statement,
            audited=filing.statement.audited or insured.statement.audited,
            published_on=filing.statement.published_on or insured.statement.published_on,
            period_start=filing.statement.period_start or insured.statement.period_start,
            **missing,  # type: ignore[arg-type]
        ),
        {item: found for item in ITEMS if (found := year.lines.get(item) or lines.get(item))},
    )


def _agree(one: Decimal, other: Decimal, item: str, step: Decimal) -> bool:
    rounding = Decimal(0) if item == "employees" else step if step > 1 else Decimal(1)
    return abs(one - other) <= max(AGREES_WITHIN * max(abs(one), abs(other)), rounding)


def _given(statement: Statement) -> list[str]:
    return [item for item in ITEMS if getattr(statement, item) is not None]


def _in_unit_of(statement: Statement, unit: int) -> dict[str, Decimal]:
    """The items given, in multiples of another unit; people are counted as they are."""
    factor = Decimal(statement.unit) / Decimal(unit)
    return {item: getattr(statement, item) * (1 if item == "employees" else factor) for item in _given(statement)}

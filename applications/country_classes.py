"""The OECD's country risk classification as a CSV file, read whole or refused by line. Pure, and distrustful.

An empty class, or a dash, means "not classified": neither 0 nor safe. The file's `status` says why.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

COLUMNS = ("iso2", "category", "as_of", "status")
WORST_CLASS = 7
NOT_CLASSIFIED = {"", "-", "–"}
STATUSES = {"classified", "high_income_oecd", "high_income_euro", "euro_microstate", "not_reviewed"}
# The classification has about 200 countries: half a file would look like half the world declassified.
LEAST_COUNTRIES = 150


class UnreadableClasses(ValueError):
    """The file is refused; the text begins with the line."""


@dataclass(frozen=True, slots=True)
class CountryClass:
    """A country (ISO 3166, two letters) and its class from 0 to 7, None when it has none; `status` says why."""

    country: str
    oecd_class: int | None
    status: str


@dataclass(frozen=True, slots=True)
class Classification:
    """The whole world as of one day."""

    as_of: date
    countries: tuple[CountryClass, ...]


def read_classes(content: bytes, today: date) -> Classification:
    """The classification in a CSV with the columns of COLUMNS, others ignored; raises UnreadableClasses."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableClasses(f"byte {error.start}: not UTF-8 text") from error
    reader = csv.DictReader(io.StringIO(text), strict=True)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
    if missing:
        raise UnreadableClasses(f"line 1: no column {missing[0]}")
    try:
        rows = list(_rows(reader))
    except csv.Error as error:
        raise UnreadableClasses(f"line {reader.line_num}: {error}") from error
    return _checked(rows, today)


def _rows(reader: "csv.DictReader[str]") -> Iterator[tuple[date, CountryClass]]:
    seen: set[str] = set()
    for row in reader:
        cells = {name: (row[name] or "").strip() for name in COLUMNS}
        line = f"line {reader.line_num}"
        if not re.fullmatch("[A-Z]{2}", cells["iso2"]):
            raise UnreadableClasses(f"{line}: {cells['iso2'][:10]!r} is no country of two letters")
        if cells["iso2"] in seen:
            raise UnreadableClasses(f"{line}: {cells['iso2']} stands above already")
        seen.add(cells["iso2"])
        yield _day(cells["as_of"], line), _country(cells, line)


def _country(cells: dict[str, str], line: str) -> CountryClass:
    status, text = cells["status"], cells["category"]
    if status not in STATUSES:
        raise UnreadableClasses(f"{line}: {status[:30]!r} is none of {', '.join(sorted(STATUSES))}")
    if (status == "classified") == (text in NOT_CLASSIFIED):
        raise UnreadableClasses(f"{line}: {status} with the class {text[:10]!r}")
    if text in NOT_CLASSIFIED:
        return CountryClass(cells["iso2"], None, status)
    if not re.fullmatch("[0-7]", text):
        raise UnreadableClasses(f"{line}: a class from 0 to {WORST_CLASS} is expected, not {text[:10]!r}")
    return CountryClass(cells["iso2"], int(text), status)


def _day(text: str, line: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UnreadableClasses(f"{line}: a day such as 2026-06-26 is expected, not {text[:20]!r}") from None


def _checked(rows: list[tuple[date, CountryClass]], today: date) -> Classification:
    if len(rows) < LEAST_COUNTRIES:
        raise UnreadableClasses(f"{len(rows)} countries, where {LEAST_COUNTRIES} or more are expected")
    days = {day for day, _country in rows}
    if len(days) > 1 or max(days) > today:
        raise UnreadableClasses("one day for all countries is expected, not after today")
    return Classification(days.pop(), tuple(country for _day, country in rows))

"""The UK Sanctions List, as CSV: a line with the day of the report, the header, and a row for each name and address.

https://sanctionslist.fcdo.gov.uk/docs/UK-Sanctions-List.csv
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import BinaryIO

from underwriting.screening.countries import country_codes
from underwriting.screening.identifiers import numbers_in
from underwriting.screening.lists.reading import MalformedList, ReadList, names_of, one_line, years_in
from underwriting.screening.subjects import Listed

# Headers changed their capitals and signs over the years: they are compared without them.
_KEY, _KIND, _STRENGTH, _SCRIPT = (
    "unique id",
    ("designation type", "individual entity ship"),
    "alias strength",
    "name non latin script",
)
_NAMES = ("name 1", "name 2", "name 3", "name 4", "name 5", "name 6")
_REQUIRED = (_KEY, *_NAMES, "name type", "regime name")
_COUNTRIES = (
    "address country",
    "nationality ies",
    "country of birth",
    "current believed flag of ship",
    "previous flags",
)
_NUMBERS = ("business registration number s", "passport number", "national identifier number", "imo number")
_REMARKS = ("other information", "sanctions imposed")
_KINDS = {"individual": "person", "entity": "organisation", "ship": "vessel"}
_PRIMARY = "primary name"
# Several values in one cell are numbered: `(1) Russia. (2) Ukraine.`
_NUMBERED = re.compile(r"\(\d+\)")
_DAY_FORMATS = ("%d-%b-%Y", "%d/%m/%Y", "%d %B %Y", "%Y-%m-%d")

Row = dict[str, str]


def read_uk(source: BinaryIO) -> ReadList:
    """Raises MalformedList, also while the entries are read. Entries come in the order of their first rows."""
    lines = _lines(source)
    place, header = next(lines, ("line 1", []))
    as_of = None
    if header and header[0].lower().startswith("report date"):
        as_of = _day(" ".join(header).split(":")[-1])
        place, header = next(lines, (place, []))
    columns = [re.sub("[^a-z0-9]+", " ", name.lower()).strip() for name in header]
    columns = ["dob" if name == "d o b" else name for name in columns]
    for name in _REQUIRED:
        if columns.count(name) != 1:
            raise MalformedList(place, f"no column {name!r}")
    if not set(_KIND) & set(columns):
        raise MalformedList(place, f"no column {_KIND[0]!r}")
    return ReadList(as_of, _entries(columns, lines))


def _lines(source: BinaryIO) -> Iterator[tuple[str, list[str]]]:
    """The rows that are not empty, with their places."""
    text = io.TextIOWrapper(source, encoding="utf-8-sig", newline="")
    reader = csv.reader(text, strict=True)
    try:
        for row in reader:
            if row:
                yield f"line {reader.line_num}", row
    except (csv.Error, UnicodeDecodeError) as error:
        raise MalformedList(f"line {reader.line_num + 1}", str(error)) from error
    finally:
        text.detach()


def _entries(columns: list[str], lines: Iterable[tuple[str, list[str]]]) -> Iterator[Listed]:
    rows: dict[str, list[Row]] = defaultdict(list)
    for place, cells in lines:
        row = dict(zip(columns, map(one_line, cells), strict=False))
        if len(cells) != len(columns) or not row[_KEY]:
            raise MalformedList(place, f"{len(cells)} cells under {len(columns)} columns, or no Unique ID")
        rows[row[_KEY]].append(row)
    for key, found in rows.items():
        yield _listed(key, found)


def _listed(key: str, rows: list[Row]) -> Listed:
    rows = sorted(rows, key=lambda row: row["name type"].lower() != _PRIMARY)
    kind = next((row[name].lower() for row in rows for name in _KIND if row.get(name)), "")
    if kind not in _KINDS:
        raise MalformedList(f"entry {key}", f"{kind!r} is no kind of entry")
    strong = [text for row in rows if not _is_weak(row) for text in (_name(row), row.get(_SCRIPT, ""))]
    names = names_of(strong, [text for row in rows if _is_weak(row) for text in (_name(row), row.get(_SCRIPT, ""))])
    if not names:
        raise MalformedList(f"entry {key}", "no name")
    days = sorted(day for row in rows if (day := _day(row.get("date designated", ""))))
    return Listed(
        key=key,
        names=names,
        kind=_KINDS[kind],
        programme=", ".join(dict.fromkeys(row["regime name"] for row in rows if row["regime name"])),
        countries=country_codes(*_values(rows, _COUNTRIES)),
        birth_years=frozenset(year for text in _values(rows, ("dob",)) for year in years_in(text)),
        identifiers=frozenset(number for text in _values(rows, _NUMBERS) for number in numbers_in(text)),
        listed_on=days[0].isoformat() if days else "",
        remark="; ".join(dict.fromkeys(row[name] for row in rows for name in _REMARKS if row.get(name))),
    )


def _is_weak(row: Row) -> bool:
    return "low" in row.get(_STRENGTH, "").lower() or "weak" in row.get(_STRENGTH, "").lower()


def _name(row: Row) -> str:
    return " ".join(row[part] for part in _NAMES if row[part])


def _values(rows: list[Row], columns: Iterable[str]) -> Iterator[str]:
    for name in columns:
        for text in dict.fromkeys(row.get(name, "") for row in rows):
            yield from (value.strip(" .;") for value in _NUMBERED.split(text) if value.strip(" .;"))


def _day(text: str) -> date | None:
    for form in _DAY_FORMATS:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day, not an instant
        except ValueError:
            continue
    return None

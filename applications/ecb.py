"""The European Central Bank's euro reference rates as it publishes them: daily XML, or the whole history as CSV. Pure.

A file comes from outside: every byte is distrusted, and one wrong figure refuses the file.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

# The history since 1999 is 1.5 MB as text; a file ten times as large is none of the bank's.
MOST_BYTES = 16 * 1024 * 1024
# The bank skips four days in a row at the most, at Easter: an older rate means that some were missed.
OLDEST_FRESH = timedelta(days=5)
FIRST_DAY = date(1999, 1, 4)
_NOT_QUOTED = {"", "N/A"}
_RATE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,8})?")
_CURRENCY = re.compile("[A-Z]{3}")
_CUBE = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"


class UnreadableRates(ValueError):
    """The file is refused: `place` says where, `reason` why."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}" if place else reason)
        self.place, self.reason = place, reason


@dataclass(frozen=True, slots=True)
class Quote:
    """Units of `currency` for one euro on a day."""

    on: date
    currency: str
    rate: Decimal


def is_stale(quoted_on: date, day: date) -> bool:
    """Whether rates seem to be missing between the day one was quoted and the day it is used for."""
    return day - quoted_on > OLDEST_FRESH


def read_rates(content: bytes, today: date) -> tuple[Quote, ...]:
    """Every quote in a file of the bank, told apart by its first bytes: XML, CSV, or a ZIP with one CSV in it.

    Raises UnreadableRates for anything else, for a day after today and for a file without a quote.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableRates("", f"more than {MOST_BYTES:,} bytes")
    if content.startswith(b"PK"):
        content = _unzipped(content)
    is_xml = content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
    quotes = tuple(_of_xml(content) if is_xml else _of_csv(content))
    if not quotes:
        raise UnreadableRates("", "no rate in it")
    for quote in quotes:
        if not FIRST_DAY <= quote.on <= today:
            raise UnreadableRates(str(quote.on), f"a day from {FIRST_DAY} to {today} is expected")
    return quotes


def _unzipped(content: bytes) -> bytes:
    """The one CSV of a ZIP, which may not grow beyond what is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name for name in archive.namelist() if name.lower().endswith(".csv")]
            if len(names) != 1:
                raise UnreadableRates("", "one CSV file is expected in the ZIP")
            with archive.open(names[0]) as file:
                inside = file.read(MOST_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as error:
        raise UnreadableRates("", f"no readable ZIP: {error}") from error
    if len(inside) > MOST_BYTES:
        raise UnreadableRates(names[0], f"more than {MOST_BYTES:,} bytes")
    return inside


def _of_xml(content: bytes) -> Iterator[Quote]:
    try:
        root = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise UnreadableRates("", f"no readable XML: {error}") from error
    for day in root.iter(_CUBE):
        if "time" in day.attrib:
            on = _day(day.attrib["time"], "Cube")
            yield from (_cube(each, on) for each in day.iter(_CUBE) if each is not day)


def _cube(cube: Element, on: date) -> Quote:
    return _quote(on, cube.attrib.get("currency", ""), cube.attrib.get("rate", ""), str(on))


def _of_csv(content: bytes) -> Iterator[Quote]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableRates("", f"not UTF-8 text (byte {error.start})") from error
    reader = csv.reader(line for line in text.splitlines() if not line.startswith("#"))
    try:
        yield from _of_rows(reader)
    except csv.Error as error:
        raise UnreadableRates(f"line {reader.line_num}", str(error)) from error


def _of_rows(rows: Iterable[list[str]]) -> Iterator[Quote]:
    """The bank's layout: a column `Date`, then one for each currency; the last column may be empty throughout."""
    found = iter(rows)
    header = [name.strip() for name in next(found, [])]
    if not header or header[0] != "Date":
        raise UnreadableRates("line 1", "a first column named Date is expected")
    for number, row in enumerate(found, start=2):
        if not row:
            continue
        if len(row) > len(header):
            raise UnreadableRates(f"line {number}", f"{len(row)} cells under {len(header)} columns")
        on = _day(row[0], f"line {number}")
        for currency, text in zip(header[1:], row[1:], strict=False):
            if text.strip() not in _NOT_QUOTED:
                yield _quote(on, currency, text.strip(), f"line {number}, {currency}")


def _quote(on: date, currency: str, rate: str, place: str) -> Quote:
    if not _CURRENCY.fullmatch(currency):
        raise UnreadableRates(place, f"a currency of three letters is expected, not {currency[:10]!r}")
    if not _RATE.fullmatch(rate) or not Decimal(rate):
        raise UnreadableRates(place, f"a rate above zero is expected, not {rate[:20]!r}")
    return Quote(on, currency, Decimal(rate))


def _day(text: str, place: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UnreadableRates(place, f"a day such as 2026-10-30 is expected, not {text[:20]!r}") from None

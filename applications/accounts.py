"""Read a buyer's accounts from an uploaded spreadsheet or CSV file. Pure, and distrustful of every byte.

The first column names the item by its code or its English or French label; the first row gives, from the second
column on, the end of each year. Formulas are never computed: a spreadsheet's stored values are taken. Every cell that
cannot be read is reported by its address, so that one upload tells everything there is to correct.
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml import DefusedXmlException
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from unlockfocus.money import InvalidAmount, parse_amount, to_cents

MAX_BYTES = 5 * 1024 * 1024
MAX_UNCOMPRESSED_BYTES = 10 * 1024 * 1024
MAX_ARCHIVE_FILES = 200
MAX_ROWS = 200
MAX_YEARS = 5
_MAX_AMOUNT = Decimal(10) ** 15
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the accounts with its labels."""

    code: str
    english: str
    french: str


ITEMS: tuple[Item, ...] = (
    Item("total_assets", "Total assets", "Total de l’actif"),
    Item("fixed_assets", "Fixed assets", "Actif immobilisé"),
    Item("current_assets", "Current assets", "Actif circulant"),
    Item("inventories", "Inventories", "Stocks"),
    Item("receivables", "Trade receivables", "Créances clients"),
    Item("cash", "Cash", "Trésorerie"),
    Item("equity", "Equity", "Capitaux propres"),
    Item("share_capital", "Share capital", "Capital social"),
    Item("retained_earnings", "Retained earnings", "Réserves et report à nouveau"),
    Item("total_liabilities", "Total liabilities", "Total des dettes"),
    Item("long_term_liabilities", "Long-term liabilities", "Dettes à long terme"),
    Item("short_term_liabilities", "Short-term liabilities", "Dettes à court terme"),
    Item("provisions_and_accruals", "Provisions and accruals", "Provisions et régularisations"),
    Item("sales", "Sales", "Chiffre d’affaires"),
    Item("operating_profit", "Operating profit", "Résultat d’exploitation"),
    Item("profit_before_tax", "Profit before tax", "Résultat avant impôt"),
    Item("net_profit", "Net profit", "Résultat net"),
    Item("depreciation", "Depreciation", "Amortissements"),
    Item("financial_expenses", "Financial expenses", "Charges financières"),
    Item("employees", "Employees", "Effectif"),
)
PUBLISHED_ON = Item("published_on", "Published on", "Publié le")


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be read. `cell` is an address such as B7, empty for the file as a whole.

    Codes: unreadable, too_big, too_many_rows, too_many_years, no_years, not_a_date, repeated_year, unknown_item,
    repeated_item, not_a_number.
    """

    cell: str
    code: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class AccountsYear:
    """One column: the items given, by code; an empty cell is an item not given."""

    period_end: date
    published_on: date | None
    items: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class AccountsFile:
    """The years, newest first, and every problem; the years hold what could be read."""

    years: tuple[AccountsYear, ...]
    problems: tuple[Problem, ...]


class _Unreadable(Exception):
    """The file as a whole is refused with this problem code."""


Row = Sequence[Any]


def template_rows() -> tuple[Item, ...]:
    """The rows of a template to fill in, publication day first."""
    return (PUBLISHED_ON, *ITEMS)


def read_accounts(content: bytes) -> AccountsFile:
    """The accounts in an XLSX or CSV file, told apart by their first bytes; never raises on bad content."""
    try:
        if len(content) > MAX_BYTES:
            raise _Unreadable("too_big")
        rows = _spreadsheet_rows(content) if content.startswith(b"PK") else _csv_rows(content)
    except _Unreadable as error:
        return AccountsFile((), (Problem("", str(error)),))
    return _read_rows(rows)


def _spreadsheet_rows(content: bytes) -> list[Row]:
    """The cells of the first sheet, within the bounds; raises _Unreadable."""
    try:
        _check_archive(content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            if not book.worksheets:
                raise _Unreadable("unreadable")
            sheet = book.worksheets[0]
            return list(sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_YEARS + 2, values_only=True))
        finally:
            book.close()
    except (
        InvalidFileException, DefusedXmlException, ParseError, zipfile.BadZipFile, zipfile.LargeZipFile,
        KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError, OSError, NotImplementedError,
    ) as error:  # fmt: skip
        # openpyxl meets a damaged or hostile workbook with any of these.
        raise _Unreadable("unreadable") from error


def _check_archive(content: bytes) -> None:
    """Refuse an archive that would unpack to more than the bound; zipfile never reads past the sizes declared."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = archive.infolist()
    if len(files) > MAX_ARCHIVE_FILES or sum(file.file_size for file in files) > MAX_UNCOMPRESSED_BYTES:
        raise _Unreadable("too_big")


def _csv_rows(content: bytes) -> list[Row]:
    """The cells of a CSV file in UTF-8 or Latin-1, separated by semicolons, tabs or commas; raises _Unreadable."""
    if not content.strip() or b"\0" in content:
        raise _Unreadable("unreadable")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    header = text.lstrip().split("\n", 1)[0]
    delimiter = max(";\t,", key=header.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return [row[: MAX_YEARS + 2] for row, _ in zip(reader, range(MAX_ROWS + 1), strict=False)]
    except csv.Error as error:
        raise _Unreadable("unreadable") from error


def _read_rows(rows: list[Row]) -> AccountsFile:
    problems: list[Problem] = []
    if len(rows) > MAX_ROWS and any(_is_given(cell) for cell in rows[MAX_ROWS]):
        problems.append(Problem("", "too_many_rows", str(MAX_ROWS)))
    years = _read_header(rows[0] if rows else (), problems)
    values: dict[int, dict[str, Any]] = {column: {} for column in years}
    seen: set[str] = set()
    for number, row in enumerate(rows[1:MAX_ROWS], start=2):
        item = _read_item(row, number, seen, problems)
        for column in years if item else ():
            cell = row[column] if column < len(row) else None
            if _is_given(cell):
                _read_cell(cell, item, _address(column, number), values[column], problems)
    found = (
        AccountsYear(day, values[column].pop(PUBLISHED_ON.code, None), values[column]) for column, day in years.items()
    )
    return AccountsFile(tuple(sorted(found, key=lambda year: year.period_end, reverse=True)), tuple(problems))


def _read_header(row: Row, problems: list[Problem]) -> dict[int, date]:
    """The end of year of each column that has one."""
    years: dict[int, date] = {}
    for column, cell in enumerate(row[1:], start=1):
        if not _is_given(cell):
            continue
        day = _as_day(cell)
        if column > MAX_YEARS:
            problems.append(Problem(_address(column, 1), "too_many_years", _shown(cell)))
        elif day is None:
            problems.append(Problem(_address(column, 1), "not_a_date", _shown(cell)))
        elif day in years.values():
            problems.append(Problem(_address(column, 1), "repeated_year", _shown(cell)))
        else:
            years[column] = day
    if not years:
        problems.append(Problem("", "no_years"))
    return years


def _read_item(row: Row, number: int, seen: set[str], problems: list[Problem]) -> str:
    """The code of the item the row is about; empty for a blank row, an unknown or a repeated item."""
    label = row[0] if row else None
    if not _is_given(label):
        return ""
    code = _CODES.get(_plain(str(label)), "")
    if not code:
        problems.append(Problem(_address(0, number), "unknown_item", _shown(label)))
    elif code in seen:
        problems.append(Problem(_address(0, number), "repeated_item", _shown(label)))
        return ""
    seen.add(code)
    return code


def _read_cell(cell: Any, item: str, address: str, values: dict[str, Any], problems: list[Problem]) -> None:
    value = _as_day(cell) if item == PUBLISHED_ON.code else _as_amount(cell)
    if value is None:
        code = "not_a_date" if item == PUBLISHED_ON.code else "not_a_number"
        problems.append(Problem(address, code, _shown(cell)))
    else:
        values[item] = value


def _as_amount(cell: Any) -> Decimal | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        number = Decimal(repr(cell))
        return to_cents(number) if number.is_finite() and abs(number) < _MAX_AMOUNT else None
    try:
        return parse_amount(str(cell), allow_negative=True) if isinstance(cell, str) else None
    except InvalidAmount:
        return None


def _as_day(cell: Any) -> date | None:
    """A spreadsheet's day, or 2025-12-31, or 31/12/2025 with slashes, points or hyphens."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = cell.strip() if isinstance(cell, str) else ""
    if match := re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text):
        year, month, day = match.groups()
    elif match := re.fullmatch(r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4})", text):
        day, _, month, year = match.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _is_given(cell: Any) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def _shown(cell: Any) -> str:
    text = str(cell).strip()
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"


def _address(column: int, row: int) -> str:
    """The address of a cell, from the index of its column and the number of its row."""
    return f"{get_column_letter(column + 1)}{row}"


def _plain(label: str) -> str:
    """A label without accents, case, punctuation and spacing."""
    letters = unicodedata.normalize("NFKD", label[:200]).casefold()
    return re.sub("[^a-z0-9]", "", letters)


def _codes(items: Iterable[Item]) -> dict[str, str]:
    return {_plain(name): item.code for item in items for name in (item.code, item.english, item.french)}


_CODES = _codes(template_rows())

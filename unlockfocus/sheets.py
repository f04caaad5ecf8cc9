"""The cells of an uploaded workbook or CSV file, and the days and labels people type in them. Pure, and distrustful.

Formulas and macros are never run: of a workbook the stored values are taken. The caller says how many rows and
columns it can use; one row more is read, so that it can tell a full file from one that is too long.
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml import DefusedXmlException
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

MAX_BYTES = 5 * 1024 * 1024
MAX_UNCOMPRESSED_BYTES = 10 * 1024 * 1024
MAX_ARCHIVE_FILES = 200
_SHOWN_CHARACTERS = 60

Row = Sequence[Any]


class Unreadable(Exception):
    """The file as a whole is refused; the text is the code of the problem: unreadable or too_big."""


def read_cells(content: bytes, *, rows: int, columns: int) -> list[Row]:
    """At most `rows` + 1 rows of an XLSX or CSV file, told apart by their first bytes; raises Unreadable."""
    if len(content) > MAX_BYTES:
        raise Unreadable("too_big")
    if content.startswith(b"PK"):
        return _workbook_cells(content, rows, columns)
    return _csv_cells(content, rows, columns)


def _workbook_cells(content: bytes, rows: int, columns: int) -> list[Row]:
    """The cells of the first sheet."""
    try:
        _check_archive(content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            if not book.worksheets:
                raise Unreadable("unreadable")
            sheet = book.worksheets[0]
            return list(sheet.iter_rows(max_row=rows + 1, max_col=columns, values_only=True))
        finally:
            book.close()
    except (
        InvalidFileException, DefusedXmlException, ParseError, zipfile.BadZipFile, zipfile.LargeZipFile,
        KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError, OSError, NotImplementedError,
    ) as error:  # fmt: skip
        # openpyxl meets a damaged or hostile workbook with any of these.
        raise Unreadable("unreadable") from error


def _check_archive(content: bytes) -> None:
    """Refuse an archive that would unpack to more than the bound; zipfile never reads past the sizes declared."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = archive.infolist()
    if len(files) > MAX_ARCHIVE_FILES or sum(file.file_size for file in files) > MAX_UNCOMPRESSED_BYTES:
        raise Unreadable("too_big")


def _csv_cells(content: bytes, rows: int, columns: int) -> list[Row]:
    """The cells of a CSV file separated by semicolons, tabs or commas, as its first line decides."""
    if not content.strip() or b"\0" in content:
        raise Unreadable("unreadable")
    text = _decoded(content)
    header = text.lstrip().split("\n", 1)[0]
    delimiter = max(";\t,", key=header.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return [row[:columns] for row, _ in zip(reader, range(rows + 1), strict=False)]
    except csv.Error as error:
        raise Unreadable("unreadable") from error


def _decoded(content: bytes) -> str:
    """UTF-8 when it is that, otherwise Windows-1252, which a few bytes are not."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise Unreadable("unreadable") from error


def as_day(cell: Any) -> date | None:
    """A spreadsheet's day, or 2025-12-31, or 31/12/2025 with slashes, points or hyphens; None for anything else."""
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


def is_given(cell: Any) -> bool:
    """Whether the cell holds anything but spaces."""
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def shown(cell: Any) -> str:
    """What the cell holds, short enough to be quoted in a sentence."""
    text = str(cell).strip()
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"


def address(column: int, row: int) -> str:
    """The address of a cell, such as B7, from the index of its column (from 0) and the number of its row (from 1)."""
    return f"{get_column_letter(column + 1)}{row}"


def plain(label: str) -> str:
    """A label without accents, case, punctuation and spacing, to compare what people call the same thing."""
    letters = unicodedata.normalize("NFKD", label[:200]).casefold()
    return re.sub("[^a-z0-9]", "", letters)

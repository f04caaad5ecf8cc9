"""A table with a header row in an uploaded workbook or CSV file, read row by row. Pure.

Columns are found by their code or their English or French name, in any order; columns nobody asked for are passed
over. Every cell that cannot be read is a problem with its row and column, so that one upload tells all there is to
correct; the caller imports everything or nothing.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from unlockfocus.money import InvalidAmount, parse_amount, to_cents
from unlockfocus.sheets import Row, Unreadable, address, as_day, is_given, plain, read_cells, shown

MOST_COLUMNS = 50
_HEADER_LINE = 1
# What is left of a number of two decimals after a spreadsheet has kept it in binary.
_BINARY_REST = Decimal("0.000001")
_MAX_AMOUNT = Decimal(10) ** 15

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its code and its names; without a required column nothing can be read."""

    code: str
    english: str
    french: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be read. Line and column count from 1 as spreadsheets show them; 0 is the file as a whole.

    Codes of this module: unreadable, too_big, too_many_rows, no_rows, missing_column, repeated_column, missing,
    formula, too_long, not_a_day, in_future, not_positive, and the reasons of `InvalidAmount`.
    """

    code: str
    line: int = 0
    column: int = 0
    value: str = ""

    @property
    def cell(self) -> str:
        """The address, such as B7; empty when it is not about one cell."""
        return address(self.column - 1, self.line) if self.line and self.column else ""


class _Refused(Exception):
    """A cell cannot be used; the text is the code of the problem."""


class RowReader:
    """One row. Each method returns the value of a column, or None after noting the problem."""

    def __init__(self, line: int, row: Row, places: Mapping[str, int], problems: list[Problem]) -> None:
        self.line, self._row, self._places, self._problems = line, row, places, problems

    def refuse(self, code: str, column: str) -> None:
        """Note a problem the caller found in a column."""
        self._problems.append(Problem(code, self.line, self._places.get(column, -1) + 1, shown(self._cell(column))))

    def text(self, column: str, *, most: int, required: bool = True) -> str | None:
        """The text without spaces around it, empty when none is given and none is required."""
        return self._read(column, lambda cell: _text(cell, most, required))

    def day(self, column: str, *, latest: date | None = None) -> date | None:
        """A day that is given, and not after `latest`."""
        return self._read(column, lambda cell: _day(cell, latest))

    def amount(self, column: str, currency: str | None, *, positive: bool) -> Decimal | None:
        """An amount to the cent; one that need not be positive may be negative, and is 0.00 when none is given."""
        return self._read(column, lambda cell: _amount(cell, currency, positive))

    def one_of(self, column: str, meanings: Mapping[str, str], *, unknown: str, default: str = "") -> str | None:
        """What the word means, by `plain` word; `unknown` is the problem of a word that has no meaning."""
        return self._read(column, lambda cell: _meaning(cell, meanings, unknown, default))

    def _cell(self, column: str) -> Any:
        place = self._places.get(column)
        cell = self._row[place] if place is not None and place < len(self._row) else None
        return cell if is_given(cell) else ""

    def _read(self, column: str, read: Callable[[Any], Value]) -> Value | None:
        try:
            return read(self._cell(column))
        except _Refused as error:
            self.refuse(str(error), column)
            return None


def _text(cell: Any, most: int, required: bool) -> str:
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
    if not text and required:
        raise _Refused("missing")
    if text.startswith("="):
        raise _Refused("formula")
    if len(text) > most:
        raise _Refused("too_long")
    return text


def _day(cell: Any, latest: date | None) -> date:
    if cell == "":
        raise _Refused("missing")
    day = as_day(cell)
    if day is None:
        raise _Refused("not_a_day")
    if latest is not None and day > latest:
        raise _Refused("in_future")
    return day


def _amount(cell: Any, currency: str | None, positive: bool) -> Decimal:
    if cell == "" and not positive:
        return Decimal("0.00")
    try:
        amount = _number(cell, currency)
    except InvalidAmount as error:
        raise _Refused("missing" if error.reason == "empty" else error.reason) from error
    if positive and amount <= 0:
        raise _Refused("not_positive")
    return amount


def _number(cell: Any, currency: str | None) -> Decimal:
    """The amount in a cell; a number with a third decimal is refused rather than rounded. Raises InvalidAmount."""
    if isinstance(cell, str):
        return parse_amount(cell, currency=currency, allow_negative=True)
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise InvalidAmount("not_a_number")
    number = Decimal(repr(cell))
    if not number.is_finite() or abs(number) >= _MAX_AMOUNT:
        raise InvalidAmount("too_large")
    if abs(number - to_cents(number)) > _BINARY_REST:
        raise InvalidAmount("too_many_decimals")
    return to_cents(number)


def _meaning(cell: Any, meanings: Mapping[str, str], unknown: str, default: str) -> str:
    if cell == "" and not default:
        raise _Refused("missing")
    meaning = default if cell == "" else meanings.get(plain(str(cell)))
    if meaning is None:
        raise _Refused(unknown)
    return meaning


@dataclass(frozen=True, slots=True)
class Table:
    """The rows that hold anything. Readers add what they find to `problems`."""

    rows: tuple[RowReader, ...]
    problems: list[Problem]


def read_table(content: bytes, columns: Sequence[Column], *, most_rows: int) -> Table:
    """The rows below the header of an XLSX or CSV file; never raises on bad content. Without a header, no rows."""
    # Room for blank rows; beyond it, more may follow that nobody has seen.
    room = 2 * most_rows + _HEADER_LINE
    try:
        cells = read_cells(content, rows=room, columns=MOST_COLUMNS)
    except Unreadable as error:
        return Table((), [Problem(str(error))])
    problems: list[Problem] = []
    places = _places(cells[0] if cells else (), columns, problems)
    if problems:
        return Table((), problems)
    filled = [(line, row) for line, row in enumerate(cells, start=1) if line > _HEADER_LINE and any(map(is_given, row))]
    if len(filled) > most_rows or len(cells) > room:
        return Table((), [Problem("too_many_rows", value=str(most_rows))])
    if not filled:
        problems.append(Problem("no_rows"))
    return Table(tuple(RowReader(line, row, places, problems) for line, row in filled), problems)


def _places(header: Row, columns: Sequence[Column], problems: list[Problem]) -> dict[str, int]:
    """The index of each known column."""
    codes = {plain(name): column.code for column in columns for name in (column.code, column.english, column.french)}
    places: dict[str, int] = {}
    for index, cell in enumerate(header):
        code = codes.get(plain(str(cell))) if is_given(cell) else None
        if code is None:
            continue
        if code in places:
            problems.append(Problem("repeated_column", _HEADER_LINE, index + 1, shown(cell)))
        places.setdefault(code, index)
    problems += [
        Problem("missing_column", _HEADER_LINE, value=column.code)
        for column in columns
        if column.required and column.code not in places
    ]
    return places


def meanings(words: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Words by what they mean, turned round for `RowReader.one_of`."""
    return {plain(word): meaning for meaning, names in words.items() for word in (meaning, *names)}

"""Read a buyer's accounts from an uploaded spreadsheet or CSV file. Pure, and distrustful of every byte.

The first column names the item by its code or by what it is called in one of five languages (`account_labels`); the
first row gives, from the second column on, the end of each year. Two rows may say the currency and the unit of all the
amounts. docs/rules/accounts-template.md describes the layout. Formulas are never computed: a spreadsheet's stored
values are taken. Every cell that cannot be read is reported by its address, so that one upload tells everything there
is to correct.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from applications.account_labels import SYNONYMS, UNITS
from unlockfocus.money import CURRENCIES, InvalidAmount, parse_amount, to_cents
from unlockfocus.sheets import Row, Unreadable, address, as_day, is_given, plain, read_cells, shown

MAX_ROWS = 200
MAX_YEARS = 5
_MAX_AMOUNT = Decimal(10) ** 15


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
CURRENCY = Item("currency", "Currency", "Devise")
UNIT = Item("unit", "Unit", "Unité")


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be read. `cell` is an address such as B7, empty for the file as a whole.

    Codes: unreadable, too_big, too_many_rows, too_many_years, no_years, not_a_date, repeated_year, unknown_item,
    repeated_item, not_a_number, not_a_currency, not_a_unit, two_values.
    """

    cell: str
    code: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class AccountsYear:
    """One column: the items given, by code, and the address of each; an empty cell is an item not given."""

    period_end: date
    published_on: date | None
    items: Mapping[str, Decimal]
    cells: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell beside a label: as written, and what it was read as; None when it could not be read."""

    address: str
    written: str
    value: Decimal | date | str | int | None


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file: its label, the item it was taken for ("" when for none), a cell for each year or None."""

    address: str
    label: str
    item: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class AccountsFile:
    """The years, newest first, and every problem; the years hold what could be read.

    `lines` are the rows as they stand, their cells in the order of `years`; `currency` and `unit` are what the file
    says of itself, None where it does not.
    """

    years: tuple[AccountsYear, ...]
    problems: tuple[Problem, ...]
    lines: tuple[Line, ...] = ()
    currency: str | None = None
    unit: int | None = None


def template_rows() -> tuple[Item, ...]:
    """The rows of a template to fill in: what is said of all amounts, the publication day, the items."""
    return (CURRENCY, UNIT, PUBLISHED_ON, *ITEMS)


def read_accounts(content: bytes) -> AccountsFile:
    """The accounts in an XLSX or CSV file, told apart by their first bytes; never raises on bad content."""
    try:
        rows = read_cells(content, rows=MAX_ROWS, columns=MAX_YEARS + 2)
    except Unreadable as error:
        return AccountsFile((), (Problem("", str(error)),))
    return _read_rows(rows)


def _read_rows(rows: list[Row]) -> AccountsFile:
    problems: list[Problem] = []
    if len(rows) > MAX_ROWS and any(is_given(cell) for cell in rows[MAX_ROWS]):
        problems.append(Problem("", "too_many_rows", str(MAX_ROWS)))
    years = _read_header(rows[0] if rows else (), problems)
    columns = sorted(years, key=lambda column: years[column], reverse=True)
    seen: set[str] = set()
    lines = [_read_line(row, number, columns, seen, problems) for number, row in enumerate(rows[1:MAX_ROWS], start=2)]
    kept = tuple(line for line in lines if line)
    currency, unit = _said_once(CURRENCY.code, kept, problems), _said_once(UNIT.code, kept, problems)
    found = tuple(_year(years[column], position, kept) for position, column in enumerate(columns))
    return AccountsFile(found, tuple(problems), kept, currency, unit)


def _year(end: date, position: int, lines: Iterable[Line]) -> AccountsYear:
    """The column of a year, from the lines that were taken for an item."""
    items: dict[str, Decimal] = {}
    cells: dict[str, str] = {}
    published_on = None
    for line in lines:
        cell = line.cells[position]
        if cell is None or cell.value is None:
            continue
        if isinstance(cell.value, Decimal):
            items[line.item], cells[line.item] = cell.value, cell.address
        elif isinstance(cell.value, date):
            published_on = cell.value
    return AccountsYear(end, published_on, items, cells)


def _said_once(code: str, lines: Iterable[Line], problems: list[Problem]) -> Any:
    """What the file says of all its amounts; a problem when it says two things."""
    cells = [cell for line in lines if line.item == code for cell in line.cells if cell and cell.value is not None]
    for cell in cells[1:]:
        if cell.value != cells[0].value:
            problems.append(Problem(cell.address, "two_values", cell.written))
            return None
    return cells[0].value if cells else None


def _read_header(row: Row, problems: list[Problem]) -> dict[int, date]:
    """The end of year of each column that has one."""
    years: dict[int, date] = {}
    for column, cell in enumerate(row[1:], start=1):
        if not is_given(cell):
            continue
        day = as_day(cell)
        if column > MAX_YEARS:
            problems.append(Problem(address(column, 1), "too_many_years", shown(cell)))
        elif day is None:
            problems.append(Problem(address(column, 1), "not_a_date", shown(cell)))
        elif day in years.values():
            problems.append(Problem(address(column, 1), "repeated_year", shown(cell)))
        else:
            years[column] = day
    if not years:
        problems.append(Problem("", "no_years"))
    return years


def _read_line(row: Row, number: int, columns: list[int], seen: set[str], problems: list[Problem]) -> Line | None:
    """A row with its label and a cell for each year; None for a blank one."""
    label = row[0] if row else None
    if not is_given(label):
        return None
    item = _read_item(label, number, seen, problems)
    cells = [row[column] if column < len(row) else None for column in columns]
    return Line(
        address(0, number),
        shown(label),
        item,
        tuple(
            _read_cell(cell, item, address(column, number), problems) if is_given(cell) else None
            for cell, column in zip(cells, columns, strict=True)
        ),
    )


def _read_item(label: Any, number: int, seen: set[str], problems: list[Problem]) -> str:
    """The code of the item the row is about; empty for an unknown or a repeated one."""
    code = _CODES.get(plain(str(label)), "")
    if not code:
        problems.append(Problem(address(0, number), "unknown_item", shown(label)))
    elif code in seen:
        problems.append(Problem(address(0, number), "repeated_item", shown(label)))
        return ""
    seen.add(code)
    return code


_REFUSALS = {PUBLISHED_ON.code: "not_a_date", CURRENCY.code: "not_a_currency", UNIT.code: "not_a_unit"}


def _read_cell(cell: Any, item: str, address: str, problems: list[Problem]) -> Cell:
    readers = {PUBLISHED_ON.code: as_day, CURRENCY.code: _as_currency, UNIT.code: _as_unit}
    value = readers.get(item, _as_amount)(cell) if item else None
    if item and value is None:
        problems.append(Problem(address, _REFUSALS.get(item, "not_a_number"), shown(cell)))
    return Cell(address, shown(cell), value)


def _as_currency(cell: Any) -> str | None:
    """A currency by its code, alone or first among words: RON, EUR (euro)."""
    first = str(cell).split()[0].strip("()[],;.").upper() if isinstance(cell, str) and cell.split() else ""
    return first if first in CURRENCIES else None


def _as_unit(cell: Any) -> int | None:
    if isinstance(cell, bool):
        return None
    return _UNITS.get(plain(f"{cell:.0f}" if isinstance(cell, int | float) and cell == cell // 1 else str(cell)))


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


def _codes(items: Iterable[Item]) -> dict[str, str]:
    return {
        plain(name): item.code
        for item in items
        for name in (*SYNONYMS.get(item.code, ()), item.code, item.english, item.french)
    }


_CODES = _codes(template_rows())
_UNITS = {plain(word): unit for unit, words in UNITS.items() for word in words}

"""Read a buyer's accounts from an uploaded spreadsheet or CSV file. Pure, and distrustful of every byte.

The first column names the item by its code or its English or French label; the first row gives, from the second
column on, the end of each year. Formulas are never computed: a spreadsheet's stored values are taken. Every cell that
cannot be read is reported by its address, so that one upload tells everything there is to correct.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from unlockfocus.money import InvalidAmount, parse_amount, to_cents
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


def template_rows() -> tuple[Item, ...]:
    """The rows of a template to fill in, publication day first."""
    return (PUBLISHED_ON, *ITEMS)


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
    values: dict[int, dict[str, Any]] = {column: {} for column in years}
    seen: set[str] = set()
    for number, row in enumerate(rows[1:MAX_ROWS], start=2):
        item = _read_item(row, number, seen, problems)
        for column in years if item else ():
            cell = row[column] if column < len(row) else None
            if is_given(cell):
                _read_cell(cell, item, address(column, number), values[column], problems)
    found = (
        AccountsYear(day, values[column].pop(PUBLISHED_ON.code, None), values[column]) for column, day in years.items()
    )
    return AccountsFile(tuple(sorted(found, key=lambda year: year.period_end, reverse=True)), tuple(problems))


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


def _read_item(row: Row, number: int, seen: set[str], problems: list[Problem]) -> str:
    """The code of the item the row is about; empty for a blank row, an unknown or a repeated item."""
    label = row[0] if row else None
    if not is_given(label):
        return ""
    code = _CODES.get(plain(str(label)), "")
    if not code:
        problems.append(Problem(address(0, number), "unknown_item", shown(label)))
    elif code in seen:
        problems.append(Problem(address(0, number), "repeated_item", shown(label)))
        return ""
    seen.add(code)
    return code


def _read_cell(cell: Any, item: str, address: str, values: dict[str, Any], problems: list[Problem]) -> None:
    value = as_day(cell) if item == PUBLISHED_ON.code else _as_amount(cell)
    if value is None:
        code = "not_a_date" if item == PUBLISHED_ON.code else "not_a_number"
        problems.append(Problem(address, code, shown(cell)))
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


def _codes(items: Iterable[Item]) -> dict[str, str]:
    return {plain(name): item.code for item in items for name in (item.code, item.english, item.french)}


_CODES = _codes(template_rows())

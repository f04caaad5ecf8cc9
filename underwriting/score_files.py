"""A CSV file of accounts, scored row by row: the same rows with the score beside each. Pure, and distrustful.

Columns are the items of `Statement` by name, `prior_sales`, what is known of the accounts (period_end, audited,
published_on), and `currency` and `unit` where they differ from row to row. Columns nobody asked for (class, row_id ...)
are passed through.
"""

import csv
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TextIO

from underwriting.scoring.artefact import Model
from underwriting.scoring.card_score import Standing, score_items
from underwriting.scoring.items import AMOUNTS, REQUIRED, Items, cleaned, euros_of
from underwriting.scoring.result import InsufficientAccounts
from underwriting.scoring.scorecard import BASE_RATE
from underwriting.scoring.statement import ITEMS

ADDED = ("pd", "grade", "points", "confidence", "scorecard", "reasons")
INSUFFICIENT = "insufficient_accounts"

_PARTS = ("inventories", "receivables", "cash")
# As in statement.py: rounded figures are not worth a word.
_TOLERANCE = 0.005
_PATTERNS = {
    "currency": (re.compile("[A-Z]{3}"), "three capital letters"),
    "unit": (re.compile("[1-9][0-9]{0,8}"), "a whole number from 1"),
}
_AUDITED = {"": False, "0": False, "no": False, "false": False, "1": True, "yes": True, "true": True}
_KNOWN_AMOUNTS: tuple[str, ...] = tuple(dict.fromkeys((*AMOUNTS, *ITEMS)))
_KNOWN = (*_KNOWN_AMOUNTS, "period_end", "published_on", "audited", "currency", "unit")


class MalformedFile(ValueError):
    """The file is refused; line and column count from 1, a column is named."""

    def __init__(self, line: int, column: str, reason: str) -> None:
        super().__init__(f"line {line}, column {column}: {reason}" if column else f"line {line}: {reason}")


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for every row: unit and currency of the amounts, the day of the score, the model, a forced card."""

    model: Model
    on: date
    unit: int = 1
    currency: str = "EUR"
    card: str | None = None
    base_rate: float = BASE_RATE


def score_rows(source: TextIO, terms: Terms) -> Iterator[list[str]]:
    """The header and every row in order, each with the columns of ADDED; raises MalformedFile where it finds it.

    The source is opened with `errors="surrogateescape"`, so that what is not UTF-8 is found where it stands.
    """
    reader = csv.reader(source, strict=True)
    try:
        header = next(reader, [])
        _check_text(1, header, header)
        places = _places(header)
        yield [*header, *ADDED]
        for row in reader:
            if not row:
                continue
            if len(row) != len(header):
                raise MalformedFile(reader.line_num, "", f"{len(row)} cells under {len(header)} columns")
            _check_text(reader.line_num, row, header)
            yield [*row, *_answer(_Cells(reader.line_num, row, places), terms)]
    except csv.Error as error:
        raise MalformedFile(reader.line_num, "", str(error)) from error


def _places(header: Sequence[str]) -> dict[str, int]:
    """The index of each known column."""
    names = [name.strip() for name in header]
    for place, name in enumerate(names):
        if name in ADDED or (name in _KNOWN and name in names[:place]):
            raise MalformedFile(1, f"{place + 1} ({name})", "twice, or already one of ours")
    for name in REQUIRED:
        if name not in names:
            raise MalformedFile(1, name, "missing")
    return {name: place for place, name in enumerate(names) if name in _KNOWN}


def _check_text(line: int, row: Sequence[str], header: Sequence[str]) -> None:
    try:
        "".join(row).encode()
    except UnicodeEncodeError:
        place = next(place for place, cell in enumerate(row) if any("\udc80" <= each <= "\udcff" for each in cell))
        named = f"{place + 1} ({header[place]})" if row is not header else str(place + 1)
        raise MalformedFile(line, named, "not UTF-8 text") from None


class _Cells:
    """One row: each method reads a column or refuses the file with the place."""

    def __init__(self, line: int, row: Sequence[str], places: dict[str, int]) -> None:
        self._line, self._row, self._places = line, row, places

    def amount(self, name: str) -> float:
        """The figure in a column; NaN when it is empty or there is no such column."""
        place = self._places.get(name)
        if place is None or not (cell := self._row[place].strip()):
            return math.nan
        try:
            # float() also reads 1_000, nan and infinity.
            amount = math.nan if "_" in cell else float(cell)
        except ValueError:
            amount = math.nan
        if not math.isfinite(amount):
            raise self._refused(name, "a number", cell)
        return amount

    def day(self, name: str) -> date | None:
        """The day in a column, or None."""
        place = self._places.get(name)
        if place is None or not (cell := self._row[place].strip()):
            return None
        try:
            return date.fromisoformat(cell)
        except ValueError:
            raise self._refused(name, "a day such as 2025-12-31", cell) from None

    def yes(self, name: str) -> bool:
        """Whether a column says yes."""
        place = self._places.get(name)
        cell = "" if place is None else self._row[place].strip().lower()
        if cell not in _AUDITED:
            raise self._refused(name, "yes or no", cell)
        return _AUDITED[cell]

    def matching(self, name: str, default: str) -> str:
        """The currency or the unit of the row, or the default when none is given."""
        place = self._places.get(name)
        cell = "" if place is None else self._row[place].strip()
        pattern, expected = _PATTERNS[name]
        if cell and not pattern.fullmatch(cell):
            raise self._refused(name, expected, cell)
        return cell or default

    def _refused(self, name: str, expected: str, cell: str) -> MalformedFile:
        return MalformedFile(
            self._line, f"{self._places[name] + 1} ({name})", f"{expected} is expected, not {cell[:40]!r}"
        )


def _answer(cells: _Cells, terms: Terms) -> tuple[str, ...]:
    amounts = {name: cells.amount(name) for name in _KNOWN_AMOUNTS}
    period_end, audited = cells.day("period_end"), cells.yes("audited")
    cells.day("published_on")
    euros = euros_of(cells.matching("currency", terms.currency), int(cells.matching("unit", str(terms.unit))))
    standing = Standing(terms.on, period_end, audited, balanced=_balanced(amounts))
    try:
        items = cleaned(Items(**{name: amounts[name] for name in AMOUNTS}, euros=euros))
        answer = score_items(items, standing, terms.model, card=terms.card, base_rate=terms.base_rate)
    except InsufficientAccounts:
        return ("", "", "", "", "", INSUFFICIENT)
    scored = answer.scored
    return (
        str(scored.pd),
        str(scored.grade),
        str(scored.points),
        str(answer.confidence),
        scored.card,
        ";".join(answer.reasons),
    )


def _balanced(amounts: dict[str, float]) -> bool:
    """Whether no identity of the accounts is broken by the figures that are given.

    Assets are equity, liabilities and provisions: where provisions are not given, what is missing is there, but the
    others are still never more than the assets. Nor are the parts of current assets more than these.
    """
    total = amounts["total_assets"]
    gaps = (
        total - amounts["fixed_assets"] - amounts["current_assets"],
        total - amounts["equity"] - amounts["total_liabilities"] - amounts["provisions_and_accruals"],
        amounts["total_liabilities"] - amounts["long_term_liabilities"] - amounts["short_term_liabilities"],
    )
    never_negative = (
        total - amounts["equity"] - amounts["total_liabilities"],
        amounts["current_assets"] - sum(each for each in (amounts[name] for name in _PARTS) if each == each),
    )
    least = _TOLERANCE * abs(total)
    return not any(abs(gap) > least for gap in gaps) and not any(gap < -least for gap in never_negative)

"""What every reader of a register gives, and how it refuses. Pure.

A reader names each item of a `Statement` by formulas over the cells of the payload, such as "I1 + I2 + I6": the first
whose cells are all there gives the amount, and is the provenance of the item.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType
from typing import Any
from unicodedata import combining, normalize

from applications.exposure import is_within_months
from underwriting.scoring.statement import LONGEST_YEAR, Statement
from unlockfocus.json_cases import InvalidCase

# No company has filed more, in any currency read here: a figure beyond it is a slip of the register.
LARGEST = 10**15

Formulas = Mapping[str, tuple[str, ...]]
Cells = Mapping[str, Decimal]


class BadPayload(ValueError):
    """The payload is not to be trusted: `place` is the path to the culprit, `reason` what is wrong with it."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}" if place else reason)
        self.place = place
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Filing:
    """One year as a register gives it.

    `company` is the number the payload names, "" when it names none. `provenance` has, for each item given, the formula
    over the payload's cells it was worked out by.
    """

    register: str
    company: str
    statement: Statement
    provenance: Mapping[str, str]


def load_json(content: bytes) -> Any:
    """The JSON value of a payload; raises BadPayload for anything else, and for a key given twice in one object."""
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_once)
    except UnicodeDecodeError as error:
        raise BadPayload("", f"not UTF-8 text (byte {error.start})") from error
    except json.JSONDecodeError as error:
        raise BadPayload(f"line {error.lineno}, column {error.colno}", error.msg) from error
    except (RecursionError, ValueError) as error:
        raise BadPayload("", str(error)) from error


@contextmanager
def distrust() -> Iterator[None]:
    """What the readers of JSON values refuse inside the block is refused as a BadPayload, with its place."""
    try:
        yield
    except InvalidCase as error:
        raise BadPayload(error.place, error.reason) from error


def work_out(register: str, company: str, about: Statement, formulas: Formulas, cells: Cells) -> Filing:
    """The filing whose statement has, beside what is known `about` it, the items the cells give."""
    amounts: dict[str, Any] = {}
    provenance: dict[str, str] = {}
    for item, ways in formulas.items():
        for formula in ways:
            amount = compute(formula, cells)
            if amount is not None:
                amounts[item], provenance[item] = amount, formula
                break
    return Filing(register, company, replace(about, source=register, **amounts), MappingProxyType(provenance))


def compute(formula: str, cells: Cells) -> Decimal | None:
    """The value of a formula; None when one of its cells is missing."""
    terms = terms_of(formula)
    if any(code not in cells for code in terms):
        return None
    return sum((sign * cells[code] for code, sign in terms.items()), Decimal(0))


def terms_of(formula: str) -> dict[str, int]:
    """The cells of a formula, each with its sign: "BJ - BK" is {"BJ": 1, "BK": -1}."""
    words = ["+", *formula.split()]
    return {code: 1 if sign == "+" else -1 for sign, code in zip(words[::2], words[1::2], strict=True)}


def complete(
    cells: dict[str, Decimal], total: str, formula: str, step: Decimal | int, signed: Collection[str] = ()
) -> None:
    """Add the cells proven zero: where those given already make up a total, those that are absent are zero.

    A sum may be off by `step`; `signed` are the codes that may be negative. Raises InvalidCase when it does not add up.
    """
    terms = terms_of(formula)
    absent = [code for code in terms if code not in cells]
    if total not in cells or len(absent) == len(terms):
        return
    gap = cells[total] - sum((sign * cells[code] for code, sign in terms.items() if code in cells), Decimal(0))
    if abs(gap) <= step:
        cells.update(dict.fromkeys(absent, Decimal(0)))
    elif not absent or (gap < 0 and not any(code in signed or terms[code] < 0 for code in absent)):
        raise InvalidCase("", f"{total} is not {formula}")


def plain(label: str) -> str:
    """A label without accents, capitals and repeated spaces, to be compared."""
    letters = normalize("NFKD", label.casefold().replace("’", "'"))
    return " ".join("".join(letter for letter in letters if not combining(letter)).split())


def linked(filings: Iterable[Filing]) -> tuple[Filing, ...]:
    """Newest first, each with the year before as its `prior` where it is there; raises BadPayload for a year twice."""
    oldest_first = sorted(filings, key=lambda filing: filing.statement.period_end)
    for earlier, later in pairwise(oldest_first):
        if earlier.statement.period_end == later.statement.period_end:
            raise BadPayload("", f"the year to {later.statement.period_end} is there twice")
    years: list[Filing] = []
    for filing in oldest_first:
        prior = years[-1].statement if years else None
        if prior and is_within_months(prior.period_end, filing.statement.period_end, LONGEST_YEAR):
            filing = replace(filing, statement=replace(filing.statement, prior=prior))
        years.append(filing)
    return tuple(reversed(years))


def check_year_end(end: date, since: int, on: date) -> None:
    """Raises InvalidCase unless the year ended in `since` or later, and by the day the payload is read."""
    if not since <= end.year or end > on:
        raise InvalidCase("", f"a year that ended from {since} to {on} is expected, not {end}")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is given twice")
    return found

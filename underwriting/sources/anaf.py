"""The yearly indicators of Romanian companies, as the tax authority publishes them (ANAF, service `bilant`). Pure.

An answer is `{an, cui, deni, caen, den_caen, i: [{indicator, val_indicator, val_den_indicator}]}`: one company, one
year, whole lei, indicators in any order. docs/rules/golden-dossiers.md says how they become a statement. Codes mean
something else for banks, insurers and associations: they are trusted only under the labels of commercial companies.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from underwriting.scoring.statement import Statement
from underwriting.sources.filing import (
    LARGEST,
    BadPayload,
    Cells,
    Filing,
    check_year_end,
    compute,
    distrust,
    linked,
    load_json,
    plain,
    work_out,
)
from underwriting.sources.questions import Question, Reply, Source
from unlockfocus.json_cases import InvalidCase, as_text, each, get, shown

REGISTER = "ANAF bilant"
# One request a second, for all that asks.
BILANT = Source(
    name=REGISTER,
    address="https://webservicesp.anaf.ro",
    licence="ANAF, public information (Law 544/2001)",
    requests=1,
    per_seconds=1.0,
    fresh_seconds=7 * 24 * 3600,
)
# The service answers from this year on.
FIRST_YEAR = 2014

# The label of each code, plainly written. I19 is often printed as a second "Pierdere bruta".
_LABELS: Mapping[str, str] = {
    "I1": "active imobilizate",
    "I2": "active circulante",
    "I3": "stocuri",
    "I4": "creante",
    "I5": "casa si conturi la banci",
    "I6": "cheltuieli in avans",
    "I7": "datorii",
    "I8": "venituri in avans",
    "I9": "provizioane",
    "I10": "capitaluri",
    "I11": "capital subscris varsat",
    "I12": "patrimoniul regiei",
    "I13": "cifra de afaceri neta",
    "I14": "venituri totale",
    "I15": "cheltuieli totale",
    "I16": "profit(ul)? brut",
    "I17": "pierdere(a)? bruta",
    "I18": "profit(ul)? net",
    "I19": "pierdere(a)? (neta|bruta)",
    "I20": "numar mediu de salariati",
}
_SUFFIX = "( - total)?,?( din care:?)?"
_SIGNED = ("I10", "I14", "I15", "I20")
_UNKNOWN_EMPLOYEES = -1

# Prepaid expenses (I6) stand beside fixed and current assets: they are used up within the year for the most part, and
# are counted with the current assets, as in Polish and French balance sheets.
_ITEMS = {
    "total_assets": ("I1 + I2 + I6",),
    "fixed_assets": ("I1",),
    "current_assets": ("I2 + I6",),
    "inventories": ("I3",),
    "receivables": ("I4",),
    "cash": ("I5",),
    "equity": ("I10",),
    "share_capital": ("I11",),
    "total_liabilities": ("I7",),
    "provisions_and_accruals": ("I8 + I9",),
    "sales": ("I13",),
    "profit_before_tax": ("I16 - I17",),
    "net_profit": ("I18 - I19",),
    "employees": ("I20",),
}

# Both sides to the leu, but for the rounding of each figure.
_IDENTITIES = (("I1 + I2 + I6", "I7 + I8 + I9 + I10"), ("I14 - I15", "I16 - I17"))
_ROUNDING = 4


def read_bilant(*contents: bytes, company: str, on: date) -> tuple[Filing, ...]:
    """The filings in the answers for the company of that number, newest first; without indicators an answer gives none.

    Raises BadPayload for what is not such an answer, is about another company, is not of a commercial one, does not add
    up, or is for a year that has not ended on the day it is read.
    """
    filings = []
    for content in contents:
        answer = load_json(content)
        with distrust():
            number = str(get(answer, "cui", _company_number))
            if number != company:
                raise BadPayload("cui", f"{company} was asked for, the answer is about {number}")
            filing = _filing(answer, company, on)
        if filing:
            filings.append(filing)
    return linked(filings)


def ask_bilant(company: str, year: int) -> Question:
    """The question for one year of the company of that number; where nothing was filed the service says so with 200."""
    return Question("/bilant", parameters={"an": str(year), "cui": company}, missing=frozenset())


def bilant_reader(company: str, on: date) -> Callable[[Reply], tuple[Filing, ...] | None]:
    """What reads the reply to `ask_bilant`: None when nothing was filed for the year."""
    return lambda reply: read_bilant(reply.content, company=company, on=on) or None


def _filing(answer: Any, company: str, on: date) -> Filing | None:
    period_end = get(answer, "an", lambda value: _year_end(value, on))
    cells = _cells(answer)
    if not cells:
        return None
    _check(cells)
    known = {code: amount for code, amount in cells.items() if code != "I20" or amount >= 0}
    return work_out(REGISTER, company, Statement(period_end=period_end, currency="RON"), _ITEMS, known)


def _cells(answer: Any) -> Cells:
    """The amount of every code; none when nothing was filed."""
    cells: dict[str, Decimal] = {}
    for code, amount in each(answer, "i", _indicator):
        if code in cells:
            raise InvalidCase("i", f"{code} is there twice")
        cells[code] = amount
    missing = [code for code in _LABELS if code not in cells]
    if cells and missing:
        raise InvalidCase("i", f"{missing[0]} is missing")
    return cells


def _indicator(value: Any) -> tuple[str, Decimal]:
    code = get(value, "indicator", as_text)
    label = plain(get(value, "val_den_indicator", as_text))
    if code not in _LABELS or not re.fullmatch(_LABELS[code] + _SUFFIX, label):
        raise InvalidCase("", f"{shown(code)} is {shown(label)}: not the indicators of a commercial company")
    amount = get(value, "val_indicator", _whole)
    if amount < 0 and code not in _SIGNED:
        raise InvalidCase("val_indicator", f"{code} is never negative")
    return code, Decimal(amount)


def _check(cells: Cells) -> None:
    for left, right in _IDENTITIES:
        if abs(_sum(left, cells) - _sum(right, cells)) > _ROUNDING:
            raise InvalidCase("i", f"{left} is not {right}")
    if _sum("I3 + I4 + I5", cells) > cells["I2"] + _ROUNDING:
        raise InvalidCase("i", "I3 + I4 + I5 is more than I2")
    for profit, loss in (("I16", "I17"), ("I18", "I19")):
        if cells[profit] and cells[loss]:
            raise InvalidCase("i", f"{profit} and {loss}: a profit and a loss in one year")
    if _sum("I18 - I19", cells) > _sum("I16 - I17", cells) + _ROUNDING:
        raise InvalidCase("i", "I18 - I19 is more than I16 - I17: a profit that tax made larger")
    if cells["I20"] < _UNKNOWN_EMPLOYEES:
        raise InvalidCase("i", "I20 is a number of people")


def _sum(formula: str, cells: Cells) -> Decimal:
    return compute(formula, cells) or Decimal(0)


def _year_end(value: Any, on: date) -> date:
    year = _whole(value)
    if not FIRST_YEAR <= year <= on.year:
        raise InvalidCase("", f"a year from {FIRST_YEAR} to {on.year} is expected, not {shown(value)}")
    end = date(year, 12, 31)
    check_year_end(end, FIRST_YEAR, on)
    return end


def _company_number(value: Any) -> int:
    number = _whole(value)
    if number <= 0:
        raise InvalidCase("", f"a company's number is expected, not {shown(value)}")
    return number


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST:
        raise InvalidCase("", f"a whole number is expected, not {shown(value)}")
    return value

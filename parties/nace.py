"""What companies do, by the European nomenclature in both its revisions, with what is industry and what capital goods.

A code means nothing without its revision: 25.40 is weapons in Rev. 2 and forging in Rev. 2.1. National versions add a
letter (28.41Z) or leave the point out (2841). Sources and dates stand at the head of each table in `parties/data`.
"""

import csv
import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

_DATA = Path(__file__).parent / "data"
_DIVISION_DIGITS, _CLASS_DIGITS = 2, 4


class Revision(StrEnum):
    """Rev. 2 is in force in national registers until 2026 and longer; Rev. 2.1 in the French one from 2027 on."""

    REV_2 = "2"
    REV_2_1 = "2.1"


# Which revision a national nomenclature is of; others are not told apart by those who state them.
NATIONAL = {
    "NAF rev. 2": Revision.REV_2,
    "NAF 2025": Revision.REV_2_1,
    "SIC 2007": Revision.REV_2,
}
_TABLES = {Revision.REV_2: "nace_rev2.csv", Revision.REV_2_1: "nace_rev21.csv"}


class Activity(NamedTuple):
    """A class such as 28.41, or a division such as 46 where the table tells it on one line."""

    code: str
    label_en: str
    label_fr: str
    is_industry: bool
    is_capital_goods: bool
    is_machine_tools: bool

    def label(self, language: str) -> str:
        return self.label_fr if language == "fr" else self.label_en


def activity(code: str, revision: Revision = Revision.REV_2) -> Activity | None:
    """The class a code names, else its division; None for what is no code of that revision."""
    digits = re.sub("[^0-9]", "", code)
    found = activities(revision)
    four = f"{digits[:_DIVISION_DIGITS]}.{digits[_DIVISION_DIGITS:_CLASS_DIGITS]}"
    return found.get(four) or found.get(digits[:_DIVISION_DIGITS])


@cache
def activities(revision: Revision) -> Mapping[str, Activity]:
    """Every row of a revision by its code, in the table's order: each division before its classes."""
    with (_DATA / _TABLES[revision]).open(encoding="utf-8", newline="") as table:
        rows = list(csv.reader(line for line in table if not line.startswith("#")))[1:]
    found = (
        Activity(code, label_en, label_fr, industry == "1", capital_goods == "1", machine_tools == "1")
        for code, label_en, label_fr, industry, capital_goods, machine_tools in rows
    )
    return MappingProxyType({each.code: each for each in found})

"""What companies do, in NACE Rev. 2: the classes of manufacturing, and every other division as one line."""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext, override

_TABLE = Path(__file__).parent / "data" / "nace_rev2_activities.csv"

Choice = tuple[str, str]


class _Activity(NamedTuple):
    code: str
    label_en: str
    label_fr: str

    def choice(self, language: str) -> Choice:
        return self.code, f"{self.code} {self.label_fr if language == 'fr' else self.label_en}"


def grouped_activity_choices(language: str) -> list[tuple[str, list[Choice]]]:
    """Codes and labels, the classes of manufacturing under their divisions first, then what is not manufacturing."""
    with override(language):
        outside = gettext("Other than manufacturing")
    groups, others = [], []
    for division, classes in _divisions():
        if classes:
            groups.append((division.choice(language)[1], [activity.choice(language) for activity in classes]))
        else:
            others.append(division.choice(language))
    return [*groups, (outside, others)]


def activity_choices(language: str) -> list[Choice]:
    """The same codes and labels without headings, such as ("28.41", "28.41 Manufacture of metal forming machinery")."""
    return [choice for _, choices in grouped_activity_choices(language) for choice in choices]


def activity_label(code: str, language: str) -> str:
    """The code with its words; the code alone when it is none of `activity_choices`."""
    return dict(activity_choices(language)).get(code, code)


def division_choices(language: str) -> list[Choice]:
    """Every division by its two digits, such as ("28", "28 Manufacture of machinery and equipment n.e.c.")."""
    return [division.choice(language) for division, _classes in _divisions()]


def division_label(code: str, language: str) -> str:
    """The division with its words; the code alone when there is no such division."""
    return dict(division_choices(language)).get(code, code)


@cache
def _divisions() -> tuple[tuple[_Activity, tuple[_Activity, ...]], ...]:
    """Every division with its classes; without any when the table tells it on one line."""
    with _TABLE.open(encoding="utf-8", newline="") as table:
        activities = [_Activity(**row) for row in csv.DictReader(line for line in table if not line.startswith("#"))]
    return tuple(
        (division, tuple(each for each in activities if each.code.startswith(f"{division.code}.")))
        for division in activities
        if "." not in division.code
    )

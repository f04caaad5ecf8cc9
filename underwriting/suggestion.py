"""The limit and the insured percentage proposed for a grade: the underwriter's starting point, no decision. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal


@dataclass(frozen=True, slots=True)
class Appetite:
    """For one grade: the share of the need the insurer starts from, and the share of a loss it insures."""

    share_of_need: Decimal
    insured_percentage: Decimal


def _standard_appetites() -> dict[int, Appetite]:
    """Whole need down to grade 6, where the reference order stands; then less of it, and more kept by the insured."""
    return {
        1: Appetite(Decimal("1"), Decimal("0.95")),
        2: Appetite(Decimal("1"), Decimal("0.95")),
        3: Appetite(Decimal("1"), Decimal("0.95")),
        4: Appetite(Decimal("1"), Decimal("0.90")),
        5: Appetite(Decimal("1"), Decimal("0.90")),
        6: Appetite(Decimal("1"), Decimal("0.90")),
        7: Appetite(Decimal("0.60"), Decimal("0.80")),
        8: Appetite(Decimal("0.30"), Decimal("0.70")),
    }


@dataclass(frozen=True, slots=True)
class SuggestionSettings:
    """Appetite by grade; a grade without one is not insured. A reduced limit is rounded down to `step` EUR."""

    appetites: Mapping[int, Appetite] = field(default_factory=_standard_appetites)
    step: Decimal = Decimal("10000")


STANDARD = SuggestionSettings()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A limit in EUR and an insured percentage; both zero for a grade not insured."""

    limit: Decimal
    insured_percentage: Decimal


def suggest(need: Decimal, grade: int, settings: SuggestionSettings = STANDARD) -> Suggestion:
    """What to propose for a need in EUR on a buyer of that grade."""
    return Suggestion(suggest_limit(need, grade, settings), suggest_percentage(grade, settings))


def suggest_limit(need: Decimal, grade: int, settings: SuggestionSettings = STANDARD) -> Decimal:
    """The limit in EUR: the need itself, or the grade's share of it rounded down; zero for a grade not insured."""
    appetite = settings.appetites.get(grade)
    if appetite is None:
        return Decimal("0.00")
    if appetite.share_of_need == 1:
        return need
    steps = (need * appetite.share_of_need / settings.step).to_integral_value(ROUND_FLOOR)
    return (steps * settings.step).quantize(Decimal("0.01"))


def suggest_percentage(grade: int, settings: SuggestionSettings = STANDARD) -> Decimal:
    """The share of a loss to insure, a fraction; zero for a grade not insured."""
    appetite = settings.appetites.get(grade)
    return appetite.insured_percentage if appetite else Decimal("0")

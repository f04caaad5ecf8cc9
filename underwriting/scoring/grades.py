"""The ten grades and the 12-month probability of default of each (docs/rules/scoring.md). Pure."""

from decimal import Context, Decimal
from types import MappingProxyType

GRADE_PDS = MappingProxyType(
    {
        1: Decimal("0.0003"),
        2: Decimal("0.0008"),
        3: Decimal("0.0025"),
        4: Decimal("0.0050"),
        5: Decimal("0.0090"),
        6: Decimal("0.015"),
        7: Decimal("0.030"),
        8: Decimal("0.065"),
        9: Decimal("0.15"),
        10: Decimal("1"),
    }
)

GRADE_WORDS = MappingProxyType(
    {
        1: "excellent",
        2: "very_strong",
        3: "strong",
        4: "good",
        5: "average",
        6: "fair",
        7: "weak",
        8: "very_weak",
        9: "distressed",
        10: "default",
    }
)

DEFAULT_GRADE = 10
_EXACT = Context(prec=100)


def grade_for_pd(pd: Decimal) -> int:
    """The grade whose PD is nearest on a log scale; an exact tie goes to the worse. Raises ValueError outside (0, 1].

    Nearest on a log scale means below the geometric mean of two neighbours, compared here by squares: no logarithm,
    no rounding.
    """
    if not 0 < pd <= 1:
        raise ValueError("a probability of default lies in (0, 1]")
    square = _EXACT.multiply(pd, pd)
    for grade in range(1, DEFAULT_GRADE):
        if square < GRADE_PDS[grade] * GRADE_PDS[grade + 1]:
            return grade
    return DEFAULT_GRADE


def pd_for_grade(grade: int) -> Decimal:
    """The PD of a grade, a fraction; raises KeyError outside 1 to 10."""
    return GRADE_PDS[grade]

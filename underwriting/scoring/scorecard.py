"""Points for a year of accounts, what they cost, and the probability of default they stand for. Pure.

docs/rules/scorecard.md has formula, units and sources. A missing ratio is worth exactly 0 points: the average of the
companies the card was made from.
"""

import math
from bisect import bisect_right
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from underwriting.scoring.characteristics import CHARACTERISTICS, value_of
from underwriting.scoring.grades import grade_for_pd
from underwriting.scoring.items import Items

# Twice the odds of surviving for so many points more.
POINTS_TO_DOUBLE_THE_ODDS = 40
BASE_RATE = 0.02

# The bounds of grades 3 and 9, a hair inside: accounts alone are never better, and a default is never an estimate.
BEST_PD = 0.001415
WORST_PD = 0.387

MOST_REASONS = 4
_PLACES = Decimal("0.000001")


# Lower quartile, median, upper quartile.
Quartiles = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Characteristic:
    """A ratio in bins: bin i holds the values from edge i - 1 (included) up to edge i, and is worth points[i].

    About the companies the card was made from, where known: `shares` of them in each bin, out of those whose ratio is
    given, and the quartiles of those that did not fail.
    """

    code: str
    edges: tuple[float, ...]
    points: tuple[int, ...]
    shares: tuple[float, ...] = ()
    quartiles: Quartiles | None = None

    def bin_of(self, value: float) -> int:
        """The bin a value falls in."""
        return bisect_right(self.edges, value)

    @property
    def best(self) -> int:
        """The most points the ratio can bring."""
        return self.points[-1]

    @property
    def range(self) -> int:
        """From the worst bin to the best, in points."""
        return self.points[-1] - self.points[0]


@dataclass(frozen=True, slots=True)
class Calibration:
    """Log-odds of failing: `intercept - slope * points * ln 2 / 40`, at the share of failures of the sample."""

    intercept: float
    slope: float
    sample_rate: float

    def pd(self, points: int, base_rate: float = BASE_RATE) -> float:
        """The 12-month PD when `base_rate` of all companies fail in a year; within the bounds of grades 3 and 9."""
        shift = log_odds(base_rate) - log_odds(self.sample_rate)
        z = self.intercept + shift - self.slope * points * math.log(2) / POINTS_TO_DOUBLE_THE_ODDS
        return min(max(1 / (1 + math.exp(-z)), BEST_PD), WORST_PD)


@dataclass(frozen=True, slots=True)
class Line:
    """One ratio of one company: its value, its bin, its points, and the points its best bin would bring on top.

    `next_edge` is the value from which it would gain `gain` points; both are None in the best bin and when missing.
    """

    code: str
    value: float | None
    bin: int | None
    points: int
    lost: int
    next_edge: float | None
    gain: int | None


@dataclass(frozen=True, slots=True)
class Scored:
    """What a card says. `observed` is the share, 0 to 1, of the card's point range that could be seen."""

    card: str
    points: int
    pd: Decimal
    grade: int
    lines: tuple[Line, ...]
    observed: Decimal

    @property
    def reasons(self) -> tuple[Line, ...]:
        """The lines that lost most points against their best bin, the costliest first, at most four."""
        losing = sorted((line for line in self.lines if line.lost), key=lambda line: -line.lost)
        return tuple(losing[:MOST_REASONS])


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The bins of every ratio and what a sum of points means."""

    name: str
    characteristics: tuple[Characteristic, ...]
    calibration: Calibration

    def points(self, items: Items) -> int:
        """The sum of points and nothing else: the fast way."""
        total = 0
        for characteristic in self.characteristics:
            numerator, denominator = CHARACTERISTICS[characteristic.code](items)
            if denominator > 0:
                value = numerator / denominator
                if value == value:
                    total += characteristic.points[bisect_right(characteristic.edges, value)]
        return total

    def pd(self, points: int, base_rate: float = BASE_RATE) -> Decimal:
        """The PD of a sum of points, to six decimals."""
        return Decimal(self.calibration.pd(points, base_rate)).quantize(_PLACES, rounding=ROUND_HALF_UP)

    def score(self, items: Items, base_rate: float = BASE_RATE) -> Scored:
        """Points, PD, grade and every line behind them."""
        lines = tuple(_line(characteristic, items) for characteristic in self.characteristics)
        points = sum(line.points for line in lines)
        pd = self.pd(points, base_rate)
        seen = sum(each.range for each, line in zip(self.characteristics, lines, strict=True) if line.bin is not None)
        observed = Decimal(seen) / (sum(each.range for each in self.characteristics) or 1)
        return Scored(self.name, points, pd, grade_for_pd(pd), lines, observed)


def _line(characteristic: Characteristic, items: Items) -> Line:
    value = value_of(characteristic.code, items)
    if value is None:
        return Line(characteristic.code, None, None, 0, 0, None, None)
    place = characteristic.bin_of(value)
    points = characteristic.points[place]
    is_best = place == len(characteristic.edges)
    return Line(
        code=characteristic.code,
        value=value,
        bin=place,
        points=points,
        lost=characteristic.best - points,
        next_edge=None if is_best else characteristic.edges[place],
        gain=None if is_best else characteristic.points[place + 1] - points,
    )


def log_odds(probability: float) -> float:
    """The logarithm of the odds of a probability in (0, 1)."""
    return math.log(probability / (1 - probability))

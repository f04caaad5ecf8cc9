"""A whole portfolio scored at once: the same ratios over columns, the same bins, points, PDs and grades. Pure."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from underwriting.scoring.artefact import Model
from underwriting.scoring.characteristics import CHARACTERISTICS
from underwriting.scoring.grades import grade_for_pd
from underwriting.scoring.items import NAMES, Items
from underwriting.scoring.scorecard import Scorecard

# Items whose attributes are arrays of the same length, NaN for what is not given.
Columns = Items


def columns_of(items: Items) -> tuple[Columns, NDArray[np.bool_]]:
    """The columns cleaned as `items.cleaned` does for one company, and which rows reach the hard minimum."""
    columns = Items(**{name: np.asarray(getattr(items, name), dtype=np.float64) for name in NAMES})
    with np.errstate(invalid="ignore"):
        usable = (columns.total_assets > 0) & (columns.total_liabilities >= 0) & (columns.sales >= 0)
        usable &= ~np.isnan(columns.equity) & ~np.isnan(columns.net_profit)
        columns.depreciation = np.where(columns.depreciation <= 0, np.nan, columns.depreciation)
        columns.operating_profit = np.where(columns.operating_profit == 0, np.nan, columns.operating_profit)
        columns.financial_expenses = np.where(columns.financial_expenses <= 0, np.nan, columns.financial_expenses)
    return columns, usable


def ratio_of(code: str, columns: Columns) -> NDArray[np.float64]:
    """One ratio of every company; NaN where `value_of` gives None."""
    with np.errstate(all="ignore"):
        numerator, denominator = CHARACTERISTICS[code](columns)
        ratio: NDArray[np.float64] = np.where(denominator > 0, numerator / denominator, np.nan)
    return ratio


def points_of(card: Scorecard, columns: Columns) -> NDArray[np.int64]:
    """The points of every company on one card."""
    total = np.zeros(len(columns.total_assets), dtype=np.int64)
    for characteristic in card.characteristics:
        ratio = ratio_of(characteristic.code, columns)
        # A NaN sorts after every edge: one place more, worth nothing.
        place = np.searchsorted(np.array(characteristic.edges), ratio, side="right")
        place[np.isnan(ratio)] = len(characteristic.points)
        total += np.array([*characteristic.points, 0], dtype=np.int64)[place]
    return total


def bin_counts(card: Scorecard, columns: Columns) -> list[NDArray[np.int64]]:
    """For each ratio of a card, how many companies fall in each of its bins; last, how many do not give it."""
    counts = []
    for characteristic in card.characteristics:
        ratio = ratio_of(characteristic.code, columns)
        place = np.searchsorted(np.array(characteristic.edges), ratio, side="right")
        place[np.isnan(ratio)] = len(characteristic.points)
        counts.append(np.bincount(place, minlength=len(characteristic.points) + 1).astype(np.int64))
    return counts


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a model makes of a company, without the lines behind it; a formula has no card, and points with decimals."""

    card: str
    points: Decimal | int
    pd: Decimal
    grade: int


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What is made of every row: few different things, so that each is there once.

    `distinct[place[row]]` is the base rate of a row and its outcome, None below the hard minimum.
    """

    place: NDArray[np.int64]
    distinct: tuple[tuple[float, Outcome | None], ...]

    def __getitem__(self, row: int) -> Outcome | None:
        return self.distinct[int(self.place[row])][1]

    @property
    def usable(self) -> NDArray[np.bool_]:
        """Which rows could be scored."""
        return np.array([outcome is not None for _rate, outcome in self.distinct], dtype=np.bool_)[self.place]


def score_columns(items: Items, base_rates: NDArray[np.float64], model: Model) -> Outcomes:
    """Score every row on the card its accounts allow, as `card_score.rate` does, at the base rate of the row."""
    columns, usable = columns_of(items)
    is_short = np.isnan(columns.short_term_liabilities)
    with np.errstate(invalid="ignore"):
        points = np.where(is_short, points_of(model.short, columns), points_of(model.full, columns))
    rates, rate_place = np.unique(base_rates, return_inverse=True)
    # One number for all that makes a difference; below the minimum that is the base rate alone.
    codes = (rate_place * 2 + is_short) * _SPAN + points + _SPAN // 2
    codes = np.where(usable, codes, -1 - rate_place)
    different, place = np.unique(codes, return_inverse=True)
    return Outcomes(place, tuple(_made_of(code, rates.tolist(), model) for code in different.tolist()))


# More than the points of any card from the worst company to the best.
_SPAN = 1 << 20


def _made_of(code: int, rates: list[float], model: Model) -> tuple[float, Outcome | None]:
    if code < 0:
        return rates[-1 - code], None
    which, points = divmod(code, _SPAN)
    rate, is_short = divmod(which, 2)
    return rates[rate], _outcome(model.short if is_short else model.full, points - _SPAN // 2, rates[rate])


@lru_cache(maxsize=50_000)
def _outcome(card: Scorecard, points: int, base_rate: float) -> Outcome:
    pd = card.pd(points, base_rate)
    return Outcome(card.name, points, pd, grade_for_pd(pd))

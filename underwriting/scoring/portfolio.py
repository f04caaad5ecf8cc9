"""The points of a whole portfolio at once: the same ratios over columns, the same bins, the same points. Pure."""

import numpy as np
from numpy.typing import NDArray

from underwriting.scoring.characteristics import CHARACTERISTICS
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


def pds_of(card: Scorecard, points: NDArray[np.int64], base_rate: float) -> NDArray[np.float64]:
    """The PD of every sum of points; each different sum is worked out once, by the card itself."""
    sums, place = np.unique(points, return_inverse=True)
    pds: NDArray[np.float64] = np.array([card.calibration.pd(int(each), base_rate) for each in sums])[place]
    return pds


def bin_counts(card: Scorecard, columns: Columns) -> list[NDArray[np.int64]]:
    """For each ratio of a card, how many companies fall in each of its bins; last, how many do not give it."""
    counts = []
    for characteristic in card.characteristics:
        ratio = ratio_of(characteristic.code, columns)
        place = np.searchsorted(np.array(characteristic.edges), ratio, side="right")
        place[np.isnan(ratio)] = len(characteristic.points)
        counts.append(np.bincount(place, minlength=len(characteristic.points) + 1).astype(np.int64))
    return counts

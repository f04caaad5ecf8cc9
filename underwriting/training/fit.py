"""Fit one scorecard: coarse bins, a logistic whose steps may only go up, integer points, a shrunk calibration.

Each ratio becomes a staircase over the quantiles of the companies at hand. The height of every step is fitted together
with all the others (logistic loss, never below zero, shrunk towards zero), which bins, orders and selects at once.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from underwriting.scoring.scorecard import (
    POINTS_TO_DOUBLE_THE_ODDS,
    Calibration,
    Characteristic,
    Scorecard,
    log_odds,
)
from underwriting.training.data import Floats

# Where a staircase may step, as shares of the companies: finer among the weak, where failures are.
QUANTILES = (0.03, 0.08, 0.15, 0.25, 0.40, 0.55, 0.70, 0.85)
# How much a step costs (it goes when it is not worth that) and how fast the cost of a high one grows.
STEP_COST = 0.0005
STEP_SHRINKAGE = 0.005
# The best grades come out too good on this sample: a slope may be flatter than measured, never steeper than this.
MOST_SLOPE = 1.05
ITERATIONS = 300
QUARTERS = (0.25, 0.5, 0.75)
FOLDS = 5
# A step of fewer points than this is not worth a sentence.
LEAST_STEP = 3
_FIGURES = 2
_PER_UNIT = POINTS_TO_DOUBLE_THE_ODDS / math.log(2)


@dataclass(frozen=True, slots=True)
class Staircase:
    """The candidate steps of a ratio and the share of companies at or above each."""

    edges: Floats
    above: Floats

    def steps(self, ratio: Floats) -> Floats:
        """One column per step, with mean zero; a missing ratio stands at zero."""
        steps: Floats = (ratio[:, None] >= self.edges).astype(np.float64) - self.above
        steps[np.isnan(ratio)] = 0.0
        return steps


def staircase(ratio: Floats) -> Staircase:
    """Candidate steps at the quantiles of what is given, to two figures, as people will read them."""
    given = ratio[~np.isnan(ratio)]
    edges = np.unique([float(f"{edge:.{_FIGURES}g}") for edge in np.quantile(given, QUANTILES)])
    return Staircase(edges, (given[:, None] >= edges).mean(axis=0))


def fit_steps(steps: Floats, failed: Floats) -> Floats:
    """The heights, in log-odds, none below zero: accelerated projected gradient, a fixed number of turns."""
    count, width = steps.shape
    bound = max(0.25, 0.25 * float(np.linalg.norm(steps, 2)) ** 2 / count + STEP_SHRINKAGE)
    heights = ahead = np.zeros(width)
    level = level_ahead = log_odds(float(failed.mean()))
    momentum = 1.0
    for _ in range(ITERATIONS):
        excess = (1 / (1 + np.exp(steps @ ahead - level_ahead)) - failed) / count
        downhill = steps.T @ excess - STEP_SHRINKAGE * ahead - STEP_COST
        new = np.maximum(0.0, ahead + downhill / bound)
        new_level = level_ahead - float(excess.sum()) / bound
        new_momentum = (1 + math.sqrt(1 + 4 * momentum**2)) / 2
        push = (momentum - 1) / new_momentum
        ahead, level_ahead = new + push * (new - heights), new_level + push * (new_level - level)
        heights, level, momentum = new, new_level, new_momentum
    return heights


@dataclass(frozen=True, slots=True)
class Fitted:
    """Every ratio's staircase with the heights of its steps, before rounding."""

    codes: tuple[str, ...]
    stairs: tuple[Staircase, ...]
    heights: tuple[Floats, ...]

    def characteristics(self) -> tuple[Characteristic, ...]:
        """Integer points; neighbours of the same points become one bin."""
        return tuple(map(_rounded, self.codes, self.stairs, self.heights))

    def exact_points(self, ratios: Floats) -> Floats:
        """The sum of points of every company had they not been rounded."""
        total = np.zeros(len(ratios))
        for column, (stair, heights) in enumerate(zip(self.stairs, self.heights, strict=True)):
            total += stair.steps(ratios[:, column]) @ heights * _PER_UNIT
        return total


def fit(ratios: Floats, codes: tuple[str, ...], failed: Floats) -> Fitted:
    """The staircases of all ratios together."""
    stairs = tuple(staircase(ratios[:, column]) for column in range(len(codes)))
    heights = fit_steps(np.hstack([each.steps(ratios[:, column]) for column, each in enumerate(stairs)]), failed)
    heights = np.where(heights * _PER_UNIT < LEAST_STEP, 0.0, heights)
    ends = np.cumsum([len(each.edges) for each in stairs])[:-1]
    return Fitted(codes, stairs, tuple(np.split(heights, ends)))


def _rounded(code: str, stair: Staircase, heights: Floats) -> Characteristic:
    climbed = np.concatenate([[0.0], np.cumsum(heights)]) - float(stair.above @ heights)
    points = [round(float(height) * _PER_UNIT) for height in climbed]
    kept = [place for place in range(len(stair.edges)) if points[place] != points[place + 1]]
    edges = tuple(float(stair.edges[place]) for place in kept)
    return Characteristic(code, edges, (points[0], *(points[place + 1] for place in kept)))


def points_from(characteristics: tuple[Characteristic, ...], ratios: Floats) -> Floats:
    """The sum of points of every company."""
    total = np.zeros(len(ratios))
    for column, each in enumerate(characteristics):
        ratio = ratios[:, column]
        place = np.searchsorted(np.array(each.edges), ratio, side="right")
        total += np.where(np.isnan(ratio), 0, np.array(each.points)[np.minimum(place, len(each.edges))])
    return total


def calibrate(points: Floats, failed: Floats) -> Calibration:
    """The logistic of failing on points the companies got unseen; a steep slope is not believed.

    Whatever the slope, as many failures are forecast as there were.
    """
    signal = -points / _PER_UNIT
    slope = min(MOST_SLOPE, logistic(signal, failed)[1])
    return Calibration(_level(slope * signal, failed), round(slope, 4), round(float(failed.mean()), 6))


def _level(signal: Floats, failed: Floats) -> float:
    """The constant that makes the forecasts add up to the failures, to four decimals, by halving."""
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        if float((1 / (1 + np.exp(-middle - signal))).sum()) < float(failed.sum()):
            low = middle
        else:
            high = middle
    return round(low, 4)


def logistic(signal: Floats, failed: Floats) -> tuple[float, float]:
    """Intercept and slope of a logistic regression on one variable, by Newton's method."""
    design = np.column_stack([np.ones_like(signal), signal])
    weights = np.zeros(2)
    for _ in range(30):
        chance = 1 / (1 + np.exp(-design @ weights))
        hessian = (design * (chance * (1 - chance))[:, None]).T @ design
        weights = weights + np.linalg.solve(hessian, design.T @ (failed - chance))
    return float(weights[0]), float(weights[1])


def folds(failed: Floats, seed: int) -> Floats:
    """A fold for every company, as many failures in each."""
    generator = np.random.default_rng(seed)
    fold = np.empty(len(failed))
    for outcome in (0, 1):
        places = np.flatnonzero(failed == outcome)
        generator.shuffle(places)
        fold[places] = np.arange(len(places)) % FOLDS
    return fold


def unseen_points(ratios: Floats, codes: tuple[str, ...], failed: Floats, seed: int) -> Floats:
    """The points every company gets from a card made without it."""
    fold, points = folds(failed, seed), np.zeros(len(failed))
    for number in range(FOLDS):
        inside = fold != number
        card = fit(ratios[inside], codes, failed[inside]).characteristics()
        points[~inside] = points_from(card, ratios[~inside])
    return points


def fit_card(name: str, ratios: Floats, codes: tuple[str, ...], failed: Floats, seed: int) -> Scorecard:
    """A whole card: points from all companies, calibration from the points each gets unseen."""
    characteristics = fit(ratios, codes, failed).characteristics()
    calibration = calibrate(unseen_points(ratios, codes, failed, seed), failed)
    described = (
        _described(each, ratios[:, column], failed) for column, each in enumerate(characteristics) if each.edges
    )
    return Scorecard(name, tuple(described), calibration)


def _described(each: Characteristic, ratio: Floats, failed: Floats) -> Characteristic:
    """The characteristic with how the companies spread over its bins, and the quartiles of those that lived on."""
    given = ~np.isnan(ratio)
    places = np.searchsorted(np.array(each.edges), ratio[given], side="right")
    shares = np.bincount(places, minlength=len(each.points)) / len(places)
    low, median, high = (float(f"{value:.4g}") for value in np.quantile(ratio[given & (failed == 0)], QUARTERS))
    return replace(each, shares=tuple(round(float(share), 4) for share in shares), quartiles=(low, median, high))

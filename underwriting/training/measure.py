"""What a score is worth: area under the ROC curve with its uncertainty, calibration on companies it has not seen."""

import math
from dataclasses import dataclass

import numpy as np

from underwriting.scoring.scorecard import POINTS_TO_DOUBLE_THE_ODDS
from underwriting.training.data import Floats
from underwriting.training.fit import FOLDS, calibrate, fit, folds, logistic, points_from, unseen_points

REPEATS = 3
DRAWS = 500


@dataclass(frozen=True, slots=True)
class Measured:
    """An AUC with the bounds of its 95 % bootstrap interval."""

    auc: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Validation:
    """A card on companies it was not made from, everything fitted inside the folds.

    `slope` is the slope of what happened on the log-odds forecast: below 1 the forecasts are too extreme.
    """

    auc: Measured
    by_repeat: tuple[float, ...]
    rounding_cost: float
    slope: float
    forecast: Floats


def auc(danger: Floats, failed: Floats) -> float:
    """The chance that a company that failed looked more dangerous than one that did not; ties count half."""
    _, place, count = np.unique(danger, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]
    bad = float(failed.sum())
    return (float(ranks[failed == 1].sum()) - bad * (bad + 1) / 2) / (bad * (len(failed) - bad))


def measured(danger: Floats, failed: Floats, seed: int) -> Measured:
    """The AUC and its interval over companies drawn with replacement, failed and not failed apart."""
    generator = np.random.default_rng(seed)
    bad, good = np.flatnonzero(failed == 1), np.flatnonzero(failed == 0)
    drawn = []
    for _ in range(DRAWS):
        places = np.concatenate([generator.choice(bad, len(bad)), generator.choice(good, len(good))])
        drawn.append(auc(danger[places], failed[places]))
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Measured(auc(danger, failed), float(low), float(high))


def validate(ratios: Floats, codes: tuple[str, ...], failed: Floats, seed: int) -> Validation:
    """Five folds, three times; binning, selection and calibration see the training folds only."""
    per_point = math.log(2) / POINTS_TO_DOUBLE_THE_ODDS
    forecasts, exact = np.zeros((REPEATS, len(failed))), np.zeros((REPEATS, len(failed)))
    for repeat in range(REPEATS):
        fold = folds(failed, seed + repeat)
        for number in range(FOLDS):
            inside, outside = fold != number, fold == number
            known, outcome = ratios[inside], failed[inside]
            fitted = fit(known, codes, outcome)
            calibration = calibrate(unseen_points(known, codes, outcome, seed), outcome)
            points = points_from(fitted.characteristics(), ratios[outside])
            forecasts[repeat, outside] = calibration.intercept - calibration.slope * points * per_point
            exact[repeat, outside] = -fitted.exact_points(ratios[outside])
    repeats = tuple(auc(forecast, failed) for forecast in forecasts)
    # The interval is that of the first repeat around the mean of all: averaged forecasts would flatter both.
    first, mean = measured(forecasts[0], failed, seed), float(np.mean(repeats))
    return Validation(
        auc=Measured(mean, first.low + mean - first.auc, first.high + mean - first.auc),
        by_repeat=repeats,
        rounding_cost=float(np.mean([auc(each, failed) for each in exact])) - mean,
        slope=float(np.mean([logistic(forecast, failed)[1] for forecast in forecasts])),
        forecast=1 / (1 + np.exp(-forecasts[0])),
    )

"""Whether the buyers of today resemble the companies a scorecard was made from, and whether its grades hold. Pure.

docs/rules/drift.md has the formulas, their sources and worked examples. Shares and probabilities are fractions.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any, Literal

from applications.exposure import add_months

Shift = Literal["too_few", "stable", "watch", "act"]
Holding = Literal["too_few", "below", "within", "above"]

# An empty bin counts as this share: the last of the four decimals to which expected shares are kept.
SHARE_FLOOR = 0.0001
WATCH, ACT = 0.10, 0.25

# With fewer, chance alone moves a ratio, or one default condemns a grade (docs/rules/drift.md works both out).
LEAST_BUYERS = 200
LEAST_FILES = 50

HORIZON_MONTHS = 12
# A debt is a default from its 91st day.
OVERDUE_DAYS = 90
CONFIDENCE = 0.95

# Two year-ends are a year apart when so many months lie between them.
_YEAR_MONTHS = (11, 13)
_HALVINGS = 60


# --- Ratios: where the buyers fall, against where the sample fell -----------------------------------------------------


def stability_index(actual: Sequence[float], expected: Sequence[float]) -> float:
    """The population stability index of shares per bin: sum of (actual - expected) ln(actual / expected), from 0.

    A share below SHARE_FLOOR counts as SHARE_FLOOR. Raises ValueError for another number of bins.
    """
    pairs = [(max(a, SHARE_FLOOR), max(e, SHARE_FLOOR)) for a, e in zip(actual, expected, strict=True)]
    return math.fsum((a - e) * math.log(a / e) for a, e in pairs)


def shift(index: float, given: int) -> Shift:
    """What an index says when `given` buyers are behind it."""
    if given < LEAST_BUYERS:
        return "too_few"
    if index < WATCH:
        return "stable"
    return "watch" if index < ACT else "act"


@dataclass(frozen=True, slots=True)
class RatioDrift:
    """One ratio of a card: `counts` buyers in each bin, `missing` whose ratio is not given; `expected` shares."""

    code: str
    edges: tuple[float, ...]
    expected: tuple[float, ...]
    counts: tuple[int, ...]
    missing: int

    @property
    def given(self) -> int:
        return sum(self.counts)

    @property
    def actual(self) -> tuple[float, ...]:
        """The share of each bin among the buyers whose ratio is given; empty without any."""
        return tuple(count / self.given for count in self.counts) if self.given else ()

    @property
    def missing_share(self) -> float:
        """How many of the buyers do not give it."""
        return self.missing / ((self.given + self.missing) or 1)

    @property
    def index(self) -> float | None:
        """The stability index; None when nobody gives the ratio."""
        return stability_index(self.actual, self.expected) if self.given else None

    @property
    def shift(self) -> Shift:
        return shift(self.index or 0.0, self.given)


@dataclass(frozen=True, slots=True)
class CardDrift:
    """The ratios of one card among the buyers whose newest accounts fall on it."""

    name: str
    buyers: int
    ratios: tuple[RatioDrift, ...]


# --- Grades: from one year's accounts to the next ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GradedYear:
    """A buyer's year of accounts and its grade, before overlays; None when the accounts gave none."""

    buyer: int
    period_end: date
    grade: int | None


@dataclass(frozen=True, slots=True)
class Move:
    """How many buyers went from one grade to another (or kept it) in a year."""

    before: int
    after: int
    count: int


def migration(years: Iterable[GradedYear]) -> tuple[Move, ...]:
    """The moves between all successive years, by grade before, then after.

    `years` come buyer by buyer; of several for one year-end the last counts. A year follows another when 11 to 13
    months lie between their ends.
    """
    moves: Counter[tuple[int, int]] = Counter()
    for _buyer, rows in groupby(years, key=lambda year: year.buyer):
        moves.update(_moves({row.period_end: row.grade for row in rows}))
    return tuple(Move(before, after, count) for (before, after), count in sorted(moves.items()))


def _moves(grades: Mapping[date, int | None]) -> Iterable[tuple[int, int]]:
    ends = sorted(grades)
    for place, end in enumerate(ends):
        before = next((each for each in reversed(ends[:place]) if _is_a_year_after(each, end)), None)
        if before is not None:
            old, new = grades[before], grades[end]
            if old is not None and new is not None:
                yield old, new


def _is_a_year_after(earlier: date, later: date) -> bool:
    least, most = (add_months(earlier, months) for months in _YEAR_MONTHS)
    return least <= later <= most


# --- Defaults: what was expected of each grade, and what happened -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class File:
    """A guarantee that took effect: on whom, since when, and the grade and 12-month PD it was priced at."""

    buyer: int
    bound_on: date
    grade: int
    pd: Decimal

    @property
    def ends_on(self) -> date:
        """The first day after its twelve months."""
        return add_months(self.bound_on, HORIZON_MONTHS)


@dataclass(frozen=True, slots=True)
class Incident:
    """An insolvency opened, or a debt overdue, since a day (a debt: its due date) until it was settled."""

    buyer: int
    is_insolvency: bool
    since: date
    settled_on: date | None = None

    @property
    def defaulted_on(self) -> date | None:
        """The day it is a default: the insolvency's own, a debt's 91st; None for a debt settled before."""
        if self.is_insolvency:
            return self.since
        due = self.since + timedelta(days=OVERDUE_DAYS + 1)
        return due if self.settled_on is None or self.settled_on >= due else None


@dataclass(frozen=True, slots=True)
class GradeDefaults:
    """Files of one grade (None: of all): how many defaults their PDs add up to, and how many there were."""

    grade: int | None
    files: int
    expected: Decimal
    observed: int

    @property
    def interval(self) -> tuple[float, float]:
        """The default rates that what was observed is compatible with."""
        return exact_interval(self.observed, self.files)

    @property
    def holding(self) -> Holding:
        """Where the observed defaults stand against the expected: above is worse than was priced."""
        if self.files < LEAST_FILES:
            return "too_few"
        low, high = self.interval
        rate = float(self.expected / self.files)
        if rate < low:
            return "above"
        return "below" if rate > high else "within"


def defaults_by_grade(
    files: Iterable[File], incidents: Iterable[Incident], on: date
) -> tuple[tuple[GradeDefaults, ...], GradeDefaults]:
    """Each grade and the total, over the files whose twelve months are over on the day `on`."""
    days: defaultdict[int, list[date]] = defaultdict(list)
    for incident in incidents:
        if incident.defaulted_on is not None:
            days[incident.buyer].append(incident.defaulted_on)
    by_grade: defaultdict[int, list[File]] = defaultdict(list)
    for file in files:
        if file.ends_on <= on:
            by_grade[file.grade].append(file)
    grades = tuple(_add_up(grade, by_grade[grade], days) for grade in sorted(by_grade))
    return grades, _add_up(None, [file for each in by_grade.values() for file in each], days)


def _add_up(grade: int | None, files: Sequence[File], days: Mapping[int, Sequence[date]]) -> GradeDefaults:
    observed = sum(any(each.bound_on <= day < each.ends_on for day in days.get(each.buyer, ())) for each in files)
    return GradeDefaults(grade, len(files), sum((each.pd for each in files), Decimal(0)), observed)


def exact_interval(observed: int, trials: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The exact binomial interval of a rate (Clopper and Pearson 1934); raises ValueError for no or too many trials.

    Its ends are the rates at which so many, or so few, would be seen in (1 - confidence) / 2 of all cases.
    """
    if not 0 <= observed <= trials or not trials:
        raise ValueError("observed lies between 0 and the number of trials, which is positive")
    tail = (1 - confidence) / 2
    low = _root(lambda p: 1 - _at_most(observed - 1, trials, p) - tail) if observed else 0.0
    high = _root(lambda p: tail - _at_most(observed, trials, p)) if observed < trials else 1.0
    return low, high


def _root(rising: Callable[[float], float]) -> float:
    """Where a rising function of (0, 1) crosses zero, by halving."""
    low, high = 0.0, 1.0
    for _step in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
    return (low + high) / 2


def _at_most(most: int, trials: int, p: float) -> float:
    """The probability of at most so many successes; in logarithms, as no power of 1 - p is too small for them."""
    if p <= 0 or p >= 1:
        return 1.0 if p <= 0 or most >= trials else 0.0
    whole, win, lose = math.lgamma(trials + 1), math.log(p), math.log1p(-p)
    return math.fsum(
        math.exp(whole - math.lgamma(k + 1) - math.lgamma(trials - k + 1) + k * win + (trials - k) * lose)
        for k in range(most + 1)
    )


# --- The report, as it is kept ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Report:
    """All three, of one scorecard on one day. `in_force` is the model and version that scores new files then.

    `unusable` buyers' newest accounts lack what every card needs; `file_buyers` stand behind the files of `total`, of
    which `ended_early` were closed before their twelve months were over.
    """

    in_force: tuple[str, str]
    cards: tuple[CardDrift, ...]
    unusable: int
    moves: tuple[Move, ...]
    grades: tuple[GradeDefaults, ...]
    total: GradeDefaults
    file_buyers: int
    ended_early: int

    @property
    def buyers(self) -> int:
        """How many buyers the shares of the ratios rest on."""
        return sum(card.buyers for card in self.cards)


def report_from_dict(facts: Mapping[str, Any]) -> Report:
    """The inverse of `stored.as_dict`; raises KeyError when a part is missing."""
    model, version = facts["in_force"]
    return Report(
        in_force=(model, version),
        cards=tuple(_card_from_dict(each) for each in facts["cards"]),
        unusable=facts["unusable"],
        moves=tuple(Move(**each) for each in facts["moves"]),
        grades=tuple(_defaults_from_dict(each) for each in facts["grades"]),
        total=_defaults_from_dict(facts["total"]),
        file_buyers=facts["file_buyers"],
        ended_early=facts["ended_early"],
    )


def _card_from_dict(facts: Mapping[str, Any]) -> CardDrift:
    ratios = tuple(
        RatioDrift(
            code=each["code"],
            edges=tuple(each["edges"]),
            expected=tuple(each["expected"]),
            counts=tuple(each["counts"]),
            missing=each["missing"],
        )
        for each in facts["ratios"]
    )
    return CardDrift(facts["name"], facts["buyers"], ratios)


def _defaults_from_dict(facts: Mapping[str, Any]) -> GradeDefaults:
    return GradeDefaults(facts["grade"], facts["files"], Decimal(facts["expected"]), facts["observed"])

"""Claims figures of the portfolio: loss triangle, loss ratio, earned premium, how fast claims are decided. Pure.

docs/rules/reserves.md has the formulas and worked examples. Amounts are EUR to the cent; ratios are fractions to four
decimals, half up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from unlockfocus.money import to_cents

NOTHING = Decimal("0.00")
RATIO = Decimal("0.0001")
MEDIAN = Decimal("0.5")
NINETIETH = Decimal("0.9")


@dataclass(frozen=True, slots=True)
class Movement:
    """What was paid, and by how much the reserves rose (or fell, negative), in one year on guarantees of one year.

    `paid` is net of the insurer's share of recoveries where the triangle shall be net of them.
    """

    origin_year: int
    event_year: int
    paid: Decimal
    reserve_change: Decimal


@dataclass(frozen=True, slots=True)
class Origin:
    """One row: cumulative amounts at the end of development year 0, 1, ... up to the last year known."""

    year: int
    paid: tuple[Decimal, ...]
    incurred: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Triangle:
    """Rows from the first origin year to the last, each one development year shorter than the one before."""

    origins: tuple[Origin, ...]


def triangle(movements: Iterable[Movement], last_year: int) -> Triangle:
    """Add movements up by origin and development year; incurred is paid plus the reserves still held.

    Movements after `last_year` are not known yet and left out. Raises ValueError for a movement before its origin.
    """
    known = [movement for movement in movements if movement.event_year <= last_year]
    if any(movement.event_year < movement.origin_year for movement in known):
        raise ValueError("nothing is paid before the year of origin")
    if not known:
        return Triangle(())
    first_year = min(movement.origin_year for movement in known)
    return Triangle(tuple(_origin(known, year, last_year) for year in range(first_year, last_year + 1)))


def _origin(movements: Sequence[Movement], year: int, last_year: int) -> Origin:
    paid, incurred = [], []
    for end in range(year, last_year + 1):
        so_far = [one for one in movements if one.origin_year == year and one.event_year <= end]
        paid.append(sum((one.paid for one in so_far), NOTHING))
        incurred.append(paid[-1] + sum((one.reserve_change for one in so_far), NOTHING))
    return Origin(year, tuple(paid), tuple(incurred))


def earned_premium(premium: Decimal, first_day: date, last_day: date, on: date) -> Decimal:
    """The part of a premium earned by the end of the day `on`, day by day; first and last day are both covered."""
    days = (last_day - first_day).days + 1
    if days < 1:
        raise ValueError("cover does not end before it starts")
    covered = min(max((on - first_day).days + 1, 0), days)
    return to_cents(premium * covered / days)


def loss_ratio(paid: Decimal, recoveries: Decimal, reserves: Decimal, earned: Decimal) -> Decimal | None:
    """(paid - recoveries + reserves) / earned premium; None while nothing is earned."""
    if earned <= 0:
        return None
    return ((paid - recoveries + reserves) / earned).quantize(RATIO, rounding=ROUND_HALF_UP)


def percentile(values: Iterable[int], fraction: Decimal) -> int | None:
    """Nearest rank: the smallest value that at least `fraction` of the values do not exceed; None without values.

    It is always a value that occurred. The median of an even number is the lower of the two in the middle.
    """
    if not 0 < fraction <= 1:
        raise ValueError("a percentile is a fraction above 0, at most 1")
    ranked = sorted(values)
    rank = int((fraction * len(ranked)).to_integral_value(ROUND_CEILING))
    return ranked[rank - 1] if ranked else None


@dataclass(frozen=True, slots=True)
class Handled:
    """One claim file: complete on a day, to be decided by another, decided (approved or refused) or not yet.

    `ended_on` is the day on which it was closed without a decision, because nothing was left to decide.
    """

    reference: str
    complete_on: date
    decide_by: date
    decided_on: date | None
    is_refused: bool = False
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class ServiceLevels:
    """Days run from the complete file. `late` counts those decided late and those still undecided past their day.

    The days are those of every decided claim, refused or not, and of every undecided one past its day, with its days
    so far: a file nobody touches makes the figures worse, not better. `in_time` is the share that was not late.
    """

    decided: int
    refused: int
    late: int
    undecided_past_day: int
    median_days: int | None
    p90_days: int | None
    in_time: Decimal | None


@dataclass(frozen=True, slots=True)
class Owed:
    """One approved indemnity: approved on a day, to be paid by another, paid or not yet."""

    reference: str
    approved_on: date
    pay_by: date
    paid_on: date | None


@dataclass(frozen=True, slots=True)
class PaymentLevels:
    """Days run from the approval; late and waiting payments count as late and waiting decisions do."""

    paid: int
    late: int
    unpaid_past_day: int
    median_days: int | None
    p90_days: int | None
    in_time: Decimal | None


@dataclass(frozen=True, slots=True)
class _Duty:
    """Something owed from `start` on, by a day, and done on another or not yet, seen on the day `today`."""

    start: date
    by: date
    done_on: date | None
    today: date

    @property
    def is_done(self) -> bool:
        return self.done_on is not None and self.done_on <= self.today

    @property
    def end(self) -> date:
        """The day it was done, or today while it is not."""
        return self.done_on if self.done_on is not None and self.done_on <= self.today else self.today

    @property
    def is_late(self) -> bool:
        return self.end > self.by

    @property
    def days(self) -> int:
        """What it took, or has taken so far."""
        return (self.end - self.start).days


def service_levels(files: Iterable[Handled], today: date) -> ServiceLevels:
    """How fast complete files are decided, seen on a day. What happens after `today` is not known yet.

    A file closed without a decision counts only when that was past its day: as late, with its days until then.
    """
    found = [
        (file, _Duty(file.complete_on, file.decide_by, file.decided_on or file.ended_on, today))
        for file in files
        if file.complete_on <= today
    ]
    decided = [file for file, duty in found if duty.is_done and file.decided_on is not None]
    counted = [duty for file, duty in found if duty.is_late or (duty.is_done and file.decided_on is not None)]
    return ServiceLevels(
        decided=len(decided),
        refused=sum(file.is_refused for file in decided),
        late=sum(duty.is_late for duty in counted),
        undecided_past_day=sum(not duty.is_done for duty in counted),
        median_days=percentile([duty.days for duty in counted], MEDIAN),
        p90_days=percentile([duty.days for duty in counted], NINETIETH),
        in_time=_in_time(counted),
    )


def payment_levels(owed: Iterable[Owed], today: date) -> PaymentLevels:
    """How fast approved indemnities are paid, seen on a day. What happens after `today` is not known yet."""
    duties = [_Duty(each.approved_on, each.pay_by, each.paid_on, today) for each in owed if each.approved_on <= today]
    counted = [duty for duty in duties if duty.is_done or duty.is_late]
    return PaymentLevels(
        paid=sum(duty.is_done for duty in counted),
        late=sum(duty.is_late for duty in counted),
        unpaid_past_day=sum(not duty.is_done for duty in counted),
        median_days=percentile([duty.days for duty in counted], MEDIAN),
        p90_days=percentile([duty.days for duty in counted], NINETIETH),
        in_time=_in_time(counted),
    )


def _in_time(counted: Sequence[_Duty]) -> Decimal | None:
    """The share that was not late; None of nothing."""
    if not counted:
        return None
    late = sum(duty.is_late for duty in counted)
    return (1 - Decimal(late) / len(counted)).quantize(RATIO, rounding=ROUND_HALF_UP)

"""How much of an order is delivered and unpaid on a day: steps, peak, duration, and what is at stake. Pure.

Amounts are EUR. A line counts from its delivery day to its due day, both included; a down payment is a line due
before its delivery, so it never counts.
"""

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

ONE_DAY = timedelta(days=1)
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """One line of the order's schedule, in EUR excluding VAT."""

    amount: Decimal
    delivery_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class Exposure:
    """The greatest amount unpaid on one day, in EUR, and the first such day; no day when nothing is ever unpaid."""

    amount: Decimal
    on: date | None


@dataclass(frozen=True, slots=True)
class Step:
    """From this day, until the next step, the exposure is `amount` EUR."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class SellerFigures:
    """What the seller tells about itself, in EUR; every figure is optional."""

    equity: Decimal | None = None
    net_profit: Decimal | None = None
    monthly_payroll: Decimal | None = None
    monthly_supplier_payments: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Stake:
    """The peak against the seller's own figures, to four decimals; None where one is missing or not positive."""

    peak_over_equity: Decimal | None
    peak_over_net_profit: Decimal | None
    months_of_payroll_and_suppliers: Decimal | None


def exposure_on(lines: Sequence[ScheduleLine], day: date) -> Decimal:
    """Amount delivered and unpaid on `day`, in EUR."""
    return sum((line.amount for line in lines if line.delivery_on <= day <= line.due_on), NOTHING)


def exposure_steps(lines: Sequence[ScheduleLine]) -> tuple[Step, ...]:
    """The days on which the exposure changes; the last step, the day after the last exposure, is zero."""
    changes: dict[date, Decimal] = {}
    for line in lines:
        if line.delivery_on <= line.due_on:
            changes[line.delivery_on] = changes.get(line.delivery_on, NOTHING) + line.amount
            paid_on = line.due_on + ONE_DAY
            changes[paid_on] = changes.get(paid_on, NOTHING) - line.amount
    steps: list[Step] = []
    amount = NOTHING
    for day in sorted(changes):
        if changes[day]:
            amount += changes[day]
            steps.append(Step(day, amount))
    return tuple(steps)


def peak_exposure(lines: Sequence[ScheduleLine]) -> Exposure:
    """Greatest amount unpaid on one day, in EUR, and the first such day; None for the day when nothing ever is."""
    peak = Exposure(NOTHING, None)
    for step in exposure_steps(lines):
        if step.amount > peak.amount:
            peak = Exposure(step.amount, step.on)
    return peak


def daily_exposure(lines: Sequence[ScheduleLine], start: date, end: date) -> Iterator[Decimal]:
    """The exposure of each day from `start` to `end`, both included."""
    steps = exposure_steps(lines)
    upcoming = 0
    amount = NOTHING
    for ordinal in range(start.toordinal(), end.toordinal() + 1):
        while upcoming < len(steps) and steps[upcoming].on.toordinal() <= ordinal:
            amount = steps[upcoming].amount
            upcoming += 1
        yield amount


def last_due_on(lines: Sequence[ScheduleLine]) -> date | None:
    """The latest due day of the schedule, down payments included; None for an empty schedule."""
    return max((line.due_on for line in lines), default=None)


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or that month's last day; raises ValueError past the year 9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def is_within_months(start: date, end: date, months: int) -> bool:
    """Whether `end` is at most `months` months after `start`: 12 from 2026-12-01 end on 2027-12-01, included."""
    return end <= add_months(start, months)


def what_is_at_stake(peak: Decimal, figures: SellerFigures) -> Stake:
    """An unpaid order in the seller's own terms: share of equity, of yearly profit, months of payroll and suppliers."""
    monthly = None
    if figures.monthly_payroll is not None and figures.monthly_supplier_payments is not None:
        monthly = figures.monthly_payroll + figures.monthly_supplier_payments
    return Stake(
        peak_over_equity=_share(peak, figures.equity),
        peak_over_net_profit=_share(peak, figures.net_profit),
        months_of_payroll_and_suppliers=_share(peak, monthly),
    )


def _share(peak: Decimal, whole: Decimal | None) -> Decimal | None:
    if whole is None or whole <= 0:
        return None
    return (peak / whole).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)

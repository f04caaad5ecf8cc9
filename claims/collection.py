"""Collecting an unpaid debt: what to do when, plans and promises, what a debt may still bring. Pure.

docs/rules/collection.md has the reasons and worked examples. Amounts are EUR to the cent, rates are fractions, days
count from the original due date.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from claims.collection_steps import CATALOGUE, CountrySteps, Stage, Step, steps_for
from unlockfocus.money import to_cents

NOTHING = Decimal("0.00")


class StepState(StrEnum):
    """Of a suggested step. `replaced`: another way to the same end was taken; `stayed`: the insolvency bars it."""

    DONE = "done"
    UPCOMING = "upcoming"
    NOW = "now"
    OVERDUE = "overdue"
    REPLACED = "replaced"
    WAITS_FOR_INSOLVENCY = "waits_for_insolvency"
    STAYED = "stayed"


# What goes on after an insolvency has been opened; everything else is stayed.
GOES_ON_IN_INSOLVENCY = frozenset({Stage.RETENTION_OF_TITLE, Stage.INSOLVENCY_FILING})


@dataclass(frozen=True, slots=True)
class SuggestedStep:
    """A step with its days, where they can be told. `is_estimate`: the last day is usual, not set by anybody."""

    step: Step
    state: StepState
    starts_on: date | None
    ends_on: date | None
    is_estimate: bool


def suggested_steps(
    country: str,
    creditor_country: str,
    due_on: date,
    today: date,
    *,
    insolvency_opened_on: date | None = None,
    filing_deadline: date | None = None,
    done: Collection[str] = (),
    catalogue: Sequence[CountrySteps] = CATALOGUE,
) -> tuple[SuggestedStep, ...]:
    """What to do when, against a debtor of `country`, for a debt due on `due_on` (the original due date).

    `done` holds the keys of the steps taken. `filing_deadline` is the date set in the judgment: it always wins over
    the usual days. Usual order of the steps, which is that of their start.
    """
    steps = steps_for(country, creditor_country, catalogue)
    replaced = {step.alternative for step in steps if step.key in done and step.alternative}
    return tuple(
        _filing_step(step, today, insolvency_opened_on, filing_deadline, done)
        if step.stage is Stage.INSOLVENCY_FILING
        else _debt_step(step, due_on, today, insolvency_opened_on, done, replaced)
        for step in steps
    )


def _debt_step(
    step: Step, due_on: date, today: date, opened_on: date | None, done: Collection[str], replaced: Collection[str]
) -> SuggestedStep:
    """A step against the debtor itself, counted from the due date."""
    starts_on = due_on + timedelta(days=step.start_days)
    ends_on = _end(starts_on, step.duration_days)
    if step.key in done:
        state = StepState.DONE
    elif step.alternative in replaced:
        state = StepState.REPLACED
    elif opened_on is not None and opened_on <= today and step.stage not in GOES_ON_IN_INSOLVENCY:
        state = StepState.STAYED
    else:
        state = _state(starts_on, ends_on, today)
    return SuggestedStep(step, state, starts_on, ends_on, is_estimate=True)


def _filing_step(
    step: Step, today: date, opened_on: date | None, deadline: date | None, done: Collection[str]
) -> SuggestedStep:
    """The filing of the claim, counted from the opening; without one it waits."""
    if opened_on is None:
        return SuggestedStep(step, StepState.WAITS_FOR_INSOLVENCY, None, None, is_estimate=True)
    starts_on = opened_on + timedelta(days=step.start_days)
    ends_on = deadline or _end(starts_on, step.duration_days)
    state = StepState.DONE if step.key in done else _state(starts_on, ends_on, today)
    return SuggestedStep(step, state, starts_on, ends_on, is_estimate=deadline is None)


def _end(starts_on: date, duration_days: int | None) -> date | None:
    return None if duration_days is None else starts_on + timedelta(days=duration_days)


def _state(starts_on: date, ends_on: date | None, today: date) -> StepState:
    """The last day still counts as in time."""
    if today < starts_on:
        return StepState.UPCOMING
    return StepState.OVERDUE if ends_on is not None and today > ends_on else StepState.NOW


class PartState(StrEnum):
    """Of an instalment. It is late from the day after it was due."""

    PAID = "paid"
    UPCOMING = "upcoming"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Instalment:
    due_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """An instalment and what payments cover of it; `covered` may be a part of it in any state but paid."""

    instalment: Instalment
    covered: Decimal
    state: PartState

    @property
    def open(self) -> Decimal:
        return self.instalment.amount - self.covered


@dataclass(frozen=True, slots=True)
class PlanState:
    """Of an instalment plan on a day. `overdue` is what the missed instalments lack, `excess` what was paid beyond."""

    paid: Decimal
    open: Decimal
    overdue: Decimal
    excess: Decimal
    parts: tuple[Part, ...]
    missed: tuple[Instalment, ...]
    next: Instalment | None


def plan_state(instalments: Iterable[Instalment], payments: Iterable[tuple[date, Decimal]], today: date) -> PlanState:
    """Payments up to today cover the oldest instalment first, whatever they were meant for."""
    received = sum((amount for on, amount in payments if on <= today), NOTHING)
    parts = tuple(_parts(sorted(instalments, key=lambda part: part.due_on), received, today))
    covered = sum((part.covered for part in parts), NOTHING)
    missed = [part for part in parts if part.state is PartState.MISSED]
    upcoming = (part.instalment for part in parts if part.state is PartState.UPCOMING)
    return PlanState(
        paid=covered,
        open=sum((part.open for part in parts), NOTHING),
        overdue=sum((part.open for part in missed), NOTHING),
        excess=received - covered,
        parts=parts,
        missed=tuple(part.instalment for part in missed),
        next=next(upcoming, None),
    )


def _parts(instalments: Iterable[Instalment], received: Decimal, today: date) -> Iterator[Part]:
    for instalment in instalments:
        covered = min(max(received, NOTHING), instalment.amount)
        received -= covered
        if covered == instalment.amount:
            state = PartState.PAID
        else:
            state = PartState.MISSED if instalment.due_on < today else PartState.UPCOMING
        yield Part(instalment, covered, state)


class PromiseState(StrEnum):
    OPEN = "open"
    KEPT = "kept"
    KEPT_LATE = "kept_late"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Promise:
    """The debtor said on `made_on` that it would pay `amount` by `pay_by`."""

    made_on: date
    pay_by: date
    amount: Decimal


def promise_state(promise: Promise, payments: Iterable[tuple[date, Decimal]], today: date) -> PromiseState:
    """Payments from the day of the promise on count towards it, in full only; a broken one may still be kept late."""
    later = [(on, amount) for on, amount in payments if promise.made_on <= on <= today]
    if sum((amount for on, amount in later if on <= promise.pay_by), NOTHING) >= promise.amount:
        return PromiseState.KEPT
    if sum((amount for _, amount in later), NOTHING) >= promise.amount:
        return PromiseState.KEPT_LATE
    return PromiseState.BROKEN if today > promise.pay_by else PromiseState.OPEN


@dataclass(frozen=True, slots=True)
class RecoveryRate:
    """Of a debt this many days past due, this fraction is expected to come in."""

    from_days: int
    rate: Decimal


def recovery_rate(table: Sequence[RecoveryRate], days_overdue: int) -> Decimal:
    """The rate at that age, on the straight line between the rows around it; before and after them, the nearest row.

    Raises ValueError for a table that is empty, does not rise in days, or has a rate outside 0 to 1.
    """
    _check_table(table)
    before = [row for row in table if row.from_days <= days_overdue]
    after = [row for row in table if row.from_days > days_overdue]
    if not before or not after:
        return table[0].rate if after else table[-1].rate
    left, right = before[-1], after[0]
    way = Decimal(days_overdue - left.from_days) / (right.from_days - left.from_days)
    return left.rate + (right.rate - left.rate) * way


def _check_table(table: Sequence[RecoveryRate]) -> None:
    if not table:
        raise ValueError("a table of recovery rates has rows")
    if any(later.from_days <= row.from_days for row, later in pairwise(table)):
        raise ValueError("the days of a table of recovery rates rise")
    if not all(0 <= row.rate <= 1 for row in table):
        raise ValueError("a recovery rate is a fraction")


def expected_recovery(table: Sequence[RecoveryRate], open_amount: Decimal, days_overdue: int) -> Decimal:
    """EUR expected of what is open. Not for a debtor in insolvency, whose dividend has nothing to do with age."""
    return to_cents(open_amount * recovery_rate(table, days_overdue))


@dataclass(frozen=True, slots=True)
class Worth:
    """What a step is expected to bring beyond doing nothing, against its cost; `net` may be negative."""

    brings: Decimal
    cost: Decimal
    net: Decimal

    @property
    def is_worth_it(self) -> bool:
        return self.net > 0


def worth_it(cost: Decimal, open_amount: Decimal, rate_now: Decimal, rate_after: Decimal) -> Worth:
    """Compare a step's cost with the rise of the expected recovery, from the rate without the step to that with it."""
    brings = to_cents(open_amount * (rate_after - rate_now))
    return Worth(brings=brings, cost=cost, net=brings - cost)

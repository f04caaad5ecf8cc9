"""What must be done by when on a guarantee, and how each duty stands. Pure.

The meaning of every clock and worked examples are in docs/rules/clocks.md. All are counted from the original due date
of an invoice, also after an agreed extension. Amounts are EUR to the cent; the day it is comes from the caller.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import zip_longest
from typing import Literal

from applications.exposure import add_months
from claims.calendars import add_working_days, next_working_day
from underwriting.clocks import Clocks

# A deadline without warnings of its own is shown as due, and warned of, so many days before.
DAYS_OF_NOTICE = 10

Party = Literal["insured", "insurer"]
Part = Literal["", "disputed"]


class Kind(StrEnum):
    """What a deadline is for."""

    REMINDER = "reminder"
    OVERDUE_NOTICE = "overdue_notice"
    STOP_DELIVERIES = "stop_deliveries"
    LAST_EXTENSION = "last_extension"
    CLAIM = "claim"
    WAITING_PERIOD = "waiting_period"
    CLAIMS_BARRED = "claims_barred"
    INSOLVENCY_NOTICE = "insolvency_notice"
    DECISION = "decision"
    PAYMENT = "payment"


# What somebody must do, and can do too late.
DUTIES = frozenset(
    {Kind.OVERDUE_NOTICE, Kind.CLAIM, Kind.CLAIMS_BARRED, Kind.INSOLVENCY_NOTICE, Kind.DECISION, Kind.PAYMENT}
)
# Nobody is asked to act on a day of rest; the others are calendar days.
MOVED = DUTIES | {Kind.LAST_EXTENSION}


class State(StrEnum):
    """How a deadline stands; a day that simply comes, like the end of the waiting period, is met once it is over."""

    UPCOMING = "upcoming"
    DUE = "due"
    MET = "met"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Dispute:
    """A part of an invoice the buyer contests; `settled_on` is None while it does."""

    opened_on: date
    settled_on: date | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Unpaid:
    """One insured invoice. `due_on` is the original due date; `settled_on` the day on which nothing was left to pay."""

    reference: str
    due_on: date
    amount: Decimal
    open_amount: Decimal
    settled_on: date | None = None
    extended_to: date | None = None
    extension_agreed_by_insurer: bool = False
    noticed_on: date | None = None
    claimed_on: date | None = None
    disputes: tuple[Dispute, ...] = ()


@dataclass(frozen=True, slots=True)
class Insolvency:
    """Proceedings against the buyer: opened, known to the insured, and told to the insurer."""

    opened_on: date
    known_on: date
    noticed_on: date | None = None


@dataclass(frozen=True, slots=True)
class ClaimFile:
    """The insurer's side of a claim; `complete_on` is the day its last document arrived.

    `invoices` are those claimed: while one of them still waits there is no loss to decide on.
    """

    reference: str
    complete_on: date | None = None
    decided_on: date | None = None
    approved_on: date | None = None
    paid_on: date | None = None
    invoices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """All that moves the clocks of one guarantee; countries are ISO 3166 alpha-2 codes."""

    invoices: tuple[Unpaid, ...]
    insolvency: Insolvency | None
    claims: tuple[ClaimFile, ...]
    insured_country: str
    insurer_country: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """One day to keep. `subject` is the invoice or claim, "" the guarantee; `on` is the last day in time.

    `counted_on` is that day before it moved to a working day, or before a dispute paused it. `days_left` is negative
    when the day is past. `closed_on` is the day the invoice was paid in full after this deadline had been missed. While
    a dispute is open its part is `paused`: `on` is the earliest possible end, were the dispute settled today.
    """

    kind: Kind
    subject: str
    on: date
    counted_on: date
    state: State
    days_left: int
    who: Party
    done_on: date | None = None
    warnings: tuple[date, ...] = ()
    paused_days: int = 0
    part: Part = ""
    paused: bool = False
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A deadline that moved, appeared (`before` is None) or dropped out (`after` is None), and the reason's key."""

    kind: Kind
    subject: str
    before: date | None
    after: date | None
    reason: str
    part: Part = ""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A message to send from the day `on`: reminder and warning to two people, escalation to the owner."""

    kind: Kind
    subject: str
    on: date
    level: Literal["reminder", "warning", "escalation"]


def deadlines(facts: Facts, clocks: Clocks, waiting_period_days: int, today: date) -> tuple[Deadline, ...]:
    """Every deadline of the guarantee that still matters, earliest first; raises UnknownCalendar for a country."""
    found = [
        deadline
        for invoice in facts.invoices
        for deadline in (
            *_days_that_come(invoice, clocks, facts.insured_country, today),
            *_duties(invoice, clocks, facts.insured_country, today),
            *_waiting_periods(invoice, facts.insolvency, waiting_period_days, today),
        )
    ]
    if facts.insolvency:
        found.append(_insolvency_notice(facts.insolvency, clocks, facts.insured_country, today))
    for claim in facts.claims:
        ends = [
            _end_of_waiting(invoice, (), facts.insolvency, waiting_period_days, today)
            for invoice in facts.invoices
            if invoice.reference in claim.invoices and invoice.settled_on is None
        ]
        found.extend(_insurers_duties(claim, ends, clocks, facts, today))
    return tuple(sorted(found, key=lambda each: (each.on, each.subject, each.kind, each.part)))


def deliveries_stopped_from(facts: Facts, clocks: Clocks, today: date) -> date | None:
    """The day since which no delivery is covered, because an invoice stays unpaid; None when deliveries are free."""
    stops = [
        invoice.due_on + timedelta(days=clocks.stop_deliveries_days + 1)
        for invoice in facts.invoices
        if invoice.settled_on is None or invoice.settled_on > today
    ]
    return min((day for day in stops if day <= today), default=None)


def changes(before: Sequence[Deadline], after: Sequence[Deadline], reason: str) -> tuple[Change, ...]:
    """What moved, appeared or dropped out from one list to the other, earliest first; states are not compared."""
    old, new = _days_by_deadline(before), _days_by_deadline(after)
    found = [
        Change(kind=key[0], subject=key[1], part=key[2], before=was, after=becomes, reason=reason)
        for key in old.keys() | new.keys()
        for was, becomes in zip_longest(old.get(key, ()), new.get(key, ()))
        if was != becomes
    ]
    return tuple(sorted(found, key=_order_of_change))


def alarms_due(deadlines: Sequence[Deadline], today: date) -> tuple[Alarm, ...]:
    """Every alarm whose day has come for what is still to be done, earliest first; which were sent the caller knows."""
    found = [alarm for deadline in deadlines for alarm in _alarms(deadline) if alarm.on <= today]
    return tuple(sorted(found, key=lambda each: (each.on, each.subject, each.kind, each.level)))


def _days_that_come(invoice: Unpaid, clocks: Clocks, country: str, today: date) -> Iterator[Deadline]:
    """Reminders, the stop of deliveries and the last free extension: of interest only while the invoice is unpaid."""
    if invoice.settled_on is not None:
        return
    for days in clocks.reminder_days:
        yield _day_that_comes(Kind.REMINDER, invoice, _after(invoice, days), "insurer", today)
    stop = _after(invoice, clocks.stop_deliveries_days)
    yield _day_that_comes(Kind.STOP_DELIVERIES, invoice, stop, "insured", today)
    yield _last_extension(invoice, clocks, country, today)


def _day_that_comes(kind: Kind, invoice: Unpaid, on: date, who: Party, today: date) -> Deadline:
    state = State.MET if today > on else _before_the_day(on - timedelta(days=DAYS_OF_NOTICE), today)
    return Deadline(kind, invoice.reference, on, on, state, (on - today).days, who)


def _last_extension(invoice: Unpaid, clocks: Clocks, country: str, today: date) -> Deadline:
    """Missed when the extension goes beyond the day without the insurer's consent."""
    counted_on = _after(invoice, clocks.extension_without_consent_days)
    on = next_working_day(counted_on, country)
    if invoice.extended_to is None:
        state = State.MET if today > on else _before_the_day(counted_on - timedelta(days=DAYS_OF_NOTICE), today)
    else:
        state = State.MET if invoice.extended_to <= on or invoice.extension_agreed_by_insurer else State.MISSED
    return Deadline(
        Kind.LAST_EXTENSION,
        invoice.reference,
        on,
        counted_on,
        state,
        (on - today).days,
        "insured",
        done_on=invoice.extended_to,
    )


def _duties(invoice: Unpaid, clocks: Clocks, country: str, today: date) -> Iterator[Deadline]:
    """Notice and claim. A claim tells all that a notice tells: filed first, it is the notice too."""
    told_on = min((day for day in (invoice.noticed_on, invoice.claimed_on) if day), default=None)
    notice_on = _after(invoice, clocks.overdue_notice_days)
    claim_on = _after(invoice, clocks.claim_days)
    barred_on = add_months(invoice.due_on, clocks.claims_barred_months)
    for kind, counted_on, done_on, warned in (
        (Kind.OVERDUE_NOTICE, notice_on, told_on, clocks.overdue_warning_days),
        (Kind.CLAIM, claim_on, invoice.claimed_on, clocks.claim_warning_days),
        (Kind.CLAIMS_BARRED, barred_on, invoice.claimed_on, ()),
    ):
        warnings = tuple(_after(invoice, days) for days in sorted(warned))
        duty = _duty(kind, invoice.reference, counted_on, country, done_on, today, warnings=warnings)
        if invoice.settled_on is None or duty.state is State.MET:
            yield duty
        elif invoice.settled_on > duty.on:
            yield replace(duty, closed_on=invoice.settled_on)


def _duty(
    kind: Kind,
    subject: str,
    counted_on: date,
    country: str,
    done_on: date | None,
    today: date,
    *,
    warnings: tuple[date, ...] = (),
    who: Party = "insured",
) -> Deadline:
    """An act to be done on or before a working day."""
    on = next_working_day(counted_on, country)
    if done_on is not None:
        state = State.MET if done_on <= on else State.MISSED
    elif today > on:
        state = State.MISSED
    else:
        state = _before_the_day(_first_day_of_notice(counted_on, warnings), today)
    return Deadline(kind, subject, on, counted_on, state, (on - today).days, who, done_on=done_on, warnings=warnings)


def _insolvency_notice(insolvency: Insolvency, clocks: Clocks, country: str, today: date) -> Deadline:
    counted_on = insolvency.known_on + timedelta(days=clocks.insolvency_notice_days)
    return _duty(Kind.INSOLVENCY_NOTICE, "", counted_on, country, insolvency.noticed_on, today)


def _insurers_duties(
    claim: ClaimFile, waits_end_on: Sequence[date], clocks: Clocks, facts: Facts, today: date
) -> Iterator[Deadline]:
    """The decision is counted from the complete file, and from the end of the wait where that comes later."""
    if claim.complete_on is not None:
        ripe_on = max([claim.complete_on, *waits_end_on])
        counted_on = ripe_on + timedelta(days=clocks.decision_days_from_complete_file)
        yield _duty(
            Kind.DECISION, claim.reference, counted_on, facts.insured_country, claim.decided_on, today, who="insurer"
        )
    if claim.approved_on is not None:
        country = facts.insurer_country
        counted_on = add_working_days(claim.approved_on, clocks.payment_working_days_from_approval, country)
        yield _duty(Kind.PAYMENT, claim.reference, counted_on, country, claim.paid_on, today, who="insurer")


def _waiting_periods(
    invoice: Unpaid, insolvency: Insolvency | None, waiting_period_days: int, today: date
) -> Iterator[Deadline]:
    """The end for the undisputed part and for the disputed part, if there is one; none for what was paid before it."""
    at_stake = invoice.open_amount if invoice.settled_on is None else invoice.amount
    disputed = min(at_stake, sum((each.amount for each in invoice.disputes), Decimal("0.00")))
    undisputed_on = _end_of_waiting(invoice, (), insolvency, waiting_period_days, today)
    disputed_on = _end_of_waiting(invoice, invoice.disputes, insolvency, waiting_period_days, today)
    parts: list[tuple[Part, date]] = []
    if disputed < at_stake or not disputed:
        parts.append(("", undisputed_on))
    if disputed:
        parts.append(("disputed", disputed_on))
    for part, on in parts:
        if invoice.settled_on is None or invoice.settled_on > on:
            yield _waiting_period(invoice, part, on, undisputed_on, today)


def _waiting_period(invoice: Unpaid, part: Part, on: date, counted_on: date, today: date) -> Deadline:
    paused = part == "disputed" and any(each.settled_on is None and each.opened_on < on for each in invoice.disputes)
    if paused:
        state = State.UPCOMING
    else:
        state = State.MET if today > on else _before_the_day(on - timedelta(days=DAYS_OF_NOTICE), today)
    return Deadline(
        Kind.WAITING_PERIOD,
        invoice.reference,
        on,
        counted_on,
        state,
        (on - today).days,
        "insurer",
        paused_days=(on - counted_on).days,
        part=part,
        paused=paused,
    )


def _end_of_waiting(
    invoice: Unpaid,
    disputes: Sequence[Dispute],
    insolvency: Insolvency | None,
    waiting_period_days: int,
    today: date,
) -> date:
    """Days of dispute after the due date are added, overlapping ones once; an open dispute counts until today.

    Insolvency ends the period on the day proceedings open, though neither before the due date nor during a dispute.
    """
    end = _after(invoice, waiting_period_days)
    lost_on = max(invoice.due_on, insolvency.opened_on) if insolvency else None
    counted_to = invoice.due_on
    for dispute in sorted(disputes, key=lambda each: each.opened_on):
        if dispute.opened_on >= end:
            break
        from_day = max(dispute.opened_on, counted_to)
        counted_to = max(from_day, dispute.settled_on or today)
        end += counted_to - from_day
        if lost_on is not None and dispute.opened_on < lost_on < counted_to:
            lost_on = counted_to
    return end if lost_on is None else min(end, lost_on)


def _alarms(deadline: Deadline) -> Iterator[Alarm]:
    if deadline.kind is Kind.REMINDER:
        yield Alarm(deadline.kind, deadline.subject, deadline.on, "reminder")
    elif deadline.kind is Kind.STOP_DELIVERIES:
        yield Alarm(deadline.kind, deadline.subject, deadline.on, "warning")
    elif deadline.kind in DUTIES and deadline.done_on is None and deadline.closed_on is None:
        for on in deadline.warnings or (_first_day_of_notice(deadline.counted_on, ()),):
            yield Alarm(deadline.kind, deadline.subject, on, "warning")
        for on in (*deadline.warnings[-1:], deadline.on, deadline.on + timedelta(days=1)):
            yield Alarm(deadline.kind, deadline.subject, on, "escalation")


def _before_the_day(first_day_of_notice: date, today: date) -> State:
    return State.DUE if today >= first_day_of_notice else State.UPCOMING


def _first_day_of_notice(counted_on: date, warnings: Sequence[date]) -> date:
    return warnings[0] if warnings else counted_on - timedelta(days=DAYS_OF_NOTICE)


def _after(invoice: Unpaid, days: int) -> date:
    """So many days after the original due date."""
    return invoice.due_on + timedelta(days=days)


def _days_by_deadline(deadlines: Sequence[Deadline]) -> dict[tuple[Kind, str, Part], list[date]]:
    """The days of each deadline, in order: an invoice has several reminders."""
    days: dict[tuple[Kind, str, Part], list[date]] = {}
    for deadline in sorted(deadlines, key=lambda each: each.on):
        days.setdefault((deadline.kind, deadline.subject, deadline.part), []).append(deadline.on)
    return days


def _order_of_change(change: Change) -> tuple[date, str, str, str]:
    first = min(day for day in (change.before, change.after) if day is not None)
    return first, change.subject, change.kind, change.part

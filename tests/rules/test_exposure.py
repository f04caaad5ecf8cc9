from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.exposure import (
    Exposure,
    ScheduleLine,
    SellerFigures,
    Stake,
    Step,
    add_months,
    daily_exposure,
    exposure_on,
    exposure_steps,
    is_within_months,
    last_due_on,
    peak_exposure,
    what_is_at_stake,
)

FIRST_DAY = date(2026, 12, 1)


def line(amount, delivery, due):
    return ScheduleLine(Decimal(amount), date.fromisoformat(delivery), date.fromisoformat(due))


PEI = (
    line("370000.00", "2027-07-01", "2026-12-15"),
    line("1110000.00", "2027-07-01", "2027-09-29"),
    line("370000.00", "2027-08-16", "2027-11-14"),
)


@st.composite
def schedules(draw):
    """Up to six lines over a year and a half, some due before they are delivered."""
    lines = []
    for _ in range(draw(st.integers(0, 6))):
        delivery = FIRST_DAY + timedelta(days=draw(st.integers(0, 400)))
        due = delivery + timedelta(days=draw(st.integers(-40, 120)))
        lines.append(ScheduleLine(draw(st.decimals(0, 5_000_000, places=2)), delivery, due))
    return tuple(lines)


def test_the_reference_order_peaks_when_the_second_delivery_meets_the_first():
    assert peak_exposure(PEI) == Exposure(Decimal("1480000.00"), date(2027, 8, 16))


def test_the_reference_order_in_steps_without_its_down_payment():
    assert exposure_steps(PEI) == (
        Step(date(2027, 7, 1), Decimal("1110000.00")),
        Step(date(2027, 8, 16), Decimal("1480000.00")),
        Step(date(2027, 9, 30), Decimal("370000.00")),
        Step(date(2027, 11, 15), Decimal("0.00")),
    )


@pytest.mark.parametrize(
    ("day", "amount"),
    [
        ("2026-12-20", "0.00"),
        ("2027-06-30", "0.00"),
        ("2027-07-01", "1110000.00"),
        ("2027-09-29", "1480000.00"),
        ("2027-09-30", "370000.00"),
        ("2027-11-14", "370000.00"),
        ("2027-11-15", "0.00"),
    ],
)
def test_a_line_counts_from_delivery_to_due_day_both_included(day, amount):
    assert str(exposure_on(PEI, date.fromisoformat(day))) == amount


def test_an_order_paid_in_advance_has_no_exposure():
    assert peak_exposure(PEI[:1]) == Exposure(Decimal("0.00"), None)
    assert exposure_steps(PEI[:1]) == ()
    assert peak_exposure(()) == Exposure(Decimal("0.00"), None)


def test_a_line_due_on_its_delivery_day_counts_for_that_day():
    lines = (line("10.00", "2027-01-05", "2027-01-05"),)
    assert exposure_steps(lines) == (Step(date(2027, 1, 5), Decimal("10.00")), Step(date(2027, 1, 6), Decimal("0.00")))


def test_a_delivery_on_the_day_after_a_payment_of_the_same_amount_is_no_step():
    lines = (line("10.00", "2027-01-05", "2027-01-09"), line("10.00", "2027-01-10", "2027-01-11"))
    assert [step.on for step in exposure_steps(lines)] == [date(2027, 1, 5), date(2027, 1, 12)]


def test_the_last_due_day_may_be_a_down_payment_s():
    assert last_due_on(PEI) == date(2027, 11, 14)
    assert last_due_on((line("1.00", "2027-03-01", "2027-02-01"),)) == date(2027, 2, 1)
    assert last_due_on(()) is None


@given(schedules())
def test_the_peak_never_exceeds_the_sum_of_the_lines_and_is_reached_on_its_day(lines):
    peak = peak_exposure(lines)
    assert peak.amount <= sum(line.amount for line in lines)
    assert peak.on is None or exposure_on(lines, peak.on) == peak.amount


@given(schedules())
def test_steps_agree_with_every_day(lines):
    end = FIRST_DAY + timedelta(days=560)
    days = list(daily_exposure(lines, FIRST_DAY, end))
    assert len(days) == 561
    assert days == [exposure_on(lines, FIRST_DAY + timedelta(days=k)) for k in range(561)]
    assert peak_exposure(lines).amount == max(days)


@given(schedules())
def test_steps_only_tell_changes_and_end_at_zero(lines):
    amounts = [Decimal(0), *(step.amount for step in exposure_steps(lines))]
    assert amounts[-1] == 0
    assert all(before != after for before, after in pairwise(amounts))


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-12-01", 12, "2027-12-01"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2027-12-31", 2, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2028-02-29", 48, "2032-02-29"),
        ("2027-01-31", 1, "2027-02-28"),
        ("2027-01-31", 3, "2027-04-30"),
        ("2027-03-31", -1, "2027-02-28"),
        ("2027-01-15", -1, "2026-12-15"),
        ("2027-08-30", 6, "2028-02-29"),
        ("2027-06-15", 0, "2027-06-15"),
    ],
)
def test_months_are_calendar_months_and_clamp_to_the_last_day(start, months, end):
    assert add_months(date.fromisoformat(start), months) == date.fromisoformat(end)


@pytest.mark.parametrize(
    ("start", "end", "within"),
    [
        ("2026-12-01", "2027-12-01", True),
        ("2026-12-01", "2027-12-02", False),
        ("2028-02-29", "2029-02-28", True),
        ("2028-02-29", "2029-03-01", False),
        ("2026-12-01", "2026-11-30", True),
    ],
)
def test_twelve_months_end_on_the_same_day_included(start, end, within):
    assert is_within_months(date.fromisoformat(start), date.fromisoformat(end), 12) is within


def test_what_is_at_stake_for_the_reference_seller():
    figures = SellerFigures(Decimal("14200000.00"), Decimal("1150000.00"), Decimal("780000.00"), Decimal("1840000.00"))
    assert what_is_at_stake(Decimal("1480000.00"), figures) == Stake(
        Decimal("0.1042"), Decimal("1.2870"), Decimal("0.5649")
    )


def test_a_figure_that_is_missing_zero_or_negative_says_nothing():
    nothing = Stake(None, None, None)
    assert what_is_at_stake(Decimal("1480000.00"), SellerFigures()) == nothing
    figures = SellerFigures(Decimal(0), Decimal("-5"), Decimal("780000"), None)
    assert what_is_at_stake(Decimal("1480000.00"), figures) == nothing

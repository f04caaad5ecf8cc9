"""The geometry of the charts: literal places for the reference case, laws for everything else."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unlockfocus import charts
from unlockfocus.charts import NARROW, WIDE, Frame, amount_ticks, exposure_chart, gauge, stacked_bar, waterfall


@dataclass(frozen=True)
class Step:
    on: date
    amount: Decimal


@dataclass(frozen=True)
class Price:
    expected: Decimal
    selection: Decimal
    capital: Decimal
    expenses: Decimal
    technical: Decimal
    options: Decimal
    net_premium: Decimal
    tax: Decimal
    to_pay: Decimal


CASE = [
    Step(date(2027, 7, 1), Decimal("1110000.00")),
    Step(date(2027, 8, 16), Decimal("1480000.00")),
    Step(date(2027, 9, 30), Decimal("370000.00")),
    Step(date(2027, 11, 15), Decimal(0)),
]
START, END = date(2026, 12, 1), date(2027, 11, 14)

amounts = st.decimals(min_value=Decimal("1"), max_value=Decimal("999999999999.99"), places=2)
frames = st.sampled_from([WIDE, NARROW])


@st.composite
def schedules(draw: st.DrawFn) -> list[Step]:
    """One to forty changes on different days, the last one to zero."""
    gaps = draw(st.lists(st.integers(min_value=1, max_value=60), min_size=1, max_size=40))
    days = [date(2026, 12, 1) + timedelta(days=sum(gaps[: index + 1])) for index in range(len(gaps))]
    sums = [draw(amounts) for _ in days]
    return [*map(Step, days, sums), Step(days[-1] + timedelta(days=draw(st.integers(1, 90))), Decimal(0))]


def points(text: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (point.split(",") for point in text.split())]


def drawn(steps: list[Step], frame: Frame, **options: Any) -> charts.ExposureChart:
    """The chart of steps that have at least one day to show."""
    chart = exposure_chart(steps, frame, **options)
    assert chart is not None
    return chart


# --- Exposure ---------------------------------------------------------------------------------------------------------


def test_the_case_is_drawn_in_its_steps() -> None:
    chart = drawn(CASE, WIDE, limit=Decimal("1480000.00"), start=START, end=END)
    assert chart.forecast is not None
    assert chart.peak is not None
    assert chart.limit is not None
    # 349 days on 566 units from x = 62; 1,480,000 on 202 units down from y = 74.
    assert chart.forecast.line == (
        "62,276 405.8,276 405.8,124.5 480.4,124.5 480.4,74 553.4,74 553.4,225.5 628,225.5 628,276"
    )
    assert (chart.peak.x, chart.peak.y, chart.peak.amount, chart.peak.on, chart.peak.anchor) == (
        480.4, 74.0, Decimal("1480000.00"), date(2027, 8, 16), "end",
    )  # fmt: skip
    assert (chart.limit.y, chart.limit.words_x, chart.limit.anchor) == (74.0, 66, "start")
    assert [tick.amount for tick in chart.amounts] == [Decimal(0), Decimal(500000), Decimal(1000000)]
    assert [(tick.on.month, tick.year) for tick in chart.days] == [
        (12, True), (1, True), (2, False), (3, False), (4, False), (5, False),
        (6, False), (7, False), (8, False), (9, False), (10, False), (11, False),
    ]  # fmt: skip
    assert chart.above_limit == ()


def test_what_is_above_the_limit_is_boxed() -> None:
    chart = drawn(CASE, WIDE, limit=Decimal("1200000.00"), start=START, end=END)
    assert chart.above_limit == (charts.Box(480.4, 74.0, 73.0, 38.2),)


def test_the_actual_curve_stops_today() -> None:
    actual = [Step(date(2027, 7, 19), Decimal("1110000.00"))]
    chart = drawn(CASE, WIDE, start=START, end=END, actual=actual, today=date(2027, 8, 16))
    assert chart.actual is not None
    assert chart.actual.line == "62,276 435,276 435,124.5 480.4,124.5"
    assert chart.actual.end == (480.4, 124.5)


def test_without_days_there_is_no_chart_and_without_amounts_no_peak() -> None:
    assert exposure_chart([], WIDE, limit=Decimal(1000)) is None
    empty = drawn([], NARROW, limit=Decimal(1000), start=START, end=END)
    assert (empty.peak, empty.forecast, empty.actual) == (None, None, None)


def test_one_day_and_one_euro_fill_the_plot() -> None:
    chart = drawn([Step(date(2027, 7, 1), Decimal("1.00")), Step(date(2027, 7, 2), Decimal(0))], WIDE)
    assert chart.forecast is not None
    assert chart.forecast.line == "62,276 62,74 628,74 628,276"
    assert [(tick.on, tick.unit) for tick in chart.days] == [(date(2027, 7, 1), "day")]


def test_an_order_of_two_months_is_marked_in_days() -> None:
    steps = [Step(date(2027, 1, 10), Decimal(5)), Step(date(2027, 2, 20), Decimal(0))]
    chart = drawn(steps, NARROW)
    assert [tick.on for tick in chart.days] == [date(2027, 1, 10), date(2027, 1, 24), date(2027, 2, 7)]


@given(schedules(), frames, st.none() | amounts)
def test_nothing_leaves_the_plot_and_time_only_goes_right(
    steps: list[Step], frame: Frame, limit: Decimal | None
) -> None:
    chart = drawn(steps, frame, limit=limit)
    assert chart.forecast is not None
    line = points(chart.forecast.line)
    assert [x for x, _ in line] == sorted(x for x, _ in line)
    assert all(frame.left <= x <= frame.plot_right and frame.top <= y <= frame.floor for x, y in line)
    for box in chart.above_limit:
        assert box.width >= 0
        assert frame.left <= box.x <= frame.plot_right
        assert frame.top <= box.y <= box.y + box.height <= frame.floor + 0.1


@given(schedules(), frames, st.none() | amounts)
def test_no_words_leave_the_sheet_or_stand_on_each_other(
    steps: list[Step], frame: Frame, limit: Decimal | None
) -> None:
    chart = drawn(steps, frame, limit=limit)
    assert chart.peak is not None
    left = chart.peak.words_x - (frame.peak_words if chart.peak.anchor == "end" else 0)
    assert 0 <= left <= left + frame.peak_words <= frame.width
    # A tick takes at most 36 units ("28 Sept") and neighbours do not touch.
    marks = [tick.x for tick in chart.days]
    assert 1 <= len(marks) <= frame.month_labels
    assert all(after - before >= 36 for before, after in pairwise(marks))
    assert all(frame.top <= tick.y <= frame.floor for tick in chart.amounts)
    assert 2 <= len(chart.amounts) <= 6


@given(schedules(), frames)
def test_the_peak_is_the_first_of_the_greatest(steps: list[Step], frame: Frame) -> None:
    chart = drawn(steps, frame)
    assert chart.peak is not None
    assert chart.peak.amount == max(step.amount for step in steps)
    assert chart.peak.y == frame.top
    assert chart.peak.on == min(step.on for step in steps if step.amount == chart.peak.amount)


@pytest.mark.parametrize(
    ("ceiling", "ticks"),
    [
        ("1480000", ["0", "500000", "1000000"]),
        ("1", ["0", "0.25", "0.50", "0.75", "1.00"]),
        ("999999999999.99", ["0", "250000000000", "500000000000", "750000000000"]),
        ("8000", ["0", "2000", "4000", "6000", "8000"]),
    ],
)
def test_amounts_on_the_axis_are_round(ceiling: str, ticks: list[str]) -> None:
    assert list(amount_ticks(Decimal(ceiling))) == [Decimal(tick) for tick in ticks]


# --- Price ------------------------------------------------------------------------------------------------------------


def price(**changes: str) -> Price:
    lines = {
        "expected": "3272.24", "selection": "2454.18", "capital": "11730.47", "expenses": "7800.00",
        "technical": "31571.11", "options": "0.00", "net_premium": "31571.11", "tax": "0.00", "to_pay": "31571.11",
    }  # fmt: skip
    return Price(**{name: Decimal(value) for name, value in (lines | changes).items()})


def test_commission_and_margin_is_what_the_four_costs_leave() -> None:
    parts = charts.price_parts(price())
    assert parts["commission_and_margin"] == Decimal("6314.22")
    assert sum(parts.values()) == Decimal("31571.11")


def test_a_minimum_premium_shows_what_was_added_to_reach_it() -> None:
    parts = charts.price_parts(
        price(technical="8000.00", options="-800.00", net_premium="10000.00", tax="900.00", to_pay="10900.00",
              expected="1000.00", selection="750.00", capital="1250.00", expenses="3400.00")
    )  # fmt: skip
    assert parts["commission_and_margin"] == Decimal("1600.00")
    assert parts["up_to_minimum"] == Decimal("2800.00")
    assert sum(parts.values()) == Decimal("10900.00")


def test_a_bar_is_cut_in_proportion_and_each_part_leads_to_its_row() -> None:
    bar = stacked_bar([Decimal(30), Decimal(0), Decimal(10), Decimal(-4)])
    assert bar.height == 160
    first, second, third, cut = bar.segments
    assert first == charts.Segment(0.0, 118.5, "44,60 52,60 78,20 88,20", 1)
    assert second is None
    assert third is not None
    assert (third.y, third.height, third.shade) == (120.0, 38.5, 3)
    assert cut is not None
    assert (cut.y, cut.height, cut.shade) == (144.0, 14.5, 0)


@given(st.lists(st.decimals(min_value=-(10**9), max_value=10**12, places=2), min_size=1, max_size=8))
def test_no_part_of_a_bar_leaves_it(parts: list[Decimal]) -> None:
    bar = stacked_bar(parts)
    assert len(bar.segments) == len(parts)
    for segment in filter(None, bar.segments):
        assert 0 <= segment.y <= bar.height
        assert segment.height >= 0.5
        assert segment.y + segment.height <= bar.height + 0.6
        assert points(segment.leader)[-1][0] == bar.width


# --- Score and gauge --------------------------------------------------------------------------------------------------


def test_a_waterfall_falls_from_where_the_last_bar_ended() -> None:
    fall = waterfall([Decimal("3.00"), Decimal("1.00"), Decimal("-2.00")])
    assert fall.sum == Decimal("2.00")
    assert [(bar.x, bar.width, bar.direction) for bar in fall.falls] == [
        (0.0, 750.0, "up"), (750.0, 250.0, "up"), (500.0, 500.0, "down"),
    ]  # fmt: skip
    assert (fall.total.x, fall.total.width, fall.zero) == (0.0, 500.0, 0.0)


def test_a_score_below_zero_moves_zero_into_the_sheet() -> None:
    fall = waterfall([Decimal("1.00"), Decimal("-4.00")])
    assert fall.zero == 750.0
    assert (fall.total.x, fall.total.width) == (0.0, 750.0)


@given(st.lists(st.decimals(min_value=-20, max_value=20, places=4), min_size=1, max_size=12))
def test_a_waterfall_ends_at_the_sum(contributions: list[Decimal]) -> None:
    fall = waterfall(contributions)
    assert fall.sum == sum(contributions)
    assert fall.falls[-1].after == fall.total.after
    assert all(before.after == after.before for before, after in pairwise(fall.falls))
    assert all(bar.x >= -0.1 and bar.x + bar.width <= 1000.1 for bar in (*fall.falls, fall.total))


def test_a_gauge_beyond_its_limit_keeps_the_limit_in_sight() -> None:
    assert gauge(Decimal(370), Decimal(1480)) == charts.Gauge(250.0, 1000.0, Decimal("0.25"))
    assert gauge(Decimal(2000), Decimal(1500)) == charts.Gauge(1000.0, 750.0, Decimal(2000) / Decimal(1500))
    assert gauge(Decimal(5), Decimal(0)) == charts.Gauge(1000.0, 0.0, Decimal(0))


# --- Bins -------------------------------------------------------------------------------------------------------------


def test_two_bins_stand_side_by_side_with_their_words_out_of_the_way() -> None:
    chart = charts.bin_chart((0.25, 0.75), (0.30, 0.50))
    first, second = chart.bins
    assert (chart.width, chart.height, chart.floor) == (340, 168, 138)
    assert first.bar == charts.Box(4.0, 99.3, 162.0, 38.7)
    # 91.6 is where words over a bar of 99.3 would stand: they move above the line.
    assert (first.expected_y, first.words_y, first.right) == (91.6, 86.6, 170.0)
    assert (second.bar.y, second.expected_y, second.words_y) == (22.0, 60.7, 17.0)


def test_bins_without_anything_in_them_are_flat() -> None:
    assert [each.bar.height for each in charts.bin_chart((0, 0), (0, 0)).bins] == [0, 0]


shares = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=8)


@given(shares)
def test_bins_and_their_words_stay_on_the_sheet(pairs: list[tuple[float, float]]) -> None:
    chart = charts.bin_chart(*zip(*pairs, strict=True))
    for each in chart.bins:
        assert 0 <= each.bar.x <= each.bar.x + each.bar.width <= chart.width
        assert charts.BINS_TOP <= each.bar.y <= each.bar.y + each.bar.height <= chart.floor + 0.1
        assert charts.BINS_TOP <= each.expected_y <= chart.floor
        assert 10 < each.words_y < chart.floor

"""Where the lines of a chart go: plain values in, coordinates out. Pure; the words are put in by the templates.

Coordinates are SVG user units with y downwards, rounded to a tenth. Amounts are EUR.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate, groupby, pairwise
from typing import Literal, Protocol

Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]


class Step(Protocol):
    """From the day `on`, until the next step, the amount is `amount`."""

    @property
    def on(self) -> date: ...
    @property
    def amount(self) -> Decimal: ...


class PriceLines(Protocol):
    """The lines of a price; see section "Price" of the rules."""

    @property
    def expected(self) -> Decimal: ...
    @property
    def selection(self) -> Decimal: ...
    @property
    def capital(self) -> Decimal: ...
    @property
    def expenses(self) -> Decimal: ...
    @property
    def technical(self) -> Decimal: ...
    @property
    def options(self) -> Decimal: ...
    @property
    def net_premium(self) -> Decimal: ...
    @property
    def tax(self) -> Decimal: ...
    @property
    def to_pay(self) -> Decimal: ...


# --- Exposure: steps over days, and a limit ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Frame:
    """The sheet a chart is drawn on: outer size, margins around the plot, and what fits along the axes.

    Above the plot there is a band for the words of the peak (two lines) and, under it, one line for the limit.
    """

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    month_labels: int
    day_labels: int
    peak_words: float

    @property
    def plot_right(self) -> float:
        return self.width - self.right

    @property
    def floor(self) -> float:
        return self.height - self.bottom


WIDE = Frame(640, 320, left=62, right=12, top=74, bottom=44, month_labels=13, day_labels=9, peak_words=190)
NARROW = Frame(340, 300, left=54, right=6, top=72, bottom=42, month_labels=5, day_labels=4, peak_words=175)


@dataclass(frozen=True)
class AmountTick:
    """A horizontal line of the grid."""

    y: float
    amount: Decimal


@dataclass(frozen=True)
class DayTick:
    """A mark under the plot, named by its day or its month, and by its year where a year begins to be shown."""

    x: float
    on: date
    unit: Literal["day", "month"]
    year: bool
    anchor: Anchor


@dataclass(frozen=True)
class Peak:
    """The greatest amount and the first day it is reached, with the place for its words."""

    x: float
    y: float
    amount: Decimal
    on: date
    words_x: float
    anchor: Anchor


@dataclass(frozen=True)
class LimitLine:
    """The limit, its words on the side where the peak is not."""

    y: float
    amount: Decimal
    words_x: float
    anchor: Anchor


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Curve:
    """A step curve as an outline and as the area under it, in the notation of SVG `points`."""

    line: str
    area: str
    end: Point


@dataclass(frozen=True)
class ExposureChart:
    """Everything to draw an exposure on one frame."""

    frame: Frame
    amounts: tuple[AmountTick, ...]
    days: tuple[DayTick, ...]
    forecast: Curve | None
    actual: Curve | None
    peak: Peak | None
    limit: LimitLine | None
    above_limit: tuple[Box, ...]


def exposure_chart(
    steps: Sequence[Step],
    frame: Frame,
    *,
    limit: Decimal | None = None,
    start: date | None = None,
    end: date | None = None,
    actual: Sequence[Step] = (),
    today: date | None = None,
) -> ExposureChart | None:
    """Exposure from `start` to `end`, both included and widened to hold every step; None without any day to show.

    `steps` and `actual` hold changes only, in the order of their days. The actual curve stops at `today`, or at its
    last step.
    """
    scale = _Scale.over(frame, [*steps, *actual], limit, start, end)
    if scale is None:
        return None
    peak = _peak(steps, scale)
    return ExposureChart(
        frame=frame,
        amounts=tuple(AmountTick(scale.y(amount), amount) for amount in amount_ticks(scale.ceiling)),
        days=tuple(_day_ticks(scale)),
        forecast=_curve(steps, scale, scale.after),
        actual=_curve(actual, scale, _actual_end(actual, today, scale)),
        peak=peak,
        limit=_limit_line(limit, peak, scale),
        above_limit=tuple(_above(limit, steps, scale)),
    )


@dataclass(frozen=True)
class _Scale:
    """From days and amounts to coordinates; `after` is the day after the last one shown."""

    frame: Frame
    first: date
    after: date
    ceiling: Decimal

    @classmethod
    def over(
        cls, frame: Frame, steps: Sequence[Step], limit: Decimal | None, start: date | None, end: date | None
    ) -> "_Scale | None":
        firsts = [step.on for step in steps] + ([start] if start else [])
        afters = [step.on for step in steps] + ([end + timedelta(days=1)] if end else [])
        if not firsts or not afters:
            return None
        first = min(firsts)
        after = max([*afters, first + timedelta(days=1)])
        return cls(frame, first, after, max([step.amount for step in steps] + [limit or Decimal(0)]) or Decimal(1))

    def x(self, day: date) -> float:
        share = (day - self.first).days / (self.after - self.first).days
        return round(self.frame.left + share * (self.frame.plot_right - self.frame.left), 1)

    def y(self, amount: Decimal) -> float:
        return round(self.frame.floor - float(amount / self.ceiling) * (self.frame.floor - self.frame.top), 1)


def _curve(steps: Sequence[Step], scale: _Scale, until: date) -> Curve | None:
    """The step curve from the first day shown to the start of `until`."""
    shown = [step for step in steps if step.on <= until]
    if not shown:
        return None
    points: list[Point] = [(scale.x(scale.first), scale.y(Decimal(0)))]
    for step in shown:
        points += [(scale.x(step.on), points[-1][1]), (scale.x(step.on), scale.y(step.amount))]
    points.append((scale.x(until), points[-1][1]))
    floor = scale.frame.floor
    return Curve(_points(points), _points([*points, (points[-1][0], floor), (points[0][0], floor)]), points[-1])


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{x:g},{y:g}" for (x, y), _ in groupby(points))


def _actual_end(actual: Sequence[Step], today: date | None, scale: _Scale) -> date:
    last = max((step.on for step in actual), default=scale.first)
    return min(max(today, last) if today else last, scale.after)


def _peak(steps: Sequence[Step], scale: _Scale) -> Peak | None:
    """The first step of the greatest amount; its words lean to the side with room and never leave the sheet."""
    highest = max(steps, key=lambda step: step.amount, default=None)
    if highest is None or not highest.amount:
        return None
    frame, x = scale.frame, scale.x(highest.on)
    anchor: Anchor = "start" if x < (frame.left + frame.plot_right) / 2 else "end"
    words_x = min(x, frame.width - frame.peak_words) if anchor == "start" else max(x, frame.peak_words)
    return Peak(x, scale.y(highest.amount), highest.amount, highest.on, round(words_x, 1), anchor)


def _limit_line(limit: Decimal | None, peak: Peak | None, scale: _Scale) -> LimitLine | None:
    if not limit:
        return None
    peak_is_right = peak is not None and peak.anchor == "end"
    words_x = scale.frame.left + 4 if peak_is_right else scale.frame.plot_right
    return LimitLine(scale.y(limit), limit, words_x, "start" if peak_is_right else "end")


def _above(limit: Decimal | None, steps: Sequence[Step], scale: _Scale) -> Iterator[Box]:
    """What the limit does not cover: one box for each stretch of days above it."""
    if not limit or not steps:
        return
    ends = [step.on for step in steps[1:]] + [scale.after]
    for step, end in zip(steps, ends, strict=True):
        if step.amount > limit and end > step.on:
            x, y = scale.x(step.on), scale.y(step.amount)
            yield Box(x, y, round(scale.x(end) - x, 1), round(scale.y(limit) - y, 1))


def amount_ticks(ceiling: Decimal, count: int = 4) -> tuple[Decimal, ...]:
    """Round amounts from zero up to `ceiling`, about `count` of them, one, two, two and a half or five apart."""
    raw = ceiling / count
    magnitude = Decimal(1).scaleb(raw.adjusted())
    step = next(magnitude * nice for nice in (1, 2, Decimal("2.5"), 5, 10) if magnitude * nice >= raw)
    return tuple(step * index for index in range(int(ceiling / step) + 1))


MONTHS_APART = (1, 2, 3, 6, 12, 24, 60, 120)
DAYS_APART = (1, 2, 5, 7, 14, 21, 28)


def _day_ticks(scale: _Scale) -> Iterator[DayTick]:
    months = list(_first_days_of_months(scale.first, scale.after))
    if len(months) < 3:
        return _ticks_by_day(scale)
    return _ticks_by_month(months, scale)


def _first_days_of_months(first: date, after: date) -> Iterator[date]:
    year, month = first.year, first.month
    while (day := date(year, month, 1)) < after:
        if day >= first:
            yield day
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def _ticks_by_day(scale: _Scale) -> Iterator[DayTick]:
    days = (scale.after - scale.first).days
    apart = next((gap for gap in DAYS_APART if days <= gap * scale.frame.day_labels), DAYS_APART[-1])
    return _ticks([scale.first + timedelta(days=offset) for offset in range(0, days, apart)], "day", scale)


def _ticks_by_month(months: list[date], scale: _Scale) -> Iterator[DayTick]:
    apart = next((gap for gap in MONTHS_APART if len(months) <= gap * scale.frame.month_labels), MONTHS_APART[-1])
    return _ticks([day for day in months if (day.year * 12 + day.month - 1) % apart == 0], "month", scale)


def _ticks(days: list[date], unit: Literal["day", "month"], scale: _Scale) -> Iterator[DayTick]:
    for before, on in zip([None, *days], days, strict=False):
        x = scale.x(on)
        yield DayTick(x, on, unit, before is None or before.year != on.year, _tick_anchor(x, scale.frame))


def _tick_anchor(x: float, frame: Frame) -> Anchor:
    """Centred under its mark, except where the words would leave the sheet."""
    return "end" if x + 22 > frame.width else "middle"


# --- Price: one stacked bar beside its sum ----------------------------------------------------------------------------

PRICE_PARTS = (
    "expected", "selection", "capital", "expenses", "commission_and_margin", "options", "up_to_minimum", "tax",
)  # fmt: skip


def price_parts(price: PriceLines) -> dict[str, Decimal]:
    """The parts of a price in the order of PRICE_PARTS; they add up to the amount to pay, to the cent.

    Commission and margin is what the technical price holds beyond its four costs; a minimum premium, when it applies,
    is what had to be added to reach it.
    """
    costs = price.expected + price.selection + price.capital + price.expenses
    amounts = (
        price.expected, price.selection, price.capital, price.expenses, price.technical - costs,
        price.options, price.net_premium - price.technical - price.options, price.tax,
    )  # fmt: skip
    return dict(zip(PRICE_PARTS, amounts, strict=True))


BAR_WIDTH = 44
STACK_WIDTH = 88
ROW_HEIGHT = 40
GAP = 1.5


@dataclass(frozen=True)
class Segment:
    """One part of a stacked bar and the line that leads from it to its row; `shade` counts from 1, 0 is a deduction."""

    y: float
    height: float
    leader: str
    shade: int


@dataclass(frozen=True)
class StackedBar:
    """A bar as tall as the rows beside it; one segment per row, None where the row's amount is nothing."""

    width: float
    height: float
    segments: tuple[Segment | None, ...]


def stacked_bar(amounts: Sequence[Decimal]) -> StackedBar:
    """The positive amounts stacked from the top; a negative one is cut out of the foot of the bar."""
    height = ROW_HEIGHT * len(amounts)
    gross = sum((amount for amount in amounts if amount > 0), Decimal(0)) or Decimal(1)
    tops = accumulate((max(amount, Decimal(0)) for amount in amounts), initial=Decimal(0))
    segments = tuple(
        _segment(index, amount, float((gross + amount if amount < 0 else top) / gross), gross, height)
        for index, (amount, top) in enumerate(zip(amounts, tops, strict=False))
    )
    return StackedBar(STACK_WIDTH, height, segments)


def _segment(index: int, amount: Decimal, top: float, gross: Decimal, height: float) -> Segment | None:
    if not amount:
        return None
    y = max(top, 0) * height
    tall = min(float(abs(amount) / gross), 1) * height
    middle, row = y + tall / 2, ROW_HEIGHT * (index + 0.5)
    leader = _points(
        [(BAR_WIDTH, round(middle, 1)), (BAR_WIDTH + 8, round(middle, 1)), (STACK_WIDTH - 10, row), (STACK_WIDTH, row)]
    )
    return Segment(round(y, 1), round(max(tall - GAP, 0.5), 1), leader, index + 1 if amount > 0 else 0)


# --- Score: a waterfall whose rows are bars ---------------------------------------------------------------------------

ROW_WIDTH = 1000


@dataclass(frozen=True)
class Fall:
    """One row of a waterfall, in thousandths of the width: a bar between the sum before and the sum after."""

    x: float
    width: float
    before: float
    after: float
    direction: Literal["up", "down", "total"]


@dataclass(frozen=True)
class Waterfall:
    """The rows in order and the total; `zero` is where nothing has been added yet."""

    falls: tuple[Fall, ...]
    total: Fall
    sum: Decimal
    zero: float


def waterfall(contributions: Sequence[Decimal], start: Decimal = Decimal(0)) -> Waterfall:
    """Each contribution from where the one before it ended; the total from zero. `start` is where the first begins."""
    levels = list(accumulate(contributions, initial=start))
    low, high = min([*levels, Decimal(0)]), max([*levels, Decimal(0)])
    span = high - low or Decimal(1)

    def x(level: Decimal) -> float:
        return round(float((level - low) / span) * ROW_WIDTH, 1)

    falls = tuple(_fall(x(a), x(b), "up" if b >= a else "down") for a, b in pairwise(levels))
    return Waterfall(falls, _fall(x(Decimal(0)), x(levels[-1]), "total"), levels[-1], x(Decimal(0)))


def _fall(before: float, after: float, direction: Literal["up", "down", "total"]) -> Fall:
    return Fall(min(before, after), round(abs(after - before), 1), before, after, direction)


# --- Gauge: one amount against another --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gauge:
    """A bar in thousandths of the width: how far it is filled, and where the limit stands."""

    used: float
    limit: float
    share: Decimal


def gauge(used: Decimal, limit: Decimal) -> Gauge:
    """`used` against `limit`, which moves inside the bar when passed. `share` is a fraction of the limit."""
    widest = max(used, limit) or Decimal(1)
    share = used / limit if limit else Decimal(0)
    return Gauge(round(float(used / widest) * ROW_WIDTH, 1), round(float(limit / widest) * ROW_WIDTH, 1), share)


# --- Bins: the share found in each, and the share expected there ------------------------------------------------------

BINS_WIDTH, BINS_HEIGHT = 340.0, 168.0
BINS_TOP, BINS_FLOOR = 22.0, 138.0
BIN_GAP = 4.0
WORDS_GAP, WORDS_HEIGHT = 5.0, 18.0


@dataclass(frozen=True)
class Bin:
    """One bin: the bar of what was found, the line of what was expected, and where its words stand."""

    bar: Box
    expected_y: float
    middle: float
    words_y: float
    right: float


@dataclass(frozen=True)
class BinChart:
    """Bins side by side, from the lowest values to the highest; all on one scale."""

    width: float
    height: float
    floor: float
    bins: tuple[Bin, ...]


def bin_chart(found: Sequence[float], expected: Sequence[float]) -> BinChart:
    """Shares (fractions) found and expected in each bin; raises ValueError for different numbers of them."""
    shares = list(zip(found, expected, strict=True))
    top = max([share for pair in shares for share in pair], default=0) or 1
    width = BINS_WIDTH / (len(shares) or 1)
    return BinChart(
        BINS_WIDTH,
        BINS_HEIGHT,
        BINS_FLOOR,
        tuple(_bin(index * width, width, one / top, other / top) for index, (one, other) in enumerate(shares)),
    )


def _bin(x: float, width: float, found: float, expected: float) -> Bin:
    """`found` and `expected` as fractions of the highest. The words stand on the bar, or on a line in their way."""
    tall = BINS_FLOOR - BINS_TOP
    y, line = round(BINS_FLOOR - found * tall, 1), round(BINS_FLOOR - expected * tall, 1)
    bar = Box(round(x + BIN_GAP, 1), y, round(width - 2 * BIN_GAP, 1), round(BINS_FLOOR - y, 1))
    foot = line if y - WORDS_HEIGHT < line < y else y
    return Bin(bar, line, round(x + width / 2, 1), round(foot - WORDS_GAP, 1), round(x + width, 1))

"""A drift report in words and tones, as the staff's page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from underwriting.models import DriftReport
from underwriting.ratio_words import Text, is_fraction, ratio_name
from underwriting.scoring import drift
from underwriting.words import CARDS, version_name
from unlockfocus import charts
from unlockfocus.templatetags.face import number, percent

SHIFTS: dict[str, tuple[Text, str]] = {
    "too_few": (gettext_lazy("too few buyers"), "neutral"),
    "stable": (gettext_lazy("stable"), "good"),
    "watch": (pgettext_lazy("drift", "watch"), "caution"),
    "act": (pgettext_lazy("drift", "act"), "danger"),
}
HOLDINGS: dict[str, tuple[Text, str]] = {
    "too_few": (gettext_lazy("too few files"), "neutral"),
    "within": (gettext_lazy("as expected"), "good"),
    "above": (gettext_lazy("more than expected"), "danger"),
    "below": (gettext_lazy("fewer than expected"), "caution"),
}
UNITS: dict[str, Text] = {
    "defensive_days": gettext_lazy("days"),
    "size": gettext_lazy("million euros of 2010"),
}
TIMES = gettext_lazy("times")


@dataclass(frozen=True)
class BinRow:
    """One bin: its range in words, the shares expected and found (fractions), and how many buyers."""

    words: str
    expected: Decimal
    found: Decimal
    count: int


@dataclass(frozen=True)
class ShownRatio:
    """A ratio with its verdict, and its chart when somebody gives it. `edges` are the labels between the bins."""

    name: str
    unit: str
    index: str
    verdict: Text
    tone: str
    given: int
    missing: int
    missing_share: Decimal
    rows: list[BinRow]
    edges: list[str]
    chart: charts.BinChart | None

    @property
    def labelled(self) -> list[tuple[charts.Bin, BinRow]]:
        """Each bin of the chart with its row."""
        return list(zip(self.chart.bins, self.rows, strict=True)) if self.chart else []

    @property
    def marks(self) -> list[tuple[charts.Bin, str]]:
        """Each bin of the chart but the last, with the edge at its right."""
        return list(zip(self.chart.bins[:-1], self.edges, strict=True)) if self.chart else []


@dataclass(frozen=True)
class ShownCard:
    """A card with its ratios, in the order of the card."""

    name: str
    buyers: int
    ratios: list[ShownRatio]


@dataclass(frozen=True)
class MatrixRow:
    """How many buyers went from one grade to each grade shown; `kept` is the place of the same grade."""

    before: int
    counts: list[int]
    total: int
    kept: int


@dataclass(frozen=True)
class Matrix:
    """From one year's grade (rows) to the next year's (columns), over the grades that occur."""

    grades: list[int]
    rows: list[MatrixRow]
    pairs: int
    better: int
    same: int
    worse: int


@dataclass(frozen=True)
class ShownDefaults:
    """One grade (None: all): defaults expected and observed, and the interval of the rate (fractions)."""

    grade: int | None
    files: int
    expected: Decimal
    expected_rate: Decimal
    observed: int
    observed_rate: Decimal
    low: Decimal
    high: Decimal
    verdict: Text
    tone: str


@dataclass(frozen=True)
class Shown:
    """The whole report."""

    report: drift.Report
    measured: str
    in_force: str
    is_in_force: bool
    cards: list[ShownCard]
    matrix: Matrix | None
    defaults: list[ShownDefaults]


def show(row: DriftReport) -> Shown:
    """A kept report, told."""
    report = drift.report_from_dict(row.facts)
    model, version = report.in_force
    return Shown(
        report=report,
        measured=version_name(row.model, row.version),
        in_force=version_name(model, version),
        is_in_force=(model, version) == (row.model, row.version),
        cards=[_card(each) for each in report.cards],
        matrix=_matrix(report.moves),
        defaults=[_defaults(each) for each in (*report.grades, report.total)] if report.total.files else [],
    )


def headline(report: drift.Report) -> str:
    """What the ratios say, in one line: how many moved, of those that can be judged."""
    shifts = [ratio.shift for card in report.cards for ratio in card.ratios]
    judged = sum(each != "too_few" for each in shifts)
    if not judged:
        return _("Too few buyers to tell whether they have changed")
    acting, watched = shifts.count("act"), shifts.count("watch")
    if acting:
        text = ngettext(
            "%(count)d of %(judged)d ratios has moved: act", "%(count)d of %(judged)d ratios have moved: act", acting
        )
        return text % {"count": acting, "judged": judged}
    if watched:
        text = ngettext(
            "%(count)d of %(judged)d ratios is to be watched",
            "%(count)d of %(judged)d ratios are to be watched",
            watched,
        )
        return text % {"count": watched, "judged": judged}
    return _("The buyers resemble the companies behind the scorecard")


# --- Ratios -----------------------------------------------------------------------------------------------------------


def _card(card: drift.CardDrift) -> ShownCard:
    return ShownCard(str(CARDS[card.name]), card.buyers, [_ratio(each) for each in card.ratios] if card.buyers else [])


def _ratio(ratio: drift.RatioDrift) -> ShownRatio:
    verdict, tone = SHIFTS[ratio.shift]
    edges = [_edge(ratio.code, edge) for edge in ratio.edges]
    found = ratio.actual or (0.0,) * len(ratio.expected)
    return ShownRatio(
        name=ratio_name(ratio.code),
        unit="" if is_fraction(ratio.code) else str(UNITS.get(ratio.code, TIMES)),
        index="–" if ratio.index is None else number(Decimal(ratio.index), 3),
        verdict=verdict,
        tone=tone,
        given=ratio.given,
        missing=ratio.missing,
        missing_share=_exact(ratio.missing_share),
        rows=[
            BinRow(words, _exact(expected), _exact(share), count)
            for words, expected, share, count in zip(_ranges(edges), ratio.expected, found, ratio.counts, strict=True)
        ],
        edges=edges,
        chart=charts.bin_chart(found, ratio.expected) if ratio.given else None,
    )


def _edge(code: str, edge: float) -> str:
    exact = Decimal(repr(edge))
    return percent(exact) if is_fraction(code) else number(exact)


def _ranges(edges: Sequence[str]) -> list[str]:
    """The bins in words, the lowest first; each holds its lower edge."""
    if not edges:
        return [_("all")]
    between = [_("%(low)s to %(high)s") % {"low": low, "high": high} for low, high in pairwise(edges)]
    return [_("below %(edge)s") % {"edge": edges[0]}, *between, _("from %(edge)s on") % {"edge": edges[-1]}]


def _exact(share: float) -> Decimal:
    return Decimal(repr(share))


# --- Grades and defaults ----------------------------------------------------------------------------------------------


def _matrix(moves: Sequence[drift.Move]) -> Matrix | None:
    if not moves:
        return None
    found = {grade for move in moves for grade in (move.before, move.after)}
    grades = list(range(min(found), max(found) + 1))
    counts = {(move.before, move.after): move.count for move in moves}
    rows = [[counts.get((before, after), 0) for after in grades] for before in grades]
    return Matrix(
        grades=grades,
        rows=[
            MatrixRow(before, row, sum(row), kept)
            for kept, (before, row) in enumerate(zip(grades, rows, strict=True))
            if sum(row)
        ],
        pairs=sum(move.count for move in moves),
        better=sum(move.count for move in moves if move.after < move.before),
        same=sum(move.count for move in moves if move.after == move.before),
        worse=sum(move.count for move in moves if move.after > move.before),
    )


def _defaults(defaults: drift.GradeDefaults) -> ShownDefaults:
    verdict, tone = HOLDINGS[defaults.holding]
    low, high = defaults.interval
    return ShownDefaults(
        grade=defaults.grade,
        files=defaults.files,
        expected=defaults.expected,
        expected_rate=defaults.expected / defaults.files,
        observed=defaults.observed,
        observed_rate=Decimal(defaults.observed) / defaults.files,
        low=_exact(low),
        high=_exact(high),
        verdict=verdict,
        tone=tone,
    )

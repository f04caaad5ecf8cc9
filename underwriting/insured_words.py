"""What the insured may know of its buyer's score: a band of grades, reasons in words, what would help. No figure of it.

The accounts may have been given by somebody else, and debts overdue with other insureds are theirs to tell.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from underwriting.models import Analysis
from underwriting.outlook_words import REMEDIES
from underwriting.ratio_words import Text
from underwriting.scoring.outlook import outlook
from underwriting.scoring.result import Score
from underwriting.scoring_inputs import case_of
from underwriting.words import REASONS

# The worst grade of each band, with its name and the tone it is told in.
BANDS: tuple[tuple[int, Text, str], ...] = (
    (3, gettext_lazy("strong"), "good"),
    (6, gettext_lazy("sound"), "neutral"),
    (8, gettext_lazy("weak"), "caution"),
    (10, gettext_lazy("in distress"), "danger"),
)

# What a ratio of a scorecard means when it costs points, and when it brings some.
RATIOS: dict[str, tuple[Text, Text]] = {
    "net_profit_to_liabilities": (
        gettext_lazy("Little profit for its debts"),
        gettext_lazy("Good profit for its debts"),
    ),
    "cash_flow_to_short_liabilities": (
        gettext_lazy("Its cash flow covers little of its short-term debts"),
        gettext_lazy("Its cash flow covers much of its short-term debts"),
    ),
    "operating_margin": (gettext_lazy("A thin operating margin"), gettext_lazy("A comfortable operating margin")),
    "retained_earnings_to_assets": (REASONS["low_retained_earnings"], REASONS["strong_retained_earnings"]),
    "permanent_capital_to_assets": (
        gettext_lazy("Little long-term money behind its assets"),
        gettext_lazy("Much long-term money behind its assets"),
    ),
    "equity_to_liabilities": (REASONS["high_debt"], REASONS["low_debt"]),
    "current_ratio": (
        gettext_lazy("Current assets that barely cover its short-term debts"),
        gettext_lazy("Current assets well above its short-term debts"),
    ),
    "quick_assets_to_liabilities": (
        gettext_lazy("Little but inventories to pay its debts with"),
        gettext_lazy("Enough beside inventories to pay its debts with"),
    ),
    "defensive_days": (
        gettext_lazy("Cash and receivables for few days of costs"),
        gettext_lazy("Cash and receivables for many days of costs"),
    ),
    "operating_cost_to_short_liabilities": (
        gettext_lazy("Heavy short-term debts for its activity"),
        gettext_lazy("Light short-term debts for its activity"),
    ),
    "interest_cover": (gettext_lazy("Interest weighs on its result"), gettext_lazy("Interest is well covered")),
    "sales_growth": (gettext_lazy("Sales that stand still or fall"), gettext_lazy("Growing sales")),
    "size": (gettext_lazy("A small company"), gettext_lazy("A company of some size")),
}
STEPS: dict[str, Text] = {
    "accounts_age": gettext_lazy("Accounts that are no longer recent"),
    "unaudited": gettext_lazy("Accounts that are abridged or not audited"),
    "no_comparatives": gettext_lazy("Accounts of a single year"),
    "late_on_average": gettext_lazy("It pays you late"),
    "very_late_once": gettext_lazy("Its payment behaviour"),
    "overdue_now": gettext_lazy("Its payment behaviour"),
    "country_class": gettext_lazy("The risk of its country"),
    "negative_equity": gettext_lazy("Negative equity"),
    "insolvency": gettext_lazy("Insolvency proceedings"),
}
# What the insured can do; the rest is the buyer's affair with others.
HELPS = frozenset({"newer_accounts", "audited_accounts", "year_before"})
MOST = 3


@dataclass(frozen=True)
class Band:
    """`sound`, grades `best` to `worst`."""

    word: str
    tone: str
    best: int
    worst: int


@dataclass(frozen=True)
class Help:
    """What the insured can send, and the band it would lead to when that is another."""

    text: str
    band: Band | None


@dataclass(frozen=True)
class Assessment:
    """What the insured reads: `by_hand` when people graded the buyer in place of the model, whose reasons then rest."""

    band: Band
    by_hand: bool
    weighs: tuple[str, ...]
    supports: tuple[str, ...]
    helps: tuple[Help, ...]


def assessment(analysis: Analysis | None) -> Assessment | None:
    """What may be told of an analysis; None while the buyer has no grade."""
    grade = analysis.grade_in_use if analysis else None
    if analysis is None or grade is None:
        return None
    score = analysis.score
    if score is None or analysis.override:
        return Assessment(band_of(grade), by_hand=analysis.override is not None, weighs=(), supports=(), helps=())
    return Assessment(
        band=band_of(grade),
        by_hand=False,
        weighs=_weighs(score),
        supports=_supports(score),
        helps=_helps(analysis, grade),
    )


def band_of(grade: int) -> Band:
    """The band a grade lies in."""
    best = 1
    for worst, word, tone in BANDS:
        if grade <= worst:
            return Band(str(word), tone, best, worst)
        best = worst + 1
    raise ValueError(f"no grade: {grade}")


def _weighs(score: Score) -> tuple[str, ...]:
    """The steps after the model, then what cost most in it."""
    lost = [str(RATIOS[each.facts["ratio"]][0]) for each in score.reasons if each.code == "points_lost"]
    low = [str(REASONS[each.code]) for each in score.reasons if each.code.startswith(("low_", "high_debt"))]
    return _once([*(str(STEPS[each.code]) for each in score.overlays), *(low + lost)[:MOST]])


def _supports(score: Score) -> tuple[str, ...]:
    """What brought most; a card's ratio only when it brought points and lost few."""
    lost = {each.facts["ratio"] for each in score.reasons if each.code == "points_lost"}
    gains = sorted((each for each in score.factors if each.contribution > 0), key=lambda each: -each.contribution)
    brought = [str(RATIOS[each.code][1]) for each in gains if each.code not in lost] if score.card else []
    strong = [each for each in score.reasons if each.code.startswith(("strong_", "low_debt"))]
    return _once([*(str(REASONS[each.code]) for each in reversed(strong)), *brought][:MOST])


def _helps(analysis: Analysis, grade: int) -> tuple[Help, ...]:
    changes = [each for each in outlook(case_of(analysis.inputs)).remedies if each.remedy in HELPS]
    here = band_of(grade)
    bands = [(each.remedy, band_of(each.grade)) for each in changes]
    return tuple(Help(str(REMEDIES[remedy]), band if band != here else None) for remedy, band in bands)


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))

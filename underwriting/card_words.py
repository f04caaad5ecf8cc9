"""What the scorecard says of a buyer, in sentences an underwriter reads. It stands beside the model in force."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from underwriting.scoring.card_score import DISAGREEMENT, CardScore
from underwriting.scoring.scorecard import Line
from underwriting.words import MODELS, RATIOS, REFERRALS, Bar, Sentence, Text
from unlockfocus.templatetags.face import number, percent

NAMES: dict[str, Text] = {
    **RATIOS,
    "net_profit_to_liabilities": gettext_lazy("Net profit over liabilities"),
    "quick_assets_to_liabilities": gettext_lazy("Current assets without inventories over liabilities"),
    "size": gettext_lazy("Total assets"),
}
CARDS: dict[str, Text] = {
    "full": gettext_lazy("full card"),
    "short": gettext_lazy("short card, for abridged accounts"),
}
OPINIONS: dict[str, Text] = {
    "altman_z2": MODELS["altman-z2"],
    "zmijewski": gettext_lazy("Zmijewski"),
    "ohlson_partial": gettext_lazy("Ohlson, 7 of 9 terms"),
    "conan_holder_partial": gettext_lazy("Conan-Holder, 4 of 5 terms"),
    "poznan": gettext_lazy("Poznan"),
}
ZONES: dict[str, Text] = {
    "safe": gettext_lazy("safe"),
    "grey": gettext_lazy("in between"),
    "distress": gettext_lazy("distress"),
}
TONES = {"safe": "good", "grey": "neutral", "distress": "danger"}
DOUBTS: dict[str, Text] = {
    DISAGREEMENT: gettext_lazy("Most published formulas say the opposite: look closer."),
    "accounts_do_not_balance": REFERRALS["accounts_do_not_balance"],
}

FRACTIONS = frozenset(
    {"operating_margin", "retained_earnings_to_assets", "permanent_capital_to_assets", "sales_growth"}
)


@dataclass(frozen=True)
class View:
    """A published formula: its name, its value, and what its author would have said."""

    name: str
    value: str
    zone: str
    tone: str


@dataclass(frozen=True)
class Reading:
    """The score of the card with every line in words."""

    score: CardScore
    card: str
    bars: list[Bar]
    reasons: list[Sentence]
    opinions: list[View]


def read(score: CardScore) -> Reading:
    """The card's score, told."""
    scored = score.scored
    return Reading(
        score=score,
        card=str(CARDS[scored.card]),
        bars=[_bar(line) for line in scored.lines],
        reasons=[_lost(line) for line in scored.reasons] + _doubts(score),
        opinions=[
            View(str(OPINIONS[each.code]), number(Decimal(each.value), 2), str(ZONES[each.zone]), TONES[each.zone])
            for each in score.opinions
        ],
    )


def _bar(line: Line) -> Bar:
    note = _("not given: neither gains nor loses") if line.value is None else _told(line.code, line.value)
    return Bar(str(NAMES[line.code]), note, Decimal(line.points))


def _lost(line: Line) -> Sentence:
    """What a ratio lost against its best bin, and from where it would gain."""
    facts = {
        "ratio": NAMES[line.code],
        "value": _told(line.code, line.value or 0.0),
        "lost": line.lost,
        "edge": _told(line.code, line.next_edge or 0.0),
        "gain": line.gain,
    }
    text = _("%(ratio)s is %(value)s: %(lost)s points below the best; from %(edge)s on it would gain %(gain)s.")
    return Sentence(text % facts, "caution")


def _doubts(score: CardScore) -> list[Sentence]:
    return [Sentence(str(DOUBTS[code]), "danger") for code in score.reasons if code in DOUBTS]


def _told(code: str, value: float) -> str:
    """A value, or the edge of a bin, in the unit of its ratio."""
    exact = Decimal(repr(value))
    if code in FRACTIONS:
        return percent(exact, 1)
    if code == "defensive_days":
        return _("%(days)s days") % {"days": number(exact, 0)}
    if code == "size":
        return _("%(millions)s million euros of 2010") % {"millions": number(exact, 1)}
    return number(exact, 2)

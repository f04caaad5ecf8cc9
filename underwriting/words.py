"""What analyses hold as codes, in sentences an underwriter reads: factors, reasons, overlays, referrals, ratios."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.accounts import ITEMS
from applications.accounts_form import item_label
from underwriting.ratio_words import Text, peers_name, ratio_name, told
from underwriting.scoring.card_score import DISAGREEMENT
from underwriting.scoring.result import Factor, InsufficientAccounts, Overlay, Reason, Score
from underwriting.scoring.statement import IdentityCheck
from unlockfocus.templatetags.face import day, grade_word, number, percent

Facts = Mapping[str, str]

MODELS: dict[str, Text] = {
    "altman-z2": gettext_lazy("Altman's Z'' (emerging markets)"),
    "points": gettext_lazy("Scorecard"),
}
CARDS: dict[str, Text] = {
    "full": gettext_lazy("full card"),
    "short": gettext_lazy("short card, for abridged accounts"),
}

REASONS: dict[str, Text] = {
    "low_liquidity": gettext_lazy("Little working capital"),
    "strong_liquidity": gettext_lazy("Ample working capital"),
    "low_retained_earnings": gettext_lazy("Little profit kept in the company"),
    "strong_retained_earnings": gettext_lazy("Profits kept in the company"),
    "low_profitability": gettext_lazy("Low profitability"),
    "strong_profitability": gettext_lazy("Strong profitability"),
    "high_debt": gettext_lazy("Little equity for its debt"),
    "low_debt": gettext_lazy("Much equity for its debt"),
}

CHECKS: dict[str, Text] = {
    "assets": gettext_lazy("Total assets = fixed assets + current assets"),
    "balance": gettext_lazy("Total assets = equity + liabilities + provisions"),
    "liabilities": gettext_lazy("Total liabilities = long-term + short-term"),
    "parts": gettext_lazy("Current assets: no less than inventories, receivables and cash"),
}

REFERRALS: dict[str, Text] = {
    "accounts_too_old": gettext_lazy("The accounts are more than two years old: ask for newer ones."),
    "accounts_do_not_balance": gettext_lazy("The accounts do not add up: see the checks under the accounts."),
    DISAGREEMENT: gettext_lazy("Most published formulas say the opposite: look closer."),
}


@dataclass(frozen=True)
class Bar:
    """One row of the waterfall."""

    label: str
    note: str
    contribution: Decimal


@dataclass(frozen=True)
class Sentence:
    """Something to tell, and the tone it is told in: good, caution or danger."""

    text: str
    tone: str


def model_name(code: str) -> str:
    """`Altman's Z'' (emerging markets)` for `altman-z2`; a model without words keeps its code."""
    return str(MODELS.get(code, code))


def version_name(model: str, version: str) -> str:
    """`Scorecard 2026.1`."""
    return f"{model_name(model)} {version}"


def waterfall(score: Score) -> list[Bar]:
    """The factors of a score, the constant first, each with what made its points."""
    return [_bar(factor) for factor in sorted(score.factors, key=lambda factor: factor.code != "constant")]


def _bar(factor: Factor) -> Bar:
    if factor.code == "constant":
        return Bar(_("Constant of the model"), "", factor.contribution)
    if factor.value is None:
        note = _("not given: neither gains nor loses")
    elif factor.weight is None:
        note = told(factor.code, factor.value)
    else:
        note = f"{number(factor.value, 4)} × {number(factor.weight, 2)}"
    return Bar(ratio_name(factor.code), note, factor.contribution)


def points_name(score: Score) -> str:
    """What the total of the waterfall is called."""
    return _("Points") if score.card else "Z''"


def points_told(score: Score) -> str:
    """A card's points are whole numbers, a formula's have decimals."""
    return number(score.points, 0 if score.card else 2)


def card_name(score: Score) -> str:
    """Which of the cards ran; empty for a formula."""
    return str(CARDS[score.card]) if score.card else ""


# --- Why the score is what it is --------------------------------------------------------------------------------------


def reasons(score: Score) -> list[Sentence]:
    """What the score rests on, the costliest first."""
    return [_REASON_SPEAKERS.get(reason.code, _gap)(reason) for reason in score.reasons]


def _rating(reason: Reason) -> Sentence:
    facts = {"points": number(Decimal(reason.facts["points"]), 2), "rating": reason.facts["rating"]}
    return Sentence(_("%(points)s points stand for a rating of %(rating)s.") % facts, "neutral")


def _assumed(reason: Reason) -> Sentence:
    text = _("%(item)s was not given: a prudent figure was assumed.") % {"item": item_name(reason.facts["item"])}
    return Sentence(text, "caution")


def _gap(reason: Reason) -> Sentence:
    """A ratio against the median of healthy companies."""
    points = Decimal(reason.facts["points"])
    facts = {
        "what": REASONS[reason.code],
        "ratio": ratio_name(reason.facts["ratio"]),
        "value": number(Decimal(reason.facts["value"]), 2),
        "median": number(Decimal(reason.facts["median"]), 2),
        "points": number(abs(points), 2),
    }
    if points < 0:
        text = _("%(what)s: %(ratio)s is %(value)s against %(median)s in the median; this costs %(points)s points.")
        return Sentence(text % facts, "caution")
    text = _("%(what)s: %(ratio)s is %(value)s against %(median)s in the median; this brings %(points)s points.")
    return Sentence(text % facts, "good")


def _lost(reason: Reason) -> Sentence:
    """What a ratio lost on a scorecard: against its best bin, to the next bin, and against half of its peers."""
    facts, code = reason.facts, reason.facts["ratio"]
    head = {"ratio": ratio_name(code), "value": told(code, Decimal(facts["value"])), "lost": facts["lost"]}
    text = _("%(ratio)s is %(value)s: %(lost)s points below the best") % head
    if "edge" in facts:
        more = {"edge": told(code, float(facts["edge"])), "gain": facts["gain"]}
        text = _("%(loss)s; from %(edge)s on it would gain %(gain)s") % {"loss": text, **more}
    if facts.get("behind", "0") != "0":
        peers = {"median": told(code, float(facts["median"])), "behind": facts["behind"]}
        peers["peers"] = peers_name(facts["peers"])
        text = _("%(loss)s. Half of the %(peers)s have %(median)s or more, worth %(behind)s points more") % {
            "loss": text,
            **peers,
        }
    return Sentence(_("%(sentence)s.") % {"sentence": text}, "caution")


_REASON_SPEAKERS: dict[str, Callable[[Reason], Sentence]] = {
    "rating_equivalent": _rating,
    "assumed_item": _assumed,
    "points_lost": _lost,
}


def overlays(score: Score) -> list[str]:
    """The steps after the model, each with what triggered it and what it did to the PD."""
    return [_overlay(overlay) for overlay in score.overlays]


def _overlay(overlay: Overlay) -> str:
    step = {"why": _OVERLAY_SPEAKERS[overlay.code](overlay.facts), "before": percent(overlay.pd_before, 2)}
    if overlay.pd_after == overlay.pd_before:
        return _("%(why)s The PD stays at %(before)s.") % step
    return _("%(why)s The PD goes from %(before)s to %(after)s.") % {**step, "after": percent(overlay.pd_after, 2)}


def _accounts_age(facts: Facts) -> str:
    return _("The accounts are those of %(day)s.") % {"day": day(date.fromisoformat(facts["period_end"]))}


def _unaudited(facts: Facts) -> str:
    return _("The accounts are abridged.") if "abridged" in facts else _("The accounts are not audited.")


def _no_comparatives(facts: Facts) -> str:
    return _("The year before is missing.")


def _late_on_average(facts: Facts) -> str:
    return _("The buyer pays %(days)s days late on average, more than %(more_than)s.") % facts


def _very_late_once(facts: Facts) -> str:
    return _("The buyer once paid %(days)s days late, more than %(more_than)s: %(grades)s grades worse.") % facts


def _overdue_now(facts: Facts) -> str:
    text = _("A debt of the buyer to an insured is overdue for %(days)s days, more than %(more_than)s: %(worse)s.")
    count = int(facts["grades"])
    worse = ngettext("%(grades)s grade worse", "%(grades)s grades worse", count) % {"grades": count}
    return text % {**facts, "worse": worse}


def _insolvency(facts: Facts) -> str:
    opened = day(date.fromisoformat(facts["opened_on"]))
    return _("Insolvency proceedings were opened on %(day)s.") % {"day": opened}


def _country_class(facts: Facts) -> str:
    count = int(facts["grades"])
    text = ngettext(
        "The buyer's country is in OECD class %(country_class)s: %(grades)s grade worse.",
        "The buyer's country is in OECD class %(country_class)s: %(grades)s grades worse.",
        count,
    )
    return text % facts


def _negative_equity(facts: Facts) -> str:
    return _("The buyer's equity is negative.")


_OVERLAY_SPEAKERS: dict[str, Callable[[Facts], str]] = {
    "accounts_age": _accounts_age,
    "unaudited": _unaudited,
    "no_comparatives": _no_comparatives,
    "late_on_average": _late_on_average,
    "very_late_once": _very_late_once,
    "overdue_now": _overdue_now,
    "country_class": _country_class,
    "negative_equity": _negative_equity,
    "insolvency": _insolvency,
}


def referrals(score: Score) -> list[str]:
    """What asks for an underwriter's eye whatever the grade."""
    return [str(REFERRALS[code]) for code in score.referrals]


def why_no_score(refusal: InsufficientAccounts) -> str:
    """Why the accounts given cannot be scored, and with which items that can be mended."""
    if refusal.missing == ("accounts",):
        return _("No accounts of the buyer came with the request.")
    items = ", ".join(item_name(code) for code in refusal.missing)
    sentences = {
        "missing": _("The accounts lack what the model needs: %(items)s."),
        "implausible": _("The accounts hold figures no company can have: %(items)s."),
        "future": _("The accounts end in the future."),
    }
    return sentences[refusal.reason] % {"items": items}


# --- The accounts -----------------------------------------------------------------------------------------------------


def item_name(code: str) -> str:
    """The name of an item of the accounts in the active language."""
    return next((item_label(item) for item in ITEMS if item.code == code), code)


def check_name(check: IdentityCheck) -> str:
    """The identity that was checked, as an equation."""
    return str(CHECKS[check.code])


# --- Grades -----------------------------------------------------------------------------------------------------------


def grade_choices() -> list[tuple[int, Any]]:
    """`6 fair`, for every grade."""
    return [(grade, f"{grade} {grade_word(grade)}") for grade in range(1, 11)]

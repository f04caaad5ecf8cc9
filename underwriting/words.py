"""What analyses hold as codes, in sentences an underwriter reads: factors, reasons, overlays, referrals, ratios."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.accounts import ITEMS
from applications.accounts_form import item_label
from underwriting.scoring.ratios import Ratio
from underwriting.scoring.result import Factor, InsufficientAccounts, Overlay, Reason, Score
from underwriting.scoring.statement import IdentityCheck
from unlockfocus.templatetags.face import day, grade_word, number, percent

Facts = Mapping[str, str]
Text = str | Promise

RATIOS: dict[str, Text] = {
    "working_capital_to_assets": gettext_lazy("Working capital over assets"),
    "retained_earnings_to_assets": gettext_lazy("Retained earnings over assets"),
    "operating_return_on_assets": gettext_lazy("Operating profit over assets"),
    "equity_to_liabilities": gettext_lazy("Equity over liabilities"),
    "permanent_capital_to_assets": gettext_lazy("Equity and long-term debt over assets"),
    "current_ratio": gettext_lazy("Current assets over short-term debt"),
    "quick_ratio": gettext_lazy("The same without inventories"),
    "cash_ratio": gettext_lazy("Cash over short-term debt"),
    "cash_flow_to_short_liabilities": gettext_lazy("Cash flow over short-term debt"),
    "operating_margin": gettext_lazy("Operating margin"),
    "interest_cover": gettext_lazy("Interest cover"),
    "operating_cost_to_short_liabilities": gettext_lazy("Operating cost over short-term debt"),
    "defensive_days": gettext_lazy("Days of cost that cash and receivables pay"),
    "receivable_days": gettext_lazy("Receivables in days of sales"),
    "inventory_days": gettext_lazy("Inventories in days of sales"),
    "sales_growth": gettext_lazy("Growth of sales"),
}

MODELS: dict[str, Text] = {
    "altman-z2": gettext_lazy("Altman's Z'' (emerging markets)"),
    "points": gettext_lazy("Scorecard"),
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
}

REFERRALS: dict[str, Text] = {
    "accounts_too_old": gettext_lazy("The accounts are more than two years old: ask for newer ones."),
    "accounts_do_not_balance": gettext_lazy("The accounts do not add up: see the checks under the accounts."),
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
    """The factors of a score, the constant first, each with the product that made it."""
    return [_bar(factor) for factor in sorted(score.factors, key=lambda factor: factor.value is not None)]


def _bar(factor: Factor) -> Bar:
    if factor.value is None:
        return Bar(_("Constant of the model"), "", factor.contribution)
    note = f"{number(factor.value, 4)} × {number(factor.weight, 2)}"
    return Bar(str(RATIOS[factor.code]), note, factor.contribution)


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
        "ratio": RATIOS[reason.facts["ratio"]],
        "value": number(Decimal(reason.facts["value"]), 2),
        "median": number(Decimal(reason.facts["median"]), 2),
        "points": number(abs(points), 2),
    }
    if points < 0:
        text = _("%(what)s: %(ratio)s is %(value)s against %(median)s in the median; this costs %(points)s points.")
        return Sentence(text % facts, "caution")
    text = _("%(what)s: %(ratio)s is %(value)s against %(median)s in the median; this brings %(points)s points.")
    return Sentence(text % facts, "good")


_REASON_SPEAKERS: dict[str, Callable[[Reason], Sentence]] = {"rating_equivalent": _rating, "assumed_item": _assumed}


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
    return _("The accounts are not audited.")


def _no_comparatives(facts: Facts) -> str:
    return _("The year before is missing.")


def _late_on_average(facts: Facts) -> str:
    return _("The buyer pays %(days)s days late on average, more than %(more_than)s.") % facts


def _very_late_once(facts: Facts) -> str:
    return _("The buyer once paid %(days)s days late, more than %(more_than)s: %(grades)s grades worse.") % facts


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
    "country_class": _country_class,
    "negative_equity": _negative_equity,
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


def ratio_name(ratio: Ratio) -> str:
    return str(RATIOS[ratio.code])


def ratio_value(ratio: Ratio) -> str:
    """`14.3%`, `1.31` or `60 days`; a dash where nothing can be said."""
    if ratio.value is None:
        return "–"
    if ratio.unit == "fraction":
        return percent(ratio.value, 1)
    if ratio.unit == "days":
        return _("%(days)s days") % {"days": number(ratio.value, 0)}
    return number(ratio.value, 2)


def check_name(check: IdentityCheck) -> str:
    """The identity that was checked, as an equation."""
    return str(CHECKS[check.code])


# --- Grades -----------------------------------------------------------------------------------------------------------


def grade_choices() -> list[tuple[int, Any]]:
    """`6 fair`, for every grade."""
    return [(grade, f"{grade} {grade_word(grade)}") for grade in range(1, 11)]

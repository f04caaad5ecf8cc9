"""What the accounts alone do not say: named, sized steps taken after the model, in a fixed order. Pure.

Every size is a dated setting; the defaults and their sources are in docs/rules/scoring.md.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from applications.exposure import is_within_months
from underwriting.scoring.grades import DEFAULT_GRADE, grade_for_pd, pd_for_grade
from underwriting.scoring.result import Overlay
from underwriting.scoring.statement import Statement

DEFAULTED = pd_for_grade(DEFAULT_GRADE)
_PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringSettings:
    """The sizes of the overlays. Ages count from the end of the period; a country class is the OECD's, 0 to 7."""

    recent_months: int = 12
    old_months: int = 18
    stale_months: int = 24
    ageing_factor: Decimal = Decimal("1.3")
    old_factor: Decimal = Decimal("1.7")
    stale_best_grade: int = 6
    unaudited_factor: Decimal = Decimal("1.1")
    no_comparatives_factor: Decimal = Decimal("1.2")
    late_average_days: int = 15
    late_average_factor: Decimal = Decimal("1.3")
    late_worst_days: int = 60
    late_worst_grades: int = 2
    country_class_from: int = 5
    country_grades: int = 1
    negative_equity_best_grade: int = 7
    highest_pd: Decimal = Decimal("0.30")
    # Steps that came later: as analyses kept before them were scored, they do nothing.
    abridged_factor: Decimal = Decimal(1)
    overdue_days: int = 60
    overdue_grades: int = 0


@dataclass(frozen=True, slots=True)
class PaymentExperience:
    """How the buyer pays, in days after the due date; None when unknown.

    The average is this seller's; the worst delay so far, and the longest debt overdue now, are those of any insured.
    """

    average_days_late: int | None = None
    worst_days_late: int | None = None
    overdue_days: int | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """All that the overlays look at."""

    statement: Statement
    on: date
    payments: PaymentExperience
    country_class: int | None
    insolvent_on: date | None = None


Step = tuple[Decimal, Mapping[str, str]]
Rule = Callable[[Decimal, Circumstances, ScoringSettings], Step | None]


def apply_overlays(
    pd: Decimal, circumstances: Circumstances, settings: ScoringSettings, spared: Collection[str] = ()
) -> tuple[Overlay, ...]:
    """The steps that apply, each starting from the PD the one before left; none of the codes spared.

    No step lifts a PD above the highest but insolvency, which is a fact and no estimate.
    """
    taken: list[Overlay] = []
    for code, rule in RULES.items():
        step = None if code in spared else rule(pd, circumstances, settings)
        if step is not None:
            highest = DEFAULTED if code == "insolvency" else settings.highest_pd
            after = max(pd, min(step[0], highest)).quantize(_PLACES, rounding=ROUND_HALF_UP)
            taken.append(Overlay(code, pd, after, step[1]))
            pd = after
    return tuple(taken)


def is_stale(statement: Statement, on: date, settings: ScoringSettings) -> bool:
    """Whether the accounts are too old to stand on their own."""
    return not is_within_months(statement.period_end, on, settings.stale_months)


def _age(pd: Decimal, c: Circumstances, settings: ScoringSettings) -> Step | None:
    if is_within_months(c.statement.period_end, c.on, settings.recent_months):
        return None
    facts = {"period_end": c.statement.period_end.isoformat(), "on": c.on.isoformat()}
    if is_stale(c.statement, c.on, settings):
        old = pd * settings.old_factor
        return max(old, pd_for_grade(settings.stale_best_grade)), facts
    ageing = is_within_months(c.statement.period_end, c.on, settings.old_months)
    return pd * (settings.ageing_factor if ageing else settings.old_factor), facts


def _unaudited(pd: Decimal, c: Circumstances, settings: ScoringSettings) -> Step | None:
    """Unaudited accounts; abridged ones alike, when the settings say so."""
    if not c.statement.audited:
        return pd * settings.unaudited_factor, {}
    if c.statement.is_abridged and settings.abridged_factor != 1:
        return pd * settings.abridged_factor, {"abridged": "yes"}
    return None


def _no_comparatives(pd: Decimal, c: Circumstances, settings: ScoringSettings) -> Step | None:
    return None if c.statement.prior else (pd * settings.no_comparatives_factor, {})


def _late_on_average(pd: Decimal, c: Circumstances, settings: ScoringSettings) -> Step | None:
    days = c.payments.average_days_late
    if days is None or days <= settings.late_average_days:
        return None
    return pd * settings.late_average_factor, {"days": str(days), "more_than": str(settings.late_average_days)}


def _very_late_once(pd: Decimal, c: Circumstances, settings: ScoringSettings) -> Step | None:
    days = c.payments.worst_days_late
    if days is None or days <= settings.late_worst_days:
        return None
    facts = {"days": str(days), "more_than": str(settings.late_worst_days), "grades": str(settings.late_worst_grades)}
    return _worse_by(pd, settings.late_worst_grades, settings), facts


def _overdue_now(pd: Decimal, c: Circumstances, settings: ScoringSettings) -> Step | None:
    """A debt to any insured, unpaid for long; a delay that was told already is not counted twice."""
    days = c.payments.overdue_days
    if days is None or days <= settings.overdue_days or not settings.overdue_grades:
        return None
    if (c.payments.worst_days_late or 0) > settings.late_worst_days:
        return None
    facts = {"days": str(days), "more_than": str(settings.overdue_days), "grades": str(settings.overdue_grades)}
    return _worse_by(pd, settings.overdue_grades, settings), facts


def _country(pd: Decimal, c: Circumstances, settings: ScoringSettings) -> Step | None:
    if c.country_class is None or c.country_class < settings.country_class_from:
        return None
    facts = {"country_class": str(c.country_class), "grades": str(settings.country_grades)}
    return _worse_by(pd, settings.country_grades, settings), facts


def _negative_equity(pd: Decimal, c: Circumstances, settings: ScoringSettings) -> Step | None:
    if c.statement.equity is None or c.statement.equity >= 0:
        return None
    return max(pd, pd_for_grade(settings.negative_equity_best_grade)), {"equity": str(c.statement.equity)}


def _insolvency(pd: Decimal, c: Circumstances, settings: ScoringSettings) -> Step | None:
    if c.insolvent_on is None or c.insolvent_on > c.on:
        return None
    return DEFAULTED, {"opened_on": c.insolvent_on.isoformat()}


def _worse_by(pd: Decimal, grades: int, settings: ScoringSettings) -> Decimal:
    """The PD of the grade so many steps worse; never default, which is a fact and not an estimate."""
    worst = grade_for_pd(settings.highest_pd)
    return max(pd, pd_for_grade(min(worst, grade_for_pd(pd) + grades)))


RULES: dict[str, Rule] = {
    "accounts_age": _age,
    "unaudited": _unaudited,
    "no_comparatives": _no_comparatives,
    "late_on_average": _late_on_average,
    "very_late_once": _very_late_once,
    "overdue_now": _overdue_now,
    "country_class": _country,
    "negative_equity": _negative_equity,
    "insolvency": _insolvency,
}

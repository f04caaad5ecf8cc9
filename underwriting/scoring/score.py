"""Score a buyer's accounts: the model, then the overlays, then how much to trust the answer. Pure.

The first model is Altman's Z''. A second one takes its place behind the same function and the same `Score`.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from underwriting.scoring import altman
from underwriting.scoring.grades import grade_for_pd, pd_for_grade
from underwriting.scoring.overlays import (
    Circumstances,
    PaymentExperience,
    ScoringSettings,
    apply_overlays,
    is_stale,
)
from underwriting.scoring.result import Factor, InsufficientAccounts, Overlay, Reason, Score
from underwriting.scoring.statement import Statement, identity_gaps

__all__ = [
    "Factor",
    "InsufficientAccounts",
    "Overlay",
    "PaymentExperience",
    "Reason",
    "Score",
    "ScoringSettings",
    "score",
]

# What each doubt leaves of the confidence, from 1 for recent, audited, complete accounts with comparatives.
CONFIDENCE_LEFT = {
    "accounts_age": Decimal("0.8"),
    "accounts_too_old": Decimal("0.5"),
    "unaudited": Decimal("0.8"),
    "no_comparatives": Decimal("0.9"),
    "accounts_do_not_balance": Decimal("0.7"),
    "assumed_item": Decimal("0.9"),
}

UNKNOWN_PAYMENTS = PaymentExperience()


def score(
    statement: Statement,
    on: date,
    settings: ScoringSettings,
    *,
    payments: PaymentExperience = UNKNOWN_PAYMENTS,
    country_class: int | None = None,
) -> Score:
    """The solvency of the company behind the accounts, as seen on a day; raises InsufficientAccounts."""
    if statement.period_end > on:
        raise InsufficientAccounts(("period_end",), reason="future")
    completed, assumed = altman.complete(statement)
    factors = altman.factors(completed)
    points = sum((factor.contribution for factor in factors), Decimal(0))
    rating = altman.rating_for(points)
    model_pd = pd_for_grade(altman.GRADES[rating])
    overlays = apply_overlays(model_pd, Circumstances(statement, on, payments, country_class), settings)
    pd = overlays[-1].pd_after if overlays else model_pd
    referrals = _referrals(statement, on, settings)
    doubts = [overlay.code for overlay in overlays] + list(referrals) + ["assumed_item"] * len(assumed)
    return Score(
        model=altman.MODEL,
        version=altman.VERSION,
        points=points,
        pd=pd,
        grade=grade_for_pd(pd),
        factors=factors,
        overlays=overlays,
        reasons=(
            Reason("rating_equivalent", {"rating": rating, "points": f"{points:.2f}"}),
            *altman.reasons(factors),
            *(Reason("assumed_item", {"item": item}) for item in assumed),
        ),
        confidence=_confidence(doubts),
        referrals=referrals,
    )


def _referrals(statement: Statement, on: date, settings: ScoringSettings) -> tuple[str, ...]:
    codes = []
    if is_stale(statement, on, settings):
        codes.append("accounts_too_old")
    if identity_gaps(statement):
        codes.append("accounts_do_not_balance")
    return tuple(codes)


def _confidence(doubts: list[str]) -> Decimal:
    confidence = Decimal(1)
    for doubt in doubts:
        confidence *= CONFIDENCE_LEFT.get(doubt, Decimal(1))
    return confidence.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)

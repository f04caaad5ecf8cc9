"""Score a buyer's accounts: the model, then the overlays, then how much to trust the answer. Pure.

The model is a scorecard, or without one Altman's Z''; what comes after it is the same for both.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from underwriting.scoring import altman, card_score
from underwriting.scoring.artefact import Model
from underwriting.scoring.card_score import Standing
from underwriting.scoring.grades import grade_for_pd
from underwriting.scoring.overlays import (
    Circumstances,
    PaymentExperience,
    ScoringSettings,
    apply_overlays,
    is_stale,
)
from underwriting.scoring.peers import NO_SECTOR, Peers
from underwriting.scoring.result import InsufficientAccounts, Overlay, Rated, Score
from underwriting.scoring.scorecard import BASE_RATE
from underwriting.scoring.statement import Statement, identity_gaps

UNKNOWN_PAYMENTS = PaymentExperience()
STANDARD_SETTINGS = ScoringSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that a score depends on. Without a `model` it is the formula's.

    `base_rate`, failures a year among all companies like it, and `sector`, how ratios are spread there, are read by
    scorecards only.
    """

    statement: Statement
    on: date
    settings: ScoringSettings = STANDARD_SETTINGS
    model: Model | None = None
    base_rate: float = BASE_RATE
    sector: Peers = NO_SECTOR
    payments: PaymentExperience = UNKNOWN_PAYMENTS
    country_class: int | None = None
    insolvent_on: date | None = None

    def overlays(self, pd: Decimal, spared: Collection[str] = ()) -> tuple[Overlay, ...]:
        """The steps after a model that gave this PD; those of the codes spared are not taken."""
        circumstances = Circumstances(self.statement, self.on, self.payments, self.country_class, self.insolvent_on)
        return apply_overlays(pd, circumstances, self.settings, spared)

    def pd_after(self, pd: Decimal, spared: Collection[str] = ()) -> Decimal:
        """A model's PD with the steps after it."""
        overlays = self.overlays(pd, spared)
        return overlays[-1].pd_after if overlays else pd


def rate(case: Case) -> Rated:
    """What the model makes of the accounts alone; raises InsufficientAccounts."""
    if case.statement.period_end > case.on:
        raise InsufficientAccounts(("period_end",), reason="future")
    if case.model is None:
        return altman.rate(case.statement)
    return card_score.rate(case.statement, case.model, case.base_rate, case.sector)


def score(case: Case) -> Score:
    """The solvency of the company behind the accounts, as seen on a day; raises InsufficientAccounts."""
    rated, statement = rate(case), case.statement
    overlays = case.overlays(rated.pd)
    pd = overlays[-1].pd_after if overlays else rated.pd
    trust = Standing(case.on, statement.period_end, statement.audited, not identity_gaps(statement)).trust()
    return Score(
        model=rated.model,
        version=rated.version,
        points=rated.points,
        pd=pd,
        grade=grade_for_pd(pd),
        factors=rated.factors,
        overlays=overlays,
        reasons=rated.reasons,
        confidence=(rated.seen * trust).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP),
        referrals=_referrals(rated, statement, case.on, case.settings),
        card=rated.card,
    )


def _referrals(rated: Rated, statement: Statement, on: date, settings: ScoringSettings) -> tuple[str, ...]:
    codes = []
    if is_stale(statement, on, settings):
        codes.append("accounts_too_old")
    if identity_gaps(statement):
        codes.append("accounts_do_not_balance")
    return (*codes, *rated.doubts)

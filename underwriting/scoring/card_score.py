"""A company scored by the scorecard: points and reasons, second opinions, and how far to trust them. Pure.

The model of live files is still Altman's Z'' (`score.py`); this one stands beside it. Overlays come after either.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from applications.exposure import is_within_months
from underwriting.scoring.artefact import Model, committed
from underwriting.scoring.items import Items, items_of
from underwriting.scoring.result import InsufficientAccounts
from underwriting.scoring.scorecard import BASE_RATE, Scored
from underwriting.scoring.second_opinions import Opinion, disagree, opinions_of
from underwriting.scoring.statement import Statement, identity_gaps

DISAGREEMENT = "second_opinions_disagree"

# What age and the lack of an audit leave of the confidence: as with Z'' (score.py); an unknown age is not a recent one.
_RECENT_MONTHS, _STALE_MONTHS = 12, 24
_AGEING, _STALE, _UNAUDITED, _UNBALANCED = Decimal("0.8"), Decimal("0.5"), Decimal("0.8"), Decimal("0.7")


@dataclass(frozen=True, slots=True)
class CardScore:
    """`scored` has card, points, PD, grade and lines. `reasons` are codes: ratios, the costliest first, then doubts."""

    model: str
    version: str
    scored: Scored
    reasons: tuple[str, ...]
    opinions: tuple[Opinion, ...]
    confidence: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known about the accounts themselves, on the day they are looked at."""

    on: date
    period_end: date | None = None
    audited: bool = False
    balanced: bool = True

    def trust(self) -> Decimal:
        """What age and audit leave of the confidence."""
        left = _UNAUDITED if not self.audited else Decimal(1)
        if self.period_end is None or not is_within_months(self.period_end, self.on, _RECENT_MONTHS):
            is_stale = self.period_end is not None and not is_within_months(self.period_end, self.on, _STALE_MONTHS)
            left *= _STALE if is_stale else _AGEING
        return left if self.balanced else left * _UNBALANCED


def score_statement(
    statement: Statement, on: date, *, model: Model | None = None, base_rate: float = BASE_RATE
) -> CardScore:
    """The score of a statement, before overlays; raises InsufficientAccounts."""
    standing = Standing(on, statement.period_end, statement.audited, not identity_gaps(statement))
    return score_items(items_of(statement), standing, model or committed(), base_rate=base_rate)


def score_items(
    items: Items, standing: Standing, model: Model, *, card: str | None = None, base_rate: float = BASE_RATE
) -> CardScore:
    """The score of cleaned items, by the card their detail allows or the one named; raises InsufficientAccounts."""
    if standing.period_end is not None and standing.period_end > standing.on:
        raise InsufficientAccounts(("period_end",), reason="future")
    chosen = {"full": model.full, "short": model.short}[card] if card else model.card_for(items)
    scored = chosen.score(items, base_rate)
    opinions = opinions_of(items)
    reasons = [line.code for line in scored.reasons]
    if disagree(scored.grade, opinions):
        reasons.append(DISAGREEMENT)
    if not standing.balanced:
        reasons.append("accounts_do_not_balance")
    confidence = (scored.observed * standing.trust()).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return CardScore(model.name, model.version, scored, tuple(reasons), opinions, confidence)

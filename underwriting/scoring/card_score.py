"""A company scored by the scorecard: points and reasons, second opinions, and how far to trust them. Pure.

`score_statement` answers for accounts by themselves; `rate` is what a file's score (`score.py`) is made from, overlays
and all.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from applications.exposure import is_within_months
from underwriting.scoring.artefact import Model, committed
from underwriting.scoring.items import Items, items_of
from underwriting.scoring.peers import Peers, place_of
from underwriting.scoring.result import Factor, InsufficientAccounts, Rated, Reason
from underwriting.scoring.scorecard import BASE_RATE, Line, Scorecard, Scored
from underwriting.scoring.second_opinions import Opinion, disagree, opinions_of
from underwriting.scoring.statement import Statement, identity_gaps

DISAGREEMENT = "second_opinions_disagree"

# Ratios told because they are behind the peers' median although others lost more against their best bin.
MOST_BEHIND_PEERS = 2
MOST = 1e12

# What age, no audit and sums that do not add up leave of the confidence; an unknown age is not a recent one.
_RECENT_MONTHS, _STALE_MONTHS = 12, 24
_AGEING, _STALE, _UNAUDITED, _UNBALANCED = Decimal("0.8"), Decimal("0.4"), Decimal("0.8"), Decimal("0.7")


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


# --- As the model of a file -------------------------------------------------------------------------------------------


def rate(statement: Statement, model: Model, base_rate: float, sector: Peers) -> Rated:
    """Points, PD and reasons of the accounts by the card their detail allows; raises InsufficientAccounts."""
    items = items_of(statement)
    card = model.card_for(items)
    scored = card.score(items, base_rate)
    return Rated(
        model=model.name,
        version=model.version,
        card=scored.card,
        points=Decimal(scored.points),
        pd=scored.pd,
        factors=tuple(Factor(line.code, _exact(line.value), None, Decimal(line.points)) for line in scored.lines),
        reasons=_reasons(scored, card, sector),
        seen=scored.observed,
        doubts=(DISAGREEMENT,) if disagree(scored.grade, opinions_of(items)) else (),
    )


def _reasons(scored: Scored, card: Scorecard, sector: Peers) -> tuple[Reason, ...]:
    """The lines that lost most against their best bin, then those that lost most against the median of their peers."""
    lost = scored.reasons
    gaps = {line.code: _behind(line, card, sector) for line in scored.lines}
    behind = sorted((line for line in scored.lines if gaps[line.code] > 0), key=lambda line: -gaps[line.code])
    told = (*lost, *(line for line in behind[:MOST_BEHIND_PEERS] if line not in lost))
    return tuple(Reason("points_lost", _facts(line, gaps[line.code], card, sector)) for line in told)


def _facts(line: Line, behind: int, card: Scorecard, sector: Peers) -> dict[str, str]:
    facts = {"ratio": line.code, "value": str(_exact(line.value)), "lost": str(line.lost)}
    if line.next_edge is not None:
        facts |= {"edge": repr(line.next_edge), "gain": str(line.gain)}
    place = place_of(line.code, line.value, card, sector) if line.value is not None else None
    if place:
        facts |= {"median": repr(place.quartiles[1]), "peers": place.peers, "behind": str(behind)}
    return facts


def _behind(line: Line, card: Scorecard, sector: Peers) -> int:
    """The points a company at the median of the peers has on top of this one; 0 when it has none."""
    place = place_of(line.code, line.value, card, sector) if line.value is not None else None
    if place is None:
        return 0
    characteristic = next(each for each in card.characteristics if each.code == line.code)
    return max(0, characteristic.points[characteristic.bin_of(place.quartiles[1])] - line.points)


def _exact(value: float | None) -> Decimal | None:
    """A ratio to six decimals, as it is kept and shown; it has no more of a meaning beyond a million."""
    if value is None:
        return None
    return Decimal(min(max(value, -MOST), MOST)).quantize(Decimal("0.000001"), rounding=ROUND_HALF_UP)

"""What would change the grade: which ratio would have to move, from where to where, and what else would help. Pure.

Nothing here is guessed: each answer is the model scored again with one thing changed, overlays and all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from underwriting.scoring import altman
from underwriting.scoring.grades import grade_for_pd, pd_for_grade
from underwriting.scoring.items import items_of
from underwriting.scoring.result import Rated
from underwriting.scoring.score import Case, rate
from underwriting.scoring.scorecard import Characteristic, Line, Scorecard

# What the insured or the buyer can do about a step after the model.
REMEDIES: Mapping[str, str] = {
    "accounts_age": "newer_accounts",
    "unaudited": "audited_accounts",
    "no_comparatives": "year_before",
    "overdue_now": "debts_paid",
    "negative_equity": "equity_restored",
}
MOST_TOGETHER = 4
_PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Move:
    """One ratio from its value to another, and the points that brings (or, negative, costs)."""

    ratio: str
    value: float
    to: float
    points: Decimal


@dataclass(frozen=True, slots=True)
class Change:
    """The PD and the grade there would be: after the moves, or with the remedy."""

    pd: Decimal
    grade: int
    moves: tuple[Move, ...] = ()
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Outlook:
    """Each single move that betters the grade, or else several together; each that worsens it; what else would help.

    `all_remedies` is where all remedies together would lead, None without any.
    """

    pd: Decimal
    grade: int
    better: tuple[Change, ...]
    together: Change | None
    worse: tuple[Change, ...]
    remedies: tuple[Change, ...]
    all_remedies: Change | None


def outlook(case: Case) -> Outlook:
    """What would change the grade of a case; raises InsufficientAccounts."""
    rated = rate(case)
    here = _change(case, rated.pd)
    better, worse = _of_card(case, here) if case.model else _of_formula(case, rated, here)
    singles = _nearest(better)
    taken = [each.code for each in case.overlays(rated.pd) if each.code in REMEDIES]
    remedies = [_change(case, rated.pd, spared=(code,), remedy=REMEDIES[code]) for code in taken]
    everything = _change(case, rated.pd, spared=taken) if len(taken) > 1 else None
    return Outlook(
        pd=here.pd,
        grade=here.grade,
        better=singles,
        together=None if singles or case.model is None else _together(case, here),
        worse=_nearest(worse),
        remedies=tuple(each for each in remedies if each.pd < here.pd),
        all_remedies=everything if everything and everything.pd < here.pd else None,
    )


def _change(
    case: Case, model_pd: Decimal, moves: tuple[Move, ...] = (), spared: Iterable[str] = (), remedy: str = ""
) -> Change:
    pd = case.pd_after(model_pd, tuple(spared))
    return Change(pd, grade_for_pd(pd), moves, remedy)


def _nearest(changes: Iterable[Change]) -> tuple[Change, ...]:
    """For each ratio the smallest move that does it; the fewest points first."""
    first: dict[str, Change] = {}
    for change in changes:
        first.setdefault(change.moves[0].ratio, change)
    return tuple(sorted(first.values(), key=lambda change: abs(change.moves[0].points)))


# --- On a scorecard ---------------------------------------------------------------------------------------------------


def _of_card(case: Case, here: Change) -> tuple[list[Change], list[Change]]:
    """Every move of one ratio to a bin above that betters the grade, and to one below that worsens it."""
    card, lines = _seen(case)
    points = sum(line.points for line in lines)
    better, worse = [], []
    for each, line in zip(card.characteristics, lines, strict=True):
        for move in _moves_up(each, line):
            change = _moved(case, card, points, (move,))
            better += [change] if change.grade < here.grade else []
        for move in _moves_down(each, line):
            change = _moved(case, card, points, (move,))
            worse += [change] if change.grade > here.grade else []
    return better, worse


def _seen(case: Case) -> tuple[Scorecard, tuple[Line, ...]]:
    assert case.model is not None  # noqa: S101 - called for cards only
    items = items_of(case.statement)
    card = case.model.card_for(items)
    return card, card.score(items, case.base_rate).lines


def _moves_up(each: Characteristic, line: Line) -> Iterable[Move]:
    if line.bin is None or line.value is None:
        return
    for place in range(line.bin, len(each.edges)):
        yield Move(each.code, line.value, each.edges[place], Decimal(each.points[place + 1] - line.points))


def _moves_down(each: Characteristic, line: Line) -> Iterable[Move]:
    """To just below each edge from the one the value stands on down; `to` is that edge."""
    if line.bin is None or line.value is None:
        return
    for place in range(line.bin - 1, -1, -1):
        yield Move(each.code, line.value, each.edges[place], Decimal(each.points[place] - line.points))


def _moved(case: Case, card: Scorecard, points: int, moves: tuple[Move, ...]) -> Change:
    total = points + int(sum((move.points for move in moves), Decimal(0)))
    pd = Decimal(card.calibration.pd(total, case.base_rate)).quantize(_PLACES, rounding=ROUND_HALF_UP)
    return _change(case, pd, moves)


def _together(case: Case, here: Change) -> Change | None:
    """Ratios moved to their next bins, the shortest way for a point first, until the grade is better.

    A way is measured in the distance between the quartiles of the card's sample. None if so many are not enough.
    """
    card, lines = _seen(case)
    points = sum(line.points for line in lines)
    next_moves = [
        (
            _way(each, line.next_edge - line.value) / line.gain,
            Move(each.code, line.value, line.next_edge, Decimal(line.gain)),
        )
        for each, line in zip(card.characteristics, lines, strict=True)
        if line.gain and line.next_edge is not None and line.value is not None
    ]
    moves: tuple[Move, ...] = ()
    for _way_for_a_point, move in sorted(next_moves, key=lambda pair: pair[0])[:MOST_TOGETHER]:
        moves = (*moves, move)
        change = _moved(case, card, points, moves)
        if change.grade < here.grade:
            return change
    return None


def _way(each: Characteristic, distance: float) -> float:
    spread = each.quartiles[2] - each.quartiles[0] if each.quartiles else 0.0
    return distance / (spread or 1.0)


# --- With the formula -------------------------------------------------------------------------------------------------


def _of_formula(case: Case, rated: Rated, here: Change) -> tuple[list[Change], list[Change]]:
    """The rating above whose grade is better, and the one below whose grade is worse, reached by one ratio each."""
    better, worse = [], []
    for rating, floor in altman.RATINGS:
        change = _change(case, pd_for_grade(altman.GRADES[rating]))
        if change.grade < here.grade and floor > rated.points:
            better = list(_of_ratios(rated, floor, change))
    below = (*(rating for rating, _floor in altman.RATINGS), altman.WORST_RATING)
    for (_rating, floor), next_rating in zip(altman.RATINGS, below[1:], strict=True):
        change = _change(case, pd_for_grade(altman.GRADES[next_rating]))
        if change.grade > here.grade and floor <= rated.points:
            worse = list(_of_ratios(rated, floor, change))
            break
    return better, worse


def _of_ratios(rated: Rated, floor: Decimal, there: Change) -> Iterable[Change]:
    """Each ratio moved so far that the sum is `floor`, where its bounds let it."""
    needed = floor - rated.points
    for factor in rated.factors:
        if factor.value is None or not factor.weight:
            continue
        to = factor.value + needed / factor.weight
        if altman.LOWEST_RATIO <= to <= altman.HIGHEST_RATIO.get(factor.code, Decimal(1)):
            yield Change(there.pd, there.grade, (Move(factor.code, float(factor.value), float(to), needed),))

"""What would change the grade, in sentences an underwriter reads."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from underwriting.ratio_words import Text, ratio_name, told
from underwriting.scoring.outlook import Change, Move, Outlook
from unlockfocus.templatetags.face import signed

REMEDIES: dict[str, Text] = {
    "newer_accounts": gettext_lazy("Newer accounts, saying the same"),
    "audited_accounts": gettext_lazy("Full and audited accounts, saying the same"),
    "year_before": gettext_lazy("The year before beside them, saying the same"),
    "debts_paid": gettext_lazy("The debts overdue with insureds paid"),
    "equity_restored": gettext_lazy("Equity restored to more than zero"),
}


MOST = 4


@dataclass(frozen=True)
class Line:
    """One change, and the grade and PD it would lead to: good when the PD is lower than now."""

    text: str
    grade: int
    pd: Decimal
    tone: str


def lines(found: Outlook) -> list[Line]:
    """What betters the grade, what else would help, and what worsens the grade; of each kind the nearest."""
    told_lines = [_line(_up(change), change, found) for change in found.better[:MOST]]
    if found.together:
        told_lines.append(_line(_all_of(found.together), found.together, found))
    told_lines += [_line(str(REMEDIES[change.remedy]), change, found) for change in found.remedies]
    if found.all_remedies:
        told_lines.append(_line(_("All of these together"), found.all_remedies, found))
    return told_lines + [_line(_down(change), change, found) for change in found.worse[:MOST]]


def _line(text: str, change: Change, found: Outlook) -> Line:
    tone = "good" if change.pd < found.pd else "danger"
    return Line(text, change.grade, change.pd, tone)


def _up(change: Change) -> str:
    (move,) = change.moves
    return _("%(ratio)s from %(value)s to %(to)s (%(points)s points)") % _facts(move)


def _down(change: Change) -> str:
    (move,) = change.moves
    return _("%(ratio)s, now %(value)s, below %(to)s (%(points)s points)") % _facts(move)


def _all_of(change: Change) -> str:
    """Several ratios that have to move at once."""
    moves = "; ".join(_("%(ratio)s from %(value)s to %(to)s") % _facts(move) for move in change.moves)
    points = int(sum((move.points for move in change.moves), Decimal(0)))
    text = ngettext("%(moves)s (%(points)s point)", "%(moves)s, together (%(points)s points)", points)
    return text % {"moves": moves, "points": signed(Decimal(points), 0)}


def _facts(move: Move) -> dict[str, str]:
    places = 0 if move.points == move.points.to_integral_value() else 2
    return {
        "ratio": ratio_name(move.ratio),
        "value": told(move.ratio, move.value),
        "to": told(move.ratio, move.to),
        "points": signed(move.points, places),
    }

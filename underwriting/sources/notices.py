"""What the registers of legal notices say of a company, in one record whatever the register. Pure.

A notice found by the company's number is of that company. One found by a name, or by a search that does not say what it
found, is of a company of that name: possible, until a person has confirmed the number.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from applications.exposure import is_within_months

# Notices older than this say nothing of a company that still trades.
LIFETIME_IN_MONTHS = 120
LONGEST_TEXT = 4000


class Kind(StrEnum):
    """What a notice announces."""

    LIQUIDATION = "liquidation"
    REORGANISATION = "reorganisation"
    SAFEGUARD = "safeguard"
    ADMINISTRATION = "administration"
    # Proceedings are open and the register does not say which.
    INSOLVENCY = "insolvency"
    WINDING_UP_PETITION = "winding_up_petition"
    VOLUNTARY_LIQUIDATION = "voluntary_liquidation"
    STRIKE_OFF = "strike_off"
    CLOSED_PROCEEDINGS = "closed_proceedings"
    OTHER = "other"


# Proceedings over a debtor's whole estate, opened by a court or its creditors: an insolvency, in the score's words.
COLLECTIVE = frozenset({
    Kind.LIQUIDATION, Kind.REORGANISATION, Kind.SAFEGUARD, Kind.ADMINISTRATION, Kind.INSOLVENCY,
})  # fmt: skip


class MatchedBy(StrEnum):
    """By what a notice was found to be of the company asked about."""

    NUMBER = "number"
    NAME = "name"
    # The register's own search gave it, and what it gave holds neither.
    SEARCH = "search"


class Certainty(StrEnum):
    """Whether a notice is of the company asked about, as far as the register goes."""

    CONFIRMED = "confirmed"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class LegalNotice:
    """One notice. `judged_on` is the day of the judgment or resolution, where it is given; `text` is the register's.

    A cancelled notice was annulled, retracted or replaced by another; a correction is one that replaced another.
    """

    source: str
    notice_id: str
    kind: Kind
    published_on: date
    judged_on: date | None = None
    court: str = ""
    text: str = ""
    link: str = ""
    matched_by: MatchedBy = MatchedBy.NUMBER
    is_cancelled: bool = False
    is_correction: bool = False

    @property
    def certainty(self) -> Certainty:
        return Certainty.CONFIRMED if self.matched_by == MatchedBy.NUMBER else Certainty.POSSIBLE


@dataclass(frozen=True, slots=True)
class Notices:
    """What one answer holds of one company, newest first.

    `withdrawn` are the ids of notices that were annulled, retracted or replaced, be they in this answer or not. An
    answer that is not complete leaves older notices out.
    """

    notices: tuple[LegalNotice, ...]
    withdrawn: frozenset[str] = frozenset()
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """What counts of a notice for whether proceedings stand: one that is of the company and was not cancelled."""

    source: str
    notice_id: str
    kind: Kind
    on: date


@dataclass(frozen=True, slots=True)
class Proceedings:
    """Collective proceedings, known by the notice that opened them; `closed_on` is None while they stand."""

    source: str
    notice_id: str
    since: date
    closed_on: date | None = None


def proceedings_of(steps: Iterable[Step], today: date) -> list[Proceedings]:
    """The proceedings the notices of each source tell of, in the order they were opened.

    A closing ends what the same source opened by that day; notices between are steps of the same proceedings. What was
    opened more than ten years ago and never closed is taken to have ended when its ten years had passed.
    """
    found: list[Proceedings] = []
    opened: dict[str, Step] = {}
    for step in sorted(steps, key=_in_order):
        if step.kind in COLLECTIVE:
            opened.setdefault(step.source, step)
        elif step.kind == Kind.CLOSED_PROCEEDINGS and step.source in opened:
            first = opened.pop(step.source)
            found.append(Proceedings(first.source, first.notice_id, first.on, step.on))
    return found + [
        Proceedings(step.source, step.notice_id, step.on, None if is_within_lifetime(step.on, today) else today)
        for step in opened.values()
    ]


def is_within_lifetime(on: date, today: date) -> bool:
    """Whether a notice of that day still says something of a company today."""
    return is_within_months(on, today, LIFETIME_IN_MONTHS)


def newest_first(notices: Iterable[LegalNotice]) -> tuple[LegalNotice, ...]:
    return tuple(sorted(notices, key=lambda notice: (notice.published_on, notice.notice_id), reverse=True))


def shortened(*parts: str) -> str:
    """The parts that are there, as one text of a length that can be kept."""
    text = " ".join(" ".join(part.split()) for part in parts if part and part.strip())
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def _in_order(step: Step) -> tuple[date, bool, str]:
    # Of one day, what opens comes before what closes.
    return step.on, step.kind == Kind.CLOSED_PROCEEDINGS, step.notice_id

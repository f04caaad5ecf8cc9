"""What the desk shows of the registers: per source its newest answer, the notices, the checks made by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import QuerySet

from parties.models import Buyer
from underwriting import register_words as words
from underwriting.models import BuyerIncident, RegisterCheck, RegisterNotice, SourceAnswer
from underwriting.register_questions import registers_for
from underwriting.sources.notices import COLLECTIVE

# More than these are folded away.
SHOWN_AT_ONCE = 6
# The name of a source and the topic it is asked on.
_Asked = tuple[str, str]


@dataclass(frozen=True)
class SourceLine:
    """One source on one topic: its newest answer, and the last one that said anything where the newest does not.

    Without an answer it was never asked.
    """

    source: str
    licence: str
    newest: SourceAnswer | None
    last_said: SourceAnswer | None = None

    @property
    def sentence(self) -> str:
        return words.sentence(self.newest) if self.newest else ""

    @property
    def earlier(self) -> str:
        return words.sentence(self.last_said) if self.last_said else ""

    @property
    def known(self) -> SourceAnswer | None:
        """The answer by which something is known of the company, or that there is nothing: its age is what matters."""
        return self.newest if self.newest and self.newest.is_about_the_company else self.last_said

    @property
    def page(self) -> str:
        """The address that was asked, where a browser can open it."""
        return self.newest.url if self.newest and self.newest.url.startswith("https://") else ""

    @property
    def tone(self) -> str:
        return words.tone(self.newest) if self.newest else "neutral"


@dataclass(frozen=True)
class NoticeLine:
    """One notice as the desk shows it."""

    notice: RegisterNotice
    is_old: bool

    @property
    def tone(self) -> str:
        """A collective proceeding that counts is a danger; what is only possible is to be looked at."""
        notice = self.notice
        if notice.is_cancelled or self.is_old or notice.certainty == notice.Certainty.DISMISSED:
            return "neutral"
        if notice.certainty == notice.Certainty.POSSIBLE:
            return "caution"
        return "danger" if notice.kind in COLLECTIVE else "info"


@dataclass(frozen=True)
class RegistersShown:
    """The section "What the registers say"."""

    is_switched_off: bool
    lines: list[SourceLine]
    notices: list[NoticeLine]
    checks: list[RegisterCheck]
    insolvencies: list[BuyerIncident]
    country: str

    @property
    def first_notices(self) -> list[NoticeLine]:
        return self.notices[:SHOWN_AT_ONCE]

    @property
    def more_notices(self) -> list[NoticeLine]:
        return self.notices[SHOWN_AT_ONCE:]

    @property
    def first_checks(self) -> list[RegisterCheck]:
        return self.checks[:SHOWN_AT_ONCE]

    @property
    def more_checks(self) -> list[RegisterCheck]:
        return self.checks[SHOWN_AT_ONCE:]

    @property
    def possible(self) -> int:
        """How many notices wait for a person's word."""
        return sum(line.tone == "caution" for line in self.notices)

    @property
    def unanswered(self) -> list[SourceLine]:
        """The sources whose newest answer says nothing of the company."""
        return [line for line in self.lines if line.newest and not line.newest.is_about_the_company]


def registers_shown(buyer: Buyer, today: date) -> RegistersShown:
    """Everything the section shows, in four queries."""
    notices = RegisterNotice.objects.filter(buyer=buyer).select_related("decided_by", "found_in")
    checks = RegisterCheck.objects.filter(buyer=buyer).select_related("uploaded_by", "request")
    insolvencies = BuyerIncident.objects.open().filter(buyer=buyer, kind=BuyerIncident.Kind.INSOLVENCY)
    shown = [NoticeLine(notice, notice.is_old(today)) for notice in notices]
    return RegistersShown(
        is_switched_off=not settings.OUTSIDE_SOURCES,
        lines=_lines(buyer),
        # What waits for a word stands first, then what counts; the newest first in each.
        notices=sorted(shown, key=lambda line: ("caution", "danger", "info", "neutral").index(line.tone)),
        checks=list(checks),
        insolvencies=list(insolvencies.order_by("since")),
        country=buyer.country,
    )


def _lines(buyer: Buyer) -> list[SourceLine]:
    """One for each source that is asked about buyers of this country, or was, with its topic."""
    answers = SourceAnswer.objects.filter(buyer=buyer).order_by("source", "topic", "-noted_at", "-pk")
    newest = _by_source(answers)
    last_said = _by_source(answers.filter(outcome__in=(SourceAnswer.Outcome.OK, SourceAnswer.Outcome.NOT_FOUND)))
    licences = {(each.source.name, str(each.topic)): each.source.licence for each in registers_for(buyer.country)}
    return [_line(asked, licences, newest, last_said) for asked in dict.fromkeys([*licences, *newest])]


def _by_source(answers: QuerySet[SourceAnswer]) -> dict[_Asked, SourceAnswer]:
    """The first of each source and topic."""
    return {(answer.source, answer.topic): answer for answer in answers.distinct("source", "topic")}


def _line(
    asked: _Asked,
    licences: dict[_Asked, str],
    newest: dict[_Asked, SourceAnswer],
    last_said: dict[_Asked, SourceAnswer],
) -> SourceLine:
    answer, said = newest.get(asked), last_said.get(asked)
    licence = answer.licence if answer else licences[asked]
    return SourceLine(asked[0], licence, answer, said if said != answer else None)

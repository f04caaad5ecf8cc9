"""Which registers are asked about a buyer, by its country: each question with its reader, and what is kept.

A register of another kind (identity, accounts, ...) is one more line of `_QUESTIONS`, with its topic and its `keep`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from applications.exposure import add_months
from applications.models import CoverRequest
from parties.models import Buyer
from underwriting.actions.registers import note_notices
from underwriting.models import SourceAnswer
from underwriting.sources import bodacc, gazette, just_ro
from underwriting.sources.answers import Answer, Reader
from underwriting.sources.notices import LIFETIME_IN_MONTHS
from underwriting.sources.questions import Question, Source

Topic = SourceAnswer.Topic
Keep = Callable[[CoverRequest, Answer[Any], datetime], object]


@dataclass(frozen=True)
class Inquiry:
    """One question about one buyer. `keep` takes what an answer holds into the file; an answer is noted without it."""

    source: Source
    topic: str
    question: Question
    read: Reader[Any]
    keep: Keep


def inquiries_about(buyer: Buyer, on: date) -> Iterator[Inquiry]:
    """Every question there is about a buyer of that country and number; raises ValueError where one cannot be put."""
    for _source, ask in _QUESTIONS.get(buyer.country, ()):
        yield ask(buyer, on)


def sources_for(country: str) -> tuple[Source, ...]:
    """The sources that are asked about a buyer of that country."""
    return tuple(source for source, _ask in _QUESTIONS.get(country, ()))


def asked_countries() -> tuple[str, ...]:
    """The countries about whose buyers somebody is asked."""
    return tuple(_QUESTIONS)


def _keep_notices(request: CoverRequest, answer: Answer[Any], at: datetime) -> None:
    assert request.buyer is not None  # noqa: S101 - a buyer was asked about
    note_notices(request.buyer, answer.source, answer.payload, request=request, at=at)


def _french_notices(buyer: Buyer, on: date) -> Inquiry:
    siren = buyer.registration_number
    read = partial(bodacc.read, siren=siren)
    return Inquiry(bodacc.SOURCE, Topic.NOTICES, bodacc.question(siren), read, _keep_notices)


def _british_notices(buyer: Buyer, on: date) -> Inquiry:
    number = buyer.registration_number
    read = partial(gazette.read, number=number, name=buyer.name)
    return Inquiry(gazette.SOURCE, Topic.NOTICES, gazette.question(number), read, _keep_notices)


def _romanian_notices(buyer: Buyer, on: date) -> Inquiry:
    question = just_ro.question(buyer.name, since=add_months(on, -LIFETIME_IN_MONTHS), until=on)
    read = partial(just_ro.read, name=buyer.name)
    return Inquiry(just_ro.SOURCE, Topic.NOTICES, question, read, _keep_notices)


_Ask = Callable[[Buyer, date], Inquiry]
_QUESTIONS: dict[str, tuple[tuple[Source, _Ask], ...]] = {
    "FR": ((bodacc.SOURCE, _french_notices),),
    "GB": ((gazette.SOURCE, _british_notices),),
    "RO": ((just_ro.SOURCE, _romanian_notices),),
}

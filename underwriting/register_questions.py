"""Which registers are asked about a buyer, by its country: each question with its reader, and what is kept.

A register of another kind (identity, accounts, ...) is one more line of `_REGISTERS`, with its topic and its `keep`.
"""

from __future__ import annotations

from collections.abc import Callable
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


@dataclass(frozen=True)
class Register:
    """A source that is asked about buyers on one topic.

    `put` gives the question about a buyer with its reader, and raises ValueError for a buyer it cannot be put about.
    `keep` takes into the file what an answer holds; the answer itself is noted in any case.
    """

    source: Source
    topic: str
    put: Callable[[Buyer, date], tuple[Question, Reader[Any]]]
    keep: Callable[[CoverRequest, Answer[Any], datetime], object]


def registers_for(country: str) -> tuple[Register, ...]:
    """The registers that are asked about a buyer of that country."""
    return _REGISTERS.get(country, ())


def asked_countries() -> tuple[str, ...]:
    """The countries about whose buyers somebody is asked."""
    return tuple(_REGISTERS)


def _french_notices(buyer: Buyer, on: date) -> tuple[Question, Reader[Any]]:
    siren = buyer.registration_number
    return bodacc.question(siren), partial(bodacc.read, siren=siren)


def _british_notices(buyer: Buyer, on: date) -> tuple[Question, Reader[Any]]:
    number = buyer.registration_number
    return gazette.question(number), partial(gazette.read, number=number, name=buyer.name)


def _romanian_notices(buyer: Buyer, on: date) -> tuple[Question, Reader[Any]]:
    since = add_months(on, -LIFETIME_IN_MONTHS)
    return just_ro.question(buyer.name, since=since, until=on), partial(just_ro.read, name=buyer.name)


def _keep_notices(request: CoverRequest, answer: Answer[Any], at: datetime) -> None:
    assert request.buyer is not None  # noqa: S101 - a buyer was asked about
    note_notices(request.buyer, answer.source, answer.payload, request=request, at=at)


_REGISTERS: dict[str, tuple[Register, ...]] = {
    "FR": (Register(bodacc.SOURCE, Topic.NOTICES, _french_notices, _keep_notices),),
    "GB": (Register(gazette.SOURCE, Topic.NOTICES, _british_notices, _keep_notices),),
    "RO": (Register(just_ro.SOURCE, Topic.NOTICES, _romanian_notices, _keep_notices),),
}

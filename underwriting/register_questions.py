"""Which registers are asked about a buyer, by its country: on which topic, and what is kept of the answer.

A register of another kind is one more line of `_REGISTERS`, with its topic and its `keep`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.timezone import localdate

from applications.exposure import add_months
from applications.models import CoverRequest
from parties.models import Buyer
from underwriting.actions.register_accounts import note_register_accounts
from underwriting.actions.registers import note_notices
from underwriting.actions.statements import Origin
from underwriting.models import SourceAnswer
from underwriting.outside import accounts, ask
from underwriting.sources import anaf, bodacc, gazette, inpi, ixbrl, just_ro
from underwriting.sources.answers import Answer
from underwriting.sources.notices import LIFETIME_IN_MONTHS
from underwriting.sources.questions import Source

Topic = SourceAnswer.Topic


@dataclass(frozen=True)
class Register:
    """A source that is asked about buyers on one topic.

    `ask` gives the answer about a buyer at an instant, and raises ValueError for a buyer no question can be put about.
    `keep` takes into the file what an answer holds; the answer itself is noted in any case.
    """

    source: Source
    topic: str
    ask: Callable[[Buyer, datetime], Answer[Any]]
    keep: Callable[[CoverRequest, Answer[Any], datetime], object]


def registers_for(country: str) -> tuple[Register, ...]:
    """The registers that are asked about a buyer of that country."""
    return _REGISTERS.get(country, ())


def asked_countries() -> tuple[str, ...]:
    """The countries about whose buyers somebody is asked."""
    return tuple(_REGISTERS)


def _french_notices(buyer: Buyer, at: datetime) -> Answer[Any]:
    siren = buyer.registration_number
    return ask(bodacc.SOURCE, bodacc.question(siren), partial(bodacc.read, siren=siren), at=at)


def _british_notices(buyer: Buyer, at: datetime) -> Answer[Any]:
    number = buyer.registration_number
    return ask(gazette.SOURCE, gazette.question(number), partial(gazette.read, number=number, name=buyer.name), at=at)


def _romanian_notices(buyer: Buyer, at: datetime) -> Answer[Any]:
    on = localdate(at)
    question = just_ro.question(buyer.name, since=add_months(on, -LIFETIME_IN_MONTHS), until=on)
    return ask(just_ro.SOURCE, question, partial(just_ro.read, name=buyer.name), at=at)


def _accounts(buyer: Buyer, at: datetime) -> Answer[Any]:
    return accounts.FINDERS[buyer.country](buyer.registration_number, at=at)


def _keep_notices(request: CoverRequest, answer: Answer[Any], at: datetime) -> None:
    assert request.buyer is not None  # noqa: S101 - a buyer was asked about
    note_notices(request.buyer, answer.source, answer.payload, request=request, at=at)


def _keep_accounts(request: CoverRequest, answer: Answer[Any], at: datetime) -> None:
    assert request.buyer is not None  # noqa: S101 - a buyer was asked about
    if answer.payload:
        origin = Origin(fetched_at=answer.fetched_at, url=answer.url, licence=answer.licence)
        note_register_accounts(request, answer.payload.filings, origin=origin, at=at)


_REGISTERS: dict[str, tuple[Register, ...]] = {
    "FR": (
        Register(bodacc.SOURCE, Topic.NOTICES, _french_notices, _keep_notices),
        Register(inpi.RNE, Topic.ACCOUNTS, _accounts, _keep_accounts),
    ),
    "GB": (
        Register(gazette.SOURCE, Topic.NOTICES, _british_notices, _keep_notices),
        Register(ixbrl.DOCUMENTS, Topic.ACCOUNTS, _accounts, _keep_accounts),
    ),
    "RO": (
        Register(just_ro.SOURCE, Topic.NOTICES, _romanian_notices, _keep_notices),
        Register(anaf.BILANT, Topic.ACCOUNTS, _accounts, _keep_accounts),
    ),
}

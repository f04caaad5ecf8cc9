"""Asking the registers about the buyer of a request, and keeping whatever comes of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from django.db import transaction

from applications.models import CoverRequest
from parties.models import Buyer
from underwriting.actions.registers import note_answer
from underwriting.models import SourceAnswer
from underwriting.register_questions import Register, registers_for
from underwriting.sources.answers import Answer, Outcome

log = structlog.get_logger(__name__)
CANNOT_BE_PUT = "no question can be put"
OUR_FAULT = "a fault of ours"


def ask_registers(request_id: int, *, at: datetime) -> list[SourceAnswer]:
    """Ask every register there is about the buyer, one after the other, and note how each question ended.

    What goes wrong with one is noted as no answer and keeps nobody from the next; nothing is raised for it.
    """
    request = CoverRequest.objects.select_related("buyer").get(pk=request_id)
    if request.buyer is None:
        return []
    return [_ask_one(request, request.buyer, register, at) for register in registers_for(request.buyer.country)]


def _ask_one(request: CoverRequest, buyer: Buyer, register: Register, at: datetime) -> SourceAnswer:
    try:
        return _asked(request, buyer, register, at)
    except Exception:
        log.exception("a register was asked in vain", source=register.source.name, request=request.reference)
    return note_answer(buyer, _no_answer(register, OUR_FAULT, at), topic=register.topic, request=request, at=at)


def _asked(request: CoverRequest, buyer: Buyer, register: Register, at: datetime) -> SourceAnswer:
    try:
        answer = register.ask(buyer, at)
    except ValueError as refusal:
        log.warning("no question can be put", source=register.source.name, buyer=buyer.pk, refusal=str(refusal))
        answer = _no_answer(register, CANNOT_BE_PUT, at)
    with transaction.atomic():
        if answer.is_about_the_company:
            register.keep(request, answer, at)
        return note_answer(buyer, answer, topic=register.topic, request=request, at=at)


def _no_answer(register: Register, reason: str, at: datetime) -> Answer[Any]:
    source = register.source
    return Answer(Outcome.UNAVAILABLE, source.name, source.address, source.licence, at, reason=reason)

"""Asking the registers about the buyer of a request, and keeping whatever comes of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.utils.timezone import localdate

from applications.models import CoverRequest
from parties.models import Buyer
from underwriting.actions.registers import note_answer
from underwriting.models import SourceAnswer
from underwriting.outside import ask
from underwriting.register_questions import Inquiry, inquiries_about
from underwriting.sources.answers import Answer, Outcome

log = structlog.get_logger(__name__)
OUR_FAULT = "not asked, for a fault of ours"


def ask_registers(request_id: int, *, at: datetime) -> list[SourceAnswer]:
    """Ask every register there is about the buyer, one after the other, and note how each question ended.

    What goes wrong with one is noted as no answer and keeps nobody from the next; nothing is raised for it.
    """
    request = CoverRequest.objects.select_related("buyer").get(pk=request_id)
    if request.buyer is None:
        return []
    try:
        inquiries = list(inquiries_about(request.buyer, localdate(at)))
    except ValueError:
        log.exception("a question about a buyer cannot be put", buyer=request.buyer_id)
        return []
    return [_ask_one(request, request.buyer, inquiry, at) for inquiry in inquiries]


def _ask_one(request: CoverRequest, buyer: Buyer, inquiry: Inquiry, at: datetime) -> SourceAnswer:
    try:
        answer = ask(inquiry.source, inquiry.question, inquiry.read, at=at)
        with transaction.atomic():
            if answer.is_about_the_company:
                inquiry.keep(request, answer, at)
            return note_answer(buyer, answer, topic=inquiry.topic, request=request, at=at)
    except Exception:
        log.exception("a register was asked in vain", source=inquiry.source.name, request=request.reference)
    return note_answer(buyer, _no_answer(inquiry, at), topic=inquiry.topic, request=request, at=at)


def _no_answer(inquiry: Inquiry, at: datetime) -> Answer[Any]:
    source = inquiry.source
    return Answer(Outcome.UNAVAILABLE, source.name, source.address, source.licence, at, reason=OUR_FAULT)

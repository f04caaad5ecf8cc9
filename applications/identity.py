"""The buyer's identity as a register has it, beside what was typed: empty fields are filled in, none is overwritten.

Who asks the registers is `underwriting.outside`; here is what becomes of the answer: kept with the request, shown at
the form and on the file, and measured against what the insured saved.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import QueryDict
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from applications import events
from applications.actions import locked_draft
from applications.models import CoverRequest, IdentityCheck
from applications.steps import BY_NAME, UNJUDGED, keep_typed
from journal.recording import record
from parties.forms import identifier_message
from parties.identifiers import InvalidIdentifier, clean_registration_number, clean_vat_number
from parties.models import User

# What a register can fill in, by field of the request.
FIELDS = ("buyer_name", "buyer_legal_form", "buyer_vat_number", "buyer_activity", "buyer_address")


@dataclass(frozen=True)
class Provenance:
    """Where an answer comes from, as it is kept."""

    source: str
    url: str
    licence: str
    outcome: str
    reason: str
    fetched_at: datetime
    as_of: date | None
    is_kept: bool


@dataclass(frozen=True)
class Standing:
    """Whether the company may be dealt with, by its register; `word` is one of IdentityCheck.Standing."""

    word: str = ""
    words: str = ""
    since: date | None = None


def cleaned_number(data: Mapping[str, Any]) -> tuple[str, str]:
    """Country and registration number as typed, in canonical form; raises ValueError with a sentence for the person."""
    country, typed = str(data.get("buyer_country") or ""), str(data.get("buyer_registration_number") or "")
    if not country or not typed.strip():
        raise ValueError(_("Give the country and the registration number first."))
    try:
        return country, clean_registration_number(country, typed)
    except InvalidIdentifier as error:
        raise ValueError(identifier_message(error)) from error


def cleaned_vat_number(country: str, typed: str) -> str:
    """The VAT number as typed, in canonical form; "" when there is none, or none that can be one."""
    try:
        return clean_vat_number(country, typed) if typed.strip() else ""
    except InvalidIdentifier:
        return ""


@transaction.atomic
def keep_check(
    request_id: int,
    *,
    country: str,
    number: str,
    provenance: Provenance,
    standing: Standing,
    facts: Mapping[str, Any],
    vat: Mapping[str, Any],
    actor: User,
    at: datetime,
) -> IdentityCheck:
    """Keep what a register said of a draft's buyer; raises IllegalTransition once the request is submitted."""
    request = locked_draft(request_id)
    check = IdentityCheck.objects.create(
        request=request,
        asked_by=actor,
        asked_at=at,
        country=country,
        registration_number=number,
        source=provenance.source,
        url=provenance.url[:500],
        licence=provenance.licence,
        outcome=provenance.outcome,
        reason=provenance.reason[:200],
        fetched_at=provenance.fetched_at,
        as_of=provenance.as_of,
        is_kept=provenance.is_kept,
        standing=standing.word,
        standing_words=standing.words[:200],
        standing_on=standing.since,
        facts=dict(facts),
        vat=dict(vat),
    )
    data = {
        "source": check.source,
        "outcome": check.outcome,
        "standing": check.standing,
        "company": f"{country} {number}",
        "url": check.url,
    }
    record(request.journal_key, events.BUYER_LOOKED_UP, actor=actor, at=at, data=data)
    return check


def fill_in(request: CoverRequest, data: QueryDict, check: IdentityCheck, *, at: datetime, take: str = "") -> None:
    """Keep what was typed with the empty fields filled from the register, and the one field that is to be taken."""
    data = data.copy()
    data["buyer_registration_number"] = check.registration_number
    for field in FIELDS:
        found = check.facts.get(field, "")
        if found and (field == take or not str(data.get(field, "")).strip()):
            data[field] = found
    data[UNJUDGED] = "1"
    keep_typed(request.pk, BY_NAME["buyer"], data, at=at)


def newest_check(request: CoverRequest) -> IdentityCheck | None:
    return request.identity_checks.first()


def is_of(check: IdentityCheck, country: str, number: str) -> bool:
    """Whether the look-up was of that company, however its number is written."""
    try:
        return check.country == country and check.registration_number == clean_registration_number(country, number)
    except InvalidIdentifier:
        return False


def differing(check: IdentityCheck, typed: Mapping[str, str]) -> dict[str, str]:
    """What the register has otherwise than typed, by field; a field left empty does not differ."""
    return {
        field: found
        for field in FIELDS
        if (found := check.facts.get(field, "")) and _bare(typed.get(field, "")) not in {"", _bare(found)}
    }


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", str(text or "")).casefold()


def age_of(check: IdentityCheck, now: datetime) -> str:
    """How long ago the register said it, in words; "" for less than a minute."""
    return timesince(check.fetched_at, now) if now - check.fetched_at >= timedelta(minutes=1) else ""


@dataclass(frozen=True)
class FormRow:
    """One field of the form, and what the register has instead; "" where it agrees or has nothing."""

    field: Any
    registered: str = ""


def shown_in_form(request: CoverRequest, form: Any, now: datetime) -> dict[str, Any]:
    """What the buyer's step shows beside its fields; the look-up only while it is about the number in the form."""
    typed = {name: str(form[name].value() or "") for name in form.fields}
    check = newest_check(request)
    if check and not is_of(check, typed["buyer_country"], typed["buyer_registration_number"]):
        check = None
    instead = differing(check, typed) if check else {}
    first = ("buyer_country", "buyer_registration_number")
    return {
        "cover_request": request,
        "form": form,
        "are_registers_connected": settings.OUTSIDE_SOURCES,
        "check": check,
        "age": age_of(check, now) if check else "",
        "number_fields": [form[name] for name in first],
        "rows": [FormRow(form[name], instead.get(name, "")) for name in form.fields if name not in first],
    }


@dataclass(frozen=True)
class Identity:
    """What the underwriter reads: the newest look-up of the buyer the request is about, and where it differs."""

    check: IdentityCheck | None
    differing: tuple[tuple[str, str, str], ...] = ()

    @property
    def is_confirmed(self) -> bool:
        return self.check is not None and self.check.outcome == IdentityCheck.Outcome.OK


def identity_of(request: CoverRequest) -> Identity:
    """The identity of a saved request; a look-up of another number says nothing about it."""
    check = newest_check(request)
    if check is None or not is_of(check, request.buyer_country, request.buyer_registration_number):
        return Identity(None)
    saved = {field: getattr(request, field) for field in FIELDS}
    labels = {field: str(CoverRequest._meta.get_field(field).verbose_name) for field in FIELDS}  # type: ignore[union-attr]
    found = differing(check, saved)
    return Identity(check, tuple((labels[field], saved[field], other) for field, other in found.items()))

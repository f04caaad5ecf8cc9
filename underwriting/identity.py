"""Looking a buyer up for a request: the registers are asked, and their answer is kept with the request."""

from datetime import datetime
from typing import Any

from applications import identity
from applications.models import CoverRequest, IdentityCheck
from parties.models import User
from underwriting.outside.companies import CompanyLookup, look_up
from underwriting.sources.answers import Answer
from underwriting.sources.companies import CompanyRecord
from underwriting.sources.vies import VatCheck


def look_up_buyer(
    request: CoverRequest, *, country: str, number: str, vat_number: str, actor: User, at: datetime
) -> IdentityCheck:
    """Ask, then keep; the network is over before a row is locked. Raises IllegalTransition when it is no draft."""
    found = look_up(country, number, at=at, vat_number=vat_number)
    record = found.register.payload
    return identity.keep_check(
        request.pk,
        country=country,
        number=number,
        provenance=_provenance(found.register),
        standing=identity.Standing(record.status, record.status_words, record.status_on)
        if record
        else identity.Standing(),
        facts=_facts(record) if record else {},
        vat=_vat(found),
        actor=actor,
        at=at,
    )


def _provenance(answer: Answer[CompanyRecord]) -> identity.Provenance:
    return identity.Provenance(
        source=answer.source,
        url=answer.url,
        licence=answer.licence,
        outcome=answer.outcome,
        reason=answer.reason,
        fetched_at=answer.fetched_at,
        as_of=answer.as_of,
        is_kept=answer.is_kept,
    )


def _facts(record: CompanyRecord) -> dict[str, Any]:
    """By field of the request what the form can take; by name of the record what only the desk reads."""
    activity = record.activity
    return {
        "buyer_name": name_without_form(record.name, record.legal_form),
        "buyer_legal_form": record.legal_form,
        "buyer_vat_number": record.vat_number,
        "buyer_activity": f"{activity.code} ({activity.nomenclature})" if activity else "",
        "buyer_address": record.address,
        "activity_code": activity.code if activity else "",
        "activity_nomenclature": activity.nomenclature if activity else "",
        "registered_on": record.registered_on.isoformat() if record.registered_on else "",
        "former_names": list(record.former_names),
        "directors": list(record.directors),
        "other_numbers": [list(each) for each in record.other_numbers],
        "lei": record.lei,
        "page": record.page,
    }


def name_without_form(name: str, form: str) -> str:
    """The name without the legal form at its end, where the register writes it there: it has a field of its own."""
    words, wanted = name.split(), form.replace(".", "").replace(" ", "").casefold()
    for count in range(1, min(4, len(words))):
        tail = "".join(words[-count:]).replace(".", "").casefold()
        if wanted and tail == wanted:
            return " ".join(words[:-count]).rstrip(" ,")
    return name


def _vat(found: CompanyLookup) -> dict[str, Any]:
    answer: Answer[VatCheck] | None = found.vat
    if answer is None:
        return {}
    said = answer.payload
    return {
        "number": said.vat_number if said else "",
        "outcome": str(answer.outcome),
        "reason": answer.reason,
        "is_valid": said.is_valid if said else None,
        "name": said.name if said else "",
        "source": answer.source,
        "fetched_at": answer.fetched_at.isoformat(),
    }

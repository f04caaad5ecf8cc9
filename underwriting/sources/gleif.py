"""Companies that have a Legal Entity Identifier (LEI), and the groups they report to belong to. Pure.

That GLEIF knows no company of a number means that it has no LEI, and nothing of the company. A parent is one that
consolidates the accounts, as reported; where none is, a reporting exception may say why.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from underwriting.sources.companies import (
    LONGEST_NAME,
    CompanyRecord,
    Status,
    day,
    distinct,
    inner,
    joined,
    json_of,
    listed,
    name,
    same_number,
    text,
)
from underwriting.sources.filing import BadPayload, distrust
from underwriting.sources.questions import Question, Reply, Source
from unlockfocus.json_cases import InvalidCase, as_list, as_object, as_text, each, get

SOURCE = Source(name="GLEIF", address="https://api.gleif.org/api/v1", licence="CC0 1.0", requests=50, per_seconds=60.0)
_JSON_API = {"Accept": "application/vnd.api+json"}
_LEI = re.compile("[A-Z0-9]{18}[0-9]{2}")
_TROUBLE = {"LIQUIDATION", "BANKRUPTCY", "INSOLVENCY", "VOLUNTARY_ARRANGEMENT"}
MOST_CHILDREN = 100


@dataclass(frozen=True, slots=True)
class Relative:
    """A company of the same group; `number` is its national one, as its register writes it."""

    lei: str
    name: str
    country: str
    number: str = ""
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Children:
    """The companies that report this one as their direct parent: `total` of them, of which some are listed."""

    total: int
    companies: tuple[Relative, ...]


def question(country: str, number: str) -> Question:
    """The companies of a country with a national number, as their register writes it."""
    asked = _court_and_number(number)[1] if country == "DE" else number
    filters = {"filter[entity.registeredAs]": asked, "filter[entity.legalAddress.country]": country}
    return Question("/lei-records", parameters={**filters, "page[size]": "10"}, headers=_JSON_API)


def relation_question(lei: str, relation: str) -> Question:
    """`relation` is direct-parent, ultimate-parent, or one of them followed by -reporting-exception."""
    return Question(f"/lei-records/{_lei(lei)}/{relation}", headers=_JSON_API, reads_missing=True)


def children_question(lei: str) -> Question:
    parameters = {"page[size]": str(MOST_CHILDREN)}
    path = f"/lei-records/{_lei(lei)}/direct-children"
    return Question(path, parameters=parameters, headers=_JSON_API, reads_missing=True)


def read_company(reply: Reply, country: str, number: str) -> CompanyRecord | None:
    """The one company of that number; None when none has an LEI. Raises BadPayload when several could be it."""
    with distrust():
        records = list(each(json_of(reply), "data", _attributes))
        found = [record for record in records if _is_asked(record, country, number)]
        if records and not found:
            raise InvalidCase("data", "companies of other numbers than was asked for")
        if len(found) > 1:
            raise InvalidCase("data", "several companies of that number")
        return _record(found[0], country, number) if found else None


def read_relative(reply: Reply) -> Relative | None:
    """The parent; None when none is reported. Raises BadPayload."""
    with distrust():
        answer = json_of(reply)
        if reply.status_code == 404:
            _check_none(answer)
            return None
        return _relative(get(answer, "data", _attributes))


def read_exception(reply: Reply) -> str | None:
    """Why no parent is reported, in GLEIF's word (NO_KNOWN_PERSON ...); None when there is no such reason."""
    with distrust():
        answer = json_of(reply)
        if reply.status_code == 404:
            _check_none(answer)
            return None
        attributes = get(get(answer, "data", as_object), "attributes", as_object)
        return text(attributes, "reason") or text(attributes, "exceptionReason") or None


def read_children(reply: Reply) -> Children | None:
    with distrust():
        answer = json_of(reply)
        if reply.status_code == 404:
            _check_none(answer)
            return None
        companies = tuple(_relative(record) for record in each(answer, "data", _attributes))
        total = text(inner(inner(answer, "meta"), "pagination"), "total")
        return Children(max(int(total) if total.isdigit() else 0, len(companies)), companies) if companies else None


def _check_none(answer: Any) -> None:
    """A 404 of the service itself lists its errors; one of something in between does not."""
    if not get(answer, "errors", as_list):
        raise BadPayload("errors", "an error is expected")


def _attributes(record: Any) -> Any:
    return get(record, "attributes", as_object)


def _is_asked(record: Any, country: str, number: str) -> bool:
    entity = get(record, "entity", as_object)
    if text(inner(entity, "legalAddress"), "country") != country:
        return False
    registered = text(entity, "registeredAs")
    if country != "DE":
        return same_number(registered, number)
    # Every court counts anew: without the court the number says little, so the company must sit where the court does.
    court, in_court = _court_and_number(number)
    city = text(inner(entity, "legalAddress"), "city")
    return same_number(registered, in_court) and city.casefold() == court.casefold()


def _court_and_number(number: str) -> tuple[str, str]:
    """Aachen and HRB 18207, of "Aachen HRB 18207"."""
    found = re.fullmatch("(.+) ([A-Za-z]{2,3} [0-9].*)", number)
    return (found[1], found[2]) if found else ("", number)


def _record(record: Any, country: str, number: str) -> CompanyRecord:
    entity, registration = get(record, "entity", as_object), inner(record, "registration")
    legal_name = name(get(entity, "legalName", as_object), "name")
    former = [
        text(other, "name", LONGEST_NAME)
        for other in listed(entity, "otherNames")
        if text(other, "type") == "PREVIOUS_LEGAL_NAME"
    ]
    status, words, since = _status(entity)
    lei = get(record, "lei", _lei)
    return CompanyRecord(
        country=country,
        number=number,
        name=legal_name,
        status=status,
        status_words=words,
        status_on=since,
        address=_address(inner(entity, "legalAddress")),
        former_names=distinct(former, but=legal_name),
        lei=lei,
        as_of=day(registration, "lastUpdateDate"),
        page=f"https://search.gleif.org/#/record/{lei}",
    )


def _status(entity: Any) -> tuple[Status, str, date | None]:
    for group in listed(entity, "eventGroups"):
        for event in listed(group, "events"):
            if text(event, "type") in _TROUBLE and text(event, "status") != "WITHDRAWN_CANCELLED":
                return Status.IN_PROCEEDINGS, text(event, "type"), day(event, "effectiveDate")
    state, ending = text(entity, "status"), inner(entity, "expiration")
    if state == "ACTIVE":
        return Status.ACTIVE, state, None
    if state != "INACTIVE":
        return Status.UNKNOWN, state, None
    reason = text(ending, "reason")
    status = Status.STRUCK_OFF if reason == "DISSOLVED" else Status.INACTIVE
    return status, " ".join(part for part in (state, reason) if part), day(ending, "date")


def _relative(record: Any) -> Relative:
    entity = get(record, "entity", as_object)
    return Relative(
        lei=get(record, "lei", _lei),
        name=name(get(entity, "legalName", as_object), "name"),
        country=text(inner(entity, "legalAddress"), "country"),
        number=text(entity, "registeredAs"),
        as_of=day(inner(record, "registration"), "lastUpdateDate"),
    )


def _address(parts: Any) -> str:
    lines = [str(line) for line in listed(parts, "addressLines")]
    place = " ".join(part for part in (text(parts, "postalCode"), text(parts, "city")) if part)
    return joined([*lines, place, text(parts, "country")])


def _lei(value: Any) -> str:
    if not _LEI.fullmatch(as_text(value)):
        raise InvalidCase("", "an LEI of twenty characters is expected")
    return as_text(value)

"""Romanian companies, as the tax authority keeps them (ANAF, VAT register v9). Pure.

One question may name up to a hundred companies, one request a second. A company that is not there is a 404 whose body
is JSON all the same, with the number under `notFound`.
"""

import json
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from underwriting.sources.companies import (
    LONGEST_ADDRESS,
    LONGEST_FORM,
    Activity,
    CompanyRecord,
    Status,
    day,
    inner,
    json_of,
    listed,
    name,
    optional,
    text,
)
from underwriting.sources.filing import BadPayload, distrust, plain
from underwriting.sources.questions import Question, Reply, Source
from unlockfocus.json_cases import InvalidCase, as_object, get

SOURCE = Source(
    name="ANAF",
    address="https://webservicesp.anaf.ro",
    licence="ANAF, serviciu web public",
    requests=1,
    per_seconds=1.1,
)
MOST_NUMBERS = 100

# The beginnings of `stare_inregistrare`, which goes on with "din data" and a day.
_STATES = (
    ("radiere", Status.STRUCK_OFF),
    ("dizolvare", Status.IN_PROCEEDINGS),
    ("lichidare", Status.IN_PROCEEDINGS),
    ("faliment", Status.IN_PROCEEDINGS),
    ("insolvent", Status.IN_PROCEEDINGS),
    ("reorganizare", Status.IN_PROCEEDINGS),
    ("concordat", Status.IN_PROCEEDINGS),
    ("suspendare", Status.INACTIVE),
    ("intrerupere", Status.INACTIVE),
    ("inregistrat", Status.ACTIVE),
    ("reluare", Status.ACTIVE),
    ("transfer", Status.ACTIVE),
)
_DAY = re.compile("([0-9]{2})[.]([0-9]{2})[.]([0-9]{4})")


def question(numbers: Sequence[str], on: date) -> Question:
    """What ANAF knows of these companies (CUI) on a day; a hundred at the most."""
    if not 0 < len(numbers) <= MOST_NUMBERS:
        raise ValueError(f"1 to {MOST_NUMBERS} numbers are asked for at once")
    body = json.dumps([{"cui": int(number), "data": on.isoformat()} for number in numbers]).encode()
    headers = {"Content-Type": "application/json"}
    return Question("/api/PlatitorTvaRest/v9/tva", method="POST", headers=headers, body=body, reads_missing=True)


def read_company(reply: Reply, number: str) -> CompanyRecord | None:
    """The company of that number; None when ANAF says it knows none. Raises BadPayload."""
    found = read_companies(reply, [number])
    return found.get(number)


def read_companies(reply: Reply, numbers: Sequence[str]) -> dict[str, CompanyRecord]:
    """The companies found among those asked for, by number; raises BadPayload unless every one is accounted for."""
    answer = json_of(reply)
    if "found" not in answer and "notFound" not in answer:
        raise BadPayload("found", "missing")
    with distrust():
        records = [_record(each) for each in listed(answer, "found")]
        missing = {str(each) for each in listed(answer, "notFound")}
    by_number = {record.number: record for record in records}
    if len(by_number) != len(records) or set(by_number) - set(numbers):
        raise BadPayload("found", "another company than was asked for")
    if records and set(numbers) - set(by_number) - missing:
        raise BadPayload("found", "a company that was asked for is neither found nor not found")
    return by_number


def _record(found: Any) -> CompanyRecord:
    general = get(found, "date_generale", as_object)
    number = get(general, "cui", _number)
    state = text(general, "stare_inregistrare")
    status, since = _status(state, inner(found, "stare_inactiv"))
    vat = inner(found, "inregistrare_scop_Tva")
    register = text(general, "nrRegCom")
    return CompanyRecord(
        country="RO",
        number=number,
        name=name(general, "denumire"),
        status=status,
        status_words=state,
        status_on=since,
        legal_form=_form(text(general, "forma_juridica")),
        vat_number=f"RO{number}" if optional(vat, "scpTVA", _flag, False) else "",  # noqa: FBT003
        address=text(general, "adresa", LONGEST_ADDRESS),
        activity=_activity(text(general, "cod_CAEN")),
        registered_on=day(general, "data_inregistrare"),
        other_numbers=(("ONRC", register),) if register else (),
        as_of=day(general, "data"),
    )


def _status(state: str, inactive: Any) -> tuple[Status, date | None]:
    """The gravest of the state of registration and the two days of fiscal inactivity."""
    words = plain(state)
    status = next((each for beginning, each in _STATES if words.startswith(beginning)), Status.UNKNOWN)
    struck_off = day(inactive, "dataRadiere")
    if struck_off or status == Status.STRUCK_OFF:
        return Status.STRUCK_OFF, struck_off or _day_in(state)
    if status != Status.IN_PROCEEDINGS and optional(inactive, "statusInactivi", _flag, False):  # noqa: FBT003
        return Status.INACTIVE, day(inactive, "dataInactivare")
    return status, _day_in(state)


def _day_in(state: str) -> date | None:
    found = _DAY.search(state)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else None
    except ValueError:
        return None


_FORMS = (
    ("raspundere limitata", "SRL"),
    ("pe actiuni", "SA"),
    ("in nume colectiv", "SNC"),
    ("comandita simpla", "SCS"),
)


def _form(words: str) -> str:
    short = next((form for phrase, form in _FORMS if phrase in plain(words)), "")
    return short or words[:LONGEST_FORM]


def _activity(code: str) -> Activity | None:
    """CAEN is NACE with the same four digits; ANAF does not say which revision it is in."""
    if not re.fullmatch("[0-9]{4}", code):
        return None
    return Activity(f"{code[:2]}.{code[2:]}", "CAEN")


def _number(value: Any) -> str:
    written = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch("[1-9][0-9]{1,9}", written):
        raise InvalidCase("", "a CUI is expected")
    return written


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidCase("", "true or false is expected")
    return value

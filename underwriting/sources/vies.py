"""Whether a VAT number is valid, as the tax administrations of the Union say through VIES. Pure.

There are three outcomes, never two: valid, not valid, and no answer. The last one comes with status 200 as well, and
with `isValid` false: what tells it from the second is `userError` alone.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from underwriting.sources.answers import NoAnswer
from underwriting.sources.companies import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    check_number,
    day,
    json_of,
    listed,
    text,
)
from underwriting.sources.filing import distrust
from underwriting.sources.questions import Question, Reply, Source
from unlockfocus.json_cases import InvalidCase, get, shown

SOURCE = Source(
    name="VIES",
    address="https://ec.europa.eu/taxation_customs/vies/rest-api",
    licence="© European Union",
    requests=2,
    per_seconds=1.0,
    fresh_seconds=6 * 3600,
)
# EL for Greece, XI for Northern Ireland.
MEMBERS = frozenset(
    {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU"}
    | {"IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "XI"}
)
_BUSY = {"MS_MAX_CONCURRENT_REQ", "GLOBAL_MAX_CONCURRENT_REQ", "MS_MAX_CONCURRENT_REQ_TIME"}


@dataclass(frozen=True, slots=True)
class VatCheck:
    """What the tax administration says of a number; name and address are "" where it discloses none."""

    vat_number: str
    is_valid: bool
    name: str = ""
    address: str = ""
    as_of: date | None = None


def is_asked(vat_number: str) -> bool:
    """Whether the number is one of a country whose administration answers."""
    return vat_number[:2] in MEMBERS


def question(vat_number: str) -> Question:
    return Question(f"/ms/{vat_number[:2]}/vat/{vat_number[2:]}", missing=frozenset())


def read_check(reply: Reply, vat_number: str) -> VatCheck:
    """Valid or not; raises NoAnswer when the administration did not say, BadPayload for anything else."""
    with distrust():
        answer = json_of(reply)
        errors = [text(each, "error") for each in listed(answer, "errorWrappers")]
        if errors:
            raise _no_answer(errors[0])
        is_valid, word = get(answer, "isValid", _flag), text(answer, "userError")
        if word not in {"VALID", "INVALID"}:
            raise _no_answer(word)
        if is_valid != (word == "VALID"):
            raise InvalidCase("userError", f"{word} does not go with isValid {is_valid}")
        check_number(text(answer, "vatNumber"), vat_number[2:], "vatNumber")
        return VatCheck(
            vat_number,
            is_valid,
            text(answer, "name", LONGEST_NAME),
            text(answer, "address", LONGEST_ADDRESS),
            day(answer, "requestDate"),
        )


def _no_answer(word: str) -> NoAnswer:
    return NoAnswer(word or "no reason given", is_busy=word in _BUSY)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidCase("", f"true or false is expected, not {shown(value)}")
    return value

"""What a register says of a company, in one shape whatever the register; and what its readers share. Pure.

A reader takes what identifies the company and refuses an answer about another one. Texts are cut to what a form holds
and freed of control characters; a day the register writes in its own way is read or refused, never guessed.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar
from unicodedata import category

from underwriting.sources.filing import BadPayload, load_json
from underwriting.sources.questions import Reply
from unlockfocus.json_cases import InvalidCase, as_list, as_object, as_text, get, shown

T = TypeVar("T")

# What the form and the table of buyers hold.
LONGEST_NAME = 200
LONGEST_FORM = 40
LONGEST_ADDRESS = 300
LONGEST_WORDS = 120
MOST_PEOPLE = 50
_NOTHING = {"", "---", "-", "null", "None"}


class Status(StrEnum):
    """Whether a company may still be dealt with, as far as its register says."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    STRUCK_OFF = "struck_off"
    IN_PROCEEDINGS = "in_proceedings"
    UNKNOWN = "unknown"

    @property
    def is_bad(self) -> bool:
        return self in {Status.INACTIVE, Status.STRUCK_OFF, Status.IN_PROCEEDINGS}


@dataclass(frozen=True, slots=True)
class Activity:
    """A code and the nomenclature it is of, with its version where the register says it: "28.41Z", "NAF rev. 2"."""

    code: str
    nomenclature: str

    @property
    def division(self) -> str:
        """The two digits of the NACE division; "" for a code that has none."""
        found = re.match("[0-9]{2}", self.code)
        return found[0] if found else ""


@dataclass(frozen=True, slots=True)
class CompanyRecord:
    """One company as one register has it.

    `number` identifies it in its country (the number the product knows buyers by). `status_words` are the register's
    own, `status_on` the day they hold from. `vat_number` is there only where the register says the company has it.
    `page` is where people can read the same.
    """

    country: str
    number: str
    name: str
    status: Status
    status_words: str = ""
    status_on: date | None = None
    legal_form: str = ""
    vat_number: str = ""
    address: str = ""
    activity: Activity | None = None
    registered_on: date | None = None
    other_numbers: tuple[tuple[str, str], ...] = ()
    former_names: tuple[str, ...] = ()
    directors: tuple[str, ...] = ()
    lei: str = ""
    as_of: date | None = None
    page: str = ""


def json_of(reply: Reply) -> Any:
    """The JSON object of a reply; raises BadPayload."""
    value = load_json(reply.content)
    if not isinstance(value, dict):
        raise BadPayload("", f"an object is expected, not {shown(value)}")
    return value


def optional(container: Any, key: str, read: Callable[[Any], T], default: T) -> T:
    """The value under a key, read; the default where the key is missing or null."""
    return default if as_object(container).get(key) is None else get(container, key, read)


def text(container: Any, key: str, longest: int = LONGEST_WORDS) -> str:
    """A text, or a whole number as text, on one line; "" where the register has nothing."""
    return optional(container, key, lambda value: one_line(_texted(value), longest), "")


def name(container: Any, key: str) -> str:
    """A company's name, without which there is no company; raises InvalidCase."""
    return get(container, key, _named)


def day(container: Any, key: str, form: str = "%Y-%m-%d") -> date | None:
    """A day in the register's own writing, or none."""
    return optional(container, key, lambda value: _day(value, form), None)


def listed(container: Any, key: str) -> list[Any]:
    """A list, empty where the register has none."""
    return optional(container, key, as_list, [])


def inner(container: Any, key: str) -> Any:
    """An object, empty where the register has none."""
    nothing: Mapping[str, Any] = {}
    return optional(container, key, as_object, nothing)


def one_line(value: str, longest: int) -> str:
    """A text as a form can take it: without control characters, on one line, cut where it is too long."""
    letters = "".join(" " if category(letter)[0] in "CZ" else letter for letter in value)
    line = " ".join(letters.split())
    if line in _NOTHING:
        return ""
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def joined(parts: Iterable[str], between: str = ", ") -> str:
    return one_line(between.join(part for part in parts if part), LONGEST_ADDRESS)


def distinct(names: Iterable[str], but: str = "") -> tuple[str, ...]:
    """The names in their order, each once, without one of them."""
    return tuple(dict.fromkeys(each for each in names if each and each != but))[:MOST_PEOPLE]


def same_number(left: str, right: str) -> bool:
    """Whether two writings of a number are the same but for spaces, dots, capitals and leading zeros."""
    return _bare(left) == _bare(right)


def check_number(found: str, asked: str, place: str) -> None:
    """Raises InvalidCase when the answer is about another company."""
    if not same_number(found, asked):
        raise InvalidCase(place, f"{asked} was asked for, the answer is about {shown(found)}")


def _bare(number: str) -> str:
    return re.sub("[^A-Z0-9]", "", number.upper()).lstrip("0")


def _texted(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return as_text(value)


def _named(value: Any) -> str:
    found = one_line(as_text(value), LONGEST_NAME)
    if not found:
        raise InvalidCase("", "a company without a name")
    return found


def _day(value: Any, form: str) -> date | None:
    written = as_text(value).strip()
    if written in _NOTHING:
        return None
    try:
        found = datetime.strptime(written[:10], form).date()  # noqa: DTZ007 - a day, not an instant
    except ValueError:
        found = None
    if found is None or not 1700 <= found.year <= 2200:
        raise InvalidCase("", f"a day is expected, not {shown(value)}")
    return found

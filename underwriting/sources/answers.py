"""What a source outside answers, whatever the source: one of five outcomes, and where and when it was said. Pure.

Only `OK` and `NOT_FOUND` say something of the company asked about. The three others say something of the source: no
answer is never a negative finding, and whoever shows an answer says which of the two it is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, TypeVar

from underwriting.sources.questions import Reply

T_co = TypeVar("T_co", covariant=True)

# The reason of an answer when this installation asks nobody.
SWITCHED_OFF = "switched off"
# The reason of a source that wants a key or an account, and none is set.
NO_KEY = "no key"


class Outcome(StrEnum):
    """How a question to a source ended."""

    OK = "ok"
    NOT_FOUND = "not_found"
    UNAVAILABLE = "unavailable"
    RATE_LIMITED = "rate_limited"
    BAD_PAYLOAD = "bad_payload"


class NoAnswer(Exception):
    """Raised by a reader whose source says, in a reply that went well, that it cannot answer for now."""

    def __init__(self, reason: str, *, is_busy: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.is_busy = reason, is_busy


@dataclass(frozen=True, slots=True)
class Answer(Generic[T_co]):
    """What a source said, and its provenance.

    `payload` is the typed record, of an `OK` answer only. `reason` says in a word or two, for the log and the desk, why
    there is none: a time-out, the place in a payload that is not to be trusted. `as_of` is the day the source says its
    facts are of, where it says so. `is_kept` tells an answer of the cache, whose age is that of `fetched_at`.
    """

    outcome: Outcome
    source: str
    url: str
    licence: str
    fetched_at: datetime
    payload: T_co | None = None
    as_of: date | None = None
    reason: str = ""
    retry_after_seconds: float | None = None
    is_kept: bool = False

    @property
    def is_about_the_company(self) -> bool:
        """Whether the source answered the question, be it that there is nothing."""
        return self.outcome in {Outcome.OK, Outcome.NOT_FOUND}


# Reads the body of a reply into a typed record; None when the body says there is none; raises
# `filing.BadPayload`, or `NoAnswer`.
Reader = Callable[[Reply], T_co | None]

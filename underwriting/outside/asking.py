"""Asking a source outside: the one way out of the product, and a typed answer whatever happens there.

`ask` never raises for what a source does. It asks as often as the source allows, leaves alone one that fails, keeps
answers for as long as they are fresh, and tries again what may go well a moment later. docs/rules/sources.md.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlsplit

import structlog
from django.conf import settings

from underwriting.outside import breaker, kept, limiter
from underwriting.outside.clock import REAL, Clock
from underwriting.outside.exchange import Moved, NoReply, TooMany, Unusable, exchange, url_of
from underwriting.sources.answers import SWITCHED_OFF, Answer, NoAnswer, Outcome, Reader
from underwriting.sources.filing import BadPayload
from underwriting.sources.questions import Question, Reply, Source

log = structlog.get_logger(__name__)
T = TypeVar("T")

MOST_ATTEMPTS = 3
MOST_REDIRECTS = 3
FIRST_BACKOFF = 0.5
# A host that wants to be left alone for longer is told so to the caller, not waited for.
LONGEST_RETRY_AFTER = 3.0
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass
class _Asking:
    """One question on its way: where it is asked, and how much time is left for it."""

    source: Source
    question: Question
    at: datetime
    clock: Clock
    ends_at: float
    url: str

    @property
    def left(self) -> float:
        return self.ends_at - self.clock.monotonic()

    def answer(self, outcome: Outcome, reason: str = "", retry_after: float | None = None) -> Answer[T]:
        return Answer(
            outcome,
            self.source.name,
            self.url,
            self.source.licence,
            self.at,
            reason=reason,
            retry_after_seconds=retry_after,
        )


def ask(
    source: Source,
    question: Question,
    read: Reader[T],
    *,
    at: datetime,
    patience: float | None = None,
    clock: Clock = REAL,
) -> Answer[T]:
    """The answer of a source to a question, read by `read`; one of the five outcomes, never an exception.

    `patience` is the longest all of it may take, in seconds: waiting for a place, attempts and the pauses between them.
    Without it, twice the time the source has for one attempt. `at` is the present instant, kept as `fetched_at`.
    """
    source = replace(source, address=settings.OUTSIDE_ADDRESSES.get(source.name, source.address))
    seconds = 2 * source.timeout_seconds if patience is None else patience
    asking = _Asking(source, question, at, clock, clock.monotonic() + seconds, url_of(source, question))
    if not settings.OUTSIDE_SOURCES:
        return asking.answer(Outcome.UNAVAILABLE, SWITCHED_OFF)
    if not _is_safe(source):
        return asking.answer(Outcome.UNAVAILABLE, "not an https address")
    found: Answer[T] = _kept(asking, read) or _fetched(asking, read)
    said = log.info if found.is_about_the_company else log.warning
    said("asked outside", source=source.name, outcome=found.outcome, reason=found.reason, is_kept=found.is_kept)
    return found


def _is_safe(source: Source) -> bool:
    """Whether what it says comes from it: over https, unless it has none and its readers are told so."""
    parts = urlsplit(source.address)
    return parts.scheme == "https" or (parts.scheme == "http" and (parts.hostname in _LOOPBACK or not source.has_https))


def _kept(asking: _Asking, read: Reader[T]) -> Answer[T] | None:
    """What the kept reply says, unless there is none or it is not to be trusted any more."""
    asked = asking.url
    found = kept.find(asking.source, asking.question, asked)
    if found is None:
        return None
    answer = _read(asking, found.reply, read)
    if not answer.is_about_the_company:
        kept.forget(asking.source, asking.question, asked)
        return None
    return replace(answer, url=found.url, fetched_at=found.fetched_at, is_kept=True)


def _fetched(asking: _Asking, read: Reader[T]) -> Answer[T]:
    asked = asking.url
    reply: Reply | Answer[T] = _reply(asking)
    if isinstance(reply, Answer):
        return reply
    answer = _read(asking, reply, read)
    if answer.is_about_the_company:
        fetched = kept.Kept(reply, asking.url, asking.at)
        kept.keep(asking.source, asking.question, asked, fetched, is_found=answer.outcome == Outcome.OK)
    return answer


def _reply(asking: _Asking) -> "Reply | Answer[T]":
    """The reply after as many attempts as are worth it, or the answer that there is none."""
    attempt = 1
    before: Answer[T] | None = None
    while True:
        try:
            return _attempt(asking)
        except limiter.TooOften as full:
            return before or asking.answer(Outcome.RATE_LIMITED, "no free place", full.seconds)
        except breaker.Open as left_alone:
            return asking.answer(Outcome.UNAVAILABLE, str(left_alone), left_alone.seconds)
        except Unusable as body:
            return asking.answer(Outcome.BAD_PAYLOAD, str(body))
        except TooMany as wish:
            if wish.seconds is not None:
                limiter.pause(asking.source, wish.seconds, asking.clock)
            wait = _backoff(asking, attempt) if wish.seconds is None else wish.seconds
            before = asking.answer(Outcome.RATE_LIMITED, "too many requests", wish.seconds)
            if attempt == MOST_ATTEMPTS or wait > LONGEST_RETRY_AFTER or wait >= asking.left:
                return before
        except NoReply as failure:
            wait = _backoff(asking, attempt)
            before = asking.answer(Outcome.UNAVAILABLE, failure.reason)
            if not failure.is_passing or attempt == MOST_ATTEMPTS or wait >= asking.left:
                return before
        asking.clock.sleep(wait)
        attempt += 1


def _backoff(asking: _Asking, attempt: int) -> float:
    """Half a second, then twice as long each time; each somewhere between a half and the whole of it."""
    return FIRST_BACKOFF * float(2 ** (attempt - 1)) * (0.5 + asking.clock.jitter() / 2)


def _attempt(asking: _Asking) -> Reply:
    """One attempt, through the source's own redirects; raises what `exchange`, the limiter and the breaker raise."""
    leave = breaker.let_pass(asking.source, asking.clock)
    try:
        reply = _through_redirects(asking)
    except NoReply as failure:
        if failure.is_of_host:
            breaker.failed(leave, asking.clock)
        else:
            breaker.succeeded(leave)
        raise
    except limiter.TooOften:
        breaker.gave_up(leave)
        raise
    except (TooMany, Unusable):
        breaker.succeeded(leave)
        raise
    breaker.succeeded(leave)
    return reply


def _through_redirects(asking: _Asking) -> Reply:
    for _hop in range(MOST_REDIRECTS + 1):
        limiter.take_place(asking.source, asking.left, asking.clock)
        seconds = min(asking.source.timeout_seconds, asking.left)
        if seconds <= 0:
            raise limiter.TooOften(0.0)
        reply = exchange(asking.source, asking.question, asking.url, seconds, asking.at)
        if not isinstance(reply, Moved):
            return reply
        asking.url = reply.url
    raise NoReply("redirected in a circle", is_passing=False, is_of_host=False)


def _read(asking: _Asking, reply: Reply, read: Reader[T]) -> Answer[T]:
    """What the reply says. A reader that stumbles over a payload nobody foresaw is a payload not to be trusted."""
    if reply.status_code in asking.question.missing and not asking.question.reads_missing:
        return asking.answer(Outcome.NOT_FOUND)
    try:
        payload = read(reply)
    except NoAnswer as error:
        return asking.answer(Outcome.RATE_LIMITED if error.is_busy else Outcome.UNAVAILABLE, error.reason[:200])
    except BadPayload as error:
        return asking.answer(Outcome.BAD_PAYLOAD, str(error)[:200])
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        log.exception("a reader stumbled", source=asking.source.name)
        return asking.answer(Outcome.BAD_PAYLOAD, f"not as expected ({type(error).__name__})")
    if payload is None:
        return asking.answer(Outcome.NOT_FOUND)
    source = asking.source
    as_of = getattr(payload, "as_of", None)
    return Answer(Outcome.OK, source.name, asking.url, source.licence, asking.at, payload, as_of)

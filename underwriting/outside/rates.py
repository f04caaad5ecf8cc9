"""The daily rates of the European Central Bank, fetched so that no day is left out."""

from datetime import datetime

import structlog
from django.utils.timezone import localdate

from applications.ecb import Quote
from applications.rates import Loaded, load_rates, newest_day
from underwriting.outside.asking import ask
from underwriting.outside.clock import REAL, Clock
from underwriting.sources import ecb_rates
from underwriting.sources.answers import Answer

log = structlog.get_logger(__name__)


def refresh_rates(*, at: datetime, clock: Clock = REAL) -> tuple[Answer[tuple[Quote, ...]], Loaded | None]:
    """Ask for the rates since the newest we hold and keep what is new; without an answer everything stays as it is.

    A rate that differs from what was published before is said in the log and not taken.
    """
    today = localdate(at)
    question = ecb_rates.question_since(newest_day(), today)
    answer = ask(ecb_rates.SOURCE, question, lambda reply: ecb_rates.read(reply, today), at=at, clock=clock)
    if answer.payload is None:
        return answer, None
    loaded = load_rates(answer.payload)
    for each in loaded.differing:
        log.error("a published rate differs", currency=each.currency, on=each.on.isoformat(), rate=str(each.rate))
    return answer, loaded

"""The European Central Bank's reference rates, as questions: today's, of ninety days, of all since 1999. Pure."""

from datetime import date

from applications.ecb import Quote, UnreadableRates, read_rates
from underwriting.sources.filing import BadPayload
from underwriting.sources.questions import Question, Reply, Source

SOURCE = Source(
    name="ecb",
    address="https://www.ecb.europa.eu/stats/eurofxref",
    licence="free reuse with attribution, European Central Bank",
    requests=6,
    per_seconds=60,
    # The bank publishes once a day, around 16:00 in Frankfurt: a copy of the morning would hide it.
    fresh_seconds=900,
    timeout_seconds=30,
)
DAILY, LAST_90_DAYS, HISTORY = (
    Question(file, missing=frozenset())
    for file in ("eurofxref-daily.xml", "eurofxref-hist-90d.xml", "eurofxref-hist.zip")
)

_LONGEST_OF_DAILY, _LONGEST_OF_90_DAYS = 1, 80


def question_since(newest: date | None, today: date) -> Question:
    """The smallest file that leaves no day out after the newest we hold."""
    if newest is None or (today - newest).days > _LONGEST_OF_90_DAYS:
        return HISTORY
    return DAILY if (today - newest).days <= _LONGEST_OF_DAILY else LAST_90_DAYS


def read(reply: Reply, today: date) -> tuple[Quote, ...]:
    """The quotes of a file; raises BadPayload."""
    try:
        return read_rates(reply.content, today)
    except UnreadableRates as error:
        raise BadPayload(error.place, error.reason) from error

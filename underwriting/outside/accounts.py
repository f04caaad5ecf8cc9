"""What registers publish of a company's accounts, asked for: every year there is, or why there is none."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.timezone import localdate

from underwriting.outside.calls import Call
from underwriting.outside.clock import REAL, Clock
from underwriting.sources import anaf, french_companies, inpi, ixbrl
from underwriting.sources.answers import NO_KEY, Answer, Outcome
from underwriting.sources.filing import Filing, linked, load_json
from underwriting.sources.questions import Reply, Source

# So many of the years that ended are asked for: what a score looks at, and the year it compares with.
YEARS = 3
# Nobody waits for the page: a worker may stand in line for a place.
PATIENCE = 40.0


@dataclass(frozen=True, slots=True)
class Accounts:
    """The filings, newest first; the ends of years filed as confidential; what is left out, a reason each."""

    filings: tuple[Filing, ...]
    confidential: tuple[date, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def facts(self) -> dict[str, Any]:
        """What is noted of the answer; the figures themselves are kept as the buyer's statements."""
        years = sorted({each.statement.period_end.isoformat() for each in self.filings}, reverse=True)
        return {
            "years": years,
            "confidential": [each.isoformat() for each in self.confidential],
            "left_out": list(self.left_out),
        }


Found = Answer[Accounts]


def find_romanian(number: str, *, at: datetime, clock: Clock = REAL) -> Found:
    """ANAF, one year after the other. A year that is not answered leaves the others to be taken, and is said."""
    call, on = Call(at, clock, PATIENCE), localdate(at)
    read = anaf.bilant_reader(number, on)
    years = range(on.year - 1, on.year - 1 - YEARS, -1)
    answers = [call.ask(anaf.BILANT, anaf.ask_bilant(number, year), read) for year in years]
    filings = tuple(filing for answer in answers for filing in answer.payload or ())
    silent = [answer for answer in answers if not answer.is_about_the_company]
    if not filings:
        return _with(silent[0] if silent else answers[0], None)
    left_out = tuple(f"{answer.url}: {answer.outcome} {answer.reason}".strip() for answer in silent)
    newest = next(answer for answer in answers if answer.payload)
    return _with(newest, Accounts(linked(filings), (), left_out))


def find_british(number: str, *, at: datetime, clock: Clock = REAL) -> Found:
    """Companies House: which documents there are, then the newest accounts as inline XBRL."""
    key = settings.COMPANIES_HOUSE_API_KEY
    if not key:
        return _no_key(ixbrl.DOCUMENTS, at)
    call = Call(at, clock, PATIENCE)
    filed: Answer[str] = call.ask(ixbrl.FILINGS, ixbrl.ask_filings(number, key), ixbrl.newest_accounts)
    if filed.payload is None:
        return _with(replace(filed, source=ixbrl.DOCUMENTS.name), None)
    read = ixbrl.document_reader(number, localdate(at))
    document: Answer[tuple[Filing, ...]] = call.ask(ixbrl.DOCUMENTS, ixbrl.ask_document(filed.payload, key), read)
    return _with(document, Accounts(document.payload)) if document.payload else _with(document, None)


def find_french(number: str, *, at: datetime, clock: Clock = REAL) -> Found:
    """INPI, with a token of the moment. Years whose amounts are not in whole euros, for all we know, are left out."""
    user, password = settings.INPI_USERNAME, settings.INPI_PASSWORD
    if not user or not password:
        return _no_key(inpi.RNE, at)
    call = Call(at, clock, PATIENCE)
    credentials = json.dumps({"username": user, "password": password}).encode()
    # A token is a key: it is asked for each time and kept nowhere.
    door = replace(inpi.RNE, fresh_seconds=0)
    token: Answer[str] = call.ask(door, inpi.ask_token(credentials), inpi.token_of)
    if token.payload is None:
        return _with(replace(token, reason=token.reason or "no token"), None)
    read = inpi.bilans_reader(number, localdate(at))
    published = call.ask(inpi.RNE, inpi.ask_bilans(number, token.payload), read)
    if published.payload is None:
        return _with(published, None)
    return _with(published, _plausible(published.payload, _turnover(number, call)))


def _turnover(number: str, call: Call) -> dict[int, Decimal]:
    """The turnover by year that the business search knows; none when it does not answer."""

    def read(reply: Reply) -> dict[int, Decimal] | None:
        results = load_json(reply.content).get("results", [])
        mine = [each for each in results if isinstance(each, dict) and each.get("siren") == number]
        return inpi.known_turnover(mine[0].get("finances")) if mine else None

    return call.ask(french_companies.SEARCH, french_companies.search_question(number), read).payload or {}


def _plausible(published: inpi.Published, turnover: dict[int, Decimal]) -> Accounts:
    kept, left_out = [], []
    for filing in published.filings:
        doubt = inpi.check_unit(filing, turnover)
        if doubt is None:
            kept.append(filing)
        else:
            left_out.append(f"{filing.statement.period_end}: the unit is in doubt ({doubt.code})")
    confidential = tuple(each.period_end for each in published.confidential)
    return Accounts(tuple(kept), confidential, tuple(left_out))


def _no_key(source: Source, at: datetime) -> Found:
    return Answer(Outcome.UNAVAILABLE, source.name, source.address, source.licence, at, reason=NO_KEY)


def _with(answer: Answer[Any], accounts: Accounts | None) -> Found:
    found: Found = replace(answer, payload=accounts)
    return found


FINDERS: dict[str, Callable[..., Found]] = {"RO": find_romanian, "GB": find_british, "FR": find_french}

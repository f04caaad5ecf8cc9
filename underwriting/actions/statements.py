"""Keeping the accounts of buyers: one frozen row for each year somebody gave."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from applications.models import CoverRequest
from applications.rates import NoRate, rate_on
from parties.models import Buyer
from underwriting.models import BuyerStatement, StatementScore
from underwriting.scoring.grades import grade_for_pd
from underwriting.scoring.result import InsufficientAccounts
from underwriting.scoring.score import Case, rate
from underwriting.scoring.statement import ITEMS, Statement, before, years_of
from underwriting.scoring.stored import as_dict, statement_from_accounts
from underwriting.scoring.versions import Version, scorecard_of, versions
from underwriting.scoring_inputs import base_rate_of, year_of
from underwriting.sources import anaf, inpi, ixbrl, liasse
from underwriting.sources.filing import Filing
from unlockfocus.errors import BusinessRule

# The register a filing names, and how its statements are marked.
SOURCES = {
    anaf.REGISTER: BuyerStatement.Source.ANAF,
    liasse.BANQUE_DE_FRANCE: BuyerStatement.Source.BANQUE_DE_FRANCE,
    liasse.DGFIP: BuyerStatement.Source.DGFIP,
    inpi.REGISTER: BuyerStatement.Source.INPI,
    ixbrl.REGISTER: BuyerStatement.Source.COMPANIES_HOUSE,
}


class AnotherCompany(BusinessRule):
    """A filing is not about the buyer."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where filings came from: an address asked, or a file somebody had; and when."""

    fetched_at: datetime
    url: str = ""
    licence: str = ""
    file: str = ""
    sha256: str = ""


def keep_statements(request: CoverRequest, *, at: datetime) -> list[BuyerStatement]:
    """Keep every year of accounts given with a request with what every version makes of it.

    Given again, nothing is added.
    """
    rows = {row.period_end: row for row in request.accounts.all()}
    if request.buyer is None or not rows:
        return []
    years = years_of(statement_from_accounts({"years": [year_of(row) for row in rows.values()]}))
    kept = [
        keep_year(request.buyer, year, request=request, provenance=rows[year.period_end].provenance, at=at)
        for year in years
    ]
    _score(kept, at)
    return kept


@transaction.atomic
def keep_filings(buyer: Buyer, filings: Iterable[Filing], *, origin: Origin, at: datetime) -> list[BuyerStatement]:
    """Keep what a register published of a buyer, with what every version makes of it; kept again, nothing is added.

    Raises AnotherCompany when a filing names a company that is not the buyer.
    """
    filings = list(filings)
    for filing in filings:
        if filing.company and _plain(filing.company) != _plain(buyer.registration_number):
            raise AnotherCompany(
                _("These accounts are those of company %(number)s, not of the buyer.") % {"number": filing.company}
            )
    kept = [_keep_filing(buyer, filing, origin, at) for filing in filings]
    _score(kept, at)
    return kept


def _keep_filing(buyer: Buyer, filing: Filing, origin: Origin, at: datetime) -> BuyerStatement:
    source = SOURCES[filing.register]
    year = replace(filing.statement, source=source.value)
    file = {"file": origin.file, "sha256": origin.sha256} if origin.file else {}
    return keep_year(
        buyer,
        year,
        provenance={**file, "items": dict(filing.provenance)},
        defaults={**_euro_rate(year), "url": origin.url, "licence": origin.licence, "fetched_at": origin.fetched_at},
        at=at,
    )


def _euro_rate(year: Statement) -> dict[str, Any]:
    """The rate of the period's end: of the row, not of what the register said, and so not of its fingerprint."""
    try:
        rate = rate_on(year.currency, year.period_end)
    except NoRate:
        return {}
    return {"euro_rate": rate.rate, "euro_rate_on": rate.on}


def _plain(number: str) -> str:
    return "".join(filter(str.isalnum, number)).upper().lstrip("0")


def _score(rows: list[BuyerStatement], at: datetime) -> None:
    StatementScore.objects.bulk_create(
        (scored_by(version, row, at) for version in versions() for row in rows), ignore_conflicts=True
    )


def keep_year(
    buyer: Buyer,
    year: Statement,
    *,
    request: CoverRequest | None = None,
    provenance: dict[str, Any] | None = None,
    defaults: dict[str, Any] | None = None,
    at: datetime,
) -> BuyerStatement:
    """Keep one year of a buyer's accounts, with the request they came with if any; given again, nothing is added."""
    prior_sales = before(year, "sales")
    row, _is_new = BuyerStatement.objects.get_or_create(
        buyer=buyer,
        fingerprint=fingerprint(year),
        defaults={
            "source": year.source,
            "request": request,
            "received_at": at,
            "provenance": provenance or {},
            "period_end": year.period_end,
            "published_on": year.published_on,
            "currency": year.currency,
            "unit": year.unit,
            "audited": year.audited,
            "consolidated": year.consolidated,
            "euro_rate": year.euro_rate,
            "euro_rate_on": year.euro_rate_on,
            "prior_sales": prior_sales,
            **{item: getattr(year, item) for item in ITEMS},
            **(defaults or {}),
        },
    )
    return row


def scored_by(version: Version, row: BuyerStatement, at: datetime) -> StatementScore:
    """What a version makes of a statement, as a run over the portfolio would keep it; without points when it cannot."""
    on = localdate(at)
    base_rate = base_rate_of(row.buyer.country, row.buyer.sector, on)
    kept = StatementScore(
        statement=row, model=version.model, version=version.version, base_rate=base_rate, scored_at=at
    )
    case = Case(statement=row.statement, on=on, model=scorecard_of(version), base_rate=float(base_rate))
    try:
        rated = rate(case)
    except InsufficientAccounts:
        return kept
    kept.card, kept.points, kept.pd, kept.grade = rated.card, rated.points, rated.pd, grade_for_pd(rated.pd)
    return kept


def fingerprint(year: Statement) -> str:
    """SHA-256 of all that a source says of a year, and which source, with the year before it."""
    return hashlib.sha256(json.dumps(as_dict(year), sort_keys=True).encode()).hexdigest()

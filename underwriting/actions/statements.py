"""Keeping the accounts of buyers: one frozen row for each year somebody gave."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from applications.models import CoverRequest
from parties.models import Buyer
from underwriting.models import BuyerStatement, StatementScore
from underwriting.scoring.grades import grade_for_pd
from underwriting.scoring.result import InsufficientAccounts
from underwriting.scoring.score import Case, rate
from underwriting.scoring.statement import ITEMS, Statement, before, years_of
from underwriting.scoring.stored import as_dict, statement_from_accounts
from underwriting.scoring.versions import Version, scorecard_of, versions
from underwriting.scoring_inputs import base_rate_of


def keep_statements(request: CoverRequest, accounts: dict[str, Any], *, at: datetime) -> list[BuyerStatement]:
    """Keep every year of the accounts of a request's buyer (`{"years": [...]}`) with what every version makes of it.

    Given again, nothing is added.
    """
    if request.buyer is None or not accounts["years"]:
        return []
    years = years_of(statement_from_accounts(accounts))
    rows = [keep_year(request.buyer, year, request=request, at=at) for year in years]
    StatementScore.objects.bulk_create(
        (scored_by(version, row, at) for version in versions() for row in rows), ignore_conflicts=True
    )
    return rows


def keep_year(buyer: Buyer, year: Statement, *, request: CoverRequest | None = None, at: datetime) -> BuyerStatement:
    """Keep one year of a buyer's accounts, with the request they came with if any; given again, nothing is added."""
    prior_sales = before(year, "sales")
    row, _created = BuyerStatement.objects.get_or_create(
        buyer=buyer,
        fingerprint=fingerprint(year),
        defaults={
            "source": year.source,
            "request": request,
            "received_at": at,
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
    """SHA-256 of all that a year of accounts says, with the year before it."""
    return hashlib.sha256(json.dumps(as_dict(year), sort_keys=True).encode()).hexdigest()

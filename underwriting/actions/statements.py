"""Keeping the accounts of buyers: one frozen row for each year somebody gave."""

import hashlib
import json
from datetime import datetime
from typing import Any

from applications.models import CoverRequest
from parties.models import Buyer
from underwriting.models import BuyerStatement
from underwriting.scoring.statement import ITEMS, Statement, before, years_of
from underwriting.scoring.stored import as_dict, statement_from_accounts


def keep_statements(request: CoverRequest, accounts: dict[str, Any], *, at: datetime) -> list[BuyerStatement]:
    """Keep every year of the accounts of a request's buyer (`{"years": [...]}`); given again, nothing is added."""
    if request.buyer is None or not accounts["years"]:
        return []
    years = years_of(statement_from_accounts(accounts))
    return [keep_year(request.buyer, year, request=request, at=at) for year in years]


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


def fingerprint(year: Statement) -> str:
    """SHA-256 of all that a year of accounts says, with the year before it."""
    return hashlib.sha256(json.dumps(as_dict(year), sort_keys=True).encode()).hexdigest()

"""From a request to the frozen inputs of its analysis, and from stored inputs back to a score.

What is stored is all the model needs: a replay reads these inputs and nothing else.
"""

from datetime import date
from typing import Any

from applications.models import BuyerAccounts, CountryTerms, CoverRequest, TradingHistory
from underwriting.scoring.result import InsufficientAccounts, Score
from underwriting.scoring.score import ScoringSettings, score
from underwriting.scoring.stored import as_dict, payments_from_dict, settings_from_dict, statement_from_accounts


def inputs_of(request: CoverRequest, on: date) -> dict[str, Any]:
    """The buyer's accounts, how it paid, its country and the sizes of the overlays, on a day."""
    trading = TradingHistory.objects.filter(request=request).first()
    country = CountryTerms.objects.in_force(on).filter(country=request.buyer_country).first()
    return {
        "on": on.isoformat(),
        "accounts": {"years": [_year(each) for each in request.accounts.all()]},
        "payments": {
            "average_days_late": trading.average_days_late if trading else None,
            "worst_days_late": trading.worst_days_late if trading else None,
        },
        "country_class": country.oecd_class if country else None,
        "settings": as_dict(ScoringSettings()),
    }


def score_from_inputs(inputs: dict[str, Any]) -> Score:
    """The score of stored inputs; raises InsufficientAccounts, also when there are no accounts at all."""
    if not inputs["accounts"]["years"]:
        raise InsufficientAccounts(("accounts",))
    return score(
        statement_from_accounts(inputs["accounts"]),
        date.fromisoformat(inputs["on"]),
        settings_from_dict(inputs["settings"]),
        payments=payments_from_dict(inputs["payments"]),
        country_class=inputs["country_class"],
    )


def _year(accounts: BuyerAccounts) -> dict[str, Any]:
    return {
        "currency": accounts.currency,
        "unit": accounts.unit,
        "audited": accounts.audited,
        "consolidated": accounts.consolidated,
        "period_end": accounts.period_end.isoformat(),
        "published_on": accounts.published_on.isoformat() if accounts.published_on else None,
        **accounts.items,
    }

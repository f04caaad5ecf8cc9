"""From a request to the frozen inputs of its analysis, and from stored inputs back to a score.

What is stored is all the model needs: a replay reads these inputs, and the artefact of the version they name.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max

from applications.models import BuyerAccounts, CountryTerms, CoverRequest, Status, TradingHistory
from applications.rates import NoRate, rate_on
from parties.models import Buyer
from underwriting.model_versions import version_in_force
from underwriting.models import BaseRate, BuyerIncident, BuyerStatement, ScoringTerms, SectorRatio
from underwriting.scoring.evidence import Told, Year, years_from
from underwriting.scoring.peers import NO_SECTOR, Peers
from underwriting.scoring.result import InsufficientAccounts, Score
from underwriting.scoring.score import Case, score
from underwriting.scoring.scorecard import BASE_RATE
from underwriting.scoring.stored import (
    as_dict,
    payments_from_dict,
    settings_from_dict,
    statement_from_accounts,
    statement_from_dict,
)
from underwriting.scoring.versions import FORMULA, Version, scorecard_of


class NoScoringTerms(RuntimeError):
    """The product has no scoring terms or no base rate in force: `load_reference` was never run."""


def inputs_of(request: CoverRequest, on: date) -> dict[str, Any]:
    """The buyer's accounts, how it pays, its country and sector, the model and the sizes of its steps, on a day."""
    version = version_in_force()
    country = CountryTerms.objects.in_force(on).filter(country=request.buyer_country).first()
    sector = request.buyer.sector if request.buyer else ""
    return {
        "on": on.isoformat(),
        "model": {"model": version.model, "version": version.version},
        "base_rate": str(base_rate_of(request.buyer_country, sector, on)),
        "sector": sector_ratios(sector, on),
        "accounts": accounts_of(request, on),
        "payments": _payments(request, on),
        "insolvent_on": _insolvent_on(request.buyer),
        "country_class": country.oecd_class if country else None,
        "settings": as_dict(terms_in_force(on).settings),
    }


def score_from_inputs(inputs: dict[str, Any], version: Version | None = None) -> Score:
    """The score of stored inputs, by the version they name or another; raises as case_of does."""
    return score(case_of(inputs, version))


def case_of(inputs: dict[str, Any], version: Version | None = None) -> Case:
    """Stored inputs as the rules take them; raises InsufficientAccounts without accounts, UnknownVersion.

    Inputs from before there were versions were scored by the formula.
    """
    if not inputs["accounts"]["years"]:
        raise InsufficientAccounts(("accounts",))
    insolvent_on = inputs.get("insolvent_on")
    return Case(
        statement=statement_from_accounts(inputs["accounts"]),
        on=date.fromisoformat(inputs["on"]),
        settings=settings_from_dict(inputs["settings"]),
        model=scorecard_of(version or version_of(inputs)),
        base_rate=float(inputs.get("base_rate", BASE_RATE)),
        sector=sector_of(inputs),
        payments=payments_from_dict(inputs["payments"]),
        country_class=inputs["country_class"],
        insolvent_on=date.fromisoformat(insolvent_on) if insolvent_on else None,
    )


def version_of(inputs: dict[str, Any]) -> Version:
    """The version of the model that stored inputs were scored with."""
    return Version(**inputs["model"]) if "model" in inputs else FORMULA


def sector_of(inputs: dict[str, Any]) -> Peers:
    """How ratios were spread in the buyer's sector, as stored."""
    stored = inputs.get("sector")
    if not stored:
        return NO_SECTOR
    return Peers(stored["name"], stored["source"], {code: tuple(each) for code, each in stored["quartiles"].items()})


def terms_in_force(on: date) -> ScoringTerms:
    """The steps after the model; raises NoScoringTerms."""
    terms = ScoringTerms.objects.in_force(on).first()
    if terms is None:
        raise NoScoringTerms(f"no scoring terms in force on {on}: run load_reference")
    return terms


def base_rate_of(country: str, sector: str, on: date) -> Decimal:
    """Failures a year among companies of that country and sector, a fraction; raises NoScoringTerms.

    The row that fits best: both named, the country alone, the sector alone, neither.
    """
    return nearest_rate(
        BaseRate.objects.in_force(on).filter(country__in={country, ""}, sector__in={sector, ""}), country, sector
    )


def nearest_rate(rows: Iterable[BaseRate], country: str, sector: str) -> Decimal:
    """The rate of the row in force that fits a country and a sector best; raises NoScoringTerms when none does."""
    fitting = (row for row in rows if row.country in {country, ""} and row.sector in {sector, ""})
    nearest = min(fitting, key=lambda row: (not row.country, not row.sector), default=None)
    if nearest is None:
        raise NoScoringTerms(f"no base rate in force for {country} {sector}: run load_reference")
    return nearest.rate


def sector_ratios(sector: str, on: date) -> dict[str, Any] | None:
    """The quartiles known of a sector, as inputs keep them; None when there are none."""
    rows = list(SectorRatio.objects.in_force(on).filter(sector=sector)) if sector else []
    quartiles = {each.ratio: [each.lower, each.median, each.upper] for each in reversed(rows)}
    source = rows[0].source if quartiles else ""
    return {"name": sector, "source": source, "quartiles": quartiles} if quartiles else None


def _payments(request: CoverRequest, on: date) -> dict[str, int | None]:
    """The seller's own average; the worst delay and the longest debt overdue now with any insured."""
    own = TradingHistory.objects.filter(request=request).first()
    worst, overdue = own.worst_days_late if own else None, None
    if request.buyer:
        told = TradingHistory.objects.filter(request__buyer=request.buyer).exclude(request__status=Status.DRAFT)
        worst = max(filter(None, [worst, told.aggregate(worst=Max("worst_days_late"))["worst"]]), default=worst)
        debts = BuyerIncident.objects.open().filter(buyer=request.buyer, kind=BuyerIncident.Kind.OVERDUE)
        overdue = max((each.days(on) for each in debts), default=None)
    return {
        "average_days_late": own.average_days_late if own else None,
        "worst_days_late": worst,
        "overdue_days": overdue,
    }


def _insolvent_on(buyer: Buyer | None) -> str | None:
    opened = BuyerIncident.objects.open().filter(buyer=buyer, kind=BuyerIncident.Kind.INSOLVENCY).order_by("since")
    first = opened.first() if buyer else None
    return first.since.isoformat() if first else None


def accounts_of(request: CoverRequest, on: date) -> dict[str, Any]:
    """The years given with a request and those registers published of its buyer, as one, each line with its source.

    `{"years": [...]}`, and where there is any: `differences` between the two, and filings `left_aside`.
    """
    rows = list(request.accounts.all())
    given = [Told(statement_from_dict(year_of(row)), places_of(row.provenance)) for row in rows]
    known = BuyerStatement.objects.of_registers().filter(buyer=request.buyer, period_end__lte=on).order_by("pk")
    filings = [Told(row.statement, places_of(row.provenance)) for row in known] if request.buyer else []
    years = years_from(given, filings)
    if not filings and not any(row.provenance for row in rows):
        return {"years": [year_of(row) for row in rows]}
    accounts: dict[str, Any] = {"years": [_as_year(year) for year in years]}
    differences = [
        {"period_end": year.statement.period_end.isoformat(), "source": year.statement.source, **as_dict(each)}
        for year in years
        for each in year.differences
    ]
    aside = [[year.statement.period_end.isoformat(), year.other_kind] for year in years if year.other_kind]
    return accounts | ({"differences": differences} if differences else {}) | ({"left_aside": aside} if aside else {})


def places_of(provenance: Mapping[str, Any]) -> dict[str, str]:
    """Where each item stands, with the name of the file it stands in."""
    file = provenance.get("file", "")
    return {item: f"{place} · {file}" if file else place for item, place in provenance.get("items", {}).items()}


def _as_year(year: Year) -> dict[str, Any]:
    """A year as inputs keep it; what is not given is absent, and the score does not read where lines come from."""
    told = {name: value for name, value in as_dict(year.statement).items() if value is not None}
    lines = {item: [line.source, line.place] for item, line in year.lines.items()}
    return {**told, "provenance": lines}


def year_of(accounts: BuyerAccounts) -> dict[str, Any]:
    """One year of accounts as inputs keep it, with the euro rate of its last day when the ECB quotes one."""
    try:
        rate = rate_on(accounts.currency, accounts.period_end)
    except NoRate:
        rate = None
    return {
        "currency": accounts.currency,
        "unit": accounts.unit,
        "audited": accounts.audited,
        "consolidated": accounts.consolidated,
        "source": BuyerStatement.Source.INSURED.value,
        "period_end": accounts.period_end.isoformat(),
        "published_on": accounts.published_on.isoformat() if accounts.published_on else None,
        "euro_rate": str(rate.rate) if rate else None,
        "euro_rate_on": rate.on.isoformat() if rate else None,
        **accounts.items,
    }

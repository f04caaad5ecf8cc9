"""Scores and what went into them as plain dictionaries, Decimals as text, to be kept and replayed. Pure."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from underwriting.scoring.overlays import PaymentExperience, ScoringSettings
from underwriting.scoring.result import Factor, Overlay, Reason, Score
from underwriting.scoring.statement import ITEMS, Statement


def as_dict(value: Any) -> Any:
    """Any of this package's dataclasses as what JSON can hold: Decimals as plain text, days as ISO dates."""
    if is_dataclass(value):
        return {field.name: as_dict(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: as_dict(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [as_dict(item) for item in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


def statement_from_dict(data: Mapping[str, Any]) -> Statement:
    """The inverse of as_dict; absent keys count as not given. Raises KeyError without period_end or currency."""
    prior = data.get("prior")
    return Statement(
        period_end=date.fromisoformat(data["period_end"]),
        currency=data["currency"],
        unit=data.get("unit", 1),
        period_start=_day(data.get("period_start")),
        published_on=_day(data.get("published_on")),
        audited=data.get("audited", False),
        consolidated=data.get("consolidated", False),
        source=data.get("source", ""),
        euro_rate=_decimal(data.get("euro_rate")),
        euro_rate_on=_day(data.get("euro_rate_on")),
        prior=statement_from_dict(prior) if prior else None,
        **{item: _decimal(data.get(item)) for item in ITEMS},
    )


def statement_from_accounts(accounts: Mapping[str, Any]) -> Statement:
    """The newest year with the older ones behind it, from `{currency, unit, audited, consolidated, years: [...]}`."""
    about = {key: accounts[key] for key in ("currency", "unit", "audited", "consolidated") if key in accounts}
    chain: dict[str, Any] | None = None
    for year in sorted(accounts["years"], key=lambda year: str(year["period_end"])):
        chain = {**about, **year, "prior": chain}
    if chain is None:
        raise ValueError("accounts without a year")
    return statement_from_dict(chain)


def settings_from_dict(data: Mapping[str, Any]) -> ScoringSettings:
    """The inverse of as_dict; raises TypeError on a setting that does not exist."""
    values: dict[str, Any] = {key: Decimal(value) if isinstance(value, str) else value for key, value in data.items()}
    return ScoringSettings(**values)


def payments_from_dict(data: Mapping[str, Any]) -> PaymentExperience:
    """The inverse of as_dict."""
    return PaymentExperience(data.get("average_days_late"), data.get("worst_days_late"), data.get("overdue_days"))


def score_from_dict(data: Mapping[str, Any]) -> Score:
    """The inverse of as_dict."""
    return Score(
        model=data["model"],
        version=data["version"],
        points=Decimal(data["points"]),
        pd=Decimal(data["pd"]),
        grade=data["grade"],
        factors=tuple(
            Factor(f["code"], _decimal(f["value"]), _decimal(f["weight"]), Decimal(f["contribution"]))
            for f in data["factors"]
        ),
        overlays=tuple(
            Overlay(o["code"], Decimal(o["pd_before"]), Decimal(o["pd_after"]), o["facts"]) for o in data["overlays"]
        ),
        reasons=tuple(Reason(r["code"], r["facts"]) for r in data["reasons"]),
        confidence=Decimal(data["confidence"]),
        referrals=tuple(data["referrals"]),
        card=data.get("card", ""),
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)

"""Prices as they are kept with an offer: every figure as text, in the shape of a price case, to be replayed."""

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from underwriting.pricing import Cover, Price, Tariff


def case_as_dict(cover: Cover, tariff: Tariff) -> dict[str, Any]:
    """All that a price came from, as a case that `price_cases.price_case` prices again."""
    return {
        "lines": [
            {
                "amount_eur": str(line.amount),
                "delivery": line.delivery_on.isoformat(),
                "due": line.due_on.isoformat(),
            }
            for line in cover.lines
        ],
        "pd": str(cover.pd),
        "insured_percentage": str(cover.insured_percentage),
        "limit": str(cover.limit),
        "cover_start": cover.cover_start.isoformat(),
        "cover_end": cover.cover_end.isoformat(),
        "options": list(cover.options),
        "tax_rate": str(cover.tax_rate),
        "tariff": _texts(asdict(tariff)),
    }


def price_as_dict(price: Price) -> dict[str, Any]:
    """The lines of a price as text."""
    return _texts(asdict(price))


def price_from_dict(breakdown: Mapping[str, str]) -> Price:
    """The inverse of price_as_dict."""
    amounts = {name: Decimal(text) for name, text in breakdown.items() if name != "days"}
    return Price(days=int(breakdown["days"]), **amounts)


def _texts(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _texts(value) if isinstance(value, Mapping) else str(value) for name, value in values.items()}

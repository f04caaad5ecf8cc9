"""Price cases as JSON objects: read with distrust, answered with text. The shape is in docs/rules/pricing.md. Pure."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from applications.exposure import ScheduleLine, peak_exposure
from underwriting.pricing import Cover, NotPriceable, Price, Tariff, price
from unlockfocus.json_cases import InvalidCase, as_day, as_number, as_object, as_text, each, get

_TARIFF_NUMBERS = tuple(field.name for field in fields(Tariff) if field.name != "option_factors")


def price_case(case: Any) -> dict[str, str | None]:
    """The price of one case and its peak exposure, every figure as text; raises InvalidCase."""
    cover, tariff = _cover(case), _tariff(case)
    try:
        answer = price(cover, tariff)
    except NotPriceable as error:
        raise InvalidCase(error.reason, "no price exists for this value") from error
    peak = peak_exposure(cover.lines)
    result: dict[str, str | None] = {field.name: str(getattr(answer, field.name)) for field in fields(Price)}
    return result | {"peak": str(peak.amount), "peak_day": peak.on.isoformat() if peak.on else None}


def _cover(case: Any) -> Cover:
    return Cover(
        lines=tuple(each(case, "lines", _line)),
        pd=get(case, "pd", as_number),
        insured_percentage=get(case, "insured_percentage", as_number),
        limit=get(case, "limit", as_number),
        cover_start=get(case, "cover_start", as_day),
        cover_end=get(case, "cover_end", as_day),
        options=tuple(each(case, "options", as_text)),
        tax_rate=get(case, "tax_rate", as_number),
    )


def _line(value: Any) -> ScheduleLine:
    return ScheduleLine(
        amount=get(value, "amount_eur", as_number),
        delivery_on=get(value, "delivery", as_day),
        due_on=get(value, "due", as_day),
    )


def _tariff(case: Any) -> Tariff:
    return get(case, "tariff", _read_tariff)


def _read_tariff(value: Any) -> Tariff:
    numbers = {name: get(value, name, as_number) for name in _TARIFF_NUMBERS}
    return Tariff(**numbers, option_factors=get(value, "option_factors", _read_factors))


def _read_factors(value: Any) -> Mapping[str, Decimal]:
    return {name: get(value, name, as_number) for name in as_object(value)}

"""Price cases as JSON objects: read with distrust, answered with text. The shape is in docs/rules/pricing.md. Pure."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from applications.exposure import ScheduleLine, peak_exposure
from underwriting.pricing import Cover, NotPriceable, Price, Tariff, price

T = TypeVar("T")

_TARIFF_NUMBERS = tuple(field.name for field in fields(Tariff) if field.name != "option_factors")


class InvalidCase(ValueError):
    """A case that cannot be read or priced: `place` is the path to the culprit, `reason` says what is wrong with it."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}" if place else reason)
        self.place = place
        self.reason = reason


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
        lines=tuple(_each(case, "lines", _line)),
        pd=_get(case, "pd", _number),
        insured_percentage=_get(case, "insured_percentage", _number),
        limit=_get(case, "limit", _number),
        cover_start=_get(case, "cover_start", _day),
        cover_end=_get(case, "cover_end", _day),
        options=tuple(_each(case, "options", _text)),
        tax_rate=_get(case, "tax_rate", _number),
    )


def _line(value: Any) -> ScheduleLine:
    return ScheduleLine(
        amount=_get(value, "amount_eur", _number),
        delivery_on=_get(value, "delivery", _day),
        due_on=_get(value, "due", _day),
    )


def _tariff(case: Any) -> Tariff:
    return _get(case, "tariff", _read_tariff)


def _read_tariff(value: Any) -> Tariff:
    numbers = {name: _get(value, name, _number) for name in _TARIFF_NUMBERS}
    return Tariff(**numbers, option_factors=_get(value, "option_factors", _read_factors))


def _read_factors(value: Any) -> Mapping[str, Decimal]:
    return {name: _get(value, name, _number) for name in _object(value)}


def _get(container: Any, key: str, read: Callable[[Any], T]) -> T:
    """The value under a key, read; an InvalidCase from below gains the key in its place."""
    with _at(key):
        if key not in _object(container):
            raise InvalidCase("", "missing")
        return read(container[key])


def _each(container: Any, key: str, read: Callable[[Any], T]) -> Iterator[T]:
    for index, item in enumerate(_get(container, key, _list)):
        with _at(f"{key}[{index}]"):
            yield read(item)


@contextmanager
def _at(step: str) -> Iterator[None]:
    try:
        yield
    except InvalidCase as error:
        raise InvalidCase(f"{step}.{error.place}" if error.place else step, error.reason) from error


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise InvalidCase("", f"an object is expected, not {_shown(value)}")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise InvalidCase("", f"a list is expected, not {_shown(value)}")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidCase("", f"a text is expected, not {_shown(value)}")
    return value


def _number(value: Any) -> Decimal:
    """A finite number, as text or as a JSON number; a JSON number is taken at its shortest decimal form."""
    try:
        number = Decimal(value if isinstance(value, str) else repr(value)) if not isinstance(value, bool) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite():
        raise InvalidCase("", f"a number is expected, not {_shown(value)}")
    return number


def _day(value: Any) -> date:
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        day = None
    if day is None or not 1900 <= day.year <= 2200:
        raise InvalidCase("", f"a day such as 2026-12-01 is expected, not {_shown(value)}")
    return day


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."

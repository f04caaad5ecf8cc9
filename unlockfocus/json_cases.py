"""Worked cases as a list of JSON objects: read with distrust, answered beside themselves. Pure.

A reader takes a JSON value and returns what it means, or raises InvalidCase; `get` and `each` add the place.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

T = TypeVar("T")


class InvalidCase(ValueError):
    """A case that cannot be read or answered: `place` is the path to the culprit, `reason` what is wrong with it."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}" if place else reason)
        self.place = place
        self.reason = reason


def read_cases(content: bytes) -> list[Any]:
    """The list of cases a file holds; raises InvalidCase."""
    try:
        cases = json.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InvalidCase("", f"not UTF-8 text (byte {error.start})") from error
    except json.JSONDecodeError as error:
        raise InvalidCase(f"line {error.lineno}, column {error.colno}", error.msg) from error
    except (RecursionError, ValueError) as error:
        raise InvalidCase("", str(error)) from error
    if not isinstance(cases, list):
        raise InvalidCase("", "a list of cases is expected")
    return cases


def answer_cases(cases: Sequence[Any], answer: Callable[[Any], Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every case as it is, with its `result`; raises InvalidCase naming the first case that has none."""
    answered = []
    for index, case in enumerate(cases):
        try:
            result = answer(case)
        except InvalidCase as error:
            raise InvalidCase(f"case {index}", str(error)) from error
        answered.append({**case, "result": result})
    return answered


def get(container: Any, key: str, read: Callable[[Any], T]) -> T:
    """The value under a key, read; an InvalidCase from below gains the key in its place."""
    with _at(key):
        if key not in as_object(container):
            raise InvalidCase("", "missing")
        return read(container[key])


def each(container: Any, key: str, read: Callable[[Any], T]) -> Iterator[T]:
    """The values of the list under a key, each read."""
    for index, item in enumerate(get(container, key, as_list)):
        with _at(f"{key}[{index}]"):
            yield read(item)


@contextmanager
def _at(step: str) -> Iterator[None]:
    try:
        yield
    except InvalidCase as error:
        raise InvalidCase(f"{step}.{error.place}" if error.place else step, error.reason) from error


def as_object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise InvalidCase("", f"an object is expected, not {shown(value)}")
    return value


def as_list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise InvalidCase("", f"a list is expected, not {shown(value)}")
    return value


def as_text(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidCase("", f"a text is expected, not {shown(value)}")
    return value


def as_number(value: Any) -> Decimal:
    """A finite number, as text or as a JSON number; a JSON number is taken at its shortest decimal form."""
    try:
        number = Decimal(value if isinstance(value, str) else repr(value)) if not isinstance(value, bool) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite():
        raise InvalidCase("", f"a number is expected, not {shown(value)}")
    return number


def as_day(value: Any) -> date:
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        day = None
    if day is None or not 1900 <= day.year <= 2200:
        raise InvalidCase("", f"a day such as 2026-12-01 is expected, not {shown(value)}")
    return day


def shown(value: Any) -> str:
    """A value as a refusal quotes it, cut short."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."

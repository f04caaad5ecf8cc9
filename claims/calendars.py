"""Working days of a country: neither Saturday nor Sunday, nor its weekly rest day, nor a public holiday. Pure.

Public holidays are those of the whole country, from the `holidays` library; regional, bank and half holidays are
working days. The reasons are in docs/decisions/clocks-and-holidays.md.
"""

from datetime import date, timedelta
from functools import cache

from holidays import country_holidays

SATURDAY = 5
ISO_CODE_LENGTH = 2  # the library also answers to names and longer codes
ONE_DAY = timedelta(days=1)


class UnknownCalendar(ValueError):
    """The library has no calendar for this ISO 3166 code."""


def is_working_day(day: date, country: str) -> bool:
    """Whether acts can be asked for on that day in that country (ISO 3166 alpha-2); raises UnknownCalendar."""
    return not (_is_public_holiday_or_weekly_rest(day, country) or day.weekday() >= SATURDAY)


def next_working_day(day: date, country: str) -> date:
    """The day itself when it is a working day, otherwise the first one after it; raises UnknownCalendar."""
    while not is_working_day(day, country):
        day += ONE_DAY
    return day


def add_working_days(day: date, count: int, country: str) -> date:
    """The `count`-th working day after `day`, which is not counted itself; for 0, `day` or the working day after it."""
    if count < 0:
        raise ValueError("working days are counted forwards")
    if count == 0:
        return next_working_day(day, country)
    for _ in range(count):
        day = next_working_day(day + ONE_DAY, country)
    return day


def _is_public_holiday_or_weekly_rest(day: date, country: str) -> bool:
    weekly_rest, public_holidays = _rest_days(country, day.year)
    return day.weekday() in weekly_rest or day in public_holidays


@cache
def _rest_days(country: str, year: int) -> tuple[frozenset[int], frozenset[date]]:
    """Weekdays of rest (Monday is 0) and public holidays of a year; none for years the library does not know."""
    if len(country) != ISO_CODE_LENGTH:
        raise UnknownCalendar(country)
    try:
        calendar = country_holidays(country)
    except NotImplementedError as unknown:
        raise UnknownCalendar(country) from unknown
    if not calendar.start_year <= year <= calendar.end_year:
        return frozenset(calendar.weekend), frozenset()
    known = country_holidays(country, years=year, categories=("public",))
    return frozenset(known.weekend), frozenset(known)

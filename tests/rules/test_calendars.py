from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.calendars import UnknownCalendar, add_working_days, is_working_day, next_working_day
from parties.countries import country_choices

COUNTRIES = [code for code, _ in country_choices("en")]

days = st.dates(date(2026, 1, 1), date(2032, 12, 31))
countries = st.sampled_from(["FR", "DE", "IT", "ES", "PL", "RO", "NL", "BE", "GB", "US", "SA", "CH"])


@pytest.mark.parametrize(
    ("day", "country"),
    [
        ("2027-01-01", "FR"),  # New Year, a Friday
        ("2027-03-29", "FR"),  # Easter Monday
        ("2027-05-06", "FR"),  # Ascension
        ("2027-05-17", "FR"),  # Whit Monday
        ("2027-07-14", "FR"),
        ("2027-11-11", "FR"),
        ("2027-03-26", "DE"),  # Good Friday
        ("2028-10-03", "DE"),  # German unity
        ("2027-06-02", "IT"),  # the Republic
        ("2027-05-27", "PL"),  # Corpus Christi
        ("2027-12-24", "PL"),  # Christmas Eve, since 2025
        ("2027-04-30", "RO"),  # Orthodox Good Friday
        ("2027-05-03", "RO"),  # Orthodox Easter Monday
        ("2027-12-01", "RO"),  # the Great Union
        ("2027-12-27", "GB"),  # in place of Christmas, a Saturday
        ("2027-11-05", "SA"),  # a Friday: the country's own day of rest
    ],
)
def test_days_of_rest(day, country):
    assert not is_working_day(date.fromisoformat(day), country)


@pytest.mark.parametrize(
    ("day", "country"),
    [
        ("2027-03-26", "FR"),  # Good Friday is a holiday of Alsace and Moselle only
        ("2027-12-24", "FR"),
        ("2027-03-29", "RO"),  # the western Easter Monday
        ("2027-11-01", "DE"),  # All Saints is regional
        ("2027-05-06", "IT"),  # no Ascension
        ("2027-07-14", "DE"),
        ("2027-11-05", "AE"),  # the Emirates rest on Saturday and Sunday since 2022
        ("2027-08-24", "UA"),  # under martial law no holiday is a day of rest
    ],
)
def test_days_of_work(day, country):
    assert is_working_day(date.fromisoformat(day), country)


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_country_of_the_buyer_list_has_a_calendar_and_rests_on_saturday_and_sunday(country):
    assert not is_working_day(date(2027, 6, 5), country)
    assert not is_working_day(date(2027, 6, 6), country)
    assert next_working_day(date(2027, 6, 5), country) <= date(2027, 6, 11)


@pytest.mark.parametrize("country", ["", "fr", "ZZ", "France"])
def test_a_country_without_calendar_is_named(country):
    with pytest.raises(UnknownCalendar) as refusal:
        is_working_day(date(2027, 1, 4), country)
    assert str(refusal.value) == country


def test_the_next_working_day_is_the_day_itself_when_it_is_one():
    assert next_working_day(date(2027, 12, 24), "FR") == date(2027, 12, 24)
    assert next_working_day(date(2027, 12, 25), "FR") == date(2027, 12, 27)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2027-12-17", 10, "2027-12-31"),  # two full weeks: Christmas is a Saturday
        ("2027-10-29", 10, "2027-11-16"),  # without 1 and 11 November
        ("2027-04-30", 10, "2027-05-18"),  # without Ascension and Whit Monday
        ("2027-06-05", 10, "2027-06-18"),  # from a Saturday
        ("2027-06-04", 1, "2027-06-07"),  # from a Friday
        ("2027-06-04", 0, "2027-06-04"),
        ("2027-06-05", 0, "2027-06-07"),
    ],
)
def test_working_days_are_counted_from_the_day_after(day, count, expected):
    assert add_working_days(date.fromisoformat(day), count, "FR") == date.fromisoformat(expected)


def test_working_days_are_not_counted_backwards():
    with pytest.raises(ValueError, match="forwards"):
        add_working_days(date(2027, 6, 4), -1, "FR")


def test_years_the_library_does_not_know_have_weekends_only():
    assert is_working_day(date(2090, 2, 23), "LK")
    assert not is_working_day(date(2090, 2, 25), "LK")


@given(day=days, later=st.integers(0, 40), count=st.integers(0, 30), more=st.integers(0, 10), country=countries)
def test_adding_working_days_is_monotone(day, later, count, more, country):
    first = add_working_days(day, count, country)
    assert first <= add_working_days(day + timedelta(days=later), count, country)
    assert first <= add_working_days(day, count + more, country)
    assert is_working_day(first, country)


@given(day=days, country=countries)
def test_a_day_moves_to_the_first_working_day_and_at_most_ten_days(day, country):
    moved = next_working_day(day, country)
    assert is_working_day(moved, country)
    assert day <= moved <= day + timedelta(days=10)
    assert not any(is_working_day(day + timedelta(days=n), country) for n in range((moved - day).days))

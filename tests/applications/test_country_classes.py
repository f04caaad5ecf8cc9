"""The OECD's classes from a file: a dash is neither 0 nor safe, a change is a new row, and staff decide who is open."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from applications.country_classes import UnreadableClasses, read_classes
from applications.models import CountryTerms
from tests.rules.shared_cases import SHARED

TODAY = date(2026, 11, 24)
OECD = SHARED / "data" / "oecd_country_risk.csv"
COUNTRIES = [f"{first}{second}" for first in "ABCDEFGHIJ" for second in "ABCDEFGHIJKLMNOP"]
HEADER = "iso2,category,as_of,status,notes"


def file_with(*changes, count=160):
    """A file of 160 invented classes, all 4, with some rows changed."""
    rows = {country: f"{country},4,2026-06-26,classified," for country in COUNTRIES[:count]}
    rows |= {change[:2]: change for change in changes}
    return ("\n".join([HEADER, *rows.values()]) + "\n").encode()


def test_a_dash_is_neither_0_nor_safe():
    found = read_classes(file_with("AA,-,2026-06-26,not_reviewed,", "AB,0,2026-06-26,classified,"), TODAY)
    classes = {each.country: each.oecd_class for each in found.countries}
    assert (found.as_of, classes["AA"], classes["AB"], classes["AC"]) == (date(2026, 6, 26), None, 0, 4)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "line 1: no column iso2"),
        (b"<html>Not found</html>", "line 1: no column iso2"),
        (file_with(count=149), "149 countries, where 150 or more are expected"),
        (file_with("AA,8,2026-06-26,classified,"), "line 2: a class from 0 to 7 is expected, not '8'"),
        (file_with("AA,-,2026-06-26,classified,"), "line 2: classified with the class '-'"),
        (file_with("AA,3,2026-06-26,not_reviewed,"), "line 2: not_reviewed with the class '3'"),
        (file_with("AA,3,2026-06-26,fine,"), "line 2: 'fine' is none of"),
        (file_with("AA,3,26/06/2026,classified,"), "line 2: a day such as"),
        (file_with("AA,3,2026-06-25,classified,"), "one day for all countries"),
        (file_with().replace(b"2026-06-26", b"2026-11-25"), "one day for all countries is expected, not after today"),
        (
            file_with() + b"AA,3,2026-06-26,classified,\n",
            "line 162: AA stands above already",
        ),
        (file_with() + b"\xff", "not UTF-8 text"),
        (file_with() + b'"', "unexpected end of data"),
    ],
)
def test_anything_else_is_refused_whole(content, reason):
    with pytest.raises(UnreadableClasses, match=reason):
        read_classes(content, TODAY)


@given(st.binary(max_size=60))
def test_no_bytes_after_it_break_the_reader_or_count(tail):
    try:
        found = read_classes(file_with() + tail, TODAY)
    except UnreadableClasses:
        return
    assert len(found.countries) == 160


def terms_of(country, on):
    row = CountryTerms.objects.in_force(on).filter(country=country).first()
    return row and (row.oecd_class, row.is_open)


@pytest.mark.django_db
def test_a_change_is_followed_and_who_is_open_is_left_to_staff(tmp_path, capsys, now):
    """Romania goes from 3 to 4 and stays open; everything else as shipped, but for countries that do not exist."""
    shipped = [
        f"{row.country},{'' if row.oecd_class is None else row.oecd_class},2026-06-26,"
        f"{'classified' if row.oecd_class is not None else 'not_reviewed'},"
        for row in CountryTerms.objects.in_force(TODAY)
        if row.country != "RO"
    ]
    file = tmp_path / "classes.csv"
    file.write_text("\n".join([HEADER, "RO,4,2026-06-26,classified,", "XX,2,2026-06-26,classified,", *shipped]) + "\n")
    call_command("load_country_classes", file, valid_from=date(2026, 12, 1))
    assert capsys.readouterr().out == (
        "RO: 3 -> 4, open: to be looked at\nXX: not classified -> 2, closed\n"
        "202 countries as of 2026-06-26: 2 changed from 2026-12-01 on\n"
    )
    assert (terms_of("RO", date(2026, 11, 30)), terms_of("RO", date(2026, 12, 1))) == ((3, True), (4, True))
    assert terms_of("XX", date(2026, 12, 1)) == (2, False)
    call_command("load_country_classes", file, valid_from=date(2026, 12, 1))
    assert capsys.readouterr().out == "202 countries as of 2026-06-26: 0 changed from 2026-12-01 on\n"


@pytest.mark.django_db
def test_the_past_stays_what_it_was(tmp_path, now):
    file = tmp_path / "classes.csv"
    file.write_bytes(file_with())
    with pytest.raises(CommandError, match="This day has passed"):
        call_command("load_country_classes", file, valid_from=date(2026, 11, 23))
    assert CountryTerms.objects.filter(source__contains="2026-06-26").count() == 0


@pytest.mark.django_db
def test_the_classification_the_product_ships_is_the_oecd_s(tmp_path, capsys, now):
    if not OECD.is_file():
        pytest.skip(f"the OECD's table is not at {OECD}")
    call_command("load_country_classes", OECD, valid_from=TODAY)
    assert capsys.readouterr().out.endswith("201 countries as of 2026-01-30: 0 changed from 2026-11-24 on\n")

"""The ECB's reference rates: read from its own files with distrust, kept once, never changed."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from applications.ecb import Quote, UnreadableRates, is_stale, read_rates
from applications.models import ExchangeRate
from applications.rates import load_rates, newest_day, rate_on
from tests.rules.shared_cases import SHARED
from unlockfocus import demo

TODAY = date(2026, 11, 24)
FX = SHARED / "data" / "fx"
DAILY = b"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
  xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
  <gesmes:subject>Reference rates</gesmes:subject>
  <Cube><Cube time='2026-11-23'><Cube currency='USD' rate='1.1201'/><Cube currency='RON' rate='5.3502'/></Cube></Cube>
</gesmes:Envelope>"""
HISTORY = b"Date,USD,RON,HRK,\n2026-11-20,1.1199,5.3490,N/A,\n2022-12-30,1.0666,4.9495,7.5365,\n"


def zipped(name="eurofxref-hist.csv", content=HISTORY):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return target.getvalue()


def test_the_daily_file_and_the_history_are_read_alike():
    assert read_rates(DAILY, TODAY) == (
        Quote(date(2026, 11, 23), "USD", Decimal("1.1201")),
        Quote(date(2026, 11, 23), "RON", Decimal("5.3502")),
    )
    history = read_rates(HISTORY, TODAY)
    assert history == read_rates(zipped(), TODAY)
    assert [(str(each.on), each.currency, str(each.rate)) for each in history] == [
        ("2026-11-20", "USD", "1.1199"),
        ("2026-11-20", "RON", "5.3490"),
        ("2022-12-30", "USD", "1.0666"),
        ("2022-12-30", "RON", "4.9495"),
        ("2022-12-30", "HRK", "7.5365"),
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "a first column named Date"),
        (b"<html><body>Service unavailable</body></html>", "no rate in it"),
        (DAILY[:-40], "no readable XML"),
        (DAILY.replace(b"1.1201", b"-1.1201"), "a rate above zero"),
        (DAILY.replace(b"1.1201", b"0"), "a rate above zero"),
        (DAILY.replace(b"1.1201", b"1,1201"), "a rate above zero"),
        (DAILY.replace(b"'USD'", b"'US'"), "a currency of three letters"),
        (DAILY.replace(b"2026-11-23", b"2026-11-25"), "a day from 1999-01-04 to 2026-11-24"),
        (DAILY.replace(b"2026-11-23", b"23/11/2026"), "a day such as"),
        (b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>', "no readable XML"),
        (b"Date,USD\n2026-11-20,1.1,2.2\n", "3 cells under 2 columns"),
        (b"Date,USD\n\xff,1.1\n", "not UTF-8"),
        (b"Date,USD\n", "no rate in it"),
        (b"PK\x03\x04 and nothing behind", "no readable ZIP"),
        (zipped("readme.txt"), "one CSV file"),
        (zipped(content=b"x" * (17 * 1024 * 1024)), "more than"),
    ],
)
def test_anything_else_is_refused_whole(content, reason):
    with pytest.raises(UnreadableRates, match=reason):
        read_rates(content, TODAY)


@given(st.integers(0, len(DAILY) - 1), st.binary(min_size=1, max_size=3))
def test_a_damaged_file_is_refused_or_read_and_never_breaks_the_reader(place, bytes_):
    damaged = DAILY[:place] + bytes_ + DAILY[place + 1 :]
    try:
        quotes = read_rates(damaged, TODAY)
    except UnreadableRates:
        return
    assert all(quote.rate > 0 and quote.on <= TODAY for quote in quotes)


@pytest.mark.django_db
def test_a_rate_is_kept_once_and_never_changes():
    quotes = read_rates(HISTORY, TODAY)
    first, again = load_rates(quotes), load_rates(quotes)
    # The last quotes of 2022 came with the product, the kuna did not.
    assert (first.added, again.added) == (3, 0)
    changed = [Quote(date(2026, 11, 20), "USD", Decimal("1.2"))]
    assert load_rates(changed).differing == tuple(changed)
    assert rate_on("USD", date(2026, 11, 21)).rate == Decimal("1.1199")
    assert newest_day() == date(2026, 11, 20)


@pytest.mark.django_db
def test_a_rate_is_stale_when_some_seem_to_be_missing():
    load_rates(read_rates(HISTORY, TODAY))
    quoted_on = rate_on("USD", date(2026, 11, 25)).on
    assert not is_stale(quoted_on, date(2026, 11, 25))
    assert is_stale(quoted_on, date(2026, 11, 26))


@pytest.mark.django_db
def test_an_amount_converted_at_a_stale_rate_says_so(index, alice, now, signed_in):
    """The demo's rates end on 30 October; the request converts on 24 November, 25 days later."""
    request = demo.draft_request(index, alice, now)
    line = request.lines.first()
    line.currency, line.rate, line.rate_on = "USD", Decimal("1.1172"), date(2026, 10, 30)
    line.save()
    type(request).objects.filter(pk=request.pk).update(rates_on=date(2026, 11, 24))
    shown = signed_in(alice).get(reverse("file", args=[request.reference])).content.decode()
    assert "25 days older than the day it was used for" in " ".join(shown.split())


@pytest.mark.django_db
def test_the_command_says_what_it_added_and_what_differs(tmp_path, capsys, now):
    file = tmp_path / "eurofxref-daily.xml"
    file.write_bytes(DAILY)
    call_command("load_rates", file)
    assert capsys.readouterr().out == "2 rates from 2026-11-23 to 2026-11-23: 2 added, 0 known\n"
    file.write_bytes(DAILY.replace(b"1.1201", b"1.1301"))
    with pytest.raises(CommandError, match="1 rates differ; what was published before stays"):
        call_command("load_rates", file)
    assert ExchangeRate.objects.get(on=date(2026, 11, 23), currency="USD").rate == Decimal("1.1201")
    file.write_bytes(b"<html/>")
    with pytest.raises(CommandError, match="no rate in it"):
        call_command("load_rates", file)


@pytest.mark.django_db
def test_the_whole_history_of_the_bank(now):
    if not FX.is_dir():
        pytest.skip(f"the bank's files are not at {FX}")
    history = read_rates((FX / "eurofxref-hist.zip").read_bytes(), TODAY)
    assert len({quote.on for quote in history}) == 7126
    loaded = load_rates(history)
    assert (loaded.first_day, loaded.last_day, loaded.differing) == (date(1999, 1, 4), date(2026, 10, 30), ())
    daily = load_rates(read_rates((FX / "eurofxref-daily.xml").read_bytes(), TODAY))
    assert (daily.added, daily.differing) == (0, ())
    assert rate_on("RON", date(2025, 12, 31)).rate == Decimal("5.0968")

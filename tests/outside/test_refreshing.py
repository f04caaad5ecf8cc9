"""The daily rates and the sanctions lists, fetched from a server that runs here."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from applications.models import ExchangeRate
from applications.rates import newest_day
from tests.outside.server import says
from tests.underwriting.sanctions import PEI_LISTED, entity, un_list
from underwriting.list_standing import standing
from underwriting.models import ListedParty, ListRelease
from underwriting.outside.rates import refresh_rates
from underwriting.outside.sanctions import refresh_list
from underwriting.sources.answers import Outcome
from underwriting.sources.ecb_rates import DAILY, HISTORY, LAST_90_DAYS, question_since

pytestmark = pytest.mark.django_db

XML = "application/xml"
DAILY_FILE = b"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
  xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><gesmes:subject>Reference rates</gesmes:subject>
  <Cube><Cube time="2026-11-23"><Cube currency="USD" rate="1.1612"/><Cube currency="RON" rate="5.0871"/></Cube></Cube>
</gesmes:Envelope>"""


@pytest.fixture
def ecb(fake, settings):
    settings.OUTSIDE_ADDRESSES = {"ecb": fake.address}
    return fake


@pytest.fixture
def un(fake, settings):
    settings.OUTSIDE_ADDRESSES = {"sanctions-un": fake.address}
    return fake


def of_un(at):
    return next(each for each in standing(at) if each.code == "un")


# --- Rates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("newest", "question"),
    [
        (date(2026, 11, 23), DAILY),
        (date(2026, 11, 22), LAST_90_DAYS),
        (date(2026, 9, 5), LAST_90_DAYS),
        (date(2026, 9, 4), HISTORY),
        (None, HISTORY),
    ],
)
def test_the_file_asked_for_leaves_no_day_out(newest, question):
    assert question_since(newest, date(2026, 11, 24)) is question


def test_the_rates_of_the_day_are_added_once(ecb, now):
    ExchangeRate.objects.create(on=date(2026, 11, 23) - timedelta(days=1), currency="SEK", rate=Decimal(11))
    ecb.on("/eurofxref-hist-90d.xml", says(200, DAILY_FILE, XML))
    answer, loaded = refresh_rates(at=now)
    assert (answer.outcome, loaded.added, newest_day()) == (Outcome.OK, 2, date(2026, 11, 23))
    assert ExchangeRate.objects.get(on=date(2026, 11, 23), currency="RON").rate == Decimal("5.0871")
    ecb.on("/eurofxref-daily.xml", says(200, DAILY_FILE, XML))
    _answer, again = refresh_rates(at=now)
    assert again.added == 0


@pytest.mark.parametrize(
    ("act", "outcome"),
    [
        (says(500), Outcome.UNAVAILABLE),
        (says(429, Retry_After="3600"), Outcome.RATE_LIMITED),
        (says(200, b"<html>maintenance</html>", "text/html"), Outcome.BAD_PAYLOAD),
        (says(200, DAILY_FILE[:250], XML), Outcome.BAD_PAYLOAD),
        (says(200, DAILY_FILE.replace(b"5.0871", b"-1"), XML), Outcome.BAD_PAYLOAD),
    ],
)
def test_without_an_answer_the_rates_stay_as_they_are(ecb, now, act, outcome):
    ecb.on("/eurofxref-hist.zip", act)
    ExchangeRate.objects.all().delete()
    answer, loaded = refresh_rates(at=now)
    assert (answer.outcome, loaded, newest_day()) == (outcome, None, None)


# --- Lists ------------------------------------------------------------------------------------------------------------


def test_a_list_is_fetched_and_taken_over_once(un, now):
    un.on("/consolidated.xml", says(200, un_list(PEI_LISTED), XML))
    assert refresh_list("un", at=now).release.entries == 2
    later = now + timedelta(hours=4)
    assert not refresh_list("un", at=later).is_new
    assert ListRelease.objects.count() == 1
    assert (of_un(later).checked_at, of_un(later).refused_because) == (later, "")


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (says(503), "consolidated.xml: unavailable status 503"),
        (says(200, b"<html>Just a moment</html>", "text/html"), "a page in place of the file"),
        (says(200, un_list(PEI_LISTED)[:-40], XML), "The list was not taken over, the one in force stays"),
        (says(200, un_list(day="2026-11-24"), XML), "The list has 1 entries and 1 names, the one in force 12 and 12"),
    ],
)
def test_what_cannot_be_taken_over_is_said_and_the_one_in_force_stays(un, now, act, said):
    entries = [entity(number, f"Somebody {number}") for number in range(1, 12)]
    un.on("/consolidated.xml", says(200, un_list(*entries), XML), act)
    refresh_list("un", at=now)
    later = now + timedelta(hours=4)
    assert refresh_list("un", at=later) is None
    assert said in of_un(later).refused_because
    assert (of_un(later).checked_at, of_un(later).refused_at) == (now, later)
    assert ListedParty.objects.in_force().count() == 12


def test_a_list_that_was_never_fetched_is_missing_and_says_why(un, now):
    un.on("/consolidated.xml", says(404))
    assert refresh_list("un", at=now) is None
    assert of_un(now).is_missing
    assert of_un(now).refused_because == "consolidated.xml: unavailable status 404"


def test_the_files_of_ofac_are_asked_for_one_by_one(fake, settings, now):
    settings.OUTSIDE_ADDRESSES = {"sanctions-ofac_sdn": fake.address}
    folder = Path(__file__).parents[3] / "shared" / "data" / "sanctions" / "ofac_sdn_2021-07"
    if not folder.exists():
        pytest.skip("OFAC's list of 2021 does not lie beside this checkout: ../shared/data/sanctions/ofac_sdn_2021-07")
    for name in ("SDN", "ALT", "ADD"):
        fake.on(f"/{name}.CSV", says(200, (folder / f"{name.lower()}.csv").read_bytes(), "text/csv"))
    assert refresh_list("ofac_sdn", at=now).release.entries == 8976
    assert [each.path for each in fake.asked] == ["/SDN.CSV", "/ALT.CSV", "/ADD.CSV"]


def test_switched_off_nothing_is_asked_and_nothing_noted(un, settings, now):
    settings.OUTSIDE_SOURCES = False
    assert refresh_list("un", at=now) is None
    assert (un.asked, of_un(now).refused_because) == ([], "")
    answer, loaded = refresh_rates(at=now)
    assert (answer.outcome, loaded) == (Outcome.UNAVAILABLE, None)

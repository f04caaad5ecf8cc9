"""The public page that confirms or denies a certificate, and keeps everything else to itself."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine

from tests.factories import bound_guarantee
from underwriting.actions import guarantees
from underwriting.verification import Band, amount_band, clean_code, clean_number

PAGE = "/verify/GA-2026-000001/7KMPQ2XW4T/"


@pytest.fixture
def guarantee(now, index, alice, bruno):
    """INDEX's order to PEI, bound on 24 November 2026; the premium is awaited, cover starts on 1 December."""
    guarantee = bound_guarantee(index, alice, bruno, now)
    guarantee.verification_code = "7KMPQ2XW4T"
    guarantee.save()
    return guarantee


@pytest.fixture
def paid(guarantee, bruno, now):
    return guarantees.meet_condition(guarantee.conditions.get().pk, proof="Transfer seen", by=bruno, at=now)


def answer(client, at: datetime | None = None, address: str = PAGE) -> str:
    """The page's text at that instant."""
    if at is None:
        return client.get(address).content.decode()
    with time_machine.travel(at, tick=False):
        return client.get(address).content.decode()


# --- How it stands ----------------------------------------------------------------------------------------------------


def test_in_force(paid, client):
    page = answer(client, datetime(2027, 3, 1, tzinfo=UTC))
    assert "This guarantee is in force" in page
    assert "Deliveries of the order are covered until 14 November 2027, that day included." in page


def test_in_force_to_the_last_hour_in_paris(paid, client):
    assert "This guarantee is in force" in answer(client, datetime(2027, 11, 14, 22, 59, tzinfo=UTC))
    assert "covers past deliveries only" in answer(client, datetime(2027, 11, 14, 23, 0, tzinfo=UTC))


def test_not_yet_in_force_while_a_condition_is_awaited(guarantee, client):
    page = answer(client)
    assert "This guarantee exists; it is not yet in force" in page
    assert "Nothing is covered until every condition before cover is met." in page


def test_not_yet_in_force_before_its_period(paid, client):
    assert "Deliveries of the order are covered from 1 December 2026." in answer(client)


def test_ended(paid, bruno, client):
    guarantees.close(paid.pk, reason="The order is paid", by=bruno, at=datetime(2027, 11, 30, 23, 30, tzinfo=UTC))
    page = answer(client, datetime(2028, 1, 1, tzinfo=UTC))
    assert "This guarantee has ended" in page
    assert "It was closed on 1 December 2027 and covers nothing any more." in page


def test_never_taken_up(guarantee, bruno, client):
    guarantees.not_take_up(guarantee.pk, reason="No premium", by=bruno, at=datetime(2027, 1, 5, 9, tzinfo=UTC))
    page = answer(client, datetime(2027, 1, 6, tzinfo=UTC))
    assert "This guarantee never took effect" in page
    assert "it ended on 5 January 2027 and covers nothing." in page


# --- Unknown ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "/verify/GA-2026-000001/7KMPQ2XW4X/",
        "/verify/GA-2026-000001/no-such-guarantee/",
        "/verify/GA-2026-000002/7KMPQ2XW4T/",
        "/verify/GA-2026-000002/no-such-guarantee/",
        "/verify/nonsense/%C3%A9%E2%82%AC/",
    ],
)
def test_a_wrong_number_and_a_wrong_code_get_the_same_answer(paid, client, address):
    response = client.get(address)
    assert response.status_code == 404
    page = response.content.decode()
    assert "We issued no certificate with this number and this code" in page
    assert "1,000,000" not in page


# --- What it keeps to itself ------------------------------------------------------------------------------------------


def test_it_tells_a_range_and_dates_but_no_name_and_no_amount(paid, client):
    page = answer(client, datetime(2027, 3, 1, tzinfo=UTC))
    assert "From €1,000,000 to less than €2,000,000" in page
    assert "1 December 2026 to 14 November 2027" in page
    assert "<dt>In force from</dt><dd>1 December 2026</dd>" in page
    for secret in ("INDEX", "PEI", "900004128", "49007311", "1,480,000", "1,332,000", "31,571"):
        assert secret not in page


def test_it_is_neither_cached_nor_listed_by_search_engines(paid, client):
    response = client.get(PAGE)
    assert "no-store" in response["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in response.content.decode()


@pytest.mark.parametrize(
    ("amount", "band"),
    [
        ("999999.99", Band(Decimal(0), Decimal(1_000_000))),
        ("1000000.00", Band(Decimal(1_000_000), Decimal(2_000_000))),
        ("1999999.99", Band(Decimal(1_000_000), Decimal(2_000_000))),
        ("2000000.00", Band(Decimal(2_000_000), Decimal(5_000_000))),
        ("5000000.00", Band(Decimal(5_000_000), Decimal(10_000_000))),
        ("19999999.99", Band(Decimal(10_000_000), Decimal(20_000_000))),
        ("99999999.99", Band(Decimal(50_000_000), Decimal(100_000_000))),
        ("100000000.00", Band(Decimal(100_000_000), None)),
    ],
)
def test_amounts_are_told_in_bands(amount, band):
    assert amount_band(Decimal(amount)) == band


@pytest.mark.parametrize(
    ("limit", "words"), [("900000.00", "Less than €1,000,000"), ("250000000.00", "€100,000,000 or more")]
)
def test_the_outer_bands_have_one_end(paid, client, limit, words):
    paid.offer.limit = Decimal(limit)
    paid.offer.save()
    assert words in answer(client)


# --- Typing -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("GA-2026-000001", "GA-2026-000001"),
        (" ga 2026 000001 ", "GA-2026-000001"),
        ("ga2026000001", "GA-2026-000001"),
        ("GA–2026–000001", "GA-2026-000001"),
        ("UF-1", "UF1"),
    ],
)
def test_numbers_are_read_as_people_type_them(typed, number):
    assert clean_number(typed) == number


@pytest.mark.parametrize("typed", ["7KMPQ2XW4T", "7kmpq 2xw4t", " 7KMPQ-2XW4T", "7KMPQ\u00a02XW4T", "7K_MPQ2XW.4T"])
def test_codes_are_read_as_people_type_them(typed):
    assert clean_code(typed) == "7KMPQ2XW4T"


def test_the_form_leads_to_the_answer(paid, client):
    response = client.get("/verify/", {"number": "ga 2026 000001", "code": "7kmpq 2xw4t"})
    assert (response.status_code, response["Location"]) == (302, PAGE)


def test_an_address_typed_by_hand_may_be_untidy(paid, client):
    assert client.get("/verify/ga2026000001/7kmpq-2xw4t/").status_code == 200


def test_the_empty_form(client):
    page = answer(client, address="/verify/")
    assert "Does this certificate stand?" in page
    assert "error-summary" not in page


@pytest.mark.parametrize("typed", [{"number": "GA-2026-000001"}, {"number": "GA-2026-000001", "code": " - "}])
def test_a_missing_code_is_asked_for(client, typed):
    response = client.get("/verify/", typed)
    assert response.status_code == 422
    page = response.content.decode()
    assert 'href="#id_code"' in page
    assert "Type the code printed on the certificate." in page


@pytest.mark.django_db
def test_nobody_signs_in_to_check(client):
    assert client.get("/verify/").status_code == 200
    assert client.get("/verify/GA-2026-000001/7KMPQ2XW4T/").status_code == 404
    assert client.post("/verify/").status_code == 405

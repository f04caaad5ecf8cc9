"""The register of the country is asked, then the next one; VIES beside it. A real server stands for all of them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.outside.server import FakeSource, says
from underwriting.outside.clock import Clock
from underwriting.outside.companies import look_up
from underwriting.sources.answers import Outcome
from underwriting.sources.companies import Status

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PAYLOADS = Path(__file__).parents[1] / "rules" / "payloads"
SOURCES = ("ANAF", "Recherche d’entreprises", "INSEE Sirene", "Companies House", "KRS", "ARES", "GLEIF", "VIES")
QUICK = Clock(monotonic=lambda: 0.0, sleep=lambda _seconds: None)


def recorded(name):
    return (PAYLOADS / name).read_bytes()


@pytest.fixture
def registers(fake, settings) -> FakeSource:
    """Every register at one address, each under its own path."""
    settings.OUTSIDE_ADDRESSES = {name: f"{fake.address}/{name.split()[0].lower()}" for name in SOURCES}
    settings.OUTSIDE_ADDRESSES["Recherche d’entreprises"] = f"{fake.address}/search-api"
    settings.INSEE_API_KEY = settings.COMPANIES_HOUSE_API_KEY = ""
    return fake


def asked(fake):
    return [each.path.partition("?")[0] for each in fake.asked]


def test_a_romanian_company_is_asked_of_anaf_and_its_vat_number_of_vies(registers):
    registers.on("/anaf/api/PlatitorTvaRest/v9/tva", says(200, recorded("platitor_tva_v9_3365133.json")))
    valid = {"isValid": True, "userError": "VALID", "vatNumber": "3365133", "name": "---"}
    registers.on("/vies/ms/RO/vat/3365133", says(200, json.dumps(valid).encode()))
    found = look_up("RO", "3365133", at=AT, clock=QUICK)
    assert (found.register.source, found.register.outcome) == ("ANAF", Outcome.OK)
    assert found.register.payload.name == "EXPRES TRANSPORT SRL"
    assert found.vat.payload.is_valid
    assert json.loads(registers.asked[0].body) == [{"cui": 3365133, "data": "2026-11-24"}]


def test_the_vat_number_of_the_insured_is_the_one_that_is_checked(registers):
    registers.on("/anaf/api/PlatitorTvaRest/v9/tva", says(200, recorded("platitor_tva_v9_3365133.json")))
    registers.on("/vies/ms/RO/vat/49007311", says(200, recorded("ms_unavailable.shape.json")))
    found = look_up("RO", "3365133", at=AT, vat_number="RO49007311", clock=QUICK)
    assert (found.vat.outcome, found.vat.reason) == (Outcome.UNAVAILABLE, "MS_UNAVAILABLE")


def test_a_busy_vies_is_asked_again_another_time(registers):
    registers.on("/anaf/api/PlatitorTvaRest/v9/tva", says(404, b'{"found": [], "notFound": [3365133]}'))
    registers.on("/vies/ms/RO/vat/3365133", says(200, recorded("post_error.shape.json")))
    found = look_up("RO", "3365133", at=AT, vat_number="RO3365133", clock=QUICK)
    assert (found.register.outcome, found.vat.outcome) == (Outcome.NOT_FOUND, Outcome.RATE_LIMITED)


def test_sirene_is_asked_with_its_key_when_the_open_search_does_not_answer(registers, settings):
    settings.INSEE_API_KEY = "a-key"
    registers.on("/search-api/search", says(503))
    registers.on("/insee/siren/552081317", says(404, b'{"header": {"statut": 404}}'))
    found = look_up("FR", "552081317", at=AT, clock=QUICK)
    assert (found.register.source, found.register.outcome) == ("INSEE Sirene", Outcome.NOT_FOUND)
    assert registers.asked[-1].headers["x-insee-api-key-integration"] == "a-key"
    assert found.vat is None


def test_what_the_first_register_knows_ends_the_search(registers, settings):
    settings.INSEE_API_KEY = "a-key"
    registers.on("/search-api/search", says(200, recorded("recherche_entreprises_880878145.json")))
    found = look_up("FR", "880878145", at=AT, clock=QUICK)
    assert found.register.payload.status == Status.STRUCK_OFF
    assert asked(registers) == ["/search-api/search"]


def test_without_its_key_a_british_company_is_asked_of_gleif(registers, settings):
    registers.on("/gleif/lei-records", says(200, b'{"data": []}'))
    assert look_up("GB", "02627406", at=AT, clock=QUICK).register.source == "GLEIF"
    settings.COMPANIES_HOUSE_API_KEY = "a-key"
    registers.on("/companies/company/02627406", says(200, recorded("companies_house_02627406.json")))
    assert look_up("GB", "02627406", at=AT, clock=QUICK).register.payload.name == "DYSON LIMITED"


def test_a_polish_association_is_in_the_second_register(registers):
    path = "/krs/api/krs/OdpisAktualny/0000500000"
    registers.on(f"{path}?rejestr=P&format=json", says(404, b"{}"))
    registers.on(f"{path}?rejestr=S&format=json", says(200, recorded("krs_odpis_liquidation.trimmed.json")))
    found = look_up("PL", "0000500000", at=AT, clock=QUICK)
    assert found.register.payload.status == Status.IN_PROCEEDINGS


def test_a_czech_company_is_asked_of_ares_and_an_austrian_one_of_gleif(registers):
    registers.on("/ares/ekonomicke-subjekty/26350513", says(200, recorded("ares_26350513.trimmed.json")))
    assert look_up("CZ", "26350513", at=AT, clock=QUICK).register.payload.name == "Medicalc software s.r.o."
    registers.on("/gleif/lei-records", says(200, b"<html>Maintenance</html>", "text/html"))
    assert look_up("AT", "418207k", at=AT, clock=QUICK).register.outcome == Outcome.BAD_PAYLOAD

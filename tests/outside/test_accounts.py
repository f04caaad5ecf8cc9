"""Accounts asked of registers: a real server stands for all of them, and misbehaves as it is told."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.outside.server import FakeSource, says
from tests.rules.inline_accounts import accounts
from tests.rules.registers import ROMANIAN, as_bytes, bilant
from tests.rules.test_inpi import COMPLETE, SIREN, deposit
from underwriting.outside.accounts import find_british, find_french, find_romanian
from underwriting.outside.clock import Clock
from underwriting.sources.answers import NO_KEY, Outcome

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
# In whole euros, so that 11 people stand behind a likely turnover.
ROWS = {
    code: tuple(amount and amount * 1000 for amount in amounts) if code != "YP" else amounts
    for code, amounts in COMPLETE.items()
}
QUICK = Clock(monotonic=lambda: 0.0, sleep=lambda _seconds: None)
NOTHING = {"an": 2023, "cui": 49007311, "deni": "", "caen": 0, "den_caen": "", "i": []}


@pytest.fixture
def registers(fake, settings) -> FakeSource:
    settings.OUTSIDE_ADDRESSES = {
        "ANAF bilant": f"{fake.address}/anaf_bilant",
        "Companies House filings": f"{fake.address}/companies_house_filings",
        "Companies House accounts": f"{fake.address}/companies_house_documents",
        "INPI bilans saisis": f"{fake.address}/inpi_rne",
    }
    settings.OUTSIDE_ADDRESSES["Recherche d’entreprises"] = f"{fake.address}/search-api"
    settings.COMPANIES_HOUSE_API_KEY = settings.INPI_USERNAME = settings.INPI_PASSWORD = "secret"
    return fake


def ends(found):
    return [filing.statement.period_end for filing in found.payload.filings]


# --- Romania ----------------------------------------------------------------------------------------------------------


def test_three_romanian_years_are_asked_for_and_linked(registers):
    registers.on(
        "/anaf_bilant/bilant",
        says(200, as_bytes(bilant())),
        says(200, as_bytes(bilant(year=2024))),
        says(200, as_bytes(NOTHING)),
    )
    found = find_romanian("49007311", at=AT, clock=QUICK)
    assert [each.path.partition("?")[2] for each in registers.asked] == [
        "an=2025&cui=49007311",
        "an=2024&cui=49007311",
        "an=2023&cui=49007311",
    ]
    assert (found.outcome, ends(found)) == (Outcome.OK, [date(2025, 12, 31), date(2024, 12, 31)])
    newest = found.payload.filings[0].statement
    assert (newest.sales, newest.prior.period_end) == (Decimal(21000), date(2024, 12, 31))
    assert found.payload.facts == {"years": ["2025-12-31", "2024-12-31"], "confidential": [], "left_out": []}


def test_a_year_that_is_not_answered_is_said_and_the_others_are_taken(registers):
    registers.on("/anaf_bilant/bilant", says(200, as_bytes(bilant())), says(404, b"<html></html>"), says(400))
    found = find_romanian("49007311", at=AT, clock=QUICK)
    assert (found.outcome, ends(found)) == (Outcome.OK, [date(2025, 12, 31)])
    assert found.payload.left_out == (
        f"{registers.address}/anaf_bilant/bilant?an=2024&cui=49007311: unavailable status 404",
        f"{registers.address}/anaf_bilant/bilant?an=2023&cui=49007311: unavailable status 400",
    )


@pytest.mark.parametrize(
    ("act", "outcome"),
    [
        (says(200, as_bytes(NOTHING)), Outcome.NOT_FOUND),
        (says(500), Outcome.UNAVAILABLE),
        (says(404, b"<html>moved</html>", "text/html"), Outcome.UNAVAILABLE),
        (says(429, Retry_After="600"), Outcome.RATE_LIMITED),
        (says(200, b"<html>maintenance</html>", "text/html"), Outcome.BAD_PAYLOAD),
        (says(200, as_bytes(bilant())[:200]), Outcome.BAD_PAYLOAD),
        (says(200, as_bytes(bilant(company=1))), Outcome.BAD_PAYLOAD),
        (says(200, as_bytes(bilant(ROMANIAN | {"I7": 8201 + 50}))), Outcome.BAD_PAYLOAD),
    ],
)
def test_without_accounts_the_answer_says_why(registers, act, outcome):
    registers.on("/anaf_bilant/bilant", act)
    found = find_romanian("49007311", at=AT, clock=QUICK)
    assert (found.outcome, found.payload) == (outcome, None)


# --- United Kingdom ---------------------------------------------------------------------------------------------------


def filed(*documents):
    rows = [
        {
            "date": day,
            "links": {"document_metadata": f"https://document-api.company-information.service.gov.uk/document/{key}"},
        }
        for day, key in documents
    ]
    return json.dumps({"items": rows}).encode()


def test_the_newest_british_accounts_are_read_as_inline_xbrl(registers):
    registers.on(
        "/companies_house_filings/company/01234567/filing-history",
        says(200, filed(("2024-12-01", "old"), ("2025-12-01", "new"))),
    )
    registers.on("/companies_house_documents/document/new/content", says(200, accounts(), "application/xhtml+xml"))
    found = find_british("01234567", at=AT, clock=QUICK)
    assert (found.outcome, ends(found)) == (Outcome.OK, [date(2025, 3, 31)])
    assert found.payload.filings[0].statement.sales == Decimal(5000)
    assert found.source == "Companies House accounts"


def test_accounts_filed_on_paper_are_none(registers):
    registers.on("/companies_house_filings/company/01234567/filing-history", says(200, filed(("2025-12-01", "new"))))
    registers.on("/companies_house_documents/document/new/content", says(406))
    assert find_british("01234567", at=AT, clock=QUICK).outcome == Outcome.NOT_FOUND


# --- France -----------------------------------------------------------------------------------------------------------


def published(*deposits):
    return json.dumps({"actes": [], "bilans": [], "bilansSaisis": list(deposits)}).encode()


def known(turnover):
    return json.dumps(
        {"results": [{"siren": SIREN, "finances": {"2025": {"ca": turnover, "resultat_net": 1}}}]}
    ).encode()


@pytest.fixture
def inpi(registers):
    registers.on("/inpi_rne/api/sso/login", says(200, b'{"token": "abc"}'))
    registers.on(f"/inpi_rne/api/companies/{SIREN}/attachments", says(200, published(deposit(ROWS))))
    return registers


def test_french_accounts_are_asked_for_with_a_token_that_is_kept_nowhere(inpi):
    found = find_french(SIREN, at=AT, clock=QUICK)
    assert (found.outcome, ends(found)[0]) == (Outcome.OK, date(2025, 12, 31))
    assert json.loads(inpi.asked[0].body) == {"username": "secret", "password": "secret"}
    assert inpi.asked[1].headers["authorization"] == "Bearer abc"
    find_french(SIREN, at=AT, clock=QUICK)
    logins = [each for each in inpi.asked if each.path.endswith("/login")]
    assert len(logins) == 2


def test_a_year_in_another_unit_is_left_out(inpi):
    inpi.on("/search-api/search", says(200, known(2_400_000_000)))
    found = find_french(SIREN, at=AT, clock=QUICK)
    assert date(2025, 12, 31) not in ends(found)
    assert found.payload.left_out == ("2025-12-31: the unit is in doubt (factor)",)


@pytest.mark.parametrize("status", [401, 404])
def test_a_closed_door_is_no_word_about_the_company(registers, status):
    registers.on("/inpi_rne/api/sso/login", says(status, b"{}"))
    found = find_french(SIREN, at=AT, clock=QUICK)
    assert (found.outcome, found.reason, found.payload) == (Outcome.UNAVAILABLE, f"status {status}", None)


@pytest.mark.parametrize("find", [find_british, find_french])
def test_without_a_key_nobody_is_asked(registers, settings, find):
    settings.COMPANIES_HOUSE_API_KEY = settings.INPI_PASSWORD = ""
    found = find("123456789", at=AT, clock=QUICK)
    assert (found.outcome, found.reason, registers.asked) == (Outcome.UNAVAILABLE, NO_KEY, [])

"""The desk's pages about registers: who is answered what, what the section says in every state, what its forms do."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import CoverRequest
from tests.factories import analysed_request, person_named
from tests.journal.broker import waiting_tasks
from tests.underwriting.test_desk import text_of
from tests.underwriting.test_registers import answer, note, notice, picture, possible, search
from underwriting.actions.registers import dismiss_notice, note_answer, record_check
from underwriting.models import BuyerIncident, RegisterCheck, RegisterNotice, SourceAnswer
from underwriting.outside.accounts import Accounts
from underwriting.register_words import tone
from underwriting.sources.answers import SWITCHED_OFF, Outcome
from underwriting.sources.notices import Kind

pytestmark = pytest.mark.django_db

ROLES = {
    "underwriter": "Bruno Keller",
    "senior": "Sofia Lindqvist",
    "handler": "David Moreau",
    "compliance officer": "Jana Nováková",
    "auditor": "Peter Adler",
}
OUTSIDE = ("Hélène Roux", "Alice Bernard", "Marc Petit", "Camille Dubois")

# name: (what its address takes beside the file, what a GET and a POST without fields are answered, by role)
TABLE = {
    "file-registers-ask": ((), "405 405 405 405 405", "302 302 403 403 403"),
    "file-notice-confirm": (("notice",), "200 200 403 403 403", "422 422 403 403 403"),
    "file-notice-dismiss": (("notice",), "200 200 403 403 403", "422 422 403 403 403"),
    "file-check": ((), "200 200 403 403 403", "422 422 403 403 403"),
    "file-check-evidence": (("check",), "200 200 200 200 200", "405 405 405 405 405"),
}


@pytest.fixture
def file(index, alice, now):
    return analysed_request(index, alice, now)


@pytest.fixture
def desk(bruno, signed_in):
    return signed_in(bruno)


@pytest.fixture
def taken(file, bruno, now):
    (row,) = note(file, possible(), now=now)
    check = record_check(file, search(), evidence=picture(), by=bruno, at=now)
    return {"notice": row.pk, "check": check.pk}


@pytest.fixture
def asked(settings):
    """An installation that asks registers."""
    settings.OUTSIDE_SOURCES = True


def url(file: CoverRequest, name: str, *args: Any) -> str:
    return reverse(f"admin:{name}", args=[file.reference, *args])


def section(browser: Any, file: CoverRequest) -> str:
    """The words of the section, as they stand on the file page."""
    page = browser.get(url(file, "file")).content.decode()
    part = page.split('id="registers"')[1].split("</section>")[0]
    return text_of(type("Page", (), {"content": f"<p {part}".encode()})())


# --- Who is answered what ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_role_is_answered_as_the_table_says(name, method, file, taken, signed_in):
    takes, get, post = TABLE[name]
    answers = []
    for who in ROLES.values():
        response = getattr(signed_in(person_named(who)), method)(url(file, name, *(taken[each] for each in takes)))
        if response.streaming:
            response.getvalue()
        answers.append(str(response.status_code))
    assert " ".join(answers) == (get if method == "get" else post)


@pytest.mark.parametrize("name", TABLE)
def test_nobody_outside_enters(name, file, taken, signed_in, client):
    takes = TABLE[name][0]
    address = url(file, name, *(taken[each] for each in takes))
    for browser in [client, *(signed_in(person_named(who)) for who in OUTSIDE)]:
        assert browser.get(address).status_code == 302


def test_what_is_of_another_buyer_is_not_there(file, taken, index, alice, now, desk):
    other = analysed_request(index, alice, now)
    other.buyer = type(other.buyer).objects.create(country="FR", registration_number="900004128", name="Another")
    other.save(update_fields=["buyer"])
    for name, pk in (
        ("file-notice-confirm", "notice"),
        ("file-notice-dismiss", "notice"),
        ("file-check-evidence", "check"),
    ):
        assert desk.get(url(other, name, taken[pk])).status_code == 404


# --- What it says -----------------------------------------------------------------------------------------------------


def test_switched_off_it_says_so_and_points_to_the_check_by_hand(file, desk):
    said = section(desk, file)
    assert "No register is asked by this installation" in said
    assert "Record a check" in said
    assert "Ask again" not in said


def test_before_the_first_answer_it_says_that_nobody_was_asked(file, desk, asked):
    said = section(desk, file)
    assert "portal.just.ro was not asked about this buyer yet." in said
    assert "Ask again" in said
    assert "Nobody has recorded a check by hand." in said


@pytest.mark.parametrize(
    ("outcome", "reason", "words"),
    [
        (Outcome.UNAVAILABLE, "time-out (ReadTimeout)", "did not answer on 24 November 2026, 10:00 (time-out)."),
        (Outcome.UNAVAILABLE, "status 503", "did not answer on 24 November 2026, 10:00 (it refused, with status 503)."),
        (Outcome.RATE_LIMITED, "too many requests", "could not be asked on 24 November 2026, 10:00"),
        (Outcome.BAD_PAYLOAD, "not XML", "answered on 24 November 2026, 10:00 what cannot be trusted (not XML)."),
        (Outcome.UNAVAILABLE, SWITCHED_OFF, "was not asked on 24 November 2026, 10:00"),
    ],
)  # fmt: skip
def test_no_answer_says_nothing_about_the_company(file, desk, asked, now, outcome, reason, words):
    told = answer(now, outcome=outcome, source="portal.just.ro", payload=None, reason=reason)
    note_answer(file.buyer, told, topic="notices", request=file, at=now)
    said = section(desk, file)
    assert words in said
    assert "This says nothing about the company." in said


def test_an_answer_without_notices_is_told_with_its_age_and_licence(file, desk, asked, now):
    earlier = now - timedelta(days=3)
    told = answer(earlier, outcome=Outcome.NOT_FOUND, source="portal.just.ro", payload=None)
    note_answer(file.buyer, replace(told, as_of=date(2026, 11, 20)), topic="notices", request=file, at=earlier)
    said = section(desk, file)
    assert "portal.just.ro answered on 21 November 2026, 10:00: it has nothing about this company." in said
    assert "3 days old · facts of 20 November 2026 · Licence Ouverte 2.0" in said
    silent = answer(now, outcome=Outcome.UNAVAILABLE, source="portal.just.ro", payload=None, reason="time-out")
    note_answer(file.buyer, silent, topic="notices", request=file, at=now)
    said = section(desk, file)
    assert said.index("did not answer on 24 November 2026") < said.index("Before that: portal.just.ro answered on 21")


def test_what_was_asked_of_accounts_stands_beside_the_notices(file, desk, asked, now):
    assert "ANAF bilant was not asked about this buyer yet." in section(desk, file)
    about = {"source": "ANAF bilant", "topic": "accounts"}
    silent = answer(now, outcome=Outcome.UNAVAILABLE, source="ANAF bilant", payload=None, reason="time-out")
    note_answer(file.buyer, silent, topic="accounts", request=file, at=now)
    said = section(desk, file)
    assert (
        "ANAF bilant did not answer on 24 November 2026, 10:00 (time-out). This says nothing about the company." in said
    )
    assert "portal.just.ro was not asked about this buyer yet." in said
    payload = Accounts((), (date(2025, 12, 31),), ("2024: unavailable",))
    note_answer(file.buyer, answer(now, source="ANAF bilant", payload=payload), topic="accounts", request=file, at=now)
    said = section(desk, file)
    assert "ANAF bilant answered on 24 November 2026, 10:00. Filed as confidential: 2025-12-31." in said
    assert "Left out: 2024: unavailable." in said
    none = answer(now, outcome=Outcome.NOT_FOUND, source="ANAF bilant", payload=None)
    assert tone(note_answer(file.buyer, none, topic="accounts", request=file, at=now)) == "info"
    assert SourceAnswer.objects.filter(**about).count() == 3


def test_an_answer_that_leaves_some_out_says_so(file, desk, asked, now):
    payload = replace(answer(now).payload, is_complete=False)
    note_answer(file.buyer, answer(now, payload=payload), topic="notices", request=file, at=now)
    assert "BODACC answered on 24 November 2026, 10:00 with 1 notice. It has older ones" in section(desk, file)


def test_a_possible_notice_waits_for_a_word(file, desk, now):
    note(file, possible(), now=now)
    said = section(desk, file)
    assert "1 notice may be about another company of that name" in said
    assert "Insolvency proceedings judgment of 2 November 2026 portal.just.ro 1234/3/2024" in said
    assert "possible, found by the name only" in said
    assert "It is this buyer" in said
    assert "Set it aside" in said


def test_proceedings_that_stand_are_said_first(file, desk, now):
    note(file, notice(), now=now)
    said = section(desk, file)
    assert "Insolvency proceedings are open against this buyer" in said
    assert "Since 2 November 2026: BODACC B20260042446 (RO 49007311). While they stand the score is grade 10." in said


def test_who_set_a_notice_aside_and_why_is_read_beside_it(file, desk, bruno, now):
    (row,) = note(file, possible(), now=now)
    dismiss_notice(row.pk, request=file, reason="The CUI on the list is 14399840.", by=bruno, at=now)
    said = section(desk, file)
    assert "set aside, found by the name only" in said
    assert "Bruno Keller, 24 November 2026, 10:00 – The CUI on the list is 14399840." in said


def test_what_was_taken_back_or_is_old_is_marked_and_offers_no_act(file, desk, now):
    note(file, replace(notice(), is_cancelled=True), now=now)
    said = section(desk, file)
    assert "taken back by the register" in said
    assert "Set it aside" not in said
    old = notice(notice_id="B2013", judged_on=date(2013, 1, 1), published_on=date(2013, 1, 9))
    note(file, old, now=now)
    assert "more than ten years old: no longer counted" in section(desk, file)


def test_readers_without_the_duty_see_it_all_and_may_do_nothing(file, peter, signed_in, now):
    note(file, possible(), now=now)
    said = section(signed_in(peter), file)
    assert "possible, found by the name only" in said
    assert "It is this buyer" not in said
    assert "Record a check" not in said


def test_many_notices_are_folded_away(file, desk, now):
    note(file, *(notice(notice_id=f"B{number}") for number in range(30)), now=now)
    assert "24 more notices" in section(desk, file)


def test_the_section_asks_the_database_the_same_with_many_notices(file, desk, now, bruno):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            desk.get(url(file, "file"))
        return len(seen)

    note(file, possible(), now=now)
    record_check(file, search(), evidence=picture(), by=bruno, at=now)
    few = queries()
    note(file, *(notice(Kind.OTHER, notice_id=f"B{number}") for number in range(30)), now=now)
    for _ in range(10):
        record_check(file, search(), evidence=picture(), by=bruno, at=now)
    assert queries() == few


def test_a_buyer_of_a_country_without_a_register_is_told(file, desk, asked):
    file.buyer.country = "DE"
    file.buyer.save(update_fields=["country"])
    assert "No register of legal notices is asked for companies of this country (Germany)" in section(desk, file)


# --- What the forms do ------------------------------------------------------------------------------------------------


def test_ask_again_queues_the_question(file, desk, asked):
    waiting_tasks()
    response = desk.post(url(file, "file-registers-ask"), follow=True)
    assert "The registers are being asked" in text_of(response)
    assert ("underwriting.tasks.ask_registers", [file.pk]) in waiting_tasks()


def test_confirming_names_the_effect_and_asks_why(file, desk, taken):
    address = url(file, "file-notice-confirm", taken["notice"])
    page = text_of(desk.get(address))
    assert "at grade 10 while they stand" in page
    assert "Our buyer" in page
    refused = desk.post(address, {"kind": "insolvency", "reason": ""})
    assert refused.status_code == 422
    done = desk.post(address, {"kind": "liquidation", "reason": "CUI 49007311 on the list."}, follow=True)
    assert "The notice is confirmed" in text_of(done)
    assert RegisterNotice.objects.get().kind == "liquidation"
    assert BuyerIncident.objects.open().count() == 1


def test_setting_aside_says_what_it_ends(file, desk, now):
    (row,) = note(file, notice(), now=now)
    address = url(file, "file-notice-dismiss", row.pk)
    assert "scored again without it" in text_of(desk.get(address))
    done = desk.post(address, {"reason": "Infirmed on appeal."}, follow=True)
    assert "The notice is set aside." in text_of(done)
    assert BuyerIncident.objects.open().count() == 0
    again = desk.post(address, {"reason": "Infirmed on appeal."})
    assert (again.status_code, "set aside already" in text_of(again)) == (422, True)


def typed(**changes: Any) -> dict[str, Any]:
    usual = {
        "register": "bpi",
        "searched": "49007311",
        "checked_on": "2026-11-24",
        "outcome": "nothing",
        "says": "",
        "kind": "",
        "judged_on": "",
        "evidence": picture(),
    }
    return usual | changes


def test_a_check_is_recorded_and_its_evidence_can_be_taken_away(file, desk):
    page = desk.get(url(file, "file-check"))
    assert "https://www.bpi.ro/" in page.content.decode()
    assert "e-justice.europa.eu" in page.content.decode()
    done = desk.post(url(file, "file-check"), typed(), follow=True)
    assert "The check is recorded." in text_of(done)
    assert "Nothing found" in section(desk, file)
    response = desk.get(url(file, "file-check-evidence", RegisterCheck.objects.get().pk))
    assert response.getvalue().startswith(b"\x89PNG")
    assert response["Content-Disposition"] == 'attachment; filename="bpi.png"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"].startswith("private, no-store")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"evidence": ""}, "Evidence"),
        ({"outcome": "found"}, "Say what the register says"),
        ({"register": "other"}, "Name the register"),
        ({"checked_on": "2026-11-25"}, "after today"),
        ({"outcome": "maybe"}, "maybe"),
    ],
)
def test_a_check_that_lacks_something_is_shown_again(file, desk, changes, words):
    response = desk.post(url(file, "file-check"), typed(**changes))
    assert (response.status_code, words in text_of(response)) == (422, True)
    assert RegisterCheck.objects.count() == 0


def test_evidence_that_is_no_picture_is_refused_at_its_field(file, desk):
    page = SimpleUploadedFile("bpi.pdf", b"<html>nothing found</html>")
    response = desk.post(url(file, "file-check"), typed(evidence=page))
    assert response.status_code == 422
    assert "is not a PDF" in text_of(response)


@pytest.mark.parametrize("name", ["file", "file-check"])
def test_the_pages_are_there_in_french(file, taken, bruno, client, now, name):
    client.force_login(bruno, backend="django.contrib.auth.backends.ModelBackend")
    response = client.get(url(file, name), headers={"accept-language": "fr"})
    assert response.status_code == 200

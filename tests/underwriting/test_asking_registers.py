"""Asking the registers about a request's buyer, with a source that runs here and misbehaves as it is told."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from applications import actions as requests
from journal.models import Entry
from parties.models import Buyer
from tests.factories import analysed_request, deliver_everything
from tests.journal.broker import waiting_tasks
from tests.outside.conftest import fake  # noqa: F401 - the fixture
from tests.outside.server import closes_early, says, waits
from tests.rules.announcements import SIREN, bodacc, court_file, court_files, judgment
from tests.rules.registers import as_bytes, bilant
from underwriting import register_questions
from underwriting.actions.registers import note_notices
from underwriting.models import BuyerIncident, BuyerStatement, RegisterNotice, SourceAnswer
from underwriting.register_words import sentence
from underwriting.sources import bodacc as bodacc_reader
from underwriting.sources.questions import Reply
from underwriting.tasks import ask_registers, sweep_registers
from unlockfocus import demo

pytestmark = pytest.mark.django_db

NOTICES = ("BODACC", "The Gazette", "portal.just.ro")
ACCOUNTS = ("ANAF bilant", "INPI bilans saisis", "Companies House filings", "Companies House accounts")
BODACC = "/records"
COURTS = "/query.asmx"
XML = "text/xml; charset=utf-8"
OPENED = "Jugement d'ouverture de liquidation judiciaire"


@pytest.fixture
def file(index, alice, now, fake, settings):  # noqa: F811
    """A file on a Romanian buyer; every register is the source that runs here."""
    settings.OUTSIDE_ADDRESSES = dict.fromkeys((*NOTICES, *ACCOUNTS), fake.address)
    return analysed_request(index, alice, now)


@pytest.fixture
def french_file(file):
    file.buyer = Buyer.objects.create(country="FR", registration_number=SIREN, name="Exemple", legal_form="SAS")
    file.save(update_fields=["buyer"])
    return file


def outcome(file):
    row = SourceAnswer.objects.get(buyer=file.buyer, topic="notices")
    return row.source, row.outcome, row.reason


def test_a_french_notice_is_read_noted_and_an_insolvency(french_file, fake):  # noqa: F811
    fake.on(BODACC, says(200, bodacc(judgment(OPENED))))
    ask_registers(french_file.pk)
    assert outcome(french_file) == ("BODACC", "ok", "")
    assert RegisterNotice.objects.get().kind == "liquidation"
    assert BuyerIncident.objects.open().get().buyer == french_file.buyer
    assert f"registre%3D%22{SIREN}%22" in fake.asked[0].path
    ask_registers(french_file.pk)
    assert (RegisterNotice.objects.count(), BuyerIncident.objects.count()) == (1, 1)


def test_a_romanian_file_is_possible_and_no_insolvency(file, fake):  # noqa: F811
    opened = court_file(party=f"{file.buyer.name} SRL".upper(), hearings=[("2026-05-06", "Deschide procedura")])
    fake.on(COURTS, says(200, court_files(opened), XML))
    ask_registers(file.pk)
    assert outcome(file) == ("portal.just.ro", "ok", "")
    row = RegisterNotice.objects.get()
    assert (row.kind, row.certainty) == ("insolvency", "possible")
    assert BuyerIncident.objects.count() == 0
    assert fake.asked[0].headers["soapaction"] == '"portalquery.just.ro/CautareDosare"'


def test_a_british_feed_is_read_for_the_number_asked(file, fake):  # noqa: F811
    file.buyer = Buyer.objects.create(country="GB", registration_number="09857485", name="KM Telecom")
    file.save(update_fields=["buyer"])
    entry = {
        "id": "https://www.thegazette.co.uk/id/notice/5185493",
        "f:notice-code": "2452",
        "title": "KM TELECOM LTD",
        "published": "2026-07-04T07:43:53",
        "content": "<p>KM TELECOM LTD (Company Number 09857485)</p>",
    }
    fake.on("/insolvency/notice/data.json", says(200, json.dumps({"f:total": "1", "entry": entry}).encode()))
    ask_registers(file.pk)
    assert outcome(file) == ("The Gazette", "ok", "")
    assert RegisterNotice.objects.get().certainty == "confirmed"


def test_nothing_about_the_company_is_an_answer(french_file, fake):  # noqa: F811
    fake.on(BODACC, says(200, bodacc()))
    ask_registers(french_file.pk)
    assert outcome(french_file) == ("BODACC", "not_found", "")


@pytest.mark.parametrize(
    ("act", "ended", "reason"),
    [
        (says(429, b"{}", Retry_After="600"), "rate_limited", "too many requests"),
        (says(500, b"{}"), "unavailable", "status 500"),
        (closes_early, "unavailable", "closed before the end"),
        (says(200, bodacc()[:-5]), "bad_payload", "line 1"),
        (says(200, b"<html>Maintenance</html>", "text/html"), "bad_payload", "Expecting value"),
        (says(200, "{“results”: []}".encode("cp1252")), "bad_payload", "not UTF-8"),
    ],
)
def test_what_is_no_answer_is_noted_with_its_reason_and_raises_nothing(french_file, fake, act, ended, reason):  # noqa: F811
    fake.on(BODACC, act)
    ask_registers(french_file.pk)
    source, found, why = outcome(french_file)
    assert (source, found) == ("BODACC", ended)
    assert reason in why
    assert RegisterNotice.objects.count() == 0


def test_a_register_that_takes_too_long_is_no_answer(french_file, fake, monkeypatch):  # noqa: F811
    monkeypatch.setattr(bodacc_reader, "SOURCE", replace(bodacc_reader.SOURCE, timeout_seconds=0.3))
    fake.on(BODACC, waits(1.5))
    ask_registers(french_file.pk)
    source, found, why = outcome(french_file)
    assert (source, found) == ("BODACC", "unavailable")
    assert why.startswith("time-out")


def test_notices_from_before_stay_when_the_register_is_silent(french_file, fake, now):  # noqa: F811
    read = bodacc_reader.read(Reply(200, bodacc(judgment(OPENED))), siren=SIREN)
    note_notices(french_file.buyer, "BODACC", read, request=french_file, at=now)
    fake.on(BODACC, says(500))
    ask_registers(french_file.pk)
    assert not RegisterNotice.objects.get().is_cancelled
    assert BuyerIncident.objects.open().count() == 1


def test_a_fault_of_ours_is_noted_as_no_answer(french_file, fake, monkeypatch):  # noqa: F811
    def broken(*_arguments, **_options):
        raise RuntimeError("broken")

    monkeypatch.setattr(register_questions, "ask", broken)
    ask_registers(french_file.pk)
    assert outcome(french_file) == ("BODACC", "unavailable", "a fault of ours")


def test_a_number_that_cannot_be_asked_about_is_told(french_file, fake):  # noqa: F811
    Buyer.objects.filter(pk=french_file.buyer_id).update(registration_number='1" OR 1=1')
    ask_registers(french_file.pk)
    assert outcome(french_file) == ("BODACC", "unavailable", "no question can be put")
    assert fake.asked == []


def test_romanian_accounts_are_kept_with_where_they_came_from(file, fake, now):  # noqa: F811
    fake.on("/bilant", says(200, as_bytes(bilant())), says(200, as_bytes(bilant(year=2024))), says(400))
    ask_registers(file.pk)
    answer = SourceAnswer.objects.get(buyer=file.buyer, topic="accounts")
    assert (answer.source, answer.outcome, answer.facts["years"]) == ("ANAF bilant", "ok", ["2025-12-31", "2024-12-31"])
    told = sentence(answer)
    assert "Years ending: 2025-12-31, 2024-12-31." in told
    assert "Left out: " in told
    kept = BuyerStatement.objects.filter(buyer=file.buyer, source="anaf")
    assert [(str(each.period_end), each.sales, each.url, each.provenance["items"]["sales"]) for each in kept] == [
        ("2025-12-31", 21000, f"{fake.address}/bilant?an=2025&cui=49007311", "I13"),
        ("2024-12-31", 21000, f"{fake.address}/bilant?an=2025&cui=49007311", "I13"),
    ]
    entries = Entry.objects.filter(file__key=file.journal_key, event="register_accounts.added")
    assert entries.count() == 1
    ask_registers(file.pk)
    assert (kept.count(), entries.count()) == (2, 1)


def test_switched_off_the_question_is_noted_as_not_asked(french_file, fake, settings):  # noqa: F811
    settings.OUTSIDE_SOURCES = False
    ask_registers(french_file.pk)
    assert outcome(french_file) == ("BODACC", "unavailable", "switched off")
    assert fake.asked == []


def test_submitting_a_request_asks_the_registers(index, alice, now, django_capture_on_commit_callbacks):
    draft = demo.draft_request(index, alice, now)
    requests.submit(draft.pk, actor=alice, at=now)
    waiting_tasks()
    with django_capture_on_commit_callbacks(execute=True):
        deliver_everything()
    assert ("underwriting.tasks.ask_registers", [draft.pk]) in waiting_tasks()


def test_what_nobody_asked_is_asked_by_the_sweep(file, now):
    waiting_tasks()
    sweep_registers()
    assert waiting_tasks() == []
    with time_machine.travel(now + timedelta(minutes=6), tick=False):
        sweep_registers()
        assert waiting_tasks() == [("underwriting.tasks.ask_registers", [file.pk])]
        ask_registers(file.pk)
        sweep_registers()
        assert waiting_tasks() == []


def test_after_a_day_the_sweep_leaves_it_to_the_desk(file, now):
    waiting_tasks()
    with time_machine.travel(now + timedelta(days=2), tick=False):
        sweep_registers()
    assert waiting_tasks() == []

"""What registers say of a buyer: answers that stay, notices that count once somebody is sure, checks with evidence."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from PIL import Image

from applications.uploads import UnacceptableFile
from journal.models import Entry
from parties.models import Buyer
from tests.factories import analyse, analysed_request, deliver_everything
from underwriting.actions.analysis import NotAllowed, request_analysis
from underwriting.actions.registers import (
    IncompleteCheck,
    ReasonMissing,
    Search,
    confirm_notice,
    dismiss_notice,
    note_answer,
    note_notices,
    record_check,
)
from underwriting.models import Analysis, BuyerIncident, NoticeKind, RegisterCheck, RegisterNotice, SourceAnswer
from underwriting.models.registers import Frozen
from underwriting.sources.answers import Answer, Outcome
from underwriting.sources.notices import Kind, LegalNotice, MatchedBy, Notices
from unlockfocus.errors import IllegalTransition

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(index, alice, now):
    return analysed_request(index, alice, now)


def notice(kind=Kind.LIQUIDATION, notice_id="B20260042446", *, judged_on=date(2026, 11, 2), **more):
    return LegalNotice(
        source=more.pop("source", "BODACC"),
        notice_id=notice_id,
        kind=kind,
        published_on=more.pop("published_on", date(2026, 11, 12)),
        judged_on=judged_on,
        court="Greffe du tribunal de commerce de Lyon",
        text="Jugement d'ouverture de liquidation judiciaire",
        link="https://www.bodacc.fr/",
        **more,
    )


def possible(**more):
    return notice(Kind.INSOLVENCY, "1234/3/2024", source="portal.just.ro", matched_by=MatchedBy.NAME, **more)


def note(file, *notices, now, withdrawn=()):
    source = notices[0].source if notices else "BODACC"
    return note_notices(file.buyer, source, Notices(notices, frozenset(withdrawn)), request=file, at=now)


def open_incidents(file):
    rows = BuyerIncident.objects.open().filter(buyer=file.buyer)
    return [(each.reference, each.since) for each in rows]


def grade_after(file, now):
    request_analysis(file, at=now)
    return analyse(file, now).grade


def events_of(file):
    return [entry.event for entry in Entry.objects.filter(file__key=file.reference).order_by("pk")]


# --- Answers ----------------------------------------------------------------------------------------------------------


def answer(now, **changes):
    usual = Answer(
        Outcome.OK, "BODACC", "https://bodacc.example/records", "Licence Ouverte 2.0", now, Notices((notice(),))
    )
    return replace(usual, **changes)


def test_an_answer_is_kept_with_what_it_said_and_never_twice(file, now):
    first = note_answer(file.buyer, answer(now), topic="notices", request=file, at=now)
    again = note_answer(file.buyer, answer(now), topic="notices", request=file, at=now + timedelta(hours=1))
    assert again.pk == first.pk
    assert first.facts["notices"][0]["judged_on"] == "2026-11-02"
    assert first.facts["withdrawn"] == []
    assert len(first.digest) == 64


def test_no_answer_is_kept_with_its_reason(file, now):
    row = note_answer(
        file.buyer, answer(now, outcome=Outcome.UNAVAILABLE, payload=None, reason="time-out"), topic="notices", at=now
    )
    assert (row.outcome, row.reason, row.facts, row.is_about_the_company) == ("unavailable", "time-out", {}, False)


def test_an_answer_is_never_changed_or_removed(file, now):
    row = note_answer(file.buyer, answer(now), topic="notices", at=now)
    with pytest.raises(Frozen):
        row.save()
    with pytest.raises(Frozen):
        row.delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        SourceAnswer.objects.filter(pk=row.pk).update(outcome="not_found")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        SourceAnswer.objects.filter(pk=row.pk).delete()


# --- Notices ----------------------------------------------------------------------------------------------------------


def test_the_kinds_kept_are_the_kinds_read():
    assert set(NoticeKind.values) == {kind.value for kind in Kind}


def test_a_notice_found_by_number_opens_an_insolvency_at_once(file, now):
    (added,) = note(file, notice(), now=now)
    assert (added.certainty, added.kind) == ("confirmed", "liquidation")
    assert open_incidents(file) == [("BODACC B20260042446 (RO 49007311)", date(2026, 11, 2))]
    assert events_of(file)[-2:] == ["registers.notices_found", "insolvency.noted"]


def test_notices_noted_again_add_nothing(file, now):
    note(file, notice(), now=now)
    before = events_of(file)
    assert note(file, notice(), now=now + timedelta(days=1)) == []
    row = RegisterNotice.objects.get()
    assert (row.first_seen_at, row.last_seen_at) == (now, now + timedelta(days=1))
    assert BuyerIncident.objects.count() == 1
    assert events_of(file) == before


def test_a_possible_notice_shows_but_changes_nothing(file, now):
    before = grade_after(file, now)
    note(file, possible(), now=now)
    assert open_incidents(file) == []
    assert grade_after(file, now) == before


def test_a_confirmed_insolvency_is_grade_10(file, bruno, now):
    (row,) = note(file, possible(), now=now)
    confirmed = confirm_notice(
        row.pk, request=file, kind="insolvency", reason="CUI 49007311 on the court's list.", by=bruno, at=now
    )
    assert (confirmed.certainty, confirmed.decided_by, confirmed.decided_at) == ("confirmed", bruno, now)
    assert open_incidents(file) == [("portal.just.ro 1234/3/2024 (RO 49007311)", date(2026, 11, 2))]
    assert grade_after(file, now) == 10


def test_a_confirmed_insolvency_owes_every_open_file_of_the_buyer_a_score(file, index, alice, bruno, now):
    other = analysed_request(index, alice, now)
    assert other.buyer_id == file.buyer_id
    (row,) = note(file, possible(), now=now)
    confirm_notice(row.pk, request=file, kind="insolvency", reason="Same CUI.", by=bruno, at=now)
    deliver_everything()
    owed = Analysis.objects.filter(status=Analysis.Status.PENDING)
    assert {each.request_id for each in owed} == {file.pk, other.pk}
    assert [analyse(each.request, now).grade for each in owed] == [10, 10]


def test_a_notice_set_aside_ends_what_it_opened(file, bruno, now):
    before = grade_after(file, now)
    (row,) = note(file, notice(), now=now)
    assert grade_after(file, now) == 10
    dismiss_notice(row.pk, request=file, reason="Infirmed on appeal, 20 November.", by=bruno, at=now)
    assert open_incidents(file) == []
    assert events_of(file)[-2:] == ["registers.notice_dismissed", "insolvency.ended"]
    assert grade_after(file, now) == before


def test_what_a_person_set_aside_stays_so_when_the_register_says_it_again(file, bruno, now):
    (row,) = note(file, notice(), now=now)
    dismiss_notice(row.pk, request=file, reason="Another company.", by=bruno, at=now)
    note(file, notice(), now=now + timedelta(days=1))
    row.refresh_from_db()
    assert row.certainty == "dismissed"
    assert open_incidents(file) == []


def test_what_a_person_called_it_stays_until_the_register_says_something_else(file, bruno, now):
    petition = possible(judged_on=None)
    (row,) = note(file, replace(petition, kind=Kind.WINDING_UP_PETITION), now=now)
    confirm_notice(row.pk, request=file, kind="insolvency", reason="Opened, says the BPI.", by=bruno, at=now)
    note(file, replace(petition, kind=Kind.WINDING_UP_PETITION), now=now)
    assert len(open_incidents(file)) == 1
    note(file, replace(petition, kind=Kind.CLOSED_PROCEEDINGS, judged_on=date(2026, 11, 20)), now=now)
    row.refresh_from_db()
    assert (row.kind, row.certainty) == ("closed_proceedings", "confirmed")
    assert open_incidents(file) == []


def test_a_closing_judgment_ends_the_insolvency_on_its_day(file, now):
    note(file, notice(judged_on=date(2024, 3, 4)), now=now)
    note(file, notice(Kind.CLOSED_PROCEEDINGS, "B20260050001", judged_on=date(2026, 11, 20)), now=now)
    assert BuyerIncident.objects.get().settled_on == date(2026, 11, 20)


def test_a_cancelled_notice_stays_and_no_longer_counts(file, now):
    note(file, notice(), now=now)
    note_notices(file.buyer, "BODACC", Notices((), frozenset({"B20260042446"})), request=file, at=now)
    assert RegisterNotice.objects.get().is_cancelled
    assert open_incidents(file) == []


def test_a_correction_moves_the_insolvency_to_the_notice_that_holds(file, now):
    wrong, right = notice(judged_on=date(2026, 10, 1)), notice(notice_id="B20260043001", is_correction=True)
    note(file, wrong, now=now)
    note(file, replace(wrong, is_cancelled=True), right, now=now, withdrawn=[wrong.notice_id])
    assert open_incidents(file) == [("BODACC B20260043001 (RO 49007311)", date(2026, 11, 2))]


def test_one_notice_about_two_companies_is_an_insolvency_of_each(file, now):
    sister = Buyer.objects.create(country="FR", registration_number="900004128", name="Sister")
    note(file, notice(), now=now)
    note_notices(sister, "BODACC", Notices((notice(),)), at=now)
    assert BuyerIncident.objects.open().count() == 2


def test_what_is_old_says_nothing_any_more(file, now):
    note(file, notice(judged_on=date(2014, 1, 1), published_on=date(2014, 1, 9)), now=now)
    assert open_incidents(file) == []
    assert RegisterNotice.objects.get().is_old(date(2026, 11, 24))


@pytest.mark.parametrize("decide", [confirm_notice, dismiss_notice])
def test_only_underwriters_decide_and_say_why(file, peter, bruno, now, decide):
    (row,) = note(file, possible(), now=now)
    extra = {"kind": "insolvency"} if decide is confirm_notice else {}
    with pytest.raises(NotAllowed):
        decide(row.pk, request=file, reason="Because.", by=peter, at=now, **extra)
    with pytest.raises(ReasonMissing):
        decide(row.pk, request=file, reason="  ", by=bruno, at=now, **extra)


def test_a_decision_is_not_made_twice_nor_of_what_was_taken_back(file, bruno, now):
    (row,) = note(file, possible(), now=now)
    dismiss_notice(row.pk, request=file, reason="Another CUI.", by=bruno, at=now)
    with pytest.raises(IllegalTransition, match="set aside already"):
        dismiss_notice(row.pk, request=file, reason="Another CUI.", by=bruno, at=now)
    confirm_notice(row.pk, request=file, kind="insolvency", reason="The same after all.", by=bruno, at=now)
    with pytest.raises(IllegalTransition, match="confirmed already"):
        confirm_notice(row.pk, request=file, kind="insolvency", reason="Again.", by=bruno, at=now)
    RegisterNotice.objects.update(is_cancelled=True)
    with pytest.raises(IllegalTransition, match="taken this notice back"):
        dismiss_notice(row.pk, request=file, reason="Another CUI.", by=bruno, at=now)


# --- Checks by hand ---------------------------------------------------------------------------------------------------


def picture(name="bpi.png"):
    content = BytesIO()
    Image.new("RGB", (8, 8)).save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue())


def search(**changes):
    usual = Search(
        register="bpi",
        register_name="",
        searched="CUI 49007311",
        outcome="nothing",
        says="",
        checked_on=date(2026, 11, 24),
    )
    return replace(usual, **changes)


def test_a_check_is_kept_with_its_evidence(file, bruno, now):
    check = record_check(file, search(), evidence=picture("../../bpi.png"), by=bruno, at=now)
    assert (check.name, check.content_type, check.uploaded_by) == ("bpi.png", "image/png", bruno)
    assert check.file.name.startswith("documents/2026/11/")
    assert events_of(file)[-1] == "registers.check_recorded"


def test_something_found_by_hand_is_a_notice_that_counts(file, bruno, now):
    found = search(outcome="found", says="Faliment, dosar 1234/3/2024.", kind="liquidation", judged_on=date(2026, 5, 4))
    check = record_check(file, found, evidence=picture(), by=bruno, at=now)
    assert (check.notice.notice_id, check.notice.certainty) == ("check 1", "confirmed")
    assert open_incidents(file) == [("BPI check 1 (RO 49007311)", date(2026, 5, 4))]
    assert grade_after(file, now) == 10


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.pdf", b"<html>a page</html>"),
        ("bpi.xlsx", b"PK\x03\x04 and so on"),
        ("empty.png", b""),
    ],
)
def test_evidence_that_is_no_pdf_or_image_is_refused(file, bruno, now, name, content):
    with pytest.raises(UnacceptableFile):
        record_check(file, search(), evidence=SimpleUploadedFile(name, content), by=bruno, at=now)
    assert RegisterCheck.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"checked_on": date(2026, 11, 25)}, "after today"),
        ({"register": "other"}, "Name the register"),
        ({"outcome": "found"}, "Say what the register says"),
        ({"outcome": "not_searched"}, "Say what the register says"),
        ({"kind": "liquidation"}, "Only something found"),
        ({"judged_on": date(2026, 11, 25)}, "after the check"),
    ],
)
def test_a_check_that_lacks_something_is_refused(file, bruno, now, changes, words):
    with pytest.raises(IncompleteCheck, match=words):
        record_check(file, search(**changes), evidence=picture(), by=bruno, at=now)


def test_only_underwriters_record_a_check(file, peter, now):
    with pytest.raises(NotAllowed):
        record_check(file, search(), evidence=picture(), by=peter, at=now)

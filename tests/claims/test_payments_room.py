"""The desk's room of payments: what is owed, an order, the bank's answer. EUR; 15 May 2028 is a Monday.

INDEX's claim is EUR 1,332,000.00, approved on 15 May 2028. Ten working days on, Ascension Day (25 May) left out, it is
owed by 30 May.
"""

from datetime import date
from decimal import Decimal
from html import unescape
from re import sub

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from claims.actions import accounts, payments
from claims.models import BankAnswer, BankFile, Indemnity, PaymentFile
from claims.payment_files import pain001
from journal.models import Entry
from tests.claims.money import (
    INDEX_IBAN,
    LOST_ON,
    OTHER_IBAN,
    answer,
    booked,
    claim_in_collection,
    confirmed_account,
    paid,
    paying_account,
    refused_by_bank,
    signed,
)
from tests.factories import instant, person_named

ROOM, ORDER, UPLOAD = "/desk/payments/", "/desk/payments/order/", "/desk/payments/answers/"
PAID_ON = date(2028, 5, 16)


def text_of(response):
    """The words of the page, without its marks and double spaces."""
    return " ".join(unescape(sub(r"<[^>]+>", " ", response.content.decode())).split())


@pytest.fixture(autouse=True)
def _long_sessions(settings):
    """Whoever signed in stays so for the years this file travels through."""
    settings.SESSION_COOKIE_AGE = 10 * 366 * 86400


@pytest.fixture
def david(index):
    return person_named("David Moreau")


@pytest.fixture
def ines(index):
    return person_named("Inês Costa")


@pytest.fixture
def claim(index, alice, bruno, david, now):
    return claim_in_collection(index, alice, bruno, david, now)


@pytest.fixture
def on_the_day(claim):
    with time_machine.travel(instant(LOST_ON, 12), tick=False):
        yield


@pytest.fixture
def approved(claim, david, ines, on_the_day):
    """Signed; the account given and not confirmed; the insurer's own set."""
    paying_account()
    return signed(claim, david, ines)


@pytest.fixture
def payable(approved, david):
    confirmed_account(david)
    return approved


@pytest.fixture
def desk(signed_in, david):
    return signed_in(david)


def upload(desk, data, name="camt.054.xml"):
    return desk.post(UPLOAD, {"file": SimpleUploadedFile(name, data)}, follow=True)


# --- What is owed -----------------------------------------------------------------------------------------------------


def test_the_room_says_what_is_owed_to_whom_by_when_and_what_stands_in_the_way(approved, desk):
    shown = text_of(desk.get(ROOM))
    assert "€1,332,000.00 awaits payment Every payment is within its day." in shown
    assert "IN-2028-000001 Indemnity CL-2027-000001 INDEX SAS / PEI INDEX SAS – 1,332,000.00" in shown
    assert "30 May 2028 15 days left The account is not confirmed by a second person yet." in shown
    assert "Show the order for what is chosen" not in shown


def test_a_confirmed_account_is_masked_and_lets_the_payment_be_chosen(payable, desk):
    page = desk.get(ROOM)
    assert "FR76 … 0189 1,332,000.00 30 May 2028 15 days left nothing" in text_of(page)
    assert f'name="indemnity" value="{payable.pk}" checked' in sub(r"\s+", " ", page.content.decode())
    assert INDEX_IBAN not in page.content.decode()


def test_a_payment_past_its_day_says_so(payable, desk):
    with time_machine.travel(instant(date(2028, 6, 2)), tick=False):
        shown = text_of(desk.get(ROOM))
    assert "1 payment is past its day." in shown
    assert "3 days late" in shown


def test_an_empty_room_says_what_will_appear(claim, desk, on_the_day):
    shown = text_of(desk.get(ROOM))
    assert "Nothing awaits payment" in shown
    assert "An indemnity appears here as soon as its second signature is given" in shown
    assert "No file of the bank was uploaded yet." in shown


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("David Moreau", 200),
        ("Inês Costa", 200),
        ("Peter Adler", 200),
        ("Bruno Keller", 403),
        ("Sofia Lindqvist", 403),
        ("Alice Bernard", 302),
        ("Camille Dubois", 302),
    ],
)
def test_claims_people_enter_auditors_read_and_nobody_else(payable, signed_in, name, status):
    assert signed_in(person_named(name)).get(ROOM).status_code == status


def test_an_auditor_reads_and_neither_orders_nor_uploads_nor_downloads(payable, signed_in, david):
    peter = signed_in(person_named("Peter Adler"))
    shown = text_of(peter.get(ROOM))
    assert "€1,332,000.00 awaits payment" in shown
    assert "Show the order" not in shown
    assert "Show what it does" not in shown
    file = payments.make([payable.pk], by=david, at=instant(LOST_ON, 12))
    kept = answer(booked(payable.number, "1332000.00", PAID_ON), david)
    refused = [
        peter.get(ORDER, {"indemnity": payable.pk}),
        peter.post(ORDER, {"indemnity": payable.pk}),
        peter.post(UPLOAD, {}),
        peter.get(reverse("admin:payment-file", args=[file.pk])),
        peter.post(reverse("admin:bank-file", args=[kept.pk])),
    ]
    assert [each.status_code for each in refused] == [403] * 5
    assert peter.get(reverse("admin:bank-file", args=[kept.pk])).status_code == 200


def test_the_room_costs_as_many_queries_with_one_indemnity_as_with_four(payable, david, ines, desk):
    def count():
        with CaptureQueriesContext(connection) as queries:
            desk.get(ROOM)
        return len(queries)

    answer(booked(payable.number, "1332000.00", PAID_ON), david)
    desk.get(ROOM)
    before = count()
    for number in range(3):
        Indemnity.objects.create(
            number=f"IN-{number}", claim=payable.claim, guarantee=payable.guarantee, kind="interim", status="approved",
            amount=Decimal("0.00"), calculation={}, insurer_share=Decimal("0.9"), prepared_by=david,
            prepared_at=instant(LOST_ON), signed_by=ines, signed_at=instant(LOST_ON),
        )  # fmt: skip
        answer(booked(f"IN-{number}", "1.00", PAID_ON), david)
    assert Indemnity.objects.count() == 4
    assert count() == before


# --- Ordering ---------------------------------------------------------------------------------------------------------


def test_the_order_is_shown_as_the_bank_reads_it_and_nothing_is_ordered_yet(payable, desk):
    page = desk.get(ORDER, {"indemnity": payable.pk})
    shown = text_of(page)
    assert "Order €1,332,000.00 for 15 May 2028" in shown
    assert "INDEX SAS FR76 3000 6000 0112 3456 7890 189" in shown
    assert "Indemnity IN-2028-000001 claim CL-2027-000001 guarantee GA-2026-000001" in shown
    assert "FR76 3000 4000 0312 3456 7890 143 Unlock Focus, BNPAFRPP" in shown
    assert "Order €1,332,000.00 in 1 transfer" in shown
    assert not PaymentFile.objects.exists()


def test_a_name_no_bank_can_read_is_shown_as_given_and_as_sent(approved, desk, david, alice, index):
    accounts.give(index, holder="INDEX Équipements & Cie", iban=INDEX_IBAN, by=alice, at=instant(LOST_ON))
    confirmed_account(david)
    shown = text_of(desk.get(ORDER, {"indemnity": approved.pk}))
    assert "INDEX Equipements + Cie given as INDEX Équipements & Cie for INDEX SAS" in shown


def test_what_was_seen_is_ordered_and_the_file_is_what_the_bank_reads(payable, desk):
    seen = desk.get(ORDER, {"indemnity": payable.pk}).context["draft"].mark
    done = desk.post(ORDER, {"indemnity": payable.pk, "seen": seen}, follow=True)
    assert "PF-2028-000001 orders €1,332,000.00 for 15 May 2028. Download it and hand it to the bank." in text_of(done)
    assert "€1,332,000.00 ordered, not confirmed by the bank" in text_of(done)
    payable.refresh_from_db()
    assert payable.status == "ordered"
    sent = desk.get(reverse("admin:payment-file", args=[payable.payment_file_id]))
    assert sent["Content-Disposition"] == 'attachment; filename="PF-2028-000001.xml"'
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in sent["Cache-Control"]
    order = pain001.read(sent.content)
    assert (order.message_id, order.total) == ("PF-2028-000001", Decimal("1332000.00"))


def test_an_order_that_is_no_longer_what_was_seen_is_shown_again(payable, desk, david, index, alice, ines):
    seen = desk.get(ORDER, {"indemnity": payable.pk}).context["draft"].mark
    changed = accounts.give(index, holder="INDEX SAS", iban=OTHER_IBAN, by=alice, at=instant(LOST_ON))
    accounts.confirm(changed.pk, confirmation="Called", by=ines, at=instant(LOST_ON))
    again = desk.post(ORDER, {"indemnity": payable.pk, "seen": seen})
    assert again.status_code == 409
    assert "The order is no longer what you saw. Look at it once more." in text_of(again)
    assert "DE89 3704 0044 0532 0130 00" in text_of(again)
    assert desk.post(ORDER, {"indemnity": payable.pk}).status_code == 409
    assert not PaymentFile.objects.exists()


def test_what_is_blocked_or_was_ordered_is_refused_in_the_room(payable, desk, david, index, alice):
    accounts.give(index, holder="INDEX SAS", iban=OTHER_IBAN, by=alice, at=instant(LOST_ON))
    refused = desk.get(ORDER, {"indemnity": payable.pk})
    assert refused.status_code == 422
    assert "IN-2028-000001 cannot be paid to INDEX SAS. A new account was given" in text_of(refused)
    nothing = desk.get(ORDER)
    assert nothing.status_code == 422
    assert "Choose at least one indemnity that is approved and not yet ordered." in text_of(nothing)


def test_without_a_paying_account_the_room_says_where_to_set_it(claim, david, ines, desk, on_the_day):
    indemnity = signed(claim, david, ines)
    confirmed_account(david)
    refused = desk.get(ORDER, {"indemnity": indemnity.pk})
    assert "The account indemnities are paid from is not set: add it under “Paying accounts”." in text_of(refused)


def test_the_paying_accounts_can_be_reached_at_the_desk(claim, desk):
    """An address of the lists is no number of a claim."""
    for name in ("claims_claim", "claims_payingaccount", "claims_interimterms", "claims_recoveryexperience"):
        assert desk.get(reverse(f"admin:{name}_changelist")).status_code == 200
    assert desk.get("/desk/claims/CL-1999-000001/").status_code == 404


def test_an_order_no_bank_would_carry_out_is_refused_in_words(approved, david, desk):
    confirmed_account(david)
    payments.PayingAccount.objects.update(iban="FR7630004000031234567890144")
    refused = desk.get(ORDER, {"indemnity": approved.pk})
    assert "the whole order: the IBAN of our paying account has wrong check digits." in text_of(refused)


# --- The bank's answer ------------------------------------------------------------------------------------------------


@pytest.fixture
def order(payable, david):
    return payments.make([payable.pk], by=david, at=instant(LOST_ON, 12))


def test_an_upload_shows_every_line_and_counts_nothing(order, payable, desk):
    shown = text_of(upload(desk, booked(payable.number, "1332000.00", PAID_ON)))
    assert "€1,332,000.00 counts as paid That is what confirming does." in shown
    assert "booked 16 May 2028 €1,332,000.00 IN-2028-000001 INDEX SAS, €1,332,000.00 counts as paid" in shown
    assert "Confirm: €1,332,000.00 counts as paid" in shown
    payable.refresh_from_db()
    assert payable.status == "ordered"


def test_confirming_what_was_seen_pays(order, payable, desk):
    page = upload(desk, booked(payable.number, "1332000.00", PAID_ON))
    done = desk.post(page.request["PATH_INFO"], {"seen": page.context["seen"]}, follow=True)
    assert "The file is confirmed. €1,332,000.00 was counted as paid." in text_of(done)
    payable.refresh_from_db()
    assert (payable.status, payable.paid_on) == ("paid", PAID_ON)
    after = text_of(desk.get(page.request["PATH_INFO"]))
    assert "confirmed €1,332,000.00 was counted as paid Confirmed by David Moreau on 15 May 2028, 14:00." in after
    assert "Confirm:" not in after


def test_a_file_whose_effect_has_changed_is_shown_again(order, payable, desk, ines):
    page = upload(desk, booked(payable.number, "1332000.00", PAID_ON))
    other = answer(booked(payable.number, "1332000.00", PAID_ON), ines)
    payments.confirm(other.pk, by=ines, at=instant(LOST_ON, 13))
    again = desk.post(page.request["PATH_INFO"], {"seen": page.context["seen"]})
    assert again.status_code == 409
    assert "The file would no longer do what you saw." in text_of(again)
    assert BankAnswer.objects.count() == 1


def test_the_same_file_twice_is_one_file(order, payable, desk, ines, signed_in):
    data = booked(payable.number, "1332000.00", PAID_ON)
    upload(desk, data)
    with time_machine.travel(instant(LOST_ON, 15), tick=False):
        again = upload(signed_in(ines), data, "again.xml")
    assert "The same file was uploaded on 15 May 2028, 14:00 by David Moreau. It counts once." in text_of(again)
    assert BankFile.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"not xml", "camt.054 or pain.002): it is not XML."),
        (b"<a/>", "camt.054 or pain.002): it is another message"),
        (b"<!DOCTYPE a><a/>", "it declares a document type, which a bank never does"),
        (b"", "The submitted file is empty."),
        (b" " * 5_000_001, "The file is larger than 5 MB: ask the bank for one day at a time."),
    ],
)
def test_a_file_that_is_no_answer_is_refused_at_its_field(claim, desk, data, said):
    refused = upload(desk, data)
    assert refused.status_code == 422
    assert said in text_of(refused)
    assert not BankFile.objects.exists()


def test_lines_that_do_not_fit_say_why_and_stand_out(order, payable, desk):
    shown = text_of(upload(desk, booked(payable.number, "1332000.01", PAID_ON)))
    assert "Nothing changes" in shown
    assert "1 line changes nothing and somebody must find out why" in shown
    assert "changes nothing The amount is not that of the indemnity." in shown
    assert "Confirm that it was read: nothing changes" in shown
    unknown = text_of(upload(desk, booked("IN-1999-000001", "1.00", PAID_ON)))
    assert "No indemnity of ours has this reference: somebody must find out what it is." in unknown


def test_a_refused_payment_comes_back_to_be_ordered_with_the_banks_reason(order, payable, desk):
    page = upload(desk, refused_by_bank(payable.number, order.message_id, "AC04"))
    assert "€1,332,000.00 counts as returned" in text_of(page)
    done = desk.post(page.request["PATH_INFO"], {"seen": page.context["seen"]}, follow=True)
    assert "€1,332,000.00 was counted as returned." in text_of(done)
    assert "Came back from the bank: AC04 Account closed" in text_of(done)
    assert "Show the order for what is chosen" in text_of(done)


def test_a_line_that_stands_in_a_file_twice_moved_the_indemnity_once(order, payable, desk, david):
    twice = booked(payable.number, "1332000.00", PAID_ON).decode()
    entry = twice[twice.index("<Ntry>") : twice.index("</Ntfctn>")]
    page = upload(desk, twice.replace(entry, entry * 2).encode())
    desk.post(page.request["PATH_INFO"], {"seen": page.context["seen"]})
    after = text_of(desk.get(page.request["PATH_INFO"]))
    assert after.count("INDEX SAS, €1,332,000.00 counted as paid") == 1
    assert after.count("changes nothing This line was counted before.") == 1
    assert Entry.objects.filter(event="indemnity.paid").count() == 1


def test_a_file_costs_as_many_queries_with_one_line_as_with_six(order, payable, desk, david):
    one = booked(payable.number, "1332000.00", PAID_ON).decode()
    entry = one[one.index("<Ntry>") : one.index("</Ntfctn>")]
    more = "".join(entry.replace(payable.number, f"IN-1999-{number}") for number in range(5))
    pages = [answer(data.encode(), david) for data in (one, one.replace(entry, entry + more))]
    counts = []
    desk.get(ROOM)
    for file in pages:
        with CaptureQueriesContext(connection) as queries:
            desk.get(reverse("admin:bank-file", args=[file.pk]))
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- The desk's front page --------------------------------------------------------------------------------------------


def test_the_front_page_leads_claims_people_to_what_waits(approved, desk, david, signed_in):
    answer(booked(approved.number, "1332000.00", PAID_ON), david)
    shown = text_of(desk.get("/desk/"))
    assert "1 indemnity of €1,332,000.00 awaits payment , owed by 30 May 2028: 15 days left" in shown
    assert "1 file of the bank awaits confirmation" in shown
    assert "1 bank account awaits a call and a confirmation" in shown
    bruno = text_of(signed_in(person_named("Bruno Keller")).get("/desk/"))
    assert "awaits payment" not in bruno
    assert "Claims figures" in bruno


def test_everything_paid_leaves_nothing_waiting(claim, david, ines, desk, on_the_day):
    paid(claim, david, ines)
    shown = text_of(desk.get(ROOM))
    assert "Nothing awaits payment" in shown
    assert "PF-2028-000001" in shown
    assert "1,332,000.00 1,332,000.00 Download" in shown
    assert "awaits payment" not in text_of(desk.get("/desk/")).replace("Nothing awaits payment", "")

"""From approved indemnities to the bank's file, and from its answer back. EUR; 15 May 2028 is a Monday."""

from datetime import date
from decimal import Decimal

import pytest

from claims.actions import accounts, payments
from claims.actions.claims import NotAllowed
from claims.models import BankAnswer, BankFile, Indemnity, PaymentFile
from claims.payment_files import pain001
from journal.models import Entry
from parties.models import Bank
from tests.claims.money import (
    BANK_IBAN,
    INDEX_IBAN,
    INSURER_IBAN,
    LOST_ON,
    OTHER_IBAN,
    another_approver,
    answer,
    booked,
    claim_in_collection,
    confirmed_account,
    ordered,
    paid,
    paying_account,
    refused_by_bank,
    signed,
)
from tests.factories import instant, person_named

PAID_ON = date(2028, 5, 16)
AT = instant(LOST_ON, 11)


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
def order(claim, david, ines):
    return ordered(claim, david, ines)


@pytest.fixture
def indemnity(order):
    return order.indemnities.get()


def outcomes(file):
    return [(match.does, match.why) for match in payments.matches(file)]


# --- Ordering ---------------------------------------------------------------------------------------------------------


def test_the_order_is_read_back_from_its_file(order, indemnity):
    read = pain001.read(bytes(order.xml))
    assert read.message_id == order.message_id == "PF-2028-000001"
    assert read.execution_on == LOST_ON
    assert (read.debtor.name, read.debtor.iban) == ("Unlock Focus", INSURER_IBAN)
    [transfer] = read.transfers
    assert (transfer.end_to_end_id, transfer.amount) == ("IN-2028-000001", Decimal("1332000.00"))
    assert (transfer.creditor_name, transfer.creditor_iban) == ("INDEX SAS", INDEX_IBAN)
    assert transfer.remittance == "Indemnity IN-2028-000001 claim CL-2027-000001 guarantee GA-2026-000001"
    assert (indemnity.status, indemnity.account.iban) == ("ordered", INDEX_IBAN)


def test_on_a_day_of_rest_it_is_executed_on_the_next_working_day(claim, david, ines):
    """Saturday 20 May 2028."""
    assert ordered(claim, david, ines, date(2028, 5, 20)).execution_on == date(2028, 5, 22)


def test_nothing_is_ordered_to_an_account_that_is_not_confirmed(claim, david, ines, index, alice):
    indemnity = signed(claim, david, ines)
    paying_account()
    with pytest.raises(payments.Blocked, match="not confirmed by a second person"):
        payments.make([indemnity.pk], by=david, at=AT)
    confirmed_account(david)
    changed = accounts.give(index, holder="INDEX SAS", iban=OTHER_IBAN, by=alice, at=AT)
    with pytest.raises(payments.Blocked, match="A new account was given"):
        payments.make([indemnity.pk], by=david, at=AT)
    accounts.refuse(changed.pk, reason="The treasurer knows nothing of it", by=david, at=AT)
    assert payments.make([indemnity.pk], by=david, at=AT).indemnities.get().account.iban == INDEX_IBAN


def test_the_loss_payee_is_paid_on_its_own_account(claim, david, ines):
    bank = Bank.objects.get()
    request = claim.guarantee.request
    request.loss_payee = bank
    request.save()
    indemnity = signed(claim, david, ines)
    paying_account()
    confirmed_account(david)
    with pytest.raises(payments.Blocked, match=r"Banque des Ateliers\. No bank account was given"):
        payments.make([indemnity.pk], by=david, at=AT)
    given = accounts.give(bank, holder="Banque des Ateliers", iban=BANK_IBAN, by=david, at=AT)
    accounts.confirm(given.pk, confirmation="Called", by=ines, at=AT)
    [transfer] = pain001.read(bytes(payments.make([indemnity.pk], by=david, at=AT).xml)).transfers
    assert (transfer.creditor_name, transfer.creditor_iban) == ("Banque des Ateliers", BANK_IBAN)
    indemnity.refresh_from_db()
    assert indemnity.payee == "Banque des Ateliers"


def test_without_an_account_of_the_insurer_nothing_is_ordered(claim, david, ines):
    indemnity = signed(claim, david, ines)
    confirmed_account(david)
    with pytest.raises(payments.NoPayingAccount):
        payments.make([indemnity.pk], by=david, at=AT)
    assert not PaymentFile.objects.exists()


def test_what_is_ordered_prepared_or_not_there_is_not_ordered_again(order, indemnity, david, alice):
    for chosen in ([indemnity.pk], [], [indemnity.pk + 1]):
        with pytest.raises(payments.NothingToPay):
            payments.make(chosen, by=david, at=AT)
    with pytest.raises(NotAllowed):
        payments.make([indemnity.pk], by=alice, at=AT)


# --- The bank's answer ------------------------------------------------------------------------------------------------


def test_looking_at_the_answer_changes_nothing(indemnity, david):
    file = answer(booked(indemnity.number, "1332000.00", PAID_ON), david)
    assert outcomes(file) == [("paid", "")]
    indemnity.refresh_from_db()
    assert indemnity.status == "ordered"


def test_confirming_it_pays_the_claim_and_indemnifies_its_invoices(claim, david, ines):
    indemnity = paid(claim, david, ines)
    assert (indemnity.status, indemnity.paid_on) == ("paid", PAID_ON)
    assert claim.status == "paid"
    assert claim.paid_at.date() == PAID_ON
    assert set(claim.invoices.values_list("status", flat=True)) == {"indemnified"}
    told = Entry.objects.get(event="indemnity.paid").data
    assert (told["amount"], told["payee"]) == ("1332000.00", "INDEX SAS")


def test_the_same_file_twice_changes_nothing(claim, david, ines):
    indemnity = paid(claim, david, ines)
    file = BankFile.objects.get()
    again = payments.keep_answer("again.xml", bytes(file.xml), by=david, at=AT)
    assert again == file
    payments.confirm(again.pk, by=ines, at=instant(date(2028, 5, 17)))
    assert outcomes(again) == [("nothing", "known")]
    assert BankAnswer.objects.count() == 1
    assert Entry.objects.filter(event="indemnity.paid").count() == 1
    indemnity.refresh_from_db()
    assert indemnity.paid_on == PAID_ON
    file.refresh_from_db()
    assert file.confirmed_by == david


def test_a_refused_payment_fails_with_the_banks_reason_and_is_ordered_again(order, indemnity, david):
    file = answer(refused_by_bank(indemnity.number, order.message_id, "AC04"), david)
    assert outcomes(file) == [("failed", "")]
    payments.confirm(file.pk, by=david, at=AT)
    indemnity.refresh_from_db()
    assert (indemnity.status, indemnity.bank_message) == ("failed", "AC04 Account closed")
    second = payments.make([indemnity.pk], by=david, at=instant(LOST_ON, 14))
    assert second.message_id == "PF-2028-000002"
    # The refusal of the first order says nothing about the second, in this file or in another.
    assert outcomes(file) == [("nothing", "known")]
    other = answer(refused_by_bank(indemnity.number, order.message_id, "AC06"), david)
    assert outcomes(other) == [("nothing", "earlier_order")]


def test_a_payment_that_comes_back_after_it_was_booked_is_owed_again(claim, david, ines):
    indemnity = paid(claim, david, ines)
    back = answer(booked(indemnity.number, "1332000.00", date(2028, 5, 18), returned="AC04"), david)
    payments.confirm(back.pk, by=david, at=instant(date(2028, 5, 18)))
    indemnity.refresh_from_db()
    claim.refresh_from_db()
    assert (indemnity.status, indemnity.paid_on, claim.status, claim.paid_at) == ("failed", None, "approved", None)
    assert set(claim.invoices.values_list("status", flat=True)) == {"claimed"}
    payments.make([indemnity.pk], by=david, at=instant(date(2028, 5, 19)))
    again = answer(booked(indemnity.number, "1332000.00", date(2028, 5, 22)), david)
    payments.confirm(again.pk, by=david, at=instant(date(2028, 5, 22)))
    claim.refresh_from_db()
    assert claim.status == "paid"


@pytest.mark.parametrize(
    ("number", "amount", "iban", "why"),
    [
        ("IN-2028-000009", "1332000.00", INSURER_IBAN, "unknown"),
        ("IN-2028-000001", "1332000.01", INSURER_IBAN, "amount"),
        ("IN-2028-000001", "1332000.00", OTHER_IBAN, "other_account"),
        ("NOTPROVIDED", "1332000.00", INSURER_IBAN, "unknown"),
    ],
)
def test_what_does_not_fit_is_shown_and_changes_nothing(indemnity, david, number, amount, iban, why):
    file = answer(booked(number, amount, PAID_ON, iban=iban), david)
    assert outcomes(file) == [("nothing", why)]
    payments.confirm(file.pk, by=david, at=AT)
    indemnity.refresh_from_db()
    assert indemnity.status == "ordered"


def test_a_line_of_another_day_does_not_pay_twice(claim, david, ines):
    indemnity = paid(claim, david, ines)
    file = answer(booked(indemnity.number, "1332000.00", date(2028, 5, 17)), david)
    assert outcomes(file) == [("nothing", "state")]


def test_what_is_no_confirmation_is_refused_whole(index, david, alice):
    for data in (b"", b"<a/>", b"not xml"):
        with pytest.raises(payments.UnreadableAnswer):
            payments.keep_answer("a.xml", data, by=david, at=AT)
    with pytest.raises(NotAllowed):
        payments.keep_answer("a.xml", booked("IN-1", "1.00", PAID_ON), by=alice, at=AT)
    assert not BankFile.objects.exists()


def test_an_advance_paid_leaves_the_claim_in_collection(claim, david, ines):
    from claims.actions import indemnities

    early = date(2027, 12, 6)
    advance = indemnities.prepare_interim(claim.pk, by=david, at=instant(early))
    indemnities.sign(advance.pk, by=ines, at=instant(early))
    confirmed_account(another_approver(), early)
    paying_account()
    payments.make([advance.pk], by=david, at=instant(early))
    file = answer(booked(advance.number, "666000.00", date(2027, 12, 7)), david)
    payments.confirm(file.pk, by=david, at=instant(date(2027, 12, 7)))
    claim.refresh_from_db()
    assert Indemnity.objects.get().status == "paid"
    assert claim.status == "in_collection"
    assert set(claim.invoices.values_list("status", flat=True)) == {"claimed"}

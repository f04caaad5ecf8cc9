"""From delivery to claim through the verbs alone: what each does to the invoices, the deadlines and the history."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from claims.account import Account
from claims.actions import claims, deliveries, notices
from claims.clocks import Kind, State
from claims.models import Invoice, Paper
from journal.models import Entry
from tests.factories import another_company, claim_on_pei, deliver_to_pei, guarantee_in_force, instant
from unlockfocus.errors import IllegalTransition


@pytest.fixture
def guarantee(index, alice, bruno, now):
    return guarantee_in_force(index, alice, bruno, now)


@pytest.fixture
def invoices(guarantee, alice):
    return deliver_to_pei(guarantee, alice)


def deadline(account, kind, subject):
    return next(each for each in account.deadlines if each.kind == kind and each.subject == subject)


def test_the_two_deliveries_make_the_exposure_of_the_case(guarantee, invoices):
    account = Account(guarantee, date(2027, 8, 20))
    assert [(step.on, step.amount) for step in account.steps] == [
        (date(2027, 7, 1), Decimal("1110000.00")),
        (date(2027, 8, 16), Decimal("1480000.00")),
    ]
    assert account.open_total == Decimal("1480000.00")
    assert account.overdue_total == 0


def test_an_unpaid_invoice_falls_overdue_the_day_after_it_was_due(guarantee, invoices):
    deliveries.settle(guarantee, by=None, at=instant(date(2027, 9, 29)))
    invoices[0].refresh_from_db()
    assert invoices[0].status == Invoice.Status.DECLARED
    deliveries.settle(guarantee, by=None, at=instant(date(2027, 9, 30)))
    invoices[0].refresh_from_db()
    assert invoices[0].status == Invoice.Status.OVERDUE


def test_a_payment_in_full_settles_the_oldest_invoice_and_its_deadlines_go(guarantee, invoices, alice):
    deliveries.declare_credit(
        guarantee.pk, kind="payment", on=date(2027, 9, 29), amount=Decimal("1110000.00"), by=alice,
        at=instant(date(2027, 9, 30)),
    )  # fmt: skip
    invoices[0].refresh_from_db()
    assert (invoices[0].status, invoices[0].settled_on) == ("paid", date(2027, 9, 29))
    account = Account(guarantee, date(2027, 9, 30))
    assert not account.deadlines_for("F-2027-118")
    assert account.deadlines_for("F-2027-131")


def test_a_payment_that_came_back_makes_the_invoice_unpaid_again(guarantee, invoices, alice):
    on = instant(date(2027, 9, 30))
    credit = deliveries.declare_credit(
        guarantee.pk, kind="payment", on=date(2027, 9, 29), amount=Decimal("1110000.00"), by=alice, at=on
    )
    deliveries.cancel_credit(credit.pk, reason="Returned by the bank", by=alice, at=on + timedelta(days=5))
    invoices[0].refresh_from_db()
    assert (invoices[0].status, invoices[0].settled_on) == ("overdue", None)


def test_the_notice_on_day_29_is_in_time_and_gives_a_receipt(guarantee, invoices, alice):
    claim_on_pei(guarantee, invoices, alice)
    account = Account(guarantee, date(2027, 11, 27))
    notice = deadline(account, Kind.OVERDUE_NOTICE, "F-2027-118")
    assert (notice.on, notice.state, notice.done_on) == (date(2027, 10, 29), State.MET, date(2027, 10, 28))
    receipt = Paper.objects.filter(kind="receipt").order_by("pk").first()
    assert receipt.facts["act"] == "overdue_notice"
    assert receipt.facts["sent_at"] == "2027-10-28T09:00:00+00:00"
    assert receipt.number == "RC-2027-000001"


def test_a_claim_takes_both_invoices_and_their_open_amounts(guarantee, invoices, alice):
    claim = claim_on_pei(guarantee, invoices, alice)
    assert claim.status == "notified"
    assert list(claim.invoices.values_list("number", flat=True)) == ["F-2027-118", "F-2027-131"]
    opened = Entry.objects.get(event="claim.opened")
    assert opened.data["amount"] == "1480000.00"


def test_an_invoice_not_yet_due_is_claimed_only_in_insolvency(guarantee, invoices, alice):
    with pytest.raises(claims.StillEarly):
        claims.open_claim(guarantee.pk, invoices, cause="protracted_default", by=alice, at=instant(date(2027, 10, 28)))
    answers = {"insolvent_on": "2027-10-20", "known_on": "2027-10-25"}
    told = notices.Sending(act="insolvency_notice", invoices=invoices, answers=answers)
    notices.send(guarantee.pk, told, by=alice, at=instant(date(2027, 10, 28)))
    claim = claims.open_claim(guarantee.pk, invoices, cause="insolvency", by=alice, at=instant(date(2027, 10, 29)))
    assert claim.insolvency_opened_on == date(2027, 10, 20)


def test_nobody_claims_twice(guarantee, invoices, alice):
    claim_on_pei(guarantee, invoices, alice)
    with pytest.raises(IllegalTransition):
        claims.open_claim(guarantee.pk, invoices, cause="protracted_default", by=alice, at=instant(date(2027, 11, 27)))


def test_another_company_declares_nothing_here(guarantee):
    _company, stranger = another_company()
    with pytest.raises(deliveries.NotYours):
        deliver_to_pei(guarantee, stranger)


def test_an_extension_keeps_the_original_due_date(guarantee, invoices, alice):
    before = Account(guarantee, date(2027, 10, 1)).deadlines_for("F-2027-118")
    sending = notices.Sending(act="extension", invoices=invoices[:1], answers={"extension_to": "2027-11-20"})
    notices.send(guarantee.pk, sending, by=alice, at=instant(date(2027, 10, 1)))
    after = Account(guarantee, date(2027, 10, 1)).deadlines_for("F-2027-118")
    assert [(each.kind, each.on) for each in after] == [(each.kind, each.on) for each in before]
    invoices[0].refresh_from_db()
    assert (invoices[0].status, invoices[0].extended_to) == ("extended", date(2027, 11, 20))

"""Several people at once, each on a connection of their own: the maximum is kept, money leaves once, shares add up."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum

from claims.actions import accounts, claims, deliveries, indemnities, notices, payments, recoveries
from claims.actions.recoveries import Receipt
from claims.models import (
    BankAccount,
    BankAnswer,
    Claim,
    CollectionStep,
    Indemnity,
    Liability,
    Paper,
    PaymentFile,
    Recovery,
)
from claims.workflow import INDEMNITY
from journal.models import Entry
from tests.claims.money import (
    LOST_ON,
    OTHER_IBAN,
    another_approver,
    answer,
    booked,
    claim_in_collection,
    collect,
    confirmed_account,
    ordered,
    paid,
    paying_account,
    signed,
)
from tests.factories import at_once, deliver_to_pei, guarantee_in_force, instant, person_named
from unlockfocus import demo
from unlockfocus.errors import BusinessRule

pytestmark = pytest.mark.django_db(transaction=True)

AT = instant(LOST_ON)


@pytest.fixture
def index(transactional_db):
    return demo.load_people()


@pytest.fixture
def david(index):
    return person_named("David Moreau")


@pytest.fixture
def ines(index):
    return person_named("Inês Costa")


@pytest.fixture
def claim(index, alice, bruno, david, now):
    return claim_in_collection(index, alice, bruno, david, now)


def refusals(results):
    return [each for each in results if isinstance(each, Exception)]


def two_prepared(index, alice, bruno, david, now):
    """Indemnities of 999,000 and 333,000 on two claims of one guarantee, whose maximum is 1,200,000."""
    guarantee = guarantee_in_force(index, alice, bruno, now)
    for invoice in deliver_to_pei(guarantee, alice):
        sending = notices.Sending("claim", [invoice], {"cause": "protracted_default"})
        notices.send(guarantee.pk, sending, by=alice, at=instant(invoice.due_on + timedelta(days=12)))
    Liability.objects.create(guarantee=guarantee, maximum=Decimal("1200000.00"))
    found = [collect(each, david, date(2027, 11, 29)) for each in Claim.objects.order_by("pk")]
    return [indemnities.prepare(each.pk, by=david, at=AT) for each in found]


def test_of_two_signatures_that_would_pass_the_maximum_exactly_one_stands(index, alice, bruno, david, ines, now):
    prepared = two_prepared(index, alice, bruno, david, now)
    noor = another_approver()
    results = at_once(
        lambda each=each, who=who: indemnities.sign(each.pk, by=who, at=AT)
        for each, who in zip(prepared, (ines, noor), strict=True)
    )
    [refusal] = refusals(results)
    assert isinstance(refusal, indemnities.FiguresMoved)
    [standing] = Indemnity.objects.filter(status="approved")
    assert Liability.objects.get().committed == standing.amount
    assert standing.amount in {Decimal("999000.00"), Decimal("333000.00")}
    assert Paper.objects.filter(kind="settlement").count() == 1


def test_of_ten_signatures_on_one_indemnity_one_stands(claim, david, ines):
    prepared = indemnities.prepare(claim.pk, by=david, at=AT)
    results = at_once([lambda: indemnities.sign(prepared.pk, by=ines, at=AT)] * 10)
    assert len(refusals(results)) == 9
    assert all(isinstance(each, BusinessRule) for each in refusals(results))
    assert Liability.objects.get().committed == Decimal("1332000.00")
    assert Entry.objects.filter(event="indemnity.approved").count() == 1


def test_a_signature_and_a_return_at_once_leave_one_of_them(claim, david, ines):
    prepared = indemnities.prepare(claim.pk, by=david, at=AT)
    noor = another_approver()
    results = at_once(
        [
            lambda: indemnities.sign(prepared.pk, by=ines, at=AT),
            lambda: indemnities.return_prepared(prepared.pk, reason="Wrong invoice", by=noor, at=AT),
        ]
    )
    assert len(refusals(results)) == 1
    prepared.refresh_from_db()
    claim.refresh_from_db()
    assert (prepared.status, claim.status) in {("approved", "approved"), ("returned", "in_collection")}


def test_an_indemnity_and_an_advance_prepared_at_once_are_one(claim, david, ines):
    results = at_once(
        [
            lambda: indemnities.prepare(claim.pk, by=david, at=AT),
            lambda: indemnities.prepare_interim(claim.pk, by=ines, at=AT),
        ]
    )
    assert len(refusals(results)) == 1
    assert Indemnity.objects.filter(status="prepared").count() == 1


def test_a_payment_declared_while_signing_is_either_counted_or_comes_after(claim, alice, david, ines):
    prepared = indemnities.prepare(claim.pk, by=david, at=AT)
    results = at_once(
        [
            lambda: indemnities.sign(prepared.pk, by=ines, at=AT),
            lambda: deliveries.declare_credit(
                claim.guarantee_id, kind="payment", on=LOST_ON, amount=Decimal("148000.00"), by=alice, at=AT
            ),
        ]
    )
    prepared.refresh_from_db()
    if refusals(results):
        assert isinstance(results[0], indemnities.FiguresMoved)
        assert prepared.status == "prepared"
    else:
        assert (prepared.status, prepared.amount) == ("approved", Decimal("1332000.00"))


def test_ten_payment_files_at_once_order_it_once(claim, david, ines):
    indemnity = signed(claim, david, ines)
    confirmed_account(david)
    paying_account()
    results = at_once([lambda: payments.make([indemnity.pk], by=david, at=AT)] * 10)
    assert len(refusals(results)) == 9
    assert all(isinstance(each, payments.NothingToPay) for each in refusals(results))
    assert PaymentFile.objects.get().message_id == "PF-2028-000001"
    assert Entry.objects.filter(event="indemnity.ordered").count() == 1


def test_an_account_given_while_ordering_either_blocks_or_comes_after(claim, index, alice, david, ines):
    indemnity = signed(claim, david, ines)
    confirmed_account(david)
    paying_account()
    results = at_once(
        [
            lambda: payments.make([indemnity.pk], by=david, at=AT),
            lambda: accounts.give(index, holder="INDEX SAS", iban=OTHER_IBAN, by=alice, at=AT),
        ]
    )
    assert isinstance(results[1], BankAccount)
    indemnity.refresh_from_db()
    if isinstance(results[0], payments.Blocked):
        assert indemnity.status == "approved"
    else:
        assert indemnity.account.iban != OTHER_IBAN


def test_ten_confirmations_of_one_file_count_once(claim, david, ines):
    order = ordered(claim, david, ines)
    number = order.indemnities.get().number
    file = answer(booked(number, "1332000.00", date(2028, 5, 16)), david)
    results = at_once([lambda: payments.confirm(file.pk, by=david, at=AT)] * 10)
    assert not refusals(results)
    assert sum(match.does == "paid" for found in results for match in found) == 1
    assert BankAnswer.objects.count() == 1
    assert Entry.objects.filter(event="indemnity.paid").count() == 1
    claim.refresh_from_db()
    assert claim.status == "paid"


def test_two_files_that_say_the_same_at_once_pay_once(claim, david, ines):
    number = ordered(claim, david, ines).indemnities.get().number
    files = [
        answer(booked(number, "1332000.00", date(2028, 5, 16), reference=reference), david) for reference in ("A", "B")
    ]
    results = at_once(lambda each=each: payments.confirm(each.pk, by=david, at=AT) for each in files)
    assert not refusals(results)
    assert sum(match.does == "paid" for found in results for match in found) == 1
    assert Entry.objects.filter(event="indemnity.paid").count() == 1


def test_two_confirmations_of_one_account_at_once_are_one(claim, david, ines):
    pending = BankAccount.objects.get()
    results = at_once(
        lambda who=who: accounts.confirm(pending.pk, confirmation="Called", by=who, at=AT) for who in (david, ines)
    )
    assert len(refusals(results)) == 1
    assert Entry.objects.filter(event="account.confirmed").count() == 1


def test_two_recoveries_at_once_take_a_cost_once(claim, david, ines):
    """400,000 and 100,000 with one cost of 24,000: 476,000 in all, of which 428,400 and 47,600."""
    paid(claim, david, ines)
    CollectionStep.objects.create(
        claim=claim, code="legal", taken_on=LOST_ON, cost=Decimal("24000.00"), taken_by=david, taken_at=AT,
        cost_approved_by=ines, cost_approved_at=AT,
    )  # fmt: skip
    receipts = [Receipt(LOST_ON, "insurer", "PEI", Decimal(amount)) for amount in ("400000.00", "100000.00")]
    results = at_once(
        lambda each=each: recoveries.record(claim.pk, each, by=david, at=instant(date(2028, 6, 1))) for each in receipts
    )
    assert not refusals(results)
    sums = Recovery.objects.aggregate(costs=Sum("costs"), insurer=Sum("to_insurer"), insured=Sum("to_insured"))
    assert sums == {"costs": Decimal("24000.00"), "insurer": Decimal("428400.00"), "insured": Decimal("47600.00")}


def test_a_claim_is_not_closed_under_a_recovery(claim, david, ines):
    from claims.actions import closing

    paid(claim, david, ines)
    later = instant(date(2028, 6, 1))
    results = at_once(
        [
            lambda: closing.close(claim.pk, reason="Done", by=david, at=later),
            lambda: recoveries.record(
                claim.pk, Receipt(LOST_ON, "insurer", "PEI", Decimal("1000.00")), by=david, at=later
            ),
        ]
    )
    assert not refusals(results)
    final = Paper.objects.filter(kind="final").get()
    claim.refresh_from_db()
    expected = {"closed": "1000.00", "in_recovery": "0.00"}  # closed after the recovery, or taken back by it
    assert final.facts["recovered_eur"] == expected[claim.status]


def test_every_state_that_counts_against_the_maximum_is_reached_by_a_signature():
    counted = {str(each) for each in Indemnity.COMMITTED}
    reached = {INDEMNITY.target(each) for each in ("sign", "order", "confirm", "fail", "settle")}
    assert counted == reached


def test_documents_that_arrive_while_preparing_do_not_deadlock(claim, david):
    results = at_once(
        [
            lambda: indemnities.prepare(claim.pk, by=david, at=AT),
            lambda: claims.review_documents(claim.pk, at=AT),
            lambda: claims.review_documents(claim.pk, at=AT),
        ]
    )
    assert not refusals(results)

"""Preparing and signing indemnities, advances and supplements. Every figure is worked by hand; EUR."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from claims.actions import claims, closing, cover, deliveries, indemnities, notices
from claims.actions.accounts import OwnWork
from claims.actions.claims import NotAllowed
from claims.actions.cover import Found
from claims.calculation import frozen, replay
from claims.coverage import Check, Outcome
from claims.models import Claim, Indemnity, InterimTerms, Invoice, Liability, Paper
from journal.models import Entry
from tests.claims.money import LOST_ON, another_approver, claim_in_collection, collect, paid, signed
from tests.factories import claim_on_pei, deliver_to_pei, guarantee_in_force, instant, person_named
from unlockfocus.errors import IllegalTransition


@pytest.fixture
def david(index):
    """Claims handler."""
    return person_named("David Moreau")


@pytest.fixture
def ines(index):
    """Claims approver."""
    return person_named("Inês Costa")


@pytest.fixture
def claim(index, alice, bruno, david, now):
    return claim_in_collection(index, alice, bruno, david, now)


def steps_of(indemnity):
    return [(each["name"], each["amount"]) for each in indemnity.calculation["steps"]]


# --- The figures ------------------------------------------------------------------------------------------------------


def test_the_reference_case_is_worth_ninety_per_cent(claim, david):
    prepared = indemnities.prepare(claim.pk, by=david, at=instant(LOST_ON))
    assert prepared.amount == Decimal("1332000.00")
    assert steps_of(prepared) == [
        ("covered", "1480000.00"),
        ("deductions", "0.00"),
        ("gross_loss", "1480000.00"),
        ("above_limit", "0.00"),
        ("insured_loss", "1480000.00"),
        ("own_share", "-148000.00"),
        ("deductible", "0.00"),
        ("cap", "0.00"),
        ("indemnity", "1332000.00"),
    ]
    assert prepared.insurer_share == Decimal("0.90000000000000000000")
    claim.refresh_from_db()
    assert (prepared.status, claim.status) == ("prepared", "assessed")


@pytest.mark.parametrize(
    ("order", "indemnity", "own_share"),
    [("after_percentage", "1070000.00", "-120000.00"), ("before_percentage", "1071000.00", "-119000.00")],
)
def test_the_case_of_the_contract_with_a_deductible(index, alice, bruno, david, now, order, indemnity, own_share):
    """Gross loss 1,300,000, limit 1,200,000, 90 %, deductible 10,000. PEI paid 100,000 and had 80,000 credited."""
    guarantee = guarantee_in_force(
        index, alice, bruno, now, limit=Decimal("1200000.00"), deductible=Decimal("10000.00")
    )
    guarantee.offer.deductible_order = order
    guarantee.offer.save()
    invoices = deliver_to_pei(guarantee, alice)
    for kind, amount in (("credit_note", "80000.00"), ("payment", "100000.00")):
        deliveries.declare_credit(
            guarantee.pk,
            kind=kind,
            on=date(2027, 10, 1),
            amount=Decimal(amount),
            by=alice,
            at=instant(date(2027, 10, 2)),
        )
    claim = collect(claim_on_pei(guarantee, invoices, alice), david, date(2027, 11, 29))
    prepared = indemnities.prepare(claim.pk, by=david, at=instant(LOST_ON))
    assert prepared.calculation["case"]["deductions"] == {"payment": "100000.00", "credit_note": "80000.00"}
    steps = dict(steps_of(prepared))
    assert steps["gross_loss"] == "1300000.00"
    assert steps["above_limit"] == "-100000.00"
    assert steps["insured_loss"] == "1200000.00"
    assert steps["own_share"] == own_share
    assert prepared.amount == Decimal(indemnity)


def test_a_frozen_calculation_replays_to_itself(claim, david):
    prepared = indemnities.prepare(claim.pk, interest_before=Decimal("15000.00"), by=david, at=instant(LOST_ON))
    prepared.refresh_from_db()
    assert frozen(replay(prepared.calculation)) == prepared.calculation
    assert prepared.calculation["case"]["interest_before"] == "15000.00"
    assert prepared.calculation["result"]["retained"] == "148000.00"


def test_what_a_person_found_uncovered_is_not_indemnified(claim, david):
    """EUR 100,000 of the first invoice found outside cover: 0.9 x 1,380,000 = 1,242,000."""
    found = Found(
        Check.WITHIN_ORDER, Outcome.UNMET, "Spare parts that were not ordered", claim.invoices.get(number="F-2027-118"),
        Decimal("100000.00"),
    )  # fmt: skip
    cover.find(claim.pk, found, by=david, at=instant(LOST_ON))
    prepared = indemnities.prepare(claim.pk, by=david, at=instant(LOST_ON))
    assert prepared.amount == Decimal("1242000.00")


# --- When it may be prepared ------------------------------------------------------------------------------------------


def test_open_questions_are_named_and_stop_it(index, alice, bruno, david, now):
    guarantee = guarantee_in_force(index, alice, bruno, now)
    claim = claim_on_pei(guarantee, deliver_to_pei(guarantee, alice), alice)
    Claim.objects.filter(pk=claim.pk).update(status="in_collection")
    with pytest.raises(
        indemnities.OpenQuestions, match=r"Delivery proved\? \(F-2027-118\), Delivery proved\? \(F-2027-131\)"
    ):
        indemnities.prepare(claim.pk, by=david, at=instant(LOST_ON))


def test_the_waiting_period_of_every_covered_invoice_must_be_over(claim, david):
    """14 November 2027 + 180 days is 12 May 2028: the debt counts as lost from the 13th on."""
    with pytest.raises(indemnities.StillWaiting, match="F-2027-131 ends on 12 May 2028"):
        indemnities.prepare(claim.pk, by=david, at=instant(date(2028, 5, 12)))
    assert indemnities.prepare(claim.pk, by=david, at=instant(date(2028, 5, 13))).amount == Decimal("1332000.00")


def test_insolvency_does_not_wait(index, alice, bruno, david, now):
    guarantee = guarantee_in_force(index, alice, bruno, now)
    invoices = deliver_to_pei(guarantee, alice)
    told = instant(date(2027, 10, 28))
    answers = {"insolvent_on": "2027-10-20", "known_on": "2027-10-25"}
    notices.send(guarantee.pk, notices.Sending("insolvency_notice", invoices, answers), by=alice, at=told)
    notices.send(guarantee.pk, notices.Sending("claim", invoices, {"cause": "insolvency"}), by=alice, at=told)
    claim = collect(Claim.objects.get(), david, date(2027, 11, 2))
    assert indemnities.prepare(claim.pk, by=david, at=instant(date(2027, 11, 3))).amount == Decimal("1332000.00")


def test_only_claims_people_prepare_and_only_once(claim, alice, bruno, david):
    for somebody in (alice, bruno, person_named("Peter Adler")):
        with pytest.raises(NotAllowed):
            indemnities.prepare(claim.pk, by=somebody, at=instant(LOST_ON))
    indemnities.prepare(claim.pk, by=david, at=instant(LOST_ON))
    with pytest.raises(IllegalTransition):
        indemnities.prepare(claim.pk, by=david, at=instant(LOST_ON))


# --- The second signature ---------------------------------------------------------------------------------------------


def test_another_person_signs_and_the_claim_is_approved(claim, david, ines):
    indemnity = signed(claim, david, ines)
    claim.refresh_from_db()
    assert (indemnity.status, indemnity.signed_by, claim.status, claim.decision) == (
        "approved",
        ines,
        "approved",
        "approved",
    )
    liability = Liability.objects.get()
    assert (liability.maximum, liability.committed, liability.left) == (
        Decimal("1332000.00"), Decimal("1332000.00"), Decimal("0.00"),
    )  # fmt: skip
    assert Entry.objects.get(event="indemnity.approved").data["amount"] == "1332000.00"


def test_nobody_signs_what_they_prepared_and_a_handler_signs_nothing(claim, david, ines):
    prepared = indemnities.prepare(claim.pk, by=ines, at=instant(LOST_ON))
    with pytest.raises(OwnWork):
        indemnities.sign(prepared.pk, by=ines, at=instant(LOST_ON))
    with pytest.raises(NotAllowed):
        indemnities.sign(prepared.pk, by=david, at=instant(LOST_ON))
    assert indemnities.sign(prepared.pk, by=another_approver(), at=instant(LOST_ON)).status == "approved"


def test_a_payment_declared_in_between_stops_the_signature(claim, alice, david, ines):
    """PEI pays 148,000: 0.9 x 1,332,000 = 1,198,800."""
    prepared = indemnities.prepare(claim.pk, by=david, at=instant(LOST_ON))
    deliveries.declare_credit(
        claim.guarantee_id, kind="payment", on=LOST_ON, amount=Decimal("148000.00"), by=alice, at=instant(LOST_ON)
    )
    with pytest.raises(indemnities.FiguresMoved, match=r"€1,332,000\.00 then, €1,198,800\.00 now"):
        indemnities.sign(prepared.pk, by=ines, at=instant(LOST_ON, 12))
    indemnities.return_prepared(prepared.pk, reason="PEI paid", by=ines, at=instant(LOST_ON, 12))
    claim.refresh_from_db()
    assert claim.status == "in_collection"
    assert signed(claim, david, ines).amount == Decimal("1198800.00")


def test_refusing_rejects_the_claim_with_its_reasons(claim, david, ines):
    prepared = indemnities.prepare(claim.pk, by=david, at=instant(LOST_ON))
    indemnities.refuse(prepared.pk, reasons="The machines were sold to another company.", by=ines, at=instant(LOST_ON))
    claim.refresh_from_db()
    prepared.refresh_from_db()
    assert (prepared.status, claim.status, claim.decision) == ("refused", "rejected", "rejected")
    assert claim.reasons == "The machines were sold to another company."
    assert Liability.objects.get().committed == 0


def test_nothing_covered_is_refused_rather_than_signed(claim, david, ines):
    for invoice in claim.invoices.all():
        found = Found(Check.RIGHT_ENTITY, Outcome.UNMET, "Made out to a sister company", invoice)
        cover.find(claim.pk, found, by=david, at=instant(LOST_ON))
    prepared = indemnities.prepare(claim.pk, by=david, at=instant(LOST_ON))
    assert prepared.amount == 0
    with pytest.raises(indemnities.NothingCovered):
        indemnities.sign(prepared.pk, by=ines, at=instant(LOST_ON))


def test_a_signed_indemnity_is_neither_signed_returned_nor_refused_again(claim, david, ines):
    indemnity = signed(claim, david, ines)
    for act in (
        lambda: indemnities.sign(indemnity.pk, by=ines, at=instant(LOST_ON)),
        lambda: indemnities.return_prepared(indemnity.pk, reason="-", by=ines, at=instant(LOST_ON)),
        lambda: indemnities.refuse(indemnity.pk, reasons="-", by=ines, at=instant(LOST_ON)),
    ):
        with pytest.raises(IllegalTransition):
            act()


def test_the_settlement_freezes_every_step_and_says_by_when_it_is_paid(claim, david, ines):
    """Approved on Monday 15 May 2028; Ascension on the 25th and Whit Monday on 5 June are no working days in France."""
    signed(claim, david, ines)
    facts = Paper.objects.get(kind="settlement").facts
    assert facts["to_pay_eur"] == "1332000.00"
    assert facts["payee"] == "INDEX SAS"
    assert facts["covered"] == [
        {"invoice": "F-2027-118", "due_on": "2027-09-29", "amount": "1110000.00"},
        {"invoice": "F-2027-131", "due_on": "2027-11-14", "amount": "370000.00"},
    ]
    assert facts["steps"][5] == {"name": "own_share", "amount": "-148000.00"}
    assert facts["pay_by"] == "2028-05-30"
    assert (facts["preparer"], facts["signatory"]) == ("David Moreau", "Inês Costa")


# --- Advances ---------------------------------------------------------------------------------------------------------


def test_half_of_the_expected_indemnity_is_advanced_and_the_rest_follows(claim, david, ines):
    """Half of 1,332,000 is 666,000, before the waiting period is over; the other half when it is."""
    early = date(2027, 12, 6)
    advance = indemnities.prepare_interim(claim.pk, by=david, at=instant(early))
    assert (advance.amount, advance.kind) == (Decimal("666000.00"), "interim")
    indemnities.sign(advance.pk, by=ines, at=instant(early, 10))
    claim.refresh_from_db()
    assert claim.status == "in_collection"
    with pytest.raises(indemnities.NothingToAdvance):
        indemnities.prepare_interim(claim.pk, by=david, at=instant(early + timedelta(days=1)))
    rest = indemnities.prepare(claim.pk, by=david, at=instant(LOST_ON))
    assert rest.amount == Decimal("666000.00")
    assert rest.calculation["case"]["paid_before"] == "666000.00"
    indemnities.sign(rest.pk, by=ines, at=instant(LOST_ON, 10))
    assert Liability.objects.get().committed == Decimal("1332000.00")


def test_without_terms_of_interim_payments_nothing_is_advanced(claim, david):
    InterimTerms.objects.all().delete()
    with pytest.raises(indemnities.NothingToAdvance):
        indemnities.prepare_interim(claim.pk, by=david, at=instant(date(2027, 12, 6)))


def test_an_advance_above_the_indemnity_leaves_nothing_to_pay_and_an_amount_to_claim_back(claim, alice, david, ines):
    """Advanced 666,000; then PEI pays 1,000,000: 0.9 x 480,000 = 432,000, so 234,000 too much."""
    early = instant(date(2027, 12, 6))
    advance = indemnities.prepare_interim(claim.pk, by=david, at=early)
    indemnities.sign(advance.pk, by=ines, at=early)
    Indemnity.objects.filter(pk=advance.pk).update(status="paid")
    deliveries.declare_credit(
        claim.guarantee_id, kind="payment", on=date(2028, 5, 2), amount=Decimal("1000000.00"), by=alice,
        at=instant(date(2028, 5, 2)),
    )  # fmt: skip
    final = signed(claim, david, ines)
    claim.refresh_from_db()
    assert (final.amount, final.status, claim.status) == (Decimal("0.00"), "paid", "paid")
    assert final.calculation["result"]["to_claim_back"] == "234000.00"


@pytest.fixture
def advanced(claim, alice, david, ines):
    """666,000 advanced and paid; then PEI pays everything."""
    early = instant(date(2027, 12, 6))
    advance = indemnities.prepare_interim(claim.pk, by=david, at=early)
    indemnities.sign(advance.pk, by=ines, at=early)
    Indemnity.objects.filter(pk=advance.pk).update(status="paid")
    paid_on = date(2028, 5, 2)
    deliveries.declare_credit(
        claim.guarantee_id, kind="payment", on=paid_on, amount=Decimal("1480000.00"), by=alice, at=instant(paid_on)
    )
    return claim


def test_an_advance_on_a_loss_that_vanished_is_claimed_back_whole(advanced, david, ines):
    final = signed(advanced, david, ines)
    advanced.refresh_from_db()
    assert (final.amount, final.status, advanced.status) == (Decimal("0.00"), "paid", "paid")
    assert final.calculation["result"]["to_claim_back"] == "666000.00"
    closing.close(advanced.pk, reason="PEI has paid", by=david, at=instant(date(2028, 6, 1)))


def test_a_claim_with_an_advance_is_neither_refused_nor_closed_before_its_indemnity(advanced, david, ines):
    prepared = indemnities.prepare(advanced.pk, by=david, at=instant(LOST_ON))
    with pytest.raises(indemnities.AdvanceUnsettled, match=r"€666,000\.00 was advanced"):
        indemnities.refuse(prepared.pk, reasons="PEI has paid", by=ines, at=instant(LOST_ON))
    indemnities.return_prepared(prepared.pk, reason="Read it again", by=ines, at=instant(LOST_ON))
    with pytest.raises(indemnities.AdvanceUnsettled):
        closing.close(advanced.pk, reason="PEI has paid", by=david, at=instant(LOST_ON))


# --- After reopening --------------------------------------------------------------------------------------------------


def test_only_what_is_new_is_payable_after_reopening(claim, david, ines):
    """First 0.9 x 1,110,000 = 999,000; once the second invoice is found covered 1,332,000, less 999,000 = 333,000."""
    second = claim.invoices.get(number="F-2027-131")
    found = Found(Check.DELIVERY_PROVED, Outcome.UNMET, "The carrier's signature is not the buyer's", second)
    cover.find(claim.pk, found, by=david, at=instant(LOST_ON))
    first = paid(claim, david, ines)
    assert first.amount == Decimal("999000.00")
    assert list(claim.invoices.values_list("number", "status")) == [
        ("F-2027-118", "indemnified"), ("F-2027-131", "claimed"),
    ]  # fmt: skip
    later = date(2028, 6, 1)
    closing.close(claim.pk, reason="Settled", by=david, at=instant(later))
    closing.reopen(claim.pk, reason="The buyer confirms the delivery", by=ines, at=instant(later))
    claims.review_documents(claim.pk, at=instant(later))
    claims.start_collection(claim.pk, by=david, at=instant(later))
    found = Found(Check.DELIVERY_PROVED, Outcome.MET, "The buyer's letter of 28 May 2028", second)
    cover.find(claim.pk, found, by=david, at=instant(later))
    supplement = signed(claim, david, ines, later)
    assert supplement.amount == Decimal("333000.00")
    assert Liability.objects.get().committed == Decimal("1332000.00")


# --- The maximum liability --------------------------------------------------------------------------------------------


def two_claims(index, alice, bruno, david, now):
    """A claim on each invoice, worth 999,000 and 333,000."""
    guarantee = guarantee_in_force(index, alice, bruno, now)
    for invoice in deliver_to_pei(guarantee, alice):
        sending = notices.Sending("claim", [invoice], {"cause": "protracted_default"})
        notices.send(guarantee.pk, sending, by=alice, at=instant(invoice.due_on + timedelta(days=12)))
    on = date(2027, 11, 29)
    return guarantee, [collect(each, david, on) for each in Claim.objects.order_by("pk")]


def test_each_claim_leaves_less_of_the_maximum_to_the_next(index, alice, bruno, david, ines, now):
    """Agreed lower, at 1,200,000: 999,000 is paid on the first, 201,000 of 333,000 on the second."""
    guarantee, (first, second) = two_claims(index, alice, bruno, david, now)
    Liability.objects.create(guarantee=guarantee, maximum=Decimal("1200000.00"))
    assert signed(first, david, ines).amount == Decimal("999000.00")
    rest = indemnities.prepare(second.pk, by=david, at=instant(LOST_ON))
    assert rest.amount == Decimal("201000.00")
    assert dict(steps_of(rest))["cap"] == "-132000.00"


def test_prepared_before_the_other_was_signed_it_is_not_signed_as_it_stands(index, alice, bruno, david, ines, now):
    guarantee, (first, second) = two_claims(index, alice, bruno, david, now)
    Liability.objects.create(guarantee=guarantee, maximum=Decimal("1200000.00"))
    prepared = [indemnities.prepare(each.pk, by=david, at=instant(LOST_ON)) for each in (first, second)]
    indemnities.sign(prepared[0].pk, by=ines, at=instant(LOST_ON))
    with pytest.raises(indemnities.FiguresMoved, match=r"€333,000\.00 then, €201,000\.00 now"):
        indemnities.sign(prepared[1].pk, by=ines, at=instant(LOST_ON))


def run(sql):
    """Execute and have the database check at once what it checks at the end of a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE claims_indemnity SET amount = 1332000.01",
        "UPDATE claims_liability SET maximum = 1331999.99",
        "UPDATE claims_liability SET committed = 1332000.01",
        """INSERT INTO claims_indemnity (number, claim_id, guarantee_id, kind, status, amount, calculation, reasons,
           insurer_share, prepared_by_id, prepared_at, signed_by_id, payee, bank_message)
           SELECT 'IN-X', claim_id, guarantee_id, kind, 'approved', 0.01, calculation, '', insurer_share,
           prepared_by_id, prepared_at, signed_by_id, payee, '' FROM claims_indemnity""",
        "UPDATE claims_indemnity SET guarantee_id = guarantee_id + 1",
        "UPDATE claims_liability SET committed = 0",
        "DELETE FROM claims_liability",
        "UPDATE claims_liability SET guarantee_id = guarantee_id + 1",
    ],
)
def test_the_database_refuses_what_would_pass_the_maximum(claim, david, ines, sql):
    signed(claim, david, ines)
    with pytest.raises(IntegrityError), transaction.atomic():
        run(sql)
    assert Liability.objects.get().committed == Decimal("1332000.00")


def test_the_database_refuses_a_status_that_would_pass_the_maximum(claim, david, ines):
    """A refused indemnity beside a signed one: set to approved by hand, both would be 2,664,000."""
    prepared = indemnities.prepare(claim.pk, by=david, at=instant(LOST_ON))
    indemnities.refuse(prepared.pk, reasons="Not delivered", by=ines, at=instant(LOST_ON))
    closing.reopen(claim.pk, reason="Delivered after all", by=ines, at=instant(LOST_ON))
    claims.review_documents(claim.pk, at=instant(LOST_ON))
    claims.start_collection(claim.pk, by=david, at=instant(LOST_ON))
    signed(claim, david, ines)
    for status in ("approved", "ordered", "failed", "paid"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Indemnity.objects.filter(status="refused").update(status=status)


def test_the_database_counts_several_rows_of_one_statement_together(index, alice, bruno, david, ines, now):
    """Two refused indemnities of 999,000 and 333,000 under a maximum of 1,200,000: one statement approves neither."""
    guarantee, both = two_claims(index, alice, bruno, david, now)
    Liability.objects.create(guarantee=guarantee, maximum=Decimal("1200000.00"))
    for each in both:
        prepared = indemnities.prepare(each.pk, by=david, at=instant(LOST_ON))
        indemnities.refuse(prepared.pk, reasons="Not yet", by=ines, at=instant(LOST_ON))
    with pytest.raises(IntegrityError), transaction.atomic():
        Indemnity.objects.filter(status="refused").update(status="approved")
    assert Liability.objects.get().committed == 0


def test_the_database_refuses_one_persons_two_signatures(claim, david):
    prepared = indemnities.prepare(claim.pk, by=david, at=instant(LOST_ON))
    for fields in ({"signed_by": david, "status": "approved"}, {"status": "approved"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Indemnity.objects.filter(pk=prepared.pk).update(**fields)


def test_invoices_of_a_claim_closed_without_indemnity_close_and_open_again(claim, david, ines):
    closing.close(claim.pk, reason="PEI paid the collector", by=david, at=instant(LOST_ON))
    assert set(claim.invoices.values_list("status", flat=True)) == {Invoice.Status.CLOSED}
    closing.reopen(claim.pk, reason="The cheque bounced", by=ines, at=instant(LOST_ON))
    assert set(claim.invoices.values_list("status", flat=True)) == {Invoice.Status.CLAIMED}
    with pytest.raises(NotAllowed):
        closing.reopen(claim.pk, reason="-", by=david, at=instant(LOST_ON))

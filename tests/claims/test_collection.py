"""Collecting the debt through its verbs. Amounts are EUR, worked by hand.

INDEX's claim on PEI, in collection since 29 November 2027: 1,110,000.00 due 29 September and 370,000.00 due 14
November 2027, together 1,480,000.00. PEI is in Romania, INDEX in France.
"""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from claims.actions import collection, deliveries, notices
from claims.actions.accounts import OwnWork
from claims.actions.claims import NoReason, NotAllowed
from claims.actions.collection import (
    AlreadyImported,
    AlreadyIndemnified,
    ImpossibleDay,
    NoCost,
    NoInsolvency,
    NoInstalment,
    NoReceipt,
    NothingCollected,
    StayedByInsolvency,
    StepFacts,
    UnknownStep,
    UnreadableFile,
)
from claims.actions.deliveries import NothingOpen
from claims.cockpit import Cockpit, in_trouble
from claims.collection import PartState, PromiseState
from claims.dossier import ClaimDossier
from claims.models import Claim, CollectionStep, CollectorLine, Credit
from journal.models import Entry
from tests.claims.money import another_approver, claim_in_collection, paid
from tests.factories import instant, person_named
from unlockfocus.errors import IllegalTransition

TODAY = date(2027, 12, 1)
AT = instant(TODAY)
HEADER = "reference;date;invoice;step;collected;cost;remark\n"


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


def pdf(name="receipt.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1.4\n%%EOF\n")


def room(claim, reader, on=TODAY):
    """The claim as its collection room reads it on a day."""
    return Cockpit(ClaimDossier(Claim.objects.get(pk=claim.pk), reader, instant(on)))


def take(claim, by, code="summons_ro", on=date(2027, 11, 20), at=AT, **facts):
    receipt = facts.pop("receipt", None)
    is_internal = facts.pop("is_internal", False)
    step = StepFacts(code, on, **facts)
    return collection.take_step(claim.pk, step, receipt=receipt, is_internal=is_internal, by=by, at=at)


def costly(claim, by, amount="412.50", **facts):
    return take(claim, by, cost=Decimal(amount), receipt=pdf(), **facts)


def pay(claim, by, amount, on):
    return deliveries.declare_credit(
        claim.guarantee_id, kind="payment", on=on, amount=Decimal(amount), by=by, at=instant(on)
    )


def agree(claim, by, *instalments, agreed_on=date(2027, 11, 30), at=AT, **options):
    rows = [(on, Decimal(amount)) for on, amount in instalments]
    return collection.agree_plan(claim.pk, instalments=rows, agreed_on=agreed_on, by=by, at=at, **options)


def bring(claim, by, *lines, at=AT, name="statement.csv"):
    content = (HEADER + "\n".join(lines)).encode()
    return collection.import_statement(claim.pk, collector="Recovery SA", name=name, content=content, by=by, at=at)


def insolvent(claim, alice):
    """Proceedings opened on 6 December 2027, told by the insured on 8 December."""
    invoices = list(claim.invoices.all())
    answers = {"insolvent_on": "2027-12-06", "known_on": "2027-12-07"}
    told = notices.Sending(act="insolvency_notice", invoices=invoices, answers=answers)
    notices.send(claim.guarantee_id, told, by=alice, at=instant(date(2027, 12, 8)))


# --- Steps and their costs --------------------------------------------------------------------------------------------


def test_a_step_taken_stands_in_the_ledger_and_in_the_history_without_its_note(claim, david):
    step = take(claim, david, note="Served by the bailiff of Pitesti", answer_by=date(2027, 12, 5))
    assert (step.taken_by, step.cost, step.answer_by) == (david, Decimal("0.00"), date(2027, 12, 5))
    line = next(each for each in room(claim, david).ledger if each.step.key == "summons_ro")
    assert (line.state, list(line.taken)) == ("done", [step])
    entry = Entry.objects.get(event="collection.step")
    assert entry.data["step"] == "Summons to pay (somație)"
    assert "bailiff" not in str(entry.data)


@pytest.mark.parametrize("code", ["payment_order", "filing_fr", "legal", ""])
def test_a_step_the_buyers_country_does_not_offer_is_refused(claim, david, code):
    with pytest.raises(UnknownStep):
        take(claim, david, code=code)
    assert not claim.steps.exists()


def test_a_step_is_never_still_to_come_and_its_answer_never_before_it(claim, david):
    with pytest.raises(ImpossibleDay) as refusal:
        take(claim, david, on=date(2027, 12, 2))
    assert refusal.value.field == "taken_on"
    with pytest.raises(ImpossibleDay) as refusal:
        take(claim, david, answer_by=date(2027, 11, 19))
    assert refusal.value.field == "answer_by"


def test_a_cost_needs_its_receipt_which_joins_the_evidence(claim, david):
    with pytest.raises(NoReceipt):
        take(claim, david, cost=Decimal("412.50"))
    step = costly(claim, david)
    assert (step.receipt.kind, step.receipt.is_internal) == ("cost", False)
    assert list(claim.guarantee.evidence.filter(kind="cost")) == [step.receipt]


def test_a_receipt_may_be_kept_from_the_insured(claim, david, alice):
    step = costly(claim, david, is_internal=True)
    assert not type(step.receipt).objects.visible_to(alice).filter(pk=step.receipt_id).exists()
    assert type(step.receipt).objects.visible_to(david).filter(pk=step.receipt_id).exists()
    assert not Entry.objects.filter(event="evidence.added", data__name="receipt.pdf").exists()


def test_a_cost_counts_once_a_second_person_approved_it(claim, david, ines):
    step = costly(claim, david)
    assert room(claim, david).costs.approved == Decimal("0.00")
    assert room(claim, david).costs.awaiting == Decimal("412.50")
    approved = collection.approve_cost(step.pk, by=ines, at=instant(date(2027, 12, 2)))
    again = collection.approve_cost(step.pk, by=ines, at=instant(date(2027, 12, 3)))
    assert (approved.cost_approved_by, again.cost_approved_at) == (ines, instant(date(2027, 12, 2)))
    assert room(claim, david).costs.approved == Decimal("412.50")
    assert Entry.objects.filter(event="collection.cost_approved").count() == 1


def test_two_people_approve_a_cost_and_the_second_is_an_approver(claim, david, ines):
    own = costly(claim, ines)
    with pytest.raises(OwnWork):
        collection.approve_cost(own.pk, by=ines, at=AT)
    with pytest.raises(NotAllowed):
        collection.approve_cost(own.pk, by=david, at=AT)
    assert collection.approve_cost(own.pk, by=another_approver(), at=AT).cost_approved_by.name == "Noor Haddad"


def test_the_database_holds_the_two_people_apart(claim, ines):
    own = costly(claim, ines)
    with pytest.raises(IntegrityError), transaction.atomic():
        CollectionStep.objects.filter(pk=own.pk).update(cost_approved_by=ines, cost_approved_at=AT)


def test_a_step_without_cost_is_not_approved(claim, david, ines):
    with pytest.raises(NoCost):
        collection.approve_cost(take(claim, david).pk, by=ines, at=AT)


def test_neither_the_insured_nor_an_underwriter_nor_an_auditor_collects(claim, alice, bruno, peter):
    for person in (alice, bruno, peter):
        with pytest.raises(NotAllowed):
            take(claim, person)
        with pytest.raises(NotAllowed):
            collection.add_contact(claim.pk, name="Ion", by=person, at=AT)
    assert not claim.steps.exists()


def test_nothing_is_collected_on_a_closed_claim(claim, david):
    Claim.objects.update(status="closed", closed_at=AT)
    with pytest.raises(IllegalTransition):
        take(claim, david)


# --- Insolvency -------------------------------------------------------------------------------------------------------


def test_insolvency_stays_what_goes_against_the_buyer_from_its_opening_on(claim, alice, david):
    insolvent(claim, alice)
    at = instant(date(2027, 12, 20))
    with pytest.raises(StayedByInsolvency):
        take(claim, david, on=date(2027, 12, 6), at=at)
    assert take(claim, david, on=date(2027, 12, 5), at=at).taken_on == date(2027, 12, 5)
    assert take(claim, david, "retention_ro", on=date(2027, 12, 10), at=at).code == "retention_ro"
    assert take(claim, david, "filing_ro", on=date(2027, 12, 15), at=at).code == "filing_ro"


def test_a_claim_is_filed_only_in_proceedings_that_are_known(claim, david):
    with pytest.raises(NoInsolvency):
        take(claim, david, "filing_ro")
    with pytest.raises(NoInsolvency):
        collection.set_filing_deadline(claim.pk, on=date(2028, 1, 10), by=david, at=AT)


def test_the_day_in_the_judgment_wins_over_the_usual_45_days(claim, alice, david):
    insolvent(claim, alice)
    usual = room(claim, david, date(2027, 12, 10)).next_step
    assert (usual.step.key, usual.ends_on, usual.is_estimate) == ("filing_ro", date(2028, 1, 20), True)
    at = instant(date(2027, 12, 10))
    with pytest.raises(ImpossibleDay):
        collection.set_filing_deadline(claim.pk, on=date(2027, 12, 5), by=david, at=at)
    collection.set_filing_deadline(claim.pk, on=date(2028, 1, 10), by=david, at=at)
    set_by_court = room(claim, david, date(2027, 12, 10)).next_step
    assert (set_by_court.ends_on, set_by_court.is_estimate) == (date(2028, 1, 10), False)
    claim.refresh_from_db()
    assert claim.insolvency_opened_on == date(2027, 12, 6)


def test_in_insolvency_no_recovery_is_expected_by_age(claim, alice, david):
    insolvent(claim, alice)
    found = room(claim, david, date(2027, 12, 10))
    assert (found.expected, found.worth) == (None, None)


# --- What may still come in -------------------------------------------------------------------------------------------


def test_what_may_come_in_follows_the_age_of_each_invoice(claim, david):
    """63 days: 0.813 - 3/30 * 0.117 = 0.8013; 17 days: 0.949 - 17/30 * 0.05 = 0.920666..."""
    lines = room(claim, david).expected_lines
    assert [(each.debt.number, each.days, each.amount) for each in lines] == [
        ("F-2027-118", 63, Decimal("889443.00")),
        ("F-2027-131", 17, Decimal("340646.67")),
    ]
    assert room(claim, david).expected == Decimal("1230089.67")


def test_waiting_is_weighed_against_the_cost_of_the_next_step(claim, david):
    """The notification takes 29 days: at 92 and 46 days 0.692111... and 0.853133... would be left.

    0.109188... of 1,110,000.00 and 0.067533... of 370,000.00 are 121,199.67 and 24,987.33, against 150.00.
    """
    found = room(claim, david)
    assert (found.next_step.step.key, found.worth_by) == ("notification_ro", date(2027, 12, 30))
    assert (found.worth.brings, found.worth.cost) == (Decimal("146187.00"), Decimal("150.00"))
    assert found.worth.net == Decimal("146037.00")


def test_what_was_recovered_is_no_longer_expected(claim, david, ines):
    """Of 1,480,000.00 all but 480,000.00 came in: 110,000.00 at 339 days and 370,000.00 at 293.

    339 days: 0.391 - 69/95 * 0.163 = 0.272611: 29,987.16; 293 days: 0.391 - 23/95 * 0.163 = 0.351537: 130,068.63.
    """
    from claims.actions import recoveries

    paid(claim, david, ines)
    on = date(2028, 9, 1)
    receipt = recoveries.Receipt(on, "insurer", "PEI SRL", Decimal("1000000.00"))
    recoveries.record(claim.pk, receipt, by=david, at=instant(date(2028, 9, 2)))
    found = room(claim, david, date(2028, 9, 2))
    assert found.owed == Decimal("480000.00")
    assert [(each.debt.open_amount, each.days, each.amount) for each in found.expected_lines] == [
        (Decimal("110000.00"), 339, Decimal("29987.16")),
        (Decimal("370000.00"), 293, Decimal("130068.63")),
    ]


# --- Contacts and promises --------------------------------------------------------------------------------------------


def test_a_contact_is_kept_with_the_guarantee(claim, david):
    collection.add_contact(claim.pk, name="Ion Popescu", position="Director", phone="+40 248 000 000", by=david, at=AT)
    assert [each.name for each in room(claim, david).contacts] == ["Ion Popescu"]


def promise(claim, by, amount="200000.00", promised_on=date(2027, 11, 30), pay_by=date(2027, 12, 10), at=AT):
    return collection.note_promise(
        claim.pk, amount=Decimal(amount), promised_on=promised_on, pay_by=pay_by, said_by="Ion", by=by, at=at
    )


def promise_states(claim, reader, on):
    return [each.state for each in room(claim, reader, on).promises]


def test_a_promise_is_awaited_until_its_day_and_broken_from_the_day_after(claim, david):
    promise(claim, david)
    assert promise_states(claim, david, date(2027, 12, 10)) == [PromiseState.OPEN]
    assert promise_states(claim, david, date(2027, 12, 11)) == [PromiseState.BROKEN]


def test_a_promise_is_kept_by_what_came_since_it_was_made(claim, david, alice):
    promise(claim, david)
    pay(claim, alice, "150000.00", date(2027, 12, 3))
    assert promise_states(claim, david, date(2027, 12, 11)) == [PromiseState.BROKEN]
    pay(claim, alice, "50000.00", date(2027, 12, 14))
    assert promise_states(claim, david, date(2027, 12, 14)) == [PromiseState.KEPT_LATE]


def test_nobody_promises_more_than_is_owed_or_backwards(claim, david):
    with pytest.raises(NothingOpen, match=r"1,480,000\.00"):
        promise(claim, david, "1480000.01")
    with pytest.raises(ImpossibleDay):
        promise(claim, david, promised_on=date(2027, 12, 2), pay_by=date(2027, 12, 5))
    with pytest.raises(ImpossibleDay):
        promise(claim, david, pay_by=date(2027, 11, 29))
    assert promise(claim, david, "1480000.00").amount == Decimal("1480000.00")


# --- Instalment plans -------------------------------------------------------------------------------------------------


def test_a_missed_instalment_is_found_from_the_payments_and_healed_by_a_late_one(claim, david, alice):
    """50,000 due 10 December, 100,000 due 10 January: 30,000 come on 9 December, 20,000 on the 20th."""
    agree(claim, david, (date(2027, 12, 10), "50000.00"), (date(2028, 1, 10), "100000.00"))
    pay(claim, alice, "30000.00", date(2027, 12, 9))
    state = room(claim, david, date(2027, 12, 11)).plan.state
    assert [each.state for each in state.parts] == [PartState.MISSED, PartState.UPCOMING]
    assert (state.overdue, state.open) == (Decimal("20000.00"), Decimal("120000.00"))
    pay(claim, alice, "20000.00", date(2027, 12, 20))
    state = room(claim, david, date(2027, 12, 20)).plan.state
    assert (state.missed, state.next.due_on) == ((), date(2028, 1, 10))


def test_payments_before_the_agreement_do_not_count_towards_a_plan(claim, david, alice):
    pay(claim, alice, "50000.00", date(2027, 11, 29))
    agree(claim, david, (date(2027, 12, 10), "50000.00"))
    assert room(claim, david, date(2027, 12, 11)).plan.state.overdue == Decimal("50000.00")


def test_a_plan_takes_the_place_of_the_one_before(claim, david):
    first = agree(claim, david, (date(2027, 12, 10), "50000.00"))
    second = agree(claim, david, (date(2027, 12, 31), "80000.00"), agreed_on=TODAY, insurer_consents=True)
    first.refresh_from_db()
    assert (first.ended_at, first.ended_reason) == (AT, "another plan takes its place")
    found = room(claim, david)
    assert (found.plan.plan, [each.plan for each in found.former_plans]) == (second, [first])


def test_a_plan_that_ended_is_read_on_the_day_it_ended(claim, david):
    plan = agree(claim, david, (date(2027, 12, 10), "50000.00"), (date(2028, 1, 10), "50000.00"))
    with pytest.raises(NoReason):
        collection.end_plan(claim.pk, plan.pk, reason=" ", by=david, at=AT)
    collection.end_plan(claim.pk, plan.pk, reason="Nothing came", by=david, at=instant(date(2027, 12, 15)))
    collection.end_plan(claim.pk, plan.pk, reason="Again", by=david, at=instant(date(2027, 12, 16)))
    (former,) = room(claim, david, date(2028, 3, 1)).former_plans
    assert former.plan.ended_reason == "Nothing came"
    assert len(former.state.missed) == 1
    assert room(claim, david, date(2028, 3, 1)).plan is None


def test_a_plan_has_instalments_after_its_agreement_of_no_more_than_is_owed(claim, david):
    with pytest.raises(NoInstalment):
        agree(claim, david)
    with pytest.raises(ImpossibleDay):
        agree(claim, david, (date(2027, 11, 29), "1.00"))
    with pytest.raises(ImpossibleDay):
        agree(claim, david, (date(2027, 12, 30), "1.00"), agreed_on=date(2027, 12, 2))
    with pytest.raises(NothingOpen):
        agree(claim, david, (date(2027, 12, 30), "1000000.00"), (date(2028, 1, 30), "480000.01"))
    assert not claim.guarantee.plans.exists()


def test_who_did_not_keep_its_word_is_found_by_the_oldest_day(claim, david):
    assert in_trouble([claim], date(2027, 12, 20)) == []
    promise(claim, david, pay_by=date(2027, 12, 5))
    agree(claim, david, (date(2027, 12, 10), "50000.00"))
    (trouble,) = in_trouble([claim], date(2027, 12, 20))
    assert (trouble.missed, trouble.overdue) == (1, Decimal("50000.00"))
    assert (trouble.since, trouble.broken) == (date(2027, 12, 5), 1)


# --- The outside collector --------------------------------------------------------------------------------------------

FIRST = "R-1;2027-11-22;F-2027-118;Call;50000.00;120.00;Instalment by telephone"
SECOND = "R-2;2027-11-25;;Letter;0;80.00;"


def test_a_statement_is_imported_and_moves_no_money(claim, david):
    statement = bring(claim, david, FIRST, SECOND)
    lines = list(statement.lines.values_list("reference", "invoice__number", "collected", "cost"))
    assert lines == [
        ("R-1", "F-2027-118", Decimal("50000.00"), Decimal("120.00")),
        ("R-2", None, Decimal("0.00"), Decimal("80.00")),
    ]
    assert not Credit.objects.exists()
    entry = Entry.objects.get(event="collection.statement")
    assert (entry.data["collected"], entry.data["cost"]) == ("50000.00", "200.00")


def test_a_statement_with_one_problem_is_not_imported_at_all(claim, david):
    bad = ("R-3;2027-13-40;F-2027-118;Call;1000.00;0;", "R-4;2027-11-22;F-9999;Call;1000.00;0;")
    with pytest.raises(UnreadableFile) as refusal:
        bring(claim, david, FIRST, *bad)
    assert refusal.value.sentences == [
        "Nothing was imported: this file has to be corrected first.",
        "B3: “2027-13-40” is not a day. Example: 2027-12-31",
        "C4: the invoice “F-9999” is not declared.",
    ]
    assert not CollectorLine.objects.exists()
    assert not claim.collector_statements.exists()


def test_of_very_many_problems_the_first_are_said_and_the_rest_counted(claim, david):
    with pytest.raises(UnreadableFile) as refusal:
        bring(claim, david, *(f"R-{number};2027-11-22;;;x;0;" for number in range(30)))
    assert len(refusal.value.sentences) == 22
    assert refusal.value.sentences[-1] == "10 places more to correct."


def test_the_same_file_is_imported_once(claim, david):
    bring(claim, david, FIRST)
    with pytest.raises(AlreadyImported):
        bring(claim, david, FIRST, name="again.csv")


def test_a_cumulative_statement_adds_only_what_is_new(claim, david):
    bring(claim, david, FIRST)
    second = bring(claim, david, FIRST, SECOND)
    assert [each.reference for each in second.lines.all()] == ["R-2"]
    with pytest.raises(UnreadableFile):
        bring(claim, david, FIRST.replace("50000.00", "60000.00"), SECOND)


def test_a_line_is_declared_once_as_a_payment_of_its_invoice(claim, david):
    line = bring(claim, david, FIRST).lines.get()
    credit = collection.declare_collected(claim.pk, line.pk, by=david, at=AT)
    assert (credit.kind, credit.on, credit.amount_eur) == ("payment", date(2027, 11, 22), Decimal("50000.00"))
    assert (credit.invoice.number, credit.reference) == ("F-2027-118", "R-1")
    assert collection.declare_collected(claim.pk, line.pk, by=david, at=AT) == credit
    assert Credit.objects.count() == 1
    assert room(claim, david).owed == Decimal("1430000.00")


def test_a_payment_the_insured_declared_already_is_told_from_a_new_one(claim, david, alice):
    pay(claim, alice, "50000.00", date(2027, 11, 24))
    bring(claim, david, FIRST, "R-5;2027-11-26;;Call;7000.00;0;")
    first, second = room(claim, david).statements[0].lines
    assert (first.declared, first.alike.amount_eur) == (None, Decimal("50000.00"))
    assert (second.declared, second.alike) == (None, None)
    assert room(claim, david).undeclared == Decimal("7000.00")


def test_a_line_that_brought_nothing_is_no_payment(claim, david):
    bring(claim, david, SECOND, "R-6;2027-11-26;;Bounced;-500.00;0;")
    for line in CollectorLine.objects.all():
        with pytest.raises(NothingCollected):
            collection.declare_collected(claim.pk, line.pk, by=david, at=AT)


def test_once_the_indemnity_is_paid_what_comes_in_is_a_recovery(claim, david, ines):
    line = bring(claim, david, FIRST).lines.get()
    paid(claim, david, ines)
    with pytest.raises(AlreadyIndemnified):
        collection.declare_collected(claim.pk, line.pk, by=david, at=instant(date(2028, 6, 1)))
    assert not Credit.objects.exists()

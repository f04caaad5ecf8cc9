"""Recoveries after the indemnity, and what the order cost in the end. Every figure is worked by hand; EUR."""

from datetime import date
from decimal import Decimal

import pytest

from claims.actions import closing, cover, indemnities, recoveries
from claims.actions.claims import NotAllowed
from claims.actions.cover import Found
from claims.actions.recoveries import Receipt
from claims.coverage import Check, Outcome
from claims.models import CollectionStep, Paper, Recovery
from journal.models import Entry
from tests.claims.money import LOST_ON, claim_in_collection, paid, signed
from tests.factories import instant, person_named
from unlockfocus.errors import IllegalTransition

RECEIVED_ON = date(2028, 9, 1)
AT = instant(date(2028, 9, 4))


@pytest.fixture
def david(index):
    return person_named("David Moreau")


@pytest.fixture
def ines(index):
    return person_named("Inês Costa")


@pytest.fixture
def claim(index, alice, bruno, david, now):
    return claim_in_collection(index, alice, bruno, david, now)


def receipt(amount, *, by="insurer", interest="0.00", on=RECEIVED_ON):
    return Receipt(on, by, "PEI SRL, Pitesti", Decimal(amount), Decimal(interest))


def cost(claim, amount, david, ines=None):
    """A cost of the collection; approved when somebody approves it."""
    approval = {"cost_approved_by": ines, "cost_approved_at": AT} if ines else {}
    return CollectionStep.objects.create(
        claim=claim,
        code="legal",
        taken_on=date(2028, 7, 1),
        cost=Decimal(amount),
        taken_by=david,
        taken_at=AT,
        **approval,
    )


def shares(recovery):
    return (recovery.to_insurer, recovery.to_insured)


# --- Dividing ---------------------------------------------------------------------------------------------------------


def test_what_came_before_the_date_of_loss_is_a_payment_of_the_buyer(claim, david, ines):
    """The waiting period of the first invoice, due 29 September 2027, ended on 27 March 2028."""
    paid(claim, david, ines)
    early = receipt("1000.00", on=date(2028, 3, 26))
    with pytest.raises(recoveries.ImpossibleReceipt, match="before the date of loss, 27 March 2028") as refusal:
        recoveries.record(claim.pk, early, by=david, at=AT)
    assert refusal.value.field == "received_on"
    recoveries.record(claim.pk, receipt("1000.00", on=date(2028, 3, 27)), by=david, at=AT)


def test_the_reference_recovery_is_divided_as_the_loss_was_borne(claim, david, ines):
    """400,000 less costs of 24,000 is 376,000: 90 % to the insurer, the rest to the insured."""
    paid(claim, david, ines)
    cost(claim, "24000.00", david, ines)
    cost(claim, "5000.00", david)  # nobody approved it
    recovery = recoveries.record(claim.pk, receipt("400000.00"), by=david, at=AT)
    assert shares(recovery) == (Decimal("338400.00"), Decimal("37600.00"))
    assert (recovery.amount, recovery.costs) == (Decimal("400000.00"), Decimal("24000.00"))
    claim.refresh_from_db()
    assert claim.status == "in_recovery"
    assert [str(each.cost) for each in recovery.cost_steps.all()] == ["24000.00"]
    told = Entry.objects.get(event="recovery.shared").data
    assert (told["to_insurer"], told["to_insured"]) == ("338400.00", "37600.00")


def test_the_statement_says_who_owes_whom(claim, david, ines):
    """The insurer holds it: it keeps its share and the costs it advanced, and owes the insured 37,600."""
    paid(claim, david, ines)
    cost(claim, "24000.00", david, ines)
    recoveries.record(claim.pk, receipt("400000.00"), by=david, at=AT)
    facts = Paper.objects.get(kind="recovery").facts
    assert (facts["holder"], facts["debtor"], facts["transfer_eur"]) == ("insurer", "insurer", "37600.00")
    assert (facts["net_eur"], facts["indemnity_eur"], facts["gross_loss_eur"]) == (
        "376000.00", "1332000.00", "1480000.00",
    )  # fmt: skip


def test_the_insured_that_was_paid_owes_the_insurers_share_and_the_costs_it_advanced(claim, david, ines):
    """338,400 + 24,000."""
    paid(claim, david, ines)
    cost(claim, "24000.00", david, ines)
    recoveries.record(claim.pk, receipt("400000.00", by="insured"), by=david, at=AT)
    facts = Paper.objects.get(kind="recovery").facts
    assert (facts["debtor"], facts["transfer_eur"]) == ("insured", "362400.00")


def test_a_cost_is_taken_once(claim, david, ines):
    paid(claim, david, ines)
    cost(claim, "24000.00", david, ines)
    recoveries.record(claim.pk, receipt("400000.00"), by=david, at=AT)
    second = recoveries.record(claim.pk, receipt("100000.00"), by=david, at=AT)
    assert second.costs == 0
    assert shares(second) == (Decimal("90000.00"), Decimal("10000.00"))


def test_costs_above_the_recovery_are_borne_in_the_same_shares(claim, david, ines):
    """10,000 less 24,000: of -14,000 the insurer bears 12,600, the insured 1,400, which it owes."""
    paid(claim, david, ines)
    cost(claim, "24000.00", david, ines)
    recovery = recoveries.record(claim.pk, receipt("10000.00"), by=david, at=AT)
    assert shares(recovery) == (Decimal("-12600.00"), Decimal("-1400.00"))
    facts = Paper.objects.get(kind="recovery").facts
    assert (facts["debtor"], facts["transfer_eur"]) == ("insured", "1400.00")


def test_debts_outside_cover_take_their_part_of_money_and_costs_first(claim, david, ines):
    """148,000 found outside cover: 1,332,000 insured, 148,000 not, 9 to 1; the indemnity is 1,198,800, 90 %.

    Of 400,000, 360,000 is on the insured debts; of the costs of 24,000, 21,600. Net 338,400: 304,560 and 33,840. The
    insured also has 40,000 - 2,400 = 37,600 on its own debts, so the insurer owes it 71,440.
    """
    found = Found(
        Check.WITHIN_ORDER, Outcome.UNMET, "Not ordered", claim.invoices.get(number="F-2027-118"), Decimal("148000.00")
    )
    cover.find(claim.pk, found, by=david, at=instant(LOST_ON))
    assert paid(claim, david, ines).amount == Decimal("1198800.00")
    cost(claim, "24000.00", david, ines)
    recovery = recoveries.record(claim.pk, receipt("400000.00"), by=david, at=AT)
    assert (recovery.amount, recovery.costs) == (Decimal("360000.00"), Decimal("21600.00"))
    assert shares(recovery) == (Decimal("304560.00"), Decimal("33840.00"))
    facts = Paper.objects.get(kind="recovery").facts
    assert (facts["other_debts_eur"], facts["other_costs_eur"], facts["transfer_eur"]) == (
        "40000.00", "2400.00", "71440.00",
    )  # fmt: skip
    # The next is divided 972,000 to 108,000: 9 to 1 again.
    second = recoveries.record(claim.pk, receipt("100000.00"), by=david, at=AT)
    assert (second.amount, shares(second)) == (Decimal("90000.00"), (Decimal("81000.00"), Decimal("9000.00")))


def test_earlier_interest_is_the_insureds_and_later_interest_is_shared(claim, david, ines):
    """Loss 1,480,000, earlier interest 15,000. After 1,480,000 come 100,000: 15,000 + 0.1 x 85,000 = 23,500."""
    prepared = indemnities.prepare(claim.pk, interest_before=Decimal("15000.00"), by=david, at=instant(LOST_ON))
    indemnities.sign(prepared.pk, by=ines, at=instant(LOST_ON))
    paid(claim, david, ines, indemnity=prepared)
    first = recoveries.record(claim.pk, receipt("1480000.00"), by=david, at=AT)
    assert shares(first) == (Decimal("1332000.00"), Decimal("148000.00"))
    second = recoveries.record(claim.pk, receipt("100000.00", interest="100000.00"), by=david, at=AT)
    assert shares(second) == (Decimal("76500.00"), Decimal("23500.00"))


def test_interest_is_divided_like_principal_until_the_loss_is_made_good(claim, david, ines):
    paid(claim, david, ines)
    recovery = recoveries.record(claim.pk, receipt("400000.00", interest="30000.00"), by=david, at=AT)
    assert (recovery.amount, recovery.interest) == (Decimal("370000.00"), Decimal("30000.00"))
    assert shares(recovery) == (Decimal("360000.00"), Decimal("40000.00"))


# --- When it may be recorded ------------------------------------------------------------------------------------------


def test_before_the_indemnity_is_paid_money_of_the_buyer_is_a_payment(claim, david, ines):
    signed(claim, david, ines)
    with pytest.raises(recoveries.NothingIndemnified):
        recoveries.record(claim.pk, receipt("400000.00"), by=david, at=AT)


@pytest.mark.parametrize(
    ("amount", "interest", "on"),
    [
        ("0.00", "0.00", RECEIVED_ON),
        ("-1.00", "0.00", RECEIVED_ON),
        ("100.00", "100.01", RECEIVED_ON),
        ("100.00", "-0.01", RECEIVED_ON),
        ("100.00", "0.00", date(2028, 9, 5)),
    ],
)
def test_a_receipt_that_cannot_be_is_refused(claim, david, ines, amount, interest, on):
    paid(claim, david, ines)
    with pytest.raises(recoveries.ImpossibleReceipt):
        recoveries.record(claim.pk, receipt(amount, interest=interest, on=on), by=david, at=AT)
    assert not Recovery.objects.exists()


def test_only_claims_people_record(claim, alice, david, ines):
    paid(claim, david, ines)
    for somebody in (alice, person_named("Peter Adler")):
        with pytest.raises(NotAllowed):
            recoveries.record(claim.pk, receipt("400000.00"), by=somebody, at=AT)


# --- The end ----------------------------------------------------------------------------------------------------------


def test_the_final_statement_says_what_the_order_cost(claim, david, ines):
    """Without: 1,480,000 - 376,000 = 1,104,000. With: 148,000 - 37,600 + premium of 29,757.79 = 140,157.79."""
    claim.guarantee.offer.to_pay = Decimal("29757.79")
    claim.guarantee.offer.save()
    paid(claim, david, ines)
    cost(claim, "24000.00", david, ines)
    recoveries.record(claim.pk, receipt("400000.00"), by=david, at=AT)
    closing.close(claim.pk, reason="PEI is wound up", by=david, at=AT)
    facts = Paper.objects.get(kind="final").facts
    assert facts["without_eur"] == "1104000.00"
    assert facts["with_eur"] == "140157.79"
    assert facts["saved_eur"] == "963842.21"
    assert (facts["recovered_eur"], facts["costs_eur"], facts["uncovered_eur"]) == ("400000.00", "24000.00", "0.00")
    claim.refresh_from_db()
    assert claim.status == "closed"
    assert set(claim.invoices.values_list("status", flat=True)) == {"closed"}


def test_costs_no_recovery_bore_are_shared_in_the_final_statement(claim, david, ines):
    """24,000 of costs and nothing recovered: 21,600 and 2,400. Without: 1,504,000; with: 150,400 + 29,757.79."""
    claim.guarantee.offer.to_pay = Decimal("29757.79")
    claim.guarantee.offer.save()
    paid(claim, david, ines)
    cost(claim, "24000.00", david, ines)
    closing.close(claim.pk, reason="Nothing more to be had", by=david, at=AT)
    facts = Paper.objects.get(kind="final").facts
    assert (facts["without_eur"], facts["with_eur"]) == ("1504000.00", "180157.79")
    assert facts["costs_eur"] == "24000.00"


def test_what_was_never_covered_is_lost_either_way(claim, david, ines):
    """148,000 outside cover. Without: 1,332,000 + 148,000; with: 133,200 + 29,757.79 + 148,000."""
    claim.guarantee.offer.to_pay = Decimal("29757.79")
    claim.guarantee.offer.save()
    found = Found(
        Check.WITHIN_ORDER, Outcome.UNMET, "Not ordered", claim.invoices.get(number="F-2027-118"), Decimal("148000.00")
    )
    cover.find(claim.pk, found, by=david, at=instant(LOST_ON))
    paid(claim, david, ines)
    closing.close(claim.pk, reason="Nothing to be had", by=david, at=AT)
    facts = Paper.objects.get(kind="final").facts
    assert (facts["uncovered_eur"], facts["without_eur"], facts["with_eur"]) == (
        "148000.00", "1480000.00", "310957.79",
    )  # fmt: skip


def test_a_claim_closed_without_indemnity_has_cost_the_premium(claim, david):
    claim.guarantee.offer.to_pay = Decimal("29757.79")
    claim.guarantee.offer.save()
    closing.close(claim.pk, reason="The insured withdraws its claim", by=david, at=instant(LOST_ON))
    facts = Paper.objects.get(kind="final").facts
    assert (facts["without_eur"], facts["with_eur"], facts["saved_eur"]) == (
        "1480000.00", "1509757.79", "-29757.79",
    )  # fmt: skip


def test_nothing_is_closed_while_an_indemnity_is_on_its_way(claim, david, ines):
    signed(claim, david, ines)
    with pytest.raises(closing.MoneyUnderway):
        closing.close(claim.pk, reason="-", by=david, at=AT)


def test_late_money_takes_a_closed_claim_back_into_recovery(claim, david, ines):
    paid(claim, david, ines)
    closing.close(claim.pk, reason="Nothing more to be had", by=david, at=AT)
    recovery = recoveries.record(claim.pk, receipt("50000.00"), by=david, at=AT)
    assert shares(recovery) == (Decimal("45000.00"), Decimal("5000.00"))
    claim.refresh_from_db()
    assert (claim.status, claim.closed_at) == ("in_recovery", None)
    closing.close(claim.pk, reason="Dividend of the insolvency", by=david, at=AT)
    assert [each.facts["to_insurer_eur"] for each in Paper.objects.filter(kind="final").order_by("pk")] == [
        "0.00", "45000.00",
    ]  # fmt: skip


def test_an_open_claim_is_not_reopened(claim, david, ines):
    with pytest.raises(IllegalTransition):
        closing.reopen(claim.pk, reason="-", by=ines, at=AT)

"""What is set aside for a claim, from its opening to its end. Amounts are EUR, worked by hand.

INDEX's claim of 26 November 2027: 1,110,000.00 due 29 September and 370,000.00 due 14 November, 90 % insured, limit
1,480,000.00, no deductible: 90 % of 1,480,000.00 is 1,332,000.00. At 58 days 0.899 - 28/30 * 0.086 = 0.818733... is
expected: 908,794.00; at 12 days 0.949 - 12/30 * 0.05 = 0.929: 343,730.00. The insurer's 90 % of 1,252,524.00 is
1,127,271.60.
"""

from datetime import date
from decimal import Decimal

import pytest

from claims.actions import claims, deliveries, notices, reserves
from claims.actions.claims import NoReason, NotAllowed
from claims.actions.reserves import AboveLiability, Figures
from claims.models import Claim, Indemnity, Liability, Reserve
from journal.models import Entry
from journal.recording import record
from tests.factories import claim_on_pei, deliver_everything, deliver_to_pei, guarantee_in_force, instant, person_named
from unlockfocus.errors import IllegalTransition

LATER = instant(date(2028, 1, 10))


@pytest.fixture
def guarantee(index, alice, bruno, now):
    return guarantee_in_force(index, alice, bruno, now)


@pytest.fixture
def invoices(guarantee, alice):
    return deliver_to_pei(guarantee, alice)


@pytest.fixture
def claim(guarantee, invoices, alice):
    claim = claim_on_pei(guarantee, invoices, alice)
    deliver_everything()
    claim.refresh_from_db()
    return claim


@pytest.fixture
def david(index):
    return person_named("David Moreau")


@pytest.fixture
def ines(index):
    return person_named("Inês Costa")


def figures(row):
    return (row.indemnity, row.costs, row.expected_recovery)


def history(claim):
    return [row.indemnity for row in claim.reserves.order_by("pk")]


def indemnity_of(claim, by, amount, status="approved", kind="final"):
    """A signed indemnity written as a row: how it is worked out is tested elsewhere."""
    Liability.objects.get_or_create(guarantee=claim.guarantee, defaults={"maximum": Decimal("1332000.00")})
    return Indemnity.objects.create(
        number=f"IN-{Indemnity.objects.count() + 1}", claim=claim, guarantee=claim.guarantee, kind=kind, status=status,
        amount=Decimal(amount), calculation={}, insurer_share=Decimal("0.9"), prepared_by=claim.opened_by,
        prepared_at=LATER, signed_by=by, signed_at=LATER,
    )  # fmt: skip


def tell(claim, event, amount, at, number="IN-1"):
    """The entry the verbs of the indemnity record, and what follows from it."""
    data = {"number": number, "claim": claim.number, "amount": amount, "payee": "INDEX", "kind": "Indemnity"}
    record(claim.journal_key, event, actor=None, at=at, data={**data, "reason": "AC04"})
    deliver_everything()


def test_a_claim_reserves_its_expected_indemnity_as_soon_as_it_is_opened(claim):
    reserve = claim.reserves.get()
    assert figures(reserve) == (Decimal("1332000.00"), Decimal("0.00"), Decimal("1127271.60"))
    assert reserve.set_by is None
    assert reserve.set_at == instant(date(2027, 11, 26))
    assert Entry.objects.get(event="reserve.set").data["indemnity"] == "1332000.00"


def test_the_reserve_follows_limit_percentage_and_deductible(index, alice, bruno, now):
    """Open 1,480,000.00, limit 1,200,000.00: 80 % of it less 10,000.00 is 950,000.00."""
    terms = {"limit": Decimal("1200000.00"), "insured_percentage": Decimal("0.80"), "deductible": Decimal("10000.00")}
    guarantee = guarantee_in_force(index, alice, bruno, now, **terms)
    claim = claim_on_pei(guarantee, deliver_to_pei(guarantee, alice), alice)
    deliver_everything()
    assert claim.reserves.get().indemnity == Decimal("950000.00")


def test_in_insolvency_the_age_of_the_debt_promises_nothing(guarantee, invoices, alice):
    answers = {"insolvent_on": "2027-10-12", "known_on": "2027-10-14"}
    told = notices.Sending(act="insolvency_notice", invoices=invoices, answers=answers)
    notices.send(guarantee.pk, told, by=alice, at=instant(date(2027, 10, 15)))
    claim = claims.open_claim(guarantee.pk, invoices, cause="insolvency", by=alice, at=instant(date(2027, 10, 18)))
    deliver_everything()
    reserve = claim.reserves.get()
    assert figures(reserve) == (Decimal("1332000.00"), Decimal("0.00"), Decimal("0.00"))
    assert "proceedings" in reserve.reason


def test_the_reaction_run_twice_reserves_once(claim):
    assert reserves.reserve_at_opening(claim.pk, at=claim.opened_at) is None
    assert claim.reserves.count() == 1


def test_a_person_sets_the_reserve_with_a_reason_and_the_one_before_stays(claim, david):
    wanted = Figures(Decimal("1200000.00"), Decimal("15000.00"), Decimal("400000.00"))
    reserves.set_reserve(claim.pk, wanted, reason="The buyer offers 400,000", by=david, at=LATER)
    assert history(claim) == [Decimal("1332000.00"), Decimal("1200000.00")]
    last = claim.reserves.order_by("pk").last()
    assert figures(last) == (Decimal("1200000.00"), Decimal("15000.00"), Decimal("400000.00"))
    assert (last.set_by, last.reason) == (david, "The buyer offers 400,000")


def test_a_reserve_needs_a_reason_a_claims_person_and_room_under_the_maximum(claim, david, alice):
    wanted = Figures(Decimal("100.00"))
    with pytest.raises(NoReason):
        reserves.set_reserve(claim.pk, wanted, reason=" ", by=david, at=LATER)
    with pytest.raises(NotAllowed):
        reserves.set_reserve(claim.pk, wanted, reason="Mine", by=alice, at=LATER)
    with pytest.raises(AboveLiability):
        reserves.set_reserve(claim.pk, Figures(Decimal("1332000.01")), reason="More", by=david, at=LATER)
    assert Reserve.objects.count() == 1


def test_approval_sets_the_amount_and_payment_leaves_nothing(claim, ines, david):
    reserves.set_reserve(
        claim.pk, Figures(Decimal("1332000.00"), Decimal("3000.00"), Decimal("50000.00")), reason="Costs", by=david,
        at=LATER,
    )  # fmt: skip
    indemnity = indemnity_of(claim, ines, "999000.00")
    Claim.objects.update(status="approved", decision="approved", decided_at=LATER)
    tell(claim, "indemnity.approved", "999000.00", instant(date(2028, 4, 1)))
    assert figures(claim.reserves.last()) == (Decimal("999000.00"), Decimal("3000.00"), Decimal("50000.00"))
    Indemnity.objects.filter(pk=indemnity.pk).update(status="paid", paid_on=date(2028, 4, 10))
    Claim.objects.update(status="paid", paid_at=instant(date(2028, 4, 10)))
    tell(claim, "indemnity.paid", "999000.00", instant(date(2028, 4, 11)))
    assert figures(claim.reserves.last()) == (Decimal("0.00"), Decimal("3000.00"), Decimal("50000.00"))


def test_a_payment_that_came_back_is_reserved_again(claim, ines):
    indemnity = indemnity_of(claim, ines, "999000.00", status="paid")
    Claim.objects.update(status="paid", paid_at=LATER)
    tell(claim, "indemnity.paid", "999000.00", instant(date(2028, 4, 11)))
    Indemnity.objects.filter(pk=indemnity.pk).update(status="failed")
    Claim.objects.update(status="approved", paid_at=None)
    tell(claim, "indemnity.failed", "999000.00", instant(date(2028, 4, 14)))
    assert history(claim) == [Decimal("1332000.00"), Decimal("0.00"), Decimal("999000.00")]


def test_a_paid_advance_lowers_the_reserve_by_its_amount_once(claim, ines):
    """1,332,000.00 less 400,000.00; an order that fails before it was paid changes nothing."""
    Claim.objects.update(status="in_collection")
    indemnity_of(claim, ines, "400000.00", status="paid", kind="interim")
    tell(claim, "indemnity.approved", "400000.00", instant(date(2028, 1, 20)))
    tell(claim, "indemnity.failed", "400000.00", instant(date(2028, 1, 21)))
    tell(claim, "indemnity.paid", "400000.00", instant(date(2028, 1, 25)))
    again = reserves.reserve_after_money(
        claim.pk, amount=Decimal("400000.00"), why="paid", at=instant(date(2028, 1, 25))
    )
    assert again is None
    assert history(claim) == [Decimal("1332000.00"), Decimal("932000.00")]


def test_a_rejected_claim_reserves_nothing_and_a_reopened_one_again(claim, ines):
    Claim.objects.update(status="rejected", decision="rejected", decided_at=LATER)
    data = {"number": claim.number, "reasons": "Not the buyer"}
    record(claim.journal_key, "claim.rejected", actor=ines, at=LATER, data=data)
    deliver_everything()
    assert figures(claim.reserves.last()) == (0, 0, 0)
    Claim.objects.update(status="reopened", decision="", decided_at=None)
    data = {"number": claim.number, "reason": "A new document"}
    record(claim.journal_key, "claim.reopened", actor=ines, at=instant(date(2028, 2, 1)), data=data)
    deliver_everything()
    assert history(claim) == [Decimal("1332000.00"), Decimal("0.00"), Decimal("1332000.00")]


def test_what_was_paid_counts_when_a_claim_is_opened_or_looked_at_again(claim, alice):
    """After 370,000.00 came in, 1,110,000.00 is open: 999,000.00 would be set aside."""
    from claims.dossier import ClaimDossier

    at = instant(date(2027, 12, 1))
    deliveries.declare_credit(
        claim.guarantee_id, kind="payment", on=date(2027, 11, 30), amount=Decimal("370000.00"), by=alice, at=at
    )
    claim = Claim.objects.get(pk=claim.pk)
    assert reserves.suggested(ClaimDossier(claim, alice, at)).indemnity == Decimal("999000.00")


def test_nothing_is_reserved_by_hand_for_a_closed_claim(claim, david):
    Claim.objects.update(status="closed", closed_at=LATER)
    with pytest.raises(IllegalTransition):
        reserves.set_reserve(claim.pk, Figures(Decimal("1.00")), reason="Late", by=david, at=LATER)

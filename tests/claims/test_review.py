"""The coverage review answers itself from the rows: the reference case, then one fault at a time. Amounts are EUR."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from claims.actions import deliveries, evidence, notices
from claims.coverage import Check, Outcome
from claims.dossier import ClaimDossier
from claims.ledger import CreditKind
from claims.models import Claim
from tests.factories import claim_on_pei, deliver_to_pei, guarantee_in_force, instant
from underwriting.actions import guarantees

ASKED_ON = instant(date(2027, 11, 29))


@pytest.fixture
def guarantee(index, alice, bruno, now):
    return guarantee_in_force(index, alice, bruno, now)


@pytest.fixture
def invoices(guarantee, alice):
    return deliver_to_pei(guarantee, alice)


def prove_deliveries(guarantee, invoices, by):
    for invoice in invoices:
        note = SimpleUploadedFile("cmr.pdf", b"%PDF-1.4\n%%EOF\n")
        evidence.add_evidence(
            guarantee.pk, kind="delivery", file=note, invoice=invoice, by=by, at=instant(invoice.delivered_on)
        )


def declare(guarantee, by, number, delivered_on, due_on, amount, **facts):
    """An invoice declared on the day of its delivery."""
    return deliveries.declare_invoice(
        guarantee.pk,
        deliveries.InvoiceFacts(number, delivered_on, delivered_on, due_on, Decimal(amount), **facts),
        by=by,
        at=instant(delivered_on),
    )


def claim_at(guarantee, invoices, by, on):
    sending = notices.Sending(act="claim", invoices=invoices, answers={"cause": "protracted_default"})
    notices.send(guarantee.pk, sending, by=by, at=instant(on))
    return Claim.objects.get(guarantee=guarantee)


def reviewed(claim, reader, at=ASKED_ON):
    return ClaimDossier(claim, reader, at)


def line(dossier, check, invoice):
    return next(each for each in dossier.review.lines if (each.check, each.invoice) == (check, invoice))


def unmet(dossier):
    return [
        (each.check.value, each.invoice, each.uncovered)
        for each in dossier.review.lines
        if each.outcome is Outcome.UNMET
    ]


def test_the_case_is_covered_in_full_once_its_deliveries_are_proved(guarantee, invoices, alice):
    prove_deliveries(guarantee, invoices, alice)
    dossier = reviewed(claim_on_pei(guarantee, invoices, alice), alice)
    assert unmet(dossier) == []
    assert dossier.review.open_checks == ()
    assert dossier.review.covered == {"F-2027-118": Decimal("1110000.00"), "F-2027-131": Decimal("370000.00")}
    assert dossier.covered_loss.covered == {"F-2027-118": Decimal("1110000.00"), "F-2027-131": Decimal("370000.00")}
    assert dossier.covered_loss.deductions == {}


def test_each_answer_shows_what_it_rests_on(guarantee, invoices, alice):
    dossier = reviewed(claim_on_pei(guarantee, invoices, alice), alice)
    assert line(dossier, Check.IN_FORCE, "F-2027-118").evidence == {
        "delivered_on": date(2027, 7, 1),
        "first_day_covered": date(2026, 12, 1),
        "last_day_covered": date(2027, 11, 14),
    }
    assert line(dossier, Check.WITHIN_CREDIT_TERM, "F-2027-118").evidence == {
        "delivered_on": date(2027, 7, 1),
        "due_on": date(2027, 9, 29),
        "days": 90,
        "longest_term_days": 90,
    }
    assert line(dossier, Check.NOTICE_IN_TIME, "F-2027-118").evidence == {
        "by": date(2027, 10, 29),
        "done_on": date(2027, 10, 28),
    }
    # 60 days after 29 September is Sunday 28 November: the next working day counts.
    assert line(dossier, Check.CLAIM_IN_TIME, "F-2027-118").evidence == {
        "by": date(2027, 11, 29),
        "done_on": date(2027, 11, 26),
    }
    assert line(dossier, Check.WITHIN_LIMIT, "F-2027-131").evidence == {
        "exposure_after_delivery": Decimal("1480000.00"),
        "limit": Decimal("1480000.00"),
    }
    assert line(dossier, Check.WITHIN_ORDER, "F-2027-131").evidence == {
        "amount": Decimal("370000.00"),
        "agreed_amount": Decimal("370000.00"),
    }


def test_a_delivery_without_proof_waits_for_it_and_takes_nothing_yet(guarantee, invoices, alice):
    dossier = reviewed(claim_on_pei(guarantee, invoices, alice), alice)
    waiting = [(each.check, each.invoice, each.at_stake) for each in dossier.review.open_checks]
    assert waiting == [
        (Check.DELIVERY_PROVED, "F-2027-118", Decimal("1110000.00")),
        (Check.DELIVERY_PROVED, "F-2027-131", Decimal("370000.00")),
    ]
    assert dossier.review.covered["F-2027-118"] == Decimal("1110000.00")


def test_the_second_delivery_came_before_the_first_invoice_stopped_deliveries(guarantee, invoices, alice):
    """Due 29 September, unpaid: from 30 October on nothing new is covered. 16 August was before."""
    dossier = reviewed(claim_on_pei(guarantee, invoices, alice), alice)
    kept = line(dossier, Check.STOP_DATE_KEPT, "F-2027-131")
    assert (kept.outcome, kept.evidence["stop_since"]) == (Outcome.MET, date(2027, 10, 30))
    assert line(dossier, Check.STOP_DATE_KEPT, "F-2027-118").outcome is Outcome.NOT_APPLICABLE


def test_a_notice_five_days_late_takes_the_invoice_out_until_a_person_finds_less(guarantee, invoices, alice):
    late = notices.Sending(act="overdue_notice", invoices=invoices[:1])
    notices.send(guarantee.pk, late, by=alice, at=instant(date(2027, 11, 3)))
    dossier = reviewed(claim_at(guarantee, invoices, alice, date(2027, 11, 26)), alice)
    assert unmet(dossier) == [("notice_in_time", "F-2027-118", Decimal("1110000.00"))]
    assert dossier.review.covered == {"F-2027-118": Decimal("0.00"), "F-2027-131": Decimal("370000.00")}
    assert dossier.covered_loss.covered == {"F-2027-131": Decimal("370000.00")}


def test_a_late_claim_takes_the_invoice_out(guarantee, invoices, alice):
    notices.send(
        guarantee.pk,
        notices.Sending(act="overdue_notice", invoices=invoices[:1]),
        by=alice,
        at=instant(date(2027, 10, 28)),
    )
    dossier = reviewed(claim_at(guarantee, invoices, alice, date(2027, 11, 30)), alice, instant(date(2027, 12, 1)))
    assert unmet(dossier) == [("claim_in_time", "F-2027-118", Decimal("1110000.00"))]


def test_a_delivery_after_an_invoice_stayed_unpaid_for_more_than_30_days_is_not_covered(guarantee, alice):
    """Due 1 March and unpaid: the stop begins on 1 April, and a delivery of that day is out, one of 31 March is in."""
    first = declare(guarantee, alice, "F-1", date(2027, 1, 4), date(2027, 3, 1), "400000.00")
    before = declare(guarantee, alice, "F-2", date(2027, 3, 31), date(2027, 4, 20), "300000.00")
    after = declare(guarantee, alice, "F-3", date(2027, 4, 1), date(2027, 4, 20), "200000.00")
    dossier = reviewed(
        claim_at(guarantee, [first, before, after], alice, date(2027, 4, 26)), alice, instant(date(2027, 4, 27))
    )
    stopped = line(dossier, Check.STOP_DATE_KEPT, "F-3")
    assert (stopped.outcome, stopped.uncovered) == (Outcome.UNMET, Decimal("200000.00"))
    assert stopped.evidence == {"delivered_on": date(2027, 4, 1), "stop_since": date(2027, 4, 1)}
    assert line(dossier, Check.STOP_DATE_KEPT, "F-2").outcome is Outcome.MET


def test_a_stop_lifted_by_payment_does_not_reach_later_deliveries(guarantee, alice):
    declare(guarantee, alice, "F-1", date(2027, 1, 4), date(2027, 3, 1), "400000.00")
    deliveries.declare_credit(
        guarantee.pk,
        kind="payment",
        on=date(2027, 4, 10),
        amount=Decimal("400000.00"),
        by=alice,
        at=instant(date(2027, 4, 10)),
    )
    later = declare(guarantee, alice, "F-2", date(2027, 4, 12), date(2027, 6, 1), "300000.00")
    dossier = reviewed(claim_at(guarantee, [later], alice, date(2027, 6, 10)), alice, instant(date(2027, 6, 11)))
    assert line(dossier, Check.STOP_DATE_KEPT, "F-2").outcome is Outcome.NOT_APPLICABLE


def test_an_invoice_made_out_to_another_company_is_outside(guarantee, alice):
    wrong = declare(guarantee, alice, "F-1", date(2027, 1, 4), date(2027, 3, 1), "400000.00", is_to_buyer=False)
    right = declare(guarantee, alice, "F-2", date(2027, 1, 5), date(2027, 3, 2), "300000.00")
    dossier = reviewed(claim_at(guarantee, [wrong, right], alice, date(2027, 3, 20)), alice, instant(date(2027, 3, 21)))
    assert unmet(dossier) == [("right_entity", "F-1", Decimal("400000.00"))]
    assert dossier.covered_loss.covered == {"F-2": Decimal("300000.00")}


def test_a_term_one_day_longer_than_the_orders_is_outside(guarantee, alice):
    long = declare(guarantee, alice, "F-1", date(2027, 1, 4), date(2027, 4, 5), "400000.00")
    dossier = reviewed(claim_at(guarantee, [long], alice, date(2027, 4, 10)), alice, instant(date(2027, 4, 11)))
    assert unmet(dossier) == [("within_credit_term", "F-1", Decimal("400000.00"))]
    assert line(dossier, Check.WITHIN_CREDIT_TERM, "F-1").evidence["days"] == 91


def test_a_delivery_before_the_first_day_covered_is_outside(guarantee, alice):
    early = declare(guarantee, alice, "F-1", date(2026, 11, 30), date(2027, 1, 29), "400000.00")
    dossier = reviewed(claim_at(guarantee, [early], alice, date(2027, 2, 10)), alice, instant(date(2027, 2, 11)))
    assert unmet(dossier) == [("in_force", "F-1", Decimal("400000.00"))]


def test_more_than_the_order_line_had_left_is_outside_and_above_the_limit_is_only_shown(guarantee, alice):
    """The machines' line is 1,110,000: after 900,000, another 600,000 exceeds it by 390,000 and the limit by 20,000."""
    machines = guarantee.request.lines.order_by("position")[1]
    first = declare(guarantee, alice, "F-1", date(2027, 7, 1), date(2027, 9, 29), "900000.00", line=machines)
    second = declare(guarantee, alice, "F-2", date(2027, 7, 2), date(2027, 9, 30), "600000.00", line=machines)
    dossier = reviewed(
        claim_at(guarantee, [first, second], alice, date(2027, 10, 20)), alice, instant(date(2027, 10, 21))
    )
    assert unmet(dossier) == [
        ("within_order", "F-2", Decimal("390000.00")),
        ("within_limit", "F-2", Decimal("0.00")),
    ]
    assert line(dossier, Check.WITHIN_LIMIT, "F-2").at_stake == Decimal("20000.00")
    assert line(dossier, Check.WITHIN_ORDER, "F-2").evidence["agreed_amount"] == Decimal("210000.00")
    assert dossier.review.covered == {"F-1": Decimal("900000.00"), "F-2": Decimal("210000.00")}


def test_the_disputed_part_waits_until_it_is_settled(guarantee, invoices, alice):
    prove_deliveries(guarantee, invoices, alice)
    dispute = deliveries.open_dispute(
        invoices[1].pk,
        amount=Decimal("120000.00"),
        reason="Acceptance refused",
        on=date(2027, 9, 1),
        by=alice,
        at=instant(date(2027, 9, 2)),
    )
    claim = claim_on_pei(guarantee, invoices, alice)
    assert unmet(reviewed(claim, alice)) == [("undisputed", "F-2027-131", Decimal("120000.00"))]
    deliveries.settle_dispute(dispute.pk, outcome="Accepted", on=date(2027, 11, 28), by=alice, at=ASKED_ON)
    assert unmet(reviewed(claim, alice)) == []


def test_an_insolvency_told_late_is_an_unmet_notice(guarantee, invoices, alice):
    """Known on 1 October: the 10 days end on Monday 11 October; told on 20 October, before the first notice was due."""
    answers = {"insolvent_on": "2027-09-28", "known_on": "2027-10-01"}
    told = notices.Sending(act="insolvency_notice", invoices=invoices, answers=answers)
    notices.send(guarantee.pk, told, by=alice, at=instant(date(2027, 10, 20)))
    claim = notices.Sending(act="claim", invoices=invoices, answers={"cause": "insolvency"})
    notices.send(guarantee.pk, claim, by=alice, at=instant(date(2027, 10, 21)))
    dossier = reviewed(Claim.objects.get(), alice)
    assert line(dossier, Check.NOTICE_IN_TIME, "F-2027-118").evidence == {
        "by": date(2027, 10, 11),
        "done_on": date(2027, 10, 20),
    }
    assert [each[:2] for each in unmet(dossier)] == [
        ("notice_in_time", "F-2027-118"),
        ("notice_in_time", "F-2027-131"),
    ]


def test_what_was_paid_on_a_covered_invoice_is_a_deduction(guarantee, invoices, alice):
    deliveries.declare_credit(
        guarantee.pk,
        kind="payment",
        on=date(2027, 10, 15),
        amount=Decimal("110000.00"),
        by=alice,
        at=instant(date(2027, 10, 16)),
    )
    dossier = reviewed(claim_on_pei(guarantee, invoices, alice), alice)
    assert dossier.review.covered["F-2027-118"] == Decimal("1000000.00")
    assert dossier.covered_loss.covered["F-2027-118"] == Decimal("1110000.00")
    assert dossier.covered_loss.deductions == {CreditKind.PAYMENT: Decimal("110000.00")}


def test_run_off_ends_cover_of_new_deliveries(guarantee, alice, bruno):
    guarantees.run_off(guarantee.pk, reason="The order was cut short", by=bruno, at=instant(date(2027, 2, 1)))
    guarantee.refresh_from_db()
    late = declare(guarantee, alice, "F-1", date(2027, 2, 2), date(2027, 3, 1), "400000.00")
    dossier = reviewed(claim_at(guarantee, [late], alice, date(2027, 3, 20)), alice, instant(date(2027, 3, 21)))
    assert ("in_force", "F-1", Decimal("400000.00")) in unmet(dossier)

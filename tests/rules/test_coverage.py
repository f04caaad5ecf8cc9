from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.coverage import (
    RULES,
    Check,
    CoveredLoss,
    CoverFacts,
    Finding,
    InvoiceFacts,
    Outcome,
    covered_loss,
    review,
)
from claims.indemnity import gross_loss
from claims.ledger import Credit, CreditKind, Invoice, allocate

COVER = CoverFacts(
    first_day_covered=date(2026, 12, 1),
    last_day_covered=date(2027, 11, 14),
    longest_term_days=90,
    extension_without_consent_days=60,
    limit=Decimal("1480000.00"),
    conditions_met=True,
)
# PEI owes 1,000,000 of 1,110,000 due on 29 September 2027; notice (by 29 October) and claim (by 29 November) in time.
DELIVERY = InvoiceFacts(
    reference="F-1",
    amount=Decimal("1110000.00"),
    open_amount=Decimal("1000000.00"),
    delivered_on=date(2027, 7, 1),
    due_on=date(2027, 9, 29),
    extended_to=None,
    extension_agreed=False,
    debtor_is_buyer=True,
    has_delivery_proof=True,
    disputed_open=Decimal("0.00"),
    noticed_on=date(2027, 10, 20),
    notice_by=date(2027, 10, 29),
    claimed_on=date(2027, 11, 25),
    claim_by=date(2027, 11, 29),
    stop_since=None,
    exposure_after_delivery=Decimal("1110000.00"),
    agreed_amount=Decimal("1110000.00"),
)
ACCEPTANCE = replace(
    DELIVERY,
    reference="F-2",
    amount=Decimal("370000.00"),
    open_amount=Decimal("370000.00"),
    delivered_on=date(2027, 8, 16),
    due_on=date(2027, 11, 14),
    noticed_on=None,
    notice_by=date(2027, 12, 14),
    claimed_on=date(2027, 11, 25),
    claim_by=date(2028, 1, 13),
    exposure_after_delivery=Decimal("1480000.00"),
    agreed_amount=Decimal("370000.00"),
)


def line_of(check, invoice=DELIVERY, cover=COVER, findings=()):
    return next(line for line in review([invoice], cover, findings).lines if line.check is check)


def covered(invoice=DELIVERY, cover=COVER, findings=()):
    return str(review([invoice], cover, findings).covered[invoice.reference])


def found(check, outcome, uncovered=None, invoice="F-1", reason="Read in the file"):
    return Finding(check, invoice, outcome, uncovered and Decimal(uncovered), reason)


def test_an_order_delivered_told_and_claimed_as_agreed_is_covered_whole():
    result = review([DELIVERY, ACCEPTANCE], COVER, [])
    assert result.covered == {"F-1": Decimal("1000000.00"), "F-2": Decimal("370000.00")}
    assert {line.outcome for line in result.lines} == {Outcome.MET, Outcome.NOT_APPLICABLE}
    assert result.open_checks == ()


def test_every_question_is_asked_once_of_every_invoice():
    asked = [(line.invoice, line.check) for line in review([DELIVERY, ACCEPTANCE], COVER, []).lines]
    assert sorted(asked) == sorted((reference, check) for reference in ("F-1", "F-2") for check in Check)


# Each check: the last day or amount that is in order, and the first that is not


@pytest.mark.parametrize(
    ("check", "change", "outcome"),
    [
        (Check.IN_FORCE, {"delivered_on": date(2026, 12, 1), "due_on": date(2027, 1, 30)}, Outcome.MET),
        (Check.IN_FORCE, {"delivered_on": date(2026, 11, 30), "due_on": date(2027, 1, 30)}, Outcome.UNMET),
        (Check.IN_FORCE, {"delivered_on": date(2027, 11, 14), "due_on": date(2027, 11, 30)}, Outcome.MET),
        (Check.IN_FORCE, {"delivered_on": date(2027, 11, 15), "due_on": date(2027, 11, 30)}, Outcome.UNMET),
        (Check.WITHIN_CREDIT_TERM, {"due_on": date(2027, 9, 29)}, Outcome.MET),
        (Check.WITHIN_CREDIT_TERM, {"due_on": date(2027, 9, 30)}, Outcome.UNMET),
        (Check.WITHIN_CREDIT_TERM, {"due_on": date(2027, 7, 1)}, Outcome.MET),
        (Check.WITHIN_CREDIT_TERM, {"due_on": date(2027, 6, 30)}, Outcome.UNMET),
        (Check.RIGHT_ENTITY, {"debtor_is_buyer": False}, Outcome.UNMET),
        (Check.STOP_DATE_KEPT, {"stop_since": None}, Outcome.NOT_APPLICABLE),
        (Check.STOP_DATE_KEPT, {"stop_since": date(2027, 7, 2)}, Outcome.MET),
        (Check.STOP_DATE_KEPT, {"stop_since": date(2027, 7, 1)}, Outcome.UNMET),
        (Check.EXTENSION_ALLOWED, {"extended_to": None}, Outcome.NOT_APPLICABLE),
        (Check.EXTENSION_ALLOWED, {"extended_to": date(2027, 11, 28)}, Outcome.MET),
        (Check.EXTENSION_ALLOWED, {"extended_to": date(2027, 11, 29)}, Outcome.UNMET),
        (Check.EXTENSION_ALLOWED, {"extended_to": date(2027, 12, 31), "extension_agreed": True}, Outcome.MET),
        (Check.NOTICE_IN_TIME, {"noticed_on": date(2027, 10, 29)}, Outcome.MET),
        (Check.NOTICE_IN_TIME, {"noticed_on": date(2027, 10, 30)}, Outcome.UNMET),
        (Check.NOTICE_IN_TIME, {"noticed_on": None, "claimed_on": date(2027, 10, 29)}, Outcome.MET),
        (Check.NOTICE_IN_TIME, {"noticed_on": None, "claimed_on": date(2027, 10, 30)}, Outcome.UNMET),
        (Check.NOTICE_IN_TIME, {"notice_by": None}, Outcome.NOT_APPLICABLE),
        (Check.CLAIM_IN_TIME, {"claimed_on": date(2027, 11, 29)}, Outcome.MET),
        (Check.CLAIM_IN_TIME, {"claimed_on": date(2027, 11, 30)}, Outcome.UNMET),
        (Check.CLAIM_IN_TIME, {"claim_by": None}, Outcome.NOT_APPLICABLE),
    ],
)
def test_what_is_not_as_agreed_takes_the_whole_invoice(check, change, outcome):
    invoice = replace(DELIVERY, **change)
    line = line_of(check, invoice)
    assert line.outcome is outcome
    assert str(line.uncovered) == ("1000000.00" if outcome is Outcome.UNMET else "0.00")
    assert covered(invoice) == ("0.00" if outcome is Outcome.UNMET else "1000000.00")


def test_nothing_is_covered_where_cover_never_began():
    cover = replace(COVER, first_day_covered=None)
    assert line_of(Check.IN_FORCE, cover=cover).outcome is Outcome.UNMET
    assert covered(cover=cover) == "0.00"


def test_nothing_is_covered_while_a_condition_is_refused():
    cover = replace(COVER, conditions_met=False)
    assert line_of(Check.CONDITIONS_MET, cover=cover).outcome is Outcome.UNMET
    assert covered(cover=cover) == "0.00"


def test_beyond_the_order_only_the_excess_is_uncovered():
    line = line_of(Check.WITHIN_ORDER, replace(DELIVERY, agreed_amount=Decimal("1100000.00")))
    assert (line.outcome, str(line.uncovered)) == (Outcome.UNMET, "10000.00")
    assert line.evidence == {"amount": Decimal("1110000.00"), "agreed_amount": Decimal("1100000.00")}


def test_the_excess_is_never_more_than_what_is_still_open():
    invoice = replace(DELIVERY, agreed_amount=Decimal("1000000.00"), open_amount=Decimal("40000.00"))
    assert str(line_of(Check.WITHIN_ORDER, invoice).uncovered) == "40000.00"
    assert covered(invoice) == "0.00"


def test_the_disputed_part_is_uncovered_for_now():
    invoice = replace(DELIVERY, disputed_open=Decimal("120000.00"))
    assert str(line_of(Check.UNDISPUTED, invoice).uncovered) == "120000.00"
    assert covered(invoice) == "880000.00"


def test_above_the_limit_the_insured_bears_the_excess_in_the_formula_and_cover_stays_whole():
    invoice = replace(DELIVERY, exposure_after_delivery=Decimal("1500000.00"))
    line = line_of(Check.WITHIN_LIMIT, invoice)
    assert (line.outcome, str(line.at_stake), str(line.uncovered)) == (Outcome.UNMET, "20000.00", "0.00")
    assert covered(invoice) == "1000000.00"


def test_at_the_limit_is_within_it():
    assert line_of(Check.WITHIN_LIMIT, ACCEPTANCE).outcome is Outcome.MET


@pytest.mark.parametrize(
    ("check", "change"),
    [
        (Check.RIGHT_ENTITY, {"debtor_is_buyer": None}),
        (Check.DELIVERY_PROVED, {"has_delivery_proof": False}),
        (Check.NOTICE_IN_TIME, {"noticed_on": None, "claimed_on": None, "claim_by": None}),
        (Check.CLAIM_IN_TIME, {"claimed_on": None}),
    ],
)
def test_what_is_not_known_yet_waits_for_a_person_and_takes_nothing(check, change):
    result = review([replace(DELIVERY, **change)], COVER, [])
    assert [(line.check, str(line.at_stake), str(line.uncovered)) for line in result.open_checks] == [
        (check, "1000000.00", "0.00")
    ]
    assert str(result.covered["F-1"]) == "1000000.00"


def test_conditions_nobody_looked_at_wait_for_a_person():
    assert line_of(Check.CONDITIONS_MET, cover=replace(COVER, conditions_met=None)).outcome is Outcome.OPEN


def test_no_person_is_asked_where_nothing_hangs_on_the_answer():
    """Neither on an invoice that is paid, nor on one that another check took out of cover."""
    unproved = replace(DELIVERY, has_delivery_proof=False)
    assert review([replace(unproved, open_amount=Decimal("0.00"))], COVER, []).open_checks == ()
    assert review([replace(unproved, debtor_is_buyer=False)], COVER, []).open_checks == ()


def test_a_line_shows_what_it_looked_at():
    assert line_of(Check.WITHIN_CREDIT_TERM).evidence == {
        "delivered_on": date(2027, 7, 1),
        "due_on": date(2027, 9, 29),
        "days": 90,
        "longest_term_days": 90,
    }
    assert line_of(Check.NOTICE_IN_TIME).evidence == {"by": date(2027, 10, 29), "done_on": date(2027, 10, 20)}


# Several at once


def test_what_one_check_took_is_not_taken_again():
    invoice = replace(
        DELIVERY, due_on=date(2027, 9, 30), disputed_open=Decimal("120000.00"), agreed_amount=Decimal("1100000.00")
    )
    unmet = [line for line in review([invoice], COVER, []).lines if line.outcome is Outcome.UNMET]
    assert [(line.check, str(line.at_stake), str(line.uncovered)) for line in unmet] == [
        (Check.WITHIN_CREDIT_TERM, "1000000.00", "1000000.00"),
        (Check.WITHIN_ORDER, "10000.00", "0.00"),
        (Check.UNDISPUTED, "120000.00", "0.00"),
    ]


def test_parts_are_different_parts_until_a_person_finds_otherwise():
    invoice = replace(DELIVERY, disputed_open=Decimal("120000.00"), agreed_amount=Decimal("1100000.00"))
    assert covered(invoice) == "870000.00"
    same_goods = found(Check.WITHIN_ORDER, Outcome.UNMET, "0.00", reason="The excess is what the buyer disputes")
    assert covered(invoice, findings=[same_goods]) == "880000.00"


# Findings


LATE = replace(DELIVERY, noticed_on=date(2027, 11, 4))


def test_late_notice_costs_what_it_harmed_once_a_person_has_found_it():
    """Six days late; the machine was resold in between, 35,000 could have been had with retention of title."""
    assert covered(LATE) == "0.00"
    harm = found(Check.NOTICE_IN_TIME, Outcome.UNMET, "35000.00", reason="Resale of one loader")
    line = line_of(Check.NOTICE_IN_TIME, LATE, findings=[harm])
    assert (line.outcome, str(line.at_stake), str(line.uncovered)) == (Outcome.UNMET, "35000.00", "35000.00")
    assert (line.found_by_person, line.reason) == (True, "Resale of one loader")
    assert covered(LATE, findings=[harm]) == "965000.00"


def test_late_notice_that_harmed_nothing_costs_nothing():
    assert covered(LATE, findings=[found(Check.NOTICE_IN_TIME, Outcome.UNMET, "0.00")]) == "1000000.00"


def test_a_finding_of_unmet_without_an_amount_takes_the_default():
    unproved = replace(DELIVERY, has_delivery_proof=False)
    assert covered(unproved, findings=[found(Check.DELIVERY_PROVED, Outcome.UNMET)]) == "0.00"


def test_a_finding_of_met_closes_an_open_check():
    unproved = replace(DELIVERY, has_delivery_proof=False)
    result = review([unproved], COVER, [found(Check.DELIVERY_PROVED, Outcome.MET)])
    assert (result.open_checks, str(result.covered["F-1"])) == ((), "1000000.00")


def test_a_finding_may_ask_again_what_the_file_had_answered():
    result = review([DELIVERY], COVER, [found(Check.RIGHT_ENTITY, Outcome.OPEN, reason="The order names PEI Trading")])
    assert [line.check for line in result.open_checks] == [Check.RIGHT_ENTITY]


def test_a_finding_takes_no_more_than_is_open():
    assert covered(findings=[found(Check.UNDISPUTED, Outcome.UNMET, "2000000.00")]) == "0.00"


def test_the_last_finding_counts():
    findings = [
        found(Check.NOTICE_IN_TIME, Outcome.UNMET, "35000.00"),
        found(Check.NOTICE_IN_TIME, Outcome.MET, reason="The e-mail of 28 October told all of it"),
    ]
    assert covered(LATE, findings=findings) == "1000000.00"


def test_a_finding_on_no_invoice_is_one_on_each():
    cover = replace(COVER, conditions_met=None)
    finding = found(Check.CONDITIONS_MET, Outcome.UNMET, invoice="", reason="The deposit never came")
    result = review([DELIVERY, ACCEPTANCE], cover, [finding])
    assert result.covered == {"F-1": Decimal("0.00"), "F-2": Decimal("0.00")}


def test_a_finding_concerns_its_invoice_only():
    findings = [found(Check.RIGHT_ENTITY, Outcome.UNMET, invoice="F-2")]
    result = review([DELIVERY, ACCEPTANCE], COVER, findings)
    assert result.covered == {"F-1": Decimal("1000000.00"), "F-2": Decimal("0.00")}


@pytest.mark.parametrize(
    ("finding", "message"),
    [
        (found(Check.IN_FORCE, Outcome.MET, reason=" "), "a finding gives its reason"),
        (found(Check.IN_FORCE, Outcome.MET, invoice="F-9"), "no invoice F-9 is under review"),
        (found(Check.UNDISPUTED, Outcome.UNMET, "-1.00"), "not negative"),
        (found(Check.UNDISPUTED, Outcome.MET, "1.00"), "only an unmet check of one invoice"),
        (found(Check.UNDISPUTED, Outcome.UNMET, "1.00", invoice=""), "only an unmet check of one invoice"),
        (found(Check.WITHIN_LIMIT, Outcome.UNMET, "1.00"), "the limit never does"),
    ],
)
def test_a_finding_that_cannot_be_meant_is_a_mistake(finding, message):
    with pytest.raises(ValueError, match=message):
        review([DELIVERY], COVER, [finding])


def test_two_invoices_of_one_reference_are_a_mistake():
    with pytest.raises(ValueError, match="a reference of its own"):
        review([DELIVERY, DELIVERY], COVER, [])


# The terms of the gross loss


def test_the_review_and_the_ledger_make_the_gross_loss():
    """F-1 of 1,110,000 less 110,000 paid, 120,000 of it disputed; F-2, late, is out with the 20,000 paid on it."""
    invoices = [
        Invoice("F-1", Decimal("1110000.00"), date(2027, 7, 1), date(2027, 9, 29), Decimal("120000.00")),
        Invoice("F-2", Decimal("370000.00"), date(2027, 8, 16), date(2027, 11, 14)),
    ]
    credits = [
        Credit("P-1", CreditKind.PAYMENT, Decimal("80000.00"), date(2027, 10, 4)),
        Credit("N-1", CreditKind.CREDIT_NOTE, Decimal("30000.00"), date(2027, 10, 5), "F-1"),
        Credit("P-2", CreditKind.PAYMENT, Decimal("20000.00"), date(2027, 11, 20), "F-2"),
    ]
    ledger = allocate(invoices, credits, None)
    facts = [
        replace(DELIVERY, open_amount=ledger.balances["F-1"].open, disputed_open=ledger.balances["F-1"].disputed_open),
        replace(ACCEPTANCE, open_amount=ledger.balances["F-2"].open, due_on=date(2027, 11, 15)),
    ]
    result = review(facts, COVER, [])
    loss = covered_loss(result, ledger, credits)
    assert loss == CoveredLoss(
        covered={"F-1": Decimal("990000.00")},
        deductions={CreditKind.PAYMENT: Decimal("80000.00"), CreditKind.CREDIT_NOTE: Decimal("30000.00")},
    )
    assert str(gross_loss(loss.covered.values(), loss.deductions.values())) == "880000.00"
    assert sum(result.covered.values()) == Decimal("880000.00")


# Laws


def euros(largest):
    return st.integers(0, largest * 100).map(lambda cents: Decimal(cents) / 100)


some_days = st.dates(date(2027, 6, 1), date(2027, 12, 31))


@st.composite
def invoices(draw):
    amount = draw(euros(2_000))
    return InvoiceFacts(
        reference="F-1",
        amount=amount,
        open_amount=min(amount, draw(euros(2_000))),
        delivered_on=draw(some_days),
        due_on=draw(some_days),
        extended_to=draw(st.none() | some_days),
        extension_agreed=draw(st.booleans()),
        debtor_is_buyer=draw(st.sampled_from([None, True, False])),
        has_delivery_proof=draw(st.booleans()),
        disputed_open=draw(euros(2_000)),
        noticed_on=draw(st.none() | some_days),
        notice_by=draw(st.none() | some_days),
        claimed_on=draw(st.none() | some_days),
        claim_by=draw(st.none() | some_days),
        stop_since=draw(st.none() | some_days),
        exposure_after_delivery=draw(euros(5_000)),
        agreed_amount=draw(euros(2_000)),
    )


@st.composite
def findings(draw):
    check, outcome = draw(st.sampled_from(list(Check))), draw(st.sampled_from(list(Outcome)))
    may_take = outcome is Outcome.UNMET and check is not Check.WITHIN_LIMIT
    return Finding(check, "F-1", outcome, draw(st.none() | euros(3_000)) if may_take else None, "found")


any_cover = st.builds(replace, st.just(COVER), limit=euros(3_000), conditions_met=st.sampled_from([None, True, False]))


@given(invoices(), any_cover, st.lists(findings(), max_size=4))
def test_what_is_taken_and_what_stays_covered_are_the_open_principal(invoice, cover, some_findings):
    result = review([invoice], cover, some_findings)
    assert all(0 <= line.uncovered <= line.at_stake <= invoice.open_amount for line in result.lines)
    assert sum(line.uncovered for line in result.lines) + result.covered["F-1"] == invoice.open_amount
    assert result.covered["F-1"] >= 0


@given(invoices(), any_cover, st.lists(findings(), max_size=4))
def test_only_what_is_unmet_takes_cover_and_the_limit_never(invoice, cover, some_findings):
    for line in review([invoice], cover, some_findings).lines:
        assert not line.uncovered or (line.outcome is Outcome.UNMET and line.check is not Check.WITHIN_LIMIT)


@given(invoices(), any_cover, st.sampled_from(list(Check)))
def test_finding_one_check_met_never_costs_cover(invoice, cover, check):
    before = review([invoice], cover, [])
    after = review([invoice], cover, [Finding(check, "F-1", Outcome.MET, None, "found")])
    assert after.covered["F-1"] >= before.covered["F-1"]


def test_the_table_of_rules_has_each_check_once():
    assert [rule.check for rule in RULES] == list(Check)

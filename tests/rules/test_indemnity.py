from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.indemnity import Indemnity, Terms, gross_loss, indemnify, share_recovery
from tests.rules.shared_cases import load_case

TERMS = Terms(
    limit=Decimal("1200000.00"),
    insured_percentage=Decimal("0.90"),
    deductible=Decimal("10000.00"),
    deductible_order="after_percentage",
    maximum_liability_left=Decimal("1080000.00"),
)
GROSS = Decimal("1300000.00")


def euros(largest):
    return st.decimals(0, largest, places=2)


@st.composite
def terms(draw):
    return Terms(
        limit=draw(euros(5_000_000)),
        insured_percentage=draw(st.decimals("0.60", "0.95", places=2)),
        deductible=draw(euros(50_000)),
        deductible_order=draw(st.sampled_from(["after_percentage", "before_percentage"])),
        maximum_liability_left=draw(euros(5_000_000)),
    )


def test_the_worked_case_with_the_deductible_after_the_percentage():
    assert indemnify(GROSS, TERMS) == Indemnity(
        gross_loss=Decimal("1300000.00"),
        insured_loss=Decimal("1200000.00"),
        indemnity=Decimal("1070000.00"),
        retained=Decimal("230000.00"),
        insurer_share=Decimal("1070000.00") / Decimal("1300000.00"),
    )


def test_the_worked_case_with_the_deductible_before_the_percentage_and_its_recovery():
    indemnity = indemnify(GROSS, replace(TERMS, deductible_order="before_percentage"))
    assert indemnity.indemnity == Decimal("1071000.00")
    share = share_recovery(Decimal("400000.00"), Decimal("24000.00"), indemnity)
    assert (str(share.net), str(share.insurer), str(share.insured)) == ("376000.00", "309766.15", "66233.85")


def test_the_reference_order_lost_whole():
    terms = Terms(Decimal("1480000.00"), Decimal("0.90"), Decimal("0.00"), "after_percentage", Decimal("1332000.00"))
    lost = indemnify(Decimal("1480000.00"), terms)
    assert (str(lost.indemnity), str(lost.retained)) == ("1332000.00", "148000.00")


def test_what_earlier_indemnities_left_is_a_cap():
    lost = indemnify(GROSS, replace(TERMS, maximum_liability_left=Decimal("258326.60")))
    assert (str(lost.indemnity), str(lost.retained)) == ("258326.60", "1041673.40")


@pytest.mark.parametrize("order", ["after_percentage", "before_percentage"])
def test_a_loss_below_the_deductible_pays_nothing(order):
    lost = indemnify(Decimal("9000.00"), replace(TERMS, deductible_order=order))
    assert (str(lost.indemnity), str(lost.retained), lost.insurer_share) == ("0.00", "9000.00", 0)


def test_the_indemnity_is_rounded_half_up():
    terms = replace(TERMS, deductible=Decimal("0.00"), insured_percentage=Decimal("0.85"))
    assert str(indemnify(Decimal("0.10"), terms).indemnity) == "0.09"


def test_no_loss_no_share():
    lost = indemnify(Decimal("0.00"), TERMS)
    assert lost.insurer_share == 0
    share = share_recovery(Decimal("50.00"), Decimal("0.00"), lost)
    assert (str(share.insurer), str(share.insured)) == ("0.00", "50.00")


def test_costs_above_the_recovery_are_borne_as_the_loss_was():
    share = share_recovery(Decimal("1000.00"), Decimal("14000.00"), indemnify(GROSS, TERMS))
    assert (str(share.net), str(share.insurer), str(share.insured)) == ("-13000.00", "-10700.00", "-2300.00")


def test_a_negative_loss_is_a_mistake():
    with pytest.raises(ValueError, match="negative"):
        indemnify(Decimal("-0.01"), TERMS)


def test_payments_beyond_what_is_due_leave_no_loss():
    assert gross_loss([Decimal("100.00"), Decimal("50.00")], [Decimal("30.00")]) == Decimal("120.00")
    assert gross_loss([Decimal("100.00")], [Decimal("130.00")]) == 0


@given(loss=euros(9_000_000), terms=terms())
def test_an_indemnity_stays_within_its_bounds(loss, terms):
    lost = indemnify(loss, terms)
    assert 0 <= lost.indemnity <= min(loss, terms.limit, terms.maximum_liability_left)
    assert lost.indemnity + lost.retained == lost.gross_loss == loss
    assert 0 <= lost.insurer_share <= 1


@given(loss=euros(9_000_000), more=euros(100_000), terms=terms())
def test_a_greater_loss_never_pays_less(loss, more, terms):
    assert indemnify(loss, terms).indemnity <= indemnify(loss + more, terms).indemnity


@given(loss=euros(9_000_000), terms=terms())
def test_the_deductible_costs_the_insured_more_after_the_percentage(loss, terms):
    after = indemnify(loss, replace(terms, deductible_order="after_percentage"))
    before = indemnify(loss, replace(terms, deductible_order="before_percentage"))
    assert after.indemnity <= before.indemnity


@given(loss=euros(9_000_000), terms=terms(), recovery=euros(9_000_000), costs=euros(100_000))
def test_a_recovery_is_divided_without_a_cent_lost(loss, terms, recovery, costs):
    share = share_recovery(recovery, costs, indemnify(loss, terms))
    assert share.insurer + share.insured == share.net == recovery - costs


def test_every_shared_case_to_the_cent():
    for case in load_case("indemnity.json"):
        terms = Terms(
            limit=Decimal(case["limit"]),
            insured_percentage=Decimal(case["insured_percentage"]),
            deductible=Decimal(case["deductible"]),
            deductible_order=case["deductible_order"],
            maximum_liability_left=Decimal(case["maximum_liability_left"]),
        )
        lost = indemnify(gross_loss(map(Decimal, case["covered"]), map(Decimal, case["deductions"])), terms)
        shares = [share_recovery(Decimal(r["amount"]), Decimal(r["costs"]), lost) for r in case["recoveries"]]
        assert case["expected"] == {
            "gross_loss": str(lost.gross_loss),
            "insured_loss": str(lost.insured_loss),
            "indemnity": str(lost.indemnity),
            "retained": str(lost.retained),
            "recoveries": [
                {"net": str(s.net), "to_insurer": str(s.insurer), "to_insured": str(s.insured)} for s in shares
            ],
        }

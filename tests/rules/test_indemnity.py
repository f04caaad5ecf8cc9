from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.indemnity import (
    FinalPayment,
    Indemnity,
    Recovery,
    RecoveryShare,
    Statement,
    Terms,
    divide_recoveries,
    final_payment,
    final_statement,
    gross_loss,
    indemnify,
    indemnify_in_turn,
    interim,
    share_recovery,
    steps,
)
from tests.rules.shared_cases import load_case
from unlockfocus.money import to_cents

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


# The whole of section 14 of the product, read aloud


def test_from_the_covered_invoices_to_what_the_insured_has_back():
    """1,110,000 and 370,000 delivered as agreed, 180,000 paid; 90 % of at most 1,200,000, 10,000 kept first."""
    covered = [Decimal("1110000.00"), Decimal("370000.00")]
    payments = [Decimal("150000.00"), Decimal("30000.00")]
    terms = replace(TERMS, deductible_order="before_percentage")

    loss = gross_loss(covered, payments)
    assert str(loss) == "1300000.00"

    indemnity = indemnify(loss, terms)
    assert (str(indemnity.insured_loss), str(indemnity.indemnity)) == ("1200000.00", "1071000.00")

    advance = interim(indemnity, Decimal("0.50"), Decimal("0.00"))
    assert str(advance) == "535500.00"
    assert final_payment(indemnity, advance) == FinalPayment(Decimal("535500.00"), Decimal("0.00"))

    shares = divide_recoveries([Recovery(Decimal("400000.00"), Decimal("24000.00"))], indemnity, Decimal("0.00"))
    assert shares == (RecoveryShare(Decimal("376000.00"), Decimal("309766.15"), Decimal("66233.85")),)

    # 1,300,000 - 376,000; then 229,000 - 66,233.85 + 31,571.11.
    assert final_statement(indemnity, shares, Decimal("31571.11")) == Statement(
        without_guarantee=Decimal("924000.00"),
        with_guarantee=Decimal("194337.26"),
        saved=Decimal("729662.74"),
    )


# Three of the worked cases, kept here for a clone that has no others


@pytest.mark.parametrize(
    ("covered", "deductions", "terms", "expected"),
    [
        (
            ["1948508.88"],
            ["9742.54"],
            ("1948508.88", "0.95", "25000.00", "after_percentage", "1851083.44"),
            ("1938766.34", "1938766.34", "1816828.02", "121938.32"),
        ),
        (
            ["1385093.59", "182579.29"],
            [],
            ("1410905.59", "0.60", "0", "before_percentage", "846543.35"),
            ("1567672.88", "1410905.59", "846543.35", "721129.53"),
        ),
        (
            ["1678872.50", "356885.18"],
            [],
            ("1832181.91", "0.60", "5000.00", "before_percentage", "1099309.15"),
            ("2035757.68", "1832181.91", "1096309.15", "939448.53"),
        ),
    ],
)
def test_worked_cases_to_the_cent(covered, deductions, terms, expected):
    limit, percentage, deductible, order, maximum = terms
    terms = Terms(Decimal(limit), Decimal(percentage), Decimal(deductible), order, Decimal(maximum))
    lost = indemnify(gross_loss(map(Decimal, covered), map(Decimal, deductions)), terms)
    assert (str(lost.gross_loss), str(lost.insured_loss), str(lost.indemnity), str(lost.retained)) == expected


# Line by line


def shown(lines):
    return [(line.name, str(line.amount)) for line in lines]


def test_the_calculation_line_by_line_with_the_deductible_after_the_percentage():
    lines = steps([Decimal("1110000.00"), Decimal("370000.00")], [Decimal("180000.00")], TERMS)
    assert shown(lines) == [
        ("covered", "1480000.00"),
        ("deductions", "-180000.00"),
        ("gross_loss", "1300000.00"),
        ("above_limit", "-100000.00"),
        ("insured_loss", "1200000.00"),
        ("own_share", "-120000.00"),
        ("deductible", "-10000.00"),
        ("cap", "0.00"),
        ("indemnity", "1070000.00"),
    ]


def test_the_calculation_line_by_line_with_the_deductible_before_the_percentage_and_a_cap():
    terms = replace(TERMS, deductible_order="before_percentage", maximum_liability_left=Decimal("1000000.00"))
    assert shown(steps([Decimal("1300000.00")], [], terms))[4:] == [
        ("insured_loss", "1200000.00"),
        ("deductible", "-10000.00"),
        ("own_share", "-119000.00"),
        ("cap", "-71000.00"),
        ("indemnity", "1000000.00"),
    ]


@pytest.mark.parametrize("order", ["after_percentage", "before_percentage"])
def test_a_deductible_takes_no_more_than_there_is(order):
    terms = replace(TERMS, deductible_order=order)
    lines = dict(shown(steps([Decimal("9000.00")], [Decimal("1000.00")], terms)))
    assert (lines["cap"], lines["indemnity"]) == ("0.00", "0.00")
    assert Decimal(lines["own_share"]) + Decimal(lines["deductible"]) == Decimal("-8000.00")


def test_deductions_take_no_more_than_is_covered():
    lines = dict(shown(steps([Decimal("100.00")], [Decimal("130.00")], TERMS)))
    assert (lines["deductions"], lines["gross_loss"], lines["indemnity"]) == ("-100.00", "0.00", "0.00")


# Several claims on one guarantee


def test_each_claim_leaves_less_to_the_next():
    """720,000 - 10,000 of the first, of the second what is left of 1,080,000, of the third nothing."""
    lost = indemnify_in_turn([Decimal("800000.00")] * 3, TERMS)
    assert [str(each.indemnity) for each in lost] == ["710000.00", "370000.00", "0.00"]


# Advances


def test_a_second_advance_counts_the_first():
    indemnity = indemnify(GROSS, TERMS)
    assert str(interim(indemnity, Decimal("0.70"), Decimal("535000.00"))) == "214000.00"


def test_no_advance_where_more_was_advanced_already():
    assert str(interim(indemnify(GROSS, TERMS), Decimal("0.40"), Decimal("535000.00"))) == "0.00"


def test_an_advance_is_rounded_half_up():
    indemnity = indemnify(Decimal("0.10"), replace(TERMS, deductible=Decimal("0.00")))
    assert str(interim(indemnity, Decimal("0.50"), Decimal("0.00"))) == "0.05"


@pytest.mark.parametrize("percentage", ["-0.01", "1.01"])
def test_an_advance_is_a_fraction(percentage):
    with pytest.raises(ValueError, match="a fraction of the indemnity"):
        interim(indemnify(GROSS, TERMS), Decimal(percentage), Decimal("0.00"))


def test_what_was_advanced_too_much_is_claimed_back():
    """A payment found later leaves 400,000 of loss: 350,000 of indemnity, 535,000 were advanced."""
    indemnity = indemnify(Decimal("400000.00"), TERMS)
    assert final_payment(indemnity, Decimal("535000.00")) == FinalPayment(Decimal("0.00"), Decimal("185000.00"))


# Recoveries in the order they came


def test_recovered_beyond_the_loss_the_first_interest_is_the_insureds_and_the_rest_is_shared():
    """Gross 1,300,000, indemnity 1,070,000; 15,000 of interest ran up before it.

    The second recovery brings 200,000: 100,000 of principal (82,307.69 to the insurer), 15,000 to the insured alone,
    85,000 of later interest. The insurer has 1,070,000 / 1,300,000 of 185,000.
    """
    recoveries = [
        Recovery(Decimal("1224000.00"), Decimal("24000.00")),
        Recovery(Decimal("100000.00"), Decimal("0.00"), interest=Decimal("100000.00")),
    ]
    shares = divide_recoveries(recoveries, indemnify(GROSS, TERMS), Decimal("15000.00"))
    assert shares == (
        RecoveryShare(Decimal("1200000.00"), Decimal("987692.31"), Decimal("212307.69")),
        RecoveryShare(Decimal("200000.00"), Decimal("152269.23"), Decimal("47730.77")),
    )


def test_what_the_payer_calls_interest_makes_good_the_principal_first():
    indemnity = indemnify(GROSS, TERMS)
    as_interest = [Recovery(Decimal("0.00"), Decimal("0.00"), interest=Decimal("13000.00"))]
    assert divide_recoveries(as_interest, indemnity, Decimal("15000.00")) == (
        RecoveryShare(Decimal("13000.00"), Decimal("10700.00"), Decimal("2300.00")),
    )


def test_costs_that_brought_nothing_are_made_good_before_interest():
    """14,000 of costs, then 1,314,000: the loss is just made good, no interest is left."""
    recoveries = [Recovery(Decimal("0.00"), Decimal("14000.00")), Recovery(Decimal("1314000.00"), Decimal("0.00"))]
    shares = divide_recoveries(recoveries, indemnify(GROSS, TERMS), Decimal("15000.00"))
    assert sum(share.insurer for share in shares) == Decimal("1070000.00")
    assert sum(share.insured for share in shares) == Decimal("230000.00")


# The final statement


def test_the_reference_order_lost_whole_cost_a_tenth_and_the_premium():
    terms = Terms(Decimal("1480000.00"), Decimal("0.90"), Decimal("0.00"), "after_percentage", Decimal("1332000.00"))
    statement = final_statement(indemnify(Decimal("1480000.00"), terms), [], Decimal("31571.11"))
    assert statement == Statement(Decimal("1480000.00"), Decimal("179571.11"), Decimal("1300428.89"))


def test_an_order_that_was_paid_cost_the_premium():
    statement = final_statement(indemnify(Decimal("0.00"), TERMS), [], Decimal("31571.11"))
    assert statement == Statement(Decimal("0.00"), Decimal("31571.11"), Decimal("-31571.11"))


def test_what_no_guarantee_covers_is_lost_either_way():
    statement = final_statement(indemnify(GROSS, TERMS), [], Decimal("31571.11"), uncovered=Decimal("50000.00"))
    assert statement == Statement(Decimal("1350000.00"), Decimal("311571.11"), Decimal("1038428.89"))


# Laws


@given(loss=euros(9_000_000), terms=terms())
def test_an_indemnity_stays_within_its_bounds(loss, terms):
    lost = indemnify(loss, terms)
    assert 0 <= lost.indemnity <= min(loss, terms.limit, terms.maximum_liability_left)
    assert lost.indemnity <= to_cents(terms.insured_percentage * terms.limit)
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


@given(losses=st.lists(euros(3_000_000), max_size=6), terms=terms())
def test_no_sequence_of_claims_passes_the_maximum_liability(losses, terms):
    lost = indemnify_in_turn(losses, terms)
    assert [each.gross_loss for each in lost] == losses
    assert sum(each.indemnity for each in lost) <= terms.maximum_liability_left
    assert all(each.indemnity >= 0 for each in lost)


def recoveries():
    return st.lists(st.builds(Recovery, euros(900_000), euros(50_000), euros(100_000)), max_size=6)


@given(loss=euros(2_000_000), terms=terms(), received=recoveries(), interest=euros(50_000))
def test_shares_add_up_to_the_cent_for_any_sequence(loss, terms, received, interest):
    shares = divide_recoveries(received, indemnify(loss, terms), interest)
    net = sum(each.amount + each.interest - each.costs for each in received)
    assert sum(share.net for share in shares) == net
    assert sum(share.insurer for share in shares) + sum(share.insured for share in shares) == net
    assert all(share.insurer + share.insured == share.net for share in shares)


@given(loss=euros(2_000_000), terms=terms(), received=recoveries())
def test_without_earlier_interest_each_recovery_is_divided_on_its_own(loss, terms, received):
    indemnity = indemnify(loss, terms)
    assert divide_recoveries(received, indemnity, Decimal("0.00")) == tuple(
        share_recovery(each.amount + each.interest, each.costs, indemnity) for each in received
    )


@given(covered=st.lists(euros(900_000), max_size=4), paid=st.lists(euros(900_000), max_size=4), terms=terms())
def test_the_lines_lead_to_the_indemnity(covered, paid, terms):
    lines = {line.name: line.amount for line in steps(covered, paid, terms)}
    lost = indemnify(gross_loss(covered, paid), terms)
    assert lines["indemnity"] == lost.indemnity
    assert lines["covered"] + lines["deductions"] == lines["gross_loss"] == lost.gross_loss
    assert lines["gross_loss"] + lines["above_limit"] == lines["insured_loss"] == lost.insured_loss
    changes = lines["own_share"] + lines["deductible"] + lines["cap"]
    assert lines["insured_loss"] + changes == lines["indemnity"]
    assert max(lines[name] for name in ("deductions", "above_limit", "own_share", "deductible", "cap")) <= 0


@given(loss=euros(2_000_000), terms=terms(), paid=euros(2_000_000), percentage=st.decimals(0, 1, places=2))
def test_advances_and_the_final_payment_are_the_indemnity(loss, terms, paid, percentage):
    indemnity = indemnify(loss, terms)
    advance = interim(indemnity, percentage, Decimal("0.00"))
    assert 0 <= advance <= indemnity.indemnity
    assert final_payment(indemnity, advance) == FinalPayment(indemnity.indemnity - advance, Decimal("0.00"))
    last = final_payment(indemnity, paid)
    assert paid + last.due - last.to_claim_back == indemnity.indemnity
    assert min(last.due, last.to_claim_back) == 0
    assert max(last.due, last.to_claim_back) >= 0


@given(loss=euros(2_000_000), terms=terms(), received=recoveries(), premium=euros(50_000), uncovered=euros(50_000))
def test_what_the_guarantee_saved_is_what_the_insurer_paid_less_what_it_got(loss, terms, received, premium, uncovered):
    indemnity = indemnify(loss, terms)
    shares = divide_recoveries(received, indemnity, Decimal("0.00"))
    statement = final_statement(indemnity, shares, premium, uncovered)
    assert statement.saved == statement.without_guarantee - statement.with_guarantee
    assert statement.saved == indemnity.indemnity - sum(share.insurer for share in shares) - premium


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

"""What would change the grade: each answer is the model asked again, and no smaller move would do."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.test_scoring import ANALYSED_ON, PEI
from underwriting.scoring.artefact import committed
from underwriting.scoring.characteristics import value_of
from underwriting.scoring.items import items_of
from underwriting.scoring.outlook import outlook
from underwriting.scoring.overlays import PaymentExperience, ScoringSettings
from underwriting.scoring.score import Case, score

CARD = committed()
SIZED = ScoringSettings(abridged_factor=Decimal("1.1"), overdue_grades=2)


def case(statement=PEI, on=ANALYSED_ON, model=CARD, **circumstances):
    return Case(statement=statement, on=on, model=model, settings=SIZED, **circumstances)


def moved(found):
    return [(change.moves[0].ratio, change.moves[0].to, int(change.moves[0].points), change.grade) for change in found]


# --- On the card ------------------------------------------------------------------------------------------------------


def test_the_reference_buyer_is_far_from_grade_3_and_near_grade_5():
    """24 points, PD 0.6283 %; grade 5 begins at the mean of 0.50 and 0.90 %, 0.6708 %: 4 points away."""
    found = outlook(case())
    assert (found.grade, str(found.pd), found.better) == (4, "0.006283", ())
    assert moved(found.worse)[:2] == [
        ("operating_margin", 0.033, -5, 5),
        ("cash_flow_to_short_liabilities", -0.14, -8, 5),
    ]


def test_where_no_ratio_is_enough_several_are_moved_the_shortest_way_first():
    together = outlook(case()).together
    assert [(move.ratio, move.to, int(move.points)) for move in together.moves] == [
        ("sales_growth", 0.067, 14),
        ("operating_margin", 0.055, 16),
        ("permanent_capital_to_assets", 0.55, 17),
    ]
    assert (together.grade, str(together.pd)) == (3, "0.002681")


def test_a_buyer_near_the_better_grade_needs_one_ratio_only():
    """A profit of 5.5 on sales of 168.3 is a margin of 3.27 %; from 3.3 % on it is grade 4."""
    found = outlook(case(replace(PEI, operating_profit=Decimal("5500000"))))
    assert (found.grade, str(found.pd)) == (5, "0.006878")
    assert moved(found.better)[:2] == [("defensive_days", 93.0, 4, 4), ("operating_margin", 0.033, 5, 4)]
    assert found.together is None


def test_no_smaller_move_would_do():
    """One bin less far in any of the moves, and the grade stays."""
    edges = {each.code: each.edges for each in CARD.full.characteristics}
    for change in outlook(case()).worse:
        (move,) = change.moves
        nearer = [edge for edge in edges[move.ratio] if move.to < edge <= move.value]
        points = [CARD.full.characteristics[list(edges).index(move.ratio)].points[edges[move.ratio].index(edge)]
                  for edge in nearer]  # fmt: skip
        lost = [24 + each - _points_of(move.ratio) for each in points]
        assert all(case().pd_after(_pd(total)) < Decimal("0.006708") for total in lost)


def _points_of(ratio):
    items = items_of(PEI)
    each = next(each for each in CARD.full.characteristics if each.code == ratio)
    return each.points[each.bin_of(value_of(ratio, items))]


def _pd(points):
    return Decimal(CARD.full.calibration.pd(points)).quantize(Decimal("0.000001"))


@given(st.integers(20, 400), st.integers(-30, 60), st.booleans(), st.booleans())
def test_every_change_is_what_the_model_says(sales, profit, audited, has_prior):
    """Applied to points, each move gives the PD that the card and the steps after it give."""
    statement = replace(
        PEI,
        sales=Decimal(sales) * 1_000_000,
        operating_profit=Decimal(profit) * 1_000_000,
        audited=audited,
        prior=PEI.prior if has_prior else None,
    )
    asked = case(statement)
    found, now = outlook(asked), score(asked)
    assert (found.pd, found.grade) == (now.pd, now.grade)
    for change in (*found.better, *found.worse):
        points = int(now.points + change.moves[0].points)
        assert change.pd == asked.pd_after(_pd(points))
    assert all(change.grade < now.grade for change in found.better)
    assert all(change.grade > now.grade for change in found.worse)
    assert all(change.pd < now.pd for change in found.remedies)


# --- Beside the accounts ----------------------------------------------------------------------------------------------


def test_each_remedy_is_the_score_without_that_step_and_all_of_them_the_model_s_own():
    old = replace(PEI, audited=False)
    found = outlook(case(old, on=date(2027, 6, 1), payments=PaymentExperience(9, 31, 75)))
    # 0.6283 % x 1.3 x 1.1 is 0.8985 %, grade 5; two grades worse is grade 7. Without either factor it is that as well.
    assert [(change.remedy, str(change.pd)) for change in found.remedies] == [("debts_paid", "0.008985")]
    assert str(found.all_remedies.pd) == "0.006283"


def test_negative_equity_can_be_restored():
    found = outlook(case(replace(PEI, equity=Decimal("-1000000"))))
    assert "equity_restored" in [change.remedy for change in found.remedies]


def test_an_insolvency_has_no_remedy():
    found = outlook(case(insolvent_on=date(2026, 10, 1)))
    assert (found.grade, found.better, found.together, found.remedies) == (10, (), None, ())


# --- With the formula -------------------------------------------------------------------------------------------------


def test_the_formula_needs_as_many_points_as_the_next_rating_whose_grade_differs():
    """Z'' 6.04832462; AA- from 7.00 on is grade 5, B+ below 4.75 grade 7."""
    found = outlook(case(model=None))
    assert [(change.moves[0].ratio, round(change.moves[0].to, 4)) for change in found.better] == [
        ("working_capital_to_assets", 0.2882),
        ("retained_earnings_to_assets", 0.4932),
        ("operating_return_on_assets", 0.2339),
        ("equity_to_liabilities", 1.4614),
    ]
    assert {(change.grade, str(change.pd)) for change in found.better} == {(5, "0.0090")}
    assert {(change.grade, round(change.moves[0].points, 4)) for change in found.worse} == {(7, Decimal("-1.2983"))}


@pytest.mark.parametrize("profit", ["96400000", "200000000"])
def test_a_ratio_at_its_bound_cannot_bring_more(profit):
    found = outlook(case(replace(PEI, operating_profit=Decimal(profit)), model=None))
    assert "operating_return_on_assets" not in [change.moves[0].ratio for change in found.better]

"""A version of a model put in force: what it would change, in figures; by two people; and what it does not touch."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from tests.factories import (
    analyse,
    analysed_request,
    another_senior,
    bound_guarantee,
    buyer_with,
    guarantee_in_force,
    submitted_request,
)
from tests.rules.test_scoring import PEI, PEI_2024
from underwriting.actions import activations, rescoring
from underwriting.actions.analysis import NotAllowed, NotTwoPeople, confirm_override, propose_override
from underwriting.actions.guarantees import not_take_up
from underwriting.comparing import effect_of, matrix
from underwriting.model_effect import effect_as_dict, effect_from_dict, matrix_of
from underwriting.model_versions import version_in_force
from underwriting.models import Analysis, CumulLine, ModelActivation, Rescoring, StatementScore
from underwriting.scoring.score import Case, score
from underwriting.scoring.stored import as_dict
from underwriting.scoring.versions import FORMULA, Version, scorecard_of, versions
from underwriting.scoring_inputs import score_from_inputs
from unlockfocus.errors import IllegalTransition

pytestmark = pytest.mark.django_db

CARD = versions()[-1]
MILLION = Decimal(1_000_000)
# What the formula and the card make of them: 9 and 7, 6 and 7, 4 and 4.
POOR = replace(
    PEI, net_profit=-9 * MILLION, operating_profit=-8 * MILLION, equity=MILLION, retained_earnings=-8 * MILLION,
    cash=MILLION / 2, current_assets=30 * MILLION,
)  # fmt: skip
IDLE_ITEMS = {"sales": "20000000", "operating_profit": "100000", "net_profit": "-1000000", "depreciation": None,
              "cash": "100000"}  # fmt: skip
IDLE = replace(PEI, **{name: value and Decimal(value) for name, value in IDLE_ITEMS.items()})
RICH = replace(PEI, net_profit=19 * MILLION, equity=70 * MILLION, total_liabilities=Decimal(24_700_000))
EMPTY = replace(PEI, sales=None)


def run_all(version, by, at):
    """Run a version over the portfolio, and the one in force with it."""
    rescoring.start(version, by=by, at=at)
    while running := Rescoring.objects.filter(status="running").first():
        rescoring.advance(running.pk, at=at)


def proposed(by, at, version=CARD):
    run_all(version, by, at)
    effect = effect_as_dict(effect_of(version, localdate(at)))
    return activations.propose(version, reason="It separates better.", effect=effect, by=by, at=at)


def activated(sofia, at, version=CARD):
    return activations.confirm(proposed(sofia, at, version).pk, by=another_senior(), at=at)


# --- The matrix -------------------------------------------------------------------------------------------------------


def test_the_matrix_counts_the_newest_accounts_of_every_buyer(sofia, now):
    buyer_with(1, PEI, at=now)
    buyer_with(2, PEI_2024, PEI, at=now)
    buyer_with(3, PEI, POOR, at=now)
    buyer_with(4, RICH, at=now)
    buyer_with(5, EMPTY, at=now)
    buyer_with(6, IDLE, at=now)
    run_all(CARD, sofia, now)
    found = matrix(FORMULA, CARD)
    assert dict(found.counts) == {(4, 4): 1, (6, 4): 2, (6, 7): 1, (9, 7): 1, (None, None): 1}
    assert found.grades == (4, 5, 6, 7, 8, 9, None)
    assert [(row.grade, [cell.count for cell in row.cells], row.total) for row in found.rows if row.total] == [
        (4, [1, 0, 0, 0, 0, 0, 0], 1),
        (6, [2, 0, 0, 1, 0, 0, 0], 3),
        (9, [0, 0, 0, 1, 0, 0, 0], 1),
        (None, [0, 0, 0, 0, 0, 0, 1], 1),
    ]
    assert [cell.count for cell in found.totals] == [3, 0, 0, 2, 0, 0, 1]
    assert (found.better, found.same, found.worse, found.compared, found.total) == (3, 1, 1, 5, 6)
    assert found.better_share == Decimal("0.6")


def test_the_diagonal_is_the_same_and_no_score_is_neither_better_nor_worse():
    found = matrix_of([(4, 4, 3), (4, 5, 1), (None, 4, 2), (5, None, 1)])
    assert [[cell.tone for cell in row.cells] for row in found.rows] == [
        ["same", "worse", ""],
        ["better", "same", ""],
        ["", "", ""],
    ]
    assert (found.better, found.same, found.worse, found.total) == (0, 3, 1, 7)
    assert matrix_of([]).better_share == 0


# --- The limits in force ----------------------------------------------------------------------------------------------


def test_pei_goes_from_fair_to_good_and_its_expected_loss_with_it(index, alice, bruno, now):
    """1,480,000 x 90 % x 60 % lost x (0.6283 % - 1.5 %)."""
    guarantee = bound_guarantee(index, alice, bruno, now)
    effect = effect_of(CARD, localdate(now))
    (file,) = effect.files
    assert (file.guarantee, file.reference) == (guarantee.number, guarantee.request.reference)
    assert (file.old_grade, file.old_pd, file.new_grade, file.new_pd) == (6, Decimal("0.015"), 4, Decimal("0.006283"))
    assert [
        (each.grade, each.old_count, each.old_limit, each.new_count, each.new_limit) for each in effect.by_grade
    ] == [
        (4, 0, Decimal(0), 1, Decimal("1480000.00")),
        (6, 1, Decimal("1480000.00"), 0, Decimal(0)),
    ]
    assert (file.insured, file.line) == (Decimal("1480000.00"), Decimal("12000000.00"))
    assert (effect.much_worse, effect.over_line, effect.unscorable, effect.by_hand) == ((), (), (), ())
    assert effect.loss_change == Decimal("-6966.63")


def test_what_ended_or_was_never_bound_is_not_counted(index, alice, bruno, now):
    analysed_request(index, alice, now)
    not_take_up(bound_guarantee(index, alice, bruno, now).pk, reason="Never paid", by=bruno, at=now)
    assert effect_of(CARD, localdate(now)).files == ()


def test_a_grade_set_by_hand_stays(index, alice, bruno, sofia, now):
    guarantee = bound_guarantee(index, alice, bruno, now)
    analysis = Analysis.objects.get(request=guarantee.request)
    override = propose_override(analysis.pk, grade=5, reason="Its parent stands behind it", by=bruno, at=now)
    confirm_override(override.pk, by=sofia, at=now)
    (file,) = effect_of(CARD, localdate(now)).by_hand
    assert (file.old_grade, file.new_grade, file.new_pd) == (5, 5, file.old_pd)


def test_those_that_fall_far_or_to_grade_7_or_beyond_their_line_are_named(index, alice, bruno, now):
    guarantee = guarantee_in_force(index, alice, bruno, now)
    analysis = Analysis.objects.get(request=guarantee.request)
    newest = max(analysis.inputs["accounts"]["years"], key=lambda year: year["period_end"])
    newest.update(IDLE_ITEMS)
    analysis.save()
    CumulLine.objects.filter(grade=7).delete()
    effect = effect_of(CARD, localdate(now))
    assert [(file.old_grade, file.new_grade) for file in effect.much_worse] == [(6, 7)]
    assert [(file.insured, file.line) for file in effect.over_line] == [(Decimal("1480000.00"), Decimal("0.00"))]
    assert effect.loss_change > 0


@pytest.mark.parametrize(
    ("old", "new", "told"), [(4, 5, False), (4, 6, True), (6, 7, True), (7, 8, False), (7, 9, True), (8, 4, False)]
)
def test_two_grades_or_into_grade_7(index, alice, bruno, now, old, new, told):
    bound_guarantee(index, alice, bruno, now)
    (file,) = effect_of(CARD, localdate(now)).files
    assert replace(file, old_grade=old, new_grade=new).is_much_worse is told


def test_a_file_the_version_cannot_score_is_named_and_moves_nothing(index, alice, bruno, now):
    guarantee = bound_guarantee(index, alice, bruno, now)
    analysis = Analysis.objects.get(request=guarantee.request)
    for year in analysis.inputs["accounts"]["years"]:
        year["net_profit"] = None
    analysis.save()
    effect = effect_of(CARD, localdate(now))
    assert [file.guarantee for file in effect.unscorable] == [guarantee.number]
    assert effect.loss_change == 0
    assert effect.by_grade[-1].grade is None
    assert effect.by_grade[-1].new_count == 1


def test_what_is_kept_is_what_was_seen(index, alice, bruno, sofia, now):
    bound_guarantee(index, alice, bruno, now)
    buyer_with(5, EMPTY, at=now)
    run_all(CARD, sofia, now)
    effect = effect_of(CARD, localdate(now))
    kept = ModelActivation(effect=effect_as_dict(effect), model="x", version="1", reason="", proposed_by=sofia)
    kept.proposed_at = now
    kept.save()
    kept.refresh_from_db()
    assert effect_from_dict(kept.effect) == effect
    assert effect_as_dict(effect_from_dict(kept.effect)) == kept.effect


def test_more_files_and_buyers_ask_no_more_queries(index, alice, bruno, sofia, now, django_assert_max_num_queries):
    bound_guarantee(index, alice, bruno, now)
    with django_assert_max_num_queries(12) as few:
        effect_of(CARD, localdate(now))
    for number in range(3):
        bound_guarantee(index, alice, bruno, now, limit=Decimal("100000.00"))
        buyer_with(number, PEI, at=now)
    with django_assert_max_num_queries(len(few)):
        assert len(effect_of(CARD, localdate(now)).files) == 4


# --- Two people -------------------------------------------------------------------------------------------------------


def test_the_formula_is_in_force_until_two_people_say_otherwise(index, sofia, now):
    assert version_in_force() == FORMULA
    activation = proposed(sofia, now)
    assert version_in_force() == FORMULA
    with pytest.raises(NotTwoPeople):
        activations.confirm(activation.pk, by=sofia, at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        ModelActivation.objects.filter(pk=activation.pk).update(confirmed_by=sofia, confirmed_at=now)
    second = another_senior()
    activations.confirm(activation.pk, by=second, at=now)
    assert version_in_force() == CARD
    with pytest.raises(IllegalTransition):
        activations.reject(activation.pk, by=second, at=now)


def test_the_way_back_is_the_same(index, sofia, now):
    second = another_senior()
    activations.confirm(proposed(sofia, now).pk, by=second, at=now)
    with pytest.raises(IllegalTransition, match="in force already"):
        proposed(sofia, now, CARD)
    activations.confirm(proposed(second, now, FORMULA).pk, by=sofia, at=now)
    assert version_in_force() == FORMULA


def test_only_senior_underwriters_propose_confirm_and_reject(index, bruno, peter, sofia, now):
    with pytest.raises(NotAllowed):
        activations.propose(CARD, reason="", effect={}, by=bruno, at=now)
    activation = proposed(sofia, now)
    for user in (bruno, peter):
        with pytest.raises(NotAllowed):
            activations.confirm(activation.pk, by=user, at=now)
        with pytest.raises(NotAllowed):
            activations.reject(activation.pk, by=user, at=now)
    assert version_in_force() == FORMULA


def test_one_proposal_waits_at_a_time_and_its_author_may_take_it_back(index, sofia, now):
    activation = proposed(sofia, now)
    with pytest.raises(IllegalTransition, match="already waiting"):
        activations.propose(CARD, reason="", effect={}, by=another_senior(), at=now)
    answered = activations.reject(activation.pk, by=sofia, at=now)
    assert (answered.rejected_by, answered.rejected_at, answered.confirmed_at) == (sofia, now, None)
    assert proposed(sofia, now).is_open
    with pytest.raises(IntegrityError), transaction.atomic():
        ModelActivation.objects.filter(pk=activation.pk).update(rejected_at=None)


def test_a_version_that_was_not_run_over_everything_is_refused(index, sofia, now):
    buyer_with(1, PEI, at=now)
    with pytest.raises(rescoring.NoSuchVersion):
        activations.check_may_be_proposed(Version("points", "1999.1"))
    with pytest.raises(IllegalTransition):
        activations.check_may_be_proposed(FORMULA)
    with pytest.raises(activations.NotReadyForForce, match="Run this version over the portfolio first"):
        activations.check_may_be_proposed(CARD)
    run, run_of_formula = rescoring.start(CARD, by=sofia, at=now)
    with pytest.raises(activations.NotReadyForForce):
        activations.check_may_be_proposed(CARD)
    rescoring.advance(run.pk, at=now)
    with pytest.raises(activations.NotReadyForForce, match="The version in force was not run"):
        activations.check_may_be_proposed(CARD)
    rescoring.advance(run_of_formula.pk, at=now)
    activations.check_may_be_proposed(CARD)
    buyer_with(2, PEI, at=now)
    with pytest.raises(activations.NotReadyForForce, match="Statements came since"):
        activations.check_may_be_proposed(CARD)


# --- What it does and does not touch ----------------------------------------------------------------------------------


def test_files_scored_before_keep_their_score_and_replay_to_it(index, alice, bruno, sofia, now):
    guarantee = bound_guarantee(index, alice, bruno, now)
    before = Analysis.objects.get(request=guarantee.request)
    activated(sofia, now)
    after = Analysis.objects.get(pk=before.pk)
    assert (after.model, after.grade, after.pd) == (FORMULA.model, 6, before.pd)
    assert as_dict(score_from_inputs(after.inputs)) == after.result == before.result
    guarantee.refresh_from_db()
    assert (guarantee.offer.grade, guarantee.offer.limit) == (6, Decimal("1480000.00"))


def test_files_scored_after_use_the_card(index, alice, sofia, now):
    activated(sofia, now)
    analysis = analyse(submitted_request(index, alice, now), now)
    assert (analysis.model, analysis.model_version) == (CARD.model, CARD.version)
    assert (analysis.grade, analysis.pd) == (4, Decimal("0.006283"))
    assert as_dict(score_from_inputs(analysis.inputs)) == analysis.result


def test_a_file_scored_again_after_it_uses_the_card(index, alice, sofia, now):
    request = analysed_request(index, alice, now)
    activated(sofia, now)
    assert (analyse(request, now).grade, Analysis.objects.filter(request=request).count()) == (4, 2)


def test_scores_of_statements_are_before_overlays(sofia, now):
    """The same accounts unaudited: a file's score falls for it, the statement's own does not."""
    unaudited = replace(PEI, audited=False)
    buyer_with(1, unaudited, at=now)
    run_all(CARD, sofia, now)
    case = Case(statement=unaudited, on=localdate(now), model=scorecard_of(CARD))
    assert score(case).pd > Decimal("0.006283") == StatementScore.objects.get(model=CARD.model).pd

"""Analyses: the score that is kept with its inputs, scored again to the same, and a person's judgement beside it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from applications import actions as requests
from journal.models import Entry
from tests.factories import analyse, analysed_request, another_senior, at_once, deliver_everything, submitted_request
from underwriting import tasks
from underwriting.actions.analysis import (
    NotAllowed,
    NotTwoPeople,
    confirm_override,
    propose_override,
    reject_override,
    request_analysis,
)
from underwriting.actions.analysis import analyse as score_now
from underwriting.actions.decisions import ask
from underwriting.models import Analysis, GradeOverride
from underwriting.scoring.stored import as_dict
from underwriting.scoring_inputs import score_from_inputs
from unlockfocus import demo
from unlockfocus.errors import IllegalTransition

pytestmark = pytest.mark.django_db


@pytest.fixture
def analysis(index, alice, now):
    return Analysis.objects.get(request=analysed_request(index, alice, now))


# --- Scoring ----------------------------------------------------------------------------------------------------------


def test_pei_is_fair_from_its_own_accounts(analysis):
    assert (analysis.status, analysis.model, analysis.model_version) == ("done", "altman-z2", "1995.1")
    assert (analysis.grade, analysis.pd) == (6, Decimal("0.015"))
    assert analysis.suggestion == {"limit": "1480000.00", "insured_percentage": "0.90"}
    contributions = {factor.code: round(factor.contribution, 2) for factor in analysis.score.factors}
    assert contributions == {
        "working_capital_to_assets": Decimal("0.94"),
        "retained_earnings_to_assets": Decimal("0.66"),
        "operating_return_on_assets": Decimal("0.62"),
        "equity_to_liabilities": Decimal("0.58"),
        "constant": Decimal("3.25"),
    }


def test_a_stored_analysis_is_scored_again_to_the_stored_result(analysis):
    kept = Analysis.objects.get(pk=analysis.pk)
    assert as_dict(score_from_inputs(kept.inputs)) == kept.result


def test_a_later_change_of_the_accounts_does_not_change_a_stored_score(analysis):
    analysis.request.accounts.update(audited=False, items={"total_assets": "1"})
    kept = Analysis.objects.get(pk=analysis.pk)
    assert score_from_inputs(kept.inputs).grade == 6


def test_late_payments_and_unaudited_accounts_step_the_grade_down(index, alice, now):
    request = submitted_request(index, alice, now)
    request.accounts.update(audited=False)
    request.trading.worst_days_late = 61
    request.trading.save()
    scored = analyse(request, now)
    assert [overlay.code for overlay in scored.score.overlays] == ["unaudited", "very_late_once"]
    assert (scored.grade, scored.pd) == (8, Decimal("0.065"))


def test_without_accounts_a_person_judges(index, alice, now):
    request = submitted_request(index, alice, now)
    request.accounts.all().delete()
    scored = analyse(request, now)
    assert (scored.status, scored.grade, scored.pd) == ("referred", None, None)
    assert Entry.objects.get(event="analysis.referred").data == {"missing": ["accounts"]}


def test_scoring_twice_is_the_same_as_once(analysis, now):
    score_now(analysis.pk, at=now)
    assert Entry.objects.filter(event="analysis.done").count() == 1


# --- From submission to score, whatever stands still -----------------------------------------------------------------


def test_submission_leads_to_a_score_once_the_reactions_are_delivered(index, alice, now):
    request = demo.draft_request(index, alice, now)
    requests.submit(request.pk, actor=alice, at=now)
    assert not Analysis.objects.exists()
    deliver_everything()
    owed = Analysis.objects.get(request=request)
    assert owed.status == "pending"
    request.refresh_from_db()
    assert request.status == "in_analysis"


def test_a_request_is_owed_one_analysis_however_often_it_is_asked_for(index, alice, now):
    request = submitted_request(index, alice, now)
    assert request_analysis(request, at=now) == request_analysis(request, at=now)


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_get_the_same_analysis(index, alice, now):
    request = submitted_request(index, alice, now)
    first, second = at_once([lambda: request_analysis(request, at=now)] * 2)
    assert first == second == Analysis.objects.get()


@pytest.mark.django_db(transaction=True)
def test_two_workers_score_one_analysis_once(index, alice, now):
    owed = request_analysis(submitted_request(index, alice, now), at=now)
    at_once([lambda: score_now(owed.pk, at=now)] * 2)
    assert Entry.objects.filter(event="analysis.done").count() == 1


def test_the_sweep_queues_what_a_dead_worker_left(index, alice, now, monkeypatch):
    owed = request_analysis(submitted_request(index, alice, now), at=now - timedelta(seconds=31))
    queued = []
    monkeypatch.setattr(tasks, "queue", lambda task, *args: queued.append((task.name, args)))
    tasks.sweep_analyses()
    assert queued == [("underwriting.tasks.analyse", (owed.pk,))]


# --- A person's judgement ---------------------------------------------------------------------------------------------


def test_an_override_counts_from_its_second_signature(analysis, bruno, sofia, now):
    override = propose_override(analysis.pk, grade=5, reason="New equity in September.", by=bruno, at=now)
    assert (analysis.grade_in_use, analysis.pd_in_use) == (6, Decimal("0.015"))
    confirm_override(override.pk, by=sofia, at=now)
    assert (analysis.grade_in_use, analysis.pd_in_use) == (5, Decimal("0.0090"))
    assert analysis.grade == 6


def test_nobody_confirms_their_own_override(analysis, sofia, now):
    override = propose_override(analysis.pk, grade=5, reason="New equity.", by=sofia, at=now)
    with pytest.raises(NotTwoPeople):
        confirm_override(override.pk, by=sofia, at=now)
    assert confirm_override(override.pk, by=another_senior(), at=now).confirmed_at == now


def test_the_database_refuses_one_person_in_both_places(analysis, sofia, now):
    override = propose_override(analysis.pk, grade=5, reason="New equity.", by=sofia, at=now)
    with pytest.raises(IntegrityError, match="underwriting_override_two_people"), transaction.atomic():
        GradeOverride.objects.filter(pk=override.pk).update(confirmed_by=sofia, confirmed_at=now)


def test_an_underwriter_confirms_nothing_and_an_auditor_proposes_nothing(analysis, bruno, sofia, peter, now):
    with pytest.raises(NotAllowed):
        propose_override(analysis.pk, grade=5, reason="It looks better.", by=peter, at=now)
    override = propose_override(analysis.pk, grade=5, reason="New equity.", by=sofia, at=now)
    with pytest.raises(NotAllowed):
        confirm_override(override.pk, by=bruno, at=now)


def test_the_author_takes_a_proposal_back(analysis, bruno, now):
    override = propose_override(analysis.pk, grade=5, reason="New equity.", by=bruno, at=now)
    assert reject_override(override.pk, by=bruno, at=now).rejected_at == now
    with pytest.raises(IllegalTransition, match="already answered"):
        reject_override(override.pk, by=bruno, at=now)
    assert propose_override(analysis.pk, grade=7, reason="Debt came instead.", by=bruno, at=now)


def test_one_proposal_waits_at_a_time(analysis, bruno, sofia, now):
    propose_override(analysis.pk, grade=5, reason="New equity.", by=bruno, at=now)
    with pytest.raises(IllegalTransition, match="already waiting"):
        propose_override(analysis.pk, grade=4, reason="Much new equity.", by=sofia, at=now)


def test_a_new_analysis_lets_an_unanswered_proposal_lapse(analysis, bruno, sofia, now):
    override = propose_override(analysis.pk, grade=5, reason="New equity.", by=bruno, at=now)
    ask(analysis.request_id, question="Send the accounts to September.", by=bruno, at=now)
    requests.answer(analysis.request_id, text="Attached.", actor=analysis.request.author, at=now)
    analyse(analysis.request, now)
    with pytest.raises(IllegalTransition, match="already answered"):
        confirm_override(override.pk, by=sofia, at=now)
    assert Entry.objects.filter(event="override.rejected", actor=None).count() == 1


def test_a_person_grades_a_buyer_the_model_cannot(index, alice, bruno, sofia, now):
    request = submitted_request(index, alice, now)
    request.accounts.all().delete()
    referred = analyse(request, now)
    override = propose_override(referred.pk, grade=7, reason="Known for ten years.", by=bruno, at=now)
    confirm_override(override.pk, by=sofia, at=now)
    assert (referred.grade_in_use, referred.pd_in_use) == (7, Decimal("0.030"))


def test_the_inputs_hold_the_day_and_the_sizes_of_the_steps(analysis):
    assert analysis.inputs["on"] == date(2026, 11, 24).isoformat()
    assert analysis.inputs["settings"]["late_worst_days"] == 60
    assert analysis.inputs["payments"] == {"average_days_late": 9, "worst_days_late": 31, "overdue_days": None}

"""Runs of a model over the portfolio: what is kept, and what a dead worker, a second one or a change of mind leave."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from time import sleep

import pytest
from django.db import transaction
from django.utils import timezone

from journal.queueing import queue
from tests.factories import another_senior, at_once, buyer_with
from tests.journal.broker import waiting_tasks
from tests.rules.test_scoring import PEI
from underwriting import rescoring as chunks
from underwriting import tasks
from underwriting.actions import rescoring
from underwriting.actions.analysis import NotAllowed
from underwriting.model_versions import has_scored_all
from underwriting.models import BaseRate, BuyerStatement, Rescoring, StatementScore
from underwriting.scoring.grades import grade_for_pd
from underwriting.scoring.result import InsufficientAccounts
from underwriting.scoring.score import Case, rate
from underwriting.scoring.versions import FORMULA, Version, scorecard_of, versions
from underwriting.scoring_inputs import base_rate_of
from unlockfocus.errors import IllegalTransition

pytestmark = pytest.mark.django_db

CARD = versions()[-1]
ABRIDGED = replace(PEI, short_term_liabilities=None, long_term_liabilities=None)
POOR = replace(PEI, net_profit=Decimal(-9_000_000), equity=Decimal(1_000_000), retained_earnings=Decimal(-8_000_000))
YEARS = {
    "pei": PEI,
    "abridged": ABRIDGED,
    "poor": POOR,
    "without sales": replace(PEI, sales=None),
    "negative debts": replace(PEI, total_liabilities=Decimal(-1)),
    "thousands": replace(PEI, unit=1000, prior=None),
    "euros": replace(PEI, currency="EUR"),
    "unknown currency": replace(PEI, currency="XXX"),
    "of a year not over": replace(PEI, period_end=date(2026, 12, 31)),
}


@pytest.fixture
def portfolio(now):
    """One buyer for each of YEARS, in order; two countries, two sectors, each with a base rate of its own."""
    BaseRate.objects.create(valid_from=date(2026, 1, 1), country="RO", rate=Decimal("0.030000"))
    BaseRate.objects.create(valid_from=date(2026, 1, 1), country="RO", sector="41", rate=Decimal("0.052500"))
    places = [("PL", ""), ("RO", "25"), ("RO", "41")]
    return [
        buyer_with(number, year, country=places[number % 3][0], sector=places[number % 3][1], at=now)
        for number, year in enumerate(YEARS.values())
    ]


def run_of(version, by, at, size=4):
    """A run of a version from start to end, in chunks of four."""
    run = rescoring.start(version, by=by, at=at)[0]
    while run.is_running:
        run = rescoring.advance(run.pk, at=at, size=size)
    return run


def kept(version):
    """What is kept for each statement, in the order of YEARS."""
    rows = StatementScore.objects.filter(model=version.model, version=version.version).order_by("statement")
    return [(row.card, row.points, row.pd, row.grade, row.base_rate) for row in rows]


def plainly(version, on):
    """The same worked out one by one from the rows, the plain way."""
    answers = []
    for row in BuyerStatement.objects.select_related("buyer").order_by("pk"):
        base_rate = base_rate_of(row.buyer.country, row.buyer.sector, on)
        prior = (
            None
            if row.prior_sales is None
            else replace(row.statement, period_end=row.period_end - timedelta(days=365), sales=row.prior_sales)
        )
        statement = replace(row.statement, prior=prior)
        try:
            made = rate(Case(statement=statement, on=on, model=scorecard_of(version), base_rate=float(base_rate)))
        except InsufficientAccounts:
            answers.append(("", None, None, None, base_rate))
        else:
            grade = grade_for_pd(made.pd)
            answers.append((made.card, made.points.quantize(Decimal("0.01")), made.pd, grade, base_rate))
    return answers


# --- What is kept -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [CARD, FORMULA], ids=str)
def test_each_statement_gets_what_it_gets_alone(portfolio, sofia, now, version):
    run = run_of(version, sofia, now)
    assert kept(version) == plainly(version, now.date())
    assert (run.status, run.done, run.scored, run.refused) == ("done", 9, 6, 3)
    assert has_scored_all(version)


def test_pei_gets_the_worked_example_where_two_in_a_hundred_fail(portfolio, sofia, now):
    run_of(CARD, sofia, now)
    assert kept(CARD)[0] == ("full", Decimal("24.00"), Decimal("0.006283"), 4, Decimal("0.020000"))
    assert kept(CARD)[3] == ("", None, None, None, Decimal("0.020000"))
    assert [row[4] for row in kept(CARD)[:3]] == [Decimal("0.020000"), Decimal("0.030000"), Decimal("0.052500")]


def test_run_again_it_changes_nothing(portfolio, sofia, now):
    run_of(CARD, sofia, now)
    before = list(StatementScore.objects.order_by("pk").values())
    run_of(CARD, sofia, now + timedelta(days=1))
    assert list(StatementScore.objects.order_by("pk").values()) == before


def test_run_again_under_another_base_rate_it_changes_those_it_concerns(portfolio, sofia, now):
    run_of(CARD, sofia, now)
    before, later = kept(CARD), now + timedelta(days=1)
    BaseRate.objects.create(valid_from=later.date(), country="RO", sector="41", rate=Decimal("0.010000"))
    BaseRate.objects.filter(sector="41", rate=Decimal("0.052500")).update(ended_on=later.date())
    run_of(CARD, sofia, later)
    changed = [place for place, (old, new) in enumerate(zip(before, kept(CARD), strict=True)) if old != new]
    assert changed == [2, 5, 8]
    assert kept(CARD) == plainly(CARD, later.date())


def test_a_year_that_was_not_over_is_scored_once_it_is(portfolio, sofia, now):
    run_of(CARD, sofia, now)
    assert kept(CARD)[8][3] is None
    run_of(CARD, sofia, now + timedelta(days=60))
    assert kept(CARD)[8][3] == grade_for_pd(kept(CARD)[8][2])


def test_statements_that_come_during_a_run_are_left_for_the_next(portfolio, sofia, now):
    run = rescoring.start(CARD, by=sofia, at=now)[0]
    buyer_with(99, PEI, at=now)
    while run.is_running:
        run = rescoring.advance(run.pk, at=now, size=4)
    assert (run.total, run.done) == (9, 9)
    assert not has_scored_all(CARD)


def test_an_empty_portfolio_is_done_at_once(sofia, now):
    run = rescoring.advance(rescoring.start(CARD, by=sofia, at=now)[0].pk, at=now)
    assert (run.status, run.total, run.done) == ("done", 0, 0)


# --- Who, and against what --------------------------------------------------------------------------------------------


def test_only_senior_underwriters_start_cancel_and_resume(portfolio, bruno, sofia, now):
    with pytest.raises(NotAllowed):
        rescoring.start(CARD, by=bruno, at=now)
    run = rescoring.start(CARD, by=sofia, at=now)[0]
    with pytest.raises(NotAllowed):
        rescoring.cancel(run.pk, by=bruno, at=now)
    rescoring.cancel(run.pk, by=sofia, at=now)
    with pytest.raises(NotAllowed):
        rescoring.resume(run.pk, by=bruno, at=now)


def test_a_version_nobody_has_is_refused(sofia, now):
    with pytest.raises(rescoring.NoSuchVersion, match=r"There is no model points 1999\.1"):
        rescoring.start(Version("points", "1999.1"), by=sofia, at=now)


def test_one_run_of_a_version_at_a_time(portfolio, sofia, now):
    rescoring.start(CARD, by=sofia, at=now)
    with pytest.raises(IllegalTransition):
        rescoring.start(CARD, by=sofia, at=now)
    assert Rescoring.objects.filter(model=CARD.model).count() == 1


def test_the_version_in_force_is_run_too_unless_it_scored_all(portfolio, sofia, now):
    def started(version):
        runs = rescoring.start(version, by=sofia, at=now)
        for run in runs:
            rescoring.advance(run.pk, at=now)
        return [run.model for run in runs]

    assert started(CARD) == [CARD.model, FORMULA.model]
    assert started(CARD) == [CARD.model]
    assert started(FORMULA) == [FORMULA.model]
    buyer_with(99, PEI, at=now)
    assert started(CARD) == [CARD.model, FORMULA.model]


# --- Dead workers, second workers, changes of mind --------------------------------------------------------------------


def test_a_worker_that_dies_in_a_chunk_leaves_the_chunks_before_it(portfolio, sofia, now, monkeypatch):
    run = rescoring.start(CARD, by=sofia, at=now)[0]
    rescoring.advance(run.pk, at=now, size=4)

    def die(*_arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(chunks, "_write", die)
        with pytest.raises(KeyboardInterrupt):
            rescoring.advance(run.pk, at=now, size=4)
    run.refresh_from_db()
    assert (run.done, StatementScore.objects.count()) == (4, 4)
    assert run.reached == BuyerStatement.objects.order_by("pk")[3].pk
    while run.is_running:
        run = rescoring.advance(run.pk, at=now, size=4)
    assert kept(CARD) == plainly(CARD, now.date())


def test_it_goes_on_where_it_was_cancelled(portfolio, sofia, now):
    run = rescoring.start(CARD, by=sofia, at=now)[0]
    rescoring.advance(run.pk, at=now + timedelta(seconds=2), size=4)
    other, later = another_senior(), now + timedelta(hours=1)
    cancelled = rescoring.cancel(run.pk, by=other, at=later)
    assert (cancelled.status, cancelled.cancelled_by, cancelled.ended_at) == ("cancelled", other, later)
    assert rescoring.advance(run.pk, at=later, size=4).done == 4
    with pytest.raises(IllegalTransition):
        rescoring.cancel(run.pk, by=sofia, at=later)
    resumed = rescoring.resume(run.pk, by=sofia, at=later)
    assert (resumed.status, resumed.resumed_by, resumed.resumed_done, resumed.pace) == ("running", sofia, 4, 0.0)
    resumed = rescoring.advance(run.pk, at=later + timedelta(seconds=2), size=4)
    assert (resumed.done, resumed.pace) == (8, 2.0)
    assert resumed.expected_end == later + timedelta(seconds=2.5)
    assert rescoring.advance(run.pk, at=later, size=4).status == "done"
    assert kept(CARD) == plainly(CARD, now.date())
    with pytest.raises(IllegalTransition):
        rescoring.resume(run.pk, by=sofia, at=later)


def test_a_cancelled_run_is_not_resumed_beside_another(portfolio, sofia, now):
    first = rescoring.start(CARD, by=sofia, at=now)[0]
    rescoring.cancel(first.pk, by=sofia, at=now)
    rescoring.start(CARD, by=sofia, at=now)
    with pytest.raises(IllegalTransition):
        rescoring.resume(first.pk, by=sofia, at=now)
    first.refresh_from_db()
    assert first.status == "cancelled"


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_score_each_statement_once(portfolio, sofia, now):
    run = rescoring.start(CARD, by=sofia, at=now)[0]

    def until_done():
        for _chunk in range(200):
            found = rescoring.advance(run.pk, at=now, size=1)
            if found and not found.is_running:
                return found.done
        return None

    assert 9 in at_once([until_done, until_done])
    run.refresh_from_db()
    assert (run.status, run.done, StatementScore.objects.count()) == ("done", 9, 9)
    assert kept(CARD) == plainly(CARD, now.date())


@pytest.mark.django_db(transaction=True)
def test_who_finds_a_run_taken_leaves_it(portfolio, sofia, now):
    run = rescoring.start(CARD, by=sofia, at=now)[0]
    with transaction.atomic():
        Rescoring.objects.select_for_update().get(pk=run.pk)
        (found,) = at_once([lambda: rescoring.advance(run.pk, at=now)])
    assert found is None
    assert not StatementScore.objects.exists()


def test_runs_that_stand_still_are_queued_again(portfolio, sofia, now):
    waiting_tasks()
    still, cancelled = rescoring.start(CARD, by=sofia, at=now - timedelta(seconds=61))
    rescoring.cancel(cancelled.pk, by=sofia, at=now)
    tasks.sweep_rescorings()
    assert waiting_tasks() == [("underwriting.tasks.rescore", [still.pk])]
    Rescoring.objects.update(moved_at=now - timedelta(seconds=59))
    tasks.sweep_rescorings()
    assert waiting_tasks() == []


def test_a_task_queues_the_next_chunk_until_there_is_none(portfolio, sofia, now, monkeypatch):
    waiting_tasks()
    monkeypatch.setattr(rescoring, "advance", partial(rescoring.advance, size=5))
    run = rescoring.start(CARD, by=sofia, at=now)[0]
    tasks.rescore(run.pk)
    assert waiting_tasks() == [("underwriting.tasks.rescore", [run.pk])]
    tasks.rescore(run.pk)
    assert waiting_tasks() == []
    run.refresh_from_db()
    assert (run.status, run.done) == ("done", 9)


def test_a_real_worker_runs_it_to_its_end(worker, request):
    at = timezone.now()
    request.getfixturevalue("index")
    sofia = request.getfixturevalue("sofia")
    for number, year in enumerate(YEARS.values()):
        buyer_with(number, year, at=at)
    runs = rescoring.start(CARD, by=sofia, at=at)
    for run in runs:
        queue(tasks.rescore, run.pk)
    for _try in range(300):
        if not Rescoring.objects.filter(status="running").exists():
            break
        sleep(0.1)
    assert [(run.model, run.status, run.done) for run in Rescoring.objects.order_by("pk")] == [
        (CARD.model, "done", 9),
        (FORMULA.model, "done", 9),
    ]
    assert StatementScore.objects.count() == 18

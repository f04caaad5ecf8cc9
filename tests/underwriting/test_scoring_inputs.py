"""What an analysis is made from: accounts kept once, euro rates of their day, incidents of every insured, versions."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from applications.models import ExchangeRate
from claims.actions import deliveries, notices
from tests.factories import (
    analyse,
    analysed_request,
    another_company,
    claim_on_pei,
    deliver_to_pei,
    guarantee_in_force,
    instant,
    submitted_request,
)
from underwriting.actions import rescoring
from underwriting.models import Analysis, BuyerIncident, BuyerStatement, ModelActivation, StatementScore
from underwriting.scoring.stored import as_dict
from underwriting.scoring.versions import FORMULA, UnknownVersion, Version, scorecard_of, versions
from underwriting.scoring_inputs import inputs_of, score_from_inputs

pytestmark = pytest.mark.django_db

SCORED = ("statement", "model", "card", "points", "pd", "grade", "base_rate")


def activate(version, one, other, at):
    return ModelActivation.objects.create(
        model=version.model, version=version.version, reason="Better.", effect={}, proposed_by=one, proposed_at=at,
        confirmed_by=other, confirmed_at=at,
    )  # fmt: skip


# --- Accounts ---------------------------------------------------------------------------------------------------------


def test_every_year_is_kept_once_whoever_gives_it(index, alice, now):
    analyse(analysed_request(index, alice, now), now)
    company, author = another_company()
    analysed_request(company, author, now)
    kept = BuyerStatement.objects.values_list("period_end", "prior_sales", "source")
    assert list(kept) == [
        (date(2025, 12, 31), Decimal("157900000.00"), "insured"),
        (date(2024, 12, 31), None, "insured"),
    ]


def test_corrected_accounts_are_another_row(index, alice, now):
    request = analysed_request(index, alice, now)
    newest = request.accounts.first()
    newest.items["cash"] = "6200001"
    newest.save()
    analyse(request, now)
    assert BuyerStatement.objects.filter(period_end=date(2025, 12, 31)).count() == 2


def test_a_kept_row_says_what_was_given(index, alice, now):
    analysed_request(index, alice, now)
    year = BuyerStatement.objects.first().statement
    assert (year.total_assets, year.currency, year.audited, year.source) == (
        Decimal("96400000.00"), "RON", True, "insured"
    )  # fmt: skip


def test_newer_accounts_that_came_with_another_file_are_pointed_at(index, alice, now, signed_in, bruno):
    request = analysed_request(index, alice, now)
    company, author = another_company()
    other = submitted_request(company, author, now)
    other.accounts.filter(period_end=date(2025, 12, 31)).update(period_end=date(2026, 9, 30))
    analyse(other, now)
    shown = signed_in(bruno).get(f"/desk/file/{request.reference}/").content.decode()
    assert f"to 30 September 2026, came with file {other.reference}" in " ".join(shown.split())
    assert "came with file" not in signed_in(bruno).get(f"/desk/file/{other.reference}/").content.decode()


def test_amounts_are_told_in_euros_at_the_rate_of_the_last_day_of_the_year(index, alice, now, signed_in, bruno):
    """96.4 million at 5.0968, the ECB's of 31 December 2025."""
    request = analysed_request(index, alice, now)
    stored = Analysis.objects.get().inputs["accounts"]["years"][0]
    assert (stored["euro_rate"], stored["euro_rate_on"]) == ("5.096800", "2025-12-31")
    shown = signed_in(bruno).get(f"/desk/file/{request.reference}/").content.decode()
    assert "Total assets €18,913,828" in " ".join(shown.split())


def test_without_a_rate_there_are_no_euros_and_the_score_stands(index, alice, now):
    ExchangeRate.objects.filter(on__lt=date(2026, 8, 1)).delete()
    analysed_request(index, alice, now)
    analysis = Analysis.objects.get()
    assert analysis.inputs["accounts"]["years"][0]["euro_rate"] is None
    assert analysis.grade == 6


# --- Incidents --------------------------------------------------------------------------------------------------------


@pytest.fixture
def delivered(index, alice, bruno, now):
    """INDEX's two invoices to PEI, due on 29 September and 14 November 2027."""
    guarantee = guarantee_in_force(index, alice, bruno, now)
    return guarantee, deliver_to_pei(guarantee, alice)


def test_a_debt_overdue_for_long_with_one_insured_costs_every_other_two_grades(delivered, now):
    guarantee, _invoices = delivered
    deliveries.settle(guarantee, by=None, at=instant(date(2027, 11, 30)))
    company, author = another_company()
    asked = submitted_request(company, author, now)
    inputs = inputs_of(asked, date(2027, 11, 30))
    assert inputs["payments"]["overdue_days"] == 62
    steps = {overlay.code: overlay.facts for overlay in score_from_inputs(inputs).overlays}
    assert steps["overdue_now"] == {"days": "62", "more_than": "60", "grades": "2"}


def test_at_sixty_days_it_does_not(delivered, now):
    guarantee, _invoices = delivered
    deliveries.settle(guarantee, by=None, at=instant(date(2027, 11, 28)))
    company, author = another_company()
    inputs = inputs_of(submitted_request(company, author, now), date(2027, 11, 28))
    assert inputs["payments"]["overdue_days"] == 60
    assert "overdue_now" not in [overlay.code for overlay in score_from_inputs(inputs).overlays]


def test_a_debt_that_is_paid_counts_no_more(delivered, alice, now):
    guarantee, invoices = delivered
    at = instant(date(2027, 11, 10))
    deliveries.settle(guarantee, by=None, at=at)
    assert BuyerIncident.objects.open().count() == 1
    paid = deliveries.CreditFacts("payment", date(2027, 11, 10), Decimal("1110000.00"), invoice=invoices[0])
    deliveries.declare_credits(guarantee.pk, [paid], by=alice, at=at)
    assert BuyerIncident.objects.get().settled_on == date(2027, 11, 10)
    assert inputs_of(guarantee.request, date(2027, 11, 10))["payments"]["overdue_days"] is None


def test_settling_twice_notes_a_debt_once(delivered):
    guarantee, _invoices = delivered
    for _again in range(2):
        deliveries.settle(guarantee, by=None, at=instant(date(2027, 11, 30)))
    noted = BuyerIncident.objects.order_by("since").values_list("reference", "since")
    assert list(noted) == [
        (f"{guarantee.number} F-2027-118", date(2027, 9, 29)),
        (f"{guarantee.number} F-2027-131", date(2027, 11, 14)),
    ]


def test_an_insolvency_told_by_one_insured_is_grade_10_for_all(delivered, alice, now):
    guarantee, invoices = delivered
    answers = {"insolvent_on": "2027-10-04", "known_on": "2027-10-06"}
    told = notices.Sending(act="insolvency_notice", invoices=invoices, answers=answers)
    notices.send(guarantee.pk, told, by=alice, at=instant(date(2027, 10, 7)))
    company, author = another_company()
    score = score_from_inputs(inputs_of(submitted_request(company, author, now), date(2027, 10, 8)))
    assert (score.grade, score.pd, score.overlays[-1].code) == (10, Decimal(1), "insolvency")


def test_claimed_debts_stay_overdue(delivered, alice):
    guarantee, invoices = delivered
    claim_on_pei(guarantee, invoices, alice)
    deliveries.settle(guarantee, by=None, at=instant(date(2027, 12, 20)))
    assert BuyerIncident.objects.open().count() == 2


# --- Versions ---------------------------------------------------------------------------------------------------------


def test_a_new_version_scores_new_files_and_old_ones_are_scored_again_to_what_they_were(
    index, alice, bruno, sofia, now
):
    request = analysed_request(index, alice, now)
    activate(versions()[-1], bruno, sofia, now + timedelta(hours=1))
    analyse(request, now + timedelta(hours=2))
    newest, oldest = Analysis.objects.all()
    assert (oldest.model, oldest.grade) == ("altman-z2", 6)
    assert (newest.model, newest.grade) == ("points", 4)
    for kept in (newest, oldest):
        assert as_dict(score_from_inputs(kept.inputs)) == kept.result


def test_inputs_from_before_there_were_versions_are_the_formula_s(index, alice, now):
    analysed_request(index, alice, now)
    kept = Analysis.objects.get()
    for key in ("model", "base_rate", "sector", "insolvent_on"):
        kept.inputs.pop(key)
    for name in ("abridged_factor", "overdue_days", "overdue_grades"):
        kept.inputs["settings"].pop(name)
    assert as_dict(score_from_inputs(kept.inputs)) == kept.result


def test_going_back_to_the_formula_is_an_activation_like_any_other(index, alice, bruno, sofia, now):
    activate(versions()[-1], bruno, sofia, now)
    activate(FORMULA, sofia, bruno, now + timedelta(hours=1))
    assert inputs_of(submitted_request(index, alice, now), now.date())["model"] == {
        "model": "altman-z2",
        "version": "1995.1",
    }


def test_a_version_nobody_has_is_refused():
    with pytest.raises(UnknownVersion, match=r"points 1999\.9"):
        scorecard_of(Version("points", "1999.9"))


def test_every_version_scores_accounts_as_they_come_just_as_a_run_over_the_portfolio_would(index, alice, sofia, now):
    analysed_request(index, alice, now)
    as_they_came = sorted(StatementScore.objects.values_list(*SCORED))
    assert [(each[1], each[4], each[5]) for each in as_they_came if each[0] == BuyerStatement.objects.first().pk] == [
        ("altman-z2", Decimal("0.015000"), 6),
        ("points", Decimal("0.006283"), 4),
    ]
    StatementScore.objects.all().delete()
    for version in versions():
        for run in rescoring.start(version, by=sofia, at=now):
            rescoring.advance(run.pk, at=now)
    assert sorted(StatementScore.objects.values_list(*SCORED)) == as_they_came

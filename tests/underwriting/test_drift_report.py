"""The drift report: computed from what we hold of buyers and files, kept, and read by all staff."""

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.models import CoverRequest
from parties.models import Buyer, Duty, InsurerRole, User
from tests.factories import (
    analysed_request,
    another_senior,
    at_once,
    bound_guarantee,
    guarantee_in_force,
    instant,
    person_named,
)
from tests.rules.test_scoring import PEI
from underwriting import tasks
from underwriting.actions import drift as acts
from underwriting.actions.guarantees import close, run_off
from underwriting.models import (
    BuyerIncident,
    BuyerStatement,
    DriftReport,
    Guarantee,
    ModelActivation,
    Offer,
    StatementScore,
)
from underwriting.scoring.drift import GradeDefaults, Move, report_from_dict
from underwriting.scoring.statement import ITEMS, Statement, before
from underwriting.scoring.versions import FORMULA, UnknownVersion, Version, versions

pytestmark = pytest.mark.django_db

CARD = versions()[-1]
PAGE, COMPUTE = "/desk/drift/", "/desk/drift/compute/"


def buyer_number(number: int) -> Buyer:
    return Buyer.objects.create(country="RO", registration_number=f"R{number:08d}", name=f"Buyer {number}")


def keep(buyer: Buyer, year: Statement = PEI, *, at: Any = None, fingerprint: str = "") -> BuyerStatement:
    """A year of accounts as somebody gave it."""
    return BuyerStatement.objects.create(
        buyer=buyer,
        source="insured",
        received_at=at or timezone.now(),
        fingerprint=fingerprint or f"{year.period_end} {BuyerStatement.objects.count()}",
        period_end=year.period_end,
        currency=year.currency,
        unit=year.unit,
        audited=year.audited,
        consolidated=year.consolidated,
        prior_sales=before(year, "sales"),
        **{item: getattr(year, item) for item in ITEMS},
    )


def score(statement: BuyerStatement, grade: int | None, version: Version = CARD) -> None:
    StatementScore.objects.create(
        statement=statement,
        model=version.model,
        version=version.version,
        grade=grade,
        base_rate=Decimal("0.02"),
        scored_at=timezone.now(),
    )


def computed(version: Version = CARD, at: Any = None) -> Any:
    return report_from_dict(acts.compute(version, at=at or timezone.now()).facts)


def ratio(report: Any, card: str, code: str) -> Any:
    found = next(each for each in report.cards if each.name == card)
    return next(each for each in found.ratios if each.code == code)


# --- Ratios -----------------------------------------------------------------------------------------------------------


def test_the_reference_buyer_falls_in_its_bins(now):
    keep(buyer_number(1))
    report = computed()
    assert [(card.name, card.buyers) for card in report.cards] == [("full", 1), ("short", 0)]
    current = ratio(report, "full", "current_ratio")
    assert (current.edges, current.counts, current.missing) == ((0.68, 1.1), (0, 0, 1), 0)
    assert current.expected == (0.0817, 0.1667, 0.7516)
    assert ratio(report, "full", "sales_growth").given == 1


def test_the_newest_year_of_a_buyer_counts_and_of_two_the_one_received_last(now):
    buyer = buyer_number(1)
    keep(buyer)
    keep(buyer, replace(PEI, current_assets=Decimal("40")))
    keep(buyer, replace(PEI, period_end=date(2024, 12, 31), current_assets=Decimal("20")))
    report = computed()
    assert report.buyers == 1
    assert ratio(report, "full", "current_ratio").counts == (1, 0, 0)


def test_abridged_accounts_fall_on_the_short_card_and_empty_ones_on_none(now):
    keep(buyer_number(1), replace(PEI, short_term_liabilities=None))
    keep(buyer_number(2), replace(PEI, sales=None))
    report = computed()
    assert ([card.buyers for card in report.cards], report.unusable) == ([0, 1], 1)


def test_what_is_not_given_stands_apart(now):
    keep(buyer_number(1))
    keep(buyer_number(2), replace(PEI, depreciation=None, prior=None))
    report = computed()
    growth = ratio(report, "full", "sales_growth")
    assert (growth.given, growth.missing, growth.missing_share) == (1, 1, 0.5)
    assert ratio(report, "full", "current_ratio").missing == 0


def test_what_came_later_is_not_in_the_report_of_a_day(now):
    keep(buyer_number(1), at=now - timedelta(days=1))
    keep(buyer_number(2), at=now + timedelta(days=1))
    assert computed(at=now).buyers == 1


def test_chunks_add_up_to_the_whole(now, monkeypatch):
    for number in range(7):
        keep(buyer_number(number), replace(PEI, current_assets=Decimal(20 + 10 * number) * 1_000_000))
    whole = computed()
    monkeypatch.setattr(acts, "CHUNK", 3)
    assert computed() == whole
    assert ratio(whole, "full", "current_ratio").counts == (1, 2, 4)


# --- Grades -----------------------------------------------------------------------------------------------------------


def test_grades_are_followed_from_one_year_to_the_next_of_one_version(now):
    buyer, other = buyer_number(1), buyer_number(2)
    for year, grade in ((2023, 5), (2024, 5), (2025, 6)):
        score(keep(buyer, replace(PEI, period_end=date(year, 12, 31))), grade)
    first, second = (keep(other, replace(PEI, period_end=date(year, 12, 31))) for year in (2024, 2025))
    score(first, 4)
    score(second, 7, FORMULA)
    assert computed().moves == (Move(5, 5, 1), Move(5, 6, 1))


def test_a_correction_takes_the_place_of_what_it_corrects(now):
    buyer = buyer_number(1)
    score(keep(buyer, replace(PEI, period_end=date(2024, 12, 31))), 5)
    score(keep(buyer), 8)
    score(keep(buyer), 6)
    assert computed().moves == (Move(5, 6, 1),)


# --- Defaults ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def guarantee(index, alice, bruno, now) -> Guarantee:
    """Bound and in force since 24 November 2026: grade 6, 1.5 %."""
    return guarantee_in_force(index, alice, bruno, now)


A_YEAR_LATER = instant(date(2027, 11, 24))


def test_a_file_counts_from_the_day_its_twelve_months_are_over(guarantee):
    assert computed(at=A_YEAR_LATER - timedelta(days=1)).total.files == 0
    report = computed(at=A_YEAR_LATER)
    assert report.grades == (GradeDefaults(6, 1, Decimal("0.015"), 0),)
    assert (report.file_buyers, report.ended_early) == (1, 0)


def test_an_insolvency_of_the_buyer_is_a_default_of_its_files(guarantee):
    note(guarantee, "insolvency", date(2027, 3, 1))
    assert computed(at=A_YEAR_LATER).total == GradeDefaults(None, 1, Decimal("0.015"), 1)


@pytest.mark.parametrize(("settled_on", "defaults"), [(None, 1), (date(2027, 5, 31), 1), (date(2027, 5, 30), 0)])
def test_a_debt_is_a_default_once_it_is_more_than_ninety_days_overdue(guarantee, settled_on, defaults):
    note(guarantee, "overdue", date(2027, 3, 1), settled_on)
    assert computed(at=A_YEAR_LATER).total.observed == defaults


def test_another_buyers_trouble_is_not_ours(guarantee):
    note(guarantee, "insolvency", date(2027, 3, 1))
    BuyerIncident.objects.update(buyer=buyer_number(1))
    assert computed(at=A_YEAR_LATER).total.observed == 0


def note(guarantee: Guarantee, kind: str, since: date, settled_on: date | None = None) -> None:
    BuyerIncident.objects.create(
        buyer=guarantee.buyer,
        kind=kind,
        reference=guarantee.number,
        since=since,
        settled_on=settled_on,
        noted_at=instant(since),
    )


def test_a_file_that_ran_off_or_was_closed_early_counts_on_the_same_day(guarantee, bruno):
    run_off(guarantee.pk, reason="Delivered.", by=None, at=instant(date(2027, 2, 1)))
    assert computed(at=A_YEAR_LATER).total.files == 1
    close(guarantee.pk, reason="Paid.", by=bruno, at=instant(date(2027, 3, 1)))
    assert computed(at=A_YEAR_LATER - timedelta(days=1)).total.files == 0
    report = computed(at=A_YEAR_LATER)
    assert (report.total.files, report.ended_early) == (1, 1)


def test_what_never_took_effect_is_no_file(index, alice, bruno, now):
    bound_guarantee(index, alice, bruno, now)
    assert computed(at=A_YEAR_LATER).total.files == 0


# --- Which scorecard, and twice ---------------------------------------------------------------------------------------


def test_while_the_formula_is_in_force_the_report_is_of_the_newest_scorecard_and_says_so(now):
    row = acts.compute(FORMULA, at=now)
    assert (row.model, row.version) == (CARD.model, CARD.version)
    assert report_from_dict(row.facts).in_force == ("altman-z2", "1995.1")


def test_an_unknown_version_is_refused(now):
    with pytest.raises(UnknownVersion):
        acts.compute(Version("points", "1999.1"), at=now)
    assert not DriftReport.objects.exists()


def test_the_task_reports_on_the_version_in_force(index, sofia, now):
    ModelActivation.objects.create(
        model=CARD.model,
        version=CARD.version,
        reason="Better.",
        effect={},
        proposed_by=sofia,
        proposed_at=now,
        confirmed_by=another_senior(),
        confirmed_at=now,
    )
    tasks.compute_drift()
    assert report_from_dict(DriftReport.objects.get().facts).in_force == (CARD.model, CARD.version)


def test_a_day_has_one_report_the_last_and_another_day_another(now):
    keep(buyer_number(1))
    tasks.compute_drift()
    keep(buyer_number(2))
    tasks.compute_drift()
    assert report_from_dict(DriftReport.objects.get().facts).buyers == 2
    acts.compute(CARD, at=now + timedelta(days=1))
    assert DriftReport.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_leave_one_report(now):
    keep(buyer_number(1))
    results = at_once([lambda: acts.compute(CARD, at=now)] * 2)
    assert all(isinstance(each, DriftReport) for each in results)
    assert DriftReport.objects.count() == 1


# --- The page ---------------------------------------------------------------------------------------------------------


def text_of(response: Any) -> str:
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def with_duty(role: str) -> User:
    user = User.objects.create_user(f"{role}@unlockfocus.example", name=role, language="en", is_staff=True)
    Duty.objects.create(user=user, role=role)
    return user


# role: (GET the page, GET the act, POST the act)
ROLES = dict.fromkeys(InsurerRole.values, "200 405 403") | {InsurerRole.SENIOR_UNDERWRITER: "200 405 302"}


@pytest.mark.parametrize("role", ROLES)
def test_all_staff_read_and_senior_underwriters_compute(role, index, now, signed_in, monkeypatch):
    queued = []
    monkeypatch.setattr("underwriting.desk_drift.queue", lambda task: queued.append(task.name))
    browser = signed_in(with_duty(role))
    answers = [browser.get(PAGE), browser.get(COMPUTE), browser.post(COMPUTE)]
    assert " ".join(str(each.status_code) for each in answers) == ROLES[role]
    assert queued == (["underwriting.tasks.compute_drift"] if role == InsurerRole.SENIOR_UNDERWRITER else [])
    assert (COMPUTE in answers[0].content.decode()) is (role == InsurerRole.SENIOR_UNDERWRITER)


@pytest.mark.parametrize("name", ["Hélène Roux", "Alice Bernard", "Marc Petit", "Camille Dubois"])
def test_nobody_else_enters(name, index, now, signed_in, client):
    browser = signed_in(person_named(name))
    for url, method in ((PAGE, browser.get), (COMPUTE, browser.post)):
        assert method(url).status_code in {302, 403}
        assert client.get(url).status_code == 302
    assert not DriftReport.objects.exists()


def test_before_the_first_report_the_page_says_what_will_appear(sofia, peter, now, signed_in):
    assert "No report has been computed yet" in text_of(signed_in(sofia).get(PAGE))
    assert "when a senior underwriter asks for it" in text_of(signed_in(peter).get(PAGE))


def test_a_young_portfolio_concludes_nothing_and_says_so(peter, now, signed_in):
    keep(buyer_number(1))
    tasks.compute_drift()
    page = text_of(signed_in(peter).get(PAGE))
    for words in (
        "Too few buyers to tell whether they have changed",
        "computed on 24 November 2026, 10:00",
        "Altman's Z'' (emerging markets) 1995.1 scores new files",
        "1 buyer on the full card",
        "No buyer on the short card",
        "too few buyers",
        "A ratio is judged from 200 buyers on, a grade from 50 files on",
        "No grade can be followed from one year to the next yet",
        "No file is twelve months old yet",
    ):
        assert words in page


def portfolio(buyers: int, guarantee: Guarantee | None = None) -> None:
    """Buyers like PEI with two years scored, and, with a guarantee, as many files as it can be copied into."""
    for number in range(buyers):
        buyer = buyer_number(number)
        score(keep(buyer, replace(PEI, period_end=date(2024, 12, 31))), 5)
        score(keep(buyer), 4 + number % 3)
        if guarantee:
            copy(guarantee, buyer, number)


def copy(guarantee: Guarantee, buyer: Buyer, number: int) -> None:
    """The same guarantee on another buyer."""
    request = CoverRequest.objects.get(pk=guarantee.request.pk)
    offer = Offer.objects.get(pk=guarantee.offer_id)
    request.pk, request.reference, request.buyer = None, f"D-COPY-{number}", buyer
    request.save()
    offer.pk, offer.number, offer.request = None, f"O-COPY-{number}", request
    offer.save()
    twin = Guarantee.objects.get(pk=guarantee.pk)
    twin.pk, twin.number, twin.offer, twin.buyer = None, f"G-COPY-{number}", offer, buyer
    twin.save()


def test_a_grown_portfolio_is_judged(guarantee, peter, signed_in):
    portfolio(200, guarantee)
    for number in range(12):
        buyer = Buyer.objects.get(registration_number=f"R{number:08d}")
        BuyerIncident.objects.create(
            buyer=buyer, kind="insolvency", reference=str(number), since=date(2027, 3, 1), noted_at=timezone.now()
        )
    acts.compute(CARD, at=A_YEAR_LATER)
    page = text_of(signed_in(peter).get(PAGE))
    for words in (
        "9 of 9 ratios have moved: act",
        "201 buyers on the full card",
        "given by all",
        "From one year to the next 68 kept their grade, 67 improved, 66 weakened",
        "12 defaulted within twelve months where 3.0 were expected, on 201 files",
        "more than expected",
    ):
        assert words in page
    assert "scores new files" not in page


def test_the_page_costs_the_same_queries_with_one_buyer_and_with_thirty(peter, now, signed_in):
    browser = signed_in(peter)
    counts = []
    for first, last in ((0, 1), (1, 30)):
        for number in range(first, last):
            score(keep(buyer_number(number)), 5)
        tasks.compute_drift()
        with CaptureQueriesContext(connection) as queries:
            browser.get(PAGE)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_computing_costs_the_same_queries_with_one_buyer_and_with_thirty(now):
    counts = []
    for first, last in ((0, 1), (1, 30)):
        for number in range(first, last):
            score(keep(buyer_number(number)), 5)
        with CaptureQueriesContext(connection) as queries:
            acts.compute(CARD, at=now)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_desk_leads_to_the_page(language, index, alice, peter, now, client):
    analysed_request(index, alice, now)
    tasks.compute_drift()
    client.force_login(peter, backend="django.contrib.auth.backends.ModelBackend")
    heard = {"accept-language": language}
    assert PAGE in client.get(reverse("admin:index"), headers=heard).content.decode()
    assert client.get(PAGE, headers=heard).status_code == 200

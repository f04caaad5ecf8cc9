"""Claims figures of the portfolio and the published service levels, worked by hand; EUR.

INDEX's claim is complete on Monday 29 November 2027 and approved on Monday 15 May 2028: 168 days. Its waiting period
ends on 12 May, the last day to decide is Monday 12 June 2028: from the end of the wait it took 3 days. EUR 1,332,000.00
is paid on 16 May, one day after the approval.

The guarantee is bound in 2026 and covers 1 December 2026 to 14 November 2027: 349 days.
"""

from datetime import date
from decimal import Decimal
from html import unescape
from re import sub

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims import portfolio
from claims.actions import indemnities, recoveries
from claims.models import Claim, Indemnity, Reserve
from claims.portfolio import portfolio_on, published_on
from claims.reserving import Origin
from tests.claims.money import LOST_ON, claim_in_collection, paid, signed
from tests.factories import (
    another_company,
    claim_on_pei,
    deliver_everything,
    deliver_to_pei,
    guarantee_in_force,
    instant,
    person_named,
)

FIGURES, PUBLIC = "/desk/portfolio/", "/service-levels/"


def text_of(response):
    """The words of the page, without its marks and double spaces."""
    return " ".join(unescape(sub(r"<[^>]+>", " ", response.content.decode())).split())


@pytest.fixture(autouse=True)
def _long_sessions(settings):
    """Whoever signed in stays so for the years this file travels through."""
    settings.SESSION_COOKIE_AGE = 10 * 366 * 86400


@pytest.fixture
def david(index):
    return person_named("David Moreau")


@pytest.fixture
def ines(index):
    return person_named("Inês Costa")


@pytest.fixture
def claim(index, alice, bruno, david, now):
    claim = claim_in_collection(index, alice, bruno, david, now)
    deliver_everything()
    return claim


@pytest.fixture
def paid_claim(claim, david, ines):
    indemnity = signed(claim, david, ines)
    deliver_everything()
    paid(claim, david, ines, indemnity=indemnity)
    deliver_everything()
    return claim


@pytest.fixture
def recovered(paid_claim, david):
    """PEI's receiver pays 100,000.00 on 1 June 2028; 90 % of it is the insurer's."""
    receipt = recoveries.Receipt(date(2028, 6, 1), "insurer", "PEI's receiver", Decimal("100000.00"))
    return recoveries.record(paid_claim.pk, receipt, by=david, at=instant(date(2028, 6, 2)))


def on(day):
    return time_machine.travel(instant(day), tick=False)


def euros(*amounts):
    return tuple(Decimal(amount) for amount in amounts)


# --- The portfolio ----------------------------------------------------------------------------------------------------


def test_the_triangle_follows_reserve_payment_and_recovery_from_year_to_year(recovered):
    assert recovered.to_insurer == Decimal("90000.00")
    found = portfolio_on(date(2028, 6, 30)).triangle.origins
    assert found == (
        Origin(2026, euros("0.00", "0.00", "1242000.00"), euros("0.00", "1332000.00", "1242000.00")),
        Origin(2027, euros("0.00", "0.00"), euros("0.00", "0.00")),
        Origin(2028, euros("0.00"), euros("0.00")),
    )


def test_premium_is_earned_by_the_day_from_the_first_day_covered(index, alice, bruno, now):
    """The net premium, without tax, is 31,571.11. By 31 December 2026 31 days of 349 are covered: 2,804.31."""
    guarantee_in_force(index, alice, bruno, now)
    assert portfolio_on(date(2026, 11, 30)).total.earned == Decimal("0.00")
    assert portfolio_on(date(2026, 12, 31)).total.earned == Decimal("2804.31")
    assert portfolio_on(date(2027, 11, 14)).total.earned == Decimal("31571.11")


def test_a_year_of_origin_has_its_loss_ratio(recovered):
    """(1,332,000.00 - 90,000.00 + 0) / 31,571.11 = 39.3398."""
    shown = portfolio_on(date(2028, 6, 30))
    [year] = shown.years
    assert (year.year, year.paid, year.recovered, year.reserved) == (2026, *euros("1332000.00", "90000.00", "0.00"))
    assert year.loss_ratio == shown.total.loss_ratio == Decimal("39.3398")


def test_what_is_reserved_counts_and_is_listed_with_its_claim(claim, david, signed_in):
    Reserve.objects.create(
        claim=claim, indemnity=Decimal("900000.00"), costs=Decimal("12000.00"), reason="The buyer pays",
        set_by=david, set_at=instant(date(2028, 1, 10)),
    )  # fmt: skip
    with on(date(2028, 1, 31)):
        page = signed_in(david).get(FIGURES)
    shown = text_of(page)
    assert "Paid €0.00, recovered €0.00, reserved €912,000.00." in shown
    assert "€912,000.00 is reserved for 1 claim" in shown
    assert "CL-2027-000001 PEI INDEX SAS In collection 900,000.00 12,000.00 0.00" in shown
    assert f'href="/desk/claims/{claim.number}/"' in page.content.decode()
    # 2027: 1,332,000.00 set aside; 2028: 420,000.00 less.
    assert "2026 0.00 1,332,000.00 912,000.00" in shown


def test_a_payment_that_came_back_is_not_paid(paid_claim):
    Indemnity.objects.update(status="failed", paid_on=None)
    assert portfolio_on(date(2028, 6, 30)).total.paid == Decimal("0.00")


def test_an_empty_portfolio_says_what_will_appear(index, david, signed_in, now):
    shown = text_of(signed_in(david).get(FIGURES))
    assert "No premium is earned yet" in shown
    assert "No guarantee is in force yet" in shown


@pytest.mark.parametrize("name", ["David Moreau", "Inês Costa", "Bruno Keller", "Sofia Lindqvist", "Peter Adler"])
def test_everybody_with_a_duty_reads_the_figures(index, signed_in, now, name):
    assert signed_in(person_named(name)).get(FIGURES).status_code == 200


@pytest.mark.parametrize("name", ["Alice Bernard", "Camille Dubois"])
def test_nobody_else_does(index, signed_in, now, name):
    assert signed_in(person_named(name)).get(FIGURES).status_code == 302


def queries_of(browser, address):
    browser.get(address)
    with CaptureQueriesContext(connection) as queries:
        browser.get(address)
    return len(queries)


def claims_of_others(numbers, bruno, now):
    """Other companies' claims, undecided, with what is set aside for them."""
    for number in numbers:
        company, author = another_company(number)
        guarantee = guarantee_in_force(company, author, bruno, now)
        claim = claim_on_pei(guarantee, deliver_to_pei(guarantee, author), author)
        Claim.objects.filter(pk=claim.pk).update(completed_at=instant(date(2027, 12, 1)))
        deliver_everything()


def test_figures_and_service_levels_cost_as_many_queries_with_two_claims_as_with_four(
    recovered, bruno, now, david, signed_in, client
):
    counts = []
    for numbers in ([1], [2, 3]):
        claims_of_others(numbers, bruno, now)
        with on(date(2028, 7, 3)):
            counts.append((queries_of(signed_in(david), FIGURES), queries_of(client, PUBLIC)))
    assert Reserve.objects.values("claim").distinct().count() == 4
    assert counts[0] == counts[1]


# --- Service levels ---------------------------------------------------------------------------------------------------


def test_decisions_are_timed_from_the_complete_file_and_payments_from_the_approval(paid_claim):
    found = published_on(date(2028, 7, 3))
    decisions = found.decisions
    assert (decisions.decided, decisions.refused, decisions.late, decisions.undecided_past_day) == (1, 0, 0, 0)
    assert (decisions.median_days, decisions.p90_days, decisions.in_time) == (168, 168, Decimal("1.0000"))
    assert (found.ripe.median_days, found.ripe.in_time) == (3, Decimal("1.0000"))
    assert (found.payments.paid, found.payments.late, found.payments.median_days) == (1, 0, 1)
    assert found.since == date(2027, 11, 29)


def test_a_claim_nobody_decides_counts_from_the_day_after_its_last(claim):
    assert published_on(date(2028, 6, 12)).is_empty
    late = published_on(date(2028, 6, 13)).decisions
    assert (late.decided, late.late, late.undecided_past_day, late.median_days) == (0, 1, 1, 197)


def test_a_refused_claim_counts_like_any_other(claim, david, ines):
    prepared = indemnities.prepare(claim.pk, by=david, at=instant(LOST_ON))
    indemnities.refuse(prepared.pk, reasons="The goods went to somebody else.", by=ines, at=instant(LOST_ON))
    decisions = published_on(date(2028, 7, 3)).decisions
    assert (decisions.decided, decisions.refused, decisions.median_days) == (1, 1, 168)


def test_a_claim_closed_without_a_decision_counts_only_past_its_day(claim, david):
    Claim.objects.update(status="closed", closed_at=instant(date(2028, 6, 12)))
    assert published_on(date(2028, 9, 1)).is_empty
    Claim.objects.update(closed_at=instant(date(2028, 6, 13)))
    assert published_on(date(2028, 9, 1)).decisions.late == 1
    assert published_on(date(2028, 9, 1)).decisions.undecided_past_day == 0


def test_a_claim_decided_while_a_document_was_awaited_counts_from_its_opening(claim, david, ines):
    """Opened on 26 November 2027, decided on 15 May 2028: 171 days, whatever was asked for in between."""
    Claim.objects.update(completed_at=None)
    signed(claim, david, ines)
    assert published_on(date(2028, 7, 3)).decisions.median_days == 171


def test_what_the_buyer_pays_after_the_decision_does_not_make_it_late(paid_claim):
    """Without an unpaid invoice the wait would not count: the file of November would have been owed in December."""
    paid_claim.invoices.update(settled_on=date(2028, 8, 1))
    assert published_on(date(2028, 9, 1)).decisions.late == 0


def test_a_payment_that_came_back_is_owed_until_it_is_made_again(paid_claim):
    """Approved on 15 May 2028, owed by 30 May; on 31 May 16 days."""
    Indemnity.objects.update(status="failed", paid_on=None)
    payments = published_on(date(2028, 5, 31)).payments
    assert (payments.paid, payments.late, payments.unpaid_past_day, payments.median_days) == (0, 1, 1, 16)


def test_few_claims_are_counted_on_the_public_page_and_their_days_kept(paid_claim, client, signed_in, david):
    with on(date(2028, 7, 3)):
        shown, at_desk = text_of(client.get(PUBLIC)), text_of(signed_in(david).get(FIGURES))
    assert "1 claim is measured so far" in shown
    assert "Their days are published from 5 claims on: with fewer, a single claim could be recognised." in shown
    assert "168" not in shown
    assert "168 168" in at_desk


def test_the_public_page_says_the_figures_and_what_counts(paid_claim, client, monkeypatch):
    monkeypatch.setattr(portfolio, "PUBLISHED_FROM", 1)
    with on(date(2028, 7, 3)):
        shown = text_of(client.get(PUBLIC))
    assert "Decided within 168 days in half of all claims, within 168 days in nine of ten" in shown
    assert "Every claim since November 2027, as of 3 July 2028: approved or refused, early or late." in shown
    assert "Decision, from the complete file 1 of which refused: 0 0 0 100.0% 168 168" in shown
    assert "The same, from the end of the waiting period where that came later 3 3" in shown
    assert "Payment, from the approval 1 0 0 100.0% 1 1" in shown
    assert "A decision is owed 30 days after the last document of the file came" in shown
    assert "is owed 10 working days after its approval" in shown


def test_no_claim_company_or_amount_can_be_recognised_on_it(recovered, client):
    with on(date(2028, 7, 3)):
        shown = text_of(client.get(PUBLIC))
    for secret in ("CL-", "IN-", "GA-", "INDEX", "PEI", "€", "EUR", "1,332", "1,480", "29 November"):
        assert secret not in shown


def test_before_the_first_claim_it_says_so(index, client, now):
    shown = text_of(client.get(PUBLIC))
    assert "No claim has been decided yet" in shown
    assert "As of 24 November 2026." in shown
    assert "We publish no figure of somebody else in the meantime." in shown


def test_it_is_linked_from_every_page_and_from_the_desk(index, client, signed_in, david, now):
    assert f'href="{PUBLIC}"' in client.get("/").content.decode()
    assert f'href="{PUBLIC}"' in signed_in(david).get(FIGURES).content.decode()

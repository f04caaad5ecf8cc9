"""What is overdue is said where people come in: the front door, the list of guarantees, the guarantee and the file."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from claims.actions import deliveries, notices
from claims.overdue import overdue_by_guarantee
from tests.factories import (
    another_company,
    claim_on_pei,
    deliver_to_pei,
    guarantee_in_force,
    instant,
    person_named,
)

LATE = date(2027, 10, 20)  # F-2027-118 was due on 29 September 2027; its notice is due by 29 October
STOPPED = date(2027, 11, 2)


@pytest.fixture
def guarantee(index, alice, bruno, now):
    guarantee = guarantee_in_force(index, alice, bruno, now)
    deliver_to_pei(guarantee, alice)
    return guarantee


@pytest.fixture
def see(signed_in, settings):
    """The text of a page as a person reads it on a day: `see(alice, LATE, "home")`."""
    settings.SESSION_COOKIE_AGE = 10 * 366 * 86400

    def see(who, day, name, *args):
        with time_machine.travel(instant(day), tick=False):
            return " ".join(signed_in(who).get(reverse(name, args=args)).content.decode().split())

    return see


def test_somebody_with_an_overdue_invoice_comes_to_the_guarantees_first(guarantee, alice, signed_in, settings):
    settings.SESSION_COOKIE_AGE = 10 * 366 * 86400
    arrivals = []
    for day in (date(2027, 9, 29), date(2027, 9, 30)):
        with time_machine.travel(instant(day), tick=False):
            arrivals.append(signed_in(alice).get("/")["Location"])
    assert arrivals == ["/requests/", "/guarantees/"]


def test_another_company_is_not_told(guarantee, signed_in, settings):
    settings.SESSION_COOKIE_AGE = 10 * 366 * 86400
    _company, stranger = another_company()
    with time_machine.travel(instant(LATE), tick=False):
        assert signed_in(stranger).get("/")["Location"] == "/requests/"


def test_the_list_says_how_many_since_when_and_what_is_due_next(guarantee, alice, see):
    text = see(alice, LATE, "guarantees")
    assert "1 invoice overdue since 29 September 2027" in text
    assert "Overdue notice F-2027-118: 29 October 2027, 9 days left" in text


def test_two_overdue_invoices_are_counted_together(guarantee, alice, see):
    assert "2 invoices overdue, the first since 29 September 2027" in see(alice, date(2027, 11, 20), "guarantees")


def test_after_the_notice_the_claim_is_next_and_after_the_claim_nothing(guarantee, alice, bruno, now):
    told = notices.Sending(act="overdue_notice", invoices=list(guarantee.invoices.filter(number="F-2027-118")))
    notices.send(guarantee.pk, told, by=alice, at=instant(LATE))
    duty = overdue_by_guarantee([guarantee], LATE)[guarantee.pk].duty
    assert (duty.kind, duty.on) == ("claim", date(2027, 11, 29))  # the 28th is a Sunday

    claimed = guarantee_in_force(guarantee.request.company, alice, bruno, now)
    claim_on_pei(claimed, deliver_to_pei(claimed, alice), alice)
    assert overdue_by_guarantee([claimed], date(2027, 12, 1))[claimed.pk].duty is None


def test_what_is_paid_is_not_overdue(guarantee, alice):
    deliveries.declare_credit(
        guarantee.pk, kind="payment", on=LATE, amount=Decimal("1110000.00"), by=alice, at=instant(LATE)
    )
    assert overdue_by_guarantee([guarantee], LATE) == {}


def test_the_guarantee_and_the_file_say_to_stop_delivering(guarantee, alice, see):
    said = "Stop delivering: €1,110,000.00 is overdue, and nothing delivered since 30 October 2027 is covered."
    assert said in see(alice, STOPPED, "guarantee", guarantee.number)
    assert said in see(alice, STOPPED, "file", guarantee.request.reference)


def test_the_guarantee_leads_to_its_deliveries_unpaid_invoices_and_claims(guarantee, alice, see):
    claim = claim_on_pei(guarantee, guarantee.invoices.all(), alice)
    text = see(alice, date(2027, 12, 1), "guarantee", guarantee.number)
    for address in (
        reverse("deliveries", args=[guarantee.number]),
        reverse("unpaid", args=[guarantee.number]),
        reverse("claim", args=[claim.number]),
    ):
        assert f'href="{address}"' in text


def test_a_viewer_reads_what_is_due_and_is_led_to_no_act(guarantee, see):
    text = see(person_named("Marc Petit"), LATE, "guarantee", guarantee.number)
    assert "€1,110,000.00 is overdue" in text
    assert reverse("unpaid", args=[guarantee.number]) not in text


def test_the_list_costs_the_same_with_one_guarantee_and_with_four(guarantee, index, alice, bruno, signed_in, settings):
    settings.SESSION_COOKIE_AGE = 10 * 366 * 86400
    browser = signed_in(alice)

    def queries():
        with time_machine.travel(instant(LATE), tick=False), CaptureQueriesContext(connection) as asked:
            browser.get(reverse("guarantees"))
        return len(asked)

    queries()
    with_one = queries()
    for _number in range(3):
        deliver_to_pei(guarantee_in_force(index, alice, bruno, instant(date(2026, 11, 25))), alice)
    assert queries() == with_one

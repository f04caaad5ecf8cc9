"""Recoveries and the end of a claim, through their pages. Every figure is worked by hand; EUR."""

from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from re import sub

import pytest
import time_machine
from django.urls import reverse

from claims.actions import closing, cover, indemnities, recoveries
from claims.actions.cover import Found
from claims.actions.recoveries import Receipt
from claims.coverage import Check, Outcome
from claims.models import CollectionStep, Paper, Recovery
from tests.claims.money import LOST_ON, claim_in_collection, paid, signed
from tests.factories import another_company, instant, person_named

DAY = date(2028, 9, 4)
AT = instant(DAY)
RECEIPT = {
    "received_on": "2028-09-01",
    "received_by": "insurer",
    "source": "PEI SRL, Pitesti",
    "received": "400 000,00",
    "interest": "",
}


@pytest.fixture
def david(index):
    return person_named("David Moreau")


@pytest.fixture
def ines(index):
    return person_named("Inês Costa")


@pytest.fixture
def claim(index, alice, bruno, david, now):
    claim = claim_in_collection(index, alice, bruno, david, now)
    claim.guarantee.offer.to_pay = Decimal("29757.79")
    claim.guarantee.offer.save()
    return claim


@pytest.fixture
def on(signed_in):
    """A browser of a person on 4 September 2028: `on(david).get(room(claim))`."""
    with time_machine.travel(instant(DAY, 12), tick=False):
        yield signed_in


def cost(claim, amount, david, ines=None):
    approval = {"cost_approved_by": ines, "cost_approved_at": AT} if ines else {}
    return CollectionStep.objects.create(
        claim=claim, code="legal", taken_on=date(2028, 7, 1), cost=Decimal(amount), taken_by=david, taken_at=AT,
        **approval,
    )  # fmt: skip


def received(claim, amount, david, *, by="insurer", day=date(2028, 9, 1)):
    return recoveries.record(claim.pk, Receipt(day, by, "PEI SRL", Decimal(amount)), by=david, at=AT)


def act(name, claim):
    return reverse(f"admin:claim-{name}", args=[claim.number])


def text(page):
    """What a person reads, on one line."""
    return " ".join(unescape(sub(r"<[^>]+>", " ", page.content.decode())).split())


# --- Dividing ---------------------------------------------------------------------------------------------------------


def test_a_receipt_is_divided_on_the_page_before_it_is_recorded(claim, david, ines, on):
    """400,000 less costs of 24,000: 338,400 to the insurer, 37,600 to INDEX, which the insurer owes it."""
    paid(claim, david, ines)
    cost(claim, "24000.00", david, ines)
    browser = on(david)
    assert "€24,000.00 of approved costs wait and come off this receipt." in text(browser.get(act("recover", claim)))
    page = browser.post(act("recover", claim), RECEIPT)
    assert page.status_code == 200
    read = text(page)
    assert "€338,400.00 to us, €37,600.00 to INDEX SAS" in read
    assert "Received 400,000.00 Approved costs of 1 July 2028 −24,000.00" in read
    assert "Net recovery on the loss indemnified 376,000.00" in read
    assert "which bore 1,332,000.00 of the loss of 1,480,000.00 338,400.00" in read
    assert "Unlock Focus owes INDEX SAS €37,600.00" in read
    assert "Record €400,000.00: €338,400.00 to us" in read
    assert page.content.decode().count('class="button"') == 1
    assert not Recovery.objects.exists()
    done = browser.post(act("recover", claim), RECEIPT | {"seen": page.context["seen"]})
    assert done.status_code == 302
    recovery = Recovery.objects.get()
    assert (recovery.to_insurer, recovery.to_insured) == (Decimal("338400.00"), Decimal("37600.00"))
    read = text(browser.get(act("recoveries", claim)))
    assert "€400,000.00 recovered, €338,400.00 of it ours" in read
    assert "€1,080,000.00 of the indemnified loss is still out." in read
    assert "No approved costs wait" in read


def test_a_cost_approved_meanwhile_shows_the_division_again(claim, david, ines, on):
    """Seen without costs 360,000 and 40,000; now 338,400 and 37,600."""
    paid(claim, david, ines)
    browser = on(david)
    page = browser.post(act("recover", claim), RECEIPT)
    assert "€360,000.00 to us, €40,000.00 to INDEX SAS" in text(page)
    cost(claim, "24000.00", david, ines)
    again = browser.post(act("recover", claim), RECEIPT | {"seen": page.context["seen"]})
    assert again.status_code == 409
    assert "It has changed since you read it: nothing was done" in text(again)
    assert "€338,400.00 to us, €37,600.00 to INDEX SAS" in text(again)
    assert not Recovery.objects.exists()


def test_what_the_insured_received_it_owes_with_the_costs_the_insurer_advanced(claim, david, ines, on):
    """338,400 + 24,000."""
    paid(claim, david, ines)
    cost(claim, "24000.00", david, ines)
    read = text(on(david).post(act("recover", claim), RECEIPT | {"received_by": "insured"}))
    assert "INDEX SAS owes Unlock Focus €362,400.00" in read


def test_debts_outside_cover_take_their_part_on_the_page(claim, david, ines, on):
    """148,000 not covered: 9 to 1. Of 400,000 the insured's own debts take 40,000, of the costs 2,400."""
    first = claim.invoices.get(number="F-2027-118")
    found = Found(Check.WITHIN_ORDER, Outcome.UNMET, "Not ordered", first, Decimal("148000.00"))
    cover.find(claim.pk, found, by=david, at=instant(LOST_ON))
    paid(claim, david, ines)
    cost(claim, "24000.00", david, ines)
    read = text(on(david).post(act("recover", claim), RECEIPT))
    assert "all of it belongs to INDEX SAS −40,000.00" in read
    assert "Costs borne by debts outside cover 2,400.00" in read
    assert "Net recovery on the loss indemnified 338,400.00" in read
    assert "€304,560.00 to us, €33,840.00 to INDEX SAS" in read
    assert "Unlock Focus owes INDEX SAS €71,440.00" in read


def test_interest_is_said_and_costs_above_the_receipt_are_borne_by_both(claim, david, ines, on):
    """10,000 less 24,000: of -14,000 the insurer bears 12,600, INDEX 1,400, which it owes."""
    paid(claim, david, ines)
    cost(claim, "24000.00", david, ines)
    read = text(on(david).post(act("recover", claim), RECEIPT | {"received": "10000", "interest": "2000"}))
    assert "€2,000.00 of it on the covered debts is meant as interest" in read
    assert "Costs come first, then principal, then interest" in read
    assert "−€12,600.00 to us, −€1,400.00 to INDEX SAS" in read
    assert "INDEX SAS owes Unlock Focus €1,400.00" in read


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"received": "0"}, "received"),
        ({"received": "100", "interest": "100,01"}, "interest"),
        ({"received_on": "2028-09-05"}, "received_on"),
        ({"source": ""}, "source"),
        ({"received_by": ""}, "received_by"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(claim, david, ines, on, changes, field):
    paid(claim, david, ines)
    page = on(david).post(act("recover", claim), RECEIPT | changes)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert 'value="PEI SRL, Pitesti"' in page.content.decode() or field == "source"
    assert not Recovery.objects.exists()


# --- The room ---------------------------------------------------------------------------------------------------------


def test_before_the_indemnity_is_paid_the_room_says_what_money_is(claim, david, ines, on):
    browser = on(david)
    read = text(browser.get(act("recoveries", claim)))
    assert "No indemnity is paid: nothing to divide yet" in read
    assert "What the buyer pays before is a payment on its invoices and lowers the loss." in read
    assert browser.get(act("recover", claim)).status_code == 403
    signed(claim, david, ines)
    assert browser.post(act("recover", claim), RECEIPT).status_code == 403


def test_after_the_payment_nothing_is_recovered_yet(claim, david, ines, on):
    """The oldest due date is 29 September 2027, the other 14 November 2027."""
    paid(claim, david, ines)
    page = on(david).get(act("recoveries", claim))
    read = text(page)
    assert "Nothing is recovered yet of €1,480,000.00" in read
    assert "No receipt yet" in read
    assert act("recover", claim) in page.content.decode()


def test_costs_that_wait_and_those_nobody_approved_are_told_apart(claim, david, ines, on):
    paid(claim, david, ines)
    cost(claim, "24000.00", david, ines)
    cost(claim, "5000.00", david)
    read = text(on(david).get(act("recoveries", claim)))
    assert "€24,000.00 of costs wait for the next receipt" in read
    assert "€5,000.00 more is not approved by a second person" in read


def test_the_order_as_it_stands(claim, david, ines, on):
    """Without 1,480,000 - 376,000; with 148,000 - 37,600 + 29,757.79."""
    paid(claim, david, ines)
    cost(claim, "24000.00", david, ines)
    received(claim, "400000.00", david)
    read = text(on(david).get(act("recoveries", claim)))
    assert "As it stands, the guarantee spared the insured €963,842.21" in read
    assert "400,000.00 recovered, costs of 24,000.00 −376,000.00" in read
    assert "The order would have cost €1,104,000.00" in read
    assert "after an indemnity of 1,332,000.00 148,000.00" in read
    assert "Unlock Focus had 338,400.00 −37,600.00" in read
    assert "Premium, tax included 29,757.79" in read
    assert "The order cost €140,157.79" in read


# --- The end ----------------------------------------------------------------------------------------------------------


def test_closing_shows_what_the_order_cost_and_draws_it_up(claim, alice, david, ines, on):
    paid(claim, david, ines)
    cost(claim, "24000.00", david, ines)
    received(claim, "400000.00", david)
    browser = on(david)
    page = browser.get(act("close", claim))
    read = text(page)
    assert "Close the claim: the order cost INDEX SAS €140,157.79" in read
    assert "The guarantee spared the insured €963,842.21" in read
    assert "Close at a cost of €140,157.79" in read
    assert browser.post(act("close", claim), {"text": "", "seen": page.context["seen"]}).status_code == 422
    done = browser.post(act("close", claim), {"text": "PEI is wound up", "seen": page.context["seen"]})
    assert done.status_code == 302
    facts = Paper.objects.get(kind="final").facts
    assert (facts["without_eur"], facts["with_eur"], facts["saved_eur"]) == ("1104000.00", "140157.79", "963842.21")
    claim.refresh_from_db()
    assert claim.status == "closed"
    read = text(on(alice).get(reverse("claim", args=[claim.number])))
    assert "The order cost you €140,157.79; without the guarantee €1,104,000.00" in read
    assert "PEI is wound up" in read
    assert "€400,000.00 recovered; your share of it is €37,600.00" in read
    assert "we owe you €37,600.00" in read
    assert "How €400,000.00 of 1 September 2028 was divided" in read


def test_a_receipt_between_reading_and_closing_shows_the_cost_again(claim, david, ines, on):
    """Nothing recovered: 148,000 + 29,757.79; then 50,000 comes, 5,000 of it INDEX's."""
    paid(claim, david, ines)
    browser = on(david)
    page = browser.get(act("close", claim))
    assert "Close at a cost of €177,757.79" in text(page)
    received(claim, "50000.00", david)
    again = browser.post(act("close", claim), {"text": "Nothing more", "seen": page.context["seen"]})
    assert again.status_code == 409
    assert "Close at a cost of €172,757.79" in text(again)
    claim.refresh_from_db()
    assert claim.status == "in_recovery"


def test_money_on_its_way_stands_against_closing(claim, david, ines, on):
    advance = indemnities.prepare_interim(claim.pk, by=david, at=instant(date(2027, 12, 6)))
    browser = on(david)
    page = browser.get(act("close", claim))
    assert "It cannot be closed yet: money is on its way" in text(page)
    assert f"{advance.number} of €666,000.00: Awaiting second signature." in text(page)
    refused = browser.post(act("close", claim), {"text": "Enough", "seen": page.context["seen"]})
    assert refused.status_code == 422
    assert "pay or return it first" in text(refused)
    claim.refresh_from_db()
    assert claim.status == "in_collection"


def test_closing_without_an_indemnity_says_that_the_guarantee_cost_its_premium(claim, david, on):
    read = text(on(david).get(act("close", claim)))
    assert "The guarantee cost €29,757.79 more than it brought" in read


def test_an_approver_reopens_with_a_reason_and_what_was_signed_stays(claim, david, ines, on):
    paid(claim, david, ines)
    closing.close(claim.pk, reason="Settled", by=david, at=AT)
    assert on(david).get(act("reopen", claim)).status_code == 403
    browser = on(ines)
    assert "€1,332,000.00 was signed before: only what is new is payable." in text(browser.get(act("reopen", claim)))
    assert browser.post(act("reopen", claim), {"text": " "}).status_code == 422
    assert browser.post(act("reopen", claim), {"text": "A new delivery note"}).status_code == 302
    claim.refresh_from_db()
    assert claim.status == "reopened"


# --- Who --------------------------------------------------------------------------------------------------------------


def test_the_insurers_others_read_and_do_nothing(claim, bruno, peter, david, ines, on):
    paid(claim, david, ines)
    for person in (bruno, peter):
        browser = on(person)
        page = browser.get(act("recoveries", claim))
        assert page.status_code == 200
        for name in ("recover", "close", "reopen"):
            assert act(name, claim) not in page.content.decode()
            assert browser.get(act(name, claim)).status_code == 403
            assert browser.post(act(name, claim), RECEIPT | {"text": "-"}).status_code == 403
    assert not Recovery.objects.exists()


def test_the_desk_is_closed_to_the_insured_and_to_strangers(claim, alice, david, ines, on):
    _company, stranger = another_company()
    paid(claim, david, ines)
    for person in (alice, stranger, person_named("Camille Dubois")):
        browser = on(person)
        for name in ("recoveries", "recover", "close", "reopen"):
            assert browser.get(act(name, claim)).status_code in {302, 403, 404}
            assert browser.post(act(name, claim), RECEIPT).status_code in {302, 403, 404}
    assert on(stranger).get(reverse("claim", args=[claim.number])).status_code == 404
    assert not Recovery.objects.exists()


# --- Rows -------------------------------------------------------------------------------------------------------------


def test_more_receipts_and_costs_ask_no_more_queries(claim, alice, david, ines, on, django_assert_max_num_queries):
    paid(claim, david, ines)
    browser, insured = on(david), on(alice)
    pages = [
        (browser, act("recoveries", claim)),
        (browser, act("close", claim)),
        (insured, reverse("claim", args=[claim.number])),
    ]

    def counted():
        found = []
        for visitor, url in pages:
            with django_assert_max_num_queries(200) as queries:
                assert visitor.get(url).status_code == 200
            found.append(len(queries))
        return found

    cost(claim, "100.00", david, ines)
    received(claim, "1000.00", david)
    cost(claim, "100.00", david, ines)
    before = counted()
    for number in range(3):
        cost(claim, "100.00", david, ines)
        received(claim, "1000.00", david, day=date(2028, 9, 1) - timedelta(days=number))
    for _step in range(3):
        cost(claim, "100.00", david, ines)
    assert Recovery.objects.count() == 4
    assert [now <= then for now, then in zip(counted(), before, strict=True)] == [True, True, True]

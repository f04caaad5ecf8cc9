"""The indemnity room, through its pages, as the people who may and those who may not. Figures worked by hand; EUR."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from claims.actions import closing, cover, deliveries, indemnities
from claims.actions.cover import Found
from claims.coverage import Check, Outcome
from claims.models import Claim, Indemnity, InterimTerms, Paper
from parties.models import Bank
from tests.claims.money import LOST_ON, another_approver, claim_in_collection, collect, confirmed_account, paid, signed
from tests.factories import another_company, claim_on_pei, deliver_to_pei, guarantee_in_force, instant, person_named
from unlockfocus.templatetags.face import percent

EARLY = date(2027, 12, 6)


@pytest.fixture
def david(index):
    """Claims handler."""
    return person_named("David Moreau")


@pytest.fixture
def ines(index):
    """Claims approver."""
    return person_named("Inês Costa")


@pytest.fixture
def claim(index, alice, bruno, david, now):
    return claim_in_collection(index, alice, bruno, david, now)


@pytest.fixture
def on(signed_in):
    """A browser of a person on a day: `on(LOST_ON, ines).get(room(claim))`."""

    def browse(day, person):
        clock.move_to(instant(day, 12))
        return signed_in(person)

    with time_machine.travel(instant(LOST_ON, 12), tick=False) as clock:
        yield browse


def room(claim):
    return reverse("admin:claim-indemnity", args=[claim.number])


def act(name, subject):
    return reverse(f"admin:claim-{name}", args=[subject.number])


def text(page):
    """What a person reads, on one line."""
    from html import unescape
    from re import sub

    return " ".join(unescape(sub(r"<[^>]+>", " ", page.content.decode())).split())


def send(browser, address, **answers):
    """Press the button of a page as it was read."""
    return browser.post(address, {"seen": browser.get(address).context["seen"], **answers})


def lines(sheet):
    return [(row.label, str(row.amount)) for row in sheet.rows]


def pays(claim, alice, amount, day=LOST_ON):
    deliveries.declare_credit(
        claim.guarantee_id, kind="payment", on=day, amount=Decimal(amount), by=alice, at=instant(day)
    )


# --- Reading ----------------------------------------------------------------------------------------------------------


def test_the_room_shows_the_whole_sum_line_by_line(claim, david, on):
    page = on(LOST_ON, david).get(room(claim))
    assert lines(page.context["today_sheet"]) == [
        ("Invoice F-2027-118", "1110000.00"),
        ("Invoice F-2027-131", "370000.00"),
        ("Gross loss", "1480000.00"),
        ("Above the credit limit", "0.00"),
        ("Insured loss", "1480000.00"),
        ("The insured's own share", "-148000.00"),
        ("Deductible", "0.00"),
        ("Above what is left of the maximum liability", "0.00"),
        ("Indemnity", "1332000.00"),
    ]
    read = text(page)
    assert "As the file stands, €1,332,000.00 would be paid to INDEX SAS" in read
    assert "To be paid now €1,332,000.00" in read
    assert "€1,332,000.00 of the maximum liability is left" in read
    assert "It cannot be paid yet The account is not confirmed by a second person yet." in read
    assert act("prepare", claim) in page.content.decode()


@pytest.mark.parametrize(
    ("order", "kept", "indemnity"),
    [
        ("after_percentage", [("The insured's own share", "-120000.00"), ("Deductible", "-10000.00")], "1070000.00"),
        ("before_percentage", [("Deductible", "-10000.00"), ("The insured's own share", "-119000.00")], "1071000.00"),
    ],
)
def test_the_deductible_stands_where_the_terms_put_it(index, alice, bruno, david, now, on, order, kept, indemnity):
    """Limit 1,200,000, deductible 10,000; PEI paid 100,000 and had 80,000 credited."""
    terms = {"limit": Decimal("1200000.00"), "deductible": Decimal("10000.00")}
    guarantee = guarantee_in_force(index, alice, bruno, now, **terms)
    guarantee.offer.deductible_order = order
    guarantee.offer.save()
    invoices = deliver_to_pei(guarantee, alice)
    for kind, amount in (("credit_note", "80000.00"), ("payment", "100000.00")):
        deliveries.declare_credit(
            guarantee.pk, kind=kind, on=date(2027, 10, 1), amount=Decimal(amount), by=alice,
            at=instant(date(2027, 10, 2)),
        )  # fmt: skip
    claim = collect(claim_on_pei(guarantee, invoices, alice), david, date(2027, 11, 29))
    sheet = on(LOST_ON, david).get(room(claim)).context["today_sheet"]
    assert lines(sheet) == [
        ("Invoice F-2027-118", "1110000.00"),
        ("Invoice F-2027-131", "370000.00"),
        ("Payments", "-100000.00"),
        ("Credit notes", "-80000.00"),
        ("Gross loss", "1300000.00"),
        ("Above the credit limit", "-100000.00"),
        ("Insured loss", "1200000.00"),
        *kept,
        ("Above what is left of the maximum liability", "0.00"),
        ("Indemnity", indemnity),
    ]


def test_the_waiting_period_is_in_the_way_with_its_end(claim, david, on):
    browser = on(date(2028, 5, 9), david)
    read = text(browser.get(room(claim)))
    assert "The waiting period of F-2027-131 ends on 12 May 2028 3 days left" in read
    page = browser.get(act("prepare", claim))
    assert "It cannot be prepared yet" in text(page)
    refused = browser.post(act("prepare", claim), {"seen": page.context["seen"]})
    assert refused.status_code == 422
    assert "ends on 12 May 2028; it counts as lost from the next day on." in text(refused)
    assert not Indemnity.objects.exists()


def test_open_questions_lead_to_their_answers(index, alice, bruno, david, now, on):
    guarantee = guarantee_in_force(index, alice, bruno, now)
    claim = claim_on_pei(guarantee, deliver_to_pei(guarantee, alice), alice)
    page = on(LOST_ON, david).get(room(claim))
    read = text(page)
    assert "Delivery proved? F-2027-118 €1,110,000.00 hangs on the answer." in read
    assert "The claim is “Notified”." in read
    find = reverse("admin:claim-find", args=[claim.number])
    assert f"{find}?check=delivery_proved&amp;invoice=F-2027-131" in page.content.decode()
    assert act("prepare", claim) not in page.content.decode()


def test_nothing_prepared_yet_is_said(claim, david, on):
    assert "Nothing was prepared yet" in text(on(LOST_ON, david).get(room(claim)))


def test_the_bank_named_as_loss_payee_is_paid(claim, david, on):
    claim.guarantee.request.loss_payee = Bank.objects.get()
    claim.guarantee.request.save()
    read = text(on(LOST_ON, david).get(room(claim)))
    assert "would be paid to Banque des Ateliers" in read
    assert "the loss payee of this guarantee; INDEX SAS itself receives nothing" in read
    assert "No bank account was given." in read


# --- Preparing and signing --------------------------------------------------------------------------------------------


def test_the_whole_way_from_the_sum_to_the_signature(claim, david, ines, on):
    done = send(on(LOST_ON, david), act("prepare", claim), interest_before="15 000,00")
    assert done.status_code == 302
    prepared = Indemnity.objects.get()
    assert (prepared.amount, prepared.status) == (Decimal("1332000.00"), "prepared")
    assert prepared.calculation["case"]["interest_before"] == "15000.00"
    approver = on(LOST_ON, ines)
    assert "€1,332,000.00 to INDEX SAS awaits a second signature" in text(approver.get(room(claim)))
    page = approver.get(act("sign", prepared))
    read = text(page)
    assert "Prepared by David Moreau; figured afresh" in read
    assert "It is to be paid by 30 May 2028." in read
    assert page.content.decode().count('class="button"') == 1
    done = send(approver, act("sign", prepared))
    assert done.status_code == 302
    prepared.refresh_from_db()
    claim.refresh_from_db()
    assert (prepared.status, prepared.signed_by, claim.status) == ("approved", ines, "approved")
    read = text(approver.get(room(claim)))
    assert "€1,332,000.00 approved for INDEX SAS" in read
    assert "€0.00 of the maximum liability is left" in read
    assert "The file has moved since" not in read
    paper = Paper.objects.get(kind="settlement")
    for language in ("fr", "en"):
        assert reverse("paper", args=[paper.number, language]) in approver.get(room(claim)).content.decode()


def test_what_is_pressed_without_having_been_read_is_shown_first(claim, david, on):
    page = on(LOST_ON, david).post(act("prepare", claim), {"interest_before": ""})
    assert page.status_code == 200
    assert "Prepare €1,332,000.00 for the second signature" in text(page)
    assert not Indemnity.objects.exists()


def test_figures_that_move_while_preparing_are_shown_again(claim, alice, david, on):
    """PEI pays 148,000: 0.9 x 1,332,000 = 1,198,800."""
    browser = on(LOST_ON, david)
    seen = browser.get(act("prepare", claim)).context["seen"]
    pays(claim, alice, "148000.00")
    page = browser.post(act("prepare", claim), {"seen": seen})
    assert page.status_code == 409
    assert "It has changed since you read it: nothing was done" in text(page)
    assert "Prepare €1,198,800.00 for the second signature" in text(page)
    assert not Indemnity.objects.exists()


def test_figures_that_moved_are_shown_side_by_side_and_not_signed(claim, alice, david, ines, on):
    prepared = indemnities.prepare(claim.pk, by=david, at=instant(LOST_ON))
    browser = on(LOST_ON, ines)
    seen = browser.get(act("sign", prepared)).context["seen"]
    pays(claim, alice, "148000.00")
    page = browser.post(act("sign", prepared), {"seen": seen})
    assert page.status_code == 409
    read = text(page)
    assert "The figures have moved: €1,332,000.00 when it was prepared, €1,198,800.00 now" in read
    assert "Payments 0.00 −148,000.00 −148,000.00" in read
    assert "Gross loss 1,480,000.00 1,332,000.00 −148,000.00" in read
    assert "To be paid 1,332,000.00 1,198,800.00 −133,200.00" in read
    assert "Sign €1,332,000.00 to INDEX SAS</button>" not in page.content.decode()
    again = browser.post(act("sign", prepared), {"seen": page.context["seen"]})
    assert again.status_code == 422
    assert "€1,332,000.00 then, €1,198,800.00 now" in text(again)
    assert "To be paid 1,332,000.00 1,198,800.00 −133,200.00" in text(browser.get(room(claim)))
    prepared.refresh_from_db()
    assert prepared.status == "prepared"


def test_returning_asks_why_and_sends_the_claim_back(claim, david, ines, on):
    prepared = indemnities.prepare(claim.pk, by=david, at=instant(LOST_ON))
    browser = on(LOST_ON, ines)
    assert browser.post(act("return", prepared), {"text": ""}).status_code == 422
    assert browser.post(act("return", prepared), {"text": "PEI paid a part"}).status_code == 302
    prepared.refresh_from_db()
    claim.refresh_from_db()
    assert (prepared.status, prepared.reasons, claim.status) == ("returned", "PEI paid a part", "in_collection")
    assert "PEI paid a part" in text(browser.get(room(claim)))


def test_refusing_shows_first_what_the_insured_will_read(claim, alice, david, ines, on):
    prepared = indemnities.prepare(claim.pk, by=david, at=instant(LOST_ON))
    browser = on(LOST_ON, ines)
    reasons = {"text": "The machines were sold to another company."}
    shown = browser.post(act("refuse", prepared), reasons)
    assert shown.status_code == 200
    read = text(shown)
    assert "INDEX SAS will read, in the letter and on its claim" in read
    assert f"Your claim {claim.number} is rejected The machines were sold to another company." in read
    claim.refresh_from_db()
    assert claim.status == "assessed"
    done = browser.post(act("refuse", prepared), reasons | {"seen": shown.context["seen"]})
    assert done.status_code == 302
    claim.refresh_from_db()
    assert (claim.status, claim.reasons) == ("rejected", "The machines were sold to another company.")
    assert "The claim is rejected: nothing is paid" in text(browser.get(room(claim)))
    assert "The machines were sold" in text(on(LOST_ON, alice).get(reverse("claim", args=[claim.number])))


def test_reasons_changed_after_they_were_shown_are_shown_again(claim, david, ines, on):
    prepared = indemnities.prepare(claim.pk, by=david, at=instant(LOST_ON))
    browser = on(LOST_ON, ines)
    shown = browser.post(act("refuse", prepared), {"text": "Not delivered"})
    again = browser.post(act("refuse", prepared), {"text": "Not ordered", "seen": shown.context["seen"]})
    assert again.status_code == 409
    assert Indemnity.objects.get().status == "prepared"


def test_when_nothing_is_covered_the_pages_lead_to_the_refusal(claim, david, ines, on):
    for invoice in claim.invoices.all():
        found = Found(Check.RIGHT_ENTITY, Outcome.UNMET, "Made out to a sister company", invoice)
        cover.find(claim.pk, found, by=david, at=instant(LOST_ON))
    handler = on(LOST_ON, david)
    assert "Nothing is covered: prepare the refusal" in text(handler.get(act("prepare", claim)))
    assert send(handler, act("prepare", claim)).status_code == 302
    prepared = Indemnity.objects.get()
    page = on(LOST_ON, ines).get(act("sign", prepared))
    assert "An indemnity of nothing is not signed" in text(page)
    assert act("refuse", prepared) in page.content.decode()
    assert "<button" not in page.content.decode().partition('<div class="content">')[2].partition("<aside")[0]


def test_what_was_decided_by_another_leads_to_its_room(claim, david, ines, on):
    indemnity = signed(claim, david, ines)
    for name in ("sign", "return", "refuse"):
        answered = on(LOST_ON, another_approver() if name == "sign" else ines).post(act(name, indemnity), follow=True)
        assert answered.redirect_chain == [(room(claim), 302)]
        assert f"{indemnity.number} is decided already: “Approved”." in text(answered)


# --- Advances ---------------------------------------------------------------------------------------------------------


def test_an_advance_then_the_indemnity(claim, david, ines, on):
    """Half of 1,332,000 before the waiting period is over, the other half after it."""
    handler = on(EARLY, david)
    page = handler.get(room(claim))
    assert "€666,000.00 may be advanced before" in text(page)
    assert "50% of the expected indemnity of €1,332,000.00 may be paid while collection goes on" in text(page)
    assert lines(handler.get(act("interim", claim)).context["sheet"])[-2:] == [
        ("Indemnity", "1332000.00"),
        ("Kept until the indemnity itself", "-666000.00"),
    ]
    assert send(handler, act("interim", claim)).status_code == 302
    advance = Indemnity.objects.get()
    assert (advance.kind, advance.amount) == ("interim", Decimal("666000.00"))
    assert send(on(EARLY, ines), act("sign", advance)).status_code == 302
    handler = on(LOST_ON, david)
    page = handler.get(room(claim))
    assert lines(page.context["today_sheet"])[-2:] == [
        ("Indemnity", "1332000.00"),
        ("Signed before on this claim", "-666000.00"),
    ]
    assert page.context["today_sheet"].total == Decimal("666000.00")
    assert "Nothing can be advanced now" in text(page)
    assert send(handler, act("prepare", claim)).status_code == 302
    rest = Indemnity.objects.get(kind="final")
    assert send(on(LOST_ON, ines), act("sign", rest)).status_code == 302
    read = text(on(LOST_ON, david).get(room(claim)))
    assert "2 indemnities so far" in read
    assert "The file has moved since" not in read
    assert Indemnity.objects.get(pk=rest.pk).amount == Decimal("666000.00")


def test_what_was_advanced_too_much_is_said_before_the_indemnity_is_prepared(claim, alice, david, ines, on):
    """Advanced 666,000; PEI pays 1,000,000: 0.9 x 480,000 = 432,000, 234,000 too much."""
    advance = indemnities.prepare_interim(claim.pk, by=david, at=instant(EARLY))
    indemnities.sign(advance.pk, by=ines, at=instant(EARLY, 10))
    pays(claim, alice, "1000000.00", date(2028, 5, 2))
    page = on(LOST_ON, david).get(room(claim))
    assert lines(page.context["today_sheet"])[-3:] == [
        ("Indemnity", "432000.00"),
        ("Signed before on this claim", "-666000.00"),
        ("Advanced too much, to be paid back", "234000.00"),
    ]
    assert page.context["today_sheet"].total == 0
    # The advance stays as it was signed; as the file stands now half of 432,000 would have been advanced.
    [shown] = page.context["history"]
    assert (shown.moved[-1].then, shown.moved[-1].now) == (Decimal("666000.00"), Decimal("216000.00"))


def test_without_terms_nothing_is_advanced(claim, david, on):
    InterimTerms.objects.all().delete()
    read = text(on(EARLY, david).get(room(claim)))
    assert "No terms of interim payments are in force today." in read
    assert percent(Decimal("0.5")) not in read


# --- Who --------------------------------------------------------------------------------------------------------------


def test_nobody_signs_what_they_prepared(claim, ines, on):
    prepared = indemnities.prepare(claim.pk, by=ines, at=instant(LOST_ON))
    browser = on(LOST_ON, ines)
    page = browser.get(room(claim))
    assert "You prepared this indemnity: another claims approver signs it" in text(page)
    assert act("sign", prepared) not in page.content.decode()
    for name in ("sign", "return", "refuse"):
        assert browser.get(act(name, prepared)).status_code == 403
        assert browser.post(act(name, prepared), {"text": "Mine"}).status_code == 403


def test_the_insurers_others_read_and_do_nothing(claim, bruno, peter, david, on):
    for person in (bruno, peter):
        browser = on(LOST_ON, person)
        page = browser.get(room(claim))
        assert page.status_code == 200
        assert act("prepare", claim) not in page.content.decode()
        for name in ("prepare", "interim"):
            assert browser.get(act(name, claim)).status_code == 403
            assert browser.post(act(name, claim)).status_code == 403
    prepared = indemnities.prepare(claim.pk, by=david, at=instant(LOST_ON))
    for person in (bruno, peter, david):
        browser = on(LOST_ON, person)
        assert act("sign", prepared) not in browser.get(room(claim)).content.decode()
        for name in ("sign", "return", "refuse"):
            assert browser.get(act(name, prepared)).status_code == 403
            assert browser.post(act(name, prepared)).status_code == 403
    assert Indemnity.objects.get().status == "prepared"


def test_the_desk_is_closed_to_the_insured_and_to_strangers(claim, alice, david, on):
    _company, stranger = another_company()
    prepared = indemnities.prepare(claim.pk, by=david, at=instant(LOST_ON))
    for person in (alice, stranger, person_named("Camille Dubois")):
        browser = on(LOST_ON, person)
        for address in (room(claim), act("prepare", claim), act("sign", prepared)):
            assert browser.get(address).status_code in {302, 403, 404}
            assert browser.post(address).status_code in {302, 403, 404}
    assert Indemnity.objects.get().status == "prepared"


def test_a_claim_that_is_not_there_is_not_found(claim, david, on):
    browser = on(LOST_ON, david)
    assert browser.get(reverse("admin:claim-indemnity", args=["CL-2027-999999"])).status_code == 404
    assert browser.get(reverse("admin:claim-sign", args=["IN-2028-999999"])).status_code == 404


# --- What the insured sees --------------------------------------------------------------------------------------------


def test_the_insured_sees_nothing_before_the_signature_and_everything_after(claim, alice, david, ines, on):
    address = reverse("claim", args=[claim.number])
    prepared = indemnities.prepare(claim.pk, by=david, at=instant(LOST_ON))
    before = text(on(LOST_ON, alice).get(address))
    assert "1,332,000.00" not in before
    assert prepared.number not in before
    indemnities.sign(prepared.pk, by=ines, at=instant(LOST_ON))
    page = on(LOST_ON, alice).get(address)
    read = text(page)
    assert "€1,332,000.00 is approved; we pay INDEX SAS by 30 May 2028" in read
    assert "Your own share 10%, as agreed in the guarantee −148,000.00" in read
    assert "To be paid €1,332,000.00" in read
    assert reverse("paper", args=[Paper.objects.get(kind="settlement").number, "fr"]) in page.content.decode()
    paid(claim, david, ines, indemnity=prepared)
    assert "€1,332,000.00 was paid to INDEX SAS on 16 May 2028" in text(on(LOST_ON, alice).get(address))


def test_the_loss_payee_is_named_to_the_insured_and_finds_its_settlement(claim, alice, david, ines, on):
    bank = Bank.objects.get()
    claim.guarantee.request.loss_payee = bank
    claim.guarantee.request.save()
    guarantee = reverse("guarantee", args=[claim.guarantee.number])
    banker = person_named("Camille Dubois")
    assert "signed to be paid to you" not in text(on(LOST_ON, banker).get(guarantee))
    signed(claim, david, ines)
    read = text(on(LOST_ON, alice).get(reverse("claim", args=[claim.number])))
    assert "Banque des Ateliers is paid as the loss payee named in your guarantee." in read
    page = on(LOST_ON, banker).get(guarantee)
    assert "1 settlement was signed to be paid to you" in text(page)
    assert "Indemnity of €1,332,000.00 to Banque des Ateliers, due by 30 May 2028" in text(page)
    address = reverse("paper", args=[Paper.objects.get(kind="settlement").number, "en"])
    assert address in page.content.decode()
    assert on(LOST_ON, banker).get(address).status_code == 200
    assert "signed to be paid to you" not in text(on(LOST_ON, alice).get(guarantee))


# --- Rows -------------------------------------------------------------------------------------------------------------


def test_more_indemnities_and_invoices_ask_no_more_queries(
    claim, alice, david, ines, on, django_assert_max_num_queries
):
    accounts_before = confirmed_account(david)
    assert accounts_before.confirmed_at
    browser, insured = on(LOST_ON, david), on(LOST_ON, alice)
    address = reverse("claim", args=[claim.number])

    def counted(visitor, url):
        with django_assert_max_num_queries(200) as queries:
            assert visitor.get(url).status_code == 200
        return len(queries)

    indemnity = signed(claim, david, ines)
    browser.get(room(claim))
    before = counted(browser, room(claim)), counted(insured, address)
    Indemnity.objects.filter(pk=indemnity.pk).update(status="paid", paid_on=LOST_ON)
    Claim.objects.filter(pk=claim.pk).update(status="paid", paid_at=instant(LOST_ON))
    for _round in range(3):
        closing.close(claim.pk, reason="Settled", by=david, at=instant(LOST_ON))
        closing.reopen(claim.pk, reason="More", by=ines, at=instant(LOST_ON))
        Claim.objects.filter(pk=claim.pk).update(status="in_collection")
        prepared = indemnities.prepare(claim.pk, by=david, at=instant(LOST_ON))
        indemnities.sign(prepared.pk, by=ines, at=instant(LOST_ON))
    assert Indemnity.objects.count() == 4
    assert counted(browser, room(claim)) <= before[0]
    assert counted(insured, address) <= before[1]


def test_an_advance_on_a_loss_that_vanished_is_signed_as_nothing_and_claimed_back(claim, alice, david, ines, on):
    """666,000 advanced; then PEI pays all: the page says what is claimed back and lets it be signed."""
    early = instant(EARLY)
    indemnities.sign(indemnities.prepare_interim(claim.pk, by=david, at=early).pk, by=ines, at=early)
    Indemnity.objects.update(status="paid")
    paid_on = date(2028, 5, 2)
    deliveries.declare_credit(
        claim.guarantee_id, kind="payment", on=paid_on, amount=Decimal("1480000.00"), by=alice, at=instant(paid_on)
    )
    prepared = indemnities.prepare(claim.pk, by=david, at=instant(LOST_ON))
    shown = text(on(LOST_ON, ines).get(act("sign", prepared)))
    assert "666,000.00" in shown
    assert "Sign: nothing is left to pay" in shown
    assert "Nothing of this claim is payable" not in shown

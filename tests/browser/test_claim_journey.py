"""PEI does not pay: from the delivery to the closed claim, in a real browser, the clock moved from day to day.

Every figure a person reads is asked of the pure rules too, and stands here as a literal worked by hand.
"""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from time import sleep
from typing import Any

import pytest
import time_machine
from django.core import mail
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from applications import actions as requests
from claims import indemnity as rules
from claims import tasks
from claims.models import BankAccount, Claim, Indemnity, PayingAccount, PaymentFile, Recovery, SentAlarm
from journal.models import Delivery, Letter
from parties.models import Bank, Company, User
from tests.browser.test_journey import press
from tests.browser.test_pages import sign_in_as
from tests.claims.money import BANK_IBAN, INSURER_IBAN, booked
from tests.conftest import NOW
from tests.factories import analyse, offer_for, person_named
from underwriting.actions import guarantees, offers
from underwriting.models import Guarantee
from unlockfocus import demo

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

TERMS = rules.Terms(
    limit=Decimal("1480000.00"),
    insured_percentage=Decimal("0.90"),
    deductible=Decimal("0.00"),
    deductible_order="after_percentage",
    maximum_liability_left=Decimal("1332000.00"),
)


@contextmanager
def on(year: int, month: int, day: int) -> Iterator[None]:
    """That day from nine o'clock UTC on, for server and test; what was recorded is reacted to before it ends."""
    with time_machine.travel(datetime(year, month, day, 9, tzinfo=UTC), tick=True):
        yield
        wait_for_the_worker()


def wait_for(is_done: Callable[[], bool]) -> None:
    """Until the worker has done something; at most half a minute."""
    for _attempt in range(300):
        if is_done():
            return
        sleep(0.1)
    owed = list(Delivery.objects.filter(delivered_at=None).values_list("handler", "attempts", "last_error"))
    raise AssertionError(f"the worker left behind: {owed}")


def wait_for_the_worker() -> None:
    """Until every reaction is delivered and every letter sent."""
    wait_for(
        lambda: (
            not Delivery.objects.filter(delivered_at=None).exists() and not Letter.objects.filter(sent_at=None).exists()
        )
    )


def money(amount: Decimal) -> str:
    return f"€{amount:,.2f}"


@pytest.fixture
def guarantee(worker: None, index: Company, alice: User, bruno: User, settings: Any) -> Guarantee:
    """INDEX's order to PEI insured, its bank named as loss payee."""
    settings.SESSION_COOKIE_AGE = 10 * 366 * 86400
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    request = demo.draft_request(index, alice, NOW)
    request.loss_payee = Bank.objects.get()
    request.save(update_fields=["loss_payee"])
    requests.submit(request.pk, actor=alice, at=NOW)
    analysed = requests.start_analysis(request.pk, at=NOW)
    analyse(analysed, NOW)
    guarantee = offers.accept(offer_for(analysed, bruno, NOW).pk, actor=alice, at=NOW)
    for condition in guarantee.conditions.all():
        guarantee = guarantees.meet_condition(condition.pk, proof="Transfer seen", by=bruno, at=NOW)
    PayingAccount.objects.create(valid_from=date(2026, 1, 1), name="Unlock Focus", iban=INSURER_IBAN, bic="BNPAFRPP")
    return guarantee


@pytest.fixture
def browser_of(open_page: Callable[..., Page], live_server: Any) -> Callable[[str], Page]:
    """A browser in which somebody of the demo is signed in: `browser_of("Alice Bernard")`."""

    def browser_of(name: str) -> Page:
        page = open_page("en")
        sign_in_as(page, person_named(name), live_server.url)
        return page

    return browser_of


@dataclass(frozen=True)
class Delivered:
    """A delivery as INDEX declares it; `exposure` is what it makes of the exposure."""

    number: str
    line: str
    delivered: str
    due: str
    amount: str
    exposure: str


DELIVERY = Delivered("F-2027-118", "On delivery", "2027-07-01", "2027-09-29", "1,110,000.00", "€1,110,000.00")
ACCEPTANCE = Delivered("F-2027-131", "acceptance", "2027-08-16", "2027-11-14", "370,000.00", "€1,480,000.00")
NO = ("No, nothing has come", "No, nothing is contested", "No, or we do not want to", "No, we know of none")


def pdf(name: str) -> Any:
    return {"name": name, "mimeType": "application/pdf", "buffer": PDF}


def declare(alice: Page, guarantee: Guarantee, of: Delivered) -> None:
    """A delivery with its proof and its invoice, told what it does before it is saved."""
    alice.goto(f"/guarantees/{guarantee.number}/deliveries/new/")
    alice.get_by_label("Invoice number").fill(of.number)
    label = alice.get_by_label("What was delivered").locator("option", has_text=of.line).first.inner_text()
    alice.get_by_label("What was delivered").select_option(label=label)
    alice.get_by_label("Delivered on").fill(of.delivered)
    alice.get_by_label("Invoice date").fill(of.delivered)
    alice.get_by_label("Due on").fill(of.due)
    alice.get_by_label("Amount, excluding VAT").fill(of.amount)
    expect(alice.get_by_role("heading", name=f"Exposure becomes {of.exposure} of €1,480,000.00")).to_be_visible()
    for field, name in (("Proof of delivery", "cmr.pdf"), ("Copy of the invoice", "invoice.pdf")):
        alice.get_by_label(field).set_input_files(pdf(name))
    press(alice, "Declare this delivery")
    expect(alice.get_by_role("heading", level=1)).to_contain_text(of.number)


def notify(alice: Page, guarantee: Guarantee) -> None:
    """The guided path asks, advises the overdue notice, says what it does, sends it and gives the receipt."""
    alice.goto("/")
    expect(alice.get_by_text("Overdue notice F-2027-118: 29 October 2027, 1 day left")).to_be_visible()
    alice.goto(f"/guarantees/{guarantee.number}/unpaid/")
    press(alice, "Continue")
    for answer in (
        "No, nothing has come",
        "No, nothing is contested",
        "No, or we do not want to",
        "No, we know of none",
    ):
        alice.get_by_label(answer).check()
        press(alice, "Continue")
    expect(alice.get_by_role("heading", level=1)).to_have_text("Send the overdue notice on F-2027-118")
    alice.get_by_role("link", name="See what it does, then send").click()
    expect(alice.get_by_text("met in time, it was due by 29 October 2027")).to_be_visible()
    press(alice, "Send the overdue notice on F-2027-118")
    text = read_paper(alice, "Download the receipt (PDF)")
    assert "28 October 2027" in text


def claim_both(alice: Page, guarantee: Guarantee) -> Claim:
    """Both invoices are claimed: the second is not due for its notice yet, the claim is the notice too."""
    first, second = guarantee.invoices.order_by("due_on")
    no = "paid=no&disputed=no&extension=no&insolvent=no"
    invoices = f"invoice={first.pk}&invoice={second.pk}"
    alice.goto(f"/guarantees/{guarantee.number}/unpaid/?{invoices}&{no}&act=claim")
    expect(alice.get_by_text("Collection of €1,110,000.00 on F-2027-118 starts on 26 November 2027")).to_be_visible()
    press(alice, "Claim F-2027-118, F-2027-131")
    expect(alice.get_by_role("heading", level=1)).to_contain_text("Claim received")
    return Claim.objects.get()


def complete(alice: Page, claim: Claim) -> None:
    """What was given since delivery is there; the rest is given now."""
    alice.goto(f"/claims/{claim.number}/")
    for number in ("F-2027-118", "F-2027-131"):
        missing = alice.locator(".claim-missing")
        expect(missing).not_to_contain_text(f"Proof of delivery, {number}")
    for kind in ("order", "terms", "statement", "reminder"):
        alice.get_by_label("What is it?").select_option(f"{kind}:")
        alice.get_by_label("File", exact=True).set_input_files(pdf(f"{kind}.pdf"))
        press(alice, "Add this document")
        expect(alice.get_by_text(f"Document added: {kind}.pdf")).to_be_visible()


def give_account_of_the_bank(david: Page, ines: Page, bank: Bank) -> None:
    """One person gives the account of the loss payee, another confirms it; whoever gave it cannot."""
    david.goto(f"/desk/bank-accounts/banks/{bank.pk}/")
    david.get_by_label("Account holder").fill(bank.name)
    david.get_by_label("IBAN").fill(BANK_IBAN)
    press(david, "Give this account")
    account = BankAccount.objects.get()
    david.goto(f"/desk/bank-accounts/{account.pk}/confirm/")
    expect(david.get_by_text("You gave this account yourself: somebody else confirms it.")).to_be_visible()
    ines.goto(f"/desk/bank-accounts/{account.pk}/confirm/")
    ines.get_by_label("How was it confirmed?").fill("Called C. Dubois on the number of the framework agreement")
    ines.get_by_role("button", name="Confirm").click()
    account.refresh_from_db()
    assert account.confirmed_by == person_named("Inês Costa")


def collect(david: Page, ines: Page, claim: Claim) -> None:
    """The handler enters a step with its cost; an approver approves the cost."""
    david.goto(f"/desk/claims/{claim.number}/collection/step/?code=court_ro")
    david.get_by_label("Cost").fill("24,000.00")
    david.get_by_label(re.compile("^Receipt")).set_input_files(pdf("lawyer.pdf"))
    press(david, "Enter the step")
    expect(david.get_by_text("The step is entered.")).to_be_visible()
    step = claim.steps.get()
    ines.goto(f"/desk/claims/{claim.number}/collection/costs/{step.pk}/")
    press(ines, "Approve €24,000.00")
    expect(ines.get_by_text("The cost is approved.")).to_be_visible()


def indemnify(david: Page, ines: Page, claim: Claim) -> Indemnity:
    """Worked out line by line, prepared by one, signed by another; the preparer cannot sign."""
    room = f"/desk/claims/{claim.number}/indemnity/"
    expected = rules.indemnify(Decimal("1480000.00"), TERMS)
    assert (expected.indemnity, expected.retained) == (Decimal("1332000.00"), Decimal("148000.00"))
    david.goto(room)
    sums = david.locator("main, #content").first
    for line in rules.steps([Decimal("1110000.00"), Decimal("370000.00")], [], TERMS):
        if line.amount:
            expect(sums).to_contain_text(f"{abs(line.amount):,.2f}")
    david.goto(f"{room}prepare/")
    press(david, f"Prepare {money(expected.indemnity)} for the second signature")
    prepared = Indemnity.objects.get()
    assert prepared.amount == expected.indemnity
    sign = f'a[href="/desk/indemnities/{prepared.number}/sign/"]'
    david.goto(room)
    assert not david.locator(sign).count()
    ines.goto(room)
    ines.locator(sign).first.click()
    ines.get_by_role("button", name=f"Sign {money(expected.indemnity)} to {prepared.payee}").click()
    expect(ines.get_by_text("is approved; the insured was told, the settlement is drawn up.")).to_be_visible()
    return prepared


def pay(david: Page, indemnity: Indemnity) -> None:
    """The order is shown, made and downloaded; it is a pain.001 to the bank's own account."""
    david.goto("/desk/payments/")
    press(david, "Show the order for what is chosen")
    expect(david.get_by_text("FR14 2004 1010 0505 0001 3M02 606")).to_be_visible()
    david.get_by_role("button", name="Order €1,332,000.00 in 1 transfer").click()
    file = PaymentFile.objects.get()
    with david.expect_download() as download:
        david.locator(f'a[href="/desk/payments/orders/{file.pk}/"]').first.click()
    xml = Path(download.value.path()).read_text(encoding="utf-8")
    for words in ("pain.001.001.09", indemnity.number, "<CtrlSum>1332000.00</CtrlSum>", BANK_IBAN):
        assert words in xml


def read_answer(david: Page, indemnity: Indemnity, booked_on: date, folder: Path) -> None:
    """The bank's notification is shown line by line before it counts."""
    answer = folder / "camt.054.xml"
    answer.write_bytes(booked(indemnity.number, "1332000.00", booked_on))
    david.goto("/desk/payments/")
    david.get_by_label("File of the bank").set_input_files(answer)
    david.get_by_role("button", name=re.compile("^Read|^Show|^Upload")).last.click()
    press(david, "Confirm: €1,332,000.00 counts as paid")
    expect(david.get_by_role("button", name="Confirm")).to_have_count(0)
    indemnity.refresh_from_db()
    assert (indemnity.status, indemnity.paid_on) == ("paid", booked_on)


def recover(david: Page, claim: Claim) -> Recovery:
    """400,000 less the approved 24,000, divided as the loss was borne: shown first, then recorded."""
    lost = rules.indemnify(Decimal("1480000.00"), TERMS)
    share = rules.share_recovery(Decimal("400000.00"), Decimal("24000.00"), lost)
    assert (share.insurer, share.insured) == (Decimal("338400.00"), Decimal("37600.00"))
    david.goto(f"/desk/claims/{claim.number}/recoveries/new/")
    david.get_by_label("When did it arrive?").fill("2028-09-01")
    david.get_by_role("group", name="Who received it?").get_by_label("Unlock Focus").check()
    david.get_by_label("From whom?").fill("PEI SRL, Pitesti")
    david.get_by_label("Received, EUR").fill("400,000.00")
    press(david, "Show how it is divided")
    for amount in (share.net, share.insurer, share.insured):
        expect(david.locator("#content")).to_contain_text(f"{amount:,.2f}")
    press(david, "Record €400,000.00: €338,400.00 to us")
    expect(david.get_by_text("It is recorded and divided; the insured was told")).to_be_visible()
    recovery = Recovery.objects.get()
    assert (recovery.to_insurer, recovery.to_insured) == (share.insurer, share.insured)
    return recovery


def close(david: Page, claim: Claim) -> rules.Statement:
    """What the order cost, with the guarantee and without."""
    lost = rules.indemnify(Decimal("1480000.00"), TERMS)
    share = rules.share_recovery(Decimal("400000.00"), Decimal("24000.00"), lost)
    statement = rules.final_statement(lost, [share], Decimal("31571.11"))
    assert statement == rules.Statement(Decimal("1104000.00"), Decimal("141971.11"), Decimal("962028.89"))
    david.goto(f"/desk/claims/{claim.number}/close/")
    for amount in (statement.without_guarantee, statement.with_guarantee, statement.saved):
        expect(david.locator("#content")).to_contain_text(f"{amount:,.2f}")
    david.get_by_label("Why is it closed?").fill("PEI has nothing left; its lawyer confirmed it.")
    press(david, "Close at a cost of €141,971.11")
    expect(david.get_by_text("The claim is closed; the final statement is drawn up.")).to_be_visible()
    return statement


def read_paper(page: Page, link: str) -> str:
    """The text of the first paper so named on the page."""
    with page.expect_download() as download:
        page.get_by_role("link", name=link).first.click()
    reader = PdfReader(io.BytesIO(Path(download.value.path()).read_bytes()))
    return " ".join(" ".join(each.extract_text() for each in reader.pages).split())


def letters_to(name: str, words: str) -> list[str]:
    return [each.subject for each in mail.outbox if name in each.to[0] and words in each.body]


def test_pei_does_not_pay(
    worker: None, guarantee: Guarantee, browser_of: Callable[[str], Page], tmp_path: Path
) -> None:
    alice, david, ines = (browser_of(name) for name in ("Alice Bernard", "David Moreau", "Inês Costa"))
    bank = Bank.objects.get()

    with on(2027, 7, 1):
        declare(alice, guarantee, DELIVERY)
    with on(2027, 8, 16):
        declare(alice, guarantee, ACCEPTANCE)
    with on(2027, 10, 19):  # D+20: nothing was sent yet, and two people are warned
        tasks.watch_clocks.delay()
        wait_for(lambda: SentAlarm.objects.filter(level="warning").exists())
    assert letters_to("alice", "29 octobre 2027")
    assert letters_to("helene", "29 octobre 2027")
    with on(2027, 10, 28):  # D+29
        notify(alice, guarantee)
    with on(2027, 11, 26):  # D+58
        claim = claim_both(alice, guarantee)
        wait_for_the_worker()
        complete(alice, claim)
    with on(2027, 11, 29):
        give_account_of_the_bank(david, ines, bank)
        wait_for_the_worker()
        david.goto(f"/desk/claims/{claim.number}/")
        expect(david.get_by_role("heading", name="Every document is there")).to_be_visible()
        expect(david.get_by_role("heading", name="€1,480,000.00 of €1,480,000.00 stay covered")).to_be_visible()
        press(david, "Take this claim")
        press(david, "Start collection")
        expect(david.get_by_text("Collection has begun.")).to_be_visible()
    with on(2028, 1, 10):
        collect(david, ines, claim)
        david.goto(f"/desk/claims/{claim.number}/indemnity/prepare/")
        expect(david.get_by_text("The waiting period of invoice F-2027-131 ends on 12 May 2028")).to_be_visible()
    with on(2028, 5, 15):
        indemnity = indemnify(david, ines, claim)
        pay(david, indemnity)
    with on(2028, 5, 16):
        read_answer(david, indemnity, date(2028, 5, 16), tmp_path)
    with on(2028, 9, 4):
        recover(david, claim)
    with on(2028, 10, 2):
        tasks.run_off.delay()
        statement = close(david, claim)
        claim.refresh_from_db()
        assert claim.status == Claim.Status.CLOSED
        see_the_end(alice, browser_of("Camille Dubois"), claim, statement)


def see_the_end(alice: Page, camille: Page, claim: Claim, statement: rules.Statement) -> None:
    """The insured reads every figure and its papers; the bank the settlement that paid it."""
    alice.goto(f"/claims/{claim.number}/")
    content = alice.locator("main")
    for amount in ("1,332,000.00", "148,000.00", "400,000.00", "37,600.00", f"{statement.with_guarantee:,.2f}"):
        expect(content).to_contain_text(amount)
    final = read_paper(alice, "English (PDF)")
    for words in ("1,104,000.00", "141,971.11", "962,028.89"):
        assert words in final
    camille.goto(f"/guarantees/{claim.guarantee.number}/")
    expect(camille.locator("main")).to_contain_text("Indemnity of €1,332,000.00 to Banque des Ateliers")
    settlement = read_paper(camille, "English (PDF)")
    for words in ("1,480,000.00", "−148,000.00", "1,332,000.00", "Prepared by David Moreau", "Signed by Inês Costa"):
        assert words in settlement

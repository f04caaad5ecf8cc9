"""INDEX insures its order from PEI: from the public page to the certificate, in a real browser, on real parts."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core import mail
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from parties.models import Duty, InsurerRole, User
from underwriting.models import Guarantee, Offer
from unlockfocus.demo import CASE

PASSWORD = "a machine tool for romania"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def go_on(page: Page) -> None:
    press(page, "Save and go on")


def check_eligibility(page: Page) -> None:
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Check eligibility").first.click()
    page.get_by_role("group", name="Do you hold another credit insurance on this buyer?").get_by_label("No").check()
    page.get_by_label("Date of the order").fill("2026-12-01")
    page.get_by_label("Due date of the last invoice").fill("2027-11-14")
    page.get_by_label("Cover needed").fill("1 480 000,00")
    page.get_by_label("What your company makes").select_option("28.41")
    page.get_by_label("Country of the buyer").select_option("RO")
    page.get_by_role("group", name="Does the buyer belong to your group?").get_by_label("No").check()
    page.get_by_role("group", name="Is the buyer a private person?").get_by_label("No").check()
    press(page, "Check")
    expect(page.get_by_text("Yes, we can insure this order")).to_be_visible()


def sign_up(page: Page) -> None:
    insured = CASE["insured"]
    page.get_by_role("link", name="Open an account and ask for cover").click()
    page.get_by_label("Registered name").fill(insured["name"])
    page.get_by_label("Legal form").fill(insured["legal_form"])
    page.get_by_label("Country", exact=True).select_option("FR")
    page.get_by_label("Registration number").fill(insured["registration_number"])
    page.get_by_label("VAT number").fill(insured["vat_number"])
    page.get_by_label("Activity (NACE Rev. 2)").select_option("28.41")
    page.get_by_label("Registered address").fill(insured["address"])
    page.get_by_label("Your name").fill("Alice Bernard")
    page.get_by_label("E-mail address").fill("alice@index.example")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Open the account")


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")


def fill_buyer(page: Page) -> None:
    buyer = CASE["buyer"]
    expect(page.get_by_label("Country")).to_have_value("RO")
    page.get_by_label("Registration number").fill("49007312")
    page.get_by_label("VAT number").fill(buyer["vat_number"])
    page.get_by_label("Registered name").fill(buyer["name"])
    page.get_by_label("Legal form").fill(buyer["legal_form"])
    page.get_by_label("Activity").fill(buyer["activity"])
    page.get_by_label("Registered address").fill(buyer["address"])
    go_on(page)
    # One digit was mistyped: said at the field and in the summary, and nothing typed is lost.
    expect(page.locator("#error-summary")).to_contain_text("check digit")
    expect(page.get_by_label("Registered name")).to_have_value("PEI")
    page.get_by_label("Registration number").fill(buyer["registration_number"])
    go_on(page)


def fill_order(page: Page) -> None:
    order = CASE["order"]
    page.get_by_label("Order number").fill(order["reference"])
    page.get_by_label("Goods").fill(order["goods"])
    expect(page.get_by_label("Order date")).to_have_value("2026-12-01")
    page.get_by_label("Order amount, excluding VAT").fill("1.850.000,00")
    page.get_by_label("Incoterm and place").fill(order["incoterm"])
    go_on(page)


def fill_schedule(page: Page) -> None:
    for number, line in enumerate(CASE["order"]["lines"], start=1):
        if number > 1:
            press(page, "Add a line")
        group = page.get_by_role("group", name=f"Line {number}", exact=True)
        group.get_by_label("Label").fill(line["label"])
        group.get_by_label("Amount").fill(line["amount"])
        group.get_by_label("Delivery").fill(line["delivery"])
        group.get_by_label("Due").fill(line["due"])
        # The peak follows as one types, before anything is saved.
    expect(page.locator("#exposure h2")).to_contain_text("€1,480,000.00 on 16 August 2027")
    go_on(page)


def fill_history(page: Page) -> None:
    trading = CASE["buyer"]["trading"]
    page.get_by_label("Customer since").fill(trading["customer_since"])
    page.get_by_label("Your own credit limit on this buyer, EUR").fill("400 000")
    page.get_by_label("Largest order so far, EUR").fill(trading["largest_past_order"])
    page.get_by_label("Orders in the last 24 months").fill("9")
    page.get_by_label("Average delay, days").fill("9")
    page.get_by_label("Worst delay, days").fill("31")
    page.get_by_label("Unpaid and overdue today, EUR").fill("0")
    go_on(page)


def fill_figures(page: Page) -> None:
    figures = CASE["insured"]["figures"]
    page.get_by_label("Your equity, EUR").fill(figures["equity"])
    page.get_by_label("Your net profit of the last year, EUR").fill(figures["net_profit"])
    page.get_by_label("Payroll of a month, EUR").fill(figures["monthly_payroll"])
    page.get_by_label("Payments to suppliers in a month, EUR").fill(figures["monthly_supplier_payments"])
    go_on(page)


def fill_accounts(page: Page, folder: Path) -> None:
    """The accounts come from a file in the layout of the template, and are shown for checking before they are kept."""
    years = CASE["accounts"]["years"]
    items = [name for name in years[0] if name not in {"period_end", "published_on"}]
    lines = [["item", *(year["period_end"] for year in years)], ["published_on", *(y["published_on"] for y in years)]]
    lines += [[item, *(str(year[item]) for year in years)] for item in items]
    file = folder / "pei.csv"
    file.write_text("\n".join(";".join(line) for line in lines), encoding="utf-8")
    page.get_by_label("Read from a file").set_input_files(file)
    page.get_by_label("Currency of the accounts").select_option("RON")
    page.get_by_role("group", name="Were these accounts audited?").get_by_label("Yes").check()
    page.get_by_role("group", name="Are they consolidated accounts of a group?").get_by_label("No").check()
    go_on(page)
    expect(page.get_by_role("row", name="total_assets")).to_contain_text("96,400,000")
    page.get_by_role("button", name="Keep these figures").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The cover you want")


def submit(page: Page, folder: Path) -> str:
    page.get_by_label("Insured percentage").fill("90")
    go_on(page)
    order = folder / "order.pdf"
    order.write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
    page.get_by_label("File").set_input_files(order)
    press(page, "Add this document")
    expect(page.get_by_role("link", name="order.pdf")).to_be_visible()
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_text("10.4%")).to_be_visible()
    page.get_by_label("On behalf of the company, I make these declarations").check()
    press(page, "Submit the request")
    expect(page.get_by_text("Your request was submitted")).to_be_visible()
    return page.url.rstrip("/").rsplit("/", 1)[-1]


def staff(email: str, name: str, role: str) -> User:
    user = User.objects.create_user(email, PASSWORD, name=name, language="en", is_staff=True)
    Duty.objects.create(user=user, role=role)
    return user


def make_offer(page: Page, reference: str) -> None:
    """The underwriter finds the score done by the worker, prices the terms and offers them."""
    sign_in(page, "bruno@unlockfocus.example")
    page.goto(f"/desk/file/{reference}/")
    for _attempt in range(40):
        if page.get_by_text(re.compile("fair", re.IGNORECASE)).count():
            break
        page.wait_for_timeout(500)
        page.reload()
    page.get_by_role("link", name="Make an offer").first.click()
    page.get_by_role("button", name="Price these terms").click()
    for amount in ("3,272.24", "2,454.18", "11,730.47", "7,800.00", "31,571.11"):
        expect(page.get_by_text(amount).first).to_be_visible()
    page.get_by_role("button", name="Make the offer").click()
    expect(page.get_by_text("OF-2026-000001").first).to_be_visible()


def test_index_insures_its_order_to_pei(
    open_page: Callable[..., Page], worker: None, tmp_path: Path, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    staff("bruno@unlockfocus.example", "Bruno Keller", InsurerRole.UNDERWRITER)

    alice = open_page("en")
    check_eligibility(alice)
    sign_up(alice)
    press(alice, "Start the request")
    fill_buyer(alice)
    fill_order(alice)
    fill_schedule(alice)
    fill_history(alice)
    fill_figures(alice)
    fill_accounts(alice, tmp_path)
    reference = submit(alice, tmp_path)

    make_offer(open_page("en"), reference)

    alice.goto(f"/files/{reference}/")
    expect(alice.get_by_text("€31,571.11").first).to_be_visible()
    expect(alice.get_by_text("1,332,000.00").first).to_be_visible()
    alice.get_by_role("link", name="Read and accept the offer").click()
    press(alice, "Accept and bind €1,480,000.00")
    expect(alice.get_by_text("Guarantee GA-2026-000001 is bound.")).to_be_visible()
    assert Guarantee.objects.count() == 1
    assert Offer.objects.get().status == Offer.Status.ACCEPTED

    with alice.expect_download() as download:
        alice.get_by_role("link", name="Download the certificate (PDF)").click()
    reader = PdfReader(io.BytesIO(Path(download.value.path()).read_bytes()))
    text = " ".join(page.extract_text() for page in reader.pages)
    assert len(reader.pages) == 2
    for words in ("GA-2026-000001", "INDEX", "PEI", "49007311", "1,480,000.00", "PEI-2026-1187"):
        assert words in text

    guarantee = Guarantee.objects.get()
    visitor = open_page("en", width=390)
    visitor.goto(f"/verify/{guarantee.number}/{guarantee.verification_code}/")
    expect(visitor.get_by_role("heading", level=1)).to_be_visible()
    assert any("alice@index.example" in message.to for message in mail.outbox)

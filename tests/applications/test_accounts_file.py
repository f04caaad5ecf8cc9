"""A file of accounts in the form: shown as it was read, kept when the person says so, and where each figure stood."""

import hashlib
import io
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation

from applications import actions
from applications.accounts import read_accounts
from applications.accounts_template import template_workbook
from applications.models import CoverRequest
from parties.models import Company, User
from unlockfocus import demo

FIGURES = (
    "item;2025-12-31;2024-12-31\n"
    "Currency;RON\n"
    "Unit;thousands\n"
    "Total active;96 400;89 700\n"
    "Active circulante;61 000;57 000\n"
    "Capitaluri proprii;7 100;12 600\n"
    "Datorii;89 300;77 100\n"
    "Datorii pe termen scurt;64 000;58 000\n"
    "Rezultat reportat;1 500;7 000\n"
    "Cifra de afaceri;118 600;121 300\n"
    "Rezultat din exploatare;(1 200);300\n"
    "Rezultat net;-5 500;-4 800\n"
    "Fond comercial;1;2\n"
)
ABOUT = {"currency": "RON", "unit": "1000", "audited": "yes", "consolidated": "no"}


@pytest.fixture
def draft(index: Company, alice: User, now: datetime) -> CoverRequest:
    """A draft without accounts."""
    draft = demo.draft_request(index, alice, now)
    draft.accounts.all().delete()
    draft.completed_steps = [step for step in draft.completed_steps if step != "accounts"]
    draft.save()
    return draft


@pytest.fixture
def browser(alice: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(alice)


def send(browser: Client, draft: CoverRequest, text: str = FIGURES, **typed: str) -> HttpResponse:
    file = SimpleUploadedFile("pei.csv", text.encode())
    return browser.post(reverse("request-step", args=[draft.reference, "accounts"]), {"file": file, **typed})


def preview(draft: CoverRequest) -> str:
    return reverse("accounts-preview", args=[draft.reference])


def answer(browser: Client, draft: CoverRequest, act: str, **changes: str) -> HttpResponse:
    return browser.post(preview(draft), {**ABOUT, **changes, "act": act})


def page(browser: Client, address: str) -> str:
    return browser.get(address).content.decode()


def test_a_file_is_shown_line_by_line_and_nothing_is_kept(browser: Client, draft: CoverRequest) -> None:
    assert send(browser, draft)["Location"] == preview(draft)
    shown = page(browser, preview(draft))
    for words in ("Cifra de afaceri", "A10", "Sales", "118,600", "B10", "121,300", "C10", "31 December 2025"):
        assert words in shown
    assert "−1,200" in shown
    assert "Fond comercial" in shown
    assert "A13: “Fond comercial” is not an item we know." in shown
    assert "1 line or cell is not read; it stays empty." in shown
    assert '<option value="RON" selected>' in shown
    assert '<option value="1000" selected>' in shown
    assert not draft.accounts.exists()
    assert not CoverRequest.objects.get().completed_steps.count("accounts")


def test_kept_figures_say_the_cell_and_the_file_they_came_from(browser: Client, draft: CoverRequest) -> None:
    send(browser, draft)
    assert answer(browser, draft, "keep")["Location"].endswith("/steps/cover/")
    newest, before = draft.accounts.all()
    assert (newest.currency, newest.unit, newest.audited, newest.consolidated) == ("RON", 1000, True, False)
    assert (newest.period_end, before.period_end) == (date(2025, 12, 31), date(2024, 12, 31))
    assert newest.items["sales"] == "118600.00"
    assert newest.items["operating_profit"] == "-1200.00"
    assert newest.item("sales") == Decimal("118600000.00")
    assert newest.provenance["file"] == "pei.csv"
    assert newest.provenance["sha256"] == hashlib.sha256(FIGURES.encode()).hexdigest()
    assert newest.provenance["items"].keys() == newest.items.keys()
    assert (newest.provenance["items"]["sales"], before.provenance["items"]["sales"]) == ("B10", "C10")
    kept = CoverRequest.objects.get()
    assert kept.accounts_file is None
    assert "accounts" in kept.completed_steps
    assert kept.unsaved_input == {}


def test_a_figure_changed_by_hand_loses_its_cell_and_the_others_keep_theirs(
    browser: Client, draft: CoverRequest
) -> None:
    send(browser, draft)
    answer(browser, draft, "keep")
    row = draft.accounts.first()
    assert row is not None
    typed = {f"newest_{code}": text for code, text in row.items.items()} | {"newest_period_end": "2025-12-31"}
    address = reverse("request-step", args=[draft.reference, "accounts"])
    assert browser.post(address, {**ABOUT, **typed, "newest_cash": "12", "newest_sales": "118 601"}).status_code == 302
    row = draft.accounts.get()
    assert row.items["sales"] == "118601.00"
    assert "sales" not in row.provenance["items"]
    assert "cash" not in row.provenance["items"]
    assert row.provenance["items"]["equity"] == "B6"
    assert row.provenance["file"] == "pei.csv"


def test_going_back_keeps_what_was_typed_and_forgets_the_file(browser: Client, draft: CoverRequest) -> None:
    send(browser, draft, newest_sales="soon", newest_cash="77", audited="yes")
    assert answer(browser, draft, "back")["Location"].endswith("/steps/accounts/")
    shown = page(browser, reverse("request-step", args=[draft.reference, "accounts"]))
    assert 'value="soon"' in shown
    assert 'value="77"' in shown
    assert CoverRequest.objects.get().accounts_file is None
    assert not draft.accounts.exists()


def test_a_blank_form_comes_back_blank_and_without_reproach(browser: Client, draft: CoverRequest) -> None:
    send(browser, draft, currency="EUR", unit="1")
    answer(browser, draft, "back")
    assert "The analysis needs this figure." not in page(
        browser, reverse("request-step", args=[draft.reference, "accounts"])
    )


def test_figures_the_analysis_needs_are_completed_in_the_table(browser: Client, draft: CoverRequest) -> None:
    send(browser, draft, FIGURES.replace("Rezultat net", "Marge brute"))
    refused = answer(browser, draft, "keep")
    assert refused.status_code == 422
    assert "Net profit: The analysis needs this figure." in refused.content.decode()
    assert not draft.accounts.exists()
    assert answer(browser, draft, "table")["Location"].endswith("/steps/accounts/")
    shown = page(browser, reverse("request-step", args=[draft.reference, "accounts"]))
    assert 'value="118600.00"' in shown
    assert "The file pei.csv was read and is not kept yet." in shown
    typed = {name: values[0] for name, values in CoverRequest.objects.get().unsaved_input["accounts"].items()}
    done = {**typed, "newest_net_profit": "-5 500"}
    assert browser.post(reverse("request-step", args=[draft.reference, "accounts"]), done).status_code == 302
    row = draft.accounts.first()
    assert row is not None
    assert row.items["net_profit"] == "-5500.00"
    assert "net_profit" not in row.provenance["items"]
    assert row.provenance["items"]["sales"] == "B10"


def test_what_was_not_answered_about_the_figures_is_asked_on_the_page(browser: Client, draft: CoverRequest) -> None:
    send(browser, draft)
    refused = answer(browser, draft, "keep", audited="")
    assert refused.status_code == 422
    assert "Were these accounts audited" in refused.content.decode()
    assert not draft.accounts.exists()


def test_figures_that_do_not_add_up_are_said_and_may_be_kept(browser: Client, draft: CoverRequest) -> None:
    send(browser, draft, FIGURES.replace("89 300", "80 000"))
    shown = page(browser, preview(draft))
    assert "The year to 31 December 2025 does not add up" in shown
    assert "Total assets are 96,400; equity, debts and provisions make 87,100." in shown
    assert "The year to 31 December 2024 does not add up" not in shown
    assert answer(browser, draft, "keep").status_code == 302


def test_an_unreadable_cell_is_said_at_its_address_and_stays_empty(browser: Client, draft: CoverRequest) -> None:
    send(browser, draft, FIGURES.replace("Datorii;89 300;77 100", "Datorii;89 300;77 l00"))
    assert "C7: “77 l00” is not a number." in page(browser, preview(draft))
    answer(browser, draft, "keep")
    assert "total_liabilities" not in draft.accounts.last().items


def test_a_file_that_cannot_be_read_is_an_error_at_the_field(browser: Client, draft: CoverRequest) -> None:
    refused = send(browser, draft, "PK\x03\x04", newest_cash="77")
    assert refused.status_code == 422
    shown = refused.content.decode()
    assert "This file cannot be read." in shown
    assert 'value="77"' in shown
    assert "The analysis needs this figure." not in shown
    assert CoverRequest.objects.get().accounts_file is None


def test_years_beyond_two_are_shown_and_not_kept(browser: Client, draft: CoverRequest) -> None:
    lines = [
        line + (";2023-12-31" if number == 0 else ";50 000" if number > 2 else "")
        for number, line in enumerate(FIGURES.splitlines())
    ]
    send(browser, draft, "\n".join(lines).replace("RON;2023-12-31", "RON"))
    assert "not kept" in page(browser, preview(draft))
    answer(browser, draft, "keep")
    assert draft.accounts.count() == 2


def test_without_a_file_there_is_nothing_to_look_at(browser: Client, draft: CoverRequest) -> None:
    assert browser.get(preview(draft))["Location"].endswith("/steps/accounts/")


def test_a_request_that_was_submitted_takes_no_file(
    browser: Client, alice: User, index: Company, now: datetime
) -> None:
    sent = demo.draft_request(index, alice, now)
    actions.submit(sent.pk, actor=alice, at=now)
    assert browser.get(preview(sent))["Location"] == reverse("file", args=[sent.reference])
    assert send(browser, sent)["Location"] == reverse("file", args=[sent.reference])


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_template_explains_itself_and_reads_back(language: str) -> None:
    with translation.override(language):
        content = template_workbook()
    book = openpyxl.load_workbook(io.BytesIO(content))
    figures, guide = book.worksheets
    assert guide.max_row == 24 + 4
    assert all(row[1].value for row in guide.iter_rows(min_row=2))
    figures["B2"], figures["B3"], figures["B5"] = "RON", 1000, 96400
    filled = io.BytesIO()
    book.save(filled)
    read = read_accounts(filled.getvalue())
    assert read.problems == ()
    assert (read.currency, read.unit) == ("RON", 1000)
    assert read.years[0].items == {"total_assets": Decimal("96400.00")}
    assert read.years[0].cells == {"total_assets": "B5"}

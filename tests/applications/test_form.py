"""The form step by step: what is wrong is said at its field, and nothing that was typed is lost."""

import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications import actions
from applications.models import CoverRequest, ExchangeRate, Status
from applications.rates import NoRate, rate_on
from parties.models import Company, Membership, Role, User
from unlockfocus import demo

Lines = list[tuple[str, str, str, str, str]]
PEI_LINES: Lines = [
    ("Down payment", "370 000,00", "EUR", "2027-07-01", "2026-12-15"),
    ("On delivery", "1.110.000,00", "EUR", "2027-07-01", "2027-09-29"),
    ("On acceptance", "370,000.00", "EUR", "2027-08-16", "2027-11-14"),
]


@pytest.fixture
def draft(index: Company, alice: User, now: datetime) -> CoverRequest:
    return demo.draft_request(index, alice, now)


@pytest.fixture
def browser(alice: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(alice)


def schedule(lines: Lines) -> dict[str, str]:
    data = {"lines-TOTAL_FORMS": str(len(lines)), "lines-INITIAL_FORMS": "0"}
    for number, line in enumerate(lines):
        for name, value in zip(("label", "amount", "currency", "delivery_on", "due_on"), line, strict=True):
            data[f"lines-{number}-{name}"] = value
    return data


def post(browser: Client, draft: CoverRequest, step: str, data: dict[str, object]) -> HttpResponse:
    return browser.post(reverse("request-step", args=[draft.reference, step]), data)


def page_of(browser: Client, draft: CoverRequest, step: str) -> str:
    return browser.get(reverse("request-step", args=[draft.reference, step])).content.decode()


def buyer(**changes: str) -> dict[str, object]:
    return {
        "buyer_country": "RO",
        "buyer_registration_number": "49007311",
        "buyer_name": "PEI",
        "affiliate": "no",
        "private_person": "no",
        "other_credit_insurance": "no",
    } | changes


def test_amounts_are_read_as_people_type_them(browser: Client, draft: CoverRequest) -> None:
    response = post(browser, draft, "schedule", schedule(PEI_LINES))
    assert response.status_code == 302
    draft = CoverRequest.objects.get(pk=draft.pk)
    assert [line.amount for line in draft.lines.all()] == [
        Decimal("370000.00"),
        Decimal("1110000.00"),
        Decimal("370000.00"),
    ]
    assert draft.peak.amount == Decimal("1480000.00")
    assert draft.peak.on == date(2027, 8, 16)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([("All", "1 850 000", "EUR", "2027-07-01", "2026-11-30")], "cannot be due before the order of 01/12/2026"),
        ([("All", "1 850 000", "EUR", "2027-07-01", "2027-12-02")], "due by 01/12/2027 at the latest"),
        ([("All", "1 850 000", "EUR", "2027-07-01", "2028-01-01")], "At most 12 months from the order"),
        ([("All", "12,34,5", "EUR", "2027-07-01", "2027-09-01")], "is not an amount we can read"),
        ([("All", "0", "EUR", "2027-07-01", "2027-09-01")], "must be above zero"),
        ([("All", "1 000 000", "EUR", "2027-07-01", "2027-09-01")], "The lines add up to €1,000,000.00, the order to"),
        ([("All", "1 850 000", "EUR", "2027-07-01", "9999-12-31")], "This year is not plausible"),
        ([], "Enter at least one line"),
    ],
)
def test_a_schedule_that_cannot_be_insured_says_why_and_keeps_what_was_typed(
    browser: Client, draft: CoverRequest, lines: Lines, message: str
) -> None:
    response = post(browser, draft, "schedule", schedule(lines))
    assert response.status_code == 422
    assert message in response.content.decode().replace("\xa0", " ")
    assert draft.lines.count() == 3, "what was saved before stands"
    if lines:
        assert f'value="{lines[0][1]}"' in page_of(browser, draft, "schedule"), "and what was typed comes back"


def test_a_cent_below_the_minimum_is_refused(browser: Client, draft: CoverRequest) -> None:
    CoverRequest.objects.filter(pk=draft.pk).update(order_amount=Decimal("999999.99"))
    response = post(browser, draft, "schedule", schedule([("All", "999 999,99", "EUR", "2027-07-01", "2027-09-01")]))
    assert response.status_code == 422
    assert "The peak exposure is €999,999.99: we insure orders from €1,000,000.00." in response.content.decode()


def test_twelve_months_to_the_day_are_insured(browser: Client, draft: CoverRequest) -> None:
    lines = schedule([("All", "1 850 000", "EUR", "2027-07-01", "2027-12-01")])
    assert post(browser, draft, "schedule", lines).status_code == 302


def test_a_currency_without_a_rate_that_day_is_refused_at_its_field(browser: Client, draft: CoverRequest) -> None:
    ExchangeRate.objects.filter(currency="TRY").delete()
    response = post(browser, draft, "schedule", schedule([("All", "90 000 000", "TRY", "2027-07-01", "2027-09-01")]))
    assert response.status_code == 422
    assert "publishes no rate for TRY on 24/11/2026" in response.content.decode()


def test_the_last_rate_before_a_weekend_is_used_and_a_stale_one_is_not(db: None) -> None:
    assert rate_on("USD", date(2026, 10, 25)).on == date(2026, 10, 23)
    assert rate_on("USD", date(2026, 10, 30)).to_eur(Decimal("1117200.00")) == Decimal("1000000.00")
    assert rate_on("USD", date(2026, 11, 30)).on == date(2026, 10, 30)
    with pytest.raises(NoRate):
        rate_on("USD", date(2026, 12, 1))


def test_another_currency_is_converted_line_by_line(browser: Client, draft: CoverRequest) -> None:
    lines = [
        ("First", "1 500 000", "USD", "2027-07-01", "2027-09-01"),
        ("Second", "1 000 000,01", "USD", "2027-07-01", "2027-09-01"),
    ]
    assert post(browser, draft, "schedule", schedule(lines)).status_code == 302
    first, second = CoverRequest.objects.get(pk=draft.pk).lines.all()
    assert (first.amount_eur, second.amount_eur) == (Decimal("1342642.32"), Decimal("895094.89"))
    assert (first.rate, first.rate_on) == (Decimal("1.117200"), date(2026, 10, 30))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"buyer_registration_number": "49007312"}, "check digit"),
        ({"buyer_vat_number": "RO49007312"}, "check digit"),
        ({"buyer_country": "KP"}, "We do not insure buyers in this country"),
        ({"affiliate": "yes"}, "An order from your own group cannot be insured"),
        ({"private_person": "yes"}, "Only companies can be insured as buyers"),
        ({"other_credit_insurance": "yes"}, "already covered by another credit insurance"),
    ],
)
def test_a_buyer_that_cannot_be_insured_is_refused_at_its_field(
    browser: Client, draft: CoverRequest, changes: dict[str, str], message: str
) -> None:
    response = post(browser, draft, "buyer", buyer(**changes))
    assert response.status_code == 422
    page = response.content.decode()
    assert message in page
    assert 'id="error-summary"' in page
    assert f'href="#id_{next(iter(changes))}' in page, "the summary leads to the field"


def test_what_was_refused_survives_signing_out(
    browser: Client, draft: CoverRequest, alice: User, signed_in: Callable[[User], Client]
) -> None:
    post(browser, draft, "buyer", buyer(buyer_registration_number="49007312", buyer_address="Str. Noua 1"))
    browser.logout()
    again = page_of(signed_in(alice), draft, "buyer")
    assert 'value="49007312"' in again
    assert 'value="Str. Noua 1"' in again
    assert "check digit" in again


def test_lines_are_added_and_removed_without_losing_the_others(browser: Client, draft: CoverRequest) -> None:
    post(browser, draft, "schedule", schedule(PEI_LINES) | {"act": "add"})
    assert "lines-3-amount" in page_of(browser, draft, "schedule")
    post(browser, draft, "schedule", schedule(PEI_LINES) | {"act": "remove-0"})
    page = page_of(browser, draft, "schedule")
    assert 'value="On delivery"' in page
    assert 'value="Down payment"' not in page


def test_the_preview_shows_the_peak_of_what_can_be_read(browser: Client, draft: CoverRequest) -> None:
    lines = [*PEI_LINES, ("Half typed", "1 0", "EUR", "", "")]
    response = browser.post(reverse("schedule-preview", args=[draft.reference]), schedule(lines))
    assert "Peak exposure: €1,480,000.00 on 16 August 2027" in response.content.decode()


def test_forty_lines_are_taken(browser: Client, draft: CoverRequest) -> None:
    lines = [(f"Part {number}", "46 250", "EUR", "2027-07-01", "2027-09-01") for number in range(40)]
    assert post(browser, draft, "schedule", schedule(lines)).status_code == 302
    assert draft.lines.count() == 40


def workbook(**members: bytes) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>", **members}.items():
            archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("invoice.pdf", b"MZ\x90\x00" + b"\0" * 200, "is not a PDF, an Excel workbook (.xlsx) or an image"),
        ("empty.pdf", b"", "empty"),
        ("page.pdf", b"<html><script>alert(1)</script></html>", "is not a PDF"),
        ("drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is not a PDF"),
        ("big.pdf", b"%PDF-1.4\n" + b"0" * (21 * 1024 * 1024), "at most 20 MB can be sent"),
        ("macro.xlsx", workbook(**{"xl/vbaProject.bin": b"x"}), "contains macros"),
        ("bomb.xlsx", workbook(**{"xl/sheet.xml": b"0" * (201 * 1024 * 1024)}), "unpacks to more than 200 MB"),
    ],
    ids=["exe", "empty", "html", "svg", "21 MB", "macros", "bomb"],
)
def test_a_file_is_judged_by_its_content(
    browser: Client, draft: CoverRequest, name: str, content: bytes, message: str
) -> None:
    response = post(browser, draft, "documents", {"kind": "order", "file": SimpleUploadedFile(name, content)})
    assert response.status_code == 422
    assert message in response.content.decode()
    assert not draft.documents.exists()


def test_a_document_is_kept_under_our_own_name_and_given_back_as_a_download(
    browser: Client, draft: CoverRequest
) -> None:
    file = SimpleUploadedFile("../../order <1>.pdf", b"%PDF-1.4\n%%EOF\n")
    assert post(browser, draft, "documents", {"kind": "order", "file": file}).status_code == 302
    document = draft.documents.get()
    assert document.name == "order <1>.pdf"
    assert "order" not in document.file.name
    response = browser.get(reverse("document", args=[document.pk]))
    assert response.getvalue() == b"%PDF-1.4\n%%EOF\n"  # type: ignore[attr-defined]
    assert response["Content-Disposition"].startswith("attachment")


def test_a_request_is_submitted_once_with_its_rates_and_declarations(
    browser: Client, draft: CoverRequest, alice: User
) -> None:
    assert post(browser, draft, "review", {}).status_code == 422, "the declarations are needed"
    assert post(browser, draft, "review", {"agree": "on"}).status_code == 302
    draft.refresh_from_db()
    assert draft.status == Status.SUBMITTED
    assert (draft.need_eur, draft.peak_on) == (Decimal("1480000.00"), date(2027, 8, 16))
    assert (draft.declared_by, draft.declarations_version) == (alice, "2026-11")
    assert str(draft.buyer) == "PEI SRL (RO 49007311)"
    assert post(browser, draft, "review", {"agree": "on"}).status_code == 302, "pressing twice leads to the file"


def test_a_request_with_a_missing_step_or_an_unmet_rule_is_not_submitted(
    browser: Client, draft: CoverRequest, alice: User, now: datetime
) -> None:
    post(browser, draft, "buyer", buyer(buyer_registration_number="49007312"))
    page = post(browser, draft, "review", {"agree": "on"}).content.decode()
    assert "Complete “The buyer”" in page
    with pytest.raises(actions.Incomplete):
        actions.submit(draft.pk, actor=alice, at=now)
    post(browser, draft, "buyer", buyer())
    Company.objects.update(activity="46.62")
    page = post(browser, draft, "review", {"agree": "on"}).content.decode()
    assert "We insure industry, capital goods and machine tools; your activity is outside." in page
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_a_rate_that_moved_since_the_draft_is_told_at_submission(
    browser: Client, draft: CoverRequest, now: datetime
) -> None:
    CoverRequest.objects.filter(pk=draft.pk).update(order_amount=Decimal("1120000.00"), order_currency="USD")
    lines = schedule([("All", "1 120 000", "USD", "2027-07-01", "2027-09-01")])
    assert post(browser, draft, "schedule", lines).status_code == 302
    ExchangeRate.objects.create(currency="USD", on=date(2026, 11, 23), rate=Decimal("1.1250"))
    response = post(browser, draft, "review", {"agree": "on"})
    assert response.status_code == 422
    assert "You need €995,555.56; we insure from €1,000,000.00." in response.content.decode()
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_a_viewer_reads_and_does_not_write(
    draft: CoverRequest, index: Company, signed_in: Callable[[User], Client]
) -> None:
    viewer = Membership.objects.get(company=index, role=Role.VIEWER).user
    response = post(signed_in(viewer), draft, "buyer", buyer(buyer_name="Changed"))
    assert response.status_code == 302
    draft.refresh_from_db()
    assert draft.buyer_name == "PEI"


def test_the_list_asks_the_same_questions_of_the_database_with_one_row_and_with_twenty(
    browser: Client,
    draft: CoverRequest,
    index: Company,
    alice: User,
    now: datetime,
    django_assert_num_queries: Callable,
) -> None:

    with CaptureQueriesContext(
        connection,
    ) as with_one:
        browser.get(reverse("requests"))
    for _number in range(19):
        demo.draft_request(index, alice, now)
    with django_assert_num_queries(len(with_one)):
        browser.get(reverse("requests"))

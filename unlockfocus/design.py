"""The design page: every component with nothing, the usual and too much in it; and the letters a development copy sent.

Both pages answer 404 in production.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import wraps
from html.parser import HTMLParser
from pathlib import Path

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

View = Callable[[HttpRequest], HttpResponse]

TODAY = date(2027, 11, 2)


def not_in_production(view: View) -> View:
    """The page does not exist in production; elsewhere nobody has to sign in for it."""

    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if settings.PRODUCTION:
            raise Http404
        return view(request)

    return guarded


# --- Samples: the order of INDEX to PEI, and its extremes -------------------------------------------------------------


@dataclass(frozen=True)
class SampleStep:
    """From this day on, the exposure is `amount` EUR."""

    on: date
    amount: Decimal


@dataclass(frozen=True)
class SamplePrice:
    """The price of the case; every line EUR."""

    expected: Decimal = Decimal("3272.24")
    selection: Decimal = Decimal("2454.18")
    capital: Decimal = Decimal("11730.47")
    expenses: Decimal = Decimal("7800.00")
    technical: Decimal = Decimal("31571.11")
    options: Decimal = Decimal("0.00")
    net_premium: Decimal = Decimal("31571.11")
    tax: Decimal = Decimal("0.00")
    to_pay: Decimal = Decimal("31571.11")


@dataclass(frozen=True)
class SampleFactor:
    """One row of a waterfall."""

    label: str
    contribution: Decimal
    note: str = ""


@dataclass(frozen=True)
class SampleEntry:
    """One line of a timeline."""

    at: datetime
    actor: str
    sentence: str
    details: str = ""


@dataclass(frozen=True)
class SampleDocument:
    """One file on a file."""

    name: str
    kind: str
    size: int
    at: datetime
    who: str
    url: str = "#documents"


@dataclass(frozen=True)
class SampleFormStep:
    """One step of a long form."""

    label: str
    state: str
    url: str = ""


CASE = (
    SampleStep(date(2027, 7, 1), Decimal("1110000.00")),
    SampleStep(date(2027, 8, 16), Decimal("1480000.00")),
    SampleStep(date(2027, 9, 30), Decimal("370000.00")),
    SampleStep(date(2027, 11, 15), Decimal(0)),
)
CASE_ACTUAL = (
    SampleStep(date(2027, 7, 19), Decimal("1110000.00")),
    SampleStep(date(2027, 9, 6), Decimal("1480000.00")),
    SampleStep(date(2027, 10, 12), Decimal("920000.00")),
)
ONE_DAY = (SampleStep(date(2027, 7, 1), Decimal("1.00")), SampleStep(date(2027, 7, 2), Decimal(0)))


def _forty_steps() -> tuple[SampleStep, ...]:
    """Forty deliveries of unequal size, the greatest near a thousand billion."""
    amounts = [Decimal(25 * 10**9) * ((index * 7) % 40 + 1) - Decimal("0.01") for index in range(40)]
    days = [date(2026, 12, 3) + timedelta(days=8 * index) for index in range(41)]
    return tuple(SampleStep(day, amount) for day, amount in zip(days, [*amounts, Decimal(0)], strict=True))


DEAR = SamplePrice(
    technical=Decimal("999000031571.11"),
    options=Decimal("-31571.11"),
    net_premium=Decimal("999000010000.00"),
    tax=Decimal("89910000900.00"),
    to_pay=Decimal("1088910010900.00"),
)

FACTORS = (
    SampleFactor("Constant of the model", Decimal("3.25")),
    SampleFactor("Working capital to total assets", Decimal("0.94"), "0.1432 × 6.56"),
    SampleFactor("Retained earnings to total assets", Decimal("0.66"), "0.2012 × 3.26"),
    SampleFactor("Operating profit to total assets", Decimal("0.62"), "0.0923 × 6.72"),
    SampleFactor("Equity to total liabilities", Decimal("0.58"), "0.5550 × 1.05"),
    SampleFactor("Accounts older than 18 months", Decimal("-1.20")),
)

ENTRIES = (
    SampleEntry(
        datetime(2026, 12, 4, 9, 12, tzinfo=UTC),
        "Unlock Focus",
        "Offer made: €1,480,000.00 at 90%, valid to 18 December 2026.",
        "Grade 6, fair. Retention of title to be registered before delivery.",
    ),
    SampleEntry(
        datetime(2026, 12, 1, 15, 40, tzinfo=UTC),
        "Unlock Focus",
        "Analysis finished: grade 6, two years of accounts, audited.",
    ),
    SampleEntry(
        datetime(2026, 12, 1, 15, 38, tzinfo=UTC),
        "Claire Martin",
        "Request submitted for a peak exposure of €1,480,000.00.",
    ),
)

DOCUMENTS = (
    SampleDocument("Order PEI-1187.pdf", "PDF", 482_133, datetime(2026, 12, 1, 14, 2, tzinfo=UTC), "Claire Martin"),
    SampleDocument(
        "situatii-financiare-anuale-2025-raport-auditor-independent-versiune-semnata-definitiva.xlsx",
        "XLSX", 18_204_551, datetime(2026, 12, 1, 14, 6, tzinfo=UTC), "Claire Martin",
    ),
)  # fmt: skip


class SampleForm(forms.Form):
    """One field of each kind."""

    buyer = forms.CharField(
        label="Buyer’s registration number",
        help_text="It identifies one legal entity; a trade name does not.",
        widget=forms.TextInput(attrs={"data-width": "code", "data-example": "49007311", "inputmode": "numeric"}),
    )
    amount = forms.DecimalField(
        label="Amount of the order, excluding VAT",
        help_text="The exposure is computed from it, line by line.",
        widget=forms.TextInput(
            attrs={"data-width": "amount", "data-unit": "EUR", "data-example": "1 850 000,00", "inputmode": "decimal"}
        ),
    )
    delivery = forms.DateField(label="Delivery", widget=forms.DateInput(attrs={"type": "date"}))
    country = forms.ChoiceField(label="Country", choices=[("RO", "Romania"), ("PL", "Poland"), ("FR", "France")])
    insured = forms.ChoiceField(
        label="Is this order insured elsewhere?",
        help_text="One receivable cannot be insured twice.",
        choices=[("no", "No"), ("yes", "Yes")],
        widget=forms.RadioSelect(attrs={"data-inline": True}),
    )
    security = forms.MultipleChoiceField(
        label="Securities",
        choices=[
            ("deposit", "Deposit"),
            ("title", "Retention of title"),
            ("parent", "Guarantee of the parent company"),
        ],
        widget=forms.CheckboxSelectMultiple,
    )
    goods = forms.CharField(
        label="Goods", required=False, widget=forms.Textarea(attrs={"data-optional": True, "rows": 3})
    )
    accounts = forms.FileField(label="Accounts of the buyer", help_text="PDF or XLSX, at most 20 MB.")
    true = forms.BooleanField(label="The facts I give are true and complete to the best of my knowledge.")


def _sample_errors() -> SampleForm:
    form = SampleForm({"wrong-amount": "a lot", "wrong-buyer": "49007312", "wrong-country": "RO"}, prefix="wrong")
    form.add_error("buyer", "The check digit of this number does not match.")
    return form


@not_in_production
def design(request: HttpRequest) -> HttpResponse:
    """Every component, together, with sample data."""
    return render(request, "design/index.html", {
        "today": TODAY,
        "deadlines": [
            ("Claim due", date(2027, 11, 28), "60 days after the due date of 29 September 2027.", False),
            ("Overdue notice due", date(2027, 11, 5), "30 days after, moved to the next working day.", False),
            ("Reminder to the buyer", date(2027, 10, 30), "", False),
            ("Documents complete", date(2027, 10, 20), "", True),
        ],
        "case": CASE, "case_actual": CASE_ACTUAL, "one_day": ONE_DAY, "forty": _forty_steps(), "nothing": (),
        "limit": Decimal("1480000.00"), "low_limit": Decimal("1200000.00"), "huge_limit": Decimal("900000000000.00"),
        "case_start": date(2026, 12, 1), "case_end": date(2027, 11, 14),
        "price": SamplePrice(), "dear": DEAR, "factors": FACTORS,
        "entries": ENTRIES, "documents": DOCUMENTS,
        "form": SampleForm(), "wrong_form": _sample_errors(),
        "grades": range(1, 11), "tones": ("good", "caution", "danger", "info", "neutral"),
        "stages": ("request", "analysis", "acceptance", "monitoring", "incidents"),
        "form_steps": [
            SampleFormStep("Buyer", "done", "#steps"), SampleFormStep("Order and schedule", "done", "#steps"),
            SampleFormStep("Trading history", "current"), SampleFormStep("Your figures", "ahead"),
            SampleFormStep("Documents", "ahead"), SampleFormStep("Declarations", "ahead"),
        ],
        "facts": [
            ("Buyer", "PEI SRL", "RO 49007311, Pitești"), ("Order", "PEI-2026-1187"),
            ("Goods", "Two six-spindle turning centres with loader, tooling and commissioning"),
            ("Insured percentage", "90%"), ("Loss payee", "Łódź–Bydgoszcz Bank Spółdzielczy"),
        ],
        "figures": [
            ("peak exposure", "€1,480,000", "16 August 2027"), ("to pay", "€31,571.11", "2.13% of the limit"),
            ("paid if nothing is recovered", "€1,332,000", "90% of the loss"),
        ],
        "sum_lines": [
            ("Invoice 2027-0711", Decimal("1110000.00"), "due 29 September 2027"),
            ("Invoice 2027-0816", Decimal("370000.00"), "due 14 November 2027"), ("Deposit", Decimal("-148000.00")),
        ],
        "sum_total": Decimal("1332000.00"),
        "page": Paginator(range(1, 1001), 20).page(7),
        "one_page": Paginator(range(1, 4), 20).page(1),
        "used": Decimal("1110000.00"), "nearly": Decimal("1400000.00"), "over": Decimal("1600000.00"),
    })  # fmt: skip


# --- Letters ----------------------------------------------------------------------------------------------------------

# What Django's file backend writes between two messages of one file.
_BETWEEN_MESSAGES = b"-" * 79 + b"\n"


@dataclass(frozen=True)
class SentLetter:
    """A letter as it was written to the mail folder; `number` counts from the newest, 0."""

    number: int
    subject: str
    to: str
    sent: str
    text: str
    html: str
    links: tuple[str, ...]


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href")
        if tag == "a" and href:
            self.found[href] = None


def sent_letters(folder: Path) -> list[SentLetter]:
    """The letters in a folder, newest first; none when the folder does not exist."""
    files = sorted(folder.glob("*.log"), reverse=True) if folder.is_dir() else []
    messages = [message for file in files for message in reversed(list(_messages(file)))]
    return [_letter(number, message) for number, message in enumerate(messages)]


def _messages(file: Path) -> Iterator[EmailMessage]:
    parser = BytesParser(policy=policy.default)
    for raw in file.read_bytes().split(_BETWEEN_MESSAGES):
        if raw.strip():
            yield parser.parsebytes(raw)


def _letter(number: int, message: EmailMessage) -> SentLetter:
    html = _part(message, "html")
    links = _Links()
    links.feed(html)
    return SentLetter(
        number, message["Subject"], message["To"], message["Date"], _part(message, "plain"), html, tuple(links.found)
    )


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body(preferencelist=(kind,))
    return str(body.get_content()) if body else ""


@not_in_production
def mail(request: HttpRequest) -> HttpResponse:
    """The letters this copy has sent; `?letter=3` shows one as its reader sees it, without scripts."""
    letters = sent_letters(settings.MAIL_FOLDER)
    if "letter" not in request.GET:
        return render(request, "design/mail.html", {"letters": letters})
    shown = next((letter for letter in letters if str(letter.number) == request.GET["letter"]), None)
    if shown is None:
        raise Http404
    response = HttpResponse(shown.html)
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-top-navigation-by-user-activation allow-popups"
    )
    return response

"""Declaring a delivery, a payment, or a file of either: what it does is said first, and only then it is saved.

A form carries the mark of the remarks its reader was shown. It is saved when the same remarks hold at that moment, with
the guarantee locked: pressed twice, or overtaken by a colleague, it shows what is new instead.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from applications.rates import NoRate
from applications.uploads import XLSX
from claims.account import Account
from claims.actions import deliveries as acts
from claims.actions.deliveries import CreditFacts, InvoiceFacts
from claims.actions.evidence import add_evidence
from claims.delivery_forms import CreditForm, ImportForm, InvoiceForm, ReasonForm
from claims.file_words import place, problem_sentence, template_workbook
from claims.invoice_file import (
    INVOICE_COLUMNS,
    PAYMENT_COLUMNS,
    InvoiceRow,
    PaymentRow,
    read_invoices,
    read_payments,
)
from claims.ledger import CreditKind
from claims.models import Credit, EvidenceKind, Invoice
from claims.previews import MOST_EUR, consider, weigh, without
from claims.views.deliveries import exposure_of, frame_of
from claims.views.reading import account_of
from parties.visitors import SignedInRequest
from underwriting.actions.guarantees import locked
from unlockfocus.tables import Problem

# Between the preview of a file and its confirmation.
PREVIEW_HOLDS_SECONDS = 2 * 60 * 60
MOST_PROBLEMS_SHOWN = 100


def _fresh(account: Account) -> Account:
    """The account with its guarantee locked until the transaction ends."""
    return Account(locked(account.guarantee.pk), account.today)


# --- One delivery -----------------------------------------------------------------------------------------------------


def invoice_declare(request: SignedInRequest, number: str) -> HttpResponse:
    """Declare a delivery and its invoice, with its proof when it is at hand."""
    account = account_of(request, number, "declare")
    if request.method != "POST":
        return _invoice_form(request, account, InvoiceForm(account=account, initial=_asked_line(request)))
    with transaction.atomic():
        account = _fresh(account)
        form = InvoiceForm(request.POST, request.FILES, account=account)
        if not form.is_valid():
            return _invoice_form(request, account, form, status=422)
        preview = consider(account, [form.facts])
        if request.POST.get("seen") != preview.mark:
            return _invoice_form(request, account, form, preview=preview)
        declared = _declare(request, account, form)
    messages.success(request, _("Invoice %(number)s is declared.") % {"number": declared.number})
    return redirect("invoice", number, declared.pk)


def _asked_line(request: HttpRequest) -> dict[str, Any]:
    line = request.GET.get("line", "")
    return {"line": int(line)} if line.isdigit() else {}


def _declare(request: SignedInRequest, account: Account, form: InvoiceForm) -> Invoice:
    """The invoice and the documents that came with it."""
    at = timezone.now()
    declared = acts.declare_invoice(account.guarantee.pk, form.facts, by=request.user, at=at)
    for name, kind in (("copy", EvidenceKind.INVOICE), ("proof", EvidenceKind.DELIVERY)):
        file = form.cleaned_data[name]
        if file:
            add_evidence(account.guarantee.pk, kind=kind, file=file, invoice=declared, by=request.user, at=at)
    return declared


def _invoice_form(
    request: SignedInRequest, account: Account, form: InvoiceForm, *, preview: Any = None, status: int = 200
) -> HttpResponse:
    context = {
        **frame_of(request, account, "deliveries"),
        **exposure_of(account),
        "form": form,
        "preview": preview,
        "files_lost": bool(preview and request.FILES),
    }
    return render(request, "claims/deliveries/invoice_form.html", context, status=status)


@require_POST
def invoice_preview(request: SignedInRequest, number: str) -> HttpResponse:
    """What the delivery being typed would do. Nothing is saved."""
    account = account_of(request, number, "declare")
    form = InvoiceForm(request.POST, account=account)
    preview = consider(account, [form.facts]) if form.is_valid() else None
    context = {**frame_of(request, account, "deliveries"), **exposure_of(account), "preview": preview}
    return render(request, "claims/deliveries/invoice_effect.html", context)


# --- One payment or credit --------------------------------------------------------------------------------------------


def credit_declare(request: SignedInRequest, number: str) -> HttpResponse:
    """Record a payment or another credit, after saying which invoices it pays."""
    account = account_of(request, number, "declare")
    if request.method != "POST":
        return _credit_form(request, account, CreditForm(account=account, initial=_asked_invoice(request, account)))
    with transaction.atomic():
        account = _fresh(account)
        form = CreditForm(request.POST, account=account)
        if not form.is_valid():
            return _credit_form(request, account, form, status=422)
        preview = weigh(account, [form.facts])
        if request.POST.get("seen") != preview.mark:
            return _credit_form(request, account, form, preview=preview)
        (credit,) = acts.declare_credits(account.guarantee.pk, [form.facts], by=request.user, at=timezone.now())
    messages.success(request, _("%(kind)s recorded.") % {"kind": credit.get_kind_display()})
    return redirect("deliveries", number)


def _asked_invoice(request: HttpRequest, account: Account) -> dict[str, Any]:
    asked = request.GET.get("invoice", "")
    found = [each for each in account.invoices if str(each.pk) == asked]
    return {"invoice": found[0].pk} if found else {}


def _credit_form(
    request: SignedInRequest, account: Account, form: CreditForm, *, preview: Any = None, status: int = 200
) -> HttpResponse:
    context = {**frame_of(request, account, "deliveries"), "form": form, "preview": preview}
    return render(request, "claims/deliveries/credit_form.html", context, status=status)


@require_POST
def credit_preview(request: SignedInRequest, number: str) -> HttpResponse:
    """Which invoices the payment being typed would pay. Nothing is saved."""
    account = account_of(request, number, "declare")
    form = CreditForm(request.POST, account=account)
    preview = weigh(account, [form.facts]) if form.is_valid() else None
    context = {**frame_of(request, account, "deliveries"), "preview": preview}
    return render(request, "claims/deliveries/credit_effect.html", context)


def credit_cancel(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """Take a payment back, after saying what is owed again."""
    account = account_of(request, number, "declare")
    credit = get_object_or_404(account.guarantee.credits.select_related("invoice"), pk=pk)
    if credit.cancelled_at:
        messages.info(request, _("This was cancelled already."))
        return redirect("deliveries", number)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        acts.cancel_credit(credit.pk, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        messages.success(request, _("Cancelled. What it had paid is open again."))
        return redirect("deliveries", number)
    context = {
        **frame_of(request, account, "deliveries"),
        "credit": credit,
        "parts": without(account, str(credit.pk)),
        "form": form,
    }
    return render(
        request, "claims/deliveries/credit_cancel.html", context, status=422 if request.method == "POST" else 200
    )


# --- A file -----------------------------------------------------------------------------------------------------------


def invoices_import(request: SignedInRequest, number: str) -> HttpResponse:
    """Declare the invoices of a file: shown first, then all of them or none."""
    account = account_of(request, number, "declare")
    if request.method != "POST":
        return _import_page(request, account, "invoices", {"form": ImportForm()})
    if "rows" in request.POST:
        return _invoices_confirm(request, account)
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _import_page(request, account, "invoices", {"form": form}, status=422)
    content = form.cleaned_data["file"].read()
    file = read_invoices(
        content,
        order_lines=[each.label for each in account.order_lines],
        known=[each.number for each in account.invoices],
        currency=account.guarantee.request.order_currency or "EUR",
        today=account.today,
    )
    return _show_invoices(request, account, file.rows, file.problems)


def _show_invoices(
    request: SignedInRequest, account: Account, rows: Sequence[InvoiceRow], problems: Sequence[Problem] = ()
) -> HttpResponse:
    facts = [_invoice_facts(row, account) for row in rows]
    try:
        preview = consider(account, facts) if facts else None
    except NoRate as error:
        return _refused(request, account, "invoices", problems, str(error))
    if preview:
        amounts = [each.draft.amount_eur for each in preview.drafts]
        problems = [*problems, *_implausible(rows, amounts)]
    if problems or preview is None:
        return _refused(request, account, "invoices", problems)
    packed = [_packed(row) for row in rows]
    context = {**exposure_of(account), "preview": preview, "kept": _sign(packed, request)}
    return _import_page(request, account, "invoices", context)


def _invoices_confirm(request: SignedInRequest, account: Account) -> HttpResponse:
    try:
        packed = _unsign(request)
    except signing.BadSignature:
        return _refused(request, account, "invoices", (), _("The preview is too old. Send the file again."))
    rows = [_unpacked_invoice(each) for each in packed]
    with transaction.atomic():
        account = _fresh(account)
        facts = [_invoice_facts(row, account) for row in rows]
        if request.POST.get("seen") != consider(account, facts).mark:
            return _show_invoices(request, account, rows)
        acts.declare_invoices(account.guarantee.pk, facts, by=request.user, at=timezone.now())
    count = len(rows)
    messages.success(request, ngettext("%(n)s invoice declared.", "%(n)s invoices declared.", count) % {"n": count})
    return redirect("deliveries", account.guarantee.number)


def _invoice_facts(row: InvoiceRow, account: Account) -> InvoiceFacts:
    return InvoiceFacts(
        number=row.number,
        line=account.order_lines[row.order_line - 1],
        delivered_on=row.delivered_on,
        invoiced_on=row.invoiced_on,
        due_on=row.due_on,
        amount=row.amount,
        currency=row.currency,
    )


def credits_import(request: SignedInRequest, number: str) -> HttpResponse:
    """Record the payments of a file: shown first, then all of them or none."""
    account = account_of(request, number, "declare")
    if request.method != "POST":
        return _import_page(request, account, "payments", {"form": ImportForm()})
    if "rows" in request.POST:
        return _credits_confirm(request, account)
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _import_page(request, account, "payments", {"form": form}, status=422)
    file = read_payments(
        form.cleaned_data["file"].read(),
        invoices=[each.number for each in account.invoices],
        currency=account.guarantee.request.order_currency or "EUR",
        today=account.today,
    )
    return _show_credits(request, account, file.rows, file.problems)


def _show_credits(
    request: SignedInRequest, account: Account, rows: Sequence[PaymentRow], problems: Sequence[Problem] = ()
) -> HttpResponse:
    facts = [_credit_facts(row, account) for row in rows]
    try:
        preview = weigh(account, facts) if facts else None
    except NoRate as error:
        return _refused(request, account, "payments", problems, str(error))
    if preview:
        problems = [*problems, *_implausible(rows, preview.amounts)]
    if problems or preview is None:
        return _refused(request, account, "payments", problems)
    packed = [_packed(row) for row in rows]
    lines = list(zip(facts, preview.amounts, preview.said_of_each, strict=True))
    context = {
        "preview": preview,
        "lines": [(Credit.Kind(each.kind).label, each, eur, said) for each, eur, said in lines],
        "kept": _sign(packed, request),
    }
    return _import_page(request, account, "payments", context)


def _credits_confirm(request: SignedInRequest, account: Account) -> HttpResponse:
    try:
        packed = _unsign(request)
    except signing.BadSignature:
        return _refused(request, account, "payments", (), _("The preview is too old. Send the file again."))
    rows = [_unpacked_payment(each) for each in packed]
    with transaction.atomic():
        account = _fresh(account)
        facts = [_credit_facts(row, account) for row in rows]
        if request.POST.get("seen") != weigh(account, facts).mark:
            return _show_credits(request, account, rows)
        acts.declare_credits(account.guarantee.pk, facts, by=request.user, at=timezone.now())
    count = len(rows)
    messages.success(request, ngettext("%(n)s payment recorded.", "%(n)s payments recorded.", count) % {"n": count})
    return redirect("deliveries", account.guarantee.number)


def _credit_facts(row: PaymentRow, account: Account) -> CreditFacts:
    invoice = next((each for each in account.invoices if each.number == row.invoice), None)
    return CreditFacts(row.kind, row.received_on, row.amount, row.currency, invoice)


def _implausible(rows: Sequence[InvoiceRow | PaymentRow], amounts: Sequence[Decimal]) -> list[Problem]:
    return [
        Problem("too_large", row.line, value=str(row.amount))
        for row, amount in zip(rows, amounts, strict=True)
        if not Decimal(0) < amount < MOST_EUR
    ]


def _import_page(
    request: SignedInRequest, account: Account, of: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    columns = INVOICE_COLUMNS if of == "invoices" else PAYMENT_COLUMNS
    shared = {**frame_of(request, account, "deliveries"), "of": of, "columns": columns}
    return render(request, f"claims/deliveries/import_{of}.html", {**shared, **context}, status=status)


def _refused(
    request: SignedInRequest, account: Account, of: str, problems: Sequence[Problem], sentence: str = ""
) -> HttpResponse:
    """The file as a whole is not taken; every place to correct is told."""
    told = [(place(each), problem_sentence(each)) for each in problems]
    if sentence:
        told.append(("", sentence))
    context = {
        "form": ImportForm(),
        "problems": told[:MOST_PROBLEMS_SHOWN],
        "problem_count": len(told),
    }
    return _import_page(request, account, of, context, status=422)


@require_GET
def import_template(request: SignedInRequest, of: str) -> HttpResponse:
    """An empty workbook with the columns the import reads."""
    columns = INVOICE_COLUMNS if of == "invoices" else PAYMENT_COLUMNS
    headers = {"Content-Disposition": f'attachment; filename="{of}.xlsx"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(template_workbook(columns), content_type=XLSX, headers=headers)


# What was read travels with the page, signed for this reader and this guarantee; the file need not be sent again.


def _salt(request: SignedInRequest) -> str:
    """A page of one import is no answer to another: its address is part of it."""
    return f"claims.import.{request.path}.{request.user.pk}"


def _sign(packed: list[list[str | int]], request: SignedInRequest) -> str:
    return signing.dumps(packed, salt=_salt(request), compress=True)


def _unsign(request: SignedInRequest) -> list[list[Any]]:
    kept: list[list[Any]] = signing.loads(request.POST["rows"], salt=_salt(request), max_age=PREVIEW_HOLDS_SECONDS)
    return kept


def _packed(row: InvoiceRow | PaymentRow) -> list[str | int]:
    if isinstance(row, PaymentRow):
        return [row.line, row.received_on.isoformat(), str(row.amount), row.currency, row.invoice, row.kind.value]
    days = (row.delivered_on, row.invoiced_on, row.due_on)
    return [
        row.line, row.number, row.order_line, *(day.isoformat() for day in days), str(row.amount), row.currency,
    ]  # fmt: skip


def _unpacked_invoice(packed: Sequence[Any]) -> InvoiceRow:
    line, number, order_line, delivered_on, invoiced_on, due_on, amount, currency = packed
    delivered, invoiced, due = (date.fromisoformat(day) for day in (delivered_on, invoiced_on, due_on))
    return InvoiceRow(line, number, order_line, delivered, invoiced, due, Decimal(amount), currency)


def _unpacked_payment(packed: Sequence[Any]) -> PaymentRow:
    line, received_on, amount, currency, invoice, kind = packed
    return PaymentRow(line, date.fromisoformat(received_on), Decimal(amount), currency, invoice, CreditKind(kind))

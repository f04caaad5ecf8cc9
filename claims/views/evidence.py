"""Documents of a guarantee and its invoices, and the end of a dispute."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from claims.account import Account
from claims.actions.deliveries import settle_dispute
from claims.actions.evidence import add_evidence
from claims.clocks import Kind
from claims.delivery_forms import EvidenceForm, SettlementForm
from claims.models import Dispute, Evidence, EvidenceKind, Invoice
from claims.views.deliveries import frame_of
from claims.views.reading import account_of
from parties.visitors import SignedInRequest


def evidence_add(request: SignedInRequest, number: str) -> HttpResponse:
    """Keep a document with the guarantee or one of its invoices."""
    account = account_of(request, number, "declare")
    if request.method == "POST":
        form = EvidenceForm(request.POST, request.FILES, account=account, by=request.user)
        if form.is_valid():
            kept = _keep(request, account, form)
            messages.success(request, _("“%(name)s” is kept with the file.") % {"name": kept.name})
            return redirect("invoice", number, kept.invoice_id) if kept.invoice_id else redirect("deliveries", number)
    else:
        form = EvidenceForm(account=account, by=request.user, initial=_asked(request, account))
    context = {**frame_of(request, account, "deliveries"), "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "claims/deliveries/evidence_form.html", context, status=status)


def _keep(request: SignedInRequest, account: Account, form: EvidenceForm) -> Evidence:
    given = form.cleaned_data
    return add_evidence(
        account.guarantee.pk,
        kind=given["kind"],
        file=given["file"],
        invoice=given["invoice"],
        is_internal=given.get("is_internal", False),
        by=request.user,
        at=timezone.now(),
    )


def _asked(request: HttpRequest, account: Account) -> dict[str, Any]:
    """The invoice and the kind the address names."""
    pk, kind = request.GET.get("invoice", ""), request.GET.get("kind", "")
    initial: dict[str, Any] = {"kind": kind} if kind in EvidenceKind.values else {}
    if any(str(each.pk) == pk for each in account.invoices):
        initial["invoice"] = pk
    return initial


@require_GET
def evidence(request: SignedInRequest, pk: int) -> FileResponse:
    """A document, always as a download: what people sent us is never shown inside our own pages."""
    kept = get_object_or_404(Evidence.objects.visible_to(request.user), pk=pk)
    response = FileResponse(kept.file.open("rb"), as_attachment=True, filename=kept.name)
    response["Content-Type"] = kept.content_type
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def dispute_settle(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a dispute, after saying when the waiting period of the disputed part then ends."""
    disputes = Dispute.objects.filter(invoice__in=Invoice.objects.visible_to(request.user))
    dispute = get_object_or_404(disputes.select_related("invoice__guarantee"), pk=pk)
    invoice = dispute.invoice
    account = account_of(request, invoice.guarantee.number, "declare")
    if dispute.settled_on:
        messages.info(request, _("This dispute is settled already."))
        return redirect("invoice", account.guarantee.number, invoice.pk)
    form = SettlementForm(
        request.POST or None, account=account, opened_on=dispute.opened_on, initial={"on": account.today}
    )
    if request.method == "POST" and form.is_valid():
        outcome, on = form.cleaned_data["outcome"], form.cleaned_data["on"]
        settle_dispute(dispute.pk, outcome=outcome, on=on, by=request.user, at=timezone.now())
        messages.success(request, _("The dispute on %(number)s is settled.") % {"number": invoice.number})
        return redirect("invoice", account.guarantee.number, invoice.pk)
    context = {
        **frame_of(request, account, "deliveries"),
        "dispute": dispute,
        "invoice": invoice,
        "form": form,
        "waiting": _waiting_of_disputed_part(account, invoice),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "claims/deliveries/dispute_settle.html", context, status=status)


def _waiting_of_disputed_part(account: Account, invoice: Invoice) -> Any:
    """The end of the disputed part's waiting period, were the dispute settled today; None where none is paused."""
    found = account.deadlines_for(invoice.number)
    return next((each for each in found if each.kind is Kind.WAITING_PERIOD and each.part == "disputed"), None)

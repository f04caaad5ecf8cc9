"""The desk's acts on what registers say: ask again, a person's word on a notice, a check made by hand."""

from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from journal.queueing import queue
from parties.visitors import SignedInRequest
from underwriting import register_words
from underwriting.actions import registers
from underwriting.desk_file import back, file_of, page
from underwriting.models import RegisterCheck, RegisterNotice
from underwriting.register_forms import CheckForm, ConfirmForm, DismissForm
from underwriting.sources.notices import COLLECTIVE
from underwriting.tasks import ask_registers
from unlockfocus.errors import BusinessRule


@require_POST
def ask(request: SignedInRequest, reference: str) -> HttpResponse:
    """Ask the registers about the buyer again; a worker does it within seconds."""
    shown = file_of(request, reference, "registers")
    queue(ask_registers, shown.request.pk)
    return back(request, shown, _("The registers are being asked: read this page again in a moment."))


def confirm(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Find that a notice is about the buyer, with what it then does to the score."""
    shown = file_of(request, reference, "registers")
    notice = _notice(pk, shown.request.buyer_id)
    form = ConfirmForm(request.POST or None, initial={"kind": notice.kind})
    if request.method == "POST" and form.is_valid():
        try:
            registers.confirm_notice(
                notice.pk, request=shown.request, **form.cleaned_data, by=request.user, at=shown.now
            )
        except BusinessRule as refusal:
            form.add_error(None, str(refusal))
        else:
            return back(request, shown, _("The notice is confirmed; the buyer's score follows."))
    effect = _(
        "Collective proceedings are an insolvency: every file of this buyer is scored again, at grade 10 while they"
        " stand. Other notices are read with the file and change no score."
    )
    return _decision(request, shown, notice, form, _("This notice is about the buyer"), effect, _("Confirm the notice"))


def dismiss(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Find that a notice is not about the buyer, or does not hold."""
    shown = file_of(request, reference, "registers")
    notice = _notice(pk, shown.request.buyer_id)
    form = DismissForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            registers.dismiss_notice(
                notice.pk, request=shown.request, **form.cleaned_data, by=request.user, at=shown.now
            )
        except BusinessRule as refusal:
            form.add_error(None, str(refusal))
        else:
            return back(request, shown, _("The notice is set aside."))
    if notice.counts and notice.kind in COLLECTIVE:
        effect = _("What it opened is no longer an insolvency of this buyer: its files are scored again without it.")
    else:
        effect = _("It stays in the file, marked, and no longer waits for anybody.")
    return _decision(request, shown, notice, form, _("Set this notice aside"), effect, _("Set it aside"))


def _notice(pk: int, buyer_id: int | None) -> RegisterNotice:
    return get_object_or_404(RegisterNotice.objects.select_related("decided_by"), pk=pk, buyer=buyer_id)


def _decision(
    request: SignedInRequest, shown: Any, notice: RegisterNotice, form: Any, title: str, effect: str, button: str
) -> HttpResponse:
    context = {"title": title, "effect": effect, "button": button, "notice": notice, "form": form}
    return page(request, "notice_decide", shown, context, status=422 if request.method == "POST" else 200)


def check(request: SignedInRequest, reference: str) -> HttpResponse:
    """Record a search a person made, with what the register showed."""
    shown = file_of(request, reference, "registers")
    form = CheckForm(request.POST or None, request.FILES or None, today=shown.today, buyer=shown.request.buyer)
    if request.method == "POST" and form.is_valid():
        try:
            registers.record_check(
                shown.request, form.search, evidence=form.cleaned_data["evidence"], by=request.user, at=shown.now
            )
        except BusinessRule as refusal:
            form.add_error("evidence" if isinstance(refusal, registers.UnacceptableFile) else None, str(refusal))
        else:
            return back(request, shown, _("The check is recorded."))
    context = {
        "title": _("Record a check"),
        "form": form,
        "buyer": shown.request.buyer,
        "bpi": register_words.BPI_ADDRESS,
        "iri": register_words.IRI_ADDRESS,
    }
    return page(request, "check", shown, context, status=422 if request.method == "POST" else 200)


@require_safe
def evidence(request: SignedInRequest, reference: str, pk: int) -> FileResponse:
    """What the register showed, always as a download."""
    shown = file_of(request, reference)
    checks = RegisterCheck.objects.visible_to(request.user)
    kept = get_object_or_404(checks, pk=pk, buyer=shown.request.buyer_id)
    response = FileResponse(kept.file.open("rb"), as_attachment=True, filename=kept.name)
    response["Content-Type"] = kept.content_type
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response

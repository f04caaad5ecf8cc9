"""The desk's page on a question for consent: what the extension does to cover, then yes, or no with a reason."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from applications.exposure import NOTHING
from applications.forms import TextForm
from claims.account import Account
from claims.actions import extensions
from claims.actions.claims import CLAIMS_PEOPLE
from claims.actions.extensions import Asked
from journal.models import Entry
from parties.visitors import SignedInRequest


def consent(request: SignedInRequest, pk: int) -> HttpResponse:
    """The question of one journal entry. Claims people answer it, once; others at the insurer read it."""
    asked = _asked(pk)
    may_answer = asked.answer is None and request.user.has_duty(*CLAIMS_PEOPLE)
    form = TextForm(
        request.POST if "decline" in request.POST else None,
        label=_("Why not?"),
        help_text=_("The insured reads it: what would have to be different."),
    )
    if request.method == "POST":
        if not may_answer:
            raise PermissionDenied
        done = _answer(request, asked, form)
        if done:
            messages.success(request, done)
            return redirect("admin:extension-consent", pk)
    status = 422 if request.method == "POST" else 200
    return _page(request, asked, {"form": form, "may_answer": may_answer}, status)


def _asked(pk: int) -> Asked:
    try:
        return extensions.asked_in(pk)
    except Entry.DoesNotExist as unknown:
        raise Http404 from unknown


def _answer(request: SignedInRequest, asked: Asked, form: TextForm) -> str:
    """What was done, as a sentence; "" while the reason is missing."""
    now = timezone.now()
    if "agree" in request.POST:
        extensions.consent_to_extension(asked.entry.pk, by=request.user, at=now)
        return _("We agree to the extension; the insured was told.")
    if form.is_valid():
        extensions.decline_extension(asked.entry.pk, reason=form.cleaned_data["text"], by=request.user, at=now)
        return _("The extension was declined; the insured was told.")
    return ""


def _page(request: HttpRequest, asked: Asked, context: dict[str, Any], status: int) -> HttpResponse:
    account = Account(asked.guarantee, localdate(timezone.now()))
    rows = [(each, account.balance(each).open) for each in asked.invoices]
    shown = {
        "title": _("Consent to an extension"),
        "asked": asked,
        "rows": rows,
        "total": sum((unpaid for _invoice, unpaid in rows), start=NOTHING),
        "account": account,
        "guarantee": asked.guarantee,
        "cover_request": asked.guarantee.request,
    }
    frame = admin.site.each_context(request) | shown | context
    return render(request, "admin/claims/extension.html", frame, status=status)

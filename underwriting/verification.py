"""The public page that confirms or denies a certificate: how its guarantee stands today, no names, no exact amounts."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from underwriting.models import Guarantee

MILLION = Decimal(1_000_000)
# The lower ends of the bands an amount is told in, in EUR.
BANDS = tuple(MILLION * millions for millions in (0, 1, 2, 5, 10, 20, 50, 100))

_NUMBER = re.compile(r"([A-Z]{1,4})([0-9]{4})([0-9]{6})")
# No browser should complete or correct what is copied from paper.
_AS_PRINTED = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
# Compared with the code given when no guarantee has the number, so that both cases take the same path.
_NO_CODE = "no-such-guarantee"


@dataclass(frozen=True)
class Band:
    """An amount told roughly, EUR: at least `low`, and less than `high` unless there is no such end."""

    low: Decimal
    high: Decimal | None


def amount_band(amount: Decimal) -> Band:
    """The band an amount lies in: EUR 1,480,000 is told as 1 to 2 million, and 2,000,000 as 2 to 5."""
    low = max(end for end in BANDS if end <= amount)
    return Band(low, next((end for end in BANDS if end > amount), None))


def clean_number(typed: str) -> str:
    """The number as we write it, GA-2026-000041, from `ga 2026 000041` and the like; other texts only tidied."""
    bare = _bare(typed)
    match = _NUMBER.fullmatch(bare)
    return "-".join(match.groups()) if match else bare


def clean_code(typed: str) -> str:
    """The code without the spaces, dashes and small letters people type."""
    return _bare(typed)


def _bare(typed: str) -> str:
    return re.sub(r"[\W_]", "", typed).upper()


def standing(guarantee: Guarantee, on: date) -> str:
    """How the guarantee stands that day: awaited, not_started, in_force, run_off, ended or not_taken_up."""
    if guarantee.is_in_force(on):
        return "in_force"
    if guarantee.status == Guarantee.Status.IN_FORCE:
        return "not_started" if on < guarantee.offer.cover_start else "run_off"
    return {
        Guarantee.Status.PENDING_CONDITIONS: "awaited",
        Guarantee.Status.RUN_OFF: "run_off",
        Guarantee.Status.CLOSED: "ended",
        Guarantee.Status.NOT_TAKEN_UP: "not_taken_up",
    }[Guarantee.Status(guarantee.status)]


def guarantee_certified(number: str, code: str) -> Guarantee | None:
    """The guarantee with this number and this code. A wrong code and an unknown number are the same to the caller."""
    guarantee = Guarantee.objects.select_related("offer").filter(number=number).first()
    expected = guarantee.verification_code if guarantee else _NO_CODE
    return guarantee if constant_time_compare(code, expected) else None


class CertificateForm(forms.Form):
    """The number and the code printed on a certificate."""

    number = forms.CharField(
        label=_("Number of the certificate"),
        help_text=_("At the top of its first page."),
        max_length=40,
        widget=forms.TextInput(attrs={"data-width": "medium", "data-example": "GA-2026-000041", **_AS_PRINTED}),
        error_messages={"required": _("Type the number printed on the certificate.")},
    )
    code = forms.CharField(
        label=_("Code"),
        help_text=_("Ten letters and figures below the square code. Spaces and small letters do not matter."),
        max_length=40,
        widget=forms.TextInput(attrs={"data-width": "short", "data-example": "7KMPQ 2XW4T", **_AS_PRINTED}),
        error_messages={"required": _("Type the code printed on the certificate.")},
    )

    def clean_number(self) -> str:
        return self._something("number", clean_number(self.cleaned_data["number"]))

    def clean_code(self) -> str:
        return self._something("code", clean_code(self.cleaned_data["code"]))

    def _something(self, name: str, cleaned: str) -> str:
        """What is left after tidying; nothing left is nothing typed."""
        if not cleaned:
            raise forms.ValidationError(self.fields[name].error_messages["required"])
        return cleaned


@login_not_required
@require_safe
@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    """Where the number and the code are typed by those who cannot scan."""
    form = CertificateForm(request.GET or None)
    if form.is_bound and form.is_valid():
        return redirect("verify-certificate", form.cleaned_data["number"], form.cleaned_data["code"])
    return render(request, "underwriting/verify.html", {"form": form}, status=422 if form.is_bound else 200)


@login_not_required
@require_safe
@never_cache
def verify_certificate(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """What the QR code opens: the answer of this moment. 404 when there is no such certificate."""
    at = timezone.now()
    today = timezone.localdate(at)
    number, code = clean_number(number), clean_code(code)
    guarantee = guarantee_certified(number, code)
    if guarantee is None:
        form = CertificateForm(initial={"number": number, "code": code})
        return render(request, "underwriting/verify_unknown.html", {"form": form}, status=404)
    offer = guarantee.offer
    context = {
        "number": guarantee.number,
        "version": guarantee.version,
        "standing": standing(guarantee, today),
        "band": amount_band(offer.limit),
        "starts_on": offer.cover_start,
        "ends_on": offer.cover_end,
        "in_force_on": guarantee.first_day_covered,
        "ended_on": guarantee.ended_at and timezone.localdate(guarantee.ended_at),
        "checked_at": at,
    }
    return render(request, "underwriting/verify_certificate.html", context)

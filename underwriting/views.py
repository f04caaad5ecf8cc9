"""The insured's answer to an offer: each act has a page of its own with its effect in figures."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from applications.forms import TextForm
from parties.visitors import SignedInRequest
from underwriting.abilities import offer_abilities
from underwriting.actions import offers
from underwriting.models import Offer


def _able(request: SignedInRequest, number: str, ability: str) -> Offer:
    """The offer, when it is visible (else 404) and the user may do this with it now (else 403)."""
    rows = Offer.objects.visible_to(request.user).select_related("request__company", "request__buyer", "tariff")
    offer = get_object_or_404(rows, number=number)
    if ability not in offer_abilities(offer, request.user, localdate(timezone.now())):
        raise PermissionDenied
    return offer


def accept(request: SignedInRequest, number: str) -> HttpResponse:
    """What accepting binds, then the binding act. Pressing twice leads to the same guarantee."""
    if request.method == "POST":
        return _accept(request, number)
    offer = _able(request, number, "accept")
    return render(request, "underwriting/accept.html", {"offer": offer, "today": localdate(timezone.now())})


def _accept(request: SignedInRequest, number: str) -> HttpResponse:
    offer = get_object_or_404(Offer.objects.visible_to(request.user), number=number)
    if offer.status != Offer.Status.ACCEPTED:
        offer = _able(request, number, "accept")
    elif not request.user.membership or not request.user.membership.may_act:
        raise PermissionDenied
    guarantee = offers.accept(offer.pk, actor=request.user, at=timezone.now())
    messages.success(request, _("Guarantee %(number)s is bound.") % {"number": guarantee.number})
    return redirect("guarantee", guarantee.number)


def refuse(request: SignedInRequest, number: str) -> HttpResponse:
    """Refuse an offer, saying why: the underwriter may come back with a better one."""
    offer = _able(request, number, "refuse")
    form = TextForm(
        request.POST or None,
        label=_("Why do you refuse this offer?"),
        help_text=_("Price, limit, conditions: what would have made it acceptable."),
    )
    if request.method == "POST" and form.is_valid():
        offers.refuse(offer.pk, reason=form.cleaned_data["text"], actor=request.user, at=timezone.now())
        messages.success(request, _("The offer was refused. Your underwriter was told."))
        return redirect("file", offer.request.reference)
    status = 422 if request.method == "POST" else 200
    return render(request, "underwriting/refuse.html", {"offer": offer, "form": form}, status=status)

"""The insured's look-up of a buyer, and answer to an offer: each act has a page with its effect in figures."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from applications import identity, steps
from applications.abilities import request_abilities
from applications.forms import TextForm
from applications.models import CoverRequest
from applications.views import show_step
from parties.visitors import SignedInRequest
from underwriting.abilities import offer_abilities
from underwriting.actions import offers
from underwriting.identity import look_up_buyer
from underwriting.models import Offer
from underwriting.outside.throttle import may_look_up


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


@require_POST
def buyer_look_up(request: SignedInRequest, reference: str) -> HttpResponse:
    """Ask the buyer's register, fill in what was left empty, and come back to the step. Nothing is confirmed by it.

    `take` names a field for which the register's own words, as last looked up, shall replace what was typed.
    """
    cover_request = get_object_or_404(CoverRequest.objects.visible_to(request.user), reference=reference)
    if "edit" not in request_abilities(cover_request, request.user):
        raise PermissionDenied
    problem = _look_up(request, cover_request)
    cover_request.refresh_from_db()
    this = steps.BY_NAME["buyer"]
    form = steps.form_of(this, cover_request, timezone.now())
    if request.htmx:  # type: ignore[attr-defined]
        shown = identity.shown_in_form(cover_request, form, timezone.now())
        return render(request, "applications/steps/buyer_fields.html", {**shown, "problem": problem})
    if problem:
        return show_step(request, cover_request, this, form, status=422, problem=problem)
    return redirect(f"{reverse('request-step', args=[reference, 'buyer'])}#identity")


def _look_up(request: SignedInRequest, cover_request: CoverRequest) -> str:
    """Look up and fill in, or keep what was typed; a sentence for the person when there was nothing to be asked."""
    now, take = timezone.now(), request.POST.get("take", "")
    try:
        country, number = identity.cleaned_number(request.POST)
    except ValueError as error:
        steps.keep_typed(cover_request.pk, steps.BY_NAME["buyer"], _unjudged(request), at=now)
        return str(error)
    check = identity.newest_check(cover_request)
    if not (take and check and identity.is_of(check, country, number)):
        if not may_look_up(request.user.pk):
            steps.keep_typed(cover_request.pk, steps.BY_NAME["buyer"], _unjudged(request), at=now)
            return _("You have looked up many companies. Wait a few minutes, or fill in the fields yourself.")
        vat_number = identity.cleaned_vat_number(country, request.POST.get("buyer_vat_number", ""))
        check = look_up_buyer(
            cover_request, country=country, number=number, vat_number=vat_number, actor=request.user, at=now
        )
    identity.fill_in(cover_request, request.POST, check, at=now, take=take)
    return ""


def _unjudged(request: SignedInRequest) -> QueryDict:
    data = request.POST.copy()
    data[steps.UNJUDGED] = "1"
    return data

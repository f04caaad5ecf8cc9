"""The pages that span the stages: the front page, the file from request to claim, the guarantees, the bank room."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from applications.abilities import request_abilities
from applications.exposure import exposure_steps
from applications.models import CoverRequest, Status
from claims.abilities import guarantee_abilities
from claims.account import Account
from claims.models import Paper
from claims.overdue import is_anything_overdue, overdue_by_guarantee
from claims.views.deliveries import exposure_of
from journal.timeline import timeline
from parties.visitors import SignedInRequest
from underwriting.abilities import offer_abilities
from underwriting.certificates.typed_facts import typed
from underwriting.insured_words import Assessment, assessment
from underwriting.models import Analysis, Guarantee, Offer
from unlockfocus.example import EXAMPLE
from unlockfocus.stages import ball_of_guarantee, ball_of_request, standing

PAGE = 20


@login_not_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The front page for visitors; people who are signed in go to their work: first of all to what is overdue."""
    if not request.user.is_authenticated:
        return render(request, "home.html", {"example": EXAMPLE})
    if request.user.is_staff:
        return redirect("admin:index")
    to_guarantees = request.user.bank_ids or is_anything_overdue(request.user, localdate(timezone.now()))
    return redirect("guarantees" if to_guarantees else "requests")


@login_not_required
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether this process answers and reaches its database: 200, or the database's own error."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@require_GET
def file(request: SignedInRequest, reference: str) -> HttpResponse:
    """One request with all that followed from it."""
    rows = CoverRequest.objects.visible_to(request.user).select_related("company", "buyer", "loss_payee")
    cover_request = get_object_or_404(rows, reference=reference)
    today = localdate(timezone.now())
    offers = list(
        Offer.objects.visible_to(request.user).for_request(cover_request).select_related("tariff", "analysis")
    )
    guarantee = Guarantee.objects.visible_to(request.user).for_request(cover_request).first()
    offer = next((each for each in offers if each.status in {"open", "accepted"}), None)
    incident = _incident(request, guarantee, today)
    context = {
        "cover_request": cover_request,
        "today": today,
        "standing": standing(cover_request, guarantee),
        "ball": ball_of_request(cover_request, offer, guarantee, incident["account"]),
        **incident,
        "abilities": request_abilities(cover_request, request.user),
        "steps": exposure_steps(cover_request.schedule),
        "peak": cover_request.peak,
        "chart_limit": offer.limit if offer else None,
        "stake": cover_request.what_is_at_stake,
        "trading": getattr(cover_request, "trading", None),
        "accounts": list(cover_request.accounts.all()),
        "offer": offer,
        "past_offers": [each for each in offers if each is not offer],
        "assessment": _assessment(cover_request, offer),
        "offer_abilities": offer_abilities(offer, request.user, today) if offer else frozenset(),
        "guarantee": guarantee,
        "conditions": guarantee.conditions.all() if guarantee else [],
        "timeline": timeline(cover_request.journal_key, insurer=bool(request.user.duties)),
    }
    return render(request, "file.html", context)


def _assessment(cover_request: CoverRequest, offer: Offer | None) -> Assessment | None:
    """How the insurer sees the buyer, told once it has decided: with the offer, or with the reasons of a refusal."""
    if offer:
        return assessment(offer.analysis)
    if cover_request.status == Status.DECLINED:
        return assessment(Analysis.objects.filter(request=cover_request, completed_at__isnull=False).first())
    return None


@require_GET
def guarantees(request: SignedInRequest) -> HttpResponse:
    """The guarantees one may read: the company's own, or those that name one's bank."""
    rows = Guarantee.objects.visible_to(request.user).select_related("offer__request__company", "buyer")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    today = localdate(timezone.now())
    # A bank reads the guarantee, not what was delivered under it.
    overdue = {} if request.user.bank_ids else overdue_by_guarantee(page.object_list, today)
    listed = [(each, overdue.get(each.pk)) for each in page.object_list]
    return render(request, "guarantees.html", {"page": page, "rows": listed, "today": today})


@require_GET
def guarantee(request: SignedInRequest, number: str) -> HttpResponse:
    """One guarantee: what is promised, until when, on what conditions, and its certificate."""
    rows = Guarantee.objects.visible_to(request.user).select_related("offer__request__company", "buyer")
    bound = get_object_or_404(rows, number=number)
    today = localdate(timezone.now())
    incident = _incident(request, bound, today)
    account = incident["account"]
    context = {
        "guarantee": bound,
        "offer": bound.offer,
        "cover_request": bound.request,
        "today": today,
        "ball": ball_of_guarantee(bound, account),
        **incident,
        "exposure": exposure_of(account) if account else None,
        "standing": standing(bound.request, bound),
        "steps": exposure_steps(bound.request.schedule),
        "conditions": bound.conditions.all(),
        "settlements": _settlements(request, bound),
        "may_open_file": CoverRequest.objects.visible_to(request.user).filter(pk=bound.request.pk).exists(),
    }
    return render(request, "guarantee.html", context)


def _incident(request: SignedInRequest, guarantee: Guarantee | None, today: date) -> dict[str, Any]:
    """What was delivered, is unpaid and was claimed; not for a bank, which reads the guarantee only."""
    if guarantee is None or guarantee.in_force_at is None:
        return {"account": None, "abilities_on_guarantee": frozenset(), "claims": []}
    abilities = guarantee_abilities(guarantee, request.user)
    account = Account(guarantee, today) if abilities else None
    return {"account": account, "abilities_on_guarantee": abilities, "claims": account.claims if account else []}


def _settlements(request: SignedInRequest, bound: Guarantee) -> list[dict[str, Any]]:
    """What was signed for the reader's bank as loss payee: each settlement with its facts. Others read the claim."""
    if not request.user.bank_ids:
        return []
    papers = Paper.objects.visible_to(request.user).filter(guarantee=bound, kind=Paper.Kind.SETTLEMENT)
    return [{"paper": each, "facts": typed(each.facts)} for each in papers]

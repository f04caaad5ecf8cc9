"""Acts on a claim that fill in a form: one page each, with the effect said first and a refusal at its place."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from claims.actions.claims import locked
from claims.desk import page
from claims.dossier import ClaimDossier
from unlockfocus.errors import BusinessRule
from unlockfocus.refusals import say_at_field

# The rooms of a claim at the desk, by the name of their tab.
ROOMS = {
    "file": "admin:claim",
    "collection": "admin:claim-collection",
    "indemnity": "admin:claim-indemnity",
    "recoveries": "admin:claim-recoveries",
}


@dataclass(frozen=True)
class Act:
    """The words of an act's page, and what it does with the valid form; `room` is a key of ROOMS."""

    room: str
    title: str
    effect: str
    button: str
    done: str
    do: Callable[[Any], object]
    tone: str = ""


@dataclass(frozen=True)
class Figures:
    """What an act's page shows of its effect: `shown` for its template, `seen` a digest of what must still hold."""

    seen: str = ""
    shown: dict[str, Any] = field(default_factory=dict)


class NoForm(forms.Form):
    """For an act that asks nothing: pressing its button is valid."""


def back(request: HttpRequest, shown: ClaimDossier, room: str, message: str) -> HttpResponse:
    """To the room, with what was done said at its head."""
    messages.success(request, message)
    return redirect(ROOMS[room], shown.claim.number)


def act_page(
    request: HttpRequest,
    shown: ClaimDossier,
    form: forms.Form | forms.ModelForm,
    act: Act,
    template: str = "act",
    figures: Callable[[Any], Figures] | None = None,
    **more: Any,
) -> HttpResponse:
    """The page of an act; a valid form does it, a refusal is said at its field or above the form.

    `figures` computes the effect from the valid form, or from None before there is one. The act is done when the form
    carries what was seen and it still holds; else the effect is shown first, with 409 where it was seen otherwise.
    """
    status, effect = 200, Figures()
    if request.method == "POST":
        status = 422
        try:
            with transaction.atomic():
                locked(shown.claim.pk)  # what is compared here holds until it is done
                if form.is_valid():
                    effect = figures(form) if figures else effect
                    if request.POST.get("seen", "") == effect.seen:
                        act.do(form)
                        return back(request, shown, act.room, act.done)
                    status = 409 if request.POST.get("seen") else 200
        except BusinessRule as refusal:
            say_at_field(form, refusal)
    if figures and not effect.seen:
        effect = figures(None)
    room_url = reverse(ROOMS[act.room], args=[shown.claim.number])
    context = {"title": act.title, "tab": act.room, "act": act, "form": form, "room_url": room_url}
    proof = {"seen": effect.seen, "has_moved": status == 409}
    return page(request, template, shown, context | proof | effect.shown | more, status=status)

"""Acts on a claim that fill in a form: one page each, with the effect said first and a refusal at its place."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from claims.desk import page
from claims.dossier import ClaimDossier
from unlockfocus.errors import BusinessRule

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
    **more: Any,
) -> HttpResponse:
    """The page of an act; a valid form does it, a refusal is said at its field or above the form."""
    if request.method == "POST" and form.is_valid():
        try:
            act.do(form)
        except BusinessRule as refusal:
            _say(form, refusal)
        else:
            return back(request, shown, act.room, act.done)
    room_url = reverse(ROOMS[act.room], args=[shown.claim.number])
    context = {"title": act.title, "tab": act.room, "act": act, "form": form, "room_url": room_url, **more}
    return page(request, template, shown, context, status=422 if request.method == "POST" else 200)


def _say(form: forms.Form | forms.ModelForm, refusal: BusinessRule) -> None:
    """A refusal may name its `field`, and say more than one thing in `sentences`."""
    field = getattr(refusal, "field", None)
    form.add_error(field if field in form.fields else None, getattr(refusal, "sentences", [str(refusal)]))

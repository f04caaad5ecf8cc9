"""What the rooms about money share: who may enter, and their frame."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render

from claims.abilities import money_abilities
from parties.visitors import SignedInRequest


def check_may(request: SignedInRequest, ability: str) -> None:
    """Raises PermissionDenied where the reader lacks this ability."""
    if ability not in money_abilities(request.user):
        raise PermissionDenied


def page(request: SignedInRequest, name: str, room: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A template of `templates/admin/claims/` in the desk's frame; `room` is payments, accounts or figures."""
    abilities = money_abilities(request.user)
    frame = admin.site.each_context(request) | {"room": room, "abilities": abilities, "may_act": "act" in abilities}
    return render(request, f"admin/claims/{name}.html", frame | context, status=status)

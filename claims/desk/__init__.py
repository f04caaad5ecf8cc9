"""The claims people's pages at the desk, a module a room."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from claims.dossier import ClaimDossier


def page(
    request: HttpRequest, name: str, shown: ClaimDossier, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A template of `templates/admin/claims/` in the desk's frame."""
    frame = admin.site.each_context(request) | {"dossier": shown, "claim": shown.claim, "today": shown.today}
    frame["ball"] = shown.ball.sentence
    return render(request, f"admin/claims/{name}.html", frame | context, status=status)

"""The claims people's pages at the desk, a module a room."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from claims.dossier import ClaimDossier
from claims.models import Claim
from parties.visitors import SignedInRequest


def dossier_of(request: SignedInRequest, number: str, ability: str = "view") -> ClaimDossier:
    """The claim, when the reader may see it (else 404) and may do this on it now (else 403)."""
    rows = Claim.objects.visible_to(request.user).select_related(
        "guarantee__offer__request__company", "guarantee__offer__request__loss_payee", "guarantee__buyer", "handler"
    )
    dossier = ClaimDossier(get_object_or_404(rows, number=number), request.user, timezone.now())
    if ability not in dossier.abilities:
        raise PermissionDenied
    return dossier


def page(
    request: HttpRequest, name: str, shown: ClaimDossier, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A template of `templates/admin/claims/` in the desk's frame."""
    frame = admin.site.each_context(request) | {"dossier": shown, "claim": shown.claim, "today": shown.today}
    frame["ball"] = shown.ball.sentence
    return render(request, f"admin/claims/{name}.html", frame | context, status=status)

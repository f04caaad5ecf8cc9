"""What every page of the desk about a file begins and ends with: the file for its reader, the frame, the way back."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from applications.models import CoverRequest
from parties.visitors import SignedInRequest
from underwriting.dossier import Dossier


def file_of(request: SignedInRequest, reference: str, ability: str = "view") -> Dossier:
    """The file, when the reader may see it (else 404) and may do this on it now (else 403)."""
    rows = CoverRequest.objects.visible_to(request.user).select_related("company", "buyer", "loss_payee", "author")
    found = get_object_or_404(rows.prefetch_related("lines", "documents"), reference=reference)
    file = Dossier(found, request.user, timezone.now())
    if ability not in file.abilities:
        raise PermissionDenied
    return file


def page(request: HttpRequest, name: str, shown: Dossier, context: dict[str, Any], status: int = 200) -> HttpResponse:
    frame = admin.site.each_context(request) | {"file": shown, "cover_request": shown.request, "today": shown.today}
    return render(request, f"admin/underwriting/{name}.html", frame | context, status=status)


def back(request: HttpRequest, file: Dossier, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("admin:file", file.request.reference)

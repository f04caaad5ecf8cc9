"""Files people take away from a guarantee."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from parties.visitors import SignedInRequest
from underwriting.certificates import issue_certificate
from underwriting.models import Guarantee


@require_safe
@cache_control(private=True, no_cache=True)
def certificate(request: SignedInRequest, number: str, language: str) -> HttpResponse:
    """The certificate of the guarantee's present version as a PDF; issued when it is first asked for."""
    guarantee = get_object_or_404(Guarantee.objects.visible_to(request.user), number=number)
    kept = issue_certificate(guarantee, language, at=timezone.now())
    headers = {
        "Content-Disposition": f'attachment; filename="{kept.filename}"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(bytes(kept.pdf), content_type="application/pdf", headers=headers)

"""The public page on how fast claims are decided and indemnities paid."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from claims.portfolio import PUBLISHED_FROM, Published, published_on
from underwriting.models import ClockTerms


@login_not_required
@require_safe
def service_levels(request: HttpRequest) -> HttpResponse:
    """Counts and days of all claims together: no claim, company or amount can be recognised."""
    today = localdate(timezone.now())
    levels = published_on(today)
    context = {
        "title": _head(levels),
        "levels": levels,
        "published_from": PUBLISHED_FROM,
        "today": today,
        "clocks": ClockTerms.objects.in_force(today).first(),
    }
    return render(request, "claims/service_levels.html", context)


def _head(levels: Published) -> str:
    if levels.decisions.median_days is None:
        return _("No claim has been decided yet")
    if not levels.is_published:
        return _("How fast we decide and pay")
    facts = {"median": levels.decisions.median_days, "p90": levels.decisions.p90_days}
    return _("Decided within %(median)s days in half of all claims, within %(p90)s days in nine of ten") % facts

"""The drift of the scorecard, for all staff: are the buyers still those it was made for, do its grades hold?"""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from journal.queueing import queue
from parties.models import InsurerRole
from parties.visitors import SignedInRequest
from underwriting.drift_words import headline, show
from underwriting.models import DriftReport
from underwriting.scoring import drift as rules
from underwriting.tasks import compute_drift


@require_GET
def drift(request: SignedInRequest) -> HttpResponse:
    """The newest report: ratios, grades, defaults."""
    newest = DriftReport.objects.first()
    shown = show(newest) if newest else None
    context = {
        "title": headline(shown.report) if shown else _("Drift of the scorecard"),
        "row": newest,
        "shown": shown,
        "may_compute": _may_compute(request),
        "least_buyers": rules.LEAST_BUYERS,
        "least_files": rules.LEAST_FILES,
    }
    return render(request, "admin/underwriting/drift.html", admin.site.each_context(request) | context)


@require_POST
def compute(request: SignedInRequest) -> HttpResponse:
    """Owe another report; a worker makes it, which takes a minute where there are many buyers."""
    if not _may_compute(request):
        raise PermissionDenied
    queue(compute_drift)
    messages.success(request, _("The report is being computed: it takes the place of this one within a minute or two."))
    return redirect("admin:drift")


def _may_compute(request: SignedInRequest) -> bool:
    return request.user.has_duty(InsurerRole.SENIOR_UNDERWRITER)

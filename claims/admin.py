"""The desk's lists of the last stages, and their dated settings."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy

from applications.admin import DatedRowAdmin
from claims import desk_urls
from claims.models import Claim, InterimTerms, PayingAccount, RecoveryExperience
from underwriting.admin.marks import badge
from unlockfocus.desk import ReadOnlyAdmin
from unlockfocus.templatetags.face import day

admin.site.add_pages(desk_urls.PAGES)  # type: ignore[attr-defined]


@admin.register(InterimTerms)
class InterimTermsAdmin(DatedRowAdmin):
    is_one_series = True
    list_display = ["percentage", "valid_from", "ended_on", "source"]


@admin.register(PayingAccount)
class PayingAccountAdmin(DatedRowAdmin):
    is_one_series = True
    list_display = ["name", "iban", "bic", "valid_from", "ended_on"]


@admin.register(RecoveryExperience)
class RecoveryExperienceAdmin(DatedRowAdmin):
    list_display = ["from_days", "rate", "valid_from", "ended_on", "source"]
    ordering = ["from_days", "-valid_from"]


class ClaimList(ChangeList):
    """The first column leads to the claim's page at the desk."""

    def url_for_result(self, result: Any) -> str:
        return reverse("admin:claim", args=[result.number])


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    """Every claim, newest first."""

    list_display = ["number", "insured", "buyer", "cause", "state", "opened", "handler"]
    list_filter = ["status", "cause"]
    search_fields = ["number", "guarantee__number", "guarantee__buyer__name"]
    list_select_related = ["guarantee__offer__request__company", "guarantee__buyer", "handler"]
    show_full_result_count = False

    class Media:
        css = {"all": ["css/desk_lists.css"]}

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:
        return ClaimList

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **options: Any) -> HttpResponse:
        return redirect("admin:claim", get_object_or_404(Claim, pk=object_id).number)

    @admin.display(description=gettext_lazy("insured"))
    def insured(self, row: Claim) -> str:
        return str(row.guarantee.request.company)

    @admin.display(description=gettext_lazy("buyer"))
    def buyer(self, row: Claim) -> str:
        return row.guarantee.buyer.name

    @admin.display(description=gettext_lazy("state"), ordering="status")
    def state(self, row: Claim) -> str:
        return badge(row.get_status_display(), row.tone)

    @admin.display(description=gettext_lazy("opened"), ordering="opened_at")
    def opened(self, row: Claim) -> str:
        return day(localdate(row.opened_at))

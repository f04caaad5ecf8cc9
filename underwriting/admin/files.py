"""Requests, offers, guarantees and analyses as lists that lead to file pages."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import CoverRequest
from underwriting.admin.marks import badge, grade_chip, noted
from underwriting.models import (
    Analysis,
    Guarantee,
    Offer,
)
from underwriting.templatetags.desk import waiting
from underwriting.work_queue import WITH_US, waiting_first, with_grade
from unlockfocus.desk import ReadOnlyAdmin
from unlockfocus.templatetags.face import amount, day, moment, percent

OFFER_TONES = {"prepared": "caution", "open": "info", "accepted": "good", "refused": "danger"}


class FileList(ChangeList):
    """The first column leads to the file page."""

    def url_for_result(self, result: Any) -> str:
        return reverse("admin:file", args=[reference_of(result)])


def reference_of(row: CoverRequest | Offer | Guarantee | Analysis) -> str:
    """The reference of the file a row belongs to."""
    return row.reference if isinstance(row, CoverRequest) else row.request.reference


class FileAdmin(ReadOnlyAdmin):
    """Rows of files: no raw form of the admin is ever shown, its addresses lead to the file page as well."""

    show_full_result_count = False
    list_per_page = 50

    class Media:
        css = {"all": ["css/desk_lists.css"]}

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:
        return FileList

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **options: Any) -> HttpResponse:
        row = get_object_or_404(self.get_queryset(request), pk=object_id)
        return redirect("admin:file", reference_of(row))


@admin.register(CoverRequest)
class CoverRequestAdmin(FileAdmin):
    """Every request that was submitted; those that wait for us first, the longest waiting at the top."""

    list_display = ["reference", "company", "buyer_words", "need", "peak", "state", "submitted", "waits", "grade"]
    list_filter = ["status", "buyer_country"]
    search_fields = ["reference", "buyer_name", "buyer_registration_number", "order_reference", "company__name"]
    list_select_related = ["company"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CoverRequest]:
        reader: Any = request.user
        return waiting_first(with_grade(CoverRequest.objects.visible_to(reader)))

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return ["wait_rank", "submitted_at", "pk"]

    @admin.display(description=gettext_lazy("buyer"), ordering="buyer_name")
    def buyer_words(self, row: CoverRequest) -> str:
        return noted(row.buyer_name, f"{row.buyer_country} {row.buyer_registration_number}")

    @admin.display(description=gettext_lazy("need, EUR"), ordering="need_eur")
    def need(self, row: CoverRequest) -> str:
        return amount(row.need_eur)

    @admin.display(description=gettext_lazy("peak"), ordering="peak_on")
    def peak(self, row: CoverRequest) -> str:
        return day(row.peak_on)

    @admin.display(description=gettext_lazy("submitted"), ordering="submitted_at")
    def submitted(self, row: CoverRequest) -> str:
        return day(localdate(row.submitted_at)) if row.submitted_at else ""

    @admin.display(description=gettext_lazy("state"), ordering="status")
    def state(self, row: CoverRequest) -> str:
        return badge(row.get_status_display(), row.tone)

    @admin.display(description=gettext_lazy("waits for us"), ordering="submitted_at")
    def waits(self, row: CoverRequest) -> str:
        return waiting(row.submitted_at, timezone.now()) if row.status in WITH_US else "–"

    @admin.display(description=gettext_lazy("grade in use"), ordering="grade_in_use")
    def grade(self, row: Any) -> str:
        return grade_chip(row.grade_in_use)


@admin.register(Offer)
class OfferAdmin(FileAdmin):
    list_display = ["number", "insured", "buyer", "limit_eur", "share", "price", "grade_words", "state", "last_day",
                    "signatures"]  # fmt: skip
    list_filter = ["status"]
    search_fields = ["number", "request__reference", "request__buyer_name", "request__company__name"]
    list_select_related = ["request__company", "prepared_by", "signed_by"]

    @admin.display(description=gettext_lazy("insured"), ordering="request__company__name")
    def insured(self, row: Offer) -> str:
        return str(row.request.company)

    @admin.display(description=gettext_lazy("buyer"), ordering="request__buyer_name")
    def buyer(self, row: Offer) -> str:
        return row.request.buyer_name

    @admin.display(description=gettext_lazy("limit, EUR"), ordering="limit")
    def limit_eur(self, row: Offer) -> str:
        return amount(row.limit)

    @admin.display(description=gettext_lazy("percentage"), ordering="insured_percentage")
    def share(self, row: Offer) -> str:
        return percent(row.insured_percentage)

    @admin.display(description=gettext_lazy("to pay, EUR"), ordering="to_pay")
    def price(self, row: Offer) -> str:
        return amount(row.to_pay)

    @admin.display(description=gettext_lazy("grade"), ordering="grade")
    def grade_words(self, row: Offer) -> str:
        return grade_chip(row.grade)

    @admin.display(description=gettext_lazy("state"), ordering="status")
    def state(self, row: Offer) -> str:
        return badge(row.get_status_display(), OFFER_TONES.get(row.status, "neutral"))

    @admin.display(description=gettext_lazy("valid until"), ordering="valid_until")
    def last_day(self, row: Offer) -> str:
        return day(row.valid_until)

    @admin.display(description=gettext_lazy("signatures"), ordering="prepared_by__name")
    def signatures(self, row: Offer) -> str:
        if row.signed_by == row.prepared_by:
            return str(row.prepared_by)
        return noted(row.prepared_by, row.signed_by or _("not signed yet"))


@admin.register(Guarantee)
class GuaranteeAdmin(FileAdmin):
    list_display = ["number", "insured", "buyer", "limit_eur", "cover", "state", "bound", "in_force"]
    list_filter = ["status"]
    search_fields = ["number", "offer__request__reference", "buyer__name", "offer__request__company__name"]
    list_select_related = ["offer__request__company", "buyer"]

    @admin.display(description=gettext_lazy("insured"), ordering="offer__request__company__name")
    def insured(self, row: Guarantee) -> str:
        return str(row.request.company)

    @admin.display(description=gettext_lazy("limit, EUR"), ordering="offer__limit")
    def limit_eur(self, row: Guarantee) -> str:
        return amount(row.offer.limit)

    @admin.display(description=gettext_lazy("cover ends"), ordering="offer__cover_end")
    def cover(self, row: Guarantee) -> str:
        return day(row.offer.cover_end)

    @admin.display(description=gettext_lazy("bound"), ordering="bound_at")
    def bound(self, row: Guarantee) -> str:
        return moment(row.bound_at)

    @admin.display(description=gettext_lazy("in force since"), ordering="in_force_at")
    def in_force(self, row: Guarantee) -> str:
        return moment(row.in_force_at) or "–"

    @admin.display(description=gettext_lazy("state"), ordering="status")
    def state(self, row: Guarantee) -> str:
        return badge(row.get_status_display(), row.tone)


@admin.register(Analysis)
class AnalysisAdmin(FileAdmin):
    list_display = ["request", "buyer", "state", "model", "model_version", "grade_words", "pd_words", "requested",
                    "completed"]  # fmt: skip
    list_filter = ["status", "model", "grade"]
    search_fields = ["request__reference", "request__buyer_name"]
    list_select_related = ["request"]

    @admin.display(description=gettext_lazy("buyer"), ordering="request__buyer_name")
    def buyer(self, row: Analysis) -> str:
        return row.request.buyer_name

    @admin.display(description=gettext_lazy("state"), ordering="status")
    def state(self, row: Analysis) -> str:
        return row.get_status_display()

    @admin.display(description=gettext_lazy("grade"), ordering="grade")
    def grade_words(self, row: Analysis) -> str:
        return grade_chip(row.grade)

    @admin.display(description=gettext_lazy("PD, 12 months"), ordering="pd")
    def pd_words(self, row: Analysis) -> str:
        return percent(row.pd, 2)

    @admin.display(description=gettext_lazy("requested"), ordering="requested_at")
    def requested(self, row: Analysis) -> str:
        return moment(row.requested_at)

    @admin.display(description=gettext_lazy("completed"), ordering="completed_at")
    def completed(self, row: Analysis) -> str:
        return moment(row.completed_at) or "–"

"""The desk: requests, offers, guarantees and analyses as lists that lead to files; the dated terms of prices."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.admin import DatedRowAdmin, DatedRowForm
from applications.exposure import ScheduleLine
from applications.fields import language
from applications.forms import OPTIONS
from applications.models import CoverRequest
from parties.activities import division_choices, division_label
from parties.countries import country_name
from underwriting import desk_urls, pricing
from underwriting.models import (
    Analysis,
    Authority,
    BaseRate,
    BuyerIncident,
    BuyerStatement,
    ClockTerms,
    CumulLine,
    Guarantee,
    Offer,
    PremiumTax,
    ScoringTerms,
    SectorRatio,
    Tariff,
)
from underwriting.ratio_words import RATIOS, ratio_name
from underwriting.scoring.characteristics import CHARACTERISTICS
from underwriting.templatetags.desk import waiting
from underwriting.work_queue import WITH_US, waiting_first, with_grade
from unlockfocus.desk import ReadOnlyAdmin
from unlockfocus.templatetags.face import amount, day, grade_word, moment, percent

admin.site.add_pages(desk_urls.PAGES)  # type: ignore[attr-defined]


# --- Lists that lead to files -----------------------------------------------------------------------------------------


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


@admin.register(BuyerStatement)
class BuyerStatementAdmin(ReadOnlyAdmin):
    """The accounts we hold of buyers, as they were given; the newest received first."""

    list_display = ["buyer_words", "year_end", "source", "currency", "published", "assets", "year_sales",
                    "received"]  # fmt: skip
    list_filter = ["source", "currency"]
    search_fields = ["buyer__name", "buyer__registration_number"]
    list_select_related = ["buyer"]
    ordering = ["-pk"]
    exclude = ["fingerprint", "request"]
    readonly_fields = ["came_with"]
    show_full_result_count = False
    list_per_page = 50

    class Media:
        css = {"all": ["css/desk_lists.css"]}

    @admin.display(description=gettext_lazy("buyer"), ordering="buyer__name")
    def buyer_words(self, row: BuyerStatement) -> str:
        return noted(row.buyer.name, f"{row.buyer.country} {row.buyer.registration_number}")

    @admin.display(description=gettext_lazy("year ending"), ordering="period_end")
    def year_end(self, row: BuyerStatement) -> str:
        return day(row.period_end)

    @admin.display(description=gettext_lazy("published"), ordering="published_on")
    def published(self, row: BuyerStatement) -> str:
        return day(row.published_on) or "–"

    @admin.display(description=gettext_lazy("total assets"), ordering="total_assets")
    def assets(self, row: BuyerStatement) -> str:
        return _whole(row.total_assets, row.unit)

    @admin.display(description=gettext_lazy("sales"), ordering="sales")
    def year_sales(self, row: BuyerStatement) -> str:
        return _whole(row.sales, row.unit)

    @admin.display(description=gettext_lazy("request"))
    def came_with(self, row: BuyerStatement) -> str:
        """The file they were given in."""
        if row.request is None:
            return "–"
        reference = row.request.reference
        return format_html('<a href="{}">{}</a>', reverse("admin:file", args=[reference]), reference)

    @admin.display(description=gettext_lazy("received"), ordering="received_at")
    def received(self, row: BuyerStatement) -> str:
        return moment(row.received_at)


def _whole(figure: Decimal | None, unit: int) -> str:
    """An item of accounts in the statement's currency, whatever it was counted in."""
    return "–" if figure is None else amount(figure * unit)


@admin.register(BuyerIncident)
class BuyerIncidentAdmin(ReadOnlyAdmin):
    """What insureds suffered from buyers: the next score of each knows it."""

    list_display = ["reference", "buyer_words", "kind", "since", "settled_on", "noted"]
    list_filter = ["kind", ("settled_on", admin.EmptyFieldListFilter)]
    search_fields = ["buyer__name", "buyer__registration_number", "reference"]
    list_select_related = ["buyer"]
    show_full_result_count = False
    list_per_page = 50

    class Media:
        css = {"all": ["css/desk_lists.css"]}

    @admin.display(description=gettext_lazy("buyer"), ordering="buyer__name")
    def buyer_words(self, row: BuyerIncident) -> str:
        return noted(row.buyer.name, f"{row.buyer.country} {row.buyer.registration_number}")

    @admin.display(description=gettext_lazy("noted"), ordering="noted_at")
    def noted(self, row: BuyerIncident) -> str:
        return moment(row.noted_at)


OFFER_TONES = {"prepared": "caution", "open": "info", "accepted": "good", "refused": "danger"}


def noted(text: Any, note: Any) -> str:
    """Two lines of a cell: what it is, and under it what tells it apart."""
    return format_html('{}<span class="note">{}</span>', text, note)


def badge(words: Any, tone: str) -> str:
    """A state in a list: words on the tone's wash."""
    return format_html('<span class="badge tone-{}">{}</span>', tone, words)


def grade_chip(grade: int | None) -> str:
    """A grade in a list: its number on its colour, its word on hover and for screen readers."""
    if grade is None:
        return "–"
    return format_html(
        '<span class="grade grade-{}" title="{}"><span class="grade-number">{}</span></span>',
        grade,
        grade_word(grade),
        grade,
    )


# --- Dated terms ------------------------------------------------------------------------------------------------------


class TariffForm(DatedRowForm):
    """A tariff that cannot price an ordinary order is refused before it is in force."""

    def clean_country_factors(self) -> dict[str, str]:
        return _factors(self.cleaned_data["country_factors"])

    def clean_option_factors(self) -> dict[str, str]:
        factors = _factors(self.cleaned_data["option_factors"])
        missing = {code for code, _label in OPTIONS} - factors.keys()
        if missing:
            raise forms.ValidationError(
                _("A factor is missing for: %(codes)s.") % {"codes": ", ".join(sorted(missing))}
            )
        return factors

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.instance.pk and not self.errors:
            self._price_an_ordinary_order(cleaned)
        return cleaned

    def _price_an_ordinary_order(self, cleaned: dict[str, Any]) -> None:
        names = {field.name for field in Tariff._meta.fields} - {"id"}
        tariff = Tariff(**{name: value for name, value in cleaned.items() if name in names})
        try:
            pricing.price(ORDINARY_COVER, tariff.for_country("FR"))
        except pricing.NotPriceable as refusal:
            raise forms.ValidationError(
                _("This tariff cannot price an order: %(reason)s.") % {"reason": refusal.reason}
            ) from refusal


def _factors(given: Any) -> dict[str, str]:
    """Factors by code as decimal text; refused unless each is a number from zero up."""
    try:
        factors = {str(code): Decimal(str(factor)) for code, factor in given.items()}
    except (AttributeError, InvalidOperation) as error:
        raise forms.ValidationError(_('Write factors as {"RO": "1.10"}.')) from error
    if not all(factor.is_finite() and factor >= 0 for factor in factors.values()):
        raise forms.ValidationError(_("A factor is a number from zero up."))
    return {code: str(factor) for code, factor in factors.items()}


ORDINARY_COVER = pricing.Cover(
    lines=(ScheduleLine(Decimal("1000000.00"), date(2026, 1, 1), date(2026, 3, 31)),),
    pd=Decimal("0.01"),
    insured_percentage=Decimal("0.90"),
    limit=Decimal("1000000.00"),
    cover_start=date(2026, 1, 1),
    cover_end=date(2026, 3, 31),
    options=tuple(code for code, _label in OPTIONS),
    tax_rate=Decimal(0),
)


@admin.register(Tariff)
class TariffAdmin(DatedRowAdmin):
    is_one_series = True
    form = TariffForm
    list_display = ["version", "valid_from", "ended_on", "lgd", "coc", "selection_load", "commission", "margin",
                    "minimum_premium"]  # fmt: skip


@admin.register(ClockTerms)
class ClockTermsAdmin(DatedRowAdmin):
    is_one_series = True
    list_display = ["version", "valid_from", "ended_on", "overdue_notice_days", "claim_days", "claims_barred_months"]


@admin.register(PremiumTax)
class PremiumTaxAdmin(DatedRowAdmin):
    list_display = ["insured_country", "is_export", "rate", "valid_from", "ended_on", "source"]
    list_filter = ["insured_country"]


@admin.register(Authority)
class AuthorityAdmin(DatedRowAdmin):
    list_display = ["role", "largest_limit", "worst_grade", "longest_months", "valid_from", "ended_on"]


@admin.register(CumulLine)
class CumulLineAdmin(DatedRowAdmin):
    list_display = ["grade", "amount", "valid_from", "ended_on"]
    ordering = ["grade", "-valid_from"]


# --- Dated terms of scores --------------------------------------------------------------------------------------------


class ScoringTermsForm(DatedRowForm):
    """Terms under which older accounts would cost less than newer ones are refused before they are in force."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._in_order(cleaned, ("recent_months", "old_months", "stale_months"))
        self._in_order(cleaned, ("ageing_factor", "old_factor"))
        return cleaned

    def _in_order(self, cleaned: dict[str, Any], names: tuple[str, ...]) -> None:
        for before, after in pairwise(names):
            low, high = cleaned.get(before), cleaned.get(after)
            if low is not None and high is not None and high < low:
                facts = {"field": self.fields[before].label}
                self.add_error(after, _("This may not be less than “%(field)s”.") % facts)


@admin.register(ScoringTerms)
class ScoringTermsAdmin(DatedRowAdmin):
    is_one_series = True
    form = ScoringTermsForm
    list_display = ["version", "valid_from", "ended_on", "recent_months", "old_months", "stale_months",
                    "overdue_days", "overdue_grades", "source"]  # fmt: skip


class SectorAdmin(DatedRowAdmin):
    """Rows about sectors: divisions and ratios are chosen by their words, and read so."""

    # Fields kept as codes, and the column that tells each in words.
    words: Mapping[str, str] = {"sector": "sector_words"}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        choices = self.choices_of(db_field.name)
        if not choices:
            return super().formfield_for_dbfield(db_field, request, **options)
        empty = ("", _("all")) if db_field.blank else ("", "–")
        return forms.ChoiceField(
            label=capfirst(db_field.verbose_name), choices=[empty, *choices], required=not db_field.blank
        )

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_exclude(request, obj) if obj is None else list(self.words)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [self.words.get(name, name) for name in super().get_readonly_fields(request, obj)]

    def choices_of(self, name: str) -> list[tuple[str, Any]]:
        """What a field offers; nothing where anything may be typed."""
        return division_choices(language()) if name == "sector" else []

    @admin.display(description=gettext_lazy("sector"), ordering="sector")
    def sector_words(self, row: BaseRate | SectorRatio) -> str:
        return division_label(row.sector, language()) if row.sector else _("all")


@admin.register(BaseRate)
class BaseRateAdmin(SectorAdmin):
    words = {"country": "country_words", "sector": "sector_words"}
    list_display = ["country_words", "sector_words", "rate_words", "valid_from", "ended_on", "source"]
    ordering = ["country", "sector", "-valid_from", "-pk"]

    @admin.display(description=gettext_lazy("country"), ordering="country")
    def country_words(self, row: BaseRate) -> str:
        return country_name(row.country, language()) if row.country else _("all")

    @admin.display(description=gettext_lazy("failures a year"), ordering="rate")
    def rate_words(self, row: BaseRate) -> str:
        return percent(row.rate)


class RatioFilter(admin.SimpleListFilter):
    """The ratios of the cards by their names."""

    title = gettext_lazy("ratio")
    parameter_name = "ratio"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return RATIO_CHOICES

    def queryset(self, request: HttpRequest, queryset: QuerySet[SectorRatio]) -> QuerySet[SectorRatio]:
        return queryset.filter(ratio=self.value()) if self.value() else queryset


RATIO_CHOICES = [(code, RATIOS[code]) for code in CHARACTERISTICS]


@admin.register(SectorRatio)
class SectorRatioAdmin(SectorAdmin):
    words = {"sector": "sector_words", "ratio": "ratio_words"}
    list_display = ["sector_words", "ratio_words", "lower", "median", "upper", "valid_from", "ended_on", "source"]
    list_filter = [RatioFilter]
    search_fields = ["sector", "ratio"]
    ordering = ["sector", "ratio", "-valid_from", "-pk"]

    def choices_of(self, name: str) -> list[tuple[str, Any]]:
        return RATIO_CHOICES if name == "ratio" else super().choices_of(name)

    @admin.display(description=gettext_lazy("ratio"), ordering="ratio")
    def ratio_words(self, row: SectorRatio) -> str:
        return ratio_name(row.ratio)

"""The dated terms of scores: steps after the model, base rates, ratios of sectors."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.admin import DatedRowAdmin, DatedRowForm
from applications.fields import language
from parties.activities import division_choices, division_label
from parties.countries import country_name
from underwriting.models import (
    BaseRate,
    ScoringTerms,
    SectorRatio,
)
from underwriting.ratio_words import RATIOS, ratio_name
from underwriting.scoring.characteristics import CHARACTERISTICS
from unlockfocus.templatetags.face import percent


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

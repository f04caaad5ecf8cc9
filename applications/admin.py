"""The dated terms at the desk: read by all staff, followed by new ones, never changed."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.forms.models import model_to_dict
from django.http import HttpRequest
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from applications.models import CountryTerms, ExchangeRate, ProductTerms
from parties.models import InsurerRole
from unlockfocus.desk import ReadOnlyAdmin


def is_senior(request: HttpRequest) -> bool:
    """Whether the reader may set the insurer's terms."""
    user: Any = request.user
    return bool(user.is_active and user.is_staff and user.has_duty(InsurerRole.SENIOR_UNDERWRITER))


# The browser's own picker, as everywhere in the product.
DAYS: dict[Any, Any] = {models.DateField: {"widget": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}}


class DatedRowForm(forms.ModelForm):
    """Terms begin and end today or later: what was in force on a past day stays what it was."""

    def clean_valid_from(self) -> Any:
        return _not_past(self.cleaned_data["valid_from"])

    def clean_ended_on(self) -> Any:
        ended_on = self.cleaned_data["ended_on"]
        return ended_on and _not_past(ended_on)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = self.instance.valid_from, cleaned.get("ended_on")
        if start and end and end < start:
            self.add_error("ended_on", _("These terms would end before they begin."))
        return cleaned


def _not_past(day: Any) -> Any:
    if day < localdate(timezone.now()):
        raise forms.ValidationError(_("This day has passed: what was in force then stays as it was."))
    return day


class DatedRowAdmin(ReadOnlyAdmin):
    """Staff read. A senior underwriter adds rows, and ends a row that has no end yet; nothing else ever changes."""

    form = DatedRowForm
    formfield_overrides = DAYS
    ordering = ["-valid_from", "-pk"]
    # Whether the rows follow one another as versions of one thing: a new one opens with what the newest says.
    is_one_series = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_senior(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_senior(request) and (obj is None or obj.ended_on is None)

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["ended_on"] if obj is None else []

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        newest = self.model.objects.order_by("-valid_from", "-pk").first() if self.is_one_series else None
        return model_to_dict(newest, exclude=["valid_from", "ended_on", "version", "source"]) if newest else {}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ()
        return [field.name for field in self.opts.fields if field.editable and field.name not in {"id", "ended_on"}]


@admin.register(ProductTerms)
class ProductTermsAdmin(DatedRowAdmin):
    is_one_series = True
    list_display = ["valid_from", "ended_on", "minimum_need_eur", "maximum_months", "source"]


@admin.register(CountryTerms)
class CountryTermsAdmin(DatedRowAdmin):
    list_display = ["country", "is_open", "oecd_class", "valid_from", "ended_on", "source"]
    list_filter = ["is_open", "oecd_class"]
    search_fields = ["country"]
    ordering = ["country", "-valid_from"]


@admin.register(ExchangeRate)
class ExchangeRateAdmin(ReadOnlyAdmin):
    """Published rates: a missing one may be added, a published one never changes."""

    list_display = ["on", "currency", "rate"]
    formfield_overrides = DAYS
    list_filter = ["currency"]
    date_hierarchy = "on"
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_senior(request)

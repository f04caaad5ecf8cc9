"""The dated terms of prices, of what may be signed and of clocks."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext as _

from applications.admin import DatedRowAdmin, DatedRowForm
from applications.exposure import ScheduleLine
from applications.forms import OPTIONS
from underwriting import pricing
from underwriting.models import (
    Authority,
    ClockTerms,
    CumulLine,
    PremiumTax,
    Tariff,
)


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

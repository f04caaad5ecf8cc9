"""The public questions about eligibility."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.fields import AmountField, DayField, YesNoField, currency_choices, language
from applications.rates import NoRate, rate_on
from parties.countries import country_choices


class EligibilityForm(forms.Form):
    """The public questions; every answer is needed for a result."""

    other_credit_insurance = YesNoField(label=gettext_lazy("Do you hold another credit insurance on this buyer?"))
    order_on = DayField(
        label=gettext_lazy("Date of the order"), help_text=gettext_lazy("The day the order is, or will be, signed.")
    )
    last_due_on = DayField(
        label=gettext_lazy("Due date of the last invoice"),
        help_text=gettext_lazy("From the order to this day we insure at most 12 months."),
    )
    need = AmountField(
        label=gettext_lazy("Cover needed"),
        help_text=gettext_lazy("The most this buyer will owe you at one time for this order, excluding VAT."),
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=currency_choices, initial="EUR")
    activity = forms.ChoiceField(
        label=gettext_lazy("What your company makes"),
        help_text=gettext_lazy("Unlock Focus insures industry and capital goods."),
    )
    buyer_country = forms.ChoiceField(label=gettext_lazy("Country of the buyer"))
    affiliate = YesNoField(label=gettext_lazy("Does the buyer belong to your group?"))
    private_person = YesNoField(label=gettext_lazy("Is the buyer a private person?"))

    def __init__(self, *args: Any, activities: list[tuple[str, str]], today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        self.fields["activity"].choices = [("", ""), *activities, ("other", _("Something else"))]  # type: ignore[attr-defined]
        self.fields["buyer_country"].choices = [("", ""), *country_choices(language())]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        order_on, last_due_on = cleaned.get("order_on"), cleaned.get("last_due_on")
        if order_on and last_due_on and last_due_on < order_on:
            self.add_error("last_due_on", _("The last invoice cannot be due before the order is placed."))
        if cleaned.get("need") and cleaned.get("currency"):
            try:
                cleaned["need_eur"] = rate_on(cleaned["currency"], self.today).to_eur(cleaned["need"])
            except NoRate as error:
                self.add_error("currency", str(error))
        return cleaned

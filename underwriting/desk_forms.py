"""What underwriters fill in: terms to price and to offer, another grade, the proof of a condition."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.fields import AmountField, DayField, PercentField, language
from applications.forms import OPTIONS
from parties.activities import division_choices
from underwriting import words
from underwriting.models import ConditionKind, DeductibleOrder
from underwriting.quotes import Terms

# Further apart than this, a year was mistyped.
LONGEST_COVER = timedelta(days=5 * 365)


class PriceForm(forms.Form):
    """The terms that make a price."""

    limit = AmountField(label=gettext_lazy("Credit limit, EUR"))
    insured_percentage = PercentField(
        label=gettext_lazy("Insured percentage"), min_value=60, max_value=95, decimal_places=2
    )
    deductible = AmountField(label=gettext_lazy("Deductible, EUR"), positive=False)
    deductible_order = forms.ChoiceField(
        label=gettext_lazy("Deductible taken"),
        choices=DeductibleOrder.choices,
        required=False,
        initial=DeductibleOrder.AFTER_PERCENTAGE,
    )
    cover_start = DayField(label=gettext_lazy("Cover starts"))
    cover_end = DayField(label=gettext_lazy("Cover ends"))
    options = forms.MultipleChoiceField(
        label=gettext_lazy("Options"), choices=OPTIONS, required=False, widget=forms.CheckboxSelectMultiple
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("cover_start"), cleaned.get("cover_end")
        if start and end and end < start:
            self.add_error("cover_end", _("Cover ends before it starts."))
        elif start and end and end - start > LONGEST_COVER:
            self.add_error("cover_end", _("These days are years apart: look at the years."))
        self._check_deductible(cleaned)
        return cleaned

    def _check_deductible(self, cleaned: dict[str, Any]) -> None:
        if not all(cleaned.get(name) is not None for name in ("limit", "insured_percentage", "deductible")):
            return
        if cleaned["deductible"] >= cleaned["limit"] * cleaned["insured_percentage"]:
            self.add_error("deductible", _("With this deductible nothing would ever be paid."))

    @property
    def terms(self) -> Terms:
        """What was filled in; the form is valid."""
        return Terms(
            limit=self.cleaned_data["limit"],
            insured_percentage=self.cleaned_data["insured_percentage"],
            deductible=self.cleaned_data["deductible"],
            deductible_order=self.cleaned_data["deductible_order"] or DeductibleOrder.AFTER_PERCENTAGE,
            cover_start=self.cleaned_data["cover_start"],
            cover_end=self.cleaned_data["cover_end"],
            options=tuple(self.cleaned_data["options"]),
            conditions=self._conditions(),
            valid_until=self.cleaned_data.get("valid_until") or self.cleaned_data["cover_start"],
            note=self.cleaned_data.get("note", ""),
        )

    def _conditions(self) -> dict[str, str]:
        return {}


class OfferForm(PriceForm):
    """All terms of an offer. While they are only priced, the reasons may still be missing."""

    valid_until = DayField(
        label=gettext_lazy("Valid until"), help_text=gettext_lazy("The last day on which the insured can accept.")
    )
    note = forms.CharField(
        label=gettext_lazy("Reasons, in plain words"),
        help_text=gettext_lazy("The insured reads them above the terms."),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    seen_price = forms.DecimalField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        for kind, label in ConditionKind.choices:
            self.fields[f"condition_{kind}"] = forms.BooleanField(label=label, required=False)
            self.fields[f"detail_{kind}"] = forms.CharField(
                label=_("Detail: %(condition)s") % {"condition": label},
                max_length=300,
                required=False,
                widget=forms.TextInput(attrs={"placeholder": _("Detail, if any"), "data-width": "full"}),
            )

    @property
    def conditions(self) -> Iterator[tuple[BoundField, BoundField]]:
        """Each condition with its detail."""
        for kind in ConditionKind.values:
            yield self[f"condition_{kind}"], self[f"detail_{kind}"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        valid_until, cover_end = cleaned.get("valid_until"), cleaned.get("cover_end")
        if valid_until and valid_until < self.today:
            self.add_error("valid_until", _("This day has passed."))
        elif valid_until and cover_end and valid_until > cover_end:
            self.add_error("valid_until", _("The offer would outlive the cover."))
        for kind in ConditionKind.values:
            if cleaned.get(f"detail_{kind}") and not cleaned.get(f"condition_{kind}"):
                self.add_error(f"condition_{kind}", _("Tick this condition, or clear its detail."))
        return cleaned

    def _conditions(self) -> dict[str, str]:
        return {
            kind: self.cleaned_data[f"detail_{kind}"]
            for kind in ConditionKind.values
            if self.cleaned_data[f"condition_{kind}"]
        }

    def require_reasons(self) -> None:
        """Ask for the reasons: the offer is about to be made."""
        if not self.cleaned_data.get("note"):
            self.add_error("note", _("Every decision gives its reasons."))

    def require_seen_price(self, to_pay: Decimal) -> None:
        """Refuse to offer at a price the underwriter did not look at: terms, tariff or grade changed meanwhile."""
        if self.cleaned_data.get("seen_price") != to_pay:
            self.add_error(
                None, _("The price changed since you looked at it. Read it again below, then make the offer.")
            )


def initial_of(terms: Terms | None) -> dict[str, Any]:
    """Terms as the initial values of the forms above; nothing without terms."""
    if terms is None:
        return {"deductible": Decimal("0.00")}
    names = ("limit", "insured_percentage", "deductible", "deductible_order", "cover_start", "cover_end")
    initial: dict[str, Any] = {name: getattr(terms, name) for name in (*names, "valid_until", "note")}
    for kind, detail in terms.conditions.items():
        initial |= {f"condition_{kind}": True, f"detail_{kind}": detail}
    return initial | {"options": list(terms.options)}


class OverrideForm(forms.Form):
    """Another grade than the model's, and why."""

    grade = forms.TypedChoiceField(label=gettext_lazy("Grade"), choices=words.grade_choices, coerce=int)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("What you know that the accounts do not say, and where from."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, in_use: int | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.in_use = in_use

    def clean_grade(self) -> int:
        grade: int = self.cleaned_data["grade"]
        if grade == self.in_use:
            raise forms.ValidationError(_("This is the grade in use already."))
        return grade


def _divisions() -> list[tuple[str, str]]:
    return [("", _("Choose a division")), *division_choices(language())]


class SectorForm(forms.Form):
    """What a buyer does."""

    sector = forms.ChoiceField(
        label=gettext_lazy("Sector (NACE Rev. 2 division)"),
        help_text=gettext_lazy(
            "What most of its sales come from. It decides the base rate and the peers of its score."
        ),
        choices=_divisions,
        widget=forms.Select(attrs={"data-width": "long"}),
    )


class ProofForm(forms.Form):
    """How it is known that a condition is met."""

    text = forms.CharField(
        label=gettext_lazy("Proof"),
        help_text=gettext_lazy(
            "What you saw, with its date and reference. The insured reads it in the file's history."
        ),
        max_length=300,
        widget=forms.TextInput(
            attrs={"data-width": "long", "data-example": "Bank statement of 2 December 2026, ref. 8812"}
        ),
    )

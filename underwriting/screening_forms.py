"""What is filled in about sanctions: a decision and its reason, who owns or runs a buyer, a name to look for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.fields import language
from parties.countries import country_choices
from underwriting.models import BuyerPerson
from underwriting.screening.subjects import Subject

LEAST_REASON = 20
KINDS = [
    ("", gettext_lazy("not said")),
    ("organisation", gettext_lazy("a company")),
    ("person", gettext_lazy("a person")),
]


class DecisionForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy(
            "What you compared and where you found it, so that others come to the same answer. It stays on file."
        ),
        min_length=LEAST_REASON,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class PersonForm(forms.ModelForm):
    class Meta:
        model = BuyerPerson
        fields = ["name", "position", "is_organisation", "country", "birth_year", "source"]
        help_texts = {
            "name": gettext_lazy("As in the register, given name and family name, or the company's name."),
            "birth_year": gettext_lazy("If known: it tells two of one name apart."),
            "source": gettext_lazy("Where it was read, such as: ONRC extract of 3 November 2026."),
        }

    def __init__(self, *args: Any, latest_year: int, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", ""), *country_choices(language())]
        self.fields["country"] = forms.ChoiceField(label=_("Country"), choices=choices, required=False)
        self.fields["birth_year"] = forms.IntegerField(
            label=_("Year of birth"),
            help_text=self.fields["birth_year"].help_text,
            min_value=1900,
            max_value=latest_year,
            required=False,
        )
        self.fields["birth_year"].widget.attrs["data-width"] = "short"


class SearchForm(forms.Form):
    """A name to look for on the lists, and what helps to tell two of that name apart."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("A company or a person?"), choices=KINDS, required=False)
    birth_year = forms.IntegerField(label=gettext_lazy("Year of birth"), min_value=1900, required=False)
    number = forms.CharField(label=gettext_lazy("Registration, tax or passport number"), max_length=60, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["country"].choices = [("", ""), *country_choices(language())]  # type: ignore[attr-defined]
        for name in ("birth_year", "number"):
            self.fields[name].widget.attrs["data-width"] = "short" if name == "birth_year" else "code"

    @property
    def subject(self) -> Subject:
        """Who is looked for; the form is valid."""
        given = self.cleaned_data
        return Subject(
            given["name"],
            {"organisation": True, "person": False}.get(given["kind"]),
            frozenset({given["country"]} - {""}),
            frozenset({given["birth_year"]} - {None}),
            frozenset({given["number"]} - {""}),
        )

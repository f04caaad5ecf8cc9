"""What underwriters fill in about registers: their word on a notice, a check made by hand."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.fields import DayField
from parties.models import Buyer
from underwriting.actions.registers import Search
from underwriting.models import NoticeKind, RegisterCheck

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise  # of the stubs only

Register, Outcome = RegisterCheck.Register, RegisterCheck.Outcome


def _how_known(help_text: _StrPromise) -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("How do you know?"),
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
    )


class DismissForm(forms.Form):
    """Why a notice is not counted."""

    reason = _how_known(
        gettext_lazy("Another number, another place, a decision on appeal: whoever reads the file later depends on it.")
    )


class ConfirmForm(forms.Form):
    """What a notice is, and how that is known."""

    kind = forms.ChoiceField(label=gettext_lazy("What is it?"), choices=NoticeKind.choices)
    reason = _how_known(
        gettext_lazy("Say by what you recognised the company: its number on the notice, the BPI, a call to the court.")
    )


class CheckForm(forms.Form):
    """A search in a register, what it gave, and its evidence."""

    register = forms.ChoiceField(label=gettext_lazy("Which register?"), choices=Register.choices)
    register_name = forms.CharField(label=gettext_lazy("Its name, if it is another"), max_length=60, required=False)
    searched = forms.CharField(
        label=gettext_lazy("What did you search?"),
        help_text=gettext_lazy("The number, or the name as you typed it."),
        max_length=200,
    )
    checked_on = DayField(label=gettext_lazy("When?"))
    outcome = forms.ChoiceField(
        label=gettext_lazy("What came of it?"), choices=Outcome.choices, widget=forms.RadioSelect
    )
    says = forms.CharField(
        label=gettext_lazy("What does it say?"),
        help_text=gettext_lazy("What was found, in the register's words; or why it could not be searched."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        required=False,
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("If something was found: what is it?"),
        help_text=gettext_lazy(
            "Liquidation, reorganisation, safeguard, administration or insolvency is grade 10 from now on;"
            " the end of proceedings ends those found in the same register."
        ),
        required=False,
    )
    judged_on = DayField(
        label=gettext_lazy("Day of the judgment"), help_text=gettext_lazy("Where it is given."), required=False
    )
    evidence = forms.FileField(
        label=gettext_lazy("Evidence"),
        help_text=gettext_lazy("What the register showed: PDF, PNG or JPEG, at most 20 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )

    def __init__(self, *args: Any, today: date, buyer: Buyer | None, **options: Any) -> None:
        first = Register.BPI if buyer and buyer.country == "RO" else Register.IRI
        number = buyer.registration_number if buyer else ""
        options.setdefault("initial", {"checked_on": today, "register": first, "searched": number})
        super().__init__(*args, **options)
        kinds = [("", _("A remark, no notice")), *NoticeKind.choices]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]

    @property
    def search(self) -> Search:
        """What was filled in; the form is valid."""
        given = self.cleaned_data
        return Search(
            register=given["register"],
            register_name=given["register_name"],
            searched=given["searched"],
            outcome=given["outcome"],
            says=given["says"],
            checked_on=given["checked_on"],
            kind=given["kind"],
            judged_on=given["judged_on"],
        )

"""What claims people fill in while they collect: a step, a contact, a promise, a plan, a statement, a reserve."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.exposure import NOTHING
from applications.fields import AmountField, DayField
from applications.uploads import inspect
from claims import collection_words as words
from claims.actions.collection import StepFacts
from claims.actions.reserves import Figures
from claims.collection import StepState, SuggestedStep
from claims.models import CollectorStatement, Contact, PaymentPromise
from unlockfocus.errors import BusinessRule
from unlockfocus.sheets import MAX_BYTES

INSTALMENTS = 12
AMOUNT = {"inputmode": "decimal", "data-width": "amount", "data-unit": "EUR", "data-example": "1 500,00"}


def amount_field(label: Any, *, positive: bool = False, required: bool = True, **options: Any) -> AmountField:
    """An amount in EUR."""
    look = AMOUNT if required else AMOUNT | {"data-optional": True}
    return AmountField(label=label, positive=positive, required=required, widget=forms.TextInput(attrs=look), **options)


class StepForm(forms.Form):
    """A step of the collection, as it was taken."""

    code = forms.ChoiceField(
        label=gettext_lazy("Step"),
        # Another choice brings its guide beside the form.
        widget=forms.Select(attrs={"hx-get": "", "hx-select": "#guide", "hx-target": "#guide", "hx-swap": "outerHTML"}),
    )
    taken_on = DayField(label=gettext_lazy("Taken on"))
    answer_by = DayField(
        label=gettext_lazy("Answer expected by"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "data-optional": True}),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("Who did it, what was said or filed, the reference of the court or bailiff."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "data-optional": True}),
    )
    cost = amount_field(
        gettext_lazy("Cost"),
        required=False,
        help_text=gettext_lazy("What the receipt says, without VAT. A second person approves it."),
    )
    receipt = forms.FileField(
        label=gettext_lazy("Receipt"),
        help_text=gettext_lazy("PDF, Excel (.xlsx), PNG or JPEG, at most 20 MB. A cost needs one."),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.xlsx,.png,.jpg,.jpeg", "data-optional": True}),
    )
    is_internal = forms.BooleanField(label=gettext_lazy("Keep the receipt from the insured"), required=False)

    def __init__(self, *args: Any, steps: Sequence[SuggestedStep], today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        open_steps = [each for each in steps if each.state is not StepState.WAITS_FOR_INSOLVENCY]
        self.codes = [each.step.key for each in open_steps]
        self.fields["code"].choices = [(each.step.key, _step_choice(each)) for each in open_steps]  # type: ignore[attr-defined]
        self.initial.setdefault("taken_on", today)

    def clean_receipt(self) -> Any:
        file = self.cleaned_data["receipt"]
        if file:
            try:
                inspect(file)
            except BusinessRule as refusal:
                raise forms.ValidationError(str(refusal)) from refusal
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("cost") and not cleaned.get("receipt") and "receipt" not in self.errors:
            self.add_error("receipt", _("Add the receipt of this cost, or enter the cost when you have it."))
        return cleaned

    @property
    def facts(self) -> StepFacts:
        """What was filled in; the form is valid."""
        cleaned = self.cleaned_data
        return StepFacts(
            code=cleaned["code"],
            taken_on=cleaned["taken_on"],
            answer_by=cleaned["answer_by"],
            note=cleaned["note"],
            cost=cleaned["cost"] or NOTHING,
        )


def _step_choice(suggested: SuggestedStep) -> str:
    title = str(words.title(suggested.step.key))
    if suggested.state is StepState.UPCOMING:
        return title
    return f"{title} ({str(words.STEP_STATES[suggested.state]).lower()})"


class ContactForm(forms.ModelForm):
    class Meta:
        model = Contact
        fields = ["name", "position", "email", "phone"]
        help_texts = {"position": gettext_lazy("Director, lawyer, liquidator, collector …")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, width in (("name", "medium"), ("position", "medium"), ("email", "medium"), ("phone", "short")):
            self.fields[name].widget.attrs["data-width"] = width
            if name != "name":
                self.fields[name].widget.attrs["data-optional"] = True
        self.fields["phone"].widget.attrs["inputmode"] = "tel"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("email") and not cleaned.get("phone"):
            self.add_error("phone", _("Give a telephone number or an e-mail address."))
        return cleaned


class PromiseForm(forms.ModelForm):
    amount = amount_field(gettext_lazy("Amount promised"), positive=True)
    promised_on = DayField(label=gettext_lazy("Promised on"))
    pay_by = DayField(
        label=gettext_lazy("To be paid by"),
        help_text=gettext_lazy("From the day after, an unpaid promise counts as broken."),
    )

    class Meta:
        model = PaymentPromise
        fields = ["amount", "promised_on", "pay_by", "said_by"]

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("promised_on", today)
        self.fields["said_by"].widget.attrs.update({"data-width": "medium", "data-optional": True})


class PlanForm(forms.Form):
    """An instalment plan: at most a year of monthly instalments, empty rows left out."""

    agreed_on = DayField(
        label=gettext_lazy("Agreed on"), help_text=gettext_lazy("Payments from this day on count towards the plan.")
    )
    insurer_consents = forms.BooleanField(
        label=gettext_lazy("We agree to it"),
        help_text=gettext_lazy("Without our consent the plan is known, and changes nothing in our rights."),
        required=False,
    )

    def __init__(self, *args: Any, today: date, owed: Decimal, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("agreed_on", today)
        self.owed = owed
        for number in range(1, INSTALMENTS + 1):
            self.fields[f"on_{number}"] = DayField(label=_("Instalment %(number)s, on") % {"number": number})
            self.fields[f"amount_{number}"] = AmountField(label=_("Instalment %(number)s, amount") % {"number": number})
            for name in (f"on_{number}", f"amount_{number}"):
                self.fields[name].required = False

    @property
    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"on_{number}"], self[f"amount_{number}"]) for number in range(1, INSTALMENTS + 1)]

    @property
    def instalments(self) -> list[tuple[date, Decimal]]:
        """What was filled in, oldest first; the form is valid."""
        pairs = [
            (self.cleaned_data[f"on_{number}"], self.cleaned_data[f"amount_{number}"])
            for number in range(1, INSTALMENTS + 1)
        ]
        return sorted((on, amount) for on, amount in pairs if on and amount)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for number in range(1, INSTALMENTS + 1):
            on, amount = cleaned.get(f"on_{number}"), cleaned.get(f"amount_{number}")
            if on and amount is None and f"amount_{number}" not in self.errors:
                self.add_error(f"amount_{number}", _("Give the amount of this instalment."))
            if amount and on is None and f"on_{number}" not in self.errors:
                self.add_error(f"on_{number}", _("Give the day of this instalment."))
            if on and cleaned.get("agreed_on") and on < cleaned["agreed_on"]:
                self.add_error(f"on_{number}", _("This day is before the one it follows."))
        if not self.errors and not self.instalments:
            self.add_error("on_1", _("Give at least one instalment."))
        return cleaned


class PlanEndForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why does it end?"),
        help_text=gettext_lazy("The insured reads it in the file's history."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class StatementForm(forms.ModelForm):
    file = forms.FileField(
        label=gettext_lazy("Statement"),
        help_text=gettext_lazy(
            "CSV or Excel (.xlsx), at most 5 MB, with the columns reference, date, collected and cost, and where given"
            " invoice, step and remark."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )

    class Meta:
        model = CollectorStatement
        fields = ["collector"]

    field_order = ("collector", "file")

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(words.PROBLEMS["too_big"])
        return file


class FilingForm(forms.Form):
    on = DayField(
        label=gettext_lazy("Claims are to be filed by"),
        help_text=gettext_lazy("The day in the opening judgment or its publication. It replaces the usual days."),
    )


class ReserveForm(forms.Form):
    """The whole reserve anew, with the reason."""

    indemnity = amount_field(gettext_lazy("For indemnity"))
    costs = amount_field(gettext_lazy("For costs of collection"))
    expected_recovery = amount_field(
        gettext_lazy("Expected recovery"),
        help_text=gettext_lazy("The insurer's share. It stands beside the reserve and never lowers it."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("What changed, and how you know."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @property
    def figures(self) -> Figures:
        """What was filled in; the form is valid."""
        cleaned = self.cleaned_data
        return Figures(cleaned["indemnity"], cleaned["costs"], cleaned["expected_recovery"])

"""The questions of the guided path, one form a screen, read from the address; and the form that sends."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.exposure import NOTHING
from applications.fields import AmountField, DayField
from applications.uploads import inspect
from claims.account import Account
from claims.advice import Question
from claims.models import Invoice
from unlockfocus.errors import BusinessRule
from unlockfocus.templatetags.face import day, money

# As many instalments as one line of credit manager's thought: a longer plan is better a claim.
INSTALMENTS = 6


class QuestionForm(forms.Form):
    """One screen of the path. `account` and the chosen `invoices` are what the answers are checked against."""

    def __init__(self, *args: Any, account: Account, invoices: Sequence[Invoice] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.account, self.invoices = account, invoices

    def shown(self) -> str:
        """The answer in words, for the list of what was answered; the form is valid."""
        raise NotImplementedError


def choice_question(name: str, label: Any, yes: Any, no: Any) -> type[QuestionForm]:
    """A question with two answers in words; cleans to a bool under `name`."""

    class ChoiceForm(QuestionForm):
        def shown(self) -> str:
            return str(yes if self.cleaned_data[name] else no)

    field = forms.TypedChoiceField(
        label=label,
        choices=[("yes", yes), ("no", no)],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    return type("ChoiceForm", (ChoiceForm,), {name: field})


PaidForm = choice_question(
    "paid",
    gettext_lazy("Payment"),
    gettext_lazy("Yes, in full or in part"),
    gettext_lazy("No, nothing has come"),
)
DisputedForm = choice_question(
    "disputed",
    gettext_lazy("Dispute"),
    gettext_lazy("Yes, all of it or a part"),
    gettext_lazy("No, nothing is contested"),
)
ExtensionForm = choice_question(
    "extension",
    gettext_lazy("More time"),
    gettext_lazy("Yes, and we are ready to grant it"),
    gettext_lazy("No, or we do not want to"),
)
InsolventForm = choice_question(
    "insolvent",
    gettext_lazy("Proceedings"),
    gettext_lazy("Yes, proceedings are open"),
    gettext_lazy("No, we know of none"),
)


class InvoicesForm(QuestionForm):
    """Which unpaid invoices it is about; what is overdue is ticked."""

    invoice = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Invoices"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one invoice.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["invoice"].choices = [(each.pk, self._words(each)) for each in self.invoices]  # type: ignore[attr-defined]
        overdue = [each.pk for each in self.invoices if each.due_on < self.account.today]
        self.initial.setdefault("invoice", overdue or [each.pk for each in self.invoices])

    def _words(self, invoice: Invoice) -> str:
        return _("%(invoice)s: %(amount)s unpaid, due on %(due_on)s") % {
            "invoice": invoice.number,
            "amount": money(self.account.balance(invoice).open),
            "due_on": day(invoice.due_on),
        }

    @property
    def chosen(self) -> list[Invoice]:
        return [each for each in self.invoices if each.pk in self.cleaned_data["invoice"]]

    def shown(self) -> str:
        return ", ".join(each.number for each in self.chosen)


class DisputedAmountForm(QuestionForm):
    """What is contested, on which invoice, and why."""

    disputed_invoice = forms.TypedChoiceField(label=gettext_lazy("On which invoice?"), coerce=int)
    disputed_amount = AmountField(
        label=gettext_lazy("Amount contested, excluding VAT"),
        widget=forms.TextInput(
            attrs={
                "inputmode": "decimal",
                "data-width": "amount",
                "data-unit": "EUR",
                "data-example": "140 000,00",
            }
        ),
    )
    disputed_reason = forms.CharField(
        label=gettext_lazy("What does the buyer say?"),
        help_text=gettext_lazy("In a sentence or two: the defect, the missing part, the delay."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        disputable = [each for each in self.invoices if not self.account.balance(each).disputed_open] or self.invoices
        self.fields["disputed_invoice"].choices = [(each.pk, each.number) for each in disputable]  # type: ignore[attr-defined]
        if len(disputable) == 1:
            self.fields["disputed_invoice"].widget = forms.HiddenInput()
            self.initial["disputed_invoice"] = disputable[0].pk

    @property
    def chosen(self) -> Invoice:
        return next(each for each in self.invoices if each.pk == self.cleaned_data["disputed_invoice"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        amount = cleaned.get("disputed_amount")
        if amount is not None and cleaned.get("disputed_invoice"):
            unpaid = self.account.balance(self.chosen).open
            if amount > unpaid:
                words = _("Only %(amount)s is unpaid on %(invoice)s.")
                self.add_error("disputed_amount", words % {"amount": money(unpaid), "invoice": self.chosen.number})
        return cleaned

    def shown(self) -> str:
        return _("%(amount)s of %(invoice)s") % {
            "amount": money(self.cleaned_data["disputed_amount"]),
            "invoice": self.chosen.number,
        }


class TermsForm(QuestionForm):
    """One later day, or instalments. `only` leaves one of the two."""

    DAY, PARTS = "day", "parts"

    terms = forms.ChoiceField(
        label=gettext_lazy("How will the buyer pay?"),
        choices=[
            (DAY, gettext_lazy("All of it on one later day")),
            (PARTS, gettext_lazy("In instalments")),
        ],
        widget=forms.RadioSelect,
    )
    extension_to = DayField(label=gettext_lazy("To be paid by"), required=False)

    def __init__(self, *args: Any, only: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        if only:
            self.fields["terms"].widget = forms.HiddenInput()
            self.fields["terms"].choices = [(only, only)]  # type: ignore[attr-defined]
            self.initial["terms"] = only
        self.only = only
        for number in range(1, INSTALMENTS + 1):
            self.fields[f"on_{number}"] = DayField(label=_("Instalment %(number)s, on") % {"number": number})
            self.fields[f"amount_{number}"] = AmountField(label=_("Amount, EUR"))
            for name in (f"on_{number}", f"amount_{number}"):
                self.fields[name].required = False

    @property
    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The instalments' fields, a row each; none when only a day is asked for."""
        if self.only == self.DAY:
            return []
        return [(self[f"on_{number}"], self[f"amount_{number}"]) for number in range(1, INSTALMENTS + 1)]

    @property
    def unpaid(self) -> Decimal:
        return sum((self.account.balance(each).open for each in self.invoices), NOTHING)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        terms = cleaned.get("terms")
        if terms == self.DAY:
            cleaned["instalments"] = ()
            self._check_later("extension_to", cleaned.get("extension_to"))
        elif terms == self.PARTS and not self.errors:
            cleaned["extension_to"] = None
            self._check_instalments(cleaned)
        return cleaned

    def _check_later(self, name: str, on: date | None) -> None:
        """A day to pay by is later than today and than the due dates."""
        if name in self.errors:
            return
        after = max([self.account.today, *(each.due_on for each in self.invoices)])
        if on is None:
            self.add_error(name, _("Give the day."))
        elif on <= after:
            self.add_error(name, _("Give a day after %(day)s.") % {"day": day(after)})

    def _check_instalments(self, cleaned: dict[str, Any]) -> None:
        found: list[tuple[date, Decimal]] = []
        for number in range(1, INSTALMENTS + 1):
            on, amount = cleaned.get(f"on_{number}"), cleaned.get(f"amount_{number}")
            if on is None and amount is None:
                continue
            if amount is None:
                self.add_error(f"amount_{number}", _("Give the amount of this instalment."))
            elif on is None or on <= self.account.today:
                self.add_error(f"on_{number}", _("Give a day after today."))
            else:
                found.append((on, amount))
        cleaned["instalments"] = tuple(sorted(found))
        total = sum((amount for _on, amount in found), NOTHING)
        if not self.errors and not found:
            self.add_error("on_1", _("Give at least one instalment."))
        elif not self.errors and total != self.unpaid:
            words = _("The instalments add up to %(total)s; %(unpaid)s is unpaid.")
            self.add_error("amount_1", words % {"total": money(total), "unpaid": money(self.unpaid)})
        if not self.errors:
            last = max(on for on, _amount in found)
            number = next(row for row in range(1, INSTALMENTS + 1) if cleaned.get(f"on_{row}") == last)
            self._check_later(f"on_{number}", last)

    def shown(self) -> str:
        if self.cleaned_data["extension_to"]:
            return day(self.cleaned_data["extension_to"])
        parts = self.cleaned_data["instalments"]
        return _("%(count)s instalments until %(last)s") % {"count": len(parts), "last": day(parts[-1][0])}


class InsolventOnForm(QuestionForm):
    insolvent_on = DayField(
        label=gettext_lazy("Proceedings opened on"), help_text=gettext_lazy("The day of the court's decision.")
    )
    known_on = DayField(
        label=gettext_lazy("You heard of them on"), help_text=gettext_lazy("The letter, the journal, the call.")
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        opened, known = cleaned.get("insolvent_on"), cleaned.get("known_on")
        for name, on in (("insolvent_on", opened), ("known_on", known)):
            if on and on > self.account.today:
                self.add_error(name, _("This day is still to come."))
        if opened and known and known < opened and not self.errors:
            self.add_error("known_on", _("You cannot have heard of them before they opened."))
        return cleaned

    def shown(self) -> str:
        return _("opened on %(opened)s, known on %(known)s") % {
            "opened": day(self.cleaned_data["insolvent_on"]),
            "known": day(self.cleaned_data["known_on"]),
        }


FORMS: Mapping[Question, type[QuestionForm]] = {
    Question.PAID: PaidForm,
    Question.DISPUTED: DisputedForm,
    Question.DISPUTED_AMOUNT: DisputedAmountForm,
    Question.EXTENSION_ASKED: ExtensionForm,
    Question.EXTENSION_TERMS: TermsForm,
    Question.INSOLVENT: InsolventForm,
    Question.INSOLVENT_ON: InsolventOnForm,
}


class SendForm(forms.Form):
    """What goes with a notice; `seen` is the mark of the effect that was read."""

    note = forms.CharField(
        label=gettext_lazy("A note for us"),
        help_text=gettext_lazy("What we should know beside the facts. It stands on the receipt."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "data-optional": True}),
    )
    document = forms.FileField(
        label=gettext_lazy("Document"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"data-optional": True}),
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, document: Any = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["document"].help_text = _("%(document)s, as PDF, Excel (.xlsx) or image, at most 20 MB.") % {
            "document": document
        }

    def clean_document(self) -> Any:
        file = self.cleaned_data["document"]
        if file:
            try:
                inspect(file)
            except BusinessRule as refusal:
                raise forms.ValidationError(str(refusal)) from refusal
        return file


def given(data: QueryDict, form: type[QuestionForm]) -> bool:
    """Whether the address holds an answer to this screen."""
    names = set(form.base_fields) | ({"on_1", "amount_1"} if form is TermsForm else set())
    return any(name in data for name in names)

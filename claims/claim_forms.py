"""The forms of a claim: a document, a document asked for, and a finding on its cover."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.fields import AmountField
from claims.cover_words import DOCUMENTS, OUTCOMES, document_name
from claims.coverage import Check, Finding, Outcome
from claims.documents import OF_ONE_INVOICE
from claims.models import Invoice
from claims.required_documents import Kind, Missing

ASKABLE = [kind for kind in Kind if kind is not Kind.BANK_DETAILS]
Choices = list[tuple[str, str]]


def document_choices(invoices: Sequence[Invoice]) -> Choices:
    """Each kind of document, those of one invoice once for each: `delivery:F-2027-118`."""
    choices: Choices = []
    for kind in ASKABLE:
        if kind in OF_ONE_INVOICE:
            choices += [(f"{kind}:{each.number}", document_name(kind, each.number)) for each in invoices]
        else:
            choices.append((f"{kind}:", str(DOCUMENTS[kind])))
    return choices


class WhatField(forms.ChoiceField):
    """A kind of document with its invoice, if it is of one; cleans to both."""

    def __init__(self, invoices: Sequence[Invoice], choices: Any, **options: Any) -> None:
        super().__init__(choices=choices, **options)
        self.by_number = {each.number: each for each in invoices}

    def clean(self, value: Any) -> tuple[str, Invoice | None]:  # type: ignore[override]
        kind, _colon, number = str(super().clean(value)).partition(":")
        return kind, self.by_number.get(number)


class ClaimDocumentForm(forms.Form):
    """One file at a time; what is missing stands first among the choices."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("PDF, Excel (.xlsx), PNG or JPEG, at most 20 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.xlsx,.png,.jpg,.jpeg"}),
    )

    field_order = ("what", "file")

    def __init__(self, *args: Any, invoices: Sequence[Invoice], missing: Sequence[Missing], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["what"] = WhatField(
            invoices, _missing_first(document_choices(invoices), missing), label=_("What is it?")
        )
        self.order_fields(self.field_order)


def _missing_first(choices: Choices, missing: Sequence[Missing]) -> list[tuple[str, Choices]] | Choices:
    """The choices in two groups while something is missing."""
    wanted = {f"{each.kind}:{each.invoice}" for each in missing}
    first = [each for each in choices if each[0] in wanted]
    if not first:
        return choices
    return [(_("Missing"), first), (_("Others"), [each for each in choices if each[0] not in wanted])]


class AskForm(forms.Form):
    """A further document, and why it is needed: the insured reads exactly this."""

    reason = forms.CharField(
        label=gettext_lazy("Why is it needed?"),
        help_text=gettext_lazy("The insured reads exactly this."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
    )

    field_order = ("what", "reason")

    def __init__(self, *args: Any, invoices: Sequence[Invoice], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["what"] = WhatField(invoices, document_choices(invoices), label=_("Which document?"))
        self.order_fields(self.field_order)


class FindForm(forms.Form):
    """An answer to one question, the amount it takes where that is less than the question's own, and the reason."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What did you find?"),
        choices=[(each.value, text) for each, text in OUTCOMES.items()],
        widget=forms.RadioSelect,
    )
    uncovered = AmountField(
        label=gettext_lazy("Not covered, EUR"),
        required=False,
        positive=False,
        help_text=gettext_lazy(
            "Only when not met and only if it is less than the whole: for a delay, the harm it did."
        ),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("With what it rests on. It stays on the file; the insured reads it with the decision."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
    )

    def __init__(self, *args: Any, check: Check, invoice: Invoice | None, most: Any = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.check_asked, self.invoice, self.most = check, invoice, most
        if invoice is None or check is Check.WITHIN_LIMIT:
            del self.fields["uncovered"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        amount = cleaned.get("uncovered")
        if amount is None:
            return cleaned
        if cleaned.get("outcome") != Outcome.UNMET:
            self.add_error("uncovered", _("An amount is left out of cover only when the answer is “not met”."))
        elif amount > self.most:
            self.add_error("uncovered", _("This is more than what is open on the invoice."))
        return cleaned

    @property
    def finding(self) -> Finding:
        """What the valid form says."""
        return Finding(
            check=self.check_asked,
            invoice=self.invoice.number if self.invoice else "",
            outcome=Outcome(self.cleaned_data["outcome"]),
            uncovered=self.cleaned_data.get("uncovered"),
            reason=self.cleaned_data["reason"],
        )

"""The forms of deliveries and payments: nonsense is refused at its field, what costs cover is only said."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.fields import AmountField, DayField, YesNoField, currency_choices
from applications.models import OrderLine
from applications.rates import NoRate
from applications.uploads import UnacceptableFile, inspect
from claims.account import Account
from claims.actions.deliveries import CreditFacts, InvoiceFacts, rate_for
from claims.models import Credit, EvidenceKind, Invoice
from claims.previews import MOST_EUR, left_on_line
from parties.models import User
from unlockfocus.templatetags.face import day, money

FILES = gettext_lazy("PDF, Excel (.xlsx), PNG or JPEG, at most 20 MB.")
TAKEN = ".pdf,.xlsx,.png,.jpg,.jpeg"


def document_field(label: Any, help_text: Any, *, required: bool) -> forms.FileField:
    """A document as people send it; its content is checked by `inspected`."""
    widget = forms.FileInput(attrs={"accept": TAKEN, "data-optional": not required})
    return forms.FileField(label=label, help_text=help_text, required=required, widget=widget)


class DeliveryForm(forms.Form):
    """What the forms of one guarantee share: its account, and amounts in a currency that has a rate."""

    def __init__(self, *args: Any, account: Account, **options: Any) -> None:
        super().__init__(*args, **options)
        self.account = account

    def check_amount(self) -> None:
        """Refuse a currency without a rate, and an amount nobody means."""
        amount, currency = self.cleaned_data.get("amount"), self.cleaned_data.get("currency")
        if not amount or not currency:
            return
        try:
            amount_eur = rate_for(self.account.guarantee.request, currency).to_eur(amount)
        except NoRate as error:
            self.add_error("currency", str(error))
            return
        if not Decimal(0) < amount_eur < MOST_EUR:
            self.add_error("amount", _("This amount is not plausible."))

    def refuse_future(self, name: str) -> None:
        """A day that has not come is refused."""
        given = self.cleaned_data.get(name)
        if given and given > self.account.today:
            self.add_error(name, _("This day has not come yet."))

    def check_file(self, name: str) -> None:
        """Refuse at the field what `inspect` does not take."""
        file = self.cleaned_data.get(name)
        if file:
            try:
                inspect(file)
            except UnacceptableFile as error:
                self.add_error(name, str(error))


class InvoiceForm(DeliveryForm):
    """A delivery and its invoice."""

    number = forms.CharField(
        label=gettext_lazy("Invoice number"),
        max_length=40,
        help_text=gettext_lazy("As printed on the invoice; payments will name it."),
        widget=forms.TextInput(attrs={"data-width": "short", "data-example": "F-2027-118"}),
    )
    line = forms.TypedChoiceField(
        label=gettext_lazy("What was delivered"),
        coerce=int,
        help_text=gettext_lazy("The line of the insured order: it says what was agreed."),
    )
    delivered_on = DayField(
        label=gettext_lazy("Delivered on"), help_text=gettext_lazy("The exposure begins on this day.")
    )
    invoiced_on = DayField(label=gettext_lazy("Invoice date"))
    due_on = DayField(
        label=gettext_lazy("Due on"),
        help_text=gettext_lazy("The day first agreed: all deadlines are counted from it, also after an extension."),
    )
    amount = AmountField(label=gettext_lazy("Amount, excluding VAT"))
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=currency_choices)
    is_to_buyer = YesNoField(label=gettext_lazy("Is the invoice made out to the insured buyer?"))
    proof = document_field(
        gettext_lazy("Proof of delivery"),
        gettext_lazy("Signed delivery note, CMR or acceptance. A claim needs it: today it is at hand."),
        required=False,
    )
    copy = document_field(gettext_lazy("Copy of the invoice"), FILES, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        buyer, lines = self.account.guarantee.buyer, self.account.order_lines
        self.fields["line"].choices = [  # type: ignore[attr-defined]
            *((line.position, line_label(line, self.account)) for line in lines),
            (0, _("None of these lines")),
        ]
        self.fields["is_to_buyer"].label = _("Is the invoice made out to %(buyer)s?") % {"buyer": buyer.name}
        self.fields["is_to_buyer"].help_text = _("%(country)s %(number)s: not to a sister company or a branch.") % {
            "country": buyer.country,
            "number": buyer.registration_number,
        }
        open_line = next((each for each in lines if _is_on_credit(each) and left_on_line(each, self.account)), None)
        self.fields["line"].initial = open_line.position if open_line else 0
        self.fields["currency"].initial = self.account.guarantee.request.order_currency or "EUR"
        self.fields["is_to_buyer"].initial = "yes"

    def clean_number(self) -> str:
        number = " ".join(self.cleaned_data["number"].split())
        if any(each.number == number for each in self.account.invoices):
            raise forms.ValidationError(_("Invoice %(number)s is declared already."), params={"number": number})
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.check_amount()
        self.refuse_future("invoiced_on")
        self.check_file("proof")
        self.check_file("copy")
        invoiced_on, due_on = cleaned.get("invoiced_on"), cleaned.get("due_on")
        if invoiced_on and due_on and due_on < invoiced_on:
            self.add_error("due_on", _("An invoice of %(day)s cannot be due before it.") % {"day": day(invoiced_on)})
        return cleaned

    @property
    def facts(self) -> InvoiceFacts:
        """What the valid form declares."""
        given = self.cleaned_data
        line = next((each for each in self.account.order_lines if each.position == given["line"]), None)
        return InvoiceFacts(
            number=given["number"],
            line=line,
            delivered_on=given["delivered_on"],
            invoiced_on=given["invoiced_on"],
            due_on=given["due_on"],
            amount=given["amount"],
            currency=given["currency"],
            is_to_buyer=given["is_to_buyer"],
        )


def _is_on_credit(line: OrderLine) -> bool:
    return line.due_on >= line.delivery_on


def line_label(line: OrderLine, account: Account) -> str:
    """`2. On delivery: €1,110,000.00 left to declare`."""
    if not _is_on_credit(line):
        return _("%(position)s. %(label)s (down payment, not insured)") % {
            "position": line.position,
            "label": line.label,
        }
    return _("%(position)s. %(label)s: %(left)s left to declare") % {
        "position": line.position,
        "label": line.label,
        "left": money(left_on_line(line, account)),
    }


class InvoiceChoice(forms.ModelChoiceField):
    """An invoice of the guarantee, with what is open on it."""

    account: Account

    def label_from_instance(self, obj: Any) -> str:
        open_amount = self.account.balance(obj).open
        return _("%(number)s, due on %(due_on)s: %(open)s open") % {
            "number": obj.number,
            "due_on": day(obj.due_on),
            "open": money(open_amount),
        }


class CreditForm(DeliveryForm):
    """A payment, or what else reduces the debt."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=Credit.Kind.choices,
        initial=Credit.Kind.PAYMENT,
        help_text=gettext_lazy("A deposit only if the invoices do not show it as deducted already."),
        widget=forms.RadioSelect,
    )
    on = DayField(
        label=gettext_lazy("Received on"), help_text=gettext_lazy("The value date; of a credit note, its date.")
    )
    amount = AmountField(label=gettext_lazy("Amount"))
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=currency_choices)
    invoice = InvoiceChoice(
        label=gettext_lazy("For invoice"),
        queryset=Invoice.objects.none(),
        required=False,
        empty_label=gettext_lazy("None named: the oldest due is paid first"),
        help_text=gettext_lazy("Only if the buyer named it with the payment."),
        widget=forms.Select(attrs={"data-optional": True, "data-width": "long"}),
    )
    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("As on the bank statement or the credit note."),
        widget=forms.TextInput(attrs={"data-optional": True}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["invoice"]
        field.account = self.account
        field.queryset = self.account.guarantee.invoices.all()
        if self.account.loss_on and self.account.loss_on <= self.account.today:
            field.empty_label = _("None named: all open invoices in proportion")
        self.fields["currency"].initial = self.account.guarantee.request.order_currency or "EUR"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.check_amount()
        self.refuse_future("on")
        return cleaned

    @property
    def facts(self) -> CreditFacts:
        """What the valid form declares."""
        names = ("kind", "on", "amount", "currency", "invoice", "reference")
        return CreditFacts(**{name: self.cleaned_data[name] for name in names})


class ReasonForm(forms.Form):
    """Why a payment is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        max_length=300,
        help_text=gettext_lazy("For example: returned by the bank, recorded twice, for another order."),
        widget=forms.TextInput(attrs={"data-width": "long"}),
    )


class SettlementForm(DeliveryForm):
    """How a dispute ended."""

    on = DayField(label=gettext_lazy("Settled on"))
    outcome = forms.CharField(
        label=gettext_lazy("How did it end?"),
        max_length=500,
        help_text=gettext_lazy("Agreement, expert’s report or judgment, and what each side gets."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, opened_on: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.opened_on = opened_on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.refuse_future("on")
        on = cleaned.get("on")
        if on and on < self.opened_on:
            self.add_error("on", _("The dispute began on %(day)s only.") % {"day": day(self.opened_on)})
        return cleaned


class EvidenceForm(DeliveryForm):
    """One document at a time, with what it proves."""

    kind = forms.ChoiceField(label=gettext_lazy("What does it prove?"), choices=EvidenceKind.choices)
    invoice = InvoiceChoice(
        label=gettext_lazy("Of which invoice"),
        queryset=Invoice.objects.none(),
        required=False,
        empty_label=gettext_lazy("Of the whole order"),
        widget=forms.Select(attrs={"data-optional": True, "data-width": "long"}),
    )
    file = document_field(gettext_lazy("File"), FILES, required=True)
    is_internal = forms.BooleanField(
        label=gettext_lazy("Keep it to the insurer"),
        required=False,
        help_text=gettext_lazy("The insured then does not see it."),
    )

    def __init__(self, *args: Any, by: User, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["invoice"]
        field.account = self.account
        field.queryset = self.account.guarantee.invoices.all()
        if not by.duties:
            del self.fields["is_internal"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.check_file("file")
        of_one = {EvidenceKind.INVOICE, EvidenceKind.DELIVERY, EvidenceKind.DISPUTE}
        if cleaned.get("kind") in of_one and not cleaned.get("invoice") and self.account.invoices:
            self.add_error("invoice", _("Say of which invoice: a claim needs one for each of them."))
        return cleaned


class ImportForm(forms.Form):
    """A file of invoices or payments."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("Excel (.xlsx) or CSV, at most 5 MB and 2,000 rows. Nothing is declared yet."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

"""The steps of a cover request, one form each. A step saves what it holds and says what is wrong at the field."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.fields import AmountField, DayField, PercentField, YesNoField, currency_choices, language
from applications.models import CoverRequest, DocumentKind, SellersFigures, TradingHistory
from applications.terms import rules_on
from parties.countries import country_choices
from parties.forms import clean_identifier
from parties.identifiers import clean_registration_number, clean_vat_number
from parties.models import Bank

OPTIONS = (
    ("pre_shipment", gettext_lazy("Cover before shipment: costs of production if the buyer fails first")),
    ("political", gettext_lazy("Political events in the buyer's country")),
    ("short_waiting_period", gettext_lazy("Shorter waiting period: 90 days instead of 180")),
    ("retention_of_title", gettext_lazy("You keep title to the goods until paid (lowers the price)")),
)


class StepForm(forms.ModelForm):
    """A step that fills fields of the request itself."""

    class Meta:
        model = CoverRequest
        fields: list[str] = []

    def __init__(self, *args: Any, request: CoverRequest, at: datetime, **options: Any) -> None:
        super().__init__(*args, instance=self.instance_for(request), **options)  # type: ignore[misc]
        self.request, self.at = request, at

    @staticmethod
    def instance_for(request: CoverRequest) -> Any:
        return request

    def write(self) -> None:
        """Save the step; the form is valid."""
        self.save()


class BuyerForm(StepForm):
    buyer_country = forms.ChoiceField(label=gettext_lazy("Country"))
    affiliate = YesNoField(
        label=gettext_lazy("Does the buyer belong to your group?"),
        help_text=gettext_lazy("Sales inside a group cannot be insured."),
    )
    private_person = YesNoField(label=gettext_lazy("Is the buyer a private person?"))
    other_credit_insurance = YesNoField(label=gettext_lazy("Do you hold another credit insurance on this buyer?"))

    class Meta:
        model = CoverRequest
        fields = [
            "buyer_country",
            "buyer_registration_number",
            "buyer_vat_number",
            "buyer_name",
            "buyer_legal_form",
            "buyer_activity",
            "buyer_address",
            "affiliate",
            "private_person",
            "other_credit_insurance",
        ]
        help_texts = {
            "buyer_registration_number": gettext_lazy(
                "The number in the company register of its country: it identifies the buyer, its name does not."
            ),
            "buyer_vat_number": gettext_lazy("If you have it."),
            "buyer_name": gettext_lazy("As registered, without the legal form."),
            "buyer_legal_form": gettext_lazy("SRL, SA, GmbH …"),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["buyer_country"].choices = [("", ""), *country_choices(language())]  # type: ignore[attr-defined]
        for name in ("buyer_registration_number", "buyer_name"):
            self.fields[name].required = True
        self.fields["buyer_registration_number"].widget.attrs["data-width"] = "code"
        self.fields["buyer_vat_number"].widget.attrs["data-width"] = "code"
        self.fields["buyer_legal_form"].widget.attrs["data-width"] = "short"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        country = cleaned.get("buyer_country")
        if country and country not in rules_on(localdate(self.at)).open_countries:
            self.add_error("buyer_country", _("We do not insure buyers in this country at present."))
        clean_identifier(self, "buyer_registration_number", "buyer_country", clean_registration_number)
        if cleaned.get("buyer_vat_number"):
            clean_identifier(self, "buyer_vat_number", "buyer_country", clean_vat_number)
        self._refuse("affiliate", _("An order from your own group cannot be insured."))
        self._refuse("private_person", _("Only companies can be insured as buyers."))
        self._refuse(
            "other_credit_insurance",
            _("An order already covered by another credit insurance cannot be insured here."),
        )
        return cleaned

    def _refuse(self, field: str, message: str) -> None:
        if self.cleaned_data.get(field):
            self.add_error(field, message)


class OrderForm(StepForm):
    order_on = DayField(
        label=gettext_lazy("Order date"),
        help_text=gettext_lazy("The 12 months that can be insured run from this day."),
    )
    order_amount = AmountField(label=gettext_lazy("Order amount, excluding VAT"))
    order_currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=currency_choices, initial="EUR")

    class Meta:
        model = CoverRequest
        fields = ["order_reference", "goods", "order_on", "order_amount", "order_currency", "incoterm"]
        help_texts = {"incoterm": gettext_lazy("Where the risk of transport passes, for example DAP Pitesti.")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("order_reference", "goods"):
            self.fields[name].required = True
        self.fields["order_reference"].widget.attrs["data-width"] = "code"


class TradingForm(StepForm):
    customer_since = DayField(label=gettext_lazy("Customer since"), required=False)
    internal_credit_limit = AmountField(
        label=gettext_lazy("Your own credit limit on this buyer, EUR"),
        required=False,
        positive=False,
        help_text=gettext_lazy("What you would grant without insurance."),
    )
    largest_past_order = AmountField(label=gettext_lazy("Largest order so far, EUR"), required=False, positive=False)
    unpaid_now = AmountField(label=gettext_lazy("Unpaid and overdue today, EUR"), positive=False)

    class Meta:
        model = TradingHistory
        fields = [
            "customer_since",
            "internal_credit_limit",
            "largest_past_order",
            "orders_last_24_months",
            "average_days_late",
            "worst_days_late",
            "unpaid_now",
        ]
        help_texts = {
            "average_days_late": gettext_lazy("Over the last 24 months; 0 when the buyer pays on time."),
            "worst_days_late": gettext_lazy("The latest payment of the last 24 months."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("orders_last_24_months", "average_days_late", "worst_days_late"):
            self.fields[name].required = True
            self.fields[name].widget.attrs["data-width"] = "short"

    @staticmethod
    def instance_for(request: CoverRequest) -> TradingHistory:
        return TradingHistory.objects.filter(request=request).first() or TradingHistory(request=request)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        average, worst = cleaned.get("average_days_late"), cleaned.get("worst_days_late")
        if average is not None and worst is not None and worst < average:
            self.add_error("worst_days_late", _("The worst delay cannot be shorter than the average."))
        return cleaned


class FiguresForm(StepForm):
    equity = AmountField(label=gettext_lazy("Your equity, EUR"), required=False, allow_negative=True, positive=False)
    net_profit = AmountField(
        label=gettext_lazy("Your net profit of the last year, EUR"),
        required=False,
        allow_negative=True,
        positive=False,
    )
    monthly_payroll = AmountField(label=gettext_lazy("Payroll of a month, EUR"), required=False)
    monthly_supplier_payments = AmountField(label=gettext_lazy("Payments to suppliers in a month, EUR"), required=False)

    class Meta:
        model = SellersFigures
        fields = ["equity", "net_profit", "monthly_payroll", "monthly_supplier_payments"]

    @staticmethod
    def instance_for(request: CoverRequest) -> SellersFigures:
        return SellersFigures.objects.filter(request=request).first() or SellersFigures(request=request)


class CoverForm(StepForm):
    insured_percentage = PercentField(
        label=gettext_lazy("Insured percentage"),
        help_text=gettext_lazy("The share of a loss we would bear: 60 to 95 %."),
        min_value=60,
        max_value=95,
        initial=Decimal("0.90"),
    )
    options = forms.MultipleChoiceField(
        label=gettext_lazy("Options"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=OPTIONS,
    )

    class Meta:
        model = CoverRequest
        fields = ["insured_percentage", "options", "loss_payee"]
        help_texts = {"loss_payee": gettext_lazy("A bank that finances the order and would be paid first. Optional.")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["loss_payee"].queryset = Bank.objects.all()  # type: ignore[attr-defined]
        self.fields["loss_payee"].empty_label = _("No bank")  # type: ignore[attr-defined]


class DocumentForm(forms.Form):
    """One file at a time, with its kind."""

    kind = forms.ChoiceField(label=gettext_lazy("What is it?"), choices=DocumentKind.choices)
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("PDF, Excel (.xlsx), PNG or JPEG, at most 20 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.xlsx,.png,.jpg,.jpeg"}),
    )


class DeclarationsForm(forms.Form):
    """The declarations, all of them, at submission."""

    agree = forms.BooleanField(label=gettext_lazy("On behalf of the company, I make these declarations"))


class TextForm(forms.Form):
    """A text of one's own: an answer, a reason."""

    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 5}), max_length=4000)

    def __init__(self, *args: Any, label: Any, help_text: Any = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].label, self.fields["text"].help_text = label, help_text

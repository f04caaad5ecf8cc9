"""The forms of the money of a claim: what an indemnity must know besides the file, and what was received."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from applications.exposure import NOTHING
from applications.fields import AMOUNT_LOOK, AmountField, DayField
from claims.actions.recoveries import Receipt
from claims.models import Claim, Recovery


class PrepareForm(forms.Form):
    """Earlier interest: it changes no figure now, and decides who gets what of later interest."""

    interest_before = AmountField(
        label=gettext_lazy("Interest that ran up before today, EUR"),
        required=False,
        positive=False,
        help_text=gettext_lazy(
            "It is not insured and changes nothing now. Once the loss is made good, the interest recovered then is the"
            " insured’s alone up to this amount; it must be known with the indemnity."
        ),
        widget=forms.TextInput(attrs={**AMOUNT_LOOK, "data-example": "15 000,00", "data-optional": True}),
    )


class ReceiptForm(forms.Form):
    """Money that came after the indemnity."""

    received_on = DayField(label=gettext_lazy("When did it arrive?"))
    received_by = forms.ChoiceField(
        label=gettext_lazy("Who received it?"),
        help_text=gettext_lazy("Who holds the money owes the other its part."),
        widget=forms.RadioSelect,
    )
    source = forms.CharField(
        label=gettext_lazy("From whom?"),
        help_text=gettext_lazy("The buyer, a guarantor, the insolvency: both statements say it."),
        max_length=200,
    )
    received = AmountField(label=gettext_lazy("Received, EUR"))
    interest = AmountField(
        label=gettext_lazy("Of which interest, EUR"),
        required=False,
        positive=False,
        help_text=gettext_lazy(
            "What the payer meant as interest. Costs come first all the same, then principal, then interest."
        ),
        widget=forms.TextInput(attrs={**AMOUNT_LOOK, "data-example": "12 000,00", "data-optional": True}),
    )

    def __init__(self, *args: Any, claim: Claim, **options: Any) -> None:
        super().__init__(*args, **options)
        names = {"insurer": settings.INSURER_NAME, "insured": str(claim.guarantee.request.company)}
        self.fields["received_by"].choices = [(each.value, names[each.value]) for each in Recovery.ReceivedBy]  # type: ignore[attr-defined]

    @property
    def receipt(self) -> Receipt:
        """What the valid form says."""
        given = self.cleaned_data
        return Receipt(
            given["received_on"], given["received_by"], given["source"], given["received"], given["interest"] or NOTHING
        )

"""The forms about money: a bank's answer, an account to be paid to, how it was confirmed or why it was refused."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims.actions.accounts import UnusableAccount, check_account
from claims.payment_files.message import MAX_BYTES
from claims.payment_files.pain001 import LONGEST_NAME


class BankAnswerForm(forms.Form):
    """One file the bank sent."""

    file = forms.FileField(
        label=gettext_lazy("File of the bank"),
        help_text=gettext_lazy(
            "camt.053, camt.054 or pain.002, at most 5 MB. You see what every line does before anything counts."
        ),
        widget=forms.FileInput(attrs={"accept": ".xml"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB: ask the bank for one day at a time."))
        return file


class AccountForm(forms.Form):
    """An account to be paid to; what no transfer reaches is refused at its field."""

    holder = forms.CharField(
        label=gettext_lazy("Account holder"),
        help_text=gettext_lazy("As the bank writes it."),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    iban = forms.CharField(
        label="IBAN",
        help_text=gettext_lazy("From the bank’s own account details; spaces do not matter."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "data-example": "FR76 3000 6000 0112 3456 7890 189"}
        ),
    )
    bic = forms.CharField(
        label="BIC",
        required=False,
        help_text=gettext_lazy("Needed only outside the European Economic Area."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "data-width": "short", "data-optional": True, "data-example": "BNPAFRPP"}
        ),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                check_account(cleaned["holder"], cleaned["iban"], cleaned["bic"])
            except UnusableAccount as refusal:
                self.add_error(refusal.field, str(refusal))
        return cleaned

    @property
    def account(self) -> dict[str, str]:
        """What the valid form says of the account."""
        return {name: self.cleaned_data[name] for name in ("holder", "iban", "bic")}


class OwnAccountForm(AccountForm):
    """The same for one's own company: whoever only found the screen unlocked does not say where millions go."""

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        help_text=gettext_lazy("Once more: this decides where your indemnities are paid."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "data-width": "medium"}),
    )


class ConfirmationForm(forms.Form):
    """How it was found that the account is its owner's."""

    confirmation = forms.CharField(
        label=gettext_lazy("How was it confirmed?"),
        help_text=gettext_lazy(
            "Whom you called, on which number known from before, and what they said. Never a number from the request."
        ),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RefusalForm(forms.Form):
    """Why an account is not accepted."""

    reason = forms.CharField(
        label=gettext_lazy("Why is it refused?"),
        help_text=gettext_lazy("Its owner reads exactly this."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

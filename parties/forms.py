"""What people type to sign in, to sign their company up, and to bring their colleagues."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth import forms as auth_forms
from django.contrib.auth.forms import SetPasswordMixin
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from parties.activities import grouped_activity_choices
from parties.countries import country_choices
from parties.identifiers import InvalidIdentifier, clean_registration_number, clean_vat_number
from parties.letters import send_password_reset_soon
from parties.models import Company, Role, User

PASSWORD_ADVICE = _("At least 12 characters. A short sentence is easy to keep and hard to guess.")


class SignInForm(auth_forms.AuthenticationForm):
    """E-mail address and password. Failures are counted per address and place (see AXES_* in the settings)."""

    username = forms.EmailField(
        label=_("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    error_messages = {
        **auth_forms.AuthenticationForm.error_messages,
        "invalid_login": _("This address and this password do not go together. Check both, or set a new password."),
    }

    def clean_username(self) -> str:
        """In lower case, so that failures on ANNA@ and anna@ count as failures on one address."""
        return str(self.cleaned_data["username"]).lower()


class NewPasswordField(forms.CharField):
    """A password somebody chooses, typed once: a slip of the finger is mended by a letter, as a forgotten one is."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Password"))
        options.setdefault("help_text", PASSWORD_ADVICE)
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password", "data-width": "medium"})
        super().__init__(strip=False, widget=widget, **options)


class SignUpForm(SetPasswordMixin, forms.ModelForm):
    """A company and its owner.

    A sign-up opens the account at once, so it cannot hide that an address is already known: the known one would not be
    signed in. The form therefore says so plainly, to help whoever forgot, but looks last, once all the rest is right:
    each address tried costs the number of a company that is not here yet. Sign-in and password reset, which cost
    nothing to try, say the same to everybody.
    """

    country = forms.ChoiceField(
        label=_("Country"), widget=forms.Select(attrs={"autocomplete": "country", "data-width": "medium"})
    )
    activity = forms.ChoiceField(
        label=_("Activity (NACE Rev. 2)"),
        help_text=_("We insure industry and capital goods. Open the list and type the code to find yours."),
        widget=forms.Select(attrs={"data-width": "long"}),
    )
    owner_name = forms.CharField(
        label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("You sign in with it, and we write to it when your files move."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = NewPasswordField()

    OWNER_FIELDS = ("owner_name", "email", "password")

    class Meta:
        model = Company
        fields = (
            "name",
            "legal_form",
            "country",
            "registration_number",
            "vat_number",
            "activity",
            "address",
            "employees",
        )
        labels = {
            "name": _("Registered name"),
            "registration_number": _("Registration number"),
            "vat_number": _("VAT number"),
            "address": _("Registered address"),
            "employees": _("Number of employees"),
        }
        help_texts = {
            "name": _("As in the company register, without the legal form."),
            "legal_form": _("SAS, SA, GmbH, SRL …"),
            "registration_number": _(
                "It identifies your company on the guarantee: a SIREN in France, a CUI in Romania."
            ),
            "address": _("Printed on the certificate."),
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "organization"}),
            "legal_form": forms.TextInput(attrs={"data-width": "code", "data-optional": True}),
            "registration_number": forms.TextInput(attrs={"data-width": "short", "autocomplete": "off"}),
            "vat_number": forms.TextInput(attrs={"data-width": "short", "autocomplete": "off", "data-optional": True}),
            "address": forms.TextInput(attrs={"data-width": "long"}),
            "employees": forms.NumberInput(attrs={"data-width": "tiny", "inputmode": "numeric", "data-optional": True}),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        language = get_language() or "fr"
        self.fields["country"].choices = [("", _("Choose a country")), *country_choices(language)]  # type: ignore[attr-defined]
        self.fields["activity"].choices = [("", _("Choose an activity")), *grouped_activity_choices(language)]  # type: ignore[attr-defined]
        self.fields["address"].required = True

    @property
    def company_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.Meta.fields]

    @property
    def owner_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.OWNER_FIELDS]

    @property
    def owner(self) -> User:
        """The owner as typed, unsaved."""
        return User(
            email=self.cleaned_data.get("email", "").lower(),
            name=self.cleaned_data.get("owner_name", ""),
            language=get_language() or "fr",
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        clean_identifier(self, "registration_number", "country", clean_registration_number)
        clean_identifier(self, "vat_number", "country", clean_vat_number)
        self._refuse_known_company()
        self.validate_password_for_user(self.owner, "password")
        if not self.errors and User.objects.filter(email__iexact=cleaned["email"]).exists():
            self.add_error("email", gettext("There is already an account with this address. Sign in with it instead."))
        return cleaned

    def _refuse_known_company(self) -> None:
        identity = {name: self.cleaned_data.get(name) for name in ("country", "registration_number")}
        if all(identity.values()) and Company.objects.filter(**identity).exists():
            message = gettext("This company already has an account. Ask its owner to invite you.")
            self.add_error("registration_number", message)


def clean_identifier(form: forms.BaseForm, field: str, country_field: str, clean: Callable[[str, str], str]) -> None:
    """Put a registration or VAT number in its canonical form, or say at its field what is wrong with it."""
    country, text = form.cleaned_data.get(country_field), form.cleaned_data.get(field)
    if not country or not text:
        return
    try:
        form.cleaned_data[field] = clean(country, text)
    except InvalidIdentifier as error:
        form.add_error(field, identifier_message(error))


def identifier_message(error: InvalidIdentifier) -> str:
    """What is wrong with a registration or VAT number, with an example that is right."""
    facts = {"name": gettext(error.name), "example": error.example}
    if error.reason == "checksum":
        return (
            gettext("The check digit does not fit: a digit is probably mistyped. Example of a %(name)s: %(example)s")
            % facts
        )
    if error.reason == "length":
        return gettext("The number of characters is not right. Example of a %(name)s: %(example)s") % facts
    return gettext("This is not how the number is written in that country. Example of a %(name)s: %(example)s") % facts


class InvitationForm(forms.Form):
    """The colleague's address and what they may do."""

    ROLES = [
        (Role.CREDIT_MANAGER, _("Credit manager: asks for guarantees, accepts offers, declares and claims")),
        (Role.VIEWER, _("Viewer: reads the company’s files")),
        (Role.OWNER, _("Owner: does all of this and manages the team")),
    ]

    email = forms.EmailField(
        label=_("Colleague’s e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(
        label=_("What they may do"), choices=ROLES, initial=Role.CREDIT_MANAGER, widget=forms.RadioSelect
    )


class JoinForm(SetPasswordMixin, forms.Form):
    """An invited colleague's name and password; the address is the invitation's."""

    name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = NewPasswordField()

    def __init__(self, *args: Any, email: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.email = email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.validate_password_for_user(User(email=self.email, name=cleaned.get("name", "")), "password")
        return cleaned


class ForgottenPasswordForm(auth_forms.PasswordResetForm):
    """Asks for the address; whoever it belongs to gets a letter, in the language they chose."""

    email = forms.EmailField(label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))

    def save(self, *args: Any, **options: Any) -> None:
        """Queue the letter rather than send it: a known address must not make the page slower than an unknown one."""
        for user in self.get_users(self.cleaned_data["email"]):
            send_password_reset_soon(user)


class NewPasswordForm(auth_forms.SetPasswordForm):
    """A new password, typed once."""

    new_password1 = NewPasswordField(label=_("New password"))
    new_password2 = None  # type: ignore[assignment]

    def clean(self) -> dict[str, Any]:
        self.validate_password_for_user(self.user, "new_password1")
        return super().clean() or {}


class PasswordChangeForm(NewPasswordForm, auth_forms.PasswordChangeForm):
    """A new password, against the present one."""

    old_password = forms.CharField(
        label=_("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "data-width": "medium"}),
    )
    error_messages = {"password_incorrect": _("This is not your present password.")}


class AccountForm(forms.ModelForm):
    """What a person may change about themselves."""

    class Meta:
        model = User
        fields = ("name", "language")
        labels = {"name": _("Name"), "language": _("Language of our e-mails")}
        help_texts = {"language": _("The language of the screen is chosen at the top of each page.")}
        widgets: dict[str, Any] = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "language": forms.RadioSelect(attrs={"data-inline": True}),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["language"].choices = User._meta.get_field("language").choices  # type: ignore[attr-defined]

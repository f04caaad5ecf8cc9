"""Form fields that take what people type: amounts, percentages, days."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from unlockfocus.money import CURRENCIES, InvalidAmount, format_amount, parse_amount

AMOUNT_LOOK = {"inputmode": "decimal", "data-width": "amount", "data-example": "1 850 000,00"}
PERCENT_LOOK = {"inputmode": "decimal", "data-width": "tiny", "data-unit": "%", "data-example": "90"}


class AmountField(forms.Field):
    """An amount as people type it: `1 850 000,00`, `1.850.000,00`, `1,850,000.00`. Cleans to a Decimal or None."""

    def __init__(self, *, positive: bool = True, allow_negative: bool = False, **options: Any) -> None:
        self.positive, self.allow_negative = positive, allow_negative
        options.setdefault("widget", forms.TextInput(attrs=AMOUNT_LOOK))
        super().__init__(**options)

    def to_python(self, value: Any) -> Decimal | None:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return parse_amount(text, allow_negative=self.allow_negative)
        except InvalidAmount as error:
            raise ValidationError(_("“%(text)s” is not an amount we can read."), params={"text": text[:40]}) from error

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and self.positive and value <= 0:
            raise ValidationError(_("The amount must be above zero."))

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            return format_amount(value, language())
        return value


class PercentField(forms.DecimalField):
    """A percentage as typed (`90`), cleaned to a fraction (`0.90`)."""

    def __init__(self, **options: Any) -> None:
        options.setdefault(
            "widget",
            forms.TextInput(
                attrs={"inputmode": "decimal", "data-width": "tiny", "data-unit": "%", "data-example": "90"}
            ),
        )
        super().__init__(**options)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, str):
            value = value.replace("%", "").replace(",", ".").strip()
        return super().to_python(value)

    def clean(self, value: Any) -> Decimal | None:
        percent = super().clean(value)
        return None if percent is None else percent / 100

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            return f"{(value * 100).normalize():f}"
        return value


class DayField(forms.DateField):
    """A day of this century, from the browser's date picker or typed: `14/11/2027`, `14.11.2027`, `2027-11-14`."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        options.setdefault("input_formats", ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"])
        super().__init__(**options)
        self.error_messages["invalid"] = _("This is not a day such as 14/11/2027.")

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and not 1950 <= value.year <= 2100:
            raise ValidationError(_("This year is not plausible."))


class YesNoField(forms.TypedChoiceField):
    """A question answered yes or no; cleans to a bool."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            choices=[("yes", _("Yes")), ("no", _("No"))],
            coerce=lambda value: value == "yes",
            empty_value=None,
            widget=forms.RadioSelect(attrs={"data-inline": True}),
            **options,
        )

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, bool):
            return "yes" if value else "no"
        return value


def language() -> str:
    """The active language's code."""
    return get_language() or "fr"


def currency_choices() -> list[tuple[str, str]]:
    return [(code, code) for code in CURRENCIES]

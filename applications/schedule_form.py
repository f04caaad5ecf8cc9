"""The schedule of an order, line by line, with the exposure it makes."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.exposure import Exposure, ScheduleLine, add_months, is_within_months, peak_exposure
from applications.fields import AmountField, DayField, currency_choices, language
from applications.models import CoverRequest, OrderLine
from applications.rates import NoRate, rate_on
from applications.terms import rules_on
from unlockfocus.money import format_money


class LineForm(forms.Form):
    """One line of the schedule."""

    label = forms.CharField(label=gettext_lazy("Label"), max_length=120)
    amount = AmountField(label=gettext_lazy("Amount"))
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=currency_choices)
    delivery_on = DayField(label=gettext_lazy("Delivery"))
    due_on = DayField(label=gettext_lazy("Due"))

    def __init__(self, *args: Any, request: CoverRequest, at: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request, self.at = request, at

    def has_changed(self) -> bool:
        """A line where nothing but the currency is set is an empty line."""
        return any(self[name].data for name in self.fields if name not in {"currency", DELETION_FIELD_NAME})

    @property
    def line(self) -> ScheduleLine | None:
        """The line in EUR, when everything the exposure needs could be read."""
        cleaned = getattr(self, "cleaned_data", {})
        if cleaned.get(DELETION_FIELD_NAME):
            return None
        if not all(cleaned.get(name) for name in ("amount_eur", "delivery_on", "due_on")):
            return None
        return ScheduleLine(cleaned["amount_eur"], cleaned["delivery_on"], cleaned["due_on"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._convert(cleaned)
        order_on, due_on = self.request.order_on, cleaned.get("due_on")
        if order_on is None or due_on is None:
            return cleaned
        if due_on < order_on:
            self.add_error("due_on", _("A line cannot be due before the order of %(day)s.") % {"day": _short(order_on)})
        months = rules_on(localdate(self.at)).maximum_months
        if not is_within_months(order_on, due_on, months):
            latest = _short(add_months(order_on, months))
            message = _("At most %(months)s months from the order can be insured: due by %(day)s at the latest.")
            self.add_error("due_on", message % {"months": months, "day": latest})
        return cleaned

    def _convert(self, cleaned: dict[str, Any]) -> None:
        if not cleaned.get("amount") or not cleaned.get("currency"):
            return
        try:
            rate = rate_on(cleaned["currency"], localdate(self.at))
        except NoRate as error:
            self.add_error("currency", str(error))
        else:
            cleaned.update(rate=rate, amount_eur=rate.to_eur(cleaned["amount"]))


def _short(day: date) -> str:
    return day.strftime("%d/%m/%Y")


class BaseSchedule(forms.BaseFormSet):
    """The order's lines. Any number; a line that is delivered after it was due is a down payment."""

    def __init__(self, *args: Any, request: CoverRequest, at: datetime, **options: Any) -> None:
        self.request, self.at = request, at
        options.setdefault("prefix", "lines")
        initial = [
            {name: getattr(line, name) for name in LineForm.base_fields} for line in request.lines.order_by("position")
        ]
        super().__init__(*args, initial=initial, **options)  # type: ignore[misc]
        self.extra = 0 if initial else 1

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {"request": self.request, "at": self.at}

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["currency"].initial = self.request.order_currency or "EUR"
        form.empty_permitted, form.use_required_attribute = True, False

    @cached_property
    def readable_lines(self) -> tuple[ScheduleLine, ...]:
        """The lines that could be read so far, in EUR."""
        self.is_valid()
        return tuple(form.line for form in self.forms if form.line)

    @property
    def peak(self) -> Exposure:
        return peak_exposure(self.readable_lines)

    @property
    def kept_forms(self) -> list[LineForm]:
        return [form for form in self.forms if form.has_changed() and not form.cleaned_data.get(DELETION_FIELD_NAME)]

    def clean(self) -> None:
        """The lines together: at least one, adding up to the order, and a peak that is worth insuring."""
        if any(self.errors):
            return
        if not self.kept_forms:
            raise ValidationError(_("Enter at least one line: what is delivered when, and when it is due."))
        self._check_total()
        minimum = rules_on(localdate(self.at)).minimum_need_eur
        peak = peak_exposure([form.line for form in self.kept_forms if form.line])
        if peak.amount < minimum:
            raise ValidationError(
                _("The peak exposure is %(peak)s: we insure orders from %(minimum)s.")
                % {
                    "peak": format_money(peak.amount, "EUR", language()),
                    "minimum": format_money(minimum, "EUR", language()),
                }
            )

    def _check_total(self) -> None:
        currency, ordered = self.request.order_currency, self.request.order_amount
        if ordered is None or any(form.cleaned_data["currency"] != currency for form in self.kept_forms):
            return
        total = sum((form.cleaned_data["amount"] for form in self.kept_forms), Decimal(0))
        if total != ordered:
            raise ValidationError(
                _("The lines add up to %(total)s, the order to %(ordered)s. Correct the lines or the order.")
                % {
                    "total": format_money(total, currency, language()),
                    "ordered": format_money(ordered, currency, language()),
                }
            )

    def write(self) -> None:
        """Replace the request's lines; the set is valid."""
        self.request.lines.all().delete()
        OrderLine.objects.bulk_create(
            OrderLine(
                request=self.request,
                position=position,
                label=form.cleaned_data["label"],
                amount=form.cleaned_data["amount"],
                currency=form.cleaned_data["currency"],
                delivery_on=form.cleaned_data["delivery_on"],
                due_on=form.cleaned_data["due_on"],
                rate=form.cleaned_data["rate"].rate,
                rate_on=form.cleaned_data["rate"].on,
                amount_eur=form.cleaned_data["amount_eur"],
            )
            for position, form in enumerate(self.kept_forms, start=1)
        )


MOST_LINES = 200
ScheduleFormSet: Any = forms.formset_factory(
    LineForm, formset=BaseSchedule, extra=1, can_delete=True, max_num=MOST_LINES, absolute_max=MOST_LINES
)

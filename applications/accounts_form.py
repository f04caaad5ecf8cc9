"""The buyer's accounts, two years side by side: typed, or read from a file and checked on a page of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.accounts import ITEMS, Item, Problem
from applications.fields import AmountField, DayField, YesNoField, currency_choices, language
from applications.models import BuyerAccounts, CoverRequest

YEARS = ("newest", "before")
REQUIRED_ITEMS = {
    "total_assets",
    "current_assets",
    "equity",
    "total_liabilities",
    "short_term_liabilities",
    "retained_earnings",
    "sales",
    "operating_profit",
    "net_profit",
}
PROBLEMS = {
    "unreadable": gettext_lazy("This file cannot be read. Send an Excel workbook (.xlsx) or a CSV file."),
    "too_big": gettext_lazy("This file is too large for two years of accounts."),
    "too_many_rows": gettext_lazy("This file has more than %(value)s rows."),
    "too_many_years": gettext_lazy("%(cell)s: at most five years can be read."),
    "no_years": gettext_lazy("The first row must give the end of each year, such as 2025-12-31."),
    "not_a_date": gettext_lazy("%(cell)s: “%(value)s” is not a day. Example: 2025-12-31"),
    "repeated_year": gettext_lazy("%(cell)s: the year %(value)s stands twice."),
    "unknown_item": gettext_lazy("%(cell)s: “%(value)s” is not an item we know. Use the names of the template."),
    "repeated_item": gettext_lazy("%(cell)s: “%(value)s” stands twice."),
    "not_a_number": gettext_lazy("%(cell)s: “%(value)s” is not a number."),
    "not_a_currency": gettext_lazy("%(cell)s: “%(value)s” is not a currency we know by its code. Example: RON"),
    "not_a_unit": gettext_lazy("%(cell)s: “%(value)s” is not a unit. Examples: 1, 1000, thousands, millions"),
    "two_values": gettext_lazy("%(cell)s: “%(value)s” is not what the column before it says. Choose below."),
}


def item_label(item: Item) -> str:
    """The item's name in the active language."""
    return item.french if language() == "fr" else item.english


class AboutAccountsForm(forms.Form):
    """What is said once of all the figures."""

    currency = forms.ChoiceField(label=gettext_lazy("Currency of the accounts"), choices=currency_choices)
    unit = forms.TypedChoiceField(
        label=gettext_lazy("Amounts are in"),
        choices=[
            (1, gettext_lazy("whole units")),
            (1000, gettext_lazy("thousands")),
            (1_000_000, gettext_lazy("millions")),
        ],
        coerce=int,
    )
    audited = YesNoField(label=gettext_lazy("Were these accounts audited?"))
    consolidated = YesNoField(label=gettext_lazy("Are they consolidated accounts of a group?"))


class AccountsForm(AboutAccountsForm):
    """Fields are named `<year>_<item>`. A file, when there is one, is read apart: see `accounts_reading`."""

    file = forms.FileField(
        label=gettext_lazy("Read from a file"),
        help_text=gettext_lazy(
            "An Excel or CSV file, best in the layout of our template. You see how each line is read before it is kept."
        ),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def __init__(self, *args: Any, request: CoverRequest, at: datetime, **options: Any) -> None:
        super().__init__(*args, initial=_initial(request), **options)  # type: ignore[misc]
        self.request, self.at = request, at
        for year in YEARS:
            self.fields[f"{year}_period_end"] = DayField(label=_("Year ending"), required=False)
            self.fields[f"{year}_published_on"] = DayField(label=_("Published on"), required=False)
            for item in ITEMS:
                label = item_label(item)
                self.fields[f"{year}_{item.code}"] = AmountField(
                    label=label, required=False, positive=False, allow_negative=True
                )

    @property
    def rows(self) -> Iterator[tuple[str, list[BoundField]]]:
        """The table: a label and one field for each year."""
        for name, label in self._lines():
            yield label, [self[f"{year}_{name}"] for year in YEARS]

    def _lines(self) -> list[tuple[str, str]]:
        items = [(item.code, item_label(item)) for item in ITEMS]
        return [("period_end", _("Year ending")), ("published_on", _("Published on")), *items]

    def clean(self) -> dict[str, Any]:
        super().clean()
        self._check_newest()
        self._check_order()
        return self.cleaned_data

    def _check_newest(self) -> None:
        for name in ("period_end", *(item.code for item in ITEMS if item.code in REQUIRED_ITEMS)):
            field = f"newest_{name}"
            if self.cleaned_data.get(field) is None and field not in self.errors:
                self.add_error(field, _("The analysis needs this figure."))

    def _check_order(self) -> None:
        newest, before = self.cleaned_data.get("newest_period_end"), self.cleaned_data.get("before_period_end")
        if newest and newest > localdate(self.at):
            self.add_error("newest_period_end", _("This year has not ended yet."))
        if newest and before and not timedelta(days=300) <= newest - before <= timedelta(days=430):
            self.add_error("before_period_end", _("The year before ends about twelve months earlier."))
        if before is None and any(self._items("before").values()):
            self.add_error("before_period_end", _("Give the end of this year."))

    def _items(self, year: str) -> dict[str, Decimal]:
        values = {item.code: self.cleaned_data.get(f"{year}_{item.code}") for item in ITEMS}
        return {code: value for code, value in values.items() if value is not None}

    def write(self) -> None:
        """Replace the request's accounts; the form is valid. A figure as a file gave it keeps its cell with it."""
        known = [_provenance_of_file(self.request.accounts_file), *map(_provenance_of_row, self.request.accounts.all())]
        self.request.accounts.all().delete()
        BuyerAccounts.objects.bulk_create(
            BuyerAccounts(
                request=self.request,
                currency=self.cleaned_data["currency"],
                unit=self.cleaned_data["unit"],
                audited=self.cleaned_data["audited"],
                consolidated=self.cleaned_data["consolidated"],
                period_end=self.cleaned_data[f"{year}_period_end"],
                published_on=self.cleaned_data[f"{year}_published_on"],
                items={code: str(value) for code, value in self._items(year).items()},
                provenance=_provenance(self.cleaned_data[f"{year}_period_end"], self._items(year), known),
            )
            for year in YEARS
            if self.cleaned_data.get(f"{year}_period_end")
        )
        self.request.accounts_file = None
        self.request.save(update_fields=["accounts_file"])


@dataclass(frozen=True)
class _Known:
    """Figures that are known to come from a file: by year end and item, the amount and the address of its cell."""

    file: str
    sha256: str
    cells: dict[tuple[str, str], tuple[Decimal, str]]


def _provenance(end: date, items: dict[str, Decimal], known: list[_Known]) -> dict[str, Any]:
    """Where the figures of a year come from: the first file that gave any of them as they stand."""
    for source in known:
        told = {
            code: found[1]
            for code, amount in items.items()
            if (found := source.cells.get((end.isoformat(), code))) and found[0] == amount
        }
        if told:
            return {"file": source.file, "sha256": source.sha256, "items": told}
    return {}


def _provenance_of_file(reading: dict[str, Any] | None) -> _Known:
    years = reading["years"] if reading else []
    return _Known(
        reading["name"] if reading else "",
        reading["sha256"] if reading else "",
        {
            (year["period_end"], code): (Decimal(text), year["cells"][code])
            for year in years
            for code, text in year["items"].items()
        },
    )


def _provenance_of_row(row: BuyerAccounts) -> _Known:
    told = row.provenance.get("items", {})
    cells = {(row.period_end.isoformat(), code): (Decimal(row.items[code]), cell) for code, cell in told.items()}
    return _Known(row.provenance.get("file", ""), row.provenance.get("sha256", ""), cells)


def problem_sentence(problem: Problem) -> str:
    """What could not be read, where, with an example."""
    return str(PROBLEMS[problem.code]) % {"cell": problem.cell, "value": problem.value}


def _initial(request: CoverRequest) -> dict[str, Any]:
    """The saved accounts by field name."""
    initial: dict[str, Any] = {"unit": 1}
    for year, accounts in zip(YEARS, request.accounts.all(), strict=False):
        initial |= {
            "currency": accounts.currency,
            "unit": accounts.unit,
            "audited": accounts.audited,
            "consolidated": accounts.consolidated,
            f"{year}_period_end": accounts.period_end,
            f"{year}_published_on": accounts.published_on,
            **{f"{year}_{code}": _as_entered(code, text) for code, text in accounts.items.items()},
        }
    return initial


def _as_entered(code: str, text: str) -> Decimal | str:
    """Amounts are shown to the cent, a number of people is not."""
    return f"{Decimal(text):.0f}" if code == "employees" else Decimal(text)

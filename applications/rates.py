"""Amounts of an order in euros, at the ECB's reference rates."""

import csv
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from django.utils.translation import gettext as _

from applications.models import ExchangeRate
from unlockfocus.errors import BusinessRule
from unlockfocus.money import convert_to_eur

# The ECB skips weekends and holidays: the last rate on or before the day is used. Past this age the currency is no
# longer quoted, or our table is out of date; either way no amount in euros can be promised.
OLDEST_USABLE = timedelta(days=31)


class NoRate(BusinessRule):
    """The ECB publishes no usable rate for the currency on that day."""


@dataclass(frozen=True)
class Rate:
    """Units of `currency` for one euro, and the day the ECB published it."""

    currency: str
    rate: Decimal
    on: date

    def to_eur(self, amount: Decimal) -> Decimal:
        return convert_to_eur(amount, self.rate)


def rate_on(currency: str, day: date) -> Rate:
    """The last rate on or before `day`; raises NoRate when there is none or it is older than a month."""
    if currency == "EUR":
        return Rate("EUR", Decimal(1), day)
    row = ExchangeRate.objects.filter(currency=currency, on__lte=day).order_by("-on").first()
    if row is None or day - row.on > OLDEST_USABLE:
        raise NoRate(
            _("The European Central Bank publishes no rate for %(currency)s on %(day)s. Invoice in another currency.")
            % {"currency": currency, "day": day.strftime("%d/%m/%Y")}
        )
    return Rate(currency, row.rate, row.on)


def load_rates(path: Path) -> int:
    """Load a CSV with a `Date` column and one column per currency (the ECB's own layout); returns rows added.

    Days already known are left as they are: a published rate never changes.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            ExchangeRate(currency=currency, on=_day(line["Date"]), rate=Decimal(text))
            for line in csv.DictReader(row for row in file if not row.startswith("#"))
            for currency, text in line.items()
            if currency != "Date" and text and text.strip() not in {"", "N/A"}
        ]
    before = ExchangeRate.objects.count()
    ExchangeRate.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)
    return ExchangeRate.objects.count() - before


def _day(text: str) -> date:
    return datetime.strptime(text.strip(), "%Y-%m-%d").date()  # noqa: DTZ007 - a day, not an instant

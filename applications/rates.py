"""Amounts of an order in euros, at the ECB's reference rates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from applications.ecb import Quote
from applications.models import ExchangeRate
from unlockfocus.errors import BusinessRule
from unlockfocus.money import convert_to_eur

# The ECB skips weekends and holidays: the last rate on or before the day is used. Past this age the currency is no
# longer quoted, or our table is out of date; either way no amount in euros can be promised.
OLDEST_USABLE = timedelta(days=31)
BATCH = 2000


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


@dataclass(frozen=True)
class Loaded:
    """What a file of rates changed: rows `added`, and rates that differ from what we hold, which stays."""

    added: int
    first_day: date
    last_day: date
    differing: tuple[Quote, ...]


@transaction.atomic
def load_rates(quotes: Sequence[Quote]) -> Loaded:
    """Keep the quotes that are not known yet. A published rate never changes: one that differs is reported, not taken.

    Raises ValueError without a quote.
    """
    days = [quote.on for quote in quotes]
    held = {
        (row.on, row.currency): row.rate
        for row in ExchangeRate.objects.filter(on__gte=min(days), on__lte=max(days)).iterator(chunk_size=BATCH)
    }
    new = [quote for quote in quotes if (quote.on, quote.currency) not in held]
    ExchangeRate.objects.bulk_create(
        (ExchangeRate(on=each.on, currency=each.currency, rate=each.rate) for each in new),
        ignore_conflicts=True,
        batch_size=BATCH,
    )
    differing = tuple(each for each in quotes if held.get((each.on, each.currency), each.rate) != each.rate)
    return Loaded(len(new), min(days), max(days), differing)


def newest_day() -> date | None:
    """The last day for which we hold rates."""
    return ExchangeRate.objects.aggregate(newest=Max("on"))["newest"]

"""Following the OECD's classes: a country's terms end and are followed by others; whether it is open, staff decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from applications.country_classes import Classification
from applications.models import CountryTerms
from unlockfocus.errors import BusinessRule


class PastDay(BusinessRule):
    """What was in force on a past day stays as it was."""


@dataclass(frozen=True)
class ClassChange:
    """A country whose class is another now, None for "not classified"; `is_open` is as before."""

    country: str
    before: int | None
    after: int | None
    is_open: bool

    @property
    def is_worse(self) -> bool:
        """A higher class; and losing or gaining a class at all, which nobody can compare."""
        return self.before is None or self.after is None or self.after > self.before


@transaction.atomic
def follow(classification: Classification, *, valid_from: date, today: date) -> Sequence[ClassChange]:
    """Put the classes in force from a day on, for the countries whose class changed; twice is the same as once.

    A country that is new to us is closed until staff open it. Raises PastDay.
    """
    rows = CountryTerms.objects.in_force(valid_from).select_for_update()
    held = {row.country: row for row in reversed(list(rows))}
    changes = []
    for each in classification.countries:
        row = held.get(each.country)
        if row is None or row.oecd_class != each.oecd_class:
            changes.append(
                ClassChange(each.country, row.oecd_class if row else None, each.oecd_class, bool(row and row.is_open))
            )
    if changes and valid_from < today:
        raise PastDay(_("This day has passed: what was in force then stays as it was."))
    source = f"OECD country risk classification, {classification.as_of}"
    for change in changes:
        if change.country in held:
            held[change.country].ended_on = valid_from
            held[change.country].save(update_fields=["ended_on"])
    CountryTerms.objects.bulk_create(
        CountryTerms(
            valid_from=valid_from, country=each.country, oecd_class=each.after, is_open=each.is_open, source=source
        )
        for each in changes
    )
    return changes

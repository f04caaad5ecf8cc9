"""References people read and quote, such as UF-2026-000041: gapless, one run per kind and year."""

from django.db import transaction
from django.db.models import F

from journal.models import Series


@transaction.atomic
def next_reference(prefix: str, year: int) -> str:
    """The next reference of the run. Holds the run's row until the surrounding transaction ends, so none is skipped."""
    Series.objects.bulk_create([Series(prefix=prefix, year=year)], ignore_conflicts=True)
    Series.objects.filter(prefix=prefix, year=year).update(last=F("last") + 1)
    last = Series.objects.get(prefix=prefix, year=year).last
    return f"{prefix}-{year}-{last:06d}"

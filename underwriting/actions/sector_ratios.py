"""Loading how ratios are spread in sectors: rows end and are followed by others, never changed."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from underwriting.models import SectorRatio
from underwriting.sector_files import SectorQuartiles
from unlockfocus.errors import BusinessRule


class PastDay(BusinessRule):
    """What was in force on a past day stays as it was."""


class AlreadyFollowed(BusinessRule):
    """Rows that begin later are there: these would begin in the middle of the series."""


@transaction.atomic
def load_sector_ratios(quartiles: Sequence[SectorQuartiles], *, source: str, valid_from: date, today: date) -> int:
    """Put quartiles in force from a day on and end those in force then; returns how many rows were added.

    What stands there already is left alone, so that twice is the same as once. Raises PastDay, AlreadyFollowed.
    """
    standing = SectorRatio.objects.select_for_update().filter(
        Q(ended_on=None) | Q(ended_on__gt=valid_from), sector__in={each.sector for each in quartiles}
    )
    by_key: dict[tuple[str, str], list[SectorRatio]] = {}
    for row in standing.order_by("pk"):
        by_key.setdefault((row.sector, row.ratio), []).append(row)
    added = [each for each in quartiles if not _stands(by_key.get(_key(each), []), each, source, valid_from)]
    if added and valid_from < today:
        raise PastDay(_("This day has passed: what was in force then stays as it was."))
    for each in added:
        _end(by_key.get(_key(each), []), valid_from)
    SectorRatio.objects.bulk_create(
        SectorRatio(
            valid_from=valid_from,
            source=source,
            sector=each.sector,
            ratio=each.ratio,
            lower=each.lower,
            median=each.median,
            upper=each.upper,
        )
        for each in added
    )
    return len(added)


def _key(quartiles: SectorQuartiles) -> tuple[str, str]:
    return quartiles.sector, quartiles.ratio


def _stands(rows: Sequence[SectorRatio], wanted: SectorQuartiles, source: str, valid_from: date) -> bool:
    said = (valid_from, source, wanted.lower, wanted.median, wanted.upper)
    return any(said == (row.valid_from, row.source, row.lower, row.median, row.upper) for row in rows)


def _end(rows: Sequence[SectorRatio], on: date) -> None:
    """End what is in force on the day; raises AlreadyFollowed when something begins after it."""
    later = next((row for row in rows if row.valid_from > on), None)
    if later is not None:
        raise AlreadyFollowed(
            _("%(sector)s %(ratio)s: another row begins on %(day)s already.")
            % {"sector": later.sector, "ratio": later.ratio, "day": later.valid_from.isoformat()}
        )
    for row in rows:
        row.ended_on = on
        row.save(update_fields=["ended_on"])

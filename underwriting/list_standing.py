"""Which sanctions lists are loaded, of which day, and which of those wanted are missing or too old to rely on."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings

from underwriting.models import SanctionsList


@dataclass(frozen=True, slots=True)
class ListStanding:
    """One wanted list. `as_of` is the day it bears, `checked_at` when it was last loaded or seen to be the same."""

    code: str
    title: str
    version: str
    as_of: date | None
    checked_at: datetime | None
    entries: int
    is_stale: bool

    @property
    def is_missing(self) -> bool:
        """Whether nothing of it was ever loaded."""
        return not self.version


def standing(at: datetime) -> tuple[ListStanding, ...]:
    """The wanted lists in the order of the settings, and any other that is loaded; one query."""
    rows = {each.code: each for each in SanctionsList.objects.exclude(in_force=None).select_related("in_force__list")}
    codes = dict.fromkeys([*settings.SANCTIONS_LISTS, *rows])
    return tuple(_standing(code, rows.get(code), at) for code in codes)


def _standing(code: str, row: SanctionsList | None, at: datetime) -> ListStanding:
    title = str(SanctionsList.Code(code).label)
    if row is None or row.in_force is None:
        return ListStanding(code, title, "", None, None, 0, is_stale=False)
    is_stale = row.checked_at is None or row.checked_at < at - timedelta(days=settings.SANCTIONS_STALE_DAYS)
    release = row.in_force
    return ListStanding(code, title, str(release), release.as_of, row.checked_at, release.entries, is_stale)

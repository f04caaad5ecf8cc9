"""Which sanctions lists there are to search in, and which are missing or stale."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings

from underwriting.models import SanctionsList


@dataclass(frozen=True, slots=True)
class ListStanding:
    """One list that is wanted. `as_of` is the day it bears, None where it bears none; `version` names its release."""

    code: str
    title: str
    as_of: date | None
    loaded_at: datetime | None
    checked_at: datetime | None
    is_stale: bool
    release: int | None = None
    version: str = ""
    entries: int = 0
    # Why the last attempt to fetch it brought nothing; "" since one did.
    refused_at: datetime | None = None
    refused_because: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether it was never loaded: nothing can be said about it."""
        return self.loaded_at is None

    @property
    def is_sound(self) -> bool:
        """Whether it is there, and was checked of late."""
        return not self.is_missing and not self.is_stale


def standing(at: datetime) -> tuple[ListStanding, ...]:
    """The wanted lists in the order of the setting, then others that are loaded, at an instant; one query."""
    rows = {each.code: each for each in SanctionsList.objects.select_related("in_force__list")}
    wanted = list(dict.fromkeys([*settings.SANCTIONS_LISTS, *(code for code, row in rows.items() if row.in_force)]))
    return tuple(_standing(rows.get(code) or SanctionsList(code=code), at) for code in wanted)


def _standing(row: SanctionsList, at: datetime) -> ListStanding:
    release = row.in_force
    return ListStanding(
        code=row.code,
        title=str(row),
        as_of=release.as_of if release else None,
        loaded_at=release.loaded_at if release else None,
        checked_at=row.checked_at,
        is_stale=row.checked_at is not None and at - row.checked_at > timedelta(days=settings.SANCTIONS_STALE_DAYS),
        release=release.pk if release else None,
        version=str(release) if release else "",
        entries=release.entries if release else 0,
        refused_at=row.refused_at,
        refused_because=row.refused_because,
    )


def mark_of(lists: Iterable[ListStanding]) -> str:
    """The releases in force, as one word: who was screened under another mark was compared with other lists."""
    return "-".join(str(each.release) for each in lists if each.release) or "none"

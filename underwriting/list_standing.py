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

    @property
    def is_missing(self) -> bool:
        """Whether it was never loaded: nothing can be said about it."""
        return self.loaded_at is None

    @property
    def is_sound(self) -> bool:
        """Whether it is there, and was checked of late."""
        return not self.is_missing and not self.is_stale


def standing(at: datetime) -> tuple[ListStanding, ...]:
    """The wanted lists in the order of the setting, then others that are loaded, at an instant."""
    loaded = {each.code: each for each in SanctionsList.objects.exclude(in_force=None).select_related("in_force__list")}
    wanted = list(dict.fromkeys([*settings.SANCTIONS_LISTS, *loaded]))
    return tuple(_standing(code, loaded.get(code), at) for code in wanted)


def _standing(code: str, found: SanctionsList | None, at: datetime) -> ListStanding:
    title = str(SanctionsList.Code(code).label)
    if found is None or found.in_force is None or found.checked_at is None:
        return ListStanding(code, title, None, None, None, is_stale=False)
    is_stale = at - found.checked_at > timedelta(days=settings.SANCTIONS_STALE_DAYS)
    release = found.in_force
    facts = (release.as_of, release.loaded_at, found.checked_at)
    return ListStanding(code, title, *facts, is_stale, release.pk, str(release), release.entries)


def mark_of(lists: Iterable[ListStanding]) -> str:
    """The releases in force, as one word: who was screened under another mark was compared with other lists."""
    return "-".join(str(each.release) for each in lists if each.release) or "none"

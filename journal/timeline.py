"""The timeline of a file, as one reader may see it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from journal.models import Entry
from journal.recording import EVENTS


@dataclass(frozen=True)
class Line:
    """One line of a timeline, in the reader's language."""

    at: datetime
    actor: str
    sentence: str
    number: int


def timeline(key: str, *, insurer: bool) -> list[Line]:
    """Newest first. The insurer reads everything; the insured what `insured_sees` opens, and no insurer's name."""
    entries = Entry.objects.filter(file__key=key).select_related("actor").order_by("-number")
    return [_line(entry, insurer=insurer) for entry in entries if insurer or EVENTS[entry.event].insured_sees]


def _line(entry: Entry, *, insurer: bool) -> Line:
    actor = entry.actor_name or _("Unlock Focus")
    if entry.actor and not insurer and entry.actor.is_staff:  # type: ignore[attr-defined]
        actor = _("Unlock Focus")
    return Line(at=entry.at, actor=actor, sentence=sentence(entry.event, entry.data), number=entry.number)


def sentence(event: str, data: dict[str, Any]) -> str:
    """The event's sentence with the entry's facts, in the active language."""
    return str(EVENTS[event].sentence) % _Facts(data)


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"

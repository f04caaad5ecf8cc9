"""The timeline of a file, as one reader may see it."""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from journal.models import Entry
from journal.recording import EVENTS
from journal.templatetags.letters import eur, iso_day

AMOUNT = re.compile(r"\d+\.\d{2}")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


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
    """The event's sentence with the entry's facts, in the active language; a fact it lacks is shown as "…"."""
    facts = defaultdict(lambda: "…", {name: _readable(value) for name, value in data.items()})
    return str(EVENTS[event].sentence) % facts


def _readable(value: Any) -> Any:
    """Facts are kept as text: two decimals are an amount in EUR, an ISO date is a day."""
    if isinstance(value, str) and AMOUNT.fullmatch(value):
        return eur(value)
    if isinstance(value, str) and DAY.fullmatch(value):
        return iso_day(value)
    return value

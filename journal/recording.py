"""Recording an act: the entry is written in the act's own transaction, its reactions are delivered after commit."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.functional import Promise

from journal.models import Delivery, Entry, File
from journal.origin import current_origin
from journal.queueing import queue_after_commit


@dataclass(frozen=True)
class Event:
    """A kind of act. `sentence` takes the entry's data (`%(buyer)s`); `insured_sees` opens it to the insured."""

    name: str
    sentence: str | Promise
    insured_sees: bool


EVENTS: dict[str, Event] = {}


def announce(name: str, sentence: str | Promise, *, insured_sees: bool = True) -> str:
    """Make an event known, once, at start; returns its name."""
    if name in EVENTS:
        raise ValueError(f"event {name} is announced twice")
    EVENTS[name] = Event(name, sentence, insured_sees)
    return name


@transaction.atomic
def record(
    key: str,
    event: str,
    *,
    actor: AbstractBaseUser | None,
    at: datetime,
    data: Mapping[str, Any] | None = None,
) -> Entry:
    """Append `event` to the file `key`, in the caller's transaction. `data` must hold JSON-able facts and no secrets.

    Raises KeyError when the event was never announced.
    """
    EVENTS[event]
    File.objects.bulk_create([File(key=key)], ignore_conflicts=True)
    file = File.objects.select_for_update().get(key=key)
    facts = json.loads(json.dumps(data or {}, cls=DjangoJSONEncoder))
    entry = Entry(
        file=file,
        number=file.last_number + 1,
        event=event,
        actor=actor,  # type: ignore[misc]
        actor_name=str(actor) if actor else "",
        origin=current_origin(),
        at=at,
        data=facts,
        previous_hash=file.last_hash,
    )
    entry.hash = entry_hash(entry)
    entry.save()
    file.last_number, file.last_hash = entry.number, entry.hash
    file.save(update_fields=["last_number", "last_hash"])
    _owe_reactions(entry)
    return entry


def entry_hash(entry: Entry) -> str:
    """SHA-256 over the previous hash and every fact of the entry, in a canonical form."""
    facts = [
        entry.previous_hash,
        entry.file.key,
        entry.number,
        entry.event,
        entry.actor_id,
        entry.actor_name,
        entry.origin,
        entry.at.astimezone(UTC).isoformat(),
        entry.data,
    ]
    canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def first_broken_entry(entries: Iterable[Entry]) -> Entry | None:
    """The first entry of one file, in order, whose number, link or hash is not what it must be."""
    previous_hash = ""
    for number, entry in enumerate(entries, start=1):
        if entry.number != number or entry.previous_hash != previous_hash or entry.hash != entry_hash(entry):
            return entry
        previous_hash = entry.hash
    return None


def _owe_reactions(entry: Entry) -> None:
    from journal.handlers import handlers_of
    from journal.tasks import deliver

    names = handlers_of(entry.event)
    if not names:
        return
    Delivery.objects.bulk_create([Delivery(entry=entry, handler=name) for name in names])
    queue_after_commit(deliver, entry.pk)

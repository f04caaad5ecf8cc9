"""Sanctions lists taken over: a list whole or not at all, and what it changed since the last one."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from journal.recording import record
from parties.models import User
from underwriting import events
from underwriting.models import ListedName, ListedParty, ListRelease, SanctionsList
from underwriting.sanctions_index import add_names, count_keys
from underwriting.screening.lists.publications import PUBLICATIONS
from underwriting.screening.lists.reading import MalformedList, ReadList
from underwriting.screening.subjects import Listed
from unlockfocus.errors import BusinessRule
from unlockfocus.templatetags.face import day as in_words

# A list that loses more of its entries or names than this at once is taken for half a list.
MOST_SHRINKAGE = 0.1
MOST_BYTES = 256 * 1024 * 1024
_CHUNK = 1024 * 1024
_BATCH = 2000
_CHECKED = ("checked_at", "refused_at", "refused_because")


class UnreadableList(BusinessRule):
    """The files are not the list, not all of it, or not as its publisher writes it."""


class ShrunkList(BusinessRule):
    """The list has many entries or names less than the one in force."""


class OlderList(BusinessRule):
    """The list bears an earlier day than the one in force, or one to come."""


@dataclass(frozen=True, slots=True)
class LoadResult:
    """The release in force, and the first name of each entry that was added, changed or removed by this load."""

    release: ListRelease
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    is_new: bool = True


@transaction.atomic
def load_list(
    code: str,
    files: Mapping[str, BinaryIO],
    *,
    at: datetime,
    by: User | None = None,
    as_of: date | None = None,
    accept_shrinkage: bool = False,
) -> LoadResult:
    """Take over a list from its files, by name; `as_of` is its day where the list itself bears none.

    The same files again change nothing but when the list was checked. Raises UnreadableList, ShrunkList, OlderList: the
    list in force stays.
    """
    fingerprint = _fingerprint(files)
    SanctionsList.objects.bulk_create([SanctionsList(code=code)], ignore_conflicts=True)
    sanctions_list = SanctionsList.objects.select_for_update(of=("self",)).get(code=code)
    sanctions_list.checked_at, sanctions_list.refused_at, sanctions_list.refused_because = at, None, ""
    in_force = sanctions_list.in_force
    if in_force and in_force.sha256 == fingerprint:
        sanctions_list.save(update_fields=_CHECKED)
        return LoadResult(in_force, is_new=False)
    day, entries = _read(code, files)
    day = day or as_of
    _check_day(day, in_force, localdate(at))
    publication = PUBLICATIONS[code]
    release = ListRelease(
        list=sanctions_list,
        as_of=day,
        sha256=fingerprint,
        loaded_at=at,
        loaded_by=by,
        url=publication.url,
        licence=publication.licence,
    )
    result = _take_over(release, entries, accept_shrinkage=accept_shrinkage)
    sanctions_list.in_force = release
    sanctions_list.save(update_fields=["in_force", *_CHECKED])
    data = {
        "title": str(sanctions_list),
        "code": code,
        "release": release.pk,
        "as_of": day,
        "sha256": fingerprint,
        **{name: getattr(release, name) for name in ("entries", "names", "added", "changed", "removed")},
    }
    record(f"sanctions-{code}", events.SANCTIONS_LIST_LOADED, actor=by, at=at, data=data)
    return result


@transaction.atomic
def note_refusal(code: str, reason: str, *, at: datetime) -> None:
    """Keep with the list why it could not be fetched or taken over; the one in force stays."""
    SanctionsList.objects.bulk_create([SanctionsList(code=code)], ignore_conflicts=True)
    SanctionsList.objects.filter(code=code).update(refused_at=at, refused_because=reason)


def _fingerprint(files: Mapping[str, BinaryIO]) -> str:
    """SHA-256 over the contents in the order of their names; the files stand at their beginning again."""
    whole, size = hashlib.sha256(), 0
    for name in sorted(files, key=str.lower):
        one = hashlib.sha256()
        while chunk := files[name].read(_CHUNK):
            size += len(chunk)
            if size > MOST_BYTES:
                raise UnreadableList(_("The list is larger than a list can be."))
            one.update(chunk)
        files[name].seek(0)
        whole.update(one.digest())
    return whole.hexdigest()


def _read(code: str, files: Mapping[str, BinaryIO]) -> tuple[date | None, dict[str, Listed]]:
    """The whole list, by the keys of its entries."""
    try:
        found = PUBLICATIONS[code].read_files(files)
        return found.as_of, _by_key(found)
    except MalformedList as error:
        raise UnreadableList(
            _("The list was not taken over, the one in force stays: %(reason)s.") % {"reason": error}
        ) from error


def _by_key(found: ReadList) -> dict[str, Listed]:
    entries: dict[str, Listed] = {}
    for listed in found.entries:
        if listed.key in entries:
            raise MalformedList(f"entry {listed.key}", "stands twice in the list")
        entries[listed.key] = listed
    if not entries:
        raise MalformedList("", "the list has no entries")
    return entries


def _check_day(day: date | None, in_force: ListRelease | None, today: date) -> None:
    if day and day > today + timedelta(days=1):
        raise OlderList(_("The list bears the day %(day)s, which is still to come.") % {"day": in_words(day)})
    if day and in_force and in_force.as_of and day < in_force.as_of:
        raise OlderList(
            _("The list is of %(day)s, the one in force of %(in_force)s: it was not taken over.")
            % {"day": in_words(day), "in_force": in_words(in_force.as_of)}
        )


def _take_over(release: ListRelease, entries: Mapping[str, Listed], *, accept_shrinkage: bool) -> LoadResult:
    """Close what is no longer as it was, add what is new; an entry that changed is both."""
    before = {
        key: (pk, digest)
        for key, pk, digest in release.list.parties.in_force().values_list("key", "pk", "digest")  # type: ignore[attr-defined]
    }
    release.entries = len(entries)
    release.names = sum(len(listed.names) for listed in entries.values())
    if not accept_shrinkage:
        _check_size(release)
    digests = {key: _digest(listed) for key, listed in entries.items()}
    added = [key for key in entries if key not in before]
    changed = [key for key in entries if key in before and before[key][1] != digests[key]]
    removed = [key for key in before if key not in entries]
    release.added, release.changed, release.removed = len(added), len(changed), len(removed)
    release.save()
    gone = _close([before[key][0] for key in (*changed, *removed)], release)
    _add([(entries[key], digests[key]) for key in (*added, *changed)], release)
    count_keys()
    return LoadResult(
        release,
        added=tuple(entries[key].names[0].text for key in added),
        changed=tuple(entries[key].names[0].text for key in changed),
        removed=tuple(gone[before[key][0]] for key in removed),
    )


def _check_size(release: ListRelease) -> None:
    """A file that was cut off between two rows shows only by what is missing: entries, or names of entries."""
    before = release.list.in_force
    if before is None:
        return
    least = 1 - MOST_SHRINKAGE
    if release.entries < before.entries * least or release.names < before.names * least:
        raise ShrunkList(
            _(
                "The list has %(entries)s entries and %(names)s names, the one in force %(entries_before)s and"
                " %(names_before)s: it was not taken over."
            )
            % {
                "entries": release.entries,
                "names": release.names,
                "entries_before": before.entries,
                "names_before": before.names,
            }
        )


def _close(parties: list[int], release: ListRelease) -> dict[int, str]:
    """Mark parties as no longer listed as they stand, take them out of the index; returns their first names."""
    ListedParty.objects.filter(pk__in=parties).update(removed_in=release)
    names = ListedName.objects.filter(party_id__in=parties)
    names.update(keys=[])
    return dict(names.order_by("-pk").values_list("party_id", "text"))


def _add(entries: list[tuple[Listed, str]], release: ListRelease) -> None:
    rows = ListedParty.objects.bulk_create(
        [
            ListedParty(**_facts(listed), digest=digest, list=release.list, since_release=release)
            for listed, digest in entries
        ],
        batch_size=_BATCH,
    )
    add_names((row.pk, listed) for row, (listed, _digest) in zip(rows, entries, strict=True))


def _facts(listed: Listed) -> dict[str, Any]:
    """The entry without its names, as the database keeps it."""
    return {name: value for name, value in _canonical(listed) if name != "names"}


def _canonical(listed: Listed) -> Iterator[tuple[str, Any]]:
    for name, value in asdict(listed).items():
        yield name, sorted(value) if isinstance(value, frozenset) else value


def _digest(listed: Listed) -> str:
    """SHA-256 over all that the list says of the entry."""
    return hashlib.sha256(json.dumps(dict(_canonical(listed)), sort_keys=True).encode()).hexdigest()

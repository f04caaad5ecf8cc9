"""Read the whole journal again and say whether it is still what was recorded."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from journal.models import Entry, File
from journal.recording import first_broken_entry

CHUNK = 2000


class Command(BaseCommand):
    help = "Check every chain of the journal; names the first entry that was altered or removed, and exits with 1."

    def handle(self, *args: Any, **options: Any) -> None:
        files = entries = 0
        for file in File.objects.order_by("key").iterator(CHUNK):
            chain = _Chain(file)
            if fault := chain.fault():
                raise CommandError(fault)
            files, entries = files + 1, entries + chain.length
        self.stdout.write(f"{files} files, {entries} entries: every chain holds.")


class _Chain(Iterable[Entry]):
    """The entries of a file up to the last one it knows of; remembers how far it was read."""

    def __init__(self, file: File) -> None:
        self.file = file
        self.length, self.last_hash = 0, ""

    def __iter__(self) -> Iterator[Entry]:
        known = self.file.entries.filter(number__lte=self.file.last_number).select_related("file").order_by("number")
        for entry in known.iterator(CHUNK):
            self.length, self.last_hash = self.length + 1, entry.hash
            yield entry

    def fault(self) -> str:
        """What is wrong with the chain, in a sentence; empty when it holds."""
        if broken := first_broken_entry(self):
            where = f"{self.file.key}, entry {broken.number} ({broken.event})"
            return f"{where}: altered, or the one before it is gone."
        if (self.length, self.last_hash) != (self.file.last_number, self.file.last_hash):
            where = f"{self.file.key}, entry {self.file.last_number}"
            return f"{where}: the last entry on record is not the last one there was."
        return ""

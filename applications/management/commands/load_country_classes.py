"""`./run manage load_country_classes FILE --from DAY`: the OECD's country risk classes, in force from a day on."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.timezone import localdate

from applications.country_classes import UnreadableClasses, read_classes
from applications.country_terms import ClassChange, follow
from unlockfocus.errors import BusinessRule


class Command(BaseCommand):
    help = "Follow the OECD's country classes from a CSV file; whether a country is open stays as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV file with the columns iso2,category,as_of,status")
        parser.add_argument(
            "--from", type=date.fromisoformat, required=True, dest="valid_from", help="first day, as 2027-01-01"
        )

    def handle(self, *, file: Path, valid_from: date, **options: Any) -> None:
        today = localdate(timezone.now())
        try:
            classification = read_classes(file.read_bytes(), today)
            changes = follow(classification, valid_from=valid_from, today=today)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except UnreadableClasses as error:
            raise CommandError(f"{file}: {error}") from error
        except BusinessRule as error:
            raise CommandError(str(error)) from error
        for change in changes:
            self.stdout.write(told(change))
        self.stdout.write(
            f"{len(classification.countries)} countries as of {classification.as_of}: {len(changes)} changed "
            f"from {valid_from} on"
        )


def told(change: ClassChange) -> str:
    """`RO: 3 -> 4, open: to be looked at`."""
    before, after = ("not classified" if each is None else str(each) for each in (change.before, change.after))
    look = ": to be looked at" if change.is_open and change.is_worse else ""
    return f"{change.country}: {before} -> {after}, {'open' if change.is_open else 'closed'}{look}"

"""Take over a sanctions list from its files: `manage.py load_sanctions CODE FILE...`."""

from argparse import ArgumentParser
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from underwriting.actions.sanctions import LoadResult, load_list
from underwriting.models import SanctionsList
from unlockfocus.errors import BusinessRule

_SHOWN = 10


class Command(BaseCommand):
    """Takes over all of the list or nothing of it; the same files again change nothing."""

    help = (
        "Take over a sanctions list from the files its publisher gives (docs/rules/screening.md), and say what changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", choices=SanctionsList.Code.values, help="which list")
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="OFAC: the three CSV files of the list")
        parser.add_argument("--as-of", type=date.fromisoformat, help="the day of a list that bears none, as 2026-11-24")
        parser.add_argument(
            "--accept-shrinkage", action="store_true", help="also a list with many entries less than the one in force"
        )

    def handle(self, *, code: str, files: Sequence[Path], accept_shrinkage: bool, **options: Any) -> None:
        if len({file.name for file in files}) != len(files):
            raise CommandError("two files have the same name")
        try:
            with ExitStack() as stack:
                opened = {file.name: stack.enter_context(file.open("rb")) for file in files}
                result = load_list(
                    code, opened, at=timezone.now(), as_of=options["as_of"], accept_shrinkage=accept_shrinkage
                )
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        except BusinessRule as error:
            raise CommandError(str(error)) from error
        self._say(result)

    def _say(self, result: LoadResult) -> None:
        release = result.release
        about = f"{release.list.code}: {release.entries} entries, {release.names} names, of {release.as_of or 'no day'}"
        if not result.is_new:
            self.stdout.write(f"{about}; the same as before")
            return
        self.stdout.write(about)
        for title, names in (("added", result.added), ("changed", result.changed), ("removed", result.removed)):
            shown = "; ".join(names[:_SHOWN]) + (" ..." if len(names) > _SHOWN else "")
            self.stdout.write(f"{title} {len(names)}{': ' if names else ''}{shown}")

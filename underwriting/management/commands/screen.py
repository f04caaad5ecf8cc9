"""Compare pairs of names: `manage.py screen FILE`."""

import csv
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from underwriting.score_files import MalformedFile
from underwriting.screening.files import compared_rows

_IN_MEMORY = 16 * 1024 * 1024


class Command(BaseCommand):
    """Answers all rows or none; nothing is read from or written to the database."""

    help = "Compare pairs of names (docs/rules/screening.md): the same rows with score and match beside them."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV file with the columns name1,name2,schema, and any others")

    def handle(self, *, file: Path, **options: Any) -> None:
        # Answers are kept aside until the last row is read: a file refused at its end has printed nothing.
        with tempfile.SpooledTemporaryFile(_IN_MEMORY, mode="w+", encoding="utf-8", newline="") as answers:
            try:
                with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as source:
                    csv.writer(answers, lineterminator="\n").writerows(compared_rows(source))
            except MalformedFile as error:
                raise CommandError(f"{file}: {error}") from error
            except OSError as error:
                raise CommandError(f"{file}: {error.strerror}") from error
            answers.seek(0)
            for line in answers:
                self.stdout.write(line, ending="")

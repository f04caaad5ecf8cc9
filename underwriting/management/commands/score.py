"""Score the companies of a CSV file: `manage.py score FILE`."""

import csv
import shutil
import tempfile
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from underwriting.score_files import MalformedFile, Terms, score_rows
from underwriting.scoring.artefact import COMMITTED, MalformedArtefact, read_model
from underwriting.scoring.items import PER_EURO
from underwriting.scoring.scorecard import BASE_RATE

_IN_MEMORY = 16 * 1024 * 1024


class Command(BaseCommand):
    """Answers all rows or none; nothing is read from or written to the database."""

    help = "Score a CSV file of accounts (docs/rules/scorecard.md): the same rows with PD, grade, points and reasons."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV file with the items of the accounts as columns")
        parser.add_argument("--unit", type=int, default=1, help="the amounts are multiples of this (default: 1)")
        parser.add_argument("--currency", default="EUR", choices=sorted(PER_EURO), help="their currency (default: EUR)")
        parser.add_argument("--out", type=Path, help="the file to write (default: print)")
        parser.add_argument("--on", type=date.fromisoformat, help="the day the accounts are looked at (default: today)")
        parser.add_argument("--card", choices=("full", "short"), help="this card for every row (default: by detail)")
        parser.add_argument("--base-rate", type=float, default=BASE_RATE, help="failures a year (default: 0.02)")
        parser.add_argument("--artefact", type=Path, default=COMMITTED, help="other scorecards than the product's")

    def handle(self, *, file: Path, out: Path | None, **options: Any) -> None:
        if options["unit"] < 1 or not 0 < options["base_rate"] < 1:
            raise CommandError("a unit of 1 or more and a base rate between 0 and 1 are expected")
        try:
            terms = Terms(
                model=read_model(options["artefact"].read_text(encoding="utf-8")),
                on=options["on"] or timezone.localdate(),
                unit=options["unit"],
                currency=options["currency"],
                card=options["card"],
                base_rate=options["base_rate"],
            )
            self._answer(file, out, terms)
        except MalformedArtefact as error:
            raise CommandError(f"{options['artefact']}: {error}") from error
        except MalformedFile as error:
            raise CommandError(f"{file}: {error}") from error
        except OSError as error:
            raise CommandError(f"{error.filename or file}: {error.strerror}") from error

    def _answer(self, file: Path, out: Path | None, terms: Terms) -> None:
        """Answers are kept aside until the last row is read: a file refused at its end has printed nothing."""
        with (
            file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as source,
            tempfile.SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8", newline="") as kept,
        ):
            csv.writer(kept, lineterminator="\n").writerows(score_rows(source, terms))
            kept.seek(0)
            if out is None:
                for line in kept:
                    self.stdout.write(line, ending="")
                return
            with out.open("w", encoding="utf-8", newline="") as target:
                shutil.copyfileobj(kept, target)

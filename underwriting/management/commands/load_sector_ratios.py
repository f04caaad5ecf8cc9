"""Load how ratios are spread in sectors: `manage.py load_sector_ratios FILE --source TEXT --from DAY`."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from parties.activities import division_choices
from underwriting.actions.sector_ratios import load_sector_ratios
from underwriting.score_files import MalformedFile
from underwriting.sector_files import read_quartiles
from unlockfocus.errors import BusinessRule


class Command(BaseCommand):
    """Loads all rows or none; the rows in force for the same sector and ratio end on that day."""

    help = "Load quartiles of ratios by sector from a CSV file (docs/rules/scoring.md), in force from a day on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV file: sector,ratio,lower,median,upper")
        parser.add_argument("--source", required=True, help="who measured them, of which year: at most 300 characters")
        parser.add_argument(
            "--from", type=date.fromisoformat, required=True, dest="valid_from", help="first day, as 2027-01-01"
        )

    def handle(self, *, file: Path, source: str, valid_from: date, **options: object) -> None:
        if not 0 < len(source.strip()) <= 300:
            raise CommandError("a source of 1 to 300 characters is expected")
        try:
            with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as opened:
                quartiles = read_quartiles(opened, dict(division_choices("en")))
            added = load_sector_ratios(
                quartiles, source=source.strip(), valid_from=valid_from, today=timezone.localdate()
            )
        except MalformedFile as error:
            raise CommandError(f"{file}: {error}") from error
        except BusinessRule as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        self.stdout.write(f"{added} rows added, {len(quartiles) - added} there already")

"""`./run manage load_rates FILE`: the reference rates of the ECB, from its daily XML or its history (CSV or ZIP)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.timezone import localdate

from applications.ecb import UnreadableRates, read_rates
from applications.rates import load_rates

SHOWN = 10


class Command(BaseCommand):
    help = "Add the rates of a file of the European Central Bank; a rate that is known stays as it was published."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="eurofxref-daily.xml, eurofxref-hist.csv or eurofxref-hist.zip")

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            quotes = read_rates(file.read_bytes(), localdate(timezone.now()))
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except UnreadableRates as error:
            raise CommandError(f"{file}: {error}") from error
        loaded = load_rates(quotes)
        self.stdout.write(
            f"{len(quotes):,} rates from {loaded.first_day} to {loaded.last_day}: {loaded.added:,} added, "
            f"{len(quotes) - loaded.added - len(loaded.differing):,} known"
        )
        for each in loaded.differing[:SHOWN]:
            self.stderr.write(
                f"{each.on} {each.currency}: {each.rate} in the file differs from what was published before"
            )
        if loaded.differing:
            raise CommandError(f"{len(loaded.differing)} rates differ; what was published before stays.")

"""`./run manage messages`: bring the translations in line with the code; `--check` only says what is not."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from unlockfocus import catalogue


class Command(BaseCommand):
    help = "Add new sentences to the catalogues under locale/ and drop unused ones; translations are kept."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 unless all is translated")

    def handle(self, *, check: bool, **options: Any) -> None:
        found = catalogue.extracted()
        faults = []
        for language in catalogue.languages():
            if not check:
                catalogue.write(language, catalogue.updated(catalogue.read(language), found))
            faults += [f"{language}, {fault}" for fault in catalogue.faults(catalogue.read(language), found)]
        self.stdout.write("\n".join([*faults, f"{len(found)} sentences, {len(faults)} to see to."]))
        if check and faults:
            raise CommandError("The translations are not complete. docs/translating.md says how to complete them.")

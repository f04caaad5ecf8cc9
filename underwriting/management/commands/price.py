"""Price the cases of a JSON file: `manage.py price FILE`."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from underwriting.price_cases import price_case
from unlockfocus.json_cases import InvalidCase, answer_cases, read_cases


class Command(BaseCommand):
    """Prints the same list with a `result` object beside each case; nothing is read from or written to the database."""

    help = "Price a JSON list of cases (docs/rules/pricing.md) and print it with a result object beside each case."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a JSON list of cases")

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            answered = answer_cases(read_cases(file.read_bytes()), price_case)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except InvalidCase as error:
            raise CommandError(f"{file}: {error}") from error
        self.stdout.write(json.dumps(answered, indent=1, ensure_ascii=False))

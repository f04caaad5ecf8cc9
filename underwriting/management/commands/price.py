"""Price the cases of a JSON file: `manage.py price FILE`."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from underwriting.price_cases import InvalidCase, price_case


class Command(BaseCommand):
    """Prints the same list with a `result` object beside each case; nothing is read from or written to the database."""

    help = "Price a JSON list of cases (docs/rules/pricing.md) and print it with a result object beside each case."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a JSON list of cases")

    def handle(self, *, file: Path, **options: Any) -> None:
        cases = _read(file)
        results = []
        for index, case in enumerate(cases):
            try:
                result = price_case(case)
            except InvalidCase as error:
                raise CommandError(f"{file}: case {index}: {error}") from error
            results.append({**case, "result": result})
        self.stdout.write(json.dumps(results, indent=1, ensure_ascii=False))


def _read(file: Path) -> list[dict[str, Any]]:
    """The list of cases; raises CommandError naming the file and what is wrong with it."""
    try:
        cases = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{file}: not UTF-8 text (byte {error.start})") from error
    except json.JSONDecodeError as error:
        raise CommandError(f"{file}: line {error.lineno}, column {error.colno}: {error.msg}") from error
    except (RecursionError, ValueError) as error:
        raise CommandError(f"{file}: {error}") from error
    if not isinstance(cases, list):
        raise CommandError(f"{file}: a list of cases is expected")
    return cases

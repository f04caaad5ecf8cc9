"""Make the scorecards anew: `manage.py train_scorecard DIR --out FILE`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from underwriting.training.data import UnusableData, read_sample
from underwriting.training.train import SEED, files, train


class Command(BaseCommand):
    """Writes the artefact, its model card and drawings; nothing is read from or written to the database."""

    help = "Train the scorecards on DIR/statements_dev.csv; writes the artefact and, beside it, its model card."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, help="where statements_dev.csv lies")
        parser.add_argument("--out", type=Path, required=True, help="the artefact to write, a .json file")
        parser.add_argument("--seed", type=int, default=SEED, help="of the folds and intervals (default: %(default)s)")

    def handle(self, *, directory: Path, out: Path, seed: int, **options: Any) -> None:
        if out.suffix != ".json":
            raise CommandError(f"{out}: the artefact is a .json file")
        try:
            sample = read_sample(directory)
            trained = train(sample, seed)
            for path, text in files(sample, trained, out, seed).items():
                path.write_text(text, encoding="utf-8")
        except UnusableData as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        for name, each in trained.validations.items():
            self.stdout.write(
                f"{name:<6} AUC {each.auc.auc:.3f} ({each.auc.low:.3f} to {each.auc.high:.3f}), "
                f"calibration slope {each.slope:.2f}"
            )

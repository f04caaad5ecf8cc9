"""Bring the database up to date in one process, since starting Django four times would take four times as long.

Run by `.venv/bin/python -m launch.prepare SIGN_INS`: migrations, reference data, the demo case; the demo's sign-ins are
written to the file SIGN_INS, to be printed when the product is ready. Production gets no demo: its passwords are known.
"""

import os
import sys
import time
from io import StringIO
from pathlib import Path

from launch.console import finished

Step = tuple[str, str, dict[str, bool | int]]  # command, what to say when it is done, options
ALWAYS: list[Step] = [
    ("migrate", "Database brought up to date", {"interactive": False, "verbosity": 0}),
    ("load_reference", "Tariff, rates and settings loaded", {}),
]
NOT_IN_PRODUCTION: list[Step] = [("load_demo", "Demo case loaded", {})]


def main(sign_ins: Path) -> None:
    """Run the steps in order; the first that fails ends the program with its traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unlockfocus.settings")
    since = time.monotonic()
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import translation

    django.setup()
    for command, what, options in ALWAYS if settings.PRODUCTION else ALWAYS + NOT_IN_PRODUCTION:
        call_command(command, stdout=StringIO(), **options)
        print(finished(what, since), flush=True)
        since = time.monotonic()
    with sign_ins.open("w") as output, translation.override("en"):
        if not settings.PRODUCTION:
            call_command("demo_sign_ins", stdout=output)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

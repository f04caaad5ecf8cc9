"""`./run manage lifecycles`: write the page of states and transitions anew."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from unlockfocus import lifecycles

PAGE = Path("docs") / "lifecycles.md"


class Command(BaseCommand):
    help = "Write docs/lifecycles.md from the workflow tables."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        (Path(settings.BASE_DIR) / PAGE).write_text(lifecycles.page(), encoding="utf-8")
        self.stdout.write(f"{PAGE} is written.")

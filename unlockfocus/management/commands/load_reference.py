"""`./run manage load_reference`: the dated tables and settings the product starts with."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from unlockfocus.reference import load_reference


class Command(BaseCommand):
    help = "Load the dated tables and settings the product starts with; what exists is left as it is."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        for table, added in load_reference().items():
            self.stdout.write(f"{table}: {added} added")

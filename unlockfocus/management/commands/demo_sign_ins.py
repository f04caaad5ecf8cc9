"""`./run manage demo_sign_ins`: who can sign in to the demo."""

from typing import Any

from django.core.management.base import BaseCommand

from unlockfocus import demo


class Command(BaseCommand):
    help = "Print the demo's sign-ins, at least one per role."

    def handle(self, *args: Any, **options: Any) -> None:
        people = demo.sign_ins()
        widest = max(len(str(person.role)) for person in people)
        for person in people:
            self.stdout.write(f"  {person.role!s:<{widest}}  {person.email:<40}  {demo.PASSWORD}")

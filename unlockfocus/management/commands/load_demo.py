"""`./run manage load_demo`: the INDEX/PEI case, waiting for its analysis; a second order, unpaid and claimed."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from applications import actions
from parties.models import User
from unlockfocus import demo
from unlockfocus.demo.unpaid import load_unpaid_order


class Command(BaseCommand):
    help = "Load the demo case once. Refused in production: everybody knows its password."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo has a public password; it is not loaded in production.")
        if demo.is_loaded():
            self.stdout.write("The demo is loaded already.")
            return
        now = timezone.now()
        company = demo.load_people()
        author = User.objects.get(email=demo.COMPANY_PEOPLE[1][1])
        request = demo.draft_request(company, author, now)
        actions.submit(request.pk, actor=author, at=now)
        claim = load_unpaid_order(company, now)
        self.stdout.write(
            f"Demo case loaded: {request.reference}, {request.title}; unpaid order with claim {claim.number}"
        )

"""The claims that wait for the insurer's people, longest first, with the next day they owe."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Sum
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate

from claims.ball import WITH_INSURER, deadline_in_list, for_lists
from claims.clocks import Deadline
from claims.models import Claim

SHOWN = 50


@dataclass(frozen=True)
class Waiting:
    """A claim, since when it has waited for us, and the decision or payment that is owed next."""

    claim: Claim
    since: datetime
    deadline: Deadline | None


@dataclass(frozen=True)
class ClaimsQueue:
    """At most `SHOWN` claims; beside them how many wait for us, and for their insured's documents."""

    waiting: list[Waiting]
    total: int
    with_insured: int
    now: datetime

    @property
    def today(self) -> date:
        return localdate(self.now)


def claims_queue(now: datetime) -> ClaimsQueue:
    """What waits now: five queries, however many claims."""
    rows = Claim.objects.filter(status__in=WITH_INSURER)
    shown = (
        for_lists(rows)
        .annotate(since=Coalesce("completed_at", "opened_at"), invoiced=Sum("invoices__amount_eur"))
        .order_by("since", "pk")[:SHOWN]
    )
    today = localdate(now)
    return ClaimsQueue(
        waiting=[Waiting(each, each.completed_at or each.opened_at, deadline_in_list(each, today)) for each in shown],
        total=rows.count(),
        with_insured=Claim.objects.filter(status=Claim.Status.DOCUMENTS_INCOMPLETE).count(),
        now=now,
    )

"""The claims that wait for the insurer's people, longest first, with the next day they owe."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate

from claims.ball import WITH_INSURER, deadline_in_list, for_lists
from claims.clocks import Deadline
from claims.cockpit import Trouble, in_trouble
from claims.models import Claim, CollectionStep, InstalmentPlan, PaymentPromise
from parties.models import InsurerRole, User

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


def broken_agreements(today: date) -> list[Trouble]:
    """Open claims whose buyer missed an instalment or broke a promise, longest first; six queries, however many."""
    agreed = Q(guarantee__in=InstalmentPlan.objects.filter(ended_at=None).values("guarantee")) | Q(
        guarantee__in=PaymentPromise.objects.filter(pay_by__lt=today).values("guarantee")
    )
    rows = Claim.objects.filter(agreed).exclude(status__in=[Claim.Status.REJECTED, Claim.Status.CLOSED])
    return in_trouble(list(rows.select_related("guarantee__buyer", "handler")), today)[:SHOWN]


def costs_to_approve(reader: User) -> list[CollectionStep]:
    """Costs of open claims another person entered, oldest first, for a claims approver."""
    if not reader.has_duty(InsurerRole.CLAIMS_APPROVER):
        return []
    rows = CollectionStep.objects.filter(cost__gt=0, cost_approved_at=None).exclude(taken_by=reader)
    rows = rows.exclude(claim__status=Claim.Status.CLOSED).select_related("claim__guarantee__buyer", "taken_by")
    return list(rows.order_by("taken_at", "pk")[:SHOWN])

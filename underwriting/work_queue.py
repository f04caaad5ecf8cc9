"""What waits for the insurer's people, longest first, and the grade in use of many requests at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from applications.models import CoverRequest, Status
from underwriting.actions.analysis import UNANSWERED
from underwriting.models import Analysis, GradeOverride, Guarantee, ModelActivation, Offer, ScreeningHit

WITH_US = (Status.SUBMITTED, Status.IN_ANALYSIS)
SHOWN = 50


@dataclass(frozen=True)
class WorkQueue:
    """Four short lists, each longest waiting first, at most `SHOWN` rows; the proposed version of a model, if any.

    `matches` counts what waits for compliance.
    """

    requests: list[CoverRequest]
    unsigned_offers: list[Offer]
    overrides: list[GradeOverride]
    guarantees: list[Guarantee]
    activation: ModelActivation | None
    matches: int
    now: datetime


def work_queue(now: datetime) -> WorkQueue:
    """What waits now: as many queries, however long the lists."""
    return WorkQueue(
        requests=list(_requests()[:SHOWN]),
        unsigned_offers=list(_unsigned_offers()[:SHOWN]),
        overrides=list(_overrides()[:SHOWN]),
        guarantees=list(_guarantees()[:SHOWN]),
        activation=ModelActivation.objects.filter(**UNANSWERED).select_related("proposed_by").first(),
        matches=ScreeningHit.objects.filter(state=ScreeningHit.State.OPEN).count(),
        now=now,
    )


def _requests() -> QuerySet[CoverRequest]:
    """Those nobody prepared an offer for; what is prepared waits in the next list."""
    unsigned = Offer.objects.filter(status=Offer.Status.PREPARED).values("request")
    waiting = CoverRequest.objects.filter(status__in=WITH_US).exclude(pk__in=unsigned)
    return with_grade(waiting).select_related("company").order_by("submitted_at", "pk")


def _unsigned_offers() -> QuerySet[Offer]:
    prepared = Offer.objects.filter(status=Offer.Status.PREPARED)
    open_files = prepared.filter(request__status__in=[Status.IN_ANALYSIS, Status.OFFERED])
    return open_files.select_related("request__company", "prepared_by").order_by("prepared_at", "pk")


def _overrides() -> QuerySet[GradeOverride]:
    waiting = GradeOverride.objects.filter(**UNANSWERED)
    return waiting.select_related("analysis__request__company", "proposed_by").order_by("proposed_at", "pk")


def _guarantees() -> QuerySet[Guarantee]:
    pending = Guarantee.objects.filter(status=Guarantee.Status.PENDING_CONDITIONS)
    rows = pending.select_related("offer__request__company", "buyer").prefetch_related("conditions")
    return rows.order_by("bound_at", "pk")


def with_grade(requests: QuerySet[CoverRequest]) -> QuerySet[CoverRequest]:
    """Each request with `grade_in_use`: the confirmed judgement on its newest analysis, or the model's grade."""
    finished = Analysis.objects.filter(request=OuterRef("pk")).exclude(status=Analysis.Status.PENDING).order_by("-pk")
    confirmed = GradeOverride.objects.filter(analysis=OuterRef("newest_analysis"), confirmed_at__isnull=False)
    return requests.annotate(newest_analysis=Subquery(finished.values("pk")[:1])).annotate(
        grade_in_use=Coalesce(
            Subquery(confirmed.order_by("-pk").values("grade")[:1]), Subquery(finished.values("grade")[:1])
        )
    )


def waiting_first(requests: QuerySet[CoverRequest]) -> QuerySet[CoverRequest]:
    """Each request with `wait_rank`: 0 while it waits for us, 1 otherwise."""
    waits: Any = When(status__in=WITH_US, then=Value(0))
    return requests.annotate(wait_rank=Case(waits, default=Value(1), output_field=IntegerField()))

"""Work done by Celery for the underwriters: ids in, one act, end. Safe to run twice."""

from datetime import timedelta

import structlog
from celery import shared_task
from django.conf import settings
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.timezone import localdate

from applications.models import CoverRequest
from applications.workflow import OPEN
from journal.origin import acting_from
from journal.queueing import queue
from parties.models import GroupAnswer
from underwriting.actions import analysis as analyses
from underwriting.actions import asking, drift, groups, offers, people, rescoring, screening
from underwriting.list_standing import mark_of, standing
from underwriting.model_versions import version_in_force
from underwriting.models import Analysis, Offer, Rescoring, ScreenedParty, Screening, SourceAnswer
from underwriting.outside import rates as outside_rates
from underwriting.outside import sanctions as outside_sanctions
from underwriting.outside.groups import find_group
from underwriting.register_questions import asked_countries

log = structlog.get_logger(__name__)

OWED_AFTER = timedelta(seconds=30)
STANDS_STILL_AFTER = timedelta(minutes=1)
# Asking takes a while; what was not asked within a day is asked from the desk.
REGISTERS_OWED_AFTER = timedelta(minutes=5)
REGISTERS_GIVEN_UP_AFTER = timedelta(days=1)
CHUNK = 200
GROUP_IS_FRESH = timedelta(hours=20)
GROUP_RETRY = timedelta(hours=1)
MOST_GROUPS = 20


@shared_task
def analyse(analysis_id: int) -> None:
    """Score the buyer of one request."""
    with acting_from("worker"):
        analyses.analyse(analysis_id, at=timezone.now())


@shared_task
def sweep_analyses() -> None:
    """Queue again the analyses whose worker or broker went away before they were done."""
    owed = Analysis.objects.filter(status=Analysis.Status.PENDING, requested_at__lt=timezone.now() - OWED_AFTER)
    for analysis_id in owed.order_by("pk").values_list("pk", flat=True)[:CHUNK]:
        queue(analyse, analysis_id)


@shared_task
def screen_request(request_id: int) -> None:
    """Compare the parties of a submitted request, its buyer's registered directors too, with the sanctions lists."""
    with acting_from("worker"):
        people.note_registered(request_id, at=timezone.now())
        request = CoverRequest.objects.get(pk=request_id)
        screening.screen_request(request, Screening.Moment.SUBMISSION, at=timezone.now())


@shared_task
def rescreen() -> None:
    """Screen again those not compared with the lists as they are now, by chunks, longest ago first."""
    mark = mark_of(standing(timezone.now()))
    owed = ScreenedParty.objects.exclude(compared_with=mark)
    chunk = list(owed.order_by(F("screened_at").asc(nulls_first=True), "pk").values_list("pk", flat=True)[:CHUNK])
    for party_id in chunk:
        with acting_from("worker"):
            screening.screen(party_id, Screening.Moment.LISTS, at=timezone.now())
    if len(chunk) == CHUNK:
        queue(rescreen)


@shared_task
def refresh_rates() -> None:
    """Fetch the European Central Bank's rates since the newest we hold."""
    with acting_from("worker"):
        outside_rates.refresh_rates(at=timezone.now())


@shared_task
def refresh_sanctions_lists() -> None:
    """Fetch every wanted list, each by a task of its own."""
    for code in settings.SANCTIONS_LISTS:
        queue(refresh_sanctions_list, code)


@shared_task(time_limit=570, soft_time_limit=540)
def refresh_sanctions_list(code: str) -> None:
    """Fetch one list and take it over; what it changes, screens everybody again."""
    with acting_from("worker"):
        outside_sanctions.refresh_list(code, at=timezone.now())


@shared_task
def ask_group(request_id: int) -> None:
    """Ask GLEIF for the group of a request's buyer, unless it answered within the day."""
    now = timezone.now()
    request = CoverRequest.objects.select_related("buyer").get(pk=request_id)
    if request.buyer is None or groups.is_answered(request.buyer, now - GROUP_IS_FRESH):
        return
    finding = find_group(request.buyer_country, groups.numbers_of(request), at=now)
    with acting_from("worker"):
        groups.note_group(request, finding, at=now)


@shared_task
def sweep_groups() -> None:
    """Ask again for the groups of buyers under analysis that GLEIF never told us, or was never asked about."""
    if not settings.OUTSIDE_SOURCES:
        return
    asked_lately = GroupAnswer.objects.filter(asked_at__gte=timezone.now() - GROUP_RETRY)
    known = GroupAnswer.objects.filter(is_known=True)
    open_requests = CoverRequest.objects.filter(status__in=OPEN, buyer__isnull=False)
    owed = open_requests.exclude(buyer__in=asked_lately.values("buyer")).exclude(buyer__in=known.values("buyer"))
    for request_id in owed.order_by("pk").values_list("pk", flat=True)[:MOST_GROUPS]:
        queue(ask_group, request_id)


@shared_task
def ask_registers(request_id: int) -> None:
    """Ask the registers about the buyer of one request; asked again, what they said in the meantime is added."""
    with acting_from("worker"):
        asking.ask_registers(request_id, at=timezone.now())


@shared_task
def sweep_registers() -> None:
    """Queue again the requests about whose buyer nobody was asked: a worker or the broker went away."""
    now = timezone.now()
    asked = SourceAnswer.objects.filter(buyer=OuterRef("buyer"), noted_at__gte=OuterRef("submitted_at"))
    owed = CoverRequest.objects.filter(
        submitted_at__lt=now - REGISTERS_OWED_AFTER,
        submitted_at__gt=now - REGISTERS_GIVEN_UP_AFTER,
        buyer__country__in=asked_countries(),
    ).exclude(Exists(asked))
    for request_id in owed.order_by("pk").values_list("pk", flat=True)[:CHUNK]:
        queue(ask_registers, request_id)


@shared_task
def expire_offers() -> None:
    """End the open offers whose last day has passed."""
    now = timezone.now()
    late = Offer.objects.filter(status=Offer.Status.OPEN, valid_until__lt=localdate(now))
    for offer_id in late.order_by("pk").values_list("pk", flat=True)[:CHUNK]:
        with acting_from("worker"):
            offers.expire(offer_id, at=now)


@shared_task
def rescore(run_id: int) -> None:
    """Advance a run of a model over the portfolio by one chunk, and queue the next behind what else is waiting."""
    with acting_from("worker"):
        run = rescoring.advance(run_id, at=timezone.now())
    if run and run.is_running:
        queue(rescore, run_id)


@shared_task
def sweep_rescorings() -> None:
    """Queue again the runs that stand still: their worker or the broker went away between two chunks."""
    still = Rescoring.objects.filter(status=Rescoring.Status.RUNNING, moved_at__lt=timezone.now() - STANDS_STILL_AFTER)
    for run_id in still.order_by("pk").values_list("pk", flat=True)[:CHUNK]:
        queue(rescore, run_id)


@shared_task
def compute_drift() -> None:
    """Compare the buyers of today with the companies behind the scorecard; a second run takes the first one's place."""
    drift.compute(version_in_force(), at=timezone.now())

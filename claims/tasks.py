"""Work done by Celery for the last stages: ids in, one act, end. Safe to run twice."""

from celery import shared_task
from django.db.models import Q
from django.utils import timezone
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _

from claims.actions import alarms
from claims.models import Claim, Invoice
from journal.origin import acting_from
from journal.queueing import queue
from underwriting.actions import guarantees
from underwriting.models import Guarantee

CHUNK = 200

# Letters about deadlines leave at hours at which somebody reads them, on the product's clock.
FIRST_HOUR, LAST_HOUR = 7, 20


@shared_task
def watch_clocks() -> None:
    """Have every guarantee watched on which something is unpaid or a claim is open; nothing at night."""
    if not FIRST_HOUR <= localtime(timezone.now()).hour < LAST_HOUR:
        return
    unpaid = Invoice.objects.unpaid().values("guarantee")
    claimed = Claim.objects.exclude(status=Claim.Status.CLOSED).values("guarantee")
    watched = Guarantee.objects.filter(Q(pk__in=unpaid) | Q(pk__in=claimed)).order_by("pk")
    for guarantee_id in watched.values_list("pk", flat=True).iterator(chunk_size=CHUNK):
        queue(watch_guarantee, guarantee_id)


@shared_task
def watch_guarantee(guarantee_id: int) -> None:
    """Let the invoices of one guarantee fall overdue, and owe the letters whose day has come."""
    with acting_from("worker"):
        alarms.sound(guarantee_id, at=timezone.now())


@shared_task
def run_off() -> None:
    """End the cover of new deliveries where its period is over; what was delivered stays covered."""
    now = timezone.now()
    over = Guarantee.objects.filter(status=Guarantee.Status.IN_FORCE, offer__cover_end__lt=localdate(now))
    for guarantee_id in over.order_by("pk").values_list("pk", flat=True)[:CHUNK]:
        with acting_from("worker"):
            guarantees.run_off(guarantee_id, reason=_("The period of cover is over."), by=None, at=now)

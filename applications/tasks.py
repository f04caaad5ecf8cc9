"""Periodic work on drafts."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from applications import actions, events
from applications.models import DRAFT_LIFETIME, DRAFT_WARNING, CoverRequest, Status
from journal.origin import acting_from
from journal.recording import record

CHUNK = 500


@shared_task
def expire_drafts() -> None:
    """Warn of drafts untouched for 28 days, end those untouched for 30."""
    now = timezone.now()
    drafts = CoverRequest.objects.filter(status=Status.DRAFT).order_by("pk")
    with acting_from("worker"):
        for pk in drafts.filter(touched_at__lt=now - DRAFT_LIFETIME).values_list("pk", flat=True)[:CHUNK]:
            actions.expire(pk, at=now)
        stale = drafts.filter(touched_at__lt=now - DRAFT_WARNING, touched_at__gte=now - DRAFT_LIFETIME, warned_at=None)
        for pk in stale.values_list("pk", flat=True)[:CHUNK]:
            warn(pk)


@transaction.atomic
def warn(request_id: int) -> None:
    """Note the warning and its instant together, so that it is given once."""
    now = timezone.now()
    request = actions.locked(request_id)
    if request.is_draft and request.warned_at is None:
        request.warned_at = now
        request.save(update_fields=["warned_at"])
        record(request.journal_key, events.DRAFT_WARNED, actor=None, at=now)

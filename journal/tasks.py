"""Delivering reactions and letters, and sweeping up what was lost on the way."""

from datetime import datetime, timedelta

import structlog
from celery import shared_task
from django.db import transaction
from django.utils import timezone

from journal.handlers import handler_named
from journal.letters import send
from journal.models import Delivery, Letter
from journal.origin import acting_from
from journal.queueing import queue

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 20
SWEEP_AFTER = timedelta(seconds=10)
SWEEP_CHUNK = 500


@shared_task
def deliver(entry_id: int) -> None:
    """Run every reaction still owed to the entry. Safe to run twice, and by two workers at once."""
    for delivery_id in Delivery.objects.filter(entry_id=entry_id, delivered_at=None).values_list("id", flat=True):
        _deliver_one(delivery_id, timezone.now())


def _deliver_one(delivery_id: int, at: datetime) -> None:
    try:
        with transaction.atomic(), acting_from("worker"):
            delivery = (
                Delivery.objects.select_for_update(of=("self",), skip_locked=True)
                .select_related("entry__file")
                .filter(pk=delivery_id, delivered_at=None)
                .first()
            )
            if delivery is None:
                return
            handler_named(delivery.handler)(delivery.entry)
            delivery.delivered_at = at
            delivery.save(update_fields=["delivered_at"])
    except Exception as error:
        log.exception("reaction failed", delivery=delivery_id)
        _note_failure(Delivery, delivery_id, error)


@shared_task
def send_letter(letter_id: int) -> None:
    """Send one letter unless it was sent. The row is held while the mail server answers, so that it goes once."""
    try:
        with transaction.atomic():
            letter = (
                Letter.objects.select_for_update(of=("self",), skip_locked=True)
                .select_related("recipient", "entry__file")
                .filter(pk=letter_id, sent_at=None)
                .first()
            )
            if letter is None:
                return
            send(letter)
            letter.sent_at = timezone.now()
            letter.save(update_fields=["sent_at"])
    except Exception as error:
        log.exception("letter not sent", letter=letter_id)
        _note_failure(Letter, letter_id, error)


@shared_task
def sweep() -> None:
    """Deliver again what a killed worker or an absent broker left behind."""
    overdue = timezone.now() - SWEEP_AFTER
    owed = Delivery.objects.filter(delivered_at=None, attempts__lt=MAX_ATTEMPTS, entry__at__lt=overdue)
    for entry_id in owed.order_by("entry_id").values_list("entry_id", flat=True).distinct()[:SWEEP_CHUNK]:
        queue(deliver, entry_id)
    unsent = Letter.objects.filter(sent_at=None, attempts__lt=MAX_ATTEMPTS, entry__at__lt=overdue)
    for letter_id in unsent.order_by("id").values_list("id", flat=True)[:SWEEP_CHUNK]:
        queue(send_letter, letter_id)


def _note_failure(model: type[Delivery] | type[Letter], pk: int, error: Exception) -> None:
    with transaction.atomic():
        row = model.objects.select_for_update().get(pk=pk)
        row.attempts += 1
        row.last_error = f"{type(error).__name__}: {error}"[:2000]
        row.save(update_fields=["attempts", "last_error"])

"""Queueing a task for after the commit, on a broker that may be away."""

from typing import Any

import structlog
from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def queue_after_commit(task: Task, *args: Any) -> None:
    """Queue `task(*args)` once the transaction stands. A broker that is down costs nothing: a sweep finds the work."""
    transaction.on_commit(lambda: queue(task, *args))


def queue(task: Task, *args: Any) -> None:
    """Queue `task(*args)` now, or log that the broker is away and leave it to the sweep."""
    try:
        task.delay(*args)
    except (OperationalError, OSError) as error:
        log.warning("broker unreachable, left to the sweep", task=task.name, arguments=args, error=str(error))

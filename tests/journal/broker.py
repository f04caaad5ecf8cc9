"""The broker and the worker as tests need them."""

from collections.abc import Iterator
from contextlib import contextmanager

from unlockfocus.celery import app


@contextmanager
def broker_at(url: str) -> Iterator[None]:
    """Tasks are queued at this address instead of the tests' own."""
    usual = app.conf.broker_url
    app.conf.broker_url, app.amqp._producer_pool = url, None
    try:
        yield
    finally:
        app.conf.broker_url, app.amqp._producer_pool = usual, None


@contextmanager
def worker_at_hand() -> Iterator[None]:
    """What is queued is done at once."""
    app.conf.task_always_eager = True
    try:
        yield
    finally:
        app.conf.task_always_eager = False


def waiting_tasks() -> list[tuple[str, list[object]]]:
    """Names and arguments of the tasks in the queue, which is empty afterwards."""
    tasks = []
    with app.connection_for_read() as connection, connection.SimpleQueue(app.conf.task_default_queue) as queue:
        while queue.qsize():
            message = queue.get_nowait()
            message.ack()
            tasks.append((message.headers["task"], message.payload[0]))
    return tasks

"""The broker away, the worker at hand."""

from collections.abc import Iterator

import pytest

from tests.journal.broker import broker_at, worker_at_hand


@pytest.fixture
def broker_away() -> Iterator[None]:
    """The broker's port is one where nobody listens, for real."""
    with broker_at("redis://127.0.0.1:9/0"):
        yield


@pytest.fixture
def worker() -> Iterator[None]:
    with worker_at_hand():
        yield

"""The broker away, the worker at hand."""

from collections.abc import Callable, Iterator

import pytest

from journal import handlers
from journal.handlers import Handler
from journal.recording import EVENTS, Event
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


@pytest.fixture
def happened(monkeypatch: pytest.MonkeyPatch) -> str:
    """An event of the tests' own, which the insured sees."""
    return _announce(monkeypatch, "test.happened", insured_sees=True)


@pytest.fixture
def hidden(monkeypatch: pytest.MonkeyPatch) -> str:
    """An event of the tests' own, which only the insurer sees."""
    return _announce(monkeypatch, "test.hidden", insured_sees=False)


def _announce(monkeypatch: pytest.MonkeyPatch, name: str, *, insured_sees: bool) -> str:
    monkeypatch.setitem(EVENTS, name, Event(name, "%(who)s did %(what)s", insured_sees))
    return name


@pytest.fixture
def react(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Handler], None]:
    """Register a reaction for this test: `react(happened, function)`."""

    def register(event: str, function: Handler) -> None:
        name = f"tests.{function.__name__}"
        monkeypatch.setitem(handlers._handlers, name, function)
        monkeypatch.setitem(handlers._by_event, event, [*handlers.handlers_of(event), name])

    return register

"""Reactions to entries. A stage says `@on("request.submitted")`; its function runs after commit, in a worker.

A reaction only writes rows or queues tasks, and its writes share one transaction with the mark that it was delivered.
"""

from collections import defaultdict
from collections.abc import Callable

from journal.models import Entry

Handler = Callable[[Entry], None]

_handlers: dict[str, Handler] = {}
_by_event: dict[str, list[str]] = defaultdict(list)


def on(*events: str) -> Callable[[Handler], Handler]:
    """Run the decorated function for every entry of these events."""

    def register(function: Handler) -> Handler:
        name = f"{function.__module__}.{function.__name__}"
        _handlers[name] = function
        for event in events:
            _by_event[event].append(name)
        return function

    return register


def handlers_of(event: str) -> tuple[str, ...]:
    """Names of the reactions to an event, in the order they were registered."""
    return tuple(_by_event[event])


def handler_named(name: str) -> Handler:
    """The reaction of that name; raises KeyError when it no longer exists."""
    return _handlers[name]

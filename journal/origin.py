"""Where an act came from: the address of the page's visitor, or the name of the task."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

_origin: ContextVar[str] = ContextVar("origin", default="")


def current_origin() -> str:
    """The origin of the act under way; empty outside pages and tasks."""
    return _origin.get()


@contextmanager
def acting_from(origin: str) -> Iterator[None]:
    """Acts recorded inside carry this origin."""
    token = _origin.set(origin[:60])
    try:
        yield
    finally:
        _origin.reset(token)


class OriginMiddleware:
    """Names the visitor's address as the origin of all that a page records."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting_from(f"web {request.META.get('REMOTE_ADDR', '')}".strip()):
            return self.get_response(request)

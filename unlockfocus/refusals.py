"""A business rule that refuses an act becomes a page that says why, with the status 409."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from unlockfocus.errors import BusinessRule


class RefusalMiddleware:
    """Catches the refusals no form could show at a field: another person was faster, or the file moved on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, BusinessRule):
            return None
        return render(request, "refused.html", {"reason": str(exception)}, status=409)

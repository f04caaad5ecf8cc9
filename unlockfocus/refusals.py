"""A business rule that refuses an act: said at its field where a form can, else on a page of its own (status 409)."""

from collections.abc import Callable

from django import forms
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


def say_at_field(form: forms.Form | forms.ModelForm, refusal: BusinessRule) -> None:
    """At the field the refusal names, else above the form; it may say more than one thing in `sentences`."""
    field = getattr(refusal, "field", None)
    form.add_error(field if field in form.fields else None, getattr(refusal, "sentences", [str(refusal)]))

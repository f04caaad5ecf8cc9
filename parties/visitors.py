"""Who a page answers to."""

from django.http import HttpRequest

from parties.models import User


class SignedInRequest(HttpRequest):
    """A request to a page that asks for signing in, as all do that are not marked `login_not_required`."""

    user: User
    LANGUAGE_CODE: str

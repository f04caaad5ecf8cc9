"""Who a page answers to."""

from django.contrib.auth import authenticate
from django.http import HttpRequest

from parties.models import User


class SignedInRequest(HttpRequest):
    """A request to a page that asks for signing in, as all do that are not marked `login_not_required`."""

    user: User
    LANGUAGE_CODE: str


def knows_password(request: SignedInRequest, password: str) -> bool:
    """Whether the person signed in typed their own password again; a wrong one counts as a failed sign-in does."""
    return authenticate(request, username=request.user.email, password=password) == request.user

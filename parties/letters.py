"""Letters that carry a secret link: an invitation, a new password. The link exists in the letter and nowhere else."""

import structlog
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from kombu.exceptions import OperationalError

from journal.letters import send_mail_from_template
from parties.models import Invitation, User

log = structlog.get_logger(__name__)

RESET_LINK_HOURS = settings.PASSWORD_RESET_TIMEOUT // 3600


def send_invitation(invitation: Invitation, token: str) -> None:
    """Write to the colleague, in the inviting person's language; raises OSError when the mail server refuses."""
    addressee = User(email=invitation.email, language=invitation.invited_by.language)
    link = settings.PUBLIC_URL + reverse("invitation", args=[token])
    send_mail_from_template("invitation", addressee, {"invitation": invitation, "link": link})


def send_password_reset(user: User) -> None:
    """Write the link that sets a new password; raises OSError when the mail server refuses."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    link = settings.PUBLIC_URL + reverse("password-reset-confirm", args=[uid, default_token_generator.make_token(user)])
    send_mail_from_template("password_reset", user, {"link": link, "hours": RESET_LINK_HOURS})


def send_password_reset_soon(user: User) -> None:
    """Leave the letter to a worker, or write it now when the broker is away. Raises nothing: the page tells nobody."""
    from parties.tasks import password_reset_letter

    try:
        password_reset_letter.delay(user.pk)
    except (OperationalError, OSError):
        try:
            send_password_reset(user)
        except OSError:
            log.exception("password reset letter not sent", user=user.pk)

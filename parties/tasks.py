"""Letters to people, sent by a worker."""

from celery import shared_task

from parties.letters import send_password_reset
from parties.models import User


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=6)
def password_reset_letter(user_id: int) -> None:
    """Send the link for a new password; tried again for a minute or two when the mail server is away."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is not None:
        send_password_reset(user)

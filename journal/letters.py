"""E-mails: owed by a reaction, written in the reader's language when sent, one fact, one action, one deadline each."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from journal.models import Entry, Letter
from journal.queueing import queue_after_commit


def owe_letters(
    entry: Entry, template: str, recipients: Iterable[AbstractBaseUser], context: Mapping[str, Any] | None = None
) -> None:
    """Owe one letter to each recipient; `template` names a folder in `templates/emails/`. Twice is the same as once."""
    from journal.tasks import send_letter

    Letter.objects.bulk_create(
        [Letter(entry=entry, recipient=who, template=template, context=dict(context or {})) for who in recipients],  # type: ignore[misc]
        ignore_conflicts=True,
    )
    for letter_id in Letter.objects.filter(entry=entry, template=template, sent_at=None).values_list("id", flat=True):
        queue_after_commit(send_letter, letter_id)


def send(letter: Letter) -> None:
    """Hand the letter to the mail server; raises what the mail server raises."""
    send_mail_from_template(letter.template, letter.recipient, {**letter.context, "entry": letter.entry})


def send_mail_from_template(template: str, recipient: AbstractBaseUser, context: Mapping[str, Any]) -> None:
    """Write `templates/emails/<template>.txt` (first line: the subject) and `.html` in the recipient's language."""
    language = getattr(recipient, "language", settings.LANGUAGE_CODE)
    full = {"recipient": recipient, "public_url": settings.PUBLIC_URL, **context}
    with translation.override(language):
        subject, _, text = render_to_string(f"emails/{template}.txt", full).strip().partition("\n")
        html = render_to_string(f"emails/{template}.html", {**full, "subject": subject, "language": language})
    message = EmailMultiAlternatives(subject.strip(), text.strip(), to=[recipient.get_username()])
    message.attach_alternative(html, "text/html")
    message.send()

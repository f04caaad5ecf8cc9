"""Reading the letters that were sent."""

from email.message import Message

from django.core import mail
from django.core.mail import EmailMultiAlternatives


def html_of(letter: mail.EmailMessage) -> str:
    """The letter as most people see it."""
    assert isinstance(letter, EmailMultiAlternatives)
    [(content, kind)] = letter.alternatives
    assert kind == "text/html"
    assert not isinstance(content, Message)
    return str(content)


def link_in(letter: mail.EmailMessage) -> str:
    """The path of the link of the letter, which stands on a line of its own in the text and in the HTML too."""
    [link] = [line for line in letter.body.splitlines() if line.startswith("http")]
    assert f'href="{link}"' in html_of(letter)
    return link.removeprefix("http://localhost:8000")

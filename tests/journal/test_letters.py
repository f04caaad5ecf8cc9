"""Letters: owed once, sent once, kept until the mail server takes them."""

import time
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from journal import tasks
from journal.letters import owe_letters
from journal.models import Letter
from journal.recording import record
from journal.tasks import send_letter, sweep
from tests.factories import at_once
from tests.journal.broker import waiting_tasks
from tests.journal.letters import html_of, link_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _empty_queue():
    waiting_tasks()


@pytest.fixture
def letter(happened, alice):
    """A letter to Alice that is owed since a minute."""
    entry = record("D-1", happened, actor=None, at=timezone.now() - timedelta(minutes=1))
    owe_letters(entry, "request_submitted", [alice], {"reference": "D-2026-000001"})
    return Letter.objects.get()


def test_a_letter_is_queued_and_sent(letter):
    assert waiting_tasks() == [("journal.tasks.send_letter", [letter.pk])]
    send_letter(letter.pk)
    [sent] = mail.outbox
    assert sent.to == ["alice.bernard@index.example"]
    assert "D-2026-000001" in sent.subject
    assert "\n" not in sent.subject
    assert link_in(sent) == "/files/D-2026-000001/"
    letter.refresh_from_db()
    assert letter.sent_at is not None


def test_it_is_owed_once_to_each_however_often_the_reaction_runs(letter, alice, bruno):
    for _ in range(2):
        owe_letters(letter.entry, "request_submitted", [alice, bruno], {"reference": "D-2026-000001"})
    assert sorted(Letter.objects.values_list("recipient__name", flat=True)) == ["Alice Bernard", "Bruno Keller"]


def test_it_is_sent_once_however_often_the_task_runs(letter):
    for _ in range(3):
        send_letter(letter.pk)
    assert len(mail.outbox) == 1


def test_it_is_sent_once_by_four_workers_at_once(letter, monkeypatch):
    send = tasks.send

    def send_slowly(letter):
        time.sleep(0.3)
        send(letter)

    monkeypatch.setattr(tasks, "send", send_slowly)
    at_once([lambda: send_letter(letter.pk)] * 4)
    assert len(mail.outbox) == 1


def test_with_the_mail_server_away_it_stays_owed_until_it_goes(letter, settings):
    waiting_tasks()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    send_letter(letter.pk)
    letter.refresh_from_db()
    assert letter.sent_at is None
    assert (letter.attempts, letter.last_error) == (1, "ConnectionRefusedError: [Errno 111] Connection refused")

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    sweep()
    assert waiting_tasks() == [("journal.tasks.send_letter", [letter.pk])]
    send_letter(letter.pk)
    assert len(mail.outbox) == 1
    sweep()
    assert waiting_tasks() == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_is_written_in_its_reader_s_language(letter, alice, language):
    alice.language = language
    alice.save()
    send_letter(letter.pk)
    assert f'<html lang="{language}">' in html_of(mail.outbox[0])

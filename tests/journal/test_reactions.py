"""Reactions: owed with the entry, delivered after commit, once, whatever happens on the way."""

import time
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from journal import handlers
from journal.models import Delivery, Entry, Series
from journal.numbering import next_reference
from journal.recording import record
from journal.tasks import MAX_ATTEMPTS, deliver, sweep
from tests.factories import at_once
from tests.journal.broker import broker_at, waiting_tasks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _empty_queue():
    waiting_tasks()


def times_done() -> int:
    return sum(Series.objects.filter(prefix="T").values_list("last", flat=True))


def note_it(entry):
    """A reaction that leaves a trace in the database."""
    next_reference("T", 2026)


def recorded(happened, ago=timedelta(0)):
    return record("D-1", happened, actor=None, at=timezone.now() - ago)


# --- After commit, once -----------------------------------------------------------------------------------------------


def test_a_reaction_is_owed_with_the_entry_and_queued_when_it_is_committed(happened, react):
    react(happened, note_it)
    with transaction.atomic():
        entry = recorded(happened)
        assert Delivery.objects.get().handler == "tests.note_it"
        assert waiting_tasks() == []
    assert waiting_tasks() == [("journal.tasks.deliver", [entry.pk])]
    assert times_done() == 0


def test_nothing_is_queued_for_an_act_that_was_rolled_back(happened, react):
    react(happened, note_it)
    with transaction.atomic():
        recorded(happened)
        transaction.set_rollback(True)
    assert waiting_tasks() == []
    assert not Delivery.objects.exists()


def test_an_event_without_reactions_asks_nothing_of_the_broker(happened):
    recorded(happened)
    assert waiting_tasks() == []


def test_delivered_twice_it_is_done_once(happened, react):
    react(happened, note_it)
    entry = recorded(happened)
    deliver(entry.pk)
    deliver(entry.pk)
    assert times_done() == 1
    assert Delivery.objects.get().delivered_at is not None


def test_delivered_by_four_workers_at_once_it_is_done_once(happened, react):
    def slowly(entry):
        time.sleep(0.3)
        note_it(entry)

    react(happened, slowly)
    entry = recorded(happened)
    at_once([lambda: deliver(entry.pk)] * 4)
    assert times_done() == 1


def test_a_worker_sees_the_entry_and_names_itself_as_origin(happened, react):
    seen = []

    def look(entry):
        seen.append((entry.file.key, entry.event))
        record("D-2", happened, actor=None, at=entry.at)

    react(happened, look)
    entry = recorded(happened)
    deliver(entry.pk)
    assert seen == [("D-1", "test.happened")]
    assert Entry.objects.get(file__key="D-2").origin == "worker"


# --- When it fails ----------------------------------------------------------------------------------------------------


def test_a_failing_reaction_leaves_no_half_done_work_and_keeps_its_error(happened, react):
    def fail_half_way(entry):
        note_it(entry)
        raise ValueError("the register is closed")

    react(happened, fail_half_way)
    deliver(recorded(happened).pk)
    delivery = Delivery.objects.get()
    assert times_done() == 0
    assert (delivery.attempts, delivery.last_error) == (1, "ValueError: the register is closed")
    assert delivery.delivered_at is None


def test_one_that_fails_does_not_keep_the_others_from_being_done(happened, react):
    def fail(entry):
        raise ValueError

    react(happened, fail)
    react(happened, note_it)
    deliver(recorded(happened).pk)
    assert times_done() == 1
    assert Delivery.objects.filter(delivered_at=None).get().handler == "tests.fail"


def test_a_reaction_that_no_longer_exists_is_kept_with_its_name(happened, react, monkeypatch):
    react(happened, note_it)
    entry = recorded(happened)
    monkeypatch.delitem(handlers._handlers, "tests.note_it")
    deliver(entry.pk)
    assert Delivery.objects.get().last_error == "KeyError: 'tests.note_it'"


def test_a_worker_killed_in_the_middle_leaves_it_owed(happened, react):
    def be_killed(entry):
        note_it(entry)
        raise SystemExit

    react(happened, be_killed)
    entry = recorded(happened)
    with pytest.raises(SystemExit):
        deliver(entry.pk)
    assert times_done() == 0
    assert Delivery.objects.get().delivered_at is None


def test_the_sweep_tries_again_what_failed(happened, react):
    broken = True

    def fail_once(entry):
        if broken:
            raise ValueError
        note_it(entry)

    react(happened, fail_once)
    entry = recorded(happened, ago=timedelta(minutes=1))
    deliver(entry.pk)
    waiting_tasks()

    broken = False
    sweep()
    assert waiting_tasks() == [("journal.tasks.deliver", [entry.pk])]
    deliver(entry.pk)
    assert times_done() == 1
    sweep()
    assert waiting_tasks() == []


def test_the_sweep_leaves_what_was_recorded_a_moment_ago_to_its_own_message(happened, react, now):
    react(happened, note_it)
    entry = recorded(happened)
    waiting_tasks()
    with time_machine.travel(now + timedelta(seconds=10), tick=False):
        sweep()
    assert waiting_tasks() == []
    with time_machine.travel(now + timedelta(seconds=11), tick=False):
        sweep()
    assert waiting_tasks() == [("journal.tasks.deliver", [entry.pk])]


def test_the_sweep_gives_up_after_twenty_failures(happened, react):
    def fail(entry):
        raise ValueError

    react(happened, fail)
    entry = recorded(happened, ago=timedelta(minutes=1))
    for _ in range(MAX_ATTEMPTS):
        deliver(entry.pk)
    assert Delivery.objects.get().attempts == 20
    waiting_tasks()
    sweep()
    assert waiting_tasks() == []


# --- When the broker is away ------------------------------------------------------------------------------------------


def test_with_the_broker_away_recording_works_and_nothing_is_lost(happened, react):
    react(happened, note_it)
    with broker_at("redis://127.0.0.1:9/0"):
        with pytest.raises(OperationalError):
            deliver.delay(0)
        started = time.monotonic()
        entry = recorded(happened, ago=timedelta(minutes=1))
        assert time.monotonic() - started < 3
        sweep()
    assert waiting_tasks() == []
    assert Delivery.objects.get().delivered_at is None

    sweep()
    assert waiting_tasks() == [("journal.tasks.deliver", [entry.pk])]
    deliver(entry.pk)
    assert times_done() == 1

"""The chain of a file: what is written once stays as it was, or shows."""

import hashlib
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from journal.models import AppendOnly, Entry, File
from journal.origin import acting_from
from journal.recording import first_broken_entry, record
from tests.factories import at_once

pytestmark = pytest.mark.django_db


def verified() -> str:
    output = StringIO()
    call_command("verify_journal", stdout=output)
    return output.getvalue().strip()


def entries_of(key):
    return Entry.objects.filter(file__key=key).select_related("file").order_by("number")


def behind_the_trigger(sql, *values):
    """Run SQL as somebody who owns the database can, past the guard of the journal."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET session_replication_role = DEFAULT")


@pytest.fixture
def five(happened, now):
    """Five entries on the file D-1, two on D-2."""
    for number in range(5):
        record("D-1", happened, actor=None, at=now + timedelta(minutes=number), data={"who": "A", "what": str(number)})
    for number in range(2):
        record("D-2", happened, actor=None, at=now, data={"who": "B", "what": str(number)})


# --- Writing ----------------------------------------------------------------------------------------------------------


def test_an_entry_says_who_did_what_when_and_from_where(happened, now, alice):
    with acting_from("web 203.0.113.9"):
        entry = record("D-1", happened, actor=alice, at=now, data={"what": Decimal("1480000.00"), "on": now.date()})
    entry.refresh_from_db()
    assert (entry.file.key, entry.number, entry.event) == ("D-1", 1, "test.happened")
    assert (entry.actor, entry.actor_name, entry.origin, entry.at) == (alice, "Alice Bernard", "web 203.0.113.9", now)
    assert entry.data == {"what": "1480000.00", "on": "2026-11-24"}


def test_the_hash_covers_the_previous_hash_and_every_fact_in_this_very_form(happened, now):
    first = record("D-1", happened, actor=None, at=now, data={"what": "é", "who": "A"})
    canonical = '["","D-1",1,"test.happened",null,"","","2026-11-24T09:00:00+00:00",{"what":"é","who":"A"}]'
    assert first.hash == hashlib.sha256(canonical.encode()).hexdigest()
    assert first.hash == "c57f8b89923d41778f758e7ce52acb279d37b368df9b5036833fb39cb8adc07c"
    second = record("D-1", happened, actor=None, at=now)
    assert second.previous_hash == first.hash


def test_an_event_nobody_announced_is_not_recorded(now):
    with pytest.raises(KeyError):
        record("D-1", "test.never_announced", actor=None, at=now)
    assert not Entry.objects.exists()


def test_an_entry_stands_or_falls_with_the_act(happened, now):
    with transaction.atomic():
        record("D-1", happened, actor=None, at=now)
        transaction.set_rollback(True)
    assert not Entry.objects.exists()
    assert record("D-1", happened, actor=None, at=now).number == 1


@pytest.mark.django_db(transaction=True)
def test_entries_written_at_once_form_one_chain(happened, now):
    def write():
        return record("D-1", happened, actor=None, at=now).number

    assert sorted(at_once([write] * 8)) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert verified() == "1 files, 8 entries: every chain holds."


# --- Refusing ---------------------------------------------------------------------------------------------------------


def test_the_model_refuses_to_change_or_remove_an_entry(five):
    entry = entries_of("D-1").first()
    entry.data = {"who": "Z"}
    with pytest.raises(AppendOnly):
        entry.save()
    with pytest.raises(AppendOnly):
        entry.delete()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE journal_entry SET actor_name = 'Z' WHERE number = 2",
        "DELETE FROM journal_entry WHERE number = 2",
        "DELETE FROM journal_entry",
    ],
)
def test_the_database_refuses_too(five, sql):
    with pytest.raises(DatabaseError, match="journal entries are append-only"), transaction.atomic():
        connection.cursor().execute(sql)
    assert verified() == "2 files, 7 entries: every chain holds."


# --- Noticing ---------------------------------------------------------------------------------------------------------


def test_a_whole_journal_holds(five):
    assert verified() == "2 files, 7 entries: every chain holds."
    assert first_broken_entry(entries_of("D-1")) is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("data", '{"who": "A", "what": "another"}'),
        ("actor_name", "Somebody"),
        ("origin", "web 198.51.100.1"),
        ("event", "test.other"),
        ("at", "2026-11-24T09:02:01+00:00"),
        ("hash", "0" * 64),
        ("previous_hash", "0" * 64),
    ],
)
def test_an_altered_fact_shows_at_its_entry(five, column, value):
    entry = entries_of("D-1")[2]
    behind_the_trigger(f"UPDATE journal_entry SET {column} = %s WHERE id = %s", value, entry.pk)  # noqa: S608
    assert first_broken_entry(entries_of("D-1")) == entry
    with pytest.raises(CommandError, match=r"^D-1, entry 3 \(test\.\w+\): altered, or the one before it is gone\.$"):
        verified()


def test_an_altered_actor_shows(five, alice):
    behind_the_trigger("UPDATE journal_entry SET actor_id = %s WHERE id = %s", alice.pk, entries_of("D-2")[0].pk)
    with pytest.raises(CommandError, match=r"^D-2, entry 1 "):
        verified()


def test_a_removed_entry_shows_at_the_next_one(five):
    behind_the_trigger("DELETE FROM journal_entry WHERE id = %s", entries_of("D-1")[1].pk)
    with pytest.raises(CommandError, match=r"^D-1, entry 3 "):
        verified()


def test_removed_entries_closed_up_by_renumbering_show(five):
    behind_the_trigger("DELETE FROM journal_entry WHERE id = %s", entries_of("D-1")[1].pk)
    behind_the_trigger("UPDATE journal_entry SET number = number - 1 WHERE number > 2 AND data->>'who' = 'A'")
    with pytest.raises(CommandError, match=r"^D-1, entry 2 "):
        verified()


@pytest.mark.parametrize("gone", [1, 5])
def test_missing_last_entries_show(five, gone):
    behind_the_trigger("DELETE FROM journal_entry WHERE data->>'who' = 'A' AND number > %s", 5 - gone)
    message = r"^D-1, entry 5: the last entry on record is not the last one there was\.$"
    with pytest.raises(CommandError, match=message):
        verified()


def test_an_entry_moved_to_another_file_shows(five):
    other = File.objects.get(key="D-2")
    behind_the_trigger(
        "UPDATE journal_entry SET file_id = %s, number = 3 WHERE id = %s", other.pk, entries_of("D-1")[4].pk
    )
    with pytest.raises(CommandError, match=r"^D-1, entry 5"):
        verified()


def test_the_command_ends_with_1_when_the_chain_is_broken(five):
    behind_the_trigger("UPDATE journal_entry SET actor_name = 'Z' WHERE id = %s", entries_of("D-1")[0].pk)
    with pytest.raises(CommandError) as broken:
        verified()
    assert broken.value.returncode == 1

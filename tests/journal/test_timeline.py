"""The timeline of a file, as one reader may see it."""

from datetime import timedelta

import pytest

from journal.recording import announce, record
from journal.timeline import timeline

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(happened, hidden, now, alice, bruno):
    """Alice asks, Bruno notes something for himself and then answers, a worker ends it."""
    record("D-1", happened, actor=alice, at=now, data={"who": "Alice", "what": "ask"})
    record("D-1", hidden, actor=bruno, at=now + timedelta(minutes=1), data={"who": "Bruno", "what": "note"})
    record("D-1", happened, actor=bruno, at=now + timedelta(minutes=2), data={"who": "We", "what": "answer"})
    record("D-1", happened, actor=None, at=now + timedelta(minutes=3), data={"who": "Time", "what": "end"})
    record("D-2", happened, actor=alice, at=now, data={"who": "Alice", "what": "another file"})


def told(*, insurer):
    return [(line.number, line.actor, line.sentence) for line in timeline("D-1", insurer=insurer)]


def test_the_insurer_reads_everything_newest_first(story):
    assert told(insurer=True) == [
        (4, "Unlock Focus", "Time did end"),
        (3, "Bruno Keller", "We did answer"),
        (2, "Bruno Keller", "Bruno did note"),
        (1, "Alice Bernard", "Alice did ask"),
    ]


def test_the_insured_reads_what_is_open_to_it_and_never_an_insurer_s_name(story):
    assert told(insurer=False) == [
        (4, "Unlock Focus", "Time did end"),
        (3, "Unlock Focus", "We did answer"),
        (1, "Alice Bernard", "Alice did ask"),
    ]


def test_a_fact_an_old_entry_does_not_hold_is_left_open(happened, now):
    record("D-1", happened, actor=None, at=now, data={"who": "Alice"})
    assert told(insurer=True) == [(1, "Unlock Focus", "Alice did …")]


def test_a_file_without_entries_has_an_empty_timeline():
    assert timeline("D-404", insurer=True) == []


def test_twenty_entries_take_one_question_to_the_database(happened, now, alice, django_assert_num_queries):
    for _ in range(20):
        record("D-1", happened, actor=alice, at=now, data={"who": "A", "what": "b"})
    with django_assert_num_queries(1):
        assert len(timeline("D-1", insurer=False)) == 20


def test_an_event_is_announced_once(happened):
    with pytest.raises(ValueError, match=r"^event test\.happened is announced twice$"):
        announce("test.happened", "again")

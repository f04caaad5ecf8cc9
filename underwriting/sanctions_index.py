"""The names of listed parties under their keys, as the search finds them."""

import csv
import io
from collections.abc import Iterable

from django.db import connection

from underwriting.models import FrequentKey, ListedName
from underwriting.screening.judging import PERSON
from underwriting.screening.keys import index_keys, key_number
from underwriting.screening.names import prepare
from underwriting.screening.subjects import Listed

# A key that more names have in common, and a greater share of all, is left aside where a rarer one is at hand.
FREQUENT, FREQUENT_SHARE = 100, 0.005


def key_numbers(keys: Iterable[str]) -> set[int]:
    """Keys as the database keeps them."""
    return {key_number(key) for key in keys}


def add_names(parties: Iterable[tuple[int, Listed]]) -> int:
    """Put the names of parties, given by their keys, into the index; returns how many."""
    rows, count = io.StringIO(), 0
    writer = csv.writer(rows)
    for party_id, listed in parties:
        for name in listed.names:
            prepared = prepare(name.text, is_organisation=listed.kind != PERSON)
            keys = ",".join(map(str, sorted(key_numbers(index_keys(prepared)))))
            writer.writerow((party_id, name.text, name.is_weak, f"{{{keys}}}"))
            count += 1
    rows.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY {ListedName._meta.db_table} (party_id, text, is_weak, keys) FROM STDIN (FORMAT csv)", rows
        )
    return count


def count_keys() -> None:
    """Note anew which keys are frequent, for one load at a time, and let the database know its tables."""
    frequent, names = FrequentKey._meta.db_table, ListedName._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {frequent} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(f"DELETE FROM {frequent}")  # noqa: S608 - names of tables
        cursor.execute(
            f"INSERT INTO {frequent} SELECT key, count(*) FROM {names}, unnest(keys) AS key GROUP BY key"  # noqa: S608
            f" HAVING count(*) > greatest(%s, %s * (SELECT count(*) FROM {names} WHERE keys <> '{{}}'))",
            [FREQUENT, FREQUENT_SHARE],
        )
        cursor.execute(f"ANALYZE {names}, {frequent}")

"""How fast the lists are loaded and searched, in the benchmark's own database; for bench/screening.py."""

import os
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unlockfocus.settings")
django.setup()

from django.db import connection  # noqa: E402 - after the set-up
from django.utils import timezone  # noqa: E402

from underwriting.actions.sanctions import load_list  # noqa: E402
from underwriting.models import FrequentKey, ListedName, ListedParty, ListRelease, SanctionsList  # noqa: E402
from underwriting.sanctions_search import search, search_all  # noqa: E402
from underwriting.screening.subjects import Subject  # noqa: E402

# Under the folder of the lists; those that are absent are left out.
FILES = {
    "un": ("un/*.xml",),
    "ofac_sdn": ("ofac_sdn*/sdn.csv", "ofac_sdn*/alt.csv", "ofac_sdn*/add.csv"),
    "ofac_cons": ("ofac_cons*/cons_prim.csv", "ofac_cons*/cons_alt.csv", "ofac_cons*/cons_add.csv"),
}
SINGLE, MANY, ROUND_TRIPS = 500, 10_000, 1000
# Made-up companies as insurers see them: most names that are screened are nobody's on any list.
SURNAMES = """
Weber Rossi Dupont Kowalski Popescu Novák Horváth Jensen Lindqvist Virtanen Silva García Ionescu Dimitrov Petrović Kovač
Müller Bianchi Lefèvre Nowak Stan Dvořák Szabó Nielsen Berg Korhonen Ferreira Fernández Radu Ivanov Jovanović Horvat
"""
TRADES = """
Maschinenbau Werkzeuge Metal Steel Industrie Trading Logistics Automation Plast Chemie Textil Energie Construct Agro
Packaging Hydraulik Electric Systems Engineering Machinery Tools Group Holding International
"""
PLACES = "Bucureşti Kraków Lyon Torino Brno Győr Porto Bilbao Sofia Zagreb Aarhus Malmö Tampere Graz Essen Gent"
FORMS = "GmbH SRL SARL S.p.A. Sp.zo.o. s.r.o. Kft. A/S AB Oy Lda S.L. EOOD d.o.o. SA AG"
PARTS = tuple(words.split() for words in (SURNAMES, TRADES, PLACES, FORMS))


def measure(folder: Path, pairs: Sequence[dict[str, str]]) -> None:
    """Load, then search: one by one, and 10,000 together; each beside its floor in the same run."""
    tables = ", ".join(
        each._meta.db_table for each in (SanctionsList, ListRelease, ListedParty, ListedName, FrequentKey)
    )
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} CASCADE")
    for code, patterns in FILES.items():
        files = [found for pattern in patterns for found in sorted(folder.glob(pattern))[:1]]
        if len(files) == len(patterns):
            say_load(code, files)
    subjects = list(names(pairs))
    say_searches(subjects)


def say_load(code: str, files: Sequence[Path]) -> None:
    before = ListedName.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with ExitStack() as stack:
        opened = {file.name: stack.enter_context(file.open("rb")) for file in files}
        start = time.perf_counter()
        release = load_list(code, opened, at=timezone.now()).release
        seconds = time.perf_counter() - start
    floor = copied(before)
    print(
        f"{code}: {release.entries:,} entries, {release.names:,} names loaded in {seconds:.1f} s,"
        f" {seconds / floor:.1f} x COPY of the same rows into the same indexes ({floor:.2f} s)",
        flush=True,
    )


def copied(after: int) -> float:
    """Seconds to COPY the names beyond a key into a table like theirs with the same indexes."""
    table = ListedName._meta.db_table
    with connection.cursor() as cursor, TemporaryFile() as rows:
        cursor.copy_expert(f"COPY (SELECT * FROM {table} WHERE id > {after}) TO STDOUT", rows)  # noqa: S608
        rows.seek(0)
        cursor.execute(f"CREATE TABLE alike (LIKE {table} INCLUDING ALL)")
        start = time.perf_counter()
        cursor.copy_expert("COPY alike FROM STDIN", rows)
        seconds = time.perf_counter() - start
        cursor.execute("DROP TABLE alike")
    return seconds


def names(pairs: Sequence[dict[str, str]]) -> Iterator[Subject]:
    """7 in 10 made up, 2 in 10 of the labelled pairs, 1 in 10 listed with a letter wrong; the same every time."""
    chance = random.Random(1)
    listed = list(ListedName.objects.order_by("pk").values_list("text", "party__kind"))
    for _number in range(MANY):
        kind = chance.random()
        if kind < 0.7:
            form = chance.choice(("{0} {1} {3}", "{1} {0} {3}", "{0} & {2} {3}", "{0} {1} {2} {3}"))
            name = form.format(*map(chance.choice, PARTS))
            yield Subject(name, is_organisation=True, countries=frozenset({"DE"}))
        elif kind < 0.9:
            row = chance.choice(pairs)
            yield Subject(row[chance.choice(("name1", "name2"))], is_organisation=row["schema"] != "Person")
        else:
            text, party_kind = chance.choice(listed)
            place = chance.randrange(len(text))
            wrong = text[:place] + chance.choice("aeinrst") + text[place + 1 :]
            yield Subject(wrong, is_organisation=party_kind != "person")


def say_searches(subjects: Sequence[Subject]) -> None:
    floor = statistics.median(timed(round_trip) for _number in range(ROUND_TRIPS))
    search(subjects[0])
    singles = sorted(timed(lambda each=each: search(each)) for each in subjects[:SINGLE])
    median, late = statistics.median(singles), singles[int(SINGLE * 0.95)]
    print(
        f"one name among {ListedName.objects.count():,}: {median * 1000:.1f} ms at the median,"
        f" {late * 1000:.1f} ms at the 95th of 100, {median / floor:.0f} x a round trip ({floor * 1000:.2f} ms)",
        flush=True,
    )
    start = time.perf_counter()
    answers = list(search_all(subjects))
    seconds = time.perf_counter() - start
    hits = sum(map(bool, answers))
    print(
        f"{MANY:,} names together: {seconds:.0f} s, {MANY / seconds:.0f} a second in one process, {hits:,} with a hit;"
        f" {seconds / MANY / floor:.0f} x a round trip each; {ListedParty.objects.count():,} parties",
        flush=True,
    )


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def round_trip() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()

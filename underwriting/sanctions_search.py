"""Who on the loaded sanctions lists may be somebody we deal with.

Names that share a key of the index are compared, and the entries of those that are alike judged with all their names;
so are entries that bear the same number. What is not loaded is not found: list_standing.py says which lists that is.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from underwriting.models import FrequentKey, ListedName, ListedParty
from underwriting.sanctions_index import key_numbers
from underwriting.screening.identifiers import identifier_forms
from underwriting.screening.judging import PERSON, Judgement, alike, judge, readings
from underwriting.screening.keys import index_keys, pair_keys, word_keys
from underwriting.screening.matching import REVIEW_THRESHOLD
from underwriting.screening.names import Prepared
from underwriting.screening.subjects import Listed, Subject

# So many names, those that share most keys, are compared with one of ours.
MOST_CANDIDATES = 400
# So many of ours are searched together.
CHUNK = 200

_CANDIDATES = f"""
    WITH ours AS MATERIALIZED (
        SELECT place, given.keys::int[] AS keys FROM unnest(%(keys)s::text[]) WITH ORDINALITY AS given (keys, place)
    )
    SELECT place, found.party_id, found.kind = %(person)s, found.text
    FROM ours
    CROSS JOIN LATERAL (
        SELECT name.party_id, party.kind, name.text
        FROM {ListedName._meta.db_table} AS name JOIN {ListedParty._meta.db_table} AS party ON party.id = name.party_id
        WHERE name.keys && ours.keys
        ORDER BY (SELECT count(*) FROM unnest(name.keys) AS key WHERE key = ANY (ours.keys)) DESC,
            cardinality(name.keys), name.id
        LIMIT %(most)s
    ) AS found
"""  # noqa: S608 - names of tables


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry in force that may be the subject. `party` is the row, with its list and the release in force."""

    party: ListedParty
    listed: Listed
    judgement: Judgement

    @property
    def score(self) -> float:
        """From 0 to 1."""
        return self.judgement.score


def search(subject: Subject, *, least: float = REVIEW_THRESHOLD, limit: int = 20) -> tuple[Hit, ...]:
    """The entries judged `least` or more, likeliest first. Nothing found is nothing found on the loaded lists."""
    return next(search_all([subject], least=least, limit=limit))


def search_all(
    subjects: Iterable[Subject], *, least: float = REVIEW_THRESHOLD, limit: int = 20
) -> Iterator[tuple[Hit, ...]]:
    """The same for many, in their order, with a few questions to the database for each CHUNK of them."""
    chunk: list[Subject] = []
    for subject in subjects:
        chunk.append(subject)
        if len(chunk) == CHUNK:
            yield from _search_chunk(chunk, least, limit)
            chunk = []
    yield from _search_chunk(chunk, least, limit)


def _search_chunk(subjects: Sequence[Subject], least: float, limit: int) -> Iterator[tuple[Hit, ...]]:
    candidates = _alike(subjects, least) if subjects else []
    # In force when they were found; what a load ends in the meantime was still listed when this search began.
    rows = ListedParty.objects.filter(pk__in={pk for found in candidates for pk in found})
    parties = {row.pk: (row, row.listed) for row in rows.select_related("list__in_force").prefetch_related("names")}
    for subject, found in zip(subjects, candidates, strict=True):
        hits = [Hit(*parties[pk], judge(subject, parties[pk][1])) for pk in found]
        hits = [hit for hit in hits if hit.score >= least]
        yield tuple(sorted(hits, key=lambda hit: (-hit.score, hit.party.pk))[:limit])


def _alike(subjects: Sequence[Subject], least: float) -> list[set[int]]:
    """Of each subject, the entries with a name alike `least` or more, or with the same number."""
    found = _with_numbers(subjects)
    with connection.cursor() as cursor:
        keys = [f"{{{','.join(map(str, each))}}}" for each in _keys(subjects)]
        cursor.execute(_CANDIDATES, {"person": PERSON, "keys": keys, "most": MOST_CANDIDATES})
        # Lists share many of their names: each is compared once.
        compared: dict[tuple[int, str, bool], float] = {}
        for place, party_id, is_person, text in cursor:
            score = compared.get((place, text, is_person))
            if score is None:
                score = compared[place, text, is_person] = alike(subjects[place - 1], text, is_person=is_person)
            if score >= least:
                found[place - 1].add(party_id)
    return found


def _keys(subjects: Sequence[Subject]) -> list[set[int]]:
    """What each is looked for by: what is not frequent; for a name of frequent words only, these too, two by two."""
    every = [_numbers(index_keys, subject) for subject in subjects]
    wanted: set[int] = set().union(*every)
    frequent = set(FrequentKey.objects.filter(key__in=wanted).values_list("key", flat=True))
    found = []
    for subject, keys in zip(subjects, every, strict=True):
        is_common = _numbers(word_keys, subject) <= frequent
        last = _numbers(pair_keys, subject) or _numbers(word_keys, subject) if is_common else set()
        found.append(keys - frequent | last)
    return found


def _numbers(keys: Callable[[Prepared], set[str]], subject: Subject) -> set[int]:
    return key_numbers(key for name in readings(subject) for key in keys(name))


def _with_numbers(subjects: Sequence[Subject]) -> list[set[int]]:
    numbers = [identifier_forms(subject.identifiers) for subject in subjects]
    bearers: Mapping[str, set[int]] = defaultdict(set)
    wanted = sorted(frozenset().union(*numbers))
    if wanted:
        rows = ListedParty.objects.in_force().filter(identifiers__overlap=wanted)
        for pk, identifiers in rows.values_list("pk", "identifiers"):
            for number in identifiers:
                bearers[number].add(pk)
    return [set().union(*(bearers.get(number, ()) for number in each)) for each in numbers]

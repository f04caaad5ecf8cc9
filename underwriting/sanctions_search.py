"""Who on the loaded sanctions lists may be somebody we deal with.

Entries that share a key of the index with the name, or a number, are judged one by one. What is not loaded is not
found: underwriting/list_standing.py says which lists that concerns.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from underwriting.models import FrequentKey, ListedName, ListedParty
from underwriting.sanctions_index import keys_of
from underwriting.screening.identifiers import identifier_forms
from underwriting.screening.judging import Judgement, judge
from underwriting.screening.matching import REVIEW_THRESHOLD
from underwriting.screening.subjects import Listed, Subject

# So many entries, those that share most keys, are judged.
MOST_CANDIDATES = 200


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
    found = []
    for party in _parties(_candidates(subject)):
        listed = party.listed
        judgement = judge(subject, listed)
        if judgement.score >= least:
            found.append(Hit(party, listed, judgement))
    return tuple(sorted(found, key=lambda hit: (-hit.score, hit.party.pk))[:limit])


def _parties(candidates: Sequence[int]) -> Sequence[ListedParty]:
    rows = ListedParty.objects.in_force().filter(pk__in=candidates)
    return list(rows.select_related("list__in_force").prefetch_related("names"))


def _candidates(subject: Subject) -> list[int]:
    keys: set[int] = set()
    for is_organisation in (True, False) if subject.is_organisation is None else (subject.is_organisation,):
        keys |= keys_of(subject.name, is_organisation=is_organisation)
    numbers = list(identifier_forms(subject.identifiers))
    found = (
        list(ListedParty.objects.in_force().filter(identifiers__overlap=numbers).values_list("pk", flat=True))
        if numbers
        else []
    )
    return found + _sharing(_telling(keys))


def _telling(keys: set[int]) -> list[int]:
    """Those that are not frequent; all of them where there is no other."""
    frequent = set(FrequentKey.objects.filter(key__in=keys).values_list("key", flat=True))
    return list(keys - frequent or keys)


def _sharing(keys: list[int]) -> list[int]:
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT party_id FROM {ListedName._meta.db_table}
            WHERE keys && %(keys)s::int[]
            GROUP BY party_id
            ORDER BY max((SELECT count(*) FROM unnest(keys) AS key WHERE key = ANY(%(keys)s))) DESC, party_id
            LIMIT %(most)s
            """,  # noqa: S608 - the name of a table
            {"keys": keys, "most": MOST_CANDIDATES},
        )
        return [party_id for (party_id,) in cursor.fetchall()]

"""How likely somebody we deal with is somebody who is listed, and why. Pure.

The best of all listed names counts, less what speaks against it. docs/rules/screening.md has the choices and examples.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from underwriting.screening.identifiers import LONG, identifier_forms
from underwriting.screening.matching import REVIEW_THRESHOLD, Comparison, compare
from underwriting.screening.names import Prepared, prepare
from underwriting.screening.subjects import Listed, ListedName, Subject

# A name of low quality counts for less; what is known of both and does not agree takes away.
WEAK_NAME = 0.9
# Where this share or more of the longer name's words has no match in the other, the name is only a part of it.
PARTIAL_NAME = ((0.7, 0.2), (0.51, 0.1))
COUNTRY_DIFFERS = 0.1
BIRTH_YEAR_DIFFERS = 0.15
KIND_DIFFERS = 0.1
# An organisation that bears only a part of a person's name, or the other way round.
KIND_AND_NAME_DIFFER = 0.2
NUMBER_DIFFERS = 0.05
# A year of birth is often wrong by one.
_YEARS_APART = 1
# A number somebody bears, whatever the name; a short one in another country is only worth a look.
SAME_IDENTIFIER = 0.97
SAME_SHORT_IDENTIFIER = 0.7

PERSON = "person"


@dataclass(frozen=True, slots=True)
class Reason:
    """Something that was weighed, as a code, with the values it was weighed by: ours and theirs where they differ."""

    code: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """`score` from 0 to 1, the listed name it comes from, how that was compared, and the reasons in order of weight."""

    score: float
    name: ListedName
    comparison: Comparison
    reasons: tuple[Reason, ...]

    @property
    def is_match(self) -> bool:
        """Whether a person has to look."""
        return self.score >= REVIEW_THRESHOLD


def judge(subject: Subject, listed: Listed) -> Judgement:
    """The judgement of one entry; `listed` has one name at least, as every list that was read."""
    of_names = [(_compared(subject, name.text, listed.kind == PERSON), name) for name in listed.names]
    comparison, name = max(of_names, key=lambda each: each[0].score * _worth(each[1]))
    score = comparison.score * _worth(name)
    reasons = [Reason("weak_name", (name.text,))] if name.is_weak else []
    for reason, cost in _against(subject, listed, comparison):
        score -= cost
        reasons.append(reason)
    reasons += _in_favour(subject, listed)
    for shared in sorted(identifier_forms(subject.identifiers) & identifier_forms(listed.identifiers), key=len):
        is_certain = len(shared) >= LONG or not _differ(subject.countries, listed.countries)
        score = max(score, SAME_IDENTIFIER if is_certain else SAME_SHORT_IDENTIFIER)
        reasons.insert(0, Reason("same_identifier", (shared,)))
    return Judgement(round(max(score, 0.0), 4), name, comparison, tuple(reasons))


def alike(subject: Subject, name: str, *, is_person: bool) -> float:
    """How alike a listed name is to the subject's, from 0 to 1: no judgement by this name is higher."""
    return _compared(subject, name, is_person).score


def readings(subject: Subject) -> tuple[Prepared, ...]:
    """The subject's name taken apart, in both ways where nobody said whether it is an organisation."""
    kinds = (True, False) if subject.is_organisation is None else (subject.is_organisation,)
    return tuple(_prepared(subject.name, kind) for kind in kinds)


def _compared(subject: Subject, name: str, is_person: bool) -> Comparison:
    other = _prepared(name, not is_person)
    return max((compare(one, other) for one in readings(subject)), key=lambda comparison: comparison.score)


def _worth(name: ListedName) -> float:
    return WEAK_NAME if name.is_weak else 1


@lru_cache(maxsize=100_000)
def _prepared(text: str, is_organisation: bool) -> Prepared:
    return prepare(text, is_organisation=is_organisation)


def _against(subject: Subject, listed: Listed, comparison: Comparison) -> list[tuple[Reason, float]]:
    found = []
    share = _unmatched(comparison)
    if cost := next((cost for least, cost in PARTIAL_NAME if share >= least), 0.0):
        more = max(comparison.only_one, comparison.only_other, key=len)
        found.append((Reason("partial_name", (_joined(more),)), cost))
    if subject.is_organisation is not None and subject.is_organisation == (listed.kind == PERSON):
        ours = "organisation" if subject.is_organisation else PERSON
        is_whole = not (comparison.only_other if subject.is_organisation else comparison.only_one)
        found.append((Reason("kind_differs", (ours, listed.kind)), KIND_DIFFERS if is_whole else KIND_AND_NAME_DIFFER))
    if _differ(subject.countries, listed.countries):
        values = (_joined(subject.countries), _joined(listed.countries))
        found.append((Reason("country_differs", values), COUNTRY_DIFFERS))
    if _born_apart(subject, listed):
        years = tuple(_joined(map(str, each.birth_years)) for each in (subject, listed))
        found.append((Reason("birth_year_differs", years), BIRTH_YEAR_DIFFERS))
    numbers = [tuple(word for word in side if word.isdigit()) for side in (comparison.only_one, comparison.only_other)]
    if all(numbers):
        found.append((Reason("number_differs", (_joined(numbers[0]), _joined(numbers[1]))), NUMBER_DIFFERS))
    return found


def _unmatched(comparison: Comparison) -> float:
    """The share of the longer name's words without a match; 0 where nothing matches, which needs no more cost."""
    matched = min(sum(len(side.split()) for side in sides) for sides in _sides(comparison))
    more = max(len(comparison.only_one), len(comparison.only_other))
    return more / (matched + more) if matched else 0.0


def _sides(comparison: Comparison) -> tuple[list[str], list[str]]:
    return [pair.one for pair in comparison.pairs], [pair.other for pair in comparison.pairs]


def _in_favour(subject: Subject, listed: Listed) -> list[Reason]:
    """What agrees is said; it adds nothing, for the name alone already asks for a look."""
    found = []
    if shared := subject.countries & listed.countries:
        found.append(Reason("same_country", (_joined(shared),)))
    if subject.birth_years and listed.birth_years and not _born_apart(subject, listed):
        found.append(Reason("same_birth_year", (_joined(map(str, listed.birth_years)),)))
    return found


def _differ(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other) and one.isdisjoint(other)


def _born_apart(subject: Subject, listed: Listed) -> bool:
    if not subject.birth_years or not listed.birth_years:
        return False
    return min(abs(one - other) for one in subject.birth_years for other in listed.birth_years) > _YEARS_APART


def _joined(values: Iterable[str]) -> str:
    return ", ".join(sorted(values))

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
COUNTRY_DIFFERS = 0.1
BIRTH_YEAR_DIFFERS = 0.15
KIND_DIFFERS = 0.1
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
    kinds = (True, False) if subject.is_organisation is None else (subject.is_organisation,)
    ours = [_prepared(subject.name, kind) for kind in kinds]
    of_names = [
        (_of_name(compare(one, _prepared(name.text, listed.kind != PERSON)), name), name)
        for name in listed.names
        for one in ours
    ]
    (score, comparison), name = max(of_names, key=lambda each: each[0][0])
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


def _of_name(comparison: Comparison, name: ListedName) -> tuple[float, Comparison]:
    return comparison.score * (WEAK_NAME if name.is_weak else 1), comparison


@lru_cache(maxsize=100_000)
def _prepared(text: str, is_organisation: bool) -> Prepared:
    return prepare(text, is_organisation=is_organisation)


def _against(subject: Subject, listed: Listed, comparison: Comparison) -> list[tuple[Reason, float]]:
    found = []
    if subject.is_organisation is not None and subject.is_organisation == (listed.kind == PERSON):
        ours = "organisation" if subject.is_organisation else PERSON
        found.append((Reason("kind_differs", (ours, listed.kind)), KIND_DIFFERS))
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

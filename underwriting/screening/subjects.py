"""Who is screened, and who is listed: what is known of each, as far as it helps to tell two of one name apart. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody we deal with. `countries` are ISO 3166 alpha-2 codes.

    `identifiers` are registration, tax, LEI or passport numbers, as written.

    `is_organisation` is None where nobody said.
    """

    name: str
    is_organisation: bool | None = None
    countries: frozenset[str] = frozenset()
    birth_years: frozenset[int] = frozenset()
    identifiers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ListedName:
    """A name under which somebody is listed; a weak one is what the list itself calls of low quality."""

    text: str
    is_weak: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of a sanctions list. `key` is its own identity on the list, `programme` under what it is listed."""

    key: str
    names: tuple[ListedName, ...]
    kind: str  # "organisation", "person", "vessel", "aircraft" or "unknown"
    programme: str = ""
    countries: frozenset[str] = frozenset()
    birth_years: frozenset[int] = frozenset()
    identifiers: frozenset[str] = frozenset()
    listed_on: str = ""
    remark: str = ""

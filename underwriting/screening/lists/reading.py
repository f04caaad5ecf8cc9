"""What reading a list gives, and how it is refused."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from underwriting.screening.lists.brackets import names_in
from underwriting.screening.subjects import Listed, ListedName


class MalformedList(ValueError):
    """The list is refused whole; `place` says where: a line, an entry, a column."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}" if place else reason)
        self.place, self.reason = place, reason


@dataclass(frozen=True, slots=True)
class ReadList:
    """The day the list itself bears, where it bears one, and its entries as they are read.

    Reading them raises MalformedList, possibly at the very end: nothing counts before the last one is read.
    """

    as_of: date | None
    entries: Iterator[Listed]


def names_of(strong: Iterable[str], weak: Iterable[str] = ()) -> tuple[ListedName, ...]:
    """Each name once, in their order; one that is both strong and weak is strong. An acronym in brackets is weak."""
    found: dict[str, ListedName] = {}
    abbreviated: list[str] = []
    for text in strong:
        names, acronyms = names_in(one_line(text))
        abbreviated += acronyms
        _add(found, names, is_weak=False)
    for text in weak:
        _add(found, [name for names in names_in(one_line(text)) for name in names], is_weak=True)
    _add(found, abbreviated, is_weak=True)
    return tuple(found.values())


def _add(found: dict[str, ListedName], names: Iterable[str], *, is_weak: bool) -> None:
    for name in names:
        if any(character.isalnum() for character in name):
            found.setdefault(name, ListedName(name, is_weak))


def one_line(text: str | None) -> str:
    """The text without line breaks and runs of spaces."""
    return " ".join((text or "").replace("\xa0", " ").split())


def years_in(text: str) -> frozenset[int]:
    """The years a text names; `1955 to 1957` and `between 1955 and 1957` name all three."""
    years = [int(year) for year in re.findall(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)", text)]
    if len(years) == 2 and re.search(r"\b(to|and|between)\b|\d{4} ?[-–] ?\d{4}", text, re.IGNORECASE):
        return year_range(*years)
    return frozenset(years)


def year_range(first: int, last: int) -> frozenset[int]:
    """All years from one to the other; only the two where they lie far apart."""
    if not 0 <= last - first <= 20:
        return frozenset({first, last})
    return frozenset(range(first, last + 1))

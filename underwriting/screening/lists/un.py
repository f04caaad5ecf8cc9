"""The consolidated list of the United Nations Security Council, as XML.

https://scsanctions.un.org/resources/xml/en/consolidated.xml
"""

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO
from xml.etree.ElementTree import Element

from underwriting.screening.countries import country_codes
from underwriting.screening.identifiers import numbers_in
from underwriting.screening.lists.reading import MalformedList, ReadList, names_of, one_line, year_range, years_in
from underwriting.screening.lists.xml import entries_of, opened
from underwriting.screening.subjects import Listed

_KINDS = {"INDIVIDUAL": "person", "ENTITY": "organisation"}
_PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
# An alias of low quality is what the list itself does not rely on.
_WEAK = "low"


def read_un(source: BinaryIO) -> ReadList:
    """Raises MalformedList, also while the entries are read."""
    root, events = opened(source, "CONSOLIDATED_LIST")
    try:
        as_of = date.fromisoformat(root.get("dateGenerated", "")[:10])
    except ValueError:
        raise MalformedList("CONSOLIDATED_LIST", "no day in dateGenerated") from None
    entries = entries_of(events, (root,), frozenset(_KINDS))
    return ReadList(as_of, (_listed(element) for element in entries))


def _listed(element: Element) -> Listed:
    key = _text(element, "REFERENCE_NUMBER")
    place = f"DATAID {_text(element, 'DATAID') or '?'}"
    if not key:
        raise MalformedList(place, "no REFERENCE_NUMBER")
    name = " ".join(part for part in (_text(element, part) for part in _PARTS) if part)
    aliases = [(_text(alias, "QUALITY").lower(), alias) for alias in element if alias.tag.endswith("_ALIAS")]
    strong = [name, _text(element, "NAME_ORIGINAL_SCRIPT")]
    strong += [_text(alias, "ALIAS_NAME") for quality, alias in aliases if quality != _WEAK]
    names = names_of(strong, [_text(alias, "ALIAS_NAME") for quality, alias in aliases if quality == _WEAK])
    if not name or not names:
        raise MalformedList(place, "no name")
    return Listed(
        key=key,
        names=names,
        kind=_KINDS[element.tag],
        programme=_text(element, "UN_LIST_TYPE"),
        countries=country_codes(*_countries(element)),
        birth_years=_birth_years(element),
        identifiers=frozenset(
            number for document in element.iter("NUMBER") for number in numbers_in(document.text or "")
        ),
        listed_on=_text(element, "LISTED_ON")[:10],
        remark=_text(element, "COMMENTS1"),
    )


def _text(element: Element, tag: str) -> str:
    return one_line(element.findtext(tag))


def _countries(element: Element) -> Iterator[str | None]:
    for nationality in element.iter("NATIONALITY"):
        yield from (value.text for value in nationality)
    yield from (country.text for country in element.iter("COUNTRY"))


def _birth_years(element: Element) -> frozenset[int]:
    found: frozenset[int] = frozenset()
    for birth in element.iter("INDIVIDUAL_DATE_OF_BIRTH"):
        years = [_text(birth, tag) for tag in ("FROM_YEAR", "TO_YEAR")]
        if all(year.isdigit() for year in years):
            found |= year_range(*map(int, years))
        found |= years_in(_text(birth, "YEAR") or _text(birth, "DATE"))
    return found

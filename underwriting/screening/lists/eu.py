"""The consolidated list of financial sanctions of the European Union, as XML (FSF, schema 1.1).

https://webgate.ec.europa.eu/fsd/fsf/public/files/xmlFullSanctionsList_1_1/content
Nearly every alias is called strong; the first name of an entry is the one it is known by.
"""

from datetime import date
from typing import BinaryIO
from xml.etree.ElementTree import Element

from underwriting.screening.identifiers import numbers_in
from underwriting.screening.lists.reading import MalformedList, ReadList, names_of, one_line, year_range, years_in
from underwriting.screening.lists.xml import entries_of, opened
from underwriting.screening.subjects import Listed

_SPACE = "{http://eu.europa.ec/fpi/fsd/export}"
_KINDS = {"person": "person", "enterprise": "organisation"}
_PLACES = ("address", "citizenship", "birthdate", "identification")
_NO_COUNTRY = {"", "00"}


def read_eu(source: BinaryIO) -> ReadList:
    """Raises MalformedList, also while the entries are read."""
    root, events = opened(source, f"{_SPACE}export")
    try:
        as_of = date.fromisoformat(root.get("generationDate", "")[:10])
    except ValueError:
        raise MalformedList("export", "no day in generationDate") from None
    return ReadList(
        as_of, (_listed(each) for each in entries_of(events, (root,), frozenset({f"{_SPACE}sanctionEntity"})))
    )


def _listed(element: Element) -> Listed:
    key = element.get("euReferenceNumber") or element.get("logicalId") or ""
    kind = next((each.get("code", "") for each in element.iter(f"{_SPACE}subjectType")), "")
    place = f"sanctionEntity {key or '?'}"
    if not key or kind not in _KINDS:
        raise MalformedList(place, "no euReferenceNumber" if not key else f"{kind!r} is no subjectType")
    aliases = list(element.iter(f"{_SPACE}nameAlias"))
    names = names_of(
        [_name(alias) for alias in aliases if alias.get("strong") != "false"],
        [_name(alias) for alias in aliases if alias.get("strong") == "false"],
    )
    if not names:
        raise MalformedList(place, "no name")
    regulations = list(element.iter(f"{_SPACE}regulation"))
    countries = [each.get("countryIso2Code", "") for tag in _PLACES for each in element.iter(_SPACE + tag)]
    return Listed(
        key=key,
        names=names,
        kind=_KINDS[kind],
        programme=", ".join(sorted({each.get("programme", "") for each in regulations} - {""})),
        countries=frozenset(countries) - _NO_COUNTRY,
        birth_years=frozenset(year for each in element.iter(f"{_SPACE}birthdate") for year in _years(each)),
        identifiers=frozenset(
            number
            for each in element.iter(f"{_SPACE}identification")
            for number in numbers_in(each.get("number") or each.get("latinNumber") or "")
        ),
        listed_on=element.get("designationDate")
        or min((each.get("publicationDate", "") for each in regulations), default=""),
        remark="; ".join(text for each in element.findall(f"{_SPACE}remark") if (text := one_line(each.text))),
    )


def _name(alias: Element) -> str:
    parts = (alias.get(part, "") for part in ("firstName", "middleName", "lastName"))
    return alias.get("wholeName") or " ".join(part for part in parts if part)


def _years(birth: Element) -> frozenset[int]:
    years = [birth.get(name, "") for name in ("yearRangeFrom", "yearRangeTo")]
    if all(year.isdigit() for year in years):
        return year_range(*map(int, years))
    return years_in(birth.get("year") or birth.get("birthdate") or "")

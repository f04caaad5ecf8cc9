"""The French register of asset freezes (registre national des gels), as JSON.

https://gels-avoirs.dgtresor.gouv.fr/ApiPublic/api/v1/publication/derniere-publication-fichier-json
"""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, BinaryIO

from underwriting.screening.countries import country_codes
from underwriting.screening.identifiers import numbers_in
from underwriting.screening.lists.reading import MalformedList, ReadList, names_of, one_line, years_in
from underwriting.screening.subjects import Listed

_KINDS = {"Personne physique": "person", "Personne morale": "organisation", "Navire": "vessel"}
_COUNTRIES = (("NATIONALITE", "Pays"), ("ADRESSE_PP", "Pays"), ("ADRESSE_PM", "Pays"), ("LIEU_DE_NAISSANCE", "Pays"))
_NUMBERS = (("PASSEPORT", "NumeroPasseport"), ("IDENTIFICATION", "Identification"), ("NUMERO_OMI", "NumeroOMI"))
# It is read whole, being one JSON value; about 13 MB in 2026.
MOST_BYTES = 128 * 1024 * 1024

Details = dict[str, list[dict[str, Any]]]


def read_france(source: BinaryIO) -> ReadList:
    """Raises MalformedList, also while the entries are read."""
    content = source.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise MalformedList("", f"more than {MOST_BYTES} bytes")
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise MalformedList(f"line {error.lineno}, column {error.colno}", f"not JSON: {error.msg}") from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise MalformedList("", f"not JSON in UTF-8: {error}") from error
    publications = found.get("Publications") if isinstance(found, dict) else None
    entries = publications.get("PublicationDetail") if isinstance(publications, dict) else None
    if not isinstance(publications, dict) or not isinstance(entries, list):
        raise MalformedList("Publications", "no PublicationDetail")
    return ReadList(_day(publications.get("DatePublication")), _entries(entries))


def _day(text: object) -> date:
    """`2026-11-24T10:12:13` or `24/11/2026`."""
    for form, length in (("%Y-%m-%d", 10), ("%d/%m/%Y", 10)):
        try:
            return datetime.strptime(str(text)[:length], form).date()  # noqa: DTZ007 - a day, not an instant
        except ValueError:
            continue
    raise MalformedList("Publications", "no day in DatePublication")


def _entries(entries: list[Any]) -> Iterator[Listed]:
    for number, entry in enumerate(entries, start=1):
        try:
            yield _listed(entry)
        except (KeyError, TypeError, AttributeError) as error:
            raise MalformedList(f"PublicationDetail {number}", f"not an entry of the register: {error!r}") from error


def _listed(entry: dict[str, Any]) -> Listed:
    key, kind, name = str(entry["IdRegistre"]), str(entry["Nature"]), one_line(entry["Nom"])
    details: Details = {each["TypeChamp"]: each["Valeur"] for each in entry["RegistreDetail"]}
    if kind not in _KINDS:
        raise MalformedList(f"IdRegistre {key}", f"{kind!r} is no Nature")
    first = " ".join(_values(details, "PRENOM", "Prenom"))
    names = names_of([f"{first} {name}", *_values(details, "ALIAS", "Alias")])
    if not names:
        raise MalformedList(f"IdRegistre {key}", "no name")
    return Listed(
        key=key,
        names=names,
        kind=_KINDS[kind],
        programme="; ".join(_values(details, "FONDEMENT_JURIDIQUE", "FondementJuridiqueLabel")),
        countries=country_codes(*(text for field in _COUNTRIES for text in _values(details, *field))),
        birth_years=frozenset(
            year for text in _values(details, "DATE_DE_NAISSANCE", "Annee") for year in years_in(text)
        ),
        identifiers=frozenset(
            number for field in _NUMBERS for text in _values(details, *field) for number in numbers_in(text)
        ),
        remark=" ".join(_values(details, "MOTIFS", "Motifs")),
    )


def _values(details: Details, field: str, name: str) -> Iterator[str]:
    for value in details.get(field, []):
        if text := one_line(str(value.get(name) or "")):
            yield text

"""The lists of the US Office of Foreign Assets Control, as CSV without a header: persons, alternate names, addresses.

SDN.CSV, ALT.CSV and ADD.CSV; CONS_PRIM.CSV, CONS_ALT.CSV and CONS_ADD.CSV have the same columns. The files bear no day.
https://ofac.treasury.gov/specially-designated-nationals-list-data-formats-data-schemas
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import BinaryIO

from underwriting.screening.countries import country_codes
from underwriting.screening.identifiers import identifier_forms, numbers_in
from underwriting.screening.lists.reading import MalformedList, ReadList, names_of, one_line, years_in
from underwriting.screening.subjects import Listed

_KINDS = {"individual": "person", "vessel": "vessel", "aircraft": "aircraft", "": "organisation"}
_NULL = "-0-"
_ENTITY_COLUMNS, _ALTERNATE_COLUMNS, _ADDRESS_COLUMNS = 12, 5, 6
_END_OF_FILE = "\x1a"

# In the remarks: weak names stand in quotes, numbers and days behind their labels.
_WEAK_NAME = re.compile(r"\b(?:a|f|n)\.k\.a\. '([^']+(?:'[^';.]+)*)'")
_COUNTRY = re.compile(r"(?:alt\. )?(?:nationality|citizen|Former Vessel Flag) (.+)")
_BIRTH_PLACE = re.compile(r"(?:alt\. )?POB (?:.*, )?([^,]+(?:, (?:North|South))?)")
_BIRTH = re.compile(r"(?:alt\. )?DOB (.+)")
_NUMBER_LABELS = """
Afghan Money Service Provider License Number; Aircraft Tail Number; Birth Certificate Number; Business Number;
Business Registration Document #; Business Registration Number; C.R. No.; C.U.I.T.; C.U.R.P.; Cedula No.;
Cedula de Ciudadania; Chamber of Commerce Number; Commercial Registry Number; Company Number; D-U-N-S Number; D.N.I.;
Diplomatic Passport; Driver's License No.; Economic Register Number (CBLS); Electoral Registry No.; Enterprise Number;
Folio Mercantil No.; Government Gazette Number; I.F.E.; Identification Number; Identity Card; Legal Entity Number;
License; MMSI; Matricula Mercantil No; NIT #; National Foreign ID Number; National ID No.; Numero de Identidad;
Numero Unico de Identificacion Tributaria (NUIT); Organization Code; Passport; Personal ID Card;
Public Registration Number; R.F.C.; RIF #; RUC #; Refugee ID Card; Registration ID; Registration Number;
Residency Number; SSN; SWIFT/BIC; Stateless Person Passport; Tarjeta Profesional; Tax ID No.; Trade License No.;
Turkish Identification Number; Unified Social Credit Code (USCC); V.A.T. Number; Vessel Registration Identification
"""
_NUMBER = re.compile(
    rf"(?:alt\. )?(?:{'|'.join(re.escape(' '.join(label.split())) for label in _NUMBER_LABELS.split(';'))})"
    r"[. ]\s*(?:IMO\s+)?([^(;]+)"
)
_AFTER_NUMBER = re.compile(r"\s+(?:issued|expires|exp\.)\b.*")

Rows = dict[str, list[list[str]]]


def read_ofac(entities: BinaryIO, alternates: BinaryIO, addresses: BinaryIO) -> ReadList:
    """Raises MalformedList, also while the entries are read. A list of persons alone is not one: all three belong."""
    return ReadList(None, _entries(entities, alternates, addresses))


def _entries(entities: BinaryIO, alternates: BinaryIO, addresses: BinaryIO) -> Iterator[Listed]:
    names = _by_entity(_rows(alternates, "alternate names", _ALTERNATE_COLUMNS))
    places = _by_entity(_rows(addresses, "addresses", _ADDRESS_COLUMNS))
    for place, row in _rows(entities, "entries", _ENTITY_COLUMNS):
        yield _listed(
            place, row, [each[3] for each in names.pop(row[0], [])], [each[4] for each in places.pop(row[0], [])]
        )
    for rows, title in ((names, "alternate names"), (places, "addresses")):
        if rows:
            raise MalformedList(title, f"{len(rows)} entries that are not in the list, the first is {next(iter(rows))}")


def _rows(source: BinaryIO, title: str, columns: int) -> Iterator[tuple[str, list[str]]]:
    """Rows with their place, nulls as empty text. The last line is a lone end-of-file character, and may be missing."""
    text = io.TextIOWrapper(source, encoding="latin-1", newline="")
    try:
        reader = csv.reader(text, strict=True)
        for row in reader:
            place = f"{title}, line {reader.line_num}"
            if row == [_END_OF_FILE] or not row:
                continue
            if len(row) != columns or not row[0].strip().isdigit():
                raise MalformedList(place, f"{len(row)} cells in place of {columns}, or no number of an entry")
            yield place, ["" if (cell := one_line(value)) == _NULL else cell for value in row]
    except csv.Error as error:
        raise MalformedList(f"{title}, line {reader.line_num}", str(error)) from error
    finally:
        text.detach()


def _by_entity(rows: Iterator[tuple[str, list[str]]]) -> Rows:
    found: Rows = defaultdict(list)
    for _place, row in rows:
        found[row[0]].append(row)
    return found


def _listed(place: str, row: list[str], alternates: list[str], countries: list[str]) -> Listed:
    key, name, kind, programme, title, call_sign, _type, _tonnage, _gross, flag, owner, remarks = row
    if not name or kind not in _KINDS:
        raise MalformedList(place, "no name" if not name else f"{kind!r} is no kind of entry")
    pieces = [piece.strip().removesuffix(".") for piece in remarks.split(";")]
    return Listed(
        key=key,
        names=names_of([name, *alternates], _WEAK_NAME.findall(remarks)),
        kind=_KINDS[kind],
        programme=programme.replace("] [", ", ").strip("[]"),
        countries=country_codes(flag, *countries, *_found(_COUNTRY, pieces), *_found(_BIRTH_PLACE, pieces)),
        birth_years=frozenset(year for text in _found(_BIRTH, pieces) for year in years_in(text)),
        identifiers=_numbers(pieces, call_sign),
        remark="; ".join(part for part in (title, owner, remarks) if part),
    )


def _found(pattern: re.Pattern[str], pieces: list[str]) -> list[str]:
    return [found[1] for piece in pieces if (found := pattern.match(piece))]


def _numbers(pieces: list[str], call_sign: str) -> frozenset[str]:
    numbers = {number for text in _found(_NUMBER, pieces) for number in numbers_in(_AFTER_NUMBER.sub("", text))}
    return frozenset(numbers) | identifier_forms([call_sign])

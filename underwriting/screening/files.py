"""A CSV file of pairs of names, compared row by row: the same rows with score and match beside. Pure, distrustful."""

import csv
from collections.abc import Iterator, Sequence
from typing import TextIO

from underwriting.score_files import MalformedFile
from underwriting.screening.matching import compare
from underwriting.screening.names import prepare

REQUIRED = ("name1", "name2", "schema")
ADDED = ("score", "match")
PERSON = "person"


def compared_rows(source: TextIO) -> Iterator[list[str]]:
    """The header and every row in order, each with the columns of ADDED; raises MalformedFile where it finds it.

    A schema of `Person` is a person; anything else an organisation, a vessel or the like. The source is opened with
    `errors="surrogateescape"`, so that what is not UTF-8 is found where it stands.
    """
    reader = csv.reader(source, strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        places = _places(header)
        yield [*header, *ADDED]
        for row in reader:
            if not row:
                continue
            if len(row) != len(header):
                raise MalformedFile(reader.line_num, "", f"{len(row)} cells under {len(header)} columns")
            _check_text(reader.line_num, row, header)
            yield [*row, *_answer(*(row[place] for place in places))]
    except csv.Error as error:
        raise MalformedFile(reader.line_num, "", str(error)) from error


def _places(header: Sequence[str]) -> list[int]:
    _check_text(1, header, header)
    for name in REQUIRED:
        if header.count(name) != 1:
            raise MalformedFile(1, name, "missing, or twice")
    for name in ADDED:
        if name in header:
            raise MalformedFile(1, name, "already one of ours")
    return [header.index(name) for name in REQUIRED]


def _check_text(line: int, row: Sequence[str], header: Sequence[str]) -> None:
    for place, cell in enumerate(row):
        if any("\udc80" <= character <= "\udcff" for character in cell):
            named = f"{place + 1} ({header[place]})" if row is not header else str(place + 1)
            raise MalformedFile(line, named, "not UTF-8 text")


def _answer(name1: str, name2: str, schema: str) -> tuple[str, str]:
    is_organisation = schema.strip().lower() != PERSON
    found = compare(*(prepare(name, is_organisation=is_organisation) for name in (name1, name2)))
    return f"{found.score:.3f}", "true" if found.is_match else "false"

"""A CSV file of quartiles by sector and ratio, read whole or refused by line and column. Pure, and distrustful."""

import csv
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TextIO

from underwriting.score_files import MalformedFile
from underwriting.scoring.characteristics import CHARACTERISTICS

COLUMNS = ("sector", "ratio", "lower", "median", "upper")


@dataclass(frozen=True, slots=True)
class SectorQuartiles:
    """The quartiles of one ratio among the companies of a sector (a NACE division), in the ratio's own unit."""

    sector: str
    ratio: str
    lower: float
    median: float
    upper: float


def read_quartiles(source: TextIO, sectors: Collection[str]) -> list[SectorQuartiles]:
    """Every row in order; the columns of COLUMNS, in any order and no others; raises MalformedFile.

    The source is opened with `errors="surrogateescape"`: what is not UTF-8 is found where it stands.
    """
    reader = csv.reader(source, strict=True)
    rows: list[SectorQuartiles] = []
    seen: set[tuple[str, str]] = set()
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(header)
        for row in reader:
            if not row:
                continue
            if len(row) != len(header):
                raise MalformedFile(reader.line_num, "", f"{len(row)} cells under {len(header)} columns")
            read = _read(reader.line_num, dict(zip(header, row, strict=True)), sectors)
            if (read.sector, read.ratio) in seen:
                raise MalformedFile(reader.line_num, "ratio", f"{read.sector} {read.ratio} stands above already")
            seen.add((read.sector, read.ratio))
            rows.append(read)
    except csv.Error as error:
        raise MalformedFile(reader.line_num, "", str(error)) from error
    if not rows:
        raise MalformedFile(2, "", "no rows")
    return rows


def _check_header(header: Sequence[str]) -> None:
    for name in COLUMNS:
        if name not in header:
            raise MalformedFile(1, name, "missing")
    for place, name in enumerate(header):
        if name not in COLUMNS or name in header[:place]:
            raise MalformedFile(1, f"{place + 1} ({_shown(name)})", "twice, or none of ours")


def _read(line: int, cells: dict[str, str], sectors: Collection[str]) -> SectorQuartiles:
    sector, ratio = cells["sector"].strip(), cells["ratio"].strip()
    if sector not in sectors:
        raise MalformedFile(line, "sector", f"a NACE division of two digits is expected, not {_shown(sector)}")
    if ratio not in CHARACTERISTICS:
        raise MalformedFile(line, "ratio", f"a ratio of the scorecards is expected, not {_shown(ratio)}")
    lower, median, upper = (_number(line, name, cells[name]) for name in ("lower", "median", "upper"))
    if not lower <= median <= upper:
        raise MalformedFile(line, "median", "not between the lower and the upper quartile")
    return SectorQuartiles(sector, ratio, lower, median, upper)


def _number(line: int, name: str, cell: str) -> float:
    try:
        # float() also reads 1_000, nan and infinity.
        number = math.nan if "_" in cell else float(cell)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise MalformedFile(line, name, f"a number is expected, not {_shown(cell)}")
    return number


def _shown(text: str) -> str:
    """A cell as it may be printed: short, and without the bytes that are no text."""
    return repr(text[:40].encode("ascii", "backslashreplace").decode())

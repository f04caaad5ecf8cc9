"""The companies a scorecard is made from."""

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from underwriting.scoring.items import AMOUNTS, Items, euros_of
from underwriting.scoring.portfolio import Columns, columns_of, ratio_of

Floats = NDArray[np.float64]

FILE = "statements_dev.csv"
CURRENCY, UNIT = "PLN", 1000


class UnusableData(ValueError):
    """The directory does not hold what training needs."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Companies above the hard minimum, whether each failed within the year, and the fingerprint of the file."""

    columns: Columns
    failed: Floats
    sha256: str
    rows: int

    def ratios(self, codes: tuple[str, ...]) -> Floats:
        """One column per ratio; NaN where it is missing."""
        return np.column_stack([ratio_of(code, self.columns) for code in codes])


def read_sample(directory: Path) -> Sample:
    """The companies of `statements_dev.csv` in a directory; raises UnusableData."""
    path = directory / FILE
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnusableData(f"{path}: {error.strerror}") from error
    rows = list(csv.DictReader(content.decode("utf-8").splitlines()))
    if not rows or not {"class", *AMOUNTS} <= set(rows[0]):
        raise UnusableData(f"{path}: a header with class and the items of the accounts is expected")
    items = {name: np.array([float(row[name] or "nan") for row in rows]) for name in AMOUNTS}
    columns, usable = columns_of(Items(**items, euros=np.full(len(rows), euros_of(CURRENCY, UNIT))))
    failed = np.array([row["class"] == "1" for row in rows], dtype=np.float64)
    kept = Items(**{name: getattr(columns, name)[usable] for name in (*AMOUNTS, "euros")})
    return Sample(kept, failed[usable], hashlib.sha256(content).hexdigest(), len(rows))

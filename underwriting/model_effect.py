"""What putting another version of a model in force would change: grades of buyers, files with a limit in force. Pure.

Kept with a proposal as plain data, so that the second person sees what the first one saw.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from underwriting.scoring.versions import Version
from unlockfocus.money import to_cents

# A file that falls so many grades, or from a better one to this one, is told by name.
MUCH_WORSE = 2
WEAK = 7

Grade = int | None


@dataclass(frozen=True)
class Cell:
    """How many buyers go from the grade of the row to that of the column; tone is same, better, worse or empty."""

    grade: Grade
    count: int
    tone: str


@dataclass(frozen=True)
class Row:
    grade: Grade
    cells: tuple[Cell, ...]
    total: int


@dataclass(frozen=True)
class Matrix:
    """Buyers by their grade under the version in force (first) and under the other one; None: not enough accounts."""

    counts: Mapping[tuple[Grade, Grade], int]

    @cached_property
    def grades(self) -> tuple[Grade, ...]:
        """Every grade between the best and the worst that occur, then None when it occurs."""
        found = {grade for pair in self.counts for grade in pair}
        known = [grade for grade in found if grade is not None]
        between: tuple[Grade, ...] = tuple(range(min(known), max(known) + 1)) if known else ()
        return (*between, None) if None in found else between

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        return tuple(self._row(old) for old in self.grades)

    def _row(self, old: Grade) -> Row:
        cells = tuple(Cell(new, self.counts.get((old, new), 0), _tone(old, new)) for new in self.grades)
        return Row(old, cells, sum(cell.count for cell in cells))

    @cached_property
    def totals(self) -> tuple[Cell, ...]:
        """The sum of each column."""
        return tuple(Cell(new, sum(row.cells[place].count for row in self.rows), "")
                     for place, new in enumerate(self.grades))  # fmt: skip

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def _moved(self, tone: str) -> int:
        return sum(count for (old, new), count in self.counts.items() if _tone(old, new) == tone)

    @property
    def better(self) -> int:
        return self._moved("better")

    @property
    def same(self) -> int:
        return self._moved("same")

    @property
    def worse(self) -> int:
        return self._moved("worse")

    @property
    def compared(self) -> int:
        """Buyers with a grade under both."""
        return self.better + self.same + self.worse

    @property
    def better_share(self) -> Decimal:
        """Of the buyers compared, a fraction; as the two below."""
        return self._share(self.better)

    @property
    def same_share(self) -> Decimal:
        return self._share(self.same)

    @property
    def worse_share(self) -> Decimal:
        return self._share(self.worse)

    def _share(self, count: int) -> Decimal:
        return Decimal(count) / self.compared if self.compared else Decimal(0)


def _tone(old: Grade, new: Grade) -> str:
    if old is None or new is None:
        return ""
    return "same" if old == new else "better" if new < old else "worse"


@dataclass(frozen=True)
class FileEffect:
    """A live guarantee, its buyer's grade in use and what the other version makes of it. EUR, fractions.

    A grade set by hand stays, and its PD with it. Without a new grade the file cannot be scored by that version.
    `insured` is the sum of limits on the buyer, `line` that of the new grade.
    """

    guarantee: str
    reference: str
    buyer: str
    limit: Decimal
    insured_percentage: Decimal
    old_grade: int
    old_pd: Decimal
    new_grade: Grade
    new_pd: Decimal | None
    is_by_hand: bool
    insured: Decimal
    line: Decimal | None

    @property
    def is_much_worse(self) -> bool:
        """Two grades or more, or from a better one to grade 7."""
        if self.new_grade is None:
            return False
        return self.new_grade - self.old_grade >= MUCH_WORSE or self.old_grade < WEAK <= self.new_grade

    @property
    def is_over_line(self) -> bool:
        return self.line is not None and self.insured > self.line

    def loss_change(self, lgd: Decimal) -> Decimal:
        """Change of the expected loss of a year, EUR: 0 when the version cannot score the file."""
        if self.new_pd is None:
            return Decimal(0)
        return self.limit * self.insured_percentage * lgd * (self.new_pd - self.old_pd)


@dataclass(frozen=True)
class GradeLine:
    """Files and limits at a grade before and after."""

    grade: Grade
    old_count: int
    old_limit: Decimal
    new_count: int
    new_limit: Decimal


@dataclass(frozen=True)
class Effect:
    """The whole effect: `in_force` names what it is compared with, `lgd` is the tariff's."""

    in_force: Version
    matrix: Matrix
    lgd: Decimal
    files: tuple[FileEffect, ...]

    @property
    def by_grade(self) -> tuple[GradeLine, ...]:
        """One line for each grade files have before or after; those that cannot be scored at the end."""
        found = {each.old_grade for each in self.files} | {each.new_grade for each in self.files}
        ordered = sorted(found, key=lambda grade: (grade is None, grade))
        return tuple(self._line(grade) for grade in ordered)

    def _line(self, grade: Grade) -> GradeLine:
        old = [each.limit for each in self.files if each.old_grade == grade]
        new = [each.limit for each in self.files if each.new_grade == grade]
        return GradeLine(grade, len(old), sum(old, Decimal(0)), len(new), sum(new, Decimal(0)))

    @property
    def limit(self) -> Decimal:
        return sum((each.limit for each in self.files), Decimal(0))

    @property
    def much_worse(self) -> tuple[FileEffect, ...]:
        return self._those(lambda each: each.is_much_worse)

    @property
    def over_line(self) -> tuple[FileEffect, ...]:
        return self._those(lambda each: each.is_over_line)

    @property
    def unscorable(self) -> tuple[FileEffect, ...]:
        return self._those(lambda each: each.new_grade is None)

    @property
    def by_hand(self) -> tuple[FileEffect, ...]:
        return self._those(lambda each: each.is_by_hand)

    def _those(self, is_meant: Callable[[FileEffect], bool]) -> tuple[FileEffect, ...]:
        return tuple(each for each in self.files if is_meant(each))

    @property
    def loss_change(self) -> Decimal:
        """Change of the expected loss of a year over all files, EUR."""
        return to_cents(sum((each.loss_change(self.lgd) for each in self.files), Decimal(0)))


# --- As kept with a proposal ------------------------------------------------------------------------------------------


def effect_as_dict(effect: Effect) -> dict[str, Any]:
    """What JSON can hold: Decimals as text, the matrix as [old, new, count]."""
    return {
        "in_force": {"model": effect.in_force.model, "version": effect.in_force.version},
        "matrix": [[old, new, count] for (old, new), count in sorted(effect.matrix.counts.items(), key=str)],
        "lgd": str(effect.lgd),
        "files": [{name: _kept(value) for name, value in vars(each).items()} for each in effect.files],
    }


def effect_from_dict(data: Mapping[str, Any]) -> Effect:
    """The inverse of effect_as_dict."""
    return Effect(
        Version(**data["in_force"]),
        matrix_of(data["matrix"]),
        Decimal(data["lgd"]),
        tuple(_file(each) for each in data["files"]),
    )


def matrix_of(rows: Iterable[tuple[Grade, Grade, int]]) -> Matrix:
    """A matrix from (old, new, count)."""
    return Matrix({(old, new): count for old, new, count in rows})


_AMOUNTS = ("limit", "insured_percentage", "old_pd", "new_pd", "insured", "line")


def _kept(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _file(data: Mapping[str, Any]) -> FileEffect:
    amounts: dict[str, Any] = {name: None if data[name] is None else Decimal(data[name]) for name in _AMOUNTS}
    return FileEffect(**{**data, **amounts})

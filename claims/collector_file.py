"""Read an outside collector's statement (CSV or XLSX): what it did, collected and spent, in EUR. Pure.

It is imported whole or not at all. Collectors send cumulative statements, so a line whose reference was imported
before, or stands twice, is flagged and left out of the totals; the same reference with other amounts is a problem.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from unlockfocus.tables import Column, Problem, RowReader, read_table

MOST_ROWS = 2000
COLUMNS = (
    Column("reference", "Reference", "Référence"),
    Column("invoice", "Invoice", "Facture", required=False),
    Column("step", "Step", "Démarche", required=False),
    Column("on", "Date", "Date"),
    Column("collected", "Collected", "Encaissé"),
    Column("cost", "Cost", "Frais"),
    Column("remark", "Remark", "Remarque", required=False),
)
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class CollectorRow:
    """One line. A negative amount takes an earlier one back; no invoice means the debt as a whole."""

    line: int
    reference: str
    invoice: str
    step: str
    on: date
    collected: Decimal
    cost: Decimal
    remark: str
    is_duplicate: bool = False

    @property
    def amounts(self) -> tuple[Decimal, Decimal]:
        return self.collected, self.cost


@dataclass(frozen=True, slots=True)
class CollectorStatement:
    """Rows, or problems and no rows. The totals leave duplicates out.

    Further codes of problems: unknown_invoice, changed_reference.
    """

    rows: tuple[CollectorRow, ...]
    problems: tuple[Problem, ...]

    @property
    def new_rows(self) -> tuple[CollectorRow, ...]:
        return tuple(row for row in self.rows if not row.is_duplicate)

    @property
    def duplicates(self) -> tuple[CollectorRow, ...]:
        return tuple(row for row in self.rows if row.is_duplicate)

    @property
    def collected(self) -> Decimal:
        return sum((row.collected for row in self.new_rows), NOTHING)

    @property
    def costs(self) -> Decimal:
        return sum((row.cost for row in self.new_rows), NOTHING)


def read_statement(
    content: bytes,
    *,
    invoices: Collection[str],
    imported: Mapping[str, tuple[Decimal, Decimal]],
    today: date,
) -> CollectorStatement:
    """The statement on `invoices` (their numbers); `imported` gives collected and cost of each reference known."""
    table = read_table(content, COLUMNS, most_rows=MOST_ROWS)
    seen = dict(imported)
    rows = [row for reader in table.rows if (row := _row(reader, invoices, seen, today)) is not None]
    return CollectorStatement(() if table.problems else tuple(rows), tuple(table.problems))


def _row(
    reader: RowReader, invoices: Collection[str], seen: dict[str, tuple[Decimal, Decimal]], today: date
) -> CollectorRow | None:
    """The line, or None with its problems noted; its reference is added to those seen."""
    reference = reader.text("reference", most=80)
    invoice = reader.text("invoice", most=40, required=False)
    step = reader.text("step", most=200, required=False)
    on = reader.day("on", latest=today)
    collected = reader.amount("collected", "EUR", positive=False)
    cost = reader.amount("cost", "EUR", positive=False)
    remark = reader.text("remark", most=500, required=False)
    if invoice and invoice not in invoices:
        reader.refuse("unknown_invoice", "invoice")
    if reference is None or invoice is None or step is None or on is None:
        return None
    if collected is None or cost is None or remark is None:
        return None
    row = CollectorRow(reader.line, reference, invoice, step, on, collected, cost, remark)
    if reference in seen and seen[reference] != row.amounts:
        reader.refuse("changed_reference", "reference")
    is_duplicate = reference in seen
    seen.setdefault(reference, row.amounts)
    return replace(row, is_duplicate=is_duplicate)

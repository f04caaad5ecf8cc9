"""Read invoices and payments from a CSV or XLSX file, to be shown for checking and then imported. Pure.

A file is imported whole or not at all: with one problem there are no rows. Amounts keep their currency and exclude VAT.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from claims.ledger import CreditKind
from unlockfocus.money import CURRENCIES
from unlockfocus.sheets import plain
from unlockfocus.tables import Column, Problem, RowReader, meanings, read_table

MOST_ROWS = 2000
MOST_NUMBER_CHARACTERS = 40
INVOICE_COLUMNS = (
    Column("number", "Invoice number", "Numéro de facture"),
    Column("order_line", "Order line", "Ligne de commande", required=False),
    Column("delivered_on", "Delivery date", "Date de livraison"),
    Column("invoiced_on", "Invoice date", "Date de facture"),
    Column("due_on", "Due date", "Date d’échéance"),
    Column("amount", "Amount", "Montant"),
    Column("currency", "Currency", "Devise", required=False),
)
PAYMENT_COLUMNS = (
    Column("received_on", "Received on", "Reçu le"),
    Column("amount", "Amount", "Montant"),
    Column("currency", "Currency", "Devise", required=False),
    Column("invoice", "Invoice number", "Numéro de facture", required=False),
    Column("kind", "Kind", "Nature", required=False),
)
_CURRENCIES = meanings(dict.fromkeys(CURRENCIES, ()) | {"EUR": ("euro", "euros")})
_KINDS = meanings(
    {
        CreditKind.PAYMENT: ("payment", "paiement", "règlement"),
        CreditKind.DEPOSIT: ("deposit", "down payment", "acompte"),
        CreditKind.CREDIT_NOTE: ("credit note", "avoir"),
        CreditKind.SET_OFF: ("set-off", "compensation"),
        CreditKind.RESALE: ("resale", "resale of the goods", "revente", "revente des biens"),
    }
)


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """One invoice; `order_line` is the position of its line in the order, from 1."""

    line: int
    number: str
    order_line: int
    delivered_on: date
    invoiced_on: date
    due_on: date
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """What came in; no invoice means that the payer named none."""

    line: int
    received_on: date
    amount: Decimal
    currency: str
    invoice: str
    kind: CreditKind


@dataclass(frozen=True, slots=True)
class InvoiceFile:
    """Rows, or problems and no rows.

    Further codes of problems: unknown_currency, unknown_order_line, several_order_lines, known_number,
    repeated_number, due_before_invoice.
    """

    rows: tuple[InvoiceRow, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class PaymentFile:
    """Rows, or problems and no rows. Further codes of problems: unknown_currency, unknown_invoice, unknown_kind."""

    rows: tuple[PaymentRow, ...]
    problems: tuple[Problem, ...]


def read_invoices(
    content: bytes, *, order_lines: Sequence[str], known: Collection[str], currency: str, today: date
) -> InvoiceFile:
    """The invoices of an order. `order_lines` are the labels of its lines in their order, `known` the numbers of the
    invoices declared already, `currency` the one meant where none is given. A sole line of the order need not be named.
    """
    table = read_table(content, INVOICE_COLUMNS, most_rows=MOST_ROWS)
    taken = dict.fromkeys(known, "known_number")
    rows = [row for one in table.rows if (row := _invoice(one, order_lines, taken, currency, today)) is not None]
    return InvoiceFile(() if table.problems else tuple(rows), tuple(table.problems))


def _invoice(
    reader: RowReader, order_lines: Sequence[str], taken: dict[str, str], default: str, today: date
) -> InvoiceRow | None:
    """The invoice, or None with its problems noted; its number is taken from now on."""
    number = reader.text("number", most=MOST_NUMBER_CHARACTERS)
    position = _order_line(reader, order_lines)
    delivered_on = reader.day("delivered_on", latest=today)
    invoiced_on = reader.day("invoiced_on", latest=today)
    due_on = reader.day("due_on")
    currency = _currency(reader, default)
    amount = reader.amount("amount", currency, positive=True)
    if number in taken:
        reader.refuse(taken[number], "number")
    if number:
        taken.setdefault(number, "repeated_number")
    if invoiced_on and due_on and due_on < invoiced_on:
        reader.refuse("due_before_invoice", "due_on")
    if number is None or position is None or currency is None or amount is None:
        return None
    if delivered_on is None or invoiced_on is None or due_on is None:
        return None
    return InvoiceRow(reader.line, number, position, delivered_on, invoiced_on, due_on, amount, currency)


def _order_line(reader: RowReader, labels: Sequence[str]) -> int | None:
    """The position named by its number or label."""
    text = reader.text("order_line", most=120, required=len(labels) != 1)
    if text is None:
        return None
    if text == "":
        return 1
    if text.isascii() and text.isdigit() and 1 <= int(text) <= len(labels):
        return int(text)
    found = [position for position, label in enumerate(labels, start=1) if plain(label) == plain(text)]
    if len(found) != 1:
        reader.refuse("several_order_lines" if found else "unknown_order_line", "order_line")
        return None
    return found[0]


def read_payments(content: bytes, *, invoices: Collection[str], currency: str, today: date) -> PaymentFile:
    """What came in for an order. `invoices` are the numbers declared, `currency` the one meant where none is given."""
    table = read_table(content, PAYMENT_COLUMNS, most_rows=MOST_ROWS)
    rows = [row for one in table.rows if (row := _payment(one, invoices, currency, today)) is not None]
    return PaymentFile(() if table.problems else tuple(rows), tuple(table.problems))


def _payment(reader: RowReader, invoices: Collection[str], default: str, today: date) -> PaymentRow | None:
    received_on = reader.day("received_on", latest=today)
    currency = _currency(reader, default)
    amount = reader.amount("amount", currency, positive=True)
    invoice = reader.text("invoice", most=MOST_NUMBER_CHARACTERS, required=False)
    kind = reader.one_of("kind", _KINDS, unknown="unknown_kind", default=CreditKind.PAYMENT)
    if invoice and invoice not in invoices:
        reader.refuse("unknown_invoice", "invoice")
    if received_on is None or currency is None or amount is None or invoice is None or kind is None:
        return None
    return PaymentRow(reader.line, received_on, amount, currency, invoice, CreditKind(kind))


def _currency(reader: RowReader, default: str) -> str | None:
    return reader.one_of("currency", _CURRENCIES, unknown="unknown_currency", default=default)

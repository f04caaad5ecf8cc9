import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.invoice_file import InvoiceRow, PaymentRow, read_invoices, read_payments
from claims.ledger import CreditKind

TODAY = date(2027, 12, 31)
LINES = ("Turning centre 1", "Turning centre 2")


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def invoices(content, lines=LINES, known=()):
    content = content.encode() if isinstance(content, str) else content
    return read_invoices(content, order_lines=lines, known=known, currency="EUR", today=TODAY)


def payments(content):
    content = content.encode() if isinstance(content, str) else content
    return read_payments(content, invoices={"F-118", "F-131"}, currency="RON", today=TODAY)


def found(file):
    return [(one.code, one.cell, one.value) for one in file.problems]


HEADER = ["Invoice number", "Order line", "Delivery date", "Invoice date", "Due date", "Amount", "Currency"]


def test_a_workbook_of_invoices():
    file = invoices(
        workbook(
            HEADER,
            ["F-118", "turning centre 1", date(2027, 7, 1), date(2027, 7, 1), date(2027, 9, 29), 1110000, "EUR"],
            [None] * 7,
            [2027131, 2, "16/08/2027", "2027-08-17", "14.11.2027", "370 000,00", "ron"],
        )
    )
    assert file.problems == ()
    assert file.rows == (
        InvoiceRow(
            2, "F-118", 1, date(2027, 7, 1), date(2027, 7, 1), date(2027, 9, 29), Decimal("1110000.00"), "EUR"
        ),
        InvoiceRow(
            4, "2027131", 2, date(2027, 8, 16), date(2027, 8, 17), date(2027, 11, 14), Decimal("370000.00"), "RON"
        ),
    )  # fmt: skip


def test_a_french_csv_file_with_its_columns_in_another_order():
    content = (
        "Montant;Date d'échéance;Numéro de facture;Date de livraison;Date de facture;Ligne de commande;Client\n"
        "1.110.000,00;29/09/2027;F-118;01/07/2027;01/07/2027;1;PEI\n"
    )
    for encoding in ("utf-8", "utf-8-sig", "cp1252"):
        (row,) = invoices(content.encode(encoding)).rows
        assert (row.number, row.order_line, row.due_on, row.amount, row.currency) == (
            "F-118", 1, date(2027, 9, 29), Decimal("1110000.00"), "EUR",
        )  # fmt: skip


CSV = "number;order_line;delivered_on;invoiced_on;due_on;amount;currency\n"
GOOD = "F-118;1;2027-07-01;2027-07-01;2027-09-29;1110000,00;EUR\n"


def test_every_problem_is_told_at_once_and_nothing_is_imported():
    file = invoices(
        CSV
        + GOOD
        + "F-118;3;2028-01-01;2027-07-01;2027-06-30;0;XYZ\n"
        + "F-90;;31/02/2027;2028-01-01;;-5;EUR\n"
        + "=1+1;Turning;2027-07-01;2027-07-01;2027-09-29;12,345,6;\n",
        known={"F-90"},
    )
    assert file.rows == ()
    assert found(file) == [
        ("unknown_order_line", "B3", "3"),
        ("in_future", "C3", "2028-01-01"),
        ("unknown_currency", "G3", "XYZ"),
        ("not_positive", "F3", "0"),
        ("repeated_number", "A3", "F-118"),
        ("due_before_invoice", "E3", "2027-06-30"),
        ("missing", "B4", ""),
        ("not_a_day", "C4", "31/02/2027"),
        ("in_future", "D4", "2028-01-01"),
        ("missing", "E4", ""),
        ("not_positive", "F4", "-5"),
        ("known_number", "A4", "F-90"),
        ("formula", "A5", "=1+1"),
        ("unknown_order_line", "B5", "Turning"),
        ("separators", "F5", "12,345,6"),
    ]


def test_the_only_line_of_an_order_need_not_be_named():
    content = "number;delivered_on;invoiced_on;due_on;amount\nF-1;2027-07-01;2027-07-01;2027-09-29;100\n"
    assert [row.order_line for row in invoices(content, lines=("Press",)).rows] == [1]
    assert found(invoices(content)) == [("missing", "", "")]


def test_a_label_that_two_lines_share_does_not_name_one():
    content = CSV + GOOD.replace(";1;", ";Press;", 1)
    assert found(invoices(content, lines=("Press", "PRESS"))) == [("several_order_lines", "B2", "Press")]


def test_delivery_and_invoice_of_today_are_no_future():
    content = CSV + "F-1;1;2027-12-31;2027-12-31;2028-03-30;100;EUR\n"
    assert len(invoices(content).rows) == 1


def test_an_amount_in_another_currency_than_its_cell_says_is_refused():
    content = CSV + GOOD.replace("1110000,00", "$ 1110000,00")
    assert found(invoices(content)) == [("currency", "F2", "$ 1110000,00")]


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (1234.567, "too_many_decimals"), (True, "not_a_number"), (1e15, "too_large"), ("12 %", "not_a_number"),
        (None, "missing"), (date(2027, 1, 1), "not_a_number"),
    ],
)  # fmt: skip
def test_a_cell_that_is_no_amount(amount, code):
    row = ["F-1", 1, date(2027, 7, 1), date(2027, 7, 1), date(2027, 9, 29), amount, "EUR"]
    assert [(one[0], one[1]) for one in found(invoices(workbook(HEADER, row)))] == [(code, "F2")]


def test_what_a_spreadsheet_keeps_in_binary_is_read_to_the_cent():
    row = ["F-1", 1, date(2027, 7, 1), date(2027, 7, 1), date(2027, 9, 29), 0.1 + 0.2, "EUR"]
    assert [one.amount for one in invoices(workbook(HEADER, row)).rows] == [Decimal("0.30")]


def test_a_formula_never_computed_is_an_empty_cell():
    row = ["F-1", 1, date(2027, 7, 1), date(2027, 7, 1), date(2027, 9, 29), "=3+4", "EUR"]
    assert found(invoices(workbook(HEADER, row))) == [("missing", "F2", "")]


def test_two_thousand_invoices_are_read_and_not_one_more():
    row = "F-{};1;2027-07-01;2027-07-01;2027-09-29;1,00;EUR\n"
    full = CSV + "".join(row.format(number) for number in range(2000))
    assert len(invoices(full).rows) == 2000
    assert found(invoices(full + row.format(2000))) == [("too_many_rows", "", "2000")]


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "unreadable"), (b"PK\x03\x04", "unreadable"), (b"x" * 6_000_000, "too_big")]
)
def test_a_file_that_cannot_be_read_is_one_problem(content, code):
    assert found(invoices(content)) == [(code, "", "")]


def test_a_file_of_something_else_lacks_every_column():
    assert found(invoices(b"just some text")) == [
        ("missing_column", "", "number"),
        ("missing_column", "", "delivered_on"),
        ("missing_column", "", "invoiced_on"),
        ("missing_column", "", "due_on"),
        ("missing_column", "", "amount"),
    ]


def test_payments_with_and_without_an_invoice():
    file = payments(
        "Reçu le;Montant;Devise;Numéro de facture;Nature\n"
        "15/12/2026;370 000,00;EUR;;Acompte\n"
        "30/09/2027;500 000,00;EUR;F-118;\n"
        "05/10/2027;12 000,00;;F-118;avoir\n"
        "06/10/2027;1;EUR;F-131;Set-off\n"
    )
    assert file.problems == ()
    assert file.rows == (
        PaymentRow(2, date(2026, 12, 15), Decimal("370000.00"), "EUR", "", CreditKind.DEPOSIT),
        PaymentRow(3, date(2027, 9, 30), Decimal("500000.00"), "EUR", "F-118", CreditKind.PAYMENT),
        PaymentRow(4, date(2027, 10, 5), Decimal("12000.00"), "RON", "F-118", CreditKind.CREDIT_NOTE),
        PaymentRow(5, date(2027, 10, 6), Decimal("1.00"), "EUR", "F-131", CreditKind.SET_OFF),
    )


def test_a_payments_problems_have_their_cells():
    file = payments("received_on;amount;invoice;kind\n2028-01-01;100;F-9;gift\n;0;;\n")
    assert file.rows == ()
    assert found(file) == [
        ("in_future", "A2", "2028-01-01"),
        ("unknown_kind", "D2", "gift"),
        ("unknown_invoice", "C2", "F-9"),
        ("missing", "A3", ""),
        ("not_positive", "B3", "0"),
    ]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_are_a_problem(content):
    file = invoices(content)
    assert bool(file.rows) is not bool(file.problems)


@given(st.text(alphabet='";,\n\r12345.-/ F=é', max_size=120))
def test_any_text_is_imported_whole_or_not_at_all(text):
    file = invoices(CSV + text)
    assert bool(file.rows) is not bool(file.problems)

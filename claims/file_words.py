"""What could not be read in a file of invoices or payments, in the active language, and the empty file to fill in."""

import io
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook

from applications.fields import language
from claims.invoice_file import INVOICE_COLUMNS, PAYMENT_COLUMNS
from unlockfocus.tables import Column, Problem

PROBLEMS = {
    "unreadable": gettext_lazy("This file cannot be read. Send an Excel workbook (.xlsx) or a CSV file."),
    "too_big": gettext_lazy("This file is too large: at most 5 MB."),
    "too_many_rows": gettext_lazy("This file has more than %(value)s rows. Split it."),
    "no_rows": gettext_lazy("This file has no rows below its header."),
    "missing_column": gettext_lazy("The column “%(column)s” is missing from the first row."),
    "repeated_column": gettext_lazy("The column “%(value)s” stands twice."),
    "missing": gettext_lazy("This cell must be filled in."),
    "formula": gettext_lazy("“%(value)s” is a formula: put the value itself."),
    "too_long": gettext_lazy("“%(value)s” is too long."),
    "not_a_day": gettext_lazy("“%(value)s” is not a day such as 14/11/2027."),
    "in_future": gettext_lazy("%(value)s has not come yet: declare deliveries and payments once they happened."),
    "not_positive": gettext_lazy("The amount must be above zero."),
    "not_a_number": gettext_lazy("“%(value)s” is not an amount we can read."),
    "currency": gettext_lazy("“%(value)s” names another currency than the row."),
    "negative": gettext_lazy("“%(value)s” is below zero: a credit note is declared as a payment of its kind."),
    "separators": gettext_lazy("“%(value)s”: the separators of this amount contradict each other."),
    "too_many_decimals": gettext_lazy("“%(value)s” has more than two decimals."),
    "too_large": gettext_lazy("“%(value)s” is not plausible."),
    "unknown_currency": gettext_lazy("“%(value)s” is not a currency we know. Use its code, such as EUR."),
    "unknown_order_line": gettext_lazy("“%(value)s” is no line of the order. Use its number or its label."),
    "several_order_lines": gettext_lazy("Several lines of the order are called “%(value)s”: use the number."),
    "known_number": gettext_lazy("Invoice %(value)s is declared already."),
    "repeated_number": gettext_lazy("Invoice %(value)s stands twice in this file."),
    "due_before_invoice": gettext_lazy("An invoice cannot be due before its own date."),
    "unknown_invoice": gettext_lazy("Invoice “%(value)s” is not declared under this guarantee."),
    "unknown_kind": gettext_lazy("“%(value)s” is not a kind we know: payment, deposit, credit note, set-off, resale."),
}


def problem_sentence(problem: Problem) -> str:
    """What is wrong; where it is, `place` says."""
    columns = {column.code: column_name(column) for column in (*INVOICE_COLUMNS, *PAYMENT_COLUMNS)}
    figures = {"value": problem.value, "column": columns.get(problem.value, problem.value)}
    return str(PROBLEMS[problem.code]) % figures


def place(problem: Problem) -> str:
    """`Row 3, column B`, `Row 3`, or empty for the file as a whole."""
    if problem.cell:
        letters = problem.cell.rstrip("0123456789")
        return _("Row %(row)s, column %(column)s") % {"row": problem.line, "column": letters}
    return _("Row %(row)s") % {"row": problem.line} if problem.line else ""


def column_name(column: Column) -> str:
    return column.french if language().startswith("fr") else column.english


def template_workbook(columns: Sequence[Column]) -> bytes:
    """An empty workbook with the header the import reads, in the reader's language."""
    book = Workbook()
    sheet = book.active
    sheet.append([column_name(column) for column in columns])
    for index in range(1, len(columns) + 1):
        sheet.column_dimensions[sheet.cell(1, index).column_letter].width = 20
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()

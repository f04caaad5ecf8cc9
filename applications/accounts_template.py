"""The workbook people fill in with a buyer's accounts: one sheet for the figures, one that explains them."""

import io

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from applications.account_labels import SYNONYMS
from applications.accounts import CURRENCY, PUBLISHED_ON, UNIT, template_rows
from applications.accounts_form import REQUIRED_ITEMS, item_label
from unlockfocus.money import CURRENCIES

_ROWS = len(template_rows()) + 1


def template_workbook() -> bytes:
    """An XLSX file in the active language: items in the first column, two years to fill in beside them, and a guide."""
    book = Workbook()
    _figures(book.active)
    _guide(book.create_sheet(_("Guide")))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _figures(sheet: Worksheet) -> None:
    sheet.title = _("Accounts")
    sheet.append([_("Year ending"), "2025-12-31", "2024-12-31"])
    for item in template_rows():
        sheet.append([item_label(item)])
    for cell in (*sheet[1], *sheet["A"]):
        cell.font = Font(bold=True)
    for column, width in (("A", 34), ("B", 18), ("C", 18)):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "B2"
    currencies = DataValidation(type="list", formula1=f'"{",".join(CURRENCIES)}"', allow_blank=True)
    units = DataValidation(type="list", formula1='"1,1000,1000000"', allow_blank=True)
    for validation, row in ((currencies, 2), (units, 3)):
        sheet.add_data_validation(validation)
        validation.add(f"B{row}")
    for row in range(5, _ROWS + 1):
        for column in "BC":
            sheet[f"{column}{row}"].number_format = "#,##0.00"


def _guide(sheet: Worksheet) -> None:
    """The second sheet: never read back."""
    sheet.append([_("Row"), _("What to write"), _("Needed"), _("Also understood")])
    for item in template_rows():
        needed = _("yes, for the newest year") if item.code in REQUIRED_ITEMS else ""
        sheet.append([item_label(item), explanation(item.code), needed, " · ".join(SYNONYMS.get(item.code, ()))])
    for note in _notes():
        sheet.append(["", note])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column, width in (("A", 34), ("B", 70), ("C", 22), ("D", 90)):
        sheet.column_dimensions[column].width = width
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _notes() -> list[str]:
    return [
        _("The first sheet is read: the first row gives the end of each year, the first column the items."),
        _("Leave a cell empty when the figure is not published. An empty cell is not a zero."),
        _("Expenses and debts are positive figures. Losses and negative equity have a minus sign or brackets."),
        _("Up to five years are read; the newest and the one before are kept."),
    ]


def explanation(code: str) -> str:
    """What belongs in a row of the template."""
    return {
        CURRENCY.code: _(
            "The currency of all amounts, by its code, such as RON. Once, in the first column of figures."
        ),
        UNIT.code: _("1 for whole units, 1000 for thousands, 1000000 for millions. It does not apply to employees."),
        PUBLISHED_ON.code: _("The day these accounts were published or filed."),
        "total_assets": _("The total of the balance sheet, net of depreciation."),
        "fixed_assets": _("Intangible, tangible and financial assets kept longer than a year, net."),
        "current_assets": _("Inventories, receivables, cash, securities and prepaid expenses, net."),
        "inventories": _("Materials, goods, work in progress and finished products, net."),
        "receivables": _("What customers owe, net of provisions."),
        "cash": _("Cash in hand and at banks."),
        "equity": _("Capital, reserves and results; negative when losses have used it up."),
        "share_capital": _("The capital subscribed and paid in."),
        "retained_earnings": _("Reserves and results kept, the result of the year included; losses are negative."),
        "total_liabilities": _("All debts, whatever their term, without provisions."),
        "long_term_liabilities": _("Debts due after more than one year."),
        "short_term_liabilities": _("Debts due within one year."),
        "provisions_and_accruals": _(
            "Provisions for risks and charges, deferred income and accruals outside the debts."
        ),
        "sales": _("Net sales of the year, without VAT."),
        "operating_profit": _("The result of operations, before interest and tax."),
        "profit_before_tax": _("The result before income tax."),
        "net_profit": _("The result after tax; a loss is negative."),
        "depreciation": _("Depreciation and amortisation of the year."),
        "financial_expenses": _("Interest and similar charges of the year."),
        "employees": _("The average number of people employed, whatever the unit above."),
    }[code]

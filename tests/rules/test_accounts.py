import io
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications import accounts
from applications.account_labels import SYNONYMS, UNITS
from applications.accounts import CURRENCY, ITEMS, PUBLISHED_ON, UNIT, Cell, Problem, read_accounts, template_rows
from underwriting.scoring.statement import ITEMS as SCORED_ITEMS
from unlockfocus import sheets


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_sheet(xml):
    """A workbook whose first sheet is replaced by this XML."""
    original = zipfile.ZipFile(io.BytesIO(workbook(["item", date(2025, 12, 31)])))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in original.namelist():
            archive.writestr(name, xml if name == "xl/worksheets/sheet1.xml" else original.read(name))
    return file.getvalue()


def problems(content):
    return [(problem.cell, problem.code, problem.value) for problem in read_accounts(content).problems]


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


def test_a_workbook_of_two_years():
    content = workbook(
        ["Item", date(2024, 12, 31), date(2025, 12, 31)],
        ["Published on", date(2025, 5, 28), "2026-05-29"],
        ["total_assets", 89700000, "96 400 000,00"],
        [None, None, None],
        ["Trade receivables", 25200000.1, None],
        ["Résultat net", -4800000, "(5 500 000)"],
        ["employees", 305, 318],
    )
    read = read_accounts(content)
    assert read.problems == ()
    assert [year.period_end for year in read.years] == [date(2025, 12, 31), date(2024, 12, 31)]
    assert [year.published_on for year in read.years] == [date(2026, 5, 29), date(2025, 5, 28)]
    assert read.years[0].items == {
        "total_assets": Decimal("96400000.00"),
        "net_profit": Decimal("-5500000.00"),
        "employees": Decimal("318.00"),
    }
    assert read.years[1].items == {
        "total_assets": Decimal("89700000.00"),
        "receivables": Decimal("25200000.10"),
        "net_profit": Decimal("-4800000.00"),
        "employees": Decimal("305.00"),
    }


CSV = "poste;31/12/2025;31.12.2024\nTOTAL DE L'ACTIF;96 400 000,00;89.700.000\nCréances clients;27 600 000;\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_csv_file_as_spreadsheets_write_it(encoding, line_end):
    read = read_accounts(CSV.replace("\n", line_end).encode(encoding))
    assert read.problems == ()
    assert [(year.period_end, year.items) for year in read.years] == [
        (date(2025, 12, 31), {"total_assets": Decimal("96400000.00"), "receivables": Decimal("27600000.00")}),
        (date(2024, 12, 31), {"total_assets": Decimal("89700000.00")}),
    ]


@pytest.mark.parametrize("text", ['item,2025-12-31\nCash,"6,200,000.00"\n', "item\t2025-12-31\nCash\t6,200,000.00\n"])
def test_commas_and_tabs_separate_too(text):
    assert read_accounts(text.encode()).years[0].items == {"cash": Decimal("6200000.00")}


def test_every_problem_is_told_at_once_with_its_cell():
    content = (
        "item;2025-12-31;last year;2025-12-31\n"
        "Total assets;abc;1;1\n"
        "Goodwill;1;2\n"
        "cash;=1+1\n"
        "CASH;5\n"
        "Published on;soon\n"
        "Equity;-12;\n"
    )
    assert problems(content.encode()) == [
        ("C1", "not_a_date", "last year"),
        ("D1", "repeated_year", "2025-12-31"),
        ("B2", "not_a_number", "abc"),
        ("A3", "unknown_item", "Goodwill"),
        ("B4", "not_a_number", "=1+1"),
        ("A5", "repeated_item", "CASH"),
        ("B6", "not_a_date", "soon"),
    ]
    assert read_accounts(content.encode()).years[0].items == {"equity": Decimal("-12.00")}


@pytest.mark.parametrize("value", [True, date(2025, 1, 1), "#REF!", "12 %", 1e15, "1e5"])
def test_a_cell_that_is_no_amount(value):
    content = workbook(["item", date(2025, 12, 31)], ["cash", value])
    assert [(cell, code) for cell, code, _ in problems(content)] == [("B2", "not_a_number")]


def test_a_formula_counts_as_the_value_stored_with_it():
    row = '<row r="1"><c r="A1" t="inlineStr"><is><t>item</t></is></c><c r="B1" t="str"><v>2025-12-31</v></c></row>'
    stored = '<row r="2"><c r="A2" t="str"><v>cash</v></c><c r="B2"><f>3+4</f><v>99</v></c></row>'
    never = '<row r="3"><c r="A3" t="str"><v>equity</v></c><c r="B3"><f>3+4</f></c></row>'
    read = read_accounts(with_sheet(SHEET.format(row + stored + never)))
    assert read.problems == ()
    assert read.years[0].items == {"cash": Decimal("99.00")}


@pytest.mark.parametrize(
    ("day", "read_as"),
    [
        ("2025-12-31", date(2025, 12, 31)),
        ("31/12/2025", date(2025, 12, 31)),
        ("31-12-2025", date(2025, 12, 31)),
        ("1.3.2025", date(2025, 3, 1)),
    ],
)
def test_days_are_read_day_first(day, read_as):
    assert [year.period_end for year in read_accounts(f"item;{day}\n".encode()).years] == [read_as]


@pytest.mark.parametrize("day", ["2025", "31/12.2025", "30/02/2025", "12/31/2025", "2025-13-01"])
def test_what_is_not_a_day(day):
    assert problems(f"item;{day}\n".encode()) == [("B1", "not_a_date", day), ("", "no_years", "")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "unreadable"),
        (b"  \n ", "unreadable"),
        (b"\x00\x01\x02", "unreadable"),
        (b"PK\x03\x04 not a workbook", "unreadable"),
        (workbook(["item", date(2025, 12, 31)])[:2000], "unreadable"),
        (b"x" * (5 * 1024 * 1024 + 1), "too_big"),
        (b'item;2025-12-31\n"' + b"x" * 200_000, "unreadable"),
        (b"just some text", "no_years"),
        (with_sheet("<worksheet"), "unreadable"),
        (with_sheet('<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + SHEET.format("")), "unreadable"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_problem(content, code):
    assert problems(content) == [("", code, "")]


def test_an_archive_that_unpacks_to_too_much_is_not_unpacked():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (sheets.MAX_UNCOMPRESSED_BYTES + 1))
    assert len(file.getvalue()) < 20_000
    assert problems(file.getvalue()) == [("", "too_big", "")]


def test_an_archive_of_too_many_files_is_not_opened():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(sheets.MAX_ARCHIVE_FILES + 1):
            archive.writestr(str(number), b"")
    assert problems(file.getvalue()) == [("", "too_big", "")]


def test_rows_and_years_are_bounded():
    years = ";".join(f"{year}-12-31" for year in range(2015, 2025))
    assert problems(f"item;{years}\n".encode())[0] == ("G1", "too_many_years", "2020-12-31")
    assert len(read_accounts(f"item;{years}\n".encode()).years) == accounts.MAX_YEARS
    rows = "item;2025-12-31\n" + "\n".join(["cash;1"] * 300)
    assert problems(rows.encode())[0] == ("", "too_many_rows", "200")


def test_a_long_value_is_shortened_in_the_problem():
    assert problems(f"item;2025-12-31\n{'x' * 500};1\n".encode()) == [("A2", "unknown_item", "x" * 59 + "…")]


def test_the_template_reads_back_whatever_the_language():
    for label in ("code", "english", "french"):
        told = {PUBLISHED_ON: "2025-01-01", CURRENCY: "RON", UNIT: 1000}
        rows = [[getattr(item, label), told.get(item, 7)] for item in template_rows()]
        read = read_accounts(workbook(["", date(2025, 12, 31)], *rows))
        assert read.problems == ()
        assert set(read.years[0].items) == {item.code for item in ITEMS}
        assert (read.currency, read.unit) == ("RON", 1000)


def test_every_line_says_its_cell_what_it_was_taken_for_and_how_it_was_read():
    content = "poste;31/12/2024;31/12/2025\nUmsatzerlöse;1.000;2.000,50\nGoodwill;5;\nStocuri;;abc\n"
    read = read_accounts(content.encode())
    lines = [(line.address, line.label, line.item, line.cells) for line in read.lines]
    assert lines == [
        (
            "A2",
            "Umsatzerlöse",
            "sales",
            (Cell("C2", "2.000,50", Decimal("2000.50")), Cell("B2", "1.000", Decimal(1000))),
        ),
        ("A3", "Goodwill", "", (None, Cell("B3", "5", None))),
        ("A4", "Stocuri", "inventories", (Cell("C4", "abc", None), None)),
    ]
    assert read.years[0].cells == {"sales": "C2"}
    assert read.years[1].cells == {"sales": "B2"}


@pytest.mark.parametrize(
    ("label", "item"),
    [
        ("Aktywa razem", "total_assets"),
        ("Zysk (strata) z działalności operacyjnej", "operating_profit"),
        ("Środki pieniężne", "cash"),
        ("Datorii pe termen scurt", "short_term_liabilities"),
        ("Casa şi conturi la bănci", "cash"),
        ("Profit brut", "profit_before_tax"),
        ("Verbindlichkeiten", "total_liabilities"),
        ("Jahresüberschuß", "net_profit"),
        ("CREDITORS: amounts falling due within one year", "short_term_liabilities"),
        ("Dotations aux amortissements", "depreciation"),
    ],
)
def test_items_are_known_by_what_they_are_called_in_five_languages(label, item):
    assert read_accounts(f"item;2025-12-31\n{label};1\n".encode()).lines[0].item == item


@pytest.mark.parametrize(
    "label", ["Total equity and liabilities", "Total du passif", "Provisions", "Gross profit", "Marge brute", "Gewinn"]
)
def test_what_may_mean_two_things_is_left_to_the_person(label):
    assert problems(f"item;2025-12-31\n{label};1\n".encode()) == [("A2", "unknown_item", label)]


def test_no_label_means_two_items():
    taken = {}
    for code, names in SYNONYMS.items():
        for name in names:
            assert taken.setdefault(sheets.plain(name), code) == code
    words = [sheets.plain(word) for names in UNITS.values() for word in set(map(sheets.plain, names))]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("rows", "currency", "unit"),
    [
        ("Currency;RON\nUnit;1000\n", "RON", 1000),
        ("Devise;eur (euro)\nUnité;milliers d’euros\n", "EUR", 1000),
        ("Waluta;PLN;PLN\nJednostka;tys. zł\n", "PLN", 1000),
        ("Währung;EUR\nEinheit;Mio.\n", "EUR", 1_000_000),
        ("Moneda;RON\n", "RON", None),
    ],
)
def test_the_file_says_its_currency_and_its_unit(rows, currency, unit):
    read = read_accounts(f"item;2025-12-31;2024-12-31\n{rows}".encode())
    assert (read.currency, read.unit, read.problems) == (currency, unit, ())


def test_a_currency_or_a_unit_that_is_not_one_is_told_at_its_cell():
    content = "item;2025-12-31;2024-12-31\nCurrency;RON;EUR\nUnit;12\n"
    assert problems(content.encode()) == [("B3", "not_a_unit", "12"), ("C2", "two_values", "EUR")]
    assert problems(b"item;2025-12-31\nCurrency;lei\n") == [("B2", "not_a_currency", "lei")]


def test_the_items_are_those_that_are_scored():
    assert tuple(item.code for item in ITEMS) == SCORED_ITEMS


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_are_a_problem(content):
    read = read_accounts(content)
    assert read.years or read.problems
    assert all(isinstance(problem, Problem) for problem in read.problems)


@given(st.text(alphabet='";,\t\n\r12345.-/ abcé\x00', max_size=120))
def test_any_text_is_read_or_is_a_problem(text):
    read = read_accounts(("item;2025-12-31\n" + text).encode())
    assert read.years or read.problems

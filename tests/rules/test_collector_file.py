from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.collector_file import CollectorRow, read_statement

TODAY = date(2028, 1, 31)
INVOICES = {"F-2027-118", "F-2027-131"}


def read(content, imported=None):
    content = content.encode() if isinstance(content, str) else content
    return read_statement(content, invoices=INVOICES, imported=imported or {}, today=TODAY)


def problems(content, imported=None):
    return [(one.code, one.line, one.column, one.value) for one in read(content, imported).problems]


FRENCH = (
    "Référence;Facture;Démarche;Date;Encaissé;Frais;Remarque\n"
    "C-1;F-2027-118;Somatie;15/12/2027;0;150,00;Remise en main propre\n"
    "C-2;F-2027-118;Ordonanța de plată;10/01/2028;\u202f25\u202f000,50 €;0;\n"
    "C-3;;Visite;20/01/2028;;85,5;pas d’accord\n"
)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_statement_with_semicolons_and_decimal_commas(encoding, line_end):
    statement = read(FRENCH.replace("\n", line_end).encode(encoding))
    assert statement.problems == ()
    assert statement.rows == (
        CollectorRow(
            2, "C-1", "F-2027-118", "Somatie", date(2027, 12, 15),
            Decimal("0.00"), Decimal("150.00"), "Remise en main propre",
        ),
        CollectorRow(
            3, "C-2", "F-2027-118", "Ordonanța de plată", date(2028, 1, 10), Decimal("25000.50"), Decimal("0.00"), ""
        ),
        CollectorRow(4, "C-3", "", "Visite", date(2028, 1, 20), Decimal("0.00"), Decimal("85.50"), "pas d’accord"),
    )  # fmt: skip
    assert (statement.collected, statement.costs) == (Decimal("25000.50"), Decimal("235.50"))


def test_a_statement_with_commas_and_decimal_points():
    statement = read('on,reference,collected,cost,remark\n2028-01-10,C-1,"25,000.50",12.30,"paid, at last"\n')
    assert statement.rows == (
        CollectorRow(2, "C-1", "", "", date(2028, 1, 10), Decimal("25000.50"), Decimal("12.30"), "paid, at last"),
    )


def test_windows_1252_is_read_with_its_euro_and_apostrophe():
    content = "Référence;Date;Encaissé;Frais;Remarque\nC-1;10/01/2028;1,00 €;0;l’huissier\n".encode("cp1252")
    (row,) = read(content).rows
    assert (row.collected, row.remark) == (Decimal("1.00"), "l’huissier")


def test_a_byte_that_windows_1252_does_not_have_makes_the_file_unreadable():
    assert problems(b"reference;on;collected;cost\nC-1\x81\xff;2028-01-10;1;0\n") == [("unreadable", 0, 0, "")]


def test_one_wrong_cell_and_nothing_is_imported():
    content = "reference;on;collected;cost\nC-1;2028-01-10;100;0\nC-2;2028-01-11;12,345;0\n"
    assert read(content.replace("12,345", "12,34")).collected == Decimal("112.34")
    content = content.replace("12,345", "1,2,3")
    assert problems(content) == [("separators", 3, 3, "1,2,3")]
    assert (read(content).rows, read(content).collected) == ((), Decimal("0.00"))


def test_every_problem_is_told_at_once_with_its_line_and_column():
    content = (
        "reference;invoice;on;collected;cost;remark\n"
        ";F-2027-118;2028-01-10;100;0;\n"
        "C-2;F-9;2028-02-01;100;0;\n"
        "\n"
        "C-3;;soon;x;$ 5;=HYPERLINK(1)\n"
    )
    assert problems(content) == [
        ("missing", 2, 1, ""),
        ("in_future", 3, 3, "2028-02-01"),
        ("unknown_invoice", 3, 2, "F-9"),
        ("not_a_day", 5, 3, "soon"),
        ("not_a_number", 5, 4, "x"),
        ("currency", 5, 5, "$ 5"),
        ("formula", 5, 6, "=HYPERLINK(1)"),
    ]
    assert [one.cell for one in read(content).problems] == ["A2", "C3", "B3", "C5", "D5", "E5", "F5"]


def test_the_header_must_name_what_is_needed_once():
    assert problems("reference;on;collected\nC-1;2028-01-10;1\n") == [("missing_column", 1, 0, "cost")]
    assert problems("reference;on;collected;cost;Frais\n") == [("repeated_column", 1, 5, "Frais")]


def test_columns_nobody_asked_for_are_passed_over():
    assert len(read("agency;reference;on;collected;cost\nKruk;C-1;2028-01-10;1;0\n").rows) == 1


def test_a_header_alone_says_nothing():
    assert problems("reference;on;collected;cost\n;;;\n") == [("no_rows", 0, 0, "")]


def test_a_taken_back_payment_is_negative():
    statement = read("reference;on;collected;cost\nC-1;2028-01-10;100;0\nC-2;2028-01-12;-40;0\n")
    assert statement.collected == Decimal("60.00")


TWICE = "reference;on;collected;cost\nC-1;2028-01-10;100;5\nC-2;2028-01-11;7;0\nC-1;2028-01-10;100;5\n"


def test_a_reference_that_stands_twice_is_flagged_and_counted_once():
    statement = read(TWICE)
    assert [(row.line, row.is_duplicate) for row in statement.rows] == [(2, False), (3, False), (4, True)]
    assert (statement.collected, statement.costs) == (Decimal("107.00"), Decimal("5.00"))


def test_a_cumulative_statement_brings_only_what_is_new():
    statement = read(TWICE, imported={"C-1": (Decimal("100.00"), Decimal("5.00"))})
    assert [row.reference for row in statement.new_rows] == ["C-2"]
    assert [row.line for row in statement.duplicates] == [2, 4]


def test_a_reference_whose_amounts_changed_is_a_problem():
    assert problems(TWICE, imported={"C-2": (Decimal("8.00"), Decimal("0.00"))}) == [("changed_reference", 3, 1, "C-2")]
    changed = TWICE + "C-2;2028-01-11;7;1\n"
    assert problems(changed) == [("changed_reference", 5, 1, "C-2")]


def test_more_rows_than_can_be_read_are_refused_also_after_blank_ones():
    row = "C-{};2028-01-10;1;0\n"
    full = "reference;on;collected;cost\n" + "".join(row.format(number) for number in range(2000))
    assert read(full).collected == Decimal("2000.00")
    assert problems(full + "\n" * 10 + row.format(2000)) == [("too_many_rows", 0, 0, "2000")]
    assert problems(full + "\n" * 5000 + row.format(2000)) == [("too_many_rows", 0, 0, "2000")]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_are_a_problem(content):
    statement = read(content)
    assert bool(statement.rows) is not bool(statement.problems)


@given(st.text(alphabet='";,\n\r12345.-/ C=é', max_size=120))
def test_any_text_is_imported_whole_or_not_at_all(text):
    statement = read("reference;on;collected;cost\n" + text)
    assert bool(statement.rows) is not bool(statement.problems)

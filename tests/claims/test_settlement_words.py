"""The sum of an indemnity as people read it, from pure calculations. Every figure is worked by hand; EUR."""

from decimal import Decimal

import pytest

from claims.calculation import Case, calculate
from claims.indemnity import Terms
from claims.settlement_words import differences, sheet_of

TERMS = Terms(
    limit=Decimal("1480000.00"),
    insured_percentage=Decimal("0.90"),
    deductible=Decimal("0.00"),
    deductible_order="after_percentage",
    maximum_liability_left=Decimal("1332000.00"),
)


def case(covered, deductions=None, **more):
    taken = {kind: Decimal(amount) for kind, amount in (deductions or {}).items()}
    return Case({each: Decimal(amount) for each, amount in covered.items()}, taken, TERMS, **more)


def lines(sheet):
    return [(row.label, str(row.amount)) for row in sheet.rows]


def test_many_invoices_stand_in_one_line():
    """Nine of 1,000."""
    sheet = sheet_of(calculate(case({f"F-{number}": "1000.00" for number in range(9)})))
    assert lines(sheet)[:2] == [("9 covered invoices", "9000.00"), ("Gross loss", "9000.00")]


def test_what_is_deducted_beyond_the_covered_principal_is_a_line_of_its_own():
    sheet = sheet_of(calculate(case({"F-1": "1000.00"}, {"payment": "1500.00"})))
    assert lines(sheet)[:4] == [
        ("Invoice F-1", "1000.00"),
        ("Payments", "-1500.00"),
        ("Deducted beyond what is covered", "500.00"),
        ("Gross loss", "0.00"),
    ]


def test_the_insured_reads_its_own_share_as_its_own():
    labels = [row.label for row in sheet_of(calculate(case({"F-1": "1000.00"})), to_insured=True).rows]
    assert "Your own share" in labels
    assert "The insured's own share" not in labels


@pytest.mark.parametrize(
    ("more", "total"),
    [
        ({}, "900000.00"),
        ({"paid_before": Decimal("450000.00")}, "450000.00"),
        ({"paid_before": Decimal("950000.00")}, "0.00"),
        ({"advance": Decimal("0.50")}, "450000.00"),
        ({"advance": Decimal("0.50"), "paid_before": Decimal("100000.00")}, "350000.00"),
    ],
)
def test_the_lines_add_up_to_what_is_paid(more, total):
    """1,000,000 covered: 900,000; half of it is advanced at most, what was signed before comes off."""
    sheet = sheet_of(calculate(case({"F-1": "1100000.00"}, {"deposit": "100000.00"}, **more)))
    assert sheet.total == Decimal(total)
    assert sum(row.amount for row in sheet.rows if not row.is_level) == sheet.total


def test_two_sums_side_by_side_show_a_line_only_one_of_them_has():
    then = sheet_of(calculate(case({"F-1": "1000.00", "F-2": "500.00"})))
    now = sheet_of(calculate(case({"F-1": "1000.00"}, {"payment": "200.00"})))
    found = [(each.label, str(each.then), str(each.now), str(each.change)) for each in differences(then, now, "To pay")]
    assert found[:4] == [
        ("Invoice F-1", "1000.00", "1000.00", "0.00"),
        ("Invoice F-2", "500.00", "0.00", "-500.00"),
        ("Payments", "0.00", "-200.00", "-200.00"),
        ("Gross loss", "1500.00", "800.00", "-700.00"),
    ]
    assert found[-1] == ("To pay", "1350.00", "720.00", "-630.00")

"""The grades of Z'' against what happened to 4,090 European companies within a year (docs/rules/scoring.md)."""

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from statistics import median

import pytest

from tests.rules.shared_cases import SHARED
from underwriting.scoring import altman
from underwriting.scoring.grades import GRADE_PDS
from underwriting.scoring.result import InsufficientAccounts
from underwriting.scoring.statement import ITEMS, Statement

ACCOUNTS = SHARED / "data" / "scoring" / "statements_dev.csv"
BASE_RATE = 0.02


@pytest.fixture(scope="module")
def companies():
    """Each company's factors and whether it failed."""
    if not ACCOUNTS.is_file():
        pytest.skip(f"{ACCOUNTS} is absent: the data are not part of the project")
    with ACCOUNTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    measured = []
    for row in rows:
        items = {item: Decimal(row[item]) for item in ITEMS if row.get(item)}
        try:
            completed, _ = altman.complete(Statement(period_end=date(2010, 12, 31), currency="PLN", **items))
        except InsufficientAccounts:
            continue
        measured.append((altman.factors(completed), row["class"] == "1"))
    return measured


def failures_by_grade(companies):
    """Companies and failures of each grade before overlays."""
    totals, failures = Counter(), Counter()
    for factors, failed in companies:
        grade = altman.GRADES[altman.rating_for(sum(factor.contribution for factor in factors))]
        totals[grade] += 1
        failures[grade] += failed
    return {grade: (totals[grade], failures[grade]) for grade in sorted(totals)}


def test_the_documented_counts(companies):
    assert failures_by_grade(companies) == {
        4: (1592, 34),
        5: (443, 14),
        6: (987, 43),
        7: (390, 26),
        8: (251, 44),
        9: (427, 123),
    }


def test_no_grade_promises_less_risk_than_the_next_worse_grade_s_boundary(companies):
    """At a base rate of 2 % every measured PD lies below the geometric mean of its grade and the next worse."""
    base_odds = BASE_RATE / (1 - BASE_RATE)
    counts = failures_by_grade(companies)
    sample_rate = sum(failed for _, failed in counts.values()) / sum(total for total, _ in counts.values())
    for grade, (total, failed) in counts.items():
        odds = failed / (total - failed) * base_odds / (sample_rate / (1 - sample_rate))
        boundary = float(GRADE_PDS[grade] * GRADE_PDS[grade + 1]) ** 0.5
        assert odds / (1 + odds) < boundary, grade


def test_the_medians_are_those_of_the_companies_that_went_on(companies):
    for position, (code, documented) in enumerate(altman.MEDIANS.items()):
        values = [factors[position].value for factors, failed in companies if not failed]
        assert median(values) == pytest.approx(documented, abs=Decimal("0.005")), code

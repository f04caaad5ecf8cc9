"""One buyer's years out of what the insured gave and what registers published."""

from datetime import date
from decimal import Decimal

import pytest

from underwriting.scoring.evidence import Difference, Line, Told, years_from
from underwriting.scoring.statement import Statement

END, BEFORE = date(2025, 12, 31), date(2024, 12, 31)


def told(source="insured", end=END, places=None, **about):
    amounts = {
        name: Decimal(value) if name not in {"currency", "unit", "audited", "consolidated", "published_on"} else value
        for name, value in about.items()
    }
    return Told(Statement(period_end=end, source=source, **{"currency": "RON", **amounts}), places or {})


INSURED = {"total_assets": 1000, "equity": 300, "sales": 2000, "short_term_liabilities": 500}
FILED = {"total_assets": 1004, "equity": 300, "sales": 2000, "net_profit": 40}


def only(years):
    (year,) = years
    return year


def test_without_a_register_the_years_given_stand():
    years = years_from([told(end=BEFORE, sales=1), told(sales=2)], [])
    assert [(year.statement.period_end, year.statement.sales) for year in years] == [(END, 2), (BEFORE, 1)]
    assert years[0].lines == {"sales": Line("insured", "")}


def test_a_filing_that_agrees_is_completed_by_the_insured():
    year = only(
        years_from(
            [told(places={"short_term_liabilities": "B8 · pei.csv"}, audited=True, **INSURED)],
            [told("anaf", places={"sales": "I13", "total_assets": "I1 + I2 + I6"}, **FILED)],
        )
    )
    assert (year.statement.total_assets, year.statement.net_profit, year.statement.short_term_liabilities) == (
        1004, 40, 500,
    )  # fmt: skip
    assert (year.statement.source, year.statement.audited) == ("anaf", True)
    assert year.lines["sales"] == Line("anaf", "I13")
    assert year.lines["short_term_liabilities"] == Line("insured", "B8 · pei.csv")
    assert year.differences == ()


def test_a_filing_that_differs_stands_alone_and_the_lines_are_named():
    year = only(years_from([told(**{**INSURED, "equity": 400}, audited=True)], [told("anaf", **FILED)]))
    assert year.differences == (Difference("equity", Decimal(400), Decimal(300)),)
    assert (year.statement.equity, year.statement.short_term_liabilities) == (300, None)
    assert not year.statement.audited
    assert set(year.lines) == {"total_assets", "equity", "sales", "net_profit"}


@pytest.mark.parametrize(
    ("insured", "register", "agree"),
    [(1000, 1010, True), (1000, 1011, False), (-1000, -1010, True), (-10, 10, False), (0, 1, True), (0, 2, False)],
)
def test_figures_agree_within_one_percent_or_one_unit(insured, register, agree):
    year = only(years_from([told(sales=insured)], [told("anaf", sales=register)]))
    assert (year.differences == ()) is agree


def test_figures_told_in_thousands_are_compared_and_added_in_the_units_of_the_register():
    given = told(unit=1000, sales=118, cash=7, employees=12)
    year = only(years_from([given], [told("anaf", sales=118_600, employees=12)]))
    assert (year.statement.unit, year.statement.sales, year.statement.cash) == (1, 118_600, 7000)
    assert year.statement.employees == 12


def test_figures_in_another_currency_are_not_mixed():
    year = only(years_from([told(currency="EUR", **INSURED)], [told("anaf", **FILED)]))
    assert (year.statement.source, year.statement.short_term_liabilities, year.differences) == ("anaf", None, ())


def test_accounts_of_the_group_and_of_the_company_are_not_mixed():
    year = only(years_from([told(consolidated=True, **INSURED)], [told("inpi", **FILED)]))
    assert (year.statement.source, year.statement.total_assets, year.other_kind) == ("insured", 1000, "inpi")


def test_of_two_kinds_of_filing_that_of_the_insureds_kind_counts():
    group = told("companies_house", consolidated=True, sales=9000, equity=1)
    own = told("companies_house", sales=2000)
    assert only(years_from([told(**INSURED)], [own, group])).statement.sales == 2000
    assert only(years_from([told(consolidated=True, sales=9000)], [own, group])).statement.equity == 1
    assert only(years_from([], [own, group])).statement.sales == 2000
    assert only(years_from([], [group])).statement.sales == 9000


def test_of_two_registers_the_fuller_filing_counts_then_the_newest():
    thin, full, newer = told("inpi", sales=1), told("dgfip", sales=1, cash=2), told("inpi", sales=1, cash=3)
    assert only(years_from([], [full, thin])).statement.source == "dgfip"
    assert only(years_from([], [full, newer])).statement.cash == 3


def test_years_of_a_register_join_up_to_three():
    filings = [told("anaf", end=date(year, 12, 31), sales=year) for year in (2020, 2021, 2022, 2023, 2024)]
    years = years_from([told(sales=5)], filings)
    assert [year.statement.period_end.year for year in years] == [2025, 2024, 2023]
    assert [year.statement.source for year in years] == ["insured", "anaf", "anaf"]
    newer = years_from([told(end=BEFORE, sales=5)], [told("anaf", sales=6)])
    assert [(year.statement.period_end, year.statement.sales) for year in newer] == [(END, 6), (BEFORE, 5)]

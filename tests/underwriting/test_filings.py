"""What registers published of a buyer: kept once, beside the insured's figures, and what an analysis makes of both."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.factories import analyse, analysed_request, buyer_with
from tests.rules.registers import ROMANIAN, as_bytes, bilant
from tests.rules.test_scoring import PEI
from underwriting.actions.statements import AnotherCompany, Origin, keep_filings, keep_year
from underwriting.comparing import matrix
from underwriting.models import Analysis, BuyerStatement, StatementScore
from underwriting.scoring.stored import as_dict, statement_from_accounts
from underwriting.scoring.versions import versions
from underwriting.scoring_inputs import inputs_of, score_from_inputs
from underwriting.sources.anaf import read_bilant

pytestmark = pytest.mark.django_db


def filings_of(amounts=ROMANIAN, *, year=2025, company="49007311", on=date(2026, 11, 24)):
    answer = as_bytes(bilant(amounts, year=year, company=int(company)))
    return read_bilant(answer, company=company, on=on)


def keep(buyer, now, **changes):
    origin = Origin(fetched_at=now, url="https://webservicesp.anaf.ro/bilant?an=2025&cui=49007311", licence="ANAF")
    return keep_filings(buyer, filings_of(**changes), origin=origin, at=now)


@pytest.fixture
def file(index, alice, now):
    return analysed_request(index, alice, now)


def as_pei(file):
    """The indicators that say the same as the accounts given with the request, as far as they can."""
    newest = {code: int(Decimal(text)) for code, text in file.accounts.first().items.items()}
    equity, total = newest["equity"], newest["total_assets"]
    fixed = total - newest["current_assets"]
    debts = newest["total_liabilities"]
    profit, before_tax = newest["net_profit"], newest.get("profit_before_tax", newest["net_profit"])
    return {
        **ROMANIAN, "I1": fixed, "I2": newest["current_assets"], "I3": newest["inventories"],
        "I4": newest["receivables"], "I5": newest["cash"], "I6": 0, "I7": debts, "I8": 0, "I9": total - debts - equity,
        "I10": equity, "I11": newest.get("share_capital", 1000), "I13": newest["sales"],
        "I14": newest["sales"] + max(before_tax, 0), "I15": newest["sales"] - min(before_tax, 0),
        "I16": max(before_tax, 0), "I17": -min(before_tax, 0), "I18": max(profit, 0), "I19": -min(profit, 0),
        "I20": newest.get("employees", -1),
    }  # fmt: skip


def test_a_filing_is_kept_once_with_all_that_is_known_of_it(file, now):
    (row,) = keep(file.buyer, now)
    (again,) = keep(file.buyer, now + timedelta(days=9))
    assert row == again
    assert (row.source, row.licence, row.request, row.fetched_at) == ("anaf", "ANAF", None, now)
    assert row.url == "https://webservicesp.anaf.ro/bilant?an=2025&cui=49007311"
    assert row.provenance["items"]["current_assets"] == "I2 + I6"
    assert (row.total_assets, row.currency, row.euro_rate is not None) == (13500, "RON", True)
    assert StatementScore.objects.filter(statement=row).count() == len(versions())


def test_equal_figures_of_the_insured_and_of_a_register_are_two_rows(now):
    year = filings_of()[0].statement
    buyer = buyer_with(49007311, at=now, country="RO")
    keep(buyer, now)
    keep_year(buyer, replace(year, source="insured"), at=now)
    assert sorted(buyer.statements.values_list("source", "total_assets")) == [("anaf", 13500), ("insured", 13500)]


def test_accounts_of_another_company_are_refused(file, now):
    with pytest.raises(AnotherCompany, match="those of company 5, not of the buyer"):
        keep(file.buyer, now, company="5")
    assert not BuyerStatement.objects.of_registers().exists()


def test_a_filing_that_agrees_is_scored_and_completed(file, now):
    given = file.accounts.first()
    keep(file.buyer, now, amounts=as_pei(file))
    analysis = analyse(file, now)
    newest = statement_from_accounts(analysis.inputs["accounts"])
    assert (newest.source, newest.sales) == ("anaf", Decimal(given.items["sales"]))
    assert newest.short_term_liabilities == Decimal(given.items["short_term_liabilities"])
    told = analysis.inputs["accounts"]["years"][0]["provenance"]
    assert told["sales"] == ["anaf", "I13"]
    assert told["short_term_liabilities"] == ["insured", ""]
    assert "differences" not in analysis.inputs["accounts"]
    assert BuyerStatement.objects.filter(source="insured").count() == 2


def test_a_filing_that_differs_is_scored_alone_and_the_desk_names_the_lines(file, now, signed_in, bruno):
    keep(file.buyer, now, amounts={**as_pei(file), "I13": 120_000_000})
    analysis = analyse(file, now)
    assert [line["item"] for line in analysis.inputs["accounts"]["differences"]] == ["sales"]
    page = " ".join(signed_in(bruno).get(f"/desk/file/{file.reference}/").content.decode().split())
    assert "The insured and the register differ by more than one percent" in page
    assert "Sales, year to 31 December 2025: 168,300,000 by the insured, 120,000,000 by ANAF" in page
    assert "Where each figure comes from" in page
    assert "ANAF: I13" in page
    assert "insured: typed" in page


def test_stored_analyses_replay_as_before(file, now):
    before = Analysis.objects.get(request=file)
    stored = dict(before.inputs)
    keep(file.buyer, now, amounts=as_pei(file))
    before.refresh_from_db()
    assert before.inputs == stored
    assert as_dict(score_from_inputs(before.inputs)) == before.result
    again = analyse(file, now)
    assert as_dict(score_from_inputs(again.inputs)) == again.result


def test_without_filings_inputs_are_what_they_always_were(file, now):
    years = inputs_of(file, date(2026, 11, 24))["accounts"]["years"]
    assert years[0].keys() & {"provenance", "differences"} == set()
    assert years[0]["source"] == "insured"


def test_filings_that_arrived_after_the_analysis_are_pointed_at(file, now, signed_in, bruno):
    browser = signed_in(bruno)
    assert "arrived after this analysis" not in browser.get(f"/desk/file/{file.reference}/").content.decode()
    keep(file.buyer, now + timedelta(hours=1))
    page = browser.get(f"/desk/file/{file.reference}/").content.decode()
    assert "Accounts of a register arrived after this analysis." in page
    assert "ANAF, year to 31 December 2025" in " ".join(page.split())


def test_over_the_portfolio_a_register_counts_before_the_insured(now):
    buyer = buyer_with(49007311, at=now, country="RO")
    (filing,) = keep(buyer, now)
    buyer_with(49007311, replace(PEI, source="insured"), at=now + timedelta(days=1), country="RO")
    assert PEI.period_end == filing.period_end
    assert list(BuyerStatement.objects.newest_of_each_buyer()) == [filing]
    model, version = versions()[-1].model, versions()[-1].version
    StatementScore.objects.filter(model=model, version=version).update(grade=7)
    StatementScore.objects.filter(statement=filing, model=model, version=version).update(grade=3)
    counted = matrix(versions()[-1], versions()[-1])
    assert counted.counts == {(3, 3): 1}

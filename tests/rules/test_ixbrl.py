"""British accounts as inline XBRL: what is read of recorded documents, and what is refused.

The figures of the recorded documents were read by eye, as printed on their pages.
"""

import json
from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.inline_accounts import (
    BALANCE,
    BEFORE,
    GROUP,
    HEAD,
    NOW,
    RESULTS,
    WITHIN,
    YEAR,
    YEAR_BEFORE,
    accounts,
)
from tests.rules.shared_cases import recorded
from underwriting.scoring.statement import ITEMS, before, identity_checks, identity_gaps
from underwriting.sources import ixbrl
from underwriting.sources.filing import BadPayload
from underwriting.sources.ixbrl import read_ixbrl
from underwriting.sources.questions import Reply

ON = date(2026, 11, 25)
FOLDER = "registry_samples/ixbrl_uk/"


def read(content, company="01234567", on=ON):
    return read_ixbrl(content, company=company, on=on)


def given_items(statement):
    return {name: int(value) for name in ITEMS if (value := getattr(statement, name)) is not None}


def refused(content, **options):
    with pytest.raises(BadPayload) as caught:
        read(content, **options)
    return caught.value


def without(concept, facts=(*BALANCE, *RESULTS)):
    return tuple(fact for fact in facts if fact[0] != concept)


def with_text(concept, text, facts=(*BALANCE, *RESULTS)):
    return tuple((*fact[:3], text) if fact[0] == concept and not fact[2] else fact for fact in facts)


# --- Recorded documents -----------------------------------------------------------------------------------------------


def test_green_barkingshire_has_more_debts_than_assets_though_its_tags_say_no_sign():
    """Printed: current assets 2,909, creditors (6,719), net assets (3,810); the year before 4,585, (5,879), (1,294)."""
    newest, earlier = read(recorded(FOLDER + "account_1.html"), company="02345678")
    assert (newest.register, newest.company, newest.statement.currency) == ("Companies House", "02345678", "GBP")
    assert (newest.statement.period_start, newest.statement.period_end) == (date(2016, 11, 1), date(2017, 10, 31))
    assert given_items(newest.statement) == {
        "total_assets": 2909,
        "fixed_assets": 0,
        "current_assets": 2909,
        "equity": -3810,
        "total_liabilities": 6719,
        "long_term_liabilities": 0,
        "short_term_liabilities": 6719,
        "provisions_and_accruals": 0,
    }
    assert newest.provenance["equity"] == "Equity@icur1 2017-10-31 (minus sign from its brackets)"
    assert newest.provenance["short_term_liabilities"] == "Creditors[WithinOneYear]@icur9 2017-10-31"
    assert (earlier.statement.equity, earlier.statement.current_assets) == (-1294, 4585)
    assert newest.statement.prior == earlier.statement
    assert not newest.statement.audited
    assert not newest.statement.consolidated


def test_a_micro_entity_under_the_taxonomy_of_2009():
    """Printed: current assets 4,373, creditors (1,154), net assets 3,219; the year before 4,928, (495), 4,433."""
    newest, earlier = read(recorded(FOLDER + "account_2.html"), company="12345678")
    assert newest.statement.period_end == date(2017, 3, 31)
    assert given_items(newest.statement) == {
        "total_assets": 4373,
        "fixed_assets": 0,
        "current_assets": 4373,
        "equity": 3219,
        "total_liabilities": 1154,
        "long_term_liabilities": 0,
        "short_term_liabilities": 1154,
        "provisions_and_accruals": 0,
    }
    assert newest.provenance["fixed_assets"] == "none, by the totals"
    assert (earlier.statement.current_assets, earlier.statement.short_term_liabilities) == (4928, 495)
    assert earlier.statement.equity == 4433


def test_a_company_that_owns_nothing_but_unpaid_capital_has_that_as_an_asset():
    """Printed: called up share capital not paid 1,000, capital and reserves 1,000, all else nil; both years."""
    newest, earlier = read(recorded(FOLDER + "account_3.html"), company="3456789")
    assert newest.statement.period_end == date(2016, 9, 30)
    for filing in (newest, earlier):
        assert (filing.statement.total_assets, filing.statement.equity) == (1000, 1000)
        assert (filing.statement.current_assets, filing.statement.total_liabilities) == (1000, 0)
        assert filing.statement.sales is None


def test_a_company_with_a_profit_and_loss_account():
    """Printed: turnover 3,456, profit 456, current assets 1,040, creditors (786), net assets 254, no employees."""
    newest, earlier = read(recorded(FOLDER + "account_6.xhtml"), company="12345671")
    assert (newest.statement.period_start, newest.statement.period_end) == (date(2021, 8, 1), date(2022, 7, 31))
    assert given_items(newest.statement) == {
        "total_assets": 1040,
        "fixed_assets": 0,
        "current_assets": 1040,
        "equity": 254,
        "total_liabilities": 786,
        "long_term_liabilities": 0,
        "short_term_liabilities": 786,
        "provisions_and_accruals": 0,
        "sales": 3456,
        "net_profit": 456,
        "employees": 0,
    }
    assert newest.provenance["sales"] == "TurnoverRevenue@C 2021-08-01/2022-07-31"
    assert before(newest.statement, "sales") == 5678
    assert (earlier.statement.net_profit, earlier.statement.equity) == (2847, 5)


def test_a_document_of_plain_xbrl_is_not_read():
    assert refused(recorded(FOLDER + "account_1.xml")).reason == "not an XHTML document with inline XBRL"


# --- What is read -----------------------------------------------------------------------------------------------------


def test_a_full_balance_sheet_adds_up_and_says_where_each_item_stands():
    (filing,) = read(accounts())
    assert given_items(filing.statement) == {
        "total_assets": 1700,
        "fixed_assets": 800,
        "current_assets": 900,
        "inventories": 300,
        "receivables": 420,
        "cash": 180,
        "equity": 900,
        "share_capital": 100,
        "retained_earnings": 800,
        "total_liabilities": 750,
        "long_term_liabilities": 250,
        "short_term_liabilities": 500,
        "provisions_and_accruals": 50,
        "sales": 5000,
        "operating_profit": 240,
        "profit_before_tax": 200,
        "net_profit": 150,
        "financial_expenses": 40,
    }
    assert len(identity_checks(filing.statement)) == 4
    assert identity_gaps(filing.statement) == ()
    assert filing.provenance.keys() == given_items(filing.statement).keys()
    assert filing.provenance["share_capital"] == "Equity[ShareCapital]@k3 2025-03-31"


def test_prefixes_are_the_filers_own():
    renamed = accounts().replace(b"c:", b"whatever:").replace(b"xmlns:c=", b"xmlns:whatever=")
    assert read(renamed)[0].statement.equity == 900


def test_concepts_of_another_taxonomy_are_not_read():
    other = HEAD.replace("http://xbrl.frc.org.uk/fr/2023-01-01/core", "http://example.org/fr/2023-01-01/core")
    assert "no figure of the British taxonomies" in refused(accounts(head=other)).reason


def test_a_small_company_that_files_no_profit_and_loss_account_gives_none():
    (filing,) = read(accounts(BALANCE))
    for item in ("sales", "operating_profit", "net_profit", "employees", "depreciation"):
        assert getattr(filing.statement, item) is None
        assert item not in filing.provenance


def test_debts_without_their_term_are_not_taken_for_short_ones():
    facts = tuple(
        (*fact[:2], (), fact[3]) if fact[0] == "c:Creditors" and fact[2] == (WITHIN,) else fact for fact in BALANCE
    )
    (filing,) = read(accounts(facts))
    assert filing.statement.short_term_liabilities is None


def test_a_figure_under_another_dimension_is_not_the_companys():
    part = ("c:TurnoverRevenue", YEAR, ("c:GeographicSegmentsDimension=c:Europe",), "3,000")
    (filing,) = read(accounts((*without("c:TurnoverRevenue"), part)))
    assert filing.statement.sales is None


def test_a_figure_whose_dimension_stands_in_the_scenario_is_not_taken_for_the_whole():
    inside = b'<xbrli:scenario><xbrldi:explicitMember dimension="c:X">c:Y</xbrldi:explicitMember></xbrli:scenario>'
    content = accounts(BALANCE).replace(b"</xbrli:instant></xbrli:period>", b"</xbrli:instant></xbrli:period>" + inside)
    assert "no figure of the British taxonomies" in refused(content).reason


def test_the_groups_figures_stand_beside_the_companys_own():
    group = tuple((concept, period, (*dimensions, GROUP), f"{int(text.replace(',', '')) * 3}")
                  for concept, period, dimensions, text in BALANCE)  # fmt: skip
    own, consolidated = read(accounts((*BALANCE, *group)))
    assert (own.statement.consolidated, own.statement.total_assets) == (False, 1700)
    assert (consolidated.statement.consolidated, consolidated.statement.total_assets) == (True, 5100)
    assert consolidated.provenance["fixed_assets"] == "FixedAssets[Consolidated]@k5 2025-03-31"


def test_the_year_before_is_read_from_its_own_contexts():
    earlier = tuple((concept, BEFORE, dimensions, text) for concept, _period, dimensions, text in BALANCE)
    sales = ("c:TurnoverRevenue", YEAR_BEFORE, (), "4,000")
    newest, prior = read(accounts((*BALANCE, *RESULTS, *earlier, sales)))
    assert (prior.statement.period_end, prior.statement.sales) == (date(2024, 3, 31), 4000)
    assert prior.statement.net_profit is None
    assert before(newest.statement, "sales") == 4000


@pytest.mark.parametrize(
    ("attributes", "text", "amount"),
    [
        ({"scale": "3", "decimals": "-3"}, "5", "5000"),
        ({"scale": "6", "decimals": "-5"}, "1.2", "1200000"),
        ({"format": "ixt:num-comma-decimal"}, "5.000,25", "5000.25"),
        ({"format": "ixt:zerodash"}, "–", "0"),
        ({"format": "ixt:fixed-zero"}, "nil", "0"),
        ({"format": None}, "5000.5", "5000.5"),
        ({}, "5 000", "5000"),
    ],
)
def test_a_number_is_read_as_its_format_and_scale_say(attributes, text, amount):
    content = accounts(with_text("c:TurnoverRevenue", text), told={"c:TurnoverRevenue": attributes})
    assert read(content)[0].statement.sales == Decimal(amount)


def test_a_loss_carries_its_sign():
    content = accounts(told={"c:ProfitLoss": {"sign": "-"}})
    assert read(content)[0].statement.net_profit == -150


@pytest.mark.parametrize("attributes", [{"xsi:nil": "true"}, {"format": "ixt:nocontent"}])
def test_what_is_tagged_as_nothing_is_not_given(attributes):
    content = accounts(with_text("c:TurnoverRevenue", ""), told={"c:TurnoverRevenue": attributes})
    assert read(content)[0].statement.sales is None


def test_a_figure_told_twice_is_taken_where_it_is_told_most_exactly():
    rounded = ("c:CashBankOnHand", NOW, (), "0.2")
    again = accounts((*BALANCE, rounded))
    last = b'decimals="0" format="ixt:num-dot-decimal">0.2<'
    content = again.replace(last, b'decimals="-2" scale="3" format="ixt:num-dot-decimal">0.2<')
    assert read(content)[0].statement.cash == 180


def test_people_are_counted_in_no_currency():
    people = ("c:AverageNumberEmployeesDuringPeriod", YEAR, (), "7")
    told = {"c:AverageNumberEmployeesDuringPeriod": {"unitRef": "n", "decimals": "INF"}}
    assert read(accounts((*BALANCE, people), told=told))[0].statement.employees == 7
    assert "GBP is not a unit this can be in" in refused(accounts((*BALANCE, people))).reason


def test_audited_accounts_say_so_by_the_dimension_of_a_statement():
    context = (
        '<xbrli:context id="status"><xbrli:entity><xbrli:identifier scheme="x">y</xbrli:identifier><xbrli:segment>'
        '<xbrldi:explicitMember dimension="b:AccountsStatusDimension">b:Audited</xbrldi:explicitMember></xbrli:segment>'
        "</xbrli:entity><xbrli:period><xbrli:instant>2025-03-31</xbrli:instant></xbrli:period></xbrli:context>"
        '<ix:nonNumeric name="b:AccountsStatusAuditedOrUnaudited" contextRef="status"/>'
    )
    assert read(accounts(extra=context))[0].statement.audited
    assert not read(accounts(extra=context.replace("b:Audited", "b:AuditExempt-NoAccountantsReport")))[
        0
    ].statement.audited


# --- What is refused --------------------------------------------------------------------------------------------------


@given(st.sampled_from(["c:FixedAssets", "c:CurrentAssets", "c:NetCurrentAssetsLiabilities", "c:NetAssetsLiabilities"]),
       st.integers(20, 10**6))  # fmt: skip
def test_a_balance_sheet_that_is_off_is_refused(concept, by):
    text = next(fact[3] for fact in BALANCE if fact[0] == concept)
    assert " is not " in refused(accounts(with_text(concept, str(int(text) + by), BALANCE))).reason


def test_brackets_alone_make_no_negative_figure():
    """Net assets of 900 printed in brackets: the sum says they are positive."""
    content = accounts(BALANCE).replace(b'<p><ix:nonFraction name="c:Equity"', b'<p>(<ix:nonFraction name="c:Equity"')
    assert read(content)[0].statement.equity == 900


def test_a_missing_sign_is_read_off_brackets_that_the_sums_confirm_and_off_nothing_else():
    facts = (
        ("c:CurrentAssets", NOW, (), "100"),
        ("c:Creditors", NOW, (WITHIN,), "300"),
        ("c:NetAssetsLiabilities", NOW, (), "200"),
        ("c:Equity", NOW, (), "200"),
    )
    content = accounts(facts)
    (unsure,) = read(content)
    assert (unsure.statement.total_assets, unsure.statement.fixed_assets) == (None, None)
    for concept in (b"NetAssetsLiabilities", b"Equity"):
        content = content.replace(
            b'<p><ix:nonFraction name="c:%s"' % concept, b'<p>(<ix:nonFraction name="c:%s"' % concept
        )
    (filing,) = read(content)
    assert (filing.statement.equity, filing.statement.total_assets) == (-200, 100)


def test_another_company_is_refused():
    refusal = refused(accounts(), company="07654321")
    assert refusal.place == "UKCompaniesHouseRegisteredNumber"
    assert refusal.reason == "07654321 was asked for, the document is about 01234567"


def test_a_number_is_the_same_with_and_without_its_zeros():
    assert read(accounts(), company="1234567")
    assert read(accounts(company="SC123456"), company="sc123456")


@pytest.mark.parametrize("day", ["2024-03-31", "soon", "", "31/02/2025"])
def test_a_balance_sheet_date_that_is_not_that_of_its_context_is_refused(day):
    assert refused(accounts(day=day)).place == "BalanceSheetDate"


def test_a_balance_sheet_date_is_read_as_printed():
    assert read(accounts(day="31 March 2025"))[0].statement.period_end == date(2025, 3, 31)


def test_a_year_that_has_not_ended_is_refused():
    assert "is expected, not 2025-03-31" in refused(accounts(), on=date(2025, 3, 30)).reason


@pytest.mark.parametrize("unit", ["iso4217:GBP", "iso4217:EUR"])
def test_the_currency_is_that_of_the_unit(unit):
    assert read(accounts(unit=unit))[0].statement.currency == unit[-3:]


@pytest.mark.parametrize("unit", ["xbrli:pure", "xbrli:shares", "c:GBP"])
def test_amounts_in_no_currency_are_refused(unit):
    assert "is not a unit this can be in" in refused(accounts(unit=unit)).reason


def test_a_figure_told_twice_with_two_amounts_is_refused():
    assert "there twice, with" in refused(accounts((*BALANCE, ("c:CashBankOnHand", NOW, (), "190")))).reason


@pytest.mark.parametrize("text", ["(900)", "9OO", "", "1,00", "٩٠٠", "1e3", "NaN", "Infinity", "--"])
def test_a_text_that_is_no_number_is_refused(text):
    refusal = refused(accounts(with_text("c:CurrentAssets", text, BALANCE)))
    assert "is not a number in the format" in refusal.reason
    assert refusal.place == "CurrentAssets@k0"


@pytest.mark.parametrize(
    "attributes",
    [{"scale": "many"}, {"sign": "minus"}, {"decimals": "few"}, {"unitRef": "none"}, {"format": "ixt:numroman"}],
)
def test_attributes_that_cannot_be_read_are_refused(attributes):
    assert refused(accounts(BALANCE, told={"c:CurrentAssets": attributes})).place == "CurrentAssets@k0"


def test_a_negative_stock_is_refused():
    assert "never negative" in refused(accounts(told={"c:TotalInventories": {"sign": "-"}})).reason


def test_a_figure_beyond_reason_is_refused():
    content = accounts(told={"c:TurnoverRevenue": {"scale": "15"}})
    assert "larger than any company's" in refused(content).reason


BOMB = (
    '<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = '<!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("declared", [BOMB, OUTSIDE])
def test_entities_are_refused(declared):
    content = accounts(head=declared + HEAD, extra="&a;")
    assert refused(content).reason == "entities are declared, or another file is called in"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"<html><body>",
        b"<html><body/></html>",
        b"\xff\xfe\x00",
        b'<?xml version="1.0" encoding="nonsense"?><html/>',
        b"<a>" * 5000,
        HEAD.encode() + b"<b>" * 300 + b"</b>" * 300 + b"</html>",
    ],
)
def test_what_is_no_document_is_refused(content):
    refused(content)


def test_a_document_that_is_too_large_is_refused_unread():
    assert refused(b"<" * (8 * 1024 * 1024 + 1)).reason == "larger than 8 MB"


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content):
    refused(content)


@given(st.integers(0, 5000), st.binary(min_size=1, max_size=3))
def test_a_damaged_document_is_read_or_refused(position, patch):
    content = accounts()
    damaged = content[:position] + patch + content[position + len(patch) :]
    with suppress(BadPayload):
        read(damaged)


# --- Where it is asked for --------------------------------------------------------------------------------------------


def test_the_newest_accounts_are_asked_for_as_a_document():
    question = ixbrl.ask_filings("1234567", "key")
    assert (question.path, question.credentials) == ("/company/01234567/filing-history", ("key", ""))
    address = "https://document-api.company-information.service.gov.uk/document/"
    history = {
        "items": [
            {"date": "2024-12-01", "links": {"document_metadata": f"{address}older"}},
            {"date": "2025-12-01", "links": {"document_metadata": f"{address}newer_1"}},
            {"date": "2026-01-01", "links": {"self": "/company/01234567/filing-history/x"}},
        ]
    }
    assert ixbrl.newest_accounts(Reply(200, json.dumps(history).encode())) == "newer_1"
    assert ixbrl.newest_accounts(Reply(200, b'{"items": []}')) is None
    asked = ixbrl.ask_document("newer_1", "key")
    assert (asked.path, asked.headers["Accept"]) == ("/document/newer_1/content", "application/xhtml+xml")
    (filing,) = ixbrl.document_reader("01234567", ON)(Reply(200, accounts()))
    assert filing.statement.total_assets == 1700

"""French accounts as the register keyed them in: rows and columns, confidential ones, and whether amounts are euros."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.registers import as_bytes
from tests.rules.shared_cases import recorded
from underwriting.scoring.statement import ITEMS, before, identity_checks, identity_gaps
from underwriting.sources import inpi
from underwriting.sources.filing import BadPayload
from underwriting.sources.inpi import Confidential, UnitDoubt, check_unit, known_turnover, read_bilans_saisis
from underwriting.sources.questions import Reply

ON = date(2026, 11, 25)
SIREN = "552100554"

# Of each row its columns. Assets: gross, written off, net, net the year before. 600 + 620 = 1,220 = 500 + 20 + 700.
COMPLETE = {
    "BJ": (1000, 400, 600, 580),
    "BL": (200, 20, 180, 170),
    "BX": (300, 10, 290, 280),
    "BZ": (70, None, 70, 60),
    "CF": (80, None, 80, 60),
    "CJ": (650, 30, 620, 570),
    "CO": (1650, 430, 1220, 1150),
    "DA": (100, 100),
    "DG": (340, 300),
    "DI": (60, 50),
    "DL": (500, 450),
    "DR": (20, 10),
    "DU": (300, 320),
    "DX": (400, 370),
    "EC": (700, 690),
    "EE": (1220, 1150),
    "EG": (450, 430),
    "FJ": (2000, 400, 2400, 2200),
    "GA": (None, None, 70, 65),
    "GG": (None, None, 95, 80),
    "GU": (None, None, 15, 18),
    "GW": (None, None, 80, 70),
    "HI": (5, 0),
    "HK": (25, 20),
    "HN": (60, 50),
    "YP": (11,),
}
# 300 + 200 = 500 = 180 + 20 + 300; 900 of goods, 300 of them exported, 100 of services, 10 of other income.
SIMPLIFIED = {
    "044": (400, 100, 300, 290),
    "060": (60, None, 60, 50),
    "068": (90, None, 90, 80),
    "084": (50, None, 50, 40),
    "096": (200, None, 200, 170),
    "110": (600, 100, 500, 460),
    "120": (50, 50),
    "134": (90, 60),
    "136": (40, 30),
    "142": (180, 140),
    "154": (20, 20),
    "156": (120, 130),
    "166": (180, 170),
    "176": (300, 300),
    "180": (500, 460),
    "195": (100, 110),
    "209": (300, 200),
    "210": (900, 800),
    "218": (100, 90),
    "230": (10, 0),
    "232": (1010, 890),
    "254": (30, 30),
    "270": (55, 40),
    "294": (5, 6),
    "306": (10, 5),
    "310": (40, 30),
    "376": (6,),
}


def deposit(rows=COMPLETE, *, end="2025-12-31", kind="C", months="12", level="Public", deposited="2026-05-20", **about):
    """One deposit; amounts padded as the register pads them."""
    liasses = [
        {"code": code, **{f"m{n}": padded(amount) for n, amount in enumerate(amounts, start=1) if amount is not None}}
        for code, amounts in rows.items()
    ]
    identity = {"siren": SIREN, "dateClotureExercice": end, "dureeExerciceN": months, "codeDevise": "EUR",
                "codeTypeBilan": kind}  # fmt: skip
    entry = {"siren": SIREN, "dateDepot": deposited, "dateCloture": end, "typeBilan": kind, "confidentiality": level,
             "deleted": False}  # fmt: skip
    return {
        **entry,
        "bilanSaisi": {"bilan": {"identite": identity, "detail": {"pages": [{"liasses": liasses}]}}},
        **about,
    }


def padded(amount):
    return f"{'-' if amount < 0 else '0'}{abs(amount):014d}" if type(amount) is int else amount


def read(*deposits, company=SIREN, on=ON):
    return read_bilans_saisis(as_bytes({"actes": [], "bilansSaisis": list(deposits)}), company=company, on=on)


def refused(*deposits, **options):
    with pytest.raises(BadPayload) as caught:
        read(*deposits, **options)
    return caught.value


def given_items(statement):
    return {name: int(value) for name in ITEMS if (value := getattr(statement, name)) is not None}


def with_rows(rows=COMPLETE, **changes):
    return {code: amounts for code, amounts in {**rows, **changes}.items() if amounts is not None}


# --- Complete accounts ------------------------------------------------------------------------------------------------


def test_the_shape_of_the_register_is_read():
    """Assets 1,200,000 net, equity 400,000, turnover 2,000,000, profit 50,000; a loss of 20,000 the year before."""
    content = recorded("registry_samples/inpi/rne_attachments.SHAPE_SYNTHETIC_VALUES.json")
    newest, earlier = read_bilans_saisis(content, company="535113062", on=ON).filings
    assert (newest.statement.period_start, newest.statement.period_end) == (date(2019, 7, 1), date(2020, 6, 30))
    assert newest.statement.published_on == date(2020, 11, 23)
    assert given_items(newest.statement) == {
        "total_assets": 1_200_000, "equity": 400_000, "sales": 2_000_000, "net_profit": 50_000,
    }  # fmt: skip
    assert given_items(earlier.statement) == {
        "total_assets": 1_100_000, "equity": 350_000, "sales": 1_900_000, "net_profit": -20_000,
    }  # fmt: skip
    assert earlier.provenance["sales"] == "FJ:m4 of the year to 2020-06-30"


def test_complete_accounts_become_a_statement_that_adds_up():
    newest, _earlier = read(deposit()).filings
    assert (newest.register, newest.company) == ("INPI bilans saisis", SIREN)
    assert given_items(newest.statement) == {
        "total_assets": 1220,
        "fixed_assets": 600,
        "current_assets": 620,
        "inventories": 180,
        "receivables": 290,
        "cash": 80,
        "equity": 500,
        "share_capital": 100,
        "retained_earnings": 400,
        "total_liabilities": 700,
        "long_term_liabilities": 250,
        "short_term_liabilities": 450,
        "provisions_and_accruals": 20,
        "sales": 2400,
        "operating_profit": 95,
        "profit_before_tax": 85,
        "net_profit": 60,
        "depreciation": 70,
        "financial_expenses": 15,
        "employees": 11,
    }
    assert len(identity_checks(newest.statement)) == 4
    assert identity_gaps(newest.statement) == ()
    assert newest.provenance["sales"] == "FJ:m3"
    assert newest.provenance["fixed_assets"] == "BJ:m3"


def test_the_column_before_gives_the_year_before():
    newest, earlier = read(deposit()).filings
    assert earlier.statement.period_end == date(2024, 12, 31)
    assert (earlier.statement.sales, earlier.statement.current_assets, earlier.statement.equity) == (2200, 570, 450)
    assert before(newest.statement, "sales") == 2200
    assert earlier.statement.employees is None


def test_a_deposit_of_its_own_outranks_the_column_before():
    own = deposit(with_rows(FJ=(2100, 90, 2190, 2000)), end="2024-12-31", deposited="2025-05-20")
    filings = read(deposit(), own).filings
    assert [filing.statement.period_end.year for filing in filings] == [2025, 2024, 2023]
    assert filings[1].statement.sales == 2190
    assert filings[1].provenance["sales"] == "FJ:m3"


def test_of_two_deposits_for_one_year_the_later_counts():
    corrected = deposit(with_rows(FJ=(2000, 401, 2401, 2200)), deposited="2026-07-01")
    assert read(corrected, deposit()).filings[0].statement.sales == 2401


def test_a_deposit_that_was_withdrawn_is_not_there():
    assert read(deposit(deleted=True)).filings == ()


def test_one_deposit_alone_is_read_too():
    (newest, _earlier) = read_bilans_saisis(as_bytes(deposit()), company=SIREN, on=ON).filings
    assert newest.statement.sales == 2400


def test_what_cannot_be_stored_is_not_given():
    newest, _earlier = read(deposit(with_rows(FJ=(None, None, 2147483647, 2200)))).filings
    assert newest.statement.sales is None


def test_the_accounts_of_the_group_stand_beside_the_companys_own():
    group = with_rows(CO=(2000, 0, 2000, None), EE=(2000,), DL=(800,), EC=(1150,), R6=(77,), HN=None, DI=None)
    own, _before, consolidated, _group_before = read(deposit(), deposit(group, kind="K")).filings
    assert (own.statement.consolidated, own.statement.net_profit) == (False, 60)
    assert (consolidated.statement.consolidated, consolidated.statement.net_profit) == (True, 77)
    assert consolidated.provenance["net_profit"] == "R6:m1"


# --- Simplified accounts ----------------------------------------------------------------------------------------------


def test_simplified_accounts_become_a_statement_that_adds_up():
    newest, earlier = read(deposit(SIMPLIFIED, kind="S")).filings
    assert given_items(newest.statement) == {
        "total_assets": 500,
        "fixed_assets": 300,
        "current_assets": 200,
        "inventories": 60,
        "receivables": 90,
        "cash": 50,
        "equity": 180,
        "share_capital": 50,
        "retained_earnings": 130,
        "total_liabilities": 300,
        "long_term_liabilities": 100,
        "short_term_liabilities": 200,
        "provisions_and_accruals": 20,
        "sales": 1000,
        "operating_profit": 55,
        "profit_before_tax": 50,
        "net_profit": 40,
        "depreciation": 30,
        "financial_expenses": 5,
        "employees": 6,
    }
    assert identity_gaps(newest.statement) == ()
    assert newest.provenance["sales"] == "210:m1 + 218:m1"
    assert (earlier.statement.sales, earlier.statement.equity) == (890, 140)


def test_exports_keyed_in_beside_the_rest_are_part_of_the_turnover():
    """The same 1,000, of which 300 abroad, keyed in as 600 at home and 300 abroad: the total of income tells."""
    rows = with_rows(SIMPLIFIED, **{"210": (600, 600)})
    newest, earlier = read(deposit(rows, kind="S")).filings
    assert (newest.statement.sales, newest.provenance["sales"]) == (1000, "210:m1 + 218:m1 + 209:m1")
    assert earlier.statement.sales == 890


def test_exports_without_the_total_leave_the_turnover_unknown():
    rows = with_rows(SIMPLIFIED, **{"232": None})
    assert read(deposit(rows, kind="S")).filings[0].statement.sales is None
    domestic = with_rows(SIMPLIFIED, **{"232": None, "209": None})
    assert read(deposit(domestic, kind="S")).filings[0].statement.sales == 1000


def test_a_turnover_that_neither_reading_confirms_is_refused():
    rows = with_rows(SIMPLIFIED, **{"232": (1500, 890)})
    assert "232:m1 is not the turnover" in refused(deposit(rows, kind="S")).reason


# --- Confidential -----------------------------------------------------------------------------------------------------


def test_confidential_accounts_are_an_answer():
    published = read(deposit(level="Confidentiel", bilanSaisi=None), deposit(end="2024-12-31", deposited="2025-06-01"))
    assert published.confidential == (Confidential(date(2025, 12, 31), is_partly=False),)
    assert [filing.statement.period_end.year for filing in published.filings] == [2024, 2023]


def test_figures_of_confidential_accounts_are_not_read_even_when_sent():
    assert read(deposit(level="Confidentiel")).filings == ()


def test_a_confidential_profit_and_loss_account_leaves_the_balance_sheet():
    rows = {code: amounts for code, amounts in COMPLETE.items() if code[0] not in "FGHY"}
    published = read(deposit(rows, level="Partiellement confidentiel"))
    assert published.confidential == (Confidential(date(2025, 12, 31), is_partly=True),)
    statement = published.filings[0].statement
    assert (statement.total_assets, statement.sales, statement.net_profit) == (1220, None, 60)


# --- Refused ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "reason"), [("B", "a bank have other"), ("A", "an insurer have"), ("X", "C, S or K")])
def test_other_kinds_of_accounts_are_refused(kind, reason):
    assert reason in refused(deposit(kind=kind)).reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"EE": (1300, 1150)}, "CO:m3 is not EE:m1"),
        ({"BJ": (1000, 400, 650, 580)}, "BJ: gross less written off is not net"),
        ({"DL": (540, 450)}, "EE:m1 is not DL:m1 + DO:m1"),
        ({"EG": (800, 430)}, "EG:m1 is more than EC:m1"),
        ({"HN": (100, 50)}, "HN:m1 is not DI:m1"),
        ({"FJ": (None, None, -5, 2200)}, "FJ is never negative"),
        ({"CO": (1650, 430, 1220, 1250)}, "the year before 2025-12-31: CO:m3 is not EE:m1"),
    ],
)
def test_accounts_that_do_not_add_up_are_refused(changes, reason):
    assert reason in refused(deposit(with_rows(**changes))).reason


@pytest.mark.parametrize("amount", ["12.5", "douze", "1" * 19, 1.5, True, [], "١٢", " 12"])
def test_an_amount_that_is_no_whole_number_is_refused(amount):
    refusal = refused(deposit(with_rows(FJ=(None, None, amount))))
    assert "a whole number of euros is expected" in refusal.reason
    assert refusal.place.endswith("liasses[17].m3")


def test_another_company_another_currency_and_another_year_are_refused():
    assert "the answer is about 552100554" in refused(deposit(), company="999999999").reason
    other = deposit()
    other["bilanSaisi"]["bilan"]["identite"]["codeDevise"] = "FRF"
    assert "EUR is expected" in refused(other).reason
    other = deposit()
    other["bilanSaisi"]["bilan"]["identite"]["dateClotureExercice"] = "2024-12-31"
    assert "2025-12-31 is expected" in refused(other).reason
    assert "is expected" in refused(deposit(end="2027-01-31")).reason


def test_a_row_told_twice_with_two_amounts_is_refused():
    twice = deposit()
    pages = twice["bilanSaisi"]["bilan"]["detail"]["pages"]
    pages.append({"liasses": [{"code": "FJ", "m3": "000000000002401"}]})
    assert "FJ:m3 is there twice" in refused(twice).reason


@pytest.mark.parametrize("months", ["0", "99", "-1", "douze"])
def test_an_absurd_length_of_the_year_is_refused(months):
    assert "months up to 24" in refused(deposit(months=months)).reason


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda inner: st.lists(inner)
                    | st.dictionaries(st.sampled_from(["bilansSaisis", "siren", "bilanSaisi", "detail"]), inner),
                    max_leaves=8))  # fmt: skip
def test_any_json_is_read_or_refused(value):
    try:
        published = read_bilans_saisis(json.dumps(value).encode(), company=SIREN, on=ON)
    except BadPayload:
        return
    assert published.filings == ()


# --- The unit ---------------------------------------------------------------------------------------------------------


def filing_with(sales, employees=None):
    rows = with_rows(FJ=(None, None, sales, None), YP=(employees,) if employees else None)
    return read(deposit(rows)).filings[0]


@pytest.mark.parametrize(
    ("sales", "known", "factor"),
    [
        (2400, 2_400_000, "1000"),
        (2400, 2_500_000, "1000"),
        (240_000, 2400, "0.01"),
        (2_400_000, 2400, "0.001"),
        (2400, 240_000, "100"),
        (2400, 2400, None),
        (2400, 2600, None),
        (2400, 7000, None),
    ],
)
def test_a_turnover_that_is_off_by_a_power_of_ten_is_doubted(sales, known, factor):
    doubt = check_unit(filing_with(sales), {2025: Decimal(known)})
    expected = UnitDoubt("factor", Decimal(factor), Decimal(sales), Decimal(known)) if factor else None
    assert doubt == expected


def test_a_turnover_too_small_for_the_people_is_doubted_unless_it_is_known():
    assert check_unit(filing_with(2400, 11), {}) == UnitDoubt("per_employee", None, Decimal(2400), Decimal(11))
    assert check_unit(filing_with(2400, 11), {2025: Decimal(2400)}) is None
    assert check_unit(filing_with(1_100_000, 11), {2024: Decimal(5)}) is None


def test_what_the_business_search_tells_is_taken_with_its_traps():
    finances = {
        "2024": {"ca": 27376000000, "resultat_net": 0},
        "2023": {"ca": 0},
        "2022": {"ca": -4},
        "2021": {"ca": None},
    }
    assert known_turnover(finances) == {2024: Decimal(27376000000)}
    assert known_turnover(None) == {}
    with pytest.raises(BadPayload):
        known_turnover({"2024": {"ca": "27376000000"}})


# --- Where it is asked for --------------------------------------------------------------------------------------------


def test_the_register_is_asked_with_a_token():
    assert inpi.token_of(Reply(200, b'{"token": "abc"}')) == "abc"
    question = inpi.ask_bilans(SIREN, "abc")
    assert (question.path, question.headers) == (
        "/api/companies/552100554/attachments",
        {"Authorization": "Bearer abc"},
    )
    with pytest.raises(BadPayload):
        inpi.ask_bilans("../x", "abc")
    read = inpi.bilans_reader(SIREN, ON)
    assert read(Reply(200, as_bytes({"bilansSaisis": []}))) is None
    assert len(read(Reply(200, as_bytes({"bilansSaisis": [deposit()]}))).filings) == 2

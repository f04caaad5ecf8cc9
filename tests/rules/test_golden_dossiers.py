"""Twelve companies from the raw payload to the grade, and three that get none, each worked by hand.

The arithmetic is in docs/rules/golden-dossiers.md. Payloads are kept beside the checkout and tests that need one are
skipped without it; the reference buyer is always here.
"""

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.rules.shared_cases import SHARED, load_case
from tests.rules.test_scoring import ANALYSED_ON, PEI
from underwriting.score_files import Terms, score_rows
from underwriting.scoring.artefact import committed
from underwriting.scoring.card_score import score_statement
from underwriting.scoring.items import items_of
from underwriting.scoring.overlays import PaymentExperience
from underwriting.scoring.result import InsufficientAccounts
from underwriting.scoring.score import Case, score
from underwriting.scoring.second_opinions import opinions_of
from underwriting.scoring.statement import ITEMS, Statement
from underwriting.sources.anaf import read_bilant
from underwriting.sources.liasse import read_banque_de_france, read_dgfip

MODEL = committed()
ROMANIA, FRANCE = "registry_samples/ro/", "registry_samples/annuaire/"
READ_ON = date(2026, 11, 24)
POLISH_ACCOUNTS = "scoring/statements_dev.csv"


def payload(path):
    """A file of `../shared/data`, or a skipped test that says so."""
    file = SHARED / "data" / path
    if not file.is_file():
        pytest.skip(f"{file} is absent: the answers of registers are not part of the project")
    return file.read_bytes()


def lines_of(scored):
    """The bin and the points of every ratio, and its value to four decimals."""
    return {
        line.code: None if line.value is None else (round(line.value, 4), line.bin, line.points)
        for line in scored.lines
    }


def zones_of(opinions):
    return {opinion.code: (round(opinion.value, 3), opinion.zone) for opinion in opinions}


def steps(result):
    return [(overlay.code, str(overlay.pd_after)) for overlay in result.overlays]


def told(result):
    return tuple(reason.facts["ratio"] for reason in result.reasons)


def assert_scored(answer, card, points, pd, grade, confidence, reasons):
    scored = answer.scored
    assert (scored.card, scored.points, str(scored.pd), scored.grade) == (card, points, pd, grade)
    assert (str(answer.confidence), answer.reasons) == (confidence, reasons)


# --- 1. EXPRES TRANSPORT SRL (Romania, 3365133), 2025 -----------------------------------------------------------------


@pytest.fixture
def expres_transport():
    answers = [payload(ROMANIA + name) for name in ("bilant_empty.json", "bilant_3365133_2025.json")]
    (filing,) = read_bilant(*answers, company="3365133", on=READ_ON)
    return filing


def test_expres_transport_is_read_to_the_leu(expres_transport):
    statement = expres_transport.statement
    assert (expres_transport.company, statement.period_end, statement.currency) == (
        "3365133",
        date(2025, 12, 31),
        "RON",
    )
    assert {item: int(value) for item in ITEMS if (value := getattr(statement, item)) is not None} == {
        "total_assets": 6643223,
        "fixed_assets": 3118498,
        "current_assets": 3524725,
        "inventories": 21352,
        "receivables": 2448083,
        "cash": 959676,
        "equity": 3771774,
        "share_capital": 12000,
        "total_liabilities": 2871449,
        "provisions_and_accruals": 0,
        "sales": 13000841,
        "profit_before_tax": 1276425,
        "net_profit": 1108356,
        "employees": 25,
    }


def test_expres_transport_is_grade_5_of_which_half_could_not_be_seen(expres_transport):
    answer = score_statement(expres_transport.statement, READ_ON)
    assert lines_of(answer.scored) == {
        "net_profit_to_liabilities": (0.3860, 4, 7),
        "operating_margin": None,
        "retained_earnings_to_assets": None,
        "equity_to_liabilities": (1.3135, 4, 0),
        "quick_assets_to_liabilities": (1.2201, 4, 9),
        "sales_growth": None,
        "size": (1.5771, 2, -9),
    }
    assert_scored(answer, "short", 7, "0.008367", 5, "0.41", ("size", "equity_to_liabilities"))
    assert answer.opinions == ()


def test_expres_transport_stays_grade_5_unaudited_and_without_comparatives(expres_transport):
    result = score(Case(statement=expres_transport.statement, on=READ_ON, model=MODEL))
    assert steps(result) == [("unaudited", "0.009204"), ("no_comparatives", "0.011045")]
    assert (result.grade, str(result.confidence), result.referrals) == (5, "0.41", ())


# --- 2. The holding of a food group (France), 2023, and the two years before ------------------------------------------

LOOKED_AT_FRANCE_ON = date(2024, 6, 30)


@pytest.fixture
def holding():
    return read_banque_de_france(payload(FRANCE + "banque-de-france-bilans.json"), on=LOOKED_AT_FRANCE_ON)


def test_the_french_holding_is_read_to_the_euro(holding):
    assert [filing.statement.period_end for filing in holding] == [
        date(2023, 12, 31),
        date(2022, 12, 31),
        date(2021, 12, 31),
    ]
    statement = holding[0].statement
    assert {item: int(value) for item in ITEMS if (value := getattr(statement, item)) is not None} == {
        "total_assets": 33053963000,
        "equity": 16412590000,
        "share_capital": 169443000,
        "total_liabilities": 16516686000,
        "provisions_and_accruals": 124687000,
        "sales": 890353000,
        "net_profit": 2279827000,
    }
    assert dict(holding[0].provenance) == {
        "total_assets": "EE",
        "equity": "DL",
        "share_capital": "DA",
        "total_liabilities": "EE - DL - DR",
        "provisions_and_accruals": "DR",
        "sales": "FL",
        "net_profit": "HN",
    }
    assert statement.prior == holding[1].statement


@pytest.mark.parametrize(
    ("year", "profit", "equity", "growth", "size", "answer"),
    [
        (0, (0.1380, 4, 7), (0.9937, 4, 0), (0.2743, 4, 10), (33053.963, 5, 19), (36, "0.004953", 4, "0.42")),
        (1, (0.0761, 4, 7), (0.8638, 4, 0), (0.1002, 4, 10), (33215.094, 5, 19), (36, "0.004953", 4, "0.34")),
        (2, (0.2072, 4, 7), (0.9022, 4, 0), None, (33890.722, 5, 19), (26, "0.005936", 4, "0.13")),
    ],
    ids=["2023", "2022", "2021"],
)
def test_the_french_holding_is_grade_4_in_every_year(holding, year, profit, equity, growth, size, answer):
    given = score_statement(holding[year].statement, LOOKED_AT_FRANCE_ON)
    assert lines_of(given.scored) == {
        "net_profit_to_liabilities": profit,
        "operating_margin": None,
        "retained_earnings_to_assets": None,
        "equity_to_liabilities": equity,
        "quick_assets_to_liabilities": None,
        "sales_growth": growth,
        "size": size,
    }
    points, pd, grade, confidence = answer
    assert_scored(given, "short", points, pd, grade, confidence, ("equity_to_liabilities",))


@pytest.mark.parametrize(
    ("year", "taken", "grade", "referrals"),
    [
        (0, [("unaudited", "0.005448")], 4, ()),
        (1, [("accounts_age", "0.006439"), ("unaudited", "0.007083")], 5, ()),
        (
            2,
            [("accounts_age", "0.015000"), ("unaudited", "0.016500"), ("no_comparatives", "0.019800")],
            6,
            ("accounts_too_old",),
        ),
    ],
    ids=["2023", "2022", "2021"],
)
def test_older_accounts_of_the_french_holding_count_for_less(holding, year, taken, grade, referrals):
    result = score(Case(statement=holding[year].statement, on=LOOKED_AT_FRANCE_ON, model=MODEL))
    assert (steps(result), result.grade, result.referrals) == (taken, grade, referrals)


def test_a_french_return_of_one_cell_is_read_and_cannot_be_scored():
    (filing,) = read_dgfip(payload(FRANCE + "dgfip-liasses-fiscales.json"), on=READ_ON)
    statement = filing.statement
    assert (statement.period_start, statement.period_end) == (date(2022, 1, 1), date(2022, 12, 31))
    assert all(getattr(statement, item) is None for item in ITEMS)
    with pytest.raises(InsufficientAccounts) as refused:
        score_statement(statement, READ_ON)
    assert refused.value.missing == ("total_assets", "equity", "total_liabilities", "sales", "net_profit")


# --- 3. PEI, the reference buyer (Romania), 2025, in full and abridged ------------------------------------------------

UNSPLIT = dict.fromkeys(("short_term_liabilities", "long_term_liabilities", "depreciation", "financial_expenses"))
ABRIDGED = replace(PEI, **UNSPLIT)
PAYS = PaymentExperience(average_days_late=9, worst_days_late=31)


def test_pei_in_full_is_grade_4():
    answer = score_statement(PEI, ANALYSED_ON)
    assert lines_of(answer.scored) == {
        "cash_flow_to_short_liabilities": (0.2449, 1, 1),
        "operating_margin": (0.0529, 4, 5),
        "retained_earnings_to_assets": (0.2012, 2, 14),
        "permanent_capital_to_assets": (0.5290, 2, -13),
        "current_ratio": (1.3158, 2, 4),
        "defensive_days": (80.0065, 3, 3),
        "operating_cost_to_short_liabilities": (3.6476, 3, -5),
        "sales_growth": (0.0659, 3, -3),
        "size": (22.8859, 5, 18),
    }
    reasons = (
        "permanent_capital_to_assets",
        "operating_margin",
        "operating_cost_to_short_liabilities",
        "sales_growth",
    )
    assert_scored(answer, "full", 24, "0.006283", 4, "1.00", reasons)
    assert zones_of(answer.opinions) == {
        "altman_z2": (6.048, "safe"),
        "zmijewski": (-1.001, "safe"),
        "ohlson_partial": (-2.200, "safe"),
        "conan_holder_partial": (0.216, "safe"),
        "poznan": (1.775, "safe"),
    }


def test_pei_abridged_is_grade_4_by_the_short_card():
    answer = score_statement(ABRIDGED, ANALYSED_ON)
    assert lines_of(answer.scored) == {
        "net_profit_to_liabilities": (0.0903, 4, 7),
        "operating_margin": (0.0529, 4, 3),
        "retained_earnings_to_assets": (0.2012, 2, 12),
        "equity_to_liabilities": (0.5550, 3, -9),
        "quick_assets_to_liabilities": (0.5944, 3, 3),
        "sales_growth": (0.0659, 3, -2),
        "size": (22.8859, 5, 19),
    }
    reasons = ("equity_to_liabilities", "operating_margin", "sales_growth", "retained_earnings_to_assets")
    assert_scored(answer, "short", 33, "0.005230", 4, "1.00", reasons)
    assert answer.opinions == ()


@pytest.mark.parametrize(("statement", "pd"), [(PEI, "0.006283"), (ABRIDGED, "0.005230")], ids=["full", "abridged"])
def test_no_step_is_taken_after_the_card_for_pei(statement, pd):
    result = score(Case(statement=statement, on=ANALYSED_ON, model=MODEL, payments=PAYS, country_class=3))
    assert (result.overlays, str(result.pd), result.grade, str(result.confidence)) == ((), pd, 4, "1.00")
    assert result.referrals == ()


def test_the_accounts_of_the_reference_case_are_those_of_pei():
    years = load_case("index-pei.json")["accounts"]["years"]
    for year, statement in zip(years, (PEI, PEI.prior), strict=True):
        assert {item: getattr(statement, item) for item in ITEMS} == {item: Decimal(year[item]) for item in ITEMS}


# --- 4 to 12. Polish companies, thousands of zlotys, years of 2007 to 2013 not dated: row of the file -----------------
# Undated and unaudited accounts: 0.8 x 0.8 of what was seen.

FULL = (
    "cash_flow_to_short_liabilities",
    "operating_margin",
    "retained_earnings_to_assets",
    "permanent_capital_to_assets",
    "current_ratio",
    "defensive_days",
    "operating_cost_to_short_liabilities",
    "sales_growth",
    "size",
)
OPINIONS = ("altman_z2", "zmijewski", "ohlson_partial", "conan_holder_partial", "poznan")

# Row: the ratios in the order of FULL, (points, PD, grade, confidence), reasons, (value, zone) of OPINIONS.
POLISH = {
    # Very good.
    87: (
        [
            (0.7792, 1, 1),
            (0.0532, 4, 5),
            (0.2363, 3, 25),
            (0.7951, 5, 16),
            (4.9647, 2, 4),
            (135.0087, 5, 12),
            (12.0164, 5, 10),
            (2.2652, 4, 11),
            (18.2901, 5, 18),
        ],
        (102, "0.001527", 3, "0.64"),
        ("operating_margin",),
        [(14.122, "safe"), (-3.852, "safe"), (-6.926, "safe"), (0.404, "safe"), (8.998, "safe")],
    ),
    # Very bad; it failed within the year.
    3827: (
        [
            (-0.1188, 1, 1),
            (-0.0673, 0, -75),
            (0.0, 1, -7),
            (0.3026, 1, -21),
            (0.9114, 1, -11),
            (141.5859, 5, 12),
            (1.3537, 1, -20),
            (-0.4609, 0, -42),
            (2.8361, 3, -3),
        ],
        (-166, "0.167077", 9, "0.64"),
        ("operating_margin", "sales_growth", "permanent_capital_to_assets", "retained_earnings_to_assets"),
        [(2.769, "distress"), (0.664, "distress"), (0.767, "distress"), (0.050, "distress"), (-1.240, "distress")],
    ),
    # Negative equity; it failed within the year.
    3947: (
        [
            (0.1966, 1, 1),
            (0.0192, 3, 0),
            (-0.1402, 0, -12),
            (-0.0432, 1, -21),
            (0.7985, 1, -11),
            (56.6286, 2, -13),
            (4.2435, 4, 5),
            (0.1995, 4, 11),
            (2.7385, 3, -3),
        ],
        (-43, "0.020949", 6, "0.64"),
        (
            "retained_earnings_to_assets",
            "permanent_capital_to_assets",
            "operating_margin",
            "defensive_days",
            "second_opinions_disagree",
        ),
        [(1.924, "distress"), (1.428, "distress"), (0.089, "distress"), (0.143, "grey"), (-1.132, "distress")],
    ),
    # Depreciation coded 0, beside fixed assets of 19.8 million.
    1050: (
        [
            None,
            (0.0641, 5, 21),
            (0.0, 1, -7),
            (0.5669, 3, 4),
            (1.0830, 1, -11),
            None,
            (2.4849, 2, -13),
            (0.4896, 4, 11),
            (9.2558, 5, 18),
        ],
        (23, "0.006398", 4, "0.55"),
        (
            "retained_earnings_to_assets",
            "operating_cost_to_short_liabilities",
            "current_ratio",
            "permanent_capital_to_assets",
        ),
        [(4.906, "grey"), (-1.473, "safe"), None, None, (1.758, "safe")],
    ),
    # No sales of the year before.
    789: (
        [
            (0.0439, 1, 1),
            (0.0262, 3, 0),
            (0.0021, 1, -7),
            (0.7794, 5, 16),
            (0.9496, 1, -11),
            (94.3432, 4, 7),
            (2.2217, 1, -20),
            None,
            (110.5900, 5, 18),
        ],
        (4, "0.009016", 5, "0.56"),
        ("retained_earnings_to_assets", "operating_cost_to_short_liabilities", "operating_margin", "current_ratio"),
        [(3.817, "distress"), (-0.605, "safe"), (-2.013, "safe"), (0.179, "safe"), (2.232, "safe")],
    ),
    # No short-term debt, nor any other.
    1393: (
        [
            None,
            (0.0205, 3, 0),
            (-0.5052, 0, -12),
            (1.0, 5, 16),
            None,
            (41.6107, 1, -20),
            None,
            (0.4161, 4, 11),
            (0.0131, 0, -38),
        ],
        (-43, "0.020949", 6, "0.54"),
        ("size", "retained_earnings_to_assets", "defensive_days", "operating_margin"),
        [None] * 5,
    ),
    # All five second opinions see distress behind a good grade.
    180: (
        [
            (0.1296, 1, 1),
            (0.0718, 5, 21),
            (0.2881, 3, 25),
            (0.0807, 1, -21),
            (0.6551, 0, -15),
            (112.0583, 4, 7),
            (1.6597, 1, -20),
            (0.2803, 4, 11),
            (7.8943, 4, 10),
        ],
        (19, "0.006878", 5, "0.64"),
        (
            "permanent_capital_to_assets",
            "operating_cost_to_short_liabilities",
            "current_ratio",
            "size",
            "second_opinions_disagree",
        ),
        [(3.073, "distress"), (0.186, "distress"), (0.351, "distress"), (0.042, "distress"), (-0.420, "distress")],
    ),
    # Every ratio in its best bin: 0.1043 % held at 0.1415 %.
    247: (
        [
            (3.5902, 1, 1),
            (0.1943, 6, 26),
            (0.4044, 3, 25),
            (0.8013, 5, 16),
            (6.3610, 2, 4),
            (170.4258, 5, 12),
            (12.2634, 5, 10),
            (0.1451, 4, 11),
            (142.1398, 5, 18),
        ],
        (123, "0.001415", 3, "0.64"),
        (),
        [(20.576, "safe"), (-4.680, "safe"), (-13.219, "safe"), (1.148, "safe"), (11.226, "safe")],
    ),
    # 43.5 % held at 38.7 %; it failed within the year.
    3826: (
        [
            (-0.7561, 0, -7),
            (-1.1244, 0, -75),
            (0.0064, 1, -7),
            (-0.3259, 0, -31),
            (0.2681, 0, -15),
            (32.6713, 0, -35),
            (1.4737, 1, -20),
            (-0.4307, 0, -42),
            (1.0238, 2, -8),
        ],
        (-240, "0.387000", 9, "0.64"),
        ("operating_margin", "sales_growth", "permanent_capital_to_assets", "defensive_days"),
        [(-10.279, "distress"), (7.961, "distress"), (7.686, "distress"), (-0.247, "distress"), (-14.837, "distress")],
    ),
}


def polish_row(row):
    """The cells of a row of the Polish accounts, by column."""
    rows = csv.DictReader(io.StringIO(payload(POLISH_ACCOUNTS).decode()))
    return next(cells for cells in rows if cells["row_id"] == str(row))


def polish_statement(row, period_end):
    """The row as accounts of a year that is supposed."""
    cells = polish_row(row)
    about = {"currency": "PLN", "unit": 1000}
    amounts = {item: Decimal(cells[item]) for item in ITEMS if cells.get(item)}
    prior = None
    if cells["prior_sales"]:
        sales = Decimal(cells["prior_sales"])
        prior = Statement(period_end=period_end.replace(year=period_end.year - 1), sales=sales, **about)
    return Statement(period_end=period_end, prior=prior, **about, **amounts)


def polish_answer(row):
    """What the file of one row is answered."""
    cells = polish_row(row)
    file = io.StringIO()
    csv.writer(file).writerows([cells.keys(), cells.values()])
    file.seek(0)
    header, answer = score_rows(file, Terms(MODEL, READ_ON, unit=1000, currency="PLN"))
    return dict(zip(header, answer, strict=True))


@pytest.mark.parametrize("row", POLISH)
def test_a_polish_company_has_these_ratios_points_and_second_opinions(row):
    lines, (points, pd, grade, _confidence), _reasons, opinions = POLISH[row]
    items = items_of(polish_statement(row, date(2025, 12, 31)))
    scored = MODEL.full.score(items)
    assert lines_of(scored) == dict(zip(FULL, lines, strict=True))
    assert (scored.points, str(scored.pd), scored.grade) == (points, pd, grade)
    given = zones_of(opinions_of(items))
    assert given == {code: each for code, each in zip(OPINIONS, opinions, strict=True) if each}


@pytest.mark.parametrize("row", POLISH)
def test_a_polish_company_is_answered_so_in_a_file(row):
    _lines, (points, pd, grade, confidence), reasons, _opinions = POLISH[row]
    answer = polish_answer(row)
    assert (answer["scorecard"], answer["points"], answer["pd"], answer["grade"], answer["confidence"]) == (
        "full",
        str(points),
        pd,
        str(grade),
        confidence,
    )
    assert tuple(filter(None, answer["reasons"].split(";"))) == reasons


def test_what_eats_up_its_equity_is_never_better_than_grade_7_in_a_file_of_the_desk():
    result = score(Case(statement=polish_statement(3947, date(2025, 12, 31)), on=READ_ON, model=MODEL))
    assert steps(result) == [("unaudited", "0.023044"), ("negative_equity", "0.030000")]
    assert (result.grade, str(result.confidence), result.referrals) == (7, "0.80", ("second_opinions_disagree",))
    assert told(result)[:4] == POLISH[3947][2][:4]


@pytest.mark.parametrize(
    ("row", "reason", "items"),
    [
        (1215, "missing", ("total_assets", "equity", "total_liabilities", "sales", "net_profit")),
        (2994, "implausible", ("total_liabilities",)),
        (4053, "implausible", ("sales",)),
    ],
)
def test_a_polish_company_without_enough_accounts_gets_no_score(row, reason, items):
    answer = polish_answer(row)
    assert (answer["reasons"], answer["pd"], answer["grade"], answer["points"]) == ("insufficient_accounts", "", "", "")
    with pytest.raises(InsufficientAccounts) as refused:
        items_of(polish_statement(row, date(2025, 12, 31)))
    assert (refused.value.reason, refused.value.missing) == (reason, items)

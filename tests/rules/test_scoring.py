import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.shared_cases import load_case
from underwriting.scoring import altman
from underwriting.scoring.grades import GRADE_PDS, GRADE_WORDS, grade_for_pd, pd_for_grade
from underwriting.scoring.overlays import PaymentExperience, ScoringSettings
from underwriting.scoring.ratios import spread
from underwriting.scoring.result import InsufficientAccounts
from underwriting.scoring.score import Case, score
from underwriting.scoring.statement import ITEMS, Statement, identity_checks, identity_gaps
from underwriting.scoring.statement import in_euros as in_euros_of
from underwriting.scoring.stored import (
    as_dict,
    payments_from_dict,
    score_from_dict,
    settings_from_dict,
    statement_from_accounts,
    statement_from_dict,
)

ANALYSED_ON = date(2026, 11, 24)
SETTINGS = ScoringSettings()

PEI_2024 = Statement(
    period_end=date(2024, 12, 31),
    published_on=date(2025, 5, 28),
    currency="RON",
    audited=True,
    total_assets=Decimal("89700000"),
    fixed_assets=Decimal("36100000"),
    current_assets=Decimal("53600000"),
    inventories=Decimal("19900000"),
    receivables=Decimal("25200000"),
    cash=Decimal("6100000"),
    equity=Decimal("29900000"),
    share_capital=Decimal("9000000"),
    retained_earnings=Decimal("15500000"),
    total_liabilities=Decimal("58300000"),
    long_term_liabilities=Decimal("18900000"),
    short_term_liabilities=Decimal("39400000"),
    provisions_and_accruals=Decimal("1500000"),
    sales=Decimal("157900000"),
    operating_profit=Decimal("8100000"),
    profit_before_tax=Decimal("5700000"),
    net_profit=Decimal("4800000"),
    depreciation=Decimal("4900000"),
    financial_expenses=Decimal("2500000"),
    employees=Decimal("305"),
)
PEI = Statement(
    period_end=date(2025, 12, 31),
    published_on=date(2026, 5, 29),
    currency="RON",
    audited=True,
    total_assets=Decimal("96400000"),
    fixed_assets=Decimal("38900000"),
    current_assets=Decimal("57500000"),
    inventories=Decimal("21300000"),
    receivables=Decimal("27600000"),
    cash=Decimal("6200000"),
    equity=Decimal("33800000"),
    share_capital=Decimal("9000000"),
    retained_earnings=Decimal("19400000"),
    total_liabilities=Decimal("60900000"),
    long_term_liabilities=Decimal("17200000"),
    short_term_liabilities=Decimal("43700000"),
    provisions_and_accruals=Decimal("1700000"),
    sales=Decimal("168300000"),
    operating_profit=Decimal("8900000"),
    profit_before_tax=Decimal("6600000"),
    net_profit=Decimal("5500000"),
    depreciation=Decimal("5200000"),
    financial_expenses=Decimal("2400000"),
    employees=Decimal("318"),
    prior=PEI_2024,
)


def scored(statement=PEI, on=ANALYSED_ON, settings=SETTINGS, **circumstances):
    return score(Case(statement=statement, on=on, settings=settings, **circumstances))


def steps(result):
    return [(overlay.code, str(overlay.pd_after)) for overlay in result.overlays]


# --- Grades -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("grade", "percent", "word"),
    [
        (1, "0.03", "excellent"),
        (2, "0.08", "very_strong"),
        (3, "0.25", "strong"),
        (4, "0.50", "good"),
        (5, "0.90", "average"),
        (6, "1.5", "fair"),
        (7, "3.0", "weak"),
        (8, "6.5", "very_weak"),
        (9, "15", "distressed"),
        (10, "100", "default"),
    ],
)
def test_each_grade_has_its_pd_and_its_word(grade, percent, word):
    assert pd_for_grade(grade) == Decimal(percent) / 100
    assert grade_for_pd(pd_for_grade(grade)) == grade
    assert GRADE_WORDS[grade] == word


@pytest.mark.parametrize(
    ("pd", "grade"),
    [
        ("0.000001", 1),
        ("0.00048", 1),  # the geometric mean of grades 1 and 2 is 0.00048989...
        ("0.00049", 2),
        ("0.01161", 5),  # and of grades 5 and 6 0.01161895...
        ("0.01162", 6),
        ("0.38729", 9),  # and of grades 9 and 10 0.38729833...
        ("0.38730", 10),
        ("1", 10),
    ],
)
def test_a_pd_falls_in_the_grade_nearest_on_a_log_scale(pd, grade):
    assert grade_for_pd(Decimal(pd)) == grade


def test_the_boundary_is_the_geometric_mean():
    """No mean of two neighbours is a finite decimal, so no PD can tie exactly; a hair on either side decides."""
    mean = (GRADE_PDS[6] * GRADE_PDS[7]).sqrt()
    assert [grade_for_pd(mean * Decimal(factor)) for factor in ("0.999999999", "1.000000001")] == [6, 7]


@pytest.mark.parametrize("pd", ["0", "-0.01", "1.01"])
def test_what_is_no_probability_has_no_grade(pd):
    with pytest.raises(ValueError, match="probability"):
        grade_for_pd(Decimal(pd))


@given(st.decimals("0.000001", "1", places=6), st.decimals("0.000001", "1", places=6))
def test_a_higher_pd_never_gets_a_better_grade(one, other):
    low, high = sorted([one, other])
    assert grade_for_pd(low) <= grade_for_pd(high)


# --- Accounts ---------------------------------------------------------------------------------------------------------


def test_the_reference_accounts_add_up():
    assert [(check.code, str(check.gap)) for check in identity_checks(PEI)] == [
        ("assets", "0"),
        ("balance", "0"),
        ("liabilities", "0"),
        ("parts", "2400000"),
    ]
    assert identity_gaps(PEI) == ()


def test_a_gap_is_reported_with_both_sides_and_not_forced():
    gap = identity_gaps(replace(PEI, equity=Decimal("43800000")))
    assert [(each.code, str(each.left), str(each.right), str(each.gap)) for each in gap] == [
        ("balance", "96400000", "106400000", "-10000000")
    ]


def test_a_gap_of_half_a_percent_is_rounding():
    assert identity_gaps(replace(PEI, fixed_assets=Decimal("39382000"))) == ()
    assert len(identity_gaps(replace(PEI, fixed_assets=Decimal("39382001")))) == 1


def test_what_is_not_given_is_not_checked():
    assert identity_checks(Statement(period_end=date(2025, 12, 31), currency="RON")) == ()


def test_the_reference_accounts_spread_into_ratios():
    assert [(ratio.code, str(ratio.value), ratio.unit) for ratio in spread(PEI)] == [
        ("working_capital_to_assets", "0.143154", "fraction"),
        ("retained_earnings_to_assets", "0.201245", "fraction"),
        ("operating_return_on_assets", "0.092324", "fraction"),
        ("equity_to_liabilities", "0.555008", "times"),
        ("permanent_capital_to_assets", "0.529046", "fraction"),
        ("current_ratio", "1.315789", "times"),
        ("quick_ratio", "0.828375", "times"),
        ("cash_ratio", "0.141876", "times"),
        ("cash_flow_to_short_liabilities", "0.244851", "times"),
        ("operating_margin", "0.052882", "fraction"),
        ("interest_cover", "3.708333", "times"),
        ("operating_cost_to_short_liabilities", "3.647597", "times"),
        ("defensive_days", "80.006485", "days"),
        ("receivable_days", "59.857398", "days"),
        ("inventory_days", "46.194296", "days"),
        ("sales_growth", "0.065864", "fraction"),
    ]


@pytest.mark.parametrize(
    ("changes", "silent"),
    [
        ({"sales": Decimal(0)}, {"operating_margin", "receivable_days", "inventory_days", "defensive_days"}),
        ({"financial_expenses": Decimal(0)}, {"interest_cover"}),
        ({"depreciation": Decimal(0)}, {"cash_flow_to_short_liabilities", "defensive_days"}),
        ({"total_liabilities": Decimal(-1)}, {"equity_to_liabilities"}),
        ({"prior": None}, {"sales_growth"}),
        ({"prior": replace(PEI_2024, currency="EUR")}, {"sales_growth"}),
        ({"cash": None}, {"cash_ratio", "defensive_days"}),
    ],
)
def test_a_ratio_that_would_say_nothing_is_silent(changes, silent):
    assert {ratio.code for ratio in spread(replace(PEI, **changes)) if ratio.value is None} == silent


# --- Z'' --------------------------------------------------------------------------------------------------------------


def test_the_reference_buyer_is_fair_grade_6():
    result = scored(payments=PaymentExperience(average_days_late=9, worst_days_late=31), country_class=3)
    assert (result.model, result.version) == ("altman-z2", "1995.1")
    assert [(factor.code, str(factor.value), str(factor.contribution)) for factor in result.factors] == [
        ("working_capital_to_assets", "0.143154", "0.93909024"),
        ("retained_earnings_to_assets", "0.201245", "0.65605870"),
        ("operating_return_on_assets", "0.092324", "0.62041728"),
        ("equity_to_liabilities", "0.555008", "0.58275840"),
        ("constant", "None", "3.25"),
    ]
    assert str(result.points) == "6.04832462"
    assert altman.rating_for(result.points) == "BBB"
    assert (str(result.pd), result.grade) == ("0.015", 6)
    assert (result.overlays, result.referrals, result.confidence) == ((), (), 1)


def test_the_reasons_name_what_costs_most_first():
    assert [(reason.code, reason.facts["points"]) for reason in scored().reasons] == [
        ("rating_equivalent", "6.05"),
        ("high_debt", "-0.74"),
        ("low_liquidity", "-0.64"),
        ("strong_profitability", "0.15"),
        ("strong_retained_earnings", "0.66"),
    ]
    assert scored().reasons[1].facts == {
        "ratio": "equity_to_liabilities",
        "value": "0.5550",
        "median": "1.26",
        "points": "-0.74",
    }


@pytest.mark.parametrize(
    ("points", "rating", "grade"),
    [
        ("8.15", "AAA", 4),
        ("8.149999", "AA+", 5),
        ("7.00", "AA-", 5),
        ("6.999", "A+", 6),
        ("5.85", "BBB", 6),
        ("4.75", "BB-", 6),
        ("4.749", "B+", 7),
        ("3.75", "B-", 7),
        ("3.749", "CCC+", 8),
        ("2.50", "CCC", 8),
        ("2.499", "CCC-", 9),
        ("1.749", "D", 9),
        ("-20", "D", 9),
    ],
)
def test_a_score_reaches_a_rating_at_its_average(points, rating, grade):
    assert altman.rating_for(Decimal(points)) == rating
    assert altman.GRADES[rating] == grade


def test_accounts_alone_are_never_better_than_grade_3_nor_a_default():
    assert 3 <= min(altman.GRADES.values()) <= max(altman.GRADES.values()) <= 9


def test_a_company_without_debt_stops_at_the_bound():
    free = replace(PEI, total_liabilities=Decimal(0), short_term_liabilities=Decimal(0))
    assert scored(free).factors[3].value == 10


def test_a_slipped_unit_does_not_carry_the_score():
    assert scored(replace(PEI, operating_profit=Decimal("8900000000"))).factors[2].value == 1
    assert scored(replace(PEI, operating_profit=Decimal("-8900000000"))).factors[2].value == -1


@pytest.mark.parametrize(
    ("absent", "assumed", "factor", "value"),
    [
        ({"current_assets": None}, "current_assets", 0, "0.118257"),
        ({"short_term_liabilities": None}, "short_term_liabilities", 0, "-0.035270"),
        ({"retained_earnings": None}, "retained_earnings", 1, "0.000000"),
        ({"retained_earnings": None, "equity": Decimal("4000000")}, "retained_earnings", 1, "-0.051867"),
        ({"operating_profit": None}, "operating_profit", 2, "0.068465"),
    ],
)
def test_what_is_missing_is_assumed_on_the_prudent_side_and_said(absent, assumed, factor, value):
    result = scored(replace(PEI, provisions_and_accruals=None, **absent))
    assert str(result.factors[factor].value) == value
    assert result.reasons[-1].code == "assumed_item"
    assert result.reasons[-1].facts == {"item": assumed}
    assert result.confidence < 1
    assert result.points < scored().points


def test_without_the_hard_minimum_there_is_no_score():
    with pytest.raises(InsufficientAccounts) as refusal:
        scored(Statement(period_end=date(2025, 12, 31), currency="RON", equity=Decimal(5), total_assets=Decimal(9)))
    assert refusal.value.reason == "missing"
    assert refusal.value.missing == (
        "current_assets",
        "short_term_liabilities",
        "operating_profit",
        "total_liabilities",
        "sales",
        "net_profit",
    )


@pytest.mark.parametrize(
    "item", ["total_assets", "total_liabilities", "short_term_liabilities", "current_assets", "sales"]
)
def test_a_negative_total_is_implausible(item):
    with pytest.raises(InsufficientAccounts) as refusal:
        scored(replace(PEI, **{item: Decimal(-1)}))
    assert (refusal.value.missing, refusal.value.reason) == ((item,), "implausible")


def test_accounts_of_a_year_that_has_not_ended_are_a_forecast():
    with pytest.raises(InsufficientAccounts) as refusal:
        scored(on=date(2025, 12, 30))
    assert refusal.value.reason == "future"


# --- Overlays ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "expected", "grade", "confidence"),
    [
        ("2026-12-31", [], 6, "1.00"),
        ("2027-01-01", [("accounts_age", "0.019500")], 6, "0.80"),
        ("2027-06-30", [("accounts_age", "0.019500")], 6, "0.80"),
        ("2027-07-01", [("accounts_age", "0.025500")], 7, "0.80"),
        ("2027-12-31", [("accounts_age", "0.025500")], 7, "0.80"),
        ("2028-01-01", [("accounts_age", "0.025500")], 7, "0.40"),
    ],
)
def test_accounts_lose_value_with_age(on, expected, grade, confidence):
    result = scored(on=date.fromisoformat(on))
    assert (steps(result), result.grade, str(result.confidence)) == (expected, grade, confidence)


def test_stale_accounts_are_grade_6_at_best_and_go_to_a_person():
    strong = replace(PEI, retained_earnings=Decimal("60000000"))
    assert scored(strong).grade == 5
    result = scored(strong, on=date(2028, 1, 1))
    assert (result.grade, result.referrals) == (6, ("accounts_too_old",))
    assert scored(strong, on=date(2027, 12, 31)).referrals == ()


@pytest.mark.parametrize(
    ("changes", "circumstances", "expected", "grade"),
    [
        ({"audited": False}, {}, [("unaudited", "0.016500")], 6),
        ({"prior": None}, {}, [("no_comparatives", "0.018000")], 6),
        ({}, {"payments": PaymentExperience(15, 60)}, [], 6),
        ({}, {"payments": PaymentExperience(16, 60)}, [("late_on_average", "0.019500")], 6),
        ({}, {"payments": PaymentExperience(15, 61)}, [("very_late_once", "0.065000")], 8),
        ({}, {"country_class": 4}, [], 6),
        ({}, {"country_class": 5}, [("country_class", "0.030000")], 7),
        (
            {"audited": False, "prior": None},
            {"payments": PaymentExperience(40, 90), "country_class": 7},
            [
                ("unaudited", "0.016500"),
                ("no_comparatives", "0.019800"),
                ("late_on_average", "0.025740"),
                ("very_late_once", "0.150000"),
                ("country_class", "0.150000"),
            ],
            9,
        ),
    ],
)
def test_each_overlay_is_named_and_sized(changes, circumstances, expected, grade):
    result = scored(replace(PEI, **changes), **circumstances)
    assert (steps(result), result.grade) == (expected, grade)


def test_each_overlay_starts_where_the_one_before_ended():
    result = scored(replace(PEI, audited=False, prior=None), payments=PaymentExperience(40, 90))
    pds = [Decimal("0.015"), *(overlay.pd_after for overlay in result.overlays)]
    assert [overlay.pd_before for overlay in result.overlays] == pds[:-1]
    assert result.pd == pds[-1]


def test_negative_equity_is_grade_7_at_best():
    rich_but_under_water = replace(
        PEI,
        equity=Decimal("-100000"),
        retained_earnings=Decimal("60000000"),
        total_liabilities=Decimal("94800000"),
        short_term_liabilities=Decimal("10000000"),
        long_term_liabilities=Decimal("84800000"),
    )
    result = scored(rich_but_under_water)
    assert steps(result) == [("negative_equity", "0.030000")]
    assert result.overlays[0].facts == {"equity": "-100000"}
    assert (result.grade, result.referrals) == (7, ())


def test_overlays_never_make_a_default_of_an_estimate():
    ruined = replace(PEI, operating_profit=Decimal("-60000000"), audited=False, prior=None)
    result = scored(ruined, on=date(2029, 1, 1), payments=PaymentExperience(90, 300), country_class=7)
    assert (str(result.pd), result.grade) == ("0.300000", 9)


SIZED = ScoringSettings(abridged_factor=Decimal("1.1"), overdue_grades=2)
ABRIDGED = replace(PEI, short_term_liabilities=None, long_term_liabilities=None)


@pytest.mark.parametrize(
    ("statement", "circumstances", "expected"),
    [
        (ABRIDGED, {}, [("unaudited", "1.1")]),
        # Unaudited and abridged are one doubt, not two.
        (replace(ABRIDGED, audited=False), {}, [("unaudited", "1.1")]),
        (PEI, {"payments": PaymentExperience(9, 31, 60)}, []),
        (PEI, {"payments": PaymentExperience(9, 31, 61)}, [("overdue_now", "0.065000")]),
        # A delay beyond the tolerated one was told already.
        (PEI, {"payments": PaymentExperience(9, 61, 61)}, [("very_late_once", "0.065000")]),
        (PEI, {"insolvent_on": date(2026, 11, 25)}, []),
        (PEI, {"insolvent_on": date(2026, 11, 24)}, [("insolvency", "1.000000")]),
        (
            PEI,
            {"payments": PaymentExperience(90, 300), "country_class": 7, "insolvent_on": date(2026, 11, 1)},
            [
                ("late_on_average", "0.019500"),
                ("very_late_once", "0.065000"),
                ("country_class", "0.150000"),
                ("insolvency", "1.000000"),
            ],
        ),
    ],
)
def test_what_every_insured_tells_and_abridged_accounts_are_steps_too(statement, circumstances, expected):
    result = scored(statement, settings=SIZED, **circumstances)
    before = pd_for_grade(scored(replace(statement, audited=True)).grade)
    sizes = [(code, str((before * Decimal(pd)).quantize(Decimal("0.000001"))) if pd == "1.1" else pd)
             for code, pd in expected]  # fmt: skip
    assert steps(result) == sizes


def test_as_analyses_were_scored_before_these_steps_existed_they_do_nothing():
    old = settings_from_dict({"unaudited_factor": "1.1"})
    assert steps(scored(ABRIDGED, settings=old, payments=PaymentExperience(9, 31, 400))) == []


def test_an_insolvency_is_a_fact_and_the_only_grade_10():
    result = scored(settings=SIZED, insolvent_on=date(2026, 1, 1))
    assert (result.grade, result.pd, result.overlays[-1].facts) == (10, 1, {"opened_on": "2026-01-01"})


# --- The year before --------------------------------------------------------------------------------------------------


def growth(prior, statement=PEI):
    ratio = next(ratio for ratio in spread(replace(statement, prior=prior)) if ratio.code == "sales_growth")
    return None if ratio.value is None else str(ratio.value)


def test_the_year_before_is_taken_into_the_unit_of_this_one():
    thousands = replace(PEI_2024, unit=1000, sales=Decimal("157900"))
    assert growth(thousands) == growth(PEI_2024) == "0.065864"


def test_where_the_currency_changed_the_year_before_comes_by_way_of_the_euro():
    """157.9 million at 4.9741 are 31.744 million euros; 168.3 million at 5.0968 are 33.021: 4.0 % more."""
    now_in_lei = replace(PEI, euro_rate=Decimal("5.0968"))
    in_euros = replace(PEI_2024, currency="EUR", sales=Decimal("31744436"), euro_rate=Decimal(1))
    assert growth(in_euros, now_in_lei) == "0.040205"
    assert growth(in_euros) is None


def test_accounts_of_two_years_ago_are_not_those_of_the_year_before():
    assert growth(replace(PEI_2024, period_end=date(2024, 6, 30))) is None
    assert growth(replace(PEI_2024, period_end=date(2024, 7, 31))) == "0.065864"


def test_an_amount_in_euros_needs_the_rate_of_its_day():
    thousands = replace(PEI, unit=1000, total_assets=Decimal("96400"), euro_rate=Decimal("5.0968"))
    assert in_euros_of(thousands, "total_assets").quantize(Decimal(1)) == Decimal("18913828")
    assert in_euros_of(PEI, "total_assets") is None


def test_sizes_are_settings():
    result = scored(replace(PEI, audited=False), settings=ScoringSettings(unaudited_factor=Decimal("4")))
    assert (steps(result), result.grade) == ([("unaudited", "0.060000")], 8)


def test_accounts_that_do_not_balance_go_to_a_person():
    result = scored(replace(PEI, fixed_assets=Decimal("50000000")))
    assert (result.referrals, str(result.confidence)) == (("accounts_do_not_balance",), "0.70")


# --- Laws and storage -------------------------------------------------------------------------------------------------

ITEM_VALUES = st.one_of(st.none(), st.decimals("-1000000", "100000000", places=2))


@st.composite
def statements(draw):
    items = {item: draw(ITEM_VALUES) for item in ITEMS}
    items |= {item: draw(st.decimals("1", "100000000", places=2)) for item in ("total_assets", "sales")}
    return Statement(period_end=date(2025, 12, 31), currency="RON", audited=draw(st.booleans()), **items)


@given(statements())
def test_contributions_add_up_to_the_points_and_the_answer_is_in_bounds(statement):
    try:
        result = scored(statement)
    except InsufficientAccounts as refusal:
        assert refusal.missing  # noqa: PT017 - most random statements have no score
        return
    assert sum(factor.contribution for factor in result.factors) == result.points
    assert all(f.value is None or f.contribution == f.weight * f.value for f in result.factors)
    assert 4 <= result.grade <= 9
    assert 0 < result.pd <= Decimal("0.30")
    assert 0 < result.confidence <= 1


@given(st.decimals("0", "40000000", places=0), st.decimals("0", "40000000", places=0))
def test_more_profit_never_worsens_the_grade(one, other):
    low, high = sorted([one, other])
    assert scored(replace(PEI, operating_profit=high)).grade <= scored(replace(PEI, operating_profit=low)).grade


def test_a_stored_analysis_gives_the_same_score_again():
    payments = PaymentExperience(average_days_late=40, worst_days_late=90)
    original = scored(replace(PEI, audited=False), payments=payments, country_class=7)
    kept = json.loads(
        json.dumps(
            {
                "statement": as_dict(replace(PEI, audited=False)),
                "settings": as_dict(SETTINGS),
                "payments": as_dict(payments),
                "score": as_dict(original),
            }
        )
    )
    again = scored(
        statement_from_dict(kept["statement"]),
        settings=settings_from_dict(kept["settings"]),
        payments=payments_from_dict(kept["payments"]),
        country_class=7,
    )
    assert again == original == score_from_dict(kept["score"])


def test_a_setting_that_does_not_exist_is_refused():
    with pytest.raises(TypeError, match="unheard_of"):
        settings_from_dict({"unheard_of": "1"})


def test_accounts_are_read_newest_first_whatever_their_order():
    years = [as_dict(PEI_2024), {**as_dict(PEI), "prior": None}]
    assert statement_from_accounts({"years": years}) == PEI
    assert statement_from_accounts({"years": years[::-1]}) == PEI
    with pytest.raises(ValueError, match="without a year"):
        statement_from_accounts({"years": []})


def test_the_shared_reference_accounts_are_these():
    assert statement_from_accounts(load_case("index-pei.json")["accounts"]) == PEI

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from applications.eligibility import Answers, Rules, assess, is_eligible

RULES = Rules(
    minimum_need_eur=Decimal("1000000.00"),
    maximum_months=12,
    activities=frozenset({"25.4", "28", "30.2"}),
    open_countries=frozenset({"RO", "PL"}),
)
INDEX = Answers(
    other_credit_insurance=False,
    order_on=date(2026, 12, 1),
    last_due_on=date(2027, 11, 14),
    need_eur=Decimal("1480000.00"),
    activity="28.41",
    buyer_country="RO",
    affiliate=False,
    private_person=False,
)


def finding(rule, **changes):
    return next(found for found in assess(replace(INDEX, **changes), RULES) if found.rule == rule)


def test_the_reference_order_meets_every_rule_in_the_order_of_the_product():
    findings = assess(INDEX, RULES)
    assert [found.rule for found in findings] == [
        "no_other_insurance",
        "duration",
        "minimum_need",
        "sector",
        "country_open",
        "not_affiliate",
        "not_private_person",
    ]
    assert all(found.met for found in findings)
    assert is_eligible(findings)


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("no_other_insurance", {"other_credit_insurance": True}),
        ("duration", {"last_due_on": date(2027, 12, 2)}),
        ("minimum_need", {"need_eur": Decimal("999999.99")}),
        ("sector", {"activity": "46.62"}),
        ("country_open", {"buyer_country": "FR"}),
        ("not_affiliate", {"affiliate": True}),
        ("not_private_person", {"private_person": True}),
    ],
)
def test_one_unmet_rule_is_named_and_is_enough(rule, changes):
    findings = assess(replace(INDEX, **changes), RULES)
    assert [found.rule for found in findings if not found.met] == [rule]
    assert not is_eligible(findings)


def test_duration_tells_the_latest_due_day():
    assert finding("duration", last_due_on=date(2028, 1, 3)).facts == {
        "order_on": "2026-12-01",
        "last_due_on": "2028-01-03",
        "latest_due_on": "2027-12-01",
        "maximum_months": "12",
        "days_over": "33",
    }


def test_the_twelfth_month_ends_on_the_same_day_included():
    assert finding("duration", last_due_on=date(2027, 12, 1)).met


def test_a_due_day_before_the_order_is_not_a_duration():
    found = finding("duration", last_due_on=date(2026, 11, 30))
    assert not found.met
    assert found.facts["days_over"] == "0"


def test_minimum_need_tells_the_shortfall():
    assert finding("minimum_need", need_eur=Decimal("999999.99")).facts == {
        "need_eur": "999999.99",
        "minimum_need_eur": "1000000.00",
        "shortfall_eur": "0.01",
    }
    assert finding("minimum_need", need_eur=Decimal("1000000")).met


@pytest.mark.parametrize(
    ("activity", "open_"),
    [
        ("28", True),
        ("28.41", True),
        ("28.41Z", True),
        ("2841", True),
        ("C28.41", True),
        ("25.40", True),
        ("25.41", True),
        ("25.50", False),
        ("25", False),
        ("30.20", True),
        ("82.80", False),
        ("2", False),
        ("", False),
        ("industry", False),
    ],
)
def test_a_sector_covers_the_classes_below_it(activity, open_):
    assert finding("sector", activity=activity).met is open_

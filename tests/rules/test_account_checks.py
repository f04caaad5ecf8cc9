"""Whether accounts add up, before they are kept."""

from decimal import Decimal

import pytest

from applications.account_checks import account_checks

SOUND = {
    "total_assets": 1000,
    "fixed_assets": 400,
    "current_assets": 600,
    "inventories": 200,
    "receivables": 250,
    "cash": 100,
    "equity": 300,
    "total_liabilities": 650,
    "long_term_liabilities": 150,
    "short_term_liabilities": 500,
    "provisions_and_accruals": 50,
    "sales": 2000,
    "net_profit": 80,
}


def failed(**changes):
    items = {name: Decimal(amount) for name, amount in {**SOUND, **changes}.items() if amount is not None}
    return [(check.code, int(check.gap)) for check in account_checks(items) if not check.holds]


def test_sound_accounts_pass_seven_checks():
    checks = account_checks({name: Decimal(amount) for name, amount in SOUND.items()})
    assert [check.code for check in checks] == [
        "assets", "balance", "debts", "current_within_total", "parts_within_current", "short_within_debts",
        "profit_within_sales",
    ]  # fmt: skip
    assert failed() == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"fixed_assets": 406}, [("assets", -6)]),
        ({"fixed_assets": 405}, []),
        ({"equity": 400}, [("balance", -100)]),
        ({"provisions_and_accruals": None}, [("balance", 50)]),
        ({"long_term_liabilities": None, "short_term_liabilities": 700}, [("short_within_debts", -50)]),
        ({"current_assets": 1100, "fixed_assets": None}, [("current_within_total", -100)]),
        ({"cash": 300}, [("parts_within_current", -150)]),
        ({"cash": None, "inventories": None}, []),
        ({"net_profit": 2500}, [("profit_within_sales", -500)]),
        ({"total_assets": 1_000_000}, [("assets", 999000), ("balance", 999000)]),
    ],
)
def test_what_does_not_add_up_is_told_with_its_gap(changes, told):
    assert failed(**changes) == told


def test_what_is_not_given_is_not_checked():
    assert account_checks({}) == ()
    assert account_checks({"total_assets": Decimal(5)}) == ()

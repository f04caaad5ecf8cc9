from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underwriting.suggestion import Appetite, SuggestionSettings, suggest, suggest_limit, suggest_percentage

NEED = Decimal("1480000.00")


@pytest.mark.parametrize(
    ("grade", "limit", "percentage"),
    [
        (1, "1480000.00", "0.95"),
        (3, "1480000.00", "0.95"),
        (4, "1480000.00", "0.90"),
        (6, "1480000.00", "0.90"),
        (7, "880000.00", "0.80"),
        (8, "440000.00", "0.70"),
        (9, "0.00", "0"),
        (10, "0.00", "0"),
    ],
)
def test_a_weaker_buyer_is_suggested_less(grade, limit, percentage):
    suggestion = suggest(NEED, grade)
    assert (str(suggestion.limit), str(suggestion.insured_percentage)) == (limit, percentage)


def test_a_whole_need_is_kept_to_the_cent():
    assert suggest_limit(Decimal("1480123.45"), 6) == Decimal("1480123.45")


def test_the_appetite_is_a_setting():
    settings = SuggestionSettings({6: Appetite(Decimal("0.5"), Decimal("0.60"))}, step=Decimal("1"))
    assert suggest_limit(Decimal("1001.00"), 6, settings) == Decimal("500.00")
    assert suggest_percentage(6, settings) == Decimal("0.60")
    assert suggest_limit(Decimal("1001.00"), 5, settings) == 0


@given(st.decimals("0", "9000000", places=2), st.integers(1, 10), st.integers(1, 10))
def test_never_more_than_the_need_and_never_more_for_a_worse_grade(need, one, other):
    better, worse = sorted([one, other])
    assert suggest_limit(need, worse) <= suggest_limit(need, better) <= need
    assert suggest_percentage(worse) <= suggest_percentage(better)

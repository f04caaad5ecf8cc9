"""Drift of a scorecard: the worked examples of docs/rules/drift.md, and what holds for any shares, years and files."""

import math
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.test_scorecard import CARDS, accounts
from tests.rules.test_scoring import ANALYSED_ON
from underwriting.scoring.characteristics import value_of
from underwriting.scoring.drift import (
    LEAST_BUYERS,
    LEAST_FILES,
    SHARE_FLOOR,
    CardDrift,
    File,
    GradeDefaults,
    GradedYear,
    Incident,
    Move,
    RatioDrift,
    Report,
    defaults_by_grade,
    exact_interval,
    migration,
    report_from_dict,
    shift,
    stability_index,
)
from underwriting.scoring.items import AMOUNTS, Items, cleaned
from underwriting.scoring.portfolio import bin_counts, columns_of
from underwriting.scoring.result import InsufficientAccounts
from underwriting.scoring.stored import as_dict

# --- The stability index ----------------------------------------------------------------------------------------------


def test_three_bins_worked_by_hand():
    """0.15 ln 2.5 + 0.05 ln (8 / 7) + 0.10 ln 1.25 = 0.1374 + 0.0067 + 0.0223."""
    index = stability_index((0.25, 0.35, 0.40), (0.10, 0.40, 0.50))
    assert round(index, 4) == 0.1664
    assert shift(index, 200) == "watch"


def test_an_empty_bin_counts_as_the_floor():
    """8.02 % expected and nobody there: 0.0801 ln 802 = 0.5357, and 0.0401 ln (0.5 / 0.4599) = 0.0034 twice."""
    index = stability_index((0, 0.5, 0.5), (0.0802, 0.4599, 0.4599))
    assert round(index, 4) == 0.5423
    assert index == stability_index((SHARE_FLOOR, 0.5, 0.5), (0.0802, 0.4599, 0.4599))


@pytest.mark.parametrize(
    ("index", "given_by", "said"),
    [
        (0.0, 199, "too_few"),
        (5.0, 199, "too_few"),
        (0.0, 200, "stable"),
        (0.0999, 200, "stable"),
        (0.10, 200, "watch"),
        (0.2499, 200, "watch"),
        (0.25, 200, "act"),
        (5.0, 10**6, "act"),
    ],
)
def test_what_an_index_says(index, given_by, said):
    assert shift(index, given_by) == said


def test_the_least_number_of_buyers_keeps_chance_below_one_in_two_hundred():
    """Seven bins, two hundred buyers of the sample's own kind: 0.10 or more less than once in 200 draws."""
    expected = [0.0809, 0.0693, 0.1, 0.1489, 0.1516, 0.1494, 0.2999]
    draws = np.random.default_rng(20261124).multinomial(LEAST_BUYERS, expected, size=5000) / LEAST_BUYERS
    shifted = sum(stability_index(draw, expected) >= 0.10 for draw in draws.tolist())
    assert shifted < 5000 / 200


def test_bins_that_do_not_match_are_refused():
    with pytest.raises(ValueError, match="argument 2 is longer"):
        stability_index((1.0,), (0.5, 0.5))


counts = st.lists(st.integers(0, 900), min_size=2, max_size=7).filter(any)


def shares(numbers):
    return tuple(each / sum(numbers) for each in numbers)


two_of_a_size = st.integers(2, 7).flatmap(
    lambda size: st.tuples(*[st.lists(st.integers(0, 900), min_size=size, max_size=size).filter(any)] * 2)
)


@given(two_of_a_size)
def test_the_index_is_zero_for_equal_shares_and_above_zero_for_others(pair):
    actual, expected = map(shares, pair)
    index = stability_index(actual, expected)
    assert index == 0 if actual == expected else index > 0


@given(two_of_a_size)
def test_the_index_is_the_same_whichever_side_is_called_expected(pair):
    actual, expected = map(shares, pair)
    assert stability_index(actual, expected) == pytest.approx(stability_index(expected, actual))


@given(two_of_a_size, st.randoms())
def test_the_order_of_the_bins_does_not_matter(pair, chance):
    bins = list(zip(*map(shares, pair), strict=True))
    mixed = chance.sample(bins, len(bins))
    assert stability_index(*zip(*mixed, strict=True)) == pytest.approx(stability_index(*zip(*bins, strict=True)))


@given(two_of_a_size.map(lambda pair: [[each + 1 for each in side] for side in pair]))
def test_two_bins_put_together_never_show_more_than_apart(pair):
    """Where no share is below the floor, which would change what is put together."""
    actual, expected = map(shares, pair)
    together = [(each[0] + each[1], *each[2:]) for each in (actual, expected)]
    assert stability_index(*together) <= stability_index(actual, expected) + 1e-12


# --- One ratio of a card ----------------------------------------------------------------------------------------------


def test_a_ratio_of_ninety_buyers_concludes_nothing_and_tells_who_does_not_give_it():
    ratio = RatioDrift("current_ratio", (0.68, 1.1), (0.0817, 0.1667, 0.7516), (9, 18, 63), 10)
    assert (ratio.given, ratio.actual, ratio.missing_share, ratio.shift) == (90, (0.1, 0.2, 0.7), 0.1, "too_few")
    assert round(ratio.index, 4) == 0.0134


def test_a_ratio_nobody_gives_has_no_index():
    ratio = RatioDrift("current_ratio", (0.68, 1.1), (0.0817, 0.1667, 0.7516), (0, 0, 0), 10)
    assert (ratio.actual, ratio.index, ratio.missing_share, ratio.shift) == ((), None, 1.0, "too_few")
    assert RatioDrift("size", (), (1.0,), (0,), 0).missing_share == 0


@given(st.lists(accounts, min_size=1, max_size=20), st.sampled_from(sorted(CARDS)))
def test_bins_are_counted_as_the_card_places_each_company(companies, name):
    card = CARDS[name]
    table = Items(**{each: [getattr(company, each) for company in companies] for each in (*AMOUNTS, "euros")})
    columns, usable = columns_of(table)
    kept = [each for each in companies if is_usable(each)]
    assert int(usable.sum()) == len(kept)
    usable_columns = Items(**{each: getattr(columns, each)[usable] for each in (*AMOUNTS, "euros")})
    for characteristic, counted in zip(card.characteristics, bin_counts(card, usable_columns), strict=True):
        values = [value_of(characteristic.code, each) for each in kept]
        places = [len(characteristic.points) if each is None else characteristic.bin_of(each) for each in values]
        assert counted.tolist() == [places.count(place) for place in range(len(characteristic.points) + 1)]


def is_usable(items):
    try:
        cleaned(items)
    except InsufficientAccounts:
        return False
    return True


# --- From one year's grade to the next --------------------------------------------------------------------------------


def graded(buyer, *years):
    return [GradedYear(buyer, date(year, 12, 31), grade) for year, grade in years]


def test_two_buyers_over_three_years():
    years = graded(1, (2023, 5), (2024, 5), (2025, 6)) + graded(2, (2024, 6), (2025, 4))
    assert migration(years) == (Move(5, 5, 1), Move(5, 6, 1), Move(6, 4, 1))


def test_of_two_accounts_for_one_year_the_last_counts():
    assert migration(graded(1, (2024, 5), (2025, 7), (2025, 6))) == (Move(5, 6, 1),)


def test_a_year_that_gave_no_grade_is_no_move_and_nothing_is_skipped_over():
    assert migration(graded(1, (2023, 5), (2024, None), (2025, 6))) == ()


@pytest.mark.parametrize(
    ("earlier", "later", "is_a_move"),
    [
        (date(2024, 12, 31), date(2025, 12, 31), True),
        (date(2024, 2, 29), date(2025, 2, 28), True),
        (date(2024, 12, 31), date(2025, 11, 30), True),
        (date(2024, 12, 31), date(2025, 11, 29), False),
        (date(2024, 12, 31), date(2026, 1, 31), True),
        (date(2024, 12, 31), date(2026, 2, 1), False),
        (date(2024, 12, 31), date(2025, 6, 30), False),
        (date(2023, 12, 31), date(2025, 12, 31), False),
    ],
)
def test_a_year_lies_between_two_year_ends(earlier, later, is_a_move):
    years = [GradedYear(1, earlier, 5), GradedYear(1, later, 5)]
    assert bool(migration(years)) is is_a_move


def test_half_year_accounts_between_two_years_do_not_hide_the_move():
    ends = (date(2024, 12, 31), date(2025, 6, 30), date(2025, 12, 31))
    years = [GradedYear(1, end, grade) for end, grade in zip(ends, (5, 9, 6), strict=True)]
    assert migration(years) == (Move(5, 6, 1),)


@given(st.lists(st.lists(st.integers(3, 9), max_size=6), max_size=6))
def test_an_unbroken_run_of_years_gives_one_move_less_than_years(buyers):
    years = [year for buyer, grades in enumerate(buyers) for year in graded(buyer, *enumerate(grades, start=2000))]
    assert sum(move.count for move in migration(years)) == sum(max(0, len(grades) - 1) for grades in buyers)


# --- Expected and observed defaults -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("observed", "trials", "low", "high"),
    [
        (2, 20, 0.0123, 0.3170),
        (3, 60, 0.0104, 0.1392),
        (0, 50, 0.0, 0.0711),
        (1, 1, 0.0250, 1.0),
        (300, 10_000, 0.0267, 0.0335),
    ],
)
def test_intervals_as_published_tables_have_them(observed, trials, low, high):
    assert tuple(round(each, 4) for each in exact_interval(observed, trials)) == (low, high)


def test_without_a_default_the_interval_has_a_closed_form():
    low, high = exact_interval(0, 50)
    assert (low, high) == (0.0, pytest.approx(1 - 0.025 ** (1 / 50)))


@pytest.mark.parametrize(("observed", "trials"), [(1, 0), (0, 0), (-1, 5), (6, 5)])
def test_more_defaults_than_files_are_refused(observed, trials):
    with pytest.raises(ValueError, match="between 0 and the number"):
        exact_interval(observed, trials)


some_of = st.integers(1, 400).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials)))


@given(some_of)
def test_the_interval_holds_the_rate_and_turns_round_with_it(seen):
    observed, trials = seen
    low, high = exact_interval(observed, trials)
    assert 0 <= low <= observed / trials <= high <= 1
    other = exact_interval(trials - observed, trials)
    assert (1 - high, 1 - low) == (pytest.approx(other[0], abs=1e-9), pytest.approx(other[1], abs=1e-9))


@given(some_of)
def test_its_ends_are_the_rates_at_which_one_tail_is_two_and_a_half_percent(seen):
    observed, trials = seen
    low, high = exact_interval(observed, trials)
    if observed:
        assert 1 - tail(observed - 1, trials, low) == pytest.approx(0.025, abs=1e-6)
    if observed < trials:
        assert tail(observed, trials, high) == pytest.approx(0.025, abs=1e-6)


def tail(most, trials, p):
    return sum(math.comb(trials, k) * p**k * (1 - p) ** (trials - k) for k in range(most + 1))


@pytest.mark.parametrize(
    ("files", "expected", "observed", "said"),
    [
        (60, "0.90", 3, "within"),
        (60, "0.30", 3, "above"),
        (200, "20.0", 5, "below"),
        (49, "0.30", 9, "too_few"),
        (50, "0.25", 1, "within"),
        (0, "0", 0, "too_few"),
    ],
)
def test_a_grade_holds_or_does_not(files, expected, observed, said):
    assert GradeDefaults(6, files, Decimal(expected), observed).holding == said


def test_one_default_alone_condemns_no_grade_from_2_down():
    """Grade 2 stands for 0.08 %: the best any guarantee was priced at by a model."""
    assert GradeDefaults(2, LEAST_FILES, Decimal("0.0008") * LEAST_FILES, 1).holding == "within"
    assert GradeDefaults(1, LEAST_FILES, Decimal("0.0003") * LEAST_FILES, 1).holding == "above"


BOUND = date(2025, 11, 24)


def insolvency(since, settled_on=None, buyer=1):
    return Incident(buyer, is_insolvency=True, since=since, settled_on=settled_on)


def debt(since, settled_on=None):
    return Incident(1, is_insolvency=False, since=since, settled_on=settled_on)


@pytest.mark.parametrize(
    ("incident", "is_default"),
    [
        (insolvency(BOUND), True),
        (insolvency(BOUND - timedelta(days=1)), False),
        (insolvency(date(2026, 11, 23)), True),
        (insolvency(date(2026, 11, 24)), False),
        (insolvency(date(2026, 3, 1), settled_on=date(2026, 4, 1)), True),
        (insolvency(date(2026, 3, 1), buyer=2), False),
        # A debt due on 1 March 2026 is 91 days late on 31 May.
        (debt(date(2026, 3, 1)), True),
        (debt(date(2026, 3, 1), settled_on=date(2026, 5, 31)), True),
        (debt(date(2026, 3, 1), settled_on=date(2026, 5, 30)), False),
        # Late already when the guarantee was bound, but a default only after; the other way round for the second.
        (debt(BOUND - timedelta(days=91)), True),
        (debt(BOUND - timedelta(days=92)), False),
        (debt(date(2026, 8, 24)), True),
        (debt(date(2026, 8, 25)), False),
    ],
)
def test_what_is_a_default_within_twelve_months_of_binding(incident, is_default):
    _grades, total = defaults_by_grade([File(1, BOUND, 6, Decimal("0.015"))], [incident], ANALYSED_ON)
    assert (total.files, total.observed) == (1, int(is_default))


def test_files_count_once_their_twelve_months_are_over_each_once_by_grade():
    files = [
        File(1, BOUND, 6, Decimal("0.015")),
        File(1, BOUND, 5, Decimal("0.009")),
        File(2, BOUND, 6, Decimal("0.020")),
        File(1, BOUND + timedelta(days=1), 6, Decimal("0.015")),
    ]
    incidents = [insolvency(date(2026, 1, 1)), insolvency(date(2026, 2, 1))]
    grades, total = defaults_by_grade(files, incidents, ANALYSED_ON)
    assert grades == (GradeDefaults(5, 1, Decimal("0.009"), 1), GradeDefaults(6, 2, Decimal("0.035"), 1))
    assert total == GradeDefaults(None, 3, Decimal("0.044"), 2)


# --- Keeping it -------------------------------------------------------------------------------------------------------


def test_a_report_is_read_as_it_was_kept():
    ratio = RatioDrift("current_ratio", (0.68, 1.1), (0.0817, 0.1667, 0.7516), (9, 18, 63), 10)
    report = Report(
        in_force=("altman-z2", "1995.1"),
        cards=(CardDrift("full", 100, (ratio,)), CardDrift("short", 7, ())),
        unusable=3,
        moves=(Move(5, 6, 12),),
        grades=(GradeDefaults(6, 2, Decimal("0.035"), 1),),
        total=GradeDefaults(None, 2, Decimal("0.035"), 1),
        file_buyers=2,
        ended_early=1,
    )
    assert report_from_dict(as_dict(report)) == report
    assert report.buyers == 107

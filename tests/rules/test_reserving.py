from datetime import date
from decimal import Decimal

import pytest

from claims.reserving import (
    Handled,
    Movement,
    Origin,
    Owed,
    PaymentLevels,
    ServiceLevels,
    Triangle,
    earned_premium,
    loss_ratio,
    payment_levels,
    percentile,
    service_levels,
    triangle,
)


def movement(origin, event, paid, reserve):
    return Movement(origin, event, Decimal(paid), Decimal(reserve))


MOVEMENTS = (
    movement(2025, 2025, "0.00", "400000.00"),
    movement(2025, 2026, "250000.00", "-250000.00"),
    movement(2025, 2026, "50000.00", "0.00"),
    movement(2025, 2027, "-60000.00", "-150000.00"),
    movement(2027, 2027, "0.00", "90000.00"),
)


def euros(*amounts):
    return tuple(Decimal(amount) for amount in amounts)


def test_amounts_add_up_along_each_row_and_later_years_have_shorter_rows():
    assert triangle(MOVEMENTS, 2027) == Triangle(
        (
            Origin(2025, euros("0.00", "300000.00", "240000.00"), euros("400000.00", "450000.00", "240000.00")),
            Origin(2026, euros("0.00", "0.00"), euros("0.00", "0.00")),
            Origin(2027, euros("0.00"), euros("90000.00")),
        )
    )


def test_what_came_after_the_last_year_is_not_known_yet():
    assert triangle(MOVEMENTS, 2025) == Triangle((Origin(2025, euros("0.00"), euros("400000.00")),))


def test_nothing_known_is_an_empty_triangle():
    assert triangle([], 2027) == Triangle(())


def test_nothing_is_paid_before_its_year_of_origin():
    with pytest.raises(ValueError, match="before the year of origin"):
        triangle([movement(2026, 2025, "1.00", "0.00")], 2027)


@pytest.mark.parametrize(
    ("on", "earned"),
    [
        (date(2026, 11, 30), "0.00"),
        (date(2026, 12, 1), "100.00"),
        (date(2026, 12, 31), "3100.00"),
        (date(2027, 11, 30), "36500.00"),
        (date(2030, 1, 1), "36500.00"),
    ],
)
def test_a_premium_is_earned_day_by_day_first_and_last_day_included(on, earned):
    assert earned_premium(Decimal("36500.00"), date(2026, 12, 1), date(2027, 11, 30), on) == Decimal(earned)


def test_an_earned_premium_is_rounded_half_up_to_the_cent():
    assert earned_premium(Decimal("10.00"), date(2027, 1, 1), date(2027, 1, 16), date(2027, 1, 1)) == Decimal("0.63")


def test_cover_of_one_day_earns_it_all_at_once():
    assert earned_premium(Decimal("10.00"), date(2027, 1, 1), date(2027, 1, 1), date(2027, 1, 1)) == Decimal("10.00")


def test_cover_that_ends_before_it_starts_is_an_error():
    with pytest.raises(ValueError, match="before it starts"):
        earned_premium(Decimal("10.00"), date(2027, 1, 2), date(2027, 1, 1), date(2027, 1, 1))


def test_the_loss_ratio_counts_payments_less_recoveries_and_reserves():
    ratio = loss_ratio(*euros("300000.00", "60000.00", "90000.00", "600000.00"))
    assert ratio == Decimal("0.5500")


def test_the_loss_ratio_has_four_decimals_half_up():
    assert loss_ratio(*euros("2.00", "0.00", "0.00", "3.00")) == Decimal("0.6667")
    assert loss_ratio(*euros("0.25", "0.00", "0.00", "2000.00")) == Decimal("0.0001")
    assert loss_ratio(*euros("0.00", "100.00", "0.00", "400.00")) == Decimal("-0.2500")


def test_without_earned_premium_there_is_no_loss_ratio():
    assert loss_ratio(*euros("100.00", "0.00", "0.00", "0.00")) is None


@pytest.mark.parametrize(
    ("values", "fraction", "value"),
    [
        ([15, 20, 35, 40, 50], "0.3", 20),
        ([50, 15, 40, 20, 35], "0.4", 20),
        ([15, 20, 35, 40, 50], "0.5", 35),
        ([15, 20, 35, 40, 50], "1", 50),
        ([3, 6, 7, 8, 8, 10, 13, 15, 16, 20], "0.25", 7),
        ([3, 6, 7, 8, 8, 10, 13, 15, 16, 20], "0.5", 8),
        ([3, 6, 7, 8, 8, 10, 13, 15, 16, 20], "0.9", 16),
        ([7], "0.01", 7),
        ([], "0.5", None),
    ],
)
def test_a_percentile_is_the_value_of_nearest_rank(values, fraction, value):
    assert percentile(values, Decimal(fraction)) == value


@pytest.mark.parametrize("fraction", ["0", "1.01", "-0.5"])
def test_a_percentile_is_a_fraction(fraction):
    with pytest.raises(ValueError, match="fraction"):
        percentile([1, 2], Decimal(fraction))


def handled(reference, complete_on, decided_on=None, **facts):
    decide_by = date.fromordinal(complete_on.toordinal() + 30)
    return Handled(reference, complete_on, decide_by, decided_on, **facts)


FILES = (
    handled("in time", date(2027, 1, 1), date(2027, 1, 11)),
    handled("on its last day, refused", date(2027, 1, 1), date(2027, 1, 31), is_refused=True),
    handled("late", date(2027, 1, 1), date(2027, 2, 10)),
    handled("nobody touches it", date(2027, 1, 1)),
    handled("still in time", date(2027, 3, 20)),
    handled("not complete yet", date(2027, 5, 1), date(2027, 5, 2)),
)


def test_late_refused_and_forgotten_claims_all_count():
    # Days: 10, 30, 40 and, for the forgotten one, 1 January to 1 April = 90. Ranks of four: 2nd and 4th.
    assert service_levels(FILES, date(2027, 4, 1)) == ServiceLevels(
        decided=3,
        refused=1,
        late=2,
        undecided_past_day=1,
        median_days=30,
        p90_days=90,
        in_time=Decimal("0.5000"),
    )


def test_an_undecided_claim_counts_from_the_day_after_its_last():
    files = [handled("open", date(2027, 1, 1))]
    assert service_levels(files, date(2027, 1, 31)).undecided_past_day == 0
    assert service_levels(files, date(2027, 2, 1)).undecided_past_day == 1


def test_a_decision_to_come_is_not_known_yet():
    levels = service_levels([handled("later", date(2027, 1, 1), date(2027, 2, 20))], date(2027, 2, 10))
    assert (levels.decided, levels.undecided_past_day, levels.median_days) == (0, 1, 40)


def test_without_claims_there_is_nothing_to_say():
    assert service_levels([], date(2027, 1, 1)) == ServiceLevels(0, 0, 0, 0, None, None, None)


def test_a_file_closed_without_a_decision_counts_only_when_its_day_had_passed():
    in_time = handled("paid by the buyer", date(2027, 1, 1), ended_on=date(2027, 1, 31))
    assert service_levels([in_time], date(2027, 4, 1)) == ServiceLevels(0, 0, 0, 0, None, None, None)
    # Closed on 20 February, 50 days after it was complete: late for good, and no longer undecided.
    too_late = handled("given up", date(2027, 1, 1), ended_on=date(2027, 2, 20))
    assert service_levels([too_late], date(2027, 4, 1)) == ServiceLevels(0, 0, 1, 0, 50, 50, Decimal("0.0000"))
    assert service_levels([too_late], date(2027, 2, 10)).undecided_past_day == 1


def owed(reference, approved_on, pay_by, paid_on=None):
    return Owed(reference, date.fromisoformat(approved_on), date.fromisoformat(pay_by), paid_on)


APPROVED = (
    owed("next day", "2028-05-15", "2028-05-30", date(2028, 5, 16)),
    owed("on its last day", "2028-05-15", "2028-05-30", date(2028, 5, 30)),
    owed("late", "2028-05-15", "2028-05-30", date(2028, 6, 4)),
    owed("came back", "2028-05-15", "2028-05-30"),
    owed("still in time", "2028-06-12", "2028-06-26"),
    owed("not approved yet", "2028-07-01", "2028-07-17"),
)


def test_payments_are_timed_from_the_approval_and_those_that_came_back_count_until_they_are_paid():
    # Days: 1, 15, 20 and, for the one that came back, 15 May to 14 June = 30. Ranks of four: 2nd and 4th.
    assert payment_levels(APPROVED, date(2028, 6, 14)) == PaymentLevels(
        paid=3, late=2, unpaid_past_day=1, median_days=15, p90_days=30, in_time=Decimal("0.5000")
    )


def test_a_payment_to_come_is_not_known_yet():
    levels = payment_levels(APPROVED[2:3], date(2028, 5, 30))
    assert levels == PaymentLevels(0, 0, 0, None, None, None)
    assert payment_levels(APPROVED[2:3], date(2028, 5, 31)).unpaid_past_day == 1

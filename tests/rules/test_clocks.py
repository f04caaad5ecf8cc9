"""Every date was counted by hand on a printed calendar; a remark says why a day moved, or why it did not."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.calendars import is_working_day
from claims.clocks import (
    MOVED,
    Alarm,
    Change,
    ClaimFile,
    Dispute,
    Facts,
    Insolvency,
    Kind,
    State,
    Unpaid,
    alarms_due,
    changes,
    deadlines,
    deliveries_stopped_from,
)
from underwriting.clocks import Clocks

CLOCKS = Clocks(
    version="test",
    reminder_days=(1, 10),
    overdue_notice_days=30,
    overdue_warning_days=(20, 25, 28),
    stop_deliveries_days=30,
    extension_without_consent_days=60,
    claim_days=60,
    claim_warning_days=(45, 53, 58),
    claims_barred_months=12,
    insolvency_notice_days=10,
    decision_days_from_complete_file=30,
    payment_working_days_from_approval=10,
)
WAITING_DAYS = 180
LONG_BEFORE = date(2026, 1, 5)


def day(text):
    return date.fromisoformat(text)


def maybe(text):
    return date.fromisoformat(text) if text else None


def invoice(due="2027-09-29", amount="1110000.00", open_amount=None, reference="F1", **known):
    return Unpaid(
        reference=reference,
        due_on=day(due),
        amount=Decimal(amount),
        open_amount=Decimal(open_amount or amount),
        **{name: day(value) if name.endswith(("_on", "_to")) else value for name, value in known.items()},
    )


def dispute(opened, settled, amount="300000.00"):
    return Dispute(day(opened), maybe(settled), Decimal(amount))


def facts(*invoices, insolvency=None, claims=(), country="FR", insurer="FR"):
    return Facts(invoices, insolvency, tuple(claims), country, insurer)


def insolvency(opened, known=None, noticed=None):
    return Insolvency(day(opened), day(known or opened), maybe(noticed))


def all_deadlines(known, today=LONG_BEFORE):
    return deadlines(known, CLOCKS, WAITING_DAYS, today if isinstance(today, date) else day(today))


def only(known, kind, today=LONG_BEFORE, part=""):
    found = [each for each in all_deadlines(known, today) if each.kind is kind and each.part == part]
    assert len(found) == 1, found
    return found[0]


def absent(known, kind, today=LONG_BEFORE, part=""):
    return not [each for each in all_deadlines(known, today) if each.kind is kind and each.part == part]


# The reference case: INDEX is unpaid by PEI.


def test_the_reference_case_first_invoice():
    found = [(each.kind, each.counted_on.isoformat(), each.on.isoformat()) for each in all_deadlines(facts(invoice()))]
    assert found == [
        (Kind.REMINDER, "2027-09-30", "2027-09-30"),
        (Kind.REMINDER, "2027-10-09", "2027-10-09"),  # a Saturday: the reminder sends itself
        (Kind.OVERDUE_NOTICE, "2027-10-29", "2027-10-29"),
        (Kind.STOP_DELIVERIES, "2027-10-29", "2027-10-29"),
        (Kind.CLAIM, "2027-11-28", "2027-11-29"),  # a Sunday
        (Kind.LAST_EXTENSION, "2027-11-28", "2027-11-29"),
        (Kind.WAITING_PERIOD, "2028-03-27", "2028-03-27"),
        (Kind.CLAIMS_BARRED, "2028-09-29", "2028-09-29"),
    ]


def test_the_reference_case_second_invoice():
    found = [(each.kind, each.on.isoformat()) for each in all_deadlines(facts(invoice("2027-11-14", "370000.00")))]
    assert found == [
        (Kind.REMINDER, "2027-11-15"),
        (Kind.REMINDER, "2027-11-24"),
        (Kind.OVERDUE_NOTICE, "2027-12-14"),
        (Kind.STOP_DELIVERIES, "2027-12-14"),
        (Kind.CLAIM, "2028-01-13"),
        (Kind.LAST_EXTENSION, "2028-01-13"),
        (Kind.WAITING_PERIOD, "2028-05-12"),
        (Kind.CLAIMS_BARRED, "2028-11-14"),
    ]


def test_the_reference_case_is_warned():
    known = facts(invoice())
    assert only(known, Kind.OVERDUE_NOTICE).warnings == (day("2027-10-19"), day("2027-10-24"), day("2027-10-27"))
    assert only(known, Kind.CLAIM).warnings == (day("2027-11-13"), day("2027-11-21"), day("2027-11-26"))


def test_deadlines_come_in_order_and_name_their_invoice_and_who_must_act():
    known = facts(invoice("2027-11-14", reference="F2"), invoice(), claims=[ClaimFile("S1", day("2027-12-01"))])
    found = all_deadlines(known)
    assert [each.on for each in found] == sorted(each.on for each in found)
    assert {each.subject for each in found} == {"F1", "F2", "S1"}
    assert {each.kind for each in found if each.who == "insurer"} == {Kind.REMINDER, Kind.WAITING_PERIOD, Kind.DECISION}


# Thirty days: the overdue notice.


@pytest.mark.parametrize(
    ("due", "country", "expected"),
    [
        # weekends and month ends
        ("2027-05-05", "FR", "2027-06-04"),  # Friday
        ("2027-05-06", "FR", "2027-06-07"),  # Saturday
        ("2027-05-07", "FR", "2027-06-07"),  # Sunday
        ("2027-04-30", "FR", "2027-05-31"),  # Sunday 30 May
        ("2026-12-31", "FR", "2027-02-01"),  # Saturday 30 January
        ("2027-01-30", "FR", "2027-03-01"),  # 29 days of February and March's first
        ("2027-01-31", "FR", "2027-03-02"),
        ("2028-01-30", "FR", "2028-02-29"),  # the leap day, a Tuesday
        ("2028-03-02", "FR", "2028-04-03"),  # Saturday 1 April
        # New Year and Epiphany
        ("2027-12-02", "FR", "2028-01-03"),  # Saturday 1 January
        ("2027-12-07", "FR", "2028-01-06"),
        ("2027-12-07", "DE", "2028-01-06"),  # Epiphany is regional in Germany
        ("2027-12-07", "IT", "2028-01-07"),
        ("2027-12-07", "PL", "2028-01-07"),
        ("2027-12-07", "ES", "2028-01-07"),
        ("2027-12-07", "RO", "2028-01-10"),  # 6 and 7 January, then a weekend
        ("2027-12-25", "RO", "2028-01-25"),  # the Union of the Principalities, 24 January
        # Easter
        ("2027-02-27", "FR", "2027-03-30"),  # Easter Monday
        ("2027-02-27", "DE", "2027-03-30"),
        ("2027-02-27", "RO", "2027-03-29"),  # Easter is in May there
        ("2027-02-27", "ES", "2027-03-29"),  # Easter Monday is regional in Spain
        ("2027-02-27", "GB", "2027-03-29"),  # no Easter Monday in Scotland, hence not in all of the kingdom
        ("2027-02-27", "US", "2027-03-29"),
        ("2027-03-31", "FR", "2027-04-30"),
        ("2027-03-31", "RO", "2027-05-04"),  # Orthodox Good Friday, 1 May and Easter to Monday 3 May
        ("2028-03-18", "FR", "2028-04-18"),  # Easter Monday 17 April
        ("2028-03-16", "FR", "2028-04-18"),  # Easter Saturday
        ("2028-03-15", "FR", "2028-04-14"),  # Good Friday is worked
        ("2028-03-15", "DE", "2028-04-18"),  # Good Friday to Easter Monday
        ("2028-03-15", "RO", "2028-04-18"),  # both Easters fall together in 2028
        ("2028-03-26", "IT", "2028-04-26"),  # Liberation, 25 April
        ("2027-03-28", "NL", "2027-04-28"),  # the King's birthday, 27 April
        # May and June
        ("2027-04-01", "FR", "2027-05-03"),  # Saturday 1 May
        ("2027-04-01", "PL", "2027-05-04"),  # and the Constitution on Monday
        ("2027-04-01", "RO", "2027-05-04"),  # and Orthodox Easter Monday
        ("2027-04-01", "GB", "2027-05-04"),  # and the early May bank holiday
        ("2028-04-01", "FR", "2028-05-02"),  # Monday 1 May
        ("2028-04-01", "RO", "2028-05-02"),
        ("2028-04-01", "US", "2028-05-01"),
        ("2027-04-06", "FR", "2027-05-07"),  # Ascension, Thursday 6 May
        ("2027-04-06", "DE", "2027-05-07"),
        ("2027-04-06", "IT", "2027-05-06"),
        ("2027-04-06", "PL", "2027-05-06"),
        ("2027-04-17", "FR", "2027-05-18"),  # Whit Monday
        ("2027-04-17", "IT", "2027-05-17"),
        ("2027-04-27", "PL", "2027-05-28"),  # Corpus Christi, Thursday 27 May
        ("2027-04-27", "AT", "2027-05-28"),
        ("2027-04-27", "DE", "2027-05-27"),
        ("2027-05-03", "IT", "2027-06-03"),  # the Republic, 2 June
        ("2027-05-24", "LU", "2027-06-24"),  # the Grand Duke, 23 June
        # summer
        ("2027-06-14", "FR", "2027-07-15"),  # Wednesday 14 July
        ("2028-06-14", "FR", "2028-07-17"),  # Friday 14 July
        ("2028-06-14", "DE", "2028-07-14"),
        ("2027-06-21", "BE", "2027-07-22"),  # Belgium's day
        ("2028-07-02", "CH", "2028-08-02"),  # Switzerland's day
        ("2028-07-16", "FR", "2028-08-16"),  # Assumption, a Tuesday
        ("2028-07-16", "IT", "2028-08-16"),
        ("2028-07-16", "DE", "2028-08-15"),
        # autumn
        ("2028-09-03", "DE", "2028-10-04"),  # German unity
        ("2027-09-12", "ES", "2027-10-13"),  # Spain's day
        ("2027-10-02", "FR", "2027-11-02"),  # All Saints, a Monday
        ("2027-10-02", "PL", "2027-11-02"),
        ("2027-10-02", "DE", "2027-11-01"),
        ("2027-10-02", "RO", "2027-11-01"),
        ("2027-10-06", "SA", "2027-11-08"),  # Friday to Sunday
        ("2027-10-06", "AE", "2027-11-05"),
        ("2027-10-12", "FR", "2027-11-12"),  # 11 November, a Thursday
        ("2027-10-12", "PL", "2027-11-12"),
        ("2027-10-12", "IT", "2027-11-11"),
        ("2027-10-26", "US", "2027-11-26"),  # Thanksgiving
        ("2027-10-31", "RO", "2027-12-02"),  # Saint Andrew, then the Great Union
        ("2027-11-08", "IT", "2027-12-09"),  # the Immaculate Conception, 8 December
        ("2027-11-08", "FR", "2027-12-08"),
        # Christmas
        ("2027-11-24", "FR", "2027-12-24"),
        ("2027-11-24", "PL", "2027-12-27"),  # Christmas Eve is a holiday since 2025
        ("2027-11-25", "FR", "2027-12-27"),  # Saturday
        ("2027-11-25", "GB", "2027-12-29"),  # Monday and Tuesday replace the two days lost in the weekend
        ("2028-11-25", "FR", "2028-12-26"),  # Monday
        ("2028-11-25", "DE", "2028-12-27"),
        ("2028-11-25", "IT", "2028-12-27"),
    ],
)
def test_the_overdue_notice_is_due_thirty_days_after_the_due_date(due, country, expected):
    assert only(facts(invoice(due), country=country), Kind.OVERDUE_NOTICE).on == day(expected)


@pytest.mark.parametrize(
    ("due", "country", "expected"),
    [
        ("2027-12-31", "FR", "2028-02-29"),  # the leap day
        ("2027-05-15", "FR", "2027-07-15"),  # 14 July
        ("2027-09-02", "FR", "2027-11-02"),  # All Saints
        ("2027-09-12", "FR", "2027-11-12"),  # 11 November
        ("2027-10-26", "FR", "2027-12-27"),  # Christmas, a Saturday
        ("2028-10-26", "FR", "2028-12-26"),  # Christmas, a Monday
        ("2028-10-26", "DE", "2028-12-27"),
        ("2028-10-26", "PL", "2028-12-27"),
        ("2028-10-26", "RO", "2028-12-27"),
    ],
)
def test_the_claim_is_due_sixty_days_after_the_due_date_and_so_ends_free_extension(due, country, expected):
    known = facts(invoice(due), country=country)
    assert only(known, Kind.CLAIM).on == day(expected)
    assert only(known, Kind.LAST_EXTENSION).on == day(expected)


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("2028-02-29", "2029-02-28"),  # from a leap day to the last of February
        ("2027-02-28", "2028-02-28"),
        ("2026-12-25", "2027-12-27"),  # Saturday, Christmas
        ("2026-05-08", "2027-05-10"),  # Saturday
        ("2026-11-11", "2027-11-12"),
        ("2027-05-01", "2028-05-02"),
    ],
)
def test_claims_are_barred_twelve_months_after_the_due_date(due, expected):
    assert only(facts(invoice(due)), Kind.CLAIMS_BARRED).on == day(expected)


@pytest.mark.parametrize(
    ("known", "country", "expected"),
    [
        ("2027-06-07", "FR", "2027-06-17"),
        ("2027-12-15", "FR", "2027-12-27"),  # Christmas, a Saturday
        ("2027-11-01", "FR", "2027-11-12"),
        ("2028-04-07", "FR", "2028-04-18"),  # Easter Monday
        ("2027-03-19", "RO", "2027-03-29"),
        ("2027-11-20", "RO", "2027-12-02"),
    ],
)
def test_an_insolvency_is_told_within_ten_days_of_the_day_it_is_known(known, country, expected):
    told = facts(insolvency=insolvency("2027-01-04", known), country=country)
    assert only(told, Kind.INSOLVENCY_NOTICE).on == day(expected)


def test_the_insurer_decides_thirty_days_after_the_file_is_complete():
    known = facts(claims=[ClaimFile("S1", complete_on=day("2027-12-02"))])
    assert only(known, Kind.DECISION).on == day("2028-01-03")
    assert only(known, Kind.DECISION).who == "insurer"
    assert absent(known, Kind.PAYMENT)


def test_a_decision_waits_for_the_last_wait_of_the_invoices_claimed():
    both = (invoice(), invoice("2027-11-14", "370000.00", reference="F2"))
    claimed = ClaimFile("S1", complete_on=day("2027-12-02"), invoices=(both[0].reference, "F2"))
    decision = only(facts(*both, claims=[claimed]), Kind.DECISION)
    assert (decision.counted_on, decision.on) == (day("2028-06-11"), day("2028-06-12"))  # 12 May + 30, a Sunday
    insolvent = only(facts(*both, claims=[claimed], insolvency=insolvency("2027-12-10")), Kind.DECISION)
    assert (insolvent.counted_on, insolvent.on) == (day("2028-01-09"), day("2028-01-10"))


@pytest.mark.parametrize(
    ("approved", "insurer", "expected"),
    [
        ("2027-12-17", "FR", "2027-12-31"),
        ("2027-10-29", "FR", "2027-11-16"),
        ("2027-10-29", "DE", "2027-11-12"),  # neither 1 nor 11 November
        ("2027-04-30", "FR", "2027-05-18"),
    ],
)
def test_the_insurer_pays_ten_working_days_of_its_own_country_after_approval(approved, insurer, expected):
    known = facts(claims=[ClaimFile("S1", approved_on=day(approved))], country="RO", insurer=insurer)
    assert only(known, Kind.PAYMENT).on == day(expected)


# Days that simply come.


def test_the_waiting_period_and_the_stop_of_deliveries_do_not_move():
    known = facts(invoice("2027-07-05"))
    assert only(known, Kind.WAITING_PERIOD).on == day("2028-01-01")  # a Saturday and New Year
    assert only(facts(invoice("2027-05-06")), Kind.STOP_DELIVERIES).on == day("2027-06-05")  # a Saturday


@pytest.mark.parametrize(
    ("today", "expected"),
    [("2027-10-29", None), ("2027-10-30", "2027-10-30"), ("2027-12-24", "2027-10-30")],
)
def test_deliveries_stop_on_the_day_after_the_thirtieth(today, expected):
    assert deliveries_stopped_from(facts(invoice()), CLOCKS, day(today)) == maybe(expected)


def test_deliveries_are_free_again_once_the_invoice_is_paid_unless_another_stops_them():
    paid = invoice(settled_on="2027-12-20")
    assert deliveries_stopped_from(facts(paid), CLOCKS, day("2027-12-20")) is None
    assert absent(facts(paid), Kind.STOP_DELIVERIES, "2027-12-20")
    second = invoice("2027-11-14", reference="F2")
    assert deliveries_stopped_from(facts(paid, second), CLOCKS, day("2027-12-20")) == day("2027-12-15")


def test_the_waiting_period_is_met_when_over():
    known = facts(invoice())
    assert only(known, Kind.WAITING_PERIOD, "2028-03-16").state is State.UPCOMING
    assert only(known, Kind.WAITING_PERIOD, "2028-03-17").state is State.DUE
    assert only(known, Kind.WAITING_PERIOD, "2028-03-27").state is State.DUE
    assert only(known, Kind.WAITING_PERIOD, "2028-03-28").state is State.MET


# Extensions.


def test_an_extension_leaves_every_day_where_it_was():
    extended = facts(invoice(extended_to="2027-12-15", extension_agreed_by_insurer=True))
    assert changes(all_deadlines(facts(invoice())), all_deadlines(extended), "extended") == ()


@pytest.mark.parametrize(
    ("extended_to", "agreed", "expected"),
    [
        ("2027-11-29", False, State.MET),  # sixty days end on a Sunday: the Monday is still free
        ("2027-11-30", False, State.MISSED),
        ("2027-11-30", True, State.MET),
    ],
)
def test_an_extension_beyond_the_sixtieth_day_needs_consent(extended_to, agreed, expected):
    known = facts(invoice(extended_to=extended_to, extension_agreed_by_insurer=agreed))
    assert only(known, Kind.LAST_EXTENSION, "2027-10-10").state is expected


def test_an_extension_nobody_used_is_over_not_missed():
    known = facts(invoice())
    assert only(known, Kind.LAST_EXTENSION, "2027-11-17").state is State.UPCOMING
    assert only(known, Kind.LAST_EXTENSION, "2027-11-18").state is State.DUE
    assert only(known, Kind.LAST_EXTENSION, "2027-11-30").state is State.MET


# Insolvency.


@pytest.mark.parametrize(
    ("opened", "first", "second"),
    [
        ("2027-06-10", "2027-09-29", "2027-11-14"),  # before both are due
        ("2027-10-15", "2027-10-15", "2027-11-14"),  # the second is not yet due
        ("2027-12-10", "2027-12-10", "2027-12-10"),  # in the middle of both
        ("2028-04-03", "2028-03-27", "2028-04-03"),  # after the first has ended
        ("2028-06-01", "2028-03-27", "2028-05-12"),  # after both
    ],
)
def test_an_insolvency_ends_the_waiting_period_but_not_before_the_due_date(opened, first, second):
    known = facts(invoice(), invoice("2027-11-14", reference="F2"), insolvency=insolvency(opened))
    ends = {each.subject: each.on for each in all_deadlines(known) if each.kind is Kind.WAITING_PERIOD}
    assert ends == {"F1": day(first), "F2": day(second)}


def test_an_insolvency_told_within_ten_days_is_met():
    told = insolvency("2027-12-10", "2027-12-15", "2027-12-27")
    assert only(facts(insolvency=told), Kind.INSOLVENCY_NOTICE, "2028-01-10").state is State.MET
    late = replace(told, noticed_on=day("2027-12-28"))
    assert only(facts(insolvency=late), Kind.INSOLVENCY_NOTICE, "2028-01-10").state is State.MISSED


def test_the_notice_of_an_insolvency_is_due_from_the_day_it_is_known():
    known = facts(insolvency=insolvency("2027-12-10", "2027-12-15"))
    assert only(known, Kind.INSOLVENCY_NOTICE, "2027-12-15").state is State.DUE
    assert only(known, Kind.INSOLVENCY_NOTICE, "2027-12-27").state is State.DUE
    assert only(known, Kind.INSOLVENCY_NOTICE, "2027-12-28").state is State.MISSED


# Disputes.


@pytest.mark.parametrize(
    ("disputes", "expected", "paused_days"),
    [
        ([("2027-10-20", "2027-11-19")], "2028-04-26", 30),
        ([("2027-09-20", "2027-10-09")], "2028-04-06", 10),  # counts from the due date only
        ([("2027-09-01", "2027-09-20")], "2028-03-27", 0),  # settled before the due date
        ([("2027-10-20", "2027-11-19"), ("2027-11-10", "2027-11-29")], "2028-05-06", 40),  # nine days count once
        ([("2027-10-20", "2027-11-19"), ("2027-11-01", "2027-11-09")], "2028-04-26", 30),  # one within the other
        (
            [("2027-10-20", "2027-11-19"), ("2028-04-01", "2028-04-11")],
            "2028-05-06",
            40,
        ),  # in the days won by the first
        ([("2028-03-27", "2028-04-30")], "2028-03-27", 0),  # opened when the period was over
    ],
)
def test_a_dispute_pauses_the_disputed_part_only(disputes, expected, paused_days):
    known = facts(invoice(disputes=tuple(dispute(*each) for each in disputes)))
    disputed = only(known, Kind.WAITING_PERIOD, "2028-06-01", "disputed")
    assert (disputed.on, disputed.paused_days, disputed.paused) == (day(expected), paused_days, False)
    assert disputed.counted_on == day("2028-03-27")
    assert only(known, Kind.WAITING_PERIOD, "2028-06-01").on == day("2028-03-27")


def test_an_open_dispute_shows_the_earliest_possible_end():
    known = facts(invoice(disputes=(dispute("2027-10-20", None),)))
    disputed = only(known, Kind.WAITING_PERIOD, "2027-12-01", "disputed")
    assert (disputed.on, disputed.paused_days, disputed.paused) == (day("2028-05-08"), 42, True)
    assert only(known, Kind.WAITING_PERIOD, "2027-12-02", "disputed").on == day("2028-05-09")


def test_a_paused_period_is_never_over():
    known = facts(invoice(disputes=(dispute("2028-03-26", None),)))
    assert only(known, Kind.WAITING_PERIOD, "2029-01-10", "disputed").state is State.UPCOMING
    assert only(known, Kind.WAITING_PERIOD, "2029-01-10").state is State.MET


def test_a_dispute_on_the_whole_leaves_no_undisputed_part():
    whole = facts(invoice(disputes=(dispute("2027-10-20", None, "1110000.00"),)))
    assert absent(whole, Kind.WAITING_PERIOD, "2027-12-01")
    rest = facts(invoice(open_amount="300000.00", disputes=(dispute("2027-10-20", None),)))
    assert absent(rest, Kind.WAITING_PERIOD, "2027-12-01")


def test_a_dispute_moves_neither_notice_nor_claim():
    plain, disputed = facts(invoice()), facts(invoice(disputes=(dispute("2027-10-01", None),)))
    assert [each.kind for each in changes(all_deadlines(plain), all_deadlines(disputed), "disputed")] == [
        Kind.WAITING_PERIOD
    ]


@pytest.mark.parametrize(
    ("opened", "settled", "expected", "paused"),
    [
        ("2027-10-20", "2027-11-19", "2027-12-10", False),  # settled before proceedings opened
        ("2027-10-20", "2027-12-20", "2027-12-20", False),  # settled after
        ("2027-10-20", None, "2028-01-15", True),  # still open today
        ("2027-12-10", None, "2027-12-10", False),  # opened the same day, when the period was over
        ("2027-12-12", None, "2027-12-10", False),  # opened when the period was over
    ],
)
def test_an_insolvency_does_not_settle_a_dispute(opened, settled, expected, paused):
    known = facts(invoice(disputes=(dispute(opened, settled),)), insolvency=insolvency("2027-12-10"))
    disputed = only(known, Kind.WAITING_PERIOD, "2028-01-15", "disputed")
    assert (disputed.on, disputed.paused) == (day(expected), paused)
    assert disputed.state is (State.UPCOMING if paused else State.MET)
    assert only(known, Kind.WAITING_PERIOD, "2028-01-15").on == day("2027-12-10")


# States.


@pytest.mark.parametrize(
    ("today", "state", "days_left"),
    [
        ("2027-10-18", State.UPCOMING, 11),
        ("2027-10-19", State.DUE, 10),
        ("2027-10-29", State.DUE, 0),
        ("2027-10-30", State.MISSED, -1),
    ],
)
def test_a_notice_is_due_from_the_first_warning_to_the_deadline_included(today, state, days_left):
    notice = only(facts(invoice()), Kind.OVERDUE_NOTICE, today)
    assert (notice.state, notice.days_left) == (state, days_left)


@pytest.mark.parametrize(
    ("today", "state"),
    [
        ("2027-11-12", State.UPCOMING),
        ("2027-11-13", State.DUE),
        ("2027-11-29", State.DUE),  # the Monday after the sixtieth day
        ("2027-11-30", State.MISSED),
    ],
)
def test_a_claim_is_due_from_its_first_warning(today, state):
    assert only(facts(invoice()), Kind.CLAIM, today).state is state


def test_claims_barred_without_warnings_is_due_ten_days_before():
    known = facts(invoice())
    assert only(known, Kind.CLAIMS_BARRED, "2028-09-18").state is State.UPCOMING
    assert only(known, Kind.CLAIMS_BARRED, "2028-09-19").state is State.DUE
    assert only(known, Kind.CLAIMS_BARRED, "2028-09-30").state is State.MISSED


def test_done_on_the_day_is_in_time_and_a_day_later_is_not():
    in_time = only(facts(invoice(noticed_on="2027-10-29")), Kind.OVERDUE_NOTICE, "2027-12-01")
    late = only(facts(invoice(noticed_on="2027-10-30")), Kind.OVERDUE_NOTICE, "2027-12-01")
    assert (in_time.state, in_time.done_on) == (State.MET, day("2027-10-29"))
    assert (late.state, late.done_on) == (State.MISSED, day("2027-10-30"))


def test_a_claim_is_a_notice_too_and_keeps_claims_from_being_barred():
    known = facts(invoice(claimed_on="2027-10-25"))
    for kind in (Kind.OVERDUE_NOTICE, Kind.CLAIM, Kind.CLAIMS_BARRED):
        assert only(known, kind, "2029-01-08").state is State.MET
    late = facts(invoice(noticed_on="2027-10-25", claimed_on="2028-02-01"))
    assert only(late, Kind.OVERDUE_NOTICE, "2029-01-08").done_on == day("2027-10-25")
    assert only(late, Kind.CLAIM, "2029-01-08").state is State.MISSED
    assert only(late, Kind.CLAIMS_BARRED, "2029-01-08").state is State.MET


def test_an_invoice_paid_in_time_needs_nothing():
    assert all_deadlines(facts(invoice(settled_on="2027-09-29")), "2027-12-01") == ()
    assert all_deadlines(facts(invoice(settled_on="2027-10-29")), "2027-12-01") == ()


def test_a_deadline_missed_before_the_payment_stays_missed():
    known = facts(invoice(settled_on="2027-10-30"))
    found = all_deadlines(known, "2027-12-01")
    assert [(each.kind, each.state, each.closed_on) for each in found] == [
        (Kind.OVERDUE_NOTICE, State.MISSED, day("2027-10-30"))
    ]


def test_a_duty_met_before_the_payment_stays_met():
    known = facts(invoice(noticed_on="2027-10-25", settled_on="2027-10-28"))
    assert [(each.kind, each.state) for each in all_deadlines(known, "2027-12-01")] == [
        (Kind.OVERDUE_NOTICE, State.MET)
    ]


def test_a_waiting_period_that_was_over_before_the_payment_remains():
    known = facts(invoice(claimed_on="2027-11-20", settled_on="2028-03-28"))
    assert only(known, Kind.WAITING_PERIOD, "2028-04-03").state is State.MET
    earlier = facts(invoice(claimed_on="2027-11-20", settled_on="2028-03-27"))
    assert absent(earlier, Kind.WAITING_PERIOD, "2028-04-03")


def test_the_insurers_duties_are_met_or_missed_like_the_others():
    claim = ClaimFile("S1", day("2027-12-02"), day("2028-01-03"), day("2028-01-03"), day("2028-01-18"))
    known = facts(claims=[claim])
    assert only(known, Kind.DECISION, "2028-02-01").state is State.MET
    assert only(known, Kind.PAYMENT, "2028-02-01").on == day("2028-01-17")
    assert only(known, Kind.PAYMENT, "2028-02-01").state is State.MISSED


# Changes.


def test_a_payment_drops_what_was_still_to_come():
    before = all_deadlines(facts(invoice(noticed_on="2027-10-20")), "2027-11-05")
    after = all_deadlines(facts(invoice(noticed_on="2027-10-20", settled_on="2027-11-05")), "2027-11-05")
    assert changes(before, after, "paid") == (
        Change(Kind.REMINDER, "F1", day("2027-09-30"), None, "paid"),
        Change(Kind.REMINDER, "F1", day("2027-10-09"), None, "paid"),
        Change(Kind.STOP_DELIVERIES, "F1", day("2027-10-29"), None, "paid"),
        Change(Kind.CLAIM, "F1", day("2027-11-29"), None, "paid"),
        Change(Kind.LAST_EXTENSION, "F1", day("2027-11-29"), None, "paid"),
        Change(Kind.WAITING_PERIOD, "F1", day("2028-03-27"), None, "paid"),
        Change(Kind.CLAIMS_BARRED, "F1", day("2028-09-29"), None, "paid"),
    )


def test_an_insolvency_starts_a_clock_and_ends_another():
    before = all_deadlines(facts(invoice()), "2027-12-15")
    after = all_deadlines(facts(invoice(), insolvency=insolvency("2027-12-10", "2027-12-15")), "2027-12-15")
    assert changes(before, after, "insolvency") == (
        Change(Kind.WAITING_PERIOD, "F1", day("2028-03-27"), day("2027-12-10"), "insolvency"),
        Change(Kind.INSOLVENCY_NOTICE, "", None, day("2027-12-27"), "insolvency"),
    )


def test_the_settlement_of_a_dispute_fixes_the_end_of_the_disputed_part():
    before = all_deadlines(facts(invoice(disputes=(dispute("2027-10-20", None),))), "2027-12-01")
    after = all_deadlines(facts(invoice(disputes=(dispute("2027-10-20", "2027-11-19"),))), "2027-12-01")
    assert changes(before, after, "dispute_settled") == (
        Change(Kind.WAITING_PERIOD, "F1", day("2028-05-08"), day("2028-04-26"), "dispute_settled", "disputed"),
    )


def test_another_due_date_moves_each_reminder():
    moved = changes(all_deadlines(facts(invoice())), all_deadlines(facts(invoice("2027-10-01"))), "corrected")
    assert [(each.before, each.after) for each in moved if each.kind is Kind.REMINDER] == [
        (day("2027-09-30"), day("2027-10-02")),
        (day("2027-10-09"), day("2027-10-11")),
    ]


# Alarms.


def alarms(known, today):
    return [
        (each.kind, each.on.isoformat(), each.level) for each in alarms_due(all_deadlines(known, today), day(today))
    ]


def test_nothing_is_sent_before_the_day_after_the_due_date():
    assert alarms(facts(invoice()), "2027-09-29") == []
    assert alarms_due(all_deadlines(facts(invoice()), "2027-09-30"), day("2027-09-30")) == (
        Alarm(Kind.REMINDER, "F1", day("2027-09-30"), "reminder"),
    )


def test_the_alarms_of_an_invoice_nobody_looks_after():
    assert alarms(facts(invoice()), "2027-12-15") == [
        (Kind.REMINDER, "2027-09-30", "reminder"),
        (Kind.REMINDER, "2027-10-09", "reminder"),
        (Kind.OVERDUE_NOTICE, "2027-10-19", "warning"),
        (Kind.OVERDUE_NOTICE, "2027-10-24", "warning"),
        (Kind.OVERDUE_NOTICE, "2027-10-27", "escalation"),
        (Kind.OVERDUE_NOTICE, "2027-10-27", "warning"),
        (Kind.OVERDUE_NOTICE, "2027-10-29", "escalation"),
        (Kind.STOP_DELIVERIES, "2027-10-29", "warning"),
        (Kind.OVERDUE_NOTICE, "2027-10-30", "escalation"),
        (Kind.CLAIM, "2027-11-13", "warning"),
        (Kind.CLAIM, "2027-11-21", "warning"),
        (Kind.CLAIM, "2027-11-26", "escalation"),
        (Kind.CLAIM, "2027-11-26", "warning"),
        (Kind.CLAIM, "2027-11-29", "escalation"),
        (Kind.CLAIM, "2027-11-30", "escalation"),
    ]


def test_a_notice_given_silences_its_alarms_only():
    given = alarms(facts(invoice(noticed_on="2027-10-20")), "2027-11-13")
    assert Kind.OVERDUE_NOTICE not in {kind for kind, _, _ in given}
    assert (Kind.CLAIM, "2027-11-13", "warning") in given


def test_a_paid_invoice_sends_nothing_even_for_what_was_missed():
    assert alarms(facts(invoice(settled_on="2027-12-10")), "2027-12-15") == []


def test_an_insolvency_is_warned_of_at_once_and_escalated_on_the_day():
    known = facts(insolvency=insolvency("2027-12-10", "2027-12-15"))
    assert alarms(known, "2027-12-31") == [
        (Kind.INSOLVENCY_NOTICE, "2027-12-15", "warning"),
        (Kind.INSOLVENCY_NOTICE, "2027-12-27", "escalation"),
        (Kind.INSOLVENCY_NOTICE, "2027-12-28", "escalation"),
    ]


# Laws.

due_days = st.dates(date(2026, 6, 1), date(2029, 12, 31))
countries = st.sampled_from(["FR", "DE", "IT", "ES", "PL", "RO", "NL", "BE", "GB", "US", "SA", "CH"])


@st.composite
def some_disputes(draw):
    found = []
    for _ in range(draw(st.integers(0, 3))):
        opened = date(2026, 6, 1) + timedelta(days=draw(st.integers(0, 1500)))
        settled = draw(st.none() | st.integers(0, 200).map(lambda days, opened=opened: opened + timedelta(days=days)))
        found.append(Dispute(opened, settled, Decimal("100.00")))
    return tuple(found)


@st.composite
def some_invoices(draw):
    due = draw(due_days)
    near = st.none() | st.integers(-20, 400).map(lambda days: due + timedelta(days=days))
    return Unpaid(
        reference="F1",
        due_on=due,
        amount=Decimal("1000.00"),
        open_amount=Decimal("800.00"),
        settled_on=draw(near),
        extended_to=draw(near),
        extension_agreed_by_insurer=draw(st.booleans()),
        noticed_on=draw(near),
        claimed_on=draw(near),
        disputes=draw(some_disputes()),
    )


@st.composite
def some_facts(draw):
    opened = draw(st.none() | due_days)
    proceedings = opened and Insolvency(opened, opened + timedelta(days=draw(st.integers(0, 60))), None)
    complete, approved = draw(st.none() | due_days), draw(st.none() | due_days)
    claims = (ClaimFile("S1", complete_on=complete, approved_on=approved),)
    return Facts((draw(some_invoices()),), proceedings, claims, draw(countries), draw(countries))


def days_of(found):
    ordered = sorted(found, key=lambda each: (each.kind, each.subject, each.part, each.on))
    return [((each.kind, each.subject, each.part), each.on) for each in ordered]


@given(known=some_facts(), later=st.integers(0, 400), today=due_days)
def test_a_later_due_date_never_gives_an_earlier_deadline(known, later, today):
    unpaid = replace(known.invoices[0], settled_on=None)
    shifted = replace(unpaid, due_on=unpaid.due_on + timedelta(days=later))
    before = days_of(all_deadlines(replace(known, invoices=(unpaid,)), today))
    after = days_of(all_deadlines(replace(known, invoices=(shifted,)), today))
    assert [key for key, _ in before] == [key for key, _ in after]
    assert all(first <= second for (_, first), (_, second) in zip(before, after, strict=True))


@given(known=some_facts(), today=due_days)
def test_acts_fall_on_working_days_never_earlier_than_counted_nor_much_later(known, today):
    for each in all_deadlines(known, today):
        if each.kind in MOVED:
            country = known.insurer_country if each.kind is Kind.PAYMENT else known.insured_country
            assert is_working_day(each.on, country)
            assert each.counted_on <= each.on <= each.counted_on + timedelta(days=10)
        else:
            assert each.on >= each.counted_on
            assert each.paused_days == (each.on - each.counted_on).days


@given(known=some_facts(), extended_to=due_days, agreed=st.booleans(), today=due_days)
def test_an_extension_moves_nothing(known, extended_to, agreed, today):
    extended = replace(known.invoices[0], extended_to=extended_to, extension_agreed_by_insurer=agreed)
    after = all_deadlines(replace(known, invoices=(extended,)), today)
    assert changes(all_deadlines(known, today), after, "extended") == ()


@given(known=some_facts(), today=due_days, later=st.integers(0, 500))
def test_time_never_makes_good_what_was_missed(known, today, later):
    def missed(on):
        return {(each.kind, each.subject) for each in all_deadlines(known, on) if each.state is State.MISSED}

    assert missed(today) <= missed(today + timedelta(days=later))


@given(known=some_facts(), today=due_days)
def test_nothing_changes_against_itself(known, today):
    found = all_deadlines(known, today)
    assert changes(found, found, "paid") == ()


@given(known=some_facts(), today=due_days)
def test_days_left_count_to_the_deadline_and_alarms_have_come(known, today):
    found = all_deadlines(known, today)
    assert all(today + timedelta(days=each.days_left) == each.on for each in found)
    assert all(alarm.on <= today for alarm in alarms_due(found, today))

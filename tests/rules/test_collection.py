import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from claims.collection import (
    Instalment,
    Part,
    PartState,
    Promise,
    PromiseState,
    RecoveryRate,
    StepState,
    expected_recovery,
    plan_state,
    promise_state,
    recovery_rate,
    suggested_steps,
    worth_it,
)
from claims.collection_steps import CATALOGUE, CountrySteps, Stage, Step, steps_for

DUE = date(2027, 9, 29)
REFERENCE = Path(__file__).parents[2] / "unlockfocus" / "reference" / "recovery_by_age.csv"


def states(today, **facts):
    return {one.step.key: one.state.value for one in suggested_steps("RO", "FR", DUE, today, **facts)}


def step(key, today, **facts):
    return next(one for one in suggested_steps("RO", "FR", DUE, today, **facts) if one.step.key == key)


def test_a_romanian_buyer_is_first_notified_then_summoned_for_the_payment_order():
    steps = suggested_steps("RO", "FR", DUE, date(2027, 10, 15))
    assert [(one.step.key, one.starts_on, one.ends_on) for one in steps] == [
        ("notification_ro", date(2027, 9, 30), date(2027, 10, 29)),
        ("retention_ro", date(2027, 9, 30), date(2027, 10, 30)),
        ("negotiation", date(2027, 10, 14), date(2027, 11, 28)),
        ("summons_ro", date(2027, 11, 8), date(2027, 11, 28)),
        ("european_order", date(2027, 11, 28), date(2028, 3, 27)),
        ("payment_order_ro", date(2027, 11, 28), date(2028, 2, 26)),
        ("insolvency_petition_ro", date(2027, 12, 13), date(2028, 2, 11)),
        ("court_ro", date(2028, 1, 27), date(2029, 7, 20)),
        ("filing_ro", None, None),
    ]


def test_sixteen_days_after_the_due_date_the_buyer_is_notified_and_spoken_to():
    assert states(date(2027, 10, 15)) == {
        "notification_ro": "now",
        "retention_ro": "now",
        "negotiation": "now",
        "summons_ro": "upcoming",
        "european_order": "upcoming",
        "payment_order_ro": "upcoming",
        "insolvency_petition_ro": "upcoming",
        "court_ro": "upcoming",
        "filing_ro": "waits_for_insolvency",
    }


def test_a_step_is_overdue_from_the_day_after_its_last():
    assert states(date(2027, 10, 29))["notification_ro"] == "now"
    assert states(date(2027, 10, 30))["notification_ro"] == "overdue"


def test_a_step_taken_is_never_overdue():
    assert states(date(2028, 5, 1), done={"notification_ro"})["notification_ro"] == "done"


def test_one_payment_order_replaces_the_other():
    found = states(date(2028, 6, 1), done=["european_order"])
    assert (found["european_order"], found["payment_order_ro"], found["court_ro"]) == ("done", "replaced", "now")


def test_an_insolvency_stays_the_steps_against_the_debtor_but_not_those_on_the_goods():
    found = states(date(2027, 10, 15), insolvency_opened_on=date(2027, 10, 12))
    assert found == {
        "notification_ro": "stayed",
        "retention_ro": "now",
        "negotiation": "stayed",
        "summons_ro": "stayed",
        "european_order": "stayed",
        "payment_order_ro": "stayed",
        "insolvency_petition_ro": "stayed",
        "court_ro": "stayed",
        "filing_ro": "now",
    }


def test_an_insolvency_opened_before_the_due_date_counts_too():
    assert states(date(2027, 9, 1), insolvency_opened_on=date(2027, 8, 30))["filing_ro"] == "now"


def test_a_romanian_claim_is_filed_within_45_days_of_the_opening_at_most():
    filing = step("filing_ro", date(2027, 10, 15), insolvency_opened_on=date(2027, 10, 12))
    assert (filing.starts_on, filing.ends_on, filing.is_estimate) == (date(2027, 10, 12), date(2027, 11, 26), True)


@pytest.mark.parametrize("deadline", [date(2027, 11, 8), date(2027, 12, 20)])
def test_the_date_of_the_judgment_always_wins(deadline):
    facts = {"insolvency_opened_on": date(2027, 10, 12), "filing_deadline": deadline}
    filing = step("filing_ro", deadline, **facts)
    assert (filing.ends_on, filing.is_estimate, filing.state) == (deadline, False, StepState.NOW)
    assert step("filing_ro", date(2027, 12, 21), **facts).state is StepState.OVERDUE


def test_where_only_the_court_sets_the_last_day_none_is_guessed():
    filing = suggested_steps("IT", "FR", DUE, date(2028, 9, 1), insolvency_opened_on=date(2027, 10, 12))[-1]
    assert (filing.ends_on, filing.state) == (None, StepState.NOW)


@pytest.mark.parametrize(
    ("debtor", "creditor", "offered"),
    [
        ("RO", "FR", True), ("FR", "RO", True), ("HU", "FR", True),
        ("FR", "FR", False), ("DK", "FR", False), ("RO", "CH", False), ("US", "FR", False),
    ],
)  # fmt: skip
def test_the_european_order_needs_a_border_within_the_union_without_denmark(debtor, creditor, offered):
    assert ("european_order" in {one.key for one in steps_for(debtor, creditor)}) is offered


def test_other_countries_fall_back_on_the_union_or_the_world():
    assert steps_for("HU", "FR")[-1].legal_basis == "Reg. (EU/UE) 2015/848, art. 53-55"
    assert [one.key for one in steps_for("US", "FR")] == [
        "demand", "retention", "negotiation", "bailiff_or_lawyer", "court_or_arbitration", "filing_court_sets",
    ]  # fmt: skip


def test_the_romanian_steps_name_their_law():
    assert {one.key: one.legal_basis for one in steps_for("RO", "FR")} == {
        "notification_ro": "Codul civil, art. 1522-1523; Legea nr. 72/2013",
        "retention_ro": "Codul civil, art. 1684; Legea nr. 297/2018 (RNPM)",
        "negotiation": "",
        "summons_ro": "Codul de procedură civilă, art. 1015 (somația)",
        "european_order": "Reg. (EC/CE) 1896/2006, art. 7, 12, 16",
        "payment_order_ro": "Codul de procedură civilă, art. 1014-1025 (ordonanța de plată)",
        "insolvency_petition_ro": "Legea nr. 85/2014, art. 5 (1) pct. 20, 29, 72, art. 70",
        "court_ro": "Codul de procedură civilă, art. 192-194 (cererea de chemare în judecată)",
        "filing_ro": "Legea nr. 85/2014, art. 100, 102 (BPI)",
    }


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.country)
def test_every_country_starts_amicably_and_ends_with_the_filing(entry):
    keys = [one.key for one in entry.steps]
    assert len(keys) == len(set(keys))
    assert (entry.steps[0].stage, entry.steps[-1].stage) == (Stage.AMICABLE, Stage.INSOLVENCY_FILING)
    starts = [one.start_days for one in entry.steps[:-1]]
    assert starts == sorted(starts)
    assert all(one.cost > 0 for one in entry.steps)


def test_the_summons_leaves_its_fifteen_days_before_the_payment_order_starts():
    by_key = {one.key: one for one in steps_for("RO", "FR")}
    assert by_key["payment_order_ro"].start_days - by_key["summons_ro"].start_days == 20


def test_the_insurer_may_set_its_own_steps():
    own = CountrySteps("RO", (Step("demand", Stage.AMICABLE, 5, 10, Decimal("80.00"), "own"),))
    (only,) = suggested_steps("RO", "FR", DUE, date(2027, 10, 1), catalogue=[own, *CATALOGUE[1:]])
    assert (only.starts_on, only.ends_on, only.state) == (date(2027, 10, 4), date(2027, 10, 14), StepState.UPCOMING)


PLAN = (
    Instalment(date(2027, 12, 31), Decimal("100000.00")),
    Instalment(date(2027, 10, 31), Decimal("50000.00")),
    Instalment(date(2027, 11, 30), Decimal("50000.00")),
)


def test_payments_cover_the_oldest_instalment_first():
    payments = [(date(2027, 10, 29), Decimal("50000.00")), (date(2027, 12, 2), Decimal("20000.00"))]
    state = plan_state(PLAN, payments, date(2027, 12, 5))
    assert (state.paid, state.open, state.overdue, state.excess) == (
        Decimal("70000.00"), Decimal("130000.00"), Decimal("30000.00"), Decimal("0.00"),
    )  # fmt: skip
    assert state.parts == (
        Part(PLAN[1], Decimal("50000.00"), PartState.PAID),
        Part(PLAN[2], Decimal("20000.00"), PartState.MISSED),
        Part(PLAN[0], Decimal("0.00"), PartState.UPCOMING),
    )
    assert state.missed == (PLAN[2],)
    assert state.next == PLAN[0]


def test_an_instalment_is_missed_from_the_day_after():
    assert plan_state(PLAN, [], date(2027, 10, 31)).missed == ()
    assert plan_state(PLAN, [], date(2027, 11, 1)).missed == (PLAN[1],)


def test_a_late_payment_heals_a_missed_instalment():
    assert plan_state(PLAN, [(date(2027, 11, 20), Decimal("50000.00"))], date(2027, 11, 20)).missed == ()


def test_a_payment_to_come_does_not_count_yet():
    state = plan_state(PLAN, [(date(2027, 11, 3), Decimal("50000.00"))], date(2027, 11, 2))
    assert (state.paid, state.missed) == (Decimal("0.00"), (PLAN[1],))


def test_what_is_paid_beyond_the_plan_is_told():
    state = plan_state(PLAN, [(date(2027, 10, 1), Decimal("200000.01"))], date(2027, 10, 2))
    assert (state.paid, state.open, state.excess, state.next) == (
        Decimal("200000.00"), Decimal("0.00"), Decimal("0.01"), None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("payments", "today", "state"),
    [
        ([], date(2027, 11, 15), PromiseState.OPEN),
        ([], date(2027, 11, 16), PromiseState.BROKEN),
        ([(date(2027, 10, 31), "40000.00")], date(2027, 11, 16), PromiseState.BROKEN),
        ([(date(2027, 11, 1), "15000.00"), (date(2027, 11, 15), "25000.00")], date(2027, 12, 1), PromiseState.KEPT),
        ([(date(2027, 11, 10), "39999.99")], date(2027, 11, 16), PromiseState.BROKEN),
        ([(date(2027, 11, 20), "40000.00")], date(2027, 11, 19), PromiseState.BROKEN),
        ([(date(2027, 11, 20), "40000.00")], date(2027, 11, 20), PromiseState.KEPT_LATE),
    ],
)
def test_a_promise_is_kept_by_what_came_between_its_day_and_the_day_it_named(payments, today, state):
    promise = Promise(made_on=date(2027, 11, 1), pay_by=date(2027, 11, 15), amount=Decimal("40000.00"))
    assert promise_state(promise, [(on, Decimal(amount)) for on, amount in payments], today) is state


TABLE = (
    RecoveryRate(0, Decimal("0.949")),
    RecoveryRate(90, Decimal("0.696")),
    RecoveryRate(180, Decimal("0.521")),
    RecoveryRate(365, Decimal("0.228")),
)


@pytest.mark.parametrize(
    ("days", "rate"),
    [(-5, "0.949"), (0, "0.949"), (90, "0.696"), (135, "0.6085"), (180, "0.521"), (365, "0.228"), (3000, "0.228")],
)
def test_the_rate_lies_on_the_line_between_two_rows(days, rate):
    assert recovery_rate(TABLE, days) == Decimal(rate)


def test_an_unpaid_instalment_of_the_order_is_expected_to_bring_less_with_age():
    assert expected_recovery(TABLE, Decimal("1110000.00"), 90) == Decimal("772560.00")
    assert expected_recovery(TABLE, Decimal("1110000.00"), 120) == Decimal("707810.00")
    assert expected_recovery(TABLE, Decimal("0.00"), 120) == Decimal("0.00")


@pytest.mark.parametrize(
    "table",
    [
        (),
        (RecoveryRate(0, Decimal("0.9")), RecoveryRate(0, Decimal("0.8"))),
        (RecoveryRate(0, Decimal("1.1")),),
        (RecoveryRate(0, Decimal("-0.1")),),
    ],
)
def test_a_table_without_order_or_fractions_is_refused(table):
    with pytest.raises(ValueError, match="recovery rate"):
        recovery_rate(table, 10)


def test_the_survey_in_the_reference_data_is_a_table():
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    table = [RecoveryRate(int(row["from_days"]), Decimal(row["rate"])) for row in rows]
    assert recovery_rate(table, 90) == Decimal("0.696")
    assert recovery_rate(table, 180) == Decimal("0.521")
    assert recovery_rate(table, 365) == Decimal("0.228")
    assert {row["source"] for row in rows} == {"CCAA survey of members, 18 October 2004"}


def test_a_payment_order_is_worth_its_cost_when_it_brings_more():
    worth = worth_it(Decimal("1500.00"), Decimal("1110000.00"), Decimal("0.521"), Decimal("0.55"))
    assert (worth.brings, worth.net, worth.is_worth_it) == (Decimal("32190.00"), Decimal("30690.00"), True)


def test_a_step_that_only_earns_its_cost_is_not_worth_it():
    worth = worth_it(Decimal("1500.00"), Decimal("30000.00"), Decimal("0.50"), Decimal("0.55"))
    assert (worth.brings, worth.net, worth.is_worth_it) == (Decimal("1500.00"), Decimal("0.00"), False)


def test_a_step_that_spoils_a_negotiation_costs_twice():
    worth = worth_it(Decimal("1500.00"), Decimal("30000.00"), Decimal("0.60"), Decimal("0.55"))
    assert (worth.brings, worth.net, worth.is_worth_it) == (Decimal("-1500.00"), Decimal("-3000.00"), False)

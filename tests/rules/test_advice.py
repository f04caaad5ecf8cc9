from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.advice import (
    Act,
    Advice,
    Answers,
    Consequence,
    Effect,
    MissingAnswer,
    Question,
    Reason,
    advise,
    effects,
    facts_after,
    next_question,
)
from claims.clocks import Dispute, Facts, Insolvency, Kind, State, Unpaid, deadlines
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
AMOUNT = Decimal("1110000.00")
# Due on a Wednesday; the notice by Friday 29 October, the claim by Monday 29 November, waiting until 27 March 2028.
INVOICE = Unpaid("F1", date(2027, 9, 29), AMOUNT, AMOUNT)
SECOND = Unpaid("F2", date(2027, 11, 14), Decimal("370000.00"), Decimal("370000.00"))
LATE = Answers("F1", paid=False)
INSOLVENT = replace(LATE, insolvent=True, insolvent_on=date(2027, 12, 10), known_on=date(2027, 12, 15))
DISPUTED = replace(LATE, disputed=True, disputed_amount=Decimal("300000.00"))
IN_INSTALMENTS = replace(
    LATE,
    extension_asked=True,
    instalments=((date(2027, 11, 20), Decimal("600000.00")), (date(2027, 12, 20), Decimal("510000.00"))),
)
TOLD = Insolvency(date(2027, 12, 10), date(2027, 12, 15), noticed_on=date(2027, 12, 16))


def file(invoice=INVOICE, *others, insolvency=None):
    return Facts((invoice, *others), insolvency, (), "FR", "FR")


def asking_until(day):
    return replace(LATE, extension_asked=True, extension_to=date.fromisoformat(day))


def advice(answers, today, facts=None):
    return advise(answers, facts or file(), CLOCKS, WAITING_DAYS, date.fromisoformat(today))


def consequences(act, answers, today, facts=None):
    return effects(act, answers, facts or file(), CLOCKS, WAITING_DAYS, date.fromisoformat(today))


# The path.


@pytest.mark.parametrize(
    ("answers", "question"),
    [
        (Answers("F1"), Question.PAID),
        (Answers("F1", paid=True), None),
        (LATE, Question.DISPUTED),
        (replace(LATE, disputed=True), Question.DISPUTED_AMOUNT),
        (DISPUTED, Question.EXTENSION_ASKED),
        (replace(LATE, disputed=False), Question.EXTENSION_ASKED),
        (replace(LATE, disputed=False, extension_asked=True), Question.EXTENSION_TERMS),
        (replace(IN_INSTALMENTS, disputed=False), Question.INSOLVENT),
        (replace(LATE, disputed=False, extension_asked=False), Question.INSOLVENT),
        (replace(LATE, disputed=False, extension_asked=False, insolvent=True), Question.INSOLVENT_ON),
        (replace(INSOLVENT, disputed=False, extension_asked=False, known_on=None), Question.KNOWN_ON),
        (replace(INSOLVENT, disputed=False, extension_asked=False), None),
        (replace(LATE, disputed=False, extension_asked=False, insolvent=False), None),
    ],
)
def test_the_questions_come_one_after_the_other(answers, question):
    assert next_question(answers, file()) == question


def test_what_the_file_knows_is_not_asked():
    assert next_question(Answers("F1"), file(replace(INVOICE, settled_on=date(2027, 10, 4)))) is None
    answered = replace(LATE, disputed=False, extension_asked=False)
    assert next_question(answered, file(insolvency=TOLD)) is None


# The advice.


@pytest.mark.parametrize(
    ("answers", "today", "expected"),
    [
        (Answers("F1", paid=True), "2027-11-20", Advice(Act.NOTHING, Reason.PAID)),
        (LATE, "2027-09-29", Advice(Act.NOTHING, Reason.NOT_DUE)),
        (LATE, "2027-09-30", Advice(Act.REMINDER, Reason.LATE)),
        (LATE, "2027-10-09", Advice(Act.REMINDER, Reason.LATE)),
        (LATE, "2027-10-10", Advice(Act.OVERDUE_NOTICE, Reason.LATE_WITHOUT_AGREEMENT)),
        (LATE, "2027-10-19", Advice(Act.OVERDUE_NOTICE, Reason.NOTICE_DUE)),
        (LATE, "2027-11-12", Advice(Act.OVERDUE_NOTICE, Reason.NOTICE_DUE)),  # too late, and still to be told
        (LATE, "2027-11-13", Advice(Act.CLAIM, Reason.CLAIM_WINDOW)),
        (LATE, "2029-01-08", Advice(Act.CLAIM, Reason.CLAIM_WINDOW)),
        (DISPUTED, "2027-10-04", Advice(Act.DISPUTE, Reason.DISPUTED)),
        (DISPUTED, "2027-10-20", Advice(Act.DISPUTE, Reason.DISPUTED, (Act.OVERDUE_NOTICE,))),
        (DISPUTED, "2027-11-20", Advice(Act.CLAIM, Reason.CLAIM_WINDOW, (Act.DISPUTE,))),
        (asking_until("2027-11-15"), "2027-10-10", Advice(Act.EXTENSION, Reason.EXTENSION_ASKED)),
        (
            asking_until("2027-11-15"),
            "2027-10-19",
            Advice(Act.EXTENSION, Reason.EXTENSION_ASKED, (Act.OVERDUE_NOTICE,)),
        ),
        (IN_INSTALMENTS, "2027-10-10", Advice(Act.INSTALMENT_PLAN, Reason.INSTALMENTS_ASKED)),
        (INSOLVENT, "2027-12-15", Advice(Act.INSOLVENCY_NOTICE, Reason.INSOLVENCY, (Act.CLAIM,))),
        (
            replace(INSOLVENT, disputed=True, extension_asked=True, extension_to=date(2028, 1, 10)),
            "2027-12-15",
            Advice(Act.INSOLVENCY_NOTICE, Reason.INSOLVENCY, (Act.CLAIM, Act.DISPUTE)),
        ),
        (replace(INSOLVENT, paid=True), "2027-12-15", Advice(Act.INSOLVENCY_NOTICE, Reason.INSOLVENCY)),
    ],
)
def test_the_most_urgent_act_comes_first(answers, today, expected):
    assert advice(answers, today) == expected


@pytest.mark.parametrize(
    ("known", "today", "expected"),
    [
        ({"settled_on": date(2027, 10, 4)}, "2027-10-20", Advice(Act.NOTHING, Reason.PAID)),
        ({"noticed_on": date(2027, 10, 20)}, "2027-11-12", Advice(Act.NOTHING, Reason.NOTICED)),
        ({"noticed_on": date(2027, 10, 20)}, "2027-11-13", Advice(Act.CLAIM, Reason.CLAIM_WINDOW)),
        ({"claimed_on": date(2027, 10, 20)}, "2027-11-20", Advice(Act.NOTHING, Reason.CLAIMED)),
        ({"extended_to": date(2027, 11, 15)}, "2027-10-18", Advice(Act.NOTHING, Reason.AGREEMENT_RUNNING)),
        ({"extended_to": date(2027, 10, 12)}, "2027-10-12", Advice(Act.NOTHING, Reason.AGREEMENT_RUNNING)),
        ({"extended_to": date(2027, 11, 15)}, "2027-10-19", Advice(Act.OVERDUE_NOTICE, Reason.NOTICE_DUE)),
        (
            {"extended_to": date(2027, 10, 11)},
            "2027-10-12",
            Advice(Act.OVERDUE_NOTICE, Reason.LATE_WITHOUT_AGREEMENT),
        ),
    ],
)
def test_what_was_done_before_is_not_advised_again(known, today, expected):
    assert advice(LATE, today, file(replace(INVOICE, **known))) == expected


def test_an_extension_taken_back_is_not_advised():
    taken_back = replace(asking_until("2027-11-15"), extension_asked=False)
    assert advice(taken_back, "2027-10-04") == Advice(Act.REMINDER, Reason.LATE)


def test_a_dispute_on_file_is_not_opened_again():
    on_file = replace(INVOICE, disputes=(Dispute(date(2027, 10, 1), None, Decimal("300000.00")),))
    assert advice(DISPUTED, "2027-10-04", file(on_file)) == Advice(Act.NOTHING, Reason.DISPUTED)


def test_after_the_notice_of_an_insolvency_comes_the_claim():
    found = advice(LATE, "2027-12-17", file(INVOICE, insolvency=TOLD))
    assert found == Advice(Act.CLAIM, Reason.CLAIM_AFTER_INSOLVENCY)


def test_an_invoice_the_file_does_not_have():
    with pytest.raises(KeyError, match="F9"):
        advice(Answers("F9"), "2027-10-10")


# What the act does, before it is sent.


def test_a_reminder_changes_nothing():
    assert consequences(Act.REMINDER, LATE, "2027-10-04") == ()
    assert consequences(Act.NOTHING, LATE, "2027-10-04") == ()


def test_a_notice_meets_the_duty_and_stops_deliveries_while_the_claim_stays_due():
    assert consequences(Act.OVERDUE_NOTICE, LATE, "2027-10-20") == (
        Effect(Consequence.DUTY_MET, Kind.OVERDUE_NOTICE, "F1", after=date(2027, 10, 29)),
        Effect(Consequence.DELIVERIES_STOP, Kind.STOP_DELIVERIES, "F1", after=date(2027, 10, 30)),
        Effect(Consequence.DATE_STAYS, Kind.CLAIM, "F1", before=date(2027, 11, 29), after=date(2027, 11, 29)),
    )


def test_a_notice_given_too_late_puts_the_invoice_at_risk():
    found = consequences(Act.OVERDUE_NOTICE, LATE, "2027-11-02", file(INVOICE, SECOND))
    assert found[0] == Effect(
        Consequence.DUTY_LATE, Kind.OVERDUE_NOTICE, "F1", after=date(2027, 10, 29), amount=Decimal("1110000.00")
    )


def test_a_notice_given_twice_does_nothing():
    given_before = file(replace(INVOICE, noticed_on=date(2027, 10, 15)))
    assert consequences(Act.OVERDUE_NOTICE, LATE, "2027-10-20", given_before) == ()


def test_an_extension_within_sixty_days_is_free_and_moves_neither_notice_nor_claim():
    assert consequences(Act.EXTENSION, asking_until("2027-11-29"), "2027-10-10") == (
        Effect(
            Consequence.EXTENSION_FREE,
            Kind.LAST_EXTENSION,
            "F1",
            before=date(2027, 11, 29),
            after=date(2027, 11, 29),
        ),
        Effect(Consequence.DATE_STAYS, Kind.OVERDUE_NOTICE, "F1", before=date(2027, 10, 29), after=date(2027, 10, 29)),
        Effect(Consequence.DATE_STAYS, Kind.CLAIM, "F1", before=date(2027, 11, 29), after=date(2027, 11, 29)),
    )


def test_an_extension_beyond_sixty_days_without_consent_costs_the_cover_of_the_invoice():
    beyond = asking_until("2027-11-30")
    assert consequences(Act.EXTENSION, beyond, "2027-10-10")[0] == Effect(
        Consequence.EXTENSION_NEEDS_CONSENT,
        Kind.LAST_EXTENSION,
        "F1",
        before=date(2027, 11, 29),
        after=date(2027, 11, 30),
        amount=Decimal("1110000.00"),
    )
    consented = consequences(Act.EXTENSION, replace(beyond, extension_consented=True), "2027-10-10")[0]
    assert (consented.key, consented.amount) == (Consequence.EXTENSION_FREE, None)


def test_an_instalment_plan_is_an_extension_to_its_last_instalment():
    found = consequences(Act.INSTALMENT_PLAN, IN_INSTALMENTS, "2027-10-10")[0]
    assert (found.key, found.after) == (Consequence.EXTENSION_NEEDS_CONSENT, date(2027, 12, 20))


def test_a_claim_starts_collection_and_shows_the_end_of_the_waiting_period():
    noticed = file(replace(INVOICE, noticed_on=date(2027, 10, 20)))
    assert consequences(Act.CLAIM, LATE, "2027-11-20", noticed) == (
        Effect(Consequence.DUTY_MET, Kind.CLAIM, "F1", after=date(2027, 11, 29)),
        Effect(Consequence.DUTY_MET, Kind.CLAIMS_BARRED, "F1", after=date(2028, 9, 29)),
        Effect(Consequence.COLLECTION_STARTS, None, "F1", after=date(2027, 11, 20), amount=Decimal("1110000.00")),
        Effect(Consequence.WAITING_ENDS, Kind.WAITING_PERIOD, "F1", after=date(2028, 3, 27)),
    )


def test_a_claim_without_notice_gives_the_notice_late():
    found = consequences(Act.CLAIM, LATE, "2027-11-20")
    assert [(each.key, each.kind) for each in found[:2]] == [
        (Consequence.DUTY_LATE, Kind.OVERDUE_NOTICE),
        (Consequence.DUTY_MET, Kind.CLAIM),
    ]


def test_the_notice_of_an_insolvency_starts_ten_days_and_ends_the_waiting_period():
    assert consequences(Act.INSOLVENCY_NOTICE, INSOLVENT, "2027-12-15") == (
        Effect(
            Consequence.DATE_MOVES,
            Kind.WAITING_PERIOD,
            "F1",
            before=date(2028, 3, 27),
            after=date(2027, 12, 10),
        ),
        Effect(Consequence.DATE_APPEARS, Kind.INSOLVENCY_NOTICE, "", after=date(2027, 12, 27)),
        Effect(Consequence.DUTY_MET, Kind.INSOLVENCY_NOTICE, "", after=date(2027, 12, 27)),
    )


def test_an_insolvency_told_too_late_puts_all_that_is_unpaid_at_risk():
    known_earlier = replace(INSOLVENT, known_on=date(2027, 12, 1))  # ten days end on Saturday 11 December
    found = consequences(Act.INSOLVENCY_NOTICE, known_earlier, "2027-12-15", file(INVOICE, SECOND))
    assert found[-1] == Effect(
        Consequence.DUTY_LATE, Kind.INSOLVENCY_NOTICE, "", after=date(2027, 12, 13), amount=Decimal("1480000.00")
    )


def test_a_dispute_pauses_its_part_and_the_rest_runs_on():
    end = date(2028, 3, 27)
    assert consequences(Act.DISPUTE, DISPUTED, "2027-10-20") == (
        Effect(Consequence.DATE_APPEARS, Kind.WAITING_PERIOD, "F1", after=end, part="disputed"),
        Effect(Consequence.PART_RUNS_ON, Kind.WAITING_PERIOD, "F1", after=end, amount=Decimal("810000.00")),
        Effect(
            Consequence.PART_PAUSED,
            Kind.WAITING_PERIOD,
            "F1",
            after=end,
            amount=Decimal("300000.00"),
            part="disputed",
        ),
        Effect(Consequence.DATE_STAYS, Kind.OVERDUE_NOTICE, "F1", before=date(2027, 10, 29), after=date(2027, 10, 29)),
        Effect(Consequence.DATE_STAYS, Kind.CLAIM, "F1", before=date(2027, 11, 29), after=date(2027, 11, 29)),
    )


def test_a_dispute_of_more_than_is_unpaid_pauses_the_whole():
    whole = replace(DISPUTED, disputed_amount=Decimal("2000000.00"))
    found = consequences(Act.DISPUTE, whole, "2027-10-20")
    assert [(each.key, each.amount) for each in found[:3]] == [
        (Consequence.DATE_DROPS, None),
        (Consequence.DATE_APPEARS, None),
        (Consequence.PART_PAUSED, Decimal("1110000.00")),
    ]


def test_a_dispute_after_the_waiting_period_pauses_nothing():
    claimed = file(replace(INVOICE, claimed_on=date(2027, 11, 20)))
    keys = [each.key for each in consequences(Act.DISPUTE, DISPUTED, "2028-04-03", claimed)]
    assert Consequence.PART_PAUSED not in keys
    assert keys.count(Consequence.PART_RUNS_ON) == 2


@pytest.mark.parametrize(
    ("act", "answers", "missing"),
    [
        (Act.EXTENSION, LATE, Question.EXTENSION_TERMS),
        (Act.INSTALMENT_PLAN, LATE, Question.EXTENSION_TERMS),
        (Act.DISPUTE, replace(LATE, disputed=True), Question.DISPUTED_AMOUNT),
        (Act.INSOLVENCY_NOTICE, replace(INSOLVENT, insolvent_on=None), Question.INSOLVENT_ON),
        (Act.INSOLVENCY_NOTICE, replace(INSOLVENT, known_on=None), Question.KNOWN_ON),
    ],
)
def test_an_act_needs_its_answers(act, answers, missing):
    with pytest.raises(MissingAnswer, match=missing):
        consequences(act, answers, "2027-12-15")


# Laws.

DUTY_OF = {
    Act.OVERDUE_NOTICE: Kind.OVERDUE_NOTICE,
    Act.CLAIM: Kind.CLAIM,
    Act.INSOLVENCY_NOTICE: Kind.INSOLVENCY_NOTICE,
}


@st.composite
def situations(draw):
    """An unpaid invoice in any state, complete answers about it, and a day."""
    due = date(2027, 1, 1) + timedelta(days=draw(st.integers(0, 700)))
    today = due + timedelta(days=draw(st.integers(-10, 500)))
    earlier = st.none() | st.integers(0, 60).map(lambda days: today - timedelta(days=days))
    opened = draw(earlier)
    invoice = Unpaid(
        "F1", due, AMOUNT, AMOUNT, extended_to=draw(earlier), noticed_on=draw(earlier), claimed_on=draw(earlier)
    )
    facts = Facts((invoice, SECOND), opened and Insolvency(opened, opened, draw(earlier)), (), "FR", "FR")
    answers = Answers(
        "F1",
        paid=False,
        disputed=draw(st.booleans()),
        disputed_amount=draw(st.decimals(1, 2_000_000, places=2)),
        extension_asked=draw(st.booleans()),
        extension_to=draw(st.none() | st.integers(1, 200).map(lambda days: today + timedelta(days=days))),
        insolvent=draw(st.booleans()),
        insolvent_on=today - timedelta(days=draw(st.integers(0, 30))),
        known_on=today - timedelta(days=draw(st.integers(0, 30))),
    )
    return answers, facts, today


def standing_of(kind, facts, today):
    found = deadlines(facts, CLOCKS, WAITING_DAYS, today)
    return next((each for each in found if each.kind is kind and each.subject in ("", "F1")), None)


@given(situation=situations())
def test_the_advised_act_meets_its_duty_in_time_if_it_is_not_too_late(situation):
    answers, facts, today = situation
    found = advise(answers, facts, CLOCKS, WAITING_DAYS, today)
    for act in {found.act, *found.also} & DUTY_OF.keys():
        after = standing_of(DUTY_OF[act], facts_after(act, answers, facts, today), today)
        assert after is not None
        assert after.done_on is not None
        assert after.state is (State.MET if after.done_on <= after.on else State.MISSED)
        before = standing_of(DUTY_OF[act], facts, today)
        assert before is None or before.done_on is None
        if today <= after.on:
            assert after.state is State.MET


@given(situation=situations())
def test_no_duty_that_is_due_goes_unmentioned(situation):
    answers, facts, today = situation
    found = advise(answers, facts, CLOCKS, WAITING_DAYS, today)
    acts = {found.act, *found.also}
    for act, kind in DUTY_OF.items():
        before = standing_of(kind, facts, today)
        if before is not None and before.done_on is None and before.state in (State.DUE, State.MISSED):
            assert act in acts or (Act.CLAIM in acts and act is Act.OVERDUE_NOTICE)


@given(situation=situations())
def test_every_advised_act_can_be_done_and_is_not_advised_again(situation):
    answers, facts, today = situation
    found = advise(answers, facts, CLOCKS, WAITING_DAYS, today)
    for act in (found.act, *found.also):
        told = effects(act, answers, facts, CLOCKS, WAITING_DAYS, today)
        assert (told == ()) == (act in (Act.NOTHING, Act.REMINDER) or facts_after(act, answers, facts, today) == facts)
        assert all(each.amount is None or each.amount <= Decimal("1480000.00") for each in told)
        if act in DUTY_OF:
            again = advise(answers, facts_after(act, answers, facts, today), CLOCKS, WAITING_DAYS, today)
            assert act not in (again.act, *again.also)


@given(situation=situations())
def test_an_extension_never_moves_a_date(situation):
    answers, facts, today = situation
    asked = replace(answers, extension_asked=True, extension_to=answers.extension_to or today)
    told = effects(Act.EXTENSION, asked, facts, CLOCKS, WAITING_DAYS, today)
    moving = {Consequence.DATE_MOVES, Consequence.DATE_APPEARS, Consequence.DATE_DROPS}
    assert not [each for each in told if each.key in moving]

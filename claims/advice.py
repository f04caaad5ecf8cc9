"""Which act an overdue invoice calls for, and what the act does to cover and dates before it is sent. Pure.

The order of the rules is in docs/rules/clocks.md. Everything is keys, days and EUR amounts: sentences are the pages'.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from claims.clocks import (
    DUTIES,
    Change,
    Deadline,
    Dispute,
    Facts,
    Insolvency,
    Kind,
    Part,
    State,
    Unpaid,
    changes,
    deadlines,
)
from underwriting.clocks import Clocks

NOTHING = Decimal("0.00")


class MissingAnswer(ValueError):
    """The act was asked for before the question it rests on was answered."""


class Question(StrEnum):
    """The guided path, in the order of asking."""

    PAID = "paid"
    DISPUTED = "disputed"
    DISPUTED_AMOUNT = "disputed_amount"
    EXTENSION_ASKED = "extension_asked"
    EXTENSION_TERMS = "extension_terms"
    INSOLVENT = "insolvent"
    INSOLVENT_ON = "insolvent_on"
    KNOWN_ON = "known_on"


class Act(StrEnum):
    """What the insured can do about an unpaid invoice."""

    REMINDER = "reminder"
    EXTENSION = "extension"
    INSTALMENT_PLAN = "instalment_plan"
    DISPUTE = "dispute"
    OVERDUE_NOTICE = "overdue_notice"
    INSOLVENCY_NOTICE = "insolvency_notice"
    CLAIM = "claim"
    NOTHING = "nothing"


class Reason(StrEnum):
    """Why an act is advised."""

    INSOLVENCY = "insolvency"
    CLAIM_AFTER_INSOLVENCY = "claim_after_insolvency"
    CLAIM_WINDOW = "claim_window"
    DISPUTED = "disputed"
    EXTENSION_ASKED = "extension_asked"
    INSTALMENTS_ASKED = "instalments_asked"
    NOTICE_DUE = "notice_due"
    LATE_WITHOUT_AGREEMENT = "late_without_agreement"
    LATE = "late"
    PAID = "paid"
    CLAIMED = "claimed"
    NOTICED = "noticed"
    AGREEMENT_RUNNING = "agreement_running"
    NOT_DUE = "not_due"


class Consequence(StrEnum):
    """What an act does; `Effect` says which of its values each one carries."""

    DATE_MOVES = "date_moves"
    DATE_APPEARS = "date_appears"
    DATE_DROPS = "date_drops"
    DATE_STAYS = "date_stays"
    DUTY_MET = "duty_met"
    DUTY_LATE = "duty_late"
    EXTENSION_FREE = "extension_free"
    EXTENSION_NEEDS_CONSENT = "extension_needs_consent"
    PART_PAUSED = "part_paused"
    PART_RUNS_ON = "part_runs_on"
    DELIVERIES_STOP = "deliveries_stop"
    COLLECTION_STARTS = "collection_starts"
    WAITING_ENDS = "waiting_ends"


@dataclass(frozen=True, slots=True)
class Answers:
    """What the insured has said about one invoice so far; None is a question not answered.

    `instalments` are days and EUR amounts; `extension_consented` is set once the insurer has agreed to the extension.
    """

    invoice: str
    paid: bool | None = None
    disputed: bool | None = None
    disputed_amount: Decimal | None = None
    extension_asked: bool | None = None
    extension_to: date | None = None
    instalments: tuple[tuple[date, Decimal], ...] = ()
    extension_consented: bool = False
    insolvent: bool | None = None
    insolvent_on: date | None = None
    known_on: date | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """The act to do first, why, and the acts that are called for beside it."""

    act: Act
    why: Reason
    also: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """One consequence of an act. Amounts of different effects may concern the same invoice: they do not add up.

    `date_*`: `before` and `after`, as in `clocks.Change`. `duty_met`, `duty_late`: the deadline in `after`; when late,
    `amount` is what may fall out of cover. `extension_*`: the last day without consent in `before`, the new date in
    `after`; without consent, `amount` is what falls out of cover. `part_*`: the amount, and in `after` the end of its
    waiting period, were a dispute settled today. `deliveries_stop`: in `after` the first day not covered.
    `collection_starts`: day and amount. `waiting_ends`: day and part.
    """

    key: Consequence
    kind: Kind | None = None
    subject: str = ""
    before: date | None = None
    after: date | None = None
    amount: Decimal | None = None
    part: Part = ""


def next_question(answers: Answers, facts: Facts) -> Question | None:
    """The first question still to be asked; None when the path is at its end or the file knows the answer."""
    if answers.paid or _invoice(answers, facts).settled_on is not None:
        return None
    known_insolvent = facts.insolvency is not None
    asked = (
        (Question.PAID, answers.paid is None),
        (Question.DISPUTED, answers.disputed is None),
        (Question.DISPUTED_AMOUNT, answers.disputed and answers.disputed_amount is None),
        (Question.EXTENSION_ASKED, answers.extension_asked is None),
        (Question.EXTENSION_TERMS, answers.extension_asked and not _agreed_to(answers)),
        (Question.INSOLVENT, answers.insolvent is None and not known_insolvent),
        (Question.INSOLVENT_ON, answers.insolvent and answers.insolvent_on is None and not known_insolvent),
        (Question.KNOWN_ON, answers.insolvent and answers.known_on is None and not known_insolvent),
    )
    return next((question for question, is_open in asked if is_open), None)


def advise(answers: Answers, facts: Facts, clocks: Clocks, waiting_period_days: int, today: date) -> Advice:
    """The most urgent act that the answers and the file call for; an unanswered question counts as a no."""
    called_for = list(_called_for(answers, facts, clocks, waiting_period_days, today))
    if not called_for:
        return _nothing_else_to_do(answers, _invoice(answers, facts), today)
    (act, why), *others = called_for
    return Advice(act, why, tuple(also for also, _ in others))


def facts_after(act: Act, answers: Answers, facts: Facts, today: date) -> Facts:
    """The file as it will be once the act is done today; raises MissingAnswer. What was done before keeps its day."""
    invoice = _invoice(answers, facts)
    if act is Act.INSOLVENCY_NOTICE:
        return replace(facts, insolvency=_insolvency_told(answers, facts, today))
    if act in (Act.EXTENSION, Act.INSTALMENT_PLAN):
        extended_to = _agreed_to(answers)
        if extended_to is None:
            raise MissingAnswer(Question.EXTENSION_TERMS)
        changed = replace(invoice, extended_to=extended_to, extension_agreed_by_insurer=answers.extension_consented)
    elif act is Act.DISPUTE:
        dispute = Dispute(today, None, _disputed_amount(answers, invoice))
        changed = replace(invoice, disputes=(*invoice.disputes, dispute))
    elif act is Act.OVERDUE_NOTICE:
        changed = replace(invoice, noticed_on=invoice.noticed_on or today)
    elif act is Act.CLAIM:
        changed = replace(invoice, claimed_on=invoice.claimed_on or today)
    else:
        return facts
    return replace(facts, invoices=tuple(changed if each is invoice else each for each in facts.invoices))


def effects(
    act: Act, answers: Answers, facts: Facts, clocks: Clocks, waiting_period_days: int, today: date
) -> tuple[Effect, ...]:
    """What the act, done today, does to dates, duties and cover; raises MissingAnswer."""
    changed = facts_after(act, answers, facts, today)
    if changed == facts:
        return ()
    before = deadlines(facts, clocks, waiting_period_days, today)
    after = deadlines(changed, clocks, waiting_period_days, today)
    return (
        *(_date_effect(change) for change in changes(before, after, act)),
        *_duties_done(before, after, changed),
        *_own_effects(act, answers, _invoice(answers, changed), after, clocks, today),
        *_dates_that_stay(act, answers.invoice, after),
    )


def _called_for(
    answers: Answers, facts: Facts, clocks: Clocks, waiting_period_days: int, today: date
) -> Iterator[tuple[Act, Reason]]:
    """Acts by urgency. A claim is a notice too, and nothing is agreed any more with an insolvent buyer."""
    invoice = _invoice(answers, facts)
    insolvent = bool(answers.insolvent) or facts.insolvency is not None
    if insolvent and (facts.insolvency is None or facts.insolvency.noticed_on is None):
        yield Act.INSOLVENCY_NOTICE, Reason.INSOLVENCY
    if answers.paid or invoice.settled_on is not None:
        return
    standing = deadlines(replace(facts, invoices=(invoice,)), clocks, waiting_period_days, today)
    urgent = {each.kind for each in standing if each.state in (State.DUE, State.MISSED)}
    claim_now = invoice.claimed_on is None and (insolvent or Kind.CLAIM in urgent)
    if claim_now:
        yield Act.CLAIM, Reason.CLAIM_AFTER_INSOLVENCY if insolvent else Reason.CLAIM_WINDOW
    if answers.disputed and not any(each.settled_on is None for each in invoice.disputes):
        yield Act.DISPUTE, Reason.DISPUTED
    if _agreed_to(answers) and not insolvent:
        yield (
            (Act.EXTENSION, Reason.EXTENSION_ASKED)
            if answers.extension_to
            else (Act.INSTALMENT_PLAN, Reason.INSTALMENTS_ASKED)
        )
    if not claim_now and invoice.noticed_on is None and invoice.claimed_on is None:
        yield from _notice_or_reminder(answers, invoice, clocks, today, notice_is_due=Kind.OVERDUE_NOTICE in urgent)


def _notice_or_reminder(
    answers: Answers, invoice: Unpaid, clocks: Clocks, today: date, *, notice_is_due: bool
) -> Iterator[tuple[Act, Reason]]:
    """A notice is due in its own time even under an agreement; a buyer that contests or asks is not reminded."""
    days_late = (today - invoice.due_on).days
    agreement = _agreed_to(answers) is not None or _has_running_agreement(invoice, today)
    if notice_is_due:
        yield Act.OVERDUE_NOTICE, Reason.NOTICE_DUE
    elif days_late > max(clocks.reminder_days, default=0) and not agreement:
        yield Act.OVERDUE_NOTICE, Reason.LATE_WITHOUT_AGREEMENT
    elif days_late > 0 and not agreement and not answers.disputed:
        yield Act.REMINDER, Reason.LATE


def _nothing_else_to_do(answers: Answers, invoice: Unpaid, today: date) -> Advice:
    if answers.paid or invoice.settled_on is not None:
        why = Reason.PAID
    elif invoice.claimed_on is not None:
        why = Reason.CLAIMED
    elif invoice.noticed_on is not None:
        why = Reason.NOTICED
    elif answers.disputed:
        why = Reason.DISPUTED
    elif _has_running_agreement(invoice, today):
        why = Reason.AGREEMENT_RUNNING
    else:
        why = Reason.NOT_DUE
    return Advice(Act.NOTHING, why)


def _date_effect(change: Change) -> Effect:
    if change.before is None:
        key = Consequence.DATE_APPEARS
    elif change.after is None:
        key = Consequence.DATE_DROPS
    else:
        key = Consequence.DATE_MOVES
    return Effect(key, change.kind, change.subject, change.before, change.after, part=change.part)


def _duties_done(before: Sequence[Deadline], after: Sequence[Deadline], facts: Facts) -> Iterator[Effect]:
    """Duties the act fulfils, in time or late; late, all that is unpaid on their subject may fall out of cover."""
    done_before = {(each.kind, each.subject) for each in before if each.done_on is not None}
    for each in after:
        if each.kind not in DUTIES or each.done_on is None or (each.kind, each.subject) in done_before:
            continue
        if each.state is State.MET:
            yield Effect(Consequence.DUTY_MET, each.kind, each.subject, after=each.on)
        else:
            at_risk = _open_amount(facts, each.subject)
            yield Effect(Consequence.DUTY_LATE, each.kind, each.subject, after=each.on, amount=at_risk)


def _own_effects(
    act: Act, answers: Answers, invoice: Unpaid, after: Sequence[Deadline], clocks: Clocks, today: date
) -> Iterator[Effect]:
    """What only this act does, told about its own invoice."""
    own = [each for each in after if each.subject == invoice.reference]
    waiting = [each for each in own if each.kind is Kind.WAITING_PERIOD]
    if act in (Act.EXTENSION, Act.INSTALMENT_PLAN):
        yield from (_extension_effect(each, invoice) for each in own if each.kind is Kind.LAST_EXTENSION)
    elif act is Act.DISPUTE:
        yield from (_part_effect(each, _disputed_amount(answers, invoice), invoice) for each in waiting)
    elif act is Act.OVERDUE_NOTICE:
        first_day = invoice.due_on + timedelta(days=clocks.stop_deliveries_days + 1)
        yield Effect(Consequence.DELIVERIES_STOP, Kind.STOP_DELIVERIES, invoice.reference, after=first_day)
    elif act is Act.CLAIM:
        yield Effect(Consequence.COLLECTION_STARTS, None, invoice.reference, after=today, amount=invoice.open_amount)
        for each in waiting:
            yield Effect(Consequence.WAITING_ENDS, each.kind, each.subject, after=each.on, part=each.part)


def _extension_effect(last_extension: Deadline, invoice: Unpaid) -> Effect:
    refused = last_extension.state is State.MISSED
    return Effect(
        Consequence.EXTENSION_NEEDS_CONSENT if refused else Consequence.EXTENSION_FREE,
        last_extension.kind,
        invoice.reference,
        before=last_extension.on,
        after=invoice.extended_to,
        amount=invoice.open_amount if refused else None,
    )


def _part_effect(waiting: Deadline, disputed: Decimal, invoice: Unpaid) -> Effect:
    """A dispute that opens when the waiting period is over pauses nothing."""
    is_disputed = waiting.part == "disputed"
    return Effect(
        Consequence.PART_PAUSED if waiting.paused else Consequence.PART_RUNS_ON,
        waiting.kind,
        invoice.reference,
        after=waiting.on,
        amount=disputed if is_disputed else invoice.open_amount - disputed,
        part=waiting.part,
    )


def _dates_that_stay(act: Act, reference: str, after: Sequence[Deadline]) -> Iterator[Effect]:
    """Notice and claim still to be given: neither an agreement, a dispute nor the notice moves them."""
    if act not in (Act.EXTENSION, Act.INSTALMENT_PLAN, Act.DISPUTE, Act.OVERDUE_NOTICE):
        return
    for each in after:
        is_open = each.subject == reference and each.done_on is None and each.closed_on is None
        if is_open and each.kind in (Kind.OVERDUE_NOTICE, Kind.CLAIM):
            yield Effect(Consequence.DATE_STAYS, each.kind, reference, before=each.on, after=each.on)


def _invoice(answers: Answers, facts: Facts) -> Unpaid:
    """The invoice the answers are about; raises KeyError when the file has none of that reference."""
    return {each.reference: each for each in facts.invoices}[answers.invoice]


def _open_amount(facts: Facts, subject: str) -> Decimal:
    """What is unpaid on an invoice, or on all of them for a duty of the guarantee."""
    return sum((each.open_amount for each in facts.invoices if subject in ("", each.reference)), NOTHING)


def _disputed_amount(answers: Answers, invoice: Unpaid) -> Decimal:
    """Never more than is unpaid; raises MissingAnswer."""
    if answers.disputed_amount is None:
        raise MissingAnswer(Question.DISPUTED_AMOUNT)
    return min(answers.disputed_amount, invoice.open_amount)


def _insolvency_told(answers: Answers, facts: Facts, today: date) -> Insolvency:
    if facts.insolvency is not None:
        return replace(facts.insolvency, noticed_on=facts.insolvency.noticed_on or today)
    if answers.insolvent_on is None:
        raise MissingAnswer(Question.INSOLVENT_ON)
    if answers.known_on is None:
        raise MissingAnswer(Question.KNOWN_ON)
    return Insolvency(answers.insolvent_on, answers.known_on, noticed_on=today)


def _agreed_to(answers: Answers) -> date | None:
    """The day the buyer asks to have paid by: the extension's, or the last instalment's; None when it asks nothing."""
    if answers.extension_asked is False:
        return None
    return answers.extension_to or max((day for day, _ in answers.instalments), default=None)


def _has_running_agreement(invoice: Unpaid, today: date) -> bool:
    return invoice.extended_to is not None and invoice.extended_to >= today

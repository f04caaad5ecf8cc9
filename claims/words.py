"""The sentences of deadlines, acts and their effects, in the active language: the rules give keys, this says them.

Shared by the pages of the insured, the desk, the letters and the papers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from claims.account import Account
from claims.advice import Act, Consequence, Effect, Question, Reason
from claims.clocks import DUTIES, Deadline, Kind, State
from unlockfocus.templatetags.face import day, days_left, money

# What a deadline is for.
KINDS = {
    Kind.REMINDER: gettext_lazy("Reminder"),
    Kind.OVERDUE_NOTICE: gettext_lazy("Overdue notice"),
    Kind.STOP_DELIVERIES: gettext_lazy("Deliveries stop"),
    Kind.LAST_EXTENSION: gettext_lazy("Last day of an extension without our consent"),
    Kind.CLAIM: gettext_lazy("Claim"),
    Kind.WAITING_PERIOD: gettext_lazy("Waiting period ends"),
    Kind.CLAIMS_BARRED: gettext_lazy("Last day to claim at all"),
    Kind.INSOLVENCY_NOTICE: gettext_lazy("Insolvency notice"),
    Kind.DECISION: gettext_lazy("Our decision"),
    Kind.PAYMENT: gettext_lazy("Our payment"),
}

# What follows when the day passes.
CONSEQUENCES = {
    Kind.REMINDER: gettext_lazy("We write to you on this day; a letter of yours to the buyer helps the file."),
    Kind.OVERDUE_NOTICE: gettext_lazy("Told late, the invoice may fall out of cover as far as the delay did harm."),
    Kind.STOP_DELIVERIES: gettext_lazy("What is delivered later is not covered until the invoice is paid."),
    Kind.LAST_EXTENSION: gettext_lazy("An extension beyond this day takes the invoice out of cover, unless we agree."),
    Kind.CLAIM: gettext_lazy("Claimed late, the indemnity may be lower as far as the delay did harm."),
    Kind.WAITING_PERIOD: gettext_lazy("From the next day on, what is unpaid and undisputed counts as lost."),
    Kind.CLAIMS_BARRED: gettext_lazy("Later claims on this invoice are not received: its cover is lost."),
    Kind.INSOLVENCY_NOTICE: gettext_lazy("Told late, what the delay costs in the proceedings may not be covered."),
    Kind.DECISION: gettext_lazy("We owe you the decision by this day."),
    Kind.PAYMENT: gettext_lazy("We owe you the payment by this day."),
}

# Duties: what somebody does in time, too late, or not yet. Other days simply come.
DUTY_STATES = {
    State.UPCOMING: gettext_lazy("to come"),
    State.DUE: gettext_lazy("due"),
    State.MET: gettext_lazy("met"),
    State.MISSED: gettext_lazy("missed"),
}
DAY_STATES = {
    State.UPCOMING: gettext_lazy("to come"),
    State.DUE: gettext_lazy("soon"),
    State.MET: gettext_lazy("past"),
    State.MISSED: gettext_lazy("passed"),
}
TONES = {State.UPCOMING: "neutral", State.DUE: "caution", State.MET: "good", State.MISSED: "danger"}

# The acts of the guided path, as the thing and as what one does.
ACTS = {
    Act.REMINDER: gettext_lazy("Reminder"),
    Act.EXTENSION: gettext_lazy("Extension"),
    Act.INSTALMENT_PLAN: gettext_lazy("Instalment plan"),
    Act.DISPUTE: gettext_lazy("Dispute"),
    Act.OVERDUE_NOTICE: gettext_lazy("Overdue notice"),
    Act.INSOLVENCY_NOTICE: gettext_lazy("Insolvency notice"),
    Act.CLAIM: gettext_lazy("Claim"),
    Act.NOTHING: gettext_lazy("Nothing to send today"),
}
DOING = {
    Act.REMINDER: gettext_lazy("Note the reminder on %(invoices)s"),
    Act.EXTENSION: gettext_lazy("Grant the extension on %(invoices)s"),
    Act.INSTALMENT_PLAN: gettext_lazy("Agree to the instalment plan on %(invoices)s"),
    Act.DISPUTE: gettext_lazy("Declare the dispute on %(invoices)s"),
    Act.OVERDUE_NOTICE: gettext_lazy("Send the overdue notice on %(invoices)s"),
    Act.INSOLVENCY_NOTICE: gettext_lazy("Send the insolvency notice on %(invoices)s"),
    Act.CLAIM: gettext_lazy("Claim %(invoices)s"),
}
MEANINGS = {
    Act.REMINDER: gettext_lazy("You wrote to the buyer; your letter joins the file."),
    Act.EXTENSION: gettext_lazy("The buyer may pay later, all on one day. The dates of your duties stay."),
    Act.INSTALMENT_PLAN: gettext_lazy("The buyer pays in several parts. The dates of your duties stay."),
    Act.DISPUTE: gettext_lazy("The buyer contests the goods or the invoice; the disputed part waits."),
    Act.OVERDUE_NOTICE: gettext_lazy("You tell us that the invoice is unpaid: your duty, separate from the claim."),
    Act.INSOLVENCY_NOTICE: gettext_lazy("You tell us that proceedings are open against the buyer."),
    Act.CLAIM: gettext_lazy("We take over collection with you, and the indemnity file opens."),
}

REASONS = {
    Reason.INSOLVENCY: gettext_lazy(
        "The buyer is in insolvency proceedings: we must know within days, to file for you with the court."
    ),
    Reason.CLAIM_AFTER_INSOLVENCY: gettext_lazy("The buyer is insolvent: there is no waiting period, claim now."),
    Reason.CLAIM_WINDOW: gettext_lazy("The day by which to claim is near or past."),
    Reason.DISPUTED: gettext_lazy("The buyer contests a part: it waits until the dispute is settled."),
    Reason.EXTENSION_ASKED: gettext_lazy("The buyer asks to pay later."),
    Reason.INSTALMENTS_ASKED: gettext_lazy("The buyer asks to pay in instalments."),
    Reason.NOTICE_DUE: gettext_lazy("The overdue notice is due, whatever was agreed with the buyer."),
    Reason.LATE_WITHOUT_AGREEMENT: gettext_lazy("The reminders are past and nothing is agreed with the buyer."),
    Reason.LATE: gettext_lazy("The payment is a few days late: a reminder to the buyer comes first."),
    Reason.PAID: gettext_lazy("The buyer has paid: declare the payment, and the dates of the invoice go."),
    Reason.CLAIMED: gettext_lazy("The claim is open: collection is under way."),
    Reason.NOTICED: gettext_lazy("You gave the overdue notice; the next date is the claim."),
    Reason.AGREEMENT_RUNNING: gettext_lazy("An agreement with the buyer runs: wait for its day."),
    Reason.NOT_DUE: gettext_lazy("Nothing is overdue."),
}

# A question, and why it is asked.
QUESTIONS = {
    Question.PAID: (
        gettext_lazy("Has the buyer paid?"),
        gettext_lazy("In full or in part. What is paid needs no notice."),
    ),
    Question.DISPUTED: (
        gettext_lazy("Does the buyer contest the goods or the invoice?"),
        gettext_lazy("A disputed part is covered once the dispute is settled; the rest goes its way."),
    ),
    Question.DISPUTED_AMOUNT: (
        gettext_lazy("What does the buyer contest?"),
        gettext_lazy("Only this part waits; the waiting period of the rest runs on."),
    ),
    Question.EXTENSION_ASKED: (
        gettext_lazy("Does the buyer ask to pay later, or in instalments?"),
        gettext_lazy("Only what you are ready to grant. No agreement moves the dates of your duties."),
    ),
    Question.EXTENSION_TERMS: (
        gettext_lazy("Until when?"),
        gettext_lazy("One later day, or instalments that add up to what is open."),
    ),
    Question.INSOLVENT: (
        gettext_lazy("Do you know of insolvency proceedings against the buyer?"),
        gettext_lazy("A court decision, a notice in the official journal, a letter from a liquidator."),
    ),
    Question.INSOLVENT_ON: (
        gettext_lazy("When did the proceedings open, and when did you hear of them?"),
        gettext_lazy("The notice is due a few days after you heard."),
    ),
}

# The documents an act usually comes with.
DOCUMENTS = {
    Act.REMINDER: gettext_lazy("Your letter or e-mail to the buyer"),
    Act.EXTENSION: gettext_lazy("What the buyer asked and you answered"),
    Act.INSTALMENT_PLAN: gettext_lazy("The plan signed by the buyer"),
    Act.DISPUTE: gettext_lazy("What the buyer wrote"),
    Act.OVERDUE_NOTICE: gettext_lazy("Your reminders to the buyer"),
    Act.INSOLVENCY_NOTICE: gettext_lazy("The decision or notice that opened the proceedings"),
    Act.CLAIM: gettext_lazy("A statement of the buyer's account"),
}


@dataclass(frozen=True, slots=True)
class DeadlineLine:
    """A deadline as it is shown: its words, and the tone that gives colour and shape."""

    label: str
    subject: str
    on: date
    state: str
    tone: str
    left: str
    who: str
    rule: str
    consequence: str
    deadline: Deadline


def deadline_line(deadline: Deadline, account: Account, *, at_desk: bool = False) -> DeadlineLine:
    """The words of one deadline of the guarantee, read on the account's day by the insured, or at the desk."""
    insured = _("the insured") if at_desk else _("You")
    return DeadlineLine(
        label=label(deadline),
        subject=deadline.subject,
        on=deadline.on,
        state=state_word(deadline),
        tone=tone(deadline),
        left="" if deadline.done_on or deadline.state is State.MET else days_left(deadline.on, account.today),
        who=insured if deadline.who == "insured" else _("Unlock Focus"),
        rule=rule(deadline, account),
        consequence=str(CONSEQUENCES[deadline.kind]),
        deadline=deadline,
    )


def label(deadline: Deadline) -> str:
    """`Overdue notice`, or `Waiting period ends, disputed part`."""
    words = str(KINDS[deadline.kind])
    return _("%(deadline)s, disputed part") % {"deadline": words} if deadline.part else words


def state_word(deadline: Deadline) -> str:
    if deadline.paused:
        return _("paused")
    if deadline.kind is Kind.STOP_DELIVERIES and deadline.state is State.MET:
        return _("in force")
    if deadline.kind is Kind.LAST_EXTENSION and deadline.done_on:
        return _("kept") if deadline.state is State.MET else _("gone beyond")
    states = DUTY_STATES if deadline.kind in DUTIES else DAY_STATES
    if deadline.state is State.MISSED and deadline.done_on and deadline.kind in DUTIES:
        return _("done late")
    return str(states[deadline.state])


def tone(deadline: Deadline) -> str:
    """good, caution, danger or neutral."""
    if deadline.kind is Kind.STOP_DELIVERIES and deadline.state is State.MET:
        return "danger"
    if deadline.kind not in DUTIES and deadline.state is State.MET:
        return "neutral"
    return TONES[deadline.state]


def rule(deadline: Deadline, account: Account) -> str:
    """How the date was found, as a sentence."""
    words = _counted(deadline, account)
    if deadline.on != deadline.counted_on and deadline.kind is not Kind.WAITING_PERIOD:
        moved = _("%(rule)s That is %(counted_on)s, no working day: the next one counts.")
        return moved % {"rule": words, "counted_on": day(deadline.counted_on)}
    return words


def _counted(deadline: Deadline, account: Account) -> str:
    terms, insolvency = account.guarantee.clocks, account.insolvency
    if deadline.kind is Kind.DECISION:
        return _("%(days)s days after the file was complete and the waiting period over.") % {
            "days": terms.decision_days_from_complete_file
        }
    if deadline.kind is Kind.PAYMENT:
        days = terms.payment_working_days_from_approval
        return ngettext(
            "%(days)s working day after the approval.", "%(days)s working days after the approval.", days
        ) % {"days": days}
    if deadline.kind is Kind.INSOLVENCY_NOTICE and insolvency:
        return _("%(days)s days after you heard of the proceedings, on %(known_on)s.") % {
            "days": terms.insolvency_notice_days,
            "known_on": day(insolvency.known_on),
        }
    due_on = next(each.due_on for each in account.invoices if each.number == deadline.subject)
    if deadline.kind is Kind.CLAIMS_BARRED:
        return _("%(months)s months after the due date of %(due_on)s.") % {
            "months": terms.claims_barred_months,
            "due_on": day(due_on),
        }
    if deadline.kind is Kind.WAITING_PERIOD:
        return _waiting_rule(deadline, account, due_on)
    return _days_after_due((deadline.counted_on - due_on).days, due_on)


def _days_after_due(days: int, due_on: date) -> str:
    return ngettext(
        "%(days)s day after the due date of %(due_on)s.", "%(days)s days after the due date of %(due_on)s.", days
    ) % {"days": days, "due_on": day(due_on)}


def _waiting_rule(deadline: Deadline, account: Account, due_on: date) -> str:
    waiting = account.guarantee.offer.waiting_period_days
    if (deadline.counted_on - due_on).days < waiting:
        return _("The proceedings opened: insolvency ends the waiting period.")
    words = _days_after_due(waiting, due_on)
    if deadline.paused:
        return _("%(rule)s The dispute adds its days until it is settled: this is the earliest end.") % {"rule": words}
    if deadline.paused_days > 0:
        return _("%(rule)s The dispute added %(days)s days.") % {"rule": words, "days": deadline.paused_days}
    return words


def is_open(deadline: Deadline) -> bool:
    """Whether the day is still to come or the duty still to be done."""
    if deadline.kind in DUTIES:
        return deadline.done_on is None and deadline.closed_on is None
    return deadline.state in {State.UPCOMING, State.DUE}


def is_pressing(deadline: Deadline) -> bool:
    """A duty that is due or late and not done."""
    return deadline.kind in DUTIES and is_open(deadline) and deadline.state is not State.UPCOMING


def doing(act: str, invoices: Sequence[str]) -> str:
    """`Send the overdue notice on F-2027-118`: what the button does."""
    return str(DOING[Act(act)]) % {"invoices": ", ".join(invoices)}


# --- Effects ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Move:
    """A date that moves, appears (no `before`) or drops out (no `after`)."""

    label: str
    subject: str
    before: date | None
    after: date | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A sentence on what an act does, with its tone."""

    sentence: str
    tone: str


@dataclass(frozen=True, slots=True)
class EffectWords:
    """What an act does: dates that move, other consequences, and what may fall out of cover in EUR, by invoice."""

    moves: list[Move]
    outcomes: list[Outcome]
    at_stake: list[tuple[str, Decimal]]

    @property
    def total_at_stake(self) -> Decimal:
        return sum((amount for _invoice, amount in self.at_stake), Decimal("0.00"))


MOVES = (Consequence.DATE_MOVES, Consequence.DATE_APPEARS, Consequence.DATE_DROPS)
COSTS = (Consequence.DUTY_LATE, Consequence.EXTENSION_NEEDS_CONSENT)


def effect_words(effects: Sequence[Effect]) -> EffectWords:
    """The effects of one act, ordered for reading. Two effects on one invoice do not add up: the larger one counts."""
    at_stake: dict[str, Decimal] = {}
    for each in effects:
        if each.key in COSTS and each.amount:
            at_stake[each.subject] = max(each.amount, at_stake.get(each.subject, each.amount))
    return EffectWords(
        moves=[
            Move(_effect_label(each), each.subject, each.before, each.after) for each in effects if each.key in MOVES
        ],
        outcomes=[
            Outcome(effect_sentence(each), _effect_tone(each))
            for each in effects
            if each.key not in MOVES and each.key is not Consequence.WAITING_ENDS
        ],
        at_stake=list(at_stake.items()),
    )


def _effect_label(effect: Effect) -> str:
    words = str(KINDS[effect.kind]) if effect.kind else ""
    return _("%(deadline)s, disputed part") % {"deadline": words} if effect.part else words


def _effect_tone(effect: Effect) -> str:
    if effect.key in COSTS:
        return "danger"
    if effect.key in {Consequence.DUTY_MET, Consequence.EXTENSION_FREE}:
        return "good"
    return "caution" if effect.key is Consequence.DELIVERIES_STOP else "info"


SENTENCES = {
    Consequence.DATE_MOVES: gettext_lazy("%(what)s on %(subject)s moves from %(before)s to %(after)s."),
    Consequence.DATE_APPEARS: gettext_lazy("%(what)s on %(subject)s: a new date, %(after)s."),
    Consequence.DATE_DROPS: gettext_lazy("%(what)s on %(subject)s: %(before)s no longer counts."),
    Consequence.DATE_STAYS: gettext_lazy("%(what)s on %(subject)s: still due by %(after)s."),
    Consequence.DUTY_MET: gettext_lazy("%(what)s on %(subject)s: met in time, it was due by %(after)s."),
    Consequence.DUTY_LATE: gettext_lazy(
        "%(what)s on %(subject)s: late, it was due by %(after)s. As far as the delay did harm, up to %(amount)s may"
        " fall out of cover; each further day can make it more."
    ),
    Consequence.EXTENSION_FREE: gettext_lazy(
        "The extension of %(subject)s to %(after)s needs no consent: without it you may go up to %(before)s."
    ),
    Consequence.EXTENSION_NEEDS_CONSENT: gettext_lazy(
        "The extension of %(subject)s to %(after)s goes beyond %(before)s. Granted without our consent, it takes"
        " %(amount)s out of cover."
    ),
    Consequence.PART_PAUSED: gettext_lazy(
        "%(amount)s of %(subject)s is disputed: its waiting period pauses until the dispute is settled, and ends on"
        " %(after)s at the earliest."
    ),
    Consequence.PART_RUNS_ON: gettext_lazy(
        "%(amount)s of %(subject)s is undisputed: its waiting period runs on, to %(after)s."
    ),
    Consequence.DELIVERIES_STOP: gettext_lazy(
        "Deliveries to the buyer from %(after)s on are not covered until %(subject)s is paid."
    ),
    Consequence.COLLECTION_STARTS: gettext_lazy(
        "Collection of %(amount)s on %(subject)s starts on %(after)s. From then on, agree to nothing with the buyer"
        " without us."
    ),
    Consequence.WAITING_ENDS: gettext_lazy(
        "The waiting period of %(subject)s ends on %(after)s: what is then unpaid counts as lost."
    ),
}

# Where a consequence means something else for one kind of deadline, or for the disputed part.
BARRED = gettext_lazy("%(subject)s: claims were barred after %(after)s; %(amount)s may be out of cover altogether.")
DISPUTED_TOO_LATE = gettext_lazy(
    "%(amount)s of %(subject)s is disputed: its waiting period was over on %(after)s, so nothing pauses."
)


def effect_sentence(effect: Effect) -> str:
    """One consequence as a sentence."""
    return str(_sentence_for(effect)) % {
        "what": _effect_label(effect),
        "subject": effect.subject or _("the guarantee"),
        "before": day(effect.before),
        "after": day(effect.after),
        "amount": money(effect.amount),
    }


def _sentence_for(effect: Effect) -> Promise:
    if effect.key is Consequence.DUTY_LATE and effect.kind is Kind.CLAIMS_BARRED:
        return BARRED
    if effect.key is Consequence.PART_RUNS_ON and effect.part:
        return DISPUTED_TOO_LATE
    return SENTENCES[effect.key]


# --- Letters about deadlines ------------------------------------------------------------------------------------------

AGREEMENT, INSTALMENT = "agreement", "instalment"

# The fact of the letter: before the day, and when the day is past.
_TITLES: dict[str, tuple[Promise, Promise]] = {
    Kind.REMINDER: (gettext_lazy("%(subject)s is unpaid"), gettext_lazy("%(subject)s is unpaid")),
    Kind.STOP_DELIVERIES: (
        gettext_lazy("Deliveries stop while %(subject)s is unpaid"),
        gettext_lazy("Stop delivering: %(subject)s is unpaid"),
    ),
    Kind.OVERDUE_NOTICE: (
        gettext_lazy("The overdue notice on %(subject)s is not sent yet"),
        gettext_lazy("The overdue notice on %(subject)s is late"),
    ),
    Kind.CLAIM: (
        gettext_lazy("The claim on %(subject)s is not filed yet"),
        gettext_lazy("The claim on %(subject)s is late"),
    ),
    Kind.CLAIMS_BARRED: (
        gettext_lazy("Claims on %(subject)s will soon be barred"),
        gettext_lazy("Claims on %(subject)s are barred"),
    ),
    Kind.INSOLVENCY_NOTICE: (
        gettext_lazy("The insolvency notice on %(subject)s is not sent yet"),
        gettext_lazy("The insolvency notice on %(subject)s is late"),
    ),
    Kind.DECISION: (
        gettext_lazy("The decision on %(subject)s is awaited"),
        gettext_lazy("The decision on %(subject)s is late"),
    ),
    Kind.PAYMENT: (
        gettext_lazy("The payment on %(subject)s is awaited"),
        gettext_lazy("The payment on %(subject)s is late"),
    ),
    AGREEMENT: (
        gettext_lazy("%(subject)s was not paid as agreed"),
        gettext_lazy("%(subject)s was not paid as agreed"),
    ),
    INSTALMENT: (
        gettext_lazy("An instalment under %(subject)s was not paid"),
        gettext_lazy("An instalment under %(subject)s was not paid"),
    ),
}

# The day the letter is about, as a sentence: to come, and past.
_DAYS: dict[str, tuple[Promise, Promise]] = {
    Kind.REMINDER: (
        gettext_lazy("Unpaid until then, its overdue notice is due by %(due_by)s."),
        gettext_lazy("Its overdue notice was due by %(due_by)s."),
    ),
    Kind.STOP_DELIVERIES: (
        gettext_lazy("Last day of covered deliveries: %(due_by)s."),
        gettext_lazy("Last day of covered deliveries: %(due_by)s."),
    ),
    Kind.CLAIMS_BARRED: (
        gettext_lazy("Last day to claim: %(due_by)s."),
        gettext_lazy("The last day to claim was %(due_by)s."),
    ),
    AGREEMENT: (gettext_lazy("Agreed day: %(due_by)s."), gettext_lazy("Agreed day: %(due_by)s.")),
    INSTALMENT: (gettext_lazy("Agreed day: %(due_by)s."), gettext_lazy("Agreed day: %(due_by)s.")),
}
_ANY_DAY: tuple[Promise, Promise] = (
    gettext_lazy("Due by %(due_by)s."),
    gettext_lazy("It was due by %(due_by)s. Do it today all the same."),
)

# What it means, where a deadline's own consequence does not say it.
_MEANINGS: dict[str, Promise] = {
    Kind.REMINDER: gettext_lazy("If the buyer has paid, declare the payment: the dates of the invoice then go."),
    AGREEMENT: gettext_lazy("The agreement has ended. The dates of your duties never moved: see what is due now."),
    INSTALMENT: gettext_lazy("Ask the buyer why, and tell us how it stands before the next date."),
}

# What the one button does.
_ACTIONS: dict[str, Promise] = {
    Kind.OVERDUE_NOTICE: gettext_lazy("Send the overdue notice"),
    Kind.CLAIM: gettext_lazy("File the claim"),
    Kind.CLAIMS_BARRED: gettext_lazy("File the claim"),
    Kind.INSOLVENCY_NOTICE: gettext_lazy("Send the insolvency notice"),
}


def alarm_title(kind: str, subject: str, *, is_missed: bool) -> str:
    """The fact of a letter about a deadline; `subject` is an invoice, a claim or the guarantee."""
    return str(_TITLES[kind][is_missed]) % {"subject": subject}


def alarm_day(kind: str, due_by: date, *, is_missed: bool) -> str:
    """The day the letter is about, as a sentence."""
    return str(_DAYS.get(kind, _ANY_DAY)[is_missed]) % {"due_by": day(due_by)}


def alarm_meaning(kind: str) -> str:
    """What follows for the reader."""
    return str(_MEANINGS.get(kind) or CONSEQUENCES[Kind(kind)])


def alarm_action(kind: str) -> str:
    """What the button of the letter says."""
    return str(_ACTIONS.get(kind) or _("Say how it stands"))

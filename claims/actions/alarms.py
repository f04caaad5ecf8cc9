"""Alarms of the clocks: on each day, which letters are owed about which deadlines. Run twice, it owes them once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.timezone import localdate

from claims import events, recipients
from claims.account import Account
from claims.actions.deliveries import settle
from claims.clocks import Deadline, Kind, alarms_due
from claims.collection import Instalment, plan_state
from claims.foresight import CLAIMED
from claims.models import Claim, Invoice, SentAlarm
from journal.models import Entry
from journal.recording import record
from parties.models import InsurerRole, User
from underwriting.actions.guarantees import locked

WARNING, ESCALATION = "warning", "escalation"
AGREEMENT, INSTALMENT = "agreement", "instalment"
OURS = frozenset({Kind.DECISION, Kind.PAYMENT})


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is to be written from the day `on`. `due_by` is the day the letter is about, `amount` EUR unpaid."""

    kind: str
    subject: str
    on: date
    level: str
    due_by: date
    amount: Decimal

    @property
    def key(self) -> tuple[str, str, str, date]:
        return self.kind, self.subject, self.level, self.on


@transaction.atomic
def sound(guarantee_id: int, *, at: datetime) -> list[Entry]:
    """Bring the invoices of a guarantee up to date, then owe the letters whose day has come and that were not sent.

    After days without a worker only the newest letter of each deadline is owed; the older ones count as sent.
    """
    guarantee = locked(guarantee_id)
    settle(guarantee, by=None, at=at)
    account = Account(guarantee, localdate(at))
    rows = SentAlarm.objects.filter(guarantee=guarantee)
    sent = {(row.kind, row.subject, row.level, row.on) for row in rows}
    pending = [alarm for alarm in _alarms(account) if alarm.key not in sent]
    SentAlarm.objects.bulk_create(
        SentAlarm(guarantee=guarantee, kind=each.kind, subject=each.subject, level=each.level, on=each.on, sent_at=at)
        for each in pending
    )
    return [_owe(account, alarms, at) for alarms in _newest(pending)]


def _alarms(account: Account) -> Iterator[Alarm]:
    """All alarms up to the account's day: of the clocks, of agreements that ended, of instalments that did not come."""
    invoices = {each.number: each for each in account.invoices}
    for each in alarms_due(account.deadlines, account.today):
        about = _deadline_of(account.deadlines, each.kind, each.subject)
        invoice = invoices.get(each.subject)
        if each.kind is Kind.REMINDER:
            about = _deadline_of(account.deadlines, Kind.OVERDUE_NOTICE, each.subject)
            if about is None or about.done_on is not None:
                continue  # the insured has told how it stands
        if about is not None:
            amount = account.balance(invoice).open if invoice else account.open_total
            yield Alarm(each.kind.value, each.subject, each.on, each.level, about.on, amount)
    yield from _broken_agreements(account)
    yield from _missed_instalments(account)


def _deadline_of(deadlines: Iterable[Deadline], kind: Kind, subject: str) -> Deadline | None:
    return next((each for each in deadlines if each.kind is kind and each.subject == subject), None)


def _broken_agreements(account: Account) -> Iterator[Alarm]:
    """The day after an agreed day on which an invoice stayed unpaid; once it is claimed the collection follows it."""
    for each in account.invoices:
        balance = account.balance(each)
        if each.extended_to and each.extended_to < account.today and balance.open and each.status not in CLAIMED:
            on = each.extended_to + timedelta(days=1)
            yield Alarm(AGREEMENT, each.number, on, WARNING, each.extended_to, balance.open)


def _missed_instalments(account: Account) -> Iterator[Alarm]:
    """The day after an instalment of the running plan that was not paid; its last one is the end of the agreement."""
    plan = account.guarantee.plans.filter(ended_at=None).prefetch_related("instalments").first()
    if plan is None:
        return
    rows = list(plan.instalments.all())
    payments = [(each.on, each.amount_eur) for each in account.credits if each.on >= plan.agreed_on]
    state = plan_state((Instalment(each.due_on, each.amount) for each in rows), payments, account.today)
    last = max((each.due_on for each in rows), default=None)
    for missed in state.missed:
        if missed.due_on != last:
            on = missed.due_on + timedelta(days=1)
            yield Alarm(INSTALMENT, "", on, WARNING, missed.due_on, missed.amount)


def _newest(pending: Iterable[Alarm]) -> list[list[Alarm]]:
    """For each deadline the alarms of its newest day; a reminder gives way to anything newer about its invoice."""
    found: dict[tuple[str, str], list[Alarm]] = defaultdict(list)
    for each in pending:
        found[each.kind, each.subject].append(each)
    newest = {key: max(each.on for each in alarms) for key, alarms in found.items()}
    return [
        [each for each in alarms if each.on == newest[key]]
        for key, alarms in found.items()
        if key[0] != Kind.REMINDER or not any(other[1] == key[1] and other != key for other in newest)
    ]


def _owe(account: Account, alarms: list[Alarm], at: datetime) -> Entry:
    """Record who is told what; the letters follow from the entry."""
    guarantee, first = account.guarantee, alarms[0]
    invoice = next((each for each in account.invoices if each.number == first.subject), None)
    levels = {each.level for each in alarms}
    warned, escalated, at_desk = _told(account, first, invoice, levels)
    told = [*warned, *escalated, *at_desk]
    data = {
        "kind": first.kind,
        "subject": first.subject or guarantee.number,
        "guarantee": guarantee.number,
        "buyer": guarantee.buyer.name,
        "company": str(guarantee.request.company),
        "invoice": invoice.pk if invoice else None,
        "amount": first.amount,
        "due_by": first.due_by,
        "missed": account.today > first.due_by,
        "told": recipients.names_of(told),
        "warned": [each.pk for each in warned],
        "escalated": [each.pk for each in escalated],
        "at_desk": [each.pk for each in at_desk],
    }
    return record(guarantee.request.journal_key, events.ALARMS[first.kind], actor=None, at=at, data=data)


def _told(
    account: Account, alarm: Alarm, invoice: Invoice | None, levels: set[str]
) -> tuple[list[User], list[User], list[User]]:
    """Who is warned, to whom it escalates, and who is told at the insurer's desk."""
    if alarm.kind in OURS:
        return [], [], _at_desk(account, alarm, levels)
    return _at_the_insured(account, invoice, levels, alarm.kind)


def _at_the_insured(
    account: Account, invoice: Invoice | None, levels: set[str], kind: str
) -> tuple[list[User], list[User], list[User]]:
    """Two people are warned, the owners when it escalates; the claims people where one person alone can be told."""
    guarantee = account.guarantee
    two = recipients.two_people(guarantee, invoice)
    above = recipients.owners(guarantee) if ESCALATION in levels else []
    is_warning = bool(levels - {ESCALATION})
    warned = [each for each in two if each not in above] if is_warning or not above else []
    is_alone = len(set(two) | set(above)) < recipients.ENOUGH
    is_ours_too = kind == INSTALMENT and any(each.status == Invoice.Status.CLAIMED for each in account.invoices)
    return warned, above, recipients.claims_people() if is_alone or is_ours_too else []


def _at_desk(account: Account, alarm: Alarm, levels: set[str]) -> list[User]:
    """The insurer's own deadlines: the claim's handler with the other handlers, and the approvers when it escalates."""
    claim = next((each for each in account.claims if each.number == alarm.subject), None)
    people = recipients.claims_people(InsurerRole.CLAIMS_HANDLER)
    if isinstance(claim, Claim) and claim.handler and claim.handler.is_active:
        people.insert(0, claim.handler)
    if ESCALATION in levels or not people:
        people.extend(recipients.claims_people(InsurerRole.CLAIMS_APPROVER))
    return list(dict.fromkeys(people))

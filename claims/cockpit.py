"""The collection of one claim read from its rows, on one day: steps, plan, promises, costs, what may still come in.

Nothing is stored: whether an instalment was missed or a promise kept is read from the payments.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from django.utils.timezone import localdate

from applications.exposure import NOTHING
from claims import collection as rules
from claims.account import Account
from claims.collection import PlanState, PromiseState, RecoveryRate, StepState, SuggestedStep, Worth
from claims.collection_steps import Stage, Step, steps_for
from claims.dossier import ClaimDossier
from claims.models import (
    Claim,
    CollectionStep,
    CollectorLine,
    CollectorStatement,
    Contact,
    Credit,
    InstalmentPlan,
    PaymentPromise,
    Recovery,
    RecoveryExperience,
    Reserve,
)
from underwriting.models import Guarantee

# A declared payment of the same amount this near to a line of the collector's statement is probably the same money.
SAME_MONEY_DAYS = 10


def catalogue_of(claim: Claim) -> tuple[Step, ...]:
    """The steps the buyer's country offers to a creditor of the insured's country."""
    return steps_for(claim.guarantee.buyer.country, claim.guarantee.request.company.country)


# --- Payments ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Payment:
    """Money the buyer paid: before the indemnity a declared payment, after it a recovery. EUR."""

    on: date
    amount: Decimal
    reference: str
    is_recovery: bool = False

    @property
    def pair(self) -> tuple[date, Decimal]:
        """As the rules take it."""
        return self.on, self.amount


def payments_of(guarantee: Guarantee) -> list[Payment]:
    """All of one guarantee, oldest first; set-off, credit notes and resale are no payments."""
    return payments_by_guarantee([guarantee.pk])[guarantee.pk]


def payments_by_guarantee(guarantee_ids: Iterable[int]) -> dict[int, list[Payment]]:
    """The payments of several guarantees, by key, in two queries."""
    keys = list(guarantee_ids)
    found: dict[int, list[Payment]] = defaultdict(list)
    for credit in Credit.objects.filter(guarantee__in=keys, kind=Credit.Kind.PAYMENT, cancelled_at=None):
        found[credit.guarantee_id].append(Payment(credit.on, credit.amount_eur, credit.reference))
    for recovery in Recovery.objects.filter(claim__guarantee__in=keys).select_related("claim"):
        payment = Payment(recovery.received_on, recovery.received, recovery.number, is_recovery=True)
        found[recovery.claim.guarantee_id].append(payment)
    for payments in found.values():
        payments.sort(key=lambda each: each.on)
    return found


def owed_now(account: Account, payments: Iterable[Payment]) -> Decimal:
    """What the buyer owes on the guarantee: what is open, less what came in as recoveries. EUR."""
    recovered = sum((each.amount for each in payments if each.is_recovery), NOTHING)
    return max(account.open_total - recovered, NOTHING)


def owed_on(account: Account, payments: Sequence[Payment], since: date) -> Decimal:
    """What it owed before the payments of `since` and later, EUR."""
    return owed_now(account, payments) + sum((each.amount for each in payments if each.on >= since), NOTHING)


def credit_of(line: CollectorLine, credits: Iterable[Credit]) -> Credit | None:
    """The payment declared from this line: it bears the line's reference and amount."""
    same = (each for each in credits if each.reference == line.reference and each.amount_eur == line.collected)
    return next(same, None)


# --- What the buyer agreed to -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan as it stands, with the payments that count towards it."""

    plan: InstalmentPlan
    state: PlanState
    payments: tuple[Payment, ...]

    @property
    def total(self) -> Decimal:
        return self.state.paid + self.state.open


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """A promise, whether it was kept, and the payments that show it."""

    promise: PaymentPromise
    state: PromiseState
    payments: tuple[Payment, ...]

    @property
    def paid(self) -> Decimal:
        return sum((each.amount for each in self.payments), NOTHING)

    @property
    def last_paid_on(self) -> date | None:
        return max((each.on for each in self.payments), default=None)


def plan_line(plan: InstalmentPlan, payments: Iterable[Payment], today: date) -> PlanLine:
    """Payments from the day of the agreement on count; a plan that ended is read on the day it ended."""
    on = min(today, localdate(plan.ended_at)) if plan.ended_at else today
    counted = tuple(each for each in payments if plan.agreed_on <= each.on <= on)
    instalments = [rules.Instalment(each.due_on, each.amount) for each in plan.instalments.all()]
    return PlanLine(plan, rules.plan_state(instalments, [each.pair for each in counted], on), counted)


def promise_line(promise: PaymentPromise, payments: Iterable[Payment], today: date) -> PromiseLine:
    """Payments from the day of the promise on count."""
    counted = tuple(each for each in payments if promise.promised_on <= each.on <= today)
    said = rules.Promise(promise.promised_on, promise.pay_by, promise.amount)
    return PromiseLine(promise, rules.promise_state(said, [each.pair for each in counted], today), counted)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What the buyer of a claim agreed to and did not do: missed instalments, broken promises. EUR."""

    claim: Claim
    missed: int
    overdue: Decimal
    since: date
    broken: int


def in_trouble(claims: Sequence[Claim], today: date) -> list[Trouble]:
    """The claims among these whose buyer missed an instalment or broke a promise, longest first; five queries."""
    keys = {each.guarantee_id for each in claims}
    plans = {
        each.guarantee_id: each
        for each in InstalmentPlan.objects.filter(guarantee__in=keys, ended_at=None)
        .order_by("pk")
        .prefetch_related("instalments")
    }
    promises: dict[int, list[PaymentPromise]] = defaultdict(list)
    for promise in PaymentPromise.objects.filter(guarantee__in=keys, pay_by__lt=today):
        promises[promise.guarantee_id].append(promise)
    payments = payments_by_guarantee(keys)
    found = [_trouble(each, plans, promises[each.guarantee_id], payments[each.guarantee_id], today) for each in claims]
    return sorted((each for each in found if each), key=lambda each: each.since)


def _trouble(
    claim: Claim,
    plans: dict[int, InstalmentPlan],
    promises: Sequence[PaymentPromise],
    payments: Sequence[Payment],
    today: date,
) -> Trouble | None:
    plan = plans.get(claim.guarantee_id)
    state = plan_line(plan, payments, today).state if plan else None
    broken = [each for each in promises if promise_line(each, payments, today).state is PromiseState.BROKEN]
    days = [each.due_on for each in state.missed] if state else []
    days += [each.pay_by for each in broken]
    if not days:
        return None
    missed, overdue = (len(state.missed), state.overdue) if state else (0, NOTHING)
    return Trouble(claim, missed, overdue, min(days), len(broken))


# --- What may still come in -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Debt:
    """What is open of one invoice, and since when it is due. EUR."""

    number: str
    due_on: date
    open_amount: Decimal


@dataclass(frozen=True, slots=True)
class Expected:
    """What a debt so many days overdue is expected to bring. EUR."""

    debt: Debt
    days: int
    rate: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class RecoveryTable:
    """The table of recovery by age in force on a day, and where it comes from. Not for a debtor in insolvency."""

    rates: tuple[RecoveryRate, ...]
    sources: tuple[str, ...]

    def expected_of(self, debt: Debt, on: date) -> Expected:
        """By its age on a day, to the cent."""
        days = _age(debt, on)
        rate = rules.recovery_rate(self.rates, days)
        return Expected(debt, days, rate, rules.expected_recovery(self.rates, debt.open_amount, days))

    def worth(self, cost: Decimal, debts: Iterable[Debt], on: date, by: date) -> Worth:
        """What age would take from the expected recovery until `by`, against the cost of acting before. EUR."""
        brings = [
            rules.worth_it(
                NOTHING,
                each.open_amount,
                rules.recovery_rate(self.rates, _age(each, by)),
                rules.recovery_rate(self.rates, _age(each, on)),
            ).brings
            for each in debts
        ]
        gained = sum(brings, NOTHING)
        return Worth(brings=gained, cost=cost, net=gained - cost)


def _age(debt: Debt, on: date) -> int:
    return max((on - debt.due_on).days, 0)


def recovery_table(on: date) -> RecoveryTable:
    """The rows in force on a day; of two for the same age the newer one."""
    newest: dict[int, RecoveryExperience] = {}
    for row in RecoveryExperience.objects.in_force(on):
        newest.setdefault(row.from_days, row)
    rows = [newest[days] for days in sorted(newest)]
    sources = dict.fromkeys(row.source for row in rows if row.source)
    return RecoveryTable(tuple(RecoveryRate(row.from_days, row.rate) for row in rows), tuple(sources))


def debts_of(dossier: ClaimDossier) -> list[Debt]:
    """What is open of each invoice claimed; what was recovered since the indemnity pays the oldest due first."""
    recovered = sum((each.received for each in dossier.recoveries), NOTHING)
    debts = []
    for invoice in dossier.invoices:
        is_open = dossier.account.balance(invoice).open
        paid = min(recovered, is_open)
        recovered -= paid
        if is_open > paid:
            debts.append(Debt(invoice.number, invoice.due_on, is_open - paid))
    return debts


def insolvency_opened_on(dossier: ClaimDossier) -> date | None:
    """When proceedings against the buyer were opened, if anybody told us."""
    told = dossier.account.insolvency
    return told.opened_on if told else dossier.claim.insolvency_opened_on


def expected_of(dossier: ClaimDossier, table: RecoveryTable) -> list[Expected] | None:
    """What each claimed invoice may still bring; None in insolvency: a dividend has nothing to do with age."""
    if insolvency_opened_on(dossier) is not None or not table.rates:
        return None
    return [table.expected_of(each, dossier.today) for each in debts_of(dossier)]


def expected_now(dossier: ClaimDossier, table: RecoveryTable) -> Decimal | None:
    """EUR in all; None in insolvency."""
    found = expected_of(dossier, table)
    return None if found is None else sum((each.amount for each in found), NOTHING)


# --- The whole room ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A step the country offers, and the lines entered for it."""

    suggested: SuggestedStep
    taken: tuple[CollectionStep, ...]

    @property
    def step(self) -> Step:
        return self.suggested.step

    @property
    def state(self) -> StepState:
        return self.suggested.state

    @property
    def may_be_taken(self) -> bool:
        """Whether it can be taken now; what was done before the insolvency can still be entered."""
        return self.state not in {StepState.WAITS_FOR_INSOLVENCY, StepState.STAYED}


@dataclass(frozen=True, slots=True)
class Costs:
    """EUR: approved, entered and not approved yet, and both."""

    approved: Decimal
    awaiting: Decimal

    @property
    def total(self) -> Decimal:
        return self.approved + self.awaiting


@dataclass(frozen=True, slots=True)
class Collected:
    """A line of a collector's statement beside the payments: declared from it, or one that looks the same."""

    line: CollectorLine
    declared: Credit | None
    alike: Credit | None

    @property
    def is_undeclared(self) -> bool:
        return self.line.collected > 0 and self.declared is None and self.alike is None


@dataclass(frozen=True, slots=True)
class StatementLines:
    """A statement of the collector, its lines, and what they add up to. EUR."""

    statement: CollectorStatement
    lines: tuple[Collected, ...]

    @property
    def collected(self) -> Decimal:
        return sum((each.line.collected for each in self.lines), NOTHING)

    @property
    def costs(self) -> Decimal:
        return sum((each.line.cost for each in self.lines), NOTHING)


@dataclass
class Cockpit:
    """All that the collection room shows; read once, in a fixed number of queries."""

    dossier: ClaimDossier

    @property
    def claim(self) -> Claim:
        return self.dossier.claim

    @property
    def guarantee(self) -> Guarantee:
        return self.claim.guarantee

    @property
    def today(self) -> date:
        return self.dossier.today

    @cached_property
    def insolvency_opened_on(self) -> date | None:
        return insolvency_opened_on(self.dossier)

    @cached_property
    def first_due_on(self) -> date:
        """The oldest due date claimed: the days of the steps count from it."""
        return min((each.due_on for each in self.dossier.invoices), default=self.today)

    @cached_property
    def taken(self) -> list[CollectionStep]:
        return list(self.claim.steps.select_related("taken_by", "cost_approved_by", "receipt"))

    @cached_property
    def suggested(self) -> tuple[SuggestedStep, ...]:
        return rules.suggested_steps(
            self.guarantee.buyer.country,
            self.guarantee.request.company.country,
            self.first_due_on,
            self.today,
            insolvency_opened_on=self.insolvency_opened_on,
            filing_deadline=self.claim.filing_deadline,
            done={each.code for each in self.taken},
        )

    @cached_property
    def ledger(self) -> list[LedgerLine]:
        """What to do when, and what was done about it, in the order of the steps."""
        return [
            LedgerLine(each, tuple(step for step in self.taken if step.code == each.step.key))
            for each in self.suggested
        ]

    @property
    def done_count(self) -> int:
        return sum(1 for each in self.ledger if each.taken)

    @cached_property
    def other_steps(self) -> list[CollectionStep]:
        """Entered under a code the country does not offer any more."""
        offered = {each.step.key for each in self.suggested}
        return [each for each in self.taken if each.code not in offered]

    @cached_property
    def next_step(self) -> SuggestedStep | None:
        """The filing while it is open, else what is late or to be done now, else what comes first; None once closed."""
        if self.claim.status == Claim.Status.CLOSED:
            return None
        pending = [each for each in self.suggested if each.state in {StepState.OVERDUE, StepState.NOW}]
        filing = [each for each in pending if each.step.stage is Stage.INSOLVENCY_FILING]
        late = [each for each in pending if each.state is StepState.OVERDUE]
        coming = [each for each in self.suggested if each.state is StepState.UPCOMING]
        return next(iter([*filing, *late, *pending, *coming]), None)

    @property
    def filing(self) -> SuggestedStep | None:
        """The filing of the claim, once there are proceedings to file it in."""
        filings = (each for each in self.suggested if each.step.stage is Stage.INSOLVENCY_FILING)
        return next((each for each in filings if each.state is not StepState.WAITS_FOR_INSOLVENCY), None)

    # --- Money ---

    @cached_property
    def payments(self) -> list[Payment]:
        return payments_of(self.guarantee)

    @property
    def owed(self) -> Decimal:
        """See `ClaimDossier.owed`."""
        return self.dossier.owed

    @cached_property
    def table(self) -> RecoveryTable:
        return recovery_table(self.today)

    @cached_property
    def expected_lines(self) -> list[Expected] | None:
        """By invoice; None in insolvency."""
        return expected_of(self.dossier, self.table)

    @property
    def expected(self) -> Decimal | None:
        """EUR by age; None in insolvency."""
        return expected_now(self.dossier, self.table)

    @cached_property
    def worth(self) -> Worth | None:
        """What the next step may save of the expected recovery until it is over, against its usual cost."""
        if self.expected is None or self.next_step is None or self.worth_by is None:
            return None
        return self.table.worth(self.next_step.step.cost, debts_of(self.dossier), self.today, self.worth_by)

    @property
    def worth_by(self) -> date | None:
        """The day the next step would be over, were it begun today or on its first day."""
        if self.next_step is None or self.next_step.step.duration_days is None or self.next_step.starts_on is None:
            return None
        return max(self.today, self.next_step.starts_on) + timedelta(days=self.next_step.step.duration_days)

    @cached_property
    def costs(self) -> Costs:
        approved = sum((each.cost for each in self.taken if each.cost_approved_at), NOTHING)
        return Costs(approved, sum((each.cost for each in self.taken if not each.cost_approved_at), NOTHING))

    @cached_property
    def to_approve(self) -> list[CollectionStep]:
        """Costs that wait for a second person."""
        return [each for each in self.taken if each.cost and not each.cost_approved_at]

    @cached_property
    def reserves(self) -> list[Reserve]:
        """Newest first."""
        return list(self.claim.reserves.select_related("set_by").order_by("-pk"))

    @property
    def reserve(self) -> Reserve | None:
        """What is set aside now."""
        return next(iter(self.reserves), None)

    # --- The buyer ---

    @cached_property
    def contacts(self) -> list[Contact]:
        return list(self.guarantee.contacts.all())

    @cached_property
    def promises(self) -> list[PromiseLine]:
        """Newest day first."""
        rows = self.guarantee.promises.order_by("-pay_by", "-pk")
        return [promise_line(each, self.payments, self.today) for each in rows]

    @cached_property
    def plans(self) -> list[PlanLine]:
        """Newest first."""
        rows = self.guarantee.plans.select_related("noted_by").prefetch_related("instalments")
        return [plan_line(each, self.payments, self.today) for each in rows]

    @property
    def plan(self) -> PlanLine | None:
        """The plan that runs."""
        return next((each for each in self.plans if each.plan.ended_at is None), None)

    @property
    def former_plans(self) -> list[PlanLine]:
        return [each for each in self.plans if each.plan.ended_at]

    @property
    def broken(self) -> list[PromiseLine]:
        return [each for each in self.promises if each.state is PromiseState.BROKEN]

    # --- The outside collector ---

    @cached_property
    def statements(self) -> list[StatementLines]:
        """Newest first; each line beside the payment that was declared from it, or looks like it."""
        credits = self.dossier.account.credits
        rows = self.claim.collector_statements.select_related("imported_by").prefetch_related("lines__invoice")
        statements = list(rows)
        lines = [line for each in statements for line in each.lines.all()]
        declared = {line.pk: credit_of(line, credits) for line in lines}
        used = {credit.pk for credit in declared.values() if credit}
        free = [each for each in credits if each.pk not in used]
        return [
            StatementLines(
                each, tuple(Collected(line, declared[line.pk], alike(line, free)) for line in each.lines.all())
            )
            for each in statements
        ]

    @property
    def undeclared(self) -> Decimal:
        """EUR collected that no payment shows; nothing once the indemnity is paid: then it is a recovery."""
        lines = [each for statement in self.statements for each in statement.lines if each.is_undeclared]
        return NOTHING if self.claim.paid_at else sum((each.line.collected for each in lines), NOTHING)


def alike(line: CollectorLine, credits: Iterable[Credit]) -> Credit | None:
    """A payment of the same amount a few days before or after the line."""
    near = (each for each in credits if abs((each.on - line.on).days) <= SAME_MONEY_DAYS)
    return next((each for each in near if each.amount_eur == line.collected), None)

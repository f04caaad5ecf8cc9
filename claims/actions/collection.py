"""Collecting the debt: steps and their costs, contacts, promises, instalment plans, the outside collector's statements.

Every act locks the guarantee's row first and is done by claims people; a cost is approved by a second one.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.exposure import NOTHING
from claims import collection_words as words
from claims import events
from claims.account import Account
from claims.actions import claims, deliveries
from claims.actions.accounts import OwnWork
from claims.actions.evidence import add_evidence
from claims.cockpit import catalogue_of, credit_of, owed_on, payments_of
from claims.collection import GOES_ON_IN_INSOLVENCY
from claims.collection_steps import Stage, Step
from claims.collector_file import read_statement
from claims.models import (
    Claim,
    CollectionStep,
    CollectorLine,
    CollectorStatement,
    Contact,
    Credit,
    EvidenceKind,
    Instalment,
    InstalmentPlan,
    PaymentPromise,
)
from journal.recording import record
from parties.models import InsurerRole, User
from unlockfocus.errors import BusinessRule, IllegalTransition
from unlockfocus.tables import Problem
from unlockfocus.templatetags.face import money

# Of a file with very many problems, so many are said one by one.
PROBLEMS_SAID = 20


class UnknownStep(BusinessRule):
    """The buyer's country does not offer this step."""

    field = "code"


class StayedByInsolvency(BusinessRule):
    """Insolvency proceedings bar this step."""

    field = "code"


class NoInsolvency(BusinessRule):
    """No insolvency proceedings are known."""


class ImpossibleDay(BusinessRule):
    """A day that is still to come, or before the one it follows. `field` names the day."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class NoReceipt(BusinessRule):
    """A cost without the document that shows it."""

    field = "receipt"


class NoCost(BusinessRule):
    """The step cost nothing: there is nothing to approve."""


class NoInstalment(BusinessRule):
    """A plan without an instalment."""


class UnreadableFile(BusinessRule):
    """The collector's file cannot be imported: `problems` says why, line by line."""

    field = "file"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(_("Nothing was imported: this file has to be corrected first."))
        self.problems = tuple(problems)

    @property
    def sentences(self) -> list[str]:
        """That nothing was imported, then each problem; of very many the first ones and how many more."""
        said = [str(self), *(words.problem_sentence(each) for each in self.problems[:PROBLEMS_SAID])]
        more = len(self.problems) - PROBLEMS_SAID
        if more > 0:
            said.append(
                ngettext("%(count)d place more to correct.", "%(count)d places more to correct.", more)
                % {"count": more}
            )
        return said


class AlreadyImported(BusinessRule):
    """The same file, byte for byte, is on the claim already."""

    field = "file"


class NothingCollected(BusinessRule):
    """The line of the statement brought no money."""


class AlreadyIndemnified(BusinessRule):
    """The indemnity is paid: money that comes in is a recovery and is shared."""


@dataclass(frozen=True, slots=True)
class StepFacts:
    """A step as it was taken; `code` is a key of the steps the buyer's country offers, `cost` is in EUR."""

    code: str
    taken_on: date
    answer_by: date | None = None
    note: str = ""
    cost: Decimal = NOTHING


def open_claim_for(claim_id: int, by: User) -> Claim:
    """The claim, locked, for one of the claims people; raises NotAllowed, IllegalTransition once it is closed."""
    claims.check_handles(by)
    claim = claims.locked(claim_id)
    if claim.status == Claim.Status.CLOSED:
        raise IllegalTransition(_("The claim is closed: reopen it first."))
    return claim


def _check_past(field: str, on: date, today: date) -> None:
    if on > today:
        raise ImpossibleDay(field, _("This day is still to come."))


def _check_after(field: str, on: date, start: date) -> None:
    if on < start:
        raise ImpossibleDay(field, _("This day is before the one it follows."))


# --- Steps and their costs --------------------------------------------------------------------------------------------


@transaction.atomic
def take_step(
    claim_id: int,
    facts: StepFacts,
    *,
    receipt: "UploadedFile[Any] | None" = None,
    is_internal: bool = False,
    by: User,
    at: datetime,
) -> CollectionStep:
    """Enter a step that was taken; its receipt joins the evidence, hidden from the insured when internal.

    A cost is entered with its receipt, on a further line of the same step when it comes later. Raises NotAllowed,
    UnknownStep, StayedByInsolvency, NoInsolvency, NoReceipt, ImpossibleDay, UnacceptableFile, IllegalTransition.
    """
    claim = open_claim_for(claim_id, by)
    _check_step(claim, facts, localdate(at))
    if facts.cost and receipt is None:
        raise NoReceipt(
            _("A cost needs its receipt. Enter the step without it now, and the cost when the receipt comes.")
        )
    kept = None
    if receipt is not None:
        kept = add_evidence(
            claim.guarantee_id, kind=EvidenceKind.COST, file=receipt, is_internal=is_internal, by=by, at=at
        )
    step = claim.steps.create(
        code=facts.code,
        taken_on=facts.taken_on,
        answer_by=facts.answer_by,
        note=facts.note,
        cost=facts.cost,
        receipt=kept,
        taken_by=by,
        taken_at=at,
    )
    data = {
        "number": claim.number,
        "step": str(words.TITLES[facts.code]),
        "code": facts.code,
        "taken_on": facts.taken_on,
        "cost": facts.cost,
    }
    record(claim.journal_key, events.STEP_TAKEN, actor=by, at=at, data=data)
    return step


def _check_step(claim: Claim, facts: StepFacts, today: date) -> None:
    step = next((each for each in catalogue_of(claim) if each.key == facts.code), None)
    if step is None:
        raise UnknownStep(_("This step is not offered against a buyer of this country."))
    _check_past("taken_on", facts.taken_on, today)
    if facts.answer_by:
        _check_after("answer_by", facts.answer_by, facts.taken_on)
    _check_insolvency(step, facts.taken_on, _opened_on(claim, today))


def _opened_on(claim: Claim, today: date) -> date | None:
    insolvency = Account(claim.guarantee, today).insolvency
    return insolvency.opened_on if insolvency else claim.insolvency_opened_on


def _check_insolvency(step: Step, taken_on: date, opened_on: date | None) -> None:
    if step.stage is Stage.INSOLVENCY_FILING and opened_on is None:
        raise NoInsolvency(_("Nobody told us of insolvency proceedings: there is nothing to file a claim in."))
    is_stayed = opened_on is not None and taken_on >= opened_on and step.stage not in GOES_ON_IN_INSOLVENCY
    if is_stayed:
        raise StayedByInsolvency(_("The insolvency proceedings stay this step from the day they were opened."))


@transaction.atomic
def approve_cost(step_id: int, *, by: User, at: datetime) -> CollectionStep:
    """Approve a cost another person entered: it is borne together from then on. Twice is the same as once.

    Raises NotAllowed, OwnWork, NoCost, IllegalTransition.
    """
    claims.check_handles(by, InsurerRole.CLAIMS_APPROVER)
    claim = open_claim_for(CollectionStep.objects.values_list("claim_id", flat=True).get(pk=step_id), by)
    step = claim.steps.select_for_update(of=("self",)).get(pk=step_id)
    if step.cost_approved_at:
        return step
    if step.taken_by_id == by.pk:
        raise OwnWork(_("You entered this cost yourself: another claims approver approves it."))
    if not step.cost:
        raise NoCost(_("This step cost nothing: there is nothing to approve."))
    step.cost_approved_by, step.cost_approved_at = by, at
    step.save(update_fields=["cost_approved_by", "cost_approved_at"])
    data = {"number": claim.number, "step": str(words.title(step.code)), "cost": step.cost}
    record(claim.journal_key, events.COST_APPROVED, actor=by, at=at, data=data)
    return step


@transaction.atomic
def set_filing_deadline(claim_id: int, *, on: date, by: User, at: datetime) -> Claim:
    """Enter the day by which the judgment wants claims filed. Raises NotAllowed, NoInsolvency, ImpossibleDay."""
    claim = open_claim_for(claim_id, by)
    opened_on = _opened_on(claim, localdate(at))
    if opened_on is None:
        raise NoInsolvency(_("Nobody told us of insolvency proceedings: there is nothing to file a claim in."))
    _check_after("on", on, opened_on)
    claim.filing_deadline = on
    claim.insolvency_opened_on = claim.insolvency_opened_on or opened_on
    claim.save(update_fields=["filing_deadline", "insolvency_opened_on"])
    record(claim.journal_key, events.FILING_DEADLINE_SET, actor=by, at=at, data={"number": claim.number, "on": on})
    return claim


# --- Whom one speaks to, and what was said ----------------------------------------------------------------------------


@transaction.atomic
def add_contact(
    claim_id: int, *, name: str, position: str = "", email: str = "", phone: str = "", by: User, at: datetime
) -> Contact:
    """Keep somebody to speak to with the guarantee; raises NotAllowed, IllegalTransition."""
    claim = open_claim_for(claim_id, by)
    contact = claim.guarantee.contacts.create(
        name=name, position=position, email=email, phone=phone, added_by=by, added_at=at
    )
    record(claim.journal_key, events.CONTACT_ADDED, actor=by, at=at, data={"number": claim.number, "name": name})
    return contact


@transaction.atomic
def note_promise(
    claim_id: int, *, amount: Decimal, promised_on: date, pay_by: date, said_by: str = "", by: User, at: datetime
) -> PaymentPromise:
    """Note what the buyer promised to pay; raises NotAllowed, ImpossibleDay, NothingOpen, IllegalTransition."""
    claim = open_claim_for(claim_id, by)
    today = localdate(at)
    _check_past("promised_on", promised_on, today)
    _check_after("pay_by", pay_by, promised_on)
    _check_owed(claim, amount, promised_on, today)
    promise = claim.guarantee.promises.create(
        amount=amount, promised_on=promised_on, pay_by=pay_by, said_by=said_by, noted_by=by, noted_at=at
    )
    data = {"number": claim.number, "amount": amount, "pay_by": pay_by}
    record(claim.journal_key, events.PROMISE_NOTED, actor=by, at=at, data=data)
    return promise


def _check_owed(claim: Claim, amount: Decimal, since: date, today: date) -> None:
    """At most what was owed on the day it was agreed; raises NothingOpen."""
    owed = owed_on(Account(claim.guarantee, today), payments_of(claim.guarantee), since)
    if amount > owed:
        raise deliveries.NothingOpen(_("The buyer owes %(owed)s, less than this.") % {"owed": money(owed)})


@transaction.atomic
def agree_plan(
    claim_id: int,
    *,
    instalments: Sequence[tuple[date, Decimal]],
    agreed_on: date,
    insurer_consents: bool = False,
    by: User,
    at: datetime,
) -> InstalmentPlan:
    """Note an instalment plan, EUR, in place of the one before; payments from `agreed_on` on count towards it.

    Raises NotAllowed, NoInstalment, ImpossibleDay, NothingOpen, IllegalTransition.
    """
    claim = open_claim_for(claim_id, by)
    if not instalments:
        raise NoInstalment(_("Give at least one instalment."))
    _check_past("agreed_on", agreed_on, localdate(at))
    for due_on, _amount in instalments:
        _check_after("instalments", due_on, agreed_on)
    total = sum((amount for _due_on, amount in instalments), NOTHING)
    _check_owed(claim, total, agreed_on, localdate(at))
    for former in claim.guarantee.plans.filter(ended_at=None):
        _end(claim, former, _("another plan takes its place"), by=by, at=at)
    plan = claim.guarantee.plans.create(
        agreed_on=agreed_on, insurer_consents=insurer_consents, noted_by=by, noted_at=at
    )
    Instalment.objects.bulk_create(Instalment(plan=plan, due_on=on, amount=amount) for on, amount in instalments)
    data = {"number": claim.number, "amount": total, "until": max(due_on for due_on, _amount in instalments)}
    record(claim.journal_key, events.PLAN_AGREED, actor=by, at=at, data=data)
    return plan


@transaction.atomic
def end_plan(claim_id: int, plan_id: int, *, reason: str, by: User, at: datetime) -> InstalmentPlan:
    """End a plan; twice is the same as once. Raises NotAllowed, NoReason, IllegalTransition."""
    claim = open_claim_for(claim_id, by)
    plan = claim.guarantee.plans.select_for_update(of=("self",)).get(pk=plan_id)
    if plan.ended_at is None:
        _end(claim, plan, claims.check_reason(reason), by=by, at=at)
    return plan


def _end(claim: Claim, plan: InstalmentPlan, reason: str, *, by: User, at: datetime) -> None:
    plan.ended_at, plan.ended_reason = at, reason
    plan.save(update_fields=["ended_at", "ended_reason"])
    record(claim.journal_key, events.PLAN_ENDED, actor=by, at=at, data={"number": claim.number, "reason": reason})


# --- The outside collector --------------------------------------------------------------------------------------------


@transaction.atomic
def import_statement(
    claim_id: int, *, collector: str, name: str, content: bytes, by: User, at: datetime
) -> CollectorStatement:
    """Import a statement, whole or not at all; lines imported before are left out. No money moves by it.

    Raises NotAllowed, AlreadyImported, UnreadableFile, IllegalTransition.
    """
    claim = open_claim_for(claim_id, by)
    digest = hashlib.sha256(content).hexdigest()
    if claim.collector_statements.filter(sha256=digest).exists():
        raise AlreadyImported(_("This very file was imported already."))
    invoices = {each.number: each for each in claim.invoices.all()}
    known = CollectorLine.objects.filter(statement__claim=claim)
    read = read_statement(
        content,
        invoices=invoices,
        imported={each.reference: (each.collected, each.cost) for each in known},
        today=localdate(at),
    )
    if read.problems:
        raise UnreadableFile(read.problems)
    statement = claim.collector_statements.create(
        collector=collector, name=name[:200], sha256=digest, imported_by=by, imported_at=at
    )
    CollectorLine.objects.bulk_create(
        CollectorLine(
            statement=statement,
            reference=row.reference,
            invoice=invoices.get(row.invoice),
            on=row.on,
            step=row.step,
            collected=row.collected,
            cost=row.cost,
            remark=row.remark,
        )
        for row in read.new_rows
    )
    data = {"number": claim.number, "collector": collector, "collected": read.collected, "cost": read.costs}
    record(claim.journal_key, events.COLLECTOR_STATEMENT, actor=by, at=at, data=data)
    return statement


@transaction.atomic
def declare_collected(claim_id: int, line_id: int, *, by: User, at: datetime) -> Credit:
    """Declare what a line of a statement brought as a payment of the buyer; declared already, it stays one payment.

    Raises NotAllowed, NothingCollected, AlreadyIndemnified, IllegalTransition.
    """
    claim = open_claim_for(claim_id, by)
    line = CollectorLine.objects.select_related("invoice").get(pk=line_id, statement__claim=claim)
    if line.collected <= 0:
        raise NothingCollected(_("This line brought no money. What it takes back, cancel among the payments."))
    if claim.paid_at:
        raise AlreadyIndemnified(_("The indemnity is paid: enter this money as a recovery, which is shared."))
    declared = credit_of(line, claim.guarantee.credits.filter(cancelled_at=None))
    if declared:
        return declared
    return deliveries.declare_credit(
        claim.guarantee_id,
        kind=Credit.Kind.PAYMENT,
        on=line.on,
        amount=line.collected,
        invoice=line.invoice,
        reference=line.reference,
        by=by,
        at=at,
    )

"""What the insured declares as it happens: deliveries and invoices, payments and credits, disputes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from applications.models import CoverRequest, OrderLine
from applications.rates import Rate, rate_on
from claims import events
from claims.account import Account
from claims.models import Credit, Dispute, Invoice
from claims.workflow import INVOICE
from journal.recording import record
from parties.models import InsurerRole, User
from underwriting.actions.guarantees import locked
from underwriting.actions.incidents import note_debts
from underwriting.models import Guarantee
from unlockfocus.errors import BusinessRule, IllegalTransition


class NotYours(BusinessRule):
    """Only the insured's owner or credit manager declares, and only the insurer's claims people in its place."""


class AlreadyDeclared(BusinessRule):
    """An invoice of this number is declared under this guarantee."""


class NothingOpen(BusinessRule):
    """The amount is more than what is open."""

    field = "amount"


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """An invoice as declared: principal without VAT in its currency; `due_on` is the day first agreed."""

    number: str
    delivered_on: date
    invoiced_on: date
    due_on: date
    amount: Decimal
    currency: str = "EUR"
    line: OrderLine | None = None
    is_to_buyer: bool = True


def check_may_declare(user: User, guarantee: Guarantee) -> None:
    """The insured's owner and credit manager declare; claims handlers may for them. Raises NotYours."""
    membership = user.membership
    if membership and membership.company_id == guarantee.request.company_id and membership.may_act:
        return
    if not user.has_duty(InsurerRole.CLAIMS_HANDLER, InsurerRole.CLAIMS_APPROVER):
        raise NotYours(_("Only the owner or a credit manager of the insured company declares this."))


def rate_for(request: CoverRequest, currency: str) -> Rate:
    """The rate the terms fixed: that of the order's own lines, else the ECB's of the request; raises NoRate."""
    line = request.lines.filter(currency=currency).exclude(rate=None).first()
    if line and line.rate and line.rate_on:
        return Rate(currency, line.rate, line.rate_on)
    return rate_on(currency, request.rates_on or request.order_on or localdate(request.created_at))


@transaction.atomic
def declare_invoice(guarantee_id: int, facts: InvoiceFacts, *, by: User, at: datetime) -> Invoice:
    """Declare an invoice under the guarantee; raises NotYours, AlreadyDeclared, NoRate, IllegalTransition."""
    return declare_invoices(guarantee_id, [facts], by=by, at=at)[0]


@transaction.atomic
def declare_invoices(guarantee_id: int, declared: Sequence[InvoiceFacts], *, by: User, at: datetime) -> list[Invoice]:
    """Declare all of them or none; raises as for one."""
    guarantee = locked(guarantee_id)
    check_may_declare(by, guarantee)
    if guarantee.status not in {Guarantee.Status.IN_FORCE, Guarantee.Status.RUN_OFF}:
        raise IllegalTransition(
            _("Nothing can be declared: the guarantee is “%(state)s”.") % {"state": guarantee.get_status_display()}
        )
    rates = {currency: rate_for(guarantee.request, currency) for currency in {facts.currency for facts in declared}}
    known = set(guarantee.invoices.values_list("number", flat=True))
    invoices = []
    for facts in declared:
        if facts.number in known:
            raise AlreadyDeclared(_("Invoice %(number)s is declared already.") % {"number": facts.number})
        known.add(facts.number)
        invoices.append(_create_invoice(guarantee, facts, rates[facts.currency], by=by, at=at))
    settle(guarantee, by=by, at=at)
    return invoices


def _create_invoice(guarantee: Guarantee, facts: InvoiceFacts, rate: Rate, *, by: User, at: datetime) -> Invoice:
    invoice = guarantee.invoices.create(
        number=facts.number,
        line=facts.line,
        delivered_on=facts.delivered_on,
        invoiced_on=facts.invoiced_on,
        due_on=facts.due_on,
        amount=facts.amount,
        currency=facts.currency,
        rate=rate.rate,
        rate_on=rate.on,
        amount_eur=rate.to_eur(facts.amount),
        is_to_buyer=facts.is_to_buyer,
        declared_by=by,
        declared_at=at,
    )
    data = {"invoice": invoice.number, "amount": invoice.amount_eur, "due_on": invoice.due_on}
    record(guarantee.request.journal_key, events.INVOICE_DECLARED, actor=by, at=at, data=data)
    return invoice


@dataclass(frozen=True, slots=True)
class CreditFacts:
    """What came in or was taken off; `invoice` is the one it names."""

    kind: str
    on: date
    amount: Decimal
    currency: str = "EUR"
    invoice: Invoice | None = None
    reference: str = ""


@transaction.atomic
def declare_credit(
    guarantee_id: int,
    *,
    kind: str,
    on: date,
    amount: Decimal,
    currency: str = "EUR",
    invoice: Invoice | None = None,
    reference: str = "",
    by: User,
    at: datetime,
) -> Credit:
    """Declare a payment, credit note, set-off, deposit or resale; invoices it pays in full become paid."""
    facts = CreditFacts(kind, on, amount, currency, invoice, reference)
    return declare_credits(guarantee_id, [facts], by=by, at=at)[0]


@transaction.atomic
def declare_credits(guarantee_id: int, declared: Sequence[CreditFacts], *, by: User, at: datetime) -> list[Credit]:
    """Declare all of them or none; raises NotYours, NoRate."""
    guarantee = locked(guarantee_id)
    check_may_declare(by, guarantee)
    rates = {currency: rate_for(guarantee.request, currency) for currency in {facts.currency for facts in declared}}
    credits = [_create_credit(guarantee, facts, rates[facts.currency], by=by, at=at) for facts in declared]
    settle(guarantee, by=by, at=at)
    return credits


def _create_credit(guarantee: Guarantee, facts: CreditFacts, rate: Rate, *, by: User, at: datetime) -> Credit:
    credit = guarantee.credits.create(
        kind=facts.kind,
        on=facts.on,
        amount=facts.amount,
        currency=facts.currency,
        amount_eur=rate.to_eur(facts.amount),
        invoice=facts.invoice,
        reference=facts.reference,
        declared_by=by,
        declared_at=at,
    )
    data = {"kind": credit.get_kind_display(), "amount": credit.amount_eur, "on": facts.on}
    record(guarantee.request.journal_key, events.CREDIT_DECLARED, actor=by, at=at, data=data)
    return credit


@transaction.atomic
def cancel_credit(credit_id: int, *, reason: str, by: User, at: datetime) -> None:
    """Take back a credit that was declared in error or came back unpaid; it stays on the list, struck out."""
    guarantee = locked(Credit.objects.values_list("guarantee_id", flat=True).get(pk=credit_id))
    check_may_declare(by, guarantee)
    credit = guarantee.credits.select_for_update().get(pk=credit_id)
    if credit.cancelled_at:
        return
    credit.cancelled_at, credit.cancelled_reason = at, reason
    credit.save(update_fields=["cancelled_at", "cancelled_reason"])
    data = {"kind": credit.get_kind_display(), "amount": credit.amount_eur, "reason": reason}
    record(guarantee.request.journal_key, events.CREDIT_CANCELLED, actor=by, at=at, data=data)
    settle(guarantee, by=by, at=at)


def settle(guarantee: Guarantee, *, by: User | None, at: datetime) -> None:
    """Bring each invoice's state in line with what it owes on that day: paid, unpaid again, or overdue."""
    account = Account(guarantee, localdate(at))
    for invoice in account.invoices:
        balance = account.balance(invoice)
        if balance.settled_on and INVOICE.allows("pay", invoice.status):
            move_invoice(invoice, "pay", settled_on=balance.settled_on)
            record(
                guarantee.request.journal_key,
                events.INVOICE_PAID,
                actor=by,
                at=at,
                data={"invoice": invoice.number},
            )
        elif not balance.settled_on and invoice.status == Invoice.Status.PAID:
            move_invoice(invoice, "return_to_unpaid", settled_on=None)
        if invoice.status == Invoice.Status.DECLARED and invoice.due_on < account.today:
            move_invoice(invoice, "fall_overdue")
            data = {"invoice": invoice.number, "due_on": invoice.due_on}
            record(guarantee.request.journal_key, events.INVOICE_OVERDUE, actor=None, at=at, data=data)
    note_debts(guarantee, _overdue(account), at=at)


def _overdue(account: Account) -> dict[str, date]:
    """What the buyer owes past its day, or past the day agreed later, and does not dispute: invoice number to day."""
    late: dict[str, date] = {}
    for invoice in account.invoices:
        until = invoice.extended_to or invoice.due_on
        if invoice.is_to_buyer and until < account.today and account.balance(invoice).undisputed_open:
            late[invoice.number] = until
    return late


def move_invoice(invoice: Invoice, transition: str, **fields: Any) -> None:
    """Take a transition and save named fields with it; raises IllegalTransition."""
    if not INVOICE.allows(transition, invoice.status):
        raise IllegalTransition(
            _("This is not possible: invoice %(number)s is “%(state)s”.")
            % {"number": invoice.number, "state": invoice.get_status_display()}
        )
    invoice.status = INVOICE.target(transition)
    for name, value in fields.items():
        setattr(invoice, name, value)
    invoice.save(update_fields=["status", *fields])


@transaction.atomic
def open_dispute(invoice_id: int, *, amount: Decimal, reason: str, on: date, by: User, at: datetime) -> Dispute:
    """Set a part of an invoice aside as disputed; raises NothingOpen when it is more than what is open."""
    found = Invoice.objects.get(pk=invoice_id)
    guarantee = locked(found.guarantee_id)
    check_may_declare(by, guarantee)
    invoice = guarantee.invoices.get(pk=invoice_id)
    if invoice.disputes.filter(settled_on=None).exists():
        raise IllegalTransition(_("A dispute on this invoice is open already."))
    if amount > Account(guarantee, localdate(at)).balance(invoice).open:
        raise NothingOpen(_("Less than this is open on invoice %(number)s.") % {"number": invoice.number})
    dispute = invoice.disputes.create(amount_eur=amount, reason=reason, opened_on=on, declared_by=by)
    data = {"invoice": invoice.number, "amount": amount, "reason": reason}
    record(guarantee.request.journal_key, events.DISPUTE_OPENED, actor=by, at=at, data=data)
    return dispute


@transaction.atomic
def settle_dispute(dispute_id: int, *, outcome: str, on: date, by: User, at: datetime) -> Dispute:
    """End a dispute: by agreement, judgment or expert. What the buyer was right about is a credit note beside it."""
    invoice = Invoice.objects.get(disputes=dispute_id)
    guarantee = locked(invoice.guarantee_id)
    check_may_declare(by, guarantee)
    dispute = Dispute.objects.select_for_update().get(pk=dispute_id)
    if dispute.settled_on is None:
        dispute.settled_on, dispute.outcome = on, outcome
        dispute.save(update_fields=["settled_on", "outcome"])
        data = {"invoice": invoice.number, "outcome": outcome}
        record(guarantee.request.journal_key, events.DISPUTE_SETTLED, actor=by, at=at, data=data)
    return dispute

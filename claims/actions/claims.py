"""The claim from its opening to its closing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from applications.exposure import NOTHING
from claims import events
from claims.account import Account
from claims.actions.deliveries import check_may_declare, move_invoice
from claims.documents import documents_of
from claims.models import Claim, DocumentRequest, Invoice
from claims.required_documents import Completeness
from claims.workflow import CLAIM, OPEN_FILE
from journal.numbering import next_reference
from journal.recording import record
from parties.models import InsurerRole, User
from underwriting.actions.guarantees import locked as locked_guarantee
from unlockfocus.errors import BusinessRule, IllegalTransition

CLAIMS_PEOPLE = (InsurerRole.CLAIMS_HANDLER, InsurerRole.CLAIMS_APPROVER)


class NotAllowed(BusinessRule):
    """The person does not hold the duty this act needs."""


class NothingToClaim(BusinessRule):
    """No invoice with something open was named."""


class StillEarly(BusinessRule):
    """A claim for protracted default on an invoice that is not due yet."""


class NoReason(BusinessRule):
    """An act that must say why says nothing."""


def locked(claim_id: int) -> Claim:
    """The claim, its guarantee's row locked until the transaction ends, then its own."""
    guarantee_id = Claim.objects.values_list("guarantee_id", flat=True).get(pk=claim_id)
    guarantee = locked_guarantee(guarantee_id)
    claim = Claim.objects.select_for_update(of=("self",)).get(pk=claim_id)
    claim.guarantee = guarantee
    return claim


def check_handles(user: User, *roles: str) -> None:
    """Claims people only; `roles` narrows it. Raises NotAllowed."""
    if not user.has_duty(*(roles or CLAIMS_PEOPLE)):
        raise NotAllowed(_("Only the insurer's claims people do this."))


def check_reason(reason: str) -> str:
    """The reason without the space around it; raises NoReason."""
    if not reason.strip():
        raise NoReason(_("Say why: it stays on the file."))
    return reason.strip()


def move(claim: Claim, transition: str, **fields: Any) -> None:
    """Take a transition and save named fields with it; raises IllegalTransition."""
    if not CLAIM.allows(transition, claim.status):
        raise _not_possible(claim)
    claim.status = CLAIM.target(transition)
    for name, value in fields.items():
        setattr(claim, name, value)
    claim.save(update_fields=["status", *fields])


def _not_possible(claim: Claim) -> IllegalTransition:
    return IllegalTransition(
        _("This is not possible: the claim is “%(state)s”.") % {"state": claim.get_status_display()}
    )


@transaction.atomic
def open_claim(guarantee_id: int, invoices: Sequence[Invoice], *, cause: str, by: User, at: datetime) -> Claim:
    """Claim unpaid invoices for one cause of loss. What is open on them is what is asked for.

    Raises NotYours, NothingToClaim, StillEarly, IllegalTransition for an invoice that is claimed or closed.
    """
    guarantee = locked_guarantee(guarantee_id)
    check_may_declare(by, guarantee)
    account = Account(guarantee, localdate(at))
    wanted = {invoice.pk for invoice in invoices}
    chosen = [each for each in account.invoices if each.pk in wanted and account.balance(each).open]
    if not chosen:
        raise NothingToClaim(_("Name at least one invoice on which something is open."))
    if cause == Claim.Cause.PROTRACTED_DEFAULT and any(each.due_on >= account.today for each in chosen):
        raise StillEarly(_("An invoice that is not overdue yet can be claimed only when the buyer is insolvent."))
    insolvency = account.insolvency
    claim = Claim.objects.create(
        number=next_reference("CL", at.year),
        guarantee=guarantee,
        cause=cause,
        status=Claim.Status.NOTIFIED,
        insolvency_opened_on=insolvency.opened_on if insolvency else None,
        insolvency_known_on=insolvency.known_on if insolvency else None,
        opened_by=by,
        opened_at=at,
    )
    for invoice in chosen:
        told_on = invoice.notified_on or account.today
        move_invoice(invoice, "claim", claim=claim, claimed_on=account.today, notified_on=told_on)
    amount = sum((account.balance(each).open for each in chosen), NOTHING)
    data = {"number": claim.number, "amount": amount, "cause": claim.get_cause_display()}
    record(claim.journal_key, events.CLAIM_OPENED, actor=by, at=at, data=data)
    return claim


# --- Its documents ----------------------------------------------------------------------------------------------------


@transaction.atomic
def review_documents(claim_id: int, *, at: datetime) -> Claim:
    """Bring the claim's state in line with its documents; the same again when nothing changed.

    The day on which the file was first complete is kept, and starts the insurer's time to decide; it is set anew after
    a further document was asked for, a suspension, or a reopening.
    """
    claim = locked(claim_id)
    found = _documents(claim, at)
    if found.is_complete:
        _complete(claim, at)
    elif CLAIM.allows("miss_documents", claim.status):
        is_first = claim.status == Claim.Status.NOTIFIED
        move(claim, "miss_documents")
        missing = [{"kind": each.kind, "invoice": each.invoice} for each in found.missing]
        data = {"number": claim.number, "missing": missing, "is_first": is_first}
        record(claim.journal_key, events.CLAIM_DOCUMENTS_MISSING, actor=None, at=at, data=data)
    return claim


def review_documents_of(guarantee_id: int, *, at: datetime) -> None:
    """The same for every claim of a guarantee that is not decided: a document belongs to the guarantee."""
    undecided = Claim.objects.filter(guarantee=guarantee_id, status__in=[*OPEN_FILE, Claim.Status.REOPENED])
    for claim_id in undecided.order_by("pk").values_list("pk", flat=True):
        review_documents(claim_id, at=at)


def _documents(claim: Claim, at: datetime) -> Completeness:
    account = Account(claim.guarantee, localdate(at))
    invoices = [each for each in account.invoices if each.claim_id == claim.pk]
    return documents_of(claim, account, invoices, list(claim.document_requests.select_related("invoice")))


def _complete(claim: Claim, at: datetime) -> None:
    since = at if claim.status == Claim.Status.REOPENED or claim.completed_at is None else claim.completed_at
    if CLAIM.allows("complete_documents", claim.status):
        move(claim, "complete_documents", completed_at=since)
    elif claim.status == Claim.Status.IN_COLLECTION and claim.completed_at is None:
        claim.completed_at = since
        claim.save(update_fields=["completed_at"])
    else:
        return
    record(claim.journal_key, events.CLAIM_DOCUMENTS_COMPLETE, actor=None, at=at, data={"number": claim.number})


@transaction.atomic
def ask_documents(
    claim_id: int, *, kind: str, reason: str, by: User, at: datetime, invoice: Invoice | None = None
) -> DocumentRequest:
    """Ask the insured for a further document; the file is complete again when one of that kind has come.

    Raises NotAllowed, NoReason, IllegalTransition once the claim is decided or while it is suspended.
    """
    check_handles(by)
    claim = locked(claim_id)
    if claim.status not in {*OPEN_FILE, Claim.Status.REOPENED}:
        raise _not_possible(claim)
    request = claim.document_requests.create(
        kind=kind, invoice=invoice, reason=check_reason(reason), asked_by=by, asked_at=at
    )
    claim.completed_at = None
    if CLAIM.allows("miss_documents", claim.status):
        move(claim, "miss_documents", completed_at=None)
    else:
        claim.save(update_fields=["completed_at"])
    data = {
        "number": claim.number,
        "kind": request.get_kind_display(),
        "document": kind,
        "invoice": invoice.number if invoice else "",
        "reason": request.reason,
    }
    record(claim.journal_key, events.CLAIM_DOCUMENTS_ASKED, actor=by, at=at, data=data)
    return request


# --- Its way ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def take(claim_id: int, *, by: User, at: datetime) -> Claim:
    """Take a claim into one's hands, also from a colleague; raises NotAllowed, IllegalTransition once it is closed."""
    check_handles(by)
    claim = locked(claim_id)
    if claim.status == Claim.Status.CLOSED:
        raise _not_possible(claim)
    if claim.handler_id != by.pk:
        claim.handler = by
        claim.save(update_fields=["handler"])
        data = {"number": claim.number, "handler": str(by)}
        record(claim.journal_key, events.CLAIM_TAKEN, actor=by, at=at, data=data)
    return claim


@transaction.atomic
def start_collection(claim_id: int, *, by: User, at: datetime) -> Claim:
    """Collect the debt of a complete file; raises NotAllowed, IllegalTransition."""
    check_handles(by)
    claim = locked(claim_id)
    move(claim, "collect", handler=claim.handler or by)
    record(claim.journal_key, events.CLAIM_IN_COLLECTION, actor=by, at=at, data={"number": claim.number})
    return claim


@transaction.atomic
def suspend(claim_id: int, *, reason: str, by: User, at: datetime) -> Claim:
    """Let the claim rest while the debt is disputed: no time to decide runs. Raises NotAllowed, NoReason."""
    check_handles(by)
    claim = locked(claim_id)
    data = {"number": claim.number, "reason": check_reason(reason)}
    move(claim, "suspend", completed_at=None)
    record(claim.journal_key, events.CLAIM_SUSPENDED, actor=by, at=at, data=data)
    return claim


@transaction.atomic
def resume(claim_id: int, *, by: User, at: datetime) -> Claim:
    """Go on with a suspended claim; with all documents there, its time to decide starts now."""
    check_handles(by)
    claim = locked(claim_id)
    move(claim, "resume")
    record(claim.journal_key, events.CLAIM_RESUMED, actor=by, at=at, data={"number": claim.number})
    return review_documents(claim.pk, at=at)

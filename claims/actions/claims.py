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
from claims.models import Claim, Invoice
from claims.workflow import CLAIM
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


def move(claim: Claim, transition: str, **fields: Any) -> None:
    """Take a transition and save named fields with it; raises IllegalTransition."""
    if not CLAIM.allows(transition, claim.status):
        raise IllegalTransition(
            _("This is not possible: the claim is “%(state)s”.") % {"state": claim.get_status_display()}
        )
    claim.status = CLAIM.target(transition)
    for name, value in fields.items():
        setattr(claim, name, value)
    claim.save(update_fields=["status", *fields])


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

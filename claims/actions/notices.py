"""Notices of the insured: an act on unpaid invoices, its effect as it was shown, and the receipt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from claims import events
from claims.actions.claims import open_claim
from claims.actions.deliveries import check_may_declare, move_invoice, open_dispute
from claims.actions.papers import draw_up
from claims.models import Claim, Invoice, Notice, Paper
from claims.workflow import INVOICE
from journal.numbering import next_reference
from journal.recording import record
from parties.models import User
from underwriting.actions.guarantees import locked
from unlockfocus.errors import BusinessRule


class NoInvoice(BusinessRule):
    """A notice names at least one unpaid invoice."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What is about to be sent. `answers` and `effects` are JSON-able, as the sender saw them.

    Answers by act: extension `extension_to`; instalment_plan `instalments` as [[day, amount], ...]; dispute
    `disputed_amount` and `disputed_reason`; insolvency_notice `insolvent_on` and `known_on`; claim `cause`.
    """

    act: str
    invoices: Sequence[Invoice]
    answers: Mapping[str, Any] = field(default_factory=dict)
    effects: Sequence[Any] = ()
    note: str = ""


@transaction.atomic
def send(guarantee_id: int, sending: Sending, *, by: User, at: datetime) -> Notice:
    """Send a notice: what it does to the invoices, the notice itself and its receipt are one transaction.

    Raises NotYours, NoInvoice, IllegalTransition, and what opening a claim or a dispute raises.
    """
    guarantee = locked(guarantee_id)
    check_may_declare(by, guarantee)
    wanted = [each.pk for each in sending.invoices]
    invoices = list(guarantee.invoices.select_for_update(of=("self",)).filter(pk__in=wanted).unpaid())
    if not invoices:
        raise NoInvoice(_("Name at least one unpaid invoice."))
    notice = Notice.objects.create(
        number=next_reference("NO", at.year),
        guarantee=guarantee,
        act=sending.act,
        answers=dict(sending.answers),
        effects=list(sending.effects),
        note=sending.note,
        sent_by=by,
        sent_at=at,
    )
    notice.invoices.set(invoices)
    numbers = ", ".join(each.number for each in invoices)
    data = {"act": notice.get_act_display(), "invoices": numbers, "number": notice.number}
    record(guarantee.request.journal_key, events.NOTICE_SENT, actor=by, at=at, data={**data, "kind": notice.act})
    claim = _take_effect(notice, invoices, by=by, at=at)
    facts = receipt_facts(notice, invoices, claim)
    draw_up(Paper.Kind.RECEIPT, guarantee, facts, by=by, at=at, claim=claim, notice=notice)
    return notice


def _take_effect(notice: Notice, invoices: Sequence[Invoice], *, by: User, at: datetime) -> Claim | None:
    """What the act does to the invoices; the claim, when it opens one."""
    today, answers = localdate(at), notice.answers
    match notice.act:
        case Notice.Act.EXTENSION:
            for invoice in invoices:
                move_invoice(invoice, "extend", extended_to=date.fromisoformat(answers["extension_to"]))
        case Notice.Act.INSTALMENT_PLAN:
            plan = notice.guarantee.plans.create(agreed_on=today, noted_by=by, noted_at=at)
            for day, amount in answers["instalments"]:
                plan.instalments.create(due_on=date.fromisoformat(day), amount=Decimal(amount))
        case Notice.Act.DISPUTE:
            amount, reason = Decimal(answers["disputed_amount"]), answers["disputed_reason"]
            open_dispute(invoices[0].pk, amount=amount, reason=reason, on=today, by=by, at=at)
        case Notice.Act.OVERDUE_NOTICE | Notice.Act.INSOLVENCY_NOTICE:
            for invoice in invoices:
                if INVOICE.allows("notify", invoice.status):
                    move_invoice(invoice, "notify", notified_on=today)
        case Notice.Act.CLAIM:
            return open_claim(notice.guarantee_id, invoices, cause=answers["cause"], by=by, at=at)
    return None


def receipt_facts(notice: Notice, invoices: Sequence[Invoice], claim: Claim | None) -> dict[str, Any]:
    """What a receipt says: who told what about which invoices, and when."""
    request = notice.guarantee.request
    return {
        "notice": notice.number,
        "act": notice.act,
        "sent_at": notice.sent_at.isoformat(),
        "sent_by": str(notice.sent_by),
        "insured": str(request.company),
        "buyer": str(notice.guarantee.buyer),
        "guarantee": notice.guarantee.number,
        "claim": claim.number if claim else None,
        "note": notice.note,
        "answers": notice.answers,
        "effects": notice.effects,
        "invoices": [
            {
                "number": each.number,
                "amount_eur": str(each.amount_eur),
                "due_on": each.due_on.isoformat(),
                "delivered_on": each.delivered_on.isoformat(),
            }
            for each in invoices
        ],
    }

"""Notices of the insured: an act on unpaid invoices, its effect as it was shown, and the receipt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Self

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from claims import events
from claims.account import Account
from claims.actions.claims import open_claim
from claims.actions.deliveries import check_may_declare, move_invoice, open_dispute
from claims.actions.papers import draw_up
from claims.advice import Act
from claims.clocks import DUTIES
from claims.foresight import CLAIMED, Foresight, answers_from_facts, effects_as_facts
from claims.models import Claim, Evidence, Invoice, Notice, Paper
from claims.papers.parties import parties_of
from claims.workflow import INVOICE
from journal.numbering import next_reference
from journal.recording import record
from parties.models import User
from underwriting.actions.guarantees import locked
from underwriting.actions.incidents import note_insolvency
from underwriting.models import Guarantee
from unlockfocus.errors import BusinessRule

RECEIPT_FORMAT = "unlock-focus-receipt/1"

# The same notice from the same person within this time is the same press of a button.
ONE_PRESS = timedelta(minutes=10)


class NoInvoice(BusinessRule):
    """A notice names at least one unpaid invoice."""


class AlreadyTold(BusinessRule):
    """The insurer knows: the notice was given on all of these invoices, or of this insolvency, before."""


class AlreadyClaimed(BusinessRule):
    """After the claim nothing is agreed with the buyer without the insurer."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What is about to be sent. `answers` are JSON-able, as the sender gave them.

    Answers by act: extension `extension_to`; instalment_plan `instalments` as [[day, amount], ...]; dispute
    `disputed_amount` and `disputed_reason`; insolvency_notice `insolvent_on` and `known_on`; claim `cause`.
    """

    act: str
    invoices: Sequence[Invoice]
    answers: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    documents: Sequence[Evidence] = ()

    def with_documents(self, documents: Sequence[Evidence]) -> Self:
        """The same with the documents that go with it."""
        return replace(self, documents=documents)


@transaction.atomic
def send(guarantee_id: int, sending: Sending, *, by: User, at: datetime) -> Notice:
    """Send a notice: what it does to the invoices, the notice itself and its receipt are one transaction.

    Pressed twice it is sent once. Raises NotYours, NoInvoice, AlreadyTold, AlreadyClaimed, IllegalTransition, and what
    opening a claim or a dispute raises.
    """
    guarantee = locked(guarantee_id)
    check_may_declare(by, guarantee)
    wanted = [each.pk for each in sending.invoices]
    invoices = list(guarantee.invoices.select_for_update(of=("self",)).filter(pk__in=wanted).unpaid())
    if not invoices:
        raise NoInvoice(_("Name at least one unpaid invoice."))
    pressed = just_sent(guarantee, sending, by=by, at=at)
    if pressed:
        return pressed
    account = Account(guarantee, localdate(at))
    _check_is_news(sending.act, invoices, account)
    foreseen = Foresight(account, invoices, answers_from_facts(sending.answers)).effects(Act(sending.act))
    balances = {each.number: account.ledger.balances[each.number].open for each in invoices}
    notice = Notice.objects.create(
        number=next_reference("NO", at.year),
        guarantee=guarantee,
        act=sending.act,
        answers=dict(sending.answers),
        effects=effects_as_facts(foreseen),
        note=sending.note,
        sent_by=by,
        sent_at=at,
    )
    notice.invoices.set(invoices)
    numbers = ", ".join(each.number for each in invoices)
    data = {"act": notice.get_act_display(), "invoices": numbers, "number": notice.number}
    record(guarantee.request.journal_key, events.NOTICE_SENT, actor=by, at=at, data={**data, "kind": notice.act})
    claim = _take_effect(notice, invoices, by=by, at=at)
    facts = receipt_facts(notice, invoices, claim, balances, sending.documents)
    draw_up(Paper.Kind.RECEIPT, guarantee, facts, by=by, at=at, claim=claim, notice=notice)
    return notice


def just_sent(guarantee: Guarantee, sending: Sending, *, by: User, at: datetime) -> Notice | None:
    """The notice that this press repeats: a person pressed twice, or the answer to the first press was lost."""
    wanted = {each.pk for each in sending.invoices}
    recent = guarantee.notices.filter(
        act=sending.act, sent_by=by, sent_at__gt=at - ONE_PRESS, answers=dict(sending.answers), note=sending.note
    )
    found = (each for each in recent if {row.pk for row in each.invoices.all()} == wanted)
    return next(found, None)


def _check_is_news(act: str, invoices: Sequence[Invoice], account: Account) -> None:
    """Raises AlreadyTold for what the insurer knows, AlreadyClaimed for an agreement after the claim."""
    numbers = ", ".join(each.number for each in invoices)
    if act == Act.OVERDUE_NOTICE and not any(INVOICE.allows("notify", each.status) for each in invoices):
        raise AlreadyTold(_("You gave this notice already: %(invoices)s.") % {"invoices": numbers})
    if act == Act.INSOLVENCY_NOTICE and account.insolvency is not None:
        raise AlreadyTold(_("You told us of these proceedings already."))
    if act in {Act.EXTENSION, Act.INSTALMENT_PLAN} and any(each.status in CLAIMED for each in invoices):
        raise AlreadyClaimed(
            _("%(invoices)s is claimed: ask us before you agree to anything with the buyer.") % {"invoices": numbers}
        )


def _take_effect(notice: Notice, invoices: Sequence[Invoice], *, by: User, at: datetime) -> Claim | None:
    """What the act does to the invoices; the claim, when it opens one."""
    today, answers = localdate(at), notice.answers
    match notice.act:
        case Notice.Act.EXTENSION:
            for invoice in invoices:
                extend(invoice, date.fromisoformat(answers["extension_to"]))
        case Notice.Act.INSTALMENT_PLAN:
            _agree_plan(notice, invoices, by=by, at=at)
        case Notice.Act.DISPUTE:
            amount, reason = Decimal(answers["disputed_amount"]), answers["disputed_reason"]
            open_dispute(invoices[0].pk, amount=amount, reason=reason, on=today, by=by, at=at)
        case Notice.Act.OVERDUE_NOTICE | Notice.Act.INSOLVENCY_NOTICE:
            for invoice in invoices:
                if INVOICE.allows("notify", invoice.status):
                    move_invoice(invoice, "notify", notified_on=today)
            if notice.act == Notice.Act.INSOLVENCY_NOTICE:
                note_insolvency(notice.guarantee, date.fromisoformat(answers["insolvent_on"]), at=at)
        case Notice.Act.CLAIM:
            return open_claim(notice.guarantee_id, invoices, cause=answers["cause"], by=by, at=at)
    return None


def _agree_plan(notice: Notice, invoices: Sequence[Invoice], *, by: User, at: datetime) -> None:
    """A plan gives its invoices time until the last instalment."""
    instalments = [(date.fromisoformat(day), Decimal(amount)) for day, amount in notice.answers["instalments"]]
    plan = notice.guarantee.plans.create(agreed_on=localdate(at), noted_by=by, noted_at=at)
    for due_on, amount in instalments:
        plan.instalments.create(due_on=due_on, amount=amount)
    for invoice in invoices:
        extend(invoice, max(due_on for due_on, _amount in instalments))


def extend(invoice: Invoice, until: date) -> None:
    """Grant more time until a day. An invoice already extended or notified keeps that state; consent covers its day."""
    consented = bool(invoice.extension_consented and invoice.extended_to and until <= invoice.extended_to)
    if INVOICE.allows("extend", invoice.status):
        move_invoice(invoice, "extend", extended_to=until, extension_consented=consented)
    else:
        invoice.extended_to, invoice.extension_consented = until, consented
        invoice.save(update_fields=["extended_to", "extension_consented"])


def receipt_facts(
    notice: Notice,
    invoices: Sequence[Invoice],
    claim: Claim | None,
    balances: Mapping[str, Decimal],
    documents: Sequence[Evidence] = (),
) -> dict[str, Any]:
    """What a receipt says: who told what about which invoices and when, what it does, and which duties come next.

    `balances` are what was open on each invoice, EUR; read after the act took effect.
    """
    account = Account(notice.guarantee, localdate(notice.sent_at))
    told = {each.number for each in invoices} | {""}
    return {
        "format": RECEIPT_FORMAT,
        **parties_of(notice.guarantee),
        "notice": notice.number,
        "act": notice.act,
        "sent_at": notice.sent_at.isoformat(),
        "sender": str(notice.sent_by),
        "claim": claim.number if claim else None,
        "note": notice.note,
        "answers": notice.answers,
        "effects": notice.effects,
        "invoices": [
            {
                "number": each.number,
                "amount_eur": str(each.amount_eur),
                "open_eur": str(balances[each.number]),
                "due_on": each.due_on.isoformat(),
                "delivered_on": each.delivered_on.isoformat(),
            }
            for each in invoices
        ],
        "documents": [{"name": each.name, "sha256": each.sha256} for each in documents],
        "deadlines": [
            {"kind": each.kind.value, "subject": each.subject, "due_by": each.on.isoformat()}
            for each in account.deadlines
            if each.kind in DUTIES and each.subject in told and each.done_on is None and each.closed_on is None
        ],
    }

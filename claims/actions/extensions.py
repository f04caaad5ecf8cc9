"""An extension that needs the insurer's consent: asked by the insured, agreed to or declined by the claims people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from claims import events
from claims.actions.claims import check_handles
from claims.actions.deliveries import check_may_declare, move_invoice
from claims.models import Invoice
from claims.workflow import INVOICE
from journal.models import Entry
from journal.recording import record
from parties.models import User
from underwriting.actions.guarantees import locked
from underwriting.models import Guarantee
from unlockfocus.errors import BusinessRule

ANSWERS = (events.EXTENSION_AGREED, events.EXTENSION_DECLINED)


class AlreadyAnswered(BusinessRule):
    """The question was answered before."""


@dataclass(frozen=True)
class Asked:
    """A question for consent as the journal keeps it."""

    entry: Entry
    guarantee: Guarantee
    invoices: list[Invoice]
    until: date
    reason: str
    answer: Entry | None


@transaction.atomic
def ask_for_consent(
    guarantee_id: int, invoices: Sequence[Invoice], *, until: date, reason: str, by: User, at: datetime
) -> Entry:
    """Ask the claims people to agree to a later day. Asked again while unanswered, it is the same question."""
    guarantee = locked(guarantee_id)
    check_may_declare(by, guarantee)
    numbers = ", ".join(each.number for each in invoices)
    facts = {"guarantee": guarantee.number, "invoices": numbers, "until": until.isoformat()}
    key = guarantee.request.journal_key
    asked = Entry.objects.filter(
        file__key=key, event=events.EXTENSION_ASKED, data__invoices=numbers, data__until=facts["until"]
    ).last()
    if asked and answer_to(asked) is None:
        return asked
    data = {**facts, "ids": [each.pk for each in invoices], "reason": reason}
    return record(key, events.EXTENSION_ASKED, actor=by, at=at, data=data)


def asked_in(entry_id: int) -> Asked:
    """The question of a journal entry; raises Entry.DoesNotExist."""
    entry = Entry.objects.select_related("file", "actor").get(pk=entry_id, event=events.EXTENSION_ASKED)
    guarantee = Guarantee.objects.select_related("offer__request__company", "buyer").get(number=entry.data["guarantee"])
    return Asked(
        entry=entry,
        guarantee=guarantee,
        invoices=list(guarantee.invoices.filter(pk__in=entry.data["ids"])),
        until=date.fromisoformat(entry.data["until"]),
        reason=entry.data["reason"],
        answer=answer_to(entry),
    )


def answer_to(asked: Entry) -> Entry | None:
    """The entry that answered the question; None while it is open."""
    return Entry.objects.filter(Q(event__in=ANSWERS), file_id=asked.file_id, data__asked=asked.number).first()


@transaction.atomic
def consent_to_extension(entry_id: int, *, by: User, at: datetime) -> None:
    """Agree: the invoices are extended to the day asked for, and stay in cover beyond the day without consent."""
    check_handles(by)
    asked = _open_question(entry_id)
    for invoice in asked.invoices:
        if INVOICE.allows("extend", invoice.status):
            move_invoice(invoice, "extend", extended_to=asked.until, extension_consented=True)
        else:
            invoice.extended_to, invoice.extension_consented = asked.until, True
            invoice.save(update_fields=["extended_to", "extension_consented"])
    record(asked.entry.file.key, events.EXTENSION_AGREED, actor=by, at=at, data=_answer_data(asked))


@transaction.atomic
def decline_extension(entry_id: int, *, reason: str, by: User, at: datetime) -> None:
    """Refuse consent with a reason the insured reads; nothing changes on the invoices."""
    check_handles(by)
    asked = _open_question(entry_id)
    data = {**_answer_data(asked), "reason": reason}
    record(asked.entry.file.key, events.EXTENSION_DECLINED, actor=by, at=at, data=data)


def _open_question(entry_id: int) -> Asked:
    """The question with its guarantee locked; raises AlreadyAnswered."""
    guarantee = locked(asked_in(entry_id).guarantee.pk)
    asked = asked_in(entry_id)
    if asked.answer:
        raise AlreadyAnswered(_("This question was answered already."))
    return Asked(asked.entry, guarantee, asked.invoices, asked.until, asked.reason, None)


def _answer_data(asked: Asked) -> dict[str, object]:
    return {
        "asked": asked.entry.number,
        "guarantee": asked.guarantee.number,
        "invoices": ", ".join(each.number for each in asked.invoices),
        "until": asked.until.isoformat(),
    }

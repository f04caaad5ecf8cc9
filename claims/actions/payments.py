"""Paying: approved indemnities become a payment order; what the bank answers is looked at, then counted once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.timezone import get_default_timezone, localdate
from django.utils.translation import gettext as _

from claims import events
from claims.actions import claims
from claims.actions.accounts import locked_owner, masked
from claims.actions.deliveries import move_invoice
from claims.actions.indemnity_moves import move, record_move
from claims.calendars import next_working_day
from claims.models import BankAnswer, BankFile, Claim, Indemnity, PayingAccount, PaymentFile
from claims.payees import Payee, payees_of
from claims.payment_files import camt, pain001
from claims.payment_files.camt import Confirmation
from claims.settlement_words import UNREADABLE, order_refusal
from claims.workflow import CLAIM, INDEMNITY, INVOICE
from journal.numbering import next_reference
from parties.models import User
from underwriting.actions.guarantees import locked as locked_guarantee
from underwriting.actions.screening import screen_all
from underwriting.list_standing import standing
from underwriting.models import Screening
from underwriting.screened_parties import holder_of_account, parties_of
from underwriting.screening_gate import sentence, unsearched
from unlockfocus.errors import BusinessRule

_PARTIES = (
    "guarantee__offer__request__company",
    "guarantee__offer__request__buyer",
    "guarantee__offer__request__loss_payee",
)
PAYABLE = (Indemnity.Status.APPROVED, Indemnity.Status.FAILED)
EUR = "EUR"
# A draft has no number of its own: numbers are taken in turn, and only by orders that are sent.
UNNUMBERED = "DRAFT"


class NothingToPay(BusinessRule):
    """None of the indemnities named awaits payment."""


class Blocked(BusinessRule):
    """An account is missing or not confirmed, or compliance has something against paying it."""


class NoPayingAccount(BusinessRule):
    """The insurer's own account is not set."""


class OrderRefused(BusinessRule):
    """No bank would carry this order out."""


class OrderMoved(BusinessRule):
    """What would be sent is not what was shown."""


class UnreadableAnswer(BusinessRule):
    """The file is no confirmation of a bank."""


class AnswerMoved(BusinessRule):
    """What the bank's file would do is not what was shown."""


# --- Ordering ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Draft:
    """An order that is not sent: the indemnities with their payees, and the transfers as the bank would read them."""

    order: pain001.PaymentOrder
    paid: tuple[tuple[Indemnity, Payee], ...]

    @property
    def mark(self) -> str:
        """SHA-256 over all that leaves the account: what was shown is what is sent when both have the same."""
        order = self.order
        return sha256(repr((order.execution_on, order.debtor, order.transfers)).encode()).hexdigest()


def preview(indemnity_ids: Iterable[int], *, by: User, at: datetime) -> Draft:
    """The order `make` would send now. Changes nothing; raises what `make` raises."""
    claims.check_handles(by)
    rows = Indemnity.objects.filter(pk__in=list(indemnity_ids)).select_related("claim", *_PARTIES)
    indemnities = list(rows.order_by("pk"))
    return _draft(indemnities, payees_of([each.guarantee for each in indemnities]), at)


def make(indemnity_ids: Iterable[int], *, by: User, at: datetime, seen: str = "") -> PaymentFile:
    """Order the payment of approved indemnities: one file for the bank, each paid to a confirmed account.

    Here, and nowhere else, it is decided that money leaves. Everybody who takes part, or whose name stands on an
    account, is screened first. `seen` is the mark of the draft that was shown. Raises NotAllowed, NothingToPay,
    Blocked, NoPayingAccount, OrderRefused, OrderMoved.
    """
    claims.check_handles(by)
    chosen = list(indemnity_ids)
    _screen(chosen, at)
    return _make(chosen, by=by, at=at, seen=seen)


def _screen(indemnity_ids: Sequence[int], at: datetime) -> None:
    """Compare with the sanctions lists all who take part in these payments, each once."""
    rows = Indemnity.objects.filter(pk__in=indemnity_ids).select_related(*_PARTIES)
    guarantees = [each.guarantee for each in rows]
    parties = [party for each in guarantees for party in parties_of(each.request)]
    payees = payees_of(guarantees).values()
    others = {payee.account.holder for payee in payees if payee.account and payee.account.holder != payee.name}
    parties += [holder_of_account(name) for name in sorted(others)]
    screen_all({party.pk: party for party in parties}.values(), Screening.Moment.PAYMENT, at=at)


@transaction.atomic
def _make(indemnity_ids: Sequence[int], *, by: User, at: datetime, seen: str) -> PaymentFile:
    indemnities = _locked(Indemnity.objects.filter(pk__in=indemnity_ids))
    draft = _draft(indemnities, _locked_payees(indemnities), at)
    if seen and seen != draft.mark:
        raise OrderMoved(_("The order is no longer what you saw. Look at it once more."))
    return _send(draft, by=by, at=at)


def _locked(found: Any) -> list[Indemnity]:
    """The indemnities with their claims, oldest first; rows of guarantees are locked first, then claims, then these."""
    named = sorted(set(found.values_list("guarantee_id", "claim_id", "pk")))
    guarantees = {key: locked_guarantee(key) for key in sorted({guarantee for guarantee, _claim, _pk in named})}
    keys = sorted({claim for _guarantee, claim, _pk in named})
    rows = {each.pk: each for each in Claim.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")}
    indemnities = Indemnity.objects.select_for_update(of=("self",)).filter(pk__in=[pk for _g, _c, pk in named])
    locked = list(indemnities.order_by("pk"))
    for each in locked:
        each.claim, each.guarantee = rows[each.claim_id], guarantees[each.guarantee_id]
        each.claim.guarantee = each.guarantee
    return locked


def _locked_payees(indemnities: Sequence[Indemnity]) -> dict[int, Payee]:
    """The payees with their accounts, which cannot change until the transaction ends."""
    guarantees = [each.guarantee for each in indemnities]
    owners = {(type(payee.owner).__name__, payee.owner.pk): payee.owner for payee in payees_of(guarantees).values()}
    for _key, owner in sorted(owners.items(), key=lambda each: each[0]):
        locked_owner(owner)
    return payees_of(guarantees)


def _draft(indemnities: Sequence[Indemnity], payees: dict[int, Payee], at: datetime) -> Draft:
    if not indemnities or any(each.status not in PAYABLE for each in indemnities):
        raise NothingToPay(_("Choose at least one indemnity that is approved and not yet ordered."))
    paid = tuple((each, payees[each.guarantee_id]) for each in indemnities)
    for indemnity, payee in paid:
        if reason := payee.blocked_by:
            facts = {"number": indemnity.number, "payee": payee.name, "reason": reason}
            raise Blocked(_("%(number)s cannot be paid to %(payee)s. %(reason)s") % facts)
    if lists := unsearched(standing(at)):
        raise Blocked(sentence((), lists))
    account = PayingAccount.objects.in_force(localdate(at)).first()
    if account is None:
        raise NoPayingAccount(_("The account indemnities are paid from is not set: add it under “Paying accounts”."))
    order = pain001.PaymentOrder(
        message_id=UNNUMBERED,
        created_at=at,
        execution_on=next_working_day(localdate(at), settings.INSURER_COUNTRY),
        debtor=pain001.Debtor(account.name, account.iban, account.bic),
        transfers=tuple(_transfer(indemnity, payee) for indemnity, payee in paid),
    )
    try:
        return Draft(pain001.check(order), paid)
    except pain001.RefusedOrder as refused:
        raise OrderRefused(order_refusal(refused.transfer, refused.field, refused.reason)) from refused


def _send(draft: Draft, *, by: User, at: datetime) -> PaymentFile:
    order = replace(draft.order, message_id=next_reference("PF", at.year))
    xml = pain001.write(order.message_id, order.created_at, order.execution_on, order.debtor, order.transfers)
    file = PaymentFile.objects.create(
        message_id=order.message_id,
        xml=xml,
        sha256=sha256(xml).hexdigest(),
        total=order.total,
        execution_on=order.execution_on,
        made_by=by,
        made_at=at,
    )
    for indemnity, payee in draft.paid:
        assert payee.account is not None  # noqa: S101 - nothing blocks it
        fields = {"payment_file": file, "account": payee.account, "payee": payee.name[:70], "bank_message": ""}
        move(indemnity, "order", **fields)
        iban = masked(payee.account.iban)
        record_move(events.INDEMNITY_ORDERED, indemnity, by=by, at=at, file=order.message_id, iban=iban)
    return file


def _transfer(indemnity: Indemnity, payee: Payee) -> pain001.Transfer:
    assert payee.account is not None  # noqa: S101 - nothing blocks it
    return pain001.Transfer(
        end_to_end_id=indemnity.number,
        amount=indemnity.amount,
        creditor_name=payee.account.holder,
        creditor_iban=payee.account.iban,
        creditor_bic=payee.account.bic,
        remittance=f"Indemnity {indemnity.number} claim {indemnity.claim} guarantee {indemnity.guarantee}",
    )


# --- What the bank answers --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Match:
    """One line of the bank's file: what it is about, and what confirming the file does with it.

    `does` is paid, failed or nothing; for nothing, `why` is a key: accepted, known, unknown, other_account, amount,
    earlier_order or state.
    """

    line: Confirmation
    indemnities: tuple[Indemnity, ...]
    does: str
    why: str = ""


def keep_answer(name: str, data: bytes, *, by: User, at: datetime) -> BankFile:
    """Keep what the bank sent, unread by the books; the same bytes are kept once. Raises UnreadableAnswer."""
    claims.check_handles(by)
    _lines(data)
    fields = {"name": name[:200], "xml": data, "uploaded_by": by, "uploaded_at": at}
    return BankFile.objects.get_or_create(sha256=sha256(data).hexdigest(), defaults=fields)[0]


def _lines(data: bytes) -> tuple[Confirmation, ...]:
    try:
        return camt.read_confirmation(data)
    except camt.UnreadableStatement as error:
        text = _("This is not a confirmation we can read (camt.053, camt.054 or pain.002): %(where)s.")
        where = ", ".join(filter(None, [str(UNREADABLE[error.reason]), error.where]))
        raise UnreadableAnswer(text % {"where": where}) from error


def matches(file: BankFile) -> list[Match]:
    """What each line of the file would do now, in the file's order. Changes nothing."""
    lines = _lines(bytes(file.xml))
    return _Matching(lines, list(_named(lines).select_related("payment_file", "claim"))).result()


def _named(lines: Sequence[Confirmation]) -> Any:
    """Every indemnity the lines may be about: by its own number, or by the order it was paid with."""
    numbers = [line.end_to_end_id for line in lines if line.end_to_end_id]
    orders = [line.order_id for line in lines if line.order_id and line.unmatched]
    by_number = Indemnity.objects.filter(number__in=numbers)
    return by_number | Indemnity.objects.filter(payment_file__message_id__in=orders)


class _Matching:
    """Reads the lines one after the other: what the first does to an indemnity, the next one finds."""

    def __init__(self, lines: Sequence[Confirmation], indemnities: Sequence[Indemnity]) -> None:
        self.lines = lines
        self.indemnities = indemnities
        self.status = {each.pk: str(each.status) for each in indemnities}
        self.own_accounts = set(PayingAccount.objects.values_list("iban", flat=True))
        orders = [line.order_id for line in lines if line.order_id]
        self.orders = set(PaymentFile.objects.filter(message_id__in=orders).values_list("message_id", flat=True))
        counted = BankAnswer.objects.filter(indemnity__in=self.status)
        self.counted = set(counted.values_list("indemnity_id", "line"))

    def result(self) -> list[Match]:
        return [self._match(line) for line in self.lines]

    def _match(self, line: Confirmation) -> Match:
        about = tuple(each for each in self.indemnities if self._is_about(line, each))
        why = self._why_nothing(line, about)
        if why:
            return Match(line, about, "nothing", why)
        transition, does = ("confirm", "paid") if line.status == "paid" else ("fail", "failed")
        movable = tuple(each for each in about if INDEMNITY.allows(transition, self.status[each.pk]))
        if not movable:
            return Match(line, about, "nothing", "state")
        for each in movable:
            self.status[each.pk] = INDEMNITY.target(transition)
            self.counted.add((each.pk, mark_of(line)))
        return Match(line, movable, does)

    @staticmethod
    def _is_about(line: Confirmation, indemnity: Indemnity) -> bool:
        if not line.unmatched:
            return indemnity.number == line.end_to_end_id
        order = indemnity.payment_file.message_id if indemnity.payment_file else ""
        return bool(line.order_id) and line.order_id == order

    def _why_nothing(self, line: Confirmation, about: Sequence[Indemnity]) -> str:
        if not about:
            return "unknown"
        if line.account_iban and line.account_iban not in self.own_accounts:
            return "other_account"
        if all((each.pk, mark_of(line)) in self.counted for each in about):
            return "known"
        if line.amount is not None and (line.amount, line.currency) != (sum(each.amount for each in about), EUR):
            return "amount"
        if line.status == "paid" and line.amount is None:
            return "amount"
        if any(self._is_of_earlier_order(line, each.payment_file) for each in about):
            return "earlier_order"
        return "accepted" if line.status == "accepted" else ""

    def _is_of_earlier_order(self, line: Confirmation, file: PaymentFile | None) -> bool:
        """It names another order of ours, or was booked before this one was made."""
        if file is None:
            return False
        named_another = line.order_id in self.orders and line.order_id != file.message_id
        return named_another or (line.booked_on is not None and line.booked_on < localdate(file.made_at))


def mark_of(line: Confirmation) -> str:
    """What makes a line the same in two files: SHA-256 over what it says."""
    facts = (
        line.end_to_end_id,
        line.order_id,
        line.status,
        str(line.amount),
        str(line.booked_on),
        line.bank_reference,
        line.reason,
    )
    return sha256("\x1f".join(facts).encode()).hexdigest()


def mark_of_answer(found: Sequence[Match]) -> str:
    """SHA-256 over what confirming would do, line by line."""
    does = [(mark_of(each.line), each.does, each.why, [row.pk for row in each.indemnities]) for each in found]
    return sha256(repr(does).encode()).hexdigest()


@transaction.atomic
def confirm(file_id: int, *, by: User, at: datetime, seen: str = "") -> list[Match]:
    """Count what the file says: paid, or failed with the bank's reason. Twice is once.

    `seen` is the mark of what was shown. Raises NotAllowed, AnswerMoved.
    """
    claims.check_handles(by)
    file = BankFile.objects.select_for_update(of=("self",)).get(pk=file_id)
    lines = _lines(bytes(file.xml))
    found = _Matching(lines, _locked(_named(lines))).result()
    if seen and seen != mark_of_answer(found):
        raise AnswerMoved(_("The file would no longer do what you saw. Look at it once more."))
    for match in found:
        for indemnity in match.indemnities if match.does != "nothing" else ():
            _count(match, indemnity, file, by=by, at=at)
    if file.confirmed_at is None:
        file.confirmed_by, file.confirmed_at = by, at
        file.save(update_fields=["confirmed_by", "confirmed_at"])
    return found


def _count(match: Match, indemnity: Indemnity, file: BankFile, *, by: User, at: datetime) -> None:
    line = match.line
    reason = line.reason[:300] or _("The bank gave no reason.")
    if match.does == "paid":
        paid_on = line.booked_on or localdate(at)
        move(indemnity, "confirm", paid_on=paid_on, bank_message="")
        record_move(events.INDEMNITY_PAID, indemnity, by=by, at=at, paid_on=paid_on.isoformat())
        finish_claim(indemnity.claim, paid_on=paid_on)
    else:
        move(indemnity, "fail", paid_on=None, bank_message=reason)
        record_move(events.INDEMNITY_FAILED, indemnity, by=by, at=at, reason=reason)
        _fall_back(indemnity.claim)
    indemnity.answers.create(
        file=file, line=mark_of(line), status=match.does, booked_on=line.booked_on, reason=line.reason[:300]
    )


def finish_claim(claim: Claim, *, paid_on: date) -> None:
    """Once everything signed on an approved claim is paid: the claim is paid, its covered invoices are indemnified."""
    signed = claim.indemnities.filter(status__in=Indemnity.COMMITTED)
    if not CLAIM.allows("pay", claim.status) or signed.exclude(status=Indemnity.Status.PAID).exists():
        return
    covered = {number for each in signed for number in each.calculation["case"]["covered"]}
    claims.move(claim, "pay", paid_at=datetime.combine(paid_on, time(12), tzinfo=get_default_timezone()))
    for invoice in claim.invoices.select_for_update(of=("self",)):
        if invoice.number in covered and INVOICE.allows("indemnify", invoice.status):
            move_invoice(invoice, "indemnify")


def _fall_back(claim: Claim) -> None:
    """A payment came back after the claim counted as paid."""
    if CLAIM.allows("fall_back", claim.status):
        claims.move(claim, "fall_back", paid_at=None)
        for invoice in claim.invoices.select_for_update(of=("self",)):
            if invoice.status == "indemnified":
                move_invoice(invoice, "reopen")

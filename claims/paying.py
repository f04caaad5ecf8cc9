"""What is owed on approved indemnities, what is on its way, what the bank answered, which accounts wait. Read only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet, Sum
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from applications.exposure import NOTHING
from claims.actions.indemnities import pay_by
from claims.actions.payments import PAYABLE, Match, mark_of
from claims.models import BankAccount, BankFile, Indemnity, PaymentFile
from claims.payees import Payee, payees_of
from claims.settlement_words import SETTLED_LINES
from parties.models import Bank, Company
from unlockfocus.templatetags.face import money

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Owed:
    """An indemnity not paid yet, its payee as of now, and the last day to pay it in time."""

    indemnity: Indemnity
    payee: Payee
    by: date

    @property
    def amount(self) -> Decimal:
        return self.indemnity.amount

    @property
    def is_payable(self) -> bool:
        return not self.payee.blocked_by


@dataclass(frozen=True)
class Payments:
    """Everything the room of payments shows; `owed` and `underway` hold what is owed first before the rest."""

    owed: list[Owed]
    underway: list[Owed]
    orders: "Page[PaymentFile]"
    answers: "Page[BankFile]"
    today: date

    @property
    def owed_total(self) -> Decimal:
        return total_of(self.owed)

    @property
    def underway_total(self) -> Decimal:
        return total_of(self.underway)

    @property
    def payable(self) -> list[Owed]:
        return [each for each in self.owed if each.is_payable]

    @property
    def late(self) -> int:
        """How many are not paid though their day has passed, ordered or not."""
        return sum(each.by < self.today for each in (*self.owed, *self.underway))


def payments_at(now: datetime, *, orders: str = "", answers: str = "") -> Payments:
    """As it stands now, with these pages of the files: seven queries, however many indemnities and files."""
    rows = _unpaid().filter(status__in=[*PAYABLE, Indemnity.Status.ORDERED])
    found = _owed(rows.select_related("claim__guarantee__buyer", "account", "payment_file"))
    return Payments(
        owed=[each for each in found if each.indemnity.status in PAYABLE],
        underway=[each for each in found if each.indemnity.status == Indemnity.Status.ORDERED],
        orders=Paginator(_orders(), SHOWN).get_page(orders),
        answers=Paginator(_answers(), SHOWN).get_page(answers),
        today=localdate(now),
    )


def _orders() -> "QuerySet[PaymentFile]":
    """Newest first, with what of each is paid."""
    paid = Sum("indemnities__amount", filter=Q(indemnities__status=Indemnity.Status.PAID))
    return PaymentFile.objects.select_related("made_by").defer("xml").annotate(paid=paid).order_by("-pk")


def _answers() -> "QuerySet[BankFile]":
    """Those nobody confirmed, then the newest."""
    rows = BankFile.objects.select_related("uploaded_by", "confirmed_by").defer("xml")
    return rows.order_by(F("confirmed_at").desc(nulls_first=True), "-pk")


def owed_at_all() -> list[Owed]:
    """What was approved, or came back, and is not ordered."""
    return _owed(_unpaid().filter(status__in=PAYABLE))


def _unpaid() -> "QuerySet[Indemnity]":
    return Indemnity.objects.select_related(
        "guarantee__offer__request__company", "guarantee__offer__request__loss_payee"
    )


def _owed(rows: Iterable[Indemnity]) -> list[Owed]:
    indemnities = list(rows)
    payees = payees_of([each.guarantee for each in indemnities])
    found = [Owed(each, payees[each.guarantee_id], owed_by(each)) for each in indemnities]
    return sorted(found, key=lambda each: (each.by, each.indemnity.pk))


def owed_by(indemnity: Indemnity) -> date:
    """The last day to pay a signed indemnity in time."""
    assert indemnity.signed_at is not None  # noqa: S101 - a constraint of the table
    by: date = pay_by(indemnity.guarantee, indemnity.signed_at)
    return by


def total_of(owed: Iterable[Owed]) -> Decimal:
    return sum((each.amount for each in owed), NOTHING)


# --- On the desk's front page -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MoneyWaiting:
    """What waits for claims people about money: indemnities, files of the bank, accounts."""

    owed: list[Owed]
    answers: int
    accounts: int
    today: date

    def __bool__(self) -> bool:
        return bool(self.owed or self.answers or self.accounts)

    @property
    def total(self) -> Decimal:
        return total_of(self.owed)

    @property
    def late(self) -> int:
        return sum(each.by < self.today for each in self.owed)


def money_waiting(now: datetime) -> MoneyWaiting:
    """Four queries, however many rows."""
    return MoneyWaiting(
        owed=owed_at_all(),
        answers=BankFile.objects.filter(confirmed_at=None).count(),
        accounts=pending_accounts().count(),
        today=localdate(now),
    )


# --- A file of the bank -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One line of the bank's file; `counted` says what it moved when the file was confirmed: paid, failed or ""."""

    match: Match
    counted: str = ""

    @property
    def tone(self) -> str:
        """What somebody must find out stands out."""
        does = self.counted or self.match.does
        if does == "nothing":
            return "neutral" if self.match.why in SETTLED_LINES else "caution"
        return "good" if does == "paid" else "danger"


def answer_lines(file: BankFile, found: Iterable[Match]) -> list[AnswerLine]:
    """The lines of the file, those first that move an indemnity or moved one, then those somebody must look into."""
    counted = {(each.indemnity_id, each.line): each.status for each in file.answers.all()}
    lines = [AnswerLine(match, _take(match, counted)) for match in found]
    order = {"good": 0, "danger": 0, "caution": 1, "neutral": 2}
    return sorted(lines, key=lambda each: order[each.tone])


def _take(match: Match, counted: dict[tuple[int, str], str]) -> str:
    """What the line moved; a line that stands in the file twice moved it once."""
    mark = mark_of(match.line)
    found = [counted.pop((each.pk, mark), "") for each in match.indemnities]
    return next((each for each in found if each), "")


def effect_of(found: Iterable[Match]) -> str:
    """What confirming does, in one sentence without its full stop."""
    moved = [(each.does, row.amount) for each in found if each.does != "nothing" for row in each.indemnities]
    facts = _sums(moved)
    if "paid" in facts and "failed" in facts:
        return _("%(paid)s counts as paid, %(failed)s as returned") % facts
    if "paid" in facts:
        return _("%(paid)s counts as paid") % facts
    if "failed" in facts:
        return _("%(failed)s counts as returned") % facts
    return _("Nothing changes")


def effect_had(file: BankFile) -> str:
    """What confirming the file did, likewise."""
    facts = _sums((each.status, each.indemnity.amount) for each in file.answers.select_related("indemnity"))
    if "paid" in facts and "failed" in facts:
        return _("%(paid)s was counted as paid, %(failed)s as returned") % facts
    if "paid" in facts:
        return _("%(paid)s was counted as paid") % facts
    if "failed" in facts:
        return _("%(failed)s was counted as returned") % facts
    return _("Nothing changed")


def _sums(moved: Iterable[tuple[str, Decimal]]) -> dict[str, str]:
    totals: dict[str, Decimal] = {}
    for does, amount in moved:
        totals[does] = totals.get(does, NOTHING) + amount
    return {does: money(total) for does, total in totals.items()}


# --- Accounts ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PendingAccount:
    """An account nobody confirmed yet, the one in use before it, and what waits to be paid to it; EUR."""

    account: BankAccount
    before: BankAccount | None
    waits: Decimal


def pending_accounts() -> "QuerySet[BankAccount]":
    """Those that await confirmation, longest first."""
    rows = BankAccount.objects.filter(confirmed_at=None, ended_at=None)
    return rows.select_related("company", "bank", "proposed_by").order_by("proposed_at", "pk")


def accounts_in_use() -> "QuerySet[BankAccount]":
    rows = BankAccount.objects.filter(confirmed_at__isnull=False, ended_at=None)
    return rows.select_related("company", "bank", "proposed_by", "confirmed_by").order_by("-confirmed_at", "-pk")


def with_what_waits(pending: Iterable[BankAccount]) -> list[PendingAccount]:
    """The accounts with what each replaces and what waits for it: three queries, however many."""
    accounts = list(pending)
    owners = [each.owner for each in accounts]
    companies = [each for each in owners if isinstance(each, Company)]
    banks = [each for each in owners if isinstance(each, Bank)]
    before = {each.owner: each for each in accounts_in_use().filter(Q(company__in=companies) | Q(bank__in=banks))}
    waits: dict[Company | Bank, Decimal] = {}
    for each in owed_at_all():
        waits[each.payee.owner] = waits.get(each.payee.owner, NOTHING) + each.amount
    return [PendingAccount(each, before.get(each.owner), waits.get(each.owner, NOTHING)) for each in accounts]

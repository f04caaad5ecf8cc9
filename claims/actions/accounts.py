"""Bank accounts: given by one person, confirmed by another before anything is paid to them."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from claims import events
from claims.actions.claims import check_handles
from claims.actions.deliveries import NotYours
from claims.models import BankAccount
from claims.payment_files.iban import InvalidAccount, clean_bic, clean_sepa_iban, needs_bic
from claims.payment_files.pain001 import LONGEST_NAME
from journal.recording import record
from parties.models import Bank, Company, User
from unlockfocus.errors import BusinessRule, IllegalTransition

Owner = Company | Bank


class UnusableAccount(BusinessRule):
    """No SEPA transfer reaches this account. `field` is iban, bic or holder."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class AlreadyGiven(BusinessRule):
    """This account is confirmed, or awaits confirmation, already."""


class OwnWork(BusinessRule):
    """Nobody confirms or signs what they gave or prepared."""


def journal_key(owner: Owner) -> str:
    """The journal file an account's history stands in: the company's own, or the bank's."""
    return owner.journal_key if isinstance(owner, Company) else f"bank-{owner.pk}"


def masked(iban: str) -> str:
    """`FR76 … 0189`: enough to recognise an account by, too little to pay to."""
    return f"{iban[:4]} … {iban[-4:]}"


def locked_owner(owner: Owner) -> None:
    """Hold the company's or the bank's row until the transaction ends: its accounts change one act at a time."""
    type(owner).objects.select_for_update(no_key=True, of=("self",)).get(pk=owner.pk)


def check_account(holder: str, iban: str, bic: str) -> tuple[str, str, str]:
    """Holder, IBAN and BIC as they are kept; raises UnusableAccount."""
    holder = " ".join(holder.split())
    if not holder or len(holder) > LONGEST_NAME:
        raise UnusableAccount("holder", _("Name the holder of the account, in at most 70 characters."))
    try:
        iban = clean_sepa_iban(iban)
    except InvalidAccount as error:
        raise UnusableAccount("iban", iban_words(error.reason)) from error
    try:
        bic = clean_bic(bic) if bic.strip() else ""
    except InvalidAccount as error:
        raise UnusableAccount("bic", _("A BIC has 8 or 11 letters and digits, such as BNPAFRPP.")) from error
    if needs_bic(iban) and not bic:
        raise UnusableAccount("bic", _("Outside the European Economic Area the bank must be named by its BIC."))
    return holder, iban, bic


def iban_words(reason: str) -> str:
    """Why an IBAN is refused, in the reader's language."""
    return {
        "empty": _("Type the IBAN of the account."),
        "format": _("This is not an IBAN. It begins with the country and two digits, such as FR76 or RO49."),
        "checksum": _("The check digits do not fit: at least one character of this IBAN is wrong."),
        "outside_sepa": _("A SEPA transfer does not reach this country. Give an account in the SEPA area."),
    }[reason]  # fmt: skip


@transaction.atomic
def give(owner: Owner, *, holder: str, iban: str, bic: str = "", by: User, at: datetime) -> BankAccount:
    """Give an account to be paid to; it pays nothing until confirmed, and ends nothing until then.

    A company's own owner or credit manager gives its account; claims people give a loss payee's. An account that was
    awaiting confirmation is put aside. Raises NotYours, NotAllowed, UnusableAccount, AlreadyGiven.
    """
    _check_may_give(owner, by)
    holder, iban, bic = check_account(holder, iban, bic)
    locked_owner(owner)
    standing = accounts_of(owner).filter(ended_at=None)
    if standing.filter(iban=iban, bic=bic, holder=holder).exists():
        raise AlreadyGiven(_("This account is on file already."))
    standing.filter(confirmed_at=None).update(ended_at=at, confirmation=BankAccount.REPLACED)
    account = BankAccount.objects.create(
        company=owner if isinstance(owner, Company) else None,
        bank=owner if isinstance(owner, Bank) else None,
        holder=holder,
        iban=iban,
        bic=bic,
        proposed_by=by,
        proposed_at=at,
    )
    _record(events.ACCOUNT_GIVEN, account, by=by, at=at)
    return account


def _check_may_give(owner: Owner, by: User) -> None:
    if isinstance(owner, Bank):
        check_handles(by)
        return
    membership = by.membership
    if not (membership and membership.company_id == owner.pk and membership.may_act):
        raise NotYours(_("Only the owner or a credit manager of the company gives its bank account."))


@transaction.atomic
def confirm(account_id: int, *, confirmation: str, by: User, at: datetime) -> BankAccount:
    """Find, by a way the request did not name, that the account is its owner's; the one before ends.

    Raises NotAllowed, OwnWork, IllegalTransition once it was confirmed or put aside.
    """
    account = _pending(account_id, by)
    accounts_of(account.owner).filter(confirmed_at__isnull=False, ended_at=None).update(ended_at=at)
    account.confirmed_by, account.confirmed_at, account.confirmation = by, at, confirmation
    account.save(update_fields=["confirmed_by", "confirmed_at", "confirmation"])
    _record(events.ACCOUNT_CONFIRMED, account, by=by, at=at)
    return account


@transaction.atomic
def refuse(account_id: int, *, reason: str, by: User, at: datetime) -> BankAccount:
    """Put an unconfirmed account aside; the one before stays. Raises as `confirm` does."""
    account = _pending(account_id, by)
    account.ended_at, account.confirmation = at, reason
    account.save(update_fields=["ended_at", "confirmation"])
    _record(events.ACCOUNT_REFUSED, account, by=by, at=at, reason=reason)
    return account


def _pending(account_id: int, by: User) -> BankAccount:
    check_handles(by)
    locked_owner(BankAccount.objects.select_related("company", "bank").get(pk=account_id).owner)
    account = BankAccount.objects.select_for_update(of=("self",)).select_related("company", "bank").get(pk=account_id)
    if account.proposed_by_id == by.pk:
        raise OwnWork(_("You gave this account yourself: somebody else confirms it."))
    if account.confirmed_at or account.ended_at:
        raise IllegalTransition(_("This account no longer awaits confirmation."))
    return account


def accounts_of(owner: Owner) -> QuerySet[BankAccount]:
    """Every account ever given for a company or a bank, newest first."""
    field = "company" if isinstance(owner, Company) else "bank"
    return BankAccount.objects.filter(**{field: owner})


def _record(event: str, account: BankAccount, *, by: User, at: datetime, **more: str) -> None:
    owner = account.owner
    whose = {"company": owner.pk} if isinstance(owner, Company) else {"bank": owner.pk}
    data = {"iban": masked(account.iban), "holder": account.holder, "account": account.pk, **whose, **more}
    record(journal_key(owner), event, actor=by, at=at, data=data)

"""Who an indemnity is paid to, on which account, and what stands in the way. Read only."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from claims.models import BankAccount
from parties.models import Bank, Company
from underwriting.models import Guarantee
from underwriting.screening_gate import held, sentence


@dataclass(frozen=True, slots=True)
class Payee:
    """The owner of the account, the account in use, and one that was given since and awaits confirmation."""

    owner: Company | Bank
    account: BankAccount | None
    pending: BankAccount | None
    # What compliance has against paying this file, in a sentence; "" when nothing.
    held: str = ""

    @property
    def name(self) -> str:
        return str(self.owner)

    @property
    def blocked_by(self) -> str:
        """Why nothing can be paid, as a sentence for the insurer's people; "" when it can."""
        return self.without_account or self.held

    @property
    def without_account(self) -> str:
        """Why there is no account to pay to, as a sentence the payee may read; "" when there is one."""
        if self.pending and self.account:
            return _("A new account was given and is not confirmed yet.")
        if self.pending:
            return _("The account is not confirmed by a second person yet.")
        if self.account is None:
            return _("No bank account was given.")
        return ""


def payee_of(guarantee: Guarantee) -> Payee:
    """The loss payee where the request names one, else the insured."""
    return payees_of([guarantee])[guarantee.pk]


def payees_of(guarantees: Iterable[Guarantee]) -> dict[int, Payee]:
    """The payee of each guarantee, by its key, in one query for all their accounts and one for possible matches."""
    guarantees = list(guarantees)
    owners = {each.pk: each.request.loss_payee or each.request.company for each in guarantees}
    accounts = BankAccount.objects.filter(
        Q(company__in=[each for each in owners.values() if isinstance(each, Company)])
        | Q(bank__in=[each for each in owners.values() if isinstance(each, Bank)]),
        ended_at=None,
    )
    in_use: dict[Company | Bank, BankAccount] = {}
    pending: dict[Company | Bank, BankAccount] = {}
    for account in accounts.select_related("company", "bank"):
        owner = account.company or account.bank
        if owner:
            (in_use if account.confirmed_at else pending)[owner] = account
    holders = {each.request.pk: in_use[owner].holder for each in guarantees if (owner := owners[each.pk]) in in_use}
    matches = held((each.request for each in guarantees), holders)
    return {
        each.pk: Payee(owner, in_use.get(owner), pending.get(owner), sentence(matches[each.request.pk], ()))
        for each in guarantees
        if (owner := owners[each.pk])
    }

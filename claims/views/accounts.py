"""The insured's bank accounts: where its indemnities are paid, and giving another one.

Owner and credit manager give and read the account in full; a viewer reads it masked. A bank that is loss payee has no
page here: the insurer keeps its account.
"""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from applications.exposure import NOTHING
from claims.actions import accounts
from claims.actions.payments import PAYABLE
from claims.models import BankAccount, Indemnity
from claims.money_forms import OwnAccountForm
from parties.models import Membership
from parties.visitors import SignedInRequest, knows_password
from unlockfocus.errors import BusinessRule
from unlockfocus.refusals import say_at_field


def _membership(request: SignedInRequest, *, to_act: bool = False) -> Membership:
    """The reader's seat in a company; raises PermissionDenied without one, or when it may only read."""
    membership: Membership | None = request.user.membership
    if membership is None or (to_act and not membership.may_act):
        raise PermissionDenied
    return membership


@require_GET
@never_cache
def bank_accounts(request: SignedInRequest) -> HttpResponse:
    """The account in use, the one that awaits confirmation, and those before them."""
    membership = _membership(request)
    found = list(accounts.accounts_of(membership.company).select_related("company", "proposed_by"))
    standing = {each.state: each for each in found if each.ended_at is None}
    in_use, pending = standing.get("in_use"), standing.get("pending")
    context = {
        "title": _head(in_use, pending),
        "in_use": in_use,
        "pending": pending,
        "former": [each for each in found if each.ended_at],
        "may_give": membership.may_act,
        "waits": _waits(membership) if pending or not in_use else NOTHING,
    }
    return render(request, "claims/accounts.html", context)


def _head(in_use: BankAccount | None, pending: BankAccount | None) -> str:
    if pending:
        return _("A bank account awaits our call; payments wait until then")
    if in_use:
        return _("Indemnities are paid to %(iban)s") % {"iban": accounts.masked(in_use.iban)}
    return _("No bank account is given yet")


def _waits(membership: Membership) -> object:
    """What is approved and cannot be paid before the company's account is confirmed, EUR."""
    rows = Indemnity.objects.filter(
        status__in=PAYABLE,
        guarantee__offer__request__company=membership.company,
        guarantee__offer__request__loss_payee=None,
    )
    return rows.aggregate(sum=Sum("amount"))["sum"] or NOTHING


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password")
@never_cache
def bank_account_give(request: SignedInRequest) -> HttpResponse:
    """Give an account, after the password again; it is paid to once we have called back."""
    company = _membership(request, to_act=True).company
    in_use = accounts.accounts_of(company).filter(ended_at=None, confirmed_at__isnull=False).first()
    form = OwnAccountForm(request.POST or None, initial={"holder": str(company)})
    if request.method == "POST" and form.is_valid() and _given(request, form):
        messages.success(request, _("The account is given. We call you on a number we know to confirm it."))
        return redirect("bank-accounts")
    context = {"company": company, "in_use": in_use, "form": form}
    return render(request, "claims/account_give.html", context, status=422 if request.method == "POST" else 200)


def _given(request: SignedInRequest, form: OwnAccountForm) -> bool:
    """Give the account of the valid form, or say at its field why not."""
    if not knows_password(request, form.cleaned_data["password"]):
        form.add_error("password", _("This is not your password. Nothing was changed."))
        return False
    company = _membership(request, to_act=True).company
    try:
        accounts.give(company, **form.account, by=request.user, at=timezone.now())
    except BusinessRule as refusal:
        say_at_field(form, refusal)
        return False
    return True

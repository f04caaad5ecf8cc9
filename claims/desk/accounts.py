"""The room of bank accounts: those that await confirmation, those in use, those of banks that are loss payees.

Only claims people confirm, refuse and give, and they alone see account numbers in full; the auditor and the compliance
officer read them masked (see `money_abilities`).
"""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from claims.actions import accounts as acts
from claims.desk.money import check_may, page
from claims.models import BankAccount
from claims.money_forms import AccountForm, ConfirmationForm, RefusalForm
from claims.paying import PendingAccount, accounts_in_use, pending_accounts, with_what_waits
from parties.models import Bank
from parties.visitors import SignedInRequest
from unlockfocus.errors import BusinessRule
from unlockfocus.refusals import say_at_field

ROOM = "accounts"
PAGE = 50


@require_GET
@never_cache
def accounts(request: SignedInRequest) -> HttpResponse:
    """Every account that awaits confirmation, every one in use, and the banks that may need one."""
    check_may(request, "view")
    pending = with_what_waits(pending_accounts())
    context = {
        "title": _head(len(pending)),
        "pending": pending,
        "in_use": Paginator(accounts_in_use(), PAGE).get_page(request.GET.get("page")),
        "banks": _without_account(),
    }
    return page(request, "accounts", ROOM, context)


def _head(count: int) -> str:
    if not count:
        return _("No bank account awaits confirmation")
    text = ngettext("%(count)d bank account awaits confirmation", "%(count)d bank accounts await confirmation", count)
    return text % {"count": count}


def _without_account() -> list[Bank]:
    """The banks nobody can pay yet: no account in use, none given."""
    standing = BankAccount.objects.filter(ended_at=None, bank__isnull=False)
    return list(Bank.objects.exclude(pk__in=standing.values("bank")))


# --- One account ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@never_cache
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say how it was found that the account is its owner's; it is paid to from then on."""
    check_may(request, "act")
    return _answer(request, pk, ConfirmationForm(request.POST or None), "account_confirm")


@require_http_methods(["GET", "POST"])
@never_cache
def refuse(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put the account aside, for a reason its owner reads."""
    check_may(request, "act")
    return _answer(request, pk, RefusalForm(request.POST or None), "account_refuse")


def _answer(request: SignedInRequest, pk: int, form: forms.Form, template: str) -> HttpResponse:
    account = get_object_or_404(BankAccount.objects.select_related("company", "bank", "proposed_by"), pk=pk)
    if account.state != "pending":
        messages.info(request, _("This account no longer awaits confirmation."))
        return redirect("admin:accounts")
    if request.method == "POST" and form.is_valid():
        try:
            message = _do(request, account, form)
        except BusinessRule as refusal:
            say_at_field(form, refusal)
        else:
            messages.success(request, message)
            return redirect("admin:accounts")
    [shown] = with_what_waits([account])
    context = {"title": _title(template, shown), "shown": shown, "account": account, "form": form}
    context["is_own"] = account.proposed_by_id == request.user.pk
    return page(request, template, ROOM, context, 422 if request.method == "POST" else 200)


def _title(template: str, shown: PendingAccount) -> str:
    owner = {"owner": shown.account.owner}
    if template == "account_refuse":
        return _("Refuse the account of %(owner)s") % owner
    return _("Confirm the account of %(owner)s") % owner


def _do(request: SignedInRequest, account: BankAccount, form: forms.Form) -> str:
    owner = {"owner": account.owner}
    if isinstance(form, ConfirmationForm):
        acts.confirm(account.pk, **form.cleaned_data, by=request.user, at=timezone.now())
        return _("The account of %(owner)s is confirmed; payments to it can be ordered.") % owner
    acts.refuse(account.pk, **form.cleaned_data, by=request.user, at=timezone.now())
    return _("The account of %(owner)s is refused; nothing is paid to it.") % owner


@require_http_methods(["GET", "POST"])
@never_cache
def give(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give the account of a bank that is loss payee; somebody else confirms it."""
    check_may(request, "act")
    bank = get_object_or_404(Bank, pk=pk)
    initial = {"holder": bank.name, "bic": bank.bic}
    form = AccountForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            acts.give(bank, **form.account, by=request.user, at=timezone.now())
        except BusinessRule as refusal:
            say_at_field(form, refusal)
        else:
            text = _("The account of %(owner)s is given. Somebody else confirms it by telephone.")
            messages.success(request, text % {"owner": bank})
            return redirect("admin:accounts")
    standing = acts.accounts_of(bank).filter(ended_at=None, confirmed_at__isnull=False).first()
    context = {"title": _("Give the account of %(owner)s") % {"owner": bank}, "form": form, "before": standing}
    return page(request, "account_give", ROOM, context, 422 if request.method == "POST" else 200)

"""Signing in and up, inviting colleagues, one's own account."""

from datetime import datetime
from typing import Any

from axes.utils import reset as forget_failed_sign_ins
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.messages.views import SuccessMessageMixin
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from journal.timeline import timeline
from parties import actions
from parties.activities import activity_label
from parties.countries import country_name
from parties.forms import (
    AccountForm,
    ForgottenPasswordForm,
    InvitationForm,
    JoinForm,
    NewPasswordForm,
    PasswordChangeForm,
    SignInForm,
    SignUpForm,
)
from parties.identifiers import identifier_name
from parties.letters import RESET_LINK_HOURS, send_invitation
from parties.models import Company, Invitation, Membership, User
from parties.visitors import SignedInRequest

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"
RECENT = 12


# --- Signing in and up ------------------------------------------------------------------------------------------------


class SignIn(auth_views.LoginView):
    """By e-mail and password; leads on to `next` when it is one of our own pages, else home to one's work."""

    template_name = "parties/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


@login_not_required
@never_cache
@sensitive_post_parameters("password")
def sign_up(request: HttpRequest) -> HttpResponse:
    """Open an account for a company and its owner, sign the owner in, and go on with what they came for."""
    if request.user.is_authenticated:
        return redirect("home")
    form = SignUpForm(request.POST or None)
    owner = _open_account(form, timezone.now()) if form.is_valid() else None
    if owner is None:
        return render(request, "parties/sign_up.html", {"form": form})
    login(request, owner, backend=MODEL_BACKEND)
    return redirect("request-new" if "eligibility" in request.session else "home")


def _open_account(form: SignUpForm, at: datetime) -> User | None:
    """The new owner; None when the same company or address was registered a moment ago, which the form then says."""
    company = form.save(commit=False)
    try:
        return actions.sign_up(company=company, owner=form.owner, password=form.cleaned_data["password"], at=at).user
    except IntegrityError:
        form.full_clean()
        if form.is_valid():
            raise
        return None


# --- The team ---------------------------------------------------------------------------------------------------------


def team(request: SignedInRequest) -> HttpResponse:
    """Who acts for the company, and who was asked to."""
    return _team_page(request, _own_membership(request), InvitationForm())


@require_POST
def team_invite(request: SignedInRequest) -> HttpResponse:
    """Offer a colleague a seat and write to them; inviting the same address again replaces the link."""
    owner = _own_membership(request, owner=True)
    form = InvitationForm(request.POST)
    if form.is_valid() and _invite(request, owner, form):
        return redirect("team")
    return _team_page(request, owner, form)


def _invite(request: SignedInRequest, owner: Membership, form: InvitationForm) -> bool:
    try:
        invitation, token = actions.invite(
            company=owner.company,
            email=form.cleaned_data["email"],
            role=form.cleaned_data["role"],
            by=request.user,
            at=timezone.now(),
        )
    except actions.AlreadyInTeam as refusal:
        form.add_error("email", str(refusal))
        return False
    try:
        send_invitation(invitation, token)
    except OSError:
        text = _(
            "The invitation is kept, but our letter to %(email)s could not be sent. Send it again in a few minutes."
        )
        messages.error(request, text % {"email": invitation.email})
    else:
        messages.success(request, _("We have written to %(email)s.") % {"email": invitation.email})
    return True


@require_POST
def team_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """End an invitation nobody has used yet."""
    owner = _own_membership(request, owner=True)
    invitation = get_object_or_404(owner.company.invitations, pk=pk)
    actions.withdraw_invitation(invitation, by=request.user, at=timezone.now())
    messages.success(request, _("The invitation of %(email)s no longer holds.") % {"email": invitation.email})
    return redirect("team")


def team_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what removing a colleague means, then do it. Nobody removes themselves."""
    owner = _own_membership(request, owner=True)
    colleague = get_object_or_404(owner.company.memberships.exclude(pk=owner.pk).select_related("user"), pk=pk)
    if request.method != "POST":
        return render(request, "parties/team_remove.html", {"colleague": colleague})
    actions.remove_colleague(colleague, by=request.user, at=timezone.now())
    messages.success(request, _("%(name)s no longer acts for the company.") % {"name": colleague.user})
    return redirect("team")


def _own_membership(request: SignedInRequest, *, owner: bool = False) -> Membership:
    """The visitor's membership; raises PermissionDenied when there is none, or it may not manage the team."""
    membership: Membership | None = request.user.membership
    if membership is None or (owner and not membership.may_manage_team):
        raise PermissionDenied
    return membership


def _team_page(request: SignedInRequest, membership: Membership, form: InvitationForm) -> HttpResponse:
    company, now = membership.company, timezone.now()
    waiting = company.invitations.filter(accepted_at=None, withdrawn_at=None)
    context = {
        "company": company,
        "company_facts": _facts_of(company, request.LANGUAGE_CODE),
        "people": company.memberships.select_related("user"),
        "invitations": [
            {"invitation": each, "is_open": each.is_open(now), "expires_on": timezone.localdate(each.expires_at)}
            for each in waiting
        ],
        "may_manage": membership.may_manage_team,
        "form": form,
        "entries": timeline(company.journal_key, insurer=False)[:RECENT],
    }
    return render(request, "parties/team.html", context)


def _facts_of(company: Company, language: str) -> list[tuple[str, str]]:
    number = _(identifier_name(company.country))
    facts = [
        (_("Company"), str(company)),
        (number[:1].upper() + number[1:], company.registration_number),
        (_("VAT number"), company.vat_number),
        (_("Activity"), activity_label(company.activity, language)),
        (_("Address"), company.address),
        (_("Country"), country_name(company.country, language)),
    ]
    return [(term, value) for term, value in facts if value]


# --- Accepting an invitation ------------------------------------------------------------------------------------------


@login_not_required
@never_cache
@sensitive_post_parameters("password")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link of the letter: choose a name and a password, and act for the company."""
    rows = Invitation.objects.select_related("company", "invited_by").filter(token_hash=Invitation.hash_of(token))
    found, now = rows.first(), timezone.now()
    if found is None or not found.is_open(now):
        return _closed_invitation(request, found)
    if request.user.is_authenticated:
        return render(request, "parties/invitation_signed_in.html", {"invitation": found})
    form = JoinForm(request.POST or None, email=found.email)
    if form.is_valid() and (colleague := _join(request, found, form, now)):
        login(request, colleague, backend=MODEL_BACKEND)
        messages.success(request, _("You now act for %(company)s.") % {"company": found.company})
        return redirect("home")
    return render(request, "parties/invitation.html", {"invitation": found, "form": form})


def _join(request: HttpRequest, found: Invitation, form: JoinForm, at: datetime) -> User | None:
    """The colleague's new account; None when there is one already, which the form then says."""
    try:
        return actions.accept_invitation(found.pk, **form.cleaned_data, language=request.LANGUAGE_CODE, at=at)
    except actions.AlreadyInTeam as refusal:
        form.add_error(None, str(refusal))
        return None


def _closed_invitation(request: HttpRequest, found: Invitation | None) -> HttpResponse:
    """404 for a link that never was, 410 for one that no longer holds; both say what to do."""
    return render(request, "parties/invitation_closed.html", {"invitation": found}, status=410 if found else 404)


# --- Passwords and one's own account ----------------------------------------------------------------------------------


class PasswordForgotten(auth_views.PasswordResetView):
    """Asks for an address and says the same thing whether or not we know it."""

    template_name = "parties/password_forgotten.html"
    form_class = ForgottenPasswordForm
    success_url = reverse_lazy("password-reset-sent")


class PasswordLetterSent(auth_views.PasswordResetDoneView):
    template_name = "parties/password_sent.html"
    extra_context = {"hours": RESET_LINK_HOURS}


class PasswordNew(auth_views.PasswordResetConfirmView):
    """The page behind the link of the letter. Whoever holds it owns the mailbox: earlier failures are forgotten."""

    template_name = "parties/password_new.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("password-reset-done")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        forget_failed_sign_ins(username=form.user.email)
        return response

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        return super().render_to_response(context, status=200 if self.validlink else 410, **options)


class PasswordNewDone(auth_views.PasswordResetCompleteView):
    template_name = "parties/password_done.html"


def account(request: SignedInRequest) -> HttpResponse:
    """One's own name and the language of one's letters."""
    form = AccountForm(request.POST or None, instance=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Your account is up to date."))
        return redirect("account")
    return render(request, "parties/account.html", {"form": form})


class PasswordChange(SuccessMessageMixin, auth_views.PasswordChangeView):
    """Against the present one; the other devices are signed out, because sessions are bound to the password."""

    template_name = "parties/password_change.html"
    form_class = PasswordChangeForm
    success_url = reverse_lazy("account")
    success_message = gettext_lazy("Your new password holds from now on. Other devices have been signed out.")

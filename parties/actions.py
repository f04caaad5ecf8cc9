"""Acts on companies and their people."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from journal.recording import record
from parties import events
from parties.models import Company, Invitation, Membership, Role, User
from unlockfocus.errors import BusinessRule


class InvitationClosed(BusinessRule):
    """The invitation has expired, was withdrawn, or was used."""


class AlreadyInTeam(BusinessRule):
    """The address belongs to somebody who already acts for a company."""


class LastOwner(BusinessRule):
    """A company keeps at least one owner."""


@transaction.atomic
def sign_up(*, company: Company, owner: User, password: str, at: datetime) -> Membership:
    """Open an account for a company and its owner. Both are unsaved; uniqueness was checked by the form."""
    company.save()
    owner.set_password(password)
    owner.save()
    membership = Membership.objects.create(user=owner, company=company, role=Role.OWNER)
    record(company.journal_key, events.COMPANY_SIGNED_UP, actor=owner, at=at, data={"company": str(company)})
    return membership


@transaction.atomic
def invite(*, company: Company, email: str, role: str, by: User, at: datetime) -> tuple[Invitation, str]:
    """Offer a seat; returns the invitation and the token for the letter, which is kept nowhere else.

    Raises AlreadyInTeam. An earlier open invitation of the same address is withdrawn: only the newest link works.
    """
    if Membership.objects.filter(user__email__iexact=email).exists():
        raise AlreadyInTeam(_("This person already acts for a company here."))
    earlier = Invitation.objects.filter(company=company, email__iexact=email, accepted_at=None, withdrawn_at=None)
    earlier.update(withdrawn_at=at)
    token = Invitation.new_token()
    invitation = Invitation.objects.create(
        company=company,
        email=email.lower(),
        role=role,
        token_hash=Invitation.hash_of(token),
        invited_by=by,
        invited_at=at,
        expires_at=at + settings.INVITATION_LIFETIME,
    )
    record(
        company.journal_key, events.COLLEAGUE_INVITED, actor=by, at=at, data={"email": invitation.email, "role": role}
    )
    return invitation, token


@transaction.atomic
def accept_invitation(invitation_id: int, *, name: str, password: str, language: str, at: datetime) -> User:
    """Open the colleague's account, or open it again; raises InvitationClosed when the link no longer holds."""
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("company").get(pk=invitation_id)
    if not invitation.is_open(at):
        raise InvitationClosed(_("This invitation no longer holds. Ask your colleague to send a new one."))
    user = _account_for(invitation.email)
    user.name, user.language, user.is_active = name, language, True
    user.set_password(password)
    user.save()
    Membership.objects.create(user=user, company=invitation.company, role=invitation.role)
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    record(
        invitation.company.journal_key,
        events.COLLEAGUE_JOINED,
        actor=user,
        at=at,
        data={"email": user.email, "role": invitation.role},
    )
    return user


def _account_for(email: str) -> User:
    """A new account, or the closed one of somebody who left a team; raises AlreadyInTeam."""
    known = User.objects.filter(email__iexact=email).first()
    if known is None:
        return User(email=email)
    if known.is_active or known.is_staff or known.membership:
        raise AlreadyInTeam(_("There is already an account with this address."))
    return known


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User, at: datetime) -> None:
    """End an open invitation; an accepted one is left as it is."""
    if Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None).update(withdrawn_at=at):
        data = {"email": invitation.email}
        record(invitation.company.journal_key, events.INVITATION_WITHDRAWN, actor=by, at=at, data=data)


@transaction.atomic
def remove_colleague(membership: Membership, *, by: User, at: datetime) -> None:
    """End a membership and close the account; raises LastOwner."""
    company = Company.objects.select_for_update().get(pk=membership.company_id)
    owners = company.memberships.filter(role=Role.OWNER)
    if membership.role == Role.OWNER and owners.count() == 1:
        raise LastOwner(_("A company keeps at least one owner. Invite another owner first."))
    user = membership.user
    membership.delete()
    user.is_active = False
    user.save(update_fields=["is_active"])
    record(company.journal_key, events.COLLEAGUE_REMOVED, actor=by, at=at, data={"email": user.email})

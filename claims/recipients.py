"""Who is told: two people of the insured, its owners, and the insurer's claims people."""

from collections.abc import Iterable

from django.db.models import QuerySet

from claims.models import Invoice
from parties.models import Duty, InsurerRole, Membership, Role, User
from underwriting.models import Guarantee

ENOUGH = 2


def two_people(guarantee: Guarantee, invoice: Invoice | None = None) -> list[User]:
    """Who declared the invoice, or else asked for cover, and a colleague; fewer when there are fewer who act.

    Credit managers come before owners, whoever has been there longest first.
    """
    acting = _acting(guarantee)
    first = [invoice.declared_by_id] if invoice else []
    first.append(guarantee.request.author_id)
    known = [next((who for who in acting if who.pk == pk), None) for pk in first]
    ordered = dict.fromkeys(who for who in (*known, *acting) if who)
    return list(ordered)[:ENOUGH]


def owners(guarantee: Guarantee) -> list[User]:
    """The insured's owners."""
    members = _members(guarantee).filter(role=Role.OWNER)
    return [each.user for each in members]


def claims_people(*roles: str) -> list[User]:
    """The insurer's claims handlers and approvers, or only those of `roles`."""
    wanted = roles or (InsurerRole.CLAIMS_HANDLER, InsurerRole.CLAIMS_APPROVER)
    holders = Duty.objects.filter(role__in=wanted).values("user")
    return list(User.objects.filter(is_active=True, pk__in=holders).order_by("pk"))


def names_of(people: Iterable[User]) -> str:
    return ", ".join(str(each) for each in people)


def _acting(guarantee: Guarantee) -> list[User]:
    members = _members(guarantee).filter(role__in=[Role.CREDIT_MANAGER, Role.OWNER])
    return [each.user for each in sorted(members, key=lambda each: each.role == Role.OWNER)]


def _members(guarantee: Guarantee) -> "QuerySet[Membership]":
    return Membership.objects.filter(company=guarantee.request.company, user__is_active=True).select_related("user")

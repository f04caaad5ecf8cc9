"""The account of a guarantee and the file of a claim, for who may read them or act on them."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.timezone import localdate

from claims.abilities import guarantee_abilities
from claims.account import Account
from claims.dossier import ClaimDossier
from claims.models import Claim
from parties.visitors import SignedInRequest
from underwriting.models import Guarantee


def account_of(request: SignedInRequest, number: str, ability: str = "view") -> Account:
    """As it stands today, when the reader may see it (else 404) and may do this on it now (else 403).

    A bank reads the guarantee, not what was delivered under it: 404.
    """
    rows = Guarantee.objects.visible_to(request.user).select_related("offer__request__company", "buyer")
    guarantee = get_object_or_404(rows, number=number)
    abilities = guarantee_abilities(guarantee, request.user)
    if "view" not in abilities:
        raise Http404
    if ability not in abilities:
        raise PermissionDenied
    return Account(guarantee, localdate(timezone.now()))


def dossier_of(request: SignedInRequest, number: str, ability: str = "view") -> ClaimDossier:
    """The claim, when the reader may see it (else 404) and may do this on it now (else 403)."""
    rows = Claim.objects.visible_to(request.user).select_related(
        "guarantee__offer__request__company", "guarantee__offer__request__loss_payee", "guarantee__buyer", "handler"
    )
    dossier = ClaimDossier(get_object_or_404(rows, number=number), request.user, timezone.now())
    if ability not in dossier.abilities:
        raise PermissionDenied
    return dossier

"""The account of a guarantee, for who may read or declare on it."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.timezone import localdate

from claims.abilities import guarantee_abilities
from claims.account import Account
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

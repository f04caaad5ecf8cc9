"""Who a paper is between, as frozen facts: every paper opens with them."""

from typing import Any

from django.conf import settings

from parties.models import Buyer, Company
from underwriting.models import Guarantee


def parties_of(guarantee: Guarantee) -> dict[str, Any]:
    """`insurer`, `insured`, `buyer`, `guarantee` and `order`, to be spread into the facts of a paper."""
    request = guarantee.request
    return {
        "insurer": settings.INSURER_NAME,
        "insured": _party(request.company),
        "buyer": _party(guarantee.buyer),
        "guarantee": guarantee.number,
        "order": request.order_reference,
    }


def _party(party: Company | Buyer) -> dict[str, str]:
    """The registered name with its legal form, and what identifies it."""
    return {
        "name": f"{party.name} {party.legal_form}".strip(),
        "country": party.country,
        "registration_number": party.registration_number,
        "address": party.address,
    }

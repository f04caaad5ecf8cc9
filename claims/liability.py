"""What a guarantee may pay in all, what its signed indemnities took of it, and the terms a claim is indemnified by."""

from decimal import Decimal

from django.db.models import Sum

from applications.exposure import NOTHING
from claims.indemnity import Terms
from claims.models import Claim, Indemnity, Liability
from underwriting.models import Guarantee


def liability_of(guarantee: Guarantee) -> Liability:
    """The row of the guarantee, which comes with its first indemnity; the guarantee's own row is locked."""
    maximum = {"maximum": guarantee.offer.maximum_liability}
    return Liability.objects.get_or_create(guarantee=guarantee, defaults=maximum)[0]


def liability_now(guarantee: Guarantee) -> Liability:
    """The same for reading: before the first indemnity the whole maximum, on a row that is not saved."""
    found = Liability.objects.filter(guarantee=guarantee).first()
    return found or Liability(guarantee=guarantee, maximum=guarantee.offer.maximum_liability)


def committed_of(claim: Claim) -> Decimal:
    """What was signed on this claim so far, EUR."""
    signed = claim.indemnities.filter(status__in=Indemnity.COMMITTED)
    return signed.aggregate(sum=Sum("amount"))["sum"] or NOTHING


def terms_for(claim: Claim) -> Terms:
    """The terms of its guarantee; what this claim took of the maximum liability already is still there for it."""
    offer = claim.guarantee.offer
    return Terms(
        limit=offer.limit,
        insured_percentage=offer.insured_percentage,
        deductible=offer.deductible,
        deductible_order="before_percentage" if offer.deductible_order == "before_percentage" else "after_percentage",
        maximum_liability_left=liability_now(claim.guarantee).left + committed_of(claim),
    )

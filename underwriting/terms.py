"""The dated terms an offer is made under, as the rules take them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from parties.models import Buyer, User
from underwriting.models import Authority, ClockTerms, CumulLine, Guarantee, Offer, PremiumTax, Tariff
from underwriting.pricing import started_months
from unlockfocus.errors import BusinessRule


class NoTariff(BusinessRule):
    """No tariff is in force, or no premium tax is known for the insured's country."""


class NoClocks(BusinessRule):
    """No periods for notices and claims are in force."""


def tariff_on(day: date) -> Tariff:
    """The tariff in force; raises NoTariff."""
    tariff = Tariff.objects.in_force(day).first()
    if tariff is None:
        raise NoTariff(_("No tariff is in force on this day."))
    return tariff


def clock_terms_on(day: date) -> ClockTerms:
    """The clocks a guarantee bound on that day copies; raises NoClocks."""
    terms = ClockTerms.objects.in_force(day).first()
    if terms is None:
        raise NoClocks(_("No clocks are in force on this day: no guarantee can be bound."))
    return terms


def tax_rate(insured_country: str, buyer_country: str, day: date) -> Decimal:
    """The tax on the premium, a fraction; raises NoTariff for a country whose tax we do not know."""
    rows = PremiumTax.objects.in_force(day).filter(
        insured_country=insured_country, is_export=insured_country != buyer_country
    )
    row = rows.first()
    if row is None:
        raise NoTariff(
            _("No premium tax is known for insureds in %(country)s: add it before pricing.")
            % {"country": insured_country}
        )
    return row.rate


@dataclass(frozen=True)
class Cumul:
    """What is insured on a buyer and its group over all insureds, against the line for the buyer's grade. EUR."""

    insured: Decimal
    line: Decimal

    @property
    def room(self) -> Decimal:
        return max(Decimal(0), self.line - self.insured)


LIVE = (Guarantee.Status.PENDING_CONDITIONS, Guarantee.Status.IN_FORCE, Guarantee.Status.RUN_OFF)


def same_group(buyer: Buyer, prefix: str = "") -> Q:
    """The buyer itself, and every buyer of its group where it has one; `prefix` leads from the rows to a buyer."""
    if buyer.group_id is None:
        return Q(**{f"{prefix}pk": buyer.pk})
    return Q(**{f"{prefix}group_id": buyer.group_id})


def cumul(buyer: Buyer, grade: int, day: date) -> Cumul:
    """The sum of limits bound on the buyer and its group, and the line in force for its grade (0 if there is none)."""
    bound = Guarantee.objects.filter(same_group(buyer, "buyer__"), status__in=LIVE)
    total = bound.aggregate(sum=Sum("offer__limit"))["sum"]
    line = CumulLine.objects.in_force(day).filter(grade=grade).first()
    return Cumul(insured=total or Decimal("0.00"), line=line.amount if line else Decimal("0.00"))


def is_within_authority(user: User, *, limit: Decimal, grade: int, months: int, day: date) -> bool:
    """Whether one of the user's duties lets them bind this alone."""
    return (
        Authority.objects.in_force(day)
        .filter(role__in=user.duties, largest_limit__gte=limit, worst_grade__gte=grade, longest_months__gte=months)
        .exists()
    )


def may_sign(user: User, offer: Offer, day: date) -> bool:
    """Whether an offer lies within what one of the user's duties may bind alone."""
    months = started_months(offer.cover_start, offer.cover_end)
    return is_within_authority(user, limit=offer.limit, grade=offer.grade, months=months, day=day)

"""Terms on an order, and what they cost on a day: what the desk tries out and an offer then promises."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from applications.models import CoverRequest
from underwriting import pricing
from underwriting.models import Analysis, DeductibleOrder, Tariff
from underwriting.terms import tariff_on, tax_rate
from unlockfocus.errors import BusinessRule


class NoGrade(BusinessRule):
    """Nothing can be priced before the buyer has a grade."""


class NoPrice(BusinessRule):
    """No price exists for these terms; `reason` names the input."""

    def __init__(self, reason: str) -> None:
        super().__init__(_("These terms cannot be priced: look at %(input)s.") % {"input": _input_in_words(reason)})
        self.reason = reason


def _input_in_words(reason: str) -> str:
    words = {
        "pd": _("the grade, which is default"),
        "insured_percentage": _("the insured percentage"),
        "limit": _("the limit"),
        "cover_end": _("the days of cover"),
        "options": _("the options: the tariff knows no price for one of them"),
    }
    return words.get(reason, _("the amounts"))


@dataclass(frozen=True)
class Terms:
    """What an underwriter decides. Amounts in EUR; `conditions` by kind, with their detail."""

    limit: Decimal
    insured_percentage: Decimal
    deductible: Decimal
    cover_start: date
    cover_end: date
    options: tuple[str, ...]
    conditions: Mapping[str, str]
    valid_until: date
    note: str
    deductible_order: str = DeductibleOrder.AFTER_PERCENTAGE


@dataclass(frozen=True)
class Quote:
    """A price with everything it came from."""

    tariff: Tariff
    tariff_terms: pricing.Tariff
    cover: pricing.Cover
    price: pricing.Price


def quote(request: CoverRequest, terms: Terms, *, pd: Decimal, on: date) -> Quote:
    """What these terms cost on that day at a PD over 12 months; raises NoPrice, NoTariff."""
    tariff = tariff_on(on)
    assert request.buyer is not None  # noqa: S101 - set at submission
    cover = pricing.Cover(
        lines=request.schedule,
        pd=pd,
        insured_percentage=terms.insured_percentage,
        limit=terms.limit,
        cover_start=terms.cover_start,
        cover_end=terms.cover_end,
        options=terms.options,
        tax_rate=tax_rate(request.company.country, request.buyer.country, on),
    )
    tariff_terms = tariff.for_country(request.buyer.country)
    try:
        return Quote(tariff, tariff_terms, cover, pricing.price(cover, tariff_terms))
    except pricing.NotPriceable as refusal:
        raise NoPrice(refusal.reason) from refusal


def graded(analysis: Analysis) -> tuple[int, Decimal]:
    """The grade and the PD in use; raises NoGrade."""
    grade, pd = analysis.grade_in_use, analysis.pd_in_use
    if grade is None or pd is None:
        raise NoGrade(_("The buyer has no grade yet: wait for the score, or set a grade with a reason."))
    return grade, pd

"""The dated terms a request is measured against, as the rules take them."""

from datetime import date

from applications.eligibility import Rules
from applications.models import CountryTerms, ProductTerms


class NoTerms(RuntimeError):
    """The product has no terms in force: `load_reference` was never run."""


def rules_on(day: date) -> Rules:
    """The rules of eligibility in force on a day; raises NoTerms."""
    terms = ProductTerms.objects.in_force(day).first()
    if terms is None:
        raise NoTerms(f"no product terms in force on {day}: run load_reference")
    open_countries = CountryTerms.objects.in_force(day).filter(is_open=True).values_list("country", flat=True)
    return Rules(
        minimum_need_eur=terms.minimum_need_eur,
        maximum_months=terms.maximum_months,
        activities=frozenset(terms.activities),
        open_countries=frozenset(open_countries),
    )

"""Who a company is, asked of the register of its country; and whether its VAT number is valid, asked of VIES.

The register that knows the country best is asked first, the next one only when the first does not answer: that it knows
no such company is an answer. Countries without an open register are asked of GLEIF, which knows companies with an LEI
alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.timezone import localdate

from underwriting.outside.asking import ask
from underwriting.outside.clock import REAL, Clock
from underwriting.sources import anaf_companies, ares, companies_house, french_companies, gleif, krs, vies
from underwriting.sources.answers import Answer, Outcome
from underwriting.sources.companies import CompanyRecord
from underwriting.sources.vies import VatCheck

# Somebody is waiting for the page.
PATIENCE = 8.0

Lookup = Answer[CompanyRecord]


@dataclass(frozen=True, slots=True)
class CompanyLookup:
    """What was asked, and what the register and the tax administration said; `vat` is None when there is no number."""

    country: str
    number: str
    register: Answer[CompanyRecord]
    vat: Answer[VatCheck] | None = None


def look_up(country: str, number: str, *, at: datetime, vat_number: str = "", clock: Clock = REAL) -> CompanyLookup:
    """Ask about a company by its registration number in canonical form.

    The VAT number checked is the one given, or else the one the register says the company has.
    """
    register = _ask_register(country, number, at, clock)
    asked = vat_number or (register.payload.vat_number if register.payload else "")
    return CompanyLookup(country, number, register, check_vat(asked, at=at, clock=clock) if asked else None)


def check_vat(vat_number: str, *, at: datetime, clock: Clock = REAL) -> Answer[VatCheck] | None:
    """What VIES says of a number with its prefix; None for countries whose administration does not answer there."""
    if not vies.is_asked(vat_number):
        return None
    question = vies.question(vat_number)
    return ask(
        vies.SOURCE, question, lambda reply: vies.read_check(reply, vat_number), at=at, patience=PATIENCE, clock=clock
    )


def _ask_register(country: str, number: str, at: datetime, clock: Clock) -> Lookup:
    registers = _REGISTERS.get(country, ())
    answers: list[Lookup] = []
    for register in registers:
        answer = register(number, at, clock)
        if answer is None:
            continue
        if answer.is_about_the_company:
            return answer
        answers.append(answer)
    return answers[0] if answers else _gleif(country, number, at, clock)


def _anaf(number: str, at: datetime, clock: Clock) -> Lookup:
    question = anaf_companies.question([number], localdate(at))
    return ask(
        anaf_companies.SOURCE,
        question,
        lambda reply: anaf_companies.read_company(reply, number),
        at=at,
        patience=PATIENCE,
        clock=clock,
    )


def _french_search(number: str, at: datetime, clock: Clock) -> Lookup:
    return ask(
        french_companies.SEARCH,
        french_companies.search_question(number),
        lambda reply: french_companies.read_search(reply, number),
        at=at,
        patience=PATIENCE,
        clock=clock,
    )


def _sirene(number: str, at: datetime, clock: Clock) -> Lookup | None:
    if not settings.INSEE_API_KEY:
        return None
    return ask(
        french_companies.SIRENE,
        french_companies.sirene_question(number, settings.INSEE_API_KEY),
        lambda reply: french_companies.read_sirene(reply, number),
        at=at,
        patience=PATIENCE,
        clock=clock,
    )


def _companies_house(number: str, at: datetime, clock: Clock) -> Lookup | None:
    if not settings.COMPANIES_HOUSE_API_KEY:
        return None
    return ask(
        companies_house.SOURCE,
        companies_house.question(number, settings.COMPANIES_HOUSE_API_KEY),
        lambda reply: companies_house.read_company(reply, number),
        at=at,
        patience=PATIENCE,
        clock=clock,
    )


def _krs(number: str, at: datetime, clock: Clock) -> Lookup:
    """Entrepreneurs first; who is not among them may be an association."""
    for register in krs.REGISTERS:
        answer: Lookup = ask(
            krs.SOURCE,
            krs.question(number, register),
            lambda reply: krs.read_company(reply, number),
            at=at,
            patience=PATIENCE,
            clock=clock,
        )
        if answer.outcome != Outcome.NOT_FOUND:
            break
    return answer


def _ares(number: str, at: datetime, clock: Clock) -> Lookup:
    return ask(
        ares.SOURCE,
        ares.question(number),
        lambda reply: ares.read_company(reply, number),
        at=at,
        patience=PATIENCE,
        clock=clock,
    )


def _gleif(country: str, number: str, at: datetime, clock: Clock) -> Lookup:
    return ask(
        gleif.SOURCE,
        gleif.question(country, number),
        lambda reply: gleif.read_company(reply, country, number),
        at=at,
        patience=PATIENCE,
        clock=clock,
    )


_Register = Callable[[str, datetime, Clock], Lookup | None]
_REGISTERS: dict[str, tuple[_Register, ...]] = {
    "RO": (_anaf,),
    "FR": (_french_search, _sirene),
    "GB": (_companies_house,),
    "PL": (_krs,),
    "CZ": (_ares,),
}

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

from underwriting.outside.calls import Call
from underwriting.outside.clock import REAL, Clock
from underwriting.sources import anaf_companies, ares, companies_house, french_companies, gleif, krs, vies
from underwriting.sources.answers import Answer, Outcome
from underwriting.sources.companies import CompanyRecord
from underwriting.sources.vies import VatCheck

# Somebody is waiting for the page: all questions of one look-up together, and one of them at the most. The last one
# asked has a little time even when the ones before it took it all.
PATIENCE = 14.0
MOST_FOR_ONE = 7.0
LEAST_FOR_ONE = 2.0

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
    call = Call(at, clock, MOST_FOR_ONE, clock.monotonic() + PATIENCE, LEAST_FOR_ONE)
    register = _ask_register(country, number, call)
    asked = vat_number or (register.payload.vat_number if register.payload else "")
    return CompanyLookup(country, number, register, _check_vat(asked, call) if vies.is_asked(asked) else None)


def _ask_register(country: str, number: str, call: Call) -> Lookup:
    """The first register that answers; the first answer when none does; GLEIF's where there is no register to ask."""
    answers: list[Lookup] = []
    for register in _REGISTERS.get(country, ()):
        answer = register(number, call)
        if answer is None:
            continue
        if answer.is_about_the_company:
            return answer
        answers.append(answer)
    return answers[0] if answers else _gleif(country, number, call)


def _anaf(number: str, call: Call) -> Lookup:
    question = anaf_companies.question([number], localdate(call.at))
    return call.ask(anaf_companies.SOURCE, question, lambda reply: anaf_companies.read_company(reply, number))


def _french_search(number: str, call: Call) -> Lookup:
    question = french_companies.search_question(number)
    return call.ask(french_companies.SEARCH, question, lambda reply: french_companies.read_search(reply, number))


def _sirene(number: str, call: Call) -> Lookup | None:
    if not settings.INSEE_API_KEY:
        return None
    question = french_companies.sirene_question(number, settings.INSEE_API_KEY)
    return call.ask(french_companies.SIRENE, question, lambda reply: french_companies.read_sirene(reply, number))


def _companies_house(number: str, call: Call) -> Lookup | None:
    if not settings.COMPANIES_HOUSE_API_KEY:
        return None
    question = companies_house.question(number, settings.COMPANIES_HOUSE_API_KEY)
    return call.ask(companies_house.SOURCE, question, lambda reply: companies_house.read_company(reply, number))


def _krs(number: str, call: Call) -> Lookup:
    """Entrepreneurs first; who is not among them may be an association."""
    for register in krs.REGISTERS:
        question = krs.question(number, register)
        answer = call.ask(krs.SOURCE, question, lambda reply: krs.read_company(reply, number))
        if answer.outcome != Outcome.NOT_FOUND:
            break
    return answer


def _ares(number: str, call: Call) -> Lookup:
    return call.ask(ares.SOURCE, ares.question(number), lambda reply: ares.read_company(reply, number))


def _gleif(country: str, number: str, call: Call) -> Lookup:
    question = gleif.question(country, number)
    return call.ask(gleif.SOURCE, question, lambda reply: gleif.read_company(reply, country, number))


def _check_vat(vat_number: str, call: Call) -> Answer[VatCheck]:
    return call.ask(vies.SOURCE, vies.question(vat_number), lambda reply: vies.read_check(reply, vat_number))


_Register = Callable[[str, Call], Lookup | None]
_REGISTERS: dict[str, tuple[_Register, ...]] = {
    "RO": (_anaf,),
    "FR": (_french_search, _sirene),
    "GB": (_companies_house,),
    "PL": (_krs,),
    "CZ": (_ares,),
}

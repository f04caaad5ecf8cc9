"""Polish companies, as the court register has them (KRS, extract of the present state). Pure.

Entrepreneurs are in register P, associations and foundations in S: who is not in the first is asked for in the second.
Section 6 tells liquidation, dissolution, bankruptcy and restructuring; it also tells mergers, which are none of those.
Persons are masked.
"""

import re
from typing import Any

from underwriting.sources.companies import (
    LONGEST_FORM,
    Activity,
    CompanyRecord,
    Status,
    check_number,
    day,
    inner,
    joined,
    json_of,
    listed,
    name,
    one_line,
    text,
)
from underwriting.sources.filing import distrust, plain
from underwriting.sources.questions import Question, Reply, Source
from unlockfocus.json_cases import as_object, get

SOURCE = Source(
    name="KRS",
    address="https://api-krs.ms.gov.pl",
    licence="Ministerstwo Sprawiedliwości, rejestr jawny",
    requests=5,
    per_seconds=1.0,
)
REGISTERS = ("P", "S")
_MERGERS = "polaczenie"
_FORMS = (
    ("z ograniczona odpowiedzialnoscia spolka komandytowa", "Sp. z o.o. sp.k."),
    ("z ograniczona odpowiedzialnoscia", "Sp. z o.o."),
    ("prosta spolka akcyjna", "P.S.A."),
    ("komandytowo-akcyjna", "S.K.A."),
    ("spolka akcyjna", "S.A."),
    ("spolka komandytowa", "Sp.k."),
    ("spolka jawna", "Sp.j."),
)


def question(number: str, register: str) -> Question:
    return Question(f"/api/krs/OdpisAktualny/{number}", parameters={"rejestr": register, "format": "json"})


def read_company(reply: Reply, number: str) -> CompanyRecord | None:
    """The company of that number; raises BadPayload. (That there is none is told by the status 404 alone.)"""
    with distrust():
        extract = get(json_of(reply), "odpis", as_object)
        head = get(extract, "naglowekA", as_object)
        check_number(text(head, "numerKRS"), number, "odpis.naglowekA.numerKRS")
        return _record(get(extract, "dane", as_object), head, number)


def _record(facts: Any, head: Any, number: str) -> CompanyRecord:
    first = get(facts, "dzial1", as_object)
    about = get(first, "danePodmiotu", as_object)
    numbers = inner(about, "identyfikatory")
    trouble = _trouble(inner(facts, "dzial6"))
    tax_number, statistics = text(numbers, "nip"), text(numbers, "regon")
    return CompanyRecord(
        country="PL",
        number=number,
        name=name(about, "nazwa"),
        status=Status.IN_PROCEEDINGS if trouble else Status.ACTIVE,
        status_words=trouble or "wpisana",
        legal_form=_form(text(about, "formaPrawna")),
        vat_number=f"PL{tax_number}" if re.fullmatch("[0-9]{10}", tax_number) else "",
        address=_address(inner(inner(first, "siedzibaIAdres"), "adres")),
        activity=_activity(inner(inner(facts, "dzial3"), "przedmiotDzialalnosci")),
        registered_on=day(head, "dataRejestracjiWKRS", "%d.%m.%Y"),
        other_numbers=tuple((kind, each) for kind, each in (("NIP", tax_number), ("REGON", statistics)) if each),
        as_of=day(head, "stanZDnia", "%d.%m.%Y"),
        page="https://wyszukiwarka-krs.ms.gov.pl/",
    )


def _trouble(section: Any) -> str:
    """What section 6 tells, but for mergers, in the names of its own entries."""
    told = [key for key, entry in section.items() if entry and not key.startswith(_MERGERS)]
    return one_line(", ".join(re.sub("(?<=[a-z])(?=[A-Z])", " ", key).lower() for key in told), 120)


def _address(parts: Any) -> str:
    """Street and house, flat, then the post code and the place."""
    house = "/".join(part for part in (text(parts, "nrDomu"), text(parts, "nrLokalu")) if part)
    street = f"{text(parts, 'ulica') or text(parts, 'miejscowosc')} {house}".strip()
    return joined([street, f"{text(parts, 'kodPocztowy')} {text(parts, 'miejscowosc')}".strip()])


def _form(words: str) -> str:
    spoken = plain(words).replace("ł", "l")
    return next((form for phrase, form in _FORMS if phrase in spoken), words)[:LONGEST_FORM]


def _activity(subject: Any) -> Activity | None:
    """The main activity; the extract does not say whether it is in PKD 2007 or PKD 2025."""
    for each in listed(subject, "przedmiotPrzewazajacejDzialalnosci"):
        division, group = text(each, "kodDzial"), text(each, "kodKlasa")
        if re.fullmatch("[0-9]{2}", division) and re.fullmatch("[0-9]{2}", group):
            return Activity(f"{division}.{group}", "PKD")
    return None

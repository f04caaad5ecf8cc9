"""Czech companies, as ARES gathers them from the registers of the State. Pure.

`seznamRegistraci` has the state in each of them: the insolvency register (IR), the records of bankrupts (CEU), the
public register (VR), the register of persons (ROS), VAT payers (DPH).
"""

import re
from typing import Any

from underwriting.sources.companies import (
    LONGEST_ADDRESS,
    Activity,
    CompanyRecord,
    Status,
    check_number,
    day,
    inner,
    json_of,
    listed,
    name,
    text,
)
from underwriting.sources.filing import BadPayload, distrust
from underwriting.sources.questions import Question, Reply, Source

SOURCE = Source(
    name="ARES",
    address="https://ares.gov.cz/ekonomicke-subjekty-v-be/rest",
    licence="Ministerstvo financí, otevřená data",
    requests=400,
    per_seconds=60.0,
)
_FORMS = {"111": "v.o.s.", "112": "s.r.o.", "113": "k.s.", "121": "a.s.", "205": "družstvo", "301": "s.p."}
_STATES = {"AKTIVNI": Status.ACTIVE, "POZASTAVENY": Status.INACTIVE, "ZANIKLY": Status.STRUCK_OFF}


def question(number: str) -> Question:
    return Question(f"/ekonomicke-subjekty/{number}", reads_missing=True)


def read_company(reply: Reply, number: str) -> CompanyRecord | None:
    """The company of that number; None when ARES says there is none. Raises BadPayload."""
    with distrust():
        answer = json_of(reply)
        if reply.status_code == 404:
            if "NENALEZEN" not in text(answer, "kod"):
                raise BadPayload("kod", "NENALEZENO is expected")
            return None
        check_number(text(answer, "ico"), number, "ico")
        return _record(answer, number)


def _record(answer: Any, number: str) -> CompanyRecord:
    states = inner(answer, "seznamRegistraci")
    ended = day(answer, "datumZaniku")
    status, words = _status(states, has_ended=ended is not None)
    form = text(answer, "pravniForma")
    tax_number = text(answer, "dic")
    is_taxed = bool(re.fullmatch("CZ[0-9]{8,10}", tax_number)) and text(states, "stavZdrojeDph") == "AKTIVNI"
    return CompanyRecord(
        country="CZ",
        number=number,
        name=name(answer, "obchodniJmeno"),
        status=status,
        status_words=words,
        status_on=ended,
        legal_form=_FORMS.get(form, f"právní forma {form}" if form else ""),
        vat_number=tax_number if is_taxed else "",
        address=text(inner(answer, "sidlo"), "textovaAdresa", LONGEST_ADDRESS),
        activity=_activity(answer),
        registered_on=day(answer, "datumVzniku"),
        as_of=day(answer, "datumAktualizace"),
        page=f"https://ares.gov.cz/ekonomicke-subjekty?ico={number}",
    )


def _status(states: Any, *, has_ended: bool) -> tuple[Status, str]:
    if has_ended:
        return Status.STRUCK_OFF, "zanikl"
    for register in ("stavZdrojeIr", "stavZdrojeCeu"):
        if text(states, register) == "AKTIVNI":
            return Status.IN_PROCEEDINGS, f"{register} AKTIVNI"
    own = text(states, "stavZdrojeVr") or text(states, "stavZdrojeRos")
    return _STATES.get(own, Status.UNKNOWN), own


def _activity(answer: Any) -> Activity | None:
    """The prevailing activity, or else the first; CZ-NACE has NACE's digits and more."""
    codes = [text(answer, "czNacePrevazujici"), *(str(each) for each in listed(answer, "czNace"))]
    for code in codes:
        if re.fullmatch("[0-9]{4,5}", code):
            return Activity(f"{code[:2]}.{code[2:4]}", "CZ-NACE")
    return None

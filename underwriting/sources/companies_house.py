"""British companies, as Companies House has them; a free key is the user name of basic authentication. Pure."""

from collections.abc import Mapping
from typing import Any

from underwriting.sources.companies import (
    LONGEST_FORM,
    Activity,
    CompanyRecord,
    Status,
    check_number,
    day,
    distinct,
    inner,
    joined,
    json_of,
    listed,
    name,
    one_line,
    text,
)
from underwriting.sources.filing import BadPayload, distrust
from underwriting.sources.questions import Question, Reply, Source

SOURCE = Source(
    name="Companies House",
    address="https://api.company-information.service.gov.uk",
    licence="Open Government Licence 3.0",
    requests=600,
    per_seconds=300.0,
)
_STATUS: Mapping[str, Status] = {
    "active": Status.ACTIVE,
    "open": Status.ACTIVE,
    "registered": Status.ACTIVE,
    "dissolved": Status.STRUCK_OFF,
    "removed": Status.STRUCK_OFF,
    "closed": Status.STRUCK_OFF,
    "converted-closed": Status.STRUCK_OFF,
    "liquidation": Status.IN_PROCEEDINGS,
    "receivership": Status.IN_PROCEEDINGS,
    "administration": Status.IN_PROCEEDINGS,
    "voluntary-arrangement": Status.IN_PROCEEDINGS,
    "insolvency-proceedings": Status.IN_PROCEEDINGS,
}
_FORMS = {"ltd": "Ltd", "plc": "PLC", "llp": "LLP", "private-unlimited": "Unlimited"}
_ADDRESS = ("premises", "address_line_1", "address_line_2", "locality", "region", "postal_code", "country")


def question(number: str, key: str) -> Question:
    return Question(f"/company/{number}", credentials=(key, ""), reads_missing=True)


def read_company(reply: Reply, number: str) -> CompanyRecord | None:
    """The company of that number; None when Companies House says there is none. Raises BadPayload."""
    with distrust():
        answer = json_of(reply)
        if reply.status_code == 404:
            _check_none(answer)
            return None
        check_number(text(answer, "company_number"), number, "company_number")
        return _record(answer, number)


def _check_none(answer: Any) -> None:
    errors = {text(each, "error") for each in listed(answer, "errors")}
    if "company-profile-not-found" not in errors:
        raise BadPayload("errors", "company-profile-not-found is expected")


def _record(answer: Any, number: str) -> CompanyRecord:
    current, kind = name(answer, "company_name"), text(answer, "type")
    state, detail = text(answer, "company_status"), text(answer, "company_status_detail")
    codes = [one_line(str(each), 10) for each in listed(answer, "sic_codes")]
    former = (text(each, "name") for each in listed(answer, "previous_company_names"))
    return CompanyRecord(
        country="GB",
        number=number,
        name=current,
        status=_STATUS.get(state, Status.UNKNOWN),
        status_words=f"{state} ({detail})" if detail else state,
        status_on=day(answer, "date_of_cessation"),
        legal_form=_FORMS.get(kind, kind.replace("-", " ")[:LONGEST_FORM]),
        address=joined(text(inner(answer, "registered_office_address"), part) for part in _ADDRESS),
        activity=_activity(codes),
        registered_on=day(answer, "date_of_creation"),
        former_names=distinct(former, but=current),
        page=f"https://find-and-update.company-information.service.gov.uk/company/{number}",
    )


def _activity(codes: list[str]) -> Activity | None:
    """The first code; the first four digits of SIC 2007 are NACE Rev. 2."""
    code = codes[0] if codes else ""
    is_code = len(code) == 5 and code.isascii() and code.isdigit()
    return Activity(f"{code[:2]}.{code[2:]}", "SIC 2007") if is_code else None

"""Which group a company reports to belong to, asked of GLEIF: its LEI, its ultimate parent, or why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from underwriting.outside.calls import Call
from underwriting.outside.clock import REAL, Clock
from underwriting.sources import gleif
from underwriting.sources.answers import Answer, Outcome
from underwriting.sources.companies import CompanyRecord
from underwriting.sources.gleif import Relative

# No one is waiting: a worker may stand in line for a place.
PATIENCE = 40.0


@dataclass(frozen=True, slots=True)
class GroupFinding:
    """How far the questions came.

    `answer` is the one that counts: the company's when it has no LEI or when GLEIF did not answer, else the parent's.
    `lei` is the company's own; `exception` is GLEIF's word for why no parent is given.
    """

    answer: Answer[Any]
    lei: str = ""
    name: str = ""
    parent: Relative | None = None
    exception: str = ""

    @property
    def is_known(self) -> bool:
        """Whether GLEIF answered all that was asked, be it that there is no LEI or no parent."""
        return self.answer.is_about_the_company

    @property
    def group_lei(self) -> str:
        """The LEI the group goes by: the ultimate parent's, or the company's own where no parent is reported."""
        return (self.parent.lei if self.parent else self.lei) if self.is_known else ""

    @property
    def group_name(self) -> str:
        return self.parent.name if self.parent else self.name


def find_group(country: str, numbers: Sequence[str], *, at: datetime, clock: Clock = REAL) -> GroupFinding:
    """Ask for the company under each of its numbers in turn, then for its ultimate parent."""
    call = Call(at, clock, PATIENCE)
    company = _company(country, numbers, call)
    record = company.payload
    if record is None:
        return GroupFinding(company)
    parent = _parent(record.lei, call)
    exception = _exception(record.lei, call) if parent.outcome == Outcome.NOT_FOUND else ""
    return GroupFinding(parent, record.lei, record.name, parent.payload, exception)


def _company(country: str, numbers: Sequence[str], call: Call) -> Answer[CompanyRecord]:
    """The first answer that is not "no LEI under this number"; else that."""
    for number in numbers:
        answer = _by_number(country, number, call)
        if answer.outcome != Outcome.NOT_FOUND:
            break
    return answer


def _by_number(country: str, number: str, call: Call) -> Answer[CompanyRecord]:
    question = gleif.question(country, number)
    return call.ask(gleif.SOURCE, question, lambda reply: gleif.read_company(reply, country, number))


def _parent(lei: str, call: Call) -> Answer[Relative]:
    question = gleif.relation_question(lei, "ultimate-parent")
    return call.ask(gleif.SOURCE, question, gleif.read_relative)


def _exception(lei: str, call: Call) -> str:
    """Why no parent is reported; "" where GLEIF does not say, or not now: that there is none stands without it."""
    question = gleif.relation_question(lei, "ultimate-parent-reporting-exception")
    return call.ask(gleif.SOURCE, question, gleif.read_exception).payload or ""

"""Which documents a claim needs, and which of them are still missing. Pure."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Cause = Literal["protracted_default", "insolvency"]


class Kind(StrEnum):
    """The kinds of evidence by their stored names, and the bank details, which a second person confirms.

    No cause requires `OTHER`: it is what the insurer may ask for besides.
    """

    ORDER = "order"
    TERMS = "terms"
    INVOICE = "invoice"
    DELIVERY = "delivery"
    STATEMENT = "statement"
    REMINDER = "reminder"
    RETENTION_OF_TITLE = "retention_of_title"
    ACKNOWLEDGEMENT = "acknowledgement"
    DISPUTE = "dispute"
    INSOLVENCY = "insolvency"
    FILED_CLAIM = "filed_claim"
    BANK_DETAILS = "bank_details"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Options:
    """What was agreed or happened. `disputed` holds the references of the disputed invoices."""

    retention_of_title: bool = False
    instalment_plan: bool = False
    disputed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, order=True)
class Document:
    """A kind of document, of the whole claim ("") or of one invoice."""

    kind: Kind
    invoice: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    kind: Kind
    invoice: str


@dataclass(frozen=True, slots=True)
class Completeness:
    """`percentage` is rounded down, so that 100 means complete."""

    done: int
    total: int
    missing: tuple[Missing, ...]

    @property
    def percentage(self) -> int:
        return 100 * self.done // self.total if self.total else 100

    @property
    def is_complete(self) -> bool:
        return not self.missing


def required_documents(cause: Cause, invoices: Sequence[str], options: Options) -> tuple[Document, ...]:
    """What the file needs, in the order in which it usually comes about.

    Reminders show a debtor that does not pay; a debtor in insolvency could not, so there the proceedings are shown.
    """
    return tuple(_required(cause, invoices, options))


def _required(cause: Cause, invoices: Sequence[str], options: Options) -> Iterator[Document]:
    yield Document(Kind.ORDER)
    yield Document(Kind.TERMS)
    if options.retention_of_title:
        yield Document(Kind.RETENTION_OF_TITLE)
    for invoice in invoices:
        yield Document(Kind.INVOICE, invoice)
        yield Document(Kind.DELIVERY, invoice)
        if invoice in options.disputed:
            yield Document(Kind.DISPUTE, invoice)
    yield Document(Kind.STATEMENT)
    if options.instalment_plan:
        yield Document(Kind.ACKNOWLEDGEMENT)
    if cause == "insolvency":
        yield Document(Kind.INSOLVENCY)
        yield Document(Kind.FILED_CLAIM)
    else:
        yield Document(Kind.REMINDER)
    yield Document(Kind.BANK_DETAILS)


def completeness(required: Iterable[Document], present: Collection[Document]) -> Completeness:
    """What is missing, in the order of what is required; one document of a kind is enough."""
    wanted, there = list(required), set(present)
    missing = tuple(Missing(one.kind, one.invoice) for one in wanted if one not in there)
    return Completeness(done=len(wanted) - len(missing), total=len(wanted), missing=missing)

"""The documents of one claim: what its cause asks for, what is there since delivery, and what is still missing."""

from collections.abc import Iterator, Sequence

from claims.account import Account
from claims.models import BankAccount, Claim, DocumentRequest, Invoice, Notice
from claims.required_documents import Cause, Completeness, Document, Kind, Options, completeness, required_documents
from underwriting.models import ConditionKind

OF_ONE_INVOICE = frozenset({Kind.INVOICE, Kind.DELIVERY, Kind.DISPUTE})


def documents_of(
    claim: Claim, account: Account, invoices: Sequence[Invoice], asked: Sequence[DocumentRequest]
) -> Completeness:
    """How complete the file is: what its cause requires and what was asked for beside it."""
    required = list(
        required_documents(cause_of(claim), [each.number for each in invoices], _options(account, invoices))
    )
    present = set(_present(account))
    for request in asked:
        document = document_asked(request)
        if document not in required:
            required.append(document)
        if not is_answered(request, account):
            present.discard(document)
    return completeness(required, present)


def cause_of(claim: Claim) -> Cause:
    """As the rules name it."""
    return "insolvency" if claim.cause == Claim.Cause.INSOLVENCY else "protracted_default"


def document_asked(request: DocumentRequest) -> Document:
    return Document(Kind(request.kind), request.invoice.number if request.invoice else "")


def is_answered(request: DocumentRequest, account: Account) -> bool:
    """Whether a document of that kind, on that invoice if one was named, came after it was asked for."""
    return any(
        each.kind == request.kind
        and each.uploaded_at > request.asked_at
        and request.invoice_id in {None, each.invoice_id}
        for each in account.evidence
    )


def _options(account: Account, invoices: Sequence[Invoice]) -> Options:
    title = ConditionKind.RETENTION_OF_TITLE.value
    return Options(
        retention_of_title=title in account.guarantee.offer.options
        or any(each.kind == title for each in account.conditions),
        instalment_plan=account.guarantee.plans.filter(ended_at=None).exists(),
        disputed=frozenset(
            each.number for each in invoices if any(row.settled_on is None for row in each.disputes.all())
        ),
    )


def _present(account: Account) -> Iterator[Document]:
    """What was given with the request, kept since delivery, or told by notice."""
    kinds = set(Kind)
    for given in account.guarantee.request.documents.all():
        if given.kind in kinds:
            yield Document(Kind(given.kind))
    numbers = {each.pk: each.number for each in account.invoices}
    for kept in account.evidence:
        if kept.kind not in kinds:
            continue
        kind = Kind(kept.kind)
        if kept.invoice_id:
            yield Document(kind, numbers[kept.invoice_id])
        if not kept.invoice_id or kind not in OF_ONE_INVOICE:
            yield Document(kind)
    if account.guarantee.notices.filter(act=Notice.Act.REMINDER).exists():
        yield Document(Kind.REMINDER)
    if _has_bank_details(account):
        yield Document(Kind.BANK_DETAILS)


def _has_bank_details(account: Account) -> bool:
    """Given is enough for the file: to confirm them is the insurer's part, and bars payment until it is done."""
    request = account.guarantee.request
    owner = {"bank": request.loss_payee} if request.loss_payee_id else {"company": request.company}
    return BankAccount.objects.filter(**owner, ended_at=None).exists()

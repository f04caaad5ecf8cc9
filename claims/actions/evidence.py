"""Documents collected since delivery: what a claim will need is there before there is one."""

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from applications.uploads import inspect, safe_name
from claims import events
from claims.actions.claims import review_documents_of
from claims.actions.deliveries import check_may_declare
from claims.models import Evidence, Invoice
from journal.recording import record
from parties.models import User
from underwriting.actions.guarantees import locked


@transaction.atomic
def add_evidence(
    guarantee_id: int,
    *,
    kind: str,
    file: "UploadedFile[Any]",
    invoice: Invoice | None = None,
    is_internal: bool = False,
    by: User,
    at: datetime,
) -> Evidence:
    """Keep a document with the guarantee or one invoice; raises UnacceptableFile. It is never removed."""
    inspected = inspect(file)
    guarantee = locked(guarantee_id)
    check_may_declare(by, guarantee)
    evidence = guarantee.evidence.create(
        invoice=invoice,
        kind=kind,
        is_internal=is_internal,
        name=safe_name(file.name or ""),
        file=file,
        content_type=inspected.content_type,
        size=inspected.size,
        sha256=inspected.sha256,
        uploaded_by=by,
        uploaded_at=at,
    )
    if not is_internal:
        data = {"name": evidence.name, "kind": evidence.get_kind_display(), "sha256": evidence.sha256}
        record(guarantee.request.journal_key, events.EVIDENCE_ADDED, actor=by, at=at, data=data)
    review_documents_of(guarantee.pk, at=at)
    return evidence

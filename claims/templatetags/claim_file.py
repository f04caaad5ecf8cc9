"""The words of the claim file for its pages and letters."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext_lazy

from claims import cover_words
from claims.documents import document_asked
from claims.models import Claim, DocumentRequest
from claims.required_documents import Kind
from claims.work_queue import ClaimsQueue, claims_queue
from unlockfocus.templatetags.face import Stage

register = template.Library()

# The life of a claim, and where each state stands in it.
LIFE = (
    gettext_lazy("Documents"),
    gettext_lazy("Collection"),
    gettext_lazy("Decision"),
    gettext_lazy("Payment"),
    gettext_lazy("Recovery"),
)
PLACES: dict[str, tuple[int, str]] = {
    "notified": (0, "current"),
    "documents_incomplete": (0, "current"),
    "documents_complete": (0, "current"),
    "reopened": (0, "current"),
    "suspended": (0, "current"),
    "in_collection": (1, "current"),
    "assessed": (2, "current"),
    "rejected": (2, "stopped"),
    "approved": (3, "current"),
    "paid": (4, "current"),
    "in_recovery": (4, "current"),
    "closed": (4, "done"),
}


@register.filter
def document_word(document: Any) -> str:
    """`Proof of delivery, F-2027-118`: of a missing document, or of its facts in a letter."""
    if isinstance(document, Mapping):
        return cover_words.document_name(document["kind"], document["invoice"])
    return cover_words.document_name(document.kind, document.invoice)


@register.filter
def where_it_lies(document: Any) -> str:
    """Whom to ask for a missing document."""
    return str(cover_words.WHERE[Kind(document.kind)])


@register.filter
def asks_for(request: DocumentRequest, document: Any) -> bool:
    """Whether the insurer's question is about this missing document."""
    asked = document_asked(request)
    return asked.kind is document.kind and asked.invoice == document.invoice


@register.simple_tag
def claims_waiting() -> ClaimsQueue:
    """The claims that wait for the insurer's people now."""
    return claims_queue(timezone.now())


@register.inclusion_tag("components/stage_tracker.html")
def claim_tracker(claim: Claim) -> dict[str, Any]:
    """The life of a claim: documents, collection, decision, payment, recovery."""
    here, state = PLACES[claim.status]
    if claim.status == Claim.Status.CLOSED and not claim.paid_at:
        here, state = 2, "stopped"
    stages = [
        Stage(str(name), state if index == here else "done" if index < here else "ahead")
        for index, name in enumerate(LIFE)
    ]
    note = claim.get_status_display() if state != "done" else ""
    return {"stages": stages, "position": here + 1, "note": note}

"""The words of the claim file for its pages and letters."""

from collections.abc import Mapping
from typing import Any

from django import template

from claims import cover_words
from claims.required_documents import Kind

register = template.Library()


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

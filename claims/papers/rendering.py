"""From the frozen facts of a paper to its PDF: the same facts, language and instant give the same bytes."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from underwriting.certificates.rendering import with_wider_spaces
from underwriting.certificates.typed_facts import typed


@dataclass(frozen=True, slots=True)
class Sheet:
    """A paper to be printed. `kind` names its template, `made_at` is the instant of the act it proves."""

    number: str
    kind: str
    title: str
    facts: dict[str, Any]
    made_at: datetime


def attached_facts(facts: dict[str, Any]) -> str:
    """The facts as the file attached to the PDF; its SHA-256 stands at the foot of every page."""
    return json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True)


def digest(facts: dict[str, Any]) -> str:
    """SHA-256 of the attached facts."""
    return sha256(attached_facts(facts).encode()).hexdigest()


def render_paper(sheet: Sheet, language: str, *, issued_at: datetime) -> bytes:
    """The PDF/A in French (`fr`) or English (`en`), from `templates/pdf/paper_<kind>.html`. Needs no database."""
    from underwriting.certificates.typesetting import attached_json, typeset

    context = {
        "language": language,
        "facts": typed(sheet.facts),
        "paper": sheet,
        "attachment": f"{sheet.number}.json",
        "digest": digest(sheet.facts),
        "issued_at": issued_at,
        "created": f"{issued_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }
    with translation.override(language):
        html = with_wider_spaces(render_to_string(f"pdf/paper_{sheet.kind}.html", context))
        description = translation.gettext("The facts of this paper, as data")
    return typeset(html, [attached_json(context["attachment"], attached_facts(sheet.facts), description, issued_at)])

"""From facts to the PDF in one language: the same facts, language and instant give the same bytes."""

import json
from datetime import UTC, date, datetime
from typing import Any

import segno
from babel.dates import format_date
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe

from underwriting.certificates import wording
from underwriting.certificates.facts import Facts
from underwriting.certificates.typed_facts import typed
from unlockfocus.money import NARROW_NO_BREAK_SPACE, NO_BREAK_SPACE
from unlockfocus.templatetags.face import money

# The days of a delivery in the order of the table; a line that is not insured has the first two.
DAYS = ("delivered_on", "due_on", "overdue_notice_by", "claim_by", "waiting_period_ends_on", "claims_barred_on")

ATTACHMENT_NAME = "certificate.json"


def render_certificate(facts: Facts, language: str, *, issued_at: datetime) -> bytes:
    """The certificate in French (`fr`) or English (`en`), the facts attached as JSON. Needs no database."""
    from underwriting.certificates.typesetting import attached_json, typeset

    with translation.override(language):
        html = with_wider_spaces(render_to_string("pdf/certificate.html", _page(facts, language, issued_at)))
        description = translation.gettext("The facts of this certificate, as data")
    content = json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True)
    return typeset(html, [attached_json(ATTACHMENT_NAME, content, description, issued_at)])


def verification_qr(url: str) -> SafeString:
    """The address as an SVG of black modules with the quiet zone readers need; survives 15 % damage."""
    code = segno.make(url, error="m", boost_error=False, micro=False)
    return mark_safe(code.svg_inline(border=4, omitsize=True, dark="#000000"))  # noqa: S308 (made of figures alone)


def _page(facts: Facts, language: str, issued_at: datetime) -> dict[str, Any]:
    read = typed(facts)
    return {
        "language": language,
        "facts": read,
        "words": wording.words(read),
        "schedule": _schedule(read["schedule"], language),
        "qr": verification_qr(facts["verification"]["url"]),
        "issued_on": timezone.localdate(issued_at),
        "created": f"{issued_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }


def with_wider_spaces(html: str) -> str:
    """With ordinary no-break spaces: the printed font has no narrow one, and half a space hardly parts `1 480`."""
    return html.replace(NARROW_NO_BREAK_SPACE, NO_BREAK_SPACE)


def _schedule(lines: list[Facts], language: str) -> dict[str, Any]:
    """The lines of the order for the table: the insured ones with all their days, the others with two."""
    return {
        "deliveries": [_row(line, DAYS, language) for line in lines if line["insured"]],
        "other_lines": [_row(line, DAYS[:2], language) for line in lines if not line["insured"]],
        "is_converted": any(line["currency"] != "EUR" for line in lines),
    }


def _row(line: Facts, days: tuple[str, ...], language: str) -> Facts:
    return {
        "label": line["label"],
        "amount_eur": line["amount_eur"],
        "invoiced": money(line["amount"], line["currency"]) if line["currency"] != "EUR" else "",
        "days": [_short_day(line[name], language) for name in days],
        "is_paid_before": line["due_on"] < line["delivered_on"],
    }


def _short_day(day: date, language: str) -> str:
    """`29 Sep 2027`, `29 sept. 2027`: as narrow columns need it, on one line."""
    return format_date(day, "d MMM y", locale=language).replace(" ", NO_BREAK_SPACE)

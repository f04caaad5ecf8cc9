"""Papers: their facts are frozen in the act they prove; the PDF of a language is made once, then kept."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from claims import events
from claims.models import Claim, Notice, Paper
from journal.numbering import next_reference
from journal.recording import record
from parties.models import User
from underwriting.models import Guarantee

PREFIXES = {
    Paper.Kind.RECEIPT: "RC",
    Paper.Kind.SETTLEMENT: "ST",
    Paper.Kind.RECOVERY: "RS",
    Paper.Kind.FINAL: "FS",
}


@transaction.atomic
def draw_up(
    kind: str,
    guarantee: Guarantee,
    facts: Mapping[str, Any],
    *,
    by: User | None,
    at: datetime,
    claim: Claim | None = None,
    notice: Notice | None = None,
) -> Paper:
    """Freeze the facts of an act as a numbered paper, in the act's own transaction.

    `facts` are JSON-able; a key tells its type as on the certificate: `_on`, `_by` ISO days, `_at` ISO instants, `_eur`
    decimal strings in EUR.
    """
    paper = Paper.objects.create(
        number=next_reference(PREFIXES[Paper.Kind(kind)], at.year),
        kind=kind,
        guarantee=guarantee,
        claim=claim,
        notice=notice,
        facts=dict(facts),
        made_at=at,
    )
    data = {"kind": paper.get_kind_display(), "number": paper.number}
    record(guarantee.request.journal_key, events.PAPER_MADE, actor=by, at=at, data=data)
    return paper

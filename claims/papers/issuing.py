"""Issuing: the PDF of a paper is made once per language, when it is first asked for, then kept as it was."""

from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.utils import translation

from claims.models import Paper, PaperCopy
from claims.papers.rendering import Sheet, render_paper


def issue_copy(paper: Paper, language: str, *, at: datetime) -> PaperCopy:
    """The copy of a paper in `fr` or `en`: the one kept, or a new one dated `at`."""
    kept = paper.copies.filter(language=language).first()
    return kept or _issue(paper.pk, language, at)


@transaction.atomic
def _issue(paper_id: int, language: str, at: datetime) -> PaperCopy:
    """Make and keep the copy while the paper's row is locked: whoever waited finds it made."""
    paper = Paper.objects.select_for_update(of=("self",)).get(pk=paper_id)
    kept = paper.copies.filter(language=language).first()
    if kept:
        return kept
    pdf = render_paper(sheet_of(paper, language), language, issued_at=at)
    return paper.copies.create(language=language, pdf=pdf, sha256=sha256(pdf).hexdigest(), made_at=at)


def sheet_of(paper: Paper, language: str) -> Sheet:
    """What is printed of a paper."""
    with translation.override(language):
        title = paper.get_kind_display()
    return Sheet(number=paper.number, kind=paper.kind, title=title, facts=paper.facts, made_at=paper.made_at)

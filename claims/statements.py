"""Recoveries with what their statements said of them, for the desk and the insured."""

from dataclasses import dataclass
from typing import Any

from claims.dossier import ClaimDossier
from claims.models import Paper, Recovery
from underwriting.certificates.typed_facts import typed


@dataclass(frozen=True)
class Statement:
    """A recovery, its statement and what it says: `facts` as claims/actions/recoveries.py wrote them, typed."""

    recovery: Recovery
    paper: Paper
    facts: dict[str, Any]


def statements_of(dossier: ClaimDossier) -> list[Statement]:
    """In the order in which the money came."""
    papers = {each.facts["recovery"]: each for each in dossier.claim.papers.filter(kind=Paper.Kind.RECOVERY)}
    return [Statement(each, papers[each.number], typed(papers[each.number].facts)) for each in dossier.recoveries]

"""Indemnities, recoveries and accounts on pages and papers."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template

from claims.dossier import ClaimDossier
from claims.models import Indemnity, Paper
from claims.payees import payee_of
from claims.payment_files.iban import group_iban
from claims.settlement_words import CREDITS, DOES, WHY, StepRow, step_rows

register = template.Library()

KINDS = (Paper.Kind.SETTLEMENT, Paper.Kind.RECOVERY, Paper.Kind.FINAL)


@register.filter
def calculation_rows(indemnity: Indemnity) -> list[StepRow]:
    """The lines of a frozen calculation."""
    return step_rows(
        indemnity.calculation["steps"], Decimal(indemnity.calculation["case"]["terms"]["insured_percentage"])
    )


@register.filter
def fact_rows(facts: Mapping[str, Any]) -> list[StepRow]:
    """The lines of the calculation a settlement freezes."""
    return step_rows(facts["steps"], facts["insured_percentage"])


@register.filter
def credit_word(kind: str) -> str:
    """`Payments` for payment."""
    return str(CREDITS[kind])


@register.filter
def does_word(does: str) -> str:
    """What confirming does with a line of the bank's."""
    return str(DOES[does])


@register.filter
def why_word(why: str) -> str:
    """Why a line of the bank's changes nothing."""
    return str(WHY[why]) if why else ""


@register.filter
def grouped_iban(iban: str) -> str:
    """`FR76 3000 6000 …`."""
    return group_iban(iban)


@register.filter
def absolute(amount: Decimal) -> Decimal:
    return abs(amount)


@register.inclusion_tag("claims/settlement.html")
def settlement(dossier: ClaimDossier) -> dict[str, Any]:
    """See `templates/claims/settlement.html`: what was approved, paid and recovered, for the insured."""
    shown = [each for each in dossier.indemnities if each.status in Indemnity.COMMITTED]
    return {
        "claim": dossier.claim,
        "indemnities": shown,
        "recoveries": dossier.recoveries,
        "papers": list(dossier.claim.papers.filter(kind__in=KINDS).order_by("pk")),
        "payee": payee_of(dossier.claim.guarantee) if shown else None,
    }

"""Indemnities, recoveries and accounts on pages and papers."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone

from claims.abilities import money_abilities
from claims.actions.accounts import masked
from claims.dossier import ClaimDossier
from claims.models import Indemnity, Paper
from claims.payees import payee_of
from claims.paying import MoneyWaiting, money_waiting
from claims.payment_files.iban import group_iban
from claims.settlement_words import CREDITS, DID, DOES, SAYS, WHY, StepRow, step_rows
from parties.models import User

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
def did_word(did: str) -> str:
    """What a line of the bank's did when its file was confirmed."""
    return str(DID[did])


@register.filter
def why_word(why: str) -> str:
    """Why a line of the bank's changes nothing."""
    return str(WHY[why]) if why else ""


@register.filter
def grouped_iban(iban: str) -> str:
    """`FR76 3000 6000 …`."""
    return group_iban(iban)


@register.filter
def iban(number: str, in_full: bool) -> str:
    """The account number, in full to who may see it, else `FR76 … 0189`."""
    return group_iban(number) if in_full else masked(number)


@register.filter
def masked_iban(number: str) -> str:
    """`FR76 … 0189`."""
    return masked(number)


@register.filter
def says_word(status: str) -> str:
    """What a line of the bank's says happened."""
    return str(SAYS[status])


@register.simple_tag
def money_rooms(user: User) -> frozenset[str]:
    """See `money_abilities`."""
    return money_abilities(user)


@register.simple_tag
def money_to_do(user: User) -> MoneyWaiting | None:
    """What waits for this reader about money; None where they could do nothing about it."""
    return money_waiting(timezone.now()) if "act" in money_abilities(user) else None


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

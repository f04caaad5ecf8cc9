"""Indemnities, recoveries and accounts on pages and papers."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone

from applications.exposure import NOTHING
from claims.abilities import money_abilities
from claims.actions.accounts import masked
from claims.calculation import replay
from claims.dossier import ClaimDossier
from claims.models import Indemnity, Paper
from claims.paying import MoneyWaiting, money_waiting
from claims.payment_files.iban import group_iban
from claims.settlement_words import CREDITS, DID, DOES, SAYS, WHY, Sheet, StepRow, sheet_of, step_rows
from claims.statements import statements_of
from parties.models import User
from underwriting.certificates.typed_facts import typed

register = template.Library()


TONES = {"prepared": "caution", "failed": "danger", "refused": "danger", "approved": "info", "paid": "good"}


@register.filter
def indemnity_tone(indemnity: Indemnity) -> str:
    """The tone of its state."""
    return TONES.get(indemnity.status, "neutral")


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


@dataclass(frozen=True)
class Settled:
    """A signed indemnity as the insured reads it: its sum, and the settlement with what it says, typed."""

    indemnity: Indemnity
    sheet: Sheet
    paper: Paper
    facts: dict[str, Any]


@register.inclusion_tag("claims/settlement.html")
def settlement(dossier: ClaimDossier) -> dict[str, Any]:
    """See `templates/claims/settlement.html`: what was signed, paid and recovered, for the insured."""
    papers = list(dossier.claim.papers.order_by("pk"))
    settlements = {each.facts["indemnity"]: each for each in papers if each.kind == Paper.Kind.SETTLEMENT}
    finals = [each for each in papers if each.kind == Paper.Kind.FINAL]
    is_closed = dossier.claim.status == dossier.claim.Status.CLOSED
    return {
        "claim": dossier.claim,
        "settled": [
            _settled(each, settlements[each.number])
            for each in reversed(dossier.indemnities)
            if each.status in Indemnity.COMMITTED
        ],
        "statements": statements_of(dossier),
        "to_insured": sum((each.to_insured for each in dossier.recoveries), NOTHING),
        "received": sum((each.received for each in dossier.recoveries), NOTHING),
        "final": finals[-1] if finals and is_closed else None,
        "outcome": typed(finals[-1].facts) if finals and is_closed else None,
    }


def _settled(indemnity: Indemnity, paper: Paper) -> Settled:
    sheet = sheet_of(replay(indemnity.calculation), to_insured=True)
    return Settled(indemnity, sheet, paper, typed(paper.facts))

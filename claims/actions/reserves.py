"""What is set aside for a claim: set when it opens, followed as it goes its way, or set by a person with a reason.

The reserve for indemnity is never lowered by what may be recovered: the expected recovery stands beside it.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from applications.exposure import NOTHING
from claims import events
from claims.actions import claims
from claims.actions.collection import open_claim_for
from claims.cockpit import expected_now, insolvency_opened_on, recovery_table
from claims.collection_words import RESERVE_REASONS
from claims.dossier import ClaimDossier
from claims.indemnity import indemnify
from claims.liability import committed_of, terms_for
from claims.models import Claim, Indemnity, Reserve
from journal.recording import record
from parties.models import User
from unlockfocus.errors import BusinessRule
from unlockfocus.money import to_cents
from unlockfocus.templatetags.face import money

DECIDED = (Claim.Status.APPROVED, Claim.Status.PAID, Claim.Status.IN_RECOVERY)
GIVEN_UP = (Claim.Status.REJECTED, Claim.Status.CLOSED)


class AboveLiability(BusinessRule):
    """More than the guarantee can ever pay."""

    field = "indemnity"


@dataclass(frozen=True, slots=True)
class Figures:
    """What a reserve holds, EUR."""

    indemnity: Decimal
    costs: Decimal = NOTHING
    expected_recovery: Decimal = NOTHING


NO_RESERVE = Figures(NOTHING)


@transaction.atomic
def set_reserve(claim_id: int, figures: Figures, *, reason: str, by: User, at: datetime) -> Reserve:
    """Set the reserve, for a reason. Raises NotAllowed, NoReason, AboveLiability, IllegalTransition."""
    claim = open_claim_for(claim_id, by)
    maximum = claim.guarantee.offer.maximum_liability
    if figures.indemnity > maximum:
        text = _("The guarantee never pays more than %(maximum)s.")
        raise AboveLiability(text % {"maximum": money(maximum)})
    return _set(claim, figures, claims.check_reason(reason), by=by, at=at)


def _set(claim: Claim, figures: Figures, reason: str, *, by: User | None, at: datetime) -> Reserve:
    reserve = claim.reserves.create(
        indemnity=figures.indemnity,
        costs=figures.costs,
        expected_recovery=figures.expected_recovery,
        reason=reason,
        set_by=by,
        set_at=at,
    )
    data = {"number": claim.number, "indemnity": figures.indemnity, "reason": reason}
    record(claim.journal_key, events.RESERVE_SET, actor=by, at=at, data=data)
    return reserve


def suggested(dossier: ClaimDossier) -> Figures:
    """What the open amount, the terms and the age of the debt would make of the reserve today; EUR.

    The expected recovery is the insurer's share of what the table of ages promises, nothing in insolvency.
    """
    expected = indemnify(dossier.open_total, terms_for(dossier.claim))
    recovery = expected_now(dossier, recovery_table(dossier.today)) or NOTHING
    return Figures(
        indemnity=max(expected.indemnity - committed_of(dossier.claim), NOTHING),
        expected_recovery=to_cents(recovery * expected.insurer_share),
    )


def _unpaid(claim: Claim) -> Decimal:
    """Signed and not paid yet."""
    signed = claim.indemnities.filter(status__in=Indemnity.COMMITTED).exclude(status=Indemnity.Status.PAID)
    return signed.aggregate(sum=Sum("amount"))["sum"] or NOTHING


# --- By itself --------------------------------------------------------------------------------------------------------


@transaction.atomic
def reserve_at_opening(claim_id: int, *, at: datetime, is_reopened: bool = False) -> Reserve | None:
    """Set what a claim just opened, or reopened, is expected to cost; nothing when that was done."""
    claim = claims.locked(claim_id)
    if claim.reserves.filter(set_at__gte=at).exists() or claim.status in GIVEN_UP:
        return None
    dossier = ClaimDossier(claim, claim.opened_by, at)
    is_insolvent = insolvency_opened_on(dossier) is not None
    why = "reopened" if is_reopened else "opened_insolvency" if is_insolvent else "opened"
    return _set(claim, suggested(dossier), RESERVE_REASONS[why], by=None, at=at)


@transaction.atomic
def reserve_after_money(claim_id: int, *, amount: Decimal, why: str, at: datetime) -> Reserve | None:
    """Bring the reserve in line after an indemnity was approved, paid or came back; `why` is a key of its reasons.

    Once the claim is decided, what is signed and unpaid is left; before, a paid advance of `amount` lowers it. Twice
    is the same as once.
    """
    claim = claims.locked(claim_id)
    if claim.reserves.filter(set_by=None, set_at=at).exists() or claim.status in GIVEN_UP:
        return None
    held = newest(claim)
    if claim.status in DECIDED:
        indemnity = _unpaid(claim)
        why = why if indemnity else "paid"
    elif why == "paid":
        indemnity, why = max(held.indemnity - amount, NOTHING), "advanced"
    elif why == "failed" and _was_lowered(claim):
        indemnity = held.indemnity + amount
    else:
        return None
    if indemnity == held.indemnity:
        return None
    figures = Figures(indemnity, held.costs, held.expected_recovery)
    return _set(claim, figures, RESERVE_REASONS[why], by=None, at=at)


def _was_lowered(claim: Claim) -> bool:
    """Whether the last that was done to the reserve is that a paid advance lowered it."""
    row = claim.reserves.order_by("pk").last()
    return row is not None and row.reason == RESERVE_REASONS["advanced"]


@transaction.atomic
def release(claim_id: int, *, why: str, at: datetime) -> Reserve | None:
    """Set nothing aside any more for a claim rejected or closed; nothing to do when it was reopened since."""
    claim = claims.locked(claim_id)
    if newest(claim) == NO_RESERVE or claim.status not in GIVEN_UP:
        return None
    return _set(claim, NO_RESERVE, RESERVE_REASONS[why], by=None, at=at)


def newest(claim: Claim) -> Figures:
    """What is set aside now."""
    row = claim.reserves.order_by("pk").last()
    return Figures(row.indemnity, row.costs, row.expected_recovery) if row else NO_RESERVE

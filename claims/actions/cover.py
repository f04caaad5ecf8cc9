"""What a person finds about cover where the file cannot judge, or against what it says. Findings are never changed."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from claims import events
from claims.account import Account
from claims.actions.claims import check_handles, check_reason, locked
from claims.cover_words import OUTCOMES, QUESTIONS
from claims.coverage import Check, Outcome
from claims.models import Claim, Finding, Invoice
from claims.workflow import OPEN_FILE
from journal.recording import record
from parties.models import User
from unlockfocus.errors import BusinessRule, IllegalTransition

REVIEWED = frozenset({*OPEN_FILE, Claim.Status.REOPENED.value})


class NotFindable(BusinessRule):
    """The finding does not belong to the claim, or takes out an amount that it cannot take."""


@dataclass(frozen=True, slots=True)
class Found:
    """A finding about to be kept. `uncovered` is EUR of one invoice; None is what the question takes by itself."""

    check: Check
    outcome: Outcome
    reason: str
    invoice: Invoice | None = None
    uncovered: Decimal | None = None


@transaction.atomic
def find(claim_id: int, found: Found, *, by: User, at: datetime) -> Finding:
    """Answer a question about cover in the file's stead; the newest answer counts, all are kept.

    Raises NotAllowed, NoReason, NotFindable, IllegalTransition once the claim is assessed or while it is suspended.
    """
    check_handles(by)
    claim = locked(claim_id)
    if claim.status not in REVIEWED:
        raise IllegalTransition(
            _("Cover is not under review: the claim is “%(state)s”.") % {"state": claim.get_status_display()}
        )
    reason = check_reason(found.reason)
    _check_amount(claim, found, at)
    finding = claim.findings.create(
        check_name=found.check.value,
        invoice=found.invoice,
        outcome=found.outcome.value,
        uncovered=found.uncovered,
        reason=reason,
        found_by=by,
        found_at=at,
    )
    data = {
        "number": claim.number,
        "check": found.check.value,
        "question": str(QUESTIONS[found.check]),
        "finding": str(OUTCOMES[found.outcome]),
        "invoice": found.invoice.number if found.invoice else "",
        "uncovered": found.uncovered,
        "reason": reason,
    }
    record(claim.journal_key, events.COVER_FOUND, actor=by, at=at, data=data)
    return finding


def _check_amount(claim: Claim, found: Found, at: datetime) -> None:
    if found.invoice and not claim.invoices.filter(pk=found.invoice.pk).exists():
        raise NotFindable(_("Invoice %(number)s is not part of this claim.") % {"number": found.invoice.number})
    if found.uncovered is None:
        return
    if found.outcome is not Outcome.UNMET or found.invoice is None or found.check is Check.WITHIN_LIMIT:
        raise NotFindable(
            _("An amount goes with the answer “not met” on one invoice; the question of the limit takes none.")
        )
    most = Account(claim.guarantee, localdate(at)).balance(found.invoice).open
    if not 0 <= found.uncovered <= most:
        raise NotFindable(_("Give an amount above zero, at most what is open on the invoice."))

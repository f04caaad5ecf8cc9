"""An indemnity taking a transition, and the entry that says so: one way for signing and for paying."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from claims.models import Indemnity
from claims.workflow import INDEMNITY
from journal.recording import record
from parties.models import User
from unlockfocus.errors import IllegalTransition


def check_move(indemnity: Indemnity, transition: str) -> None:
    """Raises IllegalTransition where the indemnity's state does not allow it."""
    if not INDEMNITY.allows(transition, indemnity.status):
        state = {"number": indemnity.number, "state": indemnity.get_status_display()}
        raise IllegalTransition(_("This is not possible: indemnity %(number)s is “%(state)s”.") % state)


def move(indemnity: Indemnity, transition: str, **fields: Any) -> None:
    """Take a transition and save named fields with it; raises IllegalTransition."""
    check_move(indemnity, transition)
    indemnity.status = INDEMNITY.target(transition)
    for name, value in fields.items():
        setattr(indemnity, name, value)
    indemnity.save(update_fields=["status", *fields])


def record_move(event: str, indemnity: Indemnity, *, by: User | None, at: datetime, **more: str) -> None:
    """Enter what happened in the journal of the order."""
    data = {
        "number": indemnity.number,
        "kind": indemnity.get_kind_display(),
        "amount": indemnity.amount,
        "claim": indemnity.claim.number,
        "payee": indemnity.payee,
        **more,
    }
    record(indemnity.claim.journal_key, event, actor=by, at=at, data=data)

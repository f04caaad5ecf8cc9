"""Accounts of a register that an underwriter adds to a buyer, from a file."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from applications import actions as requests
from applications.models import CoverRequest
from journal.recording import record
from parties.models import UNDERWRITERS, User
from underwriting import events
from underwriting.actions.analysis import NotAllowed
from underwriting.actions.sectors import may_be_scored
from underwriting.actions.statements import Origin, keep_filings
from underwriting.models import BuyerStatement
from underwriting.sources.filing import Filing
from unlockfocus.errors import IllegalTransition


@transaction.atomic
def add_register_accounts(
    request_id: int, filings: Iterable[Filing], *, origin: Origin, by: User, at: datetime
) -> list[BuyerStatement]:
    """Keep what a register published of a request's buyer; the next score takes it. Kept again, nothing is added.

    Raises NotAllowed, IllegalTransition once the buyer is not scored any more, AnotherCompany.
    """
    if not by.has_duty(*UNDERWRITERS):
        raise NotAllowed(_("Only underwriters add accounts of a register."))
    request = requests.locked(request_id)
    if request.buyer is None or not may_be_scored(request):
        raise IllegalTransition(_("The buyer of this request is not scored any more."))
    return _keep(request, filings, origin, by=by, at=at)


@transaction.atomic
def note_register_accounts(
    request: CoverRequest, filings: Iterable[Filing], *, origin: Origin, at: datetime
) -> list[BuyerStatement]:
    """Keep what a register answered when it was asked about a request's buyer; raises AnotherCompany."""
    return _keep(request, filings, origin, by=None, at=at)


def _keep(
    request: CoverRequest, filings: Iterable[Filing], origin: Origin, *, by: User | None, at: datetime
) -> list[BuyerStatement]:
    assert request.buyer is not None  # noqa: S101 - asked before
    held = BuyerStatement.objects.filter(buyer=request.buyer).count()
    rows = keep_filings(request.buyer, filings, origin=origin, at=at)
    if rows and (by or BuyerStatement.objects.filter(buyer=request.buyer).count() > held):
        years = ", ".join(sorted({str(row.period_end) for row in rows}, reverse=True))
        data = {"register": rows[0].get_source_display(), "years": years, "file": origin.file, "sha256": origin.sha256}
        record(request.journal_key, events.REGISTER_ACCOUNTS_ADDED, actor=by, at=at, data=data)
    return rows

"""The sector of a buyer: which base rate and which peers its next score takes."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from applications import actions as requests
from applications.models import CoverRequest, Status
from journal.recording import record
from parties.activities import division_choices
from parties.models import UNDERWRITERS, Buyer, User
from underwriting import events
from underwriting.actions.analysis import NotAllowed
from underwriting.models import Offer
from unlockfocus.errors import BusinessRule, IllegalTransition

_BEFORE_A_CONTRACT = (Status.SUBMITTED, Status.IN_ANALYSIS, Status.INFORMATION_REQUESTED, Status.OFFERED)


class NoSuchSector(BusinessRule):
    """The code is no NACE division, or the one the buyer has already."""


def may_be_scored(request: CoverRequest) -> bool:
    """Whether the buyer of a request may still be scored: it is known, nothing is decided and no offer accepted."""
    if request.buyer_id is None or request.status not in _BEFORE_A_CONTRACT:
        return False
    return not Offer.objects.for_request(request).filter(status=Offer.Status.ACCEPTED).exists()


@transaction.atomic
def choose_sector(request_id: int, *, sector: str, by: User, at: datetime) -> Buyer:
    """Set the NACE division of a request's buyer, in all its files; scores from now on take it.

    Raises NotAllowed, IllegalTransition once the buyer is not scored any more, NoSuchSector.
    """
    if not by.has_duty(*UNDERWRITERS):
        raise NotAllowed(_("Only underwriters choose a buyer's sector."))
    request = requests.locked(request_id)
    if request.buyer_id is None or not may_be_scored(request):
        raise IllegalTransition(_("The buyer of this request is not scored any more."))
    buyer = Buyer.objects.select_for_update().get(pk=request.buyer_id)
    if sector not in dict(division_choices("en")):
        raise NoSuchSector(_("There is no such division in NACE Rev. 2."))
    if sector == buyer.sector:
        raise NoSuchSector(_("This is the buyer's sector already."))
    data = {"sector": sector, "before": buyer.sector}
    buyer.sector = sector
    buyer.save(update_fields=["sector"])
    record(request.journal_key, events.SECTOR_CHOSEN, actor=by, at=at, data=data)
    return buyer

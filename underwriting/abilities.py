"""May this user do this to this offer or file? One answer, shared by the pages, the desk and the tests."""

from datetime import date

from applications.models import CoverRequest, Status
from applications.workflow import COVER_REQUEST
from parties.models import UNDERWRITERS, InsurerRole, User
from underwriting.models import Offer


def offer_abilities(offer: Offer, user: User, today: date) -> frozenset[str]:
    """What a person of the insured company may answer to an offer visible to them: view, accept, refuse."""
    membership = user.membership
    if membership is None or membership.company_id != offer.request.company_id or not membership.may_act:
        return frozenset({"view"})
    if offer.status != Offer.Status.OPEN:
        return frozenset({"view"})
    return frozenset({"view", "refuse"} | ({"accept"} if today <= offer.valid_until else set()))


def desk_abilities(request: CoverRequest, user: User) -> frozenset[str]:
    """What a person of the insurer may do on a file.

    Any of view, analyse, override, answer_override, ask, decline, offer, sign, conditions.
    """
    if not user.duties:
        return frozenset()
    abilities = {"view"}
    if not user.has_duty(*UNDERWRITERS):
        return frozenset(abilities)
    abilities.add("conditions")
    if request.status in {Status.IN_ANALYSIS, Status.OFFERED}:
        abilities |= {"analyse", "override"}
        if not Offer.objects.for_request(request).filter(status=Offer.Status.ACCEPTED).exists():
            abilities.add("offer")
    if COVER_REQUEST.allows("ask_information", request.status):
        abilities.add("ask")
    if COVER_REQUEST.allows("decline", request.status):
        abilities.add("decline")
    if user.has_duty(InsurerRole.SENIOR_UNDERWRITER):
        abilities |= {"sign", "answer_override"}
    return frozenset(abilities)

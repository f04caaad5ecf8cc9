"""May this user do this to this request? One answer, shared by the pages, the API and the tests."""

from applications.models import CoverRequest, Status
from applications.workflow import COVER_REQUEST, OPEN
from parties.models import User


def may_open_request(user: User) -> bool:
    """Whether the user may ask for cover for a company."""
    return bool(user.membership and user.membership.may_act)


def request_abilities(request: CoverRequest, user: User) -> frozenset[str]:
    """The acts open to this user on a request they see: view, edit, submit, withdraw, answer, document."""
    abilities = {"view"}
    membership = user.membership
    if membership is None or membership.company_id != request.company_id or not membership.may_act:
        return frozenset(abilities)
    if request.status == Status.DRAFT:
        abilities.add("edit")
    abilities.update(act for act in ("submit", "withdraw", "answer") if COVER_REQUEST.allows(act, request.status))
    if request.status in OPEN:
        abilities.add("document")
    return frozenset(abilities)

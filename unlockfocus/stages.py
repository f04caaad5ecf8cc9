"""Where a file stands: the five stages, and who has the ball."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import CoverRequest, Status
from underwriting.models import Guarantee, Offer


@dataclass(frozen=True)
class Stage:
    """One of the five; `state` is done, current, ahead or stopped."""

    title: str | Promise
    state: str


TITLES = (
    gettext_lazy("Request"),
    gettext_lazy("Analysis"),
    gettext_lazy("Acceptance"),
    gettext_lazy("Monitoring"),
    gettext_lazy("Incidents"),
)
REACHED = {
    Status.DRAFT: 0,
    Status.WITHDRAWN: 0,
    Status.EXPIRED: 0,
    Status.SUBMITTED: 1,
    Status.IN_ANALYSIS: 1,
    Status.INFORMATION_REQUESTED: 1,
    Status.DECLINED: 1,
    Status.OFFERED: 2,
}
STOPPED = {Status.WITHDRAWN, Status.EXPIRED, Status.DECLINED}


def stages(request: CoverRequest, guarantee: Guarantee | None) -> list[Stage]:
    """The five stages of the file, each with its state."""
    reached = REACHED[Status(request.status)]
    if guarantee and guarantee.in_force_at:
        reached = 3
    here = "stopped" if request.status in STOPPED else "current"
    states = ["done"] * reached + [here] + ["ahead"] * (len(TITLES) - reached - 1)
    return [Stage(title, state) for title, state in zip(TITLES, states, strict=True)]


def ball_of_request(request: CoverRequest, offer: Offer | None, guarantee: Guarantee | None) -> str:
    """One sentence: who acts next, on what."""
    if guarantee:
        return ball_of_guarantee(guarantee)
    if request.status == Status.OFFERED:
        if offer:
            return _("Our offer waits for your answer.")
        return _("The offer was not taken up. Write to us for a new one.")
    return {
        Status.DRAFT: _("The draft is yours to complete."),
        Status.SUBMITTED: _("We are starting the analysis."),
        Status.IN_ANALYSIS: _("Our underwriters are analysing the buyer."),
        Status.INFORMATION_REQUESTED: _("We asked you for information; the analysis waits for your answer."),
        Status.DECLINED: _("We declined this cover; the reasons are below."),
        Status.WITHDRAWN: _("You withdrew this request."),
        Status.EXPIRED: _("This draft expired after 30 days without a change."),
    }[Status(request.status)]


def ball_of_guarantee(guarantee: Guarantee) -> str:
    """One sentence: what the guarantee waits for."""
    return {
        Guarantee.Status.PENDING_CONDITIONS: _("Cover takes effect when the conditions below are met."),
        Guarantee.Status.IN_FORCE: _("The guarantee is in force. Deliver as agreed."),
        Guarantee.Status.RUN_OFF: _("Nothing new is covered; what was delivered stays covered until it is paid."),
        Guarantee.Status.CLOSED: _("The guarantee is closed."),
        Guarantee.Status.NOT_TAKEN_UP: _("The guarantee was not taken up."),
    }[Guarantee.Status(guarantee.status)]

"""Where a file stands among the five stages, and who has the ball."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from applications.models import CoverRequest, Status
from claims.account import Account
from claims.models import Claim, Invoice
from underwriting.models import Guarantee, Offer
from unlockfocus.templatetags.face import day, money


@dataclass(frozen=True)
class Standing:
    """The stage reached, one of request, analysis, acceptance, monitoring, incidents; stopped there, or done."""

    stage: str
    stopped: bool = False
    closed: bool = False


REACHED = {
    Status.DRAFT: Standing("request"),
    Status.WITHDRAWN: Standing("request", stopped=True),
    Status.EXPIRED: Standing("request", stopped=True),
    Status.SUBMITTED: Standing("analysis"),
    Status.IN_ANALYSIS: Standing("analysis"),
    Status.INFORMATION_REQUESTED: Standing("analysis"),
    Status.DECLINED: Standing("analysis", stopped=True),
    Status.OFFERED: Standing("acceptance"),
}


def standing(request: CoverRequest, guarantee: Guarantee | None) -> Standing:
    """The stage the file has reached: in force it is watched; a notice or a claim makes it an incident."""
    if guarantee and guarantee.in_force_at:
        return _incident(guarantee) or Standing("monitoring", stopped=guarantee.ended_at is not None)
    if guarantee and guarantee.status == Guarantee.Status.NOT_TAKEN_UP:
        return Standing("acceptance", stopped=True)
    return REACHED[Status(request.status)]


def _incident(guarantee: Guarantee) -> Standing | None:
    """The last stage, when an overdue invoice was notified or claimed; done with the last claim."""
    claims = list(guarantee.claims.values_list("status", flat=True))
    if claims:
        return Standing("incidents", closed=set(claims) == {Claim.Status.CLOSED})
    notified = guarantee.invoices.filter(status=Invoice.Status.NOTIFIED)
    return Standing("incidents") if notified.exists() else None


def ball_of_request(
    request: CoverRequest, offer: Offer | None, guarantee: Guarantee | None, account: Account | None = None
) -> str:
    """One sentence: who acts next, on what."""
    if guarantee:
        return ball_of_guarantee(guarantee, account)
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


def ball_of_guarantee(guarantee: Guarantee, account: Account | None = None) -> str:
    """One sentence: what the guarantee waits for; with its account, what is unpaid comes first."""
    if account and account.stopped_from and guarantee.status == Guarantee.Status.IN_FORCE:
        return _("Stop delivering: %(amount)s is overdue, and nothing delivered since %(day)s is covered.") % {
            "amount": money(account.overdue_total),
            "day": day(account.stopped_from),
        }
    if account and account.overdue_total:
        return _("%(amount)s is overdue.") % {"amount": money(account.overdue_total)}
    return {
        Guarantee.Status.PENDING_CONDITIONS: _("Cover takes effect when the conditions below are met."),
        Guarantee.Status.IN_FORCE: _("The guarantee is in force. Deliver as agreed."),
        Guarantee.Status.RUN_OFF: _("Nothing new is covered; what was delivered stays covered until it is paid."),
        Guarantee.Status.CLOSED: _("The guarantee is closed."),
        Guarantee.Status.NOT_TAKEN_UP: _("The guarantee was not taken up."),
    }[Guarantee.Status(guarantee.status)]

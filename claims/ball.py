"""Who acts next on a claim, on what, and by when: told to the insured as "you", at the desk as "the insured"."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claims import clocks
from claims.account import claim_file, insolvency_told
from claims.models import Claim, Notice
from unlockfocus.templatetags.face import day

Status = Claim.Status
# What the claim waits for is the insurer's to do.
WITH_INSURER = frozenset(
    {
        Status.NOTIFIED,
        Status.DOCUMENTS_COMPLETE,
        Status.IN_COLLECTION,
        Status.ASSESSED,
        Status.APPROVED,
        Status.REOPENED,
    }
)


@dataclass(frozen=True, slots=True)
class Ball:
    """One sentence on who does what next, and the insurer's deadline that runs, if one does."""

    sentence: str
    deadline: clocks.Deadline | None


def ball_of(claim: Claim, running: clocks.Deadline | None, *, insurer: bool, missing: int | None = None) -> Ball:
    """Where the ball lies, given the insurer's deadline that runs.

    `missing` counts the documents the file lacks; None where they were not counted.
    """
    sentence = (_at_the_desk if insurer else _to_the_insured)(claim, missing, day(running.on) if running else "")
    return Ball(sentence, running)


def running_deadline(deadlines: Iterable[clocks.Deadline], claim: Claim) -> clocks.Deadline | None:
    """The decision or the payment the insurer owes on this claim and has not done."""
    return next((each for each in deadlines if each.subject == claim.number and each.done_on is None), None)


def for_lists(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """With all that `deadline_in_list` reads, in two queries more."""
    told = Notice.objects.filter(act=Notice.Act.INSOLVENCY_NOTICE).order_by("pk")
    return claims.select_related("guarantee__offer__request__company", "guarantee__buyer", "handler").prefetch_related(
        "invoices", Prefetch("guarantee__notices", queryset=told, to_attr="insolvencies_told")
    )


def deadline_in_list(claim: Claim, today: date) -> clocks.Deadline | None:
    """The running deadline of a claim that came `for_lists`, without its whole account."""
    guarantee = claim.guarantee
    waits = guarantee.offer.waiting_period_days
    return running_deadline(clocks.deadlines(facts_in_list(claim), guarantee.clocks, waits, today), claim)


def facts_in_list(claim: Claim) -> clocks.Facts:
    """What moves the insurer's clocks on a claim that came `for_lists`."""
    told: list[Notice] = getattr(claim.guarantee, "insolvencies_told")  # noqa: B009 - an attribute of the prefetch
    invoices = list(claim.invoices.all())
    return clocks.Facts(
        invoices=tuple(
            clocks.Unpaid(each.number, each.due_on, each.amount_eur, each.amount_eur, settled_on=each.settled_on)
            for each in invoices
        ),
        insolvency=insolvency_told(told[0]) if told else None,
        claims=(claim_file(claim, tuple(each.number for each in invoices)),),
        insured_country=claim.guarantee.request.company.country,
        insurer_country=settings.INSURER_COUNTRY,
    )


def _to_the_insured(claim: Claim, missing: int | None, by: str) -> str:
    match claim.status:
        case Status.NOTIFIED:
            return _("Your claim is with us. Within moments you read here which documents it still needs.")
        case Status.DOCUMENTS_INCOMPLETE:
            return _missing_of_you(missing)
        case Status.DOCUMENTS_COMPLETE:
            return _("The file is complete. We decide by %(day)s.") % {"day": by}
        case Status.IN_COLLECTION if by:
            return _("We collect the debt and decide by %(day)s.") % {"day": by}
        case Status.IN_COLLECTION:
            return _("We collect the debt. Our time to decide starts when the document we asked for is here.")
        case Status.ASSESSED if by:
            return _("The indemnity is worked out. A second person checks it; we decide by %(day)s.") % {"day": by}
        case Status.APPROVED if by:
            return _("Your indemnity is approved. We pay by %(day)s.") % {"day": by}
    return {
        Status.ASSESSED: _("The indemnity is worked out. A second person checks it."),
        Status.APPROVED: _("Your indemnity is approved; the payment follows."),
        Status.REJECTED: _("We rejected the claim; the reasons are below."),
        Status.PAID: _("The indemnity is paid. What is still recovered is divided between you and us."),
        Status.IN_RECOVERY: _("We go on recovering; each receipt is divided between you and us."),
        Status.SUSPENDED: _("The claim rests while the debt is disputed. Tell us when the dispute is settled."),
        Status.REOPENED: _("The claim was reopened; we review it again."),
        Status.CLOSED: _("The claim is closed; nobody has to act."),
    }[Status(claim.status)]


def _missing_of_you(missing: int | None) -> str:
    if missing is None:
        return _("You give the documents that are missing; then our 30 days to decide start.")
    return ngettext(
        "%(count)d document is missing. Our time to decide starts when you have given it.",
        "%(count)d documents are missing. Our time to decide starts when you have given the last one.",
        missing,
    ) % {"count": missing}


def _at_the_desk(claim: Claim, missing: int | None, by: str) -> str:
    match claim.status:
        case Status.DOCUMENTS_INCOMPLETE if missing:
            return ngettext(
                "The insured gives the %(count)d document that is missing.",
                "The insured gives the %(count)d documents that are missing.",
                missing,
            ) % {"count": missing}
        case Status.DOCUMENTS_COMPLETE:
            return _("The file is complete: a claims handler starts collection and decides by %(day)s.") % {"day": by}
        case Status.IN_COLLECTION if by:
            return _("A claims handler collects, reviews the cover and prepares the indemnity by %(day)s.") % {
                "day": by
            }
        case Status.ASSESSED if by:
            return _("An approver who did not prepare the indemnity signs, returns or refuses it by %(day)s.") % {
                "day": by
            }
        case Status.APPROVED if by:
            return _("The payment is ordered and confirmed by %(day)s.") % {"day": by}
    return {
        Status.NOTIFIED: _("The documents are being counted."),
        Status.DOCUMENTS_INCOMPLETE: _("The insured gives the documents that are missing."),
        Status.IN_COLLECTION: _("A claims handler collects; no time to decide runs while a document is awaited."),
        Status.ASSESSED: _("An approver who did not prepare the indemnity signs, returns or refuses it."),
        Status.APPROVED: _("The payment is ordered and confirmed."),
        Status.REJECTED: _("The claim is rejected; nobody has to act unless it is reopened."),
        Status.PAID: _("The indemnity is paid. What is recovered is divided."),
        Status.IN_RECOVERY: _("A claims handler goes on recovering; each receipt is divided."),
        Status.SUSPENDED: _("The claim rests until the dispute is settled; a claims handler then resumes it."),
        Status.REOPENED: _("A claims handler reviews the claim again."),
        Status.CLOSED: _("The claim is closed; nobody has to act."),
    }[Status(claim.status)]

"""Who acts next on a file, on what, and since when: the desk's side of it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from applications import events as request_events
from applications.models import Status
from journal.models import Entry
from underwriting import events
from underwriting.dossier import Dossier
from underwriting.models import Guarantee, Offer


@dataclass(frozen=True)
class Ball:
    """`sentence` says who does what next; `since` is when it came to them, None when nobody has to do anything."""

    sentence: str
    since: datetime | None = None


def ball_of(file: Dossier) -> Ball:
    """Where the ball lies, from the latest stage backwards."""
    if file.guarantee:
        return _with_guarantee(file.guarantee)
    if file.unsigned_offer and file.request.status in {Status.IN_ANALYSIS, Status.OFFERED}:
        return Ball(_("The prepared offer waits for a second signature."), file.unsigned_offer.prepared_at)
    if file.request.status == Status.OFFERED:
        return _with_offer(file)
    if file.request.status == Status.IN_ANALYSIS:
        return _in_analysis(file)
    return _outside_analysis(file)


def _with_guarantee(guarantee: Guarantee) -> Ball:
    sentences = {
        Guarantee.Status.PENDING_CONDITIONS: _("The guarantee is bound; its conditions are awaited."),
        Guarantee.Status.IN_FORCE: _("The guarantee is in force. The buyer is watched."),
        Guarantee.Status.RUN_OFF: _("Nothing new is covered; what was delivered stays covered until it is paid."),
        Guarantee.Status.CLOSED: _("The guarantee is closed."),
        Guarantee.Status.NOT_TAKEN_UP: _("The guarantee was not taken up."),
    }
    since = guarantee.bound_at if guarantee.status == Guarantee.Status.PENDING_CONDITIONS else None
    return Ball(sentences[Guarantee.Status(guarantee.status)], since)


def _with_offer(file: Dossier) -> Ball:
    last = file.standing_offer or next((each for each in file.offers if each.signed_at), None)
    if last is None:
        return Ball(_("An underwriter decides on the next offer."))
    if last.status == Offer.Status.OPEN and file.today <= last.valid_until:
        day = date_format(last.valid_until, "j F Y")
        return Ball(_("The insured answers our offer by %(day)s.") % {"day": day}, last.signed_at)
    if last.status == Offer.Status.REFUSED:
        return Ball(
            _("The insured refused our offer: an underwriter makes another, or leaves it there."), last.answered_at
        )
    return Ball(_("Our offer expired without an answer: an underwriter may make it again."))


def _in_analysis(file: Dossier) -> Ball:
    if file.proposed_override:
        return Ball(_("A proposed grade waits for a second person."), file.proposed_override.proposed_at)
    if file.is_being_scored and file.analysis is None and file.newest_analysis:
        return Ball(_("The buyer is being scored."), file.newest_analysis.requested_at)
    since = _last(file, request_events.REQUEST_SUBMITTED, request_events.REQUEST_ANSWERED, events.OFFER_RETURNED)
    return Ball(_("An underwriter decides: an offer, a question, or a refusal with reasons."), since)


def _outside_analysis(file: Dossier) -> Ball:
    if file.request.status == Status.INFORMATION_REQUESTED:
        since = _last(file, request_events.INFORMATION_REQUESTED)
        return Ball(_("The insured answers our question."), since)
    sentences = {
        Status.SUBMITTED: _("The analysis starts by itself within seconds."),
        Status.DECLINED: _("Cover was declined; nobody has to act."),
        Status.WITHDRAWN: _("The insured withdrew the request; nobody has to act."),
        Status.EXPIRED: _("The draft expired; nobody has to act."),
    }
    since = file.request.submitted_at if file.request.status == Status.SUBMITTED else None
    return Ball(sentences[Status(file.request.status)], since)


def _last(file: Dossier, *names: str) -> datetime | None:
    """When one of these events happened last on the file."""
    entries = Entry.objects.filter(file__key=file.request.journal_key, event__in=names)
    return entries.order_by("-number").values_list("at", flat=True).first()

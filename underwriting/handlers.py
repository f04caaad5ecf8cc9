"""What follows from a request's acts at the insurer's, and whom it is told to."""

from django.conf import settings
from django.utils import timezone

from applications import actions as requests
from applications import events as request_events
from applications.models import CoverRequest
from journal.handlers import on
from journal.letters import owe_letters
from journal.models import Entry
from journal.queueing import queue_after_commit
from parties.models import UNDERWRITERS, Duty, Membership, Role, User
from underwriting import events
from underwriting.actions.analysis import request_analysis
from underwriting.actions.offers import drop_unsigned
from underwriting.actions.sectors import may_be_scored
from underwriting.models import Analysis


def _request_of(entry: Entry) -> CoverRequest:
    return CoverRequest.objects.select_related("company", "author").get(reference=entry.file.key)


def _insured(request: CoverRequest) -> list[User]:
    """Those who act for the insured company, the request's author first."""
    acting = Membership.objects.filter(company=request.company, role__in=[Role.OWNER, Role.CREDIT_MANAGER])
    return [each.user for each in acting.select_related("user") if each.user.is_active]


def _underwriters() -> list[User]:
    holders = Duty.objects.filter(role__in=UNDERWRITERS).values("user")
    return list(User.objects.filter(is_active=True, pk__in=holders))


@on(request_events.REQUEST_SUBMITTED)
def start_analysis(entry: Entry) -> None:
    """Take the request into analysis and owe it a score."""
    from underwriting.tasks import analyse

    now = timezone.now()
    request = requests.start_analysis(_request_of(entry).pk, at=now)
    analysis = request_analysis(request, at=now)
    if analysis.status == Analysis.Status.PENDING:
        queue_after_commit(analyse, analysis.pk)


@on(request_events.REQUEST_SUBMITTED)
def ask_registers(entry: Entry) -> None:
    """Ask what the registers say of the buyer."""
    from underwriting.tasks import ask_registers as ask_them

    queue_after_commit(ask_them, _request_of(entry).pk)


@on(events.INSOLVENCY_NOTED, events.INSOLVENCY_ENDED)
def score_again(entry: Entry) -> None:
    """Owe the buyer another score: it would not be the same now.

    A score that is being made may have read the facts from before: it is waited for, and another is owed.
    """
    from underwriting.tasks import analyse

    request = _request_of(entry)
    scored = Analysis.objects.filter(request=request)
    if not may_be_scored(request) or not scored.exists():
        return
    list(scored.filter(status=Analysis.Status.PENDING).select_for_update(of=("self",)))
    queue_after_commit(analyse, request_analysis(request, at=timezone.now()).pk)


@on(request_events.REQUEST_SUBMITTED)
def ask_for_the_group(entry: Entry) -> None:
    """Have GLEIF asked which group the buyer belongs to; nobody is asked where sources outside are switched off."""
    from underwriting.tasks import ask_group

    if settings.OUTSIDE_SOURCES:
        queue_after_commit(ask_group, _request_of(entry).pk)


@on(request_events.REQUEST_WITHDRAWN)
def put_unsigned_offer_aside(entry: Entry) -> None:
    """Nobody need sign an offer on a request that was taken back."""
    drop_unsigned(requests.locked(_request_of(entry).pk))


@on(request_events.REQUEST_SUBMITTED)
def confirm_submission(entry: Entry) -> None:
    owe_letters(entry, "request_submitted", _insured(_request_of(entry)), {"reference": entry.file.key})


@on(request_events.REQUEST_SUBMITTED, request_events.REQUEST_ANSWERED)
def tell_underwriters(entry: Entry) -> None:
    request = _request_of(entry)
    context = {"reference": request.reference, "title": request.title, "company": str(request.company)}
    owe_letters(entry, "desk_request", _underwriters(), context)


@on(request_events.INFORMATION_REQUESTED)
def tell_question(entry: Entry) -> None:
    context = {"reference": entry.file.key, "question": entry.data["question"]}
    owe_letters(entry, "information_requested", _insured(_request_of(entry)), context)


@on(request_events.REQUEST_DECLINED)
def tell_decline(entry: Entry) -> None:
    context = {"reference": entry.file.key, "reasons": entry.data["reasons"]}
    owe_letters(entry, "request_declined", _insured(_request_of(entry)), context)


@on(request_events.DRAFT_WARNED)
def warn_of_expiry(entry: Entry) -> None:
    owe_letters(entry, "draft_expires", _insured(_request_of(entry)), {"reference": entry.file.key})


@on(events.OFFER_MADE)
def tell_offer(entry: Entry) -> None:
    context = {"reference": entry.file.key, **entry.data}
    owe_letters(entry, "offer_made", _insured(_request_of(entry)), context)


@on(events.OFFER_ACCEPTED)
def tell_acceptance(entry: Entry) -> None:
    context = {"reference": entry.file.key, **entry.data}
    request = _request_of(entry)
    owe_letters(entry, "guarantee_bound", _insured(request), context)


@on(events.GUARANTEE_IN_FORCE)
def tell_in_force(entry: Entry) -> None:
    context = {"reference": entry.file.key, **entry.data}
    owe_letters(entry, "guarantee_in_force", _insured(_request_of(entry)), context)

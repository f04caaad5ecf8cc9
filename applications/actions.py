"""Acts on a cover request. Each locks the row, checks the workflow, saves and records, in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from applications import eligibility, events
from applications.declarations import current_wording
from applications.models import CoverRequest, Document, OrderLine, Status
from applications.rates import rate_on
from applications.terms import rules_on
from applications.uploads import inspect, safe_name
from applications.workflow import COVER_REQUEST, OPEN
from journal.numbering import next_reference
from journal.recording import record
from parties.models import Buyer, Company, User
from unlockfocus.errors import BusinessRule, IllegalTransition


class NotInsurable(BusinessRule):
    """The request breaks rules of the product; `findings` holds every one of them."""

    def __init__(self, findings: Sequence[eligibility.Finding]) -> None:
        super().__init__(_("This order cannot be insured as it stands."))
        self.findings = tuple(findings)


class Incomplete(BusinessRule):
    """Steps of the form are missing; `steps` holds their names."""

    def __init__(self, steps: Sequence[str]) -> None:
        super().__init__(_("Some steps of this request are not complete yet."))
        self.steps = tuple(steps)


@transaction.atomic
def open_request(*, company: Company, author: User, at: datetime, answers: Mapping[str, Any]) -> CoverRequest:
    """Open a draft; `answers` are the eligibility answers carried over, by field name of the request."""
    request = CoverRequest.objects.create(
        reference=next_reference("UF", at.year),
        company=company,
        author=author,
        created_at=at,
        touched_at=at,
        **answers,
    )
    record(request.journal_key, events.REQUEST_OPENED, actor=author, at=at)
    return request


def locked(request_id: int) -> CoverRequest:
    """The request, its row locked until the transaction ends."""
    return CoverRequest.objects.select_for_update(of=("self",)).select_related("company").get(pk=request_id)


def locked_draft(request_id: int) -> CoverRequest:
    """The request, its row locked, while its steps may be changed; raises IllegalTransition after that."""
    request = locked(request_id)
    if not request.is_draft:
        raise IllegalTransition(_("This request was submitted; its steps can no longer be changed."))
    return request


def move(request: CoverRequest, transition: str) -> None:
    """Take a transition on a locked request and save its status; raises IllegalTransition."""
    if not COVER_REQUEST.allows(transition, request.status):
        raise IllegalTransition(
            _("This is not possible: the request is “%(state)s”.") % {"state": request.get_status_display()}
        )
    request.status = COVER_REQUEST.target(transition)
    request.save(update_fields=["status"])


def fix_rates(request: CoverRequest, day: date) -> None:
    """Convert every line to EUR at the rates of `day` and keep rate and day; raises NoRate."""
    lines = list(request.lines.all())
    for line in lines:
        rate = rate_on(line.currency, day)
        line.rate, line.rate_on, line.amount_eur = rate.rate, rate.on, rate.to_eur(line.amount)
    OrderLine.objects.bulk_update(lines, ["rate", "rate_on", "amount_eur"])


def assess(request: CoverRequest, day: date) -> tuple[eligibility.Finding, ...]:
    """Every eligibility rule against the request as it stands; an unanswered question counts as the bad answer."""
    answers = eligibility.Answers(
        other_credit_insurance=request.other_credit_insurance is not False,
        order_on=request.order_on or day,
        last_due_on=request.last_due_on or request.order_on or day,
        need_eur=request.peak.amount,
        activity=request.company.activity,
        buyer_country=request.buyer_country,
        affiliate=request.affiliate is not False,
        private_person=request.private_person is not False,
    )
    return eligibility.assess(answers, rules_on(day))


REQUIRED_STEPS = ("buyer", "order", "schedule", "trading", "accounts", "cover")


@transaction.atomic
def submit(request_id: int, *, actor: User, at: datetime) -> CoverRequest:
    """Hand the request over for analysis.

    Raises IllegalTransition unless it is a draft, Incomplete with the missing steps, NoRate, and NotInsurable with
    every unmet rule. The rates of the day of submission are kept, whatever was shown before.
    """
    request = locked(request_id)
    if not COVER_REQUEST.allows("submit", request.status):
        raise IllegalTransition(_("This request was already submitted."))
    missing = [step for step in REQUIRED_STEPS if step not in request.completed_steps or step in request.unsaved_input]
    if missing:
        raise Incomplete(missing)
    fix_rates(request, localdate(at))
    request = locked(request_id)
    unmet = [finding for finding in assess(request, localdate(at)) if not finding.met]
    if unmet:
        raise NotInsurable(unmet)
    move(request, "submit")
    _fix_at_submission(request, actor=actor, at=at)
    data = {
        "need_eur": request.need_eur,
        "peak_on": request.peak_on,
        "buyer": str(request.buyer),
        "declarations": request.declarations_version,
    }
    record(request.journal_key, events.REQUEST_SUBMITTED, actor=actor, at=at, data=data)
    return request


def _fix_at_submission(request: CoverRequest, *, actor: User, at: datetime) -> None:
    peak = request.peak
    request.buyer = _buyer_of(request)
    request.need_eur, request.peak_on = peak.amount, peak.on
    request.rates_on = localdate(at)
    request.submitted_at = request.touched_at = at
    request.declared_by, request.declarations_version = actor, current_wording().version
    request.save()


def _buyer_of(request: CoverRequest) -> Buyer:
    """The buyer of that identity; what a first request said of it stays, later requests do not overwrite it."""
    buyer, _created = Buyer.objects.get_or_create(
        country=request.buyer_country,
        registration_number=request.buyer_registration_number,
        defaults={
            "name": request.buyer_name,
            "legal_form": request.buyer_legal_form,
            "vat_number": request.buyer_vat_number,
            "activity": request.buyer_activity,
            "address": request.buyer_address,
        },
    )
    return buyer


@transaction.atomic
def withdraw(request_id: int, *, actor: User, at: datetime) -> CoverRequest:
    """Take the request back; raises IllegalTransition once it was decided."""
    request = locked(request_id)
    move(request, "withdraw")
    record(request.journal_key, events.REQUEST_WITHDRAWN, actor=actor, at=at)
    return request


@transaction.atomic
def answer(request_id: int, *, text: str, actor: User, at: datetime) -> CoverRequest:
    """Give the information the insurer asked for; raises IllegalTransition when none was."""
    request = locked(request_id)
    move(request, "answer")
    request.answer = text
    request.save(update_fields=["answer"])
    record(request.journal_key, events.REQUEST_ANSWERED, actor=actor, at=at, data={"answer": text})
    return request


@transaction.atomic
def start_analysis(request_id: int, *, at: datetime) -> CoverRequest:
    """Take the request into analysis; does nothing when it is there already."""
    request = locked(request_id)
    if request.status == Status.SUBMITTED:
        move(request, "start_analysis")
        record(request.journal_key, events.ANALYSIS_STARTED, actor=None, at=at)
    return request


@transaction.atomic
def ask_information(request_id: int, *, question: str, actor: User, at: datetime) -> CoverRequest:
    """Ask the insured for what is missing; raises IllegalTransition outside the analysis."""
    request = locked(request_id)
    move(request, "ask_information")
    request.question, request.answer = question, ""
    request.save(update_fields=["question", "answer"])
    record(request.journal_key, events.INFORMATION_REQUESTED, actor=actor, at=at, data={"question": question})
    return request


@transaction.atomic
def decline(request_id: int, *, reasons: str, actor: User, at: datetime) -> CoverRequest:
    """Refuse cover, with reasons in plain words; raises IllegalTransition outside the analysis."""
    request = locked(request_id)
    move(request, "decline")
    request.decline_reasons = reasons
    request.save(update_fields=["decline_reasons"])
    record(request.journal_key, events.REQUEST_DECLINED, actor=actor, at=at, data={"reasons": reasons})
    return request


@transaction.atomic
def mark_offered(request_id: int, *, actor: User, at: datetime) -> CoverRequest:
    """Note that a signed offer was made; raises IllegalTransition outside the analysis."""
    request = locked(request_id)
    move(request, "offer")
    record(request.journal_key, events.REQUEST_OFFERED, actor=actor, at=at)
    return request


@transaction.atomic
def expire(request_id: int, *, at: datetime) -> None:
    """End a draft nobody touched."""
    request = locked(request_id)
    move(request, "expire")
    record(request.journal_key, events.REQUEST_EXPIRED, actor=None, at=at)


@transaction.atomic
def add_document(request_id: int, *, kind: str, file: "UploadedFile[Any]", actor: User, at: datetime) -> Document:
    """Keep a file with the request; raises UnacceptableFile, and IllegalTransition once the request is decided."""
    inspected = inspect(file)
    request = locked(request_id)
    if request.status not in OPEN:
        raise IllegalTransition(_("Documents can be added until the request is decided."))
    document = Document.objects.create(
        request=request,
        kind=kind,
        name=safe_name(file.name or ""),
        file=file,
        content_type=inspected.content_type,
        size=inspected.size,
        sha256=inspected.sha256,
        uploaded_by=actor,
        uploaded_at=at,
    )
    data = {"name": document.name, "kind": kind, "sha256": document.sha256}
    record(request.journal_key, events.DOCUMENT_ADDED, actor=actor, at=at, data=data)
    return document


@transaction.atomic
def remove_document(document: Document, *, actor: User, at: datetime) -> None:
    """Take a file out of a draft; after submission documents stay."""
    request = locked(document.request_id)
    if request.status != Status.DRAFT:
        raise IllegalTransition(_("Documents stay with a request once it is submitted."))
    name, stored = document.name, document.file
    document.delete()
    transaction.on_commit(lambda: stored.delete(save=False))
    record(request.journal_key, events.DOCUMENT_REMOVED, actor=actor, at=at, data={"name": name})

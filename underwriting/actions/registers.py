"""Keeping what registers say of a buyer: answers, legal notices with a person's word on them, checks made by hand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from applications.models import CoverRequest
from applications.uploads import UnacceptableFile, inspect, safe_name
from journal.recording import record
from parties.models import UNDERWRITERS, Buyer, User
from underwriting import events
from underwriting.actions.analysis import NotAllowed
from underwriting.actions.incidents import Change, note_proceedings
from underwriting.actions.sectors import may_be_scored
from underwriting.models import NoticeKind, RegisterCheck, RegisterNotice, SourceAnswer
from underwriting.outside.accounts import Accounts
from underwriting.sources.answers import Answer
from underwriting.sources.notices import Kind, LegalNotice, Notices, Step, proceedings_of
from unlockfocus.errors import BusinessRule, IllegalTransition

EVIDENCE = ("application/pdf", "image/png", "image/jpeg")
Certainty = RegisterNotice.Certainty
Register = RegisterCheck.Register


class ReasonMissing(BusinessRule):
    """A person's word on a notice carries its reason."""


class IncompleteCheck(BusinessRule):
    """A check lacks what makes it one: what was searched, on which day, what it said."""


# --- Answers ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def note_answer(
    buyer: Buyer, answer: Answer[Any], *, topic: str, request: CoverRequest | None = None, at: datetime
) -> SourceAnswer:
    """Keep how a question ended; the same answer noted twice is one row."""
    facts = facts_of(answer.payload)
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
    row, _created = SourceAnswer.objects.get_or_create(
        buyer=buyer,
        source=answer.source,
        topic=topic,
        fetched_at=answer.fetched_at,
        outcome=str(answer.outcome),
        digest=digest,
        defaults={
            "request": request,
            "url": answer.url[:2000],
            "licence": answer.licence,
            "as_of": answer.as_of,
            "reason": answer.reason[:200],
            "facts": facts,
            "noted_at": at,
        },
    )
    return row


def facts_of(payload: Any) -> dict[str, Any]:
    """A record read from an answer, or the `facts` it says are to be noted, as JSON holds it; empty where none is."""
    if payload is None:
        return {}
    if isinstance(payload, Accounts):
        return payload.facts
    facts: dict[str, Any] = json.loads(json.dumps(asdict(payload), cls=_Facts))
    return facts


class _Facts(DjangoJSONEncoder):
    """JSON with the sets that records have, in order."""

    def default(self, o: Any) -> Any:
        return sorted(o) if isinstance(o, frozenset | set) else super().default(o)


# --- Notices ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def note_notices(
    buyer: Buyer, source: str, found: Notices | None, *, request: CoverRequest | None = None, at: datetime
) -> list[RegisterNotice]:
    """Keep the notices a source gave of a buyer, and those it withdrew; returns the ones new to us.

    Noted twice is the same as once. What a person decided stands; collective proceedings that are confirmed to be the
    buyer's are noted as an insolvency.
    """
    Buyer.objects.select_for_update().get(pk=buyer.pk)
    found = found or Notices(())
    known = {row.notice_id: row for row in RegisterNotice.objects.filter(buyer=buyer, source=source)}
    added = []
    for notice in found.notices:
        if notice.notice_id in known:
            _see_again(known[notice.notice_id], notice, at)
        else:
            added.append(_add(buyer, notice, at))
    RegisterNotice.objects.filter(buyer=buyer, source=source, notice_id__in=found.withdrawn).update(is_cancelled=True)
    if added and request:
        data = {"source": source, "count": len(added)}
        record(request.journal_key, events.NOTICES_FOUND, actor=None, at=at, data=data)
    follow_proceedings(buyer, at=at)
    return added


def _add(buyer: Buyer, notice: LegalNotice, at: datetime) -> RegisterNotice:
    return RegisterNotice.objects.create(
        buyer=buyer,
        source=notice.source,
        notice_id=notice.notice_id,
        kind=str(notice.kind),
        matched_by=str(notice.matched_by),
        certainty=str(notice.certainty),
        first_seen_at=at,
        **_as_read(notice, at),
    )


def _see_again(row: RegisterNotice, notice: LegalNotice, at: datetime) -> None:
    """Take over what the register says now. A file of a court changes as it goes on, and so does what it tells."""
    if notice.kind != row.read_kind:
        row.kind = str(notice.kind)
    if row.decided_by_id is None:
        row.matched_by, row.certainty = str(notice.matched_by), str(notice.certainty)
    cancelled = row.is_cancelled or notice.is_cancelled
    for name, value in (_as_read(notice, at) | {"is_cancelled": cancelled}).items():
        setattr(row, name, value)
    row.save()


def _as_read(notice: LegalNotice, at: datetime) -> dict[str, Any]:
    return {
        "read_kind": str(notice.kind),
        "published_on": notice.published_on,
        "judged_on": notice.judged_on,
        "court": notice.court[:200],
        "text": notice.text,
        "link": notice.link[:500],
        "is_cancelled": notice.is_cancelled,
        "is_correction": notice.is_correction,
        "last_seen_at": at,
    }


@transaction.atomic
def confirm_notice(
    notice_id: int, *, request: CoverRequest, kind: str, reason: str, by: User, at: datetime
) -> RegisterNotice:
    """Find that a notice is about the buyer, and what it is. Raises NotAllowed, ReasonMissing, IllegalTransition."""
    notice = _decidable(notice_id, request, reason, by)
    if notice.counts and notice.kind == kind:
        raise IllegalTransition(_("This notice is confirmed already."))
    notice.kind = NoticeKind(kind).value
    data = {"kind": notice.kind, "certainty": Certainty.CONFIRMED.value}
    return _decide(notice, data, events.NOTICE_CONFIRMED, request, reason, by, at)


@transaction.atomic
def dismiss_notice(notice_id: int, *, request: CoverRequest, reason: str, by: User, at: datetime) -> RegisterNotice:
    """Find that a notice is not about the buyer, or does not hold. Raises NotAllowed, ReasonMissing, IllegalTransition.

    What it opened is no longer counted.
    """
    notice = _decidable(notice_id, request, reason, by)
    if notice.certainty == Certainty.DISMISSED:
        raise IllegalTransition(_("This notice is set aside already."))
    return _decide(notice, {"certainty": Certainty.DISMISSED.value}, events.NOTICE_DISMISSED, request, reason, by, at)


def _decidable(notice_id: int, request: CoverRequest, reason: str, by: User) -> RegisterNotice:
    if not by.has_duty(*UNDERWRITERS):
        raise NotAllowed(_("Only underwriters decide on legal notices."))
    if not reason.strip():
        raise ReasonMissing(_("Say how you know: whoever reads the file later depends on it."))
    assert request.buyer_id is not None  # noqa: S101 - a notice is of a buyer
    Buyer.objects.select_for_update().get(pk=request.buyer_id)
    notice = RegisterNotice.objects.select_for_update(of=("self",)).get(pk=notice_id, buyer=request.buyer_id)
    if notice.is_cancelled:
        raise IllegalTransition(_("The register has taken this notice back."))
    return notice


def _decide(
    notice: RegisterNotice,
    changes: Mapping[str, str],
    event: str,
    request: CoverRequest,
    reason: str,
    by: User,
    at: datetime,
) -> RegisterNotice:
    for name, value in changes.items():
        setattr(notice, name, value)
    notice.decided_by, notice.decided_at, notice.decision_reason = by, at, reason.strip()
    notice.save(update_fields=[*changes, "decided_by", "decided_at", "decision_reason"])
    data = {"source": notice.source, "notice": notice.notice_id, "kind": notice.kind, "reason": notice.decision_reason}
    record(request.journal_key, event, actor=by, at=at, data=data)
    follow_proceedings(notice.buyer, at=at)
    return notice


@transaction.atomic
def follow_proceedings(buyer: Buyer, *, at: datetime) -> None:
    """Note as insolvencies what the notices that count say stands, and end what they say is over.

    Every file in which the buyer is still scored is told: its score follows.
    """
    rows = RegisterNotice.objects.filter(buyer=buyer, certainty=Certainty.CONFIRMED, is_cancelled=False)
    steps = [Step(row.source, row.notice_id, Kind(row.kind), row.effective_on) for row in rows]
    changes = note_proceedings(buyer, proceedings_of(steps, localdate(at)), at=at)
    for request in _scored_files(buyer) if changes else ():
        _tell(request, changes, at)


def _scored_files(buyer: Buyer) -> list[CoverRequest]:
    return [request for request in CoverRequest.objects.filter(buyer=buyer).order_by("pk") if may_be_scored(request)]


def _tell(request: CoverRequest, changes: Iterable[Change], at: datetime) -> None:
    for change in changes:
        event = events.INSOLVENCY_NOTED if change.is_open else events.INSOLVENCY_ENDED
        data = {"reference": change.incident.reference, "since": change.incident.since}
        record(request.journal_key, event, actor=None, at=at, data=data)


# --- Checks by hand ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Search:
    """What a person searched by hand, and found. `kind` is what a find amounts to; "" for a remark."""

    register: str
    register_name: str
    searched: str
    outcome: str
    says: str
    checked_on: date
    kind: str = ""
    judged_on: date | None = None


@transaction.atomic
def record_check(
    request: CoverRequest, search: Search, *, evidence: UploadedFile[Any], by: User, at: datetime
) -> RegisterCheck:
    """Keep a search made by hand with its evidence, a PDF or an image; a find that is a notice is kept as one.

    Raises NotAllowed, IncompleteCheck, UnacceptableFile.
    """
    if not by.has_duty(*UNDERWRITERS):
        raise NotAllowed(_("Only underwriters record checks of registers."))
    if request.buyer is None:
        raise IncompleteCheck(_("There is no buyer to check yet."))
    _check_complete(search, localdate(at))
    inspected = inspect(evidence)
    if inspected.content_type not in EVIDENCE:
        raise UnacceptableFile(_("The evidence is a PDF or an image (PNG, JPEG): what the register showed."))
    Buyer.objects.select_for_update().get(pk=request.buyer.pk)
    check = RegisterCheck(
        buyer=request.buyer,
        request=request,
        register=search.register,
        register_name=search.register_name if search.register == Register.OTHER else "",
        searched=search.searched,
        outcome=search.outcome,
        says=search.says,
        checked_on=search.checked_on,
        name=safe_name(evidence.name or ""),
        file=evidence,
        content_type=inspected.content_type,
        size=inspected.size,
        sha256=inspected.sha256,
        uploaded_by=by,
        uploaded_at=at,
    )
    check.notice = _notice_of(check, search, at) if search.kind else None
    check.save()
    data = {"register": check.source, "outcome": check.outcome, "sha256": check.sha256}
    record(request.journal_key, events.CHECK_RECORDED, actor=by, at=at, data=data)
    if check.notice:
        follow_proceedings(request.buyer, at=at)
    return check


def _check_complete(search: Search, today: date) -> None:
    if search.checked_on > today:
        raise IncompleteCheck(_("The check cannot have been made after today."))
    if search.judged_on and search.judged_on > search.checked_on:
        raise IncompleteCheck(_("What was found cannot be dated after the check."))
    if search.register == Register.OTHER and not search.register_name.strip():
        raise IncompleteCheck(_("Name the register."))
    if search.outcome != RegisterCheck.Outcome.NOTHING and not search.says.strip():
        raise IncompleteCheck(_("Say what the register says, or why it could not be searched."))
    if search.kind and search.outcome != RegisterCheck.Outcome.FOUND:
        raise IncompleteCheck(_("Only something found can be a legal notice."))


def _notice_of(check: RegisterCheck, search: Search, at: datetime) -> RegisterNotice:
    """The find as a notice that a person read of this very buyer."""
    kind = NoticeKind(search.kind).value
    made = RegisterNotice.objects.filter(buyer=check.buyer, source=check.source).count()
    return RegisterNotice.objects.create(
        buyer=check.buyer,
        source=check.source,
        notice_id=f"check {made + 1}",
        kind=kind,
        read_kind=kind,
        published_on=search.checked_on,
        judged_on=search.judged_on,
        text=search.says,
        matched_by=RegisterNotice.MatchedBy.NUMBER,
        certainty=Certainty.CONFIRMED,
        first_seen_at=at,
        last_seen_at=at,
        decided_by=check.uploaded_by,
        decided_at=at,
        decision_reason=search.says,
    )

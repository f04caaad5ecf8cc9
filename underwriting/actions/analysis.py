"""Scoring a request's buyer, and a person's judgement in place of the score."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from applications.models import CoverRequest
from journal.recording import record
from parties.models import UNDERWRITERS, InsurerRole, User
from underwriting import events
from underwriting.actions.statements import keep_statements
from underwriting.models import Analysis, GradeOverride
from underwriting.scoring.result import InsufficientAccounts, Score
from underwriting.scoring.stored import as_dict
from underwriting.scoring_inputs import inputs_of, score_from_inputs
from underwriting.suggestion import suggest
from unlockfocus.errors import BusinessRule, IllegalTransition


class NotTwoPeople(BusinessRule):
    """Whatever needs two signatures is signed by two different people."""


class NotAllowed(BusinessRule):
    """The person does not hold the duty this act needs."""


UNANSWERED: dict[str, Any] = {"confirmed_at": None, "rejected_at": None}


@transaction.atomic
def request_analysis(request: CoverRequest, *, at: datetime) -> Analysis:
    """Note that an analysis is owed; returns the pending one when there is one already. A worker does it.

    A grade proposed on the analysis before and not yet answered lapses: it was a judgement of other facts.
    """
    CoverRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    pending = Analysis.objects.filter(request=request, status=Analysis.Status.PENDING).first()
    if pending:
        return pending
    for override in GradeOverride.objects.select_for_update().filter(analysis__request=request, **UNANSWERED):
        _reject(override, request, by=None, at=at)
    return Analysis.objects.create(request=request, requested_at=at)


@transaction.atomic
def analyse(analysis_id: int, *, at: datetime) -> Analysis:
    """Score the buyer from its accounts, given or published; keep inputs and result; twice is the same as once."""
    analysis = Analysis.objects.select_for_update(of=("self",)).select_related("request").get(pk=analysis_id)
    if analysis.status != Analysis.Status.PENDING:
        return analysis
    request = analysis.request
    analysis.completed_at = at
    analysis.inputs = inputs_of(request, localdate(at))
    keep_statements(request, at=at)
    try:
        result = score_from_inputs(analysis.inputs)
    except InsufficientAccounts as refusal:
        analysis.status = Analysis.Status.REFERRED
        analysis.save()
        missing = {"missing": list(refusal.missing)}
        record(request.journal_key, events.ANALYSIS_REFERRED, actor=None, at=at, data=missing)
        return analysis
    _keep(analysis, request, result)
    data = {"model": result.model, "version": result.version, "grade": result.grade, "pd": result.pd}
    record(request.journal_key, events.ANALYSIS_DONE, actor=None, at=at, data=data)
    return analysis


def _keep(analysis: Analysis, request: CoverRequest, result: Score) -> None:
    analysis.status = Analysis.Status.DONE
    analysis.model, analysis.model_version = result.model, result.version
    analysis.grade, analysis.pd = result.grade, result.pd
    analysis.result = as_dict(result)
    if request.need_eur is not None:
        suggestion = suggest(request.need_eur, result.grade)
        analysis.suggestion = {
            "limit": str(suggestion.limit),
            "insured_percentage": str(suggestion.insured_percentage),
        }
    analysis.save()


@transaction.atomic
def propose_override(analysis_id: int, *, grade: int, reason: str, by: User, at: datetime) -> GradeOverride:
    """Propose another grade than the model's, for a second, senior person. Raises NotAllowed, IllegalTransition."""
    analysis = Analysis.objects.select_for_update(of=("self",)).select_related("request").get(pk=analysis_id)
    if not by.has_duty(*UNDERWRITERS):
        raise NotAllowed(_("Only underwriters propose another grade."))
    if analysis.status == Analysis.Status.PENDING:
        raise IllegalTransition(_("The buyer is being scored: wait for the result."))
    if analysis.overrides.filter(**UNANSWERED).exists():
        raise IllegalTransition(_("A proposed grade is already waiting for its second signature."))
    override = GradeOverride.objects.create(
        analysis=analysis, grade=grade, reason=reason, proposed_by=by, proposed_at=at
    )
    data = {"grade": grade, "model_grade": analysis.grade, "reason": reason}
    record(analysis.request.journal_key, events.OVERRIDE_PROPOSED, actor=by, at=at, data=data)
    return override


@transaction.atomic
def confirm_override(override_id: int, *, by: User, at: datetime) -> GradeOverride:
    """Confirm a proposed grade as the second person. Raises NotTwoPeople, NotAllowed, IllegalTransition."""
    override = _unanswered(override_id)
    if by.pk == override.proposed_by_id:
        raise NotTwoPeople(_("Nobody confirms what they proposed: a second senior underwriter must."))
    _check_is_senior(by)
    override.confirmed_at, override.confirmed_by = at, by
    override.save(update_fields=["confirmed_at", "confirmed_by"])
    data = {"grade": override.grade}
    record(override.analysis.request.journal_key, events.OVERRIDE_CONFIRMED, actor=by, at=at, data=data)
    return override


@transaction.atomic
def reject_override(override_id: int, *, by: User, at: datetime) -> GradeOverride:
    """Reject a proposed grade; its author may take it back so. Raises NotAllowed, IllegalTransition."""
    override = _unanswered(override_id)
    if by.pk != override.proposed_by_id:
        _check_is_senior(by)
    _reject(override, override.analysis.request, by=by, at=at)
    return override


def _unanswered(override_id: int) -> GradeOverride:
    rows = GradeOverride.objects.select_for_update(of=("self",)).select_related("analysis__request")
    override = rows.get(pk=override_id)
    if override.confirmed_at or override.rejected_at:
        raise IllegalTransition(_("This proposal was already answered."))
    return override


def _check_is_senior(user: User) -> None:
    if not user.has_duty(InsurerRole.SENIOR_UNDERWRITER):
        raise NotAllowed(_("A senior underwriter answers a proposed grade."))


def _reject(override: GradeOverride, request: CoverRequest, *, by: User | None, at: datetime) -> None:
    override.rejected_at = at
    override.save(update_fields=["rejected_at"])
    data = {"grade": override.grade}
    record(request.journal_key, events.OVERRIDE_REJECTED, actor=by, at=at, data=data)

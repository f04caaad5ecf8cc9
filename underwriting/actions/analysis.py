"""Scoring a request's buyer, and a person's judgement in place of the score."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from applications.models import CoverRequest
from journal.recording import record
from parties.models import InsurerRole, User
from underwriting import events
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


@transaction.atomic
def request_analysis(request: CoverRequest, *, at: datetime) -> Analysis:
    """Note that an analysis is owed; returns the pending one when there is one already. A worker does it."""
    CoverRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    pending = Analysis.objects.filter(request=request, status=Analysis.Status.PENDING).first()
    return pending or Analysis.objects.create(request=request, requested_at=at)


@transaction.atomic
def analyse(analysis_id: int, *, at: datetime) -> Analysis:
    """Score the buyer from the accounts given with the request, keep inputs and result; twice is the same as once."""
    analysis = Analysis.objects.select_for_update(of=("self",)).select_related("request").get(pk=analysis_id)
    if analysis.status != Analysis.Status.PENDING:
        return analysis
    request = analysis.request
    analysis.completed_at = at
    analysis.inputs = inputs_of(request, localdate(at))
    try:
        result = score_from_inputs(analysis.inputs)
    except InsufficientAccounts as refusal:
        analysis.status = Analysis.Status.REFERRED
        analysis.save()
        data = {"missing": list(refusal.missing)}
        record(request.journal_key, events.ANALYSIS_REFERRED, actor=None, at=at, data=data)
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
    """Propose another grade than the model's; a second, senior person confirms it. Raises IllegalTransition."""
    analysis = Analysis.objects.select_for_update(of=("self",)).select_related("request").get(pk=analysis_id)
    if analysis.overrides.filter(confirmed_at=None, rejected_at=None).exists():
        raise IllegalTransition(_("A proposed grade is already waiting for its second signature."))
    override = GradeOverride.objects.create(
        analysis=analysis, grade=grade, reason=reason, proposed_by=by, proposed_at=at
    )
    data = {"grade": grade, "model_grade": analysis.grade, "reason": reason}
    record(analysis.request.journal_key, events.OVERRIDE_PROPOSED, actor=by, at=at, data=data)
    return override


@transaction.atomic
def answer_override(override_id: int, *, confirm: bool, by: User, at: datetime) -> GradeOverride:
    """Confirm or reject a proposed grade. Raises NotTwoPeople, NotAllowed, IllegalTransition."""
    override = (
        GradeOverride.objects.select_for_update(of=("self",)).select_related("analysis__request").get(pk=override_id)
    )
    if override.confirmed_at or override.rejected_at:
        raise IllegalTransition(_("This proposal was already answered."))
    if not by.has_duty(InsurerRole.SENIOR_UNDERWRITER):
        raise NotAllowed(_("A senior underwriter confirms another grade."))
    if confirm and by.pk == override.proposed_by_id:
        raise NotTwoPeople(_("Nobody confirms what they proposed: a second senior underwriter must."))
    if confirm:
        override.confirmed_at, override.confirmed_by = at, by
    else:
        override.rejected_at = at
    override.save()
    event = events.OVERRIDE_CONFIRMED if confirm else events.OVERRIDE_REJECTED
    data = {"grade": override.grade}
    record(override.analysis.request.journal_key, event, actor=by, at=at, data=data)
    return override

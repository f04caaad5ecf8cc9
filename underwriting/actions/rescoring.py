"""Running a version of a model over every statement we hold: started, advanced chunk by chunk, cancelled, resumed."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from parties.models import InsurerRole, User
from underwriting.actions.analysis import NotAllowed
from underwriting.model_versions import has_scored_all, version_in_force
from underwriting.models import BuyerStatement, Rescoring
from underwriting.rescoring import CHUNK, score_next
from underwriting.scoring.versions import UnknownVersion, Version, scorecard_of
from unlockfocus.errors import BusinessRule, IllegalTransition

Status = Rescoring.Status


class NoSuchVersion(BusinessRule):
    """No model of this program has this name and version."""


def check_is_known(version: Version) -> None:
    """Raises NoSuchVersion."""
    try:
        scorecard_of(version)
    except UnknownVersion as error:
        raise NoSuchVersion(_("There is no model %(version)s.") % {"version": version}) from error


@transaction.atomic
def start(version: Version, *, by: User, at: datetime) -> list[Rescoring]:
    """Start a run of a version, and one of the version in force when some statement lacks its score: they are compared.

    Returns the runs that were started, that of the version first; a worker advances them. Raises NotAllowed,
    NoSuchVersion, IllegalTransition while the version is running.
    """
    _check_is_senior(by)
    check_is_known(version)
    started = [_start(version, by, at)]
    in_force = version_in_force()
    if in_force != version and not _running(in_force) and not has_scored_all(in_force):
        started.append(_start(in_force, by, at))
    return started


def _running(version: Version) -> bool:
    runs = Rescoring.objects.filter(model=version.model, version=version.version, status=Status.RUNNING)
    return runs.exists()


def _start(version: Version, by: User, at: datetime) -> Rescoring:
    last_key = BuyerStatement.objects.aggregate(last=Max("pk"))["last"] or 0
    total = BuyerStatement.objects.filter(pk__lte=last_key).count()
    facts = {"last_key": last_key, "total": total, "started_by": by, "started_at": at, "moved_at": at}
    try:
        with transaction.atomic():
            return Rescoring.objects.create(model=version.model, version=version.version, **facts)
    except IntegrityError as error:
        raise IllegalTransition(_("This version is being run over the portfolio already.")) from error


@transaction.atomic
def advance(run_id: int, *, at: datetime, size: int = CHUNK) -> Rescoring | None:
    """Score the next chunk of a run and note how far it came; None while somebody else is at it.

    A chunk is scored and noted in one transaction, under a lock on the run: a worker that dies leaves nothing half
    done, and the next one goes on behind the last chunk that was kept.
    """
    run = Rescoring.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=run_id).first()
    if run is None or run.status != Status.RUNNING:
        return run
    chunk = score_next(run, localdate(run.started_at), at, size)
    run.done += chunk.done
    run.scored += chunk.scored
    run.refused += chunk.done - chunk.scored
    run.reached = run.last_key if chunk.last_key is None else chunk.last_key
    run.moved_at = at
    if run.reached >= run.last_key:
        run.status, run.ended_at = Status.DONE, at
    run.save()
    return run


@transaction.atomic
def cancel(run_id: int, *, by: User, at: datetime) -> Rescoring:
    """Stop a run behind the chunk it is at; what it scored is kept. Raises NotAllowed, IllegalTransition."""
    _check_is_senior(by)
    run = Rescoring.objects.select_for_update(of=("self",)).get(pk=run_id)
    if run.status != Status.RUNNING:
        raise IllegalTransition(_("This run is not under way."))
    run.status, run.cancelled_by, run.ended_at = Status.CANCELLED, by, at
    run.save(update_fields=["status", "cancelled_by", "ended_at"])
    return run


@transaction.atomic
def resume(run_id: int, *, by: User, at: datetime) -> Rescoring:
    """Go on with a cancelled run where it stopped. Raises NotAllowed, IllegalTransition."""
    _check_is_senior(by)
    run = Rescoring.objects.select_for_update(of=("self",)).get(pk=run_id)
    if run.status != Status.CANCELLED:
        raise IllegalTransition(_("Only a run that was cancelled is resumed."))
    run.status, run.ended_at = Status.RUNNING, None
    run.resumed_by, run.resumed_at, run.resumed_done, run.moved_at = by, at, run.done, at
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError as error:
        raise IllegalTransition(_("This version is being run over the portfolio already.")) from error
    return run


def _check_is_senior(user: User) -> None:
    if not user.has_duty(InsurerRole.SENIOR_UNDERWRITER):
        raise NotAllowed(_("A senior underwriter runs a model over the portfolio."))

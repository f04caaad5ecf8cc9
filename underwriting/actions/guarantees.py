"""Acts on a bound guarantee: its conditions, its entry into force, its end."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from journal.recording import record
from parties.models import UNDERWRITERS, User
from underwriting import events
from underwriting.actions.analysis import NotAllowed
from underwriting.models import Guarantee, GuaranteeCondition
from underwriting.workflow import GUARANTEE
from unlockfocus.errors import IllegalTransition


def locked(guarantee_id: int) -> Guarantee:
    """The guarantee, its row locked until the transaction ends."""
    return (
        Guarantee.objects.select_for_update(of=("self",))
        .select_related("offer__request__company", "buyer")
        .get(pk=guarantee_id)
    )


def _move(guarantee: Guarantee, transition: str) -> None:
    if not GUARANTEE.allows(transition, guarantee.status):
        raise IllegalTransition(
            _("This is not possible: the guarantee is “%(state)s”.") % {"state": guarantee.get_status_display()}
        )
    guarantee.status = GUARANTEE.target(transition)


def _check_may_underwrite(user: User) -> None:
    if not user.has_duty(*UNDERWRITERS):
        raise NotAllowed(_("Only underwriters act on guarantees."))


@transaction.atomic
def meet_condition(condition_id: int, *, proof: str, by: User, at: datetime) -> Guarantee:
    """Find a condition met, with its proof. With the last one the guarantee enters into force, as a new version."""
    _check_may_underwrite(by)
    guarantee = locked(GuaranteeCondition.objects.values_list("guarantee_id", flat=True).get(pk=condition_id))
    condition = guarantee.conditions.get(pk=condition_id)
    if condition.met_at is not None:
        return guarantee
    if guarantee.status != Guarantee.Status.PENDING_CONDITIONS:
        raise IllegalTransition(_("This guarantee no longer awaits conditions."))
    condition.met_at, condition.found_by, condition.proof = at, by, proof
    condition.save()
    data = {"condition": condition.get_kind_display(), "kind": condition.kind, "proof": proof}
    record(guarantee.request.journal_key, events.CONDITION_MET, actor=by, at=at, data=data)
    if not guarantee.conditions.filter(met_at=None).exists():
        _move(guarantee, "enter_into_force")
        guarantee.in_force_at, guarantee.version = at, guarantee.version + 1
        guarantee.save()
        facts = {"number": guarantee.number, "version": guarantee.version}
        record(guarantee.request.journal_key, events.GUARANTEE_IN_FORCE, actor=by, at=at, data=facts)
    return guarantee


@transaction.atomic
def not_take_up(guarantee_id: int, *, reason: str, by: User, at: datetime) -> Guarantee:
    """End a guarantee whose premium or conditions never came."""
    return _end(guarantee_id, "not_take_up", events.GUARANTEE_NOT_TAKEN_UP, reason=reason, by=by, at=at)


@transaction.atomic
def run_off(guarantee_id: int, *, reason: str, by: User | None, at: datetime) -> Guarantee:
    """Cover nothing new: the period is over, or deliveries stopped. What was shipped stays covered. Twice is once."""
    guarantee = locked(guarantee_id)
    if guarantee.status == Guarantee.Status.RUN_OFF:
        return guarantee
    _move(guarantee, "run_off")
    guarantee.run_off_at = at
    guarantee.save()
    data = {"number": guarantee.number, "reason": reason}
    record(guarantee.request.journal_key, events.GUARANTEE_RUN_OFF, actor=by, at=at, data=data)
    return guarantee


@transaction.atomic
def close(guarantee_id: int, *, reason: str, by: User, at: datetime) -> Guarantee:
    """Close a guarantee: everything delivered under it is paid or settled."""
    return _end(guarantee_id, "close", events.GUARANTEE_CLOSED, reason=reason, by=by, at=at)


def _end(guarantee_id: int, transition: str, event: str, *, reason: str, by: User, at: datetime) -> Guarantee:
    _check_may_underwrite(by)
    guarantee = locked(guarantee_id)
    _move(guarantee, transition)
    guarantee.ended_at = at
    guarantee.save()
    data = {"number": guarantee.number, "reason": reason}
    record(guarantee.request.journal_key, event, actor=by, at=at, data=data)
    return guarantee

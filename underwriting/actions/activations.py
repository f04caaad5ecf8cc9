"""Putting a version of a model in force: one senior underwriter proposes it, another one confirms it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from parties.models import InsurerRole, User
from underwriting.actions.analysis import UNANSWERED, NotAllowed, NotTwoPeople
from underwriting.actions.rescoring import check_is_known
from underwriting.model_versions import has_scored_all, version_in_force
from underwriting.models import ModelActivation, Rescoring
from underwriting.scoring.versions import Version
from unlockfocus.errors import BusinessRule, IllegalTransition


class NotReadyForForce(BusinessRule):
    """Nobody can say yet what the version would change."""


def check_may_be_proposed(version: Version) -> None:
    """Raises NoSuchVersion, IllegalTransition when it is in force or another waits, NotReadyForForce."""
    check_is_known(version)
    in_force = version_in_force()
    if version == in_force:
        raise IllegalTransition(_("This version is in force already."))
    if ModelActivation.objects.filter(**UNANSWERED).exists():
        raise IllegalTransition(_("A proposed version is already waiting for its second person."))
    runs = Rescoring.objects.filter(model=version.model, version=version.version)
    if not runs.filter(status=Rescoring.Status.DONE).exists():
        raise NotReadyForForce(_("Run this version over the portfolio first, so that everybody sees what it changes."))
    if not has_scored_all(version):
        raise NotReadyForForce(_("Statements came since this version was last run: run it again first."))
    if not has_scored_all(in_force):
        raise NotReadyForForce(
            _("The version in force was not run over every statement: run this one again, both run.")
        )


@transaction.atomic
def propose(version: Version, *, reason: str, effect: Mapping[str, Any], by: User, at: datetime) -> ModelActivation:
    """Propose a version for a second person, with the effect that was seen. Raises NotAllowed, or as the check does."""
    _check_is_senior(by)
    check_may_be_proposed(version)
    try:
        with transaction.atomic():
            return ModelActivation.objects.create(
                model=version.model,
                version=version.version,
                reason=reason,
                effect=effect,
                proposed_by=by,
                proposed_at=at,
            )
    except IntegrityError as error:
        raise IllegalTransition(_("A proposed version is already waiting for its second person.")) from error


@transaction.atomic
def confirm(activation_id: int, *, by: User, at: datetime) -> ModelActivation:
    """Put the version in force for what is scored from now on. Raises NotTwoPeople, NotAllowed, IllegalTransition."""
    activation = _unanswered(activation_id)
    if by.pk == activation.proposed_by_id:
        raise NotTwoPeople(_("Nobody confirms what they proposed: a second senior underwriter must."))
    _check_is_senior(by)
    check_is_known(Version(activation.model, activation.version))
    activation.confirmed_by, activation.confirmed_at = by, at
    activation.save(update_fields=["confirmed_by", "confirmed_at"])
    return activation


@transaction.atomic
def reject(activation_id: int, *, by: User, at: datetime) -> ModelActivation:
    """Put a proposal aside; its author takes it back so. Raises NotAllowed, IllegalTransition."""
    activation = _unanswered(activation_id)
    if by.pk != activation.proposed_by_id:
        _check_is_senior(by)
    activation.rejected_by, activation.rejected_at = by, at
    activation.save(update_fields=["rejected_by", "rejected_at"])
    return activation


def _unanswered(activation_id: int) -> ModelActivation:
    activation = ModelActivation.objects.select_for_update(of=("self",)).get(pk=activation_id)
    if activation.confirmed_at or activation.rejected_at:
        raise IllegalTransition(_("This proposal was already answered."))
    return activation


def _check_is_senior(user: User) -> None:
    if not user.has_duty(InsurerRole.SENIOR_UNDERWRITER):
        raise NotAllowed(_("A senior underwriter proposes and confirms the version in force."))

"""Which version of which model scores new files, and which ones have scored every statement we hold."""

from django.db.models import Exists, OuterRef

from underwriting.models import BuyerStatement, ModelActivation, StatementScore
from underwriting.scoring.versions import FORMULA, Version


def version_in_force() -> Version:
    """The version two people activated last; Altman's formula until the first time."""
    newest = activation_in_force()
    return Version(newest.model, newest.version) if newest else FORMULA


def activation_in_force() -> ModelActivation | None:
    """The activation confirmed last, with both its people; None before the first."""
    confirmed = ModelActivation.objects.filter(confirmed_at__isnull=False).select_related("proposed_by", "confirmed_by")
    return confirmed.order_by("-confirmed_at", "-pk").first()


def has_scored_all(version: Version) -> bool:
    """Whether a version has looked at every statement there is now."""
    scores = StatementScore.objects.filter(statement=OuterRef("pk"), model=version.model, version=version.version)
    return not BuyerStatement.objects.filter(~Exists(scores)).exists()

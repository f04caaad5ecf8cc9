"""Which version of which model scores new files."""

from underwriting.models import ModelActivation
from underwriting.scoring.versions import FORMULA, Version


def version_in_force() -> Version:
    """The version two people activated last; Altman's formula until the first time."""
    newest = ModelActivation.objects.filter(confirmed_at__isnull=False).order_by("-confirmed_at", "-pk").first()
    return Version(newest.model, newest.version) if newest else FORMULA

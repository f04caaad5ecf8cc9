"""More of the cast: INDEX's owner and its viewer, the bank's reader, and the owner of another company."""

import pytest

from parties.models import Company, Role, User
from tests.factories import another_company, person_named
from tests.journal.conftest import broker_away, worker

__all__ = ["broker_away", "worker"]


@pytest.fixture
def helene(index: Company) -> User:
    """Owner of INDEX."""
    return person_named("Hélène Roux")


@pytest.fixture
def marc(index: Company) -> User:
    """Viewer at INDEX."""
    return person_named("Marc Petit")


@pytest.fixture
def camille(index: Company) -> User:
    """Reads for the bank."""
    return person_named("Camille Dubois")


@pytest.fixture
def charlie(db: None) -> User:
    """Owner of another company."""
    company, charlie = another_company()
    company.memberships.update(role=Role.OWNER)
    return charlie

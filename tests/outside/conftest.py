"""A source that runs here, and an installation that asks sources."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.outside.server import FakeSource, running


@pytest.fixture
def fake(settings: Any) -> Iterator[FakeSource]:
    settings.OUTSIDE_SOURCES = True
    settings.OUTSIDE_CONTACT = "registers@cover.example"
    with running() as source:
        yield source

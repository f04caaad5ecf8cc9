"""Accounts read from a file, as the insured sees them before they are kept."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from playwright.sync_api import Page

from applications import accounts_reading
from applications.models import CoverRequest
from parties.models import Company, User
from tests.applications.test_accounts_file import FIGURES
from tests.browser.test_pages import MODES, look_at, sign_in_as
from tests.conftest import NOW
from unlockfocus import demo

# What is wrong with it: assets that do not add up, a cell that is no number, a line nobody knows.
FLAWED = FIGURES.replace("89 300", "80 000").replace("300\n", "none\n") + "Un poste que personne ne connaît, long;5;\n"


def with_file(draft: CoverRequest, text: str) -> CoverRequest:
    file = SimpleUploadedFile("pei-2025-2024-comptes-annuels.csv", text.encode())
    return accounts_reading.take_file(draft.pk, QueryDict(), file, at=NOW)[0]


@pytest.mark.parametrize(("language", "width", "scheme"), MODES)
def test_a_file_of_accounts_before_it_is_kept(
    open_page: Callable[..., Page],
    transactional_db: None,
    index: Company,
    alice: User,
    live_server: Any,
    language: str,
    width: int,
    scheme: str,
) -> None:
    page = open_page(language, width, scheme)
    sign_in_as(page, alice, live_server.url)
    draft = with_file(demo.draft_request(index, alice, NOW), FLAWED)
    reference = draft.reference
    addresses = [f"/requests/{reference}/accounts-preview/", f"/requests/{reference}/steps/accounts/"]
    assert look_at(page, addresses) == []

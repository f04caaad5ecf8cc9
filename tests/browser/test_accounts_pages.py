"""Accounts read from a file, as the insured and an underwriter see them before they are kept."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from playwright.sync_api import Page

from applications import accounts_reading
from applications.models import CoverRequest
from parties.models import Company, User
from tests.applications.test_accounts_file import FIGURES
from tests.browser.test_pages import MODES, look_at, sign_in_as
from tests.conftest import NOW
from tests.factories import analyse, analysed_request
from tests.underwriting.test_filings import as_pei, keep
from tests.underwriting.test_register_accounts import as_bytes, bilant
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


@pytest.mark.parametrize(("language", "width", "scheme"), MODES)
def test_accounts_of_a_register_on_the_desk(
    open_page: Callable[..., Page],
    transactional_db: None,
    index: Company,
    alice: User,
    bruno: User,
    live_server: Any,
    tmp_path: Path,
    language: str,
    width: int,
    scheme: str,
) -> None:
    page = open_page(language, width, scheme)
    sign_in_as(page, bruno, live_server.url)
    file = analysed_request(index, alice, NOW)
    keep(file.buyer, NOW, amounts={**as_pei(file), "I13": 120_000_000})
    analyse(file, NOW)
    adding = f"/desk/file/{file.reference}/accounts/"
    assert look_at(page, [f"/desk/file/{file.reference}/", adding]) == []
    saved = tmp_path / "bilant-2025.json"
    saved.write_bytes(as_bytes(bilant(as_pei(file))))
    page.goto(adding)
    page.locator("input[type=file]").set_input_files(saved)
    page.locator("button[value=read]").click()
    page.locator("input[name=token]").wait_for(state="attached")
    if folder := os.environ.get("UNLOCKFOCUS_PICTURES"):
        page.screenshot(path=Path(folder, f"desk-register-preview-{width}.png"), full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert [each for each in Axe().run(page).response["violations"] if each["impact"] in {"serious", "critical"}] == []

"""The design page in a real Chromium: nothing serious for axe, nothing wider than the screen, the keyboard first."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

Open = Callable[..., Page]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_component_is_fit_for_everybody(open_page: Open, language: str, width: int, scheme: str) -> None:
    page = open_page(language, width=width, scheme=scheme)
    page.goto("/design/")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    violations = Axe().run(page).response["violations"]
    assert [each["id"] for each in violations if each["impact"] in {"serious", "critical"}] == []


def test_what_went_wrong_takes_the_focus(open_page: Open) -> None:
    page = open_page()
    page.goto("/design/")
    assert page.evaluate("document.activeElement.id") == "error-summary"


def test_the_keyboard_reaches_the_content_first_and_the_focus_is_seen(open_page: Open) -> None:
    page = open_page()
    page.goto("/design/mail/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_a_word_of_the_contract_opens_its_definition_without_script(chromium: Browser, live_server: Any) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/design/")
    assert not page.locator("#term-peak").is_visible()
    page.get_by_role("button", name="peak exposure").click()
    assert page.locator("#term-peak").is_visible()
    context.close()

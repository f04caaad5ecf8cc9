"""A real Chromium on a real server, with a real worker behind a real broker, on one day in November 2026."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("UNLOCKFOCUS_CHROMIUM", shutil.which("chromium"))
    if not path:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    # Playwright's loop is this thread's own; Django need not be warned of it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, live_server: Any, clock: None) -> Iterator[Callable[..., Page]]:
    """`open_page("fr")`: a browser of one person's own, whose pages must not complain on the console."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(language: str = "en", width: int = 1440, scheme: str = "light") -> Page:
        locale = {"en": "en-GB", "fr": "fr-FR"}[language]
        context = chromium.new_context(
            base_url=live_server.url,
            locale=locale,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            accept_downloads=True,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
    unexpected = [text for text in complaints if "status of 422" not in text]
    assert unexpected == []

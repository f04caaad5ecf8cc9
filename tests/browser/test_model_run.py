"""A run over the portfolio watched in a browser: what the page swaps in is what a reload shows."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from parties.models import Company, User
from tests.browser.test_pages import sign_in_as
from tests.conftest import NOW
from tests.factories import buyer_with
from tests.rules.test_scoring import PEI
from underwriting.actions import rescoring
from underwriting.models import Rescoring


def content(page: Page) -> str:
    """What the page holds, without the tokens of its forms, which differ each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.locator("#content").inner_html())


def test_the_page_follows_the_run_by_itself(
    open_page: Callable[..., Page], transactional_db: None, index: Company, sofia: User, live_server: Any
) -> None:
    for number in range(10):
        buyer_with(number, PEI, at=NOW)
    page = open_page()
    sign_in_as(page, sofia, live_server.url)
    page.goto("/desk/models/points/2026.1/")
    page.get_by_role("button", name="Run it over every statement").click()
    expect(page.get_by_text("0 of 10 statements, 0%")).to_have_count(2)
    card, formula = Rescoring.objects.order_by("pk")

    rescoring.advance(card.pk, at=card.started_at, size=4)
    expect(page.get_by_text("4 of 10 statements, 40%")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Scorecard 2026.1")).to_have_attribute("value", "4")

    page.get_by_role("button", name="Cancel the run").first.click()
    expect(page.get_by_text("Scorecard 2026.1: cancelled")).to_be_visible()
    page.get_by_role("button", name="Go on with it").click()
    expect(page.get_by_text("Scorecard 2026.1: running")).to_be_visible()

    rescoring.advance(formula.pk, at=card.started_at)
    rescoring.advance(card.pk, at=card.started_at)
    expect(page.get_by_text("Scorecard 2026.1: done")).to_be_visible()
    expect(page.get_by_role("heading", name="Grades of buyers")).to_be_visible()
    swapped = content(page)
    page.reload()
    assert content(page) == swapped

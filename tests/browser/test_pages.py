"""Every page, as a person of each side sees it: nothing serious for axe, nothing wider than the screen, in any mode."""

import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page

from applications import actions as requests
from applications.models import CoverRequest, OrderLine
from parties.models import Company, User
from tests.conftest import NOW
from tests.factories import (
    analysed_request,
    another_senior,
    bound_guarantee,
    buyer_with,
    guarantee_in_force,
    instant,
    offer_for,
    person_named,
)
from tests.rules.test_scoring import PEI
from tests.underwriting.test_activation import EMPTY, IDLE, POOR, RICH, proposed, run_all
from tests.underwriting.test_drift_report import CARD, buyer_number, copy, keep, score
from underwriting.actions import activations, drift, rescoring
from underwriting.models import BuyerIncident, Guarantee, SectorRatio
from underwriting.scoring.versions import FORMULA, versions
from unlockfocus import demo

VISITOR = ["/", "/eligibility/", "/eligibility/?need=1", "/sign-in/", "/sign-up/", "/password/forgotten/", "/verify/"]
ELIGIBLE = (
    "/eligibility/?other_credit_insurance=no&order_on=2026-12-01&last_due_on=2028-01-14&need=999999&currency=EUR"
    "&activity=28.41&buyer_country=RO&affiliate=no&private_person=no"
)
STEPS = ("buyer", "order", "schedule", "trading", "figures", "accounts", "cover", "documents", "review")
MODES = [("en", 1440, "light"), ("fr", 390, "dark")]


def sign_in_as(page: Page, user: User, url: str) -> None:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])


def look_at(page: Page, addresses: list[str]) -> list[str]:
    """What is wrong with these pages, one line each; a picture of each in the folder UNLOCKFOCUS_PICTURES, if named."""
    wrong = []
    for address in addresses:
        response = page.goto(address)
        if folder := os.environ.get("UNLOCKFOCUS_PICTURES"):
            width = page.viewport_size["width"] if page.viewport_size else 0
            name = re.sub(r"\W+", "-", address).strip("-")[:120] or "home"
            page.screenshot(path=Path(folder, f"{name}-{width}.png"), full_page=True)
        if response is None or response.status >= 400:
            wrong.append(f"{address}: answered {response and response.status}")
            continue
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            wrong.append(f"{address}: {over} px wider than the screen")
        forms = page.locator("form[method=post]:not(:has([name=csrfmiddlewaretoken]))").count()
        if forms:
            wrong.append(f"{address}: {forms} forms whose sending would be refused, without a token")
        for violation in Axe().run(page).response["violations"]:
            if violation["impact"] in {"serious", "critical"}:
                nodes = "; ".join(node["html"][:120] for node in violation["nodes"][:3])
                wrong.append(f"{address}: {violation['id']}: {nodes}")
    return wrong


def overfull_draft(index: Company, alice: User) -> CoverRequest:
    """Forty lines, amounts in the billions, and names that fill their fields."""
    draft = demo.draft_request(index, alice, NOW)
    long_name = "Societatea de asamblare a componentelor pentru autovehicule Pitesti "
    CoverRequest.objects.filter(pk=draft.pk).update(buyer_name=(long_name * 3)[:200], goods=("Tour " * 60)[:300])
    draft.lines.all().delete()
    OrderLine.objects.bulk_create(
        OrderLine(
            request=draft,
            position=number,
            label=f"Lot {number} " + "x" * 100,
            amount=Decimal("9876543210.99"),
            currency="EUR",
            delivery_on=date(2027, 1, 1) + timedelta(days=7 * number),
            due_on=date(2027, 2, 1) + timedelta(days=7 * number),
            rate=1,
            amount_eur=Decimal("9876543210.99"),
        )
        for number in range(1, 41)
    )
    return draft


@pytest.mark.parametrize(("language", "width", "scheme"), MODES)
def test_pages_of_visitors(
    open_page: Callable[..., Page], transactional_db: None, language: str, width: int, scheme: str
) -> None:
    page = open_page(language, width, scheme)
    assert look_at(page, [*VISITOR, ELIGIBLE]) == []


@pytest.mark.parametrize(("language", "width", "scheme"), MODES)
def test_pages_of_the_insured(
    open_page: Callable[..., Page],
    transactional_db: None,
    index: Company,
    alice: User,
    bruno: User,
    live_server: Any,
    language: str,
    width: int,
    scheme: str,
) -> None:
    page = open_page(language, width, scheme)
    sign_in_as(page, alice, live_server.url)
    empty = look_at(page, ["/requests/", "/guarantees/", "/requests/new/"])
    offer = offer_for(analysed_request(index, alice, NOW), bruno, NOW)
    guarantee = bound_guarantee(index, alice, bruno, NOW)
    asked = analysed_request(index, alice, NOW)
    requests.ask_information(asked.pk, question="Who are the owners of PEI?", actor=bruno, at=NOW)
    draft = demo.draft_request(index, alice, NOW)
    overfull = overfull_draft(index, alice)
    typical = [
        f"/requests/{overfull.reference}/steps/schedule/",
        f"/requests/{overfull.reference}/steps/review/",
        f"/files/{asked.reference}/",
        f"/requests/{asked.reference}/answer/",
        f"/requests/{asked.reference}/documents/add/",
        *(f"/requests/{draft.reference}/steps/{step}/" for step in STEPS),
        "/requests/",
        "/guarantees/",
        f"/files/{draft.reference}/",
        f"/files/{offer.request.reference}/",
        f"/offers/{offer.number}/accept/",
        f"/offers/{offer.number}/refuse/",
        f"/guarantees/{guarantee.number}/",
        f"/files/{guarantee.request.reference}/",
        f"/requests/{draft.reference}/withdraw/",
        f"/verify/{guarantee.number}/{guarantee.verification_code}/",
        "/team/",
        "/account/",
        "/account/password/",
    ]
    assert empty + look_at(page, typical) == []
    sign_in_as(page, person_named("Hélène Roux"), live_server.url)
    assert look_at(page, ["/team/"]) == []


@pytest.mark.parametrize(("language", "width", "scheme"), MODES)
def test_pages_of_the_desk(
    open_page: Callable[..., Page],
    transactional_db: None,
    index: Company,
    alice: User,
    bruno: User,
    live_server: Any,
    language: str,
    width: int,
    scheme: str,
) -> None:
    analysed = analysed_request(index, alice, NOW)
    guarantee = bound_guarantee(index, alice, bruno, NOW)
    page = open_page(language, width, scheme)
    sign_in_as(page, bruno, live_server.url)
    file = f"/desk/file/{analysed.reference}"
    pages = [
        "/desk/",
        *(f"{file}/{act}/" for act in ("offer", "ask", "decline", "grade")),
        f"/desk/file/{analysed.reference}/",
        f"/desk/file/{guarantee.request.reference}/",
        "/desk/applications/coverrequest/",
        "/desk/underwriting/offer/",
        "/desk/underwriting/guarantee/",
        "/desk/underwriting/tariff/",
        "/desk/journal/entry/",
    ]
    assert look_at(page, pages) == []


@pytest.mark.parametrize(("language", "width", "scheme"), MODES)
def test_pages_about_models(
    open_page: Callable[..., Page],
    transactional_db: None,
    index: Company,
    alice: User,
    bruno: User,
    sofia: User,
    live_server: Any,
    language: str,
    width: int,
    scheme: str,
) -> None:
    page, card = open_page(language, width, scheme), "/desk/models/points/2026.1/"
    sign_in_as(page, sofia, live_server.url)
    wrong = look_at(page, ["/desk/models/", card])
    bound_guarantee(index, alice, bruno, NOW)
    for number, year in enumerate([PEI, PEI, POOR, IDLE, RICH, EMPTY]):
        buyer_with(number, year, at=NOW)
    run = rescoring.start(versions()[-1], by=sofia, at=NOW)[0]
    rescoring.advance(run.pk, at=NOW + timedelta(seconds=2), size=5)
    wrong += look_at(page, [f"{card}?running"])
    rescoring.cancel(run.pk, by=sofia, at=NOW)
    run_all(versions()[-1], sofia, NOW)
    wrong += look_at(page, [f"{card}?done", f"{card}propose/"])
    activation = proposed(sofia, NOW)
    sign_in_as(page, another_senior(), live_server.url)
    answer = f"/desk/activations/{activation.pk}/"
    wrong += look_at(page, ["/desk/", answer])
    bound_guarantee(index, alice, bruno, NOW)
    wrong += look_at(page, [f"{answer}?moved"])
    activations.confirm(activation.pk, by=person_named("Omar Haddad"), at=NOW)
    wrong += look_at(page, [f"{answer}?answered", "/desk/models/?activated", f"{card}?in-force"])
    assert wrong == []


def portfolio(guarantee: Guarantee) -> None:
    """A year later: 240 buyers on the full card, 20 on the short one; files on 60 of them, of which four defaulted."""
    for number in range(260):
        buyer, spread = buyer_number(number), (number * 37 % 100) / 100
        year = replace(
            PEI,
            total_assets=PEI.total_assets * Decimal(0.003 + 3 * spread**4),
            current_assets=PEI.current_assets * Decimal(0.4 + 2.4 * spread),
            cash=PEI.cash * Decimal(number * 53 % 100) / 15,
            operating_profit=PEI.operating_profit * Decimal(3 * spread - 0.6),
            retained_earnings=PEI.retained_earnings * Decimal(1.6 * spread - 0.5),
            long_term_liabilities=PEI.long_term_liabilities * (number * 29 % 60) / 10,
            short_term_liabilities=PEI.short_term_liabilities if number < 240 else None,
            depreciation=None if number % 9 == 0 else PEI.depreciation,
            prior=None if number % 7 == 0 else replace(PEI.prior, sales=PEI.prior.sales * Decimal(0.8 + 0.5 * spread)),
        )
        score(keep(buyer, replace(year, period_end=date(2024, 12, 31))), 4 + number % 4)
        score(keep(buyer, year), 4 + (number + number // 5) % 4)
        if number < 60:
            copy(guarantee, buyer, number)
        if number < 4:
            BuyerIncident.objects.create(
                buyer=buyer, kind="insolvency", reference=str(number), since=date(2027, 3, 1), noted_at=NOW
            )


@pytest.mark.parametrize(("language", "width", "scheme"), MODES)
def test_pages_about_the_drift_of_the_score(
    open_page: Callable[..., Page],
    transactional_db: None,
    index: Company,
    alice: User,
    bruno: User,
    sofia: User,
    live_server: Any,
    language: str,
    width: int,
    scheme: str,
) -> None:
    page = open_page(language, width, scheme)
    sign_in_as(page, sofia, live_server.url)
    empty = look_at(page, ["/desk/drift/", "/desk/underwriting/buyerstatement/"])
    guarantee = guarantee_in_force(index, alice, bruno, NOW)
    drift.compute(FORMULA, at=NOW)
    young = look_at(page, ["/desk/drift/?young"])
    portfolio(guarantee)
    drift.compute(CARD, at=instant(date(2027, 11, 24)))
    file = analysed_request(index, alice, NOW)
    SectorRatio.objects.create(
        valid_from=NOW.date(), sector="29", ratio="operating_margin", lower=0.01, median=0.05, upper=0.1, source="Test"
    )
    typical = [
        "/desk/drift/?typical",
        f"/desk/file/{file.reference}/sector/",
        f"/desk/file/{file.reference}/?aside",
        "/desk/?lists",
        *(f"/desk/underwriting/{each}/" for each in ("buyerstatement", "buyerincident", "baserate", "sectorratio")),
        "/desk/underwriting/scoringterms/",
    ]
    assert empty + young + look_at(page, typical) == []

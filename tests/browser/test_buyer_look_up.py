"""Looking the buyer up in a real browser: one swap, nothing typed is lost, nothing serious for axe, at both widths."""

import json
import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.test_pages import sign_in_as
from tests.conftest import NOW
from tests.factories import person_named
from tests.outside.server import running, says
from tests.outside.test_companies import recorded
from unlockfocus import demo


@pytest.mark.parametrize(("language", "width", "state"), [("en", 1440, "RADIERE"), ("fr", 390, "INREGISTRAT")])
def test_the_look_up_swaps_the_fields_in(open_page, live_server, transactional_db, settings, language, width, state):
    index = demo.load_people()
    alice = person_named("Alice Bernard")
    draft = demo.draft_request(index, alice, NOW)
    answer = json.loads(recorded("platitor_tva_v9_3365133.json"))
    answer["found"][0]["date_generale"] |= {
        "cui": 49007311,
        "denumire": "PEI PRECIZIE SRL",
        "stare_inregistrare": f"{state} din data 12.03.2024",
    }
    with running() as fake:
        fake.on("/api/PlatitorTvaRest/v9/tva", says(200, json.dumps(answer).encode()))
        settings.OUTSIDE_SOURCES = True
        settings.OUTSIDE_ADDRESSES = {"ANAF": fake.address, "VIES": fake.address}
        page = open_page(language, width)
        sign_in_as(page, alice, live_server.url)
        page.goto(f"/requests/{draft.reference}/steps/buyer/")
        page.fill("[name=buyer_address]", "")
        page.fill("[name=buyer_name]", "PEI")
        page.click(".look-up button")
        page.wait_for_selector("#identity")
    assert page.input_value("[name=buyer_name]") == "PEI"
    assert page.input_value("[name=buyer_address]").startswith("JUD. ARAD")
    assert page.text_content(".registered strong") == "PEI PRECIZIE"
    assert ("tone-danger" in page.get_attribute("#identity .notice", "class")) is (state == "RADIERE")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page).response["violations"]
    assert [each["id"] for each in found if each["impact"] in {"serious", "critical"}] == []
    if folder := os.environ.get("UNLOCKFOCUS_PICTURES"):
        page.screenshot(path=Path(folder) / f"buyer-look-up-{language}-{width}.png", full_page=True)
    page.press("[name=buyer_name]", "Enter")
    page.wait_for_url("**/steps/order/")

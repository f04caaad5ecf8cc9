"""What the registers say, as an underwriter sees it: nothing yet, an ordinary file, and one that is overfull."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from applications.models import CoverRequest
from parties.models import Company, User
from tests.browser.test_pages import MODES, look_at, sign_in_as
from tests.conftest import NOW
from tests.factories import analysed_request
from tests.underwriting.test_registers import answer, note, notice, picture, possible, search
from underwriting.actions.registers import dismiss_notice, note_answer, record_check
from underwriting.models import RegisterNotice
from underwriting.sources.answers import Outcome
from underwriting.sources.notices import Kind, Notices


def ordinary(file: CoverRequest, by: User) -> None:
    """A register that was silent after it had answered, a notice that waits, one set aside, a check."""
    earlier = NOW - timedelta(days=3)
    told = answer(earlier, source="portal.just.ro", payload=Notices((possible(),)))
    note_answer(file.buyer, told, topic="notices", request=file, at=earlier)
    silent = answer(NOW, outcome=Outcome.UNAVAILABLE, source="portal.just.ro", payload=None, reason="time-out")
    note_answer(file.buyer, silent, topic="notices", request=file, at=NOW)
    note(file, possible(), replace(possible(), notice_id="77/93/2021", kind=Kind.WINDING_UP_PETITION), now=NOW)
    aside = RegisterNotice.objects.get(notice_id="77/93/2021")
    dismiss_notice(aside.pk, request=file, reason="The CUI on the list is 14399840.", by=by, at=NOW)
    record_check(file, search(), evidence=picture(), by=by, at=NOW)


def overfull(file: CoverRequest, by: User) -> None:
    """Proceedings that stand, thirty notices with long texts, a dozen checks, names without a place to break."""
    long_text = "Jugement prononçant la liquidation judiciaire simplifiée, mandataire " + "Dupont-de-la-Tour " * 80
    rows = [
        replace(
            notice(kind, notice_id=f"B2026{number:04d}{'9' * 12}", judged_on=date(2026, 1, 1) + timedelta(days=number)),
            court="Tribunal des activités économiques de " + "Villefranche-" * 8,
            text=long_text[:3900],
        )
        for number, kind in enumerate([*reversed(Kind)] * 3)
    ]
    payload = Notices(tuple(rows), is_complete=False)
    note_answer(file.buyer, answer(NOW, payload=payload), topic="notices", request=file, at=NOW)
    for source, outcome in (("The Gazette", Outcome.RATE_LIMITED), ("portal.just.ro", Outcome.BAD_PAYLOAD)):
        told = answer(NOW, outcome=outcome, source=source, payload=None, reason="results[0].jugement: " + "x" * 150)
        note_answer(file.buyer, told, topic="notices", request=file, at=NOW)
    note(file, *rows, now=NOW)
    note(file, *(replace(possible(), notice_id=f"{number}/3/2024") for number in range(1, 9)), now=NOW)
    for number in range(12):
        made = search(
            register="other",
            register_name="Registrul electronic al insolventei " + "x" * 20,
            outcome="found",
            says=long_text[:3900],
            checked_on=date(2026, 11, 24) - timedelta(days=number),
        )
        record_check(file, made, evidence=picture("e" * 180 + ".png"), by=by, at=NOW)


@pytest.mark.parametrize("fill", [None, ordinary, overfull])
@pytest.mark.parametrize(("language", "width", "scheme"), MODES)
def test_what_the_registers_say(
    open_page: Callable[..., Page],
    live_server: Any,
    transactional_db: None,
    index: Company,
    alice: User,
    bruno: User,
    settings: Any,
    fill: Callable[[CoverRequest, User], None] | None,
    language: str,
    width: int,
    scheme: str,
) -> None:
    settings.OUTSIDE_SOURCES = fill is not None
    file = analysed_request(index, alice, NOW)
    if fill:
        fill(file, bruno)
    page = open_page(language, width, scheme)
    sign_in_as(page, bruno, live_server.url)
    state = fill.__name__ if fill else "empty"
    addresses = [f"/desk/file/{file.reference}/?{state}"]
    if waiting := RegisterNotice.objects.order_by("pk").first():
        at_notice = f"/desk/file/{file.reference}/notice/{waiting.pk}"
        addresses += [f"{at_notice}/confirm/", f"{at_notice}/dismiss/"]
    if fill is not overfull:
        addresses.append(f"/desk/file/{file.reference}/check/?{state}")
    assert look_at(page, addresses) == []

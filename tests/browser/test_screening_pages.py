"""The pages about sanctions: empty, usual and overfull, as `test_pages` looks at all the others."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from parties.models import Company, User
from tests.browser.test_pages import MODES, look_at, sign_in_as
from tests.conftest import NOW
from tests.factories import analysed_request, person_named
from tests.underwriting.sanctions import PEI_LISTED, entity, individual, load_un
from underwriting.actions import people
from underwriting.actions.screening import decide, screen_request
from underwriting.models import Screening, ScreeningHit

LONG = "Société d’assemblage de pièces et d’accessoires pour véhicules automobiles PEI " * 2


@pytest.mark.parametrize(("language", "width", "scheme"), MODES)
def test_pages_about_sanctions(
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
    page, jana = open_page(language, width, scheme), person_named("Jana Nováková")
    sign_in_as(page, jana, live_server.url)
    file = analysed_request(index, alice, NOW)
    wrong = look_at(page, ["/desk/screening/?empty", f"/desk/file/{file.reference}/?unscreened"])
    about = {"position": "director", "is_organisation": False, "country": "RO", "source": "ONRC extract of 3 November"}
    people.add_person(file.pk, name="Ion Popescu-Vlad", birth_year=1961, **about, by=bruno, at=NOW)
    load_un(PEI_LISTED, individual(7, "POPESCU VLAD, Ion", 1961), at=NOW)
    screen_request(file, Screening.Moment.BY_HAND, at=NOW)
    hit = ScreeningHit.objects.get(party__kind="buyer")
    usual = [
        "/desk/?matches",
        "/desk/screening/",
        f"/desk/screening/{hit.pk}/",
        "/desk/screening/search/",
        "/desk/screening/search/?name=PEI&country=RO",
        "/desk/screening/search/?name=Nobody+at+all",
        f"/desk/file/{file.reference}/?held",
        f"/desk/file/{file.reference}/people/",
    ]
    wrong += look_at(page, usual)
    reason = "ONRC 49007311 was founded in 2019; the entry was listed in 2014. " * 12
    decide(hit.pk, act="confirm", reason=reason, seen=hit.compared, by=jana, at=NOW)
    load_un(
        *(entity(number, "P. E. I. " + "Srl" * (number % 2), remark=LONG * 6) for number in range(2, 42)),
        PEI_LISTED,
        at=NOW,
    )
    screen_request(file, Screening.Moment.LISTS, at=NOW)
    overfull = ["/desk/screening/?overfull", f"/desk/screening/{hit.pk}/?decided", f"/desk/file/{file.reference}/?full"]
    assert wrong + look_at(page, overfull) == []

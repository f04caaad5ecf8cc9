"""The desk's pages about sanctions: who is answered what, what they say, and what they ask of the database."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import analysed_request, person_named
from tests.underwriting.sanctions import PEI_LISTED, entity, load_un
from tests.underwriting.test_model_pages import OUTSIDE, ROLES, is_kept_out, text
from underwriting import desk_urls
from underwriting.actions import people
from underwriting.actions.screening import screen_request
from underwriting.models import BuyerPerson, Screening, ScreeningHit

pytestmark = pytest.mark.django_db

# name: (what its address takes, what a GET and a POST without fields are answered, by role)
TABLE: dict[str, tuple[tuple[str, ...], str, str]] = {
    "matches": ((), "200 200 200 200 200", "405 405 405 405 405"),
    "match-search": ((), "200 200 200 200 200", "405 405 405 405 405"),
    "match": (("match",), "200 200 200 200 200", "403 403 403 422 403"),
    "file-screen": (("file",), "405 405 405 405 405", "302 302 403 302 403"),
    "file-person-add": (("file",), "200 200 403 200 403", "422 422 403 422 403"),
    "file-person-end": (("file", "person"), "405 405 405 405 405", "302 302 403 302 403"),
}
REASON = "ONRC 49007311 was founded in 2019; the entry was listed in 2014."


@pytest.fixture
def jana(index):
    return person_named("Jana Nováková")


@pytest.fixture
def file(index, alice, now):
    request = analysed_request(index, alice, now)
    load_un(PEI_LISTED, at=now)
    screen_request(request, Screening.Moment.SUBMISSION, at=now)
    return request


@pytest.fixture
def person(file, bruno, now):
    about = {"position": "owner", "is_organisation": False, "country": "RO", "birth_year": None, "source": "GLEIF"}
    return people.add_person(file.pk, name="Ion Popescu", **about, by=bruno, at=now)


def url(name: str, *taken: Any) -> str:
    return reverse(f"admin:{name}", args=taken)


def test_every_page_about_sanctions_has_a_row() -> None:
    about = {name for _route, view, name in desk_urls.PAGES if view.__module__ == "underwriting.desk_screening"}
    assert about == set(TABLE)


def test_each_role_is_answered_as_the_table_says(file, person, signed_in, client) -> None:
    addresses = {"file": file.reference, "person": person.pk, "match": ScreeningHit.objects.get().pk}
    inside = [signed_in(person_named(name)) for name in ROLES.values()]
    outside = [signed_in(person_named(name)) for name in OUTSIDE] + [client]
    answered, entered = {}, []
    for name, (taken, _get, _post) in TABLE.items():
        address = url(name, *(addresses[each] for each in taken))
        for browser in outside:
            entered += [name for each in (browser.get(address), browser.post(address)) if not is_kept_out(each)]
        gets = " ".join(str(browser.get(address).status_code) for browser in inside)
        posts = " ".join(str(browser.post(address).status_code) for browser in inside)
        answered[name] = (taken, gets, posts)
    assert answered == TABLE
    assert entered == []


def test_a_person_of_another_buyer_is_not_there(file, person, signed_in, bruno) -> None:
    from parties.models import Buyer

    other = Buyer.objects.create(country="PL", registration_number="1", name="Other")
    BuyerPerson.objects.update(buyer=other)
    assert signed_in(bruno).post(url("file-person-end", file.reference, person.pk)).status_code == 404


def test_compliance_reads_why_and_clears_with_a_reason(file, jana, signed_in) -> None:
    desk, hit = signed_in(jana), ScreeningHit.objects.get()
    assert "1 possible match waits for compliance" in text(desk.get(reverse("admin:index")))
    queue = text(desk.get(url("matches")))
    assert "PEI SRL buyer P.E.I. S.R.L. United Nations 100%" in queue
    assert "France (asset freezes) not loaded" in queue
    page = text(desk.get(url("match", hit.pk)))
    assert "pei pei 100%" in page
    assert "The same country: Romania." in page
    assert "Searched: United Nations (20 November 2026). Not loaded: " in page
    assert file.reference in page
    short = desk.post(url("match", hit.pk), {"act": "clear", "seen": hit.compared, "reason": "no"})
    assert short.status_code == 422
    assert "at least 20 characters" in text(short)
    answer = desk.post(url("match", hit.pk), {"act": "clear", "seen": hit.compared, "reason": REASON}, follow=True)
    assert "Cleared: PEI SRL is somebody else." in text(answer)
    assert "Nothing to decide" in text(answer)
    assert REASON in text(desk.get(url("match", hit.pk)))


def test_what_is_refused_keeps_what_was_typed(file, jana, signed_in) -> None:
    desk, hit = signed_in(jana), ScreeningHit.objects.get()
    for fields, said in (
        ({"act": "clear", "seen": "an older page"}, "changed since you opened this page"),
        ({"seen": hit.compared}, "Choose one of the two answers."),
    ):
        answer = desk.post(url("match", hit.pk), {**fields, "reason": REASON})
        assert answer.status_code == 422
        assert said in text(answer)
        assert REASON in text(answer)
    assert ScreeningHit.objects.get().state == "open"


def test_the_file_says_who_was_screened_and_what_is_held(file, bruno, signed_in) -> None:
    page = text(signed_in(bruno).get(reverse("admin:file", args=[file.reference])))
    assert "Nothing is offered, accepted or paid while this stands" in page
    assert "A possible match with a sanctions list awaits compliance: PEI SRL." in page
    assert "INDEX SAS insured no entry alike" in page


def test_an_owner_is_noted_and_screened(file, bruno, signed_in, now) -> None:
    load_un(PEI_LISTED, entity(3, "Zhongwei Shipping Co Ltd", "China"), at=now)
    facts = {"name": "Zhongwei Shipping", "position": "owner", "is_organisation": "on", "source": "GLEIF, 3 November"}
    page = signed_in(bruno).post(url("file-person-add", file.reference), facts, follow=True)
    assert "Noted, and compared with the lists." in text(page)
    assert "Zhongwei Shipping Co Ltd United Nations" in text(page)
    assert ScreeningHit.objects.get(party__kind="person").entry["countries"] == ["CN"]


def test_a_name_that_is_looked_for_keeps_nothing(file, peter, signed_in) -> None:
    before = Screening.objects.count()
    desk = signed_in(peter)
    found = text(desk.get(url("match-search"), {"name": "PEI S.R.L.", "country": "RO"}))
    assert "1 entry is alike by 66% or more" in found
    nobody = text(desk.get(url("match-search"), {"name": "Zhongwei Shipping"}))
    assert "No entry of the loaded lists is alike by 66% or more" in nobody
    assert "That is not the same as not being sanctioned." in nobody
    assert desk.get(url("match-search"), {"name": ""}).status_code == 422
    assert Screening.objects.count() == before


def test_the_queue_costs_the_same_queries_however_long_it_is(file, jana, signed_in, now) -> None:
    desk = signed_in(jana)
    with CaptureQueriesContext(connection) as one:
        desk.get(url("matches"))
    load_un(*(entity(number, f"PEI SRL {number}") for number in range(10, 25)), PEI_LISTED, at=now)
    screen_request(file, Screening.Moment.LISTS, at=now)
    assert ScreeningHit.objects.count() > 10
    with CaptureQueriesContext(connection) as many:
        desk.get(url("matches"))
    assert len(one) == len(many)

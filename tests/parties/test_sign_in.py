"""Signing in by e-mail, and where it leads."""

import pytest
from django.urls import reverse

from unlockfocus.demo import PASSWORD

pytestmark = pytest.mark.django_db
SIGN_IN = "/sign-in/"


def test_a_page_that_is_not_public_asks_for_signing_in_and_comes_back(client, alice):
    asked = client.get("/team/")
    assert asked.status_code == 302
    assert asked.url == "/sign-in/?next=/team/"

    page = client.get(asked.url)
    assert 'name="next" value="/team/"' in page.content.decode()

    answer = client.post(SIGN_IN, {"username": "alice.bernard@index.example", "password": PASSWORD, "next": "/team/"})
    assert answer.status_code == 302
    assert answer.url == "/team/"


@pytest.mark.parametrize("name", ["sign-in", "sign-up", "password-reset", "password-reset-sent", "password-reset-done"])
def test_these_pages_are_public(client, name):
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", ["team", "account", "password-change"])
def test_these_pages_are_not(client, name):
    answer = client.get(reverse(name))
    assert answer.status_code == 302
    assert answer.url.startswith("/sign-in/?next=")


def test_the_address_may_be_typed_in_any_case(client, alice):
    answer = client.post(SIGN_IN, {"username": "Alice.Bernard@INDEX.example", "password": PASSWORD})
    assert answer.status_code == 302
    assert client.get("/account/").context["user"] == alice


def test_a_wrong_password_is_said_in_the_summary_and_keeps_the_address(client, alice):
    page = client.post(SIGN_IN, {"username": "alice.bernard@index.example", "password": "not this one"})
    assert page.status_code == 200
    assert "This address and this password do not go together." in page.content.decode()
    assert 'value="alice.bernard@index.example"' in page.content.decode()


def test_an_unknown_address_and_a_wrong_password_get_the_same_words(client, alice):
    known = client.post(SIGN_IN, {"username": "alice.bernard@index.example", "password": "not this one"})
    unknown = client.post(SIGN_IN, {"username": "nobody@index.example", "password": "not this one"})
    assert known.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_next_never_leads_to_another_site(client, alice, elsewhere):
    answer = client.post(SIGN_IN, {"username": alice.email, "password": PASSWORD, "next": elsewhere})
    assert answer.status_code == 302
    assert answer.url == "/"


def test_everybody_lands_where_their_work_is(client, alice, bruno, camille):
    people = {alice: "/requests/", bruno: "/desk/", camille: "/guarantees/"}
    for person, place in people.items():
        client.logout()
        answer = client.post(SIGN_IN, {"username": person.email, "password": PASSWORD}, follow=True)
        assert answer.redirect_chain[-1][0] == place


def test_who_is_signed_in_already_is_sent_on(signed_in, alice):
    answer = signed_in(alice).get(SIGN_IN)
    assert answer.status_code == 302
    assert answer.url == "/"


def test_the_answers_of_a_visitor_survive_signing_in(client, alice):
    session = client.session
    session["eligibility"] = {"buyer_country": "RO"}
    session.save()
    client.post(SIGN_IN, {"username": alice.email, "password": PASSWORD})
    assert client.session["eligibility"] == {"buyer_country": "RO"}


def test_signing_in_gives_the_session_a_new_key(client, alice):
    session = client.session
    session["eligibility"] = {"buyer_country": "RO"}
    session.save()
    before = session.session_key
    client.post(SIGN_IN, {"username": alice.email, "password": PASSWORD})
    assert client.session.session_key != before


def test_a_closed_account_cannot_sign_in(client, alice):
    alice.is_active = False
    alice.save()
    page = client.post(SIGN_IN, {"username": alice.email, "password": PASSWORD})
    assert page.status_code == 200
    assert not page.wsgi_request.user.is_authenticated


def test_ten_wrong_passwords_pause_the_address_however_it_is_written(client, alice):
    spellings = ["alice.bernard@index.example", "ALICE.BERNARD@index.example"] * 5
    answers = [client.post(SIGN_IN, {"username": each, "password": "not this one"}) for each in spellings]
    assert [each.status_code for each in answers] == [200] * 9 + [429]

    right = client.post(SIGN_IN, {"username": "alice.bernard@index.example", "password": PASSWORD})
    assert right.status_code == 429
    page = right.content.decode()
    assert "Sign-in is paused for this address" in page
    assert "10 passwords in a row were wrong." in page
    assert "again in 15 minutes." in page


def test_another_place_and_another_address_are_not_paused(client, alice, marc):
    for _ in range(10):
        client.post(SIGN_IN, {"username": alice.email, "password": "not this one"})
    other = client.post(SIGN_IN, {"username": marc.email, "password": PASSWORD})
    assert other.status_code == 302
    client.logout()
    elsewhere = client.post(SIGN_IN, {"username": alice.email, "password": PASSWORD}, REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 302


def test_signing_out_takes_a_press_and_leads_home(signed_in, alice):
    browser = signed_in(alice)
    assert browser.get("/sign-out/").status_code == 405
    answer = browser.post("/sign-out/")
    assert answer.url == "/"
    assert browser.get("/account/").status_code == 302
    assert browser.post("/sign-out/").url == "/"  # a second press, on a page left open

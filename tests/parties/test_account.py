"""What a person changes about themselves."""

import pytest

pytestmark = pytest.mark.django_db


def test_name_and_language_of_letters(signed_in, alice):
    page = signed_in(alice).post("/account/", {"name": "Alice B. Bernard", "language": "en"}, follow=True)
    assert page.redirect_chain == [("/account/", 302)]
    assert "Your account is up to date." in page.content.decode()
    alice.refresh_from_db()
    assert (alice.name, alice.language) == ("Alice B. Bernard", "en")


@pytest.mark.parametrize(
    ("typed", "field"), [({"name": "", "language": "fr"}, "name"), ({"name": "Alice", "language": "de"}, "language")]
)
def test_wrong_answers_change_nothing(signed_in, alice, typed, field):
    before = (alice.name, alice.language)
    page = signed_in(alice).post("/account/", typed)
    assert list(page.context["form"].errors) == [field]
    alice.refresh_from_db()
    assert (alice.name, alice.language) == before


def test_nothing_else_can_be_changed_there(signed_in, alice):
    signed_in(alice).post(
        "/account/", {"name": "Alice", "language": "fr", "email": "other@index.example", "is_staff": "on"}
    )
    alice.refresh_from_db()
    assert alice.email == "alice.bernard@index.example"
    assert not alice.is_staff


def test_staff_and_bankers_have_an_account_page_too(signed_in, bruno, camille):
    assert signed_in(bruno).get("/account/").status_code == 200
    assert signed_in(camille).get("/account/").status_code == 200

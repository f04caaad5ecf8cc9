"""The page behind the link of an invitation."""

from datetime import timedelta

import pytest
import time_machine

from parties import actions
from parties.models import Invitation, Membership, Role, User
from tests.factories import at_once, person_named

pytestmark = pytest.mark.django_db
BEA = {"name": "Béa Morin", "password": "deux tours six broches"}


@pytest.fixture
def link(helene, index, now):
    """The link in the letter to Béa, invited as credit manager a moment ago."""
    _, token = actions.invite(company=index, email="bea@index.example", role=Role.CREDIT_MANAGER, by=helene, at=now)
    return f"/invitation/{token}/"


def test_it_says_who_invites_to_what_until_when(client, link):
    page = client.get(link).content.decode()
    assert "Join INDEX SAS" in page
    assert "Hélène Roux invites you as credit manager. The invitation holds until 1 December 2026, 10:00." in page
    assert "bea@index.example" in page


def test_the_colleague_joins_and_is_signed_in(client, link, index, now):
    answer = client.post(link, BEA, follow=True)
    assert answer.redirect_chain[-1][0] == "/requests/"
    assert "You now act for INDEX SAS." in answer.content.decode()

    bea = person_named("Béa Morin")
    assert (bea.email, bea.language) == ("bea@index.example", "en")
    assert bea.check_password("deux tours six broches")
    seat = Membership.objects.get(user=bea)
    assert (seat.company, seat.role) == (index, "credit_manager")
    assert Invitation.objects.get().accepted_at == now


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"name": ""}, "name", "This field is required."),
        (
            {"password": "bea@index.example"},
            "password",
            "The password is too similar to the e-mail address.",
        ),
        ({"password": "short one"}, "password", "This password is too short. It must contain at least 12 characters."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client, link, typed, field, message):
    page = client.post(link, BEA | typed)
    assert page.status_code == 200
    assert page.context["form"].errors == {field: [message]}
    assert not User.objects.filter(email="bea@index.example").exists()


def test_it_serves_once(client, link):
    client.post(link, BEA)
    client.logout()
    again = client.post(link, BEA | {"name": "Somebody else"})
    assert again.status_code == 410
    assert "It was used on 24 November 2026, 10:00." in again.content.decode()
    assert not User.objects.filter(name="Somebody else").exists()


def test_it_holds_until_the_last_second_of_seven_days_and_no_longer(client, link, now):
    with time_machine.travel(now + timedelta(days=7, seconds=-1), tick=False):
        assert client.get(link).status_code == 200
    with time_machine.travel(now + timedelta(days=7), tick=False):
        expired = client.post(link, BEA)
    assert expired.status_code == 410
    page = expired.content.decode()
    assert "It expired on 1 December 2026, 10:00. Ask Hélène Roux, or another owner of INDEX SAS" in page
    assert not User.objects.filter(email="bea@index.example").exists()


def test_a_withdrawn_one_says_so(client, link, helene, now):
    actions.withdraw_invitation(Invitation.objects.get(), by=helene, at=now)
    page = client.get(link)
    assert page.status_code == 410
    assert "INDEX SAS withdrew it, or sent you a newer one" in page.content.decode()


def test_an_unknown_link_is_not_found(client, link):
    page = client.get("/invitation/not-a-token-we-gave/")
    assert page.status_code == 404
    assert "We do not know this invitation" in page.content.decode()


def test_who_is_signed_in_as_somebody_else_is_asked_to_sign_out_first(signed_in, link, alice):
    browser = signed_in(alice)
    for page in (browser.get(link), browser.post(link, BEA)):
        assert "You are signed in as Alice Bernard" in page.content.decode()
    assert not User.objects.filter(email="bea@index.example").exists()


def test_an_address_that_has_an_account_by_now_is_told_so(client, link):
    User.objects.create_user("bea@index.example", name="Béa", language="fr")
    page = client.post(link, BEA)
    assert page.status_code == 200
    assert page.context["form"].non_field_errors() == ["There is already an account with this address."]


@pytest.mark.django_db(transaction=True)
def test_pressing_twice_makes_one_account(link, now):
    invitation = Invitation.objects.get()

    def accept():
        return actions.accept_invitation(invitation.pk, **BEA, language="fr", at=now)

    results = at_once([accept, accept])
    assert sorted(type(result).__name__ for result in results) == ["InvitationClosed", "User"]
    assert User.objects.filter(email="bea@index.example").count() == 1

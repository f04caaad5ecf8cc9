"""The team of a company: who sees it, who changes it."""

from datetime import timedelta

import pytest
from django.core import mail

from journal.models import Entry
from parties import actions
from parties.models import Invitation, Membership, Role
from tests.factories import at_once, person_named
from tests.journal.letters import html_of, link_in

pytestmark = pytest.mark.django_db
BEA = {"email": "bea@index.example", "role": "credit_manager"}


# --- Who sees what ----------------------------------------------------------------------------------------------------


def test_everybody_in_the_company_sees_who_acts_for_it(signed_in, marc):
    page = signed_in(marc).get("/team/").content.decode()
    assert "3 people act for INDEX SAS" in page
    assert all(name in page for name in ("Hélène Roux", "Alice Bernard", "Marc Petit"))
    assert "900004128" in page
    assert "28.41 Manufacture of metal forming machinery" in page


def test_only_an_owner_is_offered_changes(signed_in, helene, alice, marc):
    assert "Invite a colleague" in signed_in(helene).get("/team/").content.decode()
    for colleague in (alice, marc):
        page = signed_in(colleague).get("/team/").content.decode()
        assert "Invite a colleague" not in page
        assert "/remove/" not in page


def test_who_acts_for_no_company_has_no_team(signed_in, bruno, camille):
    assert signed_in(bruno).get("/team/").status_code == 403
    assert signed_in(camille).get("/team/").status_code == 403


def test_the_page_asks_the_database_as_often_for_three_people_as_for_twenty(
    signed_in, helene, index, now, django_assert_num_queries, django_assert_max_num_queries
):
    browser = signed_in(helene)
    with django_assert_max_num_queries(12) as few:
        browser.get("/team/")
    for number in range(20):
        actions.invite(company=index, email=f"p{number}@index.example", role=Role.VIEWER, by=helene, at=now)
        user = type(helene).objects.create_user(f"q{number}@index.example", name=f"Q {number}", language="en")
        Membership.objects.create(user=user, company=index, role=Role.VIEWER)
    with django_assert_num_queries(len(few)):
        browser.get("/team/")


# --- Inviting ---------------------------------------------------------------------------------------------------------


def test_an_owner_invites_and_the_colleague_gets_a_letter_with_the_link(client, signed_in, helene, index, now):
    page = signed_in(helene).post("/team/invite/", BEA, follow=True)
    assert page.redirect_chain == [("/team/", 302)]
    assert "We have written to bea@index.example." in page.content.decode()
    assert "holds until 1 December 2026" in page.content.decode()

    invitation = Invitation.objects.get()
    assert (invitation.company, invitation.email, invitation.role) == (index, "bea@index.example", "credit_manager")
    assert (invitation.invited_by, invitation.expires_at) == (helene, now + timedelta(days=7))

    [letter] = mail.outbox
    assert letter.to == ["bea@index.example"]
    assert client.get(link_in(letter)).status_code == 200


def test_the_letter_is_in_the_language_of_the_person_who_invites(signed_in, helene):
    for language in ("fr", "en"):
        type(helene).objects.filter(pk=helene.pk).update(language=language)
        signed_in(helene).post("/team/invite/", BEA)
        assert f'<html lang="{language}">' in html_of(mail.outbox[-1])


def test_the_token_is_kept_nowhere(signed_in, helene):
    signed_in(helene).post("/team/invite/", BEA)
    token = link_in(mail.outbox[0]).split("/")[2]
    assert len(token) == 43
    assert Invitation.objects.get().token_hash == Invitation.hash_of(token)
    assert token not in str(list(Invitation.objects.values()))
    assert token not in str(list(Entry.objects.values()))


def test_inviting_again_replaces_the_link(signed_in, helene, client):
    browser = signed_in(helene)
    browser.post("/team/invite/", BEA)
    browser.post("/team/invite/", BEA | {"email": "Bea@Index.example", "role": "viewer"})
    first, second = (link_in(letter) for letter in mail.outbox)
    assert client.get(first).status_code == 410
    assert client.get(second).status_code == 200
    assert Invitation.objects.filter(withdrawn_at=None).get().role == "viewer"


def test_a_letter_that_cannot_be_sent_is_said_and_can_be_sent_again(signed_in, helene, settings):
    browser = signed_in(helene)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    page = browser.post("/team/invite/", BEA, follow=True).content.decode()
    assert "The invitation is kept, but our letter to bea@index.example could not be sent." in page
    assert Invitation.objects.count() == 1

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    browser.post("/team/invite/", BEA)
    assert [letter.to for letter in mail.outbox] == [["bea@index.example"]]


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"email": "bea"}, "email", "Enter a valid email address."),
        ({"email": ""}, "email", "This field is required."),
        ({"role": "underwriter"}, "role", "Select a valid choice. underwriter is not one of the available choices."),
        ({"email": "Alice.Bernard@index.example"}, "email", "This person already acts for a company here."),
    ],
)
def test_what_is_wrong_with_an_invitation_is_said_at_its_field(signed_in, helene, typed, field, message):
    page = signed_in(helene).post("/team/invite/", BEA | typed)
    assert page.status_code == 200
    assert page.context["form"].errors == {field: [message]}
    assert not Invitation.objects.exists()
    assert not mail.outbox


# --- Withdrawing and removing -----------------------------------------------------------------------------------------


def test_a_withdrawn_invitation_is_gone(signed_in, helene, client):
    browser = signed_in(helene)
    browser.post("/team/invite/", BEA)
    page = browser.post(f"/team/invitations/{Invitation.objects.get().pk}/withdraw/", follow=True).content.decode()
    assert "The invitation of bea@index.example no longer holds." in page
    assert "Send again" not in page
    assert client.get(link_in(mail.outbox[0])).status_code == 410


def test_an_expired_invitation_is_shown_as_such(signed_in, helene, index, now):
    actions.invite(company=index, email="bea@index.example", role=Role.VIEWER, by=helene, at=now - timedelta(days=8))
    page = signed_in(helene).get("/team/").content.decode()
    assert "expired" in page
    assert "Send again" in page


def test_removing_says_what_it_means_and_then_does_it(signed_in, helene, alice):
    seat = Membership.objects.get(user=alice)
    colleague, owner = signed_in(alice), signed_in(helene)
    page = owner.get(f"/team/people/{seat.pk}/remove/").content.decode()
    assert "Remove Alice Bernard from INDEX SAS" in page
    assert Membership.objects.filter(user=alice).exists()

    answer = owner.post(f"/team/people/{seat.pk}/remove/", follow=True)
    assert "Alice Bernard no longer acts for the company." in answer.content.decode()
    assert not Membership.objects.filter(user=alice).exists()
    assert colleague.get("/team/").url == "/sign-in/?next=/team/"


def test_nobody_removes_themselves(signed_in, helene):
    seat = Membership.objects.get(user=helene)
    assert signed_in(helene).post(f"/team/people/{seat.pk}/remove/").status_code == 404
    assert Membership.objects.filter(user=helene).exists()


def test_a_company_keeps_its_last_owner(helene, now):
    with pytest.raises(actions.LastOwner, match="Invite another owner first"):
        actions.remove_colleague(Membership.objects.get(user=helene), by=helene, at=now)


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_remove_each_other_at_once_leave_one(helene, alice, now):
    Membership.objects.filter(user=alice).update(role=Role.OWNER)
    seats = {person: Membership.objects.get(user=person) for person in (helene, alice)}
    results = at_once(
        [
            lambda: actions.remove_colleague(seats[alice], by=helene, at=now),
            lambda: actions.remove_colleague(seats[helene], by=alice, at=now),
        ]
    )
    assert sorted(type(result).__name__ for result in results) == ["LastOwner", "NoneType"]
    assert Membership.objects.filter(role=Role.OWNER).count() == 1


# --- Those who may not ------------------------------------------------------------------------------------------------


def test_colleagues_who_are_not_owners_may_change_nothing(signed_in, helene, alice, marc, index, now):
    invitation, _ = actions.invite(company=index, email="bea@index.example", role=Role.VIEWER, by=helene, at=now)
    seat = Membership.objects.get(user=marc)
    browser = signed_in(alice)
    assert browser.post("/team/invite/", BEA).status_code == 403
    assert browser.post(f"/team/invitations/{invitation.pk}/withdraw/").status_code == 403
    assert browser.get(f"/team/people/{seat.pk}/remove/").status_code == 403
    assert browser.post(f"/team/people/{seat.pk}/remove/").status_code == 403
    assert Invitation.objects.get(pk=invitation.pk).withdrawn_at is None
    assert Membership.objects.filter(pk=seat.pk).exists()


def test_another_company_s_people_and_invitations_are_not_found(signed_in, helene, charlie, marc, index, now):
    invitation, _ = actions.invite(company=index, email="bea@index.example", role=Role.VIEWER, by=helene, at=now)
    seat = Membership.objects.get(user=marc)
    browser = signed_in(charlie)
    assert browser.post(f"/team/invitations/{invitation.pk}/withdraw/").status_code == 404
    assert browser.get(f"/team/people/{seat.pk}/remove/").status_code == 404
    assert browser.post(f"/team/people/{seat.pk}/remove/").status_code == 404
    assert Invitation.objects.get(pk=invitation.pk).withdrawn_at is None
    assert Membership.objects.filter(pk=seat.pk).exists()
    assert "INDEX" not in browser.get("/team/").content.decode()


@pytest.mark.parametrize("path", ["/team/invite/", "/team/invitations/1/withdraw/"])
def test_changes_are_not_made_by_following_a_link(signed_in, helene, path):
    assert signed_in(helene).get(path).status_code == 405


# --- The record -------------------------------------------------------------------------------------------------------


def test_every_change_of_the_team_is_recorded(client, signed_in, helene, index):
    browser = signed_in(helene)
    browser.post("/team/invite/", BEA)
    client.post(link_in(mail.outbox[0]), {"name": "Béa Morin", "password": "deux tours six broches"})
    browser.post(f"/team/people/{Membership.objects.get(user=person_named('Béa Morin')).pk}/remove/")
    browser.post("/team/invite/", {"email": "zoe@index.example", "role": "viewer"})
    browser.post(f"/team/invitations/{Invitation.objects.get(email='zoe@index.example').pk}/withdraw/")

    entries = Entry.objects.filter(file__key=index.journal_key).order_by("number")
    assert [(entry.event, entry.actor_name) for entry in entries] == [
        ("company.colleague_invited", "Hélène Roux"),
        ("company.colleague_joined", "Béa Morin"),
        ("company.colleague_removed", "Hélène Roux"),
        ("company.colleague_invited", "Hélène Roux"),
        ("company.invitation_withdrawn", "Hélène Roux"),
    ]
    assert "zoe@index.example" in browser.get("/team/").content.decode()

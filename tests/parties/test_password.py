"""A forgotten password, and a changed one."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.tokens import default_token_generator
from django.core import mail
from kombu.exceptions import OperationalError

from parties.tasks import password_reset_letter
from tests.journal.broker import waiting_tasks
from tests.journal.letters import html_of, link_in
from unlockfocus.demo import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "deux tours six broches"


def test_the_page_says_the_same_whether_the_address_is_known_or_not(client, worker, alice):
    known = client.post("/password/forgotten/", {"email": alice.email}, follow=True)
    unknown = client.post("/password/forgotten/", {"email": "nobody@index.example"}, follow=True)
    assert known.redirect_chain == unknown.redirect_chain == [("/password/sent/", 302)]
    without_tokens = [re.sub(r'(csrfmiddlewaretoken" value|X-CSRFToken": )[^>]*', "", page.content.decode())
                      for page in (known, unknown)]  # fmt: skip
    assert without_tokens[0] == without_tokens[1]
    assert "Its link holds for 4 hours." in without_tokens[0]
    assert [letter.to for letter in mail.outbox] == [["alice.bernard@index.example"]]


def test_the_letter_is_left_to_a_worker_so_that_both_answers_take_the_same_time(client, alice):
    waiting_tasks()
    client.post("/password/forgotten/", {"email": alice.email})
    assert not mail.outbox
    assert waiting_tasks() == [("parties.tasks.password_reset_letter", [alice.pk])]


def test_with_the_broker_away_the_letter_goes_at_once(client, alice, broker_away):
    with pytest.raises(OperationalError):
        password_reset_letter.delay(alice.pk)
    client.post("/password/forgotten/", {"email": alice.email})
    assert [letter.to for letter in mail.outbox] == [["alice.bernard@index.example"]]


def test_with_broker_and_mail_server_away_the_page_still_says_nothing(client, alice, broker_away, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    assert client.post("/password/forgotten/", {"email": alice.email}).url == "/password/sent/"


def test_the_letter_is_in_its_reader_s_language(client, worker, alice):
    for language in ("fr", "en"):
        alice.language = language
        alice.save()
        client.post("/password/forgotten/", {"email": alice.email})
        assert f'<html lang="{language}">' in html_of(mail.outbox[-1])


def test_the_letter_never_links_to_the_host_the_visitor_named(client, worker, alice, settings):
    settings.ALLOWED_HOSTS = ["*"]
    client.post("/password/forgotten/", {"email": alice.email}, HTTP_HOST="evil.example")
    assert "evil.example" not in mail.outbox[0].body + html_of(mail.outbox[0])


def test_a_new_password_is_chosen_once(client, worker, alice):
    client.post("/password/forgotten/", {"email": alice.email})
    link = link_in(mail.outbox[0])
    form = client.get(link, follow=True)
    assert "Choose a new password" in form.content.decode()
    place = form.redirect_chain[-1][0]
    assert place.endswith("/set-password/")

    weak = client.post(place, {"new_password1": "short one"})
    assert weak.context["form"].errors == {
        "new_password1": ["This password is too short. It must contain at least 12 characters."]
    }
    done = client.post(place, {"new_password1": NEW}, follow=True)
    assert done.redirect_chain == [("/password/done/", 302)]
    alice.refresh_from_db()
    assert alice.check_password(NEW)

    again = client.get(link)
    assert again.status_code == 410
    assert "This link no longer holds" in again.content.decode()


def test_the_link_holds_four_hours(client, alice, now):
    token = default_token_generator.make_token(alice)
    link = f"/password/new/{uid(alice)}/{token}/"
    with time_machine.travel(now + timedelta(hours=4), tick=False):
        assert client.get(link).status_code == 302
    with time_machine.travel(now + timedelta(hours=4, seconds=1), tick=False):
        assert client.get(link).status_code == 410


def uid(user):
    from django.utils.encoding import force_bytes
    from django.utils.http import urlsafe_base64_encode

    return urlsafe_base64_encode(force_bytes(user.pk))


def test_a_link_to_nobody_no_longer_holds(client, db):
    assert client.get("/password/new/AAAA/bbb-cccc/").status_code == 410


def test_a_new_password_opens_a_paused_sign_in(client, worker, alice):
    for _ in range(10):
        client.post("/sign-in/", {"username": alice.email, "password": "not this one"})
    assert client.post("/sign-in/", {"username": alice.email, "password": PASSWORD}).status_code == 429
    client.post("/password/forgotten/", {"email": alice.email})
    place = client.get(link_in(mail.outbox[0]), follow=True).redirect_chain[-1][0]
    client.post(place, {"new_password1": NEW})
    assert client.post("/sign-in/", {"username": alice.email, "password": NEW}).status_code == 302


def test_a_closed_account_gets_no_letter(client, worker, alice):
    alice.is_active = False
    alice.save()
    client.post("/password/forgotten/", {"email": alice.email})
    assert not mail.outbox


# --- Changing it ------------------------------------------------------------------------------------------------------


def test_a_changed_password_signs_the_other_devices_out(signed_in, alice):
    here, there = signed_in(alice), signed_in(alice)
    page = here.post("/account/password/", {"old_password": PASSWORD, "new_password1": NEW}, follow=True)
    assert page.redirect_chain == [("/account/", 302)]
    assert "Your new password holds from now on." in page.content.decode()
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"old_password": "not this one"}, {"old_password": ["This is not your present password."]}),
        (
            {"new_password1": "380715926042"},
            {"new_password1": ["This password is entirely numeric."]},
        ),
    ],
)
def test_a_password_is_not_changed_by_guessing_or_to_a_weak_one(signed_in, alice, typed, errors):
    page = signed_in(alice).post("/account/password/", {"old_password": PASSWORD, "new_password1": NEW} | typed)
    assert page.status_code == 200
    assert page.context["form"].errors == errors
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)

"""The desk's pages about models: who is answered what, what they say, and what they ask of the database."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from parties.models import Company, User
from tests.factories import another_senior, bound_guarantee, buyer_with, person_named
from tests.journal.broker import waiting_tasks
from tests.rules.test_scoring import PEI
from tests.underwriting.test_activation import CARD, IDLE, proposed, run_all
from underwriting import desk_urls
from underwriting.actions import activations, rescoring
from underwriting.comparing import effect_of
from underwriting.desk_models import digest
from underwriting.model_versions import version_in_force
from underwriting.models import ModelActivation, Rescoring
from underwriting.scoring.versions import FORMULA

pytestmark = pytest.mark.django_db

ROLES = {
    "underwriter": "Bruno Keller",
    "senior": "Sofia Lindqvist",
    "handler": "David Moreau",
    "compliance officer": "Jana Nováková",
    "auditor": "Peter Adler",
}
OUTSIDE = ("Hélène Roux", "Alice Bernard", "Marc Petit", "Camille Dubois")

# name: (what its address takes, what a GET and a POST without fields are answered, by role)
TABLE: dict[str, tuple[tuple[str, ...], str, str]] = {
    "models": ((), "200 200 200 200 200", "405 405 405 405 405"),
    "model": (("model", "version"), "200 200 200 200 200", "405 405 405 405 405"),
    "model-propose": (("model", "version"), "403 200 403 403 403", "403 409 403 403 403"),
    "activation": (("activation",), "200 200 200 200 200", "403 403 403 403 403"),  # no act is named
    "model-rescore": (("model", "version"), "405 405 405 405 405", "403 302 403 403 403"),
    "rescoring-resume": (("cancelled",), "405 405 405 405 405", "403 409 403 403 403"),  # another is under way
    "rescoring-cancel": (("cancelled",), "405 405 405 405 405", "403 409 403 403 403"),  # it is cancelled already
    "drift": ((), "200 200 200 200 200", "405 405 405 405 405"),
    "drift-compute": ((), "405 405 405 405 405", "403 302 403 403 403"),
}


def url(name: str, *taken: Any) -> str:
    return reverse(f"admin:{name}", args=taken)


CARD_PAGE = ("model", CARD.model, CARD.version)


def text(response: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


@pytest.fixture
def addresses(index: Company, sofia: User, now: datetime) -> dict[str, str]:
    """A version that may be proposed, one proposal that was taken back, a run that was cancelled."""
    buyer_with(1, PEI, at=now)
    cancelled = rescoring.start(CARD, by=sofia, at=now)[0]
    rescoring.cancel(cancelled.pk, by=sofia, at=now)
    activation = proposed(sofia, now)
    activations.reject(activation.pk, by=sofia, at=now)
    return {
        "model": CARD.model,
        "version": CARD.version,
        "activation": str(activation.pk),
        "cancelled": str(cancelled.pk),
    }


def test_every_page_about_models_has_a_row() -> None:
    about = {name for route, _view, name in desk_urls.PAGES if not route.startswith(("file/", "screening/"))}
    assert about == set(TABLE)


def test_each_role_is_answered_as_the_table_says(
    addresses: dict[str, str], signed_in: Callable[[User], Client], client: Client
) -> None:
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


def is_kept_out(response: Any) -> bool:
    """Forbidden, or sent to sign in."""
    to = response.get("Location", "")
    return response.status_code == 403 or (response.status_code == 302 and ("sign-in" in to or "/desk/login/" in to))


def test_a_version_nobody_has_is_not_there(index: Company, signed_in: Any, sofia: User) -> None:
    browser = signed_in(sofia)
    for name in ("model", "model-propose"):
        assert browser.get(url(name, "points", "1999.1")).status_code == 404
    assert browser.post(url("model-rescore", "points", "1999.1")).status_code == 404


# --- What the pages say -----------------------------------------------------------------------------------------------


def test_the_list_names_what_is_in_force_and_by_whom(index: Company, signed_in: Any, sofia: User, now: Any) -> None:
    browser = signed_in(sofia)
    shown = text(browser.get(url("models")))
    assert "Altman's Z'' (emerging markets) 1995.1 scores new files, as installed." in shown
    assert "docs/rules/scoring.md" in shown
    assert "underwriting/scoring/artefacts/scorecard.md" in shown
    activations.confirm(proposed(sofia, now).pk, by=another_senior(), at=now)
    shown = text(browser.get(url("models")))
    assert "Scorecard 2026.1 scores new files since 24 November 2026, 10:00." in shown
    assert "Sofia Lindqvist, Omar Haddad 24 November 2026, 10:00" in shown
    assert "confirmed by Omar Haddad" in shown


def test_a_run_is_started_watched_cancelled_and_resumed(
    index: Company, signed_in: Any, sofia: User, peter: User, now: datetime
) -> None:
    for number in range(12):
        buyer_with(number, PEI, at=now)
    browser = signed_in(sofia)
    waiting_tasks()
    assert "This version has never been run" in text(browser.get(url(*CARD_PAGE)))
    browser.post(url("model-rescore", CARD.model, CARD.version))
    runs = list(Rescoring.objects.order_by("pk"))
    assert waiting_tasks() == [("underwriting.tasks.rescore", [run.pk]) for run in runs]
    response = browser.get(url(*CARD_PAGE))
    assert 'hx-trigger="every 2s"' in response.content.decode()
    assert "0 of 12 statements, 0%" in text(response)
    assert "Waits for a worker" in text(response)
    assert "Altman's Z'' (emerging markets) 1995.1: running" in text(response)
    rescoring.advance(runs[0].pk, at=now + timedelta(seconds=2), size=6)
    shown = text(browser.get(url(*CARD_PAGE)))
    assert "6 of 12 statements, 50% 3 statements a second, ends about 24 November 2026, 10:00" in shown
    assert "Grades of buyers" not in shown
    assert "Cancel the run" not in text(signed_in(peter).get(url(*CARD_PAGE)))
    browser.post(url("rescoring-cancel", runs[0].pk))
    browser.post(url("rescoring-cancel", runs[1].pk))
    response = browser.get(url(*CARD_PAGE))
    assert "hx-trigger" not in response.content.decode()
    assert "Scorecard 2026.1: cancelled" in text(response)
    assert "Cancelled by Sofia Lindqvist." in text(response)
    browser.post(url("rescoring-resume", runs[0].pk))
    assert waiting_tasks() == [("underwriting.tasks.rescore", [runs[0].pk])]
    rescoring.advance(runs[0].pk, at=now, size=6)
    assert "12 scored, 0 without enough accounts" in text(browser.get(url(*CARD_PAGE)))


def test_the_page_of_a_version_says_what_it_changes(
    index: Company, signed_in: Any, alice: User, bruno: User, sofia: User, now: datetime
) -> None:
    guarantee = bound_guarantee(index, alice, bruno, now)
    for number in range(2):
        buyer_with(number, IDLE, at=now)
    run_all(CARD, sofia, now)
    shown = text(signed_in(bruno).get(url(*CARD_PAGE)))
    assert "better 33.3% same 0.0% worse 66.7%" in shown
    assert "−€6,966.63" in shown
    assert "No file falls by two grades or to grade 7" in shown
    assert "Offers made stay firm, at their price" in shown
    assert "A senior underwriter can propose it; another one confirms." in shown
    assert "Propose this version" in text(signed_in(sofia).get(url(*CARD_PAGE)))
    assert guarantee.number not in shown
    formula = text(signed_in(bruno).get(url("model", FORMULA.model, FORMULA.version)))
    assert "In force as installed" in formula
    assert "Limits in force" not in formula


def test_more_rows_ask_no_more_queries(
    index: Company, signed_in: Any, alice: User, bruno: User, sofia: User, now: Any, django_assert_max_num_queries: Any
) -> None:
    browser, pages = signed_in(bruno), (url("models"), url(*CARD_PAGE), reverse("admin:index"))
    bound_guarantee(index, alice, bruno, now)
    activations.reject(proposed(sofia, now).pk, by=sofia, at=now)
    few = []
    for page in pages:
        browser.get(page)
        with django_assert_max_num_queries(60) as queries:
            browser.get(page)
        few.append(len(queries))
    for number in range(3):
        bound_guarantee(index, alice, bruno, now, limit=Decimal("100000.00"))
        buyer_with(number, IDLE, at=now)
    activations.reject(proposed(sofia, now).pk, by=sofia, at=now)
    for page, most in zip(pages, few, strict=True):
        with django_assert_max_num_queries(most):
            browser.get(page)


# --- Proposing and answering ------------------------------------------------------------------------------------------


def test_a_version_is_proposed_and_put_in_force_by_two_people(
    index: Company, signed_in: Any, alice: User, bruno: User, sofia: User, now: datetime
) -> None:
    bound_guarantee(index, alice, bruno, now)
    run_all(CARD, sofia, now)
    propose, seen = url("model-propose", CARD.model, CARD.version), digest(effect_of(CARD, localdate(now)))
    author = signed_in(sofia)
    assert f'value="{seen}"' in author.get(propose).content.decode()
    assert author.post(propose, {"text": "", "seen": seen}).status_code == 422
    assert author.post(propose, {"text": "Better.", "seen": "else"}).status_code == 409
    assert not ModelActivation.objects.exists()
    response = author.post(propose, {"text": "It separates better.", "seen": seen})
    activation = ModelActivation.objects.get()
    assert response["Location"] == url("activation", activation.pk)
    shown = author.get(response["Location"])
    assert "Take the proposal back" in text(shown)
    assert 'value="confirm"' not in shown.content.decode()
    assert author.post(response["Location"], {"act": "confirm", "seen": seen}).status_code == 403

    assert "Scorecard 2026.1, proposed by Sofia Lindqvist" in text(signed_in(bruno).get(reverse("admin:index")))
    assert author.get(propose).status_code == 409

    second = signed_in(another_senior())
    shown = text(second.get(response["Location"]))
    assert "The effect is still the one the author saw:" in shown
    assert "It separates better." in shown
    assert second.post(response["Location"], {"act": "confirm", "seen": "else"}).status_code == 409
    assert version_in_force() == FORMULA
    second.post(response["Location"], {"act": "confirm", "seen": seen})
    assert version_in_force() == CARD
    assert "confirmed by Omar Haddad" in text(second.get(response["Location"]))
    assert "proposed by Sofia" not in text(second.get(reverse("admin:index")))


def test_the_second_person_is_told_when_the_effect_moved(
    index: Company, signed_in: Any, alice: User, bruno: User, sofia: User, now: datetime
) -> None:
    activation = proposed(sofia, now)
    bound_guarantee(index, alice, bruno, now)
    shown = text(signed_in(another_senior()).get(url("activation", activation.pk)))
    assert "The effect is no longer the one the author saw. Now:" in shown
    assert "−€6,966.63" in shown
    assert "No guarantee is alive." in shown


def test_a_proposal_is_rejected_by_another_or_taken_back(
    index: Company, signed_in: Any, sofia: User, now: datetime
) -> None:
    first = proposed(sofia, now)
    signed_in(another_senior()).post(url("activation", first.pk), {"act": "reject"})
    second = proposed(sofia, now)
    signed_in(sofia).post(url("activation", second.pk), {"act": "reject"})
    shown = text(signed_in(sofia).get(url("models")))
    assert "rejected by Omar Haddad" in shown
    assert "taken back" in shown
    assert version_in_force() == FORMULA

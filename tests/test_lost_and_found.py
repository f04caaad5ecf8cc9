"""The broker or the worker is away when a request is submitted: nothing is lost, it is analysed when they are back."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from applications.models import CoverRequest, Status
from applications.tasks import expire_drafts
from journal.models import Delivery, Letter
from journal.tasks import sweep
from parties.models import Company, User
from tests.conftest import NOW
from tests.factories import analysed_request, offer_for
from underwriting.models import Analysis, Offer
from underwriting.tasks import expire_offers, sweep_analyses
from unlockfocus import demo
from unlockfocus.celery import app

NOBODY_LISTENS = "redis://127.0.0.1:9/0"


@pytest.fixture
def broker_away() -> Iterator[None]:
    before = app.conf.broker_url
    app.conf.broker_url = NOBODY_LISTENS
    yield
    app.conf.broker_url = before


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    from time import monotonic, sleep

    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, "the worker did not come to it in time"
        sleep(0.1)


@pytest.mark.django_db(transaction=True)
def test_a_request_submitted_without_a_broker_is_analysed_when_it_is_back(
    index: Company,
    alice: User,
    signed_in: Callable[[User], Client],
    broker_away: None,
    request: pytest.FixtureRequest,
    settings: object,
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]
    with time_machine.travel(NOW, tick=True):
        draft = demo.draft_request(index, alice, NOW)
        response = signed_in(alice).post(reverse("request-step", args=[draft.reference, "review"]), {"agree": "on"})
        assert response.status_code == 302
        draft.refresh_from_db()
        assert draft.status == Status.SUBMITTED
        assert Delivery.objects.filter(delivered_at=None).count() == 6
    request.getfixturevalue("worker")
    with time_machine.travel(NOW + timedelta(minutes=1), tick=True):
        sweep()
        wait_until(lambda: Analysis.objects.filter(request=draft, status=Analysis.Status.DONE).exists())
        wait_until(lambda: not Letter.objects.filter(sent_at=None).exists())
    draft.refresh_from_db()
    assert draft.status == Status.IN_ANALYSIS
    assert Analysis.objects.get().grade == 6
    assert not Delivery.objects.filter(delivered_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_an_analysis_whose_worker_died_is_queued_again(index: Company, alice: User, worker: None) -> None:
    draft = demo.draft_request(index, alice, NOW)
    Analysis.objects.create(request=draft, requested_at=NOW - timedelta(minutes=5))
    sweep_analyses()
    wait_until(lambda: Analysis.objects.get().status == Analysis.Status.DONE)


def test_a_draft_is_warned_of_once_and_then_expires(index: Company, alice: User, now: datetime) -> None:
    draft = demo.draft_request(index, alice, now)
    entries = CoverRequest.objects.filter(pk=draft.pk).values_list("status", "warned_at")
    with time_machine.travel(now + timedelta(days=27, hours=23), tick=False):
        expire_drafts()
    assert entries.get() == (Status.DRAFT, None)
    for _run in range(2):
        with time_machine.travel(now + timedelta(days=28, hours=1), tick=False):
            expire_drafts()
    assert entries.get() == (Status.DRAFT, now + timedelta(days=28, hours=1))
    with time_machine.travel(now + timedelta(days=30, hours=1), tick=False):
        expire_drafts()
    assert entries.get()[0] == Status.EXPIRED


def test_an_offer_ends_with_its_last_day(index: Company, alice: User, bruno: User, now: datetime) -> None:
    offer = offer_for(analysed_request(index, alice, now), bruno, now)
    for days, status in ((14, Offer.Status.OPEN), (15, Offer.Status.EXPIRED)):
        with time_machine.travel(now + timedelta(days=days), tick=False):
            expire_offers()
        offer.refresh_from_db()
        assert offer.status == status


def test_every_periodic_task_exists() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)

"""What every test stands on: the reference data, one day in November 2026, and the people of the reference case.

- The dated tables (tariff, authorities, rates ...) are loaded into the test database when it is made and again after
  every flush, so that transactional tests find them too.
- `now` stops the clock on the day the demo case starts. Tests that build files take it.
- `index` is the insured company with its people; with it come `alice`, `bruno`, `sofia` and the others by name.
"""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from celery.contrib.testing.worker import start_worker
from django.apps import apps
from django.conf import settings as django_settings
from django.db.models.signals import post_migrate
from django.test import Client
from django.utils import translation

from parties.models import Company, User
from tests.factories import person_named
from unlockfocus import demo
from unlockfocus.celery import app
from unlockfocus.reference import load_reference

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def _load_reference(**_signal: Any) -> None:
    load_reference()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Both `migrate` and `flush` end with this signal, one app after the other, when all tables stand."""
    last_app = [each for each in apps.get_app_configs() if each.models_module][-1]
    post_migrate.connect(_load_reference, sender=last_app, dispatch_uid="reference data of the tests")


@pytest.fixture(scope="session", autouse=True)
def _broker_in_memory() -> None:
    """What is queued goes nowhere: tests run the tasks they are about themselves."""
    app.conf.broker_url = "memory://"


@pytest.fixture(scope="session", autouse=True)
def _files_apart(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Uploaded files of tests never meet those of the product; the folder of collected files may be empty."""
    django_settings.MEDIA_ROOT = tmp_path_factory.mktemp("media")
    django_settings.STATIC_ROOT = tmp_path_factory.mktemp("static")


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def now() -> Iterator[datetime]:
    """24 November 2026, 09:00 UTC; the clock stands still."""
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture
def client() -> Client:
    """A visitor whose browser asks for English."""
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser in which this person is signed in: `signed_in(bruno).get(...)`."""

    def sign_in(user: User) -> Client:
        browser = Client(headers={"accept-language": "en"})
        browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return browser

    return sign_in


@pytest.fixture
def index(db: None) -> Company:
    """INDEX with its people, the insurer's staff and the bank: the demo's own."""
    return demo.load_people()


@pytest.fixture
def alice(index: Company) -> User:
    """Credit manager of INDEX."""
    return person_named("Alice Bernard")


@pytest.fixture
def bruno(index: Company) -> User:
    """Underwriter: alone up to EUR 2,000,000, grade 6, 13 started months."""
    return person_named("Bruno Keller")


@pytest.fixture
def sofia(index: Company) -> User:
    """Senior underwriter: up to EUR 10,000,000, grade 8; second signatures."""
    return person_named("Sofia Lindqvist")


@pytest.fixture
def peter(index: Company) -> User:
    """Auditor: reads everything, changes nothing."""
    return person_named("Peter Adler")


@pytest.fixture
def clock() -> Iterator[None]:
    """The server, the worker and the test read 24 November 2026; the clock goes on ticking."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def worker(transactional_db: None, clock: None) -> Iterator[None]:
    """A Celery worker on the configured broker, in a queue of its own."""
    queue, before = f"browser-{uuid4().hex[:8]}", (app.conf.broker_url, app.conf.task_default_queue)
    app.conf.update(broker_url=os.environ["REDIS_URL"], task_default_queue=queue)
    _forget_connections()
    with start_worker(app, perform_ping_check=False, queues=[queue], pool="solo", loglevel="WARNING"):
        yield
    app.conf.update(broker_url=before[0], task_default_queue=before[1])
    _forget_connections()


def _forget_connections() -> None:
    """Let the next task open its connection from the present settings."""
    app.amqp.__dict__.pop("queues", None)
    app._pool = None
    app.amqp._producer_pool = None

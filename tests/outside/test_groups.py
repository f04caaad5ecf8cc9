"""The group of a buyer: asked of GLEIF when a request is submitted, and missing rather than none when it is silent."""

import json

import pytest
from django.urls import reverse

from applications.models import CoverRequest
from journal.models import Entry
from parties.models import Buyer, BuyerGroup, GroupAnswer
from tests.factories import analysed_request, another_company, bound_guarantee, submitted_request
from tests.outside.server import says
from underwriting import handlers, tasks
from underwriting.terms import cumul

OWN, PARENT = "549300W96W2VKSMVDF81", "969500P14LM2F2RXXO46"
NONE = says(404, b'{"errors": [{"status": "404", "title": "Not Found"}]}')


def lei_record(lei, name, number):
    entity = {
        "legalName": {"name": name},
        "legalAddress": {"country": "RO", "city": "Pitesti", "addressLines": []},
        "registeredAs": number,
        "status": "ACTIVE",
    }
    return {"id": lei, "attributes": {"lei": lei, "entity": entity, "registration": {"lastUpdateDate": "2026-10-01"}}}


@pytest.fixture
def gleif(fake, settings):
    settings.OUTSIDE_ADDRESSES = {"GLEIF": fake.address}
    found = {"data": [lei_record(OWN, "PEI SRL", "49007311")]}
    fake.on("/lei-records", says(200, json.dumps(found).encode()))
    parent = {"data": lei_record(PARENT, "PEI Holding", "J40/1/1991")}
    fake.on(f"/lei-records/{OWN}/ultimate-parent", says(200, json.dumps(parent).encode()))
    return fake


@pytest.fixture
def request_of_index(gleif, index, alice, now) -> CoverRequest:
    return analysed_request(index, alice, now)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr("underwriting.outside.asking.FIRST_BACKOFF", 0.01)


def test_the_buyer_is_linked_to_its_ultimate_parent(request_of_index, now):
    tasks.ask_group(request_of_index.pk)
    answer = GroupAnswer.objects.get()
    assert (answer.is_known, answer.lei, answer.group_lei, answer.group_name) == (True, OWN, PARENT, "PEI Holding")
    assert (answer.source, answer.licence, answer.asked_at) == ("GLEIF", "CC0 1.0", now)
    assert str(Buyer.objects.get().group) == f"PEI Holding ({PARENT})"


def test_asking_twice_asks_once(request_of_index, gleif):
    for _ in range(2):
        tasks.ask_group(request_of_index.pk)
    assert (GroupAnswer.objects.count(), len(gleif.asked)) == (1, 2)


def test_without_a_parent_the_group_goes_by_its_own_lei(request_of_index, gleif):
    gleif.on(f"/lei-records/{OWN}/ultimate-parent", NONE)
    exception = b'{"data": {"attributes": {"reason": "NATURAL_PERSONS"}}}'
    gleif.on(f"/lei-records/{OWN}/ultimate-parent-reporting-exception", says(200, exception))
    tasks.ask_group(request_of_index.pk)
    answer = GroupAnswer.objects.get()
    assert (answer.is_known, answer.group_lei, answer.exception) == (True, OWN, "NATURAL_PERSONS")


def test_without_an_lei_there_is_no_group_to_know(request_of_index, gleif):
    gleif.on("/lei-records", says(200, b'{"data": []}'))
    tasks.ask_group(request_of_index.pk)
    answer = GroupAnswer.objects.get()
    assert (answer.is_known, answer.outcome, answer.group_lei) == (True, "not_found", "")
    assert Buyer.objects.get().group is None


@pytest.mark.parametrize("silent", ["/lei-records", f"/lei-records/{OWN}/ultimate-parent"])
def test_no_answer_is_missing_and_not_no_group(request_of_index, gleif, silent, bruno, signed_in):
    group = BuyerGroup.objects.create(lei=PARENT, name="PEI Holding")
    Buyer.objects.update(group=group)
    gleif.on(silent, says(500))
    tasks.ask_group(request_of_index.pk)
    answer = GroupAnswer.objects.get()
    assert (answer.is_known, answer.outcome, answer.group_lei) == (False, "unavailable", "")
    assert Buyer.objects.get().group == group
    page = signed_in(bruno).get(reverse("admin:file", args=[request_of_index.reference])).content.decode()
    assert "GLEIF did not answer about the group on 24 November 2026, 10:00" in page


def test_the_sweep_asks_again_after_an_hour_what_was_not_answered(request_of_index, gleif, monkeypatch, now):
    queued = []
    monkeypatch.setattr(tasks, "queue", lambda task, *args: queued.append(args))
    tasks.sweep_groups()
    gleif.on("/lei-records", says(500))
    tasks.ask_group(request_of_index.pk)
    tasks.sweep_groups()
    assert queued == [(request_of_index.pk,)]
    GroupAnswer.objects.update(asked_at=now - tasks.GROUP_RETRY * 2)
    tasks.sweep_groups()
    assert queued == [(request_of_index.pk,)] * 2
    GroupAnswer.objects.update(is_known=True)
    tasks.sweep_groups()
    assert len(queued) == 2


def test_a_submitted_request_has_its_group_asked_for(gleif, index, alice, now, monkeypatch, settings):
    queued = []
    monkeypatch.setattr(handlers, "queue_after_commit", lambda task, *args: queued.append((task.name, args)))
    request = submitted_request(index, alice, now)
    entry = Entry.objects.get(event="request.submitted")
    handlers.ask_for_the_group(entry)
    assert queued == [("underwriting.tasks.ask_group", (request.pk,))]
    settings.OUTSIDE_SOURCES = False
    handlers.ask_for_the_group(entry)
    assert len(queued) == 1


def test_switched_off_nobody_is_asked(request_of_index, settings, monkeypatch):
    settings.OUTSIDE_SOURCES = False
    monkeypatch.setattr(tasks, "queue", lambda *_args: pytest.fail("somebody was asked"))
    tasks.sweep_groups()


def test_the_desk_shows_what_is_bound_on_the_group(request_of_index, signed_in, bruno, sofia, now):
    company, author = another_company()
    guarantee = bound_guarantee(company, author, sofia, now)
    tasks.ask_group(request_of_index.pk)
    sister = Buyer.objects.create(
        country="RO", registration_number="14399840", name="PEI Sud", group=BuyerGroup.objects.get()
    )
    type(guarantee).objects.filter(pk=guarantee.pk).update(buyer=sister)
    assert cumul(Buyer.objects.get(name="PEI"), 6, now.date()).insured == guarantee.offer.limit
    page = " ".join(
        signed_in(bruno).get(reverse("admin:file", args=[request_of_index.reference])).content.decode().split()
    )
    assert f"Group PEI Holding (LEI {PARENT}): guarantees on all its companies are counted together." in page
    assert "on PEI Sud, of the same group" in page
    assert "Source: GLEIF on 24 November 2026, 10:00, CC0 1.0." in page

"""Looking the buyer up from the form: what is empty is filled, what was typed stays, and no answer is no finding."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.identity import identity_of
from applications.models import CoverRequest, IdentityCheck
from journal.models import Entry
from tests.factories import person_named
from tests.outside.server import says
from tests.outside.test_companies import recorded
from underwriting.identity import name_without_form
from underwriting.outside import store, throttle
from unlockfocus import demo

ANAF_PATH = "/api/PlatitorTvaRest/v9/tva"


def romanian(**changes):
    answer = json.loads(recorded("platitor_tva_v9_3365133.json"))
    answer["found"][0]["date_generale"].update({"cui": 49007311, "denumire": "PEI SRL", **changes})
    return json.dumps(answer).encode()


@pytest.fixture
def registers(fake, settings):
    settings.OUTSIDE_ADDRESSES = {"ANAF": fake.address, "VIES": f"{fake.address}/vies", "GLEIF": fake.address}
    valid = {"isValid": True, "userError": "VALID", "vatNumber": "49007311"}
    fake.on("/vies/ms/RO/vat/49007311", says(200, json.dumps(valid).encode()))
    fake.on(ANAF_PATH, says(200, romanian()))
    return fake


@pytest.fixture
def draft(index, alice, now):
    store.shared().delete(f"outside:lookups:{alice.pk}")
    return demo.draft_request(index, alice, now)


@pytest.fixture
def browser(alice, signed_in):
    return signed_in(alice)


def look_up(browser, draft, htmx=False, **typed):
    data = {"buyer_country": "RO", "buyer_registration_number": "49007311", **typed}
    headers = {"HX-Request": "true"} if htmx else {}
    return browser.post(reverse("buyer-look-up", args=[draft.reference]), data, headers=headers)


def page_of(browser, draft):
    return browser.get(reverse("request-step", args=[draft.reference, "buyer"])).content.decode()


def value_of(page, field):
    return page.split(f'name="{field}"')[1].split('value="')[1].split('"')[0]


def test_empty_fields_are_filled_and_nothing_is_confirmed_before_saving(registers, browser, draft):
    response = look_up(browser, draft, buyer_registration_number=" 4900 7311", affiliate="no")
    assert response.status_code == 302
    assert response.url == reverse("request-step", args=[draft.reference, "buyer"]) + "#identity"
    page = page_of(browser, draft)
    assert "ANAF: PEI, standing: active" in page
    assert value_of(page, "buyer_name") == "PEI"
    assert value_of(page, "buyer_legal_form") == "SRL"
    assert value_of(page, "buyer_vat_number") == "RO49007311"
    assert value_of(page, "buyer_activity") == "49.41 (CAEN)"
    assert "The VAT number RO49007311 is valid, according to VIES." in page
    assert "ANAF, serviciu web public" in page
    assert "error-summary" not in page
    draft.refresh_from_db()
    assert "buyer" in draft.unsaved_input
    assert draft.buyer_name == "PEI"  # as the demo has it, unchanged by the look-up
    check = IdentityCheck.objects.get()
    assert (check.source, check.outcome, check.standing, check.asked_by) == ("ANAF", "ok", "active", draft.author)
    assert check.url == f"{registers.address}{ANAF_PATH}"
    entry = Entry.objects.get(event="request.buyer_looked_up")
    assert entry.data["company"] == "RO 49007311"


def test_saving_confirms_what_was_filled_in(registers, browser, draft):
    look_up(browser, draft)
    page = page_of(browser, draft)
    fields = ("buyer_name", "buyer_legal_form", "buyer_vat_number", "buyer_activity", "buyer_address")
    data = {field: value_of(page, field) for field in fields}
    data |= {"buyer_country": "RO", "buyer_registration_number": "49007311"}
    data |= {"affiliate": "no", "private_person": "no", "other_credit_insurance": "no"}
    browser.post(reverse("request-step", args=[draft.reference, "buyer"]), data)
    draft.refresh_from_db()
    assert "buyer" not in draft.unsaved_input
    assert draft.buyer_activity == "49.41 (CAEN)"
    assert identity_of(draft).is_confirmed
    assert identity_of(draft).differing == ()


def test_what_was_typed_stays_and_the_register_stands_beside_it(registers, browser, draft):
    look_up(browser, draft, buyer_name="PEI Romania", buyer_vat_number="49 007 311")
    page = page_of(browser, draft)
    assert value_of(page, "buyer_name") == "PEI Romania"
    assert "ANAF has: <strong>PEI</strong>" in " ".join(page.split())
    asked_before = len(registers.asked)
    look_up(browser, draft, buyer_name="PEI Romania", take="buyer_name")
    page = page_of(browser, draft)
    assert value_of(page, "buyer_name") == "PEI"
    assert "ANAF has:" not in page
    assert len(registers.asked) == asked_before


def test_a_swap_shows_what_a_reload_shows(registers, browser, draft):
    swapped = look_up(browser, draft, htmx=True, buyer_name="PEI Romania").content.decode()
    page = page_of(browser, draft)
    assert swapped.lstrip().startswith('<div class="form" id="buyer-fields">')
    assert " ".join(swapped.split()) in " ".join(page.split())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"stare_inregistrare": "RADIERE din data 12.03.2024"}, "this company is struck off"),
        ({"stare_inregistrare": "FALIMENT din data 12.03.2024"}, "this company is in insolvency or liquidation"),
        ({"stare_inregistrare": "SUSPENDARE ACTIVITATE din data 12.03.2024"}, "this company is inactive"),
    ],
)
def test_a_company_that_is_gone_or_failing_is_said_at_once(registers, browser, draft, changes, words):
    registers.on(ANAF_PATH, says(200, romanian(**changes)))
    page = look_up(browser, draft, htmx=True).content.decode()
    assert f"According to ANAF, {words}" in page
    assert 'class="notice tone-danger" role="alert"' in page
    assert "12 March 2024" in page


def test_no_answer_says_nothing_about_the_company(registers, browser, draft):
    registers.on(ANAF_PATH, says(500))
    page = look_up(browser, draft, htmx=True, buyer_name="PEI Romania").content.decode()
    assert "ANAF did not answer" in page
    assert "This says nothing about the company." in page
    assert "tone-danger" not in page
    assert value_of(page, "buyer_name") == "PEI Romania"
    assert IdentityCheck.objects.get().reason == "status 500"
    assert not identity_of(CoverRequest.objects.get()).is_confirmed


def test_a_number_nobody_has_is_said(registers, browser, draft):
    registers.on(ANAF_PATH, says(404, b'{"found": [], "notFound": [49007311]}'))
    page = look_up(browser, draft, htmx=True).content.decode()
    assert "ANAF knows no company with the number 49007311" in page


def test_no_lei_is_not_no_company(registers, browser, draft):
    registers.on("/lei-records", says(200, b'{"data": []}'))
    page = look_up(browser, draft, htmx=True, buyer_country="AT", buyer_registration_number="418207k").content.decode()
    assert "the company may well exist" in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"buyer_registration_number": ""}, "Give the country and the registration number first."),
        ({"buyer_country": ""}, "Give the country and the registration number first."),
        ({"buyer_registration_number": "49007312"}, "The check digit does not fit"),
    ],
)
def test_without_a_number_nobody_is_asked_and_nothing_typed_is_lost(registers, browser, draft, typed, words):
    response = look_up(browser, draft, buyer_name="PEI Romania", **typed)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert value_of(page_of(browser, draft), "buyer_name") == "PEI Romania"
    assert registers.asked == []


def test_the_answer_is_about_that_number_only(registers, browser, draft):
    look_up(browser, draft)
    draft.refresh_from_db()
    draft.unsaved_input, draft.buyer_registration_number = {}, "14399840"
    draft.save()
    assert "ANAF: PEI" not in page_of(browser, draft)
    assert identity_of(draft).check is None


def test_a_kept_answer_shows_its_age(registers, browser, draft, now):
    look_up(browser, draft)
    IdentityCheck.objects.update(fetched_at=timezone.now() - timedelta(hours=5))
    assert "Fetched 5\xa0hours ago." in page_of(browser, draft)


def test_switched_off_the_page_says_so_and_asks_nobody(registers, browser, draft, settings):
    settings.OUTSIDE_SOURCES = False
    page = page_of(browser, draft)
    assert "Company registers are not connected here" in page
    assert reverse("buyer-look-up", args=[draft.reference]) not in page
    look_up(browser, draft)
    assert registers.asked == []
    assert IdentityCheck.objects.get().reason == "switched off"


def test_a_person_may_not_look_up_without_end(registers, browser, draft, monkeypatch):
    monkeypatch.setattr(throttle, "MOST_LOOKUPS", 2)
    statuses = [look_up(browser, draft).status_code for _ in range(3)]
    assert statuses == [302, 302, 422]
    assert IdentityCheck.objects.count() == 2


def test_only_who_may_edit_the_draft_may_look_up(registers, draft, signed_in, bruno, index):
    assert look_up(signed_in(person_named("Marc Petit")), draft).status_code == 403
    assert look_up(signed_in(bruno), draft).status_code == 404
    assert registers.asked == []


def test_the_underwriter_reads_who_confirmed_the_identity_and_what_differs(registers, browser, draft, signed_in, bruno):
    from applications import actions

    look_up(browser, draft)
    draft.refresh_from_db()
    draft.unsaved_input = {}
    draft.buyer_address = "Strada Alta 1, Pitesti"
    draft.save()
    actions.submit(draft.pk, actor=draft.author, at=timezone.now())
    page = " ".join(signed_in(bruno).get(reverse("admin:file", args=[draft.reference])).content.decode().split())
    assert "Confirmed by ANAF on 24 November 2026, 10:00" in page
    assert "Standing: active (INREGISTRAT din data 25.02.1993), 25 February 1993" in page
    assert "registered address: “Strada Alta 1, Pitesti” on the request, “JUD. ARAD" in page
    assert "VAT number RO49007311 valid (VIES)" in page


@pytest.mark.parametrize(
    ("name", "form", "short"),
    [
        ("EXPRES TRANSPORT SRL", "SRL", "EXPRES TRANSPORT"),
        ("Medicalc software, s. r. o.", "s.r.o.", "Medicalc software"),
        ("EXPRES TRANSPORT S.R.L.", "SRL", "EXPRES TRANSPORT"),
        ("SRL", "SRL", "SRL"),
        ("DANONE", "SA", "DANONE"),
        ("DANONE", "", "DANONE"),
    ],
)
def test_the_legal_form_at_the_end_of_a_name(name, form, short):
    assert name_without_form(name, form) == short

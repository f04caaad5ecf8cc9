"""An underwriter adds accounts of a register: the file is shown as it was read, and kept on the second step."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications.models import CoverRequest, Status
from journal.models import Entry
from parties.models import Buyer
from tests.factories import analyse, analysed_request, person_named
from tests.rules.inline_accounts import accounts
from tests.rules.registers import ROMANIAN, as_bytes, banque_de_france, bilant
from tests.rules.registers import declarations as forms_of
from tests.rules.test_inpi import deposit
from underwriting import events
from underwriting.actions.analysis import NotAllowed
from underwriting.actions.register_accounts import add_register_accounts
from underwriting.actions.statements import Origin
from underwriting.models import BuyerStatement
from unlockfocus.errors import IllegalTransition

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(index, alice, now):
    return analysed_request(index, alice, now)


@pytest.fixture
def desk(bruno, signed_in):
    return signed_in(bruno)


def address(file):
    return reverse("admin:file-accounts", args=[file.reference])


def send(desk, file, content=None, source="anaf", name="bilant-2025.json"):
    content = as_bytes(bilant()) if content is None else content
    return desk.post(address(file), {"register": source, "file": SimpleUploadedFile(name, content), "act": "read"})


def token(response):
    return re.search(r'name="token"\s+value="([^"]*)"', response.content.decode())[1]


def text(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def of_country(file, country, number):
    Buyer.objects.filter(pk=file.buyer_id).update(country=country, registration_number=number)


def test_a_file_is_shown_and_then_kept(desk, file):
    read = send(desk, file)
    shown = text(read)
    for words in ("RON, whole units", "I2 + I6", "Current assets", "7,200", "31 December 2025", "Keep these accounts"):
        assert words in shown
    assert not BuyerStatement.objects.of_registers().exists()
    kept = desk.post(address(file), {"act": "keep", "token": token(read)}, follow=True)
    assert "The accounts are kept. Score the buyer again to use them." in text(kept)
    row = BuyerStatement.objects.of_registers().get()
    assert (row.source, row.current_assets, row.provenance["file"]) == ("anaf", 7200, "bilant-2025.json")
    assert row.provenance["items"]["current_assets"] == "I2 + I6"
    assert len(row.provenance["sha256"]) == 64
    entry = Entry.objects.get(event=events.REGISTER_ACCOUNTS_ADDED)
    assert (entry.data["register"], entry.data["years"]) == ("ANAF", "2025-12-31")
    analysis = analyse(file, row.received_at + timedelta(minutes=1))
    assert analysis.inputs["accounts"]["years"][0]["provenance"]["current_assets"] == [
        "anaf",
        "I2 + I6 · bilant-2025.json",
    ]


def test_kept_twice_it_is_there_once(desk, file):
    for _time in range(2):
        desk.post(address(file), {"act": "keep", "token": token(send(desk, file))})
    assert BuyerStatement.objects.of_registers().count() == 1


@pytest.mark.parametrize("spoil", [lambda text: text[:-3] + "abc", lambda text: "", lambda text: "x:y:z"])
def test_what_was_changed_on_the_way_is_not_kept(desk, file, spoil):
    answer = desk.post(address(file), {"act": "keep", "token": spoil(token(send(desk, file)))})
    assert answer.status_code == 422
    assert "Choose the file again." in text(answer)
    assert not BuyerStatement.objects.of_registers().exists()


def test_what_was_read_for_another_buyer_is_not_kept(desk, file):
    read = token(send(desk, file))
    other = Buyer.objects.create(country="RO", registration_number="5", name="Other")
    CoverRequest.objects.filter(pk=file.pk).update(buyer=other)
    assert desk.post(address(file), {"act": "keep", "token": read}).status_code == 422
    assert not BuyerStatement.objects.of_registers().exists()


def test_a_preview_is_good_for_an_hour(desk, file):
    with time_machine.travel("2026-11-24 10:00:00+00:00", tick=False):
        read = token(send(desk, file))
    with time_machine.travel("2026-11-24 11:00:01+00:00", tick=False):
        assert desk.post(address(file), {"act": "keep", "token": read}).status_code == 422
    with time_machine.travel("2026-11-24 10:59:59+00:00", tick=False):
        assert desk.post(address(file), {"act": "keep", "token": read}).status_code == 302


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (as_bytes(bilant(company=5)), "cui: 49007311 was asked for, the answer is about 5"),
        (as_bytes(bilant({**ROMANIAN, "I1": 1})), "I1 + I2 + I6 is not I7 + I8 + I9 + I10"),
        (b"<html>", "This file is refused: line 1, column 1"),
        (b" " * (8 * 1024 * 1024 + 1), "larger than 8 MB"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_with_its_place(desk, file, content, words):
    answer = send(desk, file, content)
    assert answer.status_code == 422
    assert words in text(answer)


def test_a_file_without_accounts_says_so(desk, file):
    answer = send(desk, file, as_bytes(bilant({})))
    assert "This file holds no accounts that can be read" in text(answer)
    assert "Keep these accounts" not in text(answer)


def test_british_accounts_are_read_from_their_document(desk, file):
    of_country(file, "GB", "01234567")
    read = send(desk, file, accounts(), "companies_house", "accounts.xhtml")
    assert "Creditors[WithinOneYear]@k1 2025-03-31" in text(read)
    desk.post(address(file), {"act": "keep", "token": token(read)})
    row = BuyerStatement.objects.of_registers().get()
    assert (row.source, row.currency, row.short_term_liabilities) == ("companies_house", "GBP", 500)
    assert row.licence == "Open Government Licence v3.0"


def test_french_accounts_say_what_is_confidential_and_what_may_be_in_thousands(desk, file):
    of_country(file, "FR", "552100554")
    closed = deposit(end="2024-12-31", level="Confidentiel", deposited="2025-05-01")
    read = send(desk, file, as_bytes({"bilansSaisis": [deposit(), closed]}), "inpi")
    shown = text(read)
    assert "The accounts to 31 December 2024 were filed as confidential" in shown
    assert "The year to 2025-12-31 has less than EUR 10,000 of sales for each employee" in shown
    desk.post(address(file), {"act": "keep", "token": token(read)})
    assert BuyerStatement.objects.filter(source="inpi").count() == 2


def test_a_file_that_names_no_company_asks_to_be_checked(desk, file):
    of_country(file, "FR", "552100554")
    read = send(desk, file, as_bytes(banque_de_france(("2025-06", forms_of()))), "banque_de_france")
    assert "This file does not name its company." in text(read)


def test_a_register_of_another_country_is_no_choice(desk, file):
    assert send(desk, file, source="inpi").status_code == 422
    of_country(file, "DE", "HRB 1")
    assert desk.get(address(file)).status_code == 403
    assert "Add accounts from a register" not in text(desk.get(f"/desk/file/{file.reference}/"))


def test_only_underwriters_add_accounts(file, signed_in, now):
    names = ("Bruno Keller", "Peter Adler", "David Moreau", "Alice Bernard")
    assert [signed_in(person_named(name)).get(address(file)).status_code for name in names] == [200, 403, 403, 302]
    with pytest.raises(NotAllowed):
        add_register_accounts(file.pk, [], origin=Origin(now), by=person_named("Peter Adler"), at=now)


def test_nothing_is_added_once_the_buyer_is_not_scored_any_more(desk, file, bruno, now):
    read = token(send(desk, file))
    CoverRequest.objects.filter(pk=file.pk).update(status=Status.DECLINED)
    assert desk.post(address(file), {"act": "keep", "token": read}).status_code == 403
    with pytest.raises(IllegalTransition):
        add_register_accounts(file.pk, [], origin=Origin(now), by=bruno, at=now)


def test_a_hostile_file_is_refused(desk, file):
    deep = b"[" * 100_000
    assert send(desk, file, deep).status_code == 422
    assert send(desk, file, json.dumps({"cui": 49007311, "an": 2025, "i": "x"}).encode()).status_code == 422

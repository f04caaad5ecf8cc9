"""Bank accounts on their pages: the insured gives with its password, the desk calls back and confirms."""

from datetime import date
from html import unescape
from re import sub

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from claims.actions import accounts
from claims.models import BankAccount
from journal.models import Entry
from parties.models import Bank
from tests.claims.money import (
    BANK_IBAN,
    INDEX_IBAN,
    LOST_ON,
    OTHER_IBAN,
    another_approver,
    claim_in_collection,
    signed,
)
from tests.factories import (
    another_company,
    claim_on_pei,
    deliver_to_pei,
    guarantee_in_force,
    instant,
    person_named,
)

OWN, NEW, DESK = "/bank-accounts/", "/bank-accounts/new/", "/desk/bank-accounts/"
ON = instant(date(2027, 11, 29))
FULL, MASKED = "FR76 3000 6000 0112 3456 7890 189", "FR76 … 0189"
PASSWORD = "a sentence of its own"
TYPED = {"holder": "INDEX SAS", "iban": FULL.lower(), "bic": "", "password": PASSWORD}


def text_of(response):
    """The words of the page, without its marks and double spaces."""
    return " ".join(unescape(sub(r"<[^>]+>", " ", response.content.decode())).split())


@pytest.fixture(autouse=True)
def _long_sessions(settings):
    """Whoever signed in stays so for the years this file travels through."""
    settings.SESSION_COOKIE_AGE = 10 * 366 * 86400


@pytest.fixture
def david(index):
    return person_named("David Moreau")


@pytest.fixture
def on_the_day(now):
    with time_machine.travel(ON, tick=False):
        yield


@pytest.fixture
def browser(alice, signed_in, on_the_day):
    """Alice's, whose password the tests know."""
    alice.set_password(PASSWORD)
    alice.save()
    return signed_in(alice)


@pytest.fixture
def desk(david, signed_in, on_the_day):
    return signed_in(david)


@pytest.fixture
def account(index, alice):
    return accounts.give(index, holder="INDEX SAS", iban=INDEX_IBAN, by=alice, at=ON)


# --- The insured's page -----------------------------------------------------------------------------------------------


def test_without_an_account_the_page_says_why_one_is_wanted_and_how_to_give_it(browser):
    shown = text_of(browser.get(OWN))
    assert "No bank account is given yet" in shown
    assert "We do not know where to pay you Give the account now: confirming it takes a call" in shown


def test_a_given_account_waits_for_a_call_and_payments_wait_with_it(browser, index):
    done = browser.post(NEW, TYPED, follow=True)
    assert "The account is given. We call you on a number we know to confirm it." in text_of(done)
    assert "A bank account awaits our call; payments wait until then" in text_of(done)
    assert FULL in text_of(done)
    given = BankAccount.objects.get()
    assert (given.iban, given.company, given.confirmed_at) == (INDEX_IBAN, index, None)


def test_the_page_says_what_happens_next_before_anything_is_given(browser, account, david):
    accounts.confirm(account.pk, confirmation="Called the treasurer", by=david, at=ON)
    shown = text_of(browser.get(NEW))
    assert "We call you on a number we knew before, never on one that came with the request" in shown
    assert f"Until then no indemnity is paid, neither to it nor to {MASKED}." in shown


def test_what_is_approved_and_waits_for_the_account_is_said(index, alice, bruno, david, browser, now):
    claim = claim_in_collection(index, alice, bruno, david, now)
    with time_machine.travel(instant(LOST_ON, 12), tick=False):
        signed(claim, david, person_named("Inês Costa"))
        assert "€1,332,000.00 is approved and waits for it." in text_of(browser.get(OWN))


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"iban": "FR7630006000011234567890188"}, "iban", "The check digits do not fit"),
        ({"iban": "TR330006100519786457841326"}, "iban", "A SEPA transfer does not reach this country."),
        ({"iban": "CH9300762011623852957"}, "bic", "Outside the European Economic Area the bank must be named"),
        ({"bic": "BNP"}, "bic", "A BIC has 8 or 11 letters and digits"),
        ({"holder": " "}, "holder", "This field is required."),
        ({"password": "another one"}, "password", "This is not your password. Nothing was changed."),
        ({"password": ""}, "password", "This field is required."),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_typed_is_lost(browser, typed, field, said):
    refused = browser.post(NEW, TYPED | typed)
    assert refused.status_code == 422
    assert said in refused.context["form"].errors[field][0]
    assert said in text_of(refused)
    if field == "password":
        assert f'value="{FULL.lower()}"' in refused.content.decode()
    assert PASSWORD not in refused.content.decode()
    assert not BankAccount.objects.exists()


def test_a_refusal_is_said_in_the_readers_language(browser):
    browser.cookies["django_language"] = "fr"
    assert "Ce champ est obligatoire." in text_of(browser.post(NEW, TYPED | {"holder": ""}))


def test_the_account_on_file_is_not_given_twice(browser, account):
    refused = browser.post(NEW, TYPED)
    assert refused.status_code == 422
    assert "This account is on file already." in text_of(refused)
    assert BankAccount.objects.count() == 1


def test_guessing_the_password_is_slowed_like_a_sign_in(browser):
    answers = [browser.post(NEW, TYPED | {"password": f"guess {number}"}).status_code for number in range(10)]
    assert answers == [422] * 9 + [429]
    locked = browser.post(NEW, TYPED)
    assert locked.status_code == 429
    assert not BankAccount.objects.exists()


def test_a_viewer_reads_masked_and_does_not_give(account, signed_in, on_the_day):
    marc = signed_in(person_named("Marc Petit"))
    page = marc.get(OWN)
    assert MASKED in text_of(page)
    assert FULL not in text_of(page)
    assert INDEX_IBAN not in page.content.decode()
    assert "Give another account" not in text_of(page)
    assert marc.get(NEW).status_code == 403
    assert marc.post(NEW, TYPED).status_code == 403


def test_another_company_sees_its_own_accounts_only(account, signed_in, on_the_day):
    _company, stranger = another_company()
    assert "No bank account is given yet" in text_of(signed_in(stranger).get(OWN))


@pytest.mark.parametrize("name", ["David Moreau", "Peter Adler", "Bruno Keller", "Camille Dubois"])
def test_neither_the_insurer_nor_a_bank_has_accounts_here(account, signed_in, on_the_day, name):
    assert signed_in(person_named(name)).get(OWN).status_code == 403


def test_former_accounts_are_masked_and_say_what_became_of_them(browser, account, index, alice, david):
    accounts.confirm(account.pk, confirmation="Called Mme Roux on +33 1 00 00 00 00", by=david, at=ON)
    accounts.give(index, holder="INDEX SAS", iban=OTHER_IBAN, by=alice, at=ON)
    third = accounts.give(index, holder="INDEX SAS", iban=BANK_IBAN, by=alice, at=ON)
    accounts.refuse(third.pk, reason="The treasurer knows nothing of it.", by=david, at=ON)
    shown = text_of(browser.get(OWN))
    assert f"Indemnities are paid to {MASKED}" in shown
    assert "FR14 … 2606 INDEX SAS 29 November 2027, 10:00 Alice Bernard Refused: The treasurer knows nothing" in shown
    assert "DE89 … 3000 INDEX SAS 29 November 2027, 10:00 Alice Bernard Replaced before it was confirmed" in shown
    assert "+33 1" not in shown  # whom we call stays with us


def test_the_page_is_linked_from_account_and_team(browser):
    for address in ("/account/", "/team/"):
        assert f'href="{OWN}"' in browser.get(address).content.decode()


def test_a_claim_without_bank_details_leads_there(index, alice, bruno, now, signed_in, settings):
    guarantee = guarantee_in_force(index, alice, bruno, now)
    claim = claim_on_pei(guarantee, deliver_to_pei(guarantee, alice), alice)
    with time_machine.travel(ON, tick=False):
        browser = signed_in(alice)
        assert (
            f'<a href="{NEW}">Give the account</a>'
            in browser.get(reverse("claim", args=[claim.number])).content.decode()
        )
        guarantee.request.loss_payee = Bank.objects.get()
        guarantee.request.save()
        assert NEW not in browser.get(reverse("claim", args=[claim.number])).content.decode()


# --- The desk ---------------------------------------------------------------------------------------------------------


def test_the_desk_sees_whose_account_waits_in_full_with_the_one_before_it(desk, account, index, alice, david):
    assert "INDEX SAS" in text_of(desk.get(DESK))
    accounts.confirm(account.pk, confirmation="Called", by=david, at=ON)
    accounts.give(index, holder="INDEX Equipements", iban=OTHER_IBAN, bic="COBADEFF", by=alice, at=ON)
    shown = text_of(desk.get(DESK))
    assert "1 bank account awaits confirmation" in shown
    assert (
        "Given, not confirmed INDEX Equipements DE89 3704 0044 0532 0130 00 COBADEFF 29 November 2027, 10:00" in shown
    )
    assert f"In use before it INDEX SAS {FULL} –" in shown


def test_an_empty_room_says_what_will_appear(desk):
    shown = text_of(desk.get(DESK))
    assert "No bank account awaits confirmation" in shown
    assert "you are told by e-mail" in shown
    assert "1 bank has no account yet" in shown


def test_an_account_is_confirmed_with_how_on_a_page_of_its_own(desk, account):
    address = reverse("admin:account-confirm", args=[account.pk])
    shown = text_of(desk.get(address))
    assert "Confirm the account of INDEX SAS" in shown
    assert "Call its owner on a number known from before" in shown
    assert f"Confirm {FULL}" in shown
    assert desk.post(address, {"confirmation": "  "}).status_code == 422
    done = desk.post(address, {"confirmation": "Called Mme Roux on the number of 2026"}, follow=True)
    assert "The account of INDEX SAS is confirmed; payments to it can be ordered." in text_of(done)
    account.refresh_from_db()
    assert (account.state, account.confirmation) == ("in_use", "Called Mme Roux on the number of 2026")


def test_an_account_is_refused_for_a_reason(desk, account):
    address = reverse("admin:account-refuse", args=[account.pk])
    assert "payments wait until another account is confirmed" in text_of(desk.get(address))
    desk.post(address, {"reason": "The treasurer knows nothing of it."})
    account.refresh_from_db()
    assert account.state == "refused"
    assert Entry.objects.get(event="account.refused").data["reason"] == "The treasurer knows nothing of it."


def test_what_no_longer_waits_leads_back(desk, account, david):
    accounts.confirm(account.pk, confirmation="Called", by=david, at=ON)
    for name in ("account-confirm", "account-refuse"):
        back = desk.get(reverse(f"admin:{name}", args=[account.pk]), follow=True)
        assert back.redirect_chain == [(DESK, 302)]
        assert "This account no longer awaits confirmation." in text_of(back)


def test_a_loss_payees_account_is_given_by_one_and_confirmed_by_another(desk, david, signed_in):
    bank = Bank.objects.get()
    address = reverse("admin:account-give", args=[bank.pk])
    assert desk.post(address, {"holder": bank.name, "iban": "FR00", "bic": ""}).status_code == 422
    done = desk.post(address, {"holder": bank.name, "iban": BANK_IBAN, "bic": bank.bic}, follow=True)
    assert "The account of Banque des Ateliers is given. Somebody else confirms it by telephone." in text_of(done)
    assert "You gave it yourself: somebody else confirms or refuses it." in text_of(done)
    given = BankAccount.objects.get()
    confirm = reverse("admin:account-confirm", args=[given.pk])
    refused = desk.post(confirm, {"confirmation": "Called myself"})
    assert refused.status_code == 422
    assert "You gave this account yourself: somebody else confirms it." in text_of(refused)
    signed_in(another_approver()).post(confirm, {"confirmation": "Called the branch"})
    given.refresh_from_db()
    assert given.state == "in_use"


def test_auditors_read_masked_and_underwriters_are_refused(account, signed_in, on_the_day, david):
    accounts.confirm(account.pk, confirmation="Called", by=david, at=ON)
    peter = signed_in(person_named("Peter Adler"))
    page = peter.get(DESK)
    assert MASKED in text_of(page)
    assert FULL not in text_of(page)
    assert INDEX_IBAN not in page.content.decode()
    acts = [reverse(f"admin:{name}", args=[account.pk]) for name in ("account-confirm", "account-refuse")]
    for address in (*acts, reverse("admin:account-give", args=[Bank.objects.get().pk])):
        assert peter.get(address).status_code == 403
        assert peter.post(address, {"reason": "No"}).status_code == 403
    assert signed_in(person_named("Bruno Keller")).get(DESK).status_code == 403


def test_the_room_costs_as_many_queries_with_one_account_as_with_four(desk, account):
    def count():
        with CaptureQueriesContext(connection) as queries:
            desk.get(DESK)
        return len(queries)

    desk.get(DESK)
    before = count()
    for number in range(3):
        company, author = another_company(number)
        accounts.give(company, holder=str(company), iban=OTHER_IBAN, by=author, at=ON)
    assert count() == before

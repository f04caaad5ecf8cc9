"""A new or changed bank account pays nothing until a second person confirmed it."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from claims.actions import accounts
from claims.actions.claims import NotAllowed
from claims.actions.deliveries import NotYours
from claims.models import BankAccount
from claims.payees import payee_of
from journal.models import Entry, Letter
from parties.models import Bank
from tests.claims.money import BANK_IBAN, INDEX_IBAN, OTHER_IBAN, another_approver
from tests.factories import another_company, deliver_everything, guarantee_in_force, instant, person_named
from unlockfocus.errors import IllegalTransition

ON = instant(date(2027, 11, 29))


@pytest.fixture
def david(index):
    return person_named("David Moreau")


@pytest.fixture
def account(index, alice):
    return accounts.give(index, holder="INDEX SAS", iban="FR76 3000 6000 0112 3456 7890 189", by=alice, at=ON)


def test_an_account_is_kept_clean_and_waits(account, index):
    assert (account.iban, account.holder, account.confirmed_at) == (INDEX_IBAN, "INDEX SAS", None)


def test_nothing_is_paid_without_an_account_nor_before_it_is_confirmed(index, alice, bruno, david, now):
    guarantee = guarantee_in_force(index, alice, bruno, now)
    assert payee_of(guarantee).blocked_by == "No bank account was given."
    given = accounts.give(index, holder="INDEX SAS", iban=INDEX_IBAN, by=alice, at=ON)
    assert payee_of(guarantee).blocked_by == "The account is not confirmed by a second person yet."
    accounts.confirm(given.pk, confirmation="Called the treasurer", by=david, at=ON)
    assert payee_of(guarantee).blocked_by == ""
    assert payee_of(guarantee).account.iban == INDEX_IBAN


def test_a_changed_account_ends_nothing_but_blocks_payment_until_it_is_confirmed(
    account, index, alice, bruno, david, now
):
    guarantee = guarantee_in_force(index, alice, bruno, now)
    accounts.confirm(account.pk, confirmation="Called the treasurer", by=david, at=ON)
    changed = accounts.give(index, holder="INDEX SAS", iban=OTHER_IBAN, by=alice, at=ON)
    payee = payee_of(guarantee)
    assert (payee.account.iban, payee.pending.iban) == (INDEX_IBAN, OTHER_IBAN)
    assert payee.blocked_by == "A new account was given and is not confirmed yet."
    accounts.confirm(changed.pk, confirmation="Called the treasurer", by=david, at=ON)
    payee = payee_of(guarantee)
    assert (payee.account.iban, payee.pending, payee.blocked_by) == (OTHER_IBAN, None, "")
    account.refresh_from_db()
    assert account.ended_at == ON


def test_a_refused_account_leaves_the_one_before(account, index, alice, bruno, david, now):
    guarantee = guarantee_in_force(index, alice, bruno, now)
    accounts.confirm(account.pk, confirmation="Called the treasurer", by=david, at=ON)
    changed = accounts.give(index, holder="INDEX SAS", iban=OTHER_IBAN, by=alice, at=ON)
    accounts.refuse(changed.pk, reason="The treasurer knows nothing of it", by=david, at=ON)
    payee = payee_of(guarantee)
    assert (payee.account.iban, payee.blocked_by) == (INDEX_IBAN, "")
    assert Entry.objects.get(event="account.refused").data["reason"] == "The treasurer knows nothing of it"


@pytest.mark.parametrize(
    ("iban", "field", "message"),
    [
        ("FR7630006000011234567890188", "iban", "The check digits do not fit"),
        ("30006000011234567890189", "iban", "This is not an IBAN"),
        ("", "iban", "Type the IBAN"),
        ("TR330006100519786457841326", "iban", "A SEPA transfer does not reach this country"),
        ("CH9300762011623852957", "bic", "Outside the European Economic Area"),
    ],
)
def test_an_account_no_transfer_reaches_is_refused_at_its_field(index, alice, iban, field, message):
    with pytest.raises(accounts.UnusableAccount, match=message) as refused:
        accounts.give(index, holder="INDEX SAS", iban=iban, by=alice, at=ON)
    assert refused.value.field == field


def test_only_the_owner_and_credit_managers_give_the_companys_account(index, david):
    _company, stranger = another_company()
    for somebody in (person_named("Marc Petit"), stranger, david):
        with pytest.raises(NotYours):
            accounts.give(index, holder="INDEX SAS", iban=INDEX_IBAN, by=somebody, at=ON)


def test_only_claims_people_confirm(account, alice, bruno):
    for somebody in (alice, bruno, person_named("Peter Adler"), person_named("Hélène Roux")):
        with pytest.raises(NotAllowed):
            accounts.confirm(account.pk, confirmation="Called", by=somebody, at=ON)


def test_who_gave_a_loss_payees_account_does_not_confirm_it(index, david):
    bank = Bank.objects.get()
    given = accounts.give(bank, holder="Banque des Ateliers", iban=BANK_IBAN, bic="BQATFRPP", by=david, at=ON)
    with pytest.raises(accounts.OwnWork):
        accounts.confirm(given.pk, confirmation="Called", by=david, at=ON)
    assert accounts.confirm(given.pk, confirmation="Called", by=another_approver(), at=ON).confirmed_at == ON


def test_the_loss_payee_is_paid_where_one_is_named(index, alice, bruno, david, now):
    guarantee = guarantee_in_force(index, alice, bruno, now)
    guarantee.request.loss_payee = Bank.objects.get()
    guarantee.request.save()
    guarantee.refresh_from_db()
    assert payee_of(guarantee).name == "Banque des Ateliers"
    assert payee_of(guarantee).blocked_by == "No bank account was given."


def test_the_same_account_is_not_given_twice(account, index, alice):
    with pytest.raises(accounts.AlreadyGiven):
        accounts.give(index, holder="INDEX SAS", iban=INDEX_IBAN, by=alice, at=ON)


def test_a_second_account_replaces_the_one_still_waiting(account, index, alice, david):
    accounts.give(index, holder="INDEX SAS", iban=OTHER_IBAN, by=alice, at=ON)
    account.refresh_from_db()
    assert account.ended_at == ON
    with pytest.raises(IllegalTransition):
        accounts.confirm(account.pk, confirmation="Called", by=david, at=ON)


def test_an_account_is_confirmed_once(account, david):
    accounts.confirm(account.pk, confirmation="Called", by=david, at=ON)
    for act in (
        lambda: accounts.confirm(account.pk, confirmation="Called", by=david, at=ON),
        lambda: accounts.refuse(account.pk, reason="No", by=david, at=ON),
    ):
        with pytest.raises(IllegalTransition):
            act()


def test_the_database_refuses_an_account_confirmed_by_who_gave_it(account, alice):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE claims_bankaccount SET confirmed_by_id = proposed_by_id, confirmed_at = now() WHERE id = %s",
            [account.pk],
        )
    assert BankAccount.objects.get().confirmed_at is None


def test_owner_and_credit_managers_are_written_to_and_the_letter_hides_the_number(account, david):
    accounts.confirm(account.pk, confirmation="Called", by=david, at=ON)
    deliver_everything()
    for template in ("account_given", "account_confirmed"):
        letters = Letter.objects.filter(template=template)
        assert {each.recipient.name for each in letters} == {"Hélène Roux", "Alice Bernard"}
        assert letters[0].context["iban"] == "FR76 … 0189"
    assert not Entry.objects.filter(data__iban=INDEX_IBAN).exists()

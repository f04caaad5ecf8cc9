"""Guarantees: conditions before cover, entry into force, and how one ends."""

from datetime import date

import pytest

from journal.models import Entry
from parties.models import InsurerRole
from tests.factories import another_company, at_once, bound_guarantee, person_named
from underwriting.actions import guarantees
from underwriting.actions.analysis import NotAllowed
from underwriting.models import Guarantee
from unlockfocus.errors import IllegalTransition

pytestmark = pytest.mark.django_db

TWO = {"premium_paid": "", "deposit_received": "EUR 370,000 on 15 December"}


@pytest.fixture
def guarantee(index, alice, bruno, now):
    return bound_guarantee(index, alice, bruno, now, conditions=TWO)


def meet_all(guarantee, by, at):
    for condition in guarantee.conditions.all():
        guarantees.meet_condition(condition.pk, proof=f"Statement, {condition.kind}", by=by, at=at)
    guarantee.refresh_from_db()


def test_cover_begins_with_the_last_condition_as_a_new_version(guarantee, bruno, now):
    premium, deposit = guarantee.conditions.all()
    after_one = guarantees.meet_condition(premium.pk, proof="Bank statement of 2 December", by=bruno, at=now)
    assert (after_one.status, after_one.version, after_one.in_force_at) == ("pending_conditions", 1, None)
    after_both = guarantees.meet_condition(deposit.pk, proof="Bank statement of 15 December", by=bruno, at=now)
    assert (after_both.status, after_both.version, after_both.in_force_at) == ("in_force", 2, now)
    premium.refresh_from_db()
    assert (premium.met_at, premium.found_by, premium.proof) == (now, bruno, "Bank statement of 2 December")


def test_deliveries_are_covered_from_first_to_last_day_of_a_guarantee_in_force(guarantee, bruno, now):
    assert not guarantee.is_in_force(date(2027, 7, 1))
    meet_all(guarantee, bruno, now)
    days = (date(2026, 11, 30), date(2026, 12, 1), date(2027, 11, 14), date(2027, 11, 15))
    assert [guarantee.is_in_force(day) for day in days] == [False, True, True, False]


def test_finding_a_condition_twice_keeps_the_first_proof(guarantee, bruno, sofia, now):
    condition = guarantee.conditions.first()
    guarantees.meet_condition(condition.pk, proof="First", by=bruno, at=now)
    guarantees.meet_condition(condition.pk, proof="Second", by=sofia, at=now)
    condition.refresh_from_db()
    assert (condition.proof, condition.found_by) == ("First", bruno)
    assert Entry.objects.filter(event="guarantee.condition_met").count() == 1


def test_a_guarantee_not_taken_up_never_enters_into_force(guarantee, bruno, now):
    ended = guarantees.not_take_up(guarantee.pk, reason="The premium never came.", by=bruno, at=now)
    assert (ended.status, ended.ended_at) == ("not_taken_up", now)
    with pytest.raises(IllegalTransition, match="no longer awaits"):
        guarantees.meet_condition(guarantee.conditions.first().pk, proof="Too late", by=bruno, at=now)


def test_a_guarantee_in_force_is_firm(guarantee, bruno, now):
    meet_all(guarantee, bruno, now)
    with pytest.raises(IllegalTransition, match="In force"):
        guarantees.not_take_up(guarantee.pk, reason="The buyer weakened.", by=bruno, at=now)


def test_a_guarantee_is_closed_once_all_is_settled(guarantee, bruno, now):
    with pytest.raises(IllegalTransition):
        guarantees.close(guarantee.pk, reason="Paid.", by=bruno, at=now)
    meet_all(guarantee, bruno, now)
    closed = guarantees.close(guarantee.pk, reason="All three invoices are paid.", by=bruno, at=now)
    assert (closed.status, closed.ended_at) == ("closed", now)


@pytest.mark.parametrize("role", [InsurerRole.AUDITOR, InsurerRole.CLAIMS_HANDLER, InsurerRole.COMPLIANCE_OFFICER])
def test_only_underwriters_act_on_guarantees(guarantee, now, role):
    names = {
        InsurerRole.AUDITOR: "Peter Adler",
        InsurerRole.CLAIMS_HANDLER: "David Moreau",
        InsurerRole.COMPLIANCE_OFFICER: "Jana Nováková",
    }
    reader = person_named(names[role])
    with pytest.raises(NotAllowed):
        guarantees.meet_condition(guarantee.conditions.first().pk, proof="Seen", by=reader, at=now)
    with pytest.raises(NotAllowed):
        guarantees.not_take_up(guarantee.pk, reason="None", by=reader, at=now)


def test_a_company_sees_its_own_guarantees_and_no_other(guarantee, alice, bruno, peter):
    _company, stranger = another_company()
    visible = {user.name: Guarantee.objects.visible_to(user).count() for user in (alice, bruno, peter, stranger)}
    assert visible == {"Alice Bernard": 1, "Bruno Keller": 1, "Peter Adler": 1, "Author 1": 0}


def test_a_bank_sees_the_guarantees_that_name_it(guarantee):
    banker = person_named("Camille Dubois")
    assert not Guarantee.objects.visible_to(banker).exists()
    request = guarantee.request
    request.loss_payee_id = next(iter(banker.bank_ids))
    request.save(update_fields=["loss_payee"])
    assert Guarantee.objects.visible_to(banker).get() == guarantee


@pytest.mark.django_db(transaction=True)
def test_two_who_find_the_last_conditions_at_once_start_cover_once(index, alice, bruno, sofia, now):
    bound = bound_guarantee(index, alice, bruno, now, conditions=TWO)
    acts = [
        lambda pk=condition.pk, who=who: guarantees.meet_condition(pk, proof="Seen", by=who, at=now)
        for condition, who in zip(bound.conditions.all(), (bruno, sofia), strict=True)
    ]
    at_once(acts)
    bound.refresh_from_db()
    assert (bound.status, bound.version) == ("in_force", 2)
    assert Entry.objects.filter(event="guarantee.in_force").count() == 1

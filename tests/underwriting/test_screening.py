"""Sanctions: who is screened and when, what a possible match holds up, and what compliance decides."""

from datetime import timedelta
from typing import Any

import pytest

from applications import actions as requests
from applications.models import CoverRequest, IdentityCheck
from claims.actions import payments
from claims.models import BankAccount
from journal.models import Entry, Letter
from parties.models import Bank
from tests.claims.money import claim_in_collection, confirmed_account, paying_account, signed
from tests.factories import (
    analysed_request,
    bound_guarantee,
    deliver_everything,
    offer_for,
    person_named,
    submitted_request,
)
from tests.journal.broker import worker_at_hand
from tests.underwriting.sanctions import PEI_LISTED, entity, individual, load_un
from underwriting.actions import offers, people
from underwriting.actions.analysis import NotAllowed
from underwriting.actions.screening import MatchMoved, decide, screen, screen_request
from underwriting.models import BuyerPerson, Guarantee, Offer, ScreenedParty, Screening, ScreeningHit
from underwriting.screened_parties import files_of
from underwriting.screening_gate import AwaitsCompliance, why_held
from underwriting.tasks import rescreen
from underwriting.tasks import screen_request as screen_submitted
from unlockfocus import demo
from unlockfocus.errors import IllegalTransition

pytestmark = pytest.mark.django_db

REASON = "ONRC 49007311 was founded in 2019; the entry was listed in 2014."
HELD = "A possible match with a sanctions list awaits compliance: PEI SRL."


@pytest.fixture
def jana(index):
    return person_named("Jana Nováková")


@pytest.fixture
def file(index, alice, now):
    return analysed_request(index, alice, now)


def screened(file: CoverRequest, at: Any) -> None:
    screen_request(file, Screening.Moment.BY_HAND, at=at)


def the_hit() -> ScreeningHit:
    return ScreeningHit.objects.get()


def answer(hit: ScreeningHit, act: str, by: Any, at: Any) -> ScreeningHit:
    return decide(hit.pk, act=act, reason=REASON, seen=hit.compared, by=by, at=at)


# --- Who and when -----------------------------------------------------------------------------------------------------


def test_submission_screens_buyer_insured_and_bank(index, alice, now, django_capture_on_commit_callbacks):
    request = demo.draft_request(index, alice, now)
    request.loss_payee = Bank.objects.get()
    request.save(update_fields=["loss_payee"])
    load_un(at=now)
    requests.submit(request.pk, actor=alice, at=now)
    with worker_at_hand(), django_capture_on_commit_callbacks(execute=True):
        deliver_everything()
    kept = Screening.objects.order_by("pk")
    assert [(each.party.kind, str(each.party), each.moment) for each in kept] == [
        ("buyer", "PEI SRL", "submission"),
        ("insured", "INDEX SAS", "submission"),
        ("bank", "Banque des Ateliers", "submission"),
    ]
    lists = {each["list"]: (each["as_of"], each["missing"]) for each in kept[0].lists}
    assert lists["un"] == ("2026-11-20", False)
    assert lists["fr"] == ("", True)
    assert kept[0].subject == {
        "name": "PEI SRL",
        "is_organisation": True,
        "countries": ["RO"],
        "birth_years": [],
        "identifiers": ["49007311", "RO49007311"],
    }
    assert kept[0].found == []


def test_those_who_own_or_run_the_buyer_are_screened_with_it(file, bruno, now):
    load_un(individual(7, "Ion Popescu-Vlad", 1961), at=now)
    about = {"position": "director", "is_organisation": False, "country": "RO", "source": "ONRC extract"}
    people.add_person(file.pk, name="POPESCU VLAD, Ion", birth_year=1961, **about, by=bruno, at=now)
    screened(file, now)
    hit = the_hit()
    assert (str(hit.party), hit.party.kind, hit.entry["name"]) == ("POPESCU VLAD, Ion", "person", "Ion Popescu-Vlad")
    assert {"code": "same_birth_year", "values": ["1961"]} in hit.reasons["weighed"]
    with pytest.raises(AwaitsCompliance, match="POPESCU VLAD, Ion"):
        offer_for(file, bruno, now)
    assert list(files_of(hit.party)) == [file]
    people.end_person(file.pk, hit.party.person_id, by=bruno, at=now)
    assert why_held(file, now) == ""
    hit.party.person.refresh_from_db()
    assert list(files_of(hit.party)) == []


def test_the_same_person_twice_is_refused(file, bruno, peter, now):
    about = {"position": "owner", "is_organisation": False, "country": "", "birth_year": None, "source": "GLEIF"}
    people.add_person(file.pk, name="Ion Popescu", **about, by=bruno, at=now)
    with pytest.raises(people.KnownAlready, match="Ion Popescu is noted already"):
        people.add_person(file.pk, name="Ion Popescu", **about, by=bruno, at=now)
    with pytest.raises(NotAllowed):
        people.add_person(file.pk, name="Radu Ionescu", **about, by=peter, at=now)


# --- What is held up --------------------------------------------------------------------------------------------------


def test_a_possible_match_holds_the_offer_and_what_was_found_stays(file, bruno, now):
    load_un(PEI_LISTED, at=now)
    with pytest.raises(AwaitsCompliance, match="awaits compliance: PEI SRL"):
        offer_for(file, bruno, now)
    assert not Offer.objects.exists()
    hit = the_hit()
    assert (hit.state, hit.list_code, hit.entry_key, hit.score) == ("open", "un", "CDe.1", 1.0)
    assert hit.entry["programme"] == "DRC"
    assert hit.reasons["pairs"] == [{"party": "pei", "entry": "pei", "likeness": 1.0}]
    assert hit.found_at == now


def test_a_second_signature_is_held_too(file, bruno, sofia, now):
    offer = offer_for(file, bruno, now, limit=2_400_000)
    load_un(PEI_LISTED, at=now)
    with pytest.raises(AwaitsCompliance):
        offers.sign(offer.pk, by=sofia, at=now)
    offer.refresh_from_db()
    assert offer.status == "prepared"


def test_acceptance_is_held_without_a_word_of_what_for(file, alice, bruno, signed_in, now):
    offer = offer_for(file, bruno, now)
    load_un(PEI_LISTED, at=now)
    page = signed_in(alice).post(f"/offers/{offer.number}/accept/")
    assert page.status_code == 409
    said = page.content.decode().lower()
    assert "a check we owe by law is not finished" in said
    assert not any(word in said for word in ("sanction", "compliance", "match", "listed"))
    assert not Guarantee.objects.exists()
    assert the_hit().state == "open"
    shown = signed_in(alice).get(f"/files/{file.reference}/").content.decode().lower()
    assert "sanction" not in shown
    assert "compliance" not in shown


def test_once_cleared_the_offer_is_made_and_accepted(file, alice, bruno, jana, now):
    load_un(PEI_LISTED, at=now)
    screened(file, now)
    answer(the_hit(), "clear", jana, now)
    offer = offer_for(file, bruno, now)
    assert offers.accept(offer.pk, actor=alice, at=now).number == "GA-2026-000001"
    assert the_hit().state == "cleared"


def test_once_confirmed_nothing_goes_on(file, bruno, jana, now):
    load_un(PEI_LISTED, at=now)
    screened(file, now)
    answer(the_hit(), "confirm", jana, now)
    with pytest.raises(AwaitsCompliance, match="On a sanctions list: PEI SRL"):
        offer_for(file, bruno, now)


def test_accepting_again_what_is_bound_asks_nobody(index, alice, bruno, now):
    guarantee = bound_guarantee(index, alice, bruno, now)
    load_un(PEI_LISTED, at=now)
    before = Screening.objects.count()
    assert offers.accept(guarantee.offer_id, actor=alice, at=now) == guarantee
    assert Screening.objects.count() == before


def test_a_payment_is_held_for_the_buyer_and_for_the_holder_of_the_account(index, alice, bruno, jana, now):
    david, ines = person_named("David Moreau"), person_named("Inês Costa")
    claim = claim_in_collection(index, alice, bruno, david, now)
    indemnity = signed(claim, david, ines)
    paying_account()
    confirmed_account(david)
    at = indemnity.signed_at + timedelta(hours=1)
    load_un(PEI_LISTED, at=at)
    with pytest.raises(payments.Blocked, match="PEI SRL"):
        payments.make([indemnity.pk], by=david, at=at)
    assert the_hit().party.kind == "buyer"
    answer(the_hit(), "clear", jana, at)
    BankAccount.objects.update(holder="Zhongwei Shipping")
    load_un(PEI_LISTED, entity(3, "Zhongwei Shipping Co Ltd", "China"), at=at)
    with pytest.raises(payments.Blocked, match="Zhongwei Shipping"):
        payments.make([indemnity.pk], by=david, at=at)
    held = ScreeningHit.objects.get(party__kind="holder")
    answer(held, "clear", jana, at)
    assert payments.make([indemnity.pk], by=david, at=at).total == indemnity.amount


# --- A list is missing ------------------------------------------------------------------------------------------------


def test_a_required_list_that_is_missing_or_too_old_holds_everything(file, bruno, settings, now):
    settings.SANCTIONS_REQUIRED = ["un"]
    with pytest.raises(AwaitsCompliance, match=r"Not searched, because missing or too old: United Nations\."):
        offer_for(file, bruno, now)
    load_un(at=now - timedelta(days=4))
    with pytest.raises(AwaitsCompliance):
        offer_for(file, bruno, now)
    load_un(at=now)
    assert offer_for(file, bruno, now).status == "open"


# --- A list changes ---------------------------------------------------------------------------------------------------


def test_a_new_release_screens_everybody_again_and_tells_compliance(
    index, alice, bruno, jana, now, django_capture_on_commit_callbacks
):
    guarantee = bound_guarantee(index, alice, bruno, now)
    deliver_everything()
    load_un(PEI_LISTED, at=now)
    with worker_at_hand(), django_capture_on_commit_callbacks(execute=True):
        deliver_everything()
    deliver_everything()
    hit = the_hit()
    assert str(hit.party) == "PEI SRL"
    assert set(Screening.objects.filter(moment="lists").values_list("party__kind", flat=True)) == {"buyer", "insured"}
    told = Entry.objects.filter(file__key=guarantee.request.journal_key, event="screening.match_found")
    assert told.count() == 1
    letters = Letter.objects.filter(template="desk_match")
    assert [each.recipient for each in letters] == [jana]


def test_the_sweep_takes_those_not_compared_with_the_lists_in_force(file, now):
    """Whenever they were screened: a list counts once it is loaded, and loading takes a while."""
    screened(file, now)
    load_un(PEI_LISTED, at=now - timedelta(hours=1))
    rescreen()
    assert the_hit().state == "open"
    before = Screening.objects.count()
    rescreen()
    assert Screening.objects.count() == before


def test_what_was_cleared_stays_so_until_the_entry_or_the_party_changes(file, jana, now):
    load_un(PEI_LISTED, at=now)
    screened(file, now)
    answer(the_hit(), "clear", jana, now)
    screened(file, now)
    load_un(PEI_LISTED, entity(2, "Zhongwei Shipping"), at=now)
    screened(file, now)
    assert the_hit().state == "cleared"
    load_un(entity(1, "P.E.I. S.R.L.", remark="Also known at Str. Fabricii 12, Pitesti"), at=now)
    screened(file, now)
    assert the_hit().state == "open"
    answer(the_hit(), "clear", jana, now)
    file.buyer.vat_number = "RO1"
    file.buyer.save(update_fields=["vat_number"])
    screened(file, now)
    assert the_hit().state == "open"
    assert [each.state for each in the_hit().decisions.all()] == ["cleared", "cleared"]


def test_what_waits_ends_by_itself_when_it_is_not_found_any_more_and_comes_back(file, jana, now):
    load_un(PEI_LISTED, at=now)
    screened(file, now)
    load_un(at=now)
    screened(file, now)
    assert the_hit().state == "ended"
    assert the_hit().decisions.get().decided_by is None
    assert why_held(file, now) == ""
    load_un(PEI_LISTED, at=now)
    screened(file, now)
    assert the_hit().state == "open"


def test_what_was_confirmed_stays_though_the_list_drops_it(file, jana, now):
    load_un(PEI_LISTED, at=now)
    screened(file, now)
    answer(the_hit(), "confirm", jana, now)
    load_un(at=now)
    screened(file, now)
    assert the_hit().state == "confirmed"
    answer(the_hit(), "clear", jana, now)
    assert why_held(file, now) == ""


def test_twice_is_the_same_as_once(file, now):
    load_un(PEI_LISTED, at=now)
    screened(file, now)
    entries = Entry.objects.count()
    screen(ScreenedParty.objects.get(kind="buyer").pk, Screening.Moment.BY_HAND, at=now)
    assert Entry.objects.count() == entries
    assert ScreeningHit.objects.count() == 1


# --- Deciding ---------------------------------------------------------------------------------------------------------


def test_only_compliance_decides_on_what_it_looked_at(file, sofia, jana, now):
    load_un(PEI_LISTED, at=now)
    screened(file, now)
    hit = the_hit()
    with pytest.raises(NotAllowed):
        answer(hit, "clear", sofia, now)
    with pytest.raises(MatchMoved):
        decide(hit.pk, act="clear", reason=REASON, seen="something else", by=jana, at=now)
    answer(hit, "clear", jana, now)
    with pytest.raises(IllegalTransition):
        answer(hit, "clear", jana, now)
    decision = hit.decisions.get()
    assert (decision.state, decision.reason, decision.decided_by, decision.list_version) == (
        "cleared",
        REASON,
        jana,
        "un 2026-11-20",
    )
    noted = Entry.objects.get(file__key=file.journal_key, event="screening.match_cleared")
    assert noted.data == {
        "party": "PEI SRL",
        "list": "un",
        "entry": "P.E.I. S.R.L.",
        "match": hit.pk,
        "reason": REASON,
    }


def test_underwriters_are_told_what_was_decided(file, bruno, jana, now):
    load_un(PEI_LISTED, at=now)
    screened(file, now)
    answer(the_hit(), "confirm", jana, now)
    deliver_everything()
    told = Letter.objects.filter(template="desk_match_decided").values_list("recipient__name", flat=True)
    assert set(told) == {"Bruno Keller", "Sofia Lindqvist", "Omar Haddad"}


def test_a_submitted_request_without_lists_says_so(index, alice, now):
    file = submitted_request(index, alice, now)
    screened(file, now)
    from underwriting.screening_words import searched

    said = searched(Screening.objects.first())
    assert said.startswith("No list was searched. Not loaded: France (asset freezes), European Union, United Nations")


def test_directors_the_register_named_are_screened_with_the_buyer(index, alice, now):
    file = submitted_request(index, alice, now)
    IdentityCheck.objects.create(
        request=file,
        asked_by=alice,
        asked_at=now,
        country="RO",
        registration_number="49007311",
        source="ANAF",
        outcome="ok",
        fetched_at=now,
        facts={"directors": ["Ion Popescu-Vlad", "J** K*******"]},
    )
    load_un(individual(7, "POPESCU VLAD, Ion", 1961), at=now)
    screen_submitted(file.pk)
    screen_submitted(file.pk)
    person = BuyerPerson.objects.get()
    assert (person.name, person.position, person.source) == ("Ion Popescu-Vlad", "director", "ANAF, 2026-11-24")
    assert the_hit().party.person == person

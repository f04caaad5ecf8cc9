"""Offers: what they cost, who may sign them, what the insured may answer, and what happens when two answer at once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from applications import actions as requests
from applications.models import CoverRequest, Status
from journal.models import Entry
from parties.models import Buyer, BuyerGroup, Duty, InsurerRole
from tests.factories import (
    analyse,
    analysed_request,
    another_company,
    another_senior,
    at_once,
    bound_guarantee,
    deliver_everything,
    offer_for,
    person_named,
)
from underwriting.actions import decisions, offers
from underwriting.actions.analysis import NotAllowed, NotTwoPeople, confirm_override, propose_override
from underwriting.actions.guarantees import not_take_up
from underwriting.actions.offers import OfferNotOpen, OverAuthority, OverCumul
from underwriting.models import Authority, Guarantee, Offer, Tariff
from underwriting.price_cases import price_case
from underwriting.quotes import NoGrade, NoPrice
from underwriting.terms import NoTariff
from unlockfocus.errors import IllegalTransition

pytestmark = pytest.mark.django_db

BEYOND_BRUNO = Decimal("2000000.01")


@pytest.fixture
def request_of_index(index, alice, now):
    return analysed_request(index, alice, now)


# --- The price that is promised ---------------------------------------------------------------------------------------


def test_the_reference_case_costs_what_it_must(now, request_of_index, bruno):
    offer = offer_for(request_of_index, bruno, now)
    assert (offer.grade, offer.pd) == (6, Decimal("0.015"))
    price = offer.price
    assert price.days == 349
    assert price.expected == Decimal("3272.24")
    assert price.selection == Decimal("2454.18")
    assert price.capital == Decimal("11730.47")
    assert price.expenses == Decimal("7800.00")
    assert price.technical == Decimal("31571.11")
    assert price.tax == Decimal("0.00")
    assert price.to_pay == offer.to_pay == Decimal("31571.11")
    assert offer.maximum_liability == Decimal("1332000.00")


def test_a_stored_offer_is_priced_again_to_the_same_cent(now, request_of_index, bruno):
    offer_for(request_of_index, bruno, now)
    offer_for(request_of_index, bruno, now, options=("political", "retention_of_title"), limit=Decimal("900000.00"))
    first, second = Offer.objects.order_by("pk")
    assert first.breakdown["to_pay"] == "31571.11"
    for offer in (first, second):
        peak = {"peak": "1480000.00", "peak_day": "2027-08-16"}
        assert price_case(offer.price_inputs) == offer.breakdown | peak


def test_the_price_is_kept_when_the_tariff_changes(now, request_of_index, bruno):
    offer = offer_for(request_of_index, bruno, now)
    Tariff.objects.update(ended_on=date(2026, 11, 24))
    Tariff.objects.create(
        **{f.name: getattr(offer.tariff, f.name) for f in Tariff._meta.fields if f.name not in {"id", "version"}}
        | {"version": "2026-2", "valid_from": date(2026, 11, 24), "coc": Decimal("0.20"), "ended_on": None}
    )
    offer.refresh_from_db()
    assert (offer.tariff.version, offer.price.to_pay) == ("2026-1", Decimal("31571.11"))
    again = offer_for(request_of_index, bruno, now)
    assert (again.tariff.version, again.price.capital) == ("2026-2", Decimal("23460.93"))


def test_ninety_days_of_waiting_are_written_into_the_offer(now, request_of_index, bruno):
    assert offer_for(request_of_index, bruno, now).waiting_period_days == 180
    assert offer_for(request_of_index, bruno, now, options=("short_waiting_period",)).waiting_period_days == 90


def test_without_a_tariff_nothing_is_offered(now, request_of_index, bruno):
    Tariff.objects.update(ended_on=date(2026, 11, 24))
    with pytest.raises(NoTariff, match="No tariff is in force"):
        offer_for(request_of_index, bruno, now)


def test_terms_without_a_price_are_refused_in_words(now, request_of_index, bruno):
    with pytest.raises(NoPrice, match="look at the days of cover"):
        offer_for(request_of_index, bruno, now, cover_end=date(2026, 11, 30))


# --- Who may offer ----------------------------------------------------------------------------------------------------


def test_an_underwriter_offers_alone_within_their_authority(now, request_of_index, bruno, alice):
    offer = offer_for(request_of_index, bruno, now)
    request_of_index.refresh_from_db()
    assert (offer.status, offer.signed_by, request_of_index.status) == (Offer.Status.OPEN, bruno, Status.OFFERED)
    assert list(Offer.objects.visible_to(alice)) == [offer]


def test_beyond_authority_the_offer_waits_unseen_for_a_second_signature(now, request_of_index, bruno, sofia, alice):
    offer = offer_for(request_of_index, bruno, now, limit=BEYOND_BRUNO)
    request_of_index.refresh_from_db()
    assert (offer.status, offer.signed_by, request_of_index.status) == (Offer.Status.PREPARED, None, Status.IN_ANALYSIS)
    assert not Offer.objects.visible_to(alice).exists()
    with pytest.raises(NotTwoPeople):
        offers.sign(offer.pk, by=bruno, at=now)
    assert offers.sign(offer.pk, by=sofia, at=now).signed_by == sofia
    assert Offer.objects.visible_to(alice).get().status == Offer.Status.OPEN


def test_a_senior_underwriter_cannot_sign_what_she_prepared(now, request_of_index, sofia):
    Authority.objects.filter(role=InsurerRole.SENIOR_UNDERWRITER).update(largest_limit=Decimal("1000000.00"))
    offer = offer_for(request_of_index, sofia, now)
    with pytest.raises(NotTwoPeople):
        offers.sign(offer.pk, by=sofia, at=now)
    with pytest.raises(OverAuthority):
        offers.sign(offer.pk, by=another_senior(), at=now)


@pytest.mark.parametrize(
    ("field", "value"), [("largest_limit", Decimal("1479999.99")), ("worst_grade", 5), ("longest_months", 11)]
)
def test_limit_grade_and_months_each_bound_the_authority(now, request_of_index, bruno, field, value):
    Authority.objects.filter(role=InsurerRole.UNDERWRITER).update(**{field: value})
    assert offer_for(request_of_index, bruno, now).status == Offer.Status.PREPARED


def test_an_auditor_offers_nothing(now, request_of_index, peter):
    with pytest.raises(NotAllowed):
        offer_for(request_of_index, peter, now)


def test_a_returned_offer_is_never_signed(now, request_of_index, bruno, sofia):
    offer = offer_for(request_of_index, bruno, now, limit=BEYOND_BRUNO)
    offers.return_offer(offer.pk, reason="Ask for retention of title first.", by=sofia, at=now)
    with pytest.raises(OfferNotOpen):
        offers.sign(offer.pk, by=sofia, at=now)
    assert Entry.objects.get(event="offer.returned").data["reason"] == "Ask for retention of title first."


def test_an_offer_prepared_at_another_grade_must_be_priced_again(now, request_of_index, bruno, sofia):
    offer = offer_for(request_of_index, bruno, now, limit=BEYOND_BRUNO)
    override = propose_override(offer.analysis_id, grade=7, reason="Lost its first customer.", by=bruno, at=now)
    confirm_override(override.pk, by=sofia, at=now)
    with pytest.raises(OfferNotOpen, match="grade changed"):
        offers.sign(offer.pk, by=sofia, at=now)


def test_a_second_signature_after_the_last_day_is_refused(now, request_of_index, bruno, sofia):
    offer = offer_for(request_of_index, bruno, now, limit=BEYOND_BRUNO)
    with pytest.raises(OfferNotOpen, match="last day has passed"):
        offers.sign(offer.pk, by=sofia, at=now + timedelta(days=15))


def test_a_declined_or_questioned_request_leaves_no_unsigned_offer_behind(now, request_of_index, bruno, sofia):
    offer = offer_for(request_of_index, bruno, now, limit=BEYOND_BRUNO)
    decisions.decline(request_of_index.pk, reasons="The buyer's bank withdrew.", by=bruno, at=now)
    offer.refresh_from_db()
    assert offer.status == Offer.Status.SUPERSEDED
    with pytest.raises(OfferNotOpen):
        offers.sign(offer.pk, by=sofia, at=now)


def test_a_withdrawn_request_leaves_no_unsigned_offer_behind(now, request_of_index, bruno, alice):
    offer = offer_for(request_of_index, bruno, now, limit=BEYOND_BRUNO)
    requests.withdraw(request_of_index.pk, actor=alice, at=now)
    deliver_everything()
    offer.refresh_from_db()
    assert offer.status == Offer.Status.SUPERSEDED


def test_another_offer_replaces_the_open_one(now, request_of_index, bruno):
    first = offer_for(request_of_index, bruno, now)
    second = offer_for(request_of_index, bruno, now, limit=Decimal("1200000.00"))
    first.refresh_from_db()
    assert (first.status, second.status) == (Offer.Status.SUPERSEDED, Offer.Status.OPEN)


def test_nothing_is_offered_while_the_insured_owes_an_answer(now, request_of_index, bruno):
    decisions.ask(request_of_index.pk, question="Who owns PEI?", by=bruno, at=now)
    with pytest.raises(IllegalTransition):
        offer_for(request_of_index, bruno, now)


def test_nothing_is_offered_on_a_buyer_without_a_grade(now, request_of_index, bruno):
    request_of_index.accounts.all().delete()
    analyse(request_of_index, now)
    with pytest.raises(NoGrade, match="no grade yet"):
        offer_for(request_of_index, bruno, now)


# --- The line on the buyer --------------------------------------------------------------------------------------------


def test_the_limit_may_fill_the_line_to_the_cent_and_not_pass_it(now, request_of_index, sofia):
    assert offer_for(request_of_index, sofia, now, limit=Decimal("6000000.00")).status == Offer.Status.OPEN
    with pytest.raises(OverCumul, match=r"At grade 6 at most €6,000,000\.00 may be insured on one buyer\."):
        offer_for(request_of_index, sofia, now, limit=Decimal("6000000.01"))


def test_what_other_insureds_have_on_the_buyer_counts(now, request_of_index, sofia):
    company, author = another_company()
    bound_guarantee(company, author, sofia, now, limit=Decimal("5000000.00"))
    assert offer_for(request_of_index, sofia, now, limit=Decimal("1000000.00"))
    with pytest.raises(OverCumul, match=r"€5,000,000\.00 is bound already"):
        offer_for(request_of_index, sofia, now, limit=Decimal("1000000.01"))


def sister_of_pei(request, group):
    """Turn a request to one on a sister company of PEI, in one group with it."""
    sister = Buyer.objects.create(country="RO", registration_number="14399840", name="PEI Sud", group=group)
    Buyer.objects.filter(registration_number="49007311").update(group=group)
    CoverRequest.objects.filter(pk=request.pk).update(buyer=sister)
    return sister


def test_what_is_bound_on_the_group_of_the_buyer_counts(now, request_of_index, sofia):
    company, author = another_company()
    guarantee = bound_guarantee(company, author, sofia, now, limit=Decimal("5000000.00"))
    other = Buyer.objects.create(country="RO", registration_number="14399840", name="PEI Sud")
    Guarantee.objects.filter(pk=guarantee.pk).update(buyer=other)
    assert offer_for(request_of_index, sofia, now, limit=Decimal("6000000.00"))
    group = BuyerGroup.objects.create(lei="549300W96W2VKSMVDF81", name="PEI Holding")
    Buyer.objects.update(group=group)
    with pytest.raises(OverCumul, match=r"on one buyer and its group; €5,000,000\.00 is bound already"):
        offer_for(request_of_index, sofia, now, limit=Decimal("1000000.01"))
    assert offer_for(request_of_index, sofia, now, limit=Decimal("1000000.00"))


def test_a_guarantee_not_taken_up_gives_its_room_back(now, request_of_index, sofia):
    company, author = another_company()
    guarantee = bound_guarantee(company, author, sofia, now, limit=Decimal("5000000.00"))
    not_take_up(guarantee.pk, reason="The premium never came.", by=sofia, at=now)
    assert offer_for(request_of_index, sofia, now, limit=Decimal("6000000.00"))


def test_room_that_went_to_another_file_is_refused_without_telling_whose_it_was(now, request_of_index, sofia, alice):
    company, author = another_company()
    offer = offer_for(request_of_index, sofia, now, limit=Decimal("4000000.00"))
    bound_guarantee(company, author, sofia, now, limit=Decimal("4000000.00"))
    with pytest.raises(OverCumul) as refusal:
        offers.accept(offer.pk, actor=alice, at=now)
    assert str(refusal.value) == (
        "Our capacity on this buyer is used up since we made this offer. Ask us for a smaller limit."
    )


# --- The insured's answer ---------------------------------------------------------------------------------------------


def test_accepting_binds_one_guarantee_that_awaits_its_conditions(now, request_of_index, bruno, alice):
    offer = offer_for(request_of_index, bruno, now, conditions={"premium_paid": "", "retention_of_title": "RNPM"})
    guarantee = offers.accept(offer.pk, actor=alice, at=now)
    assert guarantee.status == Guarantee.Status.PENDING_CONDITIONS
    assert [(each.kind, each.detail) for each in guarantee.conditions.all()] == [
        ("premium_paid", ""),
        ("retention_of_title", "RNPM"),
    ]


def test_without_conditions_the_guarantee_is_in_force_at_once(now, request_of_index, bruno, alice):
    guarantee = offers.accept(offer_for(request_of_index, bruno, now, conditions={}).pk, actor=alice, at=now)
    assert (guarantee.status, guarantee.in_force_at) == (Guarantee.Status.IN_FORCE, now)


def test_accepting_again_returns_the_same_guarantee(now, request_of_index, bruno, alice):
    offer = offer_for(request_of_index, bruno, now)
    assert offers.accept(offer.pk, actor=alice, at=now) == offers.accept(offer.pk, actor=alice, at=now)
    assert Entry.objects.filter(event="offer.accepted").count() == 1


def test_an_offer_can_be_accepted_on_its_last_day_and_not_after(now, request_of_index, bruno, alice):
    offer = offer_for(request_of_index, bruno, now, valid_until=date(2026, 12, 8))
    with pytest.raises(OfferNotOpen, match="expired on 8 December 2026"):
        offers.accept(offer.pk, actor=alice, at=now + timedelta(days=15))
    assert offers.accept(offer.pk, actor=alice, at=now + timedelta(days=14)).offer == offer


def test_the_sweep_expires_an_offer_after_its_last_day(now, request_of_index, bruno):
    offer = offer_for(request_of_index, bruno, now, valid_until=date(2026, 12, 8))
    offers.expire(offer.pk, at=now + timedelta(days=14))
    assert Offer.objects.get().status == Offer.Status.OPEN
    offers.expire(offer.pk, at=now + timedelta(days=15))
    assert Offer.objects.get().status == Offer.Status.EXPIRED


def test_an_offer_whose_signer_lost_the_authority_is_not_bound(now, request_of_index, bruno, alice):
    offer = offer_for(request_of_index, bruno, now)
    Duty.objects.filter(user=bruno).update(role=InsurerRole.AUDITOR)
    with pytest.raises(OverAuthority, match="signed again"):
        offers.accept(offer.pk, actor=alice, at=now)
    assert not Guarantee.objects.exists()


def test_a_refused_offer_keeps_the_reason_and_cannot_be_accepted(now, request_of_index, bruno, alice):
    offer = offer_for(request_of_index, bruno, now)
    offers.refuse(offer.pk, reason="Dearer than a letter of credit.", actor=alice, at=now)
    with pytest.raises(OfferNotOpen, match="Refused"):
        offers.accept(offer.pk, actor=alice, at=now)
    assert Offer.objects.get().refusal_reason == "Dearer than a letter of credit."


def test_nothing_is_offered_on_a_bound_file(now, index, alice, bruno):
    guarantee = bound_guarantee(index, alice, bruno, now)
    with pytest.raises(IllegalTransition):
        offer_for(guarantee.request, bruno, now)


# --- At the same moment -----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_people_accepting_at_once_bind_one_guarantee(now, index, alice, bruno):
    helene = person_named("Hélène Roux")
    offer = offer_for(analysed_request(index, alice, now), bruno, now)
    bound = at_once([lambda who=who: offers.accept(offer.pk, actor=who, at=now) for who in (alice, helene)])
    assert bound[0] == bound[1] == Guarantee.objects.get()
    assert Entry.objects.filter(event="offer.accepted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_person_pressing_five_times_binds_one_guarantee(now, index, alice, bruno):
    offer = offer_for(analysed_request(index, alice, now), bruno, now)
    bound = at_once([lambda: offers.accept(offer.pk, actor=alice, at=now)] * 5)
    assert set(bound) == {Guarantee.objects.get()}


@pytest.mark.django_db(transaction=True)
def test_two_files_on_one_buyer_cannot_pass_the_line_together(now, index, alice, sofia):
    files = [(index, alice), another_company(1)]
    pairs = [
        (offer_for(analysed_request(company, author, now), sofia, now, limit=Decimal("4000000.00")), author)
        for company, author in files
    ]
    answers = at_once([lambda o=o, who=who: offers.accept(o.pk, actor=who, at=now) for o, who in pairs])
    assert {type(answer) for answer in answers} == {Guarantee, OverCumul}
    assert Guarantee.objects.get().offer.limit == Decimal("4000000.00")


@pytest.mark.django_db(transaction=True)
def test_two_files_on_two_buyers_of_one_group_cannot_pass_the_line_together(now, index, alice, sofia):
    files = [(index, alice), another_company(1)]
    pairs = [
        (offer_for(analysed_request(company, author, now), sofia, now, limit=Decimal("4000000.00")), author)
        for company, author in files
    ]
    group = BuyerGroup.objects.create(lei="549300W96W2VKSMVDF81", name="PEI Holding")
    sister = sister_of_pei(pairs[1][0].request, group)
    answers = at_once([lambda o=o, who=who: offers.accept(o.pk, actor=who, at=now) for o, who in pairs])
    assert {type(answer) for answer in answers} == {Guarantee, OverCumul}
    assert Guarantee.objects.get().offer.limit == Decimal("4000000.00")
    assert Guarantee.objects.get().buyer in {pairs[0][0].request.buyer, sister}


@pytest.mark.django_db(transaction=True)
def test_two_underwriters_offering_at_once_leave_one_open_offer(now, index, alice, bruno, sofia):
    request = analysed_request(index, alice, now)
    at_once([lambda who=who: offer_for(request, who, now) for who in (bruno, sofia)])
    assert sorted(Offer.objects.values_list("status", flat=True)) == ["open", "superseded"]

"""The desk: an underwriter's work queue, the file on one page, and the acts on it, through its own pages."""

import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications import actions as requests
from applications.models import CountryTerms, CoverRequest, Status
from journal.models import Entry
from parties.models import InsurerRole
from tests.factories import (
    analyse,
    analysed_request,
    another_company,
    bound_guarantee,
    offer_for,
    person_named,
    submitted_request,
)
from underwriting.actions.analysis import confirm_override, propose_override, request_analysis
from underwriting.actions.screening import screen_request
from underwriting.models import Analysis, Authority, CumulLine, Guarantee, Offer, Screening, Tariff
from unlockfocus import demo

pytestmark = pytest.mark.django_db

ACTS = ("offer", "ask", "decline", "grade")


@pytest.fixture
def file(index, alice, now):
    return analysed_request(index, alice, now)


@pytest.fixture
def desk_of_bruno(bruno, signed_in):
    return signed_in(bruno)


@pytest.fixture
def desk_of_sofia(sofia, signed_in):
    return signed_in(sofia)


def address(file: CoverRequest, act: str = "", *args: Any) -> str:
    return reverse(f"admin:file-{act}" if act else "admin:file", args=[file.reference, *args])


def text_of(response: Any) -> str:
    """What a reader sees: the page without its tags, spaces made even."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def content_of(response: Any) -> str:
    """The page's own part, without header and footer."""
    return response.content.decode().split('<main id="content-start"')[1].split("</main>")[0]


def typed(**changes: str) -> dict[str, str]:
    """The offer form as the reference case fills it."""
    usual = {
        "limit": "1,480,000.00",
        "insured_percentage": "90",
        "deductible": "0.00",
        "cover_start": "2026-12-01",
        "cover_end": "2027-11-14",
        "condition_premium_paid": "on",
        "valid_until": "2026-12-08",
        "note": "PEI pays late but pays.",
        "seen_price": "31571.11",
        "act": "offer",
    }
    return usual | changes


# --- Reading a file ---------------------------------------------------------------------------------------------------


def test_the_file_says_what_a_decision_turns_on(file, desk_of_bruno):
    page = text_of(desk_of_bruno.get(address(file)))
    for words in (
        "An underwriter decides: an offer, a question, or a refusal with reasons.",
        "Since 24 November 2026, 10:00 (today).",
        "€1,480,000",
        "peak on 16 August 2027",
        "fair",
        "PD 1.50% in 12 months",
        "insured at 90%",
        "of a line of €6,000,000",
        "€31,571.11",
        "2.13% of the limit",
        "Altman's Z'' (emerging markets): 6.05 points",
        "0.1432 × 6.56",
        "6.05 points stand for a rating of BBB.",
        "Equity over liabilities is 0.56 against 1.26 in the median; this costs 0.74 points.",
        "Nothing beside the accounts changed the grade",
        "96,400,000",
        "+7.5%",
        "60 days",
        "Total assets = equity + liabilities + provisions",
        "9 / 31",
        "10.4%",
        "Within your authority: limit, grade and 12 started months.",
        "€1,332,000.00",
        "The request was submitted",
    ):
        assert words in page


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_state_of_a_file_is_a_page(index, alice, bruno, sofia, now, client, language):
    client.force_login(sofia, backend="django.contrib.auth.backends.ModelBackend")
    just_submitted = demo.draft_request(index, alice, now)
    requests.submit(just_submitted.pk, actor=alice, at=now)
    being_scored = submitted_request(index, alice, now)
    request_analysis(being_scored, at=now)
    unscored = submitted_request(index, alice, now)
    unscored.accounts.all().delete()
    analyse(unscored, now)
    judged = analysed_request(index, alice, now)
    propose_override(Analysis.objects.get(request=judged).pk, grade=5, reason="New equity.", by=bruno, at=now)
    prepared = analysed_request(index, alice, now)
    offer_for(prepared, bruno, now, limit=Decimal("2500000.00"))
    offered = offer_for(analysed_request(index, alice, now), bruno, now).request
    bound = bound_guarantee(index, alice, bruno, now).request
    withdrawn = submitted_request(index, alice, now)
    requests.withdraw(withdrawn.pk, actor=alice, at=now)
    files = (just_submitted, being_scored, unscored, judged, prepared, offered, bound, withdrawn)
    answers = [client.get(address(each), headers={"accept-language": language}).status_code for each in files]
    assert answers == [200] * 8


def test_a_buyer_without_accounts_is_said_to_have_no_score(index, alice, now, desk_of_bruno):
    request = submitted_request(index, alice, now)
    request.accounts.all().delete()
    analyse(request, now)
    page = desk_of_bruno.get(address(request))
    assert "No accounts of the buyer came with the request." in text_of(page)
    assert address(request, "grade") in content_of(page)
    assert address(request, "offer") not in content_of(page)


def test_missing_items_are_named(index, alice, now, desk_of_bruno):
    request = submitted_request(index, alice, now)
    for year in request.accounts.all():
        year.items = {code: value for code, value in year.items.items() if code not in {"sales", "net_profit"}}
        year.save()
    analyse(request, now)
    page = text_of(desk_of_bruno.get(address(request)))
    assert "The accounts lack what the model needs: Sales, Net profit." in page


def test_accounts_that_do_not_add_up_are_referred_with_the_gap(index, alice, now, desk_of_bruno):
    request = submitted_request(index, alice, now)
    newest = request.accounts.first()
    newest.items["fixed_assets"] = "40000000"
    newest.save()
    analyse(request, now)
    page = text_of(desk_of_bruno.get(address(request)))
    assert "The accounts do not add up" in page
    assert "Total assets = fixed assets + current assets: a gap of −1,100,000.00" in page


def test_steps_after_the_model_are_told_with_what_they_did(index, alice, now, desk_of_bruno):
    request = submitted_request(index, alice, now)
    request.accounts.update(audited=False)
    CountryTerms.objects.filter(country="RO").update(oecd_class=5)
    analyse(request, now)
    page = text_of(desk_of_bruno.get(address(request)))
    assert "The accounts are not audited. The PD goes from 1.50% to 1.65%." in page
    assert "The buyer's country is in OECD class 5: 1 grade worse. The PD goes from 1.65% to 3.00%." in page


def test_other_files_on_the_buyer_are_counted_and_named(file, bruno, now, desk_of_bruno):
    company, author = another_company()
    bound_guarantee(company, author, bruno, now)
    open_company, open_author = another_company(2)
    offer_for(analysed_request(open_company, open_author, now), bruno, now)
    page = text_of(desk_of_bruno.get(address(file)))
    assert "€1,480,000.00 insured on PEI, over all insureds" in page
    assert "24.67% of the limit" in page
    assert "Atelier 2 SAS offered, not bound" in page


def test_terms_tried_out_stand_in_the_address_and_go_into_the_offer(file, desk_of_bruno):
    tried = {"limit": "1 000 000,00", "insured_percentage": "85", "deductible": "10000", "cover_start": "2026-12-01",
             "cover_end": "2027-11-14", "options": "retention_of_title"}  # fmt: skip
    page = text_of(desk_of_bruno.get(address(file), tried))
    assert "The peak of €1,480,000.00 stands above this limit" in page
    assert "If nothing of the peak were paid, EUR Loss 1,480,000.00 Above the credit limit −480,000.00" in page
    assert "The insured's share −160,000.00 We would pay €840,000.00" in page
    answer = desk_of_bruno.get(address(file, "offer"), tried)
    form = answer.content.decode()
    assert "We would pay €840,000.00" in text_of(answer)
    assert 'value="1,000,000.00"' in form
    assert re.search(r'value="retention_of_title"[^>]*checked', form)


def test_a_file_costs_the_same_queries_however_much_is_insured_on_the_buyer(file, bruno, now, desk_of_bruno):
    screen_request(file, Screening.Moment.SUBMISSION, at=now)
    desk_of_bruno.get(address(file))
    with CaptureQueriesContext(connection) as alone:
        desk_of_bruno.get(address(file))
    for number in range(3):
        company, author = another_company(number)
        bound_guarantee(company, author, bruno, now, limit=Decimal("1000000.00"))
    with CaptureQueriesContext(connection) as crowded:
        desk_of_bruno.get(address(file))
    assert len(alone) == len(crowded)
    assert len(alone) < 60


# --- Offering ---------------------------------------------------------------------------------------------------------


def test_the_underwriter_prices_and_offers_the_reference_case(file, desk_of_bruno, bruno):
    page = text_of(desk_of_bruno.get(address(file, "offer")))
    for line in (
        "Expected loss 3,272.24",
        "Selection 2,454.18",
        "Cost of capital 11,730.47",
        "Analysis and monitoring 7,800.00",
        "Commission and margin 6,314.22",
        "To pay €31,571.11",
    ):
        assert line in page
    answer = desk_of_bruno.post(address(file, "offer"), typed(), follow=True)
    offer = Offer.objects.get()
    assert f"Offer {offer.number} is made; the insured was told." in text_of(answer)
    assert (offer.status, offer.signed_by, offer.to_pay) == ("open", bruno, Decimal("31571.11"))
    assert (offer.cover_start, offer.cover_end, offer.valid_until) == (
        date(2026, 12, 1), date(2027, 11, 14), date(2026, 12, 8),
    )  # fmt: skip
    assert [each.kind for each in offer.conditions.all()] == ["premium_paid"]
    assert offer.note == "PEI pays late but pays."


def test_the_form_opens_with_the_suggestion(file, desk_of_bruno):
    form = desk_of_bruno.get(address(file, "offer")).content.decode()
    for value in ("1,480,000.00", "90", "2026-12-01", "2027-11-14", "2026-12-08"):
        assert f'value="{value}"' in form
    assert re.search(r'name="condition_premium_paid"[^>]*checked', form)
    assert "The limit covers your whole peak exposure of €1,480,000.00." in form


def test_pricing_stores_nothing(file, desk_of_bruno):
    answer = desk_of_bruno.post(address(file, "offer"), typed(act="price", limit="1.000.000,00", note=""))
    assert answer.status_code == 200
    assert "The peak of €1,480,000.00 stands above this limit" in text_of(answer)
    assert not Offer.objects.exists()


def test_what_was_typed_stays_when_the_offer_is_refused(file, desk_of_bruno):
    answer = desk_of_bruno.post(address(file, "offer"), typed(limit="1.200.000", note=" ", detail_premium_paid="SEPA"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Every decision gives its reasons." in page
    assert 'value="1.200.000"' in page
    assert 'value="SEPA"' in page
    assert not Offer.objects.exists()


def test_an_offer_is_only_made_at_the_price_that_was_looked_at(file, desk_of_bruno):
    answer = desk_of_bruno.post(address(file, "offer"), typed(limit="1,400,000.00"))
    assert answer.status_code == 422
    assert "The price changed since you looked at it" in text_of(answer)
    assert not Offer.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("limit", "a lot", "“a lot” is not an amount we can read."),
        ("limit", "0", "The amount must be above zero."),
        ("limit", "", "This field is required."),
        ("limit", "9" * 30, "is not an amount we can read."),
        ("insured_percentage", "59.99", "Ensure this value is greater than or equal to 60."),
        ("insured_percentage", "96", "Ensure this value is less than or equal to 95."),
        ("insured_percentage", "NaN", "Enter a number."),
        ("deductible", "1,332,000.00", "With this deductible nothing would ever be paid."),
        ("cover_end", "2026-11-30", "Cover ends before it starts."),
        ("cover_end", "2035-11-14", "These days are years apart"),
        ("cover_end", "9999-12-31", "This year is not plausible."),
        ("valid_until", "2026-11-23", "This day has passed."),
        ("valid_until", "2027-11-15", "The offer would outlive the cover."),
        ("valid_until", "soon", "This is not a day such as 14/11/2027."),
        ("options", "free_lunch", "free_lunch is not one of the available choices."),
        ("detail_parent_guarantee", "PEI Holding", "Tick this condition, or clear its detail."),
    ],
)
def test_bad_terms_are_refused_at_their_field(file, desk_of_bruno, field, value, sentence):
    answer = desk_of_bruno.post(address(file, "offer"), typed(**{field: value}))
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not Offer.objects.exists()


def test_a_limit_beyond_the_line_has_no_button_and_is_refused_when_posted(file, desk_of_sofia):
    over = typed(limit="6,000,000.01", seen_price="", act="price")
    page = desk_of_sofia.post(address(file, "offer"), over)
    assert "No room: €6,000,000.00 is left of a line of €6,000,000.00." in text_of(page)
    assert 'value="offer"' not in content_of(page)
    price = Decimal(page.context["trial"].preview.quote.price.to_pay)
    answer = desk_of_sofia.post(address(file, "offer"), over | {"act": "offer", "seen_price": str(price)})
    assert answer.status_code == 422
    assert "At grade 6 at most €6,000,000.00 may be insured on one buyer." in text_of(answer)
    assert not Offer.objects.exists()


def test_beyond_authority_a_second_person_signs(file, desk_of_bruno, desk_of_sofia, sofia):
    large = typed(limit="2,400,000.00", act="price")
    page = desk_of_bruno.post(address(file, "offer"), large)
    assert "a senior underwriter signs as well" in text_of(page)
    assert "Prepare the offer for a second signature" in text_of(page)
    desk_of_bruno.post(address(file, "offer"), large | {"act": "offer", "seen_price": "40686.00"})
    offer = Offer.objects.get()
    assert offer.status == "prepared"
    sign = address(file, "sign", offer.number)
    assert desk_of_bruno.get(sign).status_code == 403
    assert desk_of_bruno.post(sign).status_code == 403
    assert "Sign offer OF-2026-000001 over €2,400,000.00" in text_of(desk_of_sofia.get(sign))
    desk_of_sofia.post(sign)
    offer.refresh_from_db()
    assert (offer.status, offer.signed_by) == ("open", sofia)


def test_a_senior_without_the_authority_sees_no_button(file, bruno, now, desk_of_sofia):
    offer = offer_for(file, bruno, now, limit=Decimal("2400000.00"))
    Authority.objects.filter(role=InsurerRole.SENIOR_UNDERWRITER).update(worst_grade=5)
    page = content_of(desk_of_sofia.get(address(file)))
    assert address(file, "sign", offer.number) not in page
    assert address(file, "return", offer.number) in page
    assert desk_of_sofia.post(address(file, "sign", offer.number)).status_code == 403


def test_signing_what_has_lost_its_room_is_refused_on_the_page(file, bruno, sofia, now, desk_of_sofia):
    offer = offer_for(file, bruno, now, limit=Decimal("2400000.00"))
    company, author = another_company()
    bound_guarantee(company, author, sofia, now, limit=Decimal("4000000.00"))
    answer = desk_of_sofia.post(address(file, "sign", offer.number))
    assert answer.status_code == 422
    assert "€4,000,000.00 is bound already." in text_of(answer)


def test_a_prepared_offer_is_returned_with_a_reason(file, bruno, now, desk_of_sofia):
    offer = offer_for(file, bruno, now, limit=Decimal("2400000.00"))
    assert desk_of_sofia.post(address(file, "return", offer.number), {"text": ""}).status_code == 422
    desk_of_sofia.post(address(file, "return", offer.number), {"text": "Halve the limit."})
    offer.refresh_from_db()
    assert offer.status == "returned"
    assert "was returned: Halve the limit." in text_of(desk_of_sofia.get(address(file)))


# --- Asking and declining ---------------------------------------------------------------------------------------------


def test_a_question_goes_to_the_insured_and_the_ball_with_it(file, desk_of_bruno):
    desk_of_bruno.post(address(file, "ask"), {"text": "Who owns PEI since March?"})
    file.refresh_from_db()
    assert (file.status, file.question) == (Status.INFORMATION_REQUESTED, "Who owns PEI since March?")
    page = desk_of_bruno.get(address(file))
    assert "The insured answers our question." in text_of(page)
    assert address(file, "offer") not in content_of(page)
    assert desk_of_bruno.get(address(file, "offer")).status_code == 403


def test_declining_takes_reasons(file, desk_of_bruno):
    assert desk_of_bruno.post(address(file, "decline"), {"text": " "}).status_code == 422
    file.refresh_from_db()
    assert file.status == Status.IN_ANALYSIS
    desk_of_bruno.post(address(file, "decline"), {"text": "PEI's bank withdrew its line in October."})
    file.refresh_from_db()
    assert (file.status, file.decline_reasons) == (Status.DECLINED, "PEI's bank withdrew its line in October.")
    page = content_of(desk_of_bruno.get(address(file)))
    assert not any(address(file, act) in page for act in ACTS)


# --- Scoring again, and another grade ---------------------------------------------------------------------------------


def test_a_buyer_is_scored_again_on_request(file, desk_of_bruno):
    assert desk_of_bruno.get(address(file, "analyse")).status_code == 405
    answer = desk_of_bruno.post(address(file, "analyse"), follow=True)
    assert "The buyer is being scored" in text_of(answer)
    assert sorted(Analysis.objects.values_list("status", flat=True)) == ["done", "pending"]
    assert desk_of_bruno.post(address(file, "analyse")).status_code == 403


def test_a_proposed_grade_counts_once_a_second_person_confirmed_it(file, desk_of_bruno, desk_of_sofia):
    ladder = text_of(desk_of_bruno.get(address(file, "grade")))
    assert "average 0.90% 10,000,000.00 1,480,000.00 90% 25,928.21" in ladder
    assert "weak 3.00% 3,000,000.00 880,000.00 80% 28,739.61" in ladder
    same = desk_of_bruno.post(address(file, "grade"), {"grade": "6", "reason": "As the model says."})
    assert "This is the grade in use already." in text_of(same)
    desk_of_bruno.post(address(file, "grade"), {"grade": "5", "reason": "New equity in September."})
    proposed = Analysis.objects.get().overrides.get()
    answer = address(file, "grade-answer", proposed.pk)
    assert "PD 1.50% in 12 months" in text_of(desk_of_bruno.get(address(file)))
    assert desk_of_bruno.post(answer, {"act": "confirm"}).status_code == 403
    assert "New equity in September." in text_of(desk_of_sofia.get(answer))
    desk_of_sofia.post(answer, {"act": "confirm"})
    page = text_of(desk_of_sofia.get(address(file)))
    assert "PD 0.90% in 12 months" in page
    assert "€25,928.21" in page
    assert "Proposed by Bruno Keller, confirmed by Sofia Lindqvist" in page


def test_a_proposed_grade_is_rejected_or_taken_back(file, desk_of_bruno, desk_of_sofia):
    for desk in (desk_of_sofia, desk_of_bruno):
        desk_of_bruno.post(address(file, "grade"), {"grade": "5", "reason": "New equity."})
        proposed = Analysis.objects.get().overrides.latest("pk")
        desk.post(address(file, "grade-answer", proposed.pk), {"act": "reject"})
        proposed.refresh_from_db()
        assert proposed.rejected_at is not None
    assert "PD 1.50% in 12 months" in text_of(desk_of_bruno.get(address(file)))


# --- The guarantee ----------------------------------------------------------------------------------------------------


def test_conditions_are_found_met_with_their_proof(index, alice, bruno, now, desk_of_bruno):
    guarantee = bound_guarantee(index, alice, bruno, now)
    file, condition = guarantee.request, guarantee.conditions.get()
    page = address(file, "meet", condition.pk)
    assert "This is the last condition: the guarantee enters into force at once." in text_of(desk_of_bruno.get(page))
    assert desk_of_bruno.post(page, {"text": ""}).status_code == 422
    desk_of_bruno.post(page, {"text": "Bank statement of 2 December"})
    guarantee.refresh_from_db()
    assert guarantee.status == Guarantee.Status.IN_FORCE
    assert "Bank statement of 2 December" in text_of(desk_of_bruno.get(address(file)))
    assert desk_of_bruno.get(page).status_code == 403


def test_a_guarantee_ends_with_a_reason(index, alice, bruno, now, desk_of_bruno):
    guarantee = bound_guarantee(index, alice, bruno, now)
    assert desk_of_bruno.get(address(guarantee.request, "close")).status_code == 403
    desk_of_bruno.post(address(guarantee.request, "not-taken-up"), {"text": "The premium never came."})
    guarantee.refresh_from_db()
    assert guarantee.status == Guarantee.Status.NOT_TAKEN_UP
    in_force = bound_guarantee(index, alice, bruno, now, conditions={})
    desk_of_bruno.post(address(in_force.request, "close"), {"text": "All three invoices are paid."})
    in_force.refresh_from_db()
    assert in_force.status == Guarantee.Status.CLOSED


# --- Who may do what --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Peter Adler", "David Moreau", "Inês Costa", "Jana Nováková"])
def test_readers_read_everything_and_find_no_button(file, bruno, now, signed_in, name):
    offer = offer_for(file, bruno, now, limit=Decimal("2400000.00"))
    propose_override(offer.analysis_id, grade=5, reason="New equity.", by=bruno, at=now)
    desk = signed_in(person_named(name))
    page = desk.get(address(file))
    assert page.status_code == 200
    assert "Offer OF-2026-000001 was prepared" in text_of(page)
    may_screen = name == "Jana Nováková"
    buttons = re.findall(r"<button\b[^>]*>(.*?)</button>", content_of(page), re.DOTALL)
    assert [each.strip() for each in buttons] == (["Screen again"] if may_screen else [])
    assert not any(address(file, act) in content_of(page) for act in ACTS)
    before = Entry.objects.count()
    acts = [address(file, act) for act in (*ACTS, "analyse", "not-taken-up", "close")]
    acts += [address(file, act, offer.number) for act in ("sign", "return")]
    acts += [address(file, "grade-answer", offer.analysis.overrides.get().pk)]
    assert [desk.post(act, {"text": "x", "act": "confirm"}).status_code for act in acts] == [403] * len(acts)
    assert Entry.objects.count() == before


def test_the_desk_is_for_staff(file, client, signed_in, alice):
    assert client.get(address(file)).url == f"/sign-in/?next={address(file)}"
    assert signed_in(alice).get(address(file), follow=True).status_code == 403
    assert signed_in(alice).get(reverse("admin:index"), follow=True).status_code == 403


def test_a_draft_is_no_file_yet(index, alice, now, desk_of_bruno):
    draft = demo.draft_request(index, alice, now)
    assert desk_of_bruno.get(address(draft)).status_code == 404
    assert desk_of_bruno.get("/desk/file/UF-1999-000001/").status_code == 404


# --- The queue and the lists ------------------------------------------------------------------------------------------


def test_the_queue_shows_what_waits_longest_first(index, alice, bruno, now, desk_of_bruno):
    old = analysed_request(index, alice, now - timedelta(days=12))
    new = analysed_request(index, alice, now - timedelta(days=1))
    signed = offer_for(analysed_request(index, alice, now), bruno, now).request
    page = desk_of_bruno.get(reverse("admin:index"))
    text = text_of(page)
    assert "2 requests wait for us" in text
    assert text.index(old.reference) < text.index(new.reference)
    assert "12 days" in text
    assert signed.reference not in text


def test_the_queue_shows_second_signatures_and_conditions(file, index, alice, bruno, now, desk_of_sofia):
    offer = offer_for(file, bruno, now, limit=Decimal("2400000.00"))
    judged = analysed_request(index, alice, now)
    propose_override(Analysis.objects.get(request=judged).pk, grade=5, reason="New equity.", by=bruno, at=now)
    guarantee = bound_guarantee(index, alice, bruno, now, limit=Decimal("1000000.00"))
    text = text_of(desk_of_sofia.get(reverse("admin:index")))
    assert f"Offers awaiting a second signature Offer Buyer Insured Limit, EUR Price, EUR Grade Prepared by Waits {offer.number}" in text  # fmt: skip # noqa: E501
    assert "New equity. Bruno Keller today" in text
    assert f"{guarantee.number} PEI INDEX SAS 1,000,000.00 1 December 2026 Premium paid today" in text


def test_an_empty_desk_says_what_will_appear(index, now, desk_of_bruno):
    text = text_of(desk_of_bruno.get(reverse("admin:index")))
    assert "A request appears here as soon as an insured submits it" in text


LISTS = ("applications_coverrequest", "underwriting_offer", "underwriting_guarantee", "underwriting_analysis")


def test_lists_and_queue_cost_the_same_queries_with_one_row_and_with_twenty(index, alice, bruno, now, desk_of_bruno):
    addresses = [reverse("admin:index"), *(reverse(f"admin:{name}_changelist") for name in LISTS)]
    cover_line = CumulLine.objects.filter(grade=6)
    cover_line.update(amount=Decimal("100000000.00"))

    def grow(count: int) -> None:
        for _number in range(count):
            bound_guarantee(index, alice, bruno, now)
            request = analysed_request(index, alice, now)
            override = propose_override(Analysis.objects.get(request=request).pk, grade=5, reason="x", by=bruno, at=now)
            confirm_override(override.pk, by=person_named("Sofia Lindqvist"), at=now)
            offer_for(analysed_request(index, alice, now), bruno, now, limit=Decimal("2400000.00"))

    def queries() -> list[int]:
        counts = []
        for each in addresses:
            with CaptureQueriesContext(connection) as captured:
                assert desk_of_bruno.get(each).status_code == 200
            counts.append(len(captured))
        return counts

    grow(1)
    queries()
    with_one = queries()
    grow(19)
    assert queries() == with_one


def test_requests_wait_first_and_lead_to_the_file(index, alice, bruno, now, desk_of_bruno):
    offered = offer_for(analysed_request(index, alice, now - timedelta(days=30)), bruno, now).request
    old = analysed_request(index, alice, now - timedelta(days=9))
    new = analysed_request(index, alice, now)
    demo.draft_request(index, alice, now)
    page = content_of(desk_of_bruno.get(reverse("admin:applications_coverrequest_changelist")))
    assert re.findall(r"/desk/file/(UF-[\d-]+)/", page) == [old.reference, new.reference, offered.reference]
    found = desk_of_bruno.get(reverse("admin:applications_coverrequest_changelist"), {"q": offered.reference})
    assert re.findall(r"/desk/file/(UF-[\d-]+)/", content_of(found)) == [offered.reference]


def test_the_list_shows_the_grade_a_person_set(file, bruno, sofia, now, desk_of_bruno):
    override = propose_override(Analysis.objects.get().pk, grade=4, reason="New equity.", by=bruno, at=now)
    confirm_override(override.pk, by=sofia, at=now)
    page = content_of(desk_of_bruno.get(reverse("admin:applications_coverrequest_changelist")))
    assert '<span class="grade-number">4</span>' in page


def test_no_raw_form_of_a_file_is_ever_shown(index, alice, bruno, now, desk_of_bruno):
    guarantee = bound_guarantee(index, alice, bruno, now)
    rows = {"applications_coverrequest": guarantee.request, "underwriting_offer": guarantee.offer,
            "underwriting_guarantee": guarantee, "underwriting_analysis": guarantee.offer.analysis}  # fmt: skip
    for name, row in rows.items():
        answer = desk_of_bruno.get(reverse(f"admin:{name}_change", args=[row.pk]))
        assert answer.url == address(guarantee.request)
        assert desk_of_bruno.get(reverse(f"admin:{name}_add")).status_code == 403
        assert desk_of_bruno.post(reverse(f"admin:{name}_delete", args=[row.pk])).status_code == 403


# --- Dated terms ------------------------------------------------------------------------------------------------------

DATED = (
    "underwriting_tariff",
    "underwriting_authority",
    "underwriting_cumulline",
    "underwriting_premiumtax",
    "applications_productterms",
    "applications_countryterms",
)


@pytest.mark.parametrize("name", [*DATED, "applications_exchangerate"])
def test_all_staff_read_the_terms_and_only_seniors_add(peter, now, signed_in, desk_of_sofia, name):
    auditor = signed_in(peter)
    assert auditor.get(reverse(f"admin:{name}_changelist")).status_code == 200
    assert auditor.get(reverse(f"admin:{name}_add")).status_code == 403
    assert desk_of_sofia.get(reverse(f"admin:{name}_add")).status_code == 200


def test_a_row_is_ended_and_nothing_else_of_it_changes(sofia, now, desk_of_sofia):
    line = CumulLine.objects.get(grade=6)
    page = reverse("admin:underwriting_cumulline_change", args=[line.pk])
    desk_of_sofia.post(page, {"ended_on": "2026-12-01", "amount": "999", "grade": "1", "valid_from": "2020-01-01"})
    line.refresh_from_db()
    assert (line.ended_on, line.amount, line.grade) == (date(2026, 12, 1), Decimal("6000000.00"), 6)
    assert line.valid_from == date(2026, 1, 1)
    desk_of_sofia.post(page, {"ended_on": "2027-01-01"})
    line.refresh_from_db()
    assert line.ended_on == date(2026, 12, 1)
    assert desk_of_sofia.post(reverse("admin:underwriting_cumulline_delete", args=[line.pk])).status_code == 403


def test_what_was_in_force_on_a_past_day_stays(sofia, now, desk_of_sofia):
    line = CumulLine.objects.get(grade=6)
    page = reverse("admin:underwriting_cumulline_change", args=[line.pk])
    assert "This day has passed" in text_of(desk_of_sofia.post(page, {"ended_on": "2026-11-23"}))
    add = reverse("admin:underwriting_cumulline_add")
    backdated = desk_of_sofia.post(add, {"grade": "6", "amount": "1", "valid_from": "2026-11-23"})
    assert "This day has passed" in text_of(backdated)
    desk_of_sofia.post(add, {"grade": "6", "amount": "7000000.00", "valid_from": "2026-11-24"})
    assert CumulLine.objects.in_force(date(2026, 11, 24)).filter(grade=6).first().amount == Decimal("7000000.00")
    assert CumulLine.objects.in_force(date(2026, 11, 23)).filter(grade=6).first().amount == Decimal("6000000.00")


TARIFF = {
    "version": "2026-2", "valid_from": "2026-11-24", "lgd": "0.60", "country_factors": '{"RO": "1.25"}',
    "default_country_factor": "1.10", "selection_load": "0.75", "coc": "0.10", "fixed_expenses": "6000.00",
    "monthly_monitoring": "150.00", "commission": "0.10", "margin": "0.10", "minimum_premium": "10000.00",
    "option_factors": '{"pre_shipment": 1.35, "political": 1.15, "short_waiting_period": 1, "retention_of_title": 0.9}',
}  # fmt: skip


def test_a_new_tariff_prices_from_its_first_day(file, bruno, now, desk_of_sofia):
    desk_of_sofia.post(reverse("admin:underwriting_tariff_add"), TARIFF)
    assert Tariff.objects.get(version="2026-2").country_factors == {"RO": "1.25"}
    offer = offer_for(file, bruno, now)
    assert (offer.tariff.version, offer.price.expected) == ("2026-2", Decimal("3712.25"))


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("commission", "0.95", "This tariff cannot price an order: loadings."),
        ("lgd", "0", "This tariff cannot price an order: lgd."),
        ("country_factors", '{"RO": "much"}', "Write factors as"),
        ("country_factors", '{"RO": "-1"}', "A factor is a number from zero up."),
        ("country_factors", "[1.1]", "Write factors as"),
        ("option_factors", '{"political": "1.1"}', "A factor is missing for: pre_shipment, retention_of_title"),
    ],
)
def test_a_tariff_that_cannot_price_is_refused(sofia, now, desk_of_sofia, field, value, sentence):
    answer = desk_of_sofia.post(reverse("admin:underwriting_tariff_add"), TARIFF | {field: value})
    assert sentence in text_of(answer)
    assert not Tariff.objects.filter(version="2026-2").exists()

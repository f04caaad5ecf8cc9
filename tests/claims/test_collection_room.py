"""The collection room at the desk as claims people read it, and as the others do not. Amounts are EUR.

PEI in Romania owes 1,110,000.00 since 29 September and 370,000.00 since 14 November 2027; today is 1 December 2027.
"""

import re
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from claims.actions import collection, deliveries, notices, reserves
from claims.actions.collection import StepFacts
from claims.models import Claim, CollectorLine, Credit, RecoveryExperience
from tests.claims.money import another_approver, claim_in_collection, paid
from tests.factories import deliver_everything, instant, person_named

TODAY = date(2027, 12, 1)
AT = instant(TODAY)
HEADER = "reference;date;invoice;step;collected;cost;remark\n"


@pytest.fixture
def david(index):
    """Claims handler."""
    return person_named("David Moreau")


@pytest.fixture
def ines(index):
    """Claims approver."""
    return person_named("Inês Costa")


@pytest.fixture
def claim(index, alice, bruno, david, now, settings):
    """In collection, its reserve set by itself; the clock then stands on 1 December 2027."""
    settings.SESSION_COOKIE_AGE = 10 * 366 * 86400
    claim = claim_in_collection(index, alice, bruno, david, now)
    deliver_everything()
    with time_machine.travel(AT, tick=False):
        yield Claim.objects.get(pk=claim.pk)


@pytest.fixture
def desk(claim, signed_in, david):
    """David's browser."""
    return signed_in(david)


def address(name, claim, *more):
    return reverse(f"admin:claim-{name}", args=[claim.number, *more])


def text_of(response):
    """What a person reads, without tags and on one line."""
    html = re.sub(r"<(script|style|option)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&#x27;", "’").split())


def read(browser, claim, name="collection", *more, **query):
    response = browser.get(address(name, claim, *more), query)
    assert response.status_code == 200
    return text_of(response)


def pdf(name="receipt.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1.4\n%%EOF\n")


def enter(claim, by, code="summons_ro", cost="412.50", **options):
    facts = StepFacts(code, date(2027, 11, 20), note="Served in Pitesti", cost=Decimal(cost))
    return collection.take_step(claim.pk, facts, receipt=pdf(), by=by, at=AT, **options)


def pay(claim, by, amount, on):
    deliveries.declare_credit(claim.guarantee_id, kind="payment", on=on, amount=Decimal(amount), by=by, at=instant(on))


def agree(claim, by, *rows, agreed_on=date(2027, 10, 1)):
    instalments = [(on, Decimal(amount)) for on, amount in rows]
    return collection.agree_plan(claim.pk, instalments=instalments, agreed_on=agreed_on, by=by, at=AT)


def statement(*lines):
    return SimpleUploadedFile("statement.csv", (HEADER + "\n".join(lines)).encode())


def bring(claim, by, *lines):
    content = (HEADER + "\n".join(lines)).encode()
    return collection.import_statement(claim.pk, collector="Recovery SA", name="s.csv", content=content, by=by, at=AT)


def insolvent(claim, alice):
    answers = {"insolvent_on": "2027-11-29", "known_on": "2027-11-30"}
    told = notices.Sending(act="insolvency_notice", invoices=list(claim.invoices.all()), answers=answers)
    notices.send(claim.guarantee_id, told, by=alice, at=AT)


# --- The cockpit ------------------------------------------------------------------------------------------------------


def test_the_room_says_what_is_owed_what_to_do_next_and_what_waiting_takes(desk, claim):
    text = read(desk, claim)
    assert "PEI owes €1,480,000.00, 63 days overdue" in text
    assert "Late: Written notification, by 29 October 2027 (33 days late)" in text
    assert "Legal basis Codul civil, art. 1522-1523; Legea nr. 72/2013" in text
    assert "Usual cost €150.00 our own estimate" in text
    assert "Waiting until 30 December 2027 would take from the expected recovery" in text
    assert "Source: CCAA survey of members, 18 October 2004 146,187.00" in text
    assert "Less the usual cost of the step −150.00 Worth its cost €146,037.00" in text
    assert "€1,230,089.67 of €1,480,000.00 may still come in" in text
    assert "F-2027-118 29 September 2027 63 1,110,000.00 80.1% 889,443.00" in text


def test_an_empty_room_says_what_will_appear(desk, claim):
    text = read(desk, claim)
    assert "0 of 9 steps taken against a buyer in Romania" in text
    assert "No instalment plan runs Once the buyer agrees to pay by instalments" in text
    assert "The buyer has promised nothing yet" in text
    assert "Nobody to speak to is known yet" in text
    assert "No statement of an outside collector is here" in text
    assert "await a second person" not in text


def test_the_ladder_is_that_of_romania(desk, claim):
    text = read(desk, claim)
    ladder = text[text.index("0 of 9 steps taken") : text.index("Days and costs are our own estimates")]
    expected = (
        "Written notification Overdue Amicable demand · 30 September 2027 to 29 October 2027",
        "Retention of title, RNPM register Overdue",
        "Negotiation and instalments Overdue",
        "Summons to pay (somație) Overdue Pre-legal · 8 November 2027 to 28 November 2027 (3 days late)",
        "European order for payment To be done now",
        "Order for payment (ordonanță de plată) To be done now",
        "Creditor’s petition for insolvency Upcoming",
        "Action in court Upcoming Legal action · 27 January 2028 to 20 July 2029",
        "Filing of the claim in the insolvency Only if insolvency proceedings are opened",
    )
    places = [ladder.index(each) for each in expected]
    assert places == sorted(places)


def test_an_insured_outside_the_union_is_offered_no_european_order(desk, claim, index):
    type(index).objects.filter(pk=index.pk).update(country="CH")
    text = read(desk, claim)
    assert "0 of 8 steps taken against a buyer in Romania" in text
    assert "European order" not in text


def test_a_buyer_outside_the_union_is_taken_to_court_or_arbitration(desk, claim):
    buyer = claim.guarantee.buyer
    type(buyer).objects.filter(pk=buyer.pk).update(country="US")
    text = read(desk, claim)
    assert "steps taken against a buyer in United States" in text
    assert "Court or arbitration" in text
    assert "ordonanță" not in text


def test_what_was_done_stands_under_its_step_with_its_cost_and_receipt(desk, claim, david, ines):
    step = enter(claim, david)
    text = read(desk, claim)
    assert "1 of 9 steps taken" in text
    assert "20 November 2027 Served in Pitesti David Moreau €412.50 receipt.pdf awaits a second person" in text
    assert "€412.50 of costs await a second person" in text
    assert "another person approves it" in text
    collection.approve_cost(step.pk, by=ines, at=AT)
    text = read(desk, claim)
    assert "€412.50 receipt.pdf approved by Inês Costa" in text
    assert "of costs await a second person" not in text


def test_a_step_of_a_catalogue_that_changed_is_still_shown(desk, claim, david):
    enter(claim, david)
    claim.steps.update(code="telegram")
    assert "Steps the country no longer offers 20 November 2027 telegram Served in Pitesti" in read(desk, claim)


def test_in_insolvency_the_claim_is_filed_first_and_age_promises_nothing(desk, claim, alice):
    insolvent(claim, alice)
    text = read(desk, claim)
    assert "Now: Filing of the claim in the insolvency, by 13 January 2028 (43 days left)" in text
    assert "the usual days, no court has set them" in text
    assert "Proceedings were opened on 29 November 2027. What comes in now is a dividend" in text
    assert "In insolvency no figure says what waiting takes" in text
    assert "Stayed by the insolvency" in text
    assert "Claims are to be filed by not entered yet" in text


def test_without_a_table_of_ages_nothing_is_promised(desk, claim):
    RecoveryExperience.objects.all().delete()
    text = read(desk, claim)
    assert "No table of recovery by age is in force" in text
    assert "what waiting would take cannot be told" in text


def test_missed_instalments_and_broken_promises_stand_at_the_head(desk, claim, david, alice):
    """50,000 due 10 October, 50,000 due 10 November, 100,000 due 10 January; 70,000 came on 20 October."""
    rows = (date(2027, 10, 10), "50000.00"), (date(2027, 11, 10), "50000.00"), (date(2028, 1, 10), "100000.00")
    agree(claim, david, *rows)
    pay(claim, alice, "70000.00", date(2027, 10, 20))
    collection.note_promise(
        claim.pk, amount=Decimal("40000.00"), promised_on=date(2027, 11, 2), pay_by=date(2027, 11, 5), by=david, at=AT
    )
    text = read(desk, claim)
    assert "The buyer missed an instalment: €30,000.00 since 10 November 2027" in text
    assert "The buyer broke its promise: €40,000.00 by 5 November 2027" in text
    assert "An instalment was missed: €30,000.00 of the plan is late" in text
    assert "10 October 2027 50,000.00 50,000.00 Paid" in text
    assert "10 November 2027 50,000.00 20,000.00 Missed €30,000.00 lacking, 21 days late" in text
    assert "10 January 2028 100,000.00 0.00 To come" in text
    assert "In all 200,000.00 70,000.00" in text
    assert "40,000.00 5 November 2027 2 November 2027 – Broken nothing" in text


def test_a_plan_that_is_kept_says_what_comes_next_and_former_ones_stay(desk, claim, david):
    agree(claim, david, (date(2027, 10, 10), "50000.00"))
    agree(claim, david, (date(2028, 1, 10), "80000.00"), agreed_on=TODAY)
    text = read(desk, claim)
    assert "The instalment plan is kept: €80,000.00 still to come, next on 10 January 2028" in text
    assert "Agreed on 1 October 2027, ended on 1 December 2027: another plan takes its place" in text


def test_each_line_of_the_collector_says_whether_it_is_a_payment(desk, claim, david, alice):
    pay(claim, alice, "7000.00", date(2027, 11, 24))
    lines = bring(
        claim, david,
        "R-1;2027-11-22;F-2027-118;Call;50000.00;120.00;By telephone",
        "R-2;2027-11-25;;Call;7000.00;0;",
        "R-3;2027-11-26;;Bounced;-500.00;0;",
    ).lines  # fmt: skip
    text = read(desk, claim)
    assert "€50,000.00 collected is not declared yet" in text
    assert "Recovery SA, s.csv: €56,500.00 collected, €120.00 of costs" in text
    assert "Declare €50,000.00 as a payment" in text
    assert "Looks declared already €7,000.00 on 24 November 2027" in text
    assert "It is other money: declare €7,000.00 too" in text
    assert "Takes a payment back: cancel it among the payments" in text
    line = lines.get(reference="R-1")
    response = desk.post(address("declare-collected", claim, line.pk), follow=True)
    assert "A payment of €50,000.00 is declared." in text_of(response)
    assert "Declared" in text_of(response)
    desk.post(address("declare-collected", claim, line.pk))
    assert Credit.objects.filter(amount_eur=Decimal("50000.00")).count() == 1
    assert "Every payment the collector names is declared" in read(desk, claim)


def test_after_the_indemnity_the_collectors_money_is_a_recovery(desk, claim, david, ines):
    line = bring(claim, david, "R-1;2027-11-22;;Call;50000.00;0;").lines.get()
    paid(claim, david, ines)
    text = read(desk, claim)
    assert "The indemnity is paid: what the collector brings in now is a recovery and is shared." in text
    assert "Enter it as a recovery" in text
    refused = desk.post(address("declare-collected", claim, line.pk))
    assert refused.status_code == 409
    assert "enter this money as a recovery" in text_of(refused)


def test_the_reserve_stands_with_its_history(desk, claim, david):
    figures = reserves.Figures(Decimal("1200000.00"), Decimal("15000.00"), Decimal("400000.00"))
    reserves.set_reserve(claim.pk, figures, reason="The buyer offers 400,000", by=david, at=AT)
    text = read(desk, claim)
    assert "€1,200,000.00 is set aside for indemnity, €15,000.00 for costs" in text
    assert "David Moreau 1,200,000.00 15,000.00 400,000.00 The buyer offers 400,000" in text
    assert "by itself 1,332,000.00 0.00 1,127,271.60 Set when the claim was opened" in text


@pytest.mark.parametrize("name", ["David Moreau", "Inês Costa"])
def test_there_is_one_primary_act(claim, signed_in, david, name):
    enter(claim, david)
    html = signed_in(person_named(name)).get(address("collection", claim)).content.decode()
    buttons = re.findall(r'class="button"[^>]*>\s*(.*?)\s*</', html, flags=re.DOTALL)
    if name == "Inês Costa":
        assert buttons == ["Read and approve the cost of €412.50"]
    else:
        assert buttons == ["Enter that it was done: Written notification"]


# --- Acts -------------------------------------------------------------------------------------------------------------


def test_a_step_is_entered_with_its_guide_beside_the_form(desk, claim):
    text = read(desk, claim, "step", code="summons_ro")
    assert "Have a bailiff serve the summons" in text
    assert "Legal basis Codul de procedură civilă, art. 1015 (somația)" in text
    given = {"code": "summons_ro", "taken_on": "2027-11-20", "note": "Served", "cost": "412,50", "receipt": pdf()}
    response = desk.post(address("step", claim), given, follow=True)
    assert "The step is entered." in text_of(response)
    step = claim.steps.get()
    assert (step.cost, step.receipt.is_internal, step.note) == (Decimal("412.50"), False, "Served")


def test_the_next_step_is_chosen_unless_the_address_names_another(desk, claim):
    html = desk.get(address("step", claim)).content.decode()
    assert re.search(r'<option value="notification_ro" selected', html)
    html = desk.get(address("step", claim), {"code": "court_ro", "cost": "120.00", "note": "R-1"}).content.decode()
    assert re.search(r'<option value="court_ro" selected', html)
    assert 'value="120.00"' in html
    assert ">\nR-1</textarea>" in html


def test_a_refused_step_says_why_at_its_field_and_keeps_what_was_typed(desk, claim):
    given = {"code": "summons_ro", "taken_on": "2027-12-02", "note": "Served by Ion", "cost": "412,50"}
    response = desk.post(address("step", claim), given)
    assert response.status_code == 422
    html = response.content.decode()
    assert re.search(r'id="id_receipt_error".*?Add the receipt of this cost', html, flags=re.DOTALL)
    assert "Served by Ion</textarea>" in html
    response = desk.post(address("step", claim), given | {"receipt": pdf()})
    assert response.status_code == 422
    assert re.search(r'id="id_taken_on_error".*?This day is still to come', response.content.decode(), flags=re.DOTALL)
    assert not claim.steps.exists()


def test_a_step_the_insolvency_stays_is_refused_at_the_step(desk, claim, alice):
    insolvent(claim, alice)
    response = desk.post(address("step", claim), {"code": "summons_ro", "taken_on": "2027-11-30"})
    assert response.status_code == 422
    assert re.search(
        r'id="id_code_error".*?The insolvency proceedings stay this step', response.content.decode(), flags=re.DOTALL
    )


def test_a_cost_is_read_with_its_receipt_and_approved_by_a_second_person(claim, signed_in, david, ines):
    step = enter(claim, david)
    browser = signed_in(ines)
    text = read(browser, claim, "cost", step.pk)
    assert "Approve €412.50" in text
    assert "Cost €412.50 this step usually costs €400.00" in text
    assert "receipt.pdf" in text
    assert "Approved before 0.00 This cost 412.50 Approved after €412.50" in text
    response = browser.post(address("cost", claim, step.pk), follow=True)
    assert "The cost is approved." in text_of(response)
    step.refresh_from_db()
    assert step.cost_approved_by == ines
    assert "Approved by Inês Costa on 1 December 2027, 10:00" in read(browser, claim, "cost", step.pk)


def test_ones_own_cost_has_no_button_and_is_refused(claim, signed_in, ines):
    step = enter(claim, ines)
    browser = signed_in(ines)
    response = browser.get(address("cost", claim, step.pk))
    assert "You entered this cost yourself" in text_of(response)
    assert 'class="button"' not in response.content.decode()
    refused = browser.post(address("cost", claim, step.pk))
    assert refused.status_code == 422
    assert "another claims approver approves it" in text_of(refused)
    assert signed_in(another_approver()).post(address("cost", claim, step.pk)).status_code == 302


def test_a_contact_needs_a_way_to_reach_it(desk, claim):
    response = desk.post(address("contact", claim), {"name": "Ion Popescu", "position": "Director"})
    assert response.status_code == 422
    assert "Give a telephone number or an e-mail address." in text_of(response)
    desk.post(address("contact", claim), {"name": "Ion Popescu", "position": "Director", "phone": "+40 248 000 000"})
    assert "Ion Popescu Director +40 248 000 000" in read(desk, claim)


def test_a_promise_of_more_than_is_owed_is_refused_at_the_amount(desk, claim):
    given = {"amount": "2 000 000,00", "promised_on": "2027-11-30", "pay_by": "2027-12-10", "said_by": "Ion Popescu"}
    response = desk.post(address("promise", claim), given)
    assert response.status_code == 422
    html = response.content.decode()
    assert re.search(r'id="id_amount_error".*?The buyer owes €1,480,000.00, less than this', html, flags=re.DOTALL)
    assert 'value="Ion Popescu"' in html
    desk.post(address("promise", claim), given | {"amount": "200 000,00"})
    assert "200,000.00 10 December 2027 9 days left 30 November 2027 Ion Popescu Awaited nothing" in read(desk, claim)


def test_a_plan_is_noted_row_by_row(desk, claim):
    rows = {"on_1": "2027-12-31", "amount_1": "50 000,00", "on_3": "2028-01-31", "amount_3": "100 000,00"}
    response = desk.post(address("plan", claim), {"agreed_on": "2027-12-01", "on_2": "2028-01-15"} | rows)
    assert response.status_code == 422
    html = response.content.decode()
    assert re.search(r'id="id_amount_2_error".*?Give the amount of this instalment', html, flags=re.DOTALL)
    assert 'value="50 000,00"' in html
    response = desk.post(
        address("plan", claim), {"agreed_on": "2027-12-01", "insurer_consents": "on"} | rows, follow=True
    )
    text = text_of(response)
    assert "The instalment plan is kept: €150,000.00 still to come, next on 31 December 2027" in text
    assert "Agreed on 1 December 2027, noted by David Moreau. We agreed to it." in text


def test_a_plan_of_more_than_is_owed_is_refused_above_the_form(desk, claim):
    given = {"agreed_on": "2027-12-01", "on_1": "2027-12-31", "amount_1": "1 480 000,01"}
    response = desk.post(address("plan", claim), given)
    assert response.status_code == 422
    assert "The buyer owes €1,480,000.00, less than this." in text_of(response)


def test_a_new_plan_shows_the_one_it_ends(desk, claim, david):
    agree(claim, david, (date(2028, 1, 10), "80000.00"))
    text = read(desk, claim, "plan")
    assert "The plan agreed before ends." in text
    assert "The plan that would end" in text
    assert "10 January 2028 80,000.00 0.00 To come" in text


def test_a_plan_ends_with_a_reason_once(desk, claim, david):
    plan = agree(claim, david, (date(2028, 1, 10), "80000.00"))
    assert desk.post(address("plan-end", claim, plan.pk), {"reason": ""}).status_code == 422
    assert desk.post(address("plan-end", claim, plan.pk), {"reason": "x" * 301}).status_code == 422
    desk.post(address("plan-end", claim, plan.pk), {"reason": "Nothing came"})
    plan.refresh_from_db()
    assert plan.ended_reason == "Nothing came"
    assert desk.get(address("plan-end", claim, plan.pk)).status_code == 404


def test_the_day_of_the_judgment_is_entered(desk, claim, alice):
    insolvent(claim, alice)
    assert "File the claim with the court by the day fixed in the opening judgment" in read(desk, claim, "filing")
    response = desk.post(address("filing", claim), {"on": "2027-11-28"})
    assert response.status_code == 422
    assert re.search(r'id="id_on_error".*?before the one it follows', response.content.decode(), flags=re.DOTALL)
    desk.post(address("filing", claim), {"on": "2027-12-20"})
    text = read(desk, claim)
    assert "Now: Filing of the claim in the insolvency, by 20 December 2027 (19 days left)" in text
    assert "the day in the judgment" in text


def test_without_insolvency_there_is_no_day_to_enter(desk, claim):
    assert "No insolvency is known" in read(desk, claim, "filing")
    response = desk.post(address("filing", claim), {"on": "2027-12-20"})
    assert response.status_code == 422
    assert "Nobody told us of insolvency proceedings" in text_of(response)


def test_a_statement_with_problems_says_each_at_the_file(desk, claim):
    bad = statement("R-1;soon;;Call;50000.00;0;", "R-2;2027-11-22;F-9;Call;1;0;")
    response = desk.post(address("collector", claim), {"collector": "Recovery SA", "file": bad})
    assert response.status_code == 422
    html = response.content.decode()
    at_the_field = html[html.index('id="id_file_error"') :]
    for sentence in (
        "Nothing was imported: this file has to be corrected first.",
        "B2: “soon” is not a day. Example: 2027-12-31",
        "C3: the invoice “F-9” is not declared.",
    ):
        assert f"<li>{sentence}</li>" in at_the_field
    assert 'value="Recovery SA"' in html
    assert not CollectorLine.objects.exists()


def test_the_same_statement_is_refused_at_the_file(desk, claim):
    for status in (302, 422):
        given = {"collector": "Recovery SA", "file": statement("R-1;2027-11-22;;Call;50000.00;0;")}
        response = desk.post(address("collector", claim), given)
        assert response.status_code == status
    assert re.search(
        r'id="id_file_error".*?This very file was imported already', response.content.decode(), flags=re.DOTALL
    )
    assert 'value="Recovery SA"' in desk.get(address("collector", claim)).content.decode()


def test_the_reserve_is_set_beside_what_todays_figures_would_make_of_it(desk, claim, david, alice):
    """370,000.00 came in: 90 % of 1,110,000.00 is 999,000.00. Oldest first: 740,000.00 at 63, 370,000.00 at 17 days.

    0.8013 of 740,000.00 and 0.920666... of 370,000.00 are 592,962.00 and 340,646.67, together 933,608.67; 90 % of it is
    840,247.80.
    """
    pay(claim, alice, "370000.00", date(2027, 11, 30))
    enter(claim, david)
    text = read(desk, claim, "reserve")
    assert "Today’s figures would set aside €999,000.00 for indemnity" in text
    assert "less what is signed 1,332,000.00 999,000.00" in text
    assert "entered so far, approved or not 0.00 412.50" in text
    assert "it stands beside the reserve 1,127,271.60 840,247.80" in text
    given = {"indemnity": "1 332 000,01", "costs": "5 000", "expected_recovery": "0", "reason": "Costs of the summons"}
    response = desk.post(address("reserve", claim), given)
    assert response.status_code == 422
    html = response.content.decode()
    assert re.search(r'id="id_indemnity_error".*?never pays more than €1,332,000.00', html, flags=re.DOTALL)
    assert "Costs of the summons</textarea>" in html
    desk.post(address("reserve", claim), given | {"indemnity": "999 000"})
    assert "€999,000.00 is set aside for indemnity, €5,000.00 for costs" in read(desk, claim)


# --- Who sees, who may ------------------------------------------------------------------------------------------------

ACTS = ("step", "contact", "promise", "plan", "filing", "collector", "reserve")


@pytest.mark.parametrize("name", ["Bruno Keller", "Peter Adler", "Jana Nováková"])
def test_others_at_the_insurer_read_the_room_and_find_no_act(claim, signed_in, david, name):
    step = enter(claim, david)
    plan = agree(claim, david, (date(2028, 1, 10), "80000.00"))
    line = bring(claim, david, "R-1;2027-11-22;;Call;50000.00;120.00;").lines.get()
    browser = signed_in(person_named(name))
    page = browser.get(address("collection", claim))
    assert page.status_code == 200
    main = page.content.decode()
    main = main[main.index('id="content"') :]
    assert "To be declared" in main
    assert not re.search(r"<(form|button|input)\b", main)
    addresses = [address(each, claim) for each in ACTS]
    addresses += [address("cost", claim, step.pk), address("plan-end", claim, plan.pk)]
    assert not any(each in main for each in addresses)
    assert [browser.get(each).status_code for each in addresses] == [403] * 9
    addresses.append(address("declare-collected", claim, line.pk))
    assert [browser.post(each).status_code for each in addresses] == [403] * 10
    assert not Credit.objects.exists()


def test_a_handler_who_is_no_approver_approves_no_cost(desk, claim, ines):
    step = enter(claim, ines)
    assert desk.get(address("cost", claim, step.pk)).status_code == 403
    assert "Read and approve" not in read(desk, claim)


@pytest.mark.parametrize("name", ["Alice Bernard", "Hélène Roux", "Marc Petit", "Camille Dubois"])
def test_the_insured_and_the_bank_do_not_enter(claim, signed_in, name):
    browser = signed_in(person_named(name))
    answers = [browser.get(address(each, claim), follow=True) for each in ("collection", *ACTS)]
    assert [each.status_code for each in answers] == [403] * 8


def test_what_is_not_of_this_claim_is_not_found(desk, signed_in, claim, ines):
    assert desk.get(reverse("admin:claim-collection", args=["CL-1999-000001"])).status_code == 404
    assert desk.get(address("plan-end", claim, 999)).status_code == 404
    assert desk.post(address("declare-collected", claim, 999)).status_code == 404
    assert signed_in(ines).get(address("cost", claim, 999)).status_code == 404
    assert desk.get(address("declare-collected", claim, 999)).status_code == 405


def test_a_closed_claim_is_read_and_no_longer_worked_on(desk, claim):
    Claim.objects.filter(pk=claim.pk).update(status="closed", closed_at=AT)
    html = desk.get(address("collection", claim)).content.decode()
    assert not any(address(each, claim) in html for each in ACTS)
    assert [desk.get(address(each, claim)).status_code for each in ACTS] == [403] * 7


def test_the_insured_reads_the_steps_and_neither_contacts_nor_internal_receipts_nor_reserves(
    claim, signed_in, david, alice
):
    enter(claim, david)
    facts = StepFacts("retention_ro", date(2027, 11, 21), note="Quietly looked for the goods", cost=Decimal("99.00"))
    collection.take_step(claim.pk, facts, receipt=pdf("detective.pdf"), is_internal=True, by=david, at=AT)
    collection.add_contact(claim.pk, name="Ion Popescu", phone="+40 248 000 000", by=david, at=AT)
    figures = reserves.Figures(Decimal("1234567.00"))
    reserves.set_reserve(claim.pk, figures, reason="They will never pay", by=david, at=AT)
    deliver_everything()
    browser = signed_in(alice)
    pages = [
        reverse("claim", args=[claim.number]),
        reverse("file", args=[claim.guarantee.request.reference]),
        reverse("deliveries", args=[claim.guarantee.number]),
        reverse("guarantee", args=[claim.guarantee.number]),
    ]
    for url in pages:
        response = browser.get(url)
        assert response.status_code == 200
        text = text_of(response)
        for secret in ("Ion Popescu", "detective", "1,234,567", "never pay", "Reserve", "Quietly"):
            assert secret not in text, (url, secret)
    text = text_of(browser.get(pages[0]))
    assert "Collection: Summons to pay (somație) on 20 November 2027" in text
    assert "receipt.pdf" in text
    internal = claim.guarantee.evidence.get(name="detective.pdf")
    assert browser.get(reverse("evidence", args=[internal.pk])).status_code == 404


# --- The desk's front page --------------------------------------------------------------------------------------------


def front(browser):
    response = browser.get(reverse("admin:index"))
    assert response.status_code == 200
    return text_of(response)


def test_the_desk_names_the_buyers_that_did_not_keep_their_word(desk, claim, david):
    assert "keep its word" not in front(desk)
    agree(claim, david, (date(2027, 11, 10), "50000.00"))
    collection.note_promise(
        claim.pk, amount=Decimal("40000.00"), promised_on=date(2027, 11, 2), pay_by=date(2027, 11, 5), by=david, at=AT
    )
    text = front(desk)
    assert "1 buyer did not keep its word" in text
    assert f"{claim.number} PEI (RO) 1 €50,000.00 lacking 1 5 November 2027 26 days late David Moreau" in text
    Claim.objects.update(status="closed", closed_at=AT)
    assert "keep its word" not in front(desk)


def test_the_desk_shows_an_approver_the_costs_another_person_entered(desk, claim, signed_in, david, ines):
    enter(claim, david)
    enter(claim, ines, "retention_ro", "99.00")
    text = front(signed_in(ines))
    assert "1 cost awaits your approval" in text
    assert f"{claim.number} Summons to pay (somație) 412.50 PEI (RO) David Moreau today" in text
    assert "99.00" not in text
    assert "your approval" not in front(desk)


# --- Queries ----------------------------------------------------------------------------------------------------------


def queries(browser, url):
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


def fill(claim, david, first, count):
    """Steps with costs, contacts, promises, plans and statements: as many of each as `count`."""
    for number in range(first, first + count):
        enter(claim, david)
        collection.add_contact(claim.pk, name=f"Ion {number}", phone="1", by=david, at=AT)
        collection.note_promise(
            claim.pk, amount=Decimal("10.00"), promised_on=date(2027, 11, 2), pay_by=date(2027, 11, 5), by=david, at=AT
        )
        agree(claim, david, (date(2027, 11, 10), "50.00"), (date(2028, 1, 10), "50.00"))
        bring(claim, david, *(f"R-{number}-{line};2027-11-22;F-2027-118;Call;10.00;1.00;" for line in range(count)))
        reserves.set_reserve(claim.pk, reserves.Figures(Decimal(number)), reason="Again", by=david, at=AT)


def test_the_room_and_the_front_page_cost_the_same_queries_with_one_line_and_with_twenty(claim, signed_in, david, ines):
    browser = signed_in(ines)
    pages = (address("collection", claim), address("plan", claim), address("reserve", claim), reverse("admin:index"))
    fill(claim, david, 1, 1)
    [queries(browser, each) for each in pages]
    with_one = [queries(browser, each) for each in pages]
    fill(claim, david, 2, 20)
    assert [queries(browser, each) for each in pages] == with_one

"""The guided path as its user walks it: every act from the first question to its receipt."""

from datetime import date
from decimal import Decimal
from urllib.parse import parse_qsl, urlencode

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from claims.account import Account
from claims.actions import deliveries, notices
from claims.advice import Consequence, Effect
from claims.clocks import Kind
from claims.models import Claim, Evidence, Invoice, Notice, Paper
from claims.words import effect_sentence, state_word
from journal.models import Entry
from tests.factories import another_company, claim_on_pei, deliver_to_pei, guarantee_in_force, instant, person_named

LATE = date(2027, 10, 20)  # D+21 of F-2027-118, which was due on 29 September 2027
NO_TO_ALL = {"paid": "no", "disputed": "no", "extension": "no", "insolvent": "no"}


@pytest.fixture
def guarantee(index, alice, bruno, now):
    guarantee = guarantee_in_force(index, alice, bruno, now)
    deliver_to_pei(guarantee, alice)
    return guarantee


@pytest.fixture
def first(guarantee):
    return guarantee.invoices.get(number="F-2027-118")


@pytest.fixture
def second(guarantee):
    return guarantee.invoices.get(number="F-2027-131")


@pytest.fixture
def on_day():
    """Stop the clock at nine on a day: `on_day(LATE)`."""
    travellers = []

    def travel(day):
        traveller = time_machine.travel(instant(day), tick=False)
        traveller.start()
        travellers.append(traveller)

    yield travel
    for traveller in reversed(travellers):
        traveller.stop()


@pytest.fixture
def late(guarantee, on_day):
    on_day(LATE)


@pytest.fixture
def browser(signed_in, alice, settings):
    """Alice's, signed in for the years this file travels through."""
    settings.SESSION_COOKIE_AGE = 10 * 366 * 86400
    return signed_in(alice)


def page(browser, guarantee, **answers):
    return browser.get(reverse("unpaid", args=[guarantee.number]), answers)


def words(response):
    return " ".join(response.content.decode().split())


def hidden_fields(response):
    """What the form of the effect page posts when nothing is typed."""
    from html.parser import HTMLParser

    class Inputs(HTMLParser):
        def __init__(self):
            super().__init__()
            self.found, self.inside = [], False

        def handle_starttag(self, tag, attrs):
            attrs = dict(attrs)
            if tag == "form":
                self.inside = attrs.get("enctype") == "multipart/form-data"
            if self.inside and tag == "input" and attrs.get("type") == "hidden":
                self.found.append((attrs["name"], attrs.get("value", "")))

    inputs = Inputs()
    inputs.feed(response.content.decode())
    fields = {}
    for name, value in inputs.found:
        fields.setdefault(name, []).append(value)
    fields.pop("csrfmiddlewaretoken", None)
    return fields


def press(browser, guarantee, shown, **typed):
    return browser.post(reverse("unpaid-send", args=[guarantee.number]), hidden_fields(shown) | typed)


# --- Asking -----------------------------------------------------------------------------------------------------------


def test_it_asks_one_question_a_screen_and_remembers_in_the_address(browser, guarantee, first, late):
    titles = []
    answers = {}
    for name, value in [("invoice", first.pk), *NO_TO_ALL.items()]:
        titles.append(page(browser, guarantee, **answers).context["path"].title)
        answers[name] = value
    assert titles == [
        "Which invoices is it about?",
        "Has the buyer paid?",
        "Does the buyer contest the goods or the invoice?",
        "Does the buyer ask to pay later, or in instalments?",
        "Do you know of insolvency proceedings against the buyer?",
    ]
    told = page(browser, guarantee, **answers).context["path"].told
    assert [(each.answer) for each in told] == [
        "F-2027-118",
        "No, nothing has come",
        "No, nothing is contested",
        "No, or we do not want to",
        "No, we know of none",
    ]
    assert dict(parse_qsl(told[2].again[1:])) == {"invoice": str(first.pk), "paid": "no"}


def test_what_is_overdue_is_ticked(browser, guarantee, first, second, late):
    form = page(browser, guarantee).context["form"]
    assert form["invoice"].value() == [first.pk]
    assert form.fields["invoice"].choices == [
        (first.pk, "F-2027-118: €1,110,000.00 unpaid, due on 29 September 2027"),
        (second.pk, "F-2027-131: €370,000.00 unpaid, due on 14 November 2027"),
    ]


def test_an_answer_that_cannot_be_read_stays_at_its_field(browser, guarantee, first, late):
    shown = page(
        browser, guarantee, invoice=first.pk, paid="no", disputed="yes",
        disputed_invoice=first.pk, disputed_amount="1 500 000", disputed_reason="Spindles vibrate",
    )  # fmt: skip
    form = shown.context["form"]
    assert form.errors == {"disputed_amount": ["Only €1,110,000.00 is unpaid on F-2027-118."]}
    assert form["disputed_reason"].value() == "Spindles vibrate"


def test_an_invoice_of_another_guarantee_cannot_be_named(browser, guarantee, late):
    shown = page(browser, guarantee, invoice="999999")
    assert "invoice" in shown.context["form"].errors


def test_a_payment_leads_to_its_declaration_and_not_to_a_notice(browser, guarantee, first, late):
    shown = page(browser, guarantee, invoice=first.pk, paid="yes")
    assert shown.context["act"] == "nothing"
    assert shown.context["why"] == "The buyer has paid: declare the payment, and the dates of the invoice go."
    assert reverse("credit-declare", args=[guarantee.number]) in words(shown)


def test_nothing_unpaid_says_so(browser, guarantee, alice, late):
    deliveries.declare_credit(
        guarantee.pk, kind="payment", on=date(2027, 10, 1), amount=Decimal("1480000.00"), by=alice, at=instant(LATE)
    )
    assert "Nothing is unpaid" in words(page(browser, guarantee))


# --- Advice -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "act", "why"),
    [
        (date(2027, 10, 1), "reminder", "The payment is a few days late: a reminder to the buyer comes first."),
        (date(2027, 10, 12), "overdue_notice", "The reminders are past and nothing is agreed with the buyer."),
        (date(2027, 10, 20), "overdue_notice", "The overdue notice is due, whatever was agreed with the buyer."),
        (date(2027, 11, 15), "claim", "The day by which to claim is near or past."),
    ],
)
def test_the_advice_of_a_late_invoice(browser, guarantee, first, on_day, day, act, why):
    on_day(day)
    shown = page(browser, guarantee, invoice=first.pk, **NO_TO_ALL)
    assert (shown.context["act"], shown.context["why"]) == (act, why)


def test_the_other_acts_are_secondary_links(browser, guarantee, first, late):
    shown = page(browser, guarantee, invoice=first.pk, **NO_TO_ALL)
    assert shown.context["doing"] == "Send the overdue notice on F-2027-118"
    assert [each[0] for each in shown.context["ways"]] == [
        "Send the insolvency notice on F-2027-118",
        "Claim F-2027-118",
        "Declare the dispute on F-2027-118",
        "Grant the extension on F-2027-118",
        "Agree to the instalment plan on F-2027-118",
        "Note the reminder on F-2027-118",
    ]
    assert words(shown).count('class="button"') == 1


def test_an_act_chosen_instead_asks_what_it_still_needs(browser, guarantee, first, late):
    shown = page(browser, guarantee, invoice=first.pk, **NO_TO_ALL, act="extension")
    assert shown.context["path"].title == "Until when?"
    assert "on_1" not in words(shown)


# --- Each act, from its effect to its receipt -------------------------------------------------------------------------


def test_the_overdue_notice(browser, guarantee, first, late):
    shown = page(browser, guarantee, invoice=first.pk, **NO_TO_ALL, act="overdue_notice")
    for said in (
        "Overdue notice on F-2027-118: met in time, it was due by 29 October 2027.",
        "Deliveries to the buyer from 30 October 2027 on are not covered until F-2027-118 is paid.",
        "Claim on F-2027-118: still due by 29 November 2027.",
        "It takes nothing out of cover.",
        "Send the overdue notice on F-2027-118",
    ):
        assert said in words(shown)
    letter = SimpleUploadedFile("reminder.pdf", b"%PDF-1.4\n%%EOF\n")
    answer = press(browser, guarantee, shown, note="PEI does not answer.", document=letter)
    sent = Notice.objects.get()
    assert answer["Location"] == reverse("notice", args=[sent.number])
    first.refresh_from_db()
    assert (first.status, first.notified_on) == ("notified", LATE)
    assert (sent.note, sent.sent_by.name) == ("PEI does not answer.", "Alice Bernard")
    kept = Evidence.objects.get()
    assert (kept.kind, kept.invoice, kept.name) == ("reminder", first, "reminder.pdf")
    assert sent.paper.facts["documents"] == [{"name": "reminder.pdf", "sha256": kept.sha256}]
    after = browser.get(answer["Location"])
    for said in (
        "Overdue notice received: F-2027-118",
        "Sent by Alice Bernard on 20 October 2027, 11:00:00 in Paris (09:00:00 UTC).",
        "29 November 2027",
        reverse("paper", args=[sent.paper.number, "en"]),
        reverse("paper", args=[sent.paper.number, "fr"]),
    ):
        assert said in words(after)


def test_a_late_notice_says_what_it_may_cost_before_it_is_sent(browser, guarantee, first, on_day):
    on_day(date(2027, 11, 2))
    shown = page(browser, guarantee, invoice=first.pk, **NO_TO_ALL, act="overdue_notice")
    said = (
        "late, it was due by 29 October 2027. As far as the delay did harm, up to €1,110,000.00 may fall out of cover;"
        " each further day can make it more."
    )
    assert said in words(shown)
    assert shown.context["effect"].total_at_stake == Decimal("1110000.00")


def test_the_reminder_changes_nothing_and_gives_a_receipt(browser, guarantee, first, on_day):
    on_day(date(2027, 10, 1))
    shown = page(browser, guarantee, invoice=first.pk, **NO_TO_ALL, act="reminder")
    assert "No date moves and no duty is met by it: it joins the file." in words(shown)
    press(browser, guarantee, shown)
    assert Paper.objects.get().facts["act"] == "reminder"
    first.refresh_from_db()
    assert first.status == "declared"


def test_an_extension_up_to_sixty_days_needs_no_consent(browser, guarantee, first, on_day):
    on_day(date(2027, 10, 1))
    asked = NO_TO_ALL | {"extension": "yes", "terms": "day", "extension_to": "2027-11-20", "invoice": first.pk}
    assert page(browser, guarantee, **asked).context["act"] == "extension"
    shown = page(browser, guarantee, **asked, act="extension")
    assert (
        "The extension of F-2027-118 to 20 November 2027 needs no consent: without it you may go up to"
        " 29 November 2027." in words(shown)
    )
    assert "Overdue notice on F-2027-118: still due by 29 October 2027." in words(shown)
    press(browser, guarantee, shown)
    first.refresh_from_db()
    assert (first.status, first.extended_to, first.due_on) == ("extended", date(2027, 11, 20), date(2027, 9, 29))


def test_beyond_sixty_days_it_says_in_red_what_is_lost_and_offers_to_ask(browser, guarantee, first, on_day):
    on_day(date(2027, 10, 1))
    asked = NO_TO_ALL | {"extension": "yes", "terms": "day", "extension_to": "2027-12-20", "invoice": first.pk}
    shown = page(browser, guarantee, **asked, act="extension")
    assert "tone-danger" in words(shown)
    assert (
        "The extension of F-2027-118 to 20 December 2027 goes beyond 29 November 2027. Granted without our consent,"
        " it takes €1,110,000.00 out of cover." in words(shown)
    )
    press(browser, guarantee, shown, ask="consent", note="A new bank line comes in December.")
    assert not Notice.objects.exists()
    question = Entry.objects.get(event="extension.asked")
    assert question.data["until"] == "2027-12-20"
    assert question.data["reason"] == "A new bank line comes in December."
    press(browser, guarantee, shown, ask="consent", note="Again")
    assert Entry.objects.filter(event="extension.asked").count() == 1


def test_the_instalment_plan_adds_up_to_what_is_unpaid(browser, guarantee, first, on_day):
    on_day(date(2027, 10, 1))
    asked = NO_TO_ALL | {
        "extension": "yes", "terms": "parts", "invoice": first.pk,
        "on_1": "2027-10-31", "amount_1": "555 000", "on_2": "2027-11-25", "amount_2": "500 000",
    }  # fmt: skip
    wrong = page(browser, guarantee, **asked)
    assert wrong.context["form"].errors["amount_1"] == [
        "The instalments add up to €1,055,000.00; €1,110,000.00 is unpaid."
    ]
    asked["amount_2"] = "555 000"
    assert page(browser, guarantee, **asked).context["act"] == "instalment_plan"
    press(browser, guarantee, page(browser, guarantee, **asked, act="instalment_plan"))
    plan = guarantee.plans.get()
    assert [(each.due_on, each.amount) for each in plan.instalments.all()] == [
        (date(2027, 10, 31), Decimal("555000.00")),
        (date(2027, 11, 25), Decimal("555000.00")),
    ]
    first.refresh_from_db()
    assert (first.status, first.extended_to) == ("extended", date(2027, 11, 25))


def test_the_dispute_pauses_only_its_part(browser, guarantee, first, late):
    asked = NO_TO_ALL | {
        "disputed": "yes", "invoice": first.pk, "disputed_invoice": first.pk,
        "disputed_amount": "140 000,00", "disputed_reason": "One spindle vibrates.",
    }  # fmt: skip
    assert page(browser, guarantee, **asked).context["act"] == "dispute"
    shown = page(browser, guarantee, **asked, act="dispute")
    assert "€970,000.00 of F-2027-118 is undisputed: its waiting period runs on, to 27 March 2028." in words(shown)
    assert "€140,000.00 of F-2027-118 is disputed" in words(shown)
    press(browser, guarantee, shown)
    dispute = first.disputes.get()
    assert (dispute.amount_eur, dispute.reason, dispute.opened_on) == (
        Decimal("140000.00"), "One spindle vibrates.", LATE,
    )  # fmt: skip


def test_the_insolvency_notice_ends_the_waiting_period(browser, guarantee, first, second, late):
    asked = NO_TO_ALL | {
        "insolvent": "yes", "invoice": [first.pk, second.pk], "insolvent_on": "2027-10-15", "known_on": "2027-10-18",
    }  # fmt: skip
    shown = page(browser, guarantee, **asked, act="insolvency_notice")
    moves = {(move.subject, move.label): (move.before, move.after) for move in shown.context["effect"].moves}
    assert moves["F-2027-118", "Waiting period ends"] == (date(2028, 3, 27), date(2027, 10, 15))
    assert "Insolvency notice on the guarantee: met in time, it was due by 28 October 2027." in words(shown)
    answer = press(browser, guarantee, shown)
    assert Account(guarantee, LATE).insolvency.known_on == date(2027, 10, 18)
    after = browser.get(answer["Location"])
    assert "Insolvency notice received: F-2027-118, F-2027-131" in words(after)
    again = page(browser, guarantee, invoice=[first.pk], paid="no", disputed="no", extension="no")
    assert again.context["act"] == "claim"
    assert again.context["why"] == "The buyer is insolvent: there is no waiting period, claim now."


def test_the_claim_opens_a_file(browser, guarantee, first, second, on_day):
    on_day(date(2027, 11, 26))
    asked = NO_TO_ALL | {"invoice": [first.pk, second.pk]}
    assert page(browser, guarantee, **asked).context["doing"] == "Claim F-2027-118, F-2027-131"  # 12 days late, too
    shown = page(browser, guarantee, **asked, act="claim")
    assert "Collection of €1,110,000.00 on F-2027-118 starts on 26 November 2027." in words(shown)
    press(browser, guarantee, shown)
    claim = Claim.objects.get()
    assert claim.cause == "protracted_default"
    assert [each.number for each in claim.invoices.all()] == ["F-2027-118", "F-2027-131"]
    assert Notice.objects.get().paper.claim == claim


def test_what_was_shown_is_what_happens(browser, guarantee, first, late):
    """The dates after sending are those the page promised: no more, no less."""
    for act in ("overdue_notice", "claim"):
        shown = page(browser, guarantee, invoice=first.pk, **NO_TO_ALL, act=act)
        promised = shown.context["path"].foresight
        facts = promised.account.facts
        for step in promised.invoices:
            _effects, facts = promised._one(shown.context["act"], step, facts)
        expected = promised.account.deadlines_of(facts)
        press(browser, guarantee, shown)
        assert Account(guarantee, LATE).deadlines == expected


# --- Sending ----------------------------------------------------------------------------------------------------------


def test_pressing_twice_sends_once(browser, guarantee, first, late):
    shown = page(browser, guarantee, invoice=first.pk, **NO_TO_ALL, act="overdue_notice")
    one, two = press(browser, guarantee, shown), press(browser, guarantee, shown)
    assert one["Location"] == two["Location"]
    assert Notice.objects.count() == Paper.objects.count() == 1


def test_an_effect_that_changed_is_shown_again_before_it_is_sent(browser, guarantee, first, on_day):
    on_day(date(2027, 10, 29))
    shown = page(browser, guarantee, invoice=first.pk, **NO_TO_ALL, act="overdue_notice")
    on_day(date(2027, 10, 30))
    answer = press(browser, guarantee, shown, note="Written yesterday")
    assert answer.status_code == 409
    assert "The effect has changed since you read it" in words(answer)
    assert "Written yesterday" in words(answer)
    assert not Notice.objects.exists()
    assert press(browser, guarantee, answer).status_code == 302
    assert Notice.objects.count() == 1


def test_a_file_that_is_none_is_refused_at_its_field(browser, guarantee, first, late):
    shown = page(browser, guarantee, invoice=first.pk, **NO_TO_ALL, act="overdue_notice")
    answer = press(browser, guarantee, shown, document=SimpleUploadedFile("reminder.pdf", b"MZ not a PDF"))
    assert answer.status_code == 422
    assert answer.context["form"].errors["document"]
    assert not Notice.objects.exists()
    assert not Evidence.objects.exists()


def test_who_may_only_read_sends_nothing(signed_in, browser, guarantee, first, late):
    shown = page(browser, guarantee, invoice=first.pk, **NO_TO_ALL, act="overdue_notice")
    marc, (_company, stranger) = person_named("Marc Petit"), another_company()
    assert press(signed_in(marc), guarantee, shown).status_code == 403
    assert press(signed_in(stranger), guarantee, shown).status_code == 404
    assert press(signed_in(person_named("Bruno Keller")), guarantee, shown).status_code == 403
    assert not Notice.objects.exists()


def test_a_post_that_lacks_an_answer_goes_back_to_its_question(browser, guarantee, first, late):
    answer = browser.post(reverse("unpaid-send", args=[guarantee.number]), {"invoice": first.pk, "act": "claim"})
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"?{urlencode({'invoice': first.pk, 'act': 'claim'})}")
    assert not Claim.objects.exists()


# --- The verb ---------------------------------------------------------------------------------------------------------


def test_a_notice_given_twice_is_refused(guarantee, first, alice):
    sending = notices.Sending(act="overdue_notice", invoices=[first])
    notices.send(guarantee.pk, sending, by=alice, at=instant(date(2027, 10, 20)))
    with pytest.raises(notices.AlreadyTold, match="F-2027-118"):
        notices.send(guarantee.pk, sending, by=alice, at=instant(date(2027, 10, 21)))


def test_after_the_claim_no_extension_is_granted_alone(guarantee, first, second, alice):
    claim_on_pei(guarantee, [first, second], alice)
    sending = notices.Sending(act="extension", invoices=[first], answers={"extension_to": "2028-01-31"})
    with pytest.raises(notices.AlreadyClaimed):
        notices.send(guarantee.pk, sending, by=alice, at=instant(date(2027, 11, 27)))


def test_an_extension_after_the_notice_keeps_the_notice(guarantee, first, alice):
    told = notices.Sending(act="overdue_notice", invoices=[first])
    notices.send(guarantee.pk, told, by=alice, at=instant(date(2027, 10, 20)))
    more = notices.Sending(act="extension", invoices=[first], answers={"extension_to": "2027-11-20"})
    notices.send(guarantee.pk, more, by=alice, at=instant(date(2027, 10, 25)))
    first.refresh_from_db()
    assert (first.status, first.extended_to, first.notified_on) == ("notified", date(2027, 11, 20), LATE)


def test_the_path_asks_the_same_number_of_questions_of_the_database_for_one_invoice_and_twenty(
    browser, guarantee, alice, late
):
    page(browser, guarantee)
    with CaptureQueriesContext(
        connection,
    ) as few:
        page(browser, guarantee)
    row = guarantee.invoices.first()
    for number in range(20):
        row.pk, row.number = None, f"G-{number:03d}"
        row.save(force_insert=True)
    assert Invoice.objects.count() == 22
    with CaptureQueriesContext(connection) as many:
        page(browser, guarantee)
    assert len(many) == len(few)


def test_a_dispute_after_the_waiting_period_says_that_it_pauses_nothing():
    over = date(2028, 3, 27)
    effect = Effect(
        Consequence.PART_RUNS_ON, Kind.WAITING_PERIOD, "F1", after=over, amount=Decimal("500.00"), part="disputed"
    )
    expected = "€500.00 of F1 is disputed: its waiting period was over on 27 March 2028, so nothing pauses."
    assert effect_sentence(effect) == expected


def test_a_claim_after_a_year_says_that_it_was_barred():
    effect = Effect(
        Consequence.DUTY_LATE, Kind.CLAIMS_BARRED, "F1", after=date(2028, 9, 29), amount=Decimal("1110000.00")
    )
    expected = "F1: claims were barred after 29 September 2028; €1,110,000.00 may be out of cover altogether."
    assert effect_sentence(effect) == expected


def test_an_extension_within_its_last_day_reads_as_kept(guarantee, first, on_day):
    on_day(date(2027, 10, 1))
    notices.extend(first, date(2027, 11, 20))
    account = Account(guarantee, date(2027, 10, 1))
    found = [each for each in account.deadlines_for(first.number) if each.kind is Kind.LAST_EXTENSION]
    assert [state_word(each) for each in found] == ["kept"]

"""Letters about deadlines, day by day over the reference case: EUR 1,110,000 due on 29 September 2027, unpaid."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from claims import tasks
from claims.actions import alarms, deliveries, extensions, notices
from claims.models import Claim, Invoice, SentAlarm
from journal.models import Entry, Letter
from journal.tasks import send_letter
from parties.models import Membership, Role, User
from tests.factories import (
    at_once,
    claim_on_pei,
    deliver_everything,
    deliver_to_pei,
    guarantee_in_force,
    instant,
    person_named,
)
from underwriting.models import Guarantee

DUE = date(2027, 9, 29)


@pytest.fixture
def guarantee(index, alice, bruno, now):
    return guarantee_in_force(index, alice, bruno, now)


@pytest.fixture
def invoices(guarantee, alice):
    return deliver_to_pei(guarantee, alice)


@pytest.fixture
def hand_over(settings):
    """Send what is owed; gives (recipient, subject) of each letter about a deadline not handed over before."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    seen = set(Letter.objects.values_list("pk", flat=True))

    def hand():
        from django.core import mail

        deliver_everything()
        mail.outbox = []
        User.objects.update(language="en")
        for letter in Letter.objects.exclude(pk__in=seen).order_by("pk"):
            seen.add(letter.pk)
            send_letter(letter.pk)
        names = dict(User.objects.values_list("email", "name"))
        return [(names[message.to[0]], message.subject) for message in mail.outbox]

    return hand


def watch(guarantee, day):
    alarms.sound(guarantee.pk, at=instant(day))


def days(guarantee, hand, first, last):
    """The letters of each day from one to the other, by day; days without any are left out."""
    found = defaultdict(list)
    day = first
    while day <= last:
        watch(guarantee, day)
        for letter in hand():
            found[(day - DUE).days].append(letter)
        day += timedelta(days=1)
    return dict(found)


# --- Day by day -------------------------------------------------------------------------------------------------------


def test_an_invoice_nobody_tells_about_day_by_day(guarantee, invoices, hand_over):
    """Alice declared the invoice; Hélène is the owner. 29 October is D+30; D+60 moves from Sunday 28 to Monday."""
    hand_over()
    alice, helene = "Alice Bernard", "Hélène Roux"
    assert days(guarantee, hand_over, DUE, date(2027, 12, 3)) == {
        1: [(alice, "F-2027-118 is unpaid"), (helene, "F-2027-118 is unpaid")],
        10: [(alice, "F-2027-118 is unpaid"), (helene, "F-2027-118 is unpaid")],
        20: [
            (alice, "The overdue notice on F-2027-118 is not sent yet"),
            (helene, "The overdue notice on F-2027-118 is not sent yet"),
        ],
        25: [
            (alice, "The overdue notice on F-2027-118 is not sent yet"),
            (helene, "The overdue notice on F-2027-118 is not sent yet"),
        ],
        28: [
            (alice, "The overdue notice on F-2027-118 is not sent yet"),
            (helene, "The overdue notice on F-2027-118 is not sent yet"),
        ],
        30: [
            (helene, "The overdue notice on F-2027-118 is not sent yet"),
            (alice, "Deliveries stop while F-2027-118 is unpaid"),
            (helene, "Deliveries stop while F-2027-118 is unpaid"),
        ],
        31: [(helene, "The overdue notice on F-2027-118 is late")],
        45: [
            (alice, "The claim on F-2027-118 is not filed yet"),
            (helene, "The claim on F-2027-118 is not filed yet"),
        ],
        47: [(alice, "F-2027-131 is unpaid"), (helene, "F-2027-131 is unpaid")],
        53: [
            (alice, "The claim on F-2027-118 is not filed yet"),
            (helene, "The claim on F-2027-118 is not filed yet"),
        ],
        56: [(alice, "F-2027-131 is unpaid"), (helene, "F-2027-131 is unpaid")],
        58: [
            (alice, "The claim on F-2027-118 is not filed yet"),
            (helene, "The claim on F-2027-118 is not filed yet"),
        ],
        61: [(helene, "The claim on F-2027-118 is not filed yet")],
        62: [(helene, "The claim on F-2027-118 is late")],
    }


def test_on_the_last_warning_day_the_owner_is_told_that_nothing_was_sent(guarantee, invoices, hand_over):
    watch(guarantee, date(2027, 10, 26))
    hand_over()
    watch(guarantee, date(2027, 10, 27))
    hand_over()
    entry = Entry.objects.filter(event="alarm.overdue_notice").last()
    letters = {letter.recipient.name: letter.template for letter in Letter.objects.filter(entry=entry)}
    assert letters == {"Alice Bernard": "deadline", "Hélène Roux": "deadline_late"}


def test_the_letter_says_one_fact_one_action_and_one_day(guarantee, invoices, hand_over):
    from django.core import mail

    hand_over()
    watch(guarantee, date(2027, 10, 19))
    hand_over()
    text = mail.outbox[0].body
    for said in (
        "PEI owes you €1,110,000.00 on F-2027-118.",
        "Told late, the invoice may fall out of cover as far as the delay did harm.",
        f"Send the overdue notice:\nhttp://localhost:8000/guarantees/GA-2026-000001/unpaid/?invoice={invoices[0].pk}",
        "Due by 29 October 2027.",
        "This letter goes to Alice Bernard, Hélène Roux, who act for INDEX SAS on guarantee GA-2026-000001.",
    ):
        assert said in text
    html = mail.outbox[0].alternatives[0][0]
    assert "Due by 29 October 2027." in html
    assert html.count("background: #2446C8") == 1


def test_each_letter_is_in_the_language_of_its_reader(guarantee, invoices, hand_over, settings):
    from django.core import mail

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    User.objects.filter(name="Alice Bernard").update(language="fr")
    watch(guarantee, date(2027, 9, 30))
    deliver_everything()
    mail.outbox = []
    for letter in Letter.objects.filter(template="deadline"):
        send_letter(letter.pk)
    french = next(message for message in mail.outbox if message.to == ["alice.bernard@index.example"])
    assert "1\u202f110\u202f000,00\u00a0€" in french.body


def test_once_the_notice_is_sent_nobody_is_warned_of_it(guarantee, invoices, alice, hand_over):
    sending = notices.Sending(act="overdue_notice", invoices=invoices[:1])
    notices.send(guarantee.pk, sending, by=alice, at=instant(date(2027, 10, 4)))
    hand_over()
    found = days(guarantee, hand_over, date(2027, 10, 5), date(2027, 11, 12))
    assert {day: [subject for _who, subject in letters] for day, letters in found.items()} == {
        30: ["Deliveries stop while F-2027-118 is unpaid"] * 2,
    }


def test_a_paid_invoice_is_no_longer_written_about(guarantee, invoices, alice, hand_over):
    deliveries.declare_credit(
        guarantee.pk, kind="payment", on=date(2027, 9, 29), amount=Decimal("1480000.00"), by=alice,
        at=instant(date(2027, 9, 30)),
    )  # fmt: skip
    hand_over()
    assert days(guarantee, hand_over, date(2027, 9, 30), date(2027, 12, 31)) == {}


def test_the_watch_lets_invoices_fall_overdue(guarantee, invoices):
    watch(guarantee, date(2027, 9, 30))
    assert Invoice.objects.get(number="F-2027-118").status == "overdue"
    assert Invoice.objects.get(number="F-2027-131").status == "declared"


# --- Once, and not all at once ----------------------------------------------------------------------------------------


def test_watching_twice_writes_once(guarantee, invoices, hand_over):
    hand_over()
    watch(guarantee, date(2027, 10, 19))
    watch(guarantee, date(2027, 10, 19))
    assert len(hand_over()) == 2
    assert Entry.objects.filter(event="alarm.overdue_notice").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_once(guarantee, invoices):
    at_once([lambda: alarms.sound(guarantee.pk, at=instant(date(2027, 10, 19)))] * 2)
    assert Entry.objects.filter(event="alarm.overdue_notice").count() == 1


def test_after_a_week_without_a_worker_only_the_newest_letter_goes(guarantee, invoices, hand_over):
    """Away from D+19 to D+29: the warnings of D+20, D+25 and D+28 are one letter, the escalation of D+28 its own."""
    watch(guarantee, date(2027, 10, 18))
    hand_over()
    watch(guarantee, date(2027, 10, 28))
    assert hand_over() == [
        ("Alice Bernard", "The overdue notice on F-2027-118 is not sent yet"),
        ("Hélène Roux", "The overdue notice on F-2027-118 is not sent yet"),
    ]
    levels = SentAlarm.objects.filter(kind="overdue_notice").order_by("on", "level")
    assert [((row.on - DUE).days, row.level) for row in levels] == [
        (20, "warning"), (25, "warning"), (28, "escalation"), (28, "warning"),
    ]  # fmt: skip


def test_an_old_reminder_gives_way_to_a_newer_warning(guarantee, invoices, hand_over):
    hand_over()
    watch(guarantee, date(2027, 10, 20))
    assert {subject for _who, subject in hand_over()} == {"The overdue notice on F-2027-118 is not sent yet"}


# --- Whom ------------------------------------------------------------------------------------------------------------


def test_a_second_credit_manager_is_told_before_the_owner(guarantee, invoices, index, hand_over):
    noel = User.objects.create_user("noel@index.example", name="Noël Faure", language="en")
    Membership.objects.create(user=noel, company=index, role=Role.CREDIT_MANAGER)
    hand_over()
    watch(guarantee, date(2027, 9, 30))
    assert [who for who, _subject in hand_over()] == ["Alice Bernard", "Noël Faure"]


def test_where_one_person_alone_acts_the_claims_people_are_told_too(guarantee, invoices, hand_over):
    Membership.objects.filter(role=Role.OWNER).delete()
    hand_over()
    watch(guarantee, date(2027, 10, 19))
    letters = hand_over()
    assert [who for who, _subject in letters] == ["Alice Bernard", "David Moreau", "Inês Costa"]


def test_who_left_the_company_is_not_written_to(guarantee, invoices, hand_over):
    Membership.objects.filter(user=person_named("Alice Bernard")).delete()
    hand_over()
    watch(guarantee, date(2027, 9, 30))
    assert [who for who, _subject in hand_over()] == ["Hélène Roux", "David Moreau", "Inês Costa"]


def test_our_own_decision_is_watched_and_the_insured_is_not_written_to(guarantee, invoices, alice, hand_over):
    """The second invoice's wait ends on 12 May 2028: decision 30 days later, moved from Sunday 11 to Monday 12 June."""
    claim = claim_on_pei(guarantee, invoices, alice)
    deliver_everything()
    Claim.objects.filter(pk=claim.pk).update(completed_at=instant(date(2028, 4, 3)), status="documents_complete")
    for day in (date(2028, 5, 31), date(2028, 6, 1), date(2028, 6, 12), date(2028, 6, 13)):
        watch(guarantee, day)
    told = [(each.data["told"], each.data["missed"]) for each in Entry.objects.filter(event="alarm.decision")]
    assert told == [
        ("David Moreau", False),
        ("David Moreau, Inês Costa", False),
        ("David Moreau, Inês Costa", True),
    ]


# --- Agreements -------------------------------------------------------------------------------------------------------


def test_an_agreement_that_ends_unpaid_is_written_about_the_next_day(guarantee, invoices, alice, hand_over):
    sending = notices.Sending(act="extension", invoices=invoices[:1], answers={"extension_to": "2027-10-15"})
    notices.send(guarantee.pk, sending, by=alice, at=instant(date(2027, 10, 1)))
    watch(guarantee, date(2027, 10, 15))
    hand_over()
    watch(guarantee, date(2027, 10, 16))
    assert hand_over() == [
        ("Alice Bernard", "F-2027-118 was not paid as agreed"),
        ("Hélène Roux", "F-2027-118 was not paid as agreed"),
    ]
    watch(guarantee, date(2027, 10, 17))
    assert hand_over() == []


def test_a_missed_instalment_is_written_about_the_next_day(guarantee, invoices, alice, hand_over):
    parts = [["2027-10-08", "555000.00"], ["2027-11-25", "555000.00"]]
    sending = notices.Sending(act="instalment_plan", invoices=invoices[:1], answers={"instalments": parts})
    notices.send(guarantee.pk, sending, by=alice, at=instant(date(2027, 10, 1)))
    watch(guarantee, date(2027, 10, 8))
    hand_over()
    watch(guarantee, date(2027, 10, 9))
    reminders = {subject for _who, subject in hand_over()}
    assert "An instalment under GA-2026-000001 was not paid" in reminders


# --- Receipts by letter, and consent ----------------------------------------------------------------------------------


def test_a_notice_is_confirmed_to_two_people_and_told_to_the_claims_people(guarantee, invoices, alice, hand_over):
    hand_over()
    sending = notices.Sending(act="overdue_notice", invoices=invoices[:1])
    notices.send(guarantee.pk, sending, by=alice, at=instant(date(2027, 10, 28)))
    assert hand_over() == [
        ("Alice Bernard", "Overdue notice received: F-2027-118"),
        ("Hélène Roux", "Overdue notice received: F-2027-118"),
        ("David Moreau", "INDEX SAS: Overdue notice, F-2027-118"),
        ("Inês Costa", "INDEX SAS: Overdue notice, F-2027-118"),
    ]


@pytest.fixture
def asked(guarantee, invoices, alice):
    return extensions.ask_for_consent(
        guarantee.pk, invoices[:1], until=date(2027, 12, 20), reason="A bank line comes.", by=alice,
        at=instant(date(2027, 10, 1)),
    )  # fmt: skip


def test_consent_extends_the_invoice_and_keeps_it_in_cover(guarantee, invoices, asked, hand_over):
    hand_over()
    david = person_named("David Moreau")
    extensions.consent_to_extension(asked.pk, by=david, at=instant(date(2027, 10, 4)))
    invoice = Invoice.objects.get(number="F-2027-118")
    assert (invoice.status, invoice.extended_to, invoice.extension_consented) == (
        "extended", date(2027, 12, 20), True,
    )  # fmt: skip
    assert hand_over() == [
        ("Alice Bernard", "We agree: F-2027-118 may be paid until 20 December 2027"),
        ("Hélène Roux", "We agree: F-2027-118 may be paid until 20 December 2027"),
    ]
    with pytest.raises(extensions.AlreadyAnswered):
        extensions.decline_extension(asked.pk, reason="No", by=david, at=instant(date(2027, 10, 5)))


def test_a_longer_extension_than_agreed_needs_consent_again(guarantee, invoices, asked, alice):
    extensions.consent_to_extension(asked.pk, by=person_named("Inês Costa"), at=instant(date(2027, 10, 4)))
    for until, consented in (("2027-12-10", True), ("2028-01-31", False)):
        sending = notices.Sending(act="extension", invoices=invoices[:1], answers={"extension_to": until})
        sent = notices.send(guarantee.pk, sending, by=alice, at=instant(date(2027, 10, 5)))
        keys = {effect["key"] for effect in sent.effects}
        assert ("extension_needs_consent" in keys) is not consented
        assert Invoice.objects.get(number="F-2027-118").extension_consented is consented
        extensions_to = Invoice.objects.get(number="F-2027-118").extended_to
        assert extensions_to.isoformat() == until


def test_a_declined_extension_changes_nothing_and_says_why(guarantee, invoices, asked, hand_over):
    hand_over()
    extensions.decline_extension(
        asked.pk, reason="Ask for a deposit.", by=person_named("David Moreau"), at=instant(date(2027, 10, 4))
    )
    assert Invoice.objects.get(number="F-2027-118").extended_to is None
    from django.core import mail

    assert [subject for _who, subject in hand_over()] == ["We do not agree to extend F-2027-118"] * 2
    assert "Ask for a deposit." in mail.outbox[0].body


def test_an_underwriter_does_not_consent(asked, bruno):
    from claims.actions.claims import NotAllowed

    with pytest.raises(NotAllowed):
        extensions.consent_to_extension(asked.pk, by=bruno, at=instant(date(2027, 10, 4)))


def test_the_question_is_answered_at_the_desk(asked, signed_in, settings):
    settings.SESSION_COOKIE_AGE = 10 * 366 * 86400
    url = f"/desk/claims/extensions/{asked.pk}/"
    auditor, handler = signed_in(person_named("Peter Adler")), signed_in(person_named("David Moreau"))
    assert "Agree until" not in auditor.get(url).content.decode()
    assert auditor.post(url, {"agree": "yes"}).status_code == 403
    assert "INDEX SAS asks to extend until 20 December 2027" in handler.get(url).content.decode()
    assert handler.post(url, {"decline": "yes", "text": ""}).status_code == 422
    assert handler.post(url, {"agree": "yes"}).status_code == 302
    assert "David Moreau agreed on" in handler.get(url).content.decode()
    assert handler.post(url, {"agree": "yes"}).status_code == 403
    assert handler.get("/desk/claims/extensions/1/").status_code == 404


# --- Tasks ------------------------------------------------------------------------------------------------------------


def test_the_watch_queues_what_is_unpaid_and_sleeps_at_night(guarantee, invoices, monkeypatch):
    queued = []
    monkeypatch.setattr(tasks, "queue", lambda task, pk: queued.append((task.name, pk)))
    with time_machine.travel(datetime(2027, 10, 19, 2, 0, tzinfo=UTC), tick=False):
        tasks.watch_clocks()
    assert queued == []
    with time_machine.travel(datetime(2027, 10, 19, 9, 0, tzinfo=UTC), tick=False):
        tasks.watch_clocks()
        tasks.watch_guarantee(guarantee.pk)
    assert queued == [("claims.tasks.watch_guarantee", guarantee.pk)]
    assert Entry.objects.filter(event="alarm.overdue_notice").count() == 1


def test_a_guarantee_goes_to_run_off_the_day_after_its_period(guarantee, invoices):
    with time_machine.travel(instant(date(2027, 11, 14)), tick=False):
        tasks.run_off()
    assert Guarantee.objects.get().status == "in_force"
    with time_machine.travel(instant(date(2027, 11, 15)), tick=False):
        tasks.run_off()
        tasks.run_off()
    assert Guarantee.objects.get().status == "run_off"
    assert Entry.objects.filter(event="guarantee.run_off").count() == 1

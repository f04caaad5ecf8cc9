"""The claim file through its verbs: documents, findings, collection, suspension. Amounts are EUR."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from claims.actions import claims, cover, deliveries, evidence, notices
from claims.actions.claims import NoReason, NotAllowed
from claims.actions.cover import Found, NotFindable
from claims.clocks import Kind, State
from claims.coverage import Check, Outcome
from claims.dossier import ClaimDossier
from claims.models import BankAccount, Claim
from journal.models import Entry, Letter
from tests.factories import claim_on_pei, deliver_everything, deliver_to_pei, guarantee_in_force, instant, person_named
from unlockfocus.errors import IllegalTransition

CLAIMED_AT = instant(date(2027, 11, 26))


@pytest.fixture
def guarantee(index, alice, bruno, now):
    return guarantee_in_force(index, alice, bruno, now)


@pytest.fixture
def invoices(guarantee, alice):
    return deliver_to_pei(guarantee, alice)


@pytest.fixture
def claim(guarantee, invoices, alice):
    return claim_on_pei(guarantee, invoices, alice)


@pytest.fixture
def david(index):
    """Claims handler."""
    return person_named("David Moreau")


def give(claim, by, kind, on, invoice=None):
    file = SimpleUploadedFile(f"{kind}.pdf", b"%PDF-1.4\n%%EOF\n")
    return evidence.add_evidence(claim.guarantee_id, kind=kind, file=file, invoice=invoice, by=by, at=instant(on))


def give_all(claim, by, on):
    """Everything the reference case lacks."""
    BankAccount.objects.create(
        company=claim.guarantee.request.company, holder="INDEX", iban="FR7630006000011234567890189", proposed_by=by,
        proposed_at=instant(on),
    )  # fmt: skip
    for kind in ("order", "terms", "statement", "reminder"):
        give(claim, by, kind, on)
    for invoice in claim.invoices.all():
        give(claim, by, "invoice", on, invoice)
        give(claim, by, "delivery", on, invoice)
    claim.refresh_from_db()


def missing(claim, reader, on=date(2027, 11, 29)):
    return [(each.kind.value, each.invoice) for each in ClaimDossier(claim, reader, instant(on)).documents.missing]


# --- Documents --------------------------------------------------------------------------------------------------------


def test_the_file_knows_what_it_lacks(claim, alice):
    assert missing(claim, alice) == [
        ("order", ""),
        ("terms", ""),
        ("invoice", "F-2027-118"),
        ("delivery", "F-2027-118"),
        ("invoice", "F-2027-131"),
        ("delivery", "F-2027-131"),
        ("statement", ""),
        ("reminder", ""),
        ("bank_details", ""),
    ]


def test_what_was_given_with_the_request_and_since_delivery_is_there_already(guarantee, invoices, alice, now):
    """The order given with the request, the proofs given at delivery, the reminder told by notice."""
    pdf = SimpleUploadedFile("order.pdf", b"%PDF-1.4\n%%EOF\n")
    guarantee.request.documents.create(
        kind="order", name="order.pdf", file=pdf, content_type="application/pdf", size=15, sha256="0" * 64,
        uploaded_by=alice, uploaded_at=now,
    )  # fmt: skip
    reminder = notices.Sending(act="reminder", invoices=invoices[:1])
    notices.send(guarantee.pk, reminder, by=alice, at=instant(date(2027, 10, 5)))
    claim = claim_on_pei(guarantee, invoices, alice)
    give(claim, alice, "delivery", date(2027, 11, 27), invoices[0])
    found = ClaimDossier(claim, alice, instant(date(2027, 11, 29))).documents
    assert (found.done, found.total, found.percentage) == (3, 9, 33)
    assert ("delivery", "F-2027-131") in missing(claim, alice)
    assert ("order", "") not in missing(claim, alice)


def test_opening_a_claim_says_at_once_that_documents_are_missing(claim):
    assert claim.status == Claim.Status.NOTIFIED
    deliver_everything()
    claim.refresh_from_db()
    assert (claim.status, claim.completed_at) == (Claim.Status.DOCUMENTS_INCOMPLETE, None)


def test_the_last_document_completes_the_file_and_starts_the_time_to_decide(claim, alice):
    give_all(claim, alice, date(2027, 12, 1))
    assert claim.status == Claim.Status.DOCUMENTS_COMPLETE
    assert claim.completed_at == instant(date(2027, 12, 1))
    # The wait for the second invoice ends on 12 May 2028; 30 days on is Sunday 11 June, so Monday 12 June.
    decision = next(
        each
        for each in ClaimDossier(claim, alice, instant(date(2027, 12, 2))).account.deadlines
        if each.kind is Kind.DECISION
    )
    assert (decision.on, decision.state, decision.days_left) == (date(2028, 6, 12), State.UPCOMING, 193)


def test_a_document_more_does_not_move_the_day_the_file_was_complete(claim, alice):
    give_all(claim, alice, date(2027, 12, 1))
    give(claim, alice, "other", date(2027, 12, 9))
    claim.refresh_from_db()
    assert claim.completed_at == instant(date(2027, 12, 1))
    assert Entry.objects.filter(event="claim.documents_complete").count() == 1


def test_asking_for_a_further_document_opens_the_file_until_it_comes(claim, alice, david, invoices):
    give_all(claim, alice, date(2027, 12, 1))
    claims.ask_documents(
        claim.pk, kind="delivery", invoice=invoices[0], reason="The CMR is not legible.", by=david,
        at=instant(date(2027, 12, 6)),
    )  # fmt: skip
    claim.refresh_from_db()
    assert (claim.status, claim.completed_at) == (Claim.Status.DOCUMENTS_INCOMPLETE, None)
    assert missing(claim, alice, date(2027, 12, 6)) == [("delivery", "F-2027-118")]
    give(claim, alice, "delivery", date(2027, 12, 8), invoices[1])
    assert missing(claim, alice, date(2027, 12, 8)) == [("delivery", "F-2027-118")]
    give(claim, alice, "delivery", date(2027, 12, 10), invoices[0])
    claim.refresh_from_db()
    assert (claim.status, claim.completed_at) == (Claim.Status.DOCUMENTS_COMPLETE, instant(date(2027, 12, 10)))


def test_a_document_asked_for_during_collection_stops_the_time_to_decide_and_not_the_collection(claim, alice, david):
    give_all(claim, alice, date(2027, 12, 1))
    claims.start_collection(claim.pk, by=david, at=instant(date(2027, 12, 2)))
    claims.ask_documents(claim.pk, kind="other", reason="The service report.", by=david, at=instant(date(2027, 12, 3)))
    claim.refresh_from_db()
    assert (claim.status, claim.completed_at) == (Claim.Status.IN_COLLECTION, None)
    give(claim, alice, "other", date(2027, 12, 7))
    claim.refresh_from_db()
    assert (claim.status, claim.completed_at) == (Claim.Status.IN_COLLECTION, instant(date(2027, 12, 7)))


def test_asking_says_why_and_only_claims_people_ask(claim, alice, david):
    with pytest.raises(NoReason):
        claims.ask_documents(claim.pk, kind="other", reason="  ", by=david, at=CLAIMED_AT)
    with pytest.raises(NotAllowed):
        claims.ask_documents(claim.pk, kind="other", reason="Why not", by=alice, at=CLAIMED_AT)
    assert not claim.document_requests.exists()


def test_a_dispute_adds_what_the_buyer_wrote(claim, alice, invoices):
    deliveries.open_dispute(
        invoices[0].pk, amount=Decimal("50000.00"), reason="Spindle", on=date(2027, 11, 27), by=alice,
        at=instant(date(2027, 11, 27)),
    )  # fmt: skip
    assert ("dispute", "F-2027-118") in missing(claim, alice)


# --- Its way ----------------------------------------------------------------------------------------------------------


def test_collection_begins_on_a_complete_file_only(claim, alice, david):
    with pytest.raises(IllegalTransition):
        claims.start_collection(claim.pk, by=david, at=CLAIMED_AT)
    give_all(claim, alice, date(2027, 12, 1))
    collecting = claims.start_collection(claim.pk, by=david, at=instant(date(2027, 12, 2)))
    assert (collecting.status, collecting.handler) == (Claim.Status.IN_COLLECTION, david)


def test_the_insured_neither_takes_nor_collects_nor_suspends(claim, alice):
    for act in (claims.take, claims.start_collection, claims.resume):
        with pytest.raises(NotAllowed):
            act(claim.pk, by=alice, at=CLAIMED_AT)
    with pytest.raises(NotAllowed):
        claims.suspend(claim.pk, reason="Dispute", by=alice, at=CLAIMED_AT)


def test_a_claim_changes_hands_and_taking_it_twice_is_once(claim, david):
    claims.take(claim.pk, by=david, at=CLAIMED_AT)
    claims.take(claim.pk, by=david, at=CLAIMED_AT)
    assert Entry.objects.filter(event="claim.taken").count() == 1
    ines = person_named("Inês Costa")
    assert claims.take(claim.pk, by=ines, at=CLAIMED_AT).handler == ines


def test_a_suspended_claim_rests_and_its_time_to_decide_starts_anew(claim, alice, david):
    give_all(claim, alice, date(2027, 12, 1))
    resting = claims.suspend(claim.pk, reason="The buyer went to arbitration", by=david, at=instant(date(2027, 12, 5)))
    assert (resting.status, resting.completed_at) == (Claim.Status.SUSPENDED, None)
    for act in (claims.start_collection,):
        with pytest.raises(IllegalTransition):
            act(claim.pk, by=david, at=instant(date(2027, 12, 6)))
    with pytest.raises(IllegalTransition):
        claims.ask_documents(claim.pk, kind="other", reason="More", by=david, at=instant(date(2027, 12, 6)))
    on = claims.resume(claim.pk, by=david, at=instant(date(2028, 2, 1)))
    assert (on.status, on.completed_at) == (Claim.Status.DOCUMENTS_COMPLETE, instant(date(2028, 2, 1)))


def test_suspending_says_why(claim, david):
    with pytest.raises(NoReason):
        claims.suspend(claim.pk, reason="", by=david, at=CLAIMED_AT)


# --- Findings ---------------------------------------------------------------------------------------------------------


def test_the_newest_finding_counts_and_all_are_kept(claim, alice, david, invoices):
    late = Found(Check.NOTICE_IN_TIME, Outcome.UNMET, "Told by telephone only", invoices[0])
    cover.find(claim.pk, late, by=david, at=CLAIMED_AT)
    dossier = ClaimDossier(claim, david, CLAIMED_AT)
    assert dossier.review.covered["F-2027-118"] == Decimal("0.00")
    harm = Found(
        Check.NOTICE_IN_TIME, Outcome.UNMET, "The delay cost the stock returned", invoices[0], Decimal("35000.00")
    )
    cover.find(claim.pk, harm, by=david, at=CLAIMED_AT + timedelta(hours=1))
    dossier = ClaimDossier(claim, david, CLAIMED_AT)
    assert dossier.review.covered["F-2027-118"] == Decimal("1075000.00")
    assert [each.reason for each in claim.findings.all()] == [
        "Told by telephone only",
        "The delay cost the stock returned",
    ]
    assert [each["uncovered"] for each in Entry.objects.filter(event="cover.found").values_list("data", flat=True)] == [
        None,
        "35000.00",
    ]


def test_a_finding_on_no_invoice_in_particular_holds_for_each(claim, david):
    met = Found(Check.DELIVERY_PROVED, Outcome.MET, "Acceptance report of 16 August names both machines")
    cover.find(claim.pk, met, by=david, at=CLAIMED_AT)
    assert ClaimDossier(claim, david, CLAIMED_AT).review.open_checks == ()


@pytest.mark.parametrize(
    ("check", "outcome", "uncovered"),
    [
        (Check.NOTICE_IN_TIME, Outcome.MET, "1.00"),
        (Check.WITHIN_LIMIT, Outcome.UNMET, "1.00"),
        (Check.NOTICE_IN_TIME, Outcome.UNMET, "1110000.01"),
        (Check.NOTICE_IN_TIME, Outcome.UNMET, "-1.00"),
    ],
)
def test_a_finding_takes_no_amount_that_is_not_its_to_take(claim, david, invoices, check, outcome, uncovered):
    found = Found(check, outcome, "Reason", invoices[0], Decimal(uncovered))
    with pytest.raises(NotFindable):
        cover.find(claim.pk, found, by=david, at=CLAIMED_AT)
    assert not claim.findings.exists()


def test_a_finding_says_why_and_is_a_claims_persons(claim, alice, david, invoices):
    with pytest.raises(NoReason):
        cover.find(claim.pk, Found(Check.UNDISPUTED, Outcome.MET, " ", invoices[0]), by=david, at=CLAIMED_AT)
    with pytest.raises(NotAllowed):
        cover.find(claim.pk, Found(Check.UNDISPUTED, Outcome.MET, "Mine", invoices[0]), by=alice, at=CLAIMED_AT)


def test_nothing_is_found_while_a_claim_rests(claim, david, invoices):
    claims.suspend(claim.pk, reason="Arbitration", by=david, at=CLAIMED_AT)
    with pytest.raises(IllegalTransition):
        cover.find(claim.pk, Found(Check.UNDISPUTED, Outcome.MET, "Settled", invoices[0]), by=david, at=CLAIMED_AT)


# --- Letters ----------------------------------------------------------------------------------------------------------


def letters(template):
    """Whom a letter was owed to."""
    return sorted(Letter.objects.filter(template=template).values_list("recipient__name", flat=True))


def test_a_new_claim_is_confirmed_to_the_insured_and_told_to_claims_people(claim):
    deliver_everything()
    assert letters("claim_opened") == ["Alice Bernard", "Hélène Roux"]
    assert letters("desk_claim") == ["David Moreau", "Inês Costa"]
    assert letters("claim_documents_missing") == []
    confirmation = Letter.objects.filter(template="claim_opened").first()
    assert confirmation.context["number"] == "CL-2027-000001"
    assert confirmation.context["missing"][0] == {"kind": "order", "invoice": ""}
    assert len(confirmation.context["missing"]) == 9


def test_each_turn_of_the_file_is_told_to_the_insured(claim, alice, david):
    give_all(claim, alice, date(2027, 12, 1))
    claims.ask_documents(claim.pk, kind="other", reason="The service report.", by=david, at=instant(date(2027, 12, 3)))
    claims.suspend(claim.pk, reason="Arbitration", by=david, at=instant(date(2027, 12, 5)))
    claims.resume(claim.pk, by=david, at=instant(date(2027, 12, 9)))
    deliver_everything()
    for template in ("claim_documents_complete", "claim_document_asked", "claim_suspended", "claim_resumed"):
        assert letters(template) == ["Alice Bernard", "Hélène Roux"], template

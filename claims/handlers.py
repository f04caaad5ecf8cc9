"""What follows from acts of the last stages, and whom it is told to."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.timezone import localdate

from claims import events, recipients
from claims.account import Account
from claims.actions import reserves
from claims.actions.claims import review_documents_of
from claims.actions.indemnities import pay_by
from claims.clocks import Kind
from claims.dossier import ClaimDossier
from claims.models import Claim, Notice
from claims.payees import payee_of
from journal.handlers import on
from journal.letters import owe_letters
from journal.models import Entry
from parties.models import BankSeat, InsurerRole, Membership, Role, User
from underwriting.models import Guarantee

# --- The claim file ---------------------------------------------------------------------------------------------------


def _claim_of(entry: Entry) -> Claim:
    rows = Claim.objects.select_related("guarantee__offer__request__company", "guarantee__buyer", "opened_by")
    return rows.get(number=entry.data["number"])


def _insured_of(claim: Claim) -> list[User]:
    """Those who act for the insured company."""
    company = claim.guarantee.request.company
    acting = Membership.objects.filter(company=company, role__in=[Role.OWNER, Role.CREDIT_MANAGER])
    return [each.user for each in acting.select_related("user") if each.user.is_active]


def _facts(claim: Claim) -> dict[str, str]:
    return {"number": claim.number, "buyer": claim.guarantee.buyer.name, "guarantee": claim.guarantee.number}


@on(events.CLAIM_OPENED)
def confirm_claim(entry: Entry) -> None:
    """Confirm the claim to the insured with what the file still lacks, and tell it to the claims people."""
    claim = _claim_of(entry)
    found = ClaimDossier(claim, claim.opened_by, entry.at).documents
    missing = [{"kind": each.kind, "invoice": each.invoice} for each in found.missing]
    facts = _facts(claim) | {"amount": entry.data["amount"]}
    days = claim.guarantee.clocks.decision_days_from_complete_file
    owe_letters(entry, "claim_opened", _insured_of(claim), {**facts, "missing": missing, "decision_days": days})
    owe_letters(
        entry, "desk_claim", recipients.claims_people(), {**facts, "company": str(claim.guarantee.request.company)}
    )


@on(
    events.CLAIM_OPENED,
    events.CLAIM_REOPENED,
    events.NOTICE_SENT,
    events.PLAN_AGREED,
    events.PLAN_ENDED,
    events.DISPUTE_OPENED,
    events.DISPUTE_SETTLED,
    events.ACCOUNT_GIVEN,
    events.ACCOUNT_REFUSED,
)
def review_file(entry: Entry) -> None:
    """What was told or agreed may complete a file, or ask for another document."""
    for guarantee_id in sorted(set(_guarantees_of(entry))):
        review_documents_of(guarantee_id, at=entry.at)


def _guarantees_of(entry: Entry) -> Iterator[int]:
    """Those with claims that the entry is about: of its file or, for a bank account, of its owner."""
    claims = Claim.objects.exclude(status=Claim.Status.CLOSED)
    if entry.data.get("bank"):
        claims = claims.filter(guarantee__offer__request__loss_payee=entry.data["bank"])
    elif entry.data.get("company"):
        claims = claims.filter(guarantee__offer__request__company=entry.data["company"])
    else:
        claims = claims.filter(guarantee__offer__request__reference=entry.file.key)
    yield from claims.values_list("guarantee_id", flat=True)


@on(events.CLAIM_DOCUMENTS_MISSING)
def tell_missing(entry: Entry) -> None:
    """The first time the confirmation of the claim says it."""
    if not entry.data["is_first"]:
        claim = _claim_of(entry)
        context = _facts(claim) | {"missing": entry.data["missing"]}
        owe_letters(entry, "claim_documents_missing", _insured_of(claim), context)


@on(events.CLAIM_DOCUMENTS_ASKED)
def tell_asked(entry: Entry) -> None:
    claim = _claim_of(entry)
    asked = {"kind": entry.data["document"], "invoice": entry.data["invoice"]}
    owe_letters(entry, "claim_document_asked", _insured_of(claim), {**_facts(claim), "asked": asked, **_reason(entry)})


@on(events.CLAIM_DOCUMENTS_COMPLETE)
def tell_complete(entry: Entry) -> None:
    """With the day by which the insurer decides."""
    claim = _claim_of(entry)
    deadlines = Account(claim.guarantee, localdate(entry.at)).deadlines_for(claim.number)
    decide_by = next((each.on.isoformat() for each in deadlines if each.kind is Kind.DECISION), "")
    owe_letters(entry, "claim_documents_complete", _insured_of(claim), {**_facts(claim), "decide_by": decide_by})


@on(events.CLAIM_SUSPENDED)
def tell_suspension(entry: Entry) -> None:
    claim = _claim_of(entry)
    owe_letters(entry, "claim_suspended", _insured_of(claim), {**_facts(claim), **_reason(entry)})


@on(events.CLAIM_RESUMED)
def tell_resumption(entry: Entry) -> None:
    claim = _claim_of(entry)
    owe_letters(entry, "claim_resumed", _insured_of(claim), _facts(claim))


def _reason(entry: Entry) -> dict[str, str]:
    return {"reason": entry.data["reason"]}


# --- Deadlines, notices, extensions -----------------------------------------------------------------------------------


@on(*events.ALARMS.values())
def write_about_deadline(entry: Entry) -> None:
    """To whom it may concern, as it was decided with the entry: warned, escalated, or at the insurer's desk."""
    for template, told in (("deadline", "warned"), ("deadline_late", "escalated"), ("desk_deadline", "at_desk")):
        found = User.objects.filter(is_active=True).in_bulk(entry.data[told])
        owe_letters(entry, template, [found[pk] for pk in entry.data[told] if pk in found], entry.data)


@on(events.NOTICE_SENT)
def tell_notice(entry: Entry) -> None:
    """The receipt to whoever sent the notice and a colleague; the claims people, unless the claim tells them."""
    notice = Notice.objects.select_related("guarantee__offer__request__company", "guarantee__buyer", "sent_by").get(
        number=entry.data["number"]
    )
    guarantee = notice.guarantee
    context = {
        "notice": notice.number,
        "act": notice.act,
        "invoices": entry.data["invoices"],
        "buyer": guarantee.buyer.name,
        "company": str(guarantee.request.company),
        "reference": guarantee.request.reference,
        "sent_by": str(notice.sent_by),
        "sent_at": notice.sent_at.isoformat(),
    }
    told = dict.fromkeys([notice.sent_by, *recipients.two_people(guarantee)])
    insured = [each for each in told if each.membership][: recipients.ENOUGH]
    owe_letters(entry, "notice_received", insured, context)
    if notice.act not in {Notice.Act.REMINDER, Notice.Act.CLAIM}:
        owe_letters(entry, "desk_notice", recipients.claims_people(), context)


@on(events.EXTENSION_ASKED)
def ask_claims_people(entry: Entry) -> None:
    context = {**_extension(entry), "reason": entry.data["reason"], "question": entry.pk}
    owe_letters(entry, "desk_extension", recipients.claims_people(), context)


@on(events.EXTENSION_AGREED, events.EXTENSION_DECLINED)
def tell_consent(entry: Entry) -> None:
    guarantee = Guarantee.objects.select_related("offer__request__company").get(number=entry.data["guarantee"])
    template = "extension_agreed" if entry.event == events.EXTENSION_AGREED else "extension_declined"
    context = {**_extension(entry), "reason": entry.data.get("reason", "")}
    owe_letters(entry, template, recipients.two_people(guarantee), context)


def _extension(entry: Entry) -> dict[str, str]:
    guarantee = Guarantee.objects.select_related("offer__request__company", "buyer").get(number=entry.data["guarantee"])
    return {
        "guarantee": guarantee.number,
        "buyer": guarantee.buyer.name,
        "company": str(guarantee.request.company),
        "invoices": entry.data["invoices"],
        "until": entry.data["until"],
    }


# --- Reserves ---------------------------------------------------------------------------------------------------------


@on(events.CLAIM_OPENED, events.CLAIM_REOPENED)
def set_first_reserve(entry: Entry) -> None:
    """Set aside what the claim is expected to cost."""
    is_reopened = entry.event == events.CLAIM_REOPENED
    reserves.reserve_at_opening(_claim_of(entry).pk, at=entry.at, is_reopened=is_reopened)


@on(events.INDEMNITY_APPROVED, events.INDEMNITY_PAID, events.INDEMNITY_FAILED)
def follow_with_reserve(entry: Entry) -> None:
    """Keep set aside what is signed and not paid."""
    claim = Claim.objects.get(number=entry.data["claim"])
    why = entry.event.removeprefix("indemnity.")
    reserves.reserve_after_money(claim.pk, amount=Decimal(entry.data["amount"]), why=why, at=entry.at)


@on(events.CLAIM_REJECTED, events.CLAIM_CLOSED)
def release_reserve(entry: Entry) -> None:
    """Nothing is set aside for a claim that was given up."""
    reserves.release(_claim_of(entry).pk, why=entry.event.removeprefix("claim."), at=entry.at)


# --- Money: indemnities, bank accounts, recoveries --------------------------------------------------------------------


def _claim_named(entry: Entry) -> Claim:
    rows = Claim.objects.select_related("guarantee__offer__request__company", "guarantee__buyer")
    return rows.get(number=entry.data["claim"])


@on(events.INDEMNITY_PREPARED)
def ask_second_signature(entry: Entry) -> None:
    approvers = recipients.claims_people(InsurerRole.CLAIMS_APPROVER)
    others = [each for each in approvers if each.pk != entry.actor_id]
    owe_letters(entry, "desk_indemnity", others, {**entry.data, "actor": entry.actor_name})


@on(events.INDEMNITY_APPROVED)
def tell_approval(entry: Entry) -> None:
    """With the day by which it is paid, and whether an account is missing; never that compliance holds it."""
    claim = _claim_named(entry)
    missing = payee_of(claim.guarantee).without_account
    facts = {"pay_by": pay_by(claim.guarantee, entry.at).isoformat(), "blocked": missing}
    owe_letters(entry, "indemnity_approved", _insured_of(claim), {**entry.data, **facts})


@on(events.INDEMNITY_PAID)
def tell_payment(entry: Entry) -> None:
    owe_letters(entry, "indemnity_paid", _insured_of(_claim_named(entry)), entry.data)


@on(events.INDEMNITY_FAILED)
def tell_failure(entry: Entry) -> None:
    owe_letters(entry, "desk_payment_failed", recipients.claims_people(), entry.data)


@on(events.CLAIM_REJECTED)
def tell_rejection(entry: Entry) -> None:
    owe_letters(entry, "claim_rejected", _insured_of(_claim_of(entry)), entry.data)


@on(events.CLAIM_CLOSED)
def tell_closing(entry: Entry) -> None:
    owe_letters(entry, "claim_closed", _insured_of(_claim_of(entry)), entry.data)


@on(events.CLAIM_REOPENED)
def tell_reopening(entry: Entry) -> None:
    owe_letters(entry, "claim_reopened", _insured_of(_claim_of(entry)), entry.data)


@on(events.RECOVERY_SHARED)
def tell_recovery(entry: Entry) -> None:
    owe_letters(entry, "recovery_shared", _insured_of(_claim_named(entry)), entry.data)


@on(events.ACCOUNT_GIVEN, events.ACCOUNT_CONFIRMED, events.ACCOUNT_REFUSED)
def tell_account(entry: Entry) -> None:
    """Everybody who could have given the account, so that a forged one is noticed; the claims people of a new one."""
    templates = {
        events.ACCOUNT_GIVEN: "account_given",
        events.ACCOUNT_CONFIRMED: "account_confirmed",
        events.ACCOUNT_REFUSED: "account_refused",
    }
    context = {**entry.data, "actor": entry.actor_name}
    owe_letters(entry, templates[entry.event], _account_holders(entry), context)
    if entry.event == events.ACCOUNT_GIVEN:
        owe_letters(entry, "desk_account", recipients.claims_people(), context)


def _account_holders(entry: Entry) -> list[User]:
    if entry.data.get("bank"):
        seats = BankSeat.objects.filter(bank=entry.data["bank"]).values("user")
        return list(User.objects.filter(is_active=True, pk__in=seats))
    members = Membership.objects.filter(company=entry.data["company"], role__in=[Role.OWNER, Role.CREDIT_MANAGER])
    return list(User.objects.filter(is_active=True, pk__in=members.values("user")))

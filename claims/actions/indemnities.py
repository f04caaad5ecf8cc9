"""The indemnity: prepared by one person from what was found covered, signed by another, under the maximum liability."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from applications.exposure import NOTHING
from claims import events
from claims.actions import claims
from claims.actions.accounts import OwnWork
from claims.actions.indemnity_moves import check_move, move, record_move
from claims.actions.papers import draw_up
from claims.actions.payments import finish_claim
from claims.calculation import Calculation, Case, calculate, case_of, frozen, has_moved, stored_case
from claims.calendars import add_working_days
from claims.clocks import Deadline, Kind, State
from claims.cover_words import QUESTIONS
from claims.coverage import Line
from claims.dossier import ClaimDossier
from claims.liability import committed_of, liability_of, terms_for
from claims.models import Claim, Indemnity, InterimTerms, Paper
from claims.papers.parties import parties_of
from claims.payees import payee_of
from claims.workflow import CLAIM
from journal.numbering import next_reference
from journal.recording import record
from parties.models import InsurerRole, User
from underwriting.models import Guarantee
from unlockfocus.errors import BusinessRule, IllegalTransition
from unlockfocus.templatetags.face import day, money

INSOLVENCY = Claim.Cause.INSOLVENCY


class OpenQuestions(BusinessRule):
    """Questions about cover wait for a person or a document."""


class StillWaiting(BusinessRule):
    """The waiting period of an invoice is not over: what is unpaid does not count as lost yet."""


class AwaitsSignature(BusinessRule):
    """An indemnity of this claim is prepared already."""


class NothingToAdvance(BusinessRule):
    """No advance is provided for, or as much was advanced already."""


class FiguresMoved(BusinessRule):
    """What was prepared would be figured otherwise now."""


class NothingCovered(BusinessRule):
    """An indemnity of nothing is not signed: the claim is refused, with its reasons."""


class AdvanceUnsettled(BusinessRule):
    """An advance was signed and no indemnity yet that says what of it was due, and what is claimed back."""


# --- What it would be -------------------------------------------------------------------------------------------------


def calculation_for(dossier: ClaimDossier, kind: str, *, interest_before: Decimal = NOTHING) -> Calculation:
    """The indemnity of a claim as it would be prepared now, or the advance on it; EUR."""
    advance = _share_advanced(dossier) if kind == Indemnity.Kind.INTERIM else None
    paid_before = committed_of(dossier.claim)
    terms = terms_for(dossier.claim)
    return calculate(
        case_of(dossier.covered_loss, terms, paid_before=paid_before, advance=advance, interest_before=interest_before)
    )


def check_advance_settled(claim: Claim) -> None:
    """Raises AdvanceUnsettled where an advance waits for the indemnity it belongs to."""
    signed = claim.indemnities.filter(status__in=Indemnity.COMMITTED)
    if signed.exists() and not signed.filter(kind=Indemnity.Kind.FINAL).exists():
        text = _(
            "%(amount)s was advanced. Sign the indemnity first, even one of nothing: it says what is claimed back."
        )
        raise AdvanceUnsettled(text % {"amount": money(committed_of(claim))})


def _share_advanced(dossier: ClaimDossier) -> Decimal:
    terms = InterimTerms.objects.in_force(dossier.today).first()
    return terms.percentage if terms else Decimal(0)


def obstacles(dossier: ClaimDossier, kind: str) -> list[BusinessRule]:
    """Everything that stands against preparing an indemnity, or an advance, of this claim now."""
    found: list[BusinessRule] = []
    if not CLAIM.allows("assess", dossier.claim.status):
        found.append(IllegalTransition(_("The claim is “%(state)s”.") % {"state": dossier.claim.get_status_display()}))
    if dossier.claim.indemnities.filter(status=Indemnity.Status.PREPARED).exists():
        found.append(AwaitsSignature(_("An indemnity of this claim awaits its second signature.")))
    if dossier.review.open_checks:
        found.append(OpenQuestions(_open_questions(dossier.review.open_checks)))
    if kind == Indemnity.Kind.FINAL:
        found += [StillWaiting(_still_waiting(each)) for each in waiting_for(dossier)]
    elif not found and not calculation_for(dossier, kind).amount:
        found.append(NothingToAdvance(_("There is nothing to advance: nothing is covered, or as much was advanced.")))
    return found


def waiting_for(dossier: ClaimDossier) -> list[Deadline]:
    """The waiting periods of covered invoices that are not over, earliest first; insolvency has none."""
    if dossier.claim.cause == INSOLVENCY:
        return []
    covered = {number for number, amount in dossier.review.covered.items() if amount}
    periods = [each for each in dossier.account.deadlines if each.kind is Kind.WAITING_PERIOD]
    return [each for each in periods if each.subject in covered and not each.paused and each.state is not State.MET]


def _open_questions(checks: tuple[Line, ...]) -> str:
    names = ", ".join(sorted({f"{QUESTIONS[each.check]} ({each.invoice})" for each in checks}))
    return _("Questions about cover are open. %(questions)s") % {"questions": names}


def _still_waiting(deadline: Deadline) -> str:
    text = _("The waiting period of invoice %(invoice)s ends on %(day)s; it counts as lost from the next day on.")
    return text % {"invoice": deadline.subject, "day": day(deadline.on)}


# --- Preparing --------------------------------------------------------------------------------------------------------


@transaction.atomic
def prepare(claim_id: int, *, interest_before: Decimal = NOTHING, by: User, at: datetime) -> Indemnity:
    """Compute the indemnity from what was found covered and freeze it for a second signature; the claim is assessed.

    After an advance, or after reopening, only what is new is payable. Raises NotAllowed, OpenQuestions, StillWaiting,
    AwaitsSignature, IllegalTransition.
    """
    indemnity = _prepare(claim_id, Indemnity.Kind.FINAL, interest_before, by=by, at=at)
    claims.move(indemnity.claim, "assess")
    return indemnity


@transaction.atomic
def prepare_interim(claim_id: int, *, by: User, at: datetime) -> Indemnity:
    """Prepare an advance on the expected indemnity while collection goes on; raises as `prepare`, NothingToAdvance."""
    return _prepare(claim_id, Indemnity.Kind.INTERIM, NOTHING, by=by, at=at)


def _prepare(claim_id: int, kind: str, interest_before: Decimal, *, by: User, at: datetime) -> Indemnity:
    claims.check_handles(by)
    claim = claims.locked(claim_id)
    dossier = ClaimDossier(claim, by, at)
    for obstacle in obstacles(dossier, kind):
        raise obstacle
    liability_of(claim.guarantee)
    calculation = calculation_for(dossier, kind, interest_before=interest_before)
    indemnity = Indemnity.objects.create(
        number=next_reference("IN", at.year),
        claim=claim,
        guarantee=claim.guarantee,
        kind=kind,
        status=Indemnity.Status.PREPARED,
        amount=calculation.amount,
        calculation=frozen(calculation),
        insurer_share=calculation.indemnity.insurer_share,
        payee=payee_of(claim.guarantee).name[:70],
        prepared_by=by,
        prepared_at=at,
    )
    record_move(events.INDEMNITY_PREPARED, indemnity, by=by, at=at)
    return indemnity


# --- The second signature ---------------------------------------------------------------------------------------------


def fresh_calculation(indemnity: Indemnity, dossier: ClaimDossier) -> Calculation:
    """The same computed from the file as it is now; the share of an advance is the one that was prepared."""
    return refigured(indemnity, calculation_for(dossier, Indemnity.Kind.FINAL).case)


def refigured(indemnity: Indemnity, now: Case) -> Calculation:
    """The indemnity from the case as it is `now`. What a signed one was paid on top of stays what it was."""
    then = stored_case(indemnity.calculation)
    paid_before = then.paid_before if indemnity.status in Indemnity.COMMITTED else now.paid_before
    return calculate(Case(now.covered, now.deductions, now.terms, paid_before, then.advance, then.interest_before))


@transaction.atomic
def sign(indemnity_id: int, *, by: User, at: datetime) -> Indemnity:
    """Sign what another prepared: computed once more on the locked guarantee, then approved, with its settlement.

    Raises NotAllowed, OwnWork, FiguresMoved, OpenQuestions, NothingCovered, IllegalTransition.
    """
    indemnity = _for_second_person(indemnity_id, "sign", by)
    dossier = ClaimDossier(indemnity.claim, by, at)
    now = fresh_calculation(indemnity, dossier)
    if dossier.review.open_checks:
        raise OpenQuestions(_open_questions(dossier.review.open_checks))
    if has_moved(indemnity.calculation, now):
        text = _(
            "The figures have moved since it was prepared: %(then)s then, %(now)s now. Return it to be prepared anew."
        )
        raise FiguresMoved(text % {"then": money(indemnity.amount), "now": money(now.amount)})
    if now.is_nothing:
        raise NothingCovered(_("Nothing of this claim is payable: refuse it with the reasons instead."))
    move(indemnity, "sign", signed_by=by, signed_at=at)
    record_move(events.INDEMNITY_APPROVED, indemnity, by=by, at=at)
    if indemnity.kind == Indemnity.Kind.FINAL:
        claims.move(indemnity.claim, "approve", decided_at=at, decision="approved", paid_at=None)
    facts = settlement_facts(indemnity, now)
    draw_up(Paper.Kind.SETTLEMENT, indemnity.guarantee, facts, by=by, at=at, claim=indemnity.claim)
    if not indemnity.amount:
        move(indemnity, "settle", paid_on=localdate(at))
        finish_claim(indemnity.claim, paid_on=localdate(at))
    return indemnity


@transaction.atomic
def return_prepared(indemnity_id: int, *, reason: str, by: User, at: datetime) -> Indemnity:
    """Send it back unsigned: the claim goes back to collection.

    Raises NotAllowed, NoReason, OwnWork, IllegalTransition.
    """
    reason = claims.check_reason(reason)
    indemnity = _for_second_person(indemnity_id, "return", by)
    move(indemnity, "return", reasons=reason)
    record_move(events.INDEMNITY_RETURNED, indemnity, by=by, at=at, reason=reason)
    if indemnity.kind == Indemnity.Kind.FINAL:
        claims.move(indemnity.claim, "send_back")
    return indemnity


@transaction.atomic
def refuse(indemnity_id: int, *, reasons: str, by: User, at: datetime) -> Indemnity:
    """Refuse to pay: the claim is rejected with reasons the insured reads; of an advance, only the advance."""
    reasons = claims.check_reason(reasons)
    indemnity = _for_second_person(indemnity_id, "refuse", by)
    if indemnity.kind == Indemnity.Kind.FINAL:
        check_advance_settled(indemnity.claim)
    move(indemnity, "refuse", reasons=reasons, signed_by=by, signed_at=at)
    claim = indemnity.claim
    if indemnity.kind == Indemnity.Kind.INTERIM:
        record_move(events.INDEMNITY_RETURNED, indemnity, by=by, at=at, reason=reasons)
        return indemnity
    claims.move(claim, "reject", decided_at=at, decision="rejected", reasons=reasons)
    data = {"number": claim.number, "reasons": reasons}
    record(claim.journal_key, events.CLAIM_REJECTED, actor=by, at=at, data=data)
    return indemnity


def locked_indemnity(indemnity_id: int) -> Indemnity:
    """The indemnity with its claim: the guarantee's row locked first, then the claim's, then its own."""
    claim = claims.locked(Indemnity.objects.values_list("claim_id", flat=True).get(pk=indemnity_id))
    indemnity = Indemnity.objects.select_for_update(of=("self",)).get(pk=indemnity_id)
    indemnity.claim, indemnity.guarantee = claim, claim.guarantee
    return indemnity


def _for_second_person(indemnity_id: int, transition: str, by: User) -> Indemnity:
    claims.check_handles(by, InsurerRole.CLAIMS_APPROVER)
    indemnity = locked_indemnity(indemnity_id)
    if indemnity.prepared_by_id == by.pk:
        raise OwnWork(_("You prepared this yourself: another claims approver signs it."))
    check_move(indemnity, transition)
    return indemnity


# --- The settlement ---------------------------------------------------------------------------------------------------


def pay_by(guarantee: Guarantee, approved_at: datetime) -> Any:
    """The last day to pay in time: so many working days of the insurer's country after the approval."""
    days = guarantee.clocks.payment_working_days_from_approval
    return add_working_days(localdate(approved_at), days, settings.INSURER_COUNTRY)


def settlement_facts(indemnity: Indemnity, calculation: Calculation) -> dict[str, Any]:
    """What the settlement says: every step, who signed, who is paid how much by when, and whose rights pass."""
    guarantee, terms = indemnity.guarantee, calculation.case.terms
    due_on = dict(indemnity.claim.invoices.values_list("number", "due_on"))
    assert indemnity.signed_at is not None  # noqa: S101 - the settlement is drawn up at the signature
    return {
        **parties_of(guarantee),
        "claim": indemnity.claim.number,
        "cause": indemnity.claim.cause,
        "indemnity": indemnity.number,
        "interim": indemnity.kind == Indemnity.Kind.INTERIM,
        "payee": indemnity.payee,
        "to_loss_payee": guarantee.request.loss_payee_id is not None,
        "covered": [
            {"invoice": number, "due_on": due_on[number].isoformat(), "amount": str(amount)}
            for number, amount in calculation.case.covered.items()
        ],
        "deductions": [{"kind": kind, "amount": str(amount)} for kind, amount in calculation.case.deductions.items()],
        "steps": [{"name": each.name, "amount": str(each.amount)} for each in calculation.steps],
        "insured_percentage": str(terms.insured_percentage),
        "own_percentage": str(1 - terms.insured_percentage),
        "limit_eur": str(terms.limit),
        "deductible_order": terms.deductible_order,
        "maximum_liability_left_eur": str(terms.maximum_liability_left),
        "advance_percentage": None if calculation.case.advance is None else str(calculation.case.advance),
        "indemnity_eur": str(calculation.indemnity.indemnity),
        "retained_eur": str(calculation.indemnity.retained),
        "paid_before_eur": str(calculation.case.paid_before),
        "to_pay_eur": str(calculation.amount),
        "to_claim_back_eur": str(calculation.to_claim_back),
        "preparer": str(indemnity.prepared_by),
        "signatory": str(indemnity.signed_by),
        "approved_at": indemnity.signed_at.isoformat(),
        "pay_by": pay_by(guarantee, indemnity.signed_at).isoformat(),
    }

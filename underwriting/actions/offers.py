"""Making an offer, and the insured's answer to it."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from applications import actions as requests
from applications.fields import language
from applications.models import CoverRequest
from applications.workflow import COVER_REQUEST
from journal.numbering import next_reference
from journal.recording import record
from parties.models import UNDERWRITERS, Buyer, BuyerGroup, InsurerRole, User
from underwriting import events
from underwriting.actions.analysis import NotAllowed, NotTwoPeople
from underwriting.models import Analysis, Guarantee, GuaranteeCondition, Offer, OfferCondition
from underwriting.quotes import NoGrade, Quote, Terms, graded, quote
from underwriting.stored_prices import case_as_dict, price_as_dict
from underwriting.terms import Cumul, clock_terms_on, cumul, may_sign
from underwriting.workflow import OFFER
from unlockfocus.errors import BusinessRule, IllegalTransition
from unlockfocus.money import format_money


class OverAuthority(BusinessRule):
    """The offer is larger, worse or longer than the signer may bind."""


class OverCumul(BusinessRule):
    """The guarantees on this buyer and its group together would pass the line."""


class OfferNotOpen(IllegalTransition):
    """The offer was already answered, replaced, or has expired."""


@transaction.atomic
def make_offer(request_id: int, *, terms: Terms, by: User, at: datetime) -> Offer:
    """Offer these terms: at once when within the author's authority, else awaiting a second, more senior signature.

    A live offer of the same request is superseded. Raises NotAllowed, NoGrade, NoPrice, NoTariff, OverCumul,
    OfferNotOpen, IllegalTransition.
    """
    request = requests.locked(request_id)
    _check_may_underwrite(by)
    _check_open_for_offer(request)
    analysis = latest_analysis(request)
    grade, pd = graded(analysis)
    priced = quote(request, terms, pd=pd, on=localdate(at))
    _supersede_live(request, by=by, at=at)
    _check_room(request.buyer, grade, terms.limit, localdate(at))
    offer = _write_offer(request, analysis, terms, priced, grade=grade, by=by, at=at)
    if may_sign(by, offer, localdate(at)):
        _sign(offer, by=by, at=at)
    else:
        data = {"number": offer.number, "limit": offer.limit, "to_pay": offer.to_pay}
        record(request.journal_key, events.OFFER_PREPARED, actor=by, at=at, data=data)
    return offer


def latest_analysis(request: CoverRequest) -> Analysis:
    """The newest finished analysis; raises NoGrade."""
    analysis = Analysis.objects.filter(request=request).exclude(status=Analysis.Status.PENDING).first()
    if analysis is None:
        raise NoGrade(_("The buyer has not been scored yet."))
    return analysis


def _check_may_underwrite(user: User) -> None:
    if not user.has_duty(*UNDERWRITERS):
        raise NotAllowed(_("Only underwriters make offers."))


def _check_open_for_offer(request: CoverRequest) -> None:
    if not COVER_REQUEST.allows("offer", request.status) or (
        Offer.objects.for_request(request).filter(status=Offer.Status.ACCEPTED).exists()
    ):
        raise IllegalTransition(
            _("No offer can be made: the request is “%(state)s”.") % {"state": request.get_status_display()}
        )


def _supersede_live(request: CoverRequest, *, by: User, at: datetime) -> None:
    live = Offer.objects.select_for_update(of=("self",)).for_request(request)
    for offer in live.filter(status__in=[Offer.Status.PREPARED, Offer.Status.OPEN]):
        was_open = offer.status == Offer.Status.OPEN
        _move(offer, "supersede")
        if was_open:
            record(request.journal_key, events.OFFER_SUPERSEDED, actor=by, at=at, data={"number": offer.number})


def drop_unsigned(request: CoverRequest) -> None:
    """Put aside the offers nobody signed yet of a request that takes another course; its row is locked."""
    unsigned = Offer.objects.select_for_update(of=("self",)).for_request(request)
    for offer in unsigned.filter(status=Offer.Status.PREPARED):
        _move(offer, "supersede")


def _lock_cumul(buyer: Buyer | None, grade: int, day: date) -> Cumul:
    """What is bound on the buyer and its group: two files on one of them cannot pass the line together.

    The buyer's row is locked, and then its group's, by everybody in this order; the group cannot change in between.
    """
    assert buyer is not None  # noqa: S101 - set at submission
    held = Buyer.objects.select_for_update(of=("self",)).get(pk=buyer.pk)
    if held.group_id is not None:
        BuyerGroup.objects.select_for_update().get(pk=held.group_id)
    return cumul(held, grade, day)


def _check_room(buyer: Buyer | None, grade: int, limit: Decimal, day: date) -> None:
    """Refuse the underwriter a limit for which there is no room, in figures; raises OverCumul."""
    held = _lock_cumul(buyer, grade, day)
    if limit <= held.room:
        return
    facts = {"grade": grade, "line": _money(held.line), "insured": _money(held.insured)}
    if not held.insured:
        raise OverCumul(_("At grade %(grade)s at most %(line)s may be insured on one buyer.") % facts)
    if buyer is not None and buyer.group_id is not None:
        raise OverCumul(
            _(
                "At grade %(grade)s at most %(line)s may be insured on one buyer and its group; "
                "%(insured)s is bound already."
            )
            % facts
        )
    raise OverCumul(
        _("At grade %(grade)s at most %(line)s may be insured on one buyer; %(insured)s is bound already.") % facts
    )


def _money(amount: Decimal) -> str:
    return format_money(amount, "EUR", language())


def _write_offer(
    request: CoverRequest,
    analysis: Analysis,
    terms: Terms,
    priced: Quote,
    *,
    grade: int,
    by: User,
    at: datetime,
) -> Offer:
    offer = Offer.objects.create(
        number=next_reference("OF", at.year),
        request=request,
        analysis=analysis,
        status=Offer.Status.PREPARED,
        limit=terms.limit,
        insured_percentage=terms.insured_percentage,
        deductible=terms.deductible,
        deductible_order=terms.deductible_order,
        cover_start=terms.cover_start,
        cover_end=terms.cover_end,
        waiting_period_days=90 if "short_waiting_period" in terms.options else 180,
        options=list(terms.options),
        valid_until=terms.valid_until,
        note=terms.note,
        grade=grade,
        pd=priced.cover.pd,
        tariff=priced.tariff,
        price_inputs=case_as_dict(priced.cover, priced.tariff_terms),
        breakdown=price_as_dict(priced.price),
        to_pay=priced.price.to_pay,
        prepared_by=by,
        prepared_at=at,
    )
    OfferCondition.objects.bulk_create(
        OfferCondition(offer=offer, kind=kind, detail=detail) for kind, detail in terms.conditions.items()
    )
    return offer


def _sign(offer: Offer, *, by: User, at: datetime) -> None:
    if localdate(at) > offer.valid_until:
        raise OfferNotOpen(_("This offer's last day has passed: prepare it again with a later one."))
    _move(offer, "sign")
    offer.signed_by, offer.signed_at = by, at
    offer.save(update_fields=["signed_by", "signed_at"])
    requests.mark_offered(offer.request_id, actor=by, at=at)
    data = {
        "number": offer.number,
        "limit": offer.limit,
        "insured_percentage": offer.insured_percentage,
        "to_pay": offer.to_pay,
        "valid_until": offer.valid_until,
    }
    record(offer.request.journal_key, events.OFFER_MADE, actor=by, at=at, data=data)


def locked(offer_id: int) -> Offer:
    """The offer, its row locked until the transaction ends; the request's row is locked before it, always."""
    request_id = Offer.objects.values_list("request_id", flat=True).get(pk=offer_id)
    requests.locked(request_id)
    return (
        Offer.objects.select_for_update(of=("self",))
        .select_related("request__company", "request__buyer", "analysis")
        .get(pk=offer_id)
    )


def _move(offer: Offer, transition: str) -> None:
    if not OFFER.allows(transition, offer.status):
        raise OfferNotOpen(_("This is not possible: the offer is “%(state)s”.") % {"state": offer.get_status_display()})
    offer.status = OFFER.target(transition)
    offer.save(update_fields=["status"])


@transaction.atomic
def sign(offer_id: int, *, by: User, at: datetime) -> Offer:
    """Give the second signature. Raises NotTwoPeople, OverAuthority, OverCumul, OfferNotOpen, IllegalTransition."""
    offer = locked(offer_id)
    if by.pk == offer.prepared_by_id:
        raise NotTwoPeople(_("Nobody signs what they prepared: a second person must."))
    if not by.has_duty(InsurerRole.SENIOR_UNDERWRITER) or not may_sign(by, offer, localdate(at)):
        raise OverAuthority(_("This offer is beyond your authority."))
    if latest_analysis(offer.request).grade_in_use != offer.grade:
        raise OfferNotOpen(_("The grade changed since this offer was prepared: it must be priced again."))
    _check_room(offer.request.buyer, offer.grade, offer.limit, localdate(at))
    _sign(offer, by=by, at=at)
    return offer


@transaction.atomic
def return_offer(offer_id: int, *, reason: str, by: User, at: datetime) -> Offer:
    """Send a prepared offer back to its author with a reason."""
    offer = locked(offer_id)
    _check_may_underwrite(by)
    _move(offer, "return")
    data = {"number": offer.number, "reason": reason}
    record(offer.request.journal_key, events.OFFER_RETURNED, actor=by, at=at, data=data)
    return offer


@transaction.atomic
def accept(offer_id: int, *, actor: User, at: datetime) -> Guarantee:
    """Bind the guarantee. However often and concurrently it is asked, there is one guarantee per offer.

    The offer's row is locked; validity, the signer's authority and the cumul are checked again. Asking again after
    acceptance returns the same guarantee. Raises OfferNotOpen, OverAuthority, OverCumul.
    """
    offer = locked(offer_id)
    if offer.status == Offer.Status.ACCEPTED:
        return Guarantee.objects.select_related("offer").get(offer=offer)
    if localdate(at) > offer.valid_until:
        last_day = date_format(offer.valid_until, "j F Y")
        raise OfferNotOpen(_("This offer expired on %(day)s. Ask us to renew it.") % {"day": last_day})
    if offer.signed_by is None or not may_sign(offer.signed_by, offer, localdate(at)):
        raise OverAuthority(_("This offer must be signed again before it can be accepted. We are looking into it."))
    if offer.limit > _lock_cumul(offer.request.buyer, offer.grade, localdate(at)).room:
        # Not in figures: what other companies have insured on this buyer is theirs to know.
        raise OverCumul(
            _("Our capacity on this buyer is used up since we made this offer. Ask us for a smaller limit.")
        )
    _move(offer, "accept")
    offer.answered_by, offer.answered_at = actor, at
    offer.save(update_fields=["answered_by", "answered_at"])
    return _bind(offer, actor=actor, at=at)


def _bind(offer: Offer, *, actor: User, at: datetime) -> Guarantee:
    conditions: Sequence[OfferCondition] = list(offer.conditions.all())
    state = Guarantee.Status.PENDING_CONDITIONS if conditions else Guarantee.Status.IN_FORCE
    assert offer.request.buyer is not None  # noqa: S101 - set at submission
    guarantee = Guarantee.objects.create(
        number=next_reference("GA", at.year),
        offer=offer,
        buyer=offer.request.buyer,
        status=state,
        clock_terms=clock_terms_on(localdate(at)).clocks.as_dict(),
        bound_at=at,
        in_force_at=None if conditions else at,
    )
    GuaranteeCondition.objects.bulk_create(
        GuaranteeCondition(guarantee=guarantee, kind=each.kind, detail=each.detail) for each in conditions
    )
    data: dict[str, Any] = {"number": offer.number, "guarantee": guarantee.number, "to_pay": offer.to_pay}
    record(offer.request.journal_key, events.OFFER_ACCEPTED, actor=actor, at=at, data=data)
    return guarantee


@transaction.atomic
def refuse(offer_id: int, *, reason: str, actor: User, at: datetime) -> Offer:
    """Refuse an open offer; raises OfferNotOpen."""
    offer = locked(offer_id)
    _move(offer, "refuse")
    offer.answered_by, offer.answered_at, offer.refusal_reason = actor, at, reason
    offer.save(update_fields=["answered_by", "answered_at", "refusal_reason"])
    data = {"number": offer.number, "reason": reason}
    record(offer.request.journal_key, events.OFFER_REFUSED, actor=actor, at=at, data=data)
    return offer


@transaction.atomic
def expire(offer_id: int, *, at: datetime) -> None:
    """End an offer whose last day has passed; does nothing when it was answered meanwhile."""
    offer = locked(offer_id)
    if offer.status == Offer.Status.OPEN and localdate(at) > offer.valid_until:
        _move(offer, "expire")
        record(offer.request.journal_key, events.OFFER_EXPIRED, actor=None, at=at, data={"number": offer.number})

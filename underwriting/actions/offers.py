"""Making an offer, and the insured's answer to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from applications import actions as requests
from applications.models import CoverRequest
from journal.numbering import next_reference
from journal.recording import record
from parties.models import UNDERWRITERS, Buyer, InsurerRole, User
from underwriting import events, pricing
from underwriting.actions.analysis import NotAllowed, NotTwoPeople
from underwriting.models import Analysis, Guarantee, GuaranteeCondition, Offer, OfferCondition, Tariff
from underwriting.stored_prices import case_as_dict, price_as_dict
from underwriting.terms import cumul, is_within_authority, tariff_on, tax_rate
from underwriting.workflow import OFFER
from unlockfocus.errors import BusinessRule, IllegalTransition
from unlockfocus.money import format_money


class OverAuthority(BusinessRule):
    """The offer is larger, worse or longer than the signer may bind."""


class OverCumul(BusinessRule):
    """The guarantees on this buyer together would pass the line."""


class OfferNotOpen(IllegalTransition):
    """The offer was already answered, replaced, or has expired."""


@dataclass(frozen=True)
class Terms:
    """What an underwriter decides. Amounts in EUR; `conditions` by kind, with their detail."""

    limit: Decimal
    insured_percentage: Decimal
    deductible: Decimal
    cover_start: date
    cover_end: date
    options: tuple[str, ...]
    conditions: Mapping[str, str]
    valid_until: date
    note: str


@dataclass(frozen=True)
class Quote:
    """A price with everything it came from."""

    tariff: Tariff
    tariff_terms: pricing.Tariff
    cover: pricing.Cover
    price: pricing.Price


def quote(request: CoverRequest, analysis: Analysis, terms: Terms, *, on: date) -> Quote:
    """What these terms cost on that day; raises NotPriceable, NoTariff. `analysis` must have a grade in use."""
    tariff = tariff_on(on)
    assert request.buyer is not None  # noqa: S101 - set at submission
    cover = pricing.Cover(
        lines=request.schedule,
        pd=_pd(analysis),
        insured_percentage=terms.insured_percentage,
        limit=terms.limit,
        cover_start=terms.cover_start,
        cover_end=terms.cover_end,
        options=terms.options,
        tax_rate=tax_rate(request.company.country, request.buyer.country, on),
    )
    tariff_terms = tariff.for_country(request.buyer.country)
    return Quote(tariff, tariff_terms, cover, pricing.price(cover, tariff_terms))


class NoGrade(BusinessRule):
    """Nothing can be priced before the buyer has a grade."""


def _pd(analysis: Analysis) -> Decimal:
    if analysis.pd_in_use is None:
        raise NoGrade(_("The buyer has no grade yet: wait for the score, or set a grade with a reason."))
    return analysis.pd_in_use


@transaction.atomic
def make_offer(request_id: int, *, terms: Terms, by: User, at: datetime) -> Offer:
    """Offer these terms: at once when within the author's authority, else awaiting a second, more senior signature.

    A live offer of the same request is superseded. Raises NotAllowed, NoGrade, OverCumul, IllegalTransition.
    """
    request = requests.locked(request_id)
    _check_may_underwrite(by)
    _check_open_for_offer(request)
    analysis = latest_analysis(request)
    priced = quote(request, analysis, terms, on=localdate(at))
    grade = analysis.grade_in_use
    assert grade is not None  # noqa: S101 - priced above
    _supersede_live(request, by=by, at=at)
    _check_cumul(request.buyer, grade, terms.limit, localdate(at))
    offer = _write_offer(request, analysis, terms, priced, grade=grade, by=by, at=at)
    if _may_sign(by, offer, localdate(at)):
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
    if not requests.COVER_REQUEST.allows("offer", request.status) or (
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


def _check_cumul(buyer: Buyer | None, grade: int, limit: Decimal, day: date) -> None:
    """The buyer's row is locked first, so that two files on one buyer cannot pass the line together."""
    buyer = Buyer.objects.select_for_update().get(pk=buyer.pk) if buyer else None
    assert buyer is not None  # noqa: S101 - set at submission
    held = cumul(buyer, grade, day)
    if limit > held.room:
        raise OverCumul(
            _("At grade %(grade)s at most %(line)s may be insured on this buyer; %(insured)s is bound already.")
            % {
                "grade": grade,
                "line": format_money(held.line, "EUR", "en"),
                "insured": format_money(held.insured, "EUR", "en"),
            }
        )


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


def _may_sign(user: User, offer: Offer, day: date) -> bool:
    months = pricing.started_months(offer.cover_start, offer.cover_end)
    return is_within_authority(user, limit=offer.limit, grade=offer.grade, months=months, day=day)


def _sign(offer: Offer, *, by: User, at: datetime) -> None:
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
    """Give the second signature. Raises NotTwoPeople, OverAuthority, OverCumul, OfferNotOpen."""
    offer = locked(offer_id)
    if by.pk == offer.prepared_by_id:
        raise NotTwoPeople(_("Nobody signs what they prepared: a second person must."))
    if not by.has_duty(InsurerRole.SENIOR_UNDERWRITER) or not _may_sign(by, offer, localdate(at)):
        raise OverAuthority(_("This offer is beyond your authority."))
    _check_cumul(offer.request.buyer, offer.grade, offer.limit, localdate(at))
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
        raise OfferNotOpen(_("This offer expired on %(day)s. Ask us to renew it.") % {"day": offer.valid_until})
    if offer.signed_by is None or not _may_sign(offer.signed_by, offer, localdate(at)):
        raise OverAuthority(_("This offer must be signed again before it can be accepted. We are looking into it."))
    _check_cumul(offer.request.buyer, offer.grade, offer.limit, localdate(at))
    _move(offer, "accept")
    offer.answered_by, offer.answered_at = actor, at
    offer.save(update_fields=["answered_by", "answered_at"])
    return _bind(offer, actor=actor, at=at)


def _bind(offer: Offer, *, actor: User, at: datetime) -> Guarantee:
    conditions: Sequence[OfferCondition] = list(offer.conditions.all())
    state = Guarantee.Status.PENDING_CONDITIONS if conditions else Guarantee.Status.IN_FORCE
    guarantee = Guarantee.objects.create(
        number=next_reference("GA", at.year),
        offer=offer,
        buyer=offer.request.buyer,
        status=state,
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

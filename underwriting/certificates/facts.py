"""What a certificate states, as JSON-able facts that depend on no language.

A key tells its type: `_on` and `_by` are ISO days, `_eur` decimal strings in EUR, `amount` a decimal string in the
`currency` beside it, `_percentage` a fraction as a decimal string, `_days` and `_months` counts.
"""

from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from applications.models import CoverRequest, OrderLine
from parties.identifiers import identifier_name
from parties.models import Bank, Buyer, Company
from underwriting.clocks import Clocks, deadlines
from underwriting.models import Guarantee, GuaranteeCondition, Offer

Facts = dict[str, Any]

FORMAT = "unlock-focus-certificate/1"

# The clauses of every guarantee, by name; their words are in wording.py.
ENDS_WHEN = ("conditions_not_met", "period_over", "order_paid", "liability_exhausted", "agreed_in_writing")
DOES_NOT_END_WHEN = ("buyer_weakens", "appetite_changes", "goods_delivered")
NOT_COVERED = ("beyond_principal", "paid_before_delivery", "outside_period", "disputed")


def certificate_facts(guarantee: Guarantee) -> Facts:
    """Everything the certificate of this version of the guarantee says; the same guarantee gives the same facts."""
    offer = guarantee.offer
    request = offer.request
    first_day = guarantee.first_day_covered
    clocks = guarantee.clocks
    schedule = [_line(line, offer, first_day or offer.cover_start, clocks) for line in request.lines.all()]
    return {
        "format": FORMAT,
        "number": guarantee.number,
        "version": guarantee.version,
        "state": str(guarantee.status),
        "bound_on": _day(guarantee.bound_at),
        "in_force_on": _day(first_day),
        "ended_on": _day(guarantee.ended_at),
        "verification": {"code": guarantee.verification_code, "url": verification_url(guarantee)},
        "insurer": {"name": settings.INSURER_NAME},
        "insured": _party(request.company),
        "buyer": _party(guarantee.buyer),
        "loss_payee": _bank(request.loss_payee),
        "order": _order(request),
        "cover": _cover(offer),
        "premium": _premium(offer),
        "conditions": [_condition(condition) for condition in guarantee.conditions.all()],
        "schedule": schedule,
        "insured_total_eur": _insured_total(schedule),
        "clocks": clocks.as_dict(),
        "ends_when": list(ENDS_WHEN),
        "does_not_end_when": list(DOES_NOT_END_WHEN),
        "not_covered": list(NOT_COVERED),
        "declarations": {"version": request.declarations_version, "made_on": _day(request.submitted_at)},
    }


def verification_url(guarantee: Guarantee) -> str:
    """The public address that confirms or denies this guarantee: what the QR code opens."""
    path = reverse("verify-certificate", args=[guarantee.number, guarantee.verification_code])
    return f"{settings.PUBLIC_URL}{path}"


def _party(party: Company | Buyer) -> Facts:
    return {
        "name": party.name,
        "legal_form": party.legal_form,
        "country": party.country,
        "register": identifier_name(party.country),
        "registration_number": party.registration_number,
        "vat_number": party.vat_number,
        "address": party.address,
    }


def _bank(bank: Bank | None) -> Facts | None:
    return {"name": bank.name, "bic": bank.bic} if bank else None


def _order(request: CoverRequest) -> Facts:
    return {
        "reference": request.order_reference,
        "goods": request.goods,
        "incoterm": request.incoterm,
        "ordered_on": _day(request.order_on),
        "amount": str(request.order_amount),
        "currency": request.order_currency,
        "rates_on": _day(request.rates_on),
    }


def _cover(offer: Offer) -> Facts:
    return {
        "limit_eur": str(offer.limit),
        "insured_percentage": str(offer.insured_percentage),
        "maximum_liability_eur": str(offer.maximum_liability),
        "deductible_eur": str(offer.deductible),
        "deductible_order": str(offer.deductible_order),
        "starts_on": _day(offer.cover_start),
        "ends_on": _day(offer.cover_end),
        "waiting_period_days": offer.waiting_period_days,
        "options": list(offer.options),
    }


def _premium(offer: Offer) -> Facts:
    price = offer.price
    return {"net_eur": str(price.net_premium), "tax_eur": str(price.tax), "to_pay_eur": str(price.to_pay)}


def _condition(condition: GuaranteeCondition) -> Facts:
    return {"kind": condition.kind, "detail": condition.detail, "met_on": _day(condition.met_at)}


def _line(line: OrderLine, offer: Offer, first_day: date, clocks: Clocks) -> Facts:
    """A line of the order. It is insured, and has deadlines, when delivered while covered and not due before."""
    facts: Facts = {
        "label": line.label,
        "amount": str(line.amount),
        "currency": line.currency,
        "amount_eur": str(line.in_eur.amount),
        "delivered_on": _day(line.delivery_on),
        "due_on": _day(line.due_on),
        "insured": line.due_on >= line.delivery_on and first_day <= line.delivery_on <= offer.cover_end,
    }
    if facts["insured"]:
        days = deadlines(line.due_on, clocks, offer.waiting_period_days)
        facts |= {name: _day(day) for name, day in asdict(days).items()}
    return facts


def _insured_total(schedule: list[Facts]) -> str:
    return str(sum((Decimal(line["amount_eur"]) for line in schedule if line["insured"]), Decimal("0.00")))


def _day(moment: date | datetime | None) -> str | None:
    """The day as people at the insurer's place call it, in ISO form."""
    if isinstance(moment, datetime):
        moment = timezone.localdate(moment)
    return moment.isoformat() if moment else None

"""The demo: INDEX, PEI and their order, with one sign-in per role. Built through the same verbs as everything else."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from applications import actions
from applications.models import BuyerAccounts, CoverRequest, OrderLine, SellersFigures, TradingHistory
from applications.rates import rate_on
from parties.models import Bank, BankSeat, Company, Duty, InsurerRole, Membership, Role, User

CASE: dict[str, Any] = json.loads((Path(__file__).parent / "index_pei.json").read_text(encoding="utf-8"))
PASSWORD = "one order at a time"  # noqa: S105 - the demo's, printed at start
ABOUT_A_YEAR = ("currency", "unit", "audited", "consolidated")


@dataclass(frozen=True)
class SignIn:
    """One demo account."""

    role: str | Promise
    email: str
    name: str


COMPANY_PEOPLE = (
    (Role.OWNER, "helene.roux@index.example", "Hélène Roux"),
    (Role.CREDIT_MANAGER, "alice.bernard@index.example", "Alice Bernard"),
    (Role.VIEWER, "marc.petit@index.example", "Marc Petit"),
)
INSURER_PEOPLE = (
    (InsurerRole.UNDERWRITER, "bruno.keller@unlockfocus.example", "Bruno Keller"),
    (InsurerRole.SENIOR_UNDERWRITER, "sofia.lindqvist@unlockfocus.example", "Sofia Lindqvist"),
    (InsurerRole.SENIOR_UNDERWRITER, "omar.haddad@unlockfocus.example", "Omar Haddad"),
    (InsurerRole.CLAIMS_HANDLER, "david.moreau@unlockfocus.example", "David Moreau"),
    (InsurerRole.CLAIMS_APPROVER, "ines.costa@unlockfocus.example", "Inês Costa"),
    (InsurerRole.COMPLIANCE_OFFICER, "jana.novak@unlockfocus.example", "Jana Nováková"),
    (InsurerRole.AUDITOR, "peter.adler@unlockfocus.example", "Peter Adler"),
)
BANKER = ("camille.dubois@bank.example", "Camille Dubois")


def sign_ins() -> list[SignIn]:
    """One account per role, two where two seniors sign, in the order a file passes through their hands."""
    people = [SignIn(role.label, email, name) for role, email, name in (*COMPANY_PEOPLE, *INSURER_PEOPLE)]
    return [*people, SignIn(_("bank viewer"), *BANKER)]


def is_loaded() -> bool:
    """Whether the demo was loaded before, in whole: loading is one transaction."""
    return User.objects.filter(email=COMPANY_PEOPLE[0][1]).exists()


def load_people() -> Company:
    """The company, the insurer's people and the bank."""
    insured = CASE["insured"]
    company = Company.objects.create(
        name=insured["name"],
        legal_form=insured["legal_form"],
        country=insured["country"],
        registration_number=insured["registration_number"],
        vat_number=insured["vat_number"],
        activity=insured["activity_nace_rev2"],
        address=insured["address"],
        employees=insured["employees"],
    )
    for role, email, name in COMPANY_PEOPLE:
        Membership.objects.create(user=_person(email, name), company=company, role=role)
    for duty, email, name in INSURER_PEOPLE:
        Duty.objects.create(user=_person(email, name, is_staff=True), role=duty)
    bank = Bank.objects.create(name="Banque des Ateliers", bic="BQATFRPP")
    BankSeat.objects.create(user=_person(*BANKER), bank=bank)
    return company


def _person(email: str, name: str, **fields: Any) -> User:
    return User.objects.create_user(email, PASSWORD, name=name, language="fr", **fields)


def draft_request(company: Company, author: User, at: datetime, order: dict[str, Any] = CASE["order"]) -> CoverRequest:
    """The request of the case, or for another order in the same shape, filled in and not yet submitted."""
    buyer, cover = CASE["buyer"], CASE["cover"]
    request = actions.open_request(
        company=company,
        author=author,
        at=at,
        answers={
            "other_credit_insurance": CASE["eligibility"]["other_credit_insurance"],
            "affiliate": buyer["related_to_insured"],
            "private_person": False,
            "buyer_country": buyer["country"],
            "buyer_registration_number": buyer["registration_number"],
            "buyer_vat_number": buyer["vat_number"],
            "buyer_name": buyer["name"],
            "buyer_legal_form": buyer["legal_form"],
            "buyer_activity": buyer["activity"],
            "buyer_address": buyer["address"],
            "order_reference": order["reference"],
            "goods": order["goods"],
            "incoterm": order["incoterm"],
            "order_on": date.fromisoformat(order["order_date"]),
            "order_amount": Decimal(order["amount"]),
            "order_currency": order["currency"],
            "insured_percentage": Decimal(cover["insured_percentage"]),
            "options": cover["options"],
            "completed_steps": list(actions.REQUIRED_STEPS),
        },
    )
    _add_lines(request, order, localdate(at))
    _add_history(request, localdate(at))
    return request


def _add_lines(request: CoverRequest, order: dict[str, Any], today: date) -> None:
    for position, line in enumerate(order["lines"], start=1):
        rate = rate_on(line["currency"], today)
        OrderLine.objects.create(
            request=request,
            position=position,
            label=line["label"],
            amount=Decimal(line["amount"]),
            currency=line["currency"],
            delivery_on=date.fromisoformat(line["delivery"]),
            due_on=date.fromisoformat(line["due"]),
            rate=rate.rate,
            rate_on=rate.on,
            amount_eur=rate.to_eur(Decimal(line["amount"])),
        )


def _add_history(request: CoverRequest, today: date) -> None:
    """What the seller knew by then: accounts published later are left out."""
    trading, figures, accounts = CASE["buyer"]["trading"], CASE["insured"]["figures"], CASE["accounts"]
    TradingHistory.objects.create(request=request, **trading)
    SellersFigures.objects.create(request=request, **{key: figures[key] for key in figures if key != "currency"})
    for year in accounts["years"]:
        if date.fromisoformat(year["published_on"]) > today:
            continue
        BuyerAccounts.objects.create(
            request=request,
            **{key: accounts[key] for key in ABOUT_A_YEAR},
            period_end=year["period_end"],
            published_on=year["published_on"],
            items={key: str(value) for key, value in year.items() if key not in {"period_end", "published_on"}},
        )

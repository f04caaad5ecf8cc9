"""The pages of deliveries, unpaid invoices and claims, empty, usual and overfull, as each side sees them."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Page

from claims.actions import closing, cover, deliveries, evidence, indemnities, notices, payments, recoveries
from claims.coverage import Check, Outcome
from claims.models import BankAccount, Claim, Notice
from parties.models import Company, User
from tests.browser.test_pages import MODES, look_at, sign_in_as
from tests.claims.money import LOST_ON, answer, booked, collect, confirmed_account, paying_account
from tests.conftest import NOW
from tests.factories import (
    claim_on_pei,
    deliver_everything,
    deliver_to_pei,
    guarantee_in_force,
    instant,
    person_named,
)
from underwriting.models import Guarantee

LATE = date(2027, 10, 20)  # D+21 of the first invoice
CLAIMED = date(2027, 12, 1)


@pytest.fixture
def on_day(settings: Any) -> Iterator[Callable[[date], None]]:
    """Set the clock of server and test to nine on a day, ticking: `on_day(LATE)`."""
    settings.SESSION_COOKIE_AGE = 10 * 366 * 86400
    travellers = []

    def travel(day: date) -> None:
        traveller = time_machine.travel(datetime(day.year, day.month, day.day, 9, tzinfo=UTC), tick=True)
        traveller.start()
        travellers.append(traveller)

    yield travel
    for traveller in reversed(travellers):
        traveller.stop()


@pytest.fixture
def guarantee(transactional_db: None, index: Company, alice: User, bruno: User) -> Guarantee:
    return guarantee_in_force(index, alice, bruno, NOW)


def overfull(guarantee: Guarantee, alice: User) -> None:
    """Two dozen invoices of hundreds of millions with the longest numbers, payments on half, a long document name."""
    line = guarantee.request.lines.order_by("position")[1]
    facts = [
        deliveries.InvoiceFacts(
            number=f"FACTURE-EXPORT-RO-2027-{number:05d}-{'X' * 11}",
            line=line,
            delivered_on=date(2027, 7, 1) + timedelta(days=number),
            invoiced_on=date(2027, 7, 1) + timedelta(days=number),
            due_on=date(2027, 9, 29) + timedelta(days=number % 30),
            amount=Decimal("987654321.99"),
        )
        for number in range(1, 25)
    ]
    invoices = deliveries.declare_invoices(guarantee.pk, facts, by=alice, at=instant(date(2027, 9, 1)))
    for invoice in invoices[:12]:
        deliveries.declare_credit(
            guarantee.pk,
            kind="payment",
            on=date(2027, 9, 20),
            amount=Decimal("1234567.89"),
            invoice=invoice,
            reference="VIREMENT SEPA RECU DE PEI SRL REF " + invoice.number,
            by=alice,
            at=instant(date(2027, 10, 1)),
        )
    name = "procès-verbal-de-réception-provisoire-du-centre-de-tournage-" + "x" * 100 + ".pdf"
    file = SimpleUploadedFile(name, b"%PDF-1.4\n%%EOF\n")
    evidence.add_evidence(guarantee.pk, kind="delivery", file=file, invoice=invoices[0], by=alice, at=instant(LATE))


def pages_of(guarantee: Guarantee) -> list[str]:
    """What can be read of a guarantee, in any state of it."""
    base = f"/guarantees/{guarantee.number}"
    invoice = guarantee.invoices.order_by("due_on").first()
    addresses = [
        f"{base}/",
        f"{base}/deliveries/",
        f"{base}/unpaid/",
        f"/files/{guarantee.request.reference}/",
    ]
    return [*addresses, f"{base}/invoices/{invoice.pk}/"] if invoice else addresses


def forms_of(guarantee: Guarantee) -> list[str]:
    """What can be filled in: deliveries, payments, documents, each question and some acts of the guided path."""
    base = f"/guarantees/{guarantee.number}"
    first = guarantee.invoices.order_by("due_on")[0]
    start = f"{base}/unpaid/?invoice={first.pk}"
    no = "&paid=no&disputed=no&extension=no&insolvent=no"
    return [
        *(f"{base}/{each}/" for each in ("deliveries/new", "deliveries/import", "payments/new", "payments/import")),
        f"{base}/documents/add/",
        f"{start}&paid=no",
        f"{start}&paid=no&disputed=yes",
        f"{start}&paid=no&disputed=no&extension=yes",
        f"{start}{no}",
        *(f"{start}{no}&act={act}" for act in ("overdue_notice", "claim", "instalment_plan")),
    ]


@pytest.mark.parametrize(("language", "width", "scheme"), MODES)
def test_pages_of_deliveries_and_unpaid_invoices(
    open_page: Callable[..., Page],
    guarantee: Guarantee,
    index: Company,
    alice: User,
    bruno: User,
    on_day: Callable[[date], None],
    live_server: Any,
    language: str,
    width: int,
    scheme: str,
) -> None:
    on_day(LATE)
    page = open_page(language, width, scheme)
    sign_in_as(page, alice, live_server.url)
    empty = look_at(page, ["/claims/", *pages_of(guarantee)])
    deliver_to_pei(guarantee, alice)
    credit = deliveries.declare_credit(
        guarantee.pk, kind="payment", on=LATE, amount=Decimal("60000.00"), by=alice, at=instant(LATE)
    )
    invoice = guarantee.invoices.get(number="F-2027-118")
    dispute = deliveries.open_dispute(
        invoice.pk, amount=Decimal("50000.00"), reason="The loader stops", on=LATE, by=alice, at=instant(LATE)
    )
    told = notices.Sending(act="overdue_notice", invoices=[invoice])
    notice = notices.send(guarantee.pk, told, by=alice, at=instant(LATE))
    usual = look_at(
        page,
        [
            *pages_of(guarantee),
            *forms_of(guarantee),
            f"/guarantees/{guarantee.number}/payments/{credit.pk}/cancel/",
            f"/disputes/{dispute.pk}/settle/",
            f"/notices/{notice.number}/",
        ],
    )
    much = guarantee_in_force(index, alice, bruno, NOW)
    overfull(much, alice)
    assert empty + usual + look_at(page, pages_of(much)) == []


@pytest.fixture
def claimed(guarantee: Guarantee, alice: User, david: User) -> Claim:
    """INDEX's claim with a document asked for, its cover half reviewed."""
    claim = claim_on_pei(guarantee, deliver_to_pei(guarantee, alice), alice)
    deliver_everything()
    found = cover.Found(Check.RIGHT_ENTITY, Outcome.MET, "The order names the same company.")
    cover.find(claim.pk, found, by=david, at=instant(CLAIMED))
    claim.refresh_from_db()
    return claim


@pytest.fixture
def david(index: Company) -> User:
    return person_named("David Moreau")


@pytest.mark.parametrize(("language", "width", "scheme"), MODES)
def test_pages_of_a_claim(
    open_page: Callable[..., Page],
    claimed: Claim,
    index: Company,
    alice: User,
    bruno: User,
    david: User,
    on_day: Callable[[date], None],
    live_server: Any,
    language: str,
    width: int,
    scheme: str,
) -> None:
    on_day(CLAIMED)
    page = open_page(language, width, scheme)
    notice = claimed.guarantee.notices.get(act=Notice.Act.CLAIM)
    insured = [
        "/claims/",
        "/claims/?status=paid",
        f"/claims/{claimed.number}/",
        f"/claims/{claimed.number}/documents/add/",
        f"/notices/{notice.number}/",
        *pages_of(claimed.guarantee),
    ]
    desk = f"/desk/claims/{claimed.number}"
    at_desk = [
        "/desk/",
        "/desk/claims/claim/",
        f"{desk}/",
        f"{desk}/ask/",
        f"{desk}/suspend/",
        f"{desk}/find/?check=right_entity",
        f"{desk}/find/?check=in_force&invoice=F-2027-118",
    ]
    sign_in_as(page, alice, live_server.url)
    wrong = look_at(page, insured)
    sign_in_as(page, david, live_server.url)
    wrong += look_at(page, at_desk)
    much = guarantee_in_force(index, alice, bruno, NOW)
    overfull(much, alice)
    big = claim_on_pei(much, much.invoices.all(), alice)
    collect(big, david, CLAIMED)
    wrong += look_at(page, [f"/desk/claims/{big.number}/", f"/desk/claims/{big.number}/find/?check=right_entity"])
    sign_in_as(page, alice, live_server.url)
    assert wrong + look_at(page, [f"/claims/{big.number}/"]) == []


def desk_rooms(claim: Claim) -> list[str]:
    """The rooms of a claim at the desk, and the acts that can be read in any state of it."""
    desk = f"/desk/claims/{claim.number}"
    acts = ("step", "contact", "promise", "plan", "collector")
    return [
        f"{desk}/",
        f"{desk}/collection/",
        *(f"{desk}/collection/{act}/" for act in acts),
        f"{desk}/reserve/",
        f"{desk}/indemnity/",
        f"{desk}/recoveries/",
    ]


MONEY = ["/desk/", "/desk/payments/", "/desk/bank-accounts/", "/desk/portfolio/"]


@pytest.mark.parametrize(("language", "width", "scheme"), MODES)
def test_rooms_of_collection_and_money(
    open_page: Callable[..., Page],
    guarantee: Guarantee,
    index: Company,
    alice: User,
    david: User,
    on_day: Callable[[date], None],
    live_server: Any,
    language: str,
    width: int,
    scheme: str,
) -> None:
    """A claim in collection, prepared, signed, ordered, paid, recovered and closed: each room in each state."""
    ines = person_named("Inês Costa")
    on_day(LOST_ON)
    page = open_page(language, width, scheme)
    sign_in_as(page, david, live_server.url)
    wrong = look_at(page, MONEY)
    claim = collect(claim_on_pei(guarantee, deliver_to_pei(guarantee, alice), alice), david, date(2027, 11, 29))
    paying_account()
    account = BankAccount.objects.get()
    desk = f"/desk/claims/{claim.number}"
    wrong += look_at(page, [*desk_rooms(claim), f"{desk}/indemnity/prepare/", f"{desk}/indemnity/interim/"])
    wrong += look_at(page, [f"/desk/bank-accounts/{account.pk}/{act}/" for act in ("confirm", "refuse")])
    prepared = indemnities.prepare(claim.pk, by=david, at=instant(LOST_ON))
    sign_in_as(page, ines, live_server.url)
    wrong += look_at(page, [f"/desk/indemnities/{prepared.number}/{act}/" for act in ("sign", "return", "refuse")])
    signed = indemnities.sign(prepared.pk, by=ines, at=instant(LOST_ON))
    confirmed_account(david)
    wrong += look_at(page, [*MONEY, f"/desk/payments/order/?indemnity={signed.pk}"])
    payments.make([signed.pk], by=david, at=instant(LOST_ON))
    file = answer(booked(signed.number, str(signed.amount), LOST_ON), david)
    wrong += look_at(page, ["/desk/payments/", f"/desk/payments/answers/{file.pk}/", f"{desk}/indemnity/"])
    payments.confirm(file.pk, by=david, at=instant(LOST_ON))
    wrong += look_at(page, [f"{desk}/recoveries/new/", f"{desk}/close/"])
    receipt = recoveries.Receipt(LOST_ON, "insured", "PEI SRL", Decimal("400000.00"))
    recoveries.record(claim.pk, receipt, by=david, at=instant(LOST_ON))
    closing.close(claim.pk, reason="PEI has nothing left.", by=david, at=instant(LOST_ON))
    wrong += look_at(page, [*MONEY, *desk_rooms(claim)[:2], *desk_rooms(claim)[-2:], f"{desk}/reopen/"])
    sign_in_as(page, alice, live_server.url)
    insured = [f"/claims/{claim.number}/", "/bank-accounts/", "/bank-accounts/new/", "/service-levels/"]
    assert wrong + look_at(page, insured) == []

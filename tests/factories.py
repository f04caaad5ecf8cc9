"""The reference case at each point of its life, built through the product's own verbs: nothing is written past them."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.timezone import localdate

from applications import actions as requests
from applications.models import CoverRequest
from claims.actions import deliveries, notices
from claims.models import Claim, Invoice
from journal.models import Delivery
from journal.tasks import deliver
from parties.models import Buyer, Company, Membership, Role, User
from underwriting.actions import analysis as analyses
from underwriting.actions import guarantees, offers
from underwriting.actions.statements import keep_year
from underwriting.models import Analysis, Guarantee, Offer
from underwriting.quotes import Terms
from underwriting.scoring.statement import Statement
from unlockfocus import demo

COVER_START, COVER_END = date(2026, 12, 1), date(2027, 11, 14)


def person_named(name: str) -> User:
    """One of the demo's people: `person_named("Alice Bernard")`."""
    return User.objects.get(name=name)


def another_senior() -> User:
    """The second senior underwriter, for what one of them prepared."""
    return person_named("Omar Haddad")


def another_company(number: int = 1) -> tuple[Company, User]:
    """Another insured that sells to PEI too, and its credit manager."""
    company = Company.objects.create(
        name=f"Atelier {number}", legal_form="SAS", country="FR", registration_number=f"8{number:08d}", activity="28.41"
    )
    author = User.objects.create_user(f"author-{number}@atelier.example", name=f"Author {number}", language="en")
    Membership.objects.create(user=author, company=company, role=Role.CREDIT_MANAGER)
    return company, author


def submitted_request(company: Company, author: User, at: datetime) -> CoverRequest:
    """INDEX's order to PEI, handed over and taken into analysis."""
    request = demo.draft_request(company, author, at)
    requests.submit(request.pk, actor=author, at=at)
    return requests.start_analysis(request.pk, at=at)


def analysed_request(company: Company, author: User, at: datetime) -> CoverRequest:
    """The same, with PEI scored: grade 6, PD 1.5 %."""
    request = submitted_request(company, author, at)
    analyse(request, at)
    return request


def analyse(request: CoverRequest, at: datetime) -> Analysis:
    """Score the buyer at once, as a worker does."""
    return analyses.analyse(analyses.request_analysis(request, at=at).pk, at=at)


def terms_for(at: datetime, **changes: Any) -> Terms:
    """The terms of the reference case: its peak as limit, 90 %, the premium paid first. Any of them may be changed."""
    usual: dict[str, Any] = {
        "limit": Decimal("1480000.00"),
        "insured_percentage": Decimal("0.90"),
        "deductible": Decimal("0.00"),
        "cover_start": COVER_START,
        "cover_end": COVER_END,
        "options": (),
        "conditions": {"premium_paid": ""},
        "valid_until": localdate(at) + timedelta(days=14),
        "note": "PEI pays late but pays; its equity carries the order.",
    }
    return Terms(**(usual | changes))


def offer_for(request: CoverRequest, by: User, at: datetime, **changes: Any) -> Offer:
    """An offer on an analysed request: open when within the author's authority, else awaiting a second signature."""
    return offers.make_offer(request.pk, terms=terms_for(at, **changes), by=by, at=at)


def bound_guarantee(company: Company, author: User, underwriter: User, at: datetime, **changes: Any) -> Guarantee:
    """The whole way: asked, scored, offered by the underwriter, accepted by the author."""
    offer = offer_for(analysed_request(company, author, at), underwriter, at, **changes)
    return offers.accept(offer.pk, actor=author, at=at)


def guarantee_in_force(company: Company, author: User, underwriter: User, at: datetime, **changes: Any) -> Guarantee:
    """The guarantee with its premium seen: what INDEX delivers from 1 December 2026 on is covered."""
    guarantee = bound_guarantee(company, author, underwriter, at, **changes)
    for condition in guarantee.conditions.all():
        guarantee = guarantees.meet_condition(condition.pk, proof="Transfer seen", by=underwriter, at=at)
    return guarantee


def buyer_with(number: int, *years: Statement, country: str = "PL", sector: str = "", at: datetime) -> Buyer:
    """A buyer whose accounts of these years we hold."""
    facts = {"name": f"Buyer {number}", "sector": sector}
    buyer, _created = Buyer.objects.get_or_create(country=country, registration_number=f"{number:010d}", defaults=facts)
    for year in years:
        keep_year(buyer, year, at=at)
    return buyer


def instant(day: date, hour: int = 9) -> datetime:
    """That day at nine in the morning, UTC."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def deliver_to_pei(guarantee: Guarantee, by: User) -> list[Invoice]:
    """INDEX's deliveries, each declared the day after: EUR 1,110,000 due 29 September 2027, 370,000 due 14 November."""
    machines, acceptance = guarantee.request.lines.order_by("position")[1:]
    rows = (
        ("F-2027-118", machines, date(2027, 7, 1), date(2027, 9, 29), "1110000.00"),
        ("F-2027-131", acceptance, date(2027, 8, 16), date(2027, 11, 14), "370000.00"),
    )
    return [
        deliveries.declare_invoice(
            guarantee.pk,
            deliveries.InvoiceFacts(
                number=number,
                line=line,
                delivered_on=delivered_on,
                invoiced_on=delivered_on,
                due_on=due_on,
                amount=Decimal(amount),
            ),
            by=by,
            at=instant(delivered_on + timedelta(days=1)),
        )
        for number, line, delivered_on, due_on, amount in rows
    ]


def claim_on_pei(guarantee: Guarantee, invoices: Iterable[Invoice], by: User) -> Claim:
    """Overdue notice on the first invoice on 28 October 2027 (D+29), claim on both on 26 November 2027."""
    invoices = list(invoices)
    notice = notices.Sending(act="overdue_notice", invoices=invoices[:1])
    notices.send(guarantee.pk, notice, by=by, at=instant(date(2027, 10, 28)))
    claim = notices.Sending(act="claim", invoices=invoices, answers={"cause": "protracted_default"})
    notices.send(guarantee.pk, claim, by=by, at=instant(date(2027, 11, 26)))
    return Claim.objects.get(guarantee=guarantee)


def deliver_everything() -> None:
    """Run every reaction that is owed, and those that follow from it, as the worker and its sweep would."""
    while owed := list(Delivery.objects.filter(delivered_at=None, attempts=0).values_list("entry_id", flat=True)):
        for entry_id in dict.fromkeys(owed):
            deliver(entry_id)


def at_once(acts: Iterable[Callable[[], Any]]) -> list[Any]:
    """Run the acts in threads that start together, each on its own connection; results or refusals, in order."""
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    from django.db import connection

    acts = list(acts)
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        start.wait(timeout=10)
        try:
            return act()
        except Exception as refusal:  # noqa: BLE001 - handed to the test, which knows what it expects
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))

"""A second order of INDEX to PEI, bound last winter, delivered, unpaid and claimed: what the claims people work on.

Its days are counted back from the day the demo is loaded, and every act goes through its verb, at the time it would
have been done.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import get_default_timezone, localdate

from applications import actions as requests
from claims.actions import accounts, claims, deliveries, evidence, notices
from claims.models import Claim, EvidenceKind, Invoice, PayingAccount
from parties.models import Company, User
from underwriting.actions import analysis as analyses
from underwriting.actions import guarantees, offers
from underwriting.models import ConditionKind, Guarantee
from underwriting.quotes import Terms
from unlockfocus import demo

ORDERED, DELIVERED, DUE = 290, (200, 170), (110, 80)
AMOUNTS = (Decimal("900000.00"), Decimal("400000.00"))
PAPERS = (
    (EvidenceKind.ORDER, "order-signed"),
    (EvidenceKind.TERMS, "terms-of-sale"),
    (EvidenceKind.STATEMENT, "statement-of-account"),
    (EvidenceKind.REMINDER, "reminders-to-pei"),
)
INDEX_IBAN, INDEX_BIC = "FR1420041010050500013M02606", "PSSTFRPPPAR"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def load_unpaid_order(company: Company, now: datetime) -> Claim:
    """Bind, deliver, wait in vain, give notice, claim, and begin to collect."""
    today = localdate(now)
    alice, sofia, david = (User.objects.get(name=name) for name in ("Alice Bernard", "Sofia Lindqvist", "David Moreau"))
    PayingAccount.objects.create(
        valid_from=today - timedelta(days=ORDERED),
        name="Unlock Focus",
        iban="FR7630006000011234567890189",
        bic="AGRIFRPP",
        source="Demo: an example number, not an account",
    )
    guarantee = _bind(company, alice, sofia, today)
    invoices = _deliver(guarantee, alice, today)
    return _claim(guarantee, invoices, alice, david, today)


def _order(today: date) -> dict[str, Any]:
    lines = zip(("Press brake", "Bending robot"), AMOUNTS, DELIVERED, DUE, strict=True)
    return {
        "reference": "PEI-0311",
        "goods": "Press brake with bending robot and tooling",
        "order_date": _day(today, ORDERED).isoformat(),
        "amount": str(sum(AMOUNTS)),
        "currency": "EUR",
        "incoterm": "DAP Pitesti",
        "lines": [
            {
                "label": label,
                "amount": str(amount),
                "currency": "EUR",
                "delivery": _day(today, delivered).isoformat(),
                "due": _day(today, due).isoformat(),
            }
            for label, amount, delivered, due in lines
        ],
    }


def _day(today: date, ago: int) -> date:
    return today - timedelta(days=ago)


def _at(today: date, ago: int, hour: int = 9) -> datetime:
    return datetime.combine(_day(today, ago), time(hour), tzinfo=get_default_timezone())


def _bind(company: Company, author: User, underwriter: User, today: date) -> Guarantee:
    asked = _at(today, ORDERED)
    request = demo.draft_request(company, author, asked, _order(today))
    requests.submit(request.pk, actor=author, at=asked)
    requests.start_analysis(request.pk, at=asked)
    analyses.analyse(analyses.request_analysis(request, at=asked).pk, at=asked)
    terms = Terms(
        limit=sum(AMOUNTS, Decimal("0.00")),
        insured_percentage=Decimal("0.90"),
        deductible=Decimal("10000.00"),
        cover_start=_day(today, ORDERED),
        cover_end=_day(today, DUE[-1]),
        options=(),
        conditions={ConditionKind.PREMIUM_PAID: ""},
        valid_until=_day(today, ORDERED - 14),
        note="PEI pays late but pays; the order is well within what it earns.",
    )
    offer = offers.make_offer(request.pk, terms=terms, by=underwriter, at=_at(today, ORDERED, 14))
    guarantee = offers.accept(offer.pk, actor=author, at=_at(today, ORDERED - 1))
    condition = guarantee.conditions.get()
    return guarantees.meet_condition(
        condition.pk, proof="Transfer seen on the account", by=underwriter, at=_at(today, ORDERED - 5)
    )


def _deliver(guarantee: Guarantee, by: User, today: date) -> list[Invoice]:
    invoices = []
    lines = guarantee.request.lines.order_by("position")
    for number, line in enumerate(lines, start=1):
        facts = deliveries.InvoiceFacts(
            number=f"F-0311-{number}",
            line=line,
            delivered_on=line.delivery_on,
            invoiced_on=line.delivery_on,
            due_on=line.due_on,
            amount=line.amount,
        )
        at = _at(line.delivery_on, 0, 16)
        invoice = deliveries.declare_invoice(guarantee.pk, facts, by=by, at=at)
        for kind, name in ((EvidenceKind.INVOICE, "invoice"), (EvidenceKind.DELIVERY, "delivery-note")):
            file = SimpleUploadedFile(f"{name}-{invoice.number}.pdf", PDF)
            evidence.add_evidence(guarantee.pk, kind=kind, file=file, invoice=invoice, by=by, at=at)
        invoices.append(invoice)
    return invoices


def _claim(guarantee: Guarantee, invoices: list[Invoice], by: User, handler: User, today: date) -> Claim:
    first_due = DUE[0]
    told = notices.Sending(act="overdue_notice", invoices=invoices[:1], note="PEI says its own customer pays late.")
    notices.send(guarantee.pk, told, by=by, at=_at(today, first_due - 28))
    claimed = notices.Sending(act="claim", invoices=invoices, answers={"cause": "protracted_default"})
    notices.send(guarantee.pk, claimed, by=by, at=_at(today, first_due - 57))
    claim = Claim.objects.get(guarantee=guarantee)
    asked = _at(today, first_due - 57, 11)
    account = accounts.give(
        guarantee.request.company, holder="INDEX SAS", iban=INDEX_IBAN, bic=INDEX_BIC, by=by, at=asked
    )
    accounts.confirm(
        account.pk, confirmation="Called back the number of the contract, spoke to H. Roux", by=handler, at=asked
    )
    for kind, name in PAPERS:
        evidence.add_evidence(guarantee.pk, kind=kind, file=SimpleUploadedFile(f"{name}.pdf", PDF), by=by, at=asked)
    claims.take(claim.pk, by=handler, at=_at(today, first_due - 58))
    claims.start_collection(claim.pk, by=handler, at=_at(today, first_due - 58, 10))
    return claim

"""What is overdue on many guarantees at once, without the whole account of each."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings

from claims import clocks
from claims.account import insolvency_told
from claims.clocks import DUTIES, Deadline
from claims.models import Invoice, Notice
from claims.models.deliveries import InvoiceQuerySet
from claims.words import is_open
from parties.models import User
from underwriting.models import Guarantee

SETTLED = [Invoice.Status.PAID, Invoice.Status.INDEMNIFIED, Invoice.Status.CLOSED]


@dataclass(frozen=True, slots=True)
class Overdue:
    """The unpaid invoices of one guarantee past their due date, the oldest of these, and the insured's next duty."""

    count: int
    since: date
    duty: Deadline | None


def is_anything_overdue(user: User, today: date) -> bool:
    """Whether a buyer owes this reader's company something past its due date."""
    return _overdue(today).filter(guarantee__in=Guarantee.objects.visible_to(user)).exists()


def overdue_by_guarantee(guarantees: Iterable[Guarantee], today: date) -> dict[int, Overdue]:
    """For those on which something is overdue, by their key; two queries, however many there are."""
    by_key = {each.pk: each for each in guarantees}
    invoices: dict[int, list[Invoice]] = defaultdict(list)
    for invoice in _overdue(today).filter(guarantee__in=by_key).order_by("due_on", "pk"):
        invoices[invoice.guarantee_id].append(invoice)
    told = Notice.objects.filter(guarantee__in=invoices, act=Notice.Act.INSOLVENCY_NOTICE).order_by("-pk")
    insolvencies = {each.guarantee_id: insolvency_told(each) for each in told}
    return {
        key: Overdue(len(rows), rows[0].due_on, _next_duty(by_key[key], rows, insolvencies.get(key), today))
        for key, rows in invoices.items()
    }


def _overdue(today: date) -> InvoiceQuerySet:
    return Invoice.objects.exclude(status__in=SETTLED).filter(due_on__lt=today)


def _next_duty(
    guarantee: Guarantee, invoices: Iterable[Invoice], insolvency: clocks.Insolvency | None, today: date
) -> Deadline | None:
    """The first duty of the insured that is still to be done. How much is open of an invoice moves no duty."""
    facts = clocks.Facts(
        invoices=tuple(
            clocks.Unpaid(
                each.number,
                each.due_on,
                each.amount_eur,
                each.amount_eur,
                noticed_on=each.notified_on,
                claimed_on=each.claimed_on,
            )
            for each in invoices
        ),
        insolvency=insolvency,
        claims=(),
        insured_country=guarantee.request.company.country,
        insurer_country=settings.INSURER_COUNTRY,
    )
    found = clocks.deadlines(facts, guarantee.clocks, guarantee.offer.waiting_period_days, today)
    return next((each for each in found if each.kind in DUTIES and each.who == "insured" and is_open(each)), None)

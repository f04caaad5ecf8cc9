"""The account of one guarantee: what was delivered, what is owed, and every deadline that follows, on one day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from django.conf import settings
from django.utils.timezone import localdate

from applications.exposure import NOTHING, Step
from applications.models import OrderLine
from claims import clocks
from claims import ledger as books
from claims.models import Claim, Credit, Evidence, Invoice, Notice
from underwriting.models import Guarantee, GuaranteeCondition


@dataclass
class Account:
    """Everything is read once, in a fixed number of queries, and computed from the facts; nothing is stored."""

    guarantee: Guarantee
    today: date

    @cached_property
    def invoices(self) -> list[Invoice]:
        rows = self.guarantee.invoices.select_related("line", "claim").prefetch_related("disputes", "evidence")
        return list(rows)

    @cached_property
    def credits(self) -> list[Credit]:
        """What reduced the debt; what was cancelled is left out."""
        return list(self.guarantee.credits.filter(cancelled_at=None).select_related("invoice"))

    @cached_property
    def claims(self) -> list[Claim]:
        return list(self.guarantee.claims.all())

    @cached_property
    def evidence(self) -> list[Evidence]:
        """Every document kept since binding, oldest first."""
        return list(self.guarantee.evidence.all())

    @cached_property
    def order_lines(self) -> list[OrderLine]:
        return list(self.guarantee.request.lines.all())

    @cached_property
    def conditions(self) -> list[GuaranteeCondition]:
        """What had to be true before cover."""
        return list(self.guarantee.conditions.all())

    @cached_property
    def insolvency(self) -> clocks.Insolvency | None:
        """As the insured told it; the first notice counts."""
        notice = self.guarantee.notices.filter(act=Notice.Act.INSOLVENCY_NOTICE).order_by("pk").first()
        return insolvency_told(notice) if notice else None

    # --- Money ---

    @cached_property
    def entries(self) -> tuple[books.Invoice, ...]:
        """The invoices as the ledger takes them, with the part that is disputed now."""
        return tuple(
            books.Invoice(
                reference=each.number,
                amount=each.amount_eur,
                delivered_on=each.delivered_on,
                due_on=each.due_on,
                disputed=sum((row.amount_eur for row in each.disputes.all() if row.settled_on is None), NOTHING),
                insured=self.is_insured(each),
            )
            for each in self.invoices
        )

    def is_insured(self, invoice: Invoice) -> bool:
        """Whether it belongs to the insured debt at all; what is then covered of it the coverage review says."""
        first = self.guarantee.first_day_covered
        delivered_in_force = first is not None and first <= invoice.delivered_on <= self.guarantee.offer.cover_end
        return invoice.is_to_buyer and delivered_in_force

    @cached_property
    def ledger(self) -> books.Ledger:
        return books.allocate(self.entries, self.credit_entries, self.loss_on)

    @cached_property
    def credit_entries(self) -> tuple[books.Credit, ...]:
        """The credits as the ledger takes them."""
        return tuple(
            books.Credit(
                reference=str(each.pk),
                kind=books.CreditKind(each.kind),
                amount=each.amount_eur,
                on=each.on,
                invoice=each.invoice.number if each.invoice else "",
            )
            for each in self.credits
        )

    @cached_property
    def loss_on(self) -> date | None:
        """The date of loss: insolvency, or the end of the first waiting period; None without a claim."""
        claimed = [each.due_on for each in self.invoices if each.claim_id]
        if not claimed:
            return None
        waited = min(claimed) + timedelta(days=self.guarantee.offer.waiting_period_days)
        return min(waited, self.insolvency.opened_on) if self.insolvency else waited

    def balance(self, invoice: Invoice) -> books.Balance:
        return self.ledger.balances[invoice.number]

    @property
    def open_total(self) -> Decimal:
        return sum((each.open for each in self.ledger.balances.values()), NOTHING)

    @property
    def overdue_total(self) -> Decimal:
        return sum((self.balance(each).open for each in self.invoices if each.due_on < self.today), NOTHING)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The insured amount really delivered and unpaid, day by day."""
        return books.actual_steps(self.entries, self.ledger.allocations)

    # --- Days ---

    @cached_property
    def facts(self) -> clocks.Facts:
        return clocks.Facts(
            invoices=tuple(self._unpaid(each) for each in self.invoices),
            insolvency=self.insolvency,
            claims=tuple(claim_file(each, self._claimed(each)) for each in self.claims),
            insured_country=self.guarantee.request.company.country,
            insurer_country=settings.INSURER_COUNTRY,
        )

    def _unpaid(self, invoice: Invoice) -> clocks.Unpaid:
        balance = self.balance(invoice)
        return clocks.Unpaid(
            reference=invoice.number,
            due_on=invoice.due_on,
            amount=invoice.amount_eur,
            open_amount=balance.open,
            settled_on=balance.settled_on,
            extended_to=invoice.extended_to,
            extension_agreed_by_insurer=invoice.extension_consented,
            noticed_on=invoice.notified_on,
            claimed_on=invoice.claimed_on,
            disputes=tuple(
                clocks.Dispute(each.opened_on, each.settled_on, each.amount_eur) for each in invoice.disputes.all()
            ),
        )

    def _claimed(self, claim: Claim) -> tuple[str, ...]:
        return tuple(each.number for each in self.invoices if each.claim_id == claim.pk)

    @cached_property
    def deadlines(self) -> tuple[clocks.Deadline, ...]:
        return self.deadlines_of(self.facts)

    def deadlines_of(self, facts: clocks.Facts) -> tuple[clocks.Deadline, ...]:
        """The deadlines should the facts be these: what an act would move is the difference."""
        offer = self.guarantee.offer
        return clocks.deadlines(facts, self.guarantee.clocks, offer.waiting_period_days, self.today)

    def deadlines_for(self, subject: str) -> Sequence[clocks.Deadline]:
        """Those of one invoice or claim, earliest first."""
        return [each for each in self.deadlines if each.subject == subject]

    @property
    def stopped_from(self) -> date | None:
        """The first day whose deliveries an unpaid invoice takes out of cover; None while free to deliver."""
        return clocks.deliveries_stopped_from(self.facts, self.guarantee.clocks, self.today)


def insolvency_told(notice: Notice) -> clocks.Insolvency:
    """What an insolvency notice says."""
    opened, known = (date.fromisoformat(notice.answers[name]) for name in ("insolvent_on", "known_on"))
    return clocks.Insolvency(opened_on=opened, known_on=known, noticed_on=localdate(notice.sent_at))


def claim_file(claim: Claim, invoices: tuple[str, ...] = ()) -> clocks.ClaimFile:
    """The insurer's side of a claim on these invoices, as the clocks take it."""
    decided = localdate(claim.decided_at) if claim.decided_at else None
    return clocks.ClaimFile(
        reference=claim.number,
        complete_on=localdate(claim.completed_at) if claim.completed_at else None,
        decided_on=decided,
        approved_on=decided if claim.decision == "approved" else None,
        paid_on=localdate(claim.paid_at) if claim.paid_at else None,
        invoices=invoices,
    )

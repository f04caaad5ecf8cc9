"""What each invoice still owes: credits set against invoices, and the exposure really open day by day. Pure.

The rules and worked examples are in docs/rules/ledger.md. Amounts are EUR excluding VAT, to the cent.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import groupby

from applications.exposure import NOTHING, ONE_DAY, Step
from unlockfocus.money import CENT, to_cents


@dataclass(frozen=True, slots=True)
class Invoice:
    """What the buyer was asked to pay; `due_on` is the original due day, `disputed` the part it now contests."""

    reference: str
    amount: Decimal
    delivered_on: date
    due_on: date
    disputed: Decimal = NOTHING
    insured: bool = True


class CreditKind(StrEnum):
    """Why the buyer owes less."""

    PAYMENT = "payment"
    DEPOSIT = "deposit"
    CREDIT_NOTE = "credit_note"
    SET_OFF = "set_off"
    RESALE = "resale"


@dataclass(frozen=True, slots=True)
class Credit:
    """What reduces the debt; `invoice` is the reference it was designated to, "" where it names none."""

    reference: str
    kind: CreditKind
    amount: Decimal
    on: date
    invoice: str = ""


@dataclass(frozen=True, slots=True)
class Allocation:
    """The part of a credit set against one invoice."""

    credit: str
    invoice: str
    amount: Decimal
    on: date


@dataclass(frozen=True, slots=True)
class Balance:
    """Where an invoice stands: `credited + open == amount`, `disputed_open + undisputed_open == open`."""

    invoice: str
    amount: Decimal
    credited: Decimal
    open: Decimal
    disputed_open: Decimal
    undisputed_open: Decimal
    settled_on: date | None


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every allocation in the order it was made, a balance for each invoice, and what no invoice could take."""

    allocations: tuple[Allocation, ...]
    balances: dict[str, Balance]
    unallocated: Decimal


@dataclass(frozen=True, slots=True)
class OverLimit:
    """Days above the limit, `until` included, None while it lasts; `amount` is the greatest excess among them."""

    on: date
    until: date | None
    amount: Decimal


def allocate(invoices: Sequence[Invoice], credits: Sequence[Credit], loss_on: date | None) -> Ledger:
    """Set credits against invoices: the designated one first, then oldest due first, pro rata from `loss_on` on.

    The credits of one day are one sum: neither their order nor their number changes a balance. Raises ValueError for
    two of a reference, an amount below zero or finer than a cent, or a designation to an invoice that is not there.
    """
    _refuse_malformed(invoices, credits)
    by_age = sorted(invoices, key=lambda invoice: (invoice.due_on, invoice.delivered_on, invoice.reference))
    open_ = {invoice.reference: invoice.amount for invoice in by_age}
    allocations: list[Allocation] = []
    for day, of_day in groupby(sorted(credits, key=lambda credit: (credit.on, credit.reference)), lambda c: c.on):
        after_loss = loss_on is not None and day >= loss_on
        allocations.extend(_allocate_day(tuple(of_day), open_, pro_rata_to_open=after_loss))
    last_credit = {allocation.invoice: allocation.on for allocation in allocations}
    return Ledger(
        allocations=tuple(allocations),
        balances={i.reference: _balance(i, open_[i.reference], last_credit.get(i.reference)) for i in invoices},
        unallocated=_total([credit.amount for credit in credits]) - _total([a.amount for a in allocations]),
    )


def pro_rata(amount: Decimal, weights: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Divide an amount in proportion to the weights, to the cent by largest remainder; the first one wins a tie.

    The parts add up to the amount exactly; while it is at most the sum of the weights, none exceeds its weight.
    Raises ValueError where there is an amount and no weight.
    """
    cents, shares = _cents(amount), [_cents(weight) for weight in weights]
    whole = sum(shares)
    if not whole:
        if cents:
            raise ValueError("nothing to divide the amount among")
        return (NOTHING,) * len(shares)
    parts = [cents * share // whole for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda index: -(cents * shares[index] % whole))
    for index in by_remainder[: cents - sum(parts)]:
        parts[index] += 1
    return tuple(part * CENT for part in parts)


def credited_by_kind(ledger: Ledger, credits: Sequence[Credit], invoices: Collection[str]) -> dict[CreditKind, Decimal]:
    """What payments, deposits, credit notes ... took off these invoices; kinds that took nothing are absent."""
    kinds = {credit.reference: credit.kind for credit in credits}
    totals: dict[CreditKind, Decimal] = {}
    for allocation in ledger.allocations:
        if allocation.invoice in invoices:
            kind = kinds[allocation.credit]
            totals[kind] = totals.get(kind, NOTHING) + allocation.amount
    return totals


def actual_steps(invoices: Sequence[Invoice], allocations: Sequence[Allocation]) -> tuple[Step, ...]:
    """The days on which the open amount of the insured invoices changes, as `exposure_steps` tells it of the forecast.

    An invoice counts on the day it is paid, as a forecast line does on its due day; what was received by the day of
    delivery never counts.
    """
    delivered_on = {invoice.reference: invoice.delivered_on for invoice in invoices if invoice.insured}
    changes: dict[date, Decimal] = {}
    for invoice in invoices:
        if invoice.insured:
            changes[invoice.delivered_on] = changes.get(invoice.delivered_on, NOTHING) + invoice.amount
    for allocation in allocations:
        delivery = delivered_on.get(allocation.invoice)
        if delivery is not None:
            day = allocation.on + ONE_DAY if allocation.on > delivery else delivery
            changes[day] = changes.get(day, NOTHING) - allocation.amount
    steps: list[Step] = []
    amount = NOTHING
    for day in sorted(changes):
        if changes[day]:
            amount += changes[day]
            steps.append(Step(day, amount))
    return tuple(steps)


def over_limit(steps: Sequence[Step], limit: Decimal) -> tuple[OverLimit, ...]:
    """Each stretch of days on which the exposure is above the limit, with its greatest excess."""
    stretches: list[OverLimit] = []
    for step in steps:
        excess = step.amount - limit
        lasting = stretches[-1] if stretches and stretches[-1].until is None else None
        if excess > 0 and lasting:
            stretches[-1] = OverLimit(lasting.on, None, max(lasting.amount, excess))
        elif excess > 0:
            stretches.append(OverLimit(step.on, None, excess))
        elif lasting:
            stretches[-1] = OverLimit(lasting.on, step.on - ONE_DAY, lasting.amount)
    return tuple(stretches)


def _allocate_day(
    credits: Sequence[Credit], open_: dict[str, Decimal], *, pro_rata_to_open: bool
) -> Iterator[Allocation]:
    """The allocations of one day's credits, taken off `open_`: designations, then all that is left over together."""
    left_over: list[tuple[Credit, Decimal]] = []
    for credit in credits:
        part = min(credit.amount, open_[credit.invoice]) if credit.invoice else NOTHING
        yield from _set_against(credit, {credit.invoice: part}, open_)
        left_over.append((credit, credit.amount - part))
    parts_of = _pro_rata_parts if pro_rata_to_open else _oldest_first_parts
    takes = parts_of(_total([amount for _, amount in left_over]), open_)
    for credit, amount in left_over:
        parts = parts_of(amount, takes)
        for invoice, part in parts.items():
            takes[invoice] -= part
        yield from _set_against(credit, parts, open_)


def _pro_rata_parts(amount: Decimal, open_: dict[str, Decimal]) -> dict[str, Decimal]:
    """What each invoice takes of the amount, none more than is open."""
    at_most = min(amount, _total(open_.values()))
    return dict(zip(open_, pro_rata(at_most, tuple(open_.values())), strict=True))


def _oldest_first_parts(amount: Decimal, open_: dict[str, Decimal]) -> dict[str, Decimal]:
    """What each invoice takes of the amount, in the order of `open_`, which is that of age."""
    parts: dict[str, Decimal] = {}
    for invoice, most in open_.items():
        parts[invoice] = min(amount, most)
        amount -= parts[invoice]
    return parts


def _set_against(credit: Credit, parts: dict[str, Decimal], open_: dict[str, Decimal]) -> Iterator[Allocation]:
    for invoice, part in parts.items():
        if part:
            open_[invoice] -= part
            yield Allocation(credit.reference, invoice, part, credit.on)


def _balance(invoice: Invoice, open_amount: Decimal, last_credit_on: date | None) -> Balance:
    """A buyer pays first what it does not dispute."""
    disputed = min(invoice.disputed, open_amount)
    return Balance(
        invoice=invoice.reference,
        amount=invoice.amount,
        credited=invoice.amount - open_amount,
        open=open_amount,
        disputed_open=disputed,
        undisputed_open=open_amount - disputed,
        settled_on=None if open_amount else last_credit_on or invoice.delivered_on,
    )


def _refuse_malformed(invoices: Sequence[Invoice], credits: Sequence[Credit]) -> None:
    references = [invoice.reference for invoice in invoices]
    if len(set(references)) < len(references) or "" in references:
        raise ValueError("every invoice has a reference of its own")
    if len({credit.reference for credit in credits}) < len(credits):
        raise ValueError("every credit has a reference of its own")
    for amount in [*(i.amount for i in invoices), *(i.disputed for i in invoices), *(c.amount for c in credits)]:
        _cents(amount)
    for credit in credits:
        if credit.invoice and credit.invoice not in references:
            raise ValueError(
                f"credit {credit.reference} is designated to {credit.invoice}, which is not among the invoices"
            )


def _cents(amount: Decimal) -> int:
    if amount < 0 or to_cents(amount) != amount:
        raise ValueError(f"{amount} is not an amount to the cent, zero or more")
    return int(amount / CENT)


def _total(amounts: Collection[Decimal]) -> Decimal:
    return sum(amounts, NOTHING)

"""What there is to say about an invoice or a payment before it is declared. Pure.

The remarks, their thresholds and worked examples are in docs/rules/declaring.md. A remark forbids nothing. Amounts are
EUR excluding VAT, to the cent; the day it is comes from the caller.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from applications.exposure import NOTHING, Step
from claims import ledger as books
from claims.clocks import Facts, deliveries_stopped_from
from claims.coverage import CoverFacts
from underwriting.clocks import Clocks
from unlockfocus.sheets import plain

# Declared later than this, a delivery was not declared as it happened.
LATE_DECLARATION_DAYS = 30


class Key(StrEnum):
    """What can be said: of an invoice, of the exposure it makes, of a payment."""

    OTHER_ENTITY = "other_entity"
    BEFORE_COVER = "before_cover"
    AFTER_COVER = "after_cover"
    DELIVERIES_STOPPED = "deliveries_stopped"
    NO_CREDIT = "no_credit"
    TERM_BEYOND_COVER = "term_beyond_cover"
    OVER_ORDER = "over_order"
    OVER_LIMIT = "over_limit"
    OFF_ORDER = "off_order"
    TERM_LONGER = "term_longer"
    EARLY = "early"
    LATE = "late"
    OTHER_CURRENCY = "other_currency"
    IN_FUTURE = "in_future"
    ALREADY_OVERDUE = "already_overdue"
    DECLARED_LATE = "declared_late"
    LIKE_ANOTHER = "like_another"
    ON_ACCOUNT = "on_account"
    SPILLS_OVER = "spills_over"
    AFTER_LOSS = "after_loss"
    LIKE_ANOTHER_CREDIT = "like_another_credit"


# Remarks that say of a whole invoice that it is not covered, as the coverage review would find.
TAKES_ALL = frozenset(
    {
        Key.OTHER_ENTITY,
        Key.BEFORE_COVER,
        Key.AFTER_COVER,
        Key.DELIVERIES_STOPPED,
        Key.NO_CREDIT,
        Key.TERM_BEYOND_COVER,
    }
)
COSTS_COVER = TAKES_ALL | {Key.OVER_ORDER, Key.OVER_LIMIT}


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to know before declaring; `figures` fill its sentence, `uncovered` is what it takes out of cover."""

    key: Key
    figures: dict[str, Any] = field(default_factory=dict)
    uncovered: Decimal = NOTHING

    @property
    def tone(self) -> str:
        return "danger" if self.key in COSTS_COVER else "caution"


@dataclass(frozen=True, slots=True)
class Draft:
    """An invoice about to be declared; `line` is the position of its line in the order, 0 for none."""

    number: str
    delivered_on: date
    invoiced_on: date
    due_on: date
    amount: Decimal
    currency: str
    amount_eur: Decimal
    line: int = 0
    is_to_buyer: bool = True


@dataclass(frozen=True, slots=True)
class AgreedLine:
    """A line of the order: what was agreed, and what is left of it to declare, EUR."""

    position: int
    label: str
    delivery_on: date
    due_on: date
    currency: str
    left: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """How the guarantee stands before the declaration. `left` is what is left of all lines on credit, EUR.

    Insured is what was delivered up to `insured_until`, as the account counts it.
    """

    today: date
    cover: CoverFacts
    insured_until: date
    lines: tuple[AgreedLine, ...]
    left: Decimal
    invoices: tuple[books.Invoice, ...]
    credits: tuple[books.Credit, ...]
    loss_on: date | None
    facts: Facts
    clocks: Clocks

    def line(self, position: int) -> AgreedLine | None:
        return next((line for line in self.lines if line.position == position), None)


@dataclass(frozen=True, slots=True)
class Considered:
    """One draft with what there is to say about it, the gravest first."""

    draft: Draft
    remarks: tuple[Remark, ...]

    @property
    def covered(self) -> Decimal:
        """What of it would be covered, were nothing else to happen; the limit caps the loss, not the invoice."""
        return max(self.draft.amount_eur - sum((each.uncovered for each in self.remarks), NOTHING), NOTHING)


@dataclass(frozen=True, slots=True)
class Consideration:
    """All drafts, the exposure they make, and the remark on the limit when they bring it above."""

    drafts: tuple[Considered, ...]
    before: tuple[Step, ...]
    after: tuple[Step, ...]
    over_limit: Remark | None

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Everything said, that on the limit first."""
        first = (self.over_limit,) if self.over_limit else ()
        return (*first, *(remark for each in self.drafts for remark in each.remarks))


def amount_on(steps: Sequence[Step], day: date) -> Decimal:
    """The exposure at the end of that day."""
    index = bisect_right(steps, day, key=lambda step: step.on)
    return steps[index - 1].amount if index else NOTHING


# --- Invoices ---------------------------------------------------------------------------------------------------------


def consider(drafts: Sequence[Draft], standing: Standing) -> Consideration:
    """What there is to say about these invoices, each counted after those delivered before it."""
    left = {line.position: line.left for line in standing.lines} | {0: standing.left}
    seen = _Seen(standing.invoices)
    considered: dict[int, Considered] = {}
    for index, draft in sorted(enumerate(drafts), key=lambda pair: (pair[1].delivered_on, pair[0])):
        found = sorted(_remarks(draft, standing, left, seen), key=lambda remark: remark.tone != "danger")
        considered[index] = Considered(draft, _never_twice(draft, found))
        seen.add(draft)
        if draft.is_to_buyer:
            for position in {0, draft.line}:
                left[position] = max(left.get(position, NOTHING) - draft.amount_eur, NOTHING)
    before, after = _steps(standing, ()), _steps(standing, drafts)
    return Consideration(
        drafts=tuple(considered[index] for index in range(len(drafts))),
        before=before,
        after=after,
        over_limit=_over_limit(before, after, standing.cover.limit),
    )


def _never_twice(draft: Draft, remarks: Sequence[Remark]) -> tuple[Remark, ...]:
    """What one remark takes out of cover, the next does not take again."""
    rest, kept = draft.amount_eur, []
    for remark in remarks:
        kept.append(replace(remark, uncovered=min(remark.uncovered, rest)))
        rest -= kept[-1].uncovered
    return tuple(kept)


def _remarks(draft: Draft, standing: Standing, left: dict[int, Decimal], seen: "_Seen") -> Iterator[Remark]:
    yield from _on_cover(draft, standing)
    yield from _on_term(draft, standing)
    yield from _on_order(draft, standing, left)
    yield from _on_days(draft, standing)
    other = seen.like(draft)
    if other:
        yield Remark(Key.LIKE_ANOTHER, {"other": other})


def _on_cover(draft: Draft, standing: Standing) -> Iterator[Remark]:
    first, last = standing.cover.first_day_covered, standing.cover.last_day_covered
    if not draft.is_to_buyer:
        yield Remark(Key.OTHER_ENTITY, uncovered=draft.amount_eur)
    if first is None or draft.delivered_on < first:
        yield Remark(Key.BEFORE_COVER, {"first": first}, draft.amount_eur)
    elif draft.delivered_on > last:
        yield Remark(Key.AFTER_COVER, {"last": last}, draft.amount_eur)
    then = deliveries_stopped_from(standing.facts, standing.clocks, draft.delivered_on)
    stopped_from = then or deliveries_stopped_from(standing.facts, standing.clocks, standing.today)
    if stopped_from and draft.delivered_on >= stopped_from:
        yield Remark(Key.DELIVERIES_STOPPED, {"since": stopped_from}, draft.amount_eur)


def _on_term(draft: Draft, standing: Standing) -> Iterator[Remark]:
    """The credit granted, against the longest one covered and that of the line."""
    days, line = (draft.due_on - draft.delivered_on).days, standing.line(draft.line)
    agreed = (line.due_on - line.delivery_on).days if line else 0
    longest = standing.cover.longest_term_days
    if days < 0:
        yield Remark(Key.NO_CREDIT, uncovered=draft.amount_eur)
    elif days > longest:
        yield Remark(Key.TERM_BEYOND_COVER, {"days": days, "longest": longest}, draft.amount_eur)
    elif line and 0 <= agreed < days:
        yield Remark(Key.TERM_LONGER, {"days": days, "agreed": agreed, "longest": longest})


def _on_order(draft: Draft, standing: Standing, left: dict[int, Decimal]) -> Iterator[Remark]:
    line = standing.line(draft.line)
    if line is None:
        yield Remark(Key.OFF_ORDER)
    rest = left.get(draft.line, NOTHING)
    if draft.is_to_buyer and draft.amount_eur > rest:
        excess = draft.amount_eur - rest
        yield Remark(Key.OVER_ORDER, {"excess": excess, "left": rest, "line": line.label if line else ""}, excess)
    if line and line.currency != draft.currency:
        yield Remark(Key.OTHER_CURRENCY, {"currency": draft.currency, "agreed": line.currency})


def _on_days(draft: Draft, standing: Standing) -> Iterator[Remark]:
    line, today = standing.line(draft.line), standing.today
    days = (draft.delivered_on - line.delivery_on).days if line and draft.due_on >= draft.delivered_on else 0
    if line and days:
        yield Remark(
            Key.LATE if days > 0 else Key.EARLY,
            {"days": abs(days), "agreed": line.delivery_on, "last": standing.cover.last_day_covered},
        )
    if draft.delivered_on > today:
        yield Remark(Key.IN_FUTURE, {"days": (draft.delivered_on - today).days})
    if draft.due_on < today:
        yield Remark(Key.ALREADY_OVERDUE, {"days": (today - draft.due_on).days})
    elif (today - draft.delivered_on).days > LATE_DECLARATION_DAYS:
        yield Remark(Key.DECLARED_LATE, {"days": (today - draft.delivered_on).days})


class _Seen:
    """Invoices declared or drafted, by what two declarations of one invoice have in common."""

    def __init__(self, invoices: Sequence[books.Invoice]) -> None:
        self._by_number = {plain(each.reference): each.reference for each in invoices}
        self._by_amount = {(each.delivered_on, each.amount): each.reference for each in invoices}

    def like(self, draft: Draft) -> str:
        """The number of an invoice that may be this one under another name; empty when there is none."""
        same_number = self._by_number.get(plain(draft.number), "")
        other = same_number if same_number != draft.number else ""
        return other or self._by_amount.get((draft.delivered_on, draft.amount_eur), "")

    def add(self, draft: Draft) -> None:
        self._by_number.setdefault(plain(draft.number), draft.number)
        self._by_amount.setdefault((draft.delivered_on, draft.amount_eur), draft.number)


def _steps(standing: Standing, drafts: Sequence[Draft]) -> tuple[Step, ...]:
    """The insured exposure with the drafts; their references begin with a space, as no number does."""
    first = standing.cover.first_day_covered
    entries = [
        books.Invoice(
            reference=f" {index}",
            amount=draft.amount_eur,
            delivered_on=draft.delivered_on,
            due_on=draft.due_on,
            insured=draft.is_to_buyer and first is not None and first <= draft.delivered_on <= standing.insured_until,
        )
        for index, draft in enumerate(drafts)
    ]
    invoices = [*standing.invoices, *entries]
    return books.actual_steps(invoices, books.allocate(invoices, standing.credits, standing.loss_on).allocations)


def _over_limit(before: Sequence[Step], after: Sequence[Step], limit: Decimal) -> Remark | None:
    """The greatest excess on a day on which the drafts raise the exposure above the limit."""
    found = [step for step in after if step.amount > limit and step.amount > amount_on(before, step.on)]
    if not found:
        return None
    worst = max(found, key=lambda step: step.amount)
    return Remark(
        Key.OVER_LIMIT,
        {"on": worst.on, "exposure": worst.amount, "limit": limit, "excess": worst.amount - limit},
    )


# --- Payments and other credits ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """What a credit does to one invoice: open before, what is set against it, open after."""

    invoice: str
    before: Decimal
    taken: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class CreditEffect:
    """Which invoices credits pay, what no invoice takes, and what there is to say: of all, and of each by its place."""

    parts: tuple[Part, ...]
    on_account: Decimal
    before: tuple[Step, ...]
    after: tuple[Step, ...]
    of_all: tuple[Remark, ...]
    of_each: tuple[tuple[Remark, ...], ...]

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Everything said."""
        return (*self.of_all, *(remark for each in self.of_each for remark in each))


def weigh(
    new: Sequence[books.Credit],
    invoices: Sequence[books.Invoice],
    credits: Sequence[books.Credit],
    loss_on: date | None,
) -> CreditEffect:
    """What these credits would do. One received earlier than others moves what those paid: every change is told."""
    before = books.allocate(invoices, credits, loss_on)
    after = books.allocate(invoices, [*credits, *new], loss_on)
    on_account = after.unallocated - before.unallocated
    return CreditEffect(
        parts=tuple(_changes(before, after, _taken({each.reference for each in new}, after))),
        on_account=on_account,
        before=books.actual_steps(invoices, before.allocations),
        after=books.actual_steps(invoices, after.allocations),
        of_all=(Remark(Key.ON_ACCOUNT, {"amount": on_account}),) if on_account else (),
        of_each=tuple(tuple(_on_credit(each, credits, before, loss_on)) for each in new),
    )


def withdrawn(
    reference: str, invoices: Sequence[books.Invoice], credits: Sequence[books.Credit], loss_on: date | None
) -> tuple[Part, ...]:
    """What is owed again without this credit: `taken` is what it had paid."""
    with_it = books.allocate(invoices, credits, loss_on)
    without = books.allocate(invoices, [each for each in credits if each.reference != reference], loss_on)
    return tuple(_changes(with_it, without, _taken({reference}, with_it)))


def _changes(before: books.Ledger, after: books.Ledger, taken: dict[str, Decimal]) -> Iterator[Part]:
    for reference, balance in after.balances.items():
        was, part = before.balances[reference].open, taken.get(reference, NOTHING)
        if part or was != balance.open:
            yield Part(reference, was, part, balance.open)


def _taken(credits: Collection[str], ledger: books.Ledger) -> dict[str, Decimal]:
    """What these credits pay, by invoice."""
    taken: dict[str, Decimal] = {}
    for each in ledger.allocations:
        if each.credit in credits:
            taken[each.invoice] = taken.get(each.invoice, NOTHING) + each.amount
    return taken


def _on_credit(
    credit: books.Credit, credits: Sequence[books.Credit], before: books.Ledger, loss_on: date | None
) -> Iterator[Remark]:
    open_amount = before.balances[credit.invoice].open if credit.invoice else credit.amount
    if credit.amount > open_amount:
        yield Remark(Key.SPILLS_OVER, {"amount": credit.amount - open_amount, "invoice": credit.invoice})
    if loss_on and credit.on >= loss_on:
        yield Remark(Key.AFTER_LOSS, {"loss_on": loss_on})
    if any((each.on, each.amount, each.kind) == (credit.on, credit.amount, credit.kind) for each in credits):
        yield Remark(Key.LIKE_ANOTHER_CREDIT, {"on": credit.on, "amount": credit.amount})

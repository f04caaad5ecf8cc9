"""What would be declared, against the account as it stands: one answer for the form, the file and the live page."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from applications.exposure import NOTHING, Step
from applications.models import OrderLine
from claims import declaring
from claims import ledger as books
from claims.account import Account
from claims.actions.deliveries import CreditFacts, InvoiceFacts, rate_for
from claims.declaring import AgreedLine, Consideration, CreditEffect, Draft, Remark, Standing, amount_on
from claims.declaring_words import Said, say, say_all
from claims.review import cover_facts

# Beyond this no order is plausible, and no column holds it.
MOST_EUR = Decimal(10) ** 12


@dataclass(frozen=True)
class InvoicesPreview:
    """Drafts of invoices with what there is to say, and the exposure they make."""

    account: Account
    consideration: Consideration

    @property
    def drafts(self) -> tuple[declaring.Considered, ...]:
        return self.consideration.drafts

    @property
    def sole(self) -> declaring.Considered:
        """The draft of a form."""
        (draft,) = self.drafts
        return draft

    @property
    def said(self) -> list[Said]:
        return say_all(self.consideration.remarks)

    @property
    def said_of_all(self) -> list[Said]:
        """What is said of the file as a whole."""
        return [say(self.consideration.over_limit)] if self.consideration.over_limit else []

    @property
    def rows(self) -> list[tuple[declaring.Considered, list[Said]]]:
        """Each draft with what is said of it."""
        return [(each, say_all(each.remarks)) for each in self.drafts]

    @property
    def total(self) -> Decimal:
        return sum((each.draft.amount_eur for each in self.drafts), NOTHING)

    @property
    def covered(self) -> Decimal:
        return sum((each.covered for each in self.drafts), NOTHING)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The exposure with the drafts."""
        return self.consideration.after

    @property
    def on(self) -> date:
        """The day on which the exposure is compared: today, or the first delivery when that is later."""
        return max(self.account.today, min(each.draft.delivered_on for each in self.drafts))

    @property
    def exposure_before(self) -> Decimal:
        return amount_on(self.consideration.before, self.on)

    @property
    def exposure_after(self) -> Decimal:
        return amount_on(self.consideration.after, self.on)

    @property
    def mark(self) -> str:
        return mark_of(self.consideration.remarks)


@dataclass(frozen=True)
class CreditsPreview:
    """Credits with the invoices they pay and what there is to say. `amounts` are EUR at the rate of the terms."""

    account: Account
    effect: CreditEffect
    amounts: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        return sum(self.amounts, NOTHING)

    @property
    def said(self) -> list[Said]:
        return say_all(self.effect.remarks)

    @property
    def said_of_all(self) -> list[Said]:
        return say_all(self.effect.of_all)

    @property
    def said_of_each(self) -> list[list[Said]]:
        return [say_all(each) for each in self.effect.of_each]

    @property
    def mark(self) -> str:
        return mark_of(self.effect.remarks)


def mark_of(remarks: Iterable[Remark]) -> str:
    """What was shown, in short: who confirms it has seen these remarks with these figures, and no others."""
    text = ";".join(f"{each.key}:{sorted(each.figures.items())}" for each in remarks)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def consider(account: Account, declared: Sequence[InvoiceFacts]) -> InvoicesPreview:
    """What declaring these invoices would do; raises NoRate."""
    rates = {each: rate_for(account.guarantee.request, each) for each in {facts.currency for facts in declared}}
    drafts = [
        Draft(
            number=facts.number,
            delivered_on=facts.delivered_on,
            invoiced_on=facts.invoiced_on,
            due_on=facts.due_on,
            amount=facts.amount,
            currency=facts.currency,
            amount_eur=rates[facts.currency].to_eur(facts.amount),
            line=facts.line.position if facts.line else 0,
            is_to_buyer=facts.is_to_buyer,
        )
        for facts in declared
    ]
    return InvoicesPreview(account, declaring.consider(drafts, standing_of(account)))


def standing_of(account: Account) -> Standing:
    """The account as the rules take it."""
    on_credit = [each for each in account.order_lines if each.due_on >= each.delivery_on]
    agreed = sum((each.amount_eur or NOTHING for each in on_credit), NOTHING)
    declared = sum((each.amount_eur for each in account.invoices if each.is_to_buyer), NOTHING)
    return Standing(
        today=account.today,
        cover=cover_facts(account),
        insured_until=account.guarantee.offer.cover_end,
        lines=tuple(_agreed_line(each, account) for each in account.order_lines),
        left=max(agreed - declared, NOTHING),
        invoices=account.entries,
        credits=account.credit_entries,
        loss_on=account.loss_on,
        facts=account.facts,
        clocks=account.guarantee.clocks,
    )


def _agreed_line(line: OrderLine, account: Account) -> AgreedLine:
    return AgreedLine(
        position=line.position,
        label=line.label,
        delivery_on=line.delivery_on,
        due_on=line.due_on,
        currency=line.currency,
        left=left_on_line(line, account),
    )


def left_on_line(line: OrderLine, account: Account) -> Decimal:
    """What is left to declare on a line of the order, EUR."""
    declared = (each.amount_eur for each in account.invoices if each.line_id == line.pk and each.is_to_buyer)
    return max((line.amount_eur or NOTHING) - sum(declared, NOTHING), NOTHING)


def weigh(account: Account, declared: Sequence[CreditFacts]) -> CreditsPreview:
    """What declaring these credits would do; raises NoRate."""
    rates = {each: rate_for(account.guarantee.request, each) for each in {facts.currency for facts in declared}}
    amounts = tuple(rates[facts.currency].to_eur(facts.amount) for facts in declared)
    # Recorded credits are called by their key, a number.
    new = [
        books.Credit(
            reference=f"new {index}",
            kind=books.CreditKind(facts.kind),
            amount=amount,
            on=facts.on,
            invoice=facts.invoice.number if facts.invoice else "",
        )
        for index, (facts, amount) in enumerate(zip(declared, amounts, strict=True))
    ]
    effect = declaring.weigh(new, account.entries, account.credit_entries, account.loss_on)
    return CreditsPreview(account, effect, amounts)


def without(account: Account, reference: str) -> tuple[declaring.Part, ...]:
    """What is owed again once the credit of this reference is cancelled."""
    return declaring.withdrawn(reference, account.entries, account.credit_entries, account.loss_on)

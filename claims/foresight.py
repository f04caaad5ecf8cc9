"""What an act on unpaid invoices would do to their dates and cover, before it is done: one answer for page and verb."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from claims import advice
from claims.account import Account
from claims.advice import Act, Advice, Answers, Consequence, Effect
from claims.clocks import Facts, Kind
from claims.models import Invoice
from claims.workflow import INVOICE

# An agreement with the buyer is the insured's own until the claim: then the insurer leads the collection.
AGREED = frozenset({Act.EXTENSION, Act.INSTALMENT_PLAN})
CLAIMED = frozenset({Invoice.Status.CLAIMED, Invoice.Status.INDEMNIFIED})
URGENCY = (
    Act.INSOLVENCY_NOTICE,
    Act.CLAIM,
    Act.DISPUTE,
    Act.EXTENSION,
    Act.INSTALMENT_PLAN,
    Act.OVERDUE_NOTICE,
    Act.REMINDER,
    Act.NOTHING,
)


@dataclass(frozen=True)
class Foresight:
    """Advice and effects for several invoices of one guarantee that share their answers."""

    account: Account
    invoices: Sequence[Invoice]
    answers: Answers
    # The one the buyer contests; "" when the answers are about all of them alike.
    disputed_invoice: str = ""

    def advice(self) -> Advice:
        """The most urgent act any of the invoices calls for, and what else is called for beside it."""
        found = [self._advice_for(invoice) for invoice in self.invoices]
        first = min(found, key=lambda each: URGENCY.index(each.act))
        others = {act for each in found for act in (each.act, *each.also)} - {first.act, Act.NOTHING}
        return Advice(first.act, first.why, tuple(act for act in URGENCY if act in others))

    def _advice_for(self, invoice: Invoice) -> Advice:
        offer = self.account.guarantee.offer
        return advice.advise(
            self._answers_on(invoice),
            self.account.facts,
            self.account.guarantee.clocks,
            offer.waiting_period_days,
            self.account.today,
        )

    def named(self, act: Act) -> list[Invoice]:
        """The invoices the act is for: those it is advised for, or else all on which it is possible.

        A claim takes all that are overdue: one file, one collection, and a claim tells what a notice tells.
        """
        able = [each for each in self.invoices if is_possible(act, each, self.account)]
        if act is Act.DISPUTE:
            return [each for each in able if self.disputed_invoice in ("", each.number)][:1]
        if act is Act.CLAIM:
            return able
        advised = [each for each in able if act in {(found := self._advice_for(each)).act, *found.also}]
        return advised or able

    def possible(self) -> list[Act]:
        """Every act that could be sent on one of the invoices, most urgent first."""
        return [act for act in URGENCY if any(is_possible(act, each, self.account) for each in self.invoices)]

    def effects(self, act: Act) -> tuple[Effect, ...]:
        """What the act, done today on these invoices, does; raises MissingAnswer."""
        found: list[Effect] = []
        facts = self.account.facts
        for invoice in self.invoices:
            for step in steps_of(act):
                new, facts = self._one(step, invoice, facts)
                found.extend(each for each in new if step is act or each.key in OF_A_NOTICE)
        return tuple(found)

    def _one(self, act: Act, invoice: Invoice, facts: Facts) -> tuple[tuple[Effect, ...], Facts]:
        clocks, waiting = self.account.guarantee.clocks, self.account.guarantee.offer.waiting_period_days
        answers, today = self._answers_on(invoice), self.account.today
        new = advice.effects(act, answers, facts, clocks, waiting, today)
        return new, advice.facts_after(act, answers, facts, today)

    def _answers_on(self, invoice: Invoice) -> Answers:
        answers = replace(self.answers, invoice=invoice.number, extension_consented=self._is_consented(invoice))
        if self.disputed_invoice not in ("", invoice.number):
            answers = replace(answers, disputed=False, disputed_amount=None)
        return answers

    def _is_consented(self, invoice: Invoice) -> bool:
        """Consent was given to a day; an agreement up to that day needs no other."""
        agreed_to = agreed_until(self.answers)
        return bool(
            invoice.extension_consented and agreed_to and invoice.extended_to and agreed_to <= invoice.extended_to
        )


OF_A_NOTICE = frozenset({Consequence.DUTY_MET, Consequence.DUTY_LATE})


def steps_of(act: Act) -> tuple[Act, ...]:
    """An insolvency notice tells that its invoices are unpaid, too."""
    return (act, Act.OVERDUE_NOTICE) if act is Act.INSOLVENCY_NOTICE else (act,)


def is_possible(act: Act, invoice: Invoice, account: Account) -> bool:
    """Whether the act can be sent on this invoice today."""
    balance = account.balance(invoice)
    is_late = invoice.due_on < account.today
    if not balance.open or act is Act.NOTHING:
        return False
    if act in AGREED:
        return invoice.status not in CLAIMED
    if act is Act.DISPUTE:
        return not balance.disputed_open
    if act is Act.OVERDUE_NOTICE:
        return is_late and INVOICE.allows("notify", invoice.status)
    if act is Act.INSOLVENCY_NOTICE:
        return account.insolvency is None
    if act is Act.CLAIM:
        return INVOICE.allows("claim", invoice.status) and (is_late or account.insolvency is not None)
    return is_late and invoice.status not in CLAIMED


def agreed_until(answers: Answers) -> date | None:
    """The day by which the buyer is to have paid: the extension's, or the last instalment's."""
    return answers.extension_to or max((on for on, _amount in answers.instalments), default=None)


def effects_as_facts(effects: Sequence[Effect]) -> list[dict[str, Any]]:
    """Effects as a notice and its receipt keep them: JSON-able, a key tells its type."""
    return [
        {
            "key": each.key.value,
            "kind": each.kind.value if each.kind else None,
            "subject": each.subject,
            "before_on": each.before.isoformat() if each.before else None,
            "after_on": each.after.isoformat() if each.after else None,
            "amount_eur": str(each.amount) if each.amount is not None else None,
            "part": each.part,
        }
        for each in effects
    ]


def effects_from_facts(kept: Sequence[Mapping[str, Any]]) -> tuple[Effect, ...]:
    """The effects a notice keeps, whether read as text or with their types."""
    return tuple(
        Effect(
            key=Consequence(each["key"]),
            kind=Kind(each["kind"]) if each["kind"] else None,
            subject=each["subject"],
            before=_day(each["before_on"]),
            after=_day(each["after_on"]),
            amount=Decimal(each["amount_eur"]) if each["amount_eur"] is not None else None,
            part=each["part"],
        )
        for each in kept
    )


def answers_from_facts(kept: Mapping[str, Any]) -> Answers:
    """The answers of a notice, as `notices.Sending` describes them; the invoice is named apart."""
    return Answers(
        invoice="",
        disputed_amount=Decimal(kept["disputed_amount"]) if "disputed_amount" in kept else None,
        extension_to=_day(kept.get("extension_to")),
        instalments=tuple((date.fromisoformat(on), Decimal(amount)) for on, amount in kept.get("instalments", ())),
        insolvent_on=_day(kept.get("insolvent_on")),
        known_on=_day(kept.get("known_on")),
    )


def _day(value: str | date | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value

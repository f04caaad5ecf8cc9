"""The words of the claim file: questions about cover, their answers and evidence, and the documents it asks for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from claims.coverage import Check, Line, Outcome
from claims.required_documents import Kind
from unlockfocus.templatetags.face import day, money

Text = str | Promise

QUESTIONS: dict[Check, Text] = {
    Check.IN_FORCE: gettext_lazy("Delivered while the cover was in force?"),
    Check.CONDITIONS_MET: gettext_lazy("Conditions before cover met?"),
    Check.RIGHT_ENTITY: gettext_lazy("Made out to the insured buyer?"),
    Check.WITHIN_CREDIT_TERM: gettext_lazy("Due within the agreed credit term?"),
    Check.STOP_DATE_KEPT: gettext_lazy("Delivered before deliveries were to stop?"),
    Check.EXTENSION_ALLOWED: gettext_lazy("Extension allowed?"),
    Check.NOTICE_IN_TIME: gettext_lazy("Notice in time?"),
    Check.CLAIM_IN_TIME: gettext_lazy("Claimed in time?"),
    Check.DELIVERY_PROVED: gettext_lazy("Delivery proved?"),
    Check.WITHIN_ORDER: gettext_lazy("Within the order?"),
    Check.UNDISPUTED: gettext_lazy("Undisputed?"),
    Check.WITHIN_LIMIT: gettext_lazy("Within the credit limit at delivery?"),
}

OUTCOMES: dict[Outcome, Text] = {
    Outcome.MET: gettext_lazy("met"),
    Outcome.UNMET: gettext_lazy("not met"),
    Outcome.OPEN: gettext_lazy("to be clarified"),
    Outcome.NOT_APPLICABLE: gettext_lazy("does not apply"),
}

TONES = {Outcome.MET: "good", Outcome.UNMET: "danger", Outcome.OPEN: "caution", Outcome.NOT_APPLICABLE: "neutral"}

DOCUMENTS: dict[Kind, Text] = {
    Kind.ORDER: gettext_lazy("Signed order or contract"),
    Kind.TERMS: gettext_lazy("Terms of sale"),
    Kind.INVOICE: gettext_lazy("Invoice"),
    Kind.DELIVERY: gettext_lazy("Proof of delivery"),
    Kind.STATEMENT: gettext_lazy("Statement of account"),
    Kind.REMINDER: gettext_lazy("Reminder or correspondence with the buyer"),
    Kind.RETENTION_OF_TITLE: gettext_lazy("Retention of title, registered"),
    Kind.ACKNOWLEDGEMENT: gettext_lazy("Acknowledgement of debt or instalment plan"),
    Kind.DISPUTE: gettext_lazy("Dispute: what the buyer wrote"),
    Kind.INSOLVENCY: gettext_lazy("Opening of insolvency proceedings"),
    Kind.FILED_CLAIM: gettext_lazy("Claim filed in the proceedings"),
    Kind.BANK_DETAILS: gettext_lazy("Bank account for the payment"),
    Kind.OTHER: gettext_lazy("Other document"),
}

# Where each usually lies: whom in the company one asks.
WHERE: dict[Kind, Text] = {
    Kind.ORDER: gettext_lazy("Sales: the order as the buyer signed it."),
    Kind.TERMS: gettext_lazy("Sales: the terms the order refers to."),
    Kind.INVOICE: gettext_lazy("Accounting: the invoice as sent."),
    Kind.DELIVERY: gettext_lazy("Logistics or the carrier: signed CMR, delivery note or acceptance report."),
    Kind.STATEMENT: gettext_lazy("Accounting: the buyer's account, with every payment and credit."),
    Kind.REMINDER: gettext_lazy("Accounting: your reminders, and what the buyer answered."),
    Kind.RETENTION_OF_TITLE: gettext_lazy("Legal: the clause and its registration."),
    Kind.ACKNOWLEDGEMENT: gettext_lazy("The buyer: the signed plan or acknowledgement."),
    Kind.DISPUTE: gettext_lazy("Sales: the buyer's letter and your answer."),
    Kind.INSOLVENCY: gettext_lazy("The court or the insolvency administrator: the order that opened proceedings."),
    Kind.FILED_CLAIM: gettext_lazy("Your lawyer or the administrator: the claim as filed, with proof of filing."),
    Kind.BANK_DETAILS: gettext_lazy("Treasury: the account on which an indemnity is paid; we confirm it by telephone."),
    Kind.OTHER: gettext_lazy("See what we asked for."),
}


def document_name(kind: str, invoice: str = "") -> str:
    """`Proof of delivery, F-2027-118`."""
    word = str(DOCUMENTS[Kind(kind)])
    return f"{word}, {invoice}" if invoice else word


@dataclass(frozen=True)
class Fact:
    """One piece of evidence beside an answer."""

    label: str
    value: str


def evidence_of(line: Line) -> list[Fact]:
    """What the answer rests on, in words; empty where the question does not arise."""
    return list(_evidence(line)) if line.evidence else []


LABELS: dict[str, Text] = {
    "delivered_on": gettext_lazy("delivered"),
    "first_day_covered": gettext_lazy("covered from"),
    "last_day_covered": gettext_lazy("covered until"),
    "due_on": gettext_lazy("due"),
    "days": gettext_lazy("credit given"),
    "longest_term_days": gettext_lazy("credit agreed, at most"),
    "stop_since": gettext_lazy("no new deliveries covered from"),
    "extended_to": gettext_lazy("extended to"),
    "last_free_day": gettext_lazy("free until"),
    "by": gettext_lazy("last day in time"),
    "done_on": gettext_lazy("received"),
    "amount": gettext_lazy("invoice"),
    "agreed_amount": gettext_lazy("left on the order"),
    "disputed_open": gettext_lazy("disputed"),
    "exposure_after_delivery": gettext_lazy("unpaid after this delivery"),
    "limit": gettext_lazy("credit limit"),
}


def _evidence(line: Line) -> Iterator[Fact]:
    for name, value in line.evidence.items():
        yield Fact(str(LABELS[name]), _value(value))


def _value(value: str | date | Decimal | int) -> str:
    if isinstance(value, Decimal):
        return money(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, int):
        return ngettext("%(count)d day", "%(count)d days", value) % {"count": value}
    return value


def consequence(line: Line) -> str:
    """What an answer means for the cover of this invoice, in money; empty when it means nothing."""
    if line.outcome is Outcome.UNMET and line.check is Check.WITHIN_LIMIT:
        return _("%(amount)s above the limit, which caps the loss: the insured bears it") % {
            "amount": money(line.at_stake)
        }
    if line.outcome is Outcome.UNMET:
        if not line.uncovered:
            return _("takes out nothing more")
        return _("%(amount)s not covered") % {"amount": money(line.uncovered)}
    if line.outcome is Outcome.OPEN and line.at_stake:
        return _("%(amount)s at stake") % {"amount": money(line.at_stake)}
    return ""

"""The words of money: the steps of an indemnity, what credits took off, what the bank's lines say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unlockfocus.templatetags.face import percent

Text = str | Promise

STEPS: dict[str, Text] = {
    "covered": gettext_lazy("Covered principal, excluding VAT"),
    "deductions": gettext_lazy("Deposits, payments, credit notes, set-off, resale"),
    "gross_loss": gettext_lazy("Gross loss"),
    "above_limit": gettext_lazy("Above the credit limit"),
    "insured_loss": gettext_lazy("Insured loss"),
    "own_share": gettext_lazy("The insured's own share"),
    "deductible": gettext_lazy("Deductible"),
    "cap": gettext_lazy("Above what is left of the maximum liability"),
    "indemnity": gettext_lazy("Indemnity"),
}
LEVELS = frozenset({"gross_loss", "insured_loss", "indemnity"})

CREDITS: dict[str, Text] = {
    "payment": gettext_lazy("Payments"),
    "deposit": gettext_lazy("Deposits"),
    "credit_note": gettext_lazy("Credit notes"),
    "set_off": gettext_lazy("Set-off"),
    "resale": gettext_lazy("Resale of the goods"),
}

# What confirming a bank's file does with one of its lines.
DOES: dict[str, Text] = {
    "paid": gettext_lazy("counts as paid"),
    "failed": gettext_lazy("counts as returned"),
    "nothing": gettext_lazy("changes nothing"),
}
# What it did.
DID: dict[str, Text] = {
    "paid": gettext_lazy("counted as paid"),
    "failed": gettext_lazy("counted as returned"),
}
WHY: dict[str, Text] = {
    "accepted": gettext_lazy("The bank accepted the order; nothing has left the account yet."),
    "known": gettext_lazy("This line was counted before."),
    "unknown": gettext_lazy("No indemnity of ours has this reference: somebody must find out what it is."),
    "other_account": gettext_lazy("It is about an account that is not ours."),
    "amount": gettext_lazy("The amount is not that of the indemnity."),
    "earlier_order": gettext_lazy("It is about an earlier order of the same indemnity."),
    "state": gettext_lazy("The indemnity is not on its way to be paid."),
}
# What a line of the bank's says happened.
SAYS: dict[str, Text] = {
    "paid": gettext_lazy("booked"),
    "rejected": gettext_lazy("refused or sent back"),
    "accepted": gettext_lazy("accepted"),
}
# Whether somebody must act on a line that changes nothing.
SETTLED_LINES = frozenset({"accepted", "known"})

# Why a file of the bank's cannot be read.
UNREADABLE: dict[str, Text] = {
    "empty": gettext_lazy("the file is empty"),
    "too_large": gettext_lazy("the file is larger than 5 MB"),
    "not_xml": gettext_lazy("it is not XML"),
    "doctype": gettext_lazy("it declares a document type, which a bank never does"),
    "unknown_message": gettext_lazy("it is another message"),
    "missing": gettext_lazy("an element is missing"),
    "repeated": gettext_lazy("an element stands there twice"),
    "value": gettext_lazy("a value cannot be"),
    "sum": gettext_lazy("the amounts do not add up"),
}

# The parts of an order, and why a bank would refuse one.
ORDER_PARTS: dict[str, Text] = {
    "debtor.name": gettext_lazy("the holder of our paying account"),
    "debtor.iban": gettext_lazy("the IBAN of our paying account"),
    "debtor.bic": gettext_lazy("the BIC of our paying account"),
    "creditor_name": gettext_lazy("the holder of the account"),
    "creditor_iban": gettext_lazy("the IBAN"),
    "creditor_bic": gettext_lazy("the BIC"),
    "amount": gettext_lazy("the amount"),
    "execution_on": gettext_lazy("the day of execution"),
}
ORDER_FAULTS: dict[str, Text] = {
    "empty": gettext_lazy("has no letter or digit a bank can read"),
    "format": gettext_lazy("is not written as it must be"),
    "checksum": gettext_lazy("has wrong check digits"),
    "outside_sepa": gettext_lazy("lies outside the SEPA area"),
    "bank_needed": gettext_lazy("is needed outside the European Economic Area"),
    "not_positive": gettext_lazy("is not above zero"),
    "too_large": gettext_lazy("is larger than a SEPA transfer may be"),
    "past": gettext_lazy("is past"),
}


def order_refusal(transfer: str, part: str, fault: str) -> str:
    """Why no bank would carry an order out: `IN-2028-000001: the IBAN has wrong check digits.`"""
    facts = {
        "transfer": transfer or _("the whole order"),
        "part": ORDER_PARTS.get(part, part),
        "fault": ORDER_FAULTS.get(fault, fault),
    }
    return _("The bank would refuse this order. %(transfer)s: %(part)s %(fault)s.") % facts


@dataclass(frozen=True, slots=True)
class StepRow:
    """A line of the calculation as people read it; a level is the sum of the lines above it. EUR."""

    label: str
    amount: Decimal
    note: str
    is_level: bool


def step_rows(steps: Iterable[Mapping[str, Any]], insured_percentage: Decimal) -> list[StepRow]:
    """The lines of a calculation, from what was frozen: names and amounts, as text or as Decimals."""
    return [_row(each["name"], Decimal(each["amount"]), insured_percentage) for each in steps]


def _row(name: str, amount: Decimal, insured_percentage: Decimal) -> StepRow:
    note = ""
    if name == "own_share":
        note = _("%(share)s, as agreed in the guarantee") % {"share": percent(1 - insured_percentage)}
    return StepRow(str(STEPS[name]), amount, note, name in LEVELS)

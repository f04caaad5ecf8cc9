"""The words of money: the sum of an indemnity line by line, what credits took off, what the bank's lines say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import takewhile
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.exposure import NOTHING
from claims.calculation import Calculation
from claims.indemnity import StepLine
from unlockfocus.money import to_cents
from unlockfocus.templatetags.face import money, percent

Text = str | Promise

# Up to so many invoices each has its line in the sum; above, one line stands for all.
INVOICES_IN_FULL = 8

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


# --- The whole sum ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sheet:
    """A calculation as a sum: the rows lead to `total`, which is to be paid. EUR."""

    rows: list[StepRow]
    total: Decimal


def sheet_of(calculation: Calculation, *, to_insured: bool = False) -> Sheet:
    """From what is covered to what is paid, each line with the term it rests on; `to_insured` says "you"."""
    notes = _notes(calculation)
    steps = [
        StepRow(
            _step_word(each.name, to_insured=to_insured), each.amount, notes.get(each.name, ""), each.name in LEVELS
        )
        for each in calculation.steps
        if each.name not in {"covered", "deductions"}
    ]
    return Sheet([*_loss_rows(calculation), *steps, *_payment_rows(calculation)], calculation.amount)


def _step_word(name: str, *, to_insured: bool) -> str:
    return _("Your own share") if to_insured and name == "own_share" else str(STEPS[name])


def _loss_rows(calculation: Calculation) -> list[StepRow]:
    """What is covered, invoice by invoice, and what credits took off, kind by kind."""
    case = calculation.case
    if len(case.covered) > INVOICES_IN_FULL:
        text = ngettext("%(count)d covered invoice", "%(count)d covered invoices", len(case.covered))
        covered = [_plain(text % {"count": len(case.covered)}, sum(case.covered.values(), NOTHING))]
    else:
        covered = [_plain(_("Invoice %(number)s") % {"number": each}, case.covered[each]) for each in case.covered]
    deducted = [_plain(str(CREDITS[kind]), -amount) for kind, amount in case.deductions.items()]
    beyond = _amount(calculation.steps, "deductions") + sum(case.deductions.values(), NOTHING)
    if beyond:
        deducted.append(_plain(_("Deducted beyond what is covered"), beyond))
    return covered + deducted


def _payment_rows(calculation: Calculation) -> list[StepRow]:
    """From the indemnity to what is paid now."""
    case, due = calculation.case, calculation.indemnity.indemnity
    rows = []
    if case.advance is not None:
        held_back = due - to_cents(case.advance * due)
        note = _("%(share)s may be advanced") % {"share": percent(case.advance)}
        rows.append(StepRow(_("Kept until the indemnity itself"), -held_back, note, is_level=False))
    if case.paid_before:
        rows.append(_plain(_("Signed before on this claim"), -case.paid_before))
    if calculation.to_claim_back:
        rows.append(_plain(_("Advanced too much, to be paid back"), calculation.to_claim_back))
    return rows


def _plain(label: str, amount: Decimal) -> StepRow:
    return StepRow(label, amount, "", is_level=False)


def _amount(steps: Iterable[StepLine], name: str) -> Decimal:
    return next(each.amount for each in steps if each.name == name)


def _notes(calculation: Calculation) -> dict[str, str]:
    """The term of the guarantee behind a line."""
    terms = calculation.case.terms
    notes = {
        "above_limit": _("credit limit %(limit)s") % {"limit": money(terms.limit)},
        "own_share": _("%(share)s, as agreed in the guarantee") % {"share": percent(1 - terms.insured_percentage)},
        "cap": _("%(left)s is left for this claim") % {"left": money(terms.maximum_liability_left)},
    }
    if terms.deductible:
        before = terms.deductible_order == "before_percentage"
        order = _("taken before the own share") if before else _("taken after the own share")
        notes["deductible"] = _("%(amount)s, %(order)s") % {"amount": money(terms.deductible), "order": order}
    return notes


@dataclass(frozen=True, slots=True)
class Difference:
    """A line of two sums side by side, EUR; zero where one of them does not have it."""

    label: str
    then: Decimal
    now: Decimal
    is_level: bool

    @property
    def change(self) -> Decimal:
        return self.now - self.then


def differences(then: Sheet, now: Sheet, total: str) -> list[Difference]:
    """Every line of either sum, the total under its name last."""
    lines = {each.label: each for each in [*_before_loss(then), *_before_loss(now), *then.rows, *now.rows]}
    amounts = [{each.label: each.amount for each in sheet.rows} for sheet in (then, now)]
    found = [
        Difference(label, amounts[0].get(label, NOTHING), amounts[1].get(label, NOTHING), row.is_level)
        for label, row in lines.items()
    ]
    return [*found, Difference(total, then.total, now.total, is_level=True)]


def _before_loss(sheet: Sheet) -> Sequence[StepRow]:
    return list(takewhile(lambda row: not row.is_level, sheet.rows))

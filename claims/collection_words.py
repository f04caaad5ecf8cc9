"""The words of the collection: steps, states, problems of a collector's file. The rules give keys, this says them."""

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from unlockfocus.tables import Problem

STAGES = {
    "amicable": _("Amicable demand"),
    "retention_of_title": _("Retention of title"),
    "negotiation": _("Negotiation"),
    "pre_legal": _("Pre-legal"),
    "payment_order": _("Order for payment"),
    "legal": _("Legal action"),
    "insolvency_filing": _("Filing in the insolvency"),
}

STEP_STATES = {
    "done": _("Done"),
    "upcoming": _("Upcoming"),
    "now": _("To be done now"),
    "overdue": _("Overdue"),
    "replaced": _("Another way was taken"),
    "waits_for_insolvency": _("Only if insolvency proceedings are opened"),
    "stayed": _("Stayed by the insolvency"),
}

STEPS = {
    "demand": _("Send a formal demand in writing, with the invoices, the statement of account and a last day to pay."),
    "notification_ro": _(
        "Send a written notification that puts the buyer in default, with the invoices, the interest due and "
        "a last day to pay."
    ),
    "retention": _(
        "Check that retention of title was agreed in writing before delivery, find the goods and claim them "
        "or their price."
    ),
    "retention_ro": _(
        "Check that retention of title stands in the RNPM register, so that it holds against other creditors, "
        "and find the goods."
    ),
    "retention_fr": _(
        "Check that retention of title was agreed in writing before delivery. In insolvency, the goods are "
        "claimed within three months of the publication."
    ),
    "retention_dated": _(
        "Check that retention of title was agreed in writing with a certified date, so that it holds against "
        "other creditors."
    ),
    "negotiation": _(
        "Speak to the buyer: why it does not pay, what it can pay and when, with which security. Put what is "
        "agreed in writing, with an acknowledgement of debt."
    ),
    "summons_ro": _(
        "Have a bailiff serve the summons, or send it by registered letter with declared contents: 15 days to "
        "pay from receipt. Without it the order for payment is inadmissible."
    ),
    "bailiff_or_lawyer": _("Have a bailiff or a lawyer serve a last demand before going to court."),
    "european_order": _(
        "Apply with form A to the court of the buyer’s country. The buyer has 30 days from service to oppose; "
        "otherwise the order can be enforced throughout the Union, except in Denmark."
    ),
    "payment_order": _(
        "Apply for the national order for payment; a debt that is seriously disputed goes to the ordinary "
        "court instead."
    ),
    "payment_order_ro": _(
        "Apply for the ordonanță de plată once the 15 days of the summons have passed; a debt that is "
        "seriously disputed goes to the ordinary court instead."
    ),
    "insolvency_petition_ro": _(
        "Consider asking for the opening of insolvency proceedings: a debt more than 60 days overdue and "
        "above 50,000 lei is enough."
    ),
    "court": _("Sue before the competent court."),
    "court_ro": _("Sue before the competent court; the court fee grows with the amount."),
    "court_or_arbitration": _(
        "Go to the court or the arbitrators the contract names; ask a local lawyer first what a judgment is "
        "worth there."
    ),
    "filing_ro": _(
        "File the claim with the court by the day fixed in the opening judgment, published in the BPI; after "
        "it the right is lost. Enter that day as soon as it is known."
    ),
    "filing_fr": _(
        "File the claim with the creditors’ representative within two months of the publication in the "
        "BODACC; creditors abroad have two months more."
    ),
    "filing_court_sets": _("File the claim by the day the court sets. Enter that day as soon as it is known."),
    "filing_before_hearing": _(
        "File the claim at least 30 days before the hearing on the claims. Enter that day as soon as it is known."
    ),
    "filing_month": _(
        "File the claim within a month of the publication of the opening. Enter the day as soon as it is known."
    ),
    "filing_eu": _(
        "File the claim by the day the court sets; a creditor from another country of the Union has at least "
        "30 days from the publication."
    ),
}

PROMISE_STATES = {
    "open": _("Awaited"),
    "kept": _("Kept"),
    "kept_late": _("Kept late"),
    "broken": _("Broken"),
}

COLUMNS = {
    "reference": _("Reference"),
    "invoice": _("Invoice"),
    "on": _("Date"),
    "collected": _("Collected"),
    "cost": _("Cost"),
}

PROBLEMS = {
    "unreadable": _("This file cannot be read. Send an Excel workbook (.xlsx) or a CSV file."),
    "too_big": _("This file is too large."),
    "too_many_rows": _("This file has more than %(value)s rows."),
    "no_rows": _("This file has a header and no rows."),
    "missing_column": _("The first row must name the column “%(value)s”."),
    "repeated_column": _("%(cell)s: the column “%(value)s” stands twice."),
    "missing": _("%(cell)s: something is missing here."),
    "formula": _("%(cell)s: “%(value)s” is a formula; give its value."),
    "too_long": _("%(cell)s: “%(value)s” is too long."),
    "not_a_day": _("%(cell)s: “%(value)s” is not a day. Example: 2027-12-31"),
    "in_future": _("%(cell)s: “%(value)s” has not come yet."),
    "not_a_number": _("%(cell)s: “%(value)s” is not an amount."),
    "separators": _("%(cell)s: the separators of “%(value)s” are unclear. Example: 12,345.60"),
    "too_many_decimals": _("%(cell)s: “%(value)s” has more than two decimals."),
    "too_large": _("%(cell)s: “%(value)s” is too large."),
    "currency": _("%(cell)s: “%(value)s” is in another currency."),
    "unknown_invoice": _("%(cell)s: the invoice “%(value)s” is not declared."),
    "changed_reference": _("%(cell)s: the reference “%(value)s” stands elsewhere with other amounts."),
}

TITLES: dict[str, Promise] = {
    "demand": _("Formal demand"),
    "notification_ro": _("Written notification"),
    "retention": _("Retention of title"),
    "retention_ro": _("Retention of title, RNPM register"),
    "retention_fr": _("Retention of title"),
    "retention_dated": _("Retention of title, certified date"),
    "negotiation": _("Negotiation and instalments"),
    "summons_ro": _("Summons to pay (somație)"),
    "bailiff_or_lawyer": _("Last demand by bailiff or lawyer"),
    "european_order": _("European order for payment"),
    "payment_order": _("National order for payment"),
    "payment_order_ro": _("Order for payment (ordonanță de plată)"),
    "insolvency_petition_ro": _("Creditor’s petition for insolvency"),
    "court": _("Action in court"),
    "court_ro": _("Action in court"),
    "court_or_arbitration": _("Court or arbitration"),
    "filing_ro": _("Filing of the claim in the insolvency"),
    "filing_fr": _("Filing of the claim in the insolvency"),
    "filing_court_sets": _("Filing of the claim in the insolvency"),
    "filing_before_hearing": _("Filing of the claim in the insolvency"),
    "filing_month": _("Filing of the claim in the insolvency"),
    "filing_eu": _("Filing of the claim in the insolvency"),
}

STEP_TONES = {"done": "good", "now": "caution", "overdue": "danger"}
PROMISE_TONES = {"open": "info", "kept": "good", "kept_late": "caution", "broken": "danger"}
PART_STATES = {"paid": _("Paid"), "upcoming": _("To come"), "missed": _("Missed")}
PART_TONES = {"paid": "good", "missed": "danger"}

# Why a reserve was set without anybody setting it; kept as they stand here and said in the reader's language.
RESERVE_REASONS = {
    "opened": gettext_noop("Set when the claim was opened, from what is open, the limit and the terms"),
    "opened_insolvency": gettext_noop("Set when the claim was opened; the proceedings will tell what can be recovered"),
    "reopened": gettext_noop("Set when the claim was reopened, less what was paid on it"),
    "advanced": gettext_noop("Lowered by the advance that was paid"),
    "approved": gettext_noop("Set to the indemnity that was approved"),
    "paid": gettext_noop("Nothing is left to pay"),
    "failed": gettext_noop("Set again: the payment came back"),
    "rejected": gettext_noop("The claim was rejected"),
    "closed": gettext_noop("The claim was closed"),
}


def title(code: str) -> Promise | str:
    """The short name of a step; a code that is no longer in the catalogue is shown as it is."""
    return TITLES.get(code, code)


def problem_sentence(problem: Problem) -> str:
    """What is wrong in a collector's file, with the cell where it is about one."""
    figures = {"cell": problem.cell, "value": COLUMNS.get(problem.value, problem.value)}
    return str(PROBLEMS[problem.code]) % figures


def reserve_reason(reason: str) -> str:
    """As it is read: what the product itself wrote, in the reader's language."""
    return gettext(reason) if reason in RESERVE_REASONS.values() else reason

"""What is said before something is declared, in the active language: the rules give keys and figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from claims.declaring import Key, Remark
from unlockfocus.templatetags.face import day, money

# The fact, then what it means for cover and what one can do.
SENTENCES = {
    Key.OTHER_ENTITY: (
        gettext_lazy("Made out to another company than the insured buyer."),
        gettext_lazy("The guarantee covers debts of the buyer alone: nothing of this invoice is covered."),
    ),
    Key.BEFORE_COVER: (
        gettext_lazy("Delivered before cover began on %(first)s."),
        gettext_lazy("Nothing of this invoice is covered. Declare it all the same: payments are set against it too."),
    ),
    Key.AFTER_COVER: (
        gettext_lazy("Delivered after the last day of cover, %(last)s."),
        gettext_lazy("Nothing of this invoice is covered. Before you deliver more, ask us for an endorsement."),
    ),
    Key.DELIVERIES_STOPPED: (
        gettext_lazy("Delivered while deliveries are stopped, since %(since)s."),
        gettext_lazy(
            "Another invoice is unpaid for too long, so nothing of this one is covered. Deliver only against payment"
            " in advance until it is paid."
        ),
    ),
    Key.NO_CREDIT: (
        gettext_lazy("Due before the delivery."),
        gettext_lazy(
            "Without credit there is nothing to insure: nothing of this invoice is covered. What the buyer pays in"
            " advance is recorded as a deposit."
        ),
    ),
    Key.TERM_BEYOND_COVER: (
        gettext_lazy("%(days)s days of credit; at most %(longest)s are covered."),
        gettext_lazy(
            "Nothing of this invoice is covered. Agree an earlier due date with the buyer and correct it here, or ask"
            " us for an endorsement."
        ),
    ),
    Key.OVER_ORDER: (
        gettext_lazy("%(excess)s more than the %(left)s left on %(line)s."),
        gettext_lazy("The excess is not covered, unless you ask for an endorsement and we agree to it."),
    ),
    Key.OVER_LIMIT: (
        gettext_lazy("%(excess)s above the credit limit."),
        gettext_lazy(
            "The buyer then owes %(exposure)s on %(on)s, with a limit of %(limit)s. A loss above the limit is yours to"
            " bear: wait for a payment before you deliver more, or ask for a higher limit."
        ),
    ),
    Key.OFF_ORDER: (
        gettext_lazy("On no line of the order."),
        gettext_lazy(
            "The guarantee covers this one order: in a claim you will have to show that the delivery belongs to it."
        ),
    ),
    Key.TERM_LONGER: (
        gettext_lazy("%(days)s days of credit; %(agreed)s were agreed for this line."),
        gettext_lazy("Still covered: up to %(longest)s days are."),
    ),
    Key.EARLY: (
        gettext_lazy("Delivered %(count)s earlier than agreed, which was %(agreed)s."),
        gettext_lazy("Cover is the same; the exposure begins earlier. See what it does to the limit."),
    ),
    Key.LATE: (
        gettext_lazy("Delivered %(count)s later than agreed, which was %(agreed)s."),
        gettext_lazy(
            "Cover is the same as long as you deliver by %(last)s. A buyer may contest a late delivery: keep its"
            " acceptance in writing."
        ),
    ),
    Key.OTHER_CURRENCY: (
        gettext_lazy("Invoiced in %(currency)s; the line of the order is in %(agreed)s."),
        gettext_lazy(
            "It counts in euros at the rate the terms fixed, whatever the rate is when the buyer pays: the difference"
            " is yours."
        ),
    ),
    Key.IN_FUTURE: (
        gettext_lazy("Delivered in %(count)s only."),
        gettext_lazy("Nothing is owed or covered before the delivery. Better declare it on that day."),
    ),
    Key.ALREADY_OVERDUE: (
        gettext_lazy("Overdue for %(count)s already."),
        gettext_lazy(
            "Its deadlines have been running since the due date: when it is declared, say at once how it stands."
        ),
    ),
    Key.DECLARED_LATE: (
        gettext_lazy("Delivered %(count)s ago."),
        gettext_lazy("Declare deliveries as they happen: until then neither you nor we see the exposure."),
    ),
    Key.LIKE_ANOTHER: (
        gettext_lazy("Very like invoice %(other)s, which is declared already."),
        gettext_lazy("Is it the same invoice? Declared twice, the debt would be counted twice."),
    ),
    Key.ON_ACCOUNT: (
        gettext_lazy("%(amount)s more than all open invoices."),
        gettext_lazy("It stays on account and pays the next invoice declared."),
    ),
    Key.SPILLS_OVER: (
        gettext_lazy("%(amount)s more than is open on %(invoice)s."),
        gettext_lazy("The rest goes to the other open invoices."),
    ),
    Key.AFTER_LOSS: (
        gettext_lazy("Received after the date of loss, %(loss_on)s."),
        gettext_lazy("It is divided among all open invoices in proportion, and shared with us after an indemnity."),
    ),
    Key.LIKE_ANOTHER_CREDIT: (
        gettext_lazy("%(amount)s of %(on)s is recorded already."),
        gettext_lazy("Is it the same money? Recorded twice, the debt would look smaller than it is."),
    ),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A remark in words."""

    key: str
    tone: str
    fact: str
    meaning: str
    uncovered: Decimal

    @property
    def sentence(self) -> str:
        return f"{self.fact} {self.meaning}"


def say(remark: Remark) -> Said:
    """One remark in the active language."""
    fact, meaning = SENTENCES[remark.key]
    if remark.key is Key.BEFORE_COVER and remark.figures["first"] is None:
        fact = gettext_lazy("Delivered before cover begins: its conditions are still awaited.")
    figures = {name: _shown(name, value) for name, value in remark.figures.items()}
    if "days" in figures:
        days = figures["days"]
        figures["count"] = ngettext("%(days)s day", "%(days)s days", days) % {"days": days}
    return Said(remark.key, remark.tone, str(fact) % figures, str(meaning) % figures, remark.uncovered)


def say_all(remarks: Sequence[Remark]) -> list[Said]:
    return [say(remark) for remark in remarks]


def _shown(name: str, value: Any) -> Any:
    if isinstance(value, date):
        return day(value)
    if isinstance(value, Decimal):
        return money(value)
    if name == "line":
        return _("the line “%(label)s”") % {"label": value} if value else _("the order")
    return value

"""The words of a certificate's options, clauses and duties, in the active language: facts name them, this says them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext, gettext_lazy, ngettext

from parties.countries import country_name
from underwriting.certificates.facts import Facts
from underwriting.models import ConditionKind
from unlockfocus.templatetags.face import day, money

OPTIONS = {
    "pre_shipment": gettext_lazy("Cover before shipment: production costs, if the buyer fails before delivery"),
    "political": gettext_lazy("Political events in the buyer's country"),
    "short_waiting_period": gettext_lazy("Shorter waiting period"),
    "retention_of_title": gettext_lazy("The insured keeps title to the goods until paid"),
}

CLAUSES = {
    "conditions_not_met": gettext_lazy("The premium or another condition before cover is not met: cover never starts."),
    "period_over": gettext_lazy(
        "The period ends, on %(ends_on)s: nothing delivered later is covered. What was delivered before stays covered"
        " until it is paid or indemnified."
    ),
    "order_paid": gettext_lazy("The order has been paid in full."),
    "liability_exhausted": gettext_lazy("Indemnities have reached the maximum liability of %(maximum_liability)s."),
    "agreed_in_writing": gettext_lazy("Both parties agree so in an endorsement."),
    "buyer_weakens": gettext_lazy(
        "The buyer weakens: a worse grade, an alert, a late payment to somebody else. The guarantee is firm: it is"
        " neither cancelled nor reduced."
    ),
    "appetite_changes": gettext_lazy("%(insurer)s takes no new orders on this buyer or its country."),
    "goods_delivered": gettext_lazy("Something is decided about further deliveries: what is delivered stays covered."),
    "beyond_principal": gettext_lazy("VAT, interest and costs: the principal alone is insured."),
    "paid_before_delivery": gettext_lazy("Down payments due before delivery."),
    "outside_period": gettext_lazy("Deliveries outside the period, or on terms longer than agreed."),
    "disputed": gettext_lazy("An invoice the buyer disputes, until the dispute is settled."),
}


@dataclass(frozen=True)
class Duty:
    """What is to be done, by whom the words say, and how long it may take."""

    name: str
    time: str
    rule: str


def words(facts: Facts) -> dict[str, Any]:
    """What the facts name by a code, said. In these facts days are dates and amounts Decimals."""
    code, language = facts["verification"]["code"], get_language() or "en"
    return {
        "insured": full_name(facts["insured"]),
        "insured_country": country_name(facts["insured"]["country"], language),
        "buyer": full_name(facts["buyer"]),
        "buyer_country": country_name(facts["buyer"]["country"], language),
        "options": [option_label(option) for option in facts["cover"]["options"]],
        "conditions": [condition | {"label": condition_label(condition["kind"])} for condition in facts["conditions"]],
        "ends_when": clauses(facts["ends_when"], facts),
        "does_not_end_when": clauses(facts["does_not_end_when"], facts),
        "not_covered": clauses(facts["not_covered"], facts),
        "duties": duties(facts),
        "code": f"{code[:5]} {code[5:]}",
    }


def full_name(party: Facts) -> str:
    """The registered name with its legal form."""
    return f"{party['name']} {party['legal_form']}".strip()


def option_label(code: str) -> str:
    """The words of an option; an option unknown here is shown by its code."""
    return str(OPTIONS.get(code, code))


def condition_label(kind: str) -> str:
    return str(ConditionKind(kind).label)


def clauses(names: list[str], facts: Facts) -> list[str]:
    """The sentences of these clauses, with this guarantee's figures."""
    figures = {
        "insurer": facts["insurer"]["name"],
        "ends_on": day(facts["cover"]["ends_on"]),
        "maximum_liability": money(facts["cover"]["maximum_liability_eur"]),
    }
    return [str(CLAUSES[name]) % figures for name in names]


def duties(facts: Facts) -> list[Duty]:
    """Everything with a clock, in the order in which it happens after a due date."""
    clocks, insurer = facts["clocks"], facts["insurer"]["name"]
    after_due = gettext("D + %(count)s days")
    return [
        Duty(
            gettext("Overdue notice"),
            after_due % {"count": clocks["overdue_notice_days"]},
            gettext("The insured declares every invoice still unpaid."),
        ),
        Duty(
            gettext("Deliveries stop"),
            after_due % {"count": clocks["stop_deliveries_days"]},
            gettext("The insured delivers nothing more to the buyer until the invoice is paid."),
        ),
        Duty(
            gettext("Extension"),
            after_due % {"count": clocks["extension_without_consent_days"]},
            gettext(
                "Until then the insured may grant the buyer more time by itself; beyond, %(insurer)s must agree first."
                " An extension moves none of these dates."
            )
            % {"insurer": insurer},
        ),
        Duty(
            gettext("Claim"),
            after_due % {"count": clocks["claim_days"]},
            gettext("The insured claims by then: collection starts, the indemnity file opens."),
        ),
        Duty(
            gettext("Waiting period ends"),
            after_due % {"count": facts["cover"]["waiting_period_days"]},
            gettext("An invoice still unpaid and undisputed counts as lost."),
        ),
        Duty(
            gettext("Claims barred"),
            gettext("D + %(count)s months") % {"count": clocks["claims_barred_months"]},
            gettext("Later claims are not received."),
        ),
        Duty(
            gettext("Insolvency of the buyer"),
            _days(clocks["insolvency_notice_days"]),
            gettext("The insured gives notice within this time; no waiting period then applies."),
        ),
        Duty(
            gettext("Decision"),
            _days(clocks["decision_days_from_complete_file"]),
            gettext("%(insurer)s decides on the indemnity, counted from a complete file.") % {"insurer": insurer},
        ),
        Duty(
            gettext("Payment"),
            gettext("%(count)s working days") % {"count": clocks["payment_working_days_from_approval"]},
            gettext("The indemnity is paid to %(payee)s, counted from its approval.") % {"payee": _payee(facts)},
        ),
    ]


def _days(count: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}


def _payee(facts: Facts) -> str:
    """Who receives an indemnity: the loss payee where one is named."""
    return str(facts["loss_payee"]["name"]) if facts["loss_payee"] else full_name(facts["insured"])

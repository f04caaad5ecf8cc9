"""The findings on eligibility, in words: the rule, the answer, and what to do instead."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from applications.eligibility import Finding
from applications.fields import language
from parties.countries import country_name
from unlockfocus.money import format_money
from unlockfocus.templatetags.face import day

Facts = Mapping[str, str]


@dataclass(frozen=True)
class Sentence:
    """One rule as a person reads it; `instead` is empty when the rule is met. `step` is where it can be changed."""

    rule: str
    met: bool
    title: str
    why: str
    instead: str
    step: str


def sentences(findings: Sequence[Finding]) -> list[Sentence]:
    """All findings in words, in their order."""
    return [_SPEAKERS[finding.rule](finding) for finding in findings]


def _money(text: str) -> str:
    return format_money(Decimal(text), "EUR", language())


def _day(text: str) -> str:
    return day(date.fromisoformat(text))


def _other_insurance(finding: Finding) -> Sentence:
    why = (
        _("No other credit insurance covers this buyer.")
        if finding.met
        else _("This buyer is already covered by another credit insurance.")
    )
    instead = _("Ask that insurer for a higher limit first. If it refuses and its cover ends, come back.")
    return _sentence(finding, _("No other credit insurance"), why, instead, "buyer")


def _duration(finding: Finding) -> Sentence:
    facts = {
        "due": _day(finding.facts["last_due_on"]),
        "latest": _day(finding.facts["latest_due_on"]),
        "months": finding.facts["maximum_months"],
        "days": finding.facts["days_over"],
    }
    why = _("The last invoice is due on %(due)s; %(months)s months from the order end on %(latest)s.") % facts
    instead = (
        _("The last due date is %(days)s days too late. Agree shorter terms, or insure the order in parts.") % facts
    )
    return _sentence(finding, _("Order to last due date within %(months)s months") % facts, why, instead, "schedule")


def _minimum_need(finding: Finding) -> Sentence:
    facts = {
        "need": _money(finding.facts["need_eur"]),
        "minimum": _money(finding.facts["minimum_need_eur"]),
        "shortfall": _money(finding.facts["shortfall_eur"]),
    }
    why = _("You need %(need)s; we insure from %(minimum)s.") % facts
    instead = _("The need is %(shortfall)s short. For smaller amounts a whole-turnover policy costs less.") % facts
    return _sentence(finding, _("Cover of at least %(minimum)s") % facts, why, instead, "schedule")


def _sector(finding: Finding) -> Sentence:
    why = (
        _("Your activity is insured.")
        if finding.met
        else _("We insure industry, capital goods and machine tools; your activity is outside.")
    )
    instead = _("If your company also makes industrial goods, write to us: the goods sold decide.")
    return _sentence(finding, _("Industry and capital goods"), why, instead, "review")


def _country_open(finding: Finding) -> Sentence:
    name = country_name(finding.facts["country"], language()) if finding.facts["country"] else "…"
    why = (_("Buyers in %(country)s are insured.") if finding.met else _("Buyers in %(country)s are not insured.")) % {
        "country": name
    }
    instead = _("A letter of credit confirmed by a bank is the usual way to be paid from there.")
    return _sentence(finding, _("Buyer's country is open"), why, instead, "buyer")


def _not_affiliate(finding: Finding) -> Sentence:
    why = _("The buyer is outside your group.") if finding.met else _("The buyer belongs to your group.")
    return _sentence(finding, _("Buyer outside your group"), why, _("Sales inside a group cannot be insured."), "buyer")


def _not_private_person(finding: Finding) -> Sentence:
    why = _("The buyer is a company.") if finding.met else _("The buyer is a private person.")
    instead = _("Ask for payment before delivery, or for a bank's guarantee.")
    return _sentence(finding, _("Buyer is a company"), why, instead, "buyer")


def _sentence(finding: Finding, title: str, why: str, instead: str, step: str) -> Sentence:
    return Sentence(finding.rule, finding.met, title, why, "" if finding.met else instead, step)


_SPEAKERS: dict[str, Callable[[Finding], Sentence]] = {
    "no_other_insurance": _other_insurance,
    "duration": _duration,
    "minimum_need": _minimum_need,
    "sector": _sector,
    "country_open": _country_open,
    "not_affiliate": _not_affiliate,
    "not_private_person": _not_private_person,
}

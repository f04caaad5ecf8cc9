"""May this order be insured at all? The product's own rules, each answered with what decided it. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from applications.exposure import add_months
from unlockfocus.money import to_cents


@dataclass(frozen=True, slots=True)
class Answers:
    """What the seller says. `need_eur` is the peak exposure; `activity` a NACE Rev. 2 code such as 28.41."""

    other_credit_insurance: bool
    order_on: date
    last_due_on: date
    need_eur: Decimal
    activity: str
    buyer_country: str
    affiliate: bool
    private_person: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """The dated settings. `activities` are NACE Rev. 2 divisions, groups or classes: 28 covers 28.4 and 28.41."""

    minimum_need_eur: Decimal
    maximum_months: int
    activities: frozenset[str]
    open_countries: frozenset[str]


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule, whether it is met, and the facts that decided it, as text: ISO dates, plain decimals."""

    rule: str
    met: bool
    facts: Mapping[str, str]


def assess(answers: Answers, rules: Rules) -> tuple[Finding, ...]:
    """Every rule in the order in which the product states them, met or not."""
    return (
        Finding("no_other_insurance", not answers.other_credit_insurance, {}),
        _duration(answers, rules),
        _minimum_need(answers, rules),
        Finding("sector", _is_open_activity(answers.activity, rules.activities), {"activity": answers.activity}),
        Finding(
            "country_open", answers.buyer_country.upper() in rules.open_countries, {"country": answers.buyer_country}
        ),
        Finding("not_affiliate", not answers.affiliate, {}),
        Finding("not_private_person", not answers.private_person, {}),
    )


def is_eligible(findings: Sequence[Finding]) -> bool:
    """Whether every rule is met."""
    return all(finding.met for finding in findings)


def _duration(answers: Answers, rules: Rules) -> Finding:
    """From the order to the last due day, both ends included; a due day before the order is not a duration."""
    latest = add_months(answers.order_on, rules.maximum_months)
    facts = {
        "order_on": answers.order_on.isoformat(),
        "last_due_on": answers.last_due_on.isoformat(),
        "latest_due_on": latest.isoformat(),
        "maximum_months": str(rules.maximum_months),
        "days_over": str(max(0, (answers.last_due_on - latest).days)),
    }
    return Finding("duration", answers.order_on <= answers.last_due_on <= latest, facts)


def _minimum_need(answers: Answers, rules: Rules) -> Finding:
    facts = {
        "need_eur": str(to_cents(answers.need_eur)),
        "minimum_need_eur": str(to_cents(rules.minimum_need_eur)),
        "shortfall_eur": str(to_cents(max(Decimal(0), rules.minimum_need_eur - answers.need_eur))),
    }
    return Finding("minimum_need", answers.need_eur >= rules.minimum_need_eur, facts)


def _is_open_activity(activity: str, prefixes: frozenset[str]) -> bool:
    """NACE codes nest by their digits; the letters of national versions (28.41Z, C28.41) do not matter."""
    digits = _digits(activity)
    return any(digits.startswith(_digits(prefix)) for prefix in prefixes if _digits(prefix))


def _digits(code: str) -> str:
    return re.sub("[^0-9]", "", code)

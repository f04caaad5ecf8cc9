"""The reference case in figures, for the front page: INDEX's order from PEI."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from applications.exposure import Exposure, ScheduleLine, Step, exposure_steps, peak_exposure
from claims.indemnity import Terms, indemnify
from underwriting.pricing import Cover, Tariff, price
from underwriting.scoring.grades import pd_for_grade
from unlockfocus.demo import CASE
from unlockfocus.money import to_cents

GRADE = 6


@dataclass(frozen=True)
class Example:
    """What the front page tells of the case, EUR."""

    seller: str
    buyer: str
    order: Decimal
    internal_limit: Decimal
    limit: Decimal
    peak: Exposure
    steps: tuple[Step, ...]
    to_pay: Decimal
    indemnity: Decimal


def _example() -> Example:
    lines = [
        ScheduleLine(Decimal(line["amount"]), date.fromisoformat(line["delivery"]), date.fromisoformat(line["due"]))
        for line in CASE["order"]["lines"]
    ]
    peak = peak_exposure(lines)
    cover = CASE["cover"]
    percentage = Decimal(cover["insured_percentage"])
    priced = price(
        Cover(
            lines=tuple(lines),
            pd=pd_for_grade(GRADE),
            insured_percentage=percentage,
            limit=peak.amount,
            cover_start=date.fromisoformat(cover["cover_start"]),
            cover_end=date.fromisoformat(cover["cover_end"]),
            options=(),
            tax_rate=Decimal(0),
        ),
        _tariff(),
    )
    terms = Terms(peak.amount, percentage, Decimal(0), "after_percentage", to_cents(peak.amount * percentage))
    return Example(
        seller=CASE["insured"]["name"],
        buyer=CASE["buyer"]["name"],
        order=Decimal(CASE["order"]["amount"]),
        internal_limit=Decimal(CASE["buyer"]["trading"]["internal_credit_limit"]),
        limit=peak.amount,
        peak=peak,
        steps=exposure_steps(lines),
        to_pay=priced.to_pay,
        indemnity=indemnify(peak.amount, terms).indemnity,
    )


def _tariff() -> Tariff:
    rates = {name: Decimal(rate) for name, rate in CASE["tariff"].items() if name != "option_factors"}
    return Tariff(**rates, option_factors={})


EXAMPLE = _example()

"""The reference case in figures, for the front page: INDEX's order from PEI."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from applications.exposure import Exposure, ScheduleLine, Step, exposure_steps, peak_exposure
from unlockfocus.demo import CASE


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


def _example() -> Example:
    lines = [
        ScheduleLine(Decimal(line["amount"]), date.fromisoformat(line["delivery"]), date.fromisoformat(line["due"]))
        for line in CASE["order"]["lines"]
    ]
    peak = peak_exposure(lines)
    return Example(
        seller=CASE["insured"]["name"],
        buyer=CASE["buyer"]["name"],
        order=Decimal(CASE["order"]["amount"]),
        internal_limit=Decimal(CASE["buyer"]["trading"]["internal_credit_limit"]),
        limit=peak.amount,
        peak=peak,
        steps=exposure_steps(lines),
    )


EXAMPLE = _example()

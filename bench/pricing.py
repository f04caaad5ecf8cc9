"""Prices per second, for the reference order and for one of forty lines: `python bench/pricing.py`.

The floor of a run is the same cover summed day by day in floats: the least work the formula of docs/rules/pricing.md
asks for when it is followed to the letter. A ratio above 1 means that the exact price is faster than that loop.
"""

import math
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from applications.exposure import ScheduleLine, daily_exposure
from underwriting.pricing import Cover, Tariff, price

SECONDS = 1.0
START = date(2026, 12, 1)

TARIFF = Tariff(
    lgd=Decimal("0.60"),
    country_factor=Decimal("1.10"),
    selection_load=Decimal("0.75"),
    coc=Decimal("0.10"),
    fixed_expenses=Decimal("6000.00"),
    monthly_monitoring=Decimal("150.00"),
    commission=Decimal("0.10"),
    margin=Decimal("0.10"),
    minimum_premium=Decimal("10000.00"),
    option_factors={},
)


def cover(lines: tuple[ScheduleLine, ...]) -> Cover:
    """These lines over twelve months, at a PD of 1.5 %."""
    return Cover(
        lines=lines,
        pd=Decimal("0.015"),
        insured_percentage=Decimal("0.90"),
        limit=Decimal("1480000.00"),
        cover_start=START,
        cover_end=date(2027, 11, 30),
        options=(),
        tax_rate=Decimal("0"),
    )


def three_lines() -> tuple[ScheduleLine, ...]:
    """The reference order: a down payment and two deliveries."""
    return (
        ScheduleLine(Decimal("370000.00"), date(2027, 7, 1), date(2026, 12, 15)),
        ScheduleLine(Decimal("1110000.00"), date(2027, 7, 1), date(2027, 9, 29)),
        ScheduleLine(Decimal("370000.00"), date(2027, 8, 16), date(2027, 11, 14)),
    )


def forty_lines() -> tuple[ScheduleLine, ...]:
    """A delivery every week, each due after sixty days."""
    days = [START + timedelta(days=7 * week) for week in range(40)]
    return tuple(ScheduleLine(Decimal("46250.00"), day, day + timedelta(days=60)) for day in days)


def expected_loss_in_floats(cover: Cover) -> float:
    """The expected loss, day by day."""
    hazard = -math.log(1 - float(cover.pd)) / 365 * float(TARIFF.country_factor)
    limit, total = float(cover.limit), 0.0
    for k, exposure in enumerate(daily_exposure(cover.lines, cover.cover_start, cover.cover_end)):
        total += math.exp(-hazard * k) * -math.expm1(-hazard) * min(float(exposure), limit)
    return float(cover.insured_percentage * TARIFF.lgd) * total


def per_second(work: Callable[[], object]) -> float:
    """How often `work` is done in a second."""
    done, end = 0, time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        work()
        done += 1
    return done / SECONDS


def main() -> None:
    """Print one row for each order."""
    print(f"{'order':<12}{'prices/s':>12}{'floor/s':>12}{'ratio':>8}")
    for name, lines in (("3 lines", three_lines()), ("40 lines", forty_lines())):
        insured = cover(lines)
        exact = price(insured, TARIFF).expected
        if abs(float(exact) - expected_loss_in_floats(insured)) > 0.01:
            raise SystemExit(f"{name}: the price and the floor disagree")
        prices = per_second(partial(price, insured, TARIFF))
        floor = per_second(partial(expected_loss_in_floats, insured))
        print(f"{name:<12}{prices:>12,.0f}{floor:>12,.0f}{prices / floor:>8.2f}")


if __name__ == "__main__":
    main()

"""What a guarantee costs: expected loss over the exposure, cost of capital, expenses, loadings, options, tax. Pure.

The formula, its units and worked examples are in docs/rules/pricing.md. Amounts are EUR; rates are fractions. Each
named line is rounded to the cent at its end and nowhere else. Decimals carry 34 digits whatever the caller's context;
the capital requirement alone is computed in double precision.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException, localcontext
from statistics import NormalDist

from applications.exposure import ScheduleLine, add_months, exposure_steps
from unlockfocus.money import to_cents

DAYS_A_YEAR = 365
PD_FLOOR = 0.0003
_PRECISION = Context(prec=34, rounding=ROUND_HALF_EVEN)
_NORMAL = NormalDist()


class NotPriceable(ValueError):
    """Inputs no price exists for. `reason` names the input, or is out_of_range when a figure leaves 34 digits."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Tariff:
    """One dated version of the insurer's prices. Amounts in EUR; `monthly_monitoring` per started month."""

    lgd: Decimal
    country_factor: Decimal
    selection_load: Decimal
    coc: Decimal
    fixed_expenses: Decimal
    monthly_monitoring: Decimal
    commission: Decimal
    margin: Decimal
    minimum_premium: Decimal
    option_factors: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Cover:
    """What is to be insured. `pd`: the probability of default within 12 months. The days of cover are both included."""

    lines: tuple[ScheduleLine, ...]
    pd: Decimal
    insured_percentage: Decimal
    limit: Decimal
    cover_start: date
    cover_end: date
    options: tuple[str, ...]
    tax_rate: Decimal


@dataclass(frozen=True, slots=True)
class Price:
    """The lines of a price, EUR to the cent; the net premium is technical plus options, or the minimum if greater."""

    days: int
    expected: Decimal
    selection: Decimal
    capital: Decimal
    expenses: Decimal
    technical: Decimal
    options: Decimal
    net_premium: Decimal
    tax: Decimal
    to_pay: Decimal


def price(cover: Cover, tariff: Tariff) -> Price:
    """The price of a cover under a tariff; raises NotPriceable."""
    with localcontext(_PRECISION):
        try:
            _check_cover(cover, tariff)
            _check_tariff(tariff)
            return _breakdown(cover, tariff)
        except DecimalException as error:
            raise NotPriceable("out_of_range") from error


def capital_requirement(pd: float, lgd: float, maturity: float = 1.0) -> float:
    """Capital for one unit of exposure, K of the Basel IRB formula for corporates (Basel II, June 2006, paragraph 272).

    Confidence 99.9 %; PD floored at 0.03 %; `maturity` in years; without the scaling factor of 1.06.
    """
    pd = max(pd, PD_FLOOR)
    weight = (1 - math.exp(-50 * pd)) / (1 - math.exp(-50))
    correlation = 0.12 * weight + 0.24 * (1 - weight)
    stressed = (_NORMAL.inv_cdf(pd) + math.sqrt(correlation) * _NORMAL.inv_cdf(0.999)) / math.sqrt(1 - correlation)
    slope = (0.11852 - 0.05478 * math.log(pd)) ** 2
    return lgd * (_NORMAL.cdf(stressed) - pd) * (1 + (maturity - 2.5) * slope) / (1 - 1.5 * slope)


def started_months(start: date, end: date) -> int:
    """Months begun from `start` to `end` included, at least one: 2026-12-01 to 2027-11-14 is 12, and to 2027-12-01 too.

    A month runs to the same day of the next, included, as everywhere in the product (docs/decisions).
    """
    months = max(1, (end.year - start.year) * 12 + end.month - start.month)
    return months if end <= add_months(start, months) else months + 1


def _breakdown(cover: Cover, tariff: Tariff) -> Price:
    days = (cover.cover_end - cover.cover_start).days + 1
    expected = to_cents(cover.insured_percentage * tariff.lgd * _defaulting_exposure(cover, tariff.country_factor))
    selection = to_cents(tariff.selection_load * expected)
    requirement = Decimal(capital_requirement(float(cover.pd), float(tariff.lgd)))
    capital = to_cents(tariff.coc * requirement * cover.insured_percentage * cover.limit * days / DAYS_A_YEAR)
    months = started_months(cover.cover_start, cover.cover_end)
    expenses = to_cents(tariff.fixed_expenses + tariff.monthly_monitoring * months)
    loadings = tariff.commission + tariff.margin
    technical = to_cents((expected + selection + capital + expenses) / (1 - loadings))
    factors = math.prod((tariff.option_factors[option] for option in cover.options), start=Decimal(1))
    options = to_cents(technical * (factors - 1))
    net_premium = to_cents(max(tariff.minimum_premium, technical + options))
    tax = to_cents(net_premium * cover.tax_rate)
    return Price(
        days=days,
        expected=expected,
        selection=selection,
        capital=capital,
        expenses=expenses,
        technical=technical,
        options=options,
        net_premium=net_premium,
        tax=tax,
        to_pay=net_premium + tax,
    )


def _defaulting_exposure(cover: Cover, country_factor: Decimal) -> Decimal:
    """Sum over the days of cover of the probability to default that day times the exposure, capped at the limit; EUR.

    The daily probabilities S(k) (1 - exp(-h)) = S(k) - S(k+1) telescope between two steps of the exposure, so that
    only the steps remain: each change of the capped exposure, times the survival to its day.
    """
    hazard = -(1 - cover.pd).ln() / DAYS_A_YEAR * country_factor
    days = (cover.cover_end - cover.cover_start).days + 1
    total = insured = Decimal(0)
    for step in exposure_steps(cover.lines):
        day = min(max((step.on - cover.cover_start).days, 0), days)
        change = min(step.amount, cover.limit) - insured
        if change:
            total += change * (-hazard * day).exp()
            insured += change
    return total


def _check_cover(cover: Cover, tariff: Tariff) -> None:
    checks = {
        "pd": 0 < cover.pd < 1 and float(cover.pd) < 1,
        "insured_percentage": 0 < cover.insured_percentage <= 1,
        "limit": 0 < cover.limit < math.inf,
        "cover_end": cover.cover_start <= cover.cover_end,
        "tax_rate": 0 <= cover.tax_rate < math.inf,
        "lines": all(0 <= line.amount < math.inf for line in cover.lines),
        "options": tariff.option_factors.keys() >= set(cover.options) and len(set(cover.options)) == len(cover.options),
    }
    _refuse_unmet(checks)


def _check_tariff(tariff: Tariff) -> None:
    amounts = (tariff.fixed_expenses, tariff.monthly_monitoring, tariff.minimum_premium)
    loads = (tariff.country_factor, tariff.selection_load, tariff.coc, *tariff.option_factors.values())
    checks = {
        "lgd": 0 < tariff.lgd <= 1,
        "tariff_amounts": all(0 <= amount < math.inf for amount in amounts),
        "tariff_factors": all(0 <= load < math.inf for load in loads),
        "loadings": min(tariff.commission, tariff.margin) >= 0 and tariff.commission + tariff.margin < 1,
    }
    _refuse_unmet(checks)


def _refuse_unmet(checks: Mapping[str, bool]) -> None:
    for reason, met in checks.items():
        if not met:
            raise NotPriceable(reason)

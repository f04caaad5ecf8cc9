"""Altman's Z'' of 1995 with the emerging-market constant, its bond-rating equivalents, and their grades here. Pure.

Coefficients and rating equivalents: E. I. Altman, J. Hartzell, M. Peck, "Emerging markets corporate bonds: a scoring
system", Salomon Brothers, New York, 1995; table reprinted in E. I. Altman, "An emerging market credit scoring system
for corporate bonds", Emerging Markets Review 6 (2005), 311-323. Grades and medians: docs/rules/scoring.md.
"""

from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from underwriting.scoring.grades import pd_for_grade
from underwriting.scoring.ratios import (
    equity_to_liabilities,
    operating_return_on_assets,
    retained_earnings_to_assets,
    working_capital_to_assets,
)
from underwriting.scoring.result import Factor, InsufficientAccounts, Rated, Reason
from underwriting.scoring.statement import Statement, add_given

MODEL = "altman-z2"
VERSION = "1995.1"

CONSTANT = Decimal("3.25")
WEIGHTS = MappingProxyType(
    {
        "working_capital_to_assets": Decimal("6.56"),
        "retained_earnings_to_assets": Decimal("3.26"),
        "operating_return_on_assets": Decimal("6.72"),
        "equity_to_liabilities": Decimal("1.05"),
    }
)

_RATIOS = (
    working_capital_to_assets,
    retained_earnings_to_assets,
    operating_return_on_assets,
    equity_to_liabilities,
)

# A single odd figure (a slipped unit, a company without debt) must not carry the whole score.
LOWEST_RATIO = Decimal(-1)
HIGHEST_RATIO = MappingProxyType({"equity_to_liabilities": Decimal(10)})

# The average Z'' of the issuers of each rating, read as the least a company needs for that equivalent.
RATINGS: tuple[tuple[str, Decimal], ...] = tuple(
    (rating, Decimal(floor))
    for rating, floor in (
        ("AAA", "8.15"), ("AA+", "7.60"), ("AA", "7.30"), ("AA-", "7.00"), ("A+", "6.85"), ("A", "6.65"),
        ("A-", "6.40"), ("BBB+", "6.25"), ("BBB", "5.85"), ("BBB-", "5.65"), ("BB+", "5.25"), ("BB", "4.95"),
        ("BB-", "4.75"), ("B+", "4.50"), ("B", "4.15"), ("B-", "3.75"), ("CCC+", "3.20"), ("CCC", "2.50"),
        ("CCC-", "1.75"),
    )
)  # fmt: skip
WORST_RATING = "D"

# The worse of what the rating suggests and what was measured on European companies; never better than grade 4.
GRADES = MappingProxyType(
    {"AAA": 4}
    | dict.fromkeys(("AA+", "AA", "AA-"), 5)
    | dict.fromkeys(("A+", "A", "A-", "BBB+", "BBB", "BBB-", "BB+", "BB", "BB-"), 6)
    | dict.fromkeys(("B+", "B", "B-"), 7)
    | dict.fromkeys(("CCC+", "CCC"), 8)
    | dict.fromkeys(("CCC-", WORST_RATING), 9)
)

# Median of the Polish companies that did not fail within a year (UCI 365, see docs/rules/scoring.md), and the codes of
# the reason for being below or above it.
MEDIANS = MappingProxyType(
    {
        "working_capital_to_assets": Decimal("0.24"),
        "retained_earnings_to_assets": Decimal("0.00"),
        "operating_return_on_assets": Decimal("0.07"),
        "equity_to_liabilities": Decimal("1.26"),
    }
)
REASONS = MappingProxyType(
    {
        "working_capital_to_assets": ("low_liquidity", "strong_liquidity"),
        "retained_earnings_to_assets": ("low_retained_earnings", "strong_retained_earnings"),
        "operating_return_on_assets": ("low_profitability", "strong_profitability"),
        "equity_to_liabilities": ("high_debt", "low_debt"),
    }
)

# What an assumed item, and a missing year before, leave of the confidence.
ASSUMED_ITEM, NO_COMPARATIVES = Decimal("0.9"), Decimal("0.9")

_REQUIRED = (
    "total_assets", "current_assets", "short_term_liabilities", "retained_earnings", "operating_profit", "equity",
    "total_liabilities", "sales", "net_profit",
)  # fmt: skip
_NEVER_NEGATIVE = ("current_assets", "short_term_liabilities", "total_liabilities", "sales")


def complete(statement: Statement) -> tuple[Statement, tuple[str, ...]]:
    """The statement with what Z'' needs, and the items that were assumed; raises InsufficientAccounts.

    Assumed on the prudent side when not given: every debt is short-term; current assets are inventories, receivables
    and cash; operating profit is profit before tax; retained earnings are the loss equity shows, otherwise nothing.
    """
    equity = statement.equity or Decimal(0)
    substitutes: dict[str, Any] = {
        "current_assets": add_given(statement.inventories, statement.receivables, statement.cash),
        "short_term_liabilities": statement.total_liabilities,
        "operating_profit": statement.profit_before_tax,
        "retained_earnings": min(Decimal(0), equity - (statement.share_capital or Decimal(0))),
    }
    assumed = tuple(item for item in substitutes if getattr(statement, item) is None)
    completed = replace(statement, **{item: substitutes[item] for item in assumed})
    missing = tuple(item for item in _REQUIRED if getattr(completed, item) is None)
    if missing:
        raise InsufficientAccounts(missing)
    implausible = tuple(item for item in _NEVER_NEGATIVE if getattr(completed, item) < 0)
    if implausible or not completed.total_assets or completed.total_assets < 0:
        raise InsufficientAccounts(implausible or ("total_assets",), reason="implausible")
    return completed, assumed


def rate(statement: Statement) -> Rated:
    """Z'' of the accounts, and the PD of the grade its rating equivalent gets; raises InsufficientAccounts."""
    completed, assumed = complete(statement)
    terms = factors(completed)
    points = sum((term.contribution for term in terms), Decimal(0))
    rating = rating_for(points)
    return Rated(
        model=MODEL,
        version=VERSION,
        points=points,
        pd=pd_for_grade(GRADES[rating]),
        factors=terms,
        reasons=(
            Reason("rating_equivalent", {"rating": rating, "points": f"{points:.2f}"}),
            *reasons(terms),
            *(Reason("assumed_item", {"item": item}) for item in assumed),
        ),
        seen=ASSUMED_ITEM ** len(assumed) * (1 if statement.prior else NO_COMPARATIVES),
    )


def factors(completed: Statement) -> tuple[Factor, ...]:
    """The four terms and the constant; their contributions add up to Z''. Ratios are held within their bounds."""
    terms = []
    for ratio in _RATIOS:
        code = ratio.__name__
        highest = HIGHEST_RATIO.get(code, Decimal(1))
        value = ratio(completed)
        value = highest if value is None else min(max(value, LOWEST_RATIO), highest)
        terms.append(Factor(code, value, WEIGHTS[code], WEIGHTS[code] * value))
    return (*terms, Factor("constant", None, CONSTANT, CONSTANT))


def rating_for(points: Decimal) -> str:
    """The bond-rating equivalent of a Z'' (with its constant)."""
    return next((rating for rating, floor in RATINGS if points >= floor), WORST_RATING)


def reasons(terms: tuple[Factor, ...]) -> tuple[Reason, ...]:
    """What each ratio costs or brings against the median of healthy companies, in points; the costliest first."""
    gaps = []
    for term in terms:
        if term.value is None or term.weight is None or term.value == MEDIANS[term.code]:
            continue
        points = term.weight * (term.value - MEDIANS[term.code])
        facts = {"ratio": term.code, "value": f"{term.value:.4f}", "median": str(MEDIANS[term.code])}
        gaps.append((points, Reason(REASONS[term.code][points > 0], facts | {"points": f"{points:.2f}"})))
    return tuple(reason for _, reason in sorted(gaps, key=lambda gap: gap[0]))

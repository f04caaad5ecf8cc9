"""Accounts of British companies, as inline XBRL: the XHTML document that is filed at Companies House. Pure.

Concepts of the taxonomies of the FRC (from 2014 on) and of UK GAAP 2009 are read, by the namespace and the local name
they stand for; prefixes are the filer's own. A figure counts for the year whose context it has, and only without any
dimension but those named here: what is due within or after one year, the classes of equity, the consolidated figures.
docs/rules/sources-accounts.md says how concepts become items.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from applications.exposure import is_within_months
from underwriting.scoring.statement import LONGEST_YEAR, Statement
from underwriting.sources.filing import (
    LARGEST,
    BadPayload,
    Filing,
    check_year_end,
    complete,
    distrust,
    linked,
    load_json,
    terms_of,
    work_out,
)
from underwriting.sources.inline import Document, Figure, Words, read_document
from underwriting.sources.questions import Question, Reply, Source
from unlockfocus.json_cases import InvalidCase, as_day, as_object, as_text, each, get

REGISTER = "Companies House"
# Which documents a company filed (`/company/{number}/filing-history?category=accounts`, each with `links.
# document_metadata`), and the documents themselves; both take the key as the name of a user without a password.
FILINGS = Source(
    name="Companies House filings",
    address="https://api.company-information.service.gov.uk",
    licence="Open Government Licence v3.0",
    requests=600,
    per_seconds=300.0,
)
DOCUMENTS = Source(
    name="Companies House accounts",
    address="https://document-api.company-information.service.gov.uk",
    licence="Open Government Licence v3.0",
    requests=600,
    per_seconds=300.0,
    fresh_seconds=30 * 24 * 3600,
)
# Accounts are filed as inline XBRL from 2011 on.
FIRST_YEAR = 2009

_TAXONOMIES = (
    re.compile(r"https?://xbrl\.frc\.org\.uk/(fr|cd)/[0-9-]{10}/(core|business)"),
    re.compile(r"http://www\.xbrl\.org/uk/(gaap|cd)/(core|business)/[0-9-]{10}"),
)
_COMPANIES_HOUSE = "http://www.companieshouse.gov.uk/"

# Dimension and member, of which a context may have exactly those that are asked for.
_WITHIN = ("MaturitiesOrExpirationPeriodsDimension", "WithinOneYear")
_AFTER = ("MaturitiesOrExpirationPeriodsDimension", "AfterOneYear")
_CURRENT = ("FinancialInstrumentCurrentNon-currentDimension", "CurrentFinancialInstruments")
_NON_CURRENT = ("FinancialInstrumentCurrentNon-currentDimension", "Non-currentFinancialInstruments")
_CONSOLIDATED = ("GroupCompanyDataDimension", "Consolidated")
_EQUITY = "EquityClassesDimension"

Dimensions = frozenset[tuple[str, str]]
_PLAIN: tuple[Dimensions, ...] = (frozenset(),)
_DUE_WITHIN = (frozenset({_WITHIN, _CURRENT}), frozenset({_WITHIN}), frozenset({_CURRENT}))
_DUE_AFTER = (frozenset({_AFTER, _NON_CURRENT}), frozenset({_AFTER}), frozenset({_NON_CURRENT}))

# Of each cell: the concepts that name it, and the dimensions it may stand under, the first found in either.
_CELLS: Mapping[str, tuple[tuple[str, ...], tuple[Dimensions, ...]]] = {
    "UnpaidCapital": (("CalledUpShareCapitalNotPaidNotExpressedAsCurrentAsset",), _PLAIN),
    "FixedAssets": (("FixedAssets",), _PLAIN),
    "CurrentAssets": (("CurrentAssets",), _PLAIN),
    "Prepayments": (("PrepaymentsAccruedIncomeNotExpressedWithinCurrentAssetSubtotal",), _PLAIN),
    "Stocks": (("TotalInventories", "StocksInventory"), _PLAIN),
    "TradeDebtors": (("TradeDebtorsTradeReceivables", "TradeDebtors"), (*_DUE_WITHIN, *_PLAIN)),
    "Debtors": (("Debtors", "DebtorsDueWithinOneYear"), (*_DUE_WITHIN, *_PLAIN)),
    "Cash": (("CashBankOnHand", "CashBankInHand"), _PLAIN),
    "CreditorsWithin": (("Creditors", "CreditorsDueWithinOneYear"), _DUE_WITHIN),
    "CreditorsAfter": (("Creditors", "CreditorsDueAfterOneYear"), _DUE_AFTER),
    "NetCurrentAssets": (("NetCurrentAssetsLiabilities",), _PLAIN),
    "AssetsLessCurrent": (("TotalAssetsLessCurrentLiabilities",), _PLAIN),
    "Provisions": (
        (
            "ProvisionsForLiabilitiesBalanceSheetSubtotal",
            "ProvisionsForLiabilitiesCharges",
            "TaxationIncludingDeferredTaxationBalanceSheetSubtotal",
        ),
        _PLAIN,
    ),
    "Accruals": (
        ("AccruedLiabilitiesNotExpressedWithinCreditorsSubtotal", "AccrualsDeferredIncome"),
        _PLAIN,
    ),
    "NetAssets": (("NetAssetsLiabilities", "NetAssetsLiabilitiesIncludingPensionAssetLiability"), _PLAIN),
    "Equity": (("Equity", "ShareholderFunds"), _PLAIN),
    "ShareCapital": (("Equity", "CalledUpShareCapital"), (frozenset({(_EQUITY, "ShareCapital")}), *_PLAIN)),
    "RetainedEarnings": (
        ("Equity", "ProfitLossAccountReserve"),
        (frozenset({(_EQUITY, "RetainedEarningsAccumulatedLosses")}), *_PLAIN),
    ),
    "Turnover": (("TurnoverRevenue", "TurnoverGrossOperatingRevenue"), _PLAIN),
    "OperatingProfit": (("OperatingProfitLoss",), _PLAIN),
    "ProfitBeforeTax": (("ProfitLossOnOrdinaryActivitiesBeforeTax",), _PLAIN),
    "Profit": (("ProfitLoss", "ProfitLossForPeriod"), _PLAIN),
    "Depreciation": (
        (
            "DepreciationAmortisationImpairmentExpense",
            "DepreciationOtherAmountsWrittenOffTangibleIntangibleFixedAssets",
        ),
        _PLAIN,
    ),
    "Interest": (("InterestPayableSimilarChargesFinanceCosts", "InterestPayableSimilarCharges"), _PLAIN),
    "Employees": (("AverageNumberEmployeesDuringPeriod", "EmployeesTotal"), _PLAIN),
}
# Under no dimension a figure of equity is all of it: its classes are found under theirs, or by their own names.
_ONLY_UNDER_ITS_DIMENSION = {("ShareCapital", "Equity"), ("RetainedEarnings", "Equity")}
_UNDER_NONE = frozenset({"CreditorsDueWithinOneYear", "CreditorsDueAfterOneYear", "DebtorsDueWithinOneYear"})
_OVER_THE_YEAR = frozenset(
    {"Turnover", "OperatingProfit", "ProfitBeforeTax", "Profit", "Depreciation", "Interest", "Employees"}
)
# Concepts of the face of the balance sheet: the days they are told for are the years of the document.
_BALANCE_SHEET = frozenset(
    concept for cell, (concepts, _places) in _CELLS.items() if cell not in _OVER_THE_YEAR for concept in concepts
)
_SIGNED = frozenset(
    {"NetCurrentAssets", "AssetsLessCurrent", "NetAssets", "Equity", "RetainedEarnings", "OperatingProfit",
     "ProfitBeforeTax", "Profit"}
)  # fmt: skip
# Totals of which the sign is often left to the brackets they are printed in.
_BRACKETED = ("NetCurrentAssets", "AssetsLessCurrent", "NetAssets", "Equity")

# In this order, so that one proves the next.
_TOTALS = (
    ("NetCurrentAssets", "CurrentAssets + Prepayments - CreditorsWithin"),
    ("AssetsLessCurrent", "UnpaidCapital + FixedAssets + NetCurrentAssets"),
    ("NetAssets", "AssetsLessCurrent - CreditorsAfter - Provisions - Accruals"),
    (
        "NetAssets",
        "UnpaidCapital + FixedAssets + CurrentAssets + Prepayments - CreditorsWithin - CreditorsAfter - Provisions"
        " - Accruals",
    ),
    ("NetAssets", "Equity"),
)

# Capital called up and not paid, and prepayments outside current assets, are counted with the current assets.
_ITEMS = {
    "total_assets": (
        "UnpaidCapital + FixedAssets + CurrentAssets + Prepayments",
        "AssetsLessCurrent + CreditorsWithin",
    ),
    "fixed_assets": ("FixedAssets",),
    "current_assets": ("UnpaidCapital + CurrentAssets + Prepayments", "CurrentAssets"),
    "inventories": ("Stocks",),
    "receivables": ("TradeDebtors", "Debtors"),
    "cash": ("Cash",),
    "equity": ("Equity", "NetAssets"),
    "share_capital": ("ShareCapital",),
    "retained_earnings": ("RetainedEarnings",),
    "total_liabilities": ("CreditorsWithin + CreditorsAfter", "AssetsLessCurrent + CreditorsWithin - NetAssets"),
    "long_term_liabilities": ("CreditorsAfter",),
    "short_term_liabilities": ("CreditorsWithin",),
    "provisions_and_accruals": ("Provisions + Accruals",),
    "sales": ("Turnover",),
    "operating_profit": ("OperatingProfit",),
    "profit_before_tax": ("ProfitBeforeTax",),
    "net_profit": ("Profit",),
    "depreciation": ("Depreciation",),
    "financial_expenses": ("Interest",),
    "employees": ("Employees",),
}


@dataclass(frozen=True, slots=True)
class _Year:
    """One year of one scope: its last day, its first where the document says it, and whether it is the group's."""

    end: date
    start: date | None
    consolidated: bool
    is_under_dimension: bool


@dataclass(slots=True)
class _Found:
    """The cells of a year, each with the figure it came from, and how exact the roughest is."""

    cells: dict[str, Decimal]
    figures: dict[str, Figure]
    step: Decimal


def read_ixbrl(content: bytes, *, company: str, on: date) -> tuple[Filing, ...]:
    """The years of the accounts of the company of that number, newest first; the company's own before the group's.

    A figure the document does not tag is not given: small companies file no profit and loss account, and a dormant one
    files little else than its capital. Raises BadPayload for what is no such document, is about another company, does
    not say its balance sheet date, or does not add up.
    """
    document = read_document(content)
    with distrust():
        _check_company(document, company)
        end = _balance_sheet_date(document)
        check_year_end(end, FIRST_YEAR, on)
        figures = [figure for figure in document.figures if _is_of_taxonomy(figure.namespace)]
        filings: list[Filing] = []
        for is_group in (False, True):
            years = (_filing(document, figures, year, company) for year in _years(document, figures, end, is_group))
            filings += linked(filing for filing in years if filing)
    if not filings:
        raise BadPayload("", "no figure of the British taxonomies for the balance sheet date")
    return tuple(filings)


def ask_filings(company: str, key: str) -> Question:
    """The question which accounts the company of that number filed."""
    parameters = {"category": "accounts", "items_per_page": "100"}
    return Question(f"/company/{_number(company)}/filing-history", parameters=parameters, credentials=(key, ""))


def newest_accounts(reply: Reply) -> str | None:
    """The identifier of the newest accounts that are there as a document; None when there are none."""
    payload = load_json(reply.content)
    with distrust():
        filed = [one for one in each(payload, "items", _filed) if one]
    return max(filed)[1] if filed else None


def ask_document(document: str, key: str) -> Question:
    """The question for a document, as inline XBRL; one filed on paper is missing in that form."""
    headers = {"Accept": "application/xhtml+xml"}
    return Question(
        f"/document/{document}/content",
        headers=headers,
        credentials=(key, ""),
        missing=frozenset({404, 406}),
    )


def document_reader(company: str, on: date) -> Callable[[Reply], tuple[Filing, ...]]:
    """What reads the reply to `ask_document`."""
    return lambda reply: read_ixbrl(reply.content, company=company, on=on)


def _filed(value: Any) -> tuple[str, str] | None:
    """When accounts were filed and the identifier of their document; None of those without one."""
    links = as_object(as_object(value).get("links", {}))
    address = as_text(links.get("document_metadata", ""))
    found = re.fullmatch(r"https?://[a-z0-9.-]+/document/([A-Za-z0-9_-]{1,80})", address)
    return (get(value, "date", as_day).isoformat(), found[1]) if found else None


def _is_of_taxonomy(namespace: str) -> bool:
    return any(taxonomy.fullmatch(namespace) for taxonomy in _TAXONOMIES)


# --- What the document is about ---------------------------------------------------------------------------------------


def _words(document: Document, concept: str) -> Iterator[Words]:
    return (words for words in document.words if words.concept == concept and _is_of_taxonomy(words.namespace))


def _check_company(document: Document, company: str) -> None:
    given = {_number(words.text) for words in _words(document, "UKCompaniesHouseRegisteredNumber")}
    given |= {_number(context.company) for context in document.contexts.values() if context.scheme == _COMPANIES_HOUSE}
    if not given:
        raise InvalidCase("UKCompaniesHouseRegisteredNumber", "the document does not say which company it is about")
    others = sorted(given - {_number(company)})
    if others:
        raise InvalidCase(
            "UKCompaniesHouseRegisteredNumber", f"{company} was asked for, the document is about {others[0]}"
        )


def _number(text: str) -> str:
    """A company's number as Companies House writes it: eight characters, zeros in front."""
    return re.sub(r"\s", "", text).upper().zfill(8)


def _balance_sheet_date(document: Document) -> date:
    """The day all say: the tag, the end of the period covered, and the contexts of both."""
    days = set()
    for concept in ("BalanceSheetDate", "EndDateForPeriodCoveredByReport"):
        for words in _words(document, concept):
            if words.day is None:
                raise InvalidCase(concept, f"a day is expected, not {words.text[:40]!r}")
            if words.context.end != words.day:
                raise InvalidCase(concept, f"{words.day} stands in context {words.context.id}, of {words.context.end}")
            days.add(words.day)
    if len(days) != 1:
        told = " and ".join(str(day) for day in sorted(days)) or "none"
        raise InvalidCase("BalanceSheetDate", f"one balance sheet date is expected, not {told}")
    return days.pop()


def _start(document: Document, end: date) -> date | None:
    """The first day of the period covered, where one is told."""
    days = {words.day for words in _words(document, "StartDateForPeriodCoveredByReport") if words.day}
    return days.pop() if len(days) == 1 and min(days) <= end else None


def _is_said(document: Document, concept: str, *members: str) -> bool:
    """Whether a statement without a text is made by the dimension of its context, as "audited" is."""
    said = (member for words in _words(document, concept) for _dimension, member in words.context.dimensions)
    return any(member in members for member in said)


# --- Years ------------------------------------------------------------------------------------------------------------


def _years(document: Document, figures: list[Figure], end: date, is_group: bool) -> Iterator[_Year]:
    """The year of the balance sheet date and the one before, of the company's own figures or of the group's."""
    wanted = frozenset({_CONSOLIDATED} if is_group else ())
    totals = [figure for figure in figures if figure.concept in _BALANCE_SHEET and figure.context.is_instant]
    ends = sorted({figure.context.end for figure in totals if figure.context.dimensions == wanted}, reverse=True)
    has_group = any(_CONSOLIDATED in figure.context.dimensions for figure in totals)
    says_group = _is_said(document, "ScopeAccounts", "GroupAccountsOnly", "ConsolidatedGroupCompanyAccounts")
    consolidated = is_group or (says_group and not has_group)
    before = next((day for day in ends if day < end), None)
    if end in ends:
        yield _Year(end, _start(document, end), consolidated, is_group)
    if end in ends and before and is_within_months(before, end, LONGEST_YEAR):
        yield _Year(before, None, consolidated, is_group)


def _filing(document: Document, figures: list[Figure], year: _Year, company: str) -> Filing | None:
    found = _found(figures, year)
    if not set(found.cells) - {"Employees"}:
        return None
    notes = _signs_from_brackets(found)
    cells = dict(found.cells)
    for total, formula in _TOTALS:
        complete(cells, total, formula, found.step * len(terms_of(formula)), _SIGNED)
    about = Statement(
        period_end=year.end,
        period_start=year.start,
        currency=_currency(found.figures.values()),
        consolidated=year.consolidated,
        audited=_is_said(document, "AccountsStatusAuditedOrUnaudited", "Audited"),
    )
    filing = work_out(REGISTER, company, about, _ITEMS, cells)
    told = {item: _told(formula, found.figures, notes) for item, formula in filing.provenance.items()}
    return replace(filing, provenance=MappingProxyType(told))


def _found(figures: list[Figure], year: _Year) -> _Found:
    of_year = [figure for figure in figures if _is_of_year(figure, year)]
    found = _Found({}, {}, Decimal(1))
    for cell, (concepts, places) in _CELLS.items():
        figure = _figure(cell, concepts, places, of_year, year)
        if figure is None:
            continue
        amount = figure.amount
        if amount < 0 and cell not in _SIGNED:
            raise InvalidCase(figure.place, "never negative")
        if abs(amount) > LARGEST:
            raise InvalidCase(figure.place, "larger than any company's")
        _check_unit(cell, figure)
        found.cells[cell], found.figures[cell] = amount, figure
        if cell != "Employees":
            found.step = max(found.step, figure.exactness)
    return found


def _is_of_year(figure: Figure, year: _Year) -> bool:
    context = figure.context
    if context.end != year.end or (_CONSOLIDATED in context.dimensions) != year.is_under_dimension:
        return False
    if context.is_instant or year.start is None or context.start == year.start:
        return context.is_instant or is_within_months(context.start or year.end, year.end, LONGEST_YEAR)
    return False


def _figure(
    cell: str, concepts: tuple[str, ...], places: tuple[Dimensions, ...], figures: list[Figure], year: _Year
) -> Figure | None:
    """The figure of a cell: under the first dimensions and by the first concept that has one; raises InvalidCase."""
    scope = {_CONSOLIDATED} if year.is_under_dimension else set()
    for place in (*places, *(_PLAIN if set(concepts) & _UNDER_NONE else ())):
        for concept in concepts:
            if not _may_stand(cell, concept, place):
                continue
            wanted = place | scope
            found = [
                figure
                for figure in figures
                if figure.concept == concept
                and figure.context.dimensions == wanted
                and figure.context.is_instant == (cell not in _OVER_THE_YEAR)
            ]
            if found:
                return _agreed(found)
    return None


def _may_stand(cell: str, concept: str, place: Dimensions) -> bool:
    if place:
        return concept not in _UNDER_NONE
    return (cell, concept) not in _ONLY_UNDER_ITS_DIMENSION and (concept != "Creditors")


def _agreed(figures: list[Figure]) -> Figure:
    """The most exact of figures that say the same thing; raises InvalidCase when they do not."""
    best = min(figures, key=lambda figure: figure.exactness)
    for figure in figures:
        if figure.unit != best.unit:
            raise InvalidCase(best.place, f"there twice, in {best.unit} and in {figure.unit}")
        if figure.context.start != best.context.start:
            raise InvalidCase(best.place, f"told for two periods to {best.context.end}")
        if abs(figure.amount - best.amount) > figure.exactness / 2:
            raise InvalidCase(best.place, f"there twice, with {best.amount:f} and with {figure.amount:f}")
    return best


def _check_unit(cell: str, figure: Figure) -> None:
    if (figure.unit == "pure") != (cell == "Employees") or not re.fullmatch("pure|[A-Z]{3}", figure.unit):
        raise InvalidCase(figure.place, f"{figure.unit or 'no unit'} is not a unit this can be in")


def _currency(figures: Iterable[Figure]) -> str:
    currencies = sorted({figure.unit for figure in figures} - {"pure"})
    if len(currencies) != 1:
        raise InvalidCase("unit", f"one currency is expected, not {' and '.join(currencies) or 'none'}")
    return currencies[0]


# --- Signs, and what is said of every item ----------------------------------------------------------------------------


def _signs_from_brackets(found: _Found) -> set[str]:
    """Negate the totals printed in brackets whose tags say no sign, where only that makes the accounts add up.

    A known slip of filers, and of the register's own form for micro-entities: the document, which is what was filed,
    shows (3,810), the tag says 3,810. Both the brackets and the arithmetic must say so.
    """
    bracketed = {
        cell
        for cell in _BRACKETED
        if cell in found.figures and found.figures[cell].is_in_brackets and found.cells[cell] > 0
    }
    if not bracketed or _adds_up(found.cells, found.step):
        return set()
    turned = {cell: -amount if cell in bracketed else amount for cell, amount in found.cells.items()}
    if not _adds_up(turned, found.step):
        return set()
    found.cells = turned
    return bracketed


def _adds_up(cells: Mapping[str, Decimal], step: Decimal) -> bool:
    """Whether every total that is there is the sum of what is there of its parts."""
    totals = {total for total, _formula in _TOTALS}
    for total, formula in _TOTALS:
        terms = terms_of(formula)
        if total not in cells or any(code in totals and code not in cells for code in terms):
            continue
        made_up = sum((sign * cells.get(code, Decimal(0)) for code, sign in terms.items()), Decimal(0))
        if abs(cells[total] - made_up) > step * len(terms):
            return False
    return True


def _told(formula: str, figures: Mapping[str, Figure], notes: set[str]) -> str:
    """A formula with, for each cell, the concept, the dimensions and the context it was read from."""
    told = [
        ("+ " if sign > 0 else "- ")
        + figures[cell].place
        + (" (minus sign from its brackets)" if cell in notes else "")
        for cell, sign in terms_of(formula).items()
        if cell in figures
    ]
    return " ".join(told).removeprefix("+ ") or "none, by the totals"

"""The French tax return of companies (liasse fiscale, forms 2050 to 2053) by cell codes, out of two services. Pure.

Banque de France: `{data: [{data: {annee, date_arrete_exercice, declarations}}]}`, one entry a year. Tax authority
(DGFiP): `{data: {declarations}}`, each declaration with its own year. Both give a declaration as `{numero_imprime,
donnees: [{code, intitule, code_EDI, code_type_donnee, valeurs}]}`, in whole euros. docs/rules/golden-dossiers.md says
how cells become items.

Codes are those of single cells, as printed: an asset has one for the gross amount and one for what is written off; the
net column has none. A code is trusted under its own form and label only. The simplified return (2033) is refused.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from underwriting.scoring.statement import Statement
from underwriting.sources.filing import (
    Filing,
    check_year_end,
    complete,
    compute,
    distrust,
    linked,
    load_json,
    plain,
    terms_of,
    work_out,
)
from unlockfocus.json_cases import InvalidCase, as_day, as_list, as_text, each, get, shown

BANQUE_DE_FRANCE = "Banque de France bilans"
DGFIP = "DGFiP liasses fiscales"
# Euros throughout; what came before is not served.
FIRST_YEAR = 2002
_LONGEST_YEAR_IN_DAYS = 24 * 31

# Of each cell read: its form, and a word of its label, plainly written.
_CELLS: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("BJ", "CJ", "CO"), ("2050", "total")),
    **dict.fromkeys(("BK", "CK", "1A"), ("2050", "total|amortissement|provision|depreciation")),
    **dict.fromkeys(("BL", "BM"), ("2050", "matieres premieres")),
    **dict.fromkeys(("BN", "BO", "BP", "BQ"), ("2050", "en.?cours")),
    **dict.fromkeys(("BR", "BS"), ("2050", "produits")),
    **dict.fromkeys(("BT", "BU"), ("2050", "marchandises")),
    **dict.fromkeys(("BV", "BW"), ("2050", "avances")),
    **dict.fromkeys(("BX", "BY"), ("2050", "clients")),
    **dict.fromkeys(("BZ", "CA"), ("2050", "creances")),
    **dict.fromkeys(("CB", "CC"), ("2050", "capital")),
    **dict.fromkeys(("CD", "CE"), ("2050", "valeurs mobilieres")),
    **dict.fromkeys(("CF", "CG"), ("2050", "disponibilites")),
    **dict.fromkeys(("CH", "CI"), ("2050", "charges constatees")),
    "DA": ("2051", "capital"),
    "DB": ("2051", "primes?"),
    "DC": ("2051", "reevaluation"),
    **dict.fromkeys(("DD", "DE", "DF", "DG"), ("2051", "reserves?")),
    "DH": ("2051", "report"),
    "DI": ("2051", "resultat|benefice"),
    "DJ": ("2051", "subventions?"),
    "DK": ("2051", "provisions"),
    "DL": ("2051", "capitaux propres"),
    "DO": ("2051", "total"),
    "DR": ("2051", "provisions"),
    **dict.fromkeys(("DS", "DT"), ("2051", "obligataires")),
    "DU": ("2051", "etablissements de credit"),
    "DV": ("2051", "dettes financieres"),
    "DW": ("2051", "avances"),
    "DX": ("2051", "fournisseurs"),
    "DY": ("2051", "fiscales"),
    "DZ": ("2051", "immobilisations"),
    "EA": ("2051", "dettes"),
    "EB": ("2051", "produits constates"),
    "EC": ("2051", "total"),
    "ED": ("2051", "conversion"),
    "EE": ("2051", "total general"),
    "EG": ("2051", "moins d'un an|un an au plus"),
    "FL": ("2052", "chiffres? d'affaires"),
    "GA": ("2052", "amortissements"),
    "GG": ("2052", "exploitation"),
    "GU": ("2052", "charges financieres"),
    "GW": ("2052", "courant"),
    "HI": ("2053", "exceptionnel"),
    "HJ": ("2053", "participation"),
    "HK": ("2053", "impots?"),
    "HN": ("2053", "benefice"),
}
_FORMS = frozenset(form for form, _label in _CELLS.values())
_GROSS = frozenset({"BJ", "BL", "BN", "BP", "BR", "BT", "BV", "BX", "BZ", "CB", "CD", "CF", "CH", "CJ", "CO"})
_SIGNED = frozenset({"DC", "DH", "DI", "DL", "GG", "GW", "HI", "HK", "HN"})

# Printed totals, and the cells they are the sum of. Where the cells given already make up the total, those that are
# absent are zero; nothing else makes an absent cell zero. In this order, so that one proves the next.
_TOTALS = (
    ("CO", "EE + 1A"),
    ("1A", "BK + CK"),
    ("CJ", "BL + BN + BP + BR + BT + BV + BX + BZ + CB + CD + CF + CH"),
    ("CK", "BM + BO + BQ + BS + BU + BW + BY + CA + CC + CE + CG + CI"),
    ("DL", "DA + DB + DC + DD + DE + DF + DG + DH + DI + DJ + DK"),
    ("EC", "DS + DT + DU + DV + DW + DX + DY + DZ + EA + EB"),
    ("EE", "DL + DO + DR + EC + ED"),
    ("HN", "GW + HI - HJ - HK"),
)
# What cannot be more than what.
_WITHIN = (("BJ - BK + CJ - CK", "EE"), ("EG", "EC"), ("BK", "BJ"), ("CK", "CJ"))
_DEBTS = "DS + DT + DU + DV + DW + DX + DY + DZ + EA + EB"

# Debts are what neither equity nor provisions finance when their own total is not given: other equity (DO) and
# conversion differences (ED) are then among them. When it is given these two go with the provisions.
_ITEMS = {
    "total_assets": ("EE",),
    "fixed_assets": ("BJ - BK",),
    "current_assets": ("CJ - CK",),
    "inventories": ("BL - BM + BN - BO + BP - BQ + BR - BS + BT - BU",),
    "receivables": ("BX - BY",),
    "cash": ("CF - CG",),
    "equity": ("DL",),
    "share_capital": ("DA",),
    "retained_earnings": ("DD + DE + DF + DG + DH + DI",),
    "total_liabilities": ("EC", "EE - DL - DR"),
    "long_term_liabilities": ("EC - EG",),
    "short_term_liabilities": ("EG",),
    "provisions_and_accruals": ("EE - DL - EC", "DR"),
    "sales": ("FL",),
    "operating_profit": ("GG",),
    "profit_before_tax": ("HN + HJ + HK",),
    "net_profit": ("HN", "DI"),
    "depreciation": ("GA",),
    "financial_expenses": ("GU",),
}


@dataclass(slots=True)
class _Year:
    """The cells of one year, as far as read."""

    period_start: date | None = None
    cells: dict[str, Decimal] = field(default_factory=dict)

    def add(self, cells: Iterable[tuple[str, Decimal]]) -> None:
        for code, amount in cells:
            if self.cells.setdefault(code, amount) != amount:
                raise InvalidCase("", f"{code} is there twice, with {self.cells[code]} and with {amount}")


def read_banque_de_france(content: bytes, *, on: date) -> tuple[Filing, ...]:
    """The filings, newest first; raises BadPayload for what cannot be trusted."""
    payload = load_json(content)
    with distrust():
        return linked(each(payload, "data", lambda entry: get(entry, "data", lambda data: _year_of(data, on))))


def read_dgfip(content: bytes, *, on: date) -> tuple[Filing, ...]:
    """The filings, newest first; raises BadPayload for what cannot be trusted."""
    payload = load_json(content)
    with distrust():
        return linked(get(payload, "data", lambda data: _years_of(data, on)))


def _year_of(data: Any, on: date) -> Filing:
    """One year as the Banque de France gives it."""
    end = get(data, "date_arrete_exercice", lambda value: _month_end(value, on))
    if get(data, "annee", as_text) != str(end.year):
        raise InvalidCase("annee", f"{end.year} is expected, the year of date_arrete_exercice")
    year = _Year()
    for cells in each(data, "declarations", _declared):
        year.add(cells)
    return _filing(BANQUE_DE_FRANCE, end, year)


def _years_of(data: Any, on: date) -> list[Filing]:
    """The years the DGFiP gives, declaration by declaration."""
    years: dict[date, _Year] = {}
    for start, end, cells in each(data, "declarations", lambda declaration: _dated(declaration, on)):
        year = years.setdefault(end, _Year(start))
        if year.period_start != start:
            raise InvalidCase("declarations", f"the year to {end} begins on two days")
        year.add(cells)
    return [_filing(DGFIP, end, year) for end, year in years.items()]


def _dated(declaration: Any, on: date) -> tuple[date, date, list[tuple[str, Decimal]]]:
    end = get(declaration, "date_fin_exercice", lambda value: _year_end(as_day(value), on))
    days = get(declaration, "duree_exercice", _days)
    return end - timedelta(days=days - 1), end, _declared(declaration)


def _declared(declaration: Any) -> list[tuple[str, Decimal]]:
    """The cells of one declaration that are read; none of those of another form."""
    form = get(declaration, "numero_imprime", as_text)
    if form.startswith("2033"):
        raise InvalidCase("numero_imprime", "the simplified return (2033) has other codes")
    cells = [cell for cell in each(declaration, "donnees", lambda value: _cell(value, form)) if cell]
    return cells if form in _FORMS else []


def _cell(value: Any, form: str) -> tuple[str, Decimal] | None:
    code, label = get(value, "code", as_text), plain(get(value, "intitule", as_text))
    if "depose neant" in label:
        raise InvalidCase("intitule", "the return was filed as nil")
    if form not in _FORMS or code not in _CELLS:
        return None
    printed_on, words = _CELLS[code]
    if form != printed_on or not re.search(rf"\b({words})\b", label) or (code in _GROSS and "net" in label.split()):
        raise InvalidCase("intitule", f"{code} on form {form} is {shown(label)}: not the cell of the return")
    if not get(value, "code_EDI", as_text).startswith(f"{code}:C516:"):
        raise InvalidCase("code_EDI", f"{code}:C516 is expected, not {shown(value['code_EDI'])}")
    if get(value, "code_type_donnee", as_text) != "MOA":
        raise InvalidCase("code_type_donnee", f"MOA, an amount, is expected, not {shown(value['code_type_donnee'])}")
    return code, get(value, "valeurs", lambda values: _amount(values, code))


def _amount(values: Any, code: str) -> Decimal:
    texts = as_list(values)
    if len(texts) != 1 or not re.fullmatch("-?[0-9]{1,15}", as_text(texts[0]), re.ASCII):
        raise InvalidCase("", f"one whole number of euros is expected, not {shown(values)}")
    amount = Decimal(texts[0])
    if amount < 0 and code not in _SIGNED:
        raise InvalidCase("", f"{code} is never negative")
    return amount


def _filing(register: str, end: date, year: _Year) -> Filing:
    cells = _completed(year.cells)
    about = Statement(period_end=end, period_start=year.period_start, currency="EUR")
    filing = work_out(register, "", about, _ITEMS, cells)
    debts = sum((cells.get(code, Decimal(0)) for code in terms_of(_DEBTS)), Decimal(0))
    liabilities = filing.statement.total_liabilities
    if liabilities is not None and debts > liabilities + _rounding(cells):
        raise InvalidCase(str(end), f"the debts given are more than {filing.provenance['total_liabilities']}")
    return filing


def _completed(given: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """The cells with those proven zero; raises InvalidCase when they do not add up."""
    cells = dict(given)
    step = _rounding(given)
    for total, formula in _TOTALS:
        complete(cells, total, formula, step, _SIGNED)
    if {"HN", "DI"} <= cells.keys() and abs(cells["HN"] - cells["DI"]) > step:
        raise InvalidCase("", "HN is not DI")
    for part, whole in _WITHIN:
        smaller, larger = compute(part, cells), compute(whole, cells)
        if smaller is not None and larger is not None and smaller > larger + step:
            raise InvalidCase("", f"{part} is more than {whole}")
    return cells


def _rounding(cells: Mapping[str, Decimal]) -> int:
    """How far a sum may be off: by one unit a term, of thousands when every amount is in thousands."""
    unit = 1000 if all(amount % 1000 == 0 for amount in cells.values()) else 1
    return unit * 12


def _month_end(value: Any, on: date) -> date:
    """The last day of a month such as 2023-12 or 202312."""
    found = re.fullmatch("([0-9]{4})-?(0[1-9]|1[0-2])", as_text(value), re.ASCII)
    if found is None or not int(found[1]):
        raise InvalidCase("", f"a month such as 2023-12 is expected, not {shown(value)}")
    year, month = int(found[1]), int(found[2])
    return _year_end(date(year, month, monthrange(year, month)[1]), on)


def _year_end(end: date, on: date) -> date:
    check_year_end(end, FIRST_YEAR, on)
    return end


def _days(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _LONGEST_YEAR_IN_DAYS:
        raise InvalidCase("", f"a number of days up to {_LONGEST_YEAR_IN_DAYS} is expected, not {shown(value)}")
    return value

"""French annual accounts as the register keyed them in (INPI, "bilans saisis"), by row and column. Pure.

An answer is `{bilansSaisis: [{siren, dateCloture, dateDepot, typeBilan, confidentiality, deleted, bilanSaisi: {bilan:
{identite, detail: {pages: [{liasses: [{code, m1, m2, m3, m4}]}]}}}}]}`. The code names a row by its first cell: the
turnover is FJ in column 3, not FL. Columns mean: of assets gross, written off, net, net the year before; of liabilities
this year and the one before; of results France, export, total, total the year before, or the two years alone.

Types: C complete, S simplified (form 2033, numeric codes), K consolidated; B and A, banks and insurers, are refused.
Amounts are taken as euros, which the payload does not say: `check_unit` compares them with what else is known.
docs/rules/sources-accounts.md says how cells become items.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from applications.exposure import add_months
from underwriting.scoring.statement import Statement
from underwriting.sources.filing import (
    LARGEST,
    BadPayload,
    Cells,
    Filing,
    Formulas,
    check_year_end,
    complete,
    compute,
    distrust,
    linked,
    load_json,
    terms_of,
    work_out,
)
from underwriting.sources.questions import Question, Reply, Source
from unlockfocus.json_cases import InvalidCase, as_day, as_object, as_text, each, get, shown

REGISTER = "INPI bilans saisis"
# A free account signs in for a token, which every other question carries.
RNE = Source(
    name=REGISTER,
    address="https://registre-national-entreprises.inpi.fr",
    licence="INPI, Licence Ouverte 2.0",
    requests=5,
    per_seconds=1.0,
    fresh_seconds=7 * 24 * 3600,
    largest_bytes=16 * 1024 * 1024,
)
FIRST_YEAR = 2002
_LONGEST_YEAR = 24
# What stands for "nothing" or for "too large to be stored" in files made from the register.
_OVERFLOW = 2147483647
PUBLIC, PARTLY = "Public", "Partiellement confidentiel"
_LEVELS = (PUBLIC, PARTLY, "Confidentiel")

_COMPLETE: Formulas = {
    "total_assets": ("EE:m1", "CO:m3"),
    "fixed_assets": ("BJ:m3",),
    "current_assets": ("CJ:m3",),
    "inventories": ("BL:m3 + BN:m3 + BP:m3 + BR:m3 + BT:m3",),
    "receivables": ("BX:m3",),
    "cash": ("CF:m3",),
    "equity": ("DL:m1",),
    "share_capital": ("DA:m1",),
    "retained_earnings": ("DD:m1 + DE:m1 + DF:m1 + DG:m1 + DH:m1 + DI:m1",),
    "total_liabilities": ("EC:m1", "EE:m1 - DL:m1 - DR:m1"),
    "long_term_liabilities": ("EC:m1 - EG:m1",),
    "short_term_liabilities": ("EG:m1",),
    "provisions_and_accruals": ("EE:m1 - DL:m1 - EC:m1", "DR:m1"),
    "sales": ("FJ:m3",),
    "operating_profit": ("GG:m3",),
    "profit_before_tax": ("HN:m1 + HJ:m1 + HK:m1",),
    "net_profit": ("HN:m1", "DI:m1"),
    "depreciation": ("GA:m3",),
    "financial_expenses": ("GU:m3",),
    "employees": ("YP:m1",),
}
# Minority interests and differences of consolidation have rows of their own: the debts are those that are keyed in.
_CONSOLIDATED: Formulas = {
    **{item: ways for item, ways in _COMPLETE.items() if item not in {"profit_before_tax", "retained_earnings"}},
    "total_liabilities": ("EC:m1",),
    "provisions_and_accruals": ("EE:m1 - DL:m1 - EC:m1",),
    "net_profit": ("R6:m1", "HN:m1"),
}
_SIMPLIFIED: Formulas = {
    "total_assets": ("180:m1", "110:m3"),
    "fixed_assets": ("044:m3",),
    "current_assets": ("096:m3",),
    "inventories": ("050:m3 + 060:m3",),
    "receivables": ("068:m3",),
    "cash": ("084:m3",),
    "equity": ("142:m1",),
    "share_capital": ("120:m1",),
    "retained_earnings": ("126:m1 + 130:m1 + 132:m1 + 134:m1 + 136:m1",),
    "total_liabilities": ("176:m1", "180:m1 - 142:m1 - 154:m1"),
    "long_term_liabilities": ("195:m1",),
    "short_term_liabilities": ("176:m1 - 195:m1",),
    "provisions_and_accruals": ("180:m1 - 142:m1 - 176:m1", "154:m1"),
    # Told by `_sales_of`, which knows whether exports stand within or beside.
    "sales": ("210:m1 + 214:m1 + 218:m1",),
    "operating_profit": ("270:m1",),
    "profit_before_tax": ("310:m1 + 306:m1",),
    "net_profit": ("310:m1", "136:m1"),
    "depreciation": ("254:m1",),
    "financial_expenses": ("294:m1",),
    "employees": ("376:m1",),
}
_FORMULAS = {"C": _COMPLETE, "S": _SIMPLIFIED, "K": _CONSOLIDATED}

# Totals, and what they are the sum of; in this order, so that one proves the next.
_TOTALS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "C": (
        ("CO:m3", "EE:m1"),
        ("CJ:m3", "BL:m3 + BN:m3 + BP:m3 + BR:m3 + BT:m3 + BV:m3 + BX:m3 + BZ:m3 + CB:m3 + CD:m3 + CF:m3 + CH:m3"),
        (
            "DL:m1",
            "DA:m1 + DB:m1 + DC:m1 + DD:m1 + DE:m1 + DF:m1 + DG:m1 + DH:m1 + DI:m1 + DJ:m1 + DK:m1",
        ),
        ("EC:m1", "DS:m1 + DT:m1 + DU:m1 + DV:m1 + DW:m1 + DX:m1 + DY:m1 + DZ:m1 + EA:m1 + EB:m1"),
        ("EE:m1", "DL:m1 + DO:m1 + DR:m1 + EC:m1 + ED:m1"),
        ("HN:m1", "GW:m3 + HI:m1 - HJ:m1 - HK:m1"),
        ("HN:m1", "DI:m1"),
    ),
    "S": (
        ("110:m3", "180:m1"),
        ("110:m3", "044:m3 + 096:m3"),
        ("096:m3", "050:m3 + 060:m3 + 064:m3 + 068:m3 + 072:m3 + 080:m3 + 084:m3 + 092:m3"),
        ("142:m1", "120:m1 + 124:m1 + 126:m1 + 130:m1 + 132:m1 + 134:m1 + 136:m1 + 140:m1"),
        ("176:m1", "156:m1 + 164:m1 + 166:m1 + 172:m1 + 174:m1"),
        ("180:m1", "142:m1 + 154:m1 + 176:m1"),
        ("310:m1", "136:m1"),
    ),
    "K": (("CO:m3", "EE:m1"),),
}
_WITHIN: Mapping[str, tuple[tuple[str, str], ...]] = {
    "C": (("EG:m1", "EC:m1"), ("BJ:m3", "EE:m1"), ("CJ:m3", "EE:m1"), ("EC:m1", "EE:m1")),
    "S": (("195:m1", "176:m1"), ("044:m3", "180:m1"), ("096:m3", "180:m1")),
    "K": (("EC:m1", "EE:m1"),),
}
# The results of the simplified form print exports beside the figure they are part of; registers keyed them in as if
# beside it. The total of operating income (232) tells which: turnover, stocked, capitalised, subsidies, other.
_INCOME, _BESIDE_SALES = "232:m1", ("222:m1", "224:m1", "226:m1", "230:m1")
_EXPORTS = ("209:m1", "215:m1", "217:m1")

# Rows of assets, whose columns are gross, written off, net; and rows of results with a total in the third.
_ASSETS = re.compile("A[A-Z]|B[A-Z]|C[A-O]|0[0-9]{2}|110")
_IN_THREE = re.compile("F[A-Z]|G[A-W]")
_SIGNED = re.compile(r"(DC|DH|DI|DL|FM|GG|GV|GW|HI|HK|HN|R[0-9]|124|134|136|142|222|270|306|310):m[1-4]")
# The column of the year before, by that of this year.
_BEFORE_COLUMN = {"m3": "m4", "m1": "m2"}


@dataclass(frozen=True, slots=True)
class Confidential:
    """Accounts that were filed and are not for us to read: all of them, or the results only when `is_partly`."""

    period_end: date
    is_partly: bool


@dataclass(frozen=True, slots=True)
class Published:
    """What the register holds of a company: filings newest first, its own before its group's, and what is closed."""

    filings: tuple[Filing, ...]
    confidential: tuple[Confidential, ...]


@dataclass(frozen=True, slots=True)
class UnitDoubt:
    """Amounts that may not be whole euros. `factor` is what the filing would be multiplied by to be what is known."""

    code: str
    factor: Decimal | None
    filed: Decimal
    known: Decimal


@dataclass(frozen=True, slots=True)
class _Entry:
    """One deposit, as far as read: `cells` by code and column."""

    end: date
    deposited_on: date
    kind: str
    level: str
    months: int | None
    cells: Cells


def read_bilans_saisis(content: bytes, *, company: str, on: date) -> Published:
    """What an answer holds for the company of that number. Confidential accounts are an answer, not an error.

    Of two deposits for one year end the later counts. A year told only as the column before of the next is given too.
    Raises BadPayload for what is about another company, of a bank or an insurer, does not add up, or cannot be read.
    """
    payload = load_json(content)
    with distrust():
        return _published(payload, company, on)


def _published(payload: Any, company: str, on: date) -> Published:
    held = {"bilansSaisis": [payload]} if "bilanSaisi" in as_object(payload) else payload
    entries = [entry for entry in each(held, "bilansSaisis", lambda value: _entry(value, company, on)) if entry]
    latest: dict[tuple[date, bool], _Entry] = {}
    for entry in sorted(entries, key=lambda entry: entry.deposited_on):
        latest[entry.end, entry.kind == "K"] = entry
    closed = {
        entry.end: Confidential(entry.end, entry.level == PARTLY) for entry in latest.values() if entry.level != PUBLIC
    }
    filings: list[Filing] = []
    for is_group in (False, True):
        of_kind = [entry for (_end, group), entry in latest.items() if group == is_group and entry.cells]
        filings += linked(_with_years_before([_filing(entry, company) for entry in of_kind], of_kind, company))
    return Published(tuple(filings), tuple(sorted(closed.values(), key=lambda one: one.period_end, reverse=True)))


def _entry(value: Any, company: str, on: date) -> _Entry | None:
    """One deposit; None of one that was withdrawn."""
    if as_object(value).get("deleted") is True:
        return None
    number = get(value, "siren", as_text)
    if number != company:
        raise InvalidCase("siren", f"{company} was asked for, the answer is about {number}")
    end = get(value, "dateCloture", as_day)
    check_year_end(end, FIRST_YEAR, on)
    deposited_on = get(value, "dateDepot", as_day)
    kind = get(value, "typeBilan", _kind)
    level = get(value, "confidentiality", _level)
    if level not in {PUBLIC, PARTLY} or value.get("bilanSaisi") is None:
        return _Entry(end, deposited_on, kind, level, None, {})
    months, cells = get(value, "bilanSaisi", lambda held: get(held, "bilan", lambda it: _bilan(it, company, end, kind)))
    return _Entry(end, deposited_on, kind, level, months, cells)


def _kind(value: Any) -> str:
    kind = as_text(value)
    if kind in {"A", "B"}:
        raise InvalidCase("", f"accounts of {'an insurer' if kind == 'A' else 'a bank'} have other rows")
    if kind not in _FORMULAS:
        raise InvalidCase("", f"C, S or K is expected, not {shown(value)}")
    return kind


def _level(value: Any) -> str:
    if value not in _LEVELS:
        raise InvalidCase("", f"{', '.join(_LEVELS)} are expected, not {shown(value)}")
    return as_text(value)


def _bilan(value: Any, company: str, end: date, kind: str) -> tuple[int | None, Cells]:
    """The months of the year and its cells."""
    months = get(value, "identite", lambda identity: _identity(identity, company, end, kind))
    pages = get(value, "detail", lambda detail: list(each(detail, "pages", _rows)))
    cells: dict[str, Decimal] = {}
    for code, amount in (cell for page in pages for cell in page):
        if cells.setdefault(code, amount) != amount:
            raise InvalidCase("detail", f"{code} is there twice, with {cells[code]} and with {amount}")
    for code in {name.partition(":")[0] for name in cells}:
        if _ASSETS.fullmatch(code):
            _check_net(code, cells)
    return months, cells


def _identity(value: Any, company: str, end: date, kind: str) -> int | None:
    expected = {"siren": company, "dateClotureExercice": end.isoformat(), "codeTypeBilan": kind, "codeDevise": "EUR"}
    for name, text in expected.items():
        if get(value, name, as_text) != text:
            raise InvalidCase(name, f"{text} is expected, not {shown(value[name])}")
    months = value.get("dureeExerciceN")
    if months in (None, ""):
        return None
    found = re.fullmatch("0*([1-9][0-9]?)", str(months), re.ASCII)
    if found is None or int(found[1]) > _LONGEST_YEAR:
        raise InvalidCase("dureeExerciceN", f"months up to {_LONGEST_YEAR} are expected, not {shown(months)}")
    return int(found[1])


def _rows(page: Any) -> list[tuple[str, Decimal]]:
    return [cell for cells in each(page, "liasses", _row) for cell in cells]


def _row(value: Any) -> list[tuple[str, Decimal]]:
    code = get(value, "code", as_text)
    if not re.fullmatch("[A-Z0-9]{2,3}", code):
        raise InvalidCase("code", f"a code such as FJ is expected, not {shown(code)}")
    found = []
    for column in ("m1", "m2", "m3", "m4"):
        amount = get(value, column, _amount) if value.get(column) not in (None, "") else None
        if amount is None:
            continue
        if amount < 0 and not _SIGNED.fullmatch(f"{code}:{column}") and _is_read(code):
            raise InvalidCase(column, f"{code} is never negative")
        found.append((f"{code}:{column}", amount))
    return found


def _is_read(code: str) -> bool:
    return any(
        code == cell.partition(":")[0]
        for formulas in _FORMULAS.values()
        for ways in formulas.values()
        for formula in ways
        for cell in terms_of(formula)
    )


def _amount(value: Any) -> Decimal | None:
    """Whole euros, as a number or a text padded with zeros; None for what stands for no amount."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not re.fullmatch("[+-]?[0-9]{1,18}", text, re.ASCII):
        raise InvalidCase("", f"a whole number of euros is expected, not {shown(value)}")
    amount = Decimal(text)
    if abs(amount) == _OVERFLOW:
        return None
    if abs(amount) > LARGEST:
        raise InvalidCase("", f"{shown(value)} is larger than any company's")
    return amount


def _check_net(code: str, cells: Mapping[str, Decimal]) -> None:
    gross, off, net = (cells.get(f"{code}:{column}") for column in ("m1", "m2", "m3"))
    if gross is not None and net is not None and abs(gross - (off or Decimal(0)) - net) > 1:
        raise InvalidCase("detail", f"{code}: gross less written off is not net")


# --- From cells to filings --------------------------------------------------------------------------------------------


def _filing(entry: _Entry, company: str) -> Filing:
    start = None
    if entry.months and entry.end.day == monthrange(entry.end.year, entry.end.month)[1]:
        start = add_months(date(entry.end.year, entry.end.month, 1), 1 - entry.months)
    about = Statement(
        period_end=entry.end, period_start=start, published_on=entry.deposited_on, currency="EUR",
        consolidated=entry.kind == "K",
    )  # fmt: skip
    return _worked_out(entry.kind, company, about, entry.cells)


def _worked_out(kind: str, company: str, about: Statement, given: Cells) -> Filing:
    cells = _completed(kind, given)
    formulas = dict(_FORMULAS[kind])
    if kind == "S":
        formulas["sales"] = _sales_of(cells)
    return work_out(REGISTER, company, about, formulas, cells)


def _completed(kind: str, given: Cells) -> dict[str, Decimal]:
    """The cells with those proven zero; raises InvalidCase when they do not add up."""
    cells = dict(given)
    step = 12 * (1000 if all(amount % 1000 == 0 for amount in cells.values()) else 1)
    signed = {code for code in (*cells, *_all_codes(kind)) if _SIGNED.fullmatch(code)}
    for total, formula in _TOTALS[kind]:
        complete(cells, total, formula, step, signed)
    for part, whole in _WITHIN[kind]:
        smaller, larger = compute(part, cells), compute(whole, cells)
        if smaller is not None and larger is not None and smaller > larger + step:
            raise InvalidCase("", f"{part} is more than {whole}")
    return cells


def _all_codes(kind: str) -> Iterable[str]:
    return (code for _total, formula in _TOTALS[kind] for code in terms_of(formula))


def _sales_of(cells: Cells) -> tuple[str, ...]:
    """The formula of the simplified turnover that the total of income confirms; absent rows of it are zero then.

    Without exports both say the same. Raises InvalidCase when neither is the total.
    """
    rows = [code for code in ("210:m1", "214:m1", "218:m1") if code in cells]
    exports = [code for code in _EXPORTS if cells.get(code)]
    if not rows and not exports:
        return ()
    within, beside = " + ".join(rows), " + ".join([*rows, *exports])
    if _INCOME not in cells:
        return (beside,) if not exports else ()
    others = sum((cells.get(code, Decimal(0)) for code in _BESIDE_SALES), Decimal(0))
    for formula in filter(None, (within, beside)):
        amount = compute(formula, cells)
        if amount is not None and abs(cells[_INCOME] - others - amount) <= len(_BESIDE_SALES) + 3:
            return (formula,)
    raise InvalidCase("", "232:m1 is not the turnover and the rest of the operating income")


def _with_years_before(filings: list[Filing], entries: list[_Entry], company: str) -> list[Filing]:
    """The filings and, of years that have none of their own, what the column before of the next year tells."""
    ends = {filing.statement.period_end for filing in filings}
    found = list(filings)
    for entry in entries:
        end = _end_before(entry)
        cells = _column_before(entry.cells)
        if end is None or end in ends or not cells:
            continue
        about = Statement(period_end=end, currency="EUR", consolidated=entry.kind == "K")
        try:
            filing = _worked_out(entry.kind, company, about, cells)
        except InvalidCase as error:
            raise InvalidCase(error.place, f"the year before {entry.end}: {error.reason}") from error
        places = {item: _named_before(formula, entry) for item, formula in filing.provenance.items()}
        if places:
            found.append(replace(filing, provenance=places))
            ends.add(end)
    return found


def _end_before(entry: _Entry) -> date | None:
    """The last day of the year before, where the length of this one is told."""
    if not entry.months:
        return None
    first = add_months(entry.end.replace(day=1), -entry.months)
    last = monthrange(first.year, first.month)[1]
    ends_month = entry.end.day == monthrange(entry.end.year, entry.end.month)[1]
    return first.replace(day=last if ends_month else min(entry.end.day, last))


def _column_before(cells: Cells) -> dict[str, Decimal]:
    """The cells of the year before under the names of this year's."""
    found = {}
    for name, amount in cells.items():
        code, _, column = name.partition(":")
        current = "m3" if _ASSETS.fullmatch(code) or _IN_THREE.fullmatch(code) else "m1"
        if column == _BEFORE_COLUMN[current]:
            found[f"{code}:{current}"] = amount
    return found


def _named_before(formula: str, entry: _Entry) -> str:
    """A formula over the columns it was really read from, and the year they stand in."""
    named = re.sub(r":(m[13])\b", lambda match: f":{_BEFORE_COLUMN[match[1]]}", formula)
    return f"{named} of the year to {entry.end}"


# --- Whether amounts are euros ----------------------------------------------------------------------------------------

_FACTORS = (Decimal(100), Decimal(1000), Decimal(1_000_000))
_LEAST_PER_EMPLOYEE = 10_000
_ROUGHLY = Decimal("0.1")


def known_turnover(finances: Any) -> dict[int, Decimal]:
    """The turnover by year that the business search tells (`{"2024": {"ca": ..., "resultat_net": ...}}`).

    Nought means "not declared" there and a negative one is an error: both are left out.
    """
    found = {}
    with distrust():
        for year, figures in as_object(finances or {}).items():
            amount = as_object(figures).get("ca")
            if isinstance(amount, bool) or not isinstance(amount, int | None):
                raise InvalidCase(str(year), f"a whole number is expected, not {shown(amount)}")
            if re.fullmatch("[12][0-9]{3}", str(year)) and amount and amount > 0:
                found[int(year)] = Decimal(amount)
    return found


def check_unit(filing: Filing, turnover_by_year: Mapping[int, Decimal]) -> UnitDoubt | None:
    """A doubt that the filing is in whole euros: a turnover a hundred or a thousand times off, or too little a head."""
    statement = filing.statement
    sales, known = statement.sales, turnover_by_year.get(statement.period_end.year)
    if not sales or sales < 0:
        return None
    for factor in (*_FACTORS, *(1 / factor for factor in _FACTORS)) if known else ():
        if known and abs(sales * factor - known) <= _ROUGHLY * known:
            return UnitDoubt("factor", factor, sales, known)
    if known and abs(sales - known) <= _ROUGHLY * known:
        return None
    if statement.employees and sales / statement.employees < _LEAST_PER_EMPLOYEE:
        return UnitDoubt("per_employee", None, sales, statement.employees)
    return None


# --- Where it is asked for --------------------------------------------------------------------------------------------


def ask_token(credentials: bytes) -> Question:
    """The question for a token; `credentials` is the JSON object `{"username", "password"}`."""
    return Question(
        "/api/sso/login",
        method="POST",
        headers={"Content-Type": "application/json"},
        body=credentials,
        missing=frozenset(),
    )


def token_of(reply: Reply) -> str:
    """The token in the reply to `ask_token`."""
    payload = load_json(reply.content)
    with distrust():
        return get(payload, "token", as_text)


def ask_bilans(company: str, token: str) -> Question:
    """The question for all accounts keyed in of the company of that number."""
    if not re.fullmatch("[0-9]{9}", company, re.ASCII):
        raise BadPayload("siren", f"nine digits are expected, not {company[:20]!r}")
    return Question(f"/api/companies/{company}/attachments", headers={"Authorization": f"Bearer {token}"})


def bilans_reader(company: str, on: date) -> Callable[[Reply], Published | None]:
    """What reads the reply to `ask_bilans`: None when nothing was ever keyed in."""

    def read(reply: Reply) -> Published | None:
        published = read_bilans_saisis(reply.content, company=company, on=on)
        return published if published.filings or published.confidential else None

    return read

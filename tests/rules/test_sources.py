"""Readers of registers: what they make of an answer, and that they refuse whatever cannot be trusted."""

import copy
import json
from contextlib import suppress
from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.registers import FRENCH, ROMANIAN, ROMANIAN_LABELS, as_bytes, banque_de_france, bilant, cell, dgfip
from tests.rules.registers import declarations as forms_of
from underwriting.scoring.statement import ITEMS, before, identity_checks, identity_gaps
from underwriting.sources.anaf import BILANT, ask_bilant, bilant_reader, read_bilant
from underwriting.sources.filing import BadPayload, Filing
from underwriting.sources.liasse import read_banque_de_france, read_dgfip
from underwriting.sources.questions import Reply

ON = date(2026, 11, 24)
YEAR = {"date_fin_exercice": "2025-06-30", "duree_exercice": 365}


def romanian(*answers, on=ON):
    return read_bilant(*(as_bytes(answer) for answer in answers), company="49007311", on=on)


def bank(*years, on=ON):
    return read_banque_de_france(as_bytes(banque_de_france(*years)), on=on)


def treasury(*forms, on=ON):
    return read_dgfip(as_bytes(dgfip(*forms)), on=on)


def given_items(statement):
    return {name: int(value) for name in ITEMS if (value := getattr(statement, name)) is not None}


def refused(read, *arguments):
    with pytest.raises(BadPayload) as caught:
        read(*arguments)
    return caught.value.reason


# --- Romania ----------------------------------------------------------------------------------------------------------


def test_romanian_indicators_become_a_statement_that_adds_up():
    (filing,) = romanian(bilant())
    assert (filing.register, filing.company) == ("ANAF bilant", "49007311")
    statement = filing.statement
    assert (statement.period_end, statement.currency, statement.unit) == (date(2025, 12, 31), "RON", 1)
    assert given_items(statement) == {
        "total_assets": 13500,
        "fixed_assets": 6300,
        "current_assets": 7200,
        "inventories": 2000,
        "receivables": 4100,
        "cash": 700,
        "equity": 5100,
        "share_capital": 200,
        "total_liabilities": 8200,
        "provisions_and_accruals": 200,
        "sales": 21000,
        "profit_before_tax": -400,
        "net_profit": -400,
        "employees": 12,
    }
    assert [check.code for check in identity_checks(statement)] == ["assets", "balance", "parts"]
    assert identity_gaps(statement) == ()
    assert statement.is_abridged


def test_every_romanian_item_says_which_indicators_gave_it():
    (filing,) = romanian(bilant())
    assert filing.provenance.keys() == given_items(filing.statement).keys()
    assert filing.provenance["current_assets"] == "I2 + I6"
    assert filing.provenance["net_profit"] == "I18 - I19"
    assert filing.provenance["provisions_and_accruals"] == "I8 + I9"


def test_the_years_of_one_company_are_linked_newest_first():
    filings = romanian(bilant(year=2023), bilant(year=2025), bilant({}, year=2022), bilant(year=2024))
    assert [filing.statement.period_end.year for filing in filings] == [2025, 2024, 2023]
    assert filings[0].statement.prior == filings[1].statement
    assert before(filings[0].statement, "sales") == 21000
    assert filings[2].statement.prior is None


def test_a_year_that_is_not_the_year_before_is_not_linked():
    newest, _older = romanian(bilant(year=2025), bilant(year=2023))
    assert newest.statement.prior is None


def test_employees_that_are_not_known_stay_unknown():
    (filing,) = romanian(bilant({**ROMANIAN, "I20": -1}))
    assert filing.statement.employees is None
    assert "employees" not in filing.provenance


def test_a_loss_is_often_printed_under_the_label_of_the_gross_loss():
    labels = {**ROMANIAN_LABELS, "I16": "Profitul brut", "I19": "Pierdere bruta"}
    (filing,) = romanian(bilant(labels=labels))
    assert filing.statement.net_profit == -400


@pytest.mark.parametrize("code", ROMANIAN)
def test_a_code_under_another_label_is_refused(code):
    labels = {**ROMANIAN_LABELS, code: "Datorii privind clientela"}
    assert "not the indicators of a commercial company" in refused(romanian, bilant(labels=labels))


def test_the_indicators_of_a_bank_are_refused():
    amounts, labels = {**ROMANIAN, "I31": 5}, {**ROMANIAN_LABELS, "I31": "Profit net"}
    assert "not the indicators of a commercial company" in refused(romanian, bilant(amounts, labels=labels))


@pytest.mark.parametrize("code", ROMANIAN)
def test_an_indicator_that_is_missing_or_there_twice_is_refused(code):
    without = {name: amount for name, amount in ROMANIAN.items() if name != code}
    assert refused(romanian, bilant(without)) == f"{code} is missing"
    twice = bilant()
    twice["i"].append(next(each for each in twice["i"] if each["indicator"] == code))
    assert refused(romanian, twice) == f"{code} is there twice"


@given(st.sampled_from(["I1", "I2", "I6", "I7", "I8", "I9", "I10"]), st.integers(5, 10**6))
def test_a_balance_that_is_off_is_refused(code, by):
    assert (
        refused(romanian, bilant({**ROMANIAN, code: ROMANIAN[code] + by})) == "I1 + I2 + I6 is not I7 + I8 + I9 + I10"
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"I1": ROMANIAN["I7"], "I7": ROMANIAN["I1"]}, "I1 + I2 + I6 is not I7 + I8 + I9 + I10"),
        ({"I14": 21700, "I15": 21300}, "I14 - I15 is not I16 - I17"),
        ({"I16": 400, "I17": 0}, "I14 - I15 is not I16 - I17"),
        ({"I16": 100, "I17": 500}, "I16 and I17: a profit and a loss in one year"),
        ({"I18": 10, "I19": 410}, "I18 and I19: a profit and a loss in one year"),
        ({"I5": 4100}, "I3 + I4 + I5 is more than I2"),
        ({"I13": -1}, "I13 is never negative"),
        ({"I20": -2}, "I20 is a number of people"),
    ],
)
def test_figures_that_contradict_each_other_are_refused(changes, reason):
    assert refused(romanian, bilant({**ROMANIAN, **changes})) == reason


@pytest.mark.parametrize("year", [0, -1, 1999, 2013, 2027, 20250, 10**30, "2025", 2025.0, None, True])
def test_an_absurd_year_is_refused(year):
    assert "is expected" in refused(romanian, bilant(year=year))


def test_a_year_that_has_not_ended_is_refused():
    assert "is expected, not 2026-12-31" in refused(romanian, bilant(year=2026))


@pytest.mark.parametrize("amount", ["6300", 6300.0, 6300.5, None, True, [6300], {}, 10**16])
def test_a_figure_that_is_no_whole_number_is_refused(amount):
    assert "a whole number is expected" in refused(romanian, bilant({**ROMANIAN, "I1": amount}))


def test_a_profit_that_tax_made_larger_is_refused():
    """Sales and profit filed in each other's place, say."""
    assert "I18 - I19 is more than" in refused(romanian, bilant({**ROMANIAN, "I18": 1, "I19": 0}))


def test_another_company_and_one_year_twice_are_refused():
    other = "49007311 was asked for, the answer is about 5"
    assert other in refused(romanian, bilant(year=2024), bilant(year=2025, company=5))
    assert other in refused(romanian, bilant() | {"cui": 5, "i": []})
    assert "there twice" in refused(romanian, bilant(), bilant())


# --- France -----------------------------------------------------------------------------------------------------------

FRENCH_ITEMS = {
    "total_assets": 1220,
    "fixed_assets": 600,
    "current_assets": 620,
    "inventories": 180,
    "receivables": 290,
    "cash": 80,
    "equity": 500,
    "share_capital": 100,
    "retained_earnings": 400,
    "total_liabilities": 700,
    "long_term_liabilities": 250,
    "short_term_liabilities": 450,
    "provisions_and_accruals": 20,
    "sales": 2400,
    "operating_profit": 95,
    "profit_before_tax": 85,
    "net_profit": 60,
    "depreciation": 70,
    "financial_expenses": 15,
}


def changed(**amounts):
    """The French return with other amounts; None takes a cell away."""
    return {
        form: {
            code: (label, amounts.get(code, amount))
            for code, (label, amount) in cells.items()
            if amounts.get(code, amount) is not None
        }
        for form, cells in FRENCH.items()
    }


def test_both_french_services_give_the_same_statement():
    (banked,) = bank(("2025-06", forms_of()))
    (filed,) = treasury(*forms_of(**YEAR))
    for filing in (banked, filed):
        assert given_items(filing.statement) == {item: amount * 1001 for item, amount in FRENCH_ITEMS.items()}
        assert (filing.statement.period_end, filing.statement.currency) == (date(2025, 6, 30), "EUR")
        assert len(identity_checks(filing.statement)) == 4
        assert identity_gaps(filing.statement) == ()
    assert (banked.statement.period_start, filed.statement.period_start) == (None, date(2024, 7, 1))
    assert banked.provenance == filed.provenance
    assert banked.provenance["fixed_assets"] == "BJ - BK"
    assert banked.provenance["profit_before_tax"] == "HN + HJ + HK"


def test_without_the_total_of_the_debts_they_are_what_nothing_else_finances():
    (filing,) = bank(("2025-12", forms_of(changed(EC=None, EG=None))))
    assert (filing.statement.total_liabilities, filing.provenance["total_liabilities"]) == (700_700, "EE - DL - DR")
    assert filing.statement.is_abridged
    assert identity_gaps(filing.statement) == ()


def test_an_absent_cell_is_zero_only_where_the_others_make_up_the_total():
    (filing,) = bank(("2025-12", forms_of(changed(BL=None, DG=None, HI=None))))
    statement = filing.statement
    assert (statement.inventories, statement.retained_earnings, statement.profit_before_tax) == (None, None, None)
    assert statement.current_assets == 620_620


def test_other_equity_and_conversion_differences_stand_with_the_provisions():
    forms = changed(DR=15)
    forms["2051"]["DO"] = ("Total (ii) exercice n , total des autres fonds propres n", 4)
    forms["2051"]["ED"] = ("Ecarts de conversion passif n", 1)
    (filing,) = bank(("2025-12", forms_of(forms)))
    assert filing.statement.provisions_and_accruals == 20 * 1001
    assert identity_gaps(filing.statement) == ()


def test_french_years_are_linked_newest_first():
    filings = bank(("2023-12", forms_of()), ("2025-12", forms_of()), ("2024-12", forms_of(changed(FL=2000))))
    assert [filing.statement.period_end.year for filing in filings] == [2025, 2024, 2023]
    assert before(filings[0].statement, "sales") == 2_002_000
    earlier = forms_of(date_fin_exercice="2024-06-30", duree_exercice=366)
    newest, before_it = treasury(*earlier, *forms_of(**YEAR))
    assert newest.statement.prior == before_it.statement


def test_a_month_is_read_with_and_without_a_hyphen_and_ends_on_its_last_day():
    ends = [bank((month, forms_of()))[0].statement.period_end for month in ("2024-02", "202402", "202311")]
    assert ends == [date(2024, 2, 29), date(2024, 2, 29), date(2023, 11, 30)]


@pytest.mark.parametrize(
    "month", ["2023-13", "2023-00", "0000-01", "1999-12", "2026-11", "2026-12", "23-12", "２０２３-12"]
)
def test_an_absurd_month_is_refused(month):
    assert "is expected" in refused(bank, (month, forms_of()))


def test_a_year_that_is_not_that_of_its_end_is_refused():
    answer = banque_de_france(("2024-12", forms_of()))
    answer["data"][0]["data"]["annee"] = "2023"
    with pytest.raises(BadPayload, match="2024 is expected"):
        read_banque_de_france(as_bytes(answer), on=ON)


@pytest.mark.parametrize(
    "about",
    [
        {"date_fin_exercice": "2025-02-30"},
        {"date_fin_exercice": "1998-12-31"},
        {"date_fin_exercice": "2026-12-31"},
        {"date_fin_exercice": None},
        {"duree_exercice": 0},
        {"duree_exercice": 3650},
        {"duree_exercice": "365"},
        {"duree_exercice": True},
    ],
)
def test_an_absurd_year_of_the_treasury_is_refused(about):
    assert "is expected" in refused(treasury, *forms_of(**{**YEAR, **about}))


def test_a_year_that_begins_on_two_days_is_refused():
    first, second, *_others = forms_of(**YEAR)
    assert "begins on two days" in refused(treasury, first, {**second, "duree_exercice": 180})


@pytest.mark.parametrize("code", sorted(code for form, cells in FRENCH.items() if form != "2057" for code in cells))
def test_a_french_code_under_another_label_or_form_is_refused(code):
    form = next(form for form, cells in FRENCH.items() if code in cells)
    mislabelled = copy.deepcopy(FRENCH)
    mislabelled[form][code] = ("Primes de remboursement", 1)
    assert "not the cell of the return" in refused(bank, ("2025-12", forms_of(mislabelled)))
    elsewhere = {**FRENCH, form: {}, "2050" if form != "2050" else "2051": FRENCH[form]}
    assert "not the cell of the return" in refused(bank, ("2025-12", forms_of(elsewhere)))


def test_a_net_amount_under_the_code_of_the_gross_one_is_refused():
    forms = copy.deepcopy(FRENCH)
    forms["2050"]["BJ"] = ("Total (ii), actif immobilisé, net", 600)
    assert "not the cell of the return" in refused(bank, ("2025-12", forms_of(forms)))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"EE": 1221}, "CO is not EE + 1A"),
        ({"1A": 431, "CO": 1651}, "1A is not BK + CK"),
        ({"DL": 700, "EC": 500, "EG": 400}, "EC is not DS + DT + DU + DV + DW + DX + DY + DZ + EA + EB"),
        ({"EE": 500, "DL": 1220, "CO": None}, "EE is not DL + DO + DR + EC + ED"),
        ({"DR": None, "EC": 750, "EG": 400, "DX": 300}, "EE is not DL + DO + DR + EC + ED"),
        ({"EG": 800}, "EG is more than EC"),
        ({"BX": 400}, "CJ is not BL + BN + BP + BR + BT + BV + BX + BZ + CB + CD + CF + CH"),
        ({"DI": 61, "DG": 289}, "HN is not DI"),
        ({"HN": 61, "DI": None}, "HN is not GW + HI - HJ - HK"),
        ({"EC": None, "EG": None, "DU": 700}, "the debts given are more than EE - DL - DR"),
        ({"BJ": 900, "BK": 1000, "1A": 1030, "CO": 2250}, "BK is more than BJ"),
        ({"FL": -1}, "FL is never negative"),
    ],
)
def test_a_french_return_that_does_not_add_up_is_refused(changes, reason):
    forms = changed(**changes)
    if changes.get("HN") == 61:
        forms["2053"]["HJ"] = ("Participation des salariés aux résultats de l'entreprise", 0)
    assert refused(bank, ("2025-12", forms_of(forms))) == reason


@pytest.mark.parametrize(
    "valeurs", [["12.5"], ["douze"], [""], ["1", "2"], [], [12], [None], "12", None, ["1" * 16], ["١٢"]]
)
def test_a_french_amount_that_is_no_whole_number_is_refused(valeurs):
    forms = forms_of()
    forms[2]["donnees"][0]["valeurs"] = valeurs
    refused(bank, ("2025-12", forms))


def test_what_is_said_of_a_cell_must_be_an_amount_of_that_cell():
    for about in ({"code_EDI": "GR:C889:7111:1:TBX"}, {"code_type_donnee": "CCI"}):
        forms = forms_of()
        forms[2]["donnees"][0] |= about
        assert "is expected" in refused(bank, ("2025-12", forms))


def test_a_cell_given_twice_must_say_the_same():
    forms = forms_of()
    bank(("2025-12", [*forms, forms[2]]))
    again = {"numero_imprime": "2052", "donnees": [cell("FL", "Chiffre d'affaires", 2401)]}
    assert "FL is there twice" in refused(bank, ("2025-12", [*forms, again]))


def test_the_simplified_return_and_one_filed_as_nil_are_refused():
    simplified = {"numero_imprime": "2033A", "donnees": [cell("110", "Total général", 5)]}
    assert "the simplified return" in refused(bank, ("2025-12", [simplified]))
    nil = cell("GR", "Déposé néant", 4245) | {"code_EDI": "GR:C889:7111:1:TBX", "code_type_donnee": "CCI"}
    assert "filed as nil" in refused(bank, ("2025-12", [{"numero_imprime": "2051", "donnees": [nil]}]))


# --- Whatever comes ---------------------------------------------------------------------------------------------------

READERS = {
    "romania": (partial(read_bilant, company="49007311"), bilant()),
    "bank": (read_banque_de_france, banque_de_france(("2025-12", forms_of()), ("2024-12", forms_of()))),
    "treasury": (read_dgfip, dgfip(*forms_of(**YEAR))),
}
readers = pytest.mark.parametrize(("read", "answer"), READERS.values(), ids=READERS)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def paths_of(value, path=()):
    """Every place in a JSON value."""
    yield path
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield from paths_of(inner, (*path, step))


def parent_of(answer, path):
    for step in path[:-1]:
        answer = answer[step]
    return answer


def answer_or_refuse(read, content):
    filings = ()
    with suppress(BadPayload):
        filings = read(content, on=ON)
    assert all(isinstance(filing, Filing) and isinstance(filing.statement.period_end, date) for filing in filings)
    for filing in filings:
        amounts = [getattr(filing.statement, item) for item in ITEMS]
        assert all(amount is None or (isinstance(amount, Decimal) and amount.is_finite()) for amount in amounts)


@readers
@given(data=st.data())
def test_a_place_that_is_replaced_or_gone_is_read_or_refused_and_never_breaks_the_reader(read, answer, data):
    answer = copy.deepcopy(answer)
    path = data.draw(st.sampled_from([path for path in paths_of(answer) if path]))
    parent = parent_of(answer, path)
    if data.draw(st.booleans()):
        del parent[path[-1]]
    else:
        parent[path[-1]] = data.draw(anything)
    answer_or_refuse(read, as_bytes_of_any(answer))


@readers
@given(data=st.data())
def test_two_figures_that_are_swapped_are_read_or_refused(read, answer, data):
    answer = copy.deepcopy(answer)
    numbers = [path for path in paths_of(answer) if path and path[-1] in ("val_indicator", "valeurs")]
    one, other = data.draw(st.tuples(st.sampled_from(numbers), st.sampled_from(numbers)))
    left, right = parent_of(answer, one), parent_of(answer, other)
    left[one[-1]], right[other[-1]] = right[other[-1]], left[one[-1]]
    answer_or_refuse(read, as_bytes(answer))


@readers
@given(data=st.data())
def test_a_truncated_answer_is_refused(read, answer, data):
    content = as_bytes(answer)
    with pytest.raises(BadPayload):
        read(content[: data.draw(st.integers(0, len(content) - 1))], on=ON)


@readers
@given(content=st.binary(max_size=40) | anything.map(lambda value: as_bytes_of_any(value)))
def test_something_else_is_refused(read, answer, content):
    with pytest.raises(BadPayload):
        read(content, on=ON)


@readers
@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"\xef\xbb\xbf{}", b"[" * 100_000, b"null", b"{}", b"[]", b'{"an": 1, "an": 2}', b"1" * 5000],
    ids=range(9),
)
def test_what_is_no_answer_at_all_is_refused(read, answer, content):
    with pytest.raises(BadPayload):
        read(content, on=ON)


def as_bytes_of_any(value):
    """JSON of anything, NaN and lone surrogates included, as some servers send it."""
    return json.dumps(value, ensure_ascii=True).encode()


# --- Where they are asked for -----------------------------------------------------------------------------------------


def test_the_romanian_service_is_asked_one_year_at_a_time():
    question = ask_bilant("49007311", 2025)
    assert (BILANT.address, BILANT.requests, BILANT.per_seconds) == ("https://webservicesp.anaf.ro", 1, 1.0)
    assert (question.path, question.parameters) == ("/bilant", {"an": "2025", "cui": "49007311"})
    read = bilant_reader("49007311", ON)
    (filing,) = read(Reply(200, as_bytes(bilant())))
    assert filing.statement.total_assets == 13500
    assert read(Reply(200, as_bytes(bilant({})))) is None
    with pytest.raises(BadPayload):
        read(Reply(200, as_bytes(bilant(company=5))))

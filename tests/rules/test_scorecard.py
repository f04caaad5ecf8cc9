import csv
import io
import json
import math
import random
import timeit
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.shared_cases import SHARED
from tests.rules.test_scoring import ANALYSED_ON, PEI
from underwriting.scoring.artefact import COMMITTED, MalformedArtefact, committed, read_model
from underwriting.scoring.card_score import DISAGREEMENT, score_statement
from underwriting.scoring.characteristics import CHARACTERISTICS, value_of
from underwriting.scoring.items import AMOUNTS, MISSING, PER_EURO, REQUIRED, Items, cleaned, items_of
from underwriting.scoring.portfolio import Outcome, score_columns
from underwriting.scoring.result import InsufficientAccounts
from underwriting.scoring.scorecard import BEST_PD, WORST_PD, Calibration
from underwriting.scoring.second_opinions import Opinion, altman_z1, disagree, springate
from underwriting.scoring.statement import ITEMS

DATA = SHARED / "data" / "scoring"
MODEL = committed()
CARDS = {"full": MODEL.full, "short": MODEL.short}
ABRIDGED = replace(
    PEI, short_term_liabilities=None, long_term_liabilities=None, depreciation=None, financial_expenses=None
)

amounts = st.one_of(st.just(MISSING), st.integers(-(10**9), 10**9).map(float))
accounts = st.builds(Items, **dict.fromkeys(AMOUNTS, amounts), euros=st.sampled_from([MISSING, 1.0, 0.25]))


def scored(statement=PEI, on=ANALYSED_ON, **terms):
    return score_statement(statement, on, **terms)


# --- The reference buyer, worked by hand in docs/rules/scorecard.md ---------------------------------------------------


def test_the_reference_buyer_is_good_grade_4_on_the_full_card():
    result = scored()
    assert (result.model, result.version, result.scored.card) == ("points", "2026.1", "full")
    assert [(line.code, round(line.value, 4), line.points) for line in result.scored.lines] == [
        ("cash_flow_to_short_liabilities", 0.2449, 1),
        ("operating_margin", 0.0529, 5),
        ("retained_earnings_to_assets", 0.2012, 14),
        ("permanent_capital_to_assets", 0.5290, -13),
        ("current_ratio", 1.3158, 4),
        ("defensive_days", 80.0065, 3),
        ("operating_cost_to_short_liabilities", 3.6476, -5),
        ("sales_growth", 0.0659, -3),
        ("size", 22.8859, 18),
    ]
    assert (result.scored.points, str(result.scored.pd), result.scored.grade) == (24, "0.006283", 4)
    assert str(result.confidence) == "1.00"


def test_its_reasons_say_what_was_lost_and_what_the_next_bin_would_bring():
    reasons = scored().scored.reasons
    assert [(line.code, line.lost, line.bin, line.next_edge, line.gain) for line in reasons] == [
        ("permanent_capital_to_assets", 29, 2, 0.55, 17),
        ("operating_margin", 21, 4, 0.055, 16),
        ("operating_cost_to_short_liabilities", 15, 3, 3.9, 10),
        ("sales_growth", 14, 3, 0.067, 14),
    ]


def test_abridged_accounts_get_the_short_card_and_it_is_recorded():
    result = scored(ABRIDGED)
    assert (result.scored.card, result.scored.points, str(result.scored.pd)) == ("short", 33, "0.005230")
    assert result.reasons == (
        "equity_to_liabilities",
        "operating_margin",
        "sales_growth",
        "retained_earnings_to_assets",
    )
    assert result.opinions == ()


def test_the_second_opinions_on_the_reference_buyer():
    assert [(each.code, f"{each.value:.3f}", each.zone) for each in scored().opinions] == [
        ("altman_z2", "6.048", "safe"),
        ("zmijewski", "-1.001", "safe"),
        ("ohlson_partial", "-2.200", "safe"),
        ("conan_holder_partial", "0.216", "safe"),
        ("poznan", "1.775", "safe"),
    ]
    assert f"{altman_z1(items_of(PEI)):.3f}" == "2.535"
    assert f"{springate(items_of(PEI)):.3f}" == "1.229"


def test_three_formulas_against_the_card_are_a_reason_to_look():
    against = tuple(Opinion(code, 0.0, "distress") for code in ("one", "two", "three"))
    for_it = tuple(replace(each, zone="safe") for each in against)
    assert disagree(5, against)
    assert not disagree(5, against[:2])
    assert not disagree(6, against)
    assert disagree(8, for_it)
    assert not disagree(8, (*for_it, against[0]))
    assert DISAGREEMENT not in scored().reasons


# --- How far to trust it ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "on", "confidence"),
    [
        ({}, ANALYSED_ON, "1.00"),
        ({"audited": False}, ANALYSED_ON, "0.80"),
        ({}, date(2027, 6, 1), "0.80"),
        ({}, date(2028, 6, 1), "0.40"),
        # 53 of the 409 points between the worst company and the best hang on sales growth.
        ({"prior": None}, ANALYSED_ON, "0.87"),
        ({"equity": Decimal("43800000")}, ANALYSED_ON, "0.70"),
    ],
)
def test_confidence_is_what_was_seen_how_old_it_is_and_who_looked_at_it(changes, on, confidence):
    assert str(scored(replace(PEI, **changes), on).confidence) == confidence


def test_accounts_that_do_not_balance_say_so():
    assert scored(replace(PEI, equity=Decimal("43800000"))).reasons[-1] == "accounts_do_not_balance"


@pytest.mark.parametrize("item", REQUIRED)
def test_below_the_hard_minimum_there_is_no_score(item):
    with pytest.raises(InsufficientAccounts) as refusal:
        scored(replace(PEI, **{item: None}))
    assert (refusal.value.missing, refusal.value.reason) == ((item,), "missing")


@pytest.mark.parametrize(
    ("changes", "item"),
    [({"total_assets": 0}, "total_assets"), ({"sales": -1}, "sales"), ({"total_liabilities": -1}, "total_liabilities")],
)
def test_a_negative_total_is_implausible(changes, item):
    with pytest.raises(InsufficientAccounts) as refusal:
        scored(replace(PEI, **{name: Decimal(value) for name, value in changes.items()}))
    assert (refusal.value.missing, refusal.value.reason) == ((item,), "implausible")


def test_a_year_that_has_not_ended_is_a_forecast():
    with pytest.raises(InsufficientAccounts, match="future"):
        scored(on=date(2025, 12, 30))


@pytest.mark.parametrize(
    ("changes", "silent"),
    [
        ({"depreciation": Decimal(0)}, {"cash_flow_to_short_liabilities", "defensive_days"}),
        (
            {"operating_profit": Decimal(0)},
            {"operating_margin", "defensive_days", "operating_cost_to_short_liabilities"},
        ),
        ({"sales": Decimal(0)}, {"operating_margin", "defensive_days"}),
        (
            {"short_term_liabilities": Decimal(0)},
            {"cash_flow_to_short_liabilities", "current_ratio", "operating_cost_to_short_liabilities"},
        ),
        ({"currency": "XAF", "prior": None}, {"size", "sales_growth"}),
    ],
)
def test_a_figure_that_is_no_figure_is_worth_nothing(changes, silent):
    result = scored(replace(PEI, **changes)).scored
    assert {line.code for line in result.lines if line.bin is None} == silent
    assert all((line.points, line.lost) == (0, 0) for line in result.lines if line.bin is None)


def test_interest_of_zero_is_missing():
    assert math.isnan(items_of(replace(PEI, financial_expenses=Decimal(0))).financial_expenses)


# --- Laws -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("card", CARDS)
@given(data=st.data())
def test_better_in_a_ratio_never_loses_points(card, data):
    each = data.draw(st.sampled_from(CARDS[card].characteristics))
    low, high = sorted([data.draw(st.floats(allow_nan=False)), data.draw(st.floats(allow_nan=False))])
    assert each.points[each.bin_of(low)] <= each.points[each.bin_of(high)]


@pytest.mark.parametrize("card", CARDS)
@given(items=accounts, item=st.sampled_from(AMOUNTS))
def test_blanking_an_item_leaves_the_ratios_that_lose_it_at_exactly_nothing(card, items, item):
    before = CARDS[card].score(items).lines
    after = CARDS[card].score(replace(items, **{item: MISSING})).lines
    for old, new in zip(before, after, strict=True):
        assert new == old or (new.value, new.points, new.lost) == (None, 0, 0)


@pytest.mark.parametrize("card", CARDS)
@given(items=accounts, factor=st.sampled_from([2, 3, 7, 1000]))
def test_another_unit_changes_nothing_at_all(card, items, factor):
    scaled = {name: getattr(items, name) * factor for name in AMOUNTS}
    assert [line.points for line in CARDS[card].score(Items(**scaled, euros=items.euros)).lines[:-1]] == [
        line.points for line in CARDS[card].score(items).lines[:-1]
    ]


def test_a_currency_changes_nothing_but_size():
    lei, euros = scored().scored, scored(replace(PEI, currency="EUR", prior=replace(PEI.prior, currency="EUR"))).scored
    assert [line for line in lei.lines if line.code != "size"] == [line for line in euros.lines if line.code != "size"]
    assert euros.lines[-1].value == pytest.approx(96.4)
    assert lei.lines[-1].value == pytest.approx(96.4 / 4.2122)


def test_a_portfolio_gets_what_its_companies_get_alone():
    """Ten thousand random companies with zeros, negatives, infinities and gaps, each at a rate of its own."""
    chance = random.Random(20261124)  # noqa: S311

    def amount():
        kind = chance.random()
        if kind < 0.15:
            return MISSING
        if kind < 0.25:
            return 0.0
        if kind < 0.27:
            return chance.choice([math.inf, -math.inf])
        return chance.choice([1, 1, 1, -1]) * 10 ** chance.uniform(-2, 15 if kind > 0.95 else 8)

    rows = [{name: amount() for name in AMOUNTS} | {"euros": chance.choice([MISSING, 0.2])} for _ in range(10_000)]
    rates = [chance.choice([0.0008, 0.01, 0.02, 0.025, 0.31]) for _ in rows]
    columns = Items(**{name: np.array([row[name] for row in rows]) for name in rows[0]})
    together = score_columns(columns, np.array(rates), MODEL)
    assert [together.distinct[place][0] for place in together.place] == rates
    cards = Counter()
    for place, (row, rate) in enumerate(zip(rows, rates, strict=True)):
        try:
            items = cleaned(Items(**row))
        except InsufficientAccounts:
            assert not together.usable[place]
            assert together[place] is None
            continue
        alone = MODEL.card_for(items).score(items, rate)
        assert together.usable[place]
        assert together[place] == Outcome(alone.card, alone.points, alone.pd, alone.grade)
        assert alone.points == MODEL.card_for(items).points(items)
        cards[alone.card] += 1
    assert cards["full"] > 1_000
    assert cards["short"] > 200


@given(points=st.integers(-2000, 2000), base=st.floats(0.001, 0.5))
def test_the_pd_stays_between_grade_3_and_grade_9(points, base):
    assert BEST_PD <= MODEL.full.calibration.pd(points, base) <= WORST_PD


def test_forty_points_double_the_odds_before_the_slope_is_shrunk():
    plain = Calibration(intercept=-3.0, slope=1.0, sample_rate=0.05)
    odds = [pd / (1 - pd) for pd in (plain.pd(0, 0.05), plain.pd(40, 0.05))]
    assert odds[0] / odds[1] == pytest.approx(2)


def test_twice_the_base_odds_are_twice_the_odds():
    odds = [pd / (1 - pd) for pd in (MODEL.full.calibration.pd(0, 0.02), MODEL.full.calibration.pd(0, 2 / 51))]
    assert odds[1] / odds[0] == pytest.approx(2, rel=1e-3)


def test_one_buyer_takes_less_than_a_tenth_of_a_millisecond():
    items = items_of(PEI)
    assert min(timeit.repeat(lambda: MODEL.full.points(items), number=200, repeat=5)) / 200 < 0.0001


# --- The artefact -----------------------------------------------------------------------------------------------------


def changed(*path, value):
    data = json.loads(COMMITTED.read_text(encoding="utf-8"))
    target = data
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return json.dumps(data)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[", "file: Expecting value: line 1 column 2 (char 1)"),
        ("[]", "format: missing"),
        (changed("format", value=1), "format: 1, this program reads 2"),
        (changed("fixed_year", value="2010"), "fixed_year: of the wrong kind"),
        (changed("training", "sha256", value="?"), "training.sha256: not 64 hexadecimal digits"),
        (changed("cards", "full", value=None), "cards.full: of the wrong kind"),
        (changed("cards", "full", "characteristics", value=[]), "cards.full.characteristics: none, or one twice"),
        (
            changed("cards", "full", "characteristics", 0, "code", value="luck"),
            "cards.full.characteristics[0].code: there is no ratio 'luck'",
        ),
        (
            changed("cards", "full", "characteristics", 0, "edges", value=[1, 1]),
            "cards.full.characteristics[0].edges: not ascending",
        ),
        (
            changed("cards", "full", "characteristics", 0, "edges", value=[math.nan]),
            "cards.full.characteristics[0].edges: not a finite number",
        ),
        (
            changed("cards", "full", "characteristics", 0, "points", value=[1]),
            "cards.full.characteristics[0].points: 1 edges need 2 of them",
        ),
        (
            changed("cards", "full", "characteristics", 0, "points", value=[1, 0]),
            "cards.full.characteristics[0].points: a better value would lose points",
        ),
        (
            changed("cards", "full", "characteristics", 0, "points", value=[1, 2.5]),
            "cards.full.characteristics[0].points: not integers",
        ),
        (
            changed("cards", "full", "characteristics", 0, "shares", value=[0.5, 0.4]),
            "cards.full.characteristics[0].shares: not a share for each bin, or they do not add up to 1",
        ),
        (
            changed("cards", "full", "characteristics", 0, "quartiles", value=[3, 2, 4]),
            "cards.full.characteristics[0].quartiles: not three numbers in order",
        ),
        (changed("cards", "short", "calibration", "slope", value=0), "cards.short.calibration.slope: not positive"),
        (
            changed("cards", "short", "calibration", "sample_rate", value=1),
            "cards.short.calibration.sample_rate: not between 0 and 1",
        ),
    ],
)
def test_a_malformed_artefact_is_refused_by_name(text, message):
    with pytest.raises(MalformedArtefact) as refusal:
        read_model(text)
    assert str(refusal.value) == message


def test_training_again_gives_the_committed_files_to_the_letter(tmp_path):
    if not DATA.is_dir():
        pytest.skip(f"{DATA} is absent: the data are not part of the project")
    call_command("train_scorecard", DATA, out=tmp_path / COMMITTED.name)
    made = sorted(tmp_path.iterdir())
    assert [path.name for path in made] == [
        "scorecard-calibration.svg",
        "scorecard-full.svg",
        "scorecard-short.svg",
        "scorecard.json",
        "scorecard.md",
    ]
    for path in made:
        assert path.read_text(encoding="utf-8") == (COMMITTED.parent / path.name).read_text(encoding="utf-8"), path.name


def test_the_figures_reached_on_companies_not_seen_in_training():
    cards = json.loads(COMMITTED.read_text(encoding="utf-8"))["cards"]
    assert cards["full"]["cross_validated"]["auc"] >= 0.865
    assert cards["short"]["cross_validated"]["auc"] >= 0.85
    for card in cards.values():
        assert 0.9 <= card["cross_validated"]["calibration_slope"] <= 1.1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file or directory"),
        ("row_id\n1\n", "a header with class and the items of the accounts is expected"),
    ],
)
def test_training_refuses_what_it_cannot_use(tmp_path, content, message):
    if content is not None:
        (tmp_path / "statements_dev.csv").write_text(content)
    with pytest.raises(CommandError, match=message):
        call_command("train_scorecard", tmp_path, out=tmp_path / "made.json")
    assert not (tmp_path / "made.json").exists()


# --- A file of accounts -----------------------------------------------------------------------------------------------

HEADER = "name,total_assets,equity,total_liabilities,sales,net_profit,short_term_liabilities,audited,period_end"
ROW = "A,1000,400,600,2000,50,300,yes,2025-12-31"
ADDED = "pd,grade,points,confidence,scorecard,reasons"


def answered(tmp_path, capsys, text, **options):
    file = tmp_path / "accounts.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    call_command("score", file, on=ANALYSED_ON, **options)
    return capsys.readouterr().out


def test_the_same_rows_come_back_in_order_with_the_score_beside(tmp_path, capsys):
    said = answered(
        tmp_path, capsys, f'{HEADER}\n{ROW}\n"B, the second",1000,,600,2000,50,,,\nC,1000,400,600,1,50,,no,\n'
    )
    lines = said.splitlines()
    assert lines[0] == f"{HEADER},{ADDED}"
    assert lines[1].startswith(f"{ROW},0.")
    assert lines[1].endswith(",full,size")
    assert lines[2] == '"B, the second",1000,,600,2000,50,,,,,,,,,insufficient_accounts'
    assert ",short," in lines[3]
    assert len(lines) == 4


def test_the_reference_buyer_through_a_file(tmp_path, capsys):
    about = {"period_end": "2025-12-31", "published_on": "2026-05-29", "audited": "yes", "prior_sales": "157900000"}
    row = about | {name: str(getattr(PEI, name)) for name in AMOUNTS if name != "prior_sales"}
    row |= {"fixed_assets": "38900000", "provisions_and_accruals": "1700000", "share_capital": "9000000"}
    said = answered(tmp_path, capsys, f"{','.join(row)}\n{','.join(row.values())}\n", currency="RON")
    answer = next(csv.DictReader(said.splitlines()))
    assert [answer[name] for name in ADDED.split(",")] == [
        "0.006283",
        "4",
        "24",
        "1.00",
        "full",
        "permanent_capital_to_assets;operating_margin;operating_cost_to_short_liabilities;sales_growth",
    ]


def test_a_row_may_have_its_own_currency_and_unit(tmp_path, capsys):
    rows = [f"{HEADER},currency,unit", f"{ROW},,", f"{ROW},RON,1000", f"{ROW},XAF,"]
    said = answered(tmp_path, capsys, "\n".join(rows), unit=1000, currency="RON")
    points, seen = zip(*[(row["points"], row["confidence"]) for row in csv.DictReader(said.splitlines())], strict=True)
    assert points[0] == points[1]
    assert int(points[2]) - int(points[0]) == 38  # the smallest size loses 38 points, an unknown one none
    assert Decimal(seen[2]) < Decimal(seen[0])


def test_out_writes_the_file_and_prints_nothing(tmp_path, capsys):
    assert answered(tmp_path, capsys, f"{HEADER}\n{ROW}\n", out=tmp_path / "out.csv") == ""
    assert (tmp_path / "out.csv").read_text().startswith(f"{HEADER},{ADDED}\n{ROW},")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1, column total_assets: missing"),
        ("total_assets,equity\n", "line 1, column total_liabilities: missing"),
        (f"{HEADER},sales\n", "line 1, column 10 (sales): twice, or already one of ours"),
        (f"{HEADER},grade\n", "line 1, column 10 (grade): twice, or already one of ours"),
        (f"{HEADER}\n{ROW}\n1,2\n", "line 3: 2 cells under 9 columns"),
        (
            f"{HEADER}\n{ROW.replace('600', 'x')}\n",
            "line 2, column 4 (total_liabilities): a number is expected, not 'x'",
        ),
        (
            f"{HEADER}\n{ROW.replace('600', 'nan')}\n",
            "line 2, column 4 (total_liabilities): a number is expected, not 'nan'",
        ),
        (f"{HEADER}\n{ROW.replace('yes', 'si')}\n", "line 2, column 8 (audited): yes or no is expected, not 'si'"),
        (
            f"{HEADER}\n{ROW.replace('12-31', '13-31')}\n",
            "line 2, column 9 (period_end): a day such as 2025-12-31 is expected, not '2025-13-31'",
        ),
        (
            f"{HEADER},currency\n{ROW},lei\n",
            "line 2, column 10 (currency): three capital letters is expected, not 'lei'",
        ),
        (f"{HEADER},unit\n{ROW},0\n", "line 2, column 10 (unit): a whole number from 1 is expected, not '0'"),
        (f'{HEADER}\n"A\n', "line 2: unexpected end of data"),
        (f"{HEADER}\n{ROW}\n".encode() + b"\xff,,,,,,,,", "line 3, column 1 (name): not UTF-8 text"),
    ],
)
def test_a_malformed_file_is_refused_with_the_place_and_nothing_is_printed(tmp_path, capsys, text, message):
    with pytest.raises(CommandError) as refusal:
        answered(tmp_path, capsys, text)
    assert str(refusal.value) == f"{tmp_path / 'accounts.csv'}: {message}"
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("options", [{"unit": 0}, {"base_rate": 1.0}])
def test_terms_that_mean_nothing_are_refused(tmp_path, capsys, options):
    with pytest.raises(CommandError, match="a unit of 1 or more and a base rate between 0 and 1"):
        answered(tmp_path, capsys, f"{HEADER}\n{ROW}\n", **options)


def test_every_ratio_says_its_unit_and_source():
    for code, function in CHARACTERISTICS.items():
        assert function.__doc__
        assert "(" in function.__doc__ or code == "quick_assets_to_liabilities"


def test_a_ratio_of_infinities_is_missing():
    assert value_of("current_ratio", Items(current_assets=math.inf, short_term_liabilities=math.inf)) is None


def test_the_rates_of_the_fixed_year_are_those_of_the_central_bank():
    path = SHARED / "data" / "fx" / "eurofxref-hist.zip"
    if not path.is_file():
        pytest.skip(f"{path} is absent: the data are not part of the project")
    with zipfile.ZipFile(path) as archive:
        text = archive.read(archive.namelist()[0]).decode()
    days = [row for row in csv.DictReader(io.StringIO(text)) if row["Date"].startswith("2010")]
    for currency, rate in PER_EURO.items():
        if currency != "EUR":
            assert sum(float(day[currency]) for day in days) / len(days) == pytest.approx(rate, rel=1e-4), currency


@pytest.mark.parametrize(
    ("changes", "is_doubtful"),
    [
        ({}, False),
        # 4 % of the assets are neither: perhaps provisions, which the file does not tell.
        ({"equity": "29944000", "provisions_and_accruals": ""}, False),
        ({"equity": "37656000", "provisions_and_accruals": ""}, True),
        ({"receivables": "30500000"}, True),
        ({"receivables": "29900000"}, False),
    ],
)
def test_figures_that_cannot_be_right_are_a_doubt(tmp_path, capsys, changes, is_doubtful):
    """96.4 million of assets, 60.9 of liabilities; 57.5 of current assets hold 21.3 of inventories and 6.2 of cash."""
    figures = {name: str(getattr(PEI, name)) for name in ITEMS} | changes
    path = tmp_path / "accounts.csv"
    path.write_text(",".join(figures) + "\n" + ",".join(figures.values()) + "\n", encoding="utf-8")
    call_command("score", path, currency="RON", on=ANALYSED_ON)
    assert ("accounts_do_not_balance" in capsys.readouterr().out) is is_doubtful


def test_four_formulas_against_a_middling_grade_are_a_reason_to_look():
    against = tuple(Opinion(str(number), 0.0, "distress") for number in range(4))
    assert disagree(6, against)
    assert disagree(7, against)
    assert not disagree(7, against[:3])

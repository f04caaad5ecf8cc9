"""Chunks of the statements we hold, scored and put beside them: out and in by COPY, columns in between.

Per row there is no object of Python: figures come out of the database as text that numpy reads, words become places in
short lists, and what is written is the key of each statement before one of a few texts.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from parties.models import Buyer
from underwriting.models import BaseRate, BuyerStatement, Rescoring, StatementScore
from underwriting.scoring.artefact import Model
from underwriting.scoring.grades import grade_for_pd
from underwriting.scoring.items import AMOUNTS, MISSING, PER_EURO, Items
from underwriting.scoring.portfolio import Outcome, score_columns
from underwriting.scoring.result import InsufficientAccounts
from underwriting.scoring.score import Case, rate
from underwriting.scoring.versions import Version, scorecard_of
from underwriting.scoring_inputs import nearest_rate

# Statements scored in one transaction: long enough to hide what a chunk costs, short enough for a worker to be fair.
CHUNK = 20_000

_KEY_AND_WORDS = [("pair", "S4"), ("currency", "S3"), ("unit", "i8"), ("is_ahead", "i1")]
_ROW = np.dtype([("key", "i8"), *((name, "f8") for name in AMOUNTS), *_KEY_AND_WORDS])

# The buyer is looked up row by row: a join of a chunk would be planned over all buyers, chunk after chunk.
_READ = f"""
    SELECT s.id, {", ".join(f"s.{name}" for name in AMOUNTS)},
           (SELECT rpad(b.country, 2) || b.sector FROM {Buyer._meta.db_table} b WHERE b.id = s.buyer_id),
           s.currency, s.unit, (s.period_end > %s)::int
    FROM {BuyerStatement._meta.db_table} s
    WHERE s.id > %s AND s.id <= %s ORDER BY s.id LIMIT %s
"""  # noqa: S608 - names of tables and columns, no data

_CHUNK_TABLE = """
    CREATE TEMP TABLE rescored_chunk
        (statement_id bigint, card text, points numeric, pd numeric, grade smallint, base_rate numeric) ON COMMIT DROP
"""
# A statement never changes and a version neither; its base rate may, and a year that was not over is over one day.
_WRITE = f"""
    INSERT INTO {StatementScore._meta.db_table} AS kept
        (statement_id, model, version, card, points, pd, grade, base_rate, scored_at)
    SELECT statement_id, %s, %s, card, points, pd, grade, base_rate, %s FROM rescored_chunk
    ON CONFLICT (statement_id, model, version) DO UPDATE
    SET card = EXCLUDED.card, points = EXCLUDED.points, pd = EXCLUDED.pd, grade = EXCLUDED.grade,
        base_rate = EXCLUDED.base_rate, scored_at = EXCLUDED.scored_at
    WHERE (kept.base_rate, kept.grade) IS DISTINCT FROM (EXCLUDED.base_rate, EXCLUDED.grade)
"""  # noqa: S608 - the name of a table


@dataclass(frozen=True)
class Chunk:
    """What became of the next statements of a run; `last_key` is None when there was none left."""

    done: int
    scored: int
    last_key: int | None


@dataclass(frozen=True)
class Lines:
    """The scores of some statements as COPY reads them, by key, and how many of them have points."""

    text: str
    scored: int


RateOf = Callable[[str, str], Decimal]


def score_next(run: Rescoring, on: date, at: datetime, size: int = CHUNK) -> Chunk:
    """Score the next statements of a run and keep what came out; inside a transaction that holds the run's row."""
    model = scorecard_of(Version(run.model, run.version))
    rates = list(BaseRate.objects.in_force(on))
    table = _read(run, on, size)
    if not len(table):
        return Chunk(0, 0, None)

    def rate_of(country: str, sector: str) -> Decimal:
        return nearest_rate(rates, country, sector)

    lines = by_card(table, model, rate_of) if model else by_formula(table["key"].tolist(), on, rate_of)
    _write(lines, run, at)
    return Chunk(len(table), lines.scored, int(table["key"][-1]))


def _read(run: Rescoring, on: date, size: int) -> NDArray[Any]:
    """The next statements, one row each: amounts with NaN for what is not given, and the words about them."""
    with connection.cursor() as cursor:
        query = cursor.mogrify(_READ, [on, run.reached, run.last_key, size]).decode()
        text = io.StringIO()
        cursor.copy_expert(f"COPY ({query}) TO STDOUT (DELIMITER ',', NULL 'nan')", text)
    if not text.tell():
        return np.empty(0, dtype=_ROW)
    text.seek(0)
    return np.loadtxt(text, dtype=_ROW, delimiter=",", comments=None, ndmin=1)


def _write(lines: Lines, run: Rescoring, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_CHUNK_TABLE)
        cursor.copy_expert("COPY rescored_chunk FROM STDIN (DELIMITER ',')", io.StringIO(lines.text))
        cursor.execute(_WRITE, [run.model, run.version, at])
        cursor.execute("DROP TABLE rescored_chunk")


# --- By a scorecard ---------------------------------------------------------------------------------------------------


def by_card(table: NDArray[Any], model: Model, rate_of: RateOf) -> Lines:
    """The scores of a table of statements by a scorecard, all at once."""
    pairs, pair_of = np.unique(table["pair"], return_inverse=True)
    rates = np.array([float(rate_of(*_pair(each))) for each in pairs])
    currencies, currency_of = np.unique(table["currency"], return_inverse=True)
    per_euro = np.array([PER_EURO.get(each.decode(), MISSING) for each in currencies])
    items = Items(**{name: table[name] for name in AMOUNTS}, euros=table["unit"] / per_euro[currency_of])
    # Accounts of a year that is not over are no accounts: without total assets nothing is scored.
    items.total_assets = np.where(table["is_ahead"], np.nan, items.total_assets)
    outcomes = score_columns(items, rates[pair_of], model)
    tails = [_tail(base_rate, made) for base_rate, made in outcomes.distinct]
    keys_and_places = zip(table["key"].tolist(), outcomes.place.tolist(), strict=True)
    return Lines("".join([f"{key}{tails[place]}" for key, place in keys_and_places]), int(outcomes.usable.sum()))


def _pair(text: bytes) -> tuple[str, str]:
    """Country and sector as the query joined them."""
    return text[:2].decode().strip(), text[2:].decode()


def _tail(base_rate: float, made: Outcome | None) -> str:
    """What stands after the key in a line of COPY; a statement below the minimum has a base rate only."""
    if made is None:
        return f",,{_NULL},{_NULL},{_NULL},{base_rate:.6f}\n"
    return f",{made.card},{made.points},{made.pd},{made.grade},{base_rate:.6f}\n"


_NULL = "\\N"


# --- By the formula ---------------------------------------------------------------------------------------------------


def by_formula(keys: list[int], on: date, rate_of: RateOf) -> Lines:
    """The scores of some statements by Altman's formula, one after the other: it looks at one year only."""
    rows = BuyerStatement.objects.filter(pk__gte=keys[0], pk__lte=keys[-1]).select_related("buyer").order_by("pk")
    lines, scored = [], 0
    for row in rows:
        made = _by_formula(row, on)
        scored += made is not None
        lines.append(f"{row.pk}{_tail(float(rate_of(row.buyer.country, row.buyer.sector)), made)}")
    return Lines("".join(lines), scored)


def _by_formula(row: BuyerStatement, on: date) -> Outcome | None:
    try:
        rated = rate(Case(statement=row.statement, on=on))
    except InsufficientAccounts:
        return None
    return Outcome(rated.card, rated.points.quantize(_CENT, rounding=ROUND_HALF_UP), rated.pd, grade_for_pd(rated.pd))


_CENT = Decimal("0.01")

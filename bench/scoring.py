"""How well and how fast companies are scored: `./run bench scoring DIR`, where DIR holds statements_dev.csv.

Trained models answer for companies they have not seen: five folds, three times; the mean AUC is printed, with the 95 %
bootstrap interval of the first of the three around it. Published formulas need no folds. Missing items of the
comparators are the median of the training folds. A tree still finds the spike that leaves, and what is missing says
here how the sample was made: only LightGBM held to our ratios and to economic signs is a fair comparison, the other two
are a warning.

Floors of the speeds, in the same run: one bisection per ratio; one numpy division and one sum per ratio; for
companies kept in the database, COPY of the same figures out, and of the same scores into a table like theirs with the
same indexes, with nothing done in between. The run itself is the product's, from `start` to done, in a process of its
own, so that its memory is its own.
"""

import io
import os
import resource
import sys
import time
from bisect import bisect_right
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryFile

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import django
import numpy as np

from underwriting.scoring import second_opinions as formulas
from underwriting.scoring.artefact import committed
from underwriting.scoring.characteristics import CHARACTERISTICS, value_of
from underwriting.scoring.items import AMOUNTS, NAMES, Items
from underwriting.scoring.portfolio import points_of
from underwriting.training.data import Floats, Sample, UnusableData, read_sample
from underwriting.training.fit import FOLDS, folds
from underwriting.training.measure import REPEATS, Measured, auc, measured, validate
from underwriting.training.train import CODES, SEED

try:
    from lightgbm import LGBMClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import QuantileTransformer
except ImportError:
    raise SystemExit(
        "The comparators need scikit-learn and LightGBM, which nothing else here needs. Install them with\n\n"
        "    .tools/uv/bin/uv pip install --python .venv/bin/python --require-hashes -r requirements-benchmark.txt"
    ) from None

SECONDS = 1.0
ROWS = 1_000_000
KEPT_ROWS = (100_000, 1_000_000)

# Published formulas, and whether a higher value is the safer one.
PUBLISHED: tuple[tuple[str, Callable[[Items], float], bool], ...] = (
    ("Altman Z'", formulas.altman_z1, True),
    ("Altman Z''", formulas.altman_z2, True),
    ("Zmijewski", formulas.zmijewski, False),
    ("Springate", formulas.springate, True),
    ("Ohlson (partial)", formulas.ohlson_partial, False),
    ("Conan-Holder (partial)", formulas.conan_holder_partial, True),
    ("Poznan", formulas.poznan, True),
)


def companies(sample: Sample) -> list[Items]:
    """The sample one company at a time."""
    columns = [getattr(sample.columns, name).tolist() for name in NAMES]
    return [Items(*row) for row in zip(*columns, strict=True)]


def danger_of(formula: Callable[[Items], float], is_safer: bool, buyers: list[Items]) -> Floats:
    """A formula's order of the companies; one it cannot answer for stands at the median."""
    values = np.array([formula(buyer) for buyer in buyers])
    values[~np.isfinite(values)] = np.median(values[np.isfinite(values)])
    return -values if is_safer else values


def unseen(make: Callable[[], object], ratios: Floats, failed: Floats, *, visible: bool = False) -> Measured:
    """The AUC of a comparator on companies it has not seen."""
    answers = np.zeros((REPEATS, len(failed)))
    for repeat in range(REPEATS):
        fold = folds(failed, SEED + repeat)
        for number in range(FOLDS):
            inside, outside = fold != number, fold == number
            given = ratios if visible else np.where(np.isnan(ratios), np.nanmedian(ratios[inside], axis=0), ratios)
            model = make()
            model.fit(given[inside], failed[inside])
            answers[repeat, outside] = model.predict_proba(given[outside])[:, 1]
    first, mean = measured(answers[0], failed, SEED), float(np.mean([auc(each, failed) for each in answers]))
    return Measured(mean, first.low + mean - first.auc, first.high + mean - first.auc)


def boosted(signs: list[int] | None = None) -> LGBMClassifier:
    """Small trees; with signs, monotone in every ratio."""
    return LGBMClassifier(
        n_estimators=200, learning_rate=0.05, num_leaves=8, min_child_samples=30, reg_lambda=5.0, subsample=0.8,
        subsample_freq=1, colsample_bytree=0.5, random_state=SEED, n_jobs=1, deterministic=True, verbose=-1,
        monotone_constraints=signs,
    )  # fmt: skip


def per_second(work: Callable[[], object]) -> float:
    """How often `work` is done in a second."""
    done, start = 0, time.perf_counter()
    while time.perf_counter() < start + SECONDS:
        work()
        done += 1
    return done / (time.perf_counter() - start)


def qualities(sample: Sample) -> None:
    """One row for each model."""
    print(f"{'model':<34}{'AUC':>7}{'95 % interval':>18}")
    failed, buyers = sample.failed, companies(sample)
    for name, formula, is_safer in PUBLISHED:
        say(name, measured(danger_of(formula, is_safer, buyers), failed, SEED))
    ratios = np.nan_to_num(sample.ratios(tuple(CHARACTERISTICS)), posinf=np.nan, neginf=np.nan, nan=np.nan)

    def logistic() -> object:
        return make_pipeline(
            QuantileTransformer(n_quantiles=200, output_distribution="normal", random_state=SEED),
            LogisticRegression(C=0.1, max_iter=1000),
        )

    say("logistic, rank-gauss", unseen(logistic, ratios, failed))
    ours = sample.ratios(CODES["full"])
    say("LightGBM, our ratios, monotone", unseen(lambda: boosted([-1] * ours.shape[1]), ours, failed))
    say("LightGBM, all ratios, gaps filled", unseen(boosted, ratios, failed))
    say("LightGBM, all ratios, gaps visible", unseen(boosted, ratios, failed, visible=True))
    for name, codes in CODES.items():
        validation = validate(sample.ratios(codes), codes, failed, SEED)
        say(f"our {name} card", validation.auc, f"calibration slope {validation.slope:.2f}")


def say(name: str, found: Measured, more: str = "") -> None:
    print(f"{name:<34}{found.auc:>7.3f}{f'{found.low:.3f} to {found.high:.3f}':>18}  {more}", flush=True)


def speeds(sample: Sample) -> None:
    """A buyer alone and a portfolio of a million, each against its floor."""
    card, buyer = committed().full, companies(sample)[0]
    values = [(each.edges, value_of(each.code, buyer) or 0.0) for each in card.characteristics]
    alone = per_second(lambda: card.points(buyer))
    full = per_second(lambda: card.score(buyer))
    floor = per_second(lambda: [bisect_right(edges, value) for edges, value in values])
    print(f"\none buyer: points {1e6 / alone:.1f} us, {floor / alone:.1f} x the bare bisections ({1e6 / floor:.1f} us)")
    print(f"one buyer: PD, grade, reasons {1e6 / full:.1f} us, {floor / full:.1f} x")
    places = np.random.default_rng(SEED).integers(0, len(sample.failed), ROWS)
    portfolio = Items(*(getattr(sample.columns, name)[places] for name in NAMES))

    def bare() -> Floats:
        total = np.zeros(ROWS)
        for _ in card.characteristics:
            total += portfolio.sales / portfolio.total_assets
        return total

    rows, least = per_second(lambda: points_of(card, portfolio)) * ROWS, per_second(bare) * ROWS
    print(
        f"portfolio: {rows / 1e6:.2f} M rows/s, {least / rows:.1f} x slower than bare divisions ({least / 1e6:.0f} M)"
    )


def kept(sample: Sample, rows: int) -> None:
    """Score so many companies where the product keeps them, by its own run, against COPY with nothing in between."""
    from django.db import connection

    from underwriting.models import StatementScore

    fill(sample, rows)
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as fresh:
        seconds, before, peak = fresh.submit(run_over_portfolio).result()
    scored = StatementScore.objects.filter(points__isnull=False).count()
    assert StatementScore.objects.count() == rows, "a statement has no score"  # noqa: S101
    out, back = copied(rows)
    print(
        f"in the database: {rows:,} statements, {scored:,} with points, in {seconds:.1f} s, {rows / seconds:,.0f} a s,"
        f" {seconds / (out + back):.1f} x COPY alone ({out:.1f} s out, {back:.1f} s in);"
        f" memory of the process {before:.0f} MB before, {peak:.0f} MB at most",
        flush=True,
    )
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE parties_buyer CASCADE")


def fill(sample: Sample, rows: int) -> None:
    """So many buyers with one year of accounts each, the companies of the sample over and over."""
    from django.db import connection, transaction

    text = io.StringIO()
    np.savetxt(text, np.column_stack([getattr(sample.columns, name) for name in AMOUNTS]), fmt="%.2f", delimiter=",")
    text.seek(0)
    columns, names = ", ".join(f"{name} numeric" for name in AMOUNTS), ", ".join(AMOUNTS)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE parties_buyer CASCADE")
        cursor.execute("TRUNCATE underwriting_statementscore, underwriting_rescoring")
        cursor.execute(f"CREATE TEMP TABLE sample (place serial, {columns}) ON COMMIT DROP")
        cursor.copy_expert(f"COPY sample ({names}) FROM STDIN (FORMAT csv, NULL 'nan')", text)
        cursor.execute(
            """
            INSERT INTO parties_buyer
                (country, registration_number, name, legal_form, vat_number, activity, sector, address)
            SELECT (ARRAY['PL', 'RO', 'FR', 'DE'])[1 + n %% 4], n, 'Buyer ' || n, '', '', '', 10 + n %% 20, ''
            FROM generate_series(1, %s) n
            """,
            [rows],
        )
        cursor.execute(
            f"""
            INSERT INTO underwriting_buyerstatement
                (buyer_id, source, received_at, fingerprint, period_end, currency, unit, audited, consolidated, {names})
            SELECT buyer.id, 'insured', now(), md5(buyer.id::text), current_date - 200, 'PLN', 1000, true, false,
                {names}
            FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM parties_buyer) buyer
            JOIN sample ON sample.place = 1 + buyer.n % (SELECT count(*) FROM sample) ORDER BY buyer.id
            """  # noqa: S608 - names of columns
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE parties_buyer, underwriting_buyerstatement")


def run_over_portfolio() -> tuple[float, float, float]:
    """Seconds of a run from start to done, by the product's own verbs; megabytes of this process before and at most."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unlockfocus.settings")
    django.setup()
    from django.utils import timezone

    from parties.models import Duty, InsurerRole, User
    from underwriting.actions import rescoring
    from underwriting.models import StatementScore
    from underwriting.scoring.versions import versions

    senior, _created = User.objects.get_or_create(email="bench@unlockfocus.example", defaults={"name": "Bench"})
    Duty.objects.get_or_create(user=senior, role=InsurerRole.SENIOR_UNDERWRITER)
    assert not StatementScore.objects.exists()  # noqa: S101
    before, start = resident(), time.perf_counter()
    run = rescoring.start(versions()[-1], by=senior, at=timezone.now())[0]
    while run.is_running:
        run = rescoring.advance(run.pk, at=timezone.now())
    return time.perf_counter() - start, before, resident()


def resident() -> float:
    """The most memory this process had so far, megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def copied(rows: int) -> tuple[float, float]:
    """Seconds for COPY of the same figures out, and of the same scores into a table like theirs."""
    from django.db import connection, transaction

    names = ", ".join(AMOUNTS)
    kept_names = "statement_id, model, version, card, points, pd, grade, base_rate, scored_at"
    with connection.cursor() as cursor, TemporaryFile() as scores:
        cursor.copy_expert(f"COPY underwriting_statementscore ({kept_names}) TO STDOUT", scores)
        scores.seek(0)
        with transaction.atomic():
            start = time.perf_counter()
            with TemporaryFile() as figures:
                cursor.copy_expert(f"COPY underwriting_buyerstatement (id, {names}) TO STDOUT", figures)
            out = time.perf_counter() - start
            cursor.execute("CREATE TABLE alike (LIKE underwriting_statementscore INCLUDING ALL)")
            start = time.perf_counter()
            cursor.copy_expert(f"COPY alike ({kept_names}) FROM STDIN", scores)
        back = time.perf_counter() - start
        cursor.execute("DROP TABLE alike")
    return out, back


def main() -> None:
    """Print both tables."""
    if len(sys.argv) != 2:
        raise SystemExit("./run bench scoring DIR, where DIR holds statements_dev.csv")
    try:
        sample = read_sample(Path(sys.argv[1]))
    except UnusableData as error:
        raise SystemExit(str(error)) from error
    qualities(sample)
    speeds(sample)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unlockfocus.settings")
    django.setup()
    for rows in KEPT_ROWS:
        kept(sample, rows)


if __name__ == "__main__":
    main()

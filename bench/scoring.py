"""How well and how fast companies are scored: `./run bench scoring DIR`, where DIR holds statements_dev.csv.

Trained models answer for companies they have not seen: five folds, three times; the mean AUC is printed, with the 95 %
bootstrap interval of the first of the three around it. Published formulas need no folds. Missing items of the
comparators are the median of the training folds. A tree still finds the spike that leaves, and what is missing says
here how the sample was made: only LightGBM held to our ratios and to economic signs is a fair comparison, the other two
are a warning.

Floors of the speeds, in the same run: one bisection per ratio; one numpy division and one sum per ratio. Companies kept
in the database are measured by `bench/rescoring.py`, which is run at the end.
"""

import subprocess
import sys
import time
from bisect import bisect_right
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from underwriting.scoring import second_opinions as formulas
from underwriting.scoring.artefact import committed
from underwriting.scoring.characteristics import CHARACTERISTICS, value_of
from underwriting.scoring.items import NAMES, Items
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
    # In a process of its own: what was imported here would count as its memory.
    portfolio = Path(__file__).with_name("rescoring.py")
    subprocess.run([sys.executable, str(portfolio), sys.argv[1]], check=True)  # noqa: S603 - a file of ours


if __name__ == "__main__":
    main()

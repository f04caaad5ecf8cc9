"""How well and how fast names are compared: `./run bench screening DIR [LISTS]`, where DIR holds pairs.csv.

Pairs are labelled (name1, name2, schema, is_match). The measures of rapidfuzz stand beside, each at the threshold that
suits it best on these very pairs, which flatters them. Floor of the speed: one edit distance, in the same run. With
LISTS, a folder of sanctions lists (un/*.xml, ofac_sdn*/sdn.csv ...), these are loaded and searched too.
"""

import csv
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.utils import default_process

from underwriting.screening.matching import REVIEW_THRESHOLD, compare
from underwriting.screening.names import prepare

ORGANISATIONS = {"Company", "Organization", "LegalEntity"}
SECONDS = 1.0

Row = dict[str, str]
OTHERS: tuple[tuple[str, Callable[[str, str], float]], ...] = (
    ("rapidfuzz token_sort", lambda one, other: fuzz.token_sort_ratio(one, other, processor=default_process) / 100),
    ("rapidfuzz token_set", lambda one, other: fuzz.token_set_ratio(one, other, processor=default_process) / 100),
    ("Jaro-Winkler", lambda one, other: JaroWinkler.similarity(one, other, processor=default_process)),
)


def ours(row: Row) -> float:
    is_organisation = row["schema"] != "Person"
    return compare(*(prepare(row[name], is_organisation=is_organisation) for name in ("name1", "name2"))).score


def figures(labels: Sequence[bool], scores: Sequence[float], threshold: float) -> tuple[float, float, float]:
    """F1, precision and recall."""
    hits = sum(score >= threshold and label for score, label in zip(scores, labels, strict=True))
    found, wanted = sum(score >= threshold for score in scores), sum(labels)
    return 2 * hits / ((found + wanted) or 1), hits / (found or 1), hits / (wanted or 1)


def say(name: str, rows: Sequence[Row], scores: Sequence[float], threshold: float | None) -> None:
    """One line: at the threshold given, or at the best one for each group."""
    text = f"{name:<24}"
    for group in (lambda row: row["schema"] in ORGANISATIONS, lambda row: True):
        chosen = [(score, row["is_match"] == "true") for score, row in zip(scores, rows, strict=True) if group(row)]
        values, labels = [score for score, _ in chosen], [label for _, label in chosen]
        thresholds = [threshold] if threshold else [step / 100 for step in range(40, 100)]
        f1, precision, recall = max(figures(labels, values, each) for each in thresholds)
        text += f"{f1:>8.3f}{precision:>8.3f}{recall:>8.3f}   "
    print(text)


def per_second(work: Callable[[], object]) -> float:
    done, start = 0, time.perf_counter()
    while time.perf_counter() < start + SECONDS:
        work()
        done += 1
    return done / (time.perf_counter() - start)


def main() -> None:
    if len(sys.argv) not in {2, 3} or not Path(sys.argv[1], "pairs.csv").is_file():
        raise SystemExit("./run bench screening DIR [LISTS], where DIR holds pairs.csv")
    with Path(sys.argv[1], "pairs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    print(f"{len(rows)} pairs{'':<15}organisations: F1, precision, recall   all: F1, precision, recall")
    for name, measure in OTHERS:
        say(name, rows, [measure(row["name1"], row["name2"]) for row in rows], None)
    say(f"ours, at {REVIEW_THRESHOLD}", rows, [ours(row) for row in rows], REVIEW_THRESHOLD)
    prepared = [[prepare(row[name], is_organisation=True) for name in ("name1", "name2")] for row in rows]
    comparisons = per_second(lambda: [compare(*pair) for pair in prepared]) * len(rows)
    floor = per_second(lambda: [OSA.distance(row["name1"], row["name2"]) for row in rows]) * len(rows)
    print(f"comparisons: {comparisons:,.0f} a second, {floor / comparisons:.0f} x a bare edit distance ({floor:,.0f})")
    if len(sys.argv) == 3:
        from bench._sanctions import measure

        measure(Path(sys.argv[2]), rows)


if __name__ == "__main__":
    main()

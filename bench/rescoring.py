"""How fast a version runs over the portfolio: `./run bench rescoring DIR`, where DIR holds statements_dev.csv.

The statements of 100,000 and of 1,000,000 buyers are made from the sample in the benchmark's own database, and run over
by the product's own verbs, from `start` to done, in a process of its own so that its memory is its own. The floor, in
the same run: COPY of the same figures out, and of the same scores into a table like theirs with the same indexes, with
nothing done in between.
"""

import io
import os
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryFile

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import django
import numpy as np

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unlockfocus.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402 - after the set-up
from django.utils import timezone  # noqa: E402

from parties.models import Duty, InsurerRole, User  # noqa: E402
from underwriting.actions import rescoring  # noqa: E402
from underwriting.models import StatementScore  # noqa: E402
from underwriting.scoring.items import AMOUNTS  # noqa: E402
from underwriting.scoring.versions import versions  # noqa: E402
from underwriting.training.data import Sample, UnusableData, read_sample  # noqa: E402

ROWS = (100_000, 1_000_000)


def kept(sample: Sample, rows: int) -> None:
    """Score so many companies where the product keeps them, by its own run, against COPY with nothing in between."""
    fill(sample, rows)
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as fresh:
        seconds, before, peak = fresh.submit(run_over_portfolio).result()
    scored = StatementScore.objects.filter(points__isnull=False).count()
    assert StatementScore.objects.count() == rows, "a statement has no score"  # noqa: S101
    out, back = copied(rows)
    print(
        f"in the database: {rows:,} statements, {scored:,} with points, in {seconds:.1f} s,"
        f" {rows / seconds:,.0f} a second,"
        f" {seconds / (out + back):.1f} x COPY alone ({out:.1f} s out, {back:.1f} s in);"
        f" memory of the process {before:.0f} MB before, {peak:.0f} MB at most",
        flush=True,
    )
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE parties_buyer CASCADE")


def fill(sample: Sample, rows: int) -> None:
    """So many buyers with one year of accounts each, the companies of the sample over and over."""
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
    """One line for each size."""
    if len(sys.argv) != 2:
        raise SystemExit("./run bench rescoring DIR, where DIR holds statements_dev.csv")
    try:
        sample = read_sample(Path(sys.argv[1]))
    except UnusableData as error:
        raise SystemExit(str(error)) from error
    for rows in ROWS:
        kept(sample, rows)


if __name__ == "__main__":
    main()

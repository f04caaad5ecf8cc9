"""Milliseconds to print the certificate of the reference case: `python bench/certificate.py`.

The floor of a run is the emptiest PDF the same library prints: one page with one word, no font of ours, no attachment.
Cold is a new process, from its first line to the first PDF; warm is the best of several in one process.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unlockfocus.settings")
os.environ.setdefault("UNLOCKFOCUS_ENV", "test")

FACTS = json.loads((ROOT / "tests/underwriting/certificate_facts.json").read_text(encoding="utf-8"))
ISSUED_AT = datetime(2026, 12, 4, 9, 30, tzinfo=UTC)
RUNS = 15


def print_empty() -> bytes:
    """One page with one word."""
    from weasyprint import HTML

    return HTML(string="<p>Word</p>").write_pdf()


def print_certificate() -> bytes:
    """The two pages of the reference case, in English."""
    from underwriting.certificates.rendering import render_certificate

    return render_certificate(FACTS, "en", issued_at=ISSUED_AT)


PRINTS: dict[str, Callable[[], bytes]] = {"empty": print_empty, "certificate": print_certificate}


def warm(work: Callable[[], bytes]) -> float:
    """The best of several runs, milliseconds."""
    work()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1000 * min(times)


def cold(name: str) -> float:
    """A new process that prints once and ends, milliseconds."""
    start = time.perf_counter()
    subprocess.run([sys.executable, __file__, name], check=True)  # noqa: S603
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    """Print one row for each temperature."""
    print(f"{'':<8}{'certificate ms':>16}{'empty ms':>12}{'ratio':>8}")
    for temperature, certificate, empty in (
        ("warm", warm(print_certificate), warm(print_empty)),
        ("cold", cold("certificate"), cold("empty")),
    ):
        print(f"{temperature:<8}{certificate:>16,.0f}{empty:>12,.0f}{certificate / empty:>8.2f}")
    print(f"{len(print_certificate()):,} bytes")


if __name__ == "__main__":
    import django

    django.setup()
    if len(sys.argv) > 1 and sys.argv[1] in PRINTS:
        PRINTS[sys.argv[1]]()
    else:
        main()

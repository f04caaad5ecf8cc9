"""Compile the catalogues that are newer than their compiled form, with Babel: no gettext program is needed.

Run by `.venv/bin/python -m launch.translations [ROOT]`, since Babel is one of the product's packages.
"""

import os
import sys
from pathlib import Path

from launch.checkout import Checkout


def stale(root: Path) -> list[Path]:
    """The catalogues under `locale/` that were never compiled, or changed since."""
    return [source for source in sorted((root / "locale").glob("*/LC_MESSAGES/*.po")) if not _is_fresh(source)]


def compile_catalogue(source: Path) -> Path:
    """Write the compiled form beside the catalogue, whole or not at all; a fuzzy translation is not used."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as text:
        catalogue = read_po(text, locale=source.parts[-3], abort_invalid=True)
    unfinished = source.with_suffix(f".mo.{os.getpid()}")
    with unfinished.open("wb") as compiled:
        write_mo(compiled, catalogue)
    return unfinished.replace(source.with_suffix(".mo"))


def _is_fresh(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime


if __name__ == "__main__":
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Checkout.here(os.environ).root
    for changed in stale(root):
        compile_catalogue(changed)

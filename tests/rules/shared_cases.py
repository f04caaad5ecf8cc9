"""The worked cases kept beside the checkout, for the tests that can use them; absent in a bare clone."""

import json
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared"


def load_case(name: str) -> Any:
    """A file of `../shared/cases`, or a skipped test that says so."""
    path = SHARED / "cases" / name
    if not path.is_file():
        pytest.skip(f"{path} is absent: the worked cases are not part of the project")
    return json.loads(path.read_text(encoding="utf-8"))


def recorded(path: str) -> bytes:
    """A file of `../shared/data`, or a skipped test that says so."""
    file = SHARED / "data" / path
    if not file.is_file():
        pytest.skip(f"{file} is absent: the answers of registers are not part of the project")
    return file.read_bytes()

"""The versions of models this program can score with: Altman's formula, and every scorecard among the artefacts. Pure.

A version that scored a file once stays here, so that the file can be scored again as it was: when a new scorecard is
trained, the artefact before it is kept beside it under its version (`scorecard-2026.1.json`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from underwriting.scoring import altman
from underwriting.scoring.artefact import ARTEFACTS, Model, read_model


class UnknownVersion(LookupError):
    """No artefact holds this version."""


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A model by name and version."""

    model: str
    version: str

    def __str__(self) -> str:
        return f"{self.model} {self.version}"


FORMULA = Version(altman.MODEL, altman.VERSION)


@lru_cache(maxsize=1)
def scorecards() -> Mapping[Version, Model]:
    """Every scorecard that comes with the product, the newest last."""
    return MappingProxyType({version: model for version, (model, _path) in _artefacts().items()})


@lru_cache(maxsize=1)
def _artefacts() -> Mapping[Version, tuple[Model, Path]]:
    models = [(read_model(path.read_text(encoding="utf-8")), path) for path in ARTEFACTS.glob("*.json")]
    return {Version(each.name, each.version): (each, path) for each, path in sorted(models, key=lambda it: _age(it[0]))}


def model_card_of(version: Version) -> str:
    """Where in this project it is written how a version was made and how good it is; raises UnknownVersion."""
    if version == FORMULA:
        return "docs/rules/scoring.md"
    scorecard_of(version)
    return f"underwriting/scoring/artefacts/{_artefacts()[version][1].stem}.md"


def versions() -> tuple[Version, ...]:
    """All of them, the formula first, then the scorecards, the newest last."""
    return (FORMULA, *scorecards())


def scorecard_of(version: Version) -> Model | None:
    """The scorecard of a version, None for the formula; raises UnknownVersion."""
    if version == FORMULA:
        return None
    try:
        return scorecards()[version]
    except KeyError:
        raise UnknownVersion(str(version)) from None


def _age(model: Model) -> tuple[int, ...]:
    return tuple(int(part) for part in model.version.split("."))

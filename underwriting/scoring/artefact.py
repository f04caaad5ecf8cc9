"""The trained scorecards as one JSON file: read with distrust, refused by the name of what is wrong. Pure."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from underwriting.scoring.characteristics import CHARACTERISTICS
from underwriting.scoring.items import FIXED_YEAR, Items
from underwriting.scoring.scorecard import POINTS_TO_DOUBLE_THE_ODDS, Calibration, Characteristic, Scorecard

FORMAT = 2
ARTEFACTS = Path(__file__).parent / "artefacts"
COMMITTED = ARTEFACTS / "scorecard.json"


class MalformedArtefact(ValueError):
    """The file is no scorecard; the text begins with the path to the culprit inside it."""


@dataclass(frozen=True, slots=True)
class Model:
    """Both cards with the version under which their scores are recorded."""

    name: str
    version: str
    data_sha256: str
    full: Scorecard
    short: Scorecard

    def card_for(self, items: Items) -> Scorecard:
        """The full card when the accounts split their debts by term, the short one for abridged accounts."""
        is_split = items.short_term_liabilities == items.short_term_liabilities
        return self.full if is_split else self.short


@lru_cache(maxsize=1)
def committed() -> Model:
    """The scorecards that come with the product."""
    return read_model(COMMITTED.read_text(encoding="utf-8"))


def read_model(text: str) -> Model:
    """The model an artefact holds; raises MalformedArtefact."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedArtefact(f"file: {error}") from error
    _expect("format", _get(data, "format", int), FORMAT)
    _expect("points_to_double_the_odds", _get(data, "points_to_double_the_odds", int), POINTS_TO_DOUBLE_THE_ODDS)
    _expect("fixed_year", _get(data, "fixed_year", int), FIXED_YEAR)
    cards = _get(data, "cards", dict)
    return Model(
        name=_get(data, "model", str),
        version=_get(data, "version", str),
        data_sha256=_sha256(_get(_get(data, "training", dict), "sha256", str, "training.")),
        full=_card(cards, "full"),
        short=_card(cards, "short"),
    )


def _sha256(text: str) -> str:
    if not re.fullmatch("[0-9a-f]{64}", text):
        raise MalformedArtefact("training.sha256: not 64 hexadecimal digits")
    return text


def _card(cards: Mapping[str, Any], name: str) -> Scorecard:
    place = f"cards.{name}."
    card = _get(cards, name, dict, "cards.")
    table = _get(card, "characteristics", list, place)
    characteristics = tuple(_characteristic(each, f"{place}characteristics[{i}].") for i, each in enumerate(table))
    codes = [each.code for each in characteristics]
    if not codes or len(set(codes)) != len(codes):
        raise MalformedArtefact(f"{place}characteristics: none, or one twice")
    return Scorecard(
        name, characteristics, _calibration(_get(card, "calibration", dict, place), f"{place}calibration.")
    )


def _characteristic(data: Any, place: str) -> Characteristic:
    code = _get(data, "code", str, place)
    if code not in CHARACTERISTICS:
        raise MalformedArtefact(f"{place}code: there is no ratio {code!r}")
    edges = tuple(_number(edge, f"{place}edges") for edge in _get(data, "edges", list, place))
    if any(left >= right for left, right in pairwise(edges)):
        raise MalformedArtefact(f"{place}edges: not ascending")
    points = _get(data, "points", list, place)
    if any(type(each) is not int for each in points):
        raise MalformedArtefact(f"{place}points: not integers")
    if len(points) != len(edges) + 1:
        raise MalformedArtefact(f"{place}points: {len(edges)} edges need {len(edges) + 1} of them")
    if points != sorted(points):
        raise MalformedArtefact(f"{place}points: a better value would lose points")
    shares = tuple(_number(each, f"{place}shares") for each in _get(data, "shares", list, place))
    if len(shares) != len(points) or any(each < 0 for each in shares) or abs(sum(shares) - 1) > _SUM_TOLERANCE:
        raise MalformedArtefact(f"{place}shares: not a share for each bin, or they do not add up to 1")
    quartiles = [_number(each, f"{place}quartiles") for each in _get(data, "quartiles", list, place)]
    if len(quartiles) != len(_QUARTILES) or quartiles != sorted(quartiles):
        raise MalformedArtefact(f"{place}quartiles: not three numbers in order")
    low, median, high = quartiles
    return Characteristic(code, edges, tuple(points), shares, (low, median, high))


_QUARTILES = (0.25, 0.5, 0.75)
# Each share is kept to four decimals.
_SUM_TOLERANCE = 0.002


def _calibration(data: Mapping[str, Any], place: str) -> Calibration:
    intercept, slope, rate = (_number(_get(data, key, (int, float), place), f"{place}{key}") for key in _CALIBRATION)
    if slope <= 0:
        raise MalformedArtefact(f"{place}slope: not positive")
    if not 0 < rate < 1:
        raise MalformedArtefact(f"{place}sample_rate: not between 0 and 1")
    return Calibration(intercept, slope, rate)


_CALIBRATION = ("intercept", "slope", "sample_rate")


def _get(data: Any, key: str, kind: Any, place: str = "") -> Any:
    if not isinstance(data, dict) or key not in data:
        raise MalformedArtefact(f"{place}{key}: missing")
    value = data[key]
    if not isinstance(value, kind) or isinstance(value, bool):
        raise MalformedArtefact(f"{place}{key}: of the wrong kind")
    return value


def _number(value: Any, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise MalformedArtefact(f"{place}: not a finite number")
    return float(value)


def _expect(name: str, found: int, expected: int) -> None:
    if found != expected:
        raise MalformedArtefact(f"{name}: {found}, this program reads {expected}")

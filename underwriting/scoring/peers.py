"""Where a ratio stands among companies of the same kind. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from underwriting.scoring.scorecard import Quartiles, Scorecard

Position = Literal["lowest", "low", "high", "highest"]

# The companies the card was made from, those that failed left out: peers of last resort.
SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class Peers:
    """Quartiles of ratios in a sector: `name` is its NACE division, or SAMPLE, `source` who measured them."""

    name: str = SAMPLE
    source: str = ""
    quartiles: Mapping[str, Quartiles] = field(default_factory=dict)


NO_SECTOR = Peers()


@dataclass(frozen=True, slots=True)
class Place:
    """A ratio's quartiles among its peers, and which quarter of them it stands in. `peers` as in `Peers.name`."""

    peers: str
    quartiles: Quartiles
    position: Position


def place_of(code: str, value: float, card: Scorecard, sector: Peers) -> Place | None:
    """Where the ratio stands in its sector, or else in the card's sample; None when neither is known."""
    if code in sector.quartiles:
        return Place(sector.name, sector.quartiles[code], position(value, sector.quartiles[code]))
    known = next((each.quartiles for each in card.characteristics if each.code == code), None)
    return Place(SAMPLE, known, position(value, known)) if known else None


def position(value: float, quartiles: Quartiles) -> Position:
    """The quarter a value stands in; on a quartile it belongs to the better side."""
    low, median, high = quartiles
    if value < median:
        return "lowest" if value < low else "low"
    return "high" if value < high else "highest"

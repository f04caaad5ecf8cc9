"""The scorecard's ratios of every year of accounts, with their bins, their points and their place among peers."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from underwriting.ratio_words import QUARTER_TONES, QUARTERS, peers_name, ratio_name, told
from underwriting.scoring.artefact import Model
from underwriting.scoring.characteristics import value_of
from underwriting.scoring.items import Items, items_of
from underwriting.scoring.peers import SAMPLE, place_of
from underwriting.scoring.result import InsufficientAccounts
from underwriting.scoring.score import Case
from underwriting.scoring.scorecard import Characteristic, Scorecard
from underwriting.scoring.statement import Statement, years_of
from underwriting.words import CARDS
from unlockfocus.templatetags.face import number, signed


@dataclass(frozen=True)
class Cell:
    """A ratio in one year, and the points of its bin, `+5 points`; empty when it is not given."""

    year: date
    value: str
    points: str


@dataclass(frozen=True)
class Row:
    """A ratio over the years, newest first; bin and place are those of the newest. `tone` is that of the place."""

    name: str
    cells: tuple[Cell, ...]
    bin: str
    place: str
    tone: str


@dataclass(frozen=True)
class CardTable:
    """`sums` are the points of each year; a dash for one below the hard minimum.

    `peers` names whom the ratios are set against; `source` says who measured them, when they are a sector.
    """

    card: str
    version: str
    years: tuple[date, ...]
    rows: tuple[Row, ...]
    sums: tuple[Cell, ...]
    peers: str
    source: str


def card_table(case: Case, model: Model) -> CardTable | None:
    """Every year of a case on the card of its newest; None when that one is below the hard minimum."""
    years = years_of(case.statement)
    items = [_items(each) for each in years]
    newest = items[0]
    if newest is None:
        return None
    card = model.card_for(newest)
    return CardTable(
        card=str(CARDS[card.name]),
        version=model.version,
        years=tuple(each.period_end for each in years),
        rows=tuple(_row(each, card, tuple(zip(years, items, strict=True)), case) for each in card.characteristics),
        sums=tuple(
            Cell(year.period_end, "–" if each is None else number(Decimal(card.points(each)), 0), "")
            for year, each in zip(years, items, strict=True)
        ),
        peers=peers_name(case.sector.name if case.sector.quartiles else SAMPLE),
        source=case.sector.source,
    )


def _items(year: Statement) -> Items | None:
    try:
        return items_of(year)
    except InsufficientAccounts:
        return None


def _row(each: Characteristic, card: Scorecard, years: tuple[tuple[Statement, Items | None], ...], case: Case) -> Row:
    cells = [(year.period_end, None if items is None else value_of(each.code, items)) for year, items in years]
    newest = cells[0][1]
    place = None if newest is None else place_of(each.code, newest, card, case.sector)
    return Row(
        name=ratio_name(each.code),
        cells=tuple(_cell(each, year, value) for year, value in cells),
        bin="–" if newest is None else _bin(each, each.bin_of(newest)),
        place=str(QUARTERS[place.position]) if place else "–",
        tone=QUARTER_TONES[place.position] if place else "neutral",
    )


def _cell(each: Characteristic, year: date, value: float | None) -> Cell:
    if value is None:
        return Cell(year, told(each.code, value), "")
    points = each.points[each.bin_of(value)]
    text = ngettext("%(points)s point", "%(points)s points", abs(points)) % {"points": signed(Decimal(points), 0)}
    return Cell(year, told(each.code, value), text)


def _bin(each: Characteristic, place: int) -> str:
    """`below -6.7%`, `3.3% to 5.5%`, `8.5% and more`."""
    if place == 0:
        return _("below %(edge)s") % {"edge": told(each.code, each.edges[0])}
    low = told(each.code, each.edges[place - 1])
    if place == len(each.edges):
        return _("%(edge)s and more") % {"edge": low}
    return _("%(low)s to %(high)s") % {"low": low, "high": told(each.code, each.edges[place])}

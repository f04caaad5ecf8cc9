"""Small pictures of a scorecard as SVG text: the staircase of every ratio, forecast against fact."""

from collections.abc import Mapping

import numpy as np

from underwriting.scoring.scorecard import Characteristic, Scorecard
from underwriting.training.data import Floats
from underwriting.training.measure import Validation

WIDTH, HEIGHT, MARGIN, ACROSS = 240, 150, 30, 3
GROUPS = 10


def staircases(card: Scorecard) -> str:
    """Points over bins, one small picture per ratio, all at the same scale; the bins are drawn equally wide."""
    low = min(each.points[0] for each in card.characteristics)
    high = max(each.best for each in card.characteristics)
    cells = [_at(number, _staircase(each, low, high)) for number, each in enumerate(card.characteristics)]
    return _svg(len(cells), f"Points of each ratio, {card.name} card", cells)


def _staircase(each: Characteristic, low: int, high: int) -> str:
    wide = (WIDTH - 2 * MARGIN) / len(each.points)
    zero = _level(0, low, high)
    parts = [
        _text(MARGIN, 16, each.code.replace("_", " "), "start"),
        f'<path d="M{MARGIN} {zero:.1f}H{WIDTH - MARGIN}" stroke="#999"/>',
    ]
    for place, points in enumerate(each.points):
        left, top = MARGIN + place * wide, _level(points, low, high)
        parts.append(
            f'<rect x="{left + 1:.1f}" y="{min(top, zero):.1f}" width="{wide - 2:.1f}" '
            f'height="{max(1.0, abs(top - zero)):.1f}" fill="{"#0b6e4f" if points >= 0 else "#b3261e"}"/>'
        )
        parts.append(_text(left + wide / 2, min(top, zero) - 3, f"{points:+d}" if points else "0", "middle"))
    parts += [
        _text(MARGIN + (place + 1) * wide, HEIGHT - 16 + place % 2 * 10, f"{edge:g}", "middle")
        for place, edge in enumerate(each.edges)
    ]
    return "".join(parts)


def _level(points: int, low: int, high: int) -> float:
    return HEIGHT - MARGIN - (points - low) / ((high - low) or 1) * (HEIGHT - 2.4 * MARGIN)


def calibration(validations: Mapping[str, Validation], failed: Floats) -> str:
    """Tenths of the companies by forecast: mean forecast across, share that failed up, both on a log scale."""
    cells = [_at(place, _calibration(name, each, failed)) for place, (name, each) in enumerate(validations.items())]
    return _svg(len(cells), "Forecast and observed failures, companies not seen in training", cells)


def _calibration(name: str, validation: Validation, failed: Floats) -> str:
    side = HEIGHT - 2 * MARGIN
    parts = [
        _text(MARGIN, 16, f"{name} card: failed % over forecast %", "start"),
        f'<rect x="{MARGIN}" y="{MARGIN}" width="{side}" height="{side}" fill="none" stroke="#999"/>',
        f'<path d="M{MARGIN} {MARGIN + side}L{MARGIN + side} {MARGIN}" stroke="#999"/>',
        _text(MARGIN, HEIGHT - 14, "0.1", "middle"),
        _text(MARGIN + side, HEIGHT - 14, "100", "middle"),
    ]
    for forecast, observed, _ in tenths(validation.forecast, failed):
        x, y = (side * (np.log10(max(share, 0.001)) + 3) / 3 for share in (forecast, observed))
        parts.append(f'<circle cx="{MARGIN + x:.1f}" cy="{MARGIN + side - y:.1f}" r="3" fill="#1d4ed8"/>')
    return "".join(parts)


def tenths(forecast: Floats, failed: Floats) -> list[tuple[float, float, int]]:
    """Mean forecast, share failed and number of companies of each tenth, the safest first."""
    order = np.argsort(forecast, kind="stable")
    return [
        (float(forecast[part].mean()), float(failed[part].mean()), len(part)) for part in np.array_split(order, GROUPS)
    ]


def _at(number: int, content: str) -> str:
    return f'<g transform="translate({number % ACROSS * WIDTH} {number // ACROSS * HEIGHT})">{content}</g>'


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'


def _svg(count: int, title: str, cells: list[str]) -> str:
    wide, high = min(count, ACROSS) * WIDTH, -(-count // ACROSS) * HEIGHT
    content = "\n".join(cells)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
        f'font-family="sans-serif" font-size="9" role="img"><title>{title}</title>'
        f'<rect width="100%" height="100%" fill="#fff"/>\n{content}\n</svg>\n'
    )

"""Contrast of the tokens, computed from the style sheet, in light and in dark."""

import re
from itertools import product
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
MODES = ("light", "dark")


def tokens() -> dict[str, tuple[str, str]]:
    """Every colour token with its light and its dark value."""
    text = (CSS / "tokens.css").read_text()
    found = re.findall(r"--([\w-]+): light-dark\((#[0-9A-F]{6}), (#[0-9A-F]{6})\);", text)
    return {name: (light, dark) for name, light, dark in found}


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


TEXT = ("ink", "quiet", "accent", "accent-strong", "good", "caution", "danger", "danger-strong", "neutral")
GROUNDS = ("paper", "surface", "sunken")
PAIRS = [
    *product(TEXT, GROUNDS),
    *[(tone, f"{tone}-wash") for tone in ("accent", "good", "caution", "danger", "neutral")],
    *[
        (text, f"{tone}-wash")
        for text in ("ink", "quiet")
        for tone in ("accent", "good", "caution", "danger", "neutral")
    ],
    ("danger-strong", "danger-wash"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-accent", "danger"),
    ("on-accent", "danger-strong"),
    *[("on-grade", f"grade-{grade}") for grade in range(1, 11)],
]


def test_the_measure_itself() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(("text", "ground"), PAIRS)
@pytest.mark.parametrize("mode", MODES)
def test_text_can_be_read(text: str, ground: str, mode: str) -> None:
    at, colours = MODES.index(mode), tokens()
    assert contrast(colours[text][at], colours[ground][at]) >= 4.5


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("mode", MODES)
def test_lines_that_mean_something_can_be_seen(ground: str, mode: str) -> None:
    at, colours = MODES.index(mode), tokens()
    assert contrast(colours["line"][at], colours[ground][at]) >= 3


def test_the_colours_agreed_on() -> None:
    names = ("paper", "ink", "quiet", "hairline", "accent", "good", "caution", "danger")
    assert {name: tokens()[name][0] for name in names} == {
        "paper": "#FAF9F6", "ink": "#14213D", "quiet": "#5B6478", "hairline": "#DDD9D0", "accent": "#2446C8",
        "good": "#0B6E4F", "caution": "#9A5B00", "danger": "#B3261E",
    }  # fmt: skip


@pytest.mark.parametrize("sheet", sorted(path.name for path in CSS.glob("*.css") if path.name != "tokens.css"))
def test_no_other_sheet_names_a_colour_or_a_token_that_is_not_there(sheet: str) -> None:
    text = (CSS / sheet).read_text()
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;,)\s])", re.sub(r"^\s*[#.].*\{", "", text, flags=re.M)) == []
    known = set(re.findall(r"--([\w-]+):", "".join(path.read_text() for path in CSS.glob("*.css"))))
    assert set(re.findall(r"var\(--([\w-]+)", text)) - known == set()

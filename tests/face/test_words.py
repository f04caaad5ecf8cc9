"""What filters print, to the character, in French and in English."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from unlockfocus.charts import DayTick
from unlockfocus.templatetags import face

NARROW = "\u202f"
NO_BREAK = "\u00a0"


def said(language: str, word: Any, *arguments: Any) -> str:
    with translation.override(language):
        return str(word(*arguments))


@pytest.mark.parametrize(
    ("word", "arguments", "french", "english"),
    [
        (face.money, [Decimal("1480000")], f"1{NARROW}480{NARROW}000,00{NO_BREAK}€", "€1,480,000.00"),
        (face.money, [Decimal("12.5"), "RON"], f"12,50{NO_BREAK}RON", f"RON{NO_BREAK}12.50"),
        (face.money, [None], "", ""),
        (face.amount, [Decimal("-31571.11")], f"−31{NARROW}571,11", "−31,571.11"),
        (face.round_money, [Decimal("1480000.00")], f"1{NARROW}480{NARROW}000{NO_BREAK}€", "€1,480,000"),
        (face.round_money, [Decimal("1480000.50")], f"1{NARROW}480{NARROW}000,50{NO_BREAK}€", "€1,480,000.50"),
        (face.compact, [Decimal(0)], f"0{NARROW}€", "€0"),
        (face.compact, [Decimal("0.25")], f"0,25{NARROW}€", "€0.25"),
        (face.compact, [Decimal(2500)], f"2,5{NARROW}k€", "€2.5k"),
        (face.compact, [Decimal(1500000)], f"1,5{NARROW}M€", "€1.5M"),
        (face.compact, [Decimal(750) * 10**9], f"750{NARROW}Md€", "€750bn"),
        (face.percent, [Decimal("0.90")], f"90{NARROW}%", "90%"),
        (face.percent, [Decimal("0.0003")], f"0,03{NARROW}%", "0.03%"),
        (face.percent, [Decimal("0.015"), 2], f"1,50{NARROW}%", "1.50%"),
        (face.percent, [Decimal("0.10425"), 1], f"10,4{NARROW}%", "10.4%"),
        (face.percent, [None], "", ""),
        (face.number, [Decimal("4.8512"), 2], "4,85", "4.85"),
        (face.signed, [Decimal("0.94")], "+0,94", "+0.94"),
        (face.signed, [Decimal("-1.2")], "−1,20", "−1.20"),
        (face.signed, [Decimal("-0.001")], "+0,00", "+0.00"),
        (face.day, [date(2027, 11, 14)], "14 novembre 2027", "14 November 2027"),
        (face.day, [date(2026, 12, 1)], "1er décembre 2026", "1 December 2026"),
        (face.day, [date(2026, 12, 11)], "11 décembre 2026", "11 December 2026"),
        (face.day, [None], "", ""),
        (face.moment, [datetime(2027, 7, 1, 22, 30, tzinfo=UTC)], "2 juillet 2027 à 00:30", "2 July 2027, 00:30"),
        (
            face.moment,
            [datetime(2026, 12, 1, 15, 4, tzinfo=UTC)],
            "1er décembre 2026 à 16:04",
            "1 December 2026, 16:04",
        ),
        (face.tick_label, [DayTick(0, date(2027, 8, 16), unit="day", year=True, anchor="middle")], "16 août", "16 Aug"),
        (face.tick_label, [DayTick(0, date(2027, 2, 1), unit="month", year=False, anchor="middle")], "févr.", "Feb"),
    ],
)
def test_figures_and_days(word: Any, arguments: list[Any], french: str, english: str) -> None:
    assert (said("fr", word, *arguments), said("en", word, *arguments)) == (french, english)


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2027, 11, 14), "12 days left"),
        (date(2027, 11, 3), "1 day left"),
        (date(2027, 11, 2), "due today"),
        (date(2027, 11, 1), "1 day late"),
        (date(2027, 10, 1), "32 days late"),
    ],
)
def test_days_left(on: date, words: str) -> None:
    assert said("en", face.days_left, on, date(2027, 11, 2)) == words


def test_every_grade_has_a_word() -> None:
    assert [said("en", face.grade_word, grade) for grade in range(1, 11)] == [
        "excellent", "very strong", "strong", "good", "average", "fair", "weak", "very weak", "distressed", "default",
    ]  # fmt: skip

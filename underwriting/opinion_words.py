"""What published formulas say of the same accounts, in words."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy

from underwriting.ratio_words import Text
from underwriting.scoring.items import items_of
from underwriting.scoring.result import InsufficientAccounts
from underwriting.scoring.second_opinions import opinions_of
from underwriting.scoring.statement import Statement
from underwriting.words import MODELS
from unlockfocus.templatetags.face import number

OPINIONS: dict[str, Text] = {
    "altman_z2": MODELS["altman-z2"],
    "zmijewski": gettext_lazy("Zmijewski"),
    "ohlson_partial": gettext_lazy("Ohlson, 7 of 9 terms"),
    "conan_holder_partial": gettext_lazy("Conan-Holder, 4 of 5 terms"),
    "poznan": gettext_lazy("Poznan"),
}
ZONES: dict[str, Text] = {
    "safe": gettext_lazy("safe"),
    "grey": gettext_lazy("in between"),
    "distress": gettext_lazy("distress"),
}
TONES = {"safe": "good", "grey": "neutral", "distress": "danger"}


@dataclass(frozen=True)
class View:
    """A published formula: its name, its value, and what its author would have said."""

    name: str
    value: str
    zone: str
    tone: str


def views(statement: Statement) -> list[View]:
    """Those of the formulas that have all their items; none for accounts below the hard minimum."""
    try:
        opinions = opinions_of(items_of(statement))
    except InsufficientAccounts:
        return []
    return [
        View(str(OPINIONS[each.code]), number(Decimal(each.value), 2), str(ZONES[each.zone]), TONES[each.zone])
        for each in opinions
    ]

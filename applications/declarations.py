"""What the insured declares when it submits, in versioned wording. A version is never edited: the next one is added."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Wording:
    """One version of the declarations; the request keeps the version's name."""

    version: str
    statements: tuple[Promise, ...]


WORDINGS = (
    Wording(
        version="2026-11",
        statements=(
            _("Everything stated in this request is true and complete to the best of our knowledge."),
            _("We hold no other credit insurance on this buyer, and will take out none for this order."),
            _("The buyer is not part of our group, and no person controls both companies."),
            _("We know of no dispute, unpaid invoice or insolvency of the buyer other than those stated here."),
            _("We will tell Unlock Focus at once of any fact that changes these statements before cover starts."),
        ),
    ),
)


def current_wording() -> Wording:
    """The wording put to people today."""
    return WORDINGS[-1]


def wording(version: str) -> Wording:
    """The wording of that version; raises KeyError when there never was one."""
    return {each.version: each for each in WORDINGS}[version]

"""Countries and their names, from Unicode CLDR as Babel ships it."""

import unicodedata
from functools import cache

from babel import Locale

# Codes of CLDR that are not countries: groupings, islands without a code of their own, test locales.
_NOT_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})


def country_choices(language: str) -> list[tuple[str, str]]:
    """ISO 3166 codes and names, sorted by name as a reader of that language expects: Égypte beside Espagne."""
    return sorted(_names(language).items(), key=lambda choice: _sort_key(choice[1]))


def country_name(code: str, language: str) -> str:
    """The country's name; the code itself when nobody gave it a name."""
    return _names(language).get(code, code)


@cache
def _names(language: str) -> dict[str, str]:
    territories = Locale.parse(language).territories
    return {code: name for code, name in territories.items() if len(code) == 2 and code not in _NOT_COUNTRIES}


def _sort_key(name: str) -> str:
    """The name without accents or capitals."""
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).casefold()

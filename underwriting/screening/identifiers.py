"""Numbers that identify: of a register, a tax office, a passport, a ship. In one form to be compared. Pure."""

import re
from collections.abc import Iterable

# Shorter numbers, or with fewer digits, are shared by too many to identify anybody.
_LEAST_LENGTH, _LEAST_DIGITS = 5, 4
# As long as this, a number is somebody's whatever its country; a shorter one may be one country's and another's.
LONG = 8
_PREFIXED = re.compile(r"(?:[A-Z]{2}|IMO|INN|OGRN|SIREN|SIRET|LEI)([0-9]{7,})")
_IN_WORDS = re.compile(r"\b(?:[A-Z]{1,4}[ -]?)?[0-9][0-9A-Z./-]{3,}")


def identifier_forms(texts: Iterable[str]) -> frozenset[str]:
    """Letters and digits only, in capitals; with the prefix of a country also without it (`RO 1234567`)."""
    forms = set()
    for text in texts:
        form = "".join(character for character in text.upper() if character.isascii() and character.isalnum())
        if len(form) < _LEAST_LENGTH or sum(character.isdigit() for character in form) < _LEAST_DIGITS:
            continue
        forms.add(form)
        if prefixed := _PREFIXED.fullmatch(form):
            forms.add(prefixed[1])
    return frozenset(forms)


def numbers_in(text: str) -> frozenset[str]:
    """The numbers in a cell of a list, in their forms: the whole of a short one, those that stand in a sentence."""
    text = text.strip()
    whole = len(text) <= 24 and len(text.split()) <= 3
    return identifier_forms([text] if whole else _IN_WORDS.findall(text))

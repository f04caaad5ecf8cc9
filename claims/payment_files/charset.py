"""Names and words in the letters every SEPA bank accepts. Pure.

The set and the way of converting follow the European Payments Council's best practices (EPC217-08): a letter loses its
accent, Greek and Cyrillic are spelt in Latin letters, `&` becomes `+`, what has no equivalent becomes a full stop.
"""

import string
import unicodedata

SEPA_CHARACTERS = frozenset(string.ascii_letters + string.digits + "/-?:().,'+ ")
NO_EQUIVALENT = "."

_SIGNS = {
    "&": "+", "_": "-", ";": ",", "\\": "/", "|": "/", "\u2044": "/", "€": "EUR",
    "[": "(", "{": "(", "]": ")", "}": ")",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-",
    "°": "o",
    "`": "'", "´": "'", "‘": "'", "’": "'", "‚": "'", "“": "'", "”": "'", "„": "'", "«": "'", "»": "'", '"': "'",
}  # fmt: skip
_LATIN = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i", "ŋ": "n",
}  # fmt: skip
_GREEK = {
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l",
    "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f",
    "χ": "ch", "ψ": "ps", "ω": "o",
}  # fmt: skip
# Bulgarian first; then the letters Serbian, Macedonian, Ukrainian and Russian add.
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "й": "y", "к": "k",
    "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h",
    "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sht", "ъ": "a", "ь": "y", "ю": "yu", "я": "ya",
    "ђ": "dj", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz", "ѓ": "gj", "ѕ": "dz", "ќ": "kj",
    "і": "i", "ї": "i", "є": "ie", "ґ": "g", "ы": "y", "э": "e", "ё": "e",
}  # fmt: skip
_LETTERS = _LATIN | _GREEK | _CYRILLIC


def sepa_text(text: str, longest: int) -> str:
    """The text as the bank will show it: SEPA characters only, single spaces, cut after `longest` characters."""
    text = unicodedata.normalize("NFC", text)
    converted = "".join(_convert(character) for character in text)
    if text.isupper():
        converted = converted.upper()
    return " ".join(converted.split())[:longest].rstrip()


def _convert(character: str) -> str:
    if character in SEPA_CHARACTERS:
        return character
    if character.isspace() or unicodedata.category(character) == "Cc":
        return " "
    if unicodedata.category(character) == "Cf":  # zero width: seen by nobody
        return ""
    return _known(character) or "".join(_base(part) for part in unicodedata.normalize("NFKD", character))


def _base(part: str) -> str:
    """One piece of a decomposed character: its letter, or nothing for an accent."""
    if unicodedata.combining(part):
        return ""
    if part in SEPA_CHARACTERS:
        return part
    return " " if part.isspace() else _known(part) or NO_EQUIVALENT


def _known(character: str) -> str:
    if character in _SIGNS:
        return _SIGNS[character]
    lower = character.lower()
    spelt = _LETTERS.get(lower, "")
    return spelt if character == lower else spelt.capitalize()

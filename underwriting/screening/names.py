"""A name taken apart: letters of any script as plain ASCII, words with a weight, legal forms set aside. Pure."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from anyascii import anyascii

_TABLE = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
_LEGAL_FORMS = frozenset(_TABLE["legal_forms"].split())
_JOINING = frozenset(_TABLE["joining"].split())
_PARTICLES = frozenset(_TABLE["particles"].split())
_COMMON = frozenset(_TABLE["common"].split())
_TENS: Mapping[str, int] = _TABLE["tens"]
_NUMBERS: Mapping[str, int] = {
    **{word: number for number, word in enumerate(_TABLE["numbers"].split())},
    **{word: number for number, word in enumerate(_TABLE["ordinals"].split(), start=1)},
    **_TENS,
}
_ROMAN: Mapping[str, str] = {word: str(number) for word, number in _TABLE["roman"].items()}
# What different transliterations make of the same sound.
_SOUNDS = tuple(tuple(pair.split()) for pair in _TABLE["sounds"].split(","))

_LEGAL_PHRASES = re.compile(
    r"\b((public |open |closed )?joint stock company|limited liability (company|partnership)|limited partnership"
    r"|sp z o o|spol s r o|s r o|o o o|besloten vennootschap)\b"
)
_ORDINAL = re.compile("([0-9]+)(st|nd|rd|th)")

# A word weighs more the longer it is, up to 1; five letters are a whole word.
_BASE_WEIGHT, _WEIGHT_A_LETTER = 0.4, 0.12
_COMMON_WEIGHT, _PARTICLE_WEIGHT = 0.55, 0.25

_DOTTED = re.compile(r"\b((?:[a-z]\.)+[a-z]?)(?=\W|$)")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a name in ASCII, how much it tells, and how it sounds. Numbers are equal or they are not."""

    text: str
    weight: float
    sound: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class Prepared:
    """A name ready to be compared. The words are sorted: their order says nothing."""

    original: str
    is_organisation: bool
    words: tuple[Word, ...]
    texts: tuple[str, ...]
    # The letters and digits of the original, in any script.
    run_together: str

    @property
    def joined(self) -> str:
        """All words in their own order without spaces, as they stand in `initials`."""
        return "".join(word.text for word in self.words)


def prepare(text: str, *, is_organisation: bool) -> Prepared:
    """The name taken apart. A name of nothing but a legal form keeps it; one without letters or digits has no words."""
    texts = _ascii_words(text)
    if is_organisation:
        texts = _with_digits(texts)
        texts = _LEGAL_PHRASES.sub(" ", " ".join(texts)).split() or texts
        kept = [word for word in texts if word not in _LEGAL_FORMS and word not in _JOINING]
        texts = [_ROMAN.get(word, word) if place else word for place, word in enumerate(kept or texts)]
    else:
        texts = [word for word in texts if word not in _JOINING] or texts
    words = tuple(Word(word, _weight(word, is_organisation), _sound(word), word.isdigit()) for word in sorted(texts))
    run_together = "".join(character for character in text.casefold() if character.isalnum())
    return Prepared(text, is_organisation, words, texts_of(words), run_together)


def initials(text: str) -> str:
    """The first letters of the words of a name, joining words left out: `pla` for People's Liberation Army."""
    return "".join(word[0] for word in _ascii_words(text) if word not in _JOINING)


def _ascii_words(text: str) -> list[str]:
    plain = re.sub("[’'`ʻ\"]", "", anyascii(text).lower()).replace("&", " and ")
    plain = _DOTTED.sub(lambda found: found[1].replace(".", "") + " ", plain)
    return re.sub("[^a-z0-9]+", " ", plain).split()


def _with_digits(words: list[str]) -> list[str]:
    """Numbers in English words as digits: `forty four` is 44, `1st` and `first` are 1."""
    found: list[str] = []
    tens = False
    for word in words:
        ordinal = _ORDINAL.fullmatch(word)
        number = ordinal[1] if ordinal else str(_NUMBERS[word]) if word in _NUMBERS else word
        if tens and number.isdigit() and len(number) == 1:
            found[-1] = str(int(found[-1]) + int(number))
        else:
            found.append(number)
        tens = word in _TENS
    return found


def _weight(word: str, is_organisation: bool) -> float:
    if word.isdigit():
        return 1.0
    if is_organisation and word in _COMMON:
        return _COMMON_WEIGHT
    if not is_organisation and word in _PARTICLES:
        return _PARTICLE_WEIGHT
    return min(1.0, _BASE_WEIGHT + _WEIGHT_A_LETTER * len(word))


def _sound(word: str) -> str:
    for spelling, sound in _SOUNDS:
        word = word.replace(spelling, sound)
    return re.sub(r"(.)\1+", r"\1", word)


def texts_of(words: Iterable[Word]) -> tuple[str, ...]:
    """The words as text."""
    return tuple(word.text for word in words)


def sounds_in_order(name: Prepared) -> list[str]:
    """How the words sound, as they stand in the original: in a name that was taken apart they are sorted."""
    sounds = {word.text: word.sound for word in name.words}
    return [sounds[text] for text in _ascii_words(name.original) if text in sounds]


def sound_run_together(name: Prepared) -> str:
    """How all of the original sounds as one word, with what was set aside when it was taken apart."""
    return _sound("".join(_ascii_words(name.original)))

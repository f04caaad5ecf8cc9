"""Under which keys a name stands in the index: two names worth comparing share one. Pure.

A word goes by its consonants, in which transliterations agree, and by these with one left out, so that one wrong letter
on either side still meets. Neighbours go together too, for names that are run together or torn apart, and any two
words as a pair, which tells much where each of them alone tells little. docs/rules/screening.md has the rule.
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from underwriting.screening.names import Prepared, initials, sound_run_together, sounds_in_order

_VOWELS = frozenset("aeiou")
# Fewer consonants than this say too little: the word goes by its sound.
_LEAST_CONSONANTS = 3
# Of so many letters, one may be wrong.
_LEAST_TO_LEAVE_OUT = 4
# Pairs are made of the words that tell most.
_PAIRED_WORDS = 7
_ACRONYM_LETTERS = range(3, 9)


def index_keys(name: Prepared) -> set[str]:
    """The keys; none for a name without words."""
    return plain_keys(name) | loose_keys(name)


def plain_keys(name: Prepared) -> set[str]:
    """The keys of the words as they are spelled: each, with its neighbours, in pairs."""
    if not name.words:
        return set()
    joined = _joined(sounds_in_order(name)) | {skeleton(sound_run_together(name))}
    return word_keys(name) | pair_keys(name) | joined


def word_keys(name: Prepared) -> set[str]:
    """A key for each word."""
    return {skeleton(word.sound) for word in name.words}


def pair_keys(name: Prepared) -> set[str]:
    """A key for any two of the words that tell most."""
    telling = sorted(name.words, key=lambda word: -word.weight)[:_PAIRED_WORDS]
    return {f"{one}+{other}" for one, other in combinations(sorted(skeleton(word.sound) for word in telling), 2)}


def loose_keys(name: Prepared) -> set[str]:
    """The keys that still meet where a consonant is wrong, or an organisation's name is its first letters."""
    keys = {key for word in name.words for key in _without_one(word.sound)}
    return keys | set(_acronyms(name)) if name.is_organisation and name.words else keys


def skeleton(sound: str) -> str:
    """The consonants of a sound, an initial vowel as `a`; where these are too few, the sound itself."""
    consonants = "".join(letter for letter in sound[1:] if letter not in _VOWELS)
    found = ("a" if sound[0] in _VOWELS else sound[0]) + consonants
    return found if len(found) >= _LEAST_CONSONANTS else f"={sound}"


def key_number(key: str) -> int:
    """The key as the database keeps it: a whole number of 32 bits, with a sign."""
    number = zlib.crc32(key.encode())
    return number - (1 << 32) if number >= 1 << 31 else number


def _without_one(sound: str) -> Iterator[str]:
    """The consonants, and these with each of them left out; of a word with few, all of its letters in their place.

    They are kept apart from the words that are spelled so.
    """
    if sound.isdigit():
        return
    found = skeleton(sound)
    if not found.startswith("="):
        yield f"~{found}"
    letters = found if len(found) >= _LEAST_TO_LEAVE_OUT and not found.startswith("=") else sound
    if len(letters) >= _LEAST_TO_LEAVE_OUT:
        yield f"~{letters}"
        yield from (f"~{letters[:place]}{letters[place + 1 :]}" for place in range(len(letters)))


def _joined(sounds: Sequence[str]) -> set[str]:
    """Two and three neighbours, and all words, as one."""
    runs: Iterable[Sequence[str]] = (
        sounds[start : start + length] for length in (2, 3) for start in range(len(sounds) - length + 1)
    )
    return {skeleton("".join(run)) for run in (*runs, sounds) if len(run) > 1}


def _acronyms(name: Prepared) -> Iterator[str]:
    """The first letters of a longer name, and a name that may be such letters."""
    letters = name.words[0].text if len(name.words) == 1 else initials(name.original)
    if len(letters) in _ACRONYM_LETTERS:
        yield f"@{letters}"

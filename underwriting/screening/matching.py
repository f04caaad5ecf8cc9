"""How alike two names are, from 0 to 1, and why. Pure.

Words are paired, each with the one most like it. What is left over on one side only is an addition and costs little;
what is left over on both sides is a contradiction and costs much. docs/rules/screening.md has formula and figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from underwriting.screening.names import Prepared, Word, initials, texts_of

# At and above it a person looks at the pair. It favours recall: a missed name is worse than one read in vain.
REVIEW_THRESHOLD = 0.66

# Two words less alike than this are not the same word.
LEAST_LIKENESS = 0.66
# A word that only sounds alike is a little less than one that is spelled alike; an initial stands for a name, less so.
_SOUNDS_ALIKE, _SAME_SOUND, _INITIAL = 0.95, 0.97, 0.85
# Words left over together are one word torn apart when they are as alike as this.
_LEAST_JOINED = 0.8
# How much a different letter, a contradiction and an addition cost.
_EDIT_COST, _CONTRADICTION_COST, _ADDITION_COST = 1.3, 1.3, 0.2
# An acronym of three letters or more for the whole name.
_ACRONYM_LETTERS, _ACRONYM = 3, 0.8


@dataclass(frozen=True, slots=True)
class Pair:
    """Two words, or runs of words, taken for one another, and how alike they are."""

    one: str
    other: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """`score` from 0 to 1 and what it comes from: the pairs, and the words only one of the names has."""

    score: float
    pairs: tuple[Pair, ...]
    only_one: tuple[str, ...] = ()
    only_other: tuple[str, ...] = ()

    @property
    def is_match(self) -> bool:
        """Whether a person has to look."""
        return self.score >= REVIEW_THRESHOLD


def compare(one: Prepared, other: Prepared) -> Comparison:
    """How alike two names are; the same either way round."""
    if other.texts < one.texts:
        turned = compare(other, one)
        pairs = tuple(Pair(each.other, each.one, each.likeness) for each in turned.pairs)
        return Comparison(turned.score, pairs, turned.only_other, turned.only_one)
    if not one.words or not other.words:
        return Comparison(0.0, ())
    if one.texts == other.texts:
        return Comparison(1.0, tuple(Pair(word.text, word.text, 1.0) for word in one.words))
    if one.run_together == other.run_together:
        return Comparison(1.0, (Pair(one.original, other.original, 1.0),))
    alignment = _Alignment(one.words, other.words)
    alignment.pair_words()
    if not one.is_organisation and not other.is_organisation:
        alignment.pair_initials()
    alignment.join_the_rest()
    if not alignment.pairs:
        return _acronym(one, other)
    return alignment.result()


def likeness(one: Word, other: Word) -> float:
    """How alike two words are: by the letters that differ, or the sounds that do. Numbers are equal or they are not."""
    if one.text == other.text:
        return 1.0
    if one.is_number or other.is_number:
        return 0.0
    if one.sound == other.sound and not _is_acronym_of_another(one.text, other.text):
        return _SAME_SOUND
    if min(len(one.text), len(other.text)) <= 2:
        return 0.0
    if _is_acronym_of_another(one.text, other.text):
        return _alike(one.text, other.text)
    return max(_alike(one.text, other.text), _alike(one.sound, other.sound) * _SOUNDS_ALIKE)


def _is_acronym_of_another(one: str, other: str) -> bool:
    """Whether two words of up to three letters differ in more than one: PEI and PIJ sound alike and are not."""
    return min(len(one), len(other)) <= _ACRONYM_LETTERS and OSA.distance(one, other) > 1


def _alike(one: str, other: str, least: float = LEAST_LIKENESS) -> float:
    """One less the share of letters to be changed, swapped neighbours counting as one (optimal string alignment).

    0 where it is less than `least`.
    """
    return OSA.normalized_similarity(one, other, score_cutoff=least)


class _Alignment:
    """The words of two names, paired step by step."""

    def __init__(self, left: Sequence[Word], right: Sequence[Word]) -> None:
        self.left, self.right = list(left), list(right)
        self.pairs: list[Pair] = []
        self.weight = self.worth = 0.0

    def take(self, left: Sequence[Word], right: Sequence[Word], alike: float) -> None:
        """Pair words of both sides, and leave them out from here on."""
        weight = (sum(word.weight for word in left) + sum(word.weight for word in right)) / 2
        self.weight += weight
        self.worth += weight * alike
        self.pairs.append(Pair(" ".join(texts_of(left)), " ".join(texts_of(right)), alike))
        for word in left:
            self.left.remove(word)
        for word in right:
            self.right.remove(word)

    def pair_words(self) -> None:
        """The most alike first, down to the least likeness."""
        found = [(likeness(a, b), -i, -j, a, b) for i, a in enumerate(self.left) for j, b in enumerate(self.right)]
        taken: set[tuple[str, int]] = set()
        for alike, i, j, a, b in sorted(found, key=lambda each: each[:3], reverse=True):
            if alike >= LEAST_LIKENESS and ("left", i) not in taken and ("right", j) not in taken:
                taken |= {("left", i), ("right", j)}
                self.take([a], [b], alike)

    def pair_initials(self) -> None:
        """A single letter stands for a word that begins with it."""
        for a in list(self.left):
            for b in list(self.right):
                is_initial = 1 in {len(a.text), len(b.text)} and not a.is_number and not b.is_number
                if is_initial and a.text[0] == b.text[0] and a in self.left:
                    self.take([a], [b], _INITIAL)

    def join_the_rest(self) -> None:
        """What is left over on both sides, where one side writes in several words what the other writes in one."""
        if not self.left or not self.right or len(self.left) == len(self.right):
            return
        lengths = sorted(sum(len(word.text) for word in side) for side in (self.left, self.right))
        if lengths[0] < lengths[1] * _LEAST_JOINED:
            return
        for one in _orders(self.left):
            for other in _orders(self.right):
                alike = _alike("".join(texts_of(one)), "".join(texts_of(other)), _LEAST_JOINED)
                if alike >= _LEAST_JOINED:
                    self.take(one, other, alike)
                    return

    def result(self) -> Comparison:
        """The likeness of what was paired, less what contradictions and additions cost."""
        left, right = (sum(word.weight for word in side) for side in (self.left, self.right))
        contradiction, addition = min(left, right), abs(left - right)
        whole = self.weight + contradiction + addition
        quality = 1 - (1 - self.worth / self.weight) * _EDIT_COST
        score = quality * (1 - _CONTRADICTION_COST * contradiction / whole) * (1 - _ADDITION_COST * addition / whole)
        return Comparison(max(0.0, score), tuple(self.pairs), texts_of(self.left), texts_of(self.right))


def _orders(words: Sequence[Word]) -> list[list[Word]]:
    """Up to three words in each order: sorted words no longer stand as they were written."""
    if len(words) > 3:
        return [list(words)]
    found: list[list[Word]] = [[]]
    for word in words:
        found = [[*order[:place], word, *order[place:]] for order in found for place in range(len(order) + 1)]
    return found


def _acronym(one: Prepared, other: Prepared) -> Comparison:
    for short, long in ((one, other), (other, one)):
        letters = short.words[0].text
        if len(short.words) == 1 and len(letters) >= _ACRONYM_LETTERS and letters == initials(long.original):
            return Comparison(_ACRONYM, (Pair(one.original, other.original, _ACRONYM),))
    return Comparison(0.0, (), texts_of(one.words), texts_of(other.words))

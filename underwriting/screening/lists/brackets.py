"""One cell of a list that holds several names: behind semicolons and letters, or in brackets. Pure."""

import re
from collections.abc import Iterator

_LETTERED = re.compile(r"\s[b-h]\)\s")
_ORIGINAL_SCRIPT = re.compile(r"\(original script\)|original script:", re.IGNORECASE)
_ACRONYM = re.compile(r"[A-Z][A-Z/-]{2,}")
_LEGAL_FORMS = {"PTY", "PVT", "LTD", "LLC", "PLC", "INC"}


def names_in(text: str) -> tuple[list[str], list[str]]:
    """The names in a cell, and the acronyms that stand in brackets behind one.

    `Hassan Ghul (حسن غول)` and `A; B` are two names each, `Leader (Hong Kong) Limited` is one; what begins with a small
    letter in brackets explains and is no name.
    """
    text = _LETTERED.sub("; ", _ORIGINAL_SCRIPT.sub("", text))
    names: list[str] = []
    acronyms: list[str] = []
    for cell in _split(text):
        outside, others = "", []
        for part, is_inside in _parts(cell):
            if not is_inside:
                outside += part
            elif _is_acronym(part, outside):
                acronyms.append(part)
            elif ";" in part or _is_latin(part) != _is_latin(outside):
                others.append(part)
            elif not part[:1].islower():
                outside += f"({part})"
        names.append(" ".join(outside.split()))
        for part in others:
            for found, target in zip(names_in(part), (names, acronyms), strict=True):
                target.extend(found)
    return names, acronyms


def _split(text: str) -> list[str]:
    """The parts between semicolons outside of brackets."""
    parts = [""]
    for part, is_inside in _parts(text):
        if is_inside:
            parts[-1] += f"({part})"
        else:
            first, *others = part.split(";")
            parts[-1] += first
            parts += others
    return [part for part in parts if part.strip()]


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """What stands outside of brackets and, without them, inside; where one is never closed there are none."""
    depth = start = 0
    if text.count("(") != text.count(")"):
        yield text, False
        return
    for place, character in enumerate(text):
        if character == "(":
            if depth == 0:
                yield text[start:place], False
                start = place + 1
            depth += 1
        elif character == ")" and depth:
            depth -= 1
            if depth == 0:
                yield text[start:place].strip(), True
                start = place + 1
    yield text[start:], False


def _is_acronym(part: str, name: str) -> bool:
    """Capitals that stand in the name before, in their order, the first of them first."""
    if not _ACRONYM.fullmatch(part) or part in _LEGAL_FORMS:
        return False
    letters = iter(name.upper().lstrip())
    return name.upper().lstrip().startswith(part[0]) and all(letter in letters for letter in part if letter.isalpha())


def _is_latin(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return sum(character < "\u0250" for character in letters) * 2 >= len(letters)

"""A list in XML read entry by entry: what was read is thrown away, entities and document types are refused."""

from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from underwriting.screening.lists.reading import MalformedList


def opened(source: BinaryIO, root_tag: str) -> tuple[Element, Iterator[tuple[str, Element]]]:
    """The root with its attributes, and what starts and ends within it. Raises MalformedList where it is another."""
    events = _events(source)
    _event, root = next(events, ("", None))
    if root is None or root.tag != root_tag:
        found = "nothing" if root is None else f"<{root.tag}>"
        raise MalformedList("line 1", f"{found} in place of <{root_tag}>")
    return root, events


def _events(source: BinaryIO) -> Iterator[tuple[str, Element]]:
    try:
        yield from iterparse(source, events=("start", "end"), forbid_dtd=True)
    except ParseError as error:
        line, column = error.position
        raise MalformedList(f"line {line}, column {column + 1}", f"not XML that can be read: {error.msg}") from error
    except DefusedXmlException as error:
        raise MalformedList("", f"forbidden in a list: {error}") from error


def entries_of(
    events: Iterator[tuple[str, Element]], parents: tuple[Element, ...], tags: frozenset[str]
) -> Iterator[Element]:
    """Each finished element of these tags; it and the ones before are thrown away once the next is asked for."""
    ancestors = list(parents)
    for event, element in events:
        if event == "start":
            ancestors.append(element)
            continue
        ancestors.pop()
        if element.tag in tags:
            yield element
            element.clear()
            if ancestors:
                ancestors[-1].remove(element)

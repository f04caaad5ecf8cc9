"""Inline XBRL documents taken apart: contexts, figures and words, by the rules of the format alone. Pure, distrustful.

An XHTML document in which elements `ix:nonFraction` and `ix:nonNumeric` mark figures and words; each names a concept, a
context (who, which period, under which dimensions) and, of a figure, a unit. The text is as printed: `format` says how
it is to be read, `scale` by which power of ten it is multiplied, `sign` whether it is negative.
"""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from underwriting.sources.filing import BadPayload

LARGEST_BYTES = 8 * 1024 * 1024
_MOST_ELEMENTS = 300_000
_DEEPEST = 200

_HTML = "{http://www.w3.org/1999/xhtml}html"
_INLINE = ("http://www.xbrl.org/2008/inlineXBRL", "http://www.xbrl.org/2013/inlineXBRL")
_INSTANCE = "{http://www.xbrl.org/2003/instance}"
_DIMENSIONS = "{http://xbrl.org/2006/xbrldi}"
_CURRENCIES = "http://www.xbrl.org/2003/iso4217"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_IN_WORDS = {
    "no": 0, "none": 0, "nil": 0, "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
# Transformations by their local names without hyphens: those that mean a dash or any text is zero, and how marks read.
_ZERO = frozenset({"zerodash", "numdash", "fixedzero"})
_NOTHING = frozenset({"nocontent", "fixedempty"})
_POINT = frozenset({"", "numdotdecimal", "numcommadot", "numspacedot"})
_COMMA = frozenset({"numcommadecimal", "numdotcomma", "numspacecomma", "numcomma"})
_WITH_POINT = re.compile(r"(?:\d{1,3}(?:[, \u00a0\u202f]\d{3})+|\d+)(?:\.\d+)?|\.\d+", re.ASCII)
_WITH_COMMA = re.compile(r"(?:\d{1,3}(?:[. \u00a0\u202f]\d{3})+|\d+)(?:,\d+)?", re.ASCII)

_Scope = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Context:
    """Who and when. `start` is None of an instant; `dimensions` are local names, dimension and member.

    A context under a dimension that has no member of a list, or under anything else, has a dimension no one asks for.
    """

    id: str
    scheme: str
    company: str
    start: date | None
    end: date
    dimensions: frozenset[tuple[str, str]]

    @property
    def is_instant(self) -> bool:
        return self.start is None


@dataclass(frozen=True, slots=True)
class Figure:
    """A number: `unit` is a currency, `pure`, or another measure; `exactness` is the step it is told in."""

    namespace: str
    concept: str
    context: Context
    unit: str
    amount: Decimal
    exactness: Decimal
    is_in_brackets: bool

    @property
    def place(self) -> str:
        """Where it stands: the concept, the members of its dimensions, its context and its period."""
        members = ", ".join(sorted(member for _dimension, member in self.context.dimensions))
        start = f"{self.context.start}/" if self.context.start else ""
        return f"{self.concept}{f'[{members}]' if members else ''}@{self.context.id} {start}{self.context.end}"


@dataclass(frozen=True, slots=True)
class Words:
    """A text, and the day it says where it says one."""

    namespace: str
    concept: str
    context: Context
    text: str
    day: date | None


@dataclass(frozen=True, slots=True)
class Document:
    contexts: Mapping[str, Context]
    figures: tuple[Figure, ...]
    words: tuple[Words, ...]


def read_document(content: bytes) -> Document:
    """The document; raises BadPayload for what is too large, not well-formed, declares entities, or is not XHTML."""
    if len(content) > LARGEST_BYTES:
        raise BadPayload("", f"larger than {LARGEST_BYTES // 1024 // 1024} MB")
    root, scopes = _parsed(content)
    if root.tag != _HTML:
        raise BadPayload("", "not an XHTML document with inline XBRL")
    contexts = dict(_context(element, scopes) for element in root.iter(f"{_INSTANCE}context"))
    units = dict(_unit(element, scopes) for element in root.iter(f"{_INSTANCE}unit"))
    return Document(contexts, tuple(_figures(root, scopes, contexts, units)), tuple(_all_words(root, scopes, contexts)))


def _parsed(content: bytes) -> tuple[Element, dict[Element, _Scope]]:
    """The root, and of every element whose values may be qualified names, the prefixes in force there."""
    scopes: dict[Element, _Scope] = {}
    stack: list[_Scope] = [{}]
    declared: dict[str, str] = {}
    root, elements = None, 0
    try:
        events = iterparse(io.BytesIO(content), events=("start-ns", "start", "end"), forbid_external=True)
        for event, thing in events:
            if event == "start-ns":
                declared[thing[0]] = thing[1]
            elif event == "start":
                root = thing if root is None else root
                stack.append({**stack[-1], **declared} if declared else stack[-1])
                scopes[thing], declared, elements = stack[-1], {}, elements + 1
                _check_size(elements, len(stack))
            else:
                stack.pop()
    except DefusedXmlException as error:
        raise BadPayload("", "entities are declared, or another file is called in") from error
    except ParseError as error:
        line, column = error.position
        raise BadPayload(f"line {line}, column {column}", "not well-formed XML") from error
    except (LookupError, ValueError) as error:
        raise BadPayload("", "its encoding cannot be read") from error
    if root is None:
        raise BadPayload("", "empty")
    return root, scopes


def _check_size(elements: int, depth: int) -> None:
    if elements > _MOST_ELEMENTS or depth > _DEEPEST:
        raise BadPayload("", f"more than {_MOST_ELEMENTS} elements, or one inside the other more than {_DEEPEST} deep")


def _context(element: Element, scopes: Mapping[Element, _Scope]) -> tuple[str, Context]:
    name = element.get("id", "")
    identifier = element.find(f"{_INSTANCE}entity/{_INSTANCE}identifier")
    start, end = _period(element, name)
    dimensions = set()
    for holder in (f"{_INSTANCE}entity/{_INSTANCE}segment", f"{_INSTANCE}scenario"):
        for found in element.findall(f"{holder}/*"):
            if found.tag == f"{_DIMENSIONS}explicitMember":
                _ns, dimension = _name(found.get("dimension", ""), scopes[found], name)
                _ns, member = _name((found.text or "").strip(), scopes[found], name)
                dimensions.add((dimension, member))
            else:
                dimensions.add(("?", found.tag))
    scheme = identifier.get("scheme", "") if identifier is not None else ""
    company = (identifier.text or "").strip() if identifier is not None else ""
    return name, Context(name, scheme, company, start, end, frozenset(dimensions))


def _period(element: Element, name: str) -> tuple[date | None, date]:
    texts = {
        part: (found.text or "").strip()
        for part in ("instant", "startDate", "endDate", "forever")
        if (found := element.find(f"{_INSTANCE}period/{_INSTANCE}{part}")) is not None
    }
    try:
        if "instant" in texts:
            return None, date.fromisoformat(texts["instant"])
        if "forever" in texts:
            return date.min, date.max
        start, end = date.fromisoformat(texts["startDate"]), date.fromisoformat(texts["endDate"])
    except (KeyError, ValueError) as error:
        raise BadPayload(f"context {name}", "its period cannot be read") from error
    if start > end:
        raise BadPayload(f"context {name}", "its period ends before it starts")
    return start, end


def _unit(element: Element, scopes: Mapping[Element, _Scope]) -> tuple[str, str]:
    name = element.get("id", "")
    measures = element.findall(f"{_INSTANCE}measure")
    if len(measures) != 1:
        return name, "a quotient"
    namespace, local = _name((measures[0].text or "").strip(), scopes[measures[0]], f"unit {name}")
    is_pure = namespace == _INSTANCE.strip("{}") and local == "pure"
    return name, local if namespace == _CURRENCIES or is_pure else f"{local} of {namespace}"


def _name(text: str, scope: _Scope, place: str) -> tuple[str, str]:
    """The namespace and the local name of a qualified name."""
    prefix, colon, local = text.partition(":")
    if not colon:
        prefix, local = "", text
    if prefix not in scope or not local:
        raise BadPayload(place, f"{text[:60]!r} is not a name with a declared prefix")
    return scope[prefix], local


def _tagged(root: Element, kind: str) -> Iterator[tuple[Element, str]]:
    """The elements of a kind of the document itself, each with the text printed before it."""
    tags = {f"{{{namespace}}}{kind}" for namespace in _INLINE}
    for parent in root.iter():
        before = parent.text
        for child in parent:
            if child.tag in tags and child.get("target") is None and child.get("tupleRef") is None:
                yield child, before or ""
            before = child.tail


def _figures(
    root: Element, scopes: Mapping[Element, _Scope], contexts: Mapping[str, Context], units: Mapping[str, str]
) -> Iterator[Figure]:
    for element, before in _tagged(root, "nonFraction"):
        namespace, concept = _name(element.get("name", ""), scopes[element], "nonFraction")
        place = f"{concept}@{element.get('contextRef', '')}"
        context = contexts.get(element.get("contextRef", ""))
        unit = units.get(element.get("unitRef", ""))
        if context is None or unit is None:
            raise BadPayload(place, "its context or its unit is not declared")
        amount = _amount(element, place)
        if amount is not None:
            in_brackets = before.rstrip().endswith("(")
            yield Figure(namespace, concept, context, unit, amount, _exactness(element, place), in_brackets)


def _amount(element: Element, place: str) -> Decimal | None:
    """The number an element stands for; None when it says that there is none."""
    form = element.get("format", "").rpartition(":")[2].replace("-", "").lower()
    if element.get(_NIL) in {"true", "1"} or form in _NOTHING:
        return None
    printed = _text(element).strip()
    sign, scale = element.get("sign", ""), element.get("scale", "0")
    if sign not in {"", "-"} or not re.fullmatch("[+-]?[0-9]{1,2}", scale):
        raise BadPayload(place, "its sign or its scale cannot be read")
    number = _number(printed, form)
    if number is None:
        raise BadPayload(place, f"{printed[:40]!r} is not a number in the format {form or 'of XML'}")
    return number.scaleb(int(scale)) * (-1 if sign else 1)


def _number(printed: str, form: str) -> Decimal | None:
    if form in _ZERO:
        return Decimal(0)
    if form in _POINT and form != "" and _WITH_POINT.fullmatch(printed):
        return Decimal(re.sub("[^0-9.]", "", printed))
    if form == "" and re.fullmatch(r"-?\d{1,20}(\.\d{1,9})?", printed, re.ASCII):
        return Decimal(printed)
    if form in _COMMA and _WITH_COMMA.fullmatch(printed):
        return Decimal(re.sub("[^0-9,]", "", printed).replace(",", "."))
    if form == "numwordsen" and printed.lower() in _IN_WORDS:
        return Decimal(_IN_WORDS[printed.lower()])
    return None


def _exactness(element: Element, place: str) -> Decimal:
    """The step a figure is told in, by its `decimals`: 1 for 0, 1000 for -3."""
    told = element.get("decimals", "0").strip()
    if told == "INF":
        return Decimal(0)
    if not re.fullmatch("[+-]?[0-9]{1,2}", told):
        raise BadPayload(place, f"decimals {told[:20]!r} cannot be read")
    return Decimal(1).scaleb(-int(told))


def _all_words(root: Element, scopes: Mapping[Element, _Scope], contexts: Mapping[str, Context]) -> Iterator[Words]:
    for element, _before in _tagged(root, "nonNumeric"):
        namespace, concept = _name(element.get("name", ""), scopes[element], "nonNumeric")
        context = contexts.get(element.get("contextRef", ""))
        if context is None:
            raise BadPayload(f"{concept}@{element.get('contextRef', '')}", "its context is not declared")
        text = " ".join(_text(element).split())
        yield Words(namespace, concept, context, text, _day(text, element.get("format", "")))


def _text(element: Element) -> str:
    """All the text inside an element, without what it says to leave out."""
    excluded = {f"{{{namespace}}}exclude" for namespace in _INLINE}
    parts = [element.text or ""]
    for child in element:
        if child.tag not in excluded:
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _day(text: str, form: str) -> date | None:
    """A day as ISO 8601, as 31 October 2017, or with figures in the order the format says."""
    form = form.rpartition(":")[2].replace("-", "").lower()
    if found := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text, re.ASCII):
        return _date(found[1], found[2], found[3])
    if found := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?[ .-]+([a-z]{3,9})[ .,-]+(\d{4})", text.lower(), re.ASCII):
        return _date(found[3], _month(found[2]), found[1])
    if found := re.fullmatch(r"([a-z]{3,9}) (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})", text.lower(), re.ASCII):
        return _date(found[3], _month(found[1]), found[2])
    found = re.fullmatch(r"(\d{1,2})[ ./-](\d{1,2})[ ./-](\d{4})", text, re.ASCII)
    if found and form in {"dateslasheu", "datedoteu", "datedaymonthyear"}:
        return _date(found[3], found[2], found[1])
    if found and form in {"dateslashus", "datedotus", "datemonthdayyear"}:
        return _date(found[3], found[1], found[2])
    return None


def _month(word: str) -> int:
    return next((number for number, name in enumerate(_MONTHS, start=1) if name.startswith(word)), 0)


def _date(year: str, month: str | int, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None

"""Open an ISO 20022 message that somebody else wrote: bounded, without DTD, every step through it checked. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Self
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DTDForbidden, EntitiesForbidden, ExternalReferenceForbidden
from defusedxml.ElementTree import fromstring

from unlockfocus.money import CENT, to_cents

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"
MAX_BYTES = 5_000_000

_AMOUNT = re.compile(r"\+?(?P<whole>[0-9]*)(?:\.(?P<decimals>[0-9]*))?")
_DAY = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)
_MAX_DIGITS = 18
_MAX_DECIMALS = 5


class UnreadableMessage(ValueError):
    """A file that is not the message expected; nothing of it may be used.

    `reason` is one of `REASONS`, `where` the path of the element ("" for the file as a whole), `found` what is there.
    """

    REASONS = ("empty", "too_large", "not_xml", "doctype", "unknown_message", "missing", "repeated", "value", "sum")

    def __init__(self, reason: str, where: str = "", found: str = "") -> None:
        super().__init__(": ".join(part for part in (where, reason, found) if part))
        self.reason = reason
        self.where = where
        self.found = found


@dataclass(frozen=True, slots=True)
class Node:
    """An element, the namespace of its message and its path, for the error that names it."""

    element: Element
    namespace: str
    path: str

    def all(self, name: str) -> list[Self]:
        """The children of that name, numbered in their paths."""
        found = self.element.findall(f"{{{self.namespace}}}{name}")
        return [type(self)(child, self.namespace, f"{self.path}/{name}[{n}]") for n, child in enumerate(found, start=1)]

    def find(self, *names: str) -> Self | None:
        """The one element down that path, or None; UnreadableMessage where a step of the path is there twice."""
        node = self
        for name in names:
            children = node.all(name)
            if not children:
                return None
            if len(children) > 1:
                raise UnreadableMessage("repeated", children[1].path)
            node = type(self)(children[0].element, self.namespace, f"{node.path}/{name}")
        return node

    def need(self, *names: str) -> Self:
        node = self.find(*names)
        if node is None:
            raise UnreadableMessage("missing", "/".join((self.path, *names)))
        return node

    @property
    def value(self) -> str:
        """The text of the element itself, without the white space around it."""
        return (self.element.text or "").strip()

    def text(self, *names: str) -> str:
        """The text down that path, "" where it is absent."""
        node = self.find(*names)
        return node.value if node is not None else ""

    def need_text(self, *names: str) -> str:
        node = self.need(*names)
        if not node.value:
            raise node.wrong()
        return node.value

    def wrong(self) -> UnreadableMessage:
        """The error that says this element has a value it cannot have."""
        return UnreadableMessage("value", self.path, self.value[:80])

    def money(self) -> tuple[Decimal, str]:
        """The amount of the element with the currency of its `Ccy`; euros to the cent."""
        currency = self.element.get("Ccy", "")
        if not re.fullmatch("[A-Z]{3}", currency):
            raise UnreadableMessage("value", f"{self.path}/@Ccy", currency[:80])
        amount = self.decimal()
        if amount == amount.quantize(CENT):
            return to_cents(amount), currency
        if currency == "EUR":
            raise self.wrong()
        return amount, currency

    def decimal(self) -> Decimal:
        match = _AMOUNT.fullmatch(self.value)
        if match is None:
            raise self.wrong()
        whole, decimals = match["whole"], match["decimals"] or ""
        if not whole + decimals or len(whole) + len(decimals) > _MAX_DIGITS or len(decimals) > _MAX_DECIMALS:
            raise self.wrong()
        return Decimal(f"{whole or 0}.{decimals or 0}")

    def day(self) -> date:
        """The day of a date or of a moment, as its writer's calendar had it."""
        match = _DAY.fullmatch(self.value)
        if match is None:
            raise self.wrong()
        try:
            return date.fromisoformat(match["day"])
        except ValueError:
            raise self.wrong() from None

    def yes(self) -> bool:
        if self.value not in {"true", "false", "1", "0"}:
            raise self.wrong()
        return self.value in {"true", "1"}


def open_message(data: bytes, roots: Mapping[str, str], max_bytes: int = MAX_BYTES) -> tuple[str, Node]:
    """The name of the message (`camt.054.001.08`) and its root element.

    `roots` says which messages are expected and the element each has under `Document`. Raises UnreadableMessage.
    """
    if not data.strip():
        raise UnreadableMessage("empty")
    if len(data) > max_bytes:
        raise UnreadableMessage("too_large", found=f"{len(data)} > {max_bytes}")
    document = _parse(data)
    namespace, _, tag = document.tag.removeprefix("{").rpartition("}")
    name = namespace.removeprefix(NAMESPACE)
    if tag != "Document" or not namespace.startswith(NAMESPACE) or name not in roots:
        raise UnreadableMessage("unknown_message", found=document.tag[:120])
    return name, Node(document, namespace, "Document").need(roots[name])


def _parse(data: bytes) -> Element:
    try:
        document: Element = fromstring(data, forbid_dtd=True)
    except (DTDForbidden, EntitiesForbidden, ExternalReferenceForbidden):
        raise UnreadableMessage("doctype") from None
    except (ParseError, ValueError, LookupError) as error:  # the last two: an encoding nobody knows
        raise UnreadableMessage("not_xml", found=str(error)[:200]) from None
    return document

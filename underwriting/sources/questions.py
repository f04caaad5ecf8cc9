"""A source outside, a question to it, and its reply as it came. Pure: `underwriting.outside` is what speaks."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Source:
    """One service of one host.

    At most `requests` within `per_seconds` are sent to it, by all workers together. An answer is kept for
    `fresh_seconds`. A body above `largest_bytes` is not read to its end. A host without https is told so by
    `has_https`: what it says may have been changed on the way.
    """

    name: str
    address: str
    licence: str
    requests: int
    per_seconds: float
    fresh_seconds: int = 24 * 3600
    timeout_seconds: float = 10.0
    largest_bytes: int = 8 * 1024 * 1024
    # Ends of names of hosts its answers may come from by a redirect, besides its own.
    also_at: tuple[str, ...] = ()
    has_https: bool = True


@dataclass(frozen=True, slots=True)
class Question:
    """One HTTP request: `path` is under the source's address, `body` is sent as it stands.

    A 404 is an answer with many services: `missing` are the status codes that mean "there is none", where the body
    must still be read by the reader when `reads_missing`.
    """

    path: str
    method: str = "GET"
    parameters: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    credentials: tuple[str, str] | None = None
    missing: frozenset[int] = field(default=frozenset({404}))
    reads_missing: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the body's bytes as sent, and what the headers say of them."""

    status_code: int
    content: bytes
    content_type: str = ""
    charset: str = ""

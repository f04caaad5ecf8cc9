"""One request and its reply, or a typed failure: nothing else comes out of here."""

import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import httpx
from django.conf import settings

from underwriting.outside.deadline import Deadline
from underwriting.sources.questions import Question, Reply, Source

CONNECT_SECONDS = 5.0
CHUNK = 64 * 1024
_REDIRECTS = {301, 302, 303, 307, 308}
_KEEP_METHOD = {307, 308}
_PASSING = {500, 502, 503, 504}


class NoReply(Exception):
    """Nothing that can be read: why, and whether the same may go well a moment later."""

    def __init__(self, reason: str, *, is_passing: bool, is_of_host: bool = True) -> None:
        super().__init__(reason)
        self.reason, self.is_passing, self.is_of_host = reason, is_passing, is_of_host


class TooMany(Exception):
    """The host asks for fewer requests; `seconds` as it says, None when it does not."""

    def __init__(self, seconds: float | None) -> None:
        super().__init__("too many requests")
        self.seconds = seconds


class Unusable(Exception):
    """A body that is not worth reading."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The source is asked at another of its own addresses."""

    url: str


def url_of(source: Source, question: Question) -> str:
    url = httpx.URL(f"{source.address.rstrip('/')}/{question.path.lstrip('/')}")
    return str(url.copy_merge_params(dict(question.parameters)) if question.parameters else url)


def exchange(source: Source, question: Question, url: str, seconds: float, at: datetime) -> Reply | Moved:
    """Send the question once and take the reply in; raises NoReply, TooMany or Unusable.

    `seconds` is the time for everything: to connect, to be answered, to read the body to its end.
    """
    ends_at = time.monotonic() + seconds
    timeout = httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))
    try:
        with (
            httpx.Client(transport=Deadline(ends_at), timeout=timeout, trust_env=False) as client,
            client.stream(
                question.method,
                url,
                headers=_headers(question),
                content=question.body or None,
                auth=question.credentials,
                follow_redirects=False,
            ) as response,
        ):
            return _take_in(source, question, url, response, at)
    except httpx.TimeoutException as error:
        raise NoReply(f"time-out ({type(error).__name__})", is_passing=True) from error
    except httpx.RemoteProtocolError as error:
        raise NoReply("the connection was closed before the end", is_passing=True) from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise NoReply(f"no connection ({type(error).__name__})", is_passing=True) from error


def _headers(question: Question) -> dict[str, str]:
    return {
        "User-Agent": f"UnlockFocus/1 ({settings.OUTSIDE_CONTACT or 'no contact given'})",
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        **question.headers,
    }


def _take_in(source: Source, question: Question, url: str, response: httpx.Response, at: datetime) -> Reply | Moved:
    status = response.status_code
    if status in _REDIRECTS:
        return Moved(_other_address(source, question, url, response))
    if status == httpx.codes.TOO_MANY_REQUESTS:
        raise TooMany(_retry_after(response, at))
    if not response.is_success and status not in question.missing:
        if status == httpx.codes.SERVICE_UNAVAILABLE and (seconds := _retry_after(response, at)) is not None:
            raise TooMany(seconds)
        raise NoReply(f"status {status}", is_passing=status in _PASSING, is_of_host=response.is_server_error)
    kind, _, _ = response.headers.get("content-type", "").partition(";")
    content = b"".join(_body(source, response))
    return Reply(status, content, kind.strip().lower(), response.charset_encoding or "")


def _body(source: Source, response: httpx.Response) -> Iterator[bytes]:
    """The body, unpacked, no further than is allowed: neither what is sent nor what it unpacks to."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip", "x-gzip", "deflate", ""}:
        raise Unusable(f"encoded as {encoding[:20]}")
    unpacked = zlib.decompressobj(wbits=47) if encoding not in {"identity", ""} else None
    left = source.largest_bytes
    for chunk in response.iter_raw(CHUNK):
        content = _unpack(unpacked, chunk, left) if unpacked else chunk
        left -= len(content)
        if left < 0:
            raise Unusable(f"more than {source.largest_bytes:,} bytes")
        yield content
    if unpacked and not unpacked.eof:
        raise Unusable("compressed, and cut off")


def _unpack(unpacked: "zlib._Decompress", chunk: bytes, left: int) -> bytes:
    try:
        return unpacked.decompress(chunk, left + 1)
    except zlib.error as error:
        raise Unusable("compressed, and not readable") from error


def _other_address(source: Source, question: Question, url: str, response: httpx.Response) -> str:
    """Where the source wants to be asked instead: an https address of its own host, or it is refused."""
    target: str = urljoin(url, str(response.headers.get("location", "")))
    home, there = urlsplit(source.address), urlsplit(target)
    is_same_origin = (there.scheme, there.netloc) == (home.scheme, home.netloc)
    is_own_https = there.scheme == "https" and there.netloc == home.hostname
    if not (is_same_origin or is_own_https):
        raise NoReply(f"redirected to {there.scheme}://{there.netloc}"[:120], is_passing=False, is_of_host=False)
    if question.method != "GET" and response.status_code not in _KEEP_METHOD:
        raise NoReply("redirected, and the question would be lost", is_passing=False, is_of_host=False)
    return target


def _retry_after(response: httpx.Response, at: datetime) -> float | None:
    """Seconds to wait, from a number of them or from an instant."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), 7 * 86400.0)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max((until - at).total_seconds(), 0.0), 7 * 86400.0)

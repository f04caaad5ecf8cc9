"""Replies kept for a while: the bytes as they came, under a digest of the question.

Only replies that answered the question are kept. They are read again each time, so that what is kept is never trusted
more than what arrives.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from underwriting.outside import store
from underwriting.outside.limiter import host_of
from underwriting.sources.questions import Question, Reply, Source

# Lists of many megabytes have their own place: what asks for them keeps what it made of them.
LARGEST = 1024 * 1024
# A company may be registered tomorrow: "there is none" is believed for an hour at most.
NOT_FOUND_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Kept:
    """A reply, the address it came from and the instant it did."""

    reply: Reply
    url: str
    fetched_at: datetime


def find(source: Source, question: Question, url: str) -> Kept | None:
    """What is kept for the question, if anything readable is."""
    key = _key(source, question, url)
    stored = store.or_without(lambda: store.shared().get(key), lambda: None, "finding a reply")
    return _read(stored) if isinstance(stored, bytes) else None


def keep(source: Source, question: Question, asked: str, kept: Kept, *, is_found: bool) -> None:
    """Keep a reply to the question asked at that address for as long as the source's answers are fresh."""
    seconds = source.fresh_seconds if is_found else min(source.fresh_seconds, NOT_FOUND_SECONDS)
    if seconds <= 0 or len(kept.reply.content) > LARGEST:
        return
    reply = kept.reply
    head = {
        "status_code": reply.status_code,
        "content_type": reply.content_type,
        "charset": reply.charset,
        "url": kept.url,
        "fetched_at": kept.fetched_at.isoformat(),
    }
    content = json.dumps(head).encode() + b"\n" + reply.content
    key = _key(source, question, asked)
    store.or_without(lambda: bool(store.shared().set(key, content, ex=seconds)), lambda: False, "keeping a reply")


def forget(source: Source, question: Question, url: str) -> None:
    key = _key(source, question, url)
    store.or_without(lambda: bool(store.shared().delete(key)), lambda: False, "forgetting a reply")


def _key(source: Source, question: Question, url: str) -> str:
    headers = sorted((name.lower(), value) for name, value in question.headers.items())
    parts = [source.name, question.method, url, headers, list(question.credentials or ())]
    digest = sha256(json.dumps(parts, ensure_ascii=False).encode() + b"\n" + question.body).hexdigest()
    return f"{store.PREFIX}:reply:{host_of(source)}:{digest}"


def _read(stored: bytes) -> Kept | None:
    head, _, content = stored.partition(b"\n")
    try:
        about = json.loads(head)
        reply = Reply(about["status_code"], content, about["content_type"], about["charset"])
        return Kept(reply, about["url"], datetime.fromisoformat(about["fetched_at"]))
    except (ValueError, KeyError, TypeError):
        return None

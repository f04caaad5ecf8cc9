"""How often a host is asked, by all workers together.

Every request takes a place in a log of the host: a place is free once fewer than `requests` others lie within
`per_seconds` before it. The places are given in turn, some a little ahead, so that who waits need not ask again. A host
that said "too many" with a time is left alone for that time by everybody.
"""

import threading
from urllib.parse import urlsplit

from underwriting.outside import store
from underwriting.outside.clock import Clock
from underwriting.sources.questions import Source

# Without Redis every process counts alone, and keeps to a quarter of the rate.
CARE = 4
LONGEST_PAUSE = 24 * 3600.0

# KEYS: the log of the host, its pause. ARGV: requests, window, longest wait (both in microseconds).
# Gives the wait in microseconds and 1 when a place was taken, 0 when it would have been too long.
_TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local requests, window, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local pause = redis.call('PTTL', KEYS[2])
local place = now
if pause > 0 then place = now + pause * 1000 end
local before = redis.call('ZREVRANGE', KEYS[1], requests - 1, requests - 1, 'WITHSCORES')
if before[2] and before[2] + window > place then place = before[2] + window end
if place - now > longest then return {place - now, 0} end
local turn = redis.call('INCR', KEYS[1] .. ':turn')
redis.call('ZADD', KEYS[1], string.format('%.0f', place), turn)
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -5001)
local life = math.ceil((place - now + window) / 1000) + 1000
redis.call('PEXPIRE', KEYS[1], math.max(life, redis.call('PTTL', KEYS[1])))
redis.call('PEXPIRE', KEYS[1] .. ':turn', 86400000)
return {place - now, 1}
"""


class TooOften(Exception):
    """The next free place is too far away: `seconds` from now."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no free place for {seconds:.1f} s")
        self.seconds = seconds


def host_of(source: Source) -> str:
    return urlsplit(source.address).netloc


def take_place(source: Source, longest: float, clock: Clock) -> None:
    """Wait for a place and take it; raises TooOften, at once, when that would take more than `longest` seconds."""
    wait, is_taken = store.or_without(
        lambda: _shared_place(source, longest), lambda: _alone.place(source, longest, clock), "limiting requests"
    )
    if not is_taken:
        raise TooOften(wait)
    if wait > 0:
        clock.sleep(wait)


def pause(source: Source, seconds: float, clock: Clock) -> None:
    """Leave the host alone for some time: it asked for that."""
    seconds = min(max(seconds, 0.001), LONGEST_PAUSE)
    host = host_of(source)
    store.or_without(
        lambda: bool(store.shared().set(f"{store.PREFIX}:pause:{host}", b"1", px=int(seconds * 1000) or 1)),
        lambda: _alone.hold(host, clock.monotonic() + seconds),
        "pausing a host",
    )


def _shared_place(source: Source, longest: float) -> tuple[float, bool]:
    host = host_of(source)
    keys = [f"{store.PREFIX}:places:{host}", f"{store.PREFIX}:pause:{host}"]
    micro = 1_000_000
    wait, is_taken = store.run(
        _TAKE, keys, source.requests, int(source.per_seconds * micro), int(max(longest, 0) * micro)
    )
    return int(wait) / micro, bool(is_taken)


class _Alone:
    """The places of one process that counts by itself: evenly spaced, never in a burst."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}

    def place(self, source: Source, longest: float, clock: Clock) -> tuple[float, bool]:
        host, now = host_of(source), clock.monotonic()
        with self._lock:
            place = max(now, self._next.get(host, now))
            if place - now > longest:
                return place - now, False
            self._next[host] = place + CARE * source.per_seconds / source.requests
            return place - now, True

    def hold(self, host: str, until: float) -> bool:
        with self._lock:
            self._next[host] = max(until, self._next.get(host, until))
        return True


_alone = _Alone()

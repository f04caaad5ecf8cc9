"""A host that fails again and again is left alone for a while; then one request, and one only, tries it.

Failing means that it does not answer or says that it cannot (5xx). A refusal, a "too many" and an odd body are answers.
"""

import threading
from dataclasses import dataclass
from uuid import uuid4

from underwriting.outside import store
from underwriting.outside.clock import Clock
from underwriting.outside.limiter import host_of
from underwriting.sources.questions import Source

MOST_FAILURES = 5
COOLING_SECONDS = 60.0
# Failures further apart than this are not counted together.
MEMORY_SECONDS = 600.0
# A worker that was killed while it tried the host does not keep the others from it for longer.
PROBE_SECONDS = 60.0

# KEYS: the host's state, its open mark, its probe. ARGV: failures it takes, token, life of a probe in milliseconds.
# Gives -1 when closed, -2 when this one is the probe, else the milliseconds to wait.
_ADMIT = """
if tonumber(redis.call('GET', KEYS[1]) or '0') < tonumber(ARGV[1]) then return -1 end
local cooling = redis.call('PTTL', KEYS[2])
if cooling > 0 then return cooling end
if redis.call('SET', KEYS[3], ARGV[2], 'NX', 'PX', ARGV[3]) then return -2 end
return redis.call('PTTL', KEYS[3])
"""
# ARGV: failures it takes, token, cooling, memory (both in milliseconds).
_FAIL = """
local failures = redis.call('INCR', KEYS[1])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
if failures >= tonumber(ARGV[1]) then redis.call('SET', KEYS[2], '1', 'PX', ARGV[3]) end
if redis.call('GET', KEYS[3]) == ARGV[2] then redis.call('DEL', KEYS[3]) end
return failures
"""

_GIVE_UP = "if redis.call('GET', KEYS[3]) == ARGV[1] then return redis.call('DEL', KEYS[3]) end return 0"


@dataclass(frozen=True, slots=True)
class Pass:
    """Leave to ask a host; `token` tells the probe."""

    host: str
    token: str


class Open(Exception):
    """The host is left alone for `seconds` more."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"left alone for {seconds:.0f} s after repeated failures")
        self.seconds = seconds


def let_pass(source: Source, clock: Clock) -> Pass:
    """Leave to ask the host of a source; raises Open."""
    leave = Pass(host_of(source), uuid4().hex)
    wait = store.or_without(
        lambda: int(store.run(_ADMIT, _keys(leave.host), MOST_FAILURES, leave.token, int(PROBE_SECONDS * 1000))) / 1000,
        lambda: _alone.wait(leave.host, clock),
        "asking the breaker",
    )
    if wait >= 0:
        raise Open(wait)
    return leave


def succeeded(leave: Pass) -> None:
    store.or_without(
        lambda: bool(store.shared().delete(*_keys(leave.host))),
        lambda: _alone.forget(leave.host),
        "closing the breaker",
    )


def gave_up(leave: Pass) -> None:
    """The host was not asked after all: another may be the probe."""
    store.or_without(lambda: bool(store.run(_GIVE_UP, _keys(leave.host), leave.token)), lambda: False, "giving up")


def failed(leave: Pass, clock: Clock) -> None:
    arguments = (MOST_FAILURES, leave.token, int(COOLING_SECONDS * 1000), int(MEMORY_SECONDS * 1000))
    store.or_without(
        lambda: bool(store.run(_FAIL, _keys(leave.host), *arguments)),
        lambda: _alone.fail(leave.host, clock),
        "counting a failure",
    )


def _keys(host: str) -> list[str]:
    return [f"{store.PREFIX}:{what}:{host}" for what in ("failures", "open", "probe")]


class _Alone:
    """One process by itself: after a cooling, the next who asks is the probe and the others wait as long again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures: dict[str, int] = {}
        self._until: dict[str, float] = {}

    def wait(self, host: str, clock: Clock) -> float:
        now = clock.monotonic()
        with self._lock:
            if self._failures.get(host, 0) < MOST_FAILURES:
                return -1.0
            if now < self._until[host]:
                return self._until[host] - now
            self._until[host] = now + PROBE_SECONDS
            return -2.0

    def fail(self, host: str, clock: Clock) -> bool:
        with self._lock:
            self._failures[host] = self._failures.get(host, 0) + 1
            self._until[host] = clock.monotonic() + COOLING_SECONDS
        return True

    def forget(self, host: str) -> bool:
        with self._lock:
            self._failures.pop(host, None)
            self._until.pop(host, None)
        return True


_alone = _Alone()

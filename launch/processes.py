"""Knowing our processes from everybody else's (by /proc, never by a bare number), and ending them."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from launch import interrupts

PROC = Path("/proc")
MARK = "UNLOCKFOCUS_LAUNCH"
_SET_PARENT_DEATH_SIGNAL = 1
_children: "dict[int, subprocess.Popen[bytes]]" = {}
_libc = ctypes.CDLL(None)


def is_running(pid: int) -> bool:
    """Whether a process exists and is more than a zombie waiting for its parent."""
    if (child := _children.get(pid)) is not None:
        return child.poll() is None
    try:
        state = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state not in {"Z", "X"}


def adopt(process: "subprocess.Popen[bytes]") -> int:
    """The pid of a child that may outlive us; while we live, it is reaped when it ends."""
    _children[process.pid] = process
    return process.pid


def with_arguments(program: str, argument: str) -> list[int]:
    """Running processes named `program` that were started with exactly this argument."""

    def matches(pid: int) -> bool:
        arguments = _read(pid, "cmdline")
        return bool(arguments) and os.path.basename(arguments[0]) == program and argument in arguments

    return _find(matches)


def with_mark(mark: str) -> list[int]:
    """Running processes, however deep, that were started with `MARK=mark` in their environment; never ourselves."""
    entry = f"{MARK}={mark}"
    return _find(lambda pid: pid != os.getpid() and entry in _read(pid, "environ"))


def end(pids: Collection[int], first: signal.Signals, patience: float) -> None:
    """Ask with the signal `first`; what still runs after `patience` seconds is killed."""
    _signal(pids, first)
    if not wait_until_gone(lambda: _any_running(pids), patience):
        _signal(pids, signal.SIGKILL)
        wait_until_gone(lambda: _any_running(pids), 5)


def wait_until_gone(still_there: Callable[[], bool], patience: float) -> bool:
    """Whether `still_there` turned false within `patience` seconds; a hurried close waits no longer than a moment."""
    start = time.monotonic()
    while still_there():
        waited = time.monotonic() - start
        if waited > patience or (interrupts.hurried() and waited > 0.5):
            return False
        time.sleep(0.05)
    return True


def die_with_parent() -> None:
    """For `preexec_fn`: the kernel sends SIGTERM when the door is killed, so nothing is left behind."""
    _libc.prctl(_SET_PARENT_DEATH_SIGNAL, int(signal.SIGTERM), 0, 0, 0)


def marked(environment: Mapping[str, str], mark: str) -> dict[str, str]:
    """The environment plus the mark by which `with_mark` recognises every descendant."""
    return {**environment, MARK: mark}


def _any_running(pids: Iterable[int]) -> bool:
    return any(is_running(pid) for pid in pids)


def _signal(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def _find(matches: Callable[[int], bool]) -> list[int]:
    pids = (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())
    return sorted(pid for pid in pids if matches(pid) and is_running(pid))


def _read(pid: int, name: str) -> list[str]:
    """The NUL-separated entries of a file of /proc; none when the process is gone or not ours to read."""
    try:
        return os.fsdecode((PROC / str(pid) / name).read_bytes()).rstrip("\0").split("\0")
    except OSError:
        return []

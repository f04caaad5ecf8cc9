"""How the door speaks: short lines on the error stream; standard output belongs to the command that was asked for."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

WIDTH = 44


class Refusal(Exception):
    """The door cannot go on; the text says why and what to do, in words a newcomer can act on."""


def say(line: str = "") -> None:
    """One line to the person at the terminal."""
    print(line, file=sys.stderr, flush=True)


def finished(what: str, since: float) -> str:
    """The line of a finished step and how long it took; `since` is a reading of `time.monotonic`."""
    return f"  {what:<{WIDTH}}{time.monotonic() - since:6.1f} s"


@contextmanager
def step(what: str) -> Iterator[None]:
    """Announce a step that takes a while, then how long it took; a step that fails ends its line first."""
    since = time.monotonic()
    print(f"  {what:<{WIDTH}}", end="", file=sys.stderr, flush=True)
    try:
        yield
    except BaseException:
        say()
        raise
    say(f"{time.monotonic() - since:6.1f} s")

"""Ctrl-C, SIGTERM and SIGHUP: the first unwinds the program through its `finally` blocks, later ones only hurry it."""

import signal
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """Somebody asked the door to close."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


class _State:
    closing = False
    hurried = False


def listen() -> None:
    """From now on a request to end raises `Interrupted`; SIGHUP stays ignored under nohup."""
    for number in SIGNALS:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _received)


def listen_again() -> None:
    """The request was passed on to somebody else; the next one raises again."""
    _State.closing = False


def begin_closing() -> None:
    """Signals no longer raise: what is being ended now must be ended to the last process."""
    _State.closing = True


def hurried() -> bool:
    """Whether a signal arrived while closing: grace periods are over."""
    return _State.hurried


def _received(number: int, _frame: FrameType | None) -> None:
    if _State.closing:
        _State.hurried = True
        return
    _State.closing = True
    raise Interrupted(number)

"""Commands the person asked for by name: they own the terminal and standard output, the door waits and tidies up."""

import os
import secrets
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from launch import interrupts, processes
from launch.supervisor import wait_for

PATIENCE = 10.0


def run(command: Sequence[str], directory: Path, environment: Mapping[str, str]) -> int:
    """The exit status of a command that shares our terminal; a request to end is passed on, and nothing outlives it."""
    mark = secrets.token_hex(16)
    process = subprocess.Popen(
        command,
        cwd=directory,
        env=processes.marked(environment, mark),
        preexec_fn=processes.die_with_parent,
    )
    try:
        return _status(wait_through(process))
    finally:
        interrupts.begin_closing()
        processes.end(processes.with_mark(mark), signal.SIGTERM, PATIENCE)
        process.wait()


def wait_through(process: "subprocess.Popen[bytes]") -> int:
    """Wait for the process; it decides what a Ctrl-C means (a shell goes on), and a SIGTERM or SIGHUP is passed on."""
    while True:
        try:
            return wait_for(process)
        except interrupts.Interrupted as interrupted:
            interrupts.listen_again()
            if interrupted.number != signal.SIGINT or not _terminal_told_everybody():
                process.send_signal(interrupted.number)


def _terminal_told_everybody() -> bool:
    """Whether we are in the foreground of a terminal, where Ctrl-C reaches the child without us."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    finally:
        os.close(terminal)


def _status(status: int) -> int:
    """What a shell would report: 128 plus the signal for a command that was killed."""
    return 128 - status if status < 0 else status

"""The parts of the running product: started together, watched, and ended together down to the last process."""

import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from launch import processes
from launch.checkout import open_log, quoted
from launch.console import Refusal, say

STOP_PATIENCE = 10.0
LINES_AT_ONCE = 12
# What Celery writes about every task that went well; shown in the log file only.
ROUTINE = ("Scheduler: Sending due task", "] received", "] succeeded in")


@dataclass
class Part:
    """One process the product consists of, and how much of its log was shown already."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path
    read: int
    ready_line: str

    @property
    def is_ready(self) -> bool:
        """Whether it said so, if it is one that does."""
        return not self.ready_line

    def new_lines(self) -> list[str]:
        """The whole lines written since the last call, without routine ones and without those before it was ready."""
        with self.log.open("rb") as file:
            file.seek(self.read)
            text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self.read += len(whole)
        lines = whole.decode(errors="replace").splitlines()
        while lines and not self.is_ready:
            if self.ready_line in lines.pop(0):
                self.ready_line = ""
        return [line for line in lines if line and not any(routine in line for routine in ROUTINE)]


@dataclass
class Supervisor:
    """Starts parts with a mark in their environment, so that whatever they start in turn is known as ours."""

    directory: Path
    environment: Mapping[str, str]
    mark: str
    parts: list[Part] = field(default_factory=list)

    def start(
        self, name: str, command: Sequence[str], log: Path, *, keep_open: Sequence[int] = (), ready_line: str = ""
    ) -> None:
        """Start one part; it inherits the file descriptors `keep_open`, and logs `ready_line` once it can work."""
        with open_log(log) as output:
            read = output.tell()
            process = subprocess.Popen(
                command,
                cwd=self.directory,
                env=processes.marked(self.environment, self.mark),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=keep_open,
                start_new_session=True,
                preexec_fn=processes.die_with_parent,
            )
        self.parts.append(Part(name, process, log, read, ready_line))

    def is_ready(self) -> bool:
        """Whether every part that announces when it is ready has done so; `check` listens for it."""
        return all(part.is_ready for part in self.parts)

    def check(self) -> None:
        """Show what the parts had to say; raise Refusal with the last lines of a part that ended by itself."""
        for part in self.parts:
            ended = part.process.poll()
            if ended is not None:
                raise Refusal(f"The {part.name} stopped by itself ({_how(ended)}). {quoted(part.log)}")
            for line in shortened(part.new_lines(), part.log):
                say(f"{part.name:>10} | {line}")

    def stop(self) -> None:
        """End every part gracefully, then whatever is left of them and of their children."""
        for part in self.parts:
            if part.process.poll() is None:
                part.process.send_signal(signal.SIGTERM)
        processes.wait_until_gone(self._any_part_runs, STOP_PATIENCE)
        processes.end(processes.with_mark(self.mark), signal.SIGKILL, 5)
        for part in self.parts:
            part.process.wait()
        self.parts.clear()

    def _any_part_runs(self) -> bool:
        return any(part.process.poll() is None for part in self.parts)


def shortened(lines: list[str], log: Path) -> list[str]:
    """The lines; of more than a terminal bears at once only the first and the last, and where to read the rest."""
    half = LINES_AT_ONCE // 2
    if len(lines) <= LINES_AT_ONCE:
        return lines
    return [*lines[:half], f"... {len(lines) - 2 * half} more lines in {log}", *lines[-half:]]


def wait_for(process: "subprocess.Popen[bytes]", pause: float = 0.05) -> int:
    """The exit status of a process, waited for in a way that lets signals through."""
    while process.poll() is None:
        time.sleep(pause)
    return process.returncode


def _how(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"

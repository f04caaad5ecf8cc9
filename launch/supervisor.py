"""The parts of the running product: started together, watched, and ended together down to the last process."""

import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from launch import processes
from launch.checkout import quoted
from launch.console import Refusal, say

STOP_PATIENCE = 10.0
# What Celery writes about every task that went well; shown in the log file only.
ROUTINE = ("Scheduler: Sending due task", "] received", "] succeeded in")


@dataclass
class Part:
    """One process the product consists of, and how much of its log was shown already."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path
    shown: int

    def new_lines(self) -> list[str]:
        """The whole lines written since the last call, without the routine ones."""
        with self.log.open("rb") as file:
            file.seek(self.shown)
            text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self.shown += len(whole)
        lines = whole.decode(errors="replace").splitlines()
        return [line for line in lines if line and not any(routine in line for routine in ROUTINE)]


@dataclass
class Supervisor:
    """Starts parts with a mark in their environment, so that whatever they start in turn is known as ours."""

    directory: Path
    environment: Mapping[str, str]
    mark: str
    parts: list[Part] = field(default_factory=list)

    def start(self, name: str, command: Sequence[str], log: Path, *, keep_open: Sequence[int] = ()) -> Part:
        """Start one part; `keep_open` are file descriptors it inherits."""
        with log.open("ab") as output:
            shown = output.tell()
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
        part = Part(name, process, log, shown)
        self.parts.append(part)
        return part

    def check(self) -> None:
        """Show what the parts had to say; raise Refusal with the last lines of a part that ended by itself."""
        for part in self.parts:
            ended = part.process.poll()
            if ended is not None:
                raise Refusal(f"The {part.name} stopped by itself ({_how(ended)}). {quoted(part.log)}")
            for line in part.new_lines():
                say(f"{part.name:>6} | {line}")

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


def wait_for(process: "subprocess.Popen[bytes]", pause: float = 0.05) -> int:
    """The exit status of a process, waited for in a way that lets signals through."""
    while process.poll() is None:
        time.sleep(pause)
    return process.returncode


def _how(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"

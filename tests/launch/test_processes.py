"""Which processes are ours, and that they end."""

import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from launch import processes
from launch.console import Refusal
from launch.supervisor import Supervisor, shortened

SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]
HAS_A_CHILD = [sys.executable, "-c", f"import subprocess, time; subprocess.Popen({SLEEPS!r}); time.sleep(60)"]
IGNORES_SIGTERM = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
]


def supervisor(directory: Path) -> Supervisor:
    return Supervisor(directory, os.environ, secrets.token_hex(16))


def eventually(condition, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(condition())


def test_a_mark_is_found_on_grandchildren_and_on_nobody_else(tmp_path: Path) -> None:
    ours, theirs = supervisor(tmp_path), supervisor(tmp_path)
    ours.start("parent", HAS_A_CHILD, tmp_path / "log")
    theirs.start("other", SLEEPS, tmp_path / "log")
    try:
        assert eventually(lambda: len(processes.with_mark(ours.mark)) == 2)
        assert not set(processes.with_mark(ours.mark)) & set(processes.with_mark(theirs.mark))
    finally:
        ours.stop()
        theirs.stop()


def test_stopping_ends_grandchildren_too(tmp_path: Path) -> None:
    parts = supervisor(tmp_path)
    parts.start("parent", HAS_A_CHILD, tmp_path / "log")
    assert eventually(lambda: len(processes.with_mark(parts.mark)) == 2)

    parts.stop()

    assert processes.with_mark(parts.mark) == []


def test_a_process_that_ignores_the_request_to_end_is_killed(tmp_path: Path) -> None:
    process = subprocess.Popen(IGNORES_SIGTERM, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"deaf\n"

    processes.end([process.pid], signal.SIGTERM, patience=0.2)

    assert process.wait(5) == -signal.SIGKILL
    process.stdout.close()


def test_a_zombie_is_not_running(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    stat = Path(f"/proc/{process.pid}/stat")

    assert eventually(lambda: stat.read_text().rpartition(")")[2].split()[0] == "Z")
    assert not processes.is_running(process.pid)
    process.wait()


def test_a_server_is_known_by_its_program_and_an_exact_argument(tmp_path: Path) -> None:
    process = subprocess.Popen(["sleep", "60", "0.5"])
    try:
        assert eventually(lambda: process.pid in processes.with_arguments("sleep", "0.5"))
        assert process.pid not in processes.with_arguments("sleep", "0")
        assert process.pid not in processes.with_arguments("postgres", "0.5")
    finally:
        process.kill()
        process.wait()


def test_a_part_that_ends_by_itself_is_named_with_the_last_lines_of_this_run(tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    log.write_text("=== started yesterday\nold trouble\n")
    parts = supervisor(tmp_path)
    parts.start("worker", [sys.executable, "-c", "print('no queue'); raise SystemExit(3)"], log)
    assert eventually(lambda: parts.parts[0].process.poll() is not None)

    with pytest.raises(Refusal) as refusal:
        parts.check()
    parts.stop()

    assert "The worker stopped by itself (exit status 3)." in str(refusal.value)
    assert "    no queue" in str(refusal.value)
    assert "old trouble" not in str(refusal.value)


def test_a_part_is_quiet_until_it_is_ready_and_routine_stays_in_its_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chatter = ["banner", "celery@here ready.", "Task a.b[1] received", "Task a.b[1] raised ValueError"]
    parts = supervisor(tmp_path)
    program = f"import time; print({chr(10).join(chatter)!r}, flush=True); time.sleep(60)"
    parts.start("worker", [sys.executable, "-c", program], tmp_path / "log", ready_line=" ready.")
    assert not parts.is_ready()

    def ready_after_check() -> bool:
        parts.check()
        return parts.is_ready()

    try:
        assert eventually(ready_after_check)
    finally:
        parts.stop()
    assert capsys.readouterr().err == "    worker | Task a.b[1] raised ValueError\n"


def test_a_flood_of_lines_is_shown_by_its_ends(tmp_path: Path) -> None:
    log = tmp_path / "worker.log"

    assert shortened([str(number) for number in range(12)], log) == [str(number) for number in range(12)]
    assert shortened([str(number) for number in range(100)], log) == [
        *("0", "1", "2", "3", "4", "5"),
        f"... 88 more lines in {log}",
        *("94", "95", "96", "97", "98", "99"),
    ]


def test_parts_end_when_the_door_is_killed(tmp_path: Path) -> None:
    mark = secrets.token_hex(16)
    program = f"""
import os, time
from pathlib import Path
from launch.supervisor import Supervisor
Supervisor(Path("."), os.environ, {mark!r}).start("part", {SLEEPS!r}, Path({str(tmp_path / "log")!r}))
time.sleep(60)
"""
    door = subprocess.Popen([sys.executable, "-c", program], cwd=Path(__file__).parents[2])
    assert eventually(lambda: len(processes.with_mark(mark)) == 1)

    door.kill()
    door.wait()

    assert eventually(lambda: processes.with_mark(mark) == [])

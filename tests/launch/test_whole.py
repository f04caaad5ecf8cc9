"""`./run` as a person meets it: started, called twice, killed, started again, ended with Ctrl-C."""

import http.client
import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from launch import processes
from launch.checkout import Checkout
from tests.launch.conftest import ROOT, run

PATIENCE = 90


@contextmanager
def started(terminal: dict[str, str], port: int) -> Iterator["subprocess.Popen[str]"]:
    """`./run`, from the line that says it is ready; it is ended in any case."""
    process = subprocess.Popen(
        [ROOT / "run"],
        cwd=ROOT,
        env={**terminal, "PORT": str(port)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        said = []
        for line in process.stdout:
            said.append(line)
            if "Ctrl-C stops everything" in line:
                break
        else:
            pytest.fail("./run ended instead of becoming ready:\n" + "".join(said))
        process.said = "".join(said)  # type: ignore[attr-defined]
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)


@pytest.fixture
def port() -> int:
    """One that is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def mark_of(checkout: Checkout) -> str:
    return str(json.loads((checkout.data / "run.json").read_text())["mark"])


def servers_of(checkout: Checkout) -> list[int]:
    """The two servers; a backend PostgreSQL has just forked still bears its parent's arguments and is left out."""
    home = checkout.data / "services"
    found = [
        *processes.with_arguments("postgres", str(home / "postgres")),
        *processes.with_arguments("valkey-server", str(home / "valkey")),
    ]
    return [pid for pid in found if parent_of(pid) not in found]


def parent_of(pid: int) -> int | None:
    """None once the process is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def page(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers={"Host": "localhost"})
    response = connection.getresponse()
    answer = response.status, response.read().decode()
    connection.close()
    return answer


def test_from_nothing_to_a_page_twice_killed_and_ended(terminal: dict[str, str], checkout: Checkout, port: int) -> None:
    with started(terminal, port) as door:
        assert f"http://localhost:{port}" in door.said
        assert "underwriter" in door.said
        status, front_page = page(port, "/")
        assert status == 200
        assert "Unlock Focus" in front_page

        second = run(environment={**terminal, "PORT": "0" + str(port)})
        assert second.returncode == 1
        assert "Unlock Focus runs from this directory already" in second.stderr
        assert f"http://localhost:{port}" in second.stderr

        mark, servers = mark_of(checkout), servers_of(checkout)
        assert len(servers) == 2
        assert len(processes.with_mark(mark)) == 7  # web server and worker with two children each, and the clock
        for pid in [door.pid, *processes.with_mark(mark), *servers]:
            os.kill(pid, signal.SIGKILL)
        door.wait(PATIENCE)

    with started(terminal, port) as door:
        assert page(port, "/healthz")[0] == 200
        mark, servers = mark_of(checkout), servers_of(checkout)
        door.send_signal(signal.SIGINT)
        said, _ = door.communicate(timeout=PATIENCE)

        assert door.returncode == 0
        assert said.splitlines()[-2:] == ["Stopping.", "Stopped."]
        assert processes.with_mark(mark) == []
        assert not any(processes.is_running(pid) for pid in servers)
        assert not (checkout.data / "run.json").exists()


def test_a_part_that_dies_ends_the_rest_with_a_plain_word(
    terminal: dict[str, str], checkout: Checkout, port: int
) -> None:
    with started(terminal, port) as door:
        mark = mark_of(checkout)
        (clock,) = [pid for pid in processes.with_arguments("python", "beat") if pid in processes.with_mark(mark)]
        os.kill(clock, signal.SIGKILL)
        said, _ = door.communicate(timeout=PATIENCE)

    assert door.returncode == 1
    assert "The clock stopped by itself (killed by SIGKILL). Last lines of" in said
    assert processes.with_mark(mark) == []
    assert servers_of(checkout) == []

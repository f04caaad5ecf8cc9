"""What `./run` says before it does anything."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from launch.console import Refusal
from launch.debian import line, missing_libraries
from launch.start import free_port, listening, wanted_port
from tests.launch.conftest import ROOT, run


def test_help_names_every_word_and_goes_to_standard_output(terminal: dict[str, str]) -> None:
    outcome = run("help", environment=terminal)

    assert outcome.returncode == 0
    for word in ("./run test", "./run lint", "./run bench NAME", "./run manage COMMAND", "./run lock"):
        assert word in outcome.stdout


@pytest.mark.parametrize("arguments", [("tset",), ("lint", "unlockfocus"), ("--port", "80")])
def test_an_unknown_word_is_answered_with_the_help_and_status_2(
    arguments: tuple[str, ...], terminal: dict[str, str]
) -> None:
    outcome = run(*arguments, environment=terminal)

    assert outcome.returncode == 2
    assert outcome.stdout == ""
    assert f"./run does not know '{' '.join(arguments)}'" in outcome.stderr
    assert "./run test [ARGUMENTS]" in outcome.stderr


def test_a_taken_port_is_refused_at_once_and_another_is_named(terminal: dict[str, str], checkout) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        outcome = run(environment={**terminal, "PORT": str(port)})

    assert outcome.returncode == 1
    assert f"Port {port} is taken by another program. Choose another: PORT=" in outcome.stderr
    assert not (checkout.data / "services").exists()


def test_the_suggested_port_is_free() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        suggestion = free_port(other.getsockname()[1])

    with listening(suggestion) as door:
        assert door.getsockname() == ("127.0.0.1", suggestion)


def test_the_port_is_8000_unless_the_environment_says_otherwise() -> None:
    assert wanted_port({}) == 8000
    assert wanted_port({"PORT": ""}) == 8000
    assert wanted_port({"PORT": "8123"}) == 8123


@pytest.mark.parametrize("text", ["http", "0", "65536", "-1", "80 80", "٨٠٠٠"])
def test_a_port_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="PORT must be a number from 1 to 65535"):
        wanted_port({"PORT": text})


def test_an_unknown_benchmark_is_answered_with_those_there_are(terminal: dict[str, str]) -> None:
    outcome = run("bench", "nothing", environment=terminal)

    assert outcome.returncode == 1
    assert "./run bench NAME, where NAME is one of:" in outcome.stderr


def test_what_is_missing_from_debian_is_named_as_one_types_it() -> None:
    libraries = {"libc.so.6": "libc6", "libnosuchthing.so.9": "libnosuchthing9"}

    assert missing_libraries(libraries) == ["libnosuchthing9"]
    assert line(["libnosuchthing9"]) == "apt-get install --no-install-recommends libnosuchthing9"


def test_a_management_command_may_be_typed_with_hyphens() -> None:
    for spelled in ("train-scorecard", "train_scorecard"):
        command = [sys.executable, ROOT / "manage.py", spelled, "--help"]
        shown = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (shown.returncode, "DIR/statements_dev.csv" in shown.stdout) == (0, True), shown.stderr


def test_a_management_command_has_standard_output_to_itself(terminal: dict[str, str], tmp_path: Path) -> None:
    outcome = run("manage", "shell", "--no-imports", "-c", "print('{}')", environment=terminal, directory=tmp_path)

    assert outcome.stdout == "{}\n", outcome.stderr
    assert "Starting PostgreSQL and Valkey" in outcome.stderr

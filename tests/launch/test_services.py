"""The embedded PostgreSQL and Valkey: started, shared, killed, found again, ended."""

import os
import shutil
import signal
import tempfile
from contextlib import ExitStack
from pathlib import Path

import psycopg2
import pytest

from launch import account, services
from launch.checkout import Checkout
from launch.processes import is_running
from launch.services import Services


def ask(running: Services, statement: str) -> str:
    """The single value a statement yields on the embedded database."""
    assert running.postgres is not None
    connection = psycopg2.connect(host=str(running.postgres.sockets), user="postgres", dbname="unlockfocus")
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return str(cursor.fetchone()[0]) if cursor.description else ""
    finally:
        connection.close()


def pids(running: Services) -> list[int]:
    return [pid for service in running.embedded for pid in service.pids()]


def test_the_services_last_as_long_as_somebody_uses_them(checkout: Checkout) -> None:
    with ExitStack() as second_user:
        with services.lasting(checkout, {}) as first:
            second = second_user.enter_context(services.lasting(checkout, {}))
            before = pids(first)
            assert pids(second) == before
            assert len(before) == 2
            assert ask(first, "SHOW fsync") == "on"
        assert pids(second) == before
        assert all(service.answers() for service in second.embedded)
    assert not any(is_running(pid) for pid in before)


def test_after_a_kill_of_everything_the_data_is_there_again(checkout: Checkout) -> None:
    with services.lasting(checkout, {}) as running:
        ask(running, "CREATE TABLE kept AS SELECT 'still here' AS word")
        for pid in pids(running):
            os.kill(pid, signal.SIGKILL)

    with services.lasting(checkout, {}) as running:
        assert ask(running, "SELECT word FROM kept") == "still here"


def test_a_pid_file_that_names_somebody_else_is_no_obstacle(checkout: Checkout) -> None:
    with services.lasting(checkout, {}) as running:
        assert running.postgres is not None
        pid_file = running.postgres.data / "postmaster.pid"
        words = pid_file.read_text().replace(str(running.postgres.pids()[0]), str(os.getpid()), 1)
    pid_file.write_text(words)
    (running.postgres.sockets / ".s.PGSQL.5432").touch()
    (running.postgres.sockets / "valkey.sock").touch()

    with services.lasting(checkout, {}) as running:
        assert ask(running, "SELECT 1") == "1"


def test_a_socket_directory_that_is_not_private_is_not_used(checkout: Checkout) -> None:
    with services.lasting(checkout, {}) as running:
        assert running.postgres is not None
        first = running.postgres.sockets
    first.chmod(0o777)

    with services.lasting(checkout, {}) as running:
        assert running.postgres is not None
        assert running.postgres.sockets != first
        assert running.postgres.sockets.stat().st_mode & 0o777 == 0o700
    first.rmdir()


def test_passing_services_are_fast_and_leave_nothing(checkout: Checkout) -> None:
    with services.passing(checkout, {}, durable=False) as running:
        assert running.postgres is not None
        place, running_pids = running.postgres.sockets, pids(running)
        assert ask(running, "SHOW fsync") == "off"

    assert not place.exists()
    assert not any(is_running(pid) for pid in running_pids)
    assert list((checkout.data / "passing").iterdir()) == []


def test_passing_services_of_a_killed_run_are_ended_by_the_next(checkout: Checkout) -> None:
    read, write = os.pipe()
    killed = os.fork()
    if killed == 0:
        with services.passing(checkout, {}, durable=False) as running:
            os.write(write, " ".join(map(str, pids(running))).encode())
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(killed, 0)
    left = [int(pid) for pid in os.read(read, 100).split()]
    os.close(read)
    os.close(write)
    assert len(left) == 2
    (record,) = (checkout.data / "passing").iterdir()

    with services.passing(checkout, {}, durable=False):
        assert not any(is_running(pid) for pid in left)
        assert not (services.SOCKET_PARENT / record.name).exists()


def test_what_the_environment_names_is_not_embedded(checkout: Checkout) -> None:
    named = {"DATABASE_URL": "postgres://db/x", "REDIS_URL": "redis://queue/0"}

    with services.lasting(checkout, named) as running:
        assert running.embedded == []
        assert running.environment == {}
    with services.passing(checkout, {"DATABASE_URL": "postgres://db/x"}, durable=False) as running:
        assert set(running.environment) == {"REDIS_URL"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_root_keeps_the_data_elsewhere_when_the_database_user_cannot_enter_the_checkout() -> None:
    closed = Path(tempfile.mkdtemp(prefix="unlock focus closed ", dir=services.SOCKET_PARENT))
    checkout = Checkout(Path(__file__).resolve().parents[2], closed / "data")
    checkout.prepare()
    try:
        with services.lasting(checkout, {}) as running:
            assert running.postgres is not None
            assert ask(running, "SELECT 1") == "1"
            assert running.postgres.data.parent.parent == Path("/var/lib/unlock-focus")
            assert running.postgres.account.uid != 0
        shutil.rmtree(running.postgres.data.parent)
        shutil.rmtree(running.postgres.sockets)
    finally:
        shutil.rmtree(closed)


def test_only_root_has_to_become_somebody_else(tmp_path: Path) -> None:
    chosen = account.for_services(tmp_path / "not there yet")

    assert chosen.uid != 0
    assert chosen.is_ours == (os.geteuid() != 0)

"""The embedded PostgreSQL: who may reach it, and that no kill needs a hand afterwards."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from realestate.adapters import postgres
from realestate.adapters.postgres import place

ROOT = Path(__file__).resolve().parents[2]
PARENT = """
import sys, time
from pathlib import Path
import psycopg
from realestate.adapters import postgres
from realestate.adapters.postgres import process
if "--unwatched" in sys.argv:
    process.DIES_WITH_US = "read nothing"
with postgres.running(Path(sys.argv[1])) as cluster:
    with psycopg.connect(cluster.owner_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 'by the parent' AS word")
    print("committed", flush=True)
    time.sleep(600)
"""


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """One cluster for the facts of this file, whose making a kill has interrupted before. Not below tmp_path, which is closed to the account
    that root lends the server to."""
    folder = Path(tempfile.mkdtemp(prefix="realestate-launcher-"))
    folder.chmod(0o711)
    (folder / "postgres" / "new-half-made" / "data").mkdir(parents=True)
    with postgres.running(folder, throw_away=True):
        pass
    yield folder
    shutil.rmtree(folder)


def server_pid(data_dir: Path) -> int:
    return int((data_dir / "postgres/cluster/data/postmaster.pid").read_text().split()[0])


def answers(data_dir: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        return line.connect_ex(str(place.find(data_dir).sockets / ".s.PGSQL.5432")) == 0


def wait_for(fact: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not fact():
        assert time.monotonic() < until
        time.sleep(0.02)


def is_served(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def killed_parent(data_dir: Path, *options: str) -> None:
    """A process that runs a server, commits a table, and is killed."""
    command = [sys.executable, "-c", PARENT, str(data_dir), *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "committed\n"
        parent.kill()


def test_a_making_interrupted_by_a_kill_leaves_nothing(data_dir: Path) -> None:
    assert not list((data_dir / "postgres").glob("new-*"))


def test_the_owner_makes_roles_and_databases_and_the_application_nothing(data_dir: Path) -> None:
    question = "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolinherit FROM pg_roles WHERE rolname = current_user"
    with postgres.running(data_dir) as cluster, psycopg.connect(cluster.owner_url) as owner, psycopg.connect(cluster.app_url) as app:
        assert owner.execute(question).fetchone() == ("realestate_owner", False, True, True, True)
        assert app.execute(question).fetchone() == ("realestate_app", False, False, False, False)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TABLE mine (id int)")


def test_it_listens_on_a_closed_socket_only_and_asks_for_a_password(data_dir: Path) -> None:
    with postgres.running(data_dir) as cluster:
        with psycopg.connect(cluster.app_url) as app:
            assert app.execute("SHOW listen_addresses").fetchone() == ("",)
            password = app.info.password
        assert place.find(data_dir).sockets.stat().st_mode & 0o777 == 0o700
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(cluster.app_url.replace(password, "guessed"))


def test_passwords_and_data_are_closed_to_others(data_dir: Path) -> None:
    assert (data_dir / "postgres/cluster/passwords").stat().st_mode & 0o777 == 0o600
    assert (data_dir / "postgres/cluster/data").stat().st_mode & 0o777 == 0o700


def test_it_ends_with_its_block(data_dir: Path) -> None:
    with postgres.running(data_dir):
        assert answers(data_dir)
    assert not answers(data_dir)
    assert not (data_dir / "postgres/cluster/data/postmaster.pid").exists()


def test_a_second_start_says_who_holds_the_folder(data_dir: Path) -> None:
    sentence = pytest.raises(postgres.LaunchError, match=f"in use by process {os.getpid()}: stop")
    with postgres.running(data_dir), sentence, postgres.running(data_dir):
        pass


def test_another_command_joins_the_running_server(data_dir: Path) -> None:
    with postgres.running(data_dir) as first, postgres.reached(data_dir) as second:
        assert second == first


def test_a_killed_server_comes_back_with_what_was_committed(data_dir: Path) -> None:
    with postgres.running(data_dir) as cluster:
        with psycopg.connect(cluster.owner_url) as owner:
            owner.execute("CREATE TABLE before_the_kill AS SELECT 1 AS one")
        killed = server_pid(data_dir)
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: is_served(cluster.owner_url) and server_pid(data_dir) != killed)
        with psycopg.connect(cluster.owner_url) as owner:
            assert owner.execute("SELECT one FROM before_the_kill").fetchone() == (1,)


def test_the_server_ends_when_its_parent_is_killed_and_the_next_start_needs_no_hand(data_dir: Path) -> None:
    killed_parent(data_dir)
    wait_for(lambda: not answers(data_dir))
    with postgres.running(data_dir) as cluster, psycopg.connect(cluster.owner_url) as owner:
        assert owner.execute("SELECT word FROM kept").fetchone() == ("by the parent",)


def test_a_server_that_outlived_its_parent_is_stopped_first(data_dir: Path) -> None:
    killed_parent(data_dir, "--unwatched")
    outlived = server_pid(data_dir)
    assert answers(data_dir)
    with postgres.running(data_dir) as cluster, psycopg.connect(cluster.owner_url) as owner:
        assert server_pid(data_dir) != outlived
        assert owner.execute("SELECT word FROM kept").fetchone() == ("by the parent",)


def test_a_stale_pid_file_is_recognised(data_dir: Path) -> None:
    """Its number now belongs to some other process of the same account, which alone would make PostgreSQL refuse."""
    ground = place.find(data_dir)
    with subprocess.Popen(["sleep", "600"], **ground.account) as stranger:
        shutil.rmtree(ground.sockets)
        place.make(ground)
        for file in (ground.cluster / "data/postmaster.pid", ground.sockets / ".s.PGSQL.5432.lock"):
            file.write_text(f"{stranger.pid}\n{ground.cluster / 'data'}\n")
        with postgres.running(data_dir):
            assert server_pid(data_dir) != stranger.pid
        assert stranger.poll() is None
        stranger.kill()


def test_a_path_too_long_for_a_socket_gets_a_short_one() -> None:
    ground = place.Place(Path("/somewhere", "deep" * 25, "postgres"), {})
    assert len(os.fsencode(ground.sockets / ".s.PGSQL.5432")) < 104
    assert ground.sockets == place.Place(ground.home, {}).sockets


def test_a_data_folder_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    sentence = pytest.raises(postgres.LaunchError, match=r"cannot be used .*choose another DATA_DIR\.$")
    with sentence, postgres.running(tmp_path / "file" / "data"):
        pass


def test_a_server_that_does_not_start_says_why(data_dir: Path) -> None:
    ground = place.find(data_dir)
    server = postgres.launcher.Server(ground, place.programs(ground), {"shared_buffer": "1"})
    with pytest.raises(postgres.LaunchError, match="FATAL: .*shared_buffer"), server:
        pass


def test_a_copy_of_the_programs_runs_anywhere(tmp_path: Path) -> None:
    wheel = place.programs(place.Place(tmp_path, {})).parents[1]
    copy = place._copied(wheel, tmp_path) / "pginstall18/bin/initdb"
    assert "18." in subprocess.run([copy, "--version"], capture_output=True, text=True, check=True).stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to lend the server to another account")
class TestAsRoot:
    def test_the_server_is_not_root(self, data_dir: Path) -> None:
        with postgres.running(data_dir):
            assert Path(f"/proc/{server_pid(data_dir)}").stat().st_uid != 0

    def test_a_folder_that_its_account_cannot_enter_is_left_alone(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o700)
        ground = place.find(tmp_path / "data")
        assert ground.home.parent == place.SHARED
        assert ground == place.find(tmp_path / "data")
        assert tmp_path.stat().st_mode & 0o777 == 0o700

"""`serve` as a user starts it: the real command, a folder and a port of its own."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from realestate.adapters.postgres import place
from realestate.cli import diagnosis
from realestate.config import Settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="realestate-serving-"))
    folder.chmod(0o711)  # so that, under root, the database's account can pass
    yield folder
    shutil.rmtree(folder)


def command(data_dir: Path, *words: str, **settings: str) -> subprocess.Popen[str]:
    ours = {"DATA_DIR": str(data_dir), "PORT": "0", "SEED": "none", "DATABASE_URL": "", "DATABASE_OWNER_URL": "", "SECRET_KEY": ""}
    environment = {**os.environ, **ours, **settings}
    line = [sys.executable, "-m", "realestate", *words]
    return subprocess.Popen(line, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def refused(data_dir: Path, *words: str, **settings: str) -> str:
    with command(data_dir, *words, **settings) as process:
        said = process.communicate()[1]
    assert process.returncode == 1
    return said


@contextmanager
def serving(data_dir: Path, **settings: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and its address, once it says that it is ready."""
    with command(data_dir, "serve", **settings) as process:
        try:
            assert process.stdout is not None
            lines = iter(process.stdout.readline, "")
            address = next((line for line in lines if line.startswith("ready: ")), "")
            assert address, process.communicate()[1]
            yield process, address.removeprefix("ready: ").strip()
        finally:
            process.terminate()
            process.communicate()


def is_free(address: str) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", int(address.rsplit(":", 1)[1]))) != 0


def test_it_serves_when_it_says_so_and_ends_on_sigterm_with_its_database(data_dir: Path) -> None:
    with serving(data_dir) as (process, address):
        with urllib.request.urlopen(f"{address}/livez") as answer:
            assert answer.status == 200
        process.terminate()
        process.communicate()
        assert process.returncode == 0
    assert not list(place.find(data_dir).sockets.iterdir())
    assert is_free(address)


def test_a_kill_leaves_nobody_on_the_port_and_the_next_start_needs_no_hand(data_dir: Path) -> None:
    with serving(data_dir, WORKERS="2") as (process, address):
        process.kill()
        process.communicate()  # its server processes hold the other end of the pipe until they are gone
        until = time.monotonic() + 30
        while not is_free(address):
            assert time.monotonic() < until
            time.sleep(0.05)
    with serving(data_dir, PORT=address.rsplit(":", 1)[1]) as (_, again):
        assert again == address


def test_a_taken_port_is_one_sentence_and_starts_no_database(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        sentence = refused(tmp_path / "data", "serve", PORT=str(port))
    assert sentence == f"Port {port} on 127.0.0.1 is taken: stop what listens there, or choose another, say PORT={port + 1}.\n"
    assert not (tmp_path / "data").exists()


def test_a_wrong_setting_is_one_sentence(tmp_path: Path) -> None:
    assert refused(tmp_path, "serve", PORT="eighty").startswith("PORT: Input should be a valid integer")


def test_a_database_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    sentence = refused(tmp_path, "serve", DATABASE_URL="postgresql://nobody@127.0.0.1:9/nowhere")
    assert sentence.startswith("DATABASE_URL: no connection to the database: ")


def test_a_data_folder_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert refused(tmp_path / "file" / "data", "serve").startswith("The data folder")


def test_the_openapi_document_that_is_printed_is_the_one_that_is_served(tmp_path: Path) -> None:
    from realestate.main import app
    from realestate.routers.contract import describe

    with command(tmp_path, "openapi") as process:
        assert json.loads(process.communicate()[0]) == describe(app)


def test_the_example_of_the_environment_names_every_setting() -> None:
    text = (ROOT / ".env.example").read_text()
    assert text == diagnosis.env_example()
    for name in Settings.model_fields:
        assert f"# {name.upper()}=" in text


def test_a_generated_secret_is_kept_and_closed(data_dir: Path) -> None:
    secret = data_dir / "secret_key"
    if not secret.exists():
        with serving(data_dir):
            pass
    assert secret.stat().st_mode & 0o777 == 0o600
    assert len(secret.read_text()) >= 32

"""Real server processes, as `realestate serve` starts them, for what only several of them, or their deaths, can show."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = {"PORT": "0", "HOST": "127.0.0.1", "LOG_LEVEL": "error", "DATABASE_OWNER_URL": ""}  # without an owner nothing is migrated


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen[str]
    said: Any
    """The file with what it wrote to standard error."""

    @property
    def address(self) -> str:
        """Known when it says that it is ready."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("ready: "):
                return line.removeprefix("ready: ").strip()
        self.said.seek(0)
        raise AssertionError(self.said.read())


@contextmanager
def serving(count: int = 1, **settings: str) -> Iterator[list[tuple[subprocess.Popen[str], str]]]:
    """That many servers on this process's database, each with its address. What still lives in the end is killed."""
    with ExitStack() as stack:
        servers = [stack.enter_context(_started(SETTINGS | settings)) for _ in range(count)]
        yield [(server.process, server.address) for server in servers]


@contextmanager
def _started(settings: dict[str, str]) -> Iterator[Server]:
    command = [sys.executable, "-m", "realestate", "serve"]
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings}, stdout=subprocess.PIPE, stderr=said, text=True) as process,
    ):
        try:
            yield Server(process, said)
        finally:
            process.kill()


@contextmanager
def replacing(count: int, **settings: str) -> Iterator[Callable[[], list[tuple[subprocess.Popen[str], str]]]]:
    """The same for many tests: each time that many which live, begun anew where one has ended."""
    with ExitStack() as stack:
        living: list[tuple[subprocess.Popen[str], str]] = []

        def all_of_them() -> list[tuple[subprocess.Popen[str], str]]:
            living[:] = [one for one in living if one[0].poll() is None]
            begun = [stack.enter_context(_started(SETTINGS | settings)) for _ in range(count - len(living))]
            living.extend((server.process, server.address) for server in begun)
            return list(living)

        yield all_of_them

"""Every test process gets a database of its own before anything imports the settings."""

import pytest

from tests import databases


def pytest_configure(config: pytest.Config) -> None:
    worker = getattr(config, "workerinput", None)
    if worker is None:
        databases.prepare()
    if worker is not None or not config.getoption("numprocesses", None):
        databases.claim(worker["workerid"] if worker else "main")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        databases.release()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"

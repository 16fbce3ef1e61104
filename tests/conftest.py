"""Every test process gets a database of its own before anything imports the settings."""

import gc
import logging
import sys
from collections.abc import AsyncIterator

import httpx2
import pytest

from tests import databases

FIRST = ("test_sealing.py", "test_audit.py", "test_demo.py", "test_large.py")


def pytest_configure(config: pytest.Config) -> None:
    gc.disable()  # until everything is imported, which stays anyway
    sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]  # the client looks for it on disk with every request
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # else each request is kept for the case that its test fails
    worker = getattr(config, "workerinput", None)
    if worker is None:
        databases.prepare()
    if worker is not None or not config.getoption("numprocesses", None):
        databases.claim(worker["workerid"] if worker else "main")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First come those who seal, because nothing can be sealed in a cluster while somebody fills a large house. Then those who make one for
    all of a file: who has nothing left to do takes the last half of another's tests, and would make it again."""
    items.sort(key=lambda item: FIRST.index(item.path.name) if item.path.name in FIRST else len(FIRST))


def pytest_collection_finish() -> None:
    """From here on as `realestate.main` does it: thousands of tests and their modules are not looked at again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
    gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        databases.release()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
async def house(anyio_backend: str) -> AsyncIterator[None]:
    """The application's doors to the database, open for all tests of this process."""
    from realestate.database import connected
    from realestate.services import sealing
    from tests.speaking import lines_kept

    sealing.PATIENCE = 300.0  # in this cluster, another worker may be filling a large house in one transaction
    async with connected(), lines_kept():
        yield


@pytest.fixture
async def client(house: None) -> AsyncIterator["httpx2.AsyncClient"]:
    """Talks to the real application; every answer is checked against what is declared."""
    from realestate.main import app
    from tests.answers import checked

    transport = httpx2.ASGITransport(checked(app))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client

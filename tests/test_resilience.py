"""Lines that break, deadlocks, a database that is away and processes that are killed: nobody waits for long, nothing acknowledged is lost,
and nobody has to lend a hand."""

import asyncio
import os
import shutil
import signal
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import httpx2
import psycopg
import pytest
from psycopg import AsyncConnection

from realestate import database
from realestate.adapters import postgres
from realestate.cli import migrate
from tests.factories import PASSWORD, make_builder, make_customer, make_project, make_units, unique
from tests.servers import serving
from tests.speaking import speaking, until
from tests.stories import reserve

pytestmark = pytest.mark.anyio
CUT = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"""


# ── Lines and locks ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def cut_all_lines():
    async with await AsyncConnection.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        return (await connection.execute(CUT)).rowcount


@pytest.fixture
async def mended():
    """Whole lines for the tests that come after, some of which do not ask through the house."""
    yield
    for pool in database.readers.values():
        await pool.check()
    await database.engine.dispose()


async def test_every_line_may_be_cut_between_two_requests(client, mended):
    builder, customer = await make_builder(), await make_customer()
    units = iter(await make_units(builder, project_id := await make_project(builder, rules={"unpaid_reserves": 1000}), 16))

    async def read():
        return (await client.get(f"/api/projects/{project_id}", headers=customer.headers)).status_code

    async def write():
        return (await reserve(client, customer, next(units))).status_code

    for _ in range(4):
        assert await asyncio.gather(*(ask() for ask in (read, write) * 4)) == [200, 201] * 4
        assert await cut_all_lines() > 2


async def reserve_against(client, customer, unit_id, other):
    """A reserve that has locked its unit and now waits for its lead, which `other` has locked."""
    await other.execute("SELECT FROM leads WHERE customer_id = %s FOR UPDATE", [customer.user_id])
    request = asyncio.create_task(reserve(client, customer, unit_id))
    await until_waiting_for(other)
    return request


async def until_waiting_for(other):
    async def is_waited_for():
        query = "SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))"
        return (await other.execute(query)).rowcount > 0

    await until(is_waited_for)


async def test_a_unit_of_work_that_dies_in_a_deadlock_is_done_again(client):
    builder = await make_builder()
    customer = await make_customer(known_to=builder)
    died = False
    for unit_id in await make_units(builder, await make_project(builder, rules={"unpaid_reserves": 1000}), 5):
        async with speaking(builder) as other:
            request = await reserve_against(client, customer, unit_id, other)
            with suppress(psycopg.errors.DeadlockDetected):  # PostgreSQL chose the other one: once more
                await other.execute("SELECT FROM units WHERE id = %s FOR UPDATE", [unit_id])
                died = True
            await other.rollback()
            assert (await request).status_code == 201
        if died:
            return
    raise AssertionError("PostgreSQL never chose the request")


async def test_a_unit_of_work_whose_line_is_cut_is_done_again(client):
    builder = await make_builder()
    customer = await make_customer(known_to=builder)
    [unit_id] = await make_units(builder, await make_project(builder, rules={"unpaid_reserves": 1000}))
    async with speaking(builder) as other:
        request = await reserve_against(client, customer, unit_id, other)
        query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))"
        async with await AsyncConnection.connect(os.environ["DATABASE_URL"], autocommit=True) as nobody:
            await nobody.execute(query.replace("pg_backend_pid()", str(other.info.backend_pid)))
        await other.rollback()
        assert (await request).status_code == 201


# ── A database of its own ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def data_dir():
    folder = Path(tempfile.mkdtemp(prefix="realestate-resilience-"))
    folder.chmod(0o711)  # so that, under root, the database's account can pass
    with postgres.running(folder, throw_away=True) as cluster:
        migrate(cluster.owner_url, cluster.app_url)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


async def sign_up(client):
    """What a new company's owner sends as headers."""
    company = {"company_name": "Ashoka Homes", "license_number": unique("LIC"), "phone": "+919876543210"}
    said = {"email": f"{unique('meera')}@example.com", "password": PASSWORD, "user_type": "builder", "builder_data": company}
    answer = await client.post("/api/auth/register", json=said)
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def create_project(client, headers):
    said = {"project_name": unique("Residency"), "project_type": "residential", "location_city": "Pune"}
    return client.post("/api/projects", json=said, headers=headers)


def refuses(answer):
    """It says at once that the database is away, and when to ask again."""
    assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0
    assert answer.elapsed < timedelta(seconds=5)  # four, and one for a busy machine
    assert answer.headers["content-type"] == "application/problem+json" and answer.json()["code"] in ("UNAVAILABLE", "NOT_READY")


async def test_without_its_database_it_says_so_at_once_and_comes_back_by_itself(data_dir):
    async with AsyncExitStack() as stack:
        with postgres.running(data_dir, throw_away=True) as cluster:
            [(process, address)] = stack.enter_context(serving(DATABASE_URL=cluster.app_url, POOL_SIZE="0.5"))
            client = await stack.enter_async_context(httpx2.AsyncClient(base_url=address, timeout=10))
            headers = await sign_up(client)
            mine = {"url": "/api/projects", "headers": headers}
            await asyncio.gather(*(client.get(**mine) for _ in range(4)))

        requests = [
            request for _ in range(4) for request in (client.get("/api/projects"), client.get(**mine), create_project(client, headers))
        ]
        for answer in await asyncio.gather(*requests, client.get("/readyz")):
            refuses(answer)
        assert (await client.get("/livez")).status_code == 200

        with postgres.running(data_dir, throw_away=True):

            async def is_back():
                return (await client.get("/readyz")).status_code == 200

            await until(is_back, patience=5)
            assert [(await answer).status_code for answer in (client.get(**mine), create_project(client, headers))] == [200, 201]
            assert process.poll() is None
            process.kill()
            process.wait()


# ── Killed under load ───────────────────────────────────────────────────────────────────────────────────────────────────────


class Builders:
    """Some who create projects as fast as they can, and remember which ones were acknowledged."""

    def __init__(self, client, headers):
        self.client, self.headers, self.acknowledged = client, headers, []

    async def build(self):
        while True:
            with suppress(httpx2.TransportError):
                answer = await create_project(self.client, self.headers)
                if answer.status_code == 201:
                    self.acknowledged.append(answer.json()["id"])
                else:
                    assert answer.status_code == 503

    @asynccontextmanager
    async def at_work(self):
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self.build()) for _ in range(6)]
            yield
            for task in tasks:
                task.cancel()

    async def until_more(self, count=25):
        """Until that many more have been acknowledged."""
        wanted = len(self.acknowledged) + count

        async def are_there():
            return len(self.acknowledged) >= wanted

        await until(are_there, patience=20)

    async def check(self):
        """Everything that was acknowledged is there."""
        found, pages = set(), -(-len(self.acknowledged) // 100) + 1
        for page in range(1, pages + 1):
            answer = await self.client.get(f"/api/projects?limit=100&sort=created_at&page={page}", headers=self.headers)
            found |= {project["id"] for project in answer.json()["projects"]}
        assert set(self.acknowledged) - found == set()


async def test_nothing_acknowledged_is_lost_when_the_database_and_then_the_server_are_killed(data_dir):
    own = {"DATA_DIR": str(data_dir), "DATABASE_URL": "", "POOL_SIZE": "0.5"}
    with serving(**own) as [(process, address)]:
        async with httpx2.AsyncClient(base_url=address, timeout=20) as client:
            builders = Builders(client, await sign_up(client))
            async with builders.at_work():
                await builders.until_more()
                os.kill(int((data_dir / "postgres/cluster/data/postmaster.pid").read_text().split()[0]), signal.SIGKILL)
                await builders.until_more()
                assert process.poll() is None
            await builders.check()
            async with builders.at_work():
                await builders.until_more()
                process.kill()
            process.wait()
    with serving(**own) as [(_, address)]:
        async with httpx2.AsyncClient(base_url=address, timeout=20) as client:
            builders.client = client
            await builders.check()
            assert (await create_project(client, builders.headers)).status_code == 201

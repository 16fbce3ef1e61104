"""Six hundred mixed requests, crashes and hang-ups on shared connections: nobody sees a row of somebody else, and nothing stays behind."""

import asyncio
import json
from collections import Counter
from contextlib import AsyncExitStack, suppress
from random import Random

import pytest
from sqlalchemy import text

from realestate import database
from realestate.database import WORKER, Identity, as_system, transaction
from realestate.errors import Unavailable
from realestate.main import app
from realestate.models.accounts import Role
from tests.factories import make_builder, make_customer, make_project, make_units
from tests.speaking import speaking
from tests.stories import pay, reserve

pytestmark = pytest.mark.anyio

REQUESTS, AT_ONCE, BUYERS, UNITS = 600, 24, 12, 25
WHO = "SELECT current_user::text, session_user::text, concat(current_setting('app.user_id', true), current_setting('app.builder_id', true))"
WEIGHTS = {"visit": 3, "order": 6, "look": 4, "pry": 4, "pry_payments": 2, "oversee": 3, "record": 4, "read_inbox": 4, "who_am_i": 1}
WEIGHTS |= {"crash": 2, "crash_as_system": 1, "lose_patience": 5, "be_cancelled": 1, "hang_up": 3}


def served(answer):
    if answer.status_code == 503:
        raise Unavailable
    return answer


class Town:
    """Its people, what each of them was shown, and how everything went."""

    def __init__(self, client, seed):
        self.client, self.random = client, Random(seed)
        self.bookings, self.seen, self.outcomes = [], set(), Counter()

    async def settle(self):
        self.builders = [await make_builder(), await make_builder("Bharat Builders")]
        self.buyers = [await make_customer() for _ in range(BUYERS)]
        self.units, self.drafts = [], []
        for builder in self.builders:
            self.units += await make_units(builder, await make_project(builder), UNITS)
            self.drafts += await make_units(builder, await make_project(builder, published=False), published=False)

    async def get(self, path, person=None):
        answer = served(await self.client.get(path, headers=person.headers if person else {}))
        return answer.status_code, answer.json()

    def show(self, person, kind, rows):
        self.seen.update((person, kind, row["id"]) for row in rows)

    def some_booking(self):
        return self.random.choice(self.bookings or [{"id": 1}])

    async def visit(self):
        status, unit = await self.get(f"/api/units/{self.random.choice(self.units + self.drafts)}")
        assert status == (200 if unit.get("id") in self.units else 404)
        assert "customer_id" not in unit
        return status

    async def order(self):
        unit_id = self.random.choice(self.units + self.drafts)
        answer = served(await reserve(self.client, buyer := self.random.choice(self.buyers), unit_id))
        if answer.status_code == 201:
            self.bookings.append(answer.json())
            self.show(buyer, "booking", [answer.json()])
        assert answer.status_code in ({201, 409} if unit_id in self.units else {404})
        return answer.status_code

    async def look(self):
        status, bookings = await self.get(f"/api/bookings/customer/{(buyer := self.random.choice(self.buyers)).user_id}", buyer)
        self.show(buyer, "booking", bookings)
        return status

    async def pry(self):
        booking, person = self.some_booking(), self.random.choice(self.buyers + self.builders)
        status, found = await self.get(f"/api/bookings/{booking['id']}", person)
        if status == 200:
            self.show(person, "booking", [found])
        return status

    async def pry_payments(self):
        booking, person = self.some_booking(), self.random.choice(self.buyers + self.builders)
        status, found = await self.get(f"/api/bookings/{booking['id']}/payments", person)
        if status == 200:
            self.show(person, "payment", found["payments"])
        return status

    async def oversee(self):
        status, page = await self.get("/api/builder/bookings?limit=100", builder := self.random.choice(self.builders))
        self.show(builder, "booking", page["bookings"])
        return status

    async def record(self):
        answer = served(await pay(self.client, builder := self.random.choice(self.builders), self.some_booking(), 1000))
        if answer.status_code == 201:
            self.show(builder, "payment", [answer.json()])
        assert answer.status_code in (201, 404, 409)
        return answer.status_code

    async def read_inbox(self):
        status, page = await self.get("/api/notifications", person := self.random.choice(self.buyers + self.builders))
        self.show(person, "notification", page["notifications"])
        return status

    async def who_am_i(self):
        status, me = await self.get("/api/auth/me", person := self.random.choice(self.buyers + self.builders))
        assert me["id"] == person.user_id and me["email"] == person.email
        return status

    async def crash(self):
        with suppress(ZeroDivisionError):
            async with transaction(self.someone()) as session:
                await session.execute(text("SELECT count(*) FROM bookings"))
                raise ZeroDivisionError

    async def crash_as_system(self):
        with suppress(ZeroDivisionError):
            async with transaction(self.someone()) as session, as_system(session):
                await session.execute(text("SELECT count(*) FROM bookings"))
                raise ZeroDivisionError

    async def lose_patience(self):
        """Somewhere in the middle of anything."""
        action = self.random.choice([self.order, self.look, self.record, self.oversee, self.read_inbox])
        with suppress(TimeoutError):
            async with asyncio.timeout(self.random.uniform(0, 0.03)):
                await action()

    async def be_cancelled(self):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01), transaction(self.someone()) as session:
                await session.execute(text("SELECT pg_sleep(4)"))

    async def hang_up(self):
        """Go away while sending, or when the answer comes."""
        body = json.dumps({"unit_id": self.random.choice(self.units), "payment_plan": "down_payment"}).encode()
        while_sending = self.random.random() < 0.5
        messages = [{"type": "http.request", "body": body, "more_body": while_sending}, {"type": "http.disconnect"}]

        async def receive():
            return messages.pop(0)

        async def send(message):
            raise OSError("gone")

        headers = {"content-type": "application/json"} | self.random.choice(self.buyers).headers
        scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http", "query_string": b""}
        scope |= {"path": "/api/bookings", "raw_path": b"/api/bookings", "root_path": "", "client": ("test", 1), "server": ("test", 80)}
        with pytest.raises(OSError, match="gone"):
            await app(scope | {"headers": [(name.lower().encode(), said.encode()) for name, said in headers.items()]}, receive, send)

    def someone(self):
        person = self.random.choice(self.buyers + self.builders)
        return Identity(Role(person.role), person.user_id, person.builder_id)

    async def live(self):
        """Everything at once, in an order that the seed decides."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def act(name):
            async with gate:
                try:
                    outcome = await getattr(self, name)()
                except Unavailable:  # on a busy machine
                    outcome = 503
                self.outcomes[f"{name} {outcome}"] += 1

        await asyncio.gather(*map(act, self.random.choices([*WEIGHTS], [*WEIGHTS.values()], k=REQUESTS)))


OWNERS = {  # whose each row is, as the worker sees it, who sees all
    "booking": "SELECT b.id, array_agg(p.customer_id), b.builder_id FROM bookings b JOIN booking_parties p ON p.booking_id = b.id GROUP BY b.id",
    "payment": "SELECT id, ARRAY[customer_id], builder_id FROM payments",
    "notification": "SELECT id, ARRAY[user_id], NULL FROM notifications",
}


async def test_nobody_ever_sees_a_row_of_somebody_else(client):
    town = Town(client, seed=11)
    await town.settle()
    await town.live()

    assert town.outcomes.total() == REQUESTS
    for usual in ("visit 200", "order 201", "order 409", "look 200", "pry 200", "pry 404", "record 201", "record 404"):
        assert town.outcomes[usual], usual
    owners = {kind: await truth(query) for kind, query in OWNERS.items()}
    for person, kind, id in town.seen:
        users, builder_id = owners[kind][id]
        assert person.user_id in users or (builder_id and builder_id == person.builder_id), (person, kind, id)
    await check_that_nothing_stayed()


async def truth(query):
    async with speaking(WORKER) as connection:
        return {id: (users, builder_id) async for id, users, builder_id in await connection.execute(query)}


async def check_that_nothing_stayed():
    """Every pooled connection, all at once: its own role, and nobody's name."""
    for role, pool in database.readers.items():
        async with AsyncExitStack() as stack:
            for _ in range(pool.max_size):
                line = await stack.enter_async_context(pool.connection())
                user, _, name = await (await line.execute(WHO)).fetchone()
                assert (user, name) == (f"realestate_{role}", "")
    async with AsyncExitStack() as stack:
        for _ in range(database.engine.pool.size()):
            line = await stack.enter_async_context(database.engine.connect())
            user, login, name = (await line.exec_driver_sql(WHO)).one()
            assert (user, name) == (login, "")

"""Rows that older versions have written outlive the upgrade, keep the rules of today, and are read and gone on with by the code of today.

`rows/<revision>.sql` is what a database held when it stood at that revision. A migration that changes what rows may say is worth a file of its
own: tell a story on the version before it (its tests' factories and stories will do), `pg_dump --data-only --column-inserts`, and add it here.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from sqlalchemy import text

from realestate.cli import migrate
from realestate.database import WORKER, transaction
from realestate.main import app
from realestate.routers.contract import describe
from tests import databases
from tests.factories import Person
from tests.houses import doors_to
from tests.stories import pay, set_status
from tests.test_documentation import operations
from tests.test_migrations import config

pytestmark = pytest.mark.anyio
ROWS = Path(__file__).parent / "rows"
OWNER = Person(1, "builder", "meera-3@example.com", 1, "owner")
ASHA, RAVI = Person(3, "customer", "asha-5@example.com"), Person(4, "customer", "ravi-6@example.com")
WORDS = "reserved token_paid booking_confirmed booking_confirmed cancelled rejected booking_confirmed expired registered handed_over"
STATES = dict(enumerate(WORDS.split(), 1))
OF_THE_HOUSE = (
    "project_id",
    "unit_id",
    "payment_id",
    "installment_id",
    "appointment_id",
    "change_request_id",
    "progress_id",
    "customer_id",
)
READS = [name for name, _ in operations(describe(app)) if name.startswith("GET")]


def upgrade(revision: str, url: str) -> dict[str, int]:
    """From nothing to a revision, its rows, and on to the newest; how many rows there were before."""
    command.upgrade(config(url), revision)
    with psycopg.connect(url) as owner:
        owner.execute((ROWS / f"{revision}.sql").read_bytes())
        tables = owner.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'").fetchall()
        counts = {name: owner.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for (name,) in tables if name != "alembic_version"}
        for name in counts:  # as behind the wall, where the owner sees no row either
            owner.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    migrate(url, os.environ["DATABASE_URL"])
    return counts


@pytest.fixture(scope="module")
async def written(anyio_backend: str) -> AsyncIterator[dict[str, int]]:
    with databases.cloned("upgraded", "template0") as url:
        counts = await asyncio.to_thread(upgrade, "units", url)
        async with doors_to(url):
            yield counts


@pytest.fixture(scope="module")
async def house(written: dict[str, int]) -> None:
    """For `client`: its application stands on the upgraded database."""


async def rows(query: str) -> list[Any]:
    async with transaction(WORKER) as session:
        return [tuple(row) for row in await session.execute(text(query))]


async def test_every_row_is_still_there(written):
    assert sum(written.values()) > 140
    assert {name: (await rows(f"SELECT count(*) FROM {name}"))[0][0] for name, count in written.items() if count} == {
        name: count for name, count in written.items() if count
    }


async def test_no_rule_waits_to_be_checked(house):
    """Each that was added without looking at the rows has looked at them since: it holds for all of them."""
    assert await rows("SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE NOT convalidated") == []


async def test_both_sides_find_their_bookings_as_they_left_them(client):
    found = (await client.get("/api/builder/bookings?limit=100", headers=OWNER.headers)).json()["bookings"]
    assert {one["id"]: one["status"] for one in found} == STATES
    for customer, count in ((ASHA, 5), (RAVI, 5)):
        assert len((await client.get(f"/api/bookings/customer/{customer.user_id}", headers=customer.headers)).json()) == count
    money = (await client.get("/api/bookings/3/payments", headers=ASHA.headers)).json()
    assert money["total_paid"] == 550000 and {line["status"] for line in money["payment_schedule"]} == {"partially_paid", "scheduled"}


@pytest.mark.parametrize("name", [name for name in READS if "{booking_id}" in name and name.count("{") == 1])
async def test_everything_about_a_booking_can_be_read_in_whatever_state_it_was(client, name):
    for booking_id in (3, 10) if name.endswith(".pdf") else STATES:  # papers take a second
        answer = await client.get(name.split(" ")[1].format(booking_id=booking_id), headers=OWNER.headers)
        assert answer.status_code in (200, 403, 404, 409), answer.text


@pytest.mark.parametrize("name", [name for name in READS if name.count("{") <= 1 and any(f"{{{id}}}" in name for id in OF_THE_HOUSE)])
async def test_everything_else_can_be_read_as_well(client, name):
    path = name.split(" ")[1].format_map(dict.fromkeys(OF_THE_HOUSE, 1) | {"customer_id": ASHA.user_id})
    for person in (OWNER, ASHA):
        answer = await client.get(path, headers=person.headers)
        assert answer.status_code in (200, 403, 404, 409, 422), answer.text


async def test_what_was_begun_goes_on(client):
    """Money for what was reserved, a confirmation of what was paid for, an end of what was confirmed."""
    reserved = (await client.get("/api/bookings/1", headers=OWNER.headers)).json()
    assert (await pay(client, OWNER, reserved, reserved["token_amount"], transaction_id="UPI-NEW")).status_code == 201
    for booking_id in (1, 2):
        answer = await set_status(client, OWNER, {"id": booking_id}, "booking_confirmed")
        assert (answer.status_code, answer.json()["status"]) == (200, "booking_confirmed")
    answer = await client.post("/api/bookings/4/cancellation", json={"reason": "We move."}, headers=RAVI.headers)
    assert (answer.is_success, answer.json()["status"]) == (True, "cancellation_requested"), answer.text
    for path in ("timeline", "payments", "agreement"):
        assert (await client.get(f"/api/bookings/1/{path}", headers=OWNER.headers)).status_code in (200, 404)

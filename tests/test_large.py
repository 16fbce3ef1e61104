"""The large data set, with one builder of its two hundred, in a database where somebody is already."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, func, make_url, select, text
from sqlalchemy.pool import NullPool

from realestate.cli import database as command
from realestate.cli.refusal import Refusal
from realestate.config import settings
from realestate.database import WORKER, transaction
from realestate.demo import large
from realestate.demo.large.stories import ACTORS, PARAMETERS
from realestate.errors import Forbidden
from realestate.models.base import Base
from realestate.models.bookings import Booking
from realestate.models.money import financial_year
from realestate.models.notifications import Event
from realestate.models.tellings import TELLINGS
from realestate.models.units import Unit
from realestate.services import pricing
from tests.houses import house_of_its_own
from tests.test_demo import FACTS, INBOXES, WRONG, rows, sign_in, words

pytestmark = pytest.mark.anyio

SOMEBODY = """
    INSERT INTO users (user_type, email, full_name) VALUES ('customer', 'somebody@example.com', 'Some Body');
    INSERT INTO builders (slug, company_name, license_number) VALUES ('somebody', 'Some Company', 'L-1')"""


def engine():
    """As the tables' owner, in the database that the doors lead to."""
    url = make_url(os.environ["DATABASE_OWNER_URL"]).set(database=make_url(settings.database_url).database, drivername="postgresql+psycopg")
    return create_engine(url, poolclass=NullPool)


def seed() -> tuple[str | None, list[str]]:
    said: list[str] = []
    with engine().begin() as connection:
        return large.seed(connection, said.append, builders=1), said


@asynccontextmanager
async def house_with_somebody(purpose: str) -> AsyncIterator[None]:
    async with house_of_its_own(purpose):
        async with transaction(WORKER) as session:
            for statement in SOMEBODY.split(";"):
                await session.execute(text(statement))
        yield


@pytest.fixture(scope="module")
async def answers(anyio_backend) -> AsyncIterator[list[tuple[str | None, list[str]]]]:
    """What two seeds that run at once have answered."""
    async with house_with_somebody("large"):
        yield await asyncio.gather(asyncio.to_thread(seed), asyncio.to_thread(seed))


@pytest.fixture(scope="module")
async def house(answers) -> None:
    """For `client`: its application shows the large data."""


async def test_two_seeds_at_once_seed_once_and_say_how_it_goes(answers):
    (_, said), (reason, silence) = sorted(answers, key=lambda answer: answer[0] or "")
    assert reason == "The large data are there already." and silence == []
    assert [line.split()[1] for line in said if line.startswith("units ")] == ["2,500"]


async def test_a_second_seed_changes_nothing(answers):
    async def state():
        return [
            await rows(f"SELECT '{table}', count(*), max({table}::text), max(xmin::text) FROM {table}") for table in Base.metadata.tables
        ]

    before = await state()
    assert seed() == ("The large data are there already.", [])
    assert await state() == before


async def test_there_is_what_was_promised(answers):
    tables = ("projects", "units", "customers", "bookings", "holds")
    assert [(await rows(f"SELECT count(*) FROM {table}"))[0][0] for table in tables] == [50, 2500, 250, 500, 25]
    per_booking = await rows(
        """SELECT (SELECT count(*) FROM installments) / 500.0, (SELECT count(*) FROM payments) / 500.0, (SELECT count(*) FROM notifications) / 500.0"""
    )
    assert all(number >= least for number, least in zip(per_booking[0], (5, 2, 9.5), strict=True))
    assert await words("SELECT DISTINCT status FROM units") == {
        *("unreleased", "available", "held", "reserved", "booked", "blocked", "sold", "handed_over")
    }
    assert await words("SELECT DISTINCT status FROM bookings") == {
        *("inquiry", "waitlisted", "reserved", "token_paid", "booking_confirmed", "registered", "handed_over"),
        *("rejected", "cancelled", "expired"),
    }
    assert await words("SELECT DISTINCT status FROM projects") == {"planning", "construction", "completed", "delivered", "on_hold"}
    assert await words("SELECT DISTINCT status FROM installments") == {"scheduled", "demanded", "partially_paid", "paid", "cancelled"}


WRONG_HERE = {
    "a trigger still rests": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'O'",
    "a line is in a state that its money does not say": """
        SELECT id FROM installments WHERE (status = 'paid') <> (allocated = amount) OR (status = 'partially_paid') <> (allocated > 0 AND allocated < amount)""",
    "demand numbers have gaps": """
        SELECT builder_id FROM installments WHERE demand_no IS NOT NULL GROUP BY builder_id, left(demand_no, -6)
        HAVING count(*) <> max(right(demand_no, 5)::int) OR min(right(demand_no, 5)::int) <> 1""",
    "a demand counter is not at the last number": """
        SELECT 1 FROM number_counters c WHERE last_number <> (SELECT count(*) FROM installments i WHERE i.builder_id = c.builder_id
            AND i.demand_no LIKE 'D-' || c.year || '-%') AND series = 'demand'""",
    "somebody waits for a home that is free or theirs": """
        SELECT b.id FROM bookings b JOIN units u ON u.id = b.unit_id
        WHERE b.status = 'waitlisted' AND (u.customer_id IS NULL OR u.customer_id = b.customer_id)""",
    "the clocks of a unit and its booking differ": """
        SELECT b.id FROM bookings b JOIN units u ON u.id = b.unit_id
        WHERE b.status = 'reserved' AND b.reserve_expires_at IS DISTINCT FROM u.hold_expires_at""",
    "a held unit and its hold differ": """
        SELECT u.id FROM units u LEFT JOIN holds h ON h.unit_id = u.id AND h.ended_at IS NULL
        WHERE (u.status = 'held' OR h.id IS NOT NULL) AND (u.status, u.customer_id, u.hold_expires_at, u.hold_price, u.held_by_user_id)
            IS DISTINCT FROM ('held', h.customer_id, h.expires_at, h.price, h.created_by)""",
    "a builder does not know a customer": """
        SELECT builder_id, customer_id FROM bookings UNION SELECT builder_id, customer_id FROM holds
        EXCEPT SELECT builder_id, customer_id FROM leads""",
    "a booking has no owner": "SELECT id FROM bookings EXCEPT SELECT booking_id FROM booking_parties WHERE role = 'owner' AND share = 1000000",
    "somebody is told of what does not concern them": """
        SELECT n.id FROM notifications n JOIN users u ON u.id = n.user_id
        LEFT JOIN bookings b ON n.related_entity_type = 'booking' AND b.id = n.related_entity_id
        LEFT JOIN payments p ON n.related_entity_type = 'payment' AND p.id = n.related_entity_id
        LEFT JOIN installments i ON n.related_entity_type = 'installment' AND i.id = n.related_entity_id
        WHERE n.builder_id IS DISTINCT FROM coalesce(b.builder_id, p.builder_id, i.builder_id)
            OR n.builder_id IS DISTINCT FROM u.builder_id AND n.user_id IS DISTINCT FROM coalesce(b.customer_id, p.customer_id, i.customer_id)""",
    "an inbox is not at its last number": """
        SELECT user_id FROM notification_counters c
        WHERE seq IS DISTINCT FROM (SELECT max(seq) FROM notifications n WHERE n.user_id = c.user_id)""",
}


@pytest.mark.parametrize("what", WRONG | WRONG_HERE)
async def test_it_is_never_true_that(what, answers):
    assert await rows((WRONG | WRONG_HERE)[what]) == []


async def test_bookings_are_priced_as_the_product_prices_them(answers):
    first_of_each_plan = select(func.min(Booking.id)).where(Booking.status == "booking_confirmed").group_by(Booking.payment_plan)
    async with transaction(WORKER) as session:
        bookings = (await session.scalars(select(Booking).where(Booking.id.in_(first_of_each_plan)))).all()
        assert len(bookings) == 6
        for booking in bookings:
            unit = await session.get_one(Unit, booking.unit_id)
            await session.refresh(unit, ["project"])
            await session.refresh(booking, ["installments"])
            kept, lines = terms(booking), schedule(booking.installments)
            pricing.price(booking, unit, unit.price, booking.payment_plan, unit.price_lines)
            assert terms(booking) == kept
            noon = booking.booking_date.replace(hour=6)  # of that day, where the project stands
            assert schedule(pricing.schedule(booking, unit.project, noon)) == lines
        session.expunge_all()


def terms(booking):
    names = ("total_amount", "token_amount", "currency", "cost_sheet", "plan_snapshot", "promised_possession_date")
    return [getattr(booking, name) for name in names]


def schedule(lines):
    return [(line.seq, line.name, line.amount, line.trigger, line.due_date) for line in lines]


async def test_texts_and_numbers_are_the_products(answers):
    told = await rows("SELECT DISTINCT ON (type) type, title, message, params, category, priority FROM notifications ORDER BY type, id")
    assert {Event(row[0]) for row in told} == {event for events in ACTORS.values() for event in events}
    for event, title, message, params, category, priority in told:
        telling = TELLINGS[Event(event)]
        assert (title, message, category, priority) == (telling.title, telling.message.format(**params), telling.category, telling.priority)
        assert set(params) == set(PARAMETERS.get(Event(event), ("number", "unit", "project")))
    for day, number in await rows("SELECT payment_date, receipt_no FROM payments WHERE receipt_no IS NOT NULL"):
        assert number[2:-6] == financial_year(day, "INR")


async def test_the_two_logins_find_something(client):
    customer = await sign_in(client, large.LOGINS[1])
    me = (await client.get("/api/auth/me", **customer)).json()["customer_id"]
    bookings = (await client.get(f"/api/bookings/customer/{me}", **customer)).json()
    assert len(bookings) >= 4 and {"booking_confirmed", "token_paid"} <= {booking["status"] for booking in bookings}
    assert (await client.get("/api/notifications", **customer)).json()["seq"] > 5
    owner = await sign_in(client, large.LOGINS[0])
    assert (await client.get("/api/builder/bookings", **owner)).json()["total"] == 500
    assert (await client.get("/api/projects", **owner)).json()["total"] == 50
    await sign_in(client, f"customer7@{large.DOMAIN}")


async def test_it_is_the_same_on_another_day_and_at_another_hour(answers):
    facts, inboxes = await rows(FACTS), await rows(INBOXES)
    async with house_with_somebody("large_again"):
        with engine().begin() as connection:
            now = connection.scalars(select(func.now())).one() - timedelta(days=47, hours=7)
            await asyncio.to_thread(large.fill, connection, lambda line: None, 1, now)
        assert await rows(FACTS) == facts
        assert [row[:4] for row in await rows(INBOXES)] == [row[:4] for row in inboxes]


async def test_somebody_elses_address_is_left_alone():
    async with house_of_its_own("large_taken"):
        async with transaction(WORKER) as session:
            await session.execute(
                text("INSERT INTO users (user_type, email, full_name) VALUES ('customer', 'Customer3@large.Example.com', 'Me')")
            )
        assert seed() == ("No large data were added: Customer3@large.Example.com is somebody's account already.", [])
        assert await rows("SELECT id FROM builders") == []


async def test_production_gets_none(monkeypatch):
    monkeypatch.setattr(settings, "environment", "production")
    with pytest.raises(Forbidden, match="ENVIRONMENT=development"):
        seed()


async def test_it_needs_the_owners_login(monkeypatch):
    monkeypatch.setattr(settings, "database_owner_url", "")
    with pytest.raises(Refusal, match="DATABASE_OWNER_URL"):
        command.seed("large")


async def test_what_is_vacuumed_are_our_tables(answers):
    said: list[str] = []
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        large.vacuum(connection, said.append)
    assert said[0].split()[3] == str(len(Base.metadata.tables))
    assert await words("SELECT relname FROM pg_stat_user_tables WHERE last_analyze IS NOT NULL") >= {"units", "bookings", "notifications"}

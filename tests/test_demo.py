"""The demo data, in a database of their own: complete, coherent, the same on every run and done once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text

from realestate import demo
from realestate.config import settings
from realestate.database import WORKER, transaction
from realestate.demo.people import COMPANIES
from realestate.demo.seed import fill
from realestate.errors import Forbidden
from realestate.models.accounts import TeamRole
from realestate.models.base import Base
from tests.houses import house_of_its_own

pytestmark = pytest.mark.anyio

FACTS = """
    SELECT b.id, b.unit_id, b.customer_id, b.status, b.total_amount, b.token_amount, b.payment_plan, u.unit_number, u.price, u.status,
        (SELECT array_agg((p.id, p.amount, p.payment_method, p.status) ORDER BY p.id) FROM payments p WHERE p.booking_id = b.id)::text,
        (SELECT array_agg((i.id, i.amount, i.allocated, i.status) ORDER BY i.seq) FROM installments i WHERE i.booking_id = b.id)::text
    FROM bookings b JOIN units u ON u.id = b.unit_id ORDER BY b.id"""
INBOXES = "SELECT user_id, seq, type, related_entity_id, is_read FROM notifications ORDER BY user_id, seq"
"""What is the same whenever the seed runs; days and the years in numbers are not."""


@pytest.fixture(scope="module")
async def answers(anyio_backend) -> AsyncIterator[list[str]]:
    """What two seeds that run at once have answered."""
    async with house_of_its_own("demo"):
        yield await asyncio.gather(demo.seed(), demo.seed())


@pytest.fixture(scope="module")
async def house(answers) -> None:
    """For `client`: its application shows the demo data."""


async def rows(sql: str) -> list[Any]:
    async with transaction(WORKER) as session:
        return [tuple(row) for row in await session.execute(text(sql))]


async def words(sql: str) -> set[str]:
    return {row[0] for row in await rows(sql)}


async def test_two_seeds_at_once_seed_once(answers):
    first, second = sorted(answers)
    assert first.startswith("Demo data: 5 builders and 42 customers, 14 projects with 1,0") and second == "The demo data are there already."


async def test_a_second_seed_changes_nothing(answers):
    async def state() -> list[Any]:
        return [await rows(f"SELECT '{table}', count(*), max({table}::text) FROM {table}") for table in Base.metadata.tables]

    before = await state()
    assert await demo.seed() == "The demo data are there already."
    assert await state() == before


async def test_there_is_enough_of_everything(answers):
    builders, projects, units, customers, bookings = [
        (await rows(f"SELECT count(*) FROM {table}"))[0][0] for table in ("builders", "projects", "units", "customers", "bookings")
    ]
    assert builders >= 4 and projects >= 10 and units >= 1000 and customers >= 40 and bookings >= 120
    assert (await rows("SELECT count(*) FROM audit_events"))[0][0] > bookings
    assert len(await words("SELECT DISTINCT payment_method FROM payments")) >= 6
    assert await words("SELECT DISTINCT project_type FROM projects WHERE is_published") == {
        "residential",
        "commercial",
        "mixed",
        "industrial",
    }
    assert await words("SELECT b.status FROM builders b JOIN projects p ON p.builder_id = b.id WHERE p.publish_state = 'draft'") == {
        "active",
        "pending",
    }


EMPTY = {
    "idempotency_keys": "the portals send them",
    "refresh_tokens": "nobody has signed in yet",
    "throttles": "nor failed to",
    "reminders": "the clock adds them, within the first hour",
    "dunning_pauses": "finance adds them",
    "account_codes": "mails bring them, to whoever registers or forgets a password",
}
"""Tables that have no rows, and why."""


async def test_every_table_has_rows_but_for_those_that_only_requests_fill(answers):
    full = {table.fullname for table in Base.metadata.sorted_tables if (await rows(f"SELECT EXISTS (SELECT FROM {table.fullname})"))[0][0]}
    assert {table.fullname for table in Base.metadata.sorted_tables} - full <= EMPTY.keys()


async def test_documents_stand_wherever_people_put_them(answers):
    put = await words("SELECT DISTINCT subject FROM documents WHERE subject IS NOT NULL")
    assert {"booking", "project", "progress", "update", "message", "change_request", "agreement"} <= put
    assert await rows("SELECT id FROM documents WHERE subject IS NULL AND model_id IS NULL") == [], "no draft is left over"


async def test_units_and_bookings_are_in_every_state(answers):
    assert await words("SELECT DISTINCT status FROM units") == {
        *("unreleased", "available", "held", "reserved", "booked", "blocked", "sold", "handed_over")
    }
    assert await words("SELECT DISTINCT status FROM bookings") == {
        *("inquiry", "waitlisted", "reserved", "token_paid", "booking_confirmed", "agreement_signed", "registered", "possession_offered"),
        *("handed_over", "cancellation_requested", "rejected", "cancelled", "expired", "transferred", "swapped"),
    }
    reserved = await words(
        """SELECT DISTINCT CASE WHEN reserve_expires_at IS NULL THEN 'firm' WHEN reserve_expires_at > now() THEN 'fresh' ELSE 'lapsed' END
        FROM bookings WHERE status = 'reserved'"""
    )
    assert reserved == {"firm", "fresh", "lapsed"}
    assert await words("SELECT DISTINCT (hold_expires_at > now())::text FROM units WHERE status = 'held'") == {"true", "false"}


async def test_what_is_for_sale_has_sheets_a_history_followers_and_a_tower_from_a_template(answers):
    assert (await rows("SELECT count(*) FROM units WHERE price_lines <> '[]' AND status = 'available'"))[0][0] >= 5
    raised = """SELECT count(*) FROM units WHERE (price_history -> -1 ->> 'new')::numeric * 100 = price"""
    assert (await rows(raised))[0][0] > 50
    assert await rows("SELECT id FROM units WHERE price_history <> '[]' AND (price_history -> -1 ->> 'new')::numeric * 100 <> price") == []
    assert (await rows("SELECT count(DISTINCT customer_id), count(*) >= 15 FROM favourites"))[0] == (6, True)
    assert (await rows("SELECT count(DISTINCT user_id) FROM notifications WHERE type = 'unit_price_changed'"))[0][0] == 6
    made = """SELECT count(*), bool_and(u.status = 'unreleased'), count(DISTINCT stack) FROM units u JOIN projects p ON p.id = u.project_id
        WHERE tower = 'C' AND project_name = 'Deccan Crest Skyline'"""
    assert (await rows(made))[0] == (16, True, 2)


async def test_visits_are_in_every_state_and_some_are_to_come(answers):
    assert await words("SELECT DISTINCT status FROM appointments") == {
        *("scheduled", "confirmed", "completed", "no_show", "cancelled", "rescheduled")
    }
    ahead = "SELECT count(*) FROM appointments WHERE status IN ('scheduled', 'confirmed') AND starts_at > now()"
    assert (await rows(ahead))[0][0] >= 8


async def test_wishes_are_in_every_state(answers):
    assert await words("SELECT DISTINCT status FROM change_requests") == {
        *("submitted", "under_review", "quoted", "approved", "declined", "rejected", "withdrawn", "in_progress", "completed")
    }
    lapsed = "SELECT count(*) FROM change_requests WHERE status = 'quoted' AND quote_valid_until < now()"
    assert (await rows(lapsed))[0][0] == 1


WRONG = {
    "a unit and its booking differ": """
        SELECT u.id FROM units u JOIN bookings b ON b.unit_id = u.id WHERE b.status IN
            ('reserved', 'token_paid', 'booking_confirmed', 'agreement_signed', 'registered', 'possession_offered', 'handed_over')
        AND (u.customer_id <> b.customer_id OR u.status <> CASE b.status WHEN 'token_paid' THEN 'reserved'
            WHEN 'booking_confirmed' THEN 'booked' WHEN 'agreement_signed' THEN 'booked' WHEN 'registered' THEN 'sold'
            WHEN 'possession_offered' THEN 'sold' ELSE b.status END)""",
    "a taken unit has no booking": """
        SELECT id FROM units u WHERE status IN ('reserved', 'booked', 'sold', 'handed_over') AND NOT EXISTS
            (SELECT FROM bookings b WHERE b.unit_id = u.id AND b.customer_id = u.customer_id)""",
    "a schedule does not sum to its total": """
        SELECT b.id FROM bookings b JOIN installments i ON i.booking_id = b.id
        WHERE i.kind = 'installment' AND i.status <> 'cancelled' AND b.status NOT IN ('cancelled', 'rejected', 'expired')
        GROUP BY b.id HAVING sum(i.amount) <> b.total_amount""",
    "a line or a receipt is not the sum of its allocations": """
        SELECT id FROM installments i WHERE allocated <>
            (SELECT coalesce(sum(principal + tax + interest), 0) FROM allocations a WHERE a.installment_id = i.id)
        UNION ALL
        SELECT id FROM payments p WHERE allocated <> 
            (SELECT coalesce(sum(principal + tax + interest), 0) FROM allocations a WHERE a.payment_id = p.id)""",
    "receipt numbers have gaps": """
        SELECT builder_id FROM payments WHERE receipt_no IS NOT NULL GROUP BY builder_id, left(receipt_no, -6)
        HAVING count(*) <> max(right(receipt_no, 5)::int) OR min(right(receipt_no, 5)::int) <> 1""",
    "a counter is not at the last number": """
        SELECT 1 FROM number_counters c WHERE last_number <> (SELECT count(*) FROM payments p WHERE p.builder_id = c.builder_id
            AND p.receipt_no LIKE 'R-' || c.year || '-%') AND series = 'receipt'""",
    "a home is handed over that is not paid": """
        SELECT b.id FROM bookings b JOIN installments i ON i.booking_id = b.id WHERE b.status = 'handed_over' AND i.status <> 'paid'""",
    "a step comes before the one that it follows": """
        SELECT id FROM bookings WHERE confirmed_at < booking_date AND coalesce(transferred_from_id, swapped_from_id) IS NULL OR created_at <> booking_date OR created_at > now()
        UNION ALL SELECT p.id FROM payments p JOIN bookings b ON b.id = p.booking_id
            WHERE p.created_at < b.created_at OR p.created_at > now()
        UNION ALL SELECT i.id FROM installments i JOIN bookings b ON b.id = i.booking_id
            WHERE demanded_at < i.created_at AND b.transferred_from_id IS NULL OR demanded_at > now()
        UNION ALL SELECT id FROM appointments WHERE created_at > starts_at OR created_at > now()
            OR status IN ('completed', 'no_show') <> (starts_at < now())
        UNION ALL SELECT id FROM notifications WHERE created_at > now() OR read_at < created_at OR read_at > now()""",
    "a project is not as far as was planned for it": """
        SELECT id FROM projects p WHERE overall_progress <> (SELECT coalesce(round(sum(weight * progress_percentage) / 100, 2), 0)
            FROM project_progress g WHERE g.project_id = p.id) OR overall_progress <> round(overall_progress)
            OR status IN ('completed', 'delivered') AND overall_progress <> 100""",
    "a project has no phases, or weights that do not total 100": """
        SELECT p.id FROM projects p LEFT JOIN project_progress g ON g.project_id = p.id GROUP BY p.id HAVING sum(weight) IS DISTINCT FROM 100""",
    "a date of the works is in the future, or an update is out of order": """
        SELECT id FROM project_progress WHERE certified_at > now() OR actual_end_date > current_date + 1
        UNION ALL SELECT id FROM construction_updates WHERE published_at > now()
        UNION ALL SELECT a.id FROM construction_updates a JOIN construction_updates b
            ON a.project_id = b.project_id AND a.seq < b.seq AND a.published_at > b.published_at""",
    "a conversation is out of order, or read before it was written": """
        SELECT id FROM messages WHERE created_at > now() OR read_at < created_at OR read_at > now()
        UNION ALL SELECT a.id FROM messages a JOIN messages b
            ON a.conversation_id = b.conversation_id AND a.id < b.id AND a.created_at >= b.created_at""",
    "an inbox has gaps": "SELECT user_id FROM notifications GROUP BY user_id HAVING count(*) <> max(seq) OR min(seq) <> 1",
    "a price is out of its range": """
        SELECT p.id FROM projects p JOIN units u ON u.project_id = p.id GROUP BY p.id
        HAVING min(price) <> price_range_min OR max(price) <> price_range_max OR count(*) <> total_units""",
}


@pytest.mark.parametrize("what", WRONG)
async def test_it_is_never_true_that(what, answers):
    assert await rows(WRONG[what]) == []


async def sign_in(client, address):
    answer = await client.post("/api/auth/login", json={"email": address, "password": "password123"})
    assert answer.status_code == 200, answer.text
    return {"headers": {"Authorization": f"Bearer {answer.json()['access_token']}"}}


async def test_the_builder_finds_full_pages(client):
    owner = await sign_in(client, "builder@test.com")
    projects = (await client.get("/api/projects?limit=100", **owner)).json()
    assert {project["builder"]["company_name"] for project in projects["projects"]} == {"Deccan Crest Homes"} and projects["total"] >= 4
    bookings = (await client.get("/api/builder/bookings?limit=100", **owner)).json()
    assert bookings["total"] >= 40 and bookings["stats"]["total_revenue"] > 0
    assert {"overdue", "partial", "paid", "unpaid"} == {booking["payment_status"] for booking in bookings["bookings"]}
    units = (await client.get("/api/units?limit=100", **owner)).json()
    assert units["total"] >= 400
    inbox = (await client.get("/api/notifications", **owner)).json()
    assert inbox["seq"] > inbox["unread_count"] > 0
    news = (await client.get(f"/api/projects/{projects['projects'][-1]['id']}/updates", **owner)).json()
    assert news and all(update["images"] for update in news)
    talks = (await client.get("/api/builder/conversations", **owner)).json()
    assert talks["stats"]["open"] > 3 and talks["stats"]["closed"] > 0 < talks["stats"]["unread"]
    other = (await client.get("/api/builder/bookings?limit=100", **await sign_in(client, "builder2@test.com"))).json()
    assert not {booking["id"] for booking in other["bookings"]} & {booking["id"] for booking in bookings["bookings"]}


async def test_the_customer_finds_a_story_in_the_middle(client):
    customer = await sign_in(client, "customer@test.com")
    me = (await client.get("/api/auth/me", **customer)).json()["customer_id"]
    bookings = (await client.get(f"/api/bookings/customer/{me}", **customer)).json()
    assert {"agreement_signed", "token_paid", "reserved", "inquiry", "cancelled"} == {booking["status"] for booking in bookings}
    late = next(booking for booking in bookings if booking["status"] == "agreement_signed")
    lines = (await client.get(f"/api/bookings/{late['id']}/payments", **customer)).json()["payment_schedule"]
    assert [line["status"] for line in lines if line["kind"] == "charge"] == ["paid"], "two more sockets"
    assert [line["status"] for line in lines if line["kind"] == "installment"].count("paid") == 4
    assert [line["is_overdue"] for line in lines].index(True) == 4
    assert late["payment_status"] == "overdue"
    river = late["project_id"]
    phases = (await client.get(f"/api/projects/{river}/progress", **customer)).json()
    assert [phase["certified_percentage"] for phase in phases][:2] == [100, 100] and phases[2]["status"] == "in_progress"
    news = (await client.get(f"/api/projects/{river}/updates", **customer)).json()
    assert len(news) >= 5 and {"public", "booked"} == {update["audience"] for update in news}
    talk = (await client.get(f"/api/messages/conversation/{me}/{river}", **customer)).json()["messages"]
    assert len(talk) == 5 and talk[0]["is_read"] and not talk[-1]["is_read"]
    held = (await client.get("/api/units?status=held", **customer)).json()["units"]
    assert len(held) == 1 and held[0]["hold_expires_at"]
    assert 0 < (await client.get("/api/notifications", **customer)).json()["unread_count"]
    visitor = (await client.get("/api/projects?limit=100")).json()
    assert visitor["total"] >= 10


async def test_everybody_whom_we_name_can_sign_in(client):
    team = COMPANIES[0].team
    assert {role for role, _, _ in team} == set(TeamRole)
    for _, address, _ in team:
        await sign_in(client, address)
    await sign_in(client, "customer2@test.com")
    assert await rows("SELECT id FROM users WHERE user_type = 'admin' OR email = 'admin@test.com'") == []


async def test_agreements_were_drafted_before_anything_was_signed_and_the_two_customers_have_theirs(answers):
    signed = "SELECT id FROM bookings WHERE status IN ('registered', 'handed_over')"
    undrafted = f"{signed} AND NOT EXISTS (SELECT FROM agreements a WHERE a.booking_id = bookings.id AND a.is_draft)"
    assert len(await rows(signed)) > 10 and await rows(undrafted) == []
    said = await rows(
        """SELECT b.status, a.is_draft, b.agreement_url = '/api/bookings/' || b.id || '/agreement.pdf', a.generated_at < now() - interval '5 days'
        FROM agreements a JOIN bookings b ON b.id = a.booking_id JOIN users u ON u.id = a.customer_id
        WHERE u.email LIKE 'customer%@test.com' ORDER BY a.id"""
    )
    kinds = {("booking_confirmed", True), *((status, draft) for status in ("agreement_signed", "handed_over") for draft in (True, False))}
    assert len(said) == 5 and {row[:2] for row in said} == kinds
    assert all(row[2:] == (True, True) for row in said)


async def test_it_is_the_same_on_another_day_and_at_another_hour(answers):
    facts, inboxes = await rows(FACTS), await rows(INBOXES)
    async with house_of_its_own("again"):
        async with transaction(WORKER) as session:
            await fill(session, (await session.scalars(select(func.now()))).one() - timedelta(days=47, hours=7))
        assert await rows(FACTS) == facts
        assert [row[:4] for row in await rows(INBOXES)] == [row[:4] for row in inboxes]


async def test_a_limited_manager_sees_one_project_and_somebody_is_still_to_come(client):
    limited, owner = await sign_in(client, "riverwalk@test.com"), await sign_in(client, "builder@test.com")
    seen = [(await client.get("/api/builder/bookings", **who)).json()["total"] for who in (limited, owner)]
    assert 0 < seen[0] < seen[1] and (await client.get("/api/projects", **limited)).json()["total"] == 1
    sales = (await client.get("/api/builder/bookings", **await sign_in(client, "sales@test.com"))).json()
    others = (await client.get("/api/builder/bookings", **await sign_in(client, "sales3@test.com"))).json()
    told = [{booking["customer_id"] for booking in half["bookings"]} for half in (sales, others)]
    assert told[0] - told[1] and told[1] - told[0], "each has customers of its own; some have met both"
    open_ones = (await client.get("/api/builder/team/invites?state=open", **owner)).json()["invites"]
    assert [(one["email"], one["team_role"]) for one in open_ones] == [("nadia.khan@example.com", "sales")]


async def test_somebody_elses_address_is_left_alone():
    async with house_of_its_own("taken"):
        async with transaction(WORKER) as session:
            await session.execute(text("INSERT INTO users (user_type, email, full_name) VALUES ('customer', 'Builder@Test.com', 'Me')"))
        assert await demo.seed() == "No demo data were added: Builder@Test.com is somebody's account already."
        assert await rows("SELECT id FROM builders") == []


async def test_production_gets_none(monkeypatch):
    monkeypatch.setattr(settings, "environment", "production")
    with pytest.raises(Forbidden, match="ENVIRONMENT=development"):
        await demo.seed()

"""A request with an Idempotency-Key may be sent as often as one likes: it happens once, and is answered the same each time."""

import asyncio
import os
from collections import Counter
from datetime import UTC, datetime, timedelta

import httpx2
import psycopg
import pytest
from psycopg import AsyncConnection

from realestate.adapters import objects
from realestate.database import WORKER
from realestate.main import app
from realestate.models.idempotency import LIFETIME
from realestate.services import idempotency
from tests.factories import make_builder, make_customer, make_project, make_unit, make_units
from tests.queries import counted
from tests.speaking import attempt, speaking, until
from tests.stories import pay, picture, reserved_booking
from tests.test_commit import CUT, deferred  # noqa: F401  # a fixture
from tests.test_resilience import reserve_against

pytestmark = pytest.mark.anyio


def keyed(person, key):
    return person.headers | {"Idempotency-Key": key}


async def book(client, person, key, unit_id, **more):
    said = {"unit_id": unit_id, "payment_plan": "construction_linked"} | more
    return await client.post("/api/bookings", json=said, headers=keyed(person, key))


async def count(query, *values):
    async with speaking(WORKER) as connection:
        return (await (await connection.execute(query, values)).fetchone())[0]


async def bookings_of(unit_id):
    return await count("SELECT count(*) FROM bookings WHERE unit_id = %s", unit_id)


async def keys_of(person):
    return await count("SELECT count(*) FROM idempotency_keys WHERE user_id = %s", person.user_id)


def same(first, again):
    """All of the first answer, and that it is a repetition."""
    assert again.headers["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first.headers
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert [again.headers.get(name) for name in ("ETag", "Location", "Content-Type")] == [
        first.headers.get(name) for name in ("ETag", "Location", "Content-Type")
    ]


# ── The same again ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_same_request_is_answered_the_same_and_happens_once(client):
    builder, customer = await make_builder(), await make_customer()
    unit_id = await make_unit(builder)
    first = await book(client, customer, "k1", unit_id)
    again = await book(client, customer, "k1", unit_id)
    assert first.status_code == 201 and first.headers["Location"]
    same(first, again)
    assert await bookings_of(unit_id) == 1
    told = (await client.get("/api/notifications", headers=builder.headers)).json()["notifications"]
    assert [one["type"] for one in told] == ["booking_reserved"]


async def test_what_has_changed_since_is_not_in_the_answer(client):
    builder, customer = await make_builder(), await make_customer()
    booking = (first := await book(client, customer, "k1", await make_unit(builder))).json()
    assert (await pay(client, builder, booking, booking["token_amount"])).status_code == 201
    same(first, await book(client, customer, "k1", booking["unit_id"]))


async def test_another_spelling_of_the_same_content_is_the_same_request(client):
    builder, customer = await make_builder(), await make_customer()
    unit_id = await make_unit(builder)
    first = await book(client, customer, "k1", unit_id)
    spelled = f'{{ "payment_plan":"construction_linked",\n "unit_id": {unit_id} }}'
    headers = keyed(customer, "k1") | {"Content-Type": "application/json"}
    same(first, await client.post("/api/bookings", content=spelled, headers=headers))


async def test_another_request_with_the_same_key_is_refused(client):
    builder, customer = await make_builder(), await make_customer()
    one, other = await make_units(builder, await make_project(builder), 2)
    assert (await book(client, customer, "k1", one)).status_code == 201
    answers = [
        await book(client, customer, "k1", other),
        await client.post(f"/api/units/{one}/hold", headers=keyed(customer, "k1")),
        await client.post(f"/api/units/{other}/hold", headers=keyed(customer, "k1")),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(422, "IDEMPOTENCY_MISMATCH")] * 3
    assert await bookings_of(other) == 0


async def test_two_people_may_use_the_same_key(client):
    builder = await make_builder()
    units = await make_units(builder, await make_project(builder), 2)
    for person, unit_id in zip((await make_customer(), await make_customer("Ravi Nair")), units, strict=True):
        answer = await book(client, person, "k1", unit_id)
        assert answer.status_code == 201 and "Idempotency-Replayed" not in answer.headers


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "schlüssel", "tab\tbed"])
async def test_a_key_is_up_to_255_visible_characters(client, key):
    builder, customer = await make_builder(), await make_customer()
    headers = [(b"Authorization", customer.headers["Authorization"].encode()), (b"Idempotency-Key", key.encode())]
    answer = await client.post(f"/api/units/{await make_unit(builder)}/hold", headers=headers)
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "Idempotency-Key"


async def test_the_longest_key_is_good(client):
    builder, customer = await make_builder(), await make_customer()
    unit_id, key = await make_unit(builder), "~" * 255
    same(await book(client, customer, key, unit_id), await book(client, customer, key, unit_id))


async def test_a_file_sent_twice_is_kept_once(client):
    """Each time between other boundaries, as a client would; other bytes under the same key are another request."""
    customer = await make_customer()

    async def send(content):
        parts = {"file": ("plan.jpg", content, "image/jpeg")}
        return await client.post("/api/documents", files=parts, headers=keyed(customer, "k1"))

    async def objects_kept():
        kept = [key async for keys in objects.old_keys(datetime.now(UTC) + timedelta(minutes=1)) for key in keys]
        return len(kept)

    first = await send(picture())
    assert first.status_code == 201, first.text
    before = await objects_kept()
    same(first, await send(picture()))
    refused = await send(picture() + b"x")
    assert (refused.status_code, refused.json()["code"]) == (422, "IDEMPOTENCY_MISMATCH")
    assert await count("SELECT count(*) FROM documents WHERE uploaded_by = %s", customer.user_id) == 1
    assert await objects_kept() == before


async def test_only_posts_keep_their_answers(client):
    builder, customer = await make_builder(), await make_customer()
    unit_id = await make_unit(builder)
    hold = f"/api/units/{unit_id}/hold"
    assert (await client.post(hold, headers=customer.headers)).status_code == 200
    assert [(await client.delete(hold, headers=keyed(customer, "k1"))).status_code for _ in range(2)] == [200, 409]
    assert await keys_of(customer) == 0


async def test_a_key_costs_two_statements_and_none_costs_none(client):
    builder, customer = await make_builder(), await make_customer()
    units = await make_units(builder, await make_project(builder), 3)
    await reserved_booking(client, customer, units[0])
    with counted() as plain:
        await reserved_booking(client, customer, units[1])
    with counted() as kept:
        await book(client, customer, "k1", units[2])
    assert len(kept) == len(plain) + 2 and not any("idempotency_keys" in sql for sql in plain)


# ── What is refused leaves nothing ──────────────────────────────────────────────────────────────────────────────────────────


async def test_what_was_refused_may_be_tried_again_with_the_same_key(client):
    builder, customer = await make_builder(), await make_customer()
    unit_id = await make_unit(builder)
    rival = await make_customer("Ravi Nair")
    await client.post(f"/api/units/{unit_id}/hold", headers=rival.headers)
    assert (await book(client, customer, "k1", unit_id)).status_code == 409
    assert (await book(client, customer, "k1", unit_id, payment_plan="nonsense")).status_code == 422
    assert await keys_of(customer) == 0
    assert (await client.delete(f"/api/units/{unit_id}/hold", headers=rival.headers)).status_code == 200
    answer = await book(client, customer, "k1", unit_id)
    assert answer.status_code == 201 and "Idempotency-Replayed" not in answer.headers


async def test_what_fails_in_the_commit_keeps_no_answer(client, deferred):  # noqa: F811
    builder, customer = await make_builder(), await make_customer()
    unit_id = await make_unit(builder)
    assert (await book(client, customer, "k1", unit_id, notes="refuse")).status_code == 422
    assert await keys_of(customer) == 0
    assert (await book(client, customer, "k1", unit_id)).status_code == 201


# ── Many at once, and lines that break ──────────────────────────────────────────────────────────────────────────────────────


async def test_fifty_at_once_have_one_effect_and_one_answer(client):
    builder, customer = await make_builder(), await make_customer()
    unit_id = await make_unit(builder)
    answers = await asyncio.gather(*(book(client, customer, "k1", unit_id) for _ in range(50)))
    given = [answer for answer in answers if answer.status_code != 409]
    assert {(answer.status_code, answer.content, answer.headers["ETag"]) for answer in given} == {
        (201, given[0].content, given[0].headers["ETag"])
    }
    assert Counter(answer.headers.get("Idempotency-Replayed") for answer in given) == {None: 1, "true": len(given) - 1}
    assert all(answer.json()["code"] == "BUSY" and answer.headers["Retry-After"] for answer in answers if answer.status_code == 409)
    assert await bookings_of(unit_id) == 1


async def test_who_waits_too_long_for_the_first_is_told_to_come_back(client):
    builder, customer = await make_builder(), await make_customer()
    async with speaking(customer) as first:
        await first.execute("INSERT INTO idempotency_keys (user_id, key, fingerprint) VALUES (%s, 'k1', 'x')", [customer.user_id])
        answer = await book(client, customer, "k1", await make_unit(builder))
    assert (answer.status_code, answer.json()["code"]) == (409, "BUSY") and int(answer.headers["Retry-After"]) > 0


async def cut_those_who_wait_for(other):
    query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE %s = ANY (pg_blocking_pids(pid))"
    async with await AsyncConnection.connect(os.environ["DATABASE_URL"], autocommit=True) as nobody:
        await nobody.execute(query, [other.info.backend_pid])


async def test_a_line_cut_between_effect_and_answer_is_done_again_once(client):
    """The unit of work is repeated inside, as without a key; what the client then repeats is answered."""
    builder = await make_builder()
    customer = await make_customer(known_to=builder)
    unit_id = await make_unit(builder)

    class Keyed:
        async def post(self, path, json, headers):
            return await client.post(path, json=json, headers=headers | {"Idempotency-Key": "k1"})

    async with speaking(builder) as other:
        request = await reserve_against(Keyed(), customer, unit_id, other)
        await cut_those_who_wait_for(other)
        await other.rollback()
        first = await request
    assert first.status_code == 201
    same(first, await book(client, customer, "k1", unit_id))
    assert await bookings_of(unit_id) == 1


async def test_a_line_lost_in_the_commit_neither_doubles_nor_loses(client, deferred):  # noqa: F811
    """The outcome is unknown to the server; the same key again finds out."""
    builder, customer = await make_builder(), await make_customer()
    unit_id = await make_unit(builder)
    async with await AsyncConnection.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
        await other.execute("SELECT pg_advisory_lock(4711)")
        request = asyncio.create_task(book(client, customer, "k1", unit_id, notes="wait"))

        async def cut():
            return (await other.execute(CUT)).rowcount > 0

        await until(cut)
        assert (await request).json()["code"] == "OUTCOME_UNKNOWN"
    first = await book(client, customer, "k1", unit_id, notes="wait")
    assert first.status_code == 201
    same(first, await book(client, customer, "k1", unit_id, notes="wait"))
    assert await bookings_of(unit_id) == 1


async def test_an_acknowledgement_that_got_lost_is_given_again(client):
    """The line to the client breaks when all is done and its answer is about to leave."""
    builder, customer = await make_builder(), await make_customer()
    unit_id = await make_unit(builder)

    async def broken(scope, receive, send):
        async def lose(message):
            raise OSError("the line is broken")

        await app(scope, receive, lose)

    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(broken), base_url="http://test") as unlucky:
        with pytest.raises(OSError, match="broken"):
            await book(unlucky, customer, "k1", unit_id)
    again = await book(client, customer, "k1", unit_id)
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert await bookings_of(unit_id) == 1


# ── A day later ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def let_a_day_pass(person):
    async with speaking(WORKER) as connection:
        query = "UPDATE idempotency_keys SET created_at = created_at - %s WHERE user_id = %s"
        await connection.execute(query, [LIFETIME, person.user_id])
        await connection.commit()


async def test_after_a_day_a_key_is_new_again_swept_or_not(client):
    builder, customer = await make_builder(), await make_customer()
    one, other = await make_units(builder, await make_project(builder), 2)
    await book(client, customer, "k1", one)
    await let_a_day_pass(customer)
    first = await book(client, customer, "k1", other)
    assert first.status_code == 201
    same(first, await book(client, customer, "k1", other))


async def test_what_is_a_day_old_is_cleared_and_nothing_else(client):
    builder, customer, other = await make_builder(), await make_customer(), await make_customer("Ravi Nair")
    for person in (customer, other):
        await book(client, person, "k1", await make_unit(builder))
    await let_a_day_pass(customer)
    assert await idempotency.clear() >= 1
    assert (await keys_of(customer), await keys_of(other)) == (0, 1)


# ── Whose it is ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_nobody_reaches_the_keys_of_others(client):
    builder, customer, other = await make_builder(), await make_customer(), await make_customer("Ravi Nair")
    await book(client, customer, "k1", await make_unit(builder))
    theirs = f"WHERE user_id = {customer.user_id}"
    for person in (other, builder):
        assert await attempt(person, f"SELECT FROM idempotency_keys {theirs}") == 0
        assert await attempt(person, f"UPDATE idempotency_keys SET answer = NULL {theirs}") == 0
        assert await attempt(person, f"DELETE FROM idempotency_keys {theirs}") == "42501"
        add = f"INSERT INTO idempotency_keys (user_id, key, fingerprint) VALUES ({customer.user_id}, 'k1', 'x')"
        assert await attempt(person, add) == "42501"
        assert await attempt(person, f"{add} ON CONFLICT (user_id, key) DO UPDATE SET answer = 'x'") == "42501"
    assert await attempt(customer, f"UPDATE idempotency_keys SET user_id = {other.user_id} {theirs}") == "42501"


async def test_an_answer_cannot_be_read_in_the_table_nor_moved_within_it(client):
    builder, customer = await make_builder(), await make_customer()
    unit_id = await make_unit(builder)
    booking = (await book(client, customer, "k1", unit_id)).json()
    async with speaking(customer) as connection:
        [[answer]] = await (await connection.execute("SELECT answer FROM idempotency_keys WHERE key = 'k1'")).fetchall()
        move = "INSERT INTO idempotency_keys (user_id, key, fingerprint, answer) SELECT user_id, 'k2', fingerprint, answer FROM idempotency_keys"
        await connection.execute(move)
        await connection.commit()
    assert booking["booking_number"].encode() not in answer
    moved = await book(client, customer, "k2", unit_id)
    assert (moved.status_code, moved.json()["code"]) == (409, "ANSWER_UNREADABLE")


def test_the_table_is_small_enough_to_be_swept_by_its_index():
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        owner.execute("SET enable_seqscan = off; SET ROLE realestate_worker")
        plan = owner.execute("EXPLAIN SELECT FROM idempotency_keys WHERE created_at <= now()").fetchall()
    assert "ix_idempotency_keys_created_at" in str(plan)

"""Acts are sealed in the order of their ids, none escapes, and whoever tampers with them afterwards is found out."""

import asyncio
import json
import os
import subprocess
import sys
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import select

from realestate import crud
from realestate.database import WORKER, transaction
from realestate.models.audit import AuditSeal
from realestate.services import sealing, verifying
from tests.factories import make_builder
from tests.speaking import speaking

pytestmark = pytest.mark.anyio
TABLES = ("audit_seals", "audit_heads", "audit_events")
LINK = "fk_audit_seals_audit_event_id"


async def act(connection, builder, action="x"):
    """The id of one more act, not committed yet."""
    said = [{"action": action, "subject": "builder", "id": builder.builder_id, "details": {"price": "7500000.01"}}]
    await connection.execute("SELECT record(%s::jsonb)", [json.dumps(said)])
    return (await (await connection.execute("SELECT max(id) FROM audit_events")).fetchone())[0]


async def acts_of(builder, count=4):
    async with speaking(builder) as connection:
        ids = [await act(connection, builder, f"step.{n}") for n in range(count)]
        await connection.commit()
    return ids


async def seals_of(ids):
    async with transaction(WORKER) as session:
        rows = select(AuditSeal.audit_event_id, AuditSeal.position).where(AuditSeal.audit_event_id.in_(ids))
        return [tuple(row) for row in await session.execute(rows.order_by(AuditSeal.audit_event_id))]


@contextmanager
def tampered(*statements):
    """What the owner of the tables can do, who may lift the wall; undone afterwards."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        for table in TABLES:
            owner.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            owner.execute(f"CREATE TABLE kept_{table} AS TABLE {table}")
        owner.execute(f"ALTER TABLE audit_seals DROP CONSTRAINT {LINK}")
        for statement in statements:
            assert owner.execute(statement).rowcount > 0, statement
    try:
        yield
    finally:
        with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
            for table in TABLES:
                owner.execute(f"DELETE FROM {table}")
                owner.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")
                owner.execute(f"DROP TABLE kept_{table}")
                owner.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            owner.execute(
                f"ALTER TABLE audit_seals ADD CONSTRAINT {LINK} FOREIGN KEY (audit_event_id) REFERENCES audit_events ON DELETE RESTRICT"
            )


# ── Sealing ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_each_builder_has_a_chain_of_its_own(house):
    ashoka, bharat = await make_builder(), await make_builder("Bharat Builders")
    ids = [*await acts_of(ashoka, 2), *await acts_of(bharat, 1), *await acts_of(ashoka, 1)]
    assert await sealing.seal() >= 4
    assert await seals_of(ids) == [(ids[0], 1), (ids[1], 2), (ids[2], 1), (ids[3], 3)]
    assert await sealing.seal() == 0
    report = await verifying.verify()
    assert report.faults == [] and report.unsealed == 0 and report.sealed >= 4


async def test_a_lower_id_that_is_committed_later_does_not_escape(house):
    """Whoever began first has the higher id here: neither ids nor the numbers of transactions tell alone what may still come."""
    early, late = await make_builder(), await make_builder("Bharat Builders")
    await sealing.seal()
    async with speaking(early) as first, speaking(late) as second:
        await first.execute("SELECT pg_current_xact_id()")
        low = await act(second, late)
        high = await act(first, early)
        await first.commit()
        assert low < high
        async with transaction(WORKER) as session:
            _, writer = await crud.audit.look(session)
            assert not await crud.audit.have_ended(session, writer)
        sealed = asyncio.create_task(sealing.seal())
        await asyncio.wait([sealed], timeout=0.2)
        assert not sealed.done() and await seals_of([low, high]) == []
        await second.commit()
    assert await sealed == 2 and await seals_of([low, high]) == [(low, 1), (high, 1)]
    assert (await verifying.verify()).faults == []


async def test_what_was_rolled_back_leaves_nothing_to_wait_for(house):
    builder = await make_builder()
    async with speaking(builder) as connection:
        await act(connection, builder)
        await connection.rollback()
    ids = await acts_of(builder, 1)
    await sealing.seal()
    assert await seals_of(ids) == [(ids[0], 1)]


async def test_two_who_seal_at_once_seal_each_act_once(house):
    builder = await make_builder()
    ids = await acts_of(builder, 20)
    counts = await asyncio.gather(*(sealing.seal() for _ in range(4)))
    assert sum(counts) >= 20 and await seals_of(ids) == [(id, n) for n, id in enumerate(ids, 1)]
    assert (await verifying.verify()).faults == []


async def test_the_unsealed_tail_is_counted(house):
    await sealing.seal()
    await acts_of(await make_builder(), 3)
    report = await verifying.verify()
    assert report.unsealed == 3 and report.faults == []


async def test_long_chains_are_walked_in_several_steps(house, monkeypatch):
    monkeypatch.setattr(sealing, "BATCH", 3)
    monkeypatch.setattr(verifying, "BATCH", 3)
    await acts_of(await make_builder(), 10)
    assert await sealing.seal() >= 10
    assert (await verifying.verify()).faults == []


# ── Tampering ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

TAMPERING = {
    "changed details": (
        ['UPDATE audit_events SET details = \'{{"price": "7500000.02"}}\' WHERE id = {b}'],
        "act {b} is not what was sealed",
    ),
    "another actor": (["UPDATE audit_events SET actor_id = NULL WHERE id = {b}"], "act {b} is not what was sealed"),
    "another time": (
        ["UPDATE audit_events SET created_at = created_at - interval '1 us' WHERE id = {b}"],
        "act {b} is not what was sealed",
    ),
    "another builder": (["UPDATE audit_events SET builder_id = NULL WHERE id = {b}"], "act {b} is not what was sealed"),
    "changed seal": (["UPDATE audit_seals SET hash = repeat('0', 64) WHERE audit_event_id = {b}"], "act {b} is not what was sealed"),
    "removed": (["DELETE FROM audit_events WHERE id = {b}"], "act {b} is gone; its seal is there"),
    "removed with its seal": (
        ["DELETE FROM audit_events WHERE id = {b}", "DELETE FROM audit_seals WHERE audit_event_id = {b}"],
        "builder {builder}: act {c} follows position 1, but is number 3",
    ),
    "put in between": (
        ["INSERT INTO audit_events (id, actor_role, action, entity_type, entity_id) VALUES (-7, 'builder', 'x', 'builder', 1)"],
        "act -7 was put in between: later ones are sealed, it is not",
    ),
    "seal taken off": (
        ["DELETE FROM audit_seals WHERE audit_event_id = {b}"],
        "act {b} was put in between: later ones are sealed, it is not",
    ),
    "reordered": (
        [
            "UPDATE audit_events SET id = -7 WHERE id = {b}",
            "UPDATE audit_events SET id = {b} WHERE id = {c}",
            "UPDATE audit_events SET id = {c} WHERE id = -7",
        ],
        "act {b} is not what was sealed",
    ),
    "cut off": (
        ["DELETE FROM audit_seals WHERE audit_event_id = {d}", "DELETE FROM audit_events WHERE id = {d}"],
        "builder {builder} once had 4 acts; they are not there",
    ),
    "end taken off": (["DELETE FROM audit_heads WHERE builder_id = {builder}"], "builder {builder} has no end on record"),
}


@pytest.mark.parametrize("name", TAMPERING)
async def test_tampering_is_found_out(house, name):
    statements, said = TAMPERING[name]
    builder = await make_builder()
    names = dict(zip("abcd", await acts_of(builder), strict=True), builder=builder.builder_id)
    await acts_of(await make_builder("Bharat Builders"), 1)
    await sealing.seal()
    with tampered(*(statement.format(**names) for statement in statements)):
        assert said.format(**names) in (await verifying.verify()).faults
    assert (await verifying.verify()).faults == []


async def test_a_chain_made_anew_is_found_out_by_an_end_kept_elsewhere(house):
    """Whoever owns the tables can seal a false book as well as a true one."""
    builder = await make_builder()
    ids = await acts_of(builder)
    await sealing.seal()
    kept = await sealing.heads()
    with tampered(f"UPDATE audit_events SET actor_id = NULL WHERE id = {ids[0]}", "DELETE FROM audit_seals", "DELETE FROM audit_heads"):
        await sealing.seal()
        assert (await verifying.verify()).faults == []
        assert f"builder {builder.builder_id}: number 4 had another hash" in (await verifying.verify(kept)).faults
    assert (await verifying.verify(kept)).faults == []


def command(*words):
    return subprocess.run([sys.executable, "-m", "realestate", "audit", *words], capture_output=True, text=True, timeout=60, check=False)


async def test_the_commands_seal_and_verify(house, tmp_path):
    ids = await acts_of(await make_builder())
    assert "acts sealed" in (await asyncio.to_thread(command, "seal")).stdout
    ends = tmp_path / "heads"
    ends.write_text((await asyncio.to_thread(command, "heads")).stdout)
    good = await asyncio.to_thread(command, "verify", "--heads", str(ends))
    assert good.returncode == 0 and good.stdout.endswith("all seals hold\n"), good.stderr
    with tampered(f"UPDATE audit_events SET action = 'y' WHERE id = {ids[1]}"):
        bad = await asyncio.to_thread(command, "verify")
    assert bad.returncode == 1 and bad.stderr == f"act {ids[1]} is not what was sealed\n"

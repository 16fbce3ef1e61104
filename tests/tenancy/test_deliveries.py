"""What is sent, the codes that mails bring and what people want are nobody's to look at, nor to write, with raw SQL."""

import pytest

from realestate.database import DOORMAN, VISITOR, WORKER
from realestate.models.accounts import TeamRole
from realestate.services import deliveries
from tests.factories import make_admin, make_member
from tests.speaking import attempt, speaking

pytestmark = pytest.mark.anyio

REFUSED = "42501"
STATEMENTS = [
    "SELECT FROM deliveries",
    "SELECT state FROM deliveries WHERE user_id = {me}",
    "INSERT INTO deliveries (purpose, channel, user_id) VALUES ('verify_email', 'email', {me})",
    "UPDATE deliveries SET state = 'queued'",
    "DELETE FROM deliveries",
    "SELECT FROM account_codes",
    "INSERT INTO account_codes (user_id, purpose, code_hash, expires_at) VALUES ({me}, 'reset_password', 'x', now() + interval '1 hour')",
    "UPDATE account_codes SET used_at = NULL",
    "SELECT notification_prefs FROM users WHERE id = {me}",
    "UPDATE users SET notification_prefs = '{{}}' WHERE id = {me}",
    "UPDATE users SET is_verified = true WHERE id = {me}",
    "UPDATE notifications SET is_routed = true WHERE user_id = {me}",
]


@pytest.mark.parametrize("statement", STATEMENTS)
async def test_nobody_who_signs_in_reads_or_writes_them(world, statement):
    limited = await make_member(world.ashoka, TeamRole.sales, world.names["project"])
    for person in (world.asha, world.ravi, world.ashoka, world.bharat, limited, await make_admin(), VISITOR):
        me = person.user_id or 0
        assert await attempt(person, statement.format(me=me)) == REFUSED, person.role


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT FROM deliveries",
        "UPDATE deliveries SET state = 'queued'",
        "INSERT INTO deliveries (purpose, channel, user_id, state) VALUES ('verify_email', 'email', {asha}, 'failed')",
        "INSERT INTO deliveries (purpose, channel, user_id, digest_at) VALUES ('digest', 'email', {asha}, now())",
        "INSERT INTO deliveries (purpose, channel, user_id, attempts) VALUES ('verify_email', 'email', {asha}, 7)",
        "INSERT INTO account_codes (user_id, purpose, code_hash, expires_at) VALUES ({asha}, 'verify_email', 'x', now())",
        "UPDATE account_codes SET expires_at = 'infinity'",
        "SELECT tell('[]')",
    ],
)
async def test_the_doorman_asks_for_mails_about_accounts_and_no_more(world, statement):
    assert await attempt(DOORMAN, statement.format(asha=world.asha.user_id)) == REFUSED


async def test_the_doorman_uses_codes_up_and_brings_none_back(world):
    code = "INSERT INTO account_codes (user_id, purpose, code_hash, expires_at, used_at) VALUES (%s, 'verify_email', %s, now(), %s)"
    async with speaking(WORKER) as connection:
        await connection.execute("DELETE FROM account_codes")
        for name, used_at in ((b"open", None), (b"used", "2026-11-21")):
            await connection.execute(code, [world.asha.user_id, name, used_at])
        await connection.commit()
    assert await attempt(DOORMAN, "UPDATE account_codes SET used_at = now()") == 1
    assert await attempt(DOORMAN, "UPDATE account_codes SET used_at = NULL WHERE used_at IS NULL") == REFUSED


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE deliveries SET state = 'sent', sent_at = now()", "ck_deliveries_no_secret_stays"),
        ("UPDATE deliveries SET state = 'sent', sealed = NULL", "ck_deliveries_sent_at_some_time"),
        ("UPDATE deliveries SET purpose = 'notification'", "ck_deliveries_notification_is_named"),
        ("UPDATE deliveries SET purpose = 'verify_email', sealed = NULL", "ck_deliveries_to_somebody"),
    ],
)
async def test_even_the_worker_keeps_no_secret_and_claims_nothing_untrue(world, statement, constraint):
    async with speaking(WORKER) as connection:
        await connection.execute("INSERT INTO deliveries (purpose, channel, sealed) VALUES ('reset_password', 'email', 'x')")
        with pytest.raises(Exception, match=constraint):
            await connection.execute(statement + " WHERE sealed = 'x'")


async def test_one_notification_takes_each_way_once(world):
    await deliveries.route()
    twice = "INSERT INTO deliveries (purpose, channel, user_id, notification_id) SELECT purpose, channel, user_id, notification_id FROM deliveries"
    assert await attempt(WORKER, f"{twice} WHERE notification_id IS NOT NULL") == "23505"

"""Which ways notifications take, when, and that each is taken once."""

import asyncio
from datetime import UTC, datetime
from secrets import token_hex
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from realestate import crud
from realestate.adapters import outbox
from realestate.adapters.mail import NOWHERE
from realestate.config import settings
from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole, User, UserType
from realestate.models.deliveries import Channel, Delivery, Purpose
from realestate.models.notifications import Event, Notification, NotificationCategory, Priority
from realestate.schemas.preferences import Digest, Preferences, QuietHours
from realestate.services import deliveries
from realestate.services.deliveries.choosing import after_quiet, next_digest, ways
from tests.factories import make_builder, make_customer, make_member, make_unit
from tests.post import forget_what_is_due, let_wait_be_over, plain, rows_of, sent_to
from tests.speaking import speaking
from tests.stories import reserved_booking

pytestmark = pytest.mark.anyio

BERLIN, KOLKATA = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata")
NIGHT = QuietHours(begins="22:00", ends="07:00")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
EVERYTHING = {"in_app": True, "email": True, "sms": True, "push": True}
NOTHING = dict.fromkeys(EVERYTHING, False)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
async def post(client, monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "data_dir", tmp_path)
    await forget_what_is_due()


async def prefer(client, person, **said):
    assert (await client.put("/api/me/notification-preferences", json=said, headers=person.headers)).status_code == 200


def chosen(event, who=UserType.customer, about=7, priority=Priority.medium, now=NOON, zone=BERLIN, **said):
    """The ways of an event about user or thing 7 to user 7, or to another."""
    wanted = Preferences.model_validate(said)
    one = Notification(type=event, category=NotificationCategory.booking, priority=priority, related_entity_id=about)
    return [tuple(way) for way in ways(one, User(id=7, user_type=who), wanted, zone, now)]


# ── Choosing ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_event_takes_the_ways_that_its_recipient_wants():
    assert chosen(Event.message_new) == [(Channel.email, NOON, False)]
    assert [way[0] for way in chosen(Event.message_new, channels={"booking": EVERYTHING})] == list(Channel)
    assert chosen(Event.message_new, channels={"booking": NOTHING}) == []
    assert chosen(Event.hold_released, channels={"booking": EVERYTHING}) == []


async def test_a_notice_to_a_customer_cannot_be_turned_off_and_one_to_a_team_can():
    muted = {"channels": {"booking": NOTHING}, "digest": {"every": "day", "hour": 8, "weekday": 1}}
    assert chosen(Event.demand_issued, **muted) == [(Channel.email, NOON, False)]
    assert chosen(Event.demand_issued, UserType.builder, **muted) == []
    assert chosen(Event.login_new_device, UserType.builder, **muted) == [(Channel.email, NOON, False)]
    assert chosen(Event.login_new_device, UserType.builder, about=8, **muted) == [], "a colleague's"


async def test_what_can_wait_goes_into_a_digest_unless_none_is_wanted():
    ((channel, at, in_digest),) = chosen(Event.update_published)
    assert (channel, at, in_digest) == (Channel.email, utc("2026-11-22T07:00"), True), "eight in Berlin"
    assert [way[2] for way in chosen(Event.update_published, digest={"every": "never", "hour": 8, "weekday": 1})] == [False]
    assert chosen(Event.update_published, channels={"booking": EVERYTHING}) == [(Channel.email, at, True)], "no phone rings for it"


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-21T20:59", None),
        ("2026-11-21T21:00", "2026-11-22T06:00"),
        ("2026-11-22T05:59", "2026-11-22T06:00"),
        ("2026-11-22T06:00", None),
        ("2026-03-28T22:00", "2026-03-29T05:00"),  # the clock goes forward in this night: it is an hour shorter
        ("2026-10-24T21:00", "2026-10-25T06:00"),  # and back in this one
        ("2026-10-25T00:30", "2026-10-25T06:00"),  # half past two, the first time
        ("2026-10-25T01:30", "2026-10-25T06:00"),  # and the second
    ],
)
async def test_quiet_hours_end_by_the_clock_on_the_wall(now, until):
    assert after_quiet(NIGHT, BERLIN, utc(now)) == utc(until or now)


async def test_quiet_hours_may_lie_within_a_day_and_end_where_the_clock_skips():
    assert after_quiet(QuietHours(begins="13:00", ends="15:30"), KOLKATA, utc("2026-11-21T08:00")) == utc("2026-11-21T10:00")
    assert after_quiet(QuietHours(begins="22:00", ends="02:30"), BERLIN, utc("2026-03-28T23:00")) == utc("2026-03-29T01:30")
    night = {"quiet_hours": NIGHT.model_dump(), "zone": BERLIN, "now": utc("2026-11-21T23:00")}
    assert chosen(Event.message_new, **night) == [(Channel.email, utc("2026-11-22T06:00"), False)]
    assert chosen(Event.message_new, priority=Priority.critical, **night) == [(Channel.email, utc("2026-11-21T23:00"), False)]


async def test_a_digest_whose_hour_is_a_quiet_one_comes_when_they_end():
    late = {"quiet_hours": {"begins": "22:00", "ends": "09:30"}, "now": utc("2026-11-21T07:15")}
    assert chosen(Event.update_published, **late) == [(Channel.email, utc("2026-11-22T08:30"), True)]


async def test_a_digest_comes_at_its_hour_where_its_reader_lives():
    daily, fridays = Digest(every="day", hour=8, weekday=1), Digest(every="week", hour=8, weekday=5)
    assert next_digest(daily, BERLIN, utc("2026-10-24T05:00")) == utc("2026-10-24T06:00")
    assert next_digest(daily, BERLIN, utc("2026-10-24T06:00")) == utc("2026-10-25T07:00")
    assert next_digest(fridays, BERLIN, utc("2026-11-20T06:59")) == utc("2026-11-20T07:00")
    assert next_digest(fridays, BERLIN, utc("2026-11-20T07:00")) == utc("2026-11-27T07:00")


# ── From the inbox to the outbox ────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_reserve_is_mailed_to_its_team_in_the_name_of_the_company(client, post):
    builder, customer = await make_builder(), await make_customer()
    booking = await reserved_booking(client, customer, await make_unit(builder))
    (mail,) = await sent_to(builder.email)
    assert (mail["Subject"], mail["From"].addresses[0].display_name) == ("Unit reserved", "Ashoka Homes")
    assert f"{settings.public_url}/bookings/{booking['id']}" in plain(mail)
    assert await sent_to(customer.email) == [], "nobody is told of an act of their own"
    assert len(await sent_to(builder.email)) == 1, "once"


async def test_the_readers_language_is_spoken(client, post):
    builder, customer = await make_builder(), await make_customer()
    await client.patch("/api/auth/me", json={"locale": "hi-IN"}, headers=builder.headers)
    await reserved_booking(client, customer, await make_unit(builder))
    (mail,) = await sent_to(builder.email)
    assert mail["Subject"] == "यूनिट आरक्षित" and "नमस्ते Meera Iyer," in plain(mail)


async def test_a_rollback_sends_nothing(client, post):
    person = await make_customer()
    with pytest.raises(ZeroDivisionError):
        await fail_after_posting(person)
    assert await sent_to(person.email) == await rows_of(person.email) == []


async def fail_after_posting(person):
    async with transaction(WORKER) as session:
        await deliveries.post(session, Purpose.verify_email, user_id=person.user_id)
        await session.flush()
        raise ZeroDivisionError


async def test_many_senders_send_each_mail_once(client, post):
    builder, customer = await make_builder(), await make_customer()
    for _ in range(6):
        await reserved_booking(client, customer, await make_unit(builder))
    await asyncio.gather(*(deliveries.deliver_due() for _ in range(3)))
    mails = [one.message["Message-ID"] for one in outbox.latest() if builder.email in one.to]
    assert len(mails) == len(set(mails)) == 6


async def test_no_more_is_claimed_than_asked_for_whatever_the_planner_does(client, post):
    person = await make_customer()
    async with transaction(WORKER) as session:
        for _ in range(9):
            await deliveries.post(session, Purpose.verify_email, user_id=person.user_id)
        for way in ("hashagg", "sort", "hashjoin", "mergejoin", "indexscan", "bitmapscan", "material", "memoize"):
            await session.execute(text(f"SET LOCAL enable_{way} = off"))
        assert len(await crud.deliveries.claim(session, 2)) == 2


async def test_who_waits_before_a_screen_does_not_wait_for_a_thousand_digests(client, post):
    person = await make_customer()
    async with transaction(WORKER) as session:
        for day in range(3):
            at = NOON.replace(year=2020, day=1 + day)
            session.add(Delivery(purpose=Purpose.digest, channel=Channel.email, user_id=person.user_id, digest_at=at, next_try_at=at))
        await session.flush()
        await crud.deliveries.add(session, Purpose.reset_password, sealed=b"x")
        [first] = await crud.deliveries.claim(session, 1)
        assert (await session.get_one(Delivery, first)).purpose is Purpose.reset_password


async def test_what_was_sent_long_ago_is_forgotten_some_at_a_time(client, post, monkeypatch):
    monkeypatch.setattr(crud.deliveries, "MOST_CLEARED", 2)
    person = await make_customer()
    async with speaking(WORKER) as connection:
        for age in (91, 91, 91, 91, 91, 89):
            await connection.execute(
                """INSERT INTO deliveries (purpose, channel, user_id, state, created_at)
                VALUES ('verify_email', 'email', %s, 'suppressed', now() - %s * interval '1 day')""",
                [person.user_id, age],
            )
            await connection.execute(
                "INSERT INTO account_codes (user_id, purpose, code_hash, expires_at) VALUES (%s, 'verify_email', %s, now() - %s * interval '1 day')",
                [person.user_id, token_hex(16).encode(), age],
            )
        await connection.commit()
    assert await deliveries.clear() >= 10
    async with speaking(WORKER) as connection:
        codes = await connection.execute("SELECT FROM account_codes WHERE user_id = %s", [person.user_id])
        assert (len(await rows_of(person.email)), codes.rowcount) == (1, 1)


async def test_phones_ring_for_those_who_want_it(client, post):
    builder, customer = await make_builder(), await make_customer()
    await prefer(client, builder, channels={"booking": EVERYTHING})
    await reserved_booking(client, customer, await make_unit(builder))
    await deliveries.deliver_due()
    states = await rows_of(builder.email, "channel, state, last_error")
    assert sorted(states) == [("email", "sent", None), ("push", "sent", None), ("sms", "suppressed", "no phone number")]
    assert [one.message["X-Channel"] for one in outbox.latest() if one.to == str(builder.user_id)] == ["push"]


async def test_who_has_left_gets_nothing_more(client, post):
    builder, customer = await make_builder(), await make_customer()
    member = await make_member(builder, TeamRole.sales_manager)
    await reserved_booking(client, customer, await make_unit(builder))
    await deliveries.route()
    assert (await client.delete(f"/api/builder/team/{member.user_id}", headers=builder.headers)).status_code == 200
    assert await sent_to(member.email) == []
    assert [row[:2] for row in await rows_of(member.email)] == [("suppressed", "nobody has this account any more")]


async def test_a_digest_is_one_mail_of_all_that_could_wait(client, post):
    builder, customer, other = await make_builder(), await make_customer(), await make_customer("Ravi Menon")
    await make_held(client, customer, await make_unit(builder))
    await make_held(client, other, await make_unit(builder))
    assert await sent_to(builder.email) == []
    await let_wait_be_over()
    (mail,) = await sent_to(builder.email)
    assert mail["Subject"] == "What is new: 2" and plain(mail).count("is held until") == 2
    assert mail["List-Unsubscribe"] and plain(mail).count("(Ashoka Homes)") == 2
    assert {row[0] for row in await rows_of(builder.email)} == {"sent"}
    await make_held(client, customer, await make_unit(builder))
    await deliveries.route()
    await let_wait_be_over()
    second = (await sent_to(builder.email))[1]
    assert second["Subject"] == "What is new: 1", "the next one has what is new since"


async def test_digests_open_however_often_the_statement_was_prepared(client, post):
    person = await make_customer()
    async with transaction(WORKER) as session:
        opened = {await crud.deliveries.open_digest(session, person.user_id, NOON) for _ in range(12)}
    assert len(opened) == 1


async def make_held(client, customer, unit_id):
    assert (await client.post(f"/api/units/{unit_id}/hold", headers=customer.headers)).status_code in (200, 201)


async def test_what_is_muted_in_the_app_is_there_as_read(client, post):
    builder, customer = await make_builder(), await make_customer()
    await prefer(client, builder, channels={"booking": NOTHING})
    await reserved_booking(client, customer, await make_unit(builder))
    said = (await client.get("/api/notifications", headers=builder.headers)).json()
    assert [(one["type"], one["is_read"]) for one in said["notifications"]] == [("booking_reserved", True)]
    assert said["unread_count"] == 0 and said["notifications"][0]["read_at"]
    assert await sent_to(builder.email) == []


async def test_a_notice_is_never_muted_in_the_app(client, post):
    person = await make_customer()
    await prefer(client, person, channels={"system": NOTHING})
    words = {"old_password": "correct horse battery", "new_password": "a better one 42"}
    assert (await client.post("/api/auth/change-password", json=words, headers=person.headers)).status_code == 200
    said = (await client.get("/api/notifications", headers=person.headers)).json()
    assert [(one["type"], one["is_read"]) for one in said["notifications"]] == [("password_changed", False)]
    assert [mail["Subject"] for mail in await sent_to(person.email)] == ["Password changed"]


async def test_preferences_that_cannot_be_read_any_more_stop_nobody(client, post):
    builder, customer = await make_builder(), await make_customer()
    async with speaking(WORKER) as connection:
        await connection.execute("""UPDATE users SET notification_prefs = '{"channels": 7}' WHERE id = %s""", [builder.user_id])
        await connection.commit()
    await reserved_booking(client, customer, await make_unit(builder))
    assert len(await sent_to(builder.email)) == 1


async def test_production_without_a_server_makes_no_mails(client, post, monkeypatch):
    monkeypatch.setattr(settings, "environment", "production")
    assert deliveries.available() == []
    monkeypatch.setattr(settings, "smtp_url", "smtp://mail.test")
    assert deliveries.available() == [Channel.email]


async def test_without_a_server_people_are_invited_all_the_same_and_nothing_is_said_to_be_sent(client, post, monkeypatch):
    builder, person = await make_builder(), await make_customer()
    async with transaction(WORKER) as session:
        await deliveries.post(session, Purpose.reset_password, secret=person.email)
    monkeypatch.setattr(settings, "environment", "production")
    said = {"email": f"{token_hex(6)}@example.com", "full_name": "Nikhil Jadhav", "team_role": "sales"}
    invited = await client.post("/api/builder/team/invites", json=said, headers=builder.headers)
    assert invited.status_code == 201 and invited.json()["code"]
    await deliveries.deliver_due()
    assert outbox.latest() == [], "what was asked for while there was one waits for it"
    query = "SELECT purpose, state, last_error FROM deliveries d ORDER BY d.id DESC LIMIT 2"
    async with speaking(WORKER) as connection:
        rows = await (await connection.execute(query)).fetchall()
    assert rows == [("team_invitation", "suppressed", NOWHERE), ("reset_password", "queued", NOWHERE)]


async def test_what_was_sent_is_forgotten_after_a_quarter_and_what_waits_is_not(client, post):
    person = await make_customer()
    for _ in range(2):
        async with transaction(WORKER) as session:
            await deliveries.post(session, Purpose.verify_email, user_id=person.user_id)
        await deliveries.deliver_due()
    async with speaking(WORKER) as connection:
        age = "UPDATE deliveries SET created_at = now() - interval '91 days', state = {} WHERE user_id = %s AND id {} (SELECT max(id) FROM deliveries)"
        await connection.execute(age.format("'queued'", "="), [person.user_id])
        await connection.execute(age.format("'suppressed'", "<"), [person.user_id])
        await connection.commit()
    assert await deliveries.clear() >= 1
    assert [row[0] for row in await rows_of(person.email)] == ["queued"]

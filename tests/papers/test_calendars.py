"""Appointments as calendar programs read them, read with a real library."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole, User
from realestate.papers.calendars import calendar
from realestate.schemas.calendars import CalendarEntry
from tests.factories import make_builder, make_customer, make_member, make_project
from tests.stories import offered, take_step, visit

pytestmark = pytest.mark.anyio

NOW = "2026-11-21T10:00:00.000000Z"
ENTRY = {
    "id": 1,
    "ical_uid": "6f1c2b7a",
    "ical_sequence": 0,
    "appointment_type": "site_visit",
    "status": "scheduled",
    "starts_at": "2026-12-05T05:30:00.000000Z",
    "ends_at": "2026-12-05T06:30:00.000000Z",
    "created_at": NOW,
    "updated_at": NOW,
    "meeting_location": "site",
    "meeting_url": None,
    "host_name": "Nikhil Jadhav",
    "attendees": [],
    "agenda": None,
    "notes": None,
    "project": {"project_name": "Riverside Heights", "location": "Baner Road, Pune"},
    "builder": {"company_name": "Ashoka Homes"},
    "customer": {"full_name": "Asha Rao", "phone": "+919876543210"},
}


def written(for_team=False, **more):
    return calendar([CalendarEntry.model_validate_json(json.dumps(ENTRY | more))], for_team=for_team)


def events(body):
    return [dict(event) | {"status": str(event["STATUS"])} for event in Calendar.from_ical(body).walk("VEVENT")]


HOSTILE = 'Tea\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:evil\rATTENDEE:mailto:x@example.com\nX-A;Y="1":\\n\\, \x0b\x01\x7f; 🏠' + "ä" * 200


@pytest.mark.parametrize("field", ["agenda", "notes", "host_name", "attendees", "project", "builder", "customer"])
def test_no_text_breaks_out_of_its_line(field):
    hostile = {
        "attendees": [HOSTILE],
        "project": {"project_name": HOSTILE, "location": HOSTILE},
        "builder": {"company_name": HOSTILE},
        "customer": {"full_name": HOSTILE, "phone": HOSTILE},
    }
    for for_team in (False, True):
        body = written(for_team, **{field: hostile.get(field, HOSTILE)})
        [event] = events(body)
        plain = written(for_team)
        names = [line.split(":")[0].split(";")[0] for line in plain.decode().replace("\r\n ", "").split("\r\n")]
        assert [line.split(":")[0].split(";")[0] for line in body.decode().replace("\r\n ", "").split("\r\n")] == names
        assert str(event["UID"]).startswith("6f1c2b7a@")


def test_lines_are_folded_and_end_as_they_must():
    body = written(notes=HOSTILE * 3)
    lines = body.split(b"\r\n")
    assert max(map(len, lines)) <= 75 and lines[-1] == b"" and b"\n" not in body.replace(b"\r\n", b"")
    assert not [byte for byte in body if byte < 32 and byte not in b"\r\n"]
    assert "🏠" in events(body)[0]["DESCRIPTION"]


def test_an_address_of_a_meeting_is_only_an_address():
    [event] = events(written(meeting_url="https://meet.example.com/a?b=c,d;e"))
    assert event["URL"] == "https://meet.example.com/a?b=c,d;e"


def test_each_side_reads_of_the_other():
    [mine], [theirs] = events(written()), events(written(for_team=True))
    assert mine["SUMMARY"] == "Site visit: Riverside Heights, Ashoka Homes" and "Nikhil Jadhav" in mine["DESCRIPTION"]
    assert theirs["SUMMARY"] == "Site visit: Riverside Heights, Asha Rao" and "+919876543210" in theirs["DESCRIPTION"]
    assert mine["LOCATION"] == "Riverside Heights, Baner Road, Pune"


async def read(client, person, appointment):
    answer = await client.get(f"/api/appointments/{appointment['id']}.ics", headers=person.headers)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    [event] = events(answer.content)
    return event


async def test_an_appointment_is_one_event_however_often_it_changes(client):
    builder, asha = await make_builder(), await make_customer()
    project_id = await make_project(builder)
    said = await visit(client, asha, project_id, notes="Bring, please: plans; and a pen")
    first = await read(client, asha, said)
    assert first["DTSTART"].dt == datetime.fromisoformat(said["appointment_date"]) and first["status"] == "TENTATIVE"
    assert first["DTEND"].dt - first["DTSTART"].dt == timedelta(hours=1) and first["DTSTAMP"].dt.tzinfo is not None
    assert "Bring, please: plans; and a pen" in first["DESCRIPTION"] and first["SEQUENCE"] == 0

    url = f"/api/appointments/{said['id']}"
    await client.patch(url, json={"internal_notes": "Two offers."}, headers=builder.headers)
    assert (await read(client, asha, said))["SEQUENCE"] == 0
    await client.patch(url, json={"meeting_url": "https://meet.example.com/1"}, headers=builder.headers)
    linked = await read(client, asha, said)
    assert linked["URL"] == "https://meet.example.com/1"
    await take_step(client, builder, said, "confirmed")
    confirmed = await read(client, asha, said)
    later = (await offered(client, project_id))[-1]
    answer = await client.patch(f"/api/appointments/{said['id']}/reschedule", json={"appointment_date": later}, headers=asha.headers)
    moved = await read(client, asha, answer.json())
    await client.delete(f"/api/appointments/{answer.json()['id']}", headers=asha.headers)
    cancelled = await read(client, builder, answer.json())

    told = [first, linked, confirmed, moved, cancelled]
    assert {str(event["UID"]) for event in told} == {str(first["UID"])}
    assert [event["SEQUENCE"] for event in told] == sorted({event["SEQUENCE"] for event in told})
    assert [event["status"] for event in told] == ["TENTATIVE", "TENTATIVE", "CONFIRMED", "TENTATIVE", "CANCELLED"]
    assert moved["DTSTART"].dt == datetime.fromisoformat(later)


async def test_a_strangers_appointment_has_no_file(client):
    said = await visit(client, await make_customer(), await make_project(await make_builder()))
    for stranger in (await make_customer(), await make_builder()):
        assert (await client.get(f"/api/appointments/{said['id']}.ics", headers=stranger.headers)).status_code == 404


async def feed(client, token):
    return await client.get("/api/calendar.ics", params={"token": token})


async def open_feed(client, person):
    answer = await client.post("/api/calendar-feed", headers=person.headers)
    assert answer.status_code == 201 and answer.json()["url"] == f"/api/calendar.ics?token={answer.json()['token']}"
    return answer.json()["token"]


async def test_a_calendar_shows_what_is_ones_own(client):
    builder, asha = await make_builder(), await make_customer()
    seller = await make_member(builder, TeamRole.sales)
    project_id = await make_project(builder)
    old = await visit(client, asha, project_id)
    later = (await offered(client, project_id))[-1]
    new = (await client.patch(f"/api/appointments/{old['id']}/reschedule", json={"appointment_date": later}, headers=asha.headers)).json()
    await visit(client, await make_customer("Ravi Nair"), project_id)
    assert new["assigned_to"] == seller.user_id

    mine = await feed(client, await open_feed(client, asha))

    assert mine.headers["Content-Type"] == "text/calendar; charset=utf-8" and mine.headers["Cache-Control"] == "no-store"
    [event] = events(mine.content)
    assert event["DTSTART"].dt == datetime.fromisoformat(later).astimezone(UTC)
    assert len(events((await feed(client, await open_feed(client, seller))).content)) == 2
    assert events((await feed(client, await open_feed(client, builder))).content) == []  # the owner receives nobody


async def test_an_address_opens_the_calendar_and_nothing_else_until_it_is_withdrawn(client):
    asha = await make_customer()
    first = await open_feed(client, asha)
    assert (await feed(client, first)).status_code == 200
    assert (await client.get("/api/appointments", headers={"Authorization": f"Bearer {first}"})).status_code == 401
    access = asha.headers["Authorization"].removeprefix("Bearer ")
    second = await open_feed(client, asha)
    for token in (first, access, "x", second[:-1]):
        assert (await feed(client, token)).status_code == (422 if token == access else 404), token
    assert (await feed(client, second)).status_code == 200
    async with transaction(WORKER) as session:
        (await session.get_one(User, asha.user_id)).is_active = False
    assert (await feed(client, second)).status_code == 404
    async with transaction(WORKER) as session:
        (await session.get_one(User, asha.user_id)).is_active = True
    for _ in range(2):
        assert (await client.delete("/api/calendar-feed", headers=asha.headers)).status_code == 200
    assert (await feed(client, second)).status_code == 404

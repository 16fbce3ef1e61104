"""Meeting people: who may book what and when, and what becomes of it."""

import asyncio
import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest

from realestate.models.accounts import TeamRole
from realestate.services import appointments
from tests.factories import make_builder, make_customer, make_member, make_project, make_unit, shift_visit
from tests.stories import meet, offered, reserve, take_step, types_told, visit

pytestmark = pytest.mark.anyio
WISHES = int(os.environ.get("WISHES", "30"))
"""At once for one time, ten times over; WISHES=100 takes some ten seconds more."""


async def shown(client, person, appointment):
    answer = await client.get(f"/api/appointments/{appointment['id']}", headers=person.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def set_rules(client, builder, project_id=None, **rules):
    place = {"project_id": project_id} if project_id else {}
    answer = await client.put("/api/builder/availability", params=place, json=rules, headers=builder.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def move(client, person, appointment, when, **more):
    return await client.patch(
        f"/api/appointments/{appointment['id']}/reschedule", json={"appointment_date": when} | more, headers=person.headers
    )


# ── Booking ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_stranger_is_asked_to_sign_in_and_others_roles_are_turned_away(client):
    builder = await make_builder()
    project_id = await make_project(builder)
    when = (await offered(client, project_id))[0]

    said = {"project_id": project_id, "appointment_date": when, "appointment_type": "site_visit", "meeting_location": "site"}
    assert (await client.post("/api/appointments", json=said)).status_code == 401
    assert (await meet(client, await make_member(builder, TeamRole.finance), project_id, when)).json()["code"] == "NOT_PERMITTED"


async def test_a_project_that_is_not_shown_has_no_times(client):
    builder, asha = await make_builder(), await make_customer()
    project_id = await make_project(builder, published=False)

    assert (await client.get(f"/api/projects/{project_id}/slots")).status_code == 404
    assert (await client.get(f"/api/projects/{project_id}/slots", headers=(await make_builder()).headers)).status_code == 404
    when = (await offered(client, project_id, builder))[0]
    assert (await meet(client, asha, project_id, when)).status_code == 404


async def test_a_visit_is_booked_with_somebody_who_is_free_and_both_are_told(client):
    builder, asha = await make_builder(), await make_customer()
    seller = await make_member(builder, TeamRole.sales)
    project_id = await make_project(builder)
    when = (await offered(client, project_id))[3]

    answer = await meet(client, asha, project_id, when, notes="A high floor, please.", attendees=["Ravi Rao"])

    said = answer.json()
    assert answer.status_code == 201 and answer.headers["Location"] == f"/api/appointments/{said['id']}"
    assert said["status"] == "scheduled" and said["appointment_date"] == when and said["duration_minutes"] == 60
    assert said["assigned_to"] == seller.user_id and said["host_name"] == "Team Member"
    assert said["project"]["timezone"] == "Asia/Kolkata" and said["builder"]["full_name"] == "Meera Iyer"
    assert said["customer"]["email"] == asha.email and "internal_notes" not in said
    again = await client.get(f"/api/appointments/{said['id']}", headers=asha.headers)
    assert again.content == answer.content and again.headers["ETag"] == answer.headers["ETag"]
    assert await types_told(client, seller) == ["appointment_booked"]
    assert await types_told(client, asha) == await types_told(client, builder) == []
    team = await shown(client, builder, said)
    assert team["internal_notes"] is None and team["customer"]["full_name"] == "Asha Rao"  # a lead now


async def test_the_team_books_for_a_customer_it_knows_and_for_nobody_else(client):
    builder = await make_builder()
    asha, stranger = await make_customer(known_to=builder), await make_customer("Ravi Nair")
    project_id = await make_project(builder)
    when = (await offered(client, project_id))[5]

    assert (await meet(client, builder, project_id, when)).json()["errors"][0]["field"] == "customer_id"
    assert (await meet(client, builder, project_id, when, customer_id=stranger.user_id)).status_code == 404
    answer = await meet(client, builder, project_id, when, customer_id=asha.user_id)

    assert answer.status_code == 201 and answer.json()["assigned_to"] == builder.user_id
    assert await types_told(client, asha) == ["appointment_booked"]
    assert (await meet(client, asha, project_id, when, customer_id=stranger.user_id)).json()["code"] == "NOT_YOUR_ID"


async def test_only_times_that_are_offered_can_be_booked(client):
    builder, asha = await make_builder(), await make_customer()
    project_id = await make_project(builder)
    when = datetime.fromisoformat((await offered(client, project_id))[4])
    at = {
        "SLOT_NOT_OFFERED": (when + timedelta(minutes=1), when.replace(hour=20), when + timedelta(days=200)),
        "IN_THE_PAST": (datetime.now(UTC) - timedelta(minutes=1),),
        "SHORT_NOTICE": (datetime.now(UTC) + timedelta(minutes=20),),
    }
    for code, times in at.items():
        for time in times:
            said = (await meet(client, asha, project_id, time.isoformat())).json()
            assert code in (said["code"], said.get("errors", [{}])[0].get("code")), (code, time, said)
    past = await meet(client, asha, project_id, "2026-01-01T10:00:00Z")
    assert past.status_code == 422 and past.json()["errors"][0]["field"] == "appointment_date"
    naive = await meet(client, asha, project_id, "2027-01-01T10:00:00")
    assert naive.status_code == 422
    assert (await client.get("/api/appointments", headers=asha.headers)).json()["total"] == 0


async def test_a_time_is_taken_when_nobody_is_free_and_touching_times_are_fine(client):
    builder, project_id = await make_builder(), None
    project_id = await make_project(builder)
    slots = [datetime.fromisoformat(slot) for slot in await offered(client, project_id)]
    hour = [timedelta(minutes=minutes) for minutes in (-60, -30, 0, 30, 60)]
    first = next(slot for slot in slots if all(slot + away in slots for away in hour))  # in the middle of a day

    assert (await meet(client, await make_customer(), project_id, first.isoformat())).status_code == 201
    for minutes in (-30, 0, 30):  # an hour long, every half hour
        answer = await meet(client, await make_customer(), project_id, (first + timedelta(minutes=minutes)).isoformat())
        assert answer.status_code == 409 and answer.json()["code"] == "SLOT_TAKEN", minutes
    for minutes in (-60, 60):
        answer = await meet(client, await make_customer(), project_id, (first + timedelta(minutes=minutes)).isoformat())
        assert answer.status_code == 201, answer.text
    left = {datetime.fromisoformat(slot) for slot in await offered(client, project_id)}
    assert not {first + away for away in hour} & left


async def test_a_customer_is_not_in_two_places_even_with_two_companies(client):
    asha, places = await make_customer(), []
    for _ in range(2):
        places.append(await make_project(await make_builder()))
    first = await visit(client, asha, places[0])

    answer = await meet(client, asha, places[1], first["appointment_date"])

    assert answer.status_code == 409 and answer.json()["code"] == "SLOT_TAKEN"
    assert (await meet(client, await make_customer(), places[1], first["appointment_date"])).status_code == 201


async def test_of_all_who_want_overlapping_times_one_gets_it_ten_times_over(client):
    builder = await make_builder()
    project_id = await make_project(builder)
    people = [await make_customer() for _ in range(20)]
    noons = [slot for slot in await offered(client, project_id, days=20) if "T06:30:" in slot][1:11]

    async def want(number, noon):
        time = datetime.fromisoformat(noon) + timedelta(minutes=number % 2 * 30)
        for _ in range(5):  # with few connections on a small machine some may have to ask again, as Retry-After says
            answer = await meet(client, people[number % 20], project_id, time.isoformat())
            if answer.status_code != 503:
                break
        return answer.status_code, answer.json().get("code")

    assert len(noons) == 10
    for noon in noons:
        outcomes = Counter(await asyncio.gather(*(want(number, noon) for number in range(WISHES))))
        assert outcomes == {(201, None): 1, (409, "SLOT_TAKEN"): WISHES - 1}


async def test_one_customer_does_not_fill_a_teams_calendar(client):
    builder, asha = await make_builder(), await make_customer()
    project_id = await make_project(builder)
    await set_rules(client, builder, visits_ahead=2)
    slots = await offered(client, project_id)

    assert [(await meet(client, asha, project_id, slots[n])).status_code for n in (0, 4)] == [201, 201]
    assert (await meet(client, asha, project_id, slots[8])).json()["code"] == "VISIT_LIMIT"


async def test_a_site_visit_takes_the_enquiry_on_and_others_do_not(client):
    builder, asha = await make_builder(), await make_customer()
    unit_id = await make_unit(builder)
    enquiry = (await reserve(client, asha, unit_id, None, intent="inquire")).json()

    tour = await visit(client, asha, enquiry["project_id"], 20, appointment_type="virtual_tour", meeting_location="online")
    assert tour["booking_id"] == enquiry["id"]
    assert (await client.get(f"/api/bookings/{enquiry['id']}", headers=asha.headers)).json()["status"] == "inquiry"
    seen = await visit(client, asha, enquiry["project_id"], 30)

    assert seen["unit_id"] == unit_id and seen["booking_id"] == enquiry["id"]
    booking = (await client.get(f"/api/bookings/{enquiry['id']}", headers=asha.headers)).json()
    assert booking["status"] == "site_visit_scheduled"
    assert (await reserve(client, asha, unit_id)).json()["id"] == enquiry["id"]


async def test_what_it_is_about_must_be_the_customers_and_of_the_project(client):
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Nair")
    unit_id = await make_unit(builder)
    project_id = await make_project(builder)
    theirs = (await reserve(client, ravi, unit_id, None, intent="inquire")).json()
    mine = (await reserve(client, asha, unit_id, None, intent="inquire")).json()
    when = (await offered(client, project_id))[9]

    assert (await meet(client, asha, project_id, when, booking_id=theirs["id"])).status_code == 404
    assert (await meet(client, asha, project_id, when, booking_id=mine["id"])).json()["errors"][0]["field"] == "booking_id"
    assert (await meet(client, asha, project_id, when, unit_id=unit_id)).json()["errors"][0]["field"] == "unit_id"


async def test_a_project_with_appointments_is_not_deleted(client):
    builder, asha = await make_builder(), await make_customer()
    project_id = await make_project(builder)
    await visit(client, asha, project_id)

    answer = await client.delete(f"/api/projects/{project_id}", headers=builder.headers)

    assert answer.status_code == 409 and answer.json()["code"] == "PROJECT_IN_USE"
    assert answer.json()["blocked_by"] == {"bookings": 0, "holds": 0, "appointments": 1, "conversations": 0}


# ── Groups ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_group_visit_is_full_when_its_seats_are_taken(client):
    builder = await make_builder()
    project_id = await make_project(builder)
    await set_rules(client, builder, project_id, group_capacity=3)
    when = (await offered(client, project_id))[6]

    first = (await meet(client, await make_customer(), project_id, when, attendees=["Ravi Rao"])).json()
    assert first["is_group"] and first["seats"] == 2
    slots = (await client.get(f"/api/projects/{project_id}/slots")).json()["slots"]
    assert next(slot["seats"] for slot in slots if slot["appointment_date"] == when) == 1
    assert (await meet(client, await make_customer(), project_id, when, attendees=["One more"])).json()["code"] == "SLOT_TAKEN"
    second = (await meet(client, await make_customer(), project_id, when)).json()
    assert second["assigned_to"] == first["assigned_to"]
    assert (await meet(client, await make_customer(), project_id, when)).json()["code"] == "SLOT_TAKEN"
    private = await meet(client, await make_customer(), project_id, when, appointment_type="consultation")
    assert private.json()["code"] == "SLOT_TAKEN"  # its host is with the group


async def test_seats_are_counted_when_twenty_come_at_once(client):
    builder = await make_builder()
    project_id = await make_project(builder)
    await set_rules(client, builder, group_capacity=5)
    people = [await make_customer() for _ in range(20)]
    when = (await offered(client, project_id))[6]

    answers = await asyncio.gather(*(meet(client, person, project_id, when) for person in people))

    assert Counter(answer.status_code for answer in answers) == {201: 5, 409: 15}


# ── Steps ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_story_of_a_visit(client):
    builder, asha = await make_builder(), await make_customer()
    said = await visit(client, asha, await make_project(builder))

    assert (await take_step(client, builder, said, "confirmed")).json()["status"] == "confirmed"
    assert (await take_step(client, builder, said, "completed")).json()["code"] == "NOT_STARTED"
    await shift_visit(said["id"], minutes_ago=5)
    assert (await take_step(client, builder, said, "checked_in")).json()["status"] == "checked_in"
    done = (await take_step(client, builder, said, "completed", outcome="interested")).json()

    assert done["status"] == "completed" and done["outcome"] == "interested"
    rated = await client.put(f"/api/appointments/{said['id']}/rating", json={"rating": 4}, headers=asha.headers)
    assert rated.json()["rating"] == 4 and "outcome" not in rated.json()
    assert await types_told(client, asha) == ["appointment_completed", "appointment_confirmed"]
    assert await types_told(client, builder) == ["appointment_booked"]


async def test_nobody_is_a_no_show_within_half_an_hour(client):
    builder, asha = await make_builder(), await make_customer()
    said = await visit(client, asha, await make_project(builder))
    await shift_visit(said["id"], minutes_ago=29)
    assert (await take_step(client, builder, said, "no_show")).json()["code"] == "NOT_STARTED"
    await shift_visit(said["id"], minutes_ago=31)
    assert (await take_step(client, builder, said, "no_show")).json()["status"] == "no_show"
    assert await types_told(client, asha) == ["appointment_no_show"]


async def test_a_rating_is_for_what_has_taken_place(client):
    builder, asha = await make_builder(), await make_customer()
    said = await visit(client, asha, await make_project(builder))
    answer = await client.put(f"/api/appointments/{said['id']}/rating", json={"rating": 5}, headers=asha.headers)
    assert answer.status_code == 409 and answer.json()["code"] == "INVALID_TRANSITION"
    assert (await client.put(f"/api/appointments/{said['id']}/rating", json={"rating": 6}, headers=asha.headers)).status_code == 422


@pytest.mark.parametrize("who", ["customer", "team"])
async def test_cancelling_frees_the_time_and_tells_the_other_side(client, who):
    builder, asha = await make_builder(), await make_customer()
    project_id = await make_project(builder)
    said = await visit(client, asha, project_id)
    person, other = (asha, builder) if who == "customer" else (builder, asha)

    answer = await client.delete(f"/api/appointments/{said['id']}", headers=person.headers)

    assert answer.status_code == 200 and answer.json() == {"message": "The appointment has been cancelled."}
    assert (await shown(client, asha, said))["status"] == "cancelled"
    assert (await types_told(client, other))[0] == "appointment_cancelled"
    assert said["appointment_date"] in await offered(client, project_id)
    again = await client.delete(f"/api/appointments/{said['id']}", headers=person.headers)
    assert again.status_code == 409 and again.json()["code"] == "INVALID_TRANSITION" and again.json()["allowed"] == []


async def test_a_customer_keeps_the_notice_and_the_team_need_not(client):
    builder, asha = await make_builder(), await make_customer()
    project_id = await make_project(builder)
    said = await visit(client, asha, project_id)
    await shift_visit(said["id"], minutes_ago=-59)  # an hour's notice
    later = (await offered(client, project_id))[-1]

    assert (await client.delete(f"/api/appointments/{said['id']}", headers=asha.headers)).json()["code"] == "SHORT_NOTICE"
    assert (await take_step(client, asha, said, "cancelled")).json()["code"] == "SHORT_NOTICE"
    assert (await move(client, asha, said, later)).json()["code"] == "SHORT_NOTICE"
    assert (await move(client, builder, said, later)).status_code == 200


async def test_moving_it_answers_the_new_one_and_keeps_the_old(client):
    builder, asha = await make_builder(), await make_customer()
    await make_member(builder, TeamRole.sales)
    project_id = await make_project(builder)
    slots = [datetime.fromisoformat(slot) for slot in await offered(client, project_id)]
    half = timedelta(minutes=30)
    nth = next(n for n, slot in enumerate(slots) if slot + half in slots)
    old = await visit(client, asha, project_id, nth, notes="Third floor.")
    await take_step(client, builder, old, "confirmed")
    half_later = (slots[nth] + half).isoformat()

    answer = await move(client, asha, old, half_later, reason="We are late.", meeting_location="office")  # it overlaps what it leaves

    new = answer.json()
    assert answer.status_code == 200 and new["id"] != old["id"] and new["rescheduled_from_id"] == old["id"]
    assert (new["status"], new["meeting_location"], new["notes"]) == ("scheduled", "office", "Third floor.")
    assert new["reschedule_reason"] == "We are late." and new["assigned_to"] == old["assigned_to"]
    assert (await shown(client, asha, old))["status"] == "rescheduled"
    assert (await move(client, asha, old, half_later)).json()["code"] == "INVALID_TRANSITION"
    page = (await client.get("/api/appointments", headers=asha.headers)).json()
    assert [one["id"] for one in page["appointments"]] == [new["id"], old["id"]]


async def test_one_is_moved_once_by_ten_at_once(client):
    builder, asha = await make_builder(), await make_customer()
    project_id = await make_project(builder)
    old = await visit(client, asha, project_id)
    slots = await offered(client, project_id)

    answers = await asyncio.gather(*(move(client, asha, old, slots[n * 2]) for n in range(10)))

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 9}


async def test_a_refused_move_leaves_everything_as_it_was(client):
    builder, asha = await make_builder(), await make_customer()
    project_id = await make_project(builder)
    old = await visit(client, asha, project_id)
    taken = await visit(client, await make_customer(), project_id)

    assert (await move(client, asha, old, taken["appointment_date"])).json()["code"] == "SLOT_TAKEN"
    assert await shown(client, asha, old) == old


async def test_a_stale_version_is_refused(client):
    builder, asha = await make_builder(), await make_customer()
    said = await visit(client, asha, await make_project(builder))
    await take_step(client, builder, said, "confirmed")
    headers = asha.headers | {"If-Match": '"1-0"'}
    assert (await client.delete(f"/api/appointments/{said['id']}", headers=headers)).status_code == 412


# ── The team ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_another_host_takes_over_and_both_hear_of_it(client):
    builder, asha = await make_builder(), await make_customer()
    seller = await make_member(builder, TeamRole.sales)
    said = await visit(client, asha, await make_project(builder))
    url = f"/api/appointments/{said['id']}"

    stranger = await make_builder("Bharat Builders")
    assert (await client.patch(url, json={"assigned_to": stranger.user_id}, headers=builder.headers)).status_code == 404
    answer = await client.patch(url, json={"assigned_to": builder.user_id, "internal_notes": "Two offers."}, headers=builder.headers)

    assert answer.json()["assigned_to"] == builder.user_id and answer.json()["host_name"] == "Meera Iyer"
    assert "appointment_assigned" in await types_told(client, asha)
    assert "Two offers." not in (await client.get(url, headers=asha.headers)).text
    assert (await client.patch(url, json={"internal_notes": "x"}, headers=asha.headers)).status_code == 403
    assert (await client.get(url, headers=seller.headers)).status_code == 404  # no longer theirs


async def test_a_seller_who_gives_a_visit_away_is_answered_with_it_and_then_knows_it_no_more(client):
    builder, asha = await make_builder(), await make_customer()
    giver = await make_member(builder, TeamRole.sales)
    said = await visit(client, asha, await make_project(builder))
    assert (await client.get(f"/api/appointments/{said['id']}", headers=giver.headers)).json()["assigned_to"] == giver.user_id

    answer = await client.patch(f"/api/appointments/{said['id']}", json={"assigned_to": builder.user_id}, headers=giver.headers)

    assert answer.status_code == 200 and answer.json()["assigned_to"] == builder.user_id, answer.text
    assert (await client.get(f"/api/appointments/{said['id']}", headers=giver.headers)).status_code == 404
    assert "appointment_assigned" in await types_told(client, builder)


async def test_a_host_who_is_busy_does_not_take_over(client):
    builder = await make_builder()
    await make_member(builder, TeamRole.sales)
    project_id = await make_project(builder)
    first = await visit(client, await make_customer(), project_id)
    second = (await meet(client, await make_customer(), project_id, first["appointment_date"])).json()
    assert second["assigned_to"] != first["assigned_to"]

    answer = await client.patch(f"/api/appointments/{second['id']}", json={"assigned_to": first["assigned_to"]}, headers=builder.headers)

    assert answer.status_code == 409 and answer.json()["code"] == "SLOT_TAKEN"


async def test_lists_and_their_figures(client):
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Nair")
    project_id = await make_project(builder)
    mine = [await visit(client, asha, project_id, n) for n in (0, 4)]
    theirs = await visit(client, ravi, project_id, 8)
    await take_step(client, builder, mine[0], "confirmed")
    await client.delete(f"/api/appointments/{mine[1]['id']}", headers=asha.headers)

    page = (await client.get("/api/appointments", headers=asha.headers)).json()
    assert {one["id"] for one in page["appointments"]} == {one["id"] for one in mine}
    assert page["stats"] == {"total": 2, "confirmed": 1, "pending": 0, "completed": 0, "cancelled": 1}
    team = (await client.get("/api/appointments?status=pending&type=site_visit", headers=builder.headers)).json()
    assert [one["id"] for one in team["appointments"]] == [theirs["id"]] and team["stats"]["total"] == 3
    assert "internal_notes" in team["appointments"][0]
    ravis = await client.get(f"/api/appointments/customer/{ravi.user_id}", headers=builder.headers)
    assert [one["id"] for one in ravis.json()] == [theirs["id"]]
    assert (await client.get(f"/api/appointments/customer/{ravi.user_id}", headers=asha.headers)).json()["code"] == "NOT_YOUR_ID"
    all_of_it = (await client.get(f"/api/appointments/project/{project_id}", headers=builder.headers)).json()
    assert len(all_of_it) == 3
    with patch("realestate.routers.shared.appointments.MOST_OF_PROJECT", 2):
        latest = (await client.get(f"/api/appointments/project/{project_id}", headers=builder.headers)).json()
    assert latest == all_of_it[:2]
    assert (await client.get(f"/api/appointments/project/{project_id}", headers=asha.headers)).status_code == 403


# ── Reminders ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_reminders_come_once_a_day_and_two_hours_before(client):
    builder, asha = await make_builder(), await make_customer()
    said = await visit(client, asha, await make_project(builder), 60)

    async def reminded(minutes_before):
        await shift_visit(said["id"], -minutes_before)
        await appointments.remind()
        await appointments.remind()
        return (await types_told(client, asha)).count("appointment_reminder")

    assert [await reminded(minutes) for minutes in (1500, 1430, 200, 110, 5)] == [0, 1, 1, 2, 2]
    assert (await types_told(client, builder)).count("appointment_reminder") == 2


async def test_what_is_moved_is_told_of_at_its_new_time(client):
    builder, asha = await make_builder(), await make_customer()
    project_id = await make_project(builder)
    old = await visit(client, asha, project_id, 60)
    await shift_visit(old["id"], -1430)
    await appointments.remind()
    new = (await move(client, asha, old, (await offered(client, project_id))[100])).json()
    await appointments.remind()
    assert await types_told(client, asha) == ["appointment_reminder"]

    await shift_visit(new["id"], -1430)
    await appointments.remind()
    assert (await types_told(client, asha)).count("appointment_reminder") == 2


async def test_what_the_team_forgot_is_a_no_show_after_a_day(client):
    builder, asha = await make_builder(), await make_customer()
    said = await visit(client, asha, await make_project(builder))
    await shift_visit(said["id"], minutes_ago=23 * 60)
    await appointments.remind()
    assert (await shown(client, asha, said))["status"] == "scheduled"
    await shift_visit(said["id"], minutes_ago=25 * 60)
    await appointments.remind()
    assert (await shown(client, asha, said))["status"] == "no_show"

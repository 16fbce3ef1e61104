"""What ends with a booking: visits about it are called off, and wishes that nobody has begun with are closed."""

import pytest

from realestate.models.bookings import Booking
from realestate.models.change_requests import ChangeRequestStatus
from realestate.models.units import Unit
from tests.factories import let_time_pass, make_builder, make_change_request, make_customer, make_project, make_unit, make_units
from tests.routers.test_offers import let_go
from tests.routers.test_parties import swap
from tests.stories import confirmed_booking, reserve, reserved_booking, set_status, types_told, visit

pytestmark = pytest.mark.anyio
S = ChangeRequestStatus


@pytest.fixture
async def both():
    return await make_builder(), await make_customer()


async def appointment(client, person, made):
    return (await client.get(f"/api/appointments/{made['id']}", headers=person.headers)).json()


async def settle(client, builder, asha, booking):
    """The customer asks to be let out, and is."""
    path = f"/api/bookings/{booking['id']}/cancellation"
    assert (await client.post(path, json={"reason": "We move."}, headers=asha.headers)).status_code == 201
    answer = await client.post(f"{path}/approval", json={}, headers=builder.headers)
    assert answer.json()["status"] == "cancelled", answer.text


async def test_who_was_to_come_about_a_booking_that_is_cancelled_is_told_and_the_time_is_free_again(client, both):
    builder, asha = both
    booking = await confirmed_booking(client, builder, asha, await make_unit(builder))
    papers = await visit(client, asha, booking["project_id"], 20, appointment_type="documentation", booking_id=booking["id"])
    plain = await visit(client, asha, booking["project_id"], 24)

    await settle(client, builder, asha, booking)

    now = await appointment(client, asha, papers)
    assert (now["status"], now["cancel_reason"]) == ("cancelled", "Its booking is cancelled.")
    assert (await appointment(client, asha, plain))["status"] != "cancelled"
    assert (await types_told(client, asha)).count("appointment_cancelled") == 1
    again = {"project_id": booking["project_id"], "appointment_date": papers["appointment_date"], "appointment_type": "documentation"}
    answer = await client.post("/api/appointments", json=again | {"meeting_location": "office"}, headers=asha.headers)
    assert answer.status_code == 201, answer.text


async def test_the_host_is_told_too_when_a_customer_lets_go_of_a_reserve(client, both):
    builder, asha = both
    booking = await reserved_booking(client, asha, await make_unit(builder))
    await visit(client, asha, booking["project_id"], booking_id=booking["id"], appointment_type="inspection")

    assert (await let_go(client, asha, booking)).status_code == 201

    assert (await types_told(client, builder)).count("appointment_cancelled") == 1


@pytest.mark.parametrize("how", ["rejected", "expired"])
async def test_so_it_is_however_a_reserve_ends(client, both, how):
    builder, asha = both
    unit_id = await make_unit(builder)
    booking = await reserved_booking(client, asha, unit_id)
    made = await visit(client, asha, booking["project_id"], booking_id=booking["id"])

    if how == "rejected":
        assert (await set_status(client, builder, booking, "rejected", reason="No.")).status_code == 200
    else:
        await let_time_pass(Booking, booking["id"], "reserve_expires_at")
        await let_time_pass(Unit, unit_id, "hold_expires_at")
        assert (await reserve(client, await make_customer("Ravi Nair"), unit_id)).status_code == 201

    now = await appointment(client, asha, made)
    assert (now["status"], now["cancel_reason"]) == ("cancelled", f"Its booking is {how}.")


async def test_a_visit_that_was_made_when_it_was_a_mere_enquiry_stays(client, both):
    builder, asha = both
    unit_id = await make_unit(builder)
    enquiry = (await reserve(client, asha, unit_id, None, intent="inquire")).json()
    made = await visit(client, asha, enquiry["project_id"])
    booking = await reserved_booking(client, asha, unit_id)
    assert booking["id"] == enquiry["id"] == made["booking_id"]

    await let_go(client, asha, booking)

    assert (await appointment(client, asha, made))["status"] != "cancelled"


async def test_wishes_of_a_booking_that_is_cancelled_are_closed_but_not_what_is_being_built(client, both):
    builder, asha = both
    booking = await confirmed_booking(client, builder, asha, await make_unit(builder))
    open_ones = [await make_change_request(builder, booking, status=status) for status in (S.submitted, S.under_review)]
    over = await make_change_request(builder, booking, status=S.declined)
    path = f"/api/change-requests/{open_ones[1]}"

    await settle(client, builder, asha, booking)

    for id in open_ones:
        said = (await client.get(f"/api/change-requests/{id}", headers=asha.headers)).json()
        assert (said["status"], said["rejection_reason"]) == ("withdrawn", "Its booking is cancelled.")
    assert (await client.get(f"/api/change-requests/{over}", headers=asha.headers)).json()["status"] == "declined"
    assert (await types_told(client, asha)).count("change_request_withdrawn") == 2
    refused = await client.patch(path, json={"status": "quoted", "estimated_cost": 1}, headers=builder.headers)
    assert refused.status_code == 409


async def agreed(client, builder, asha, booking):
    """A change whose price both sides have said yes to."""
    change = await make_change_request(builder, booking, status=S.under_review)
    for person, said in ((builder, "quoted"), (asha, "approved")):
        body = {"status": said, "estimated_cost": 20000}
        answer = await client.patch(f"/api/change-requests/{change}", json=body, headers=person.headers)
        assert answer.status_code == 200, answer.text
    return f"/api/change-requests/{change}"


@pytest.mark.parametrize("how", ["cancelled", "swapped"])
async def test_a_change_that_was_agreed_on_is_not_begun_any_more_and_one_that_was_is_finished(client, both, how):
    builder, asha = both
    first, second = await make_units(builder, await make_project(builder), 2)
    booking = await confirmed_booking(client, builder, asha, first)
    waits, begun = [await agreed(client, builder, asha, booking) for _ in range(2)]
    assert (await client.patch(begun, json={"status": "in_progress"}, headers=builder.headers)).status_code == 200

    if how == "cancelled":
        await settle(client, builder, asha, booking)
    else:
        assert (await swap(client, builder, booking, second)).status_code == 201

    states = [(await client.get(path, headers=builder.headers)).json()["status"] for path in (waits, begun)]
    assert states == ["withdrawn", "in_progress"]
    assert (await client.patch(begun, json={"status": "completed"}, headers=builder.headers)).status_code == 200

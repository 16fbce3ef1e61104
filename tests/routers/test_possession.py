"""From the agreement to the keys."""

from datetime import date, datetime, timedelta

import pytest

from realestate.models.accounts import TeamRole
from realestate.models.bookings import Booking
from tests.factories import make_builder, make_customer, make_member, make_unit, put
from tests.stories import confirmed_booking, pay, set_status, types_told, upload

pytestmark = pytest.mark.anyio


async def shown(client, person, booking):
    return (await client.get(f"/api/bookings/{booking['id']}", headers=person.headers)).json()


async def post(client, person, booking, path, **said):
    return await client.post(f"/api/bookings/{booking['id']}/{path}", json=said or None, headers=person.headers)


async def drafted(client, builder, booking):
    made = (await client.post(f"/api/bookings/{booking['id']}/generate-agreement", headers=builder.headers)).json()
    return made["content_hash"]


async def signed_booking(client, builder, customer, plan="possession_linked"):
    booking = await confirmed_booking(client, builder, customer, await make_unit(builder), plan)
    terms = await drafted(client, builder, booking)
    for person in (customer, builder):
        assert (await post(client, person, booking, "signatures", content_hash=terms)).status_code == 201
    return booking


async def certify_occupancy(client, builder, booking):
    said = {"kind": "occupancy_certificate", "project_id": booking["project_id"]}
    assert (await upload(client, builder, **said)).status_code == 201


async def test_an_agreement_is_signed_when_everybody_has_signed_the_version_that_counts(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await confirmed_booking(client, builder, asha, await make_unit(builder))
    assert (await post(client, asha, booking, "signatures", content_hash="a" * 64)).json()["code"] == "NO_AGREEMENT"
    terms = await drafted(client, builder, booking)
    assert (await post(client, asha, booking, "signatures", content_hash="a" * 64)).json()["code"] == "AGREEMENT_CHANGED"
    assert (await set_status(client, builder, booking, "agreement_signed")).json()["code"] == "SIGNATURES_MISSING"

    for _ in range(2):
        assert (await post(client, asha, booking, "signatures", content_hash=terms)).json()["status"] == "booking_confirmed"
    clerk = await make_member(builder, TeamRole.finance)
    signed = await set_status(client, clerk, booking, "agreement_signed")

    assert signed.json()["status"] == "agreement_signed" and signed.json()["agreement_date"], signed.text
    lines = (await client.get(f"/api/bookings/{booking['id']}/schedule", headers=asha.headers)).json()
    assert lines[1]["name"] == "On agreement" and lines[1]["status"] != "scheduled" and lines[1]["demand_no"]
    assert "booking_signed" in await types_told(client, asha)
    names = (await client.get(f"/api/bookings/{booking['id']}/signatures", headers=asha.headers)).json()
    assert [(one["customer_id"], one["content_hash"]) for one in names] == [(asha.user_id, terms), (None, terms)]


async def test_a_new_version_asks_for_new_signatures(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await confirmed_booking(client, builder, asha, await make_unit(builder))
    first = await drafted(client, builder, booking)
    await post(client, asha, booking, "signatures", content_hash=first)
    await put(Booking, booking["id"], promised_possession_date=date(2030, 1, 1))
    second = await drafted(client, builder, booking)
    assert second != first
    assert (await post(client, builder, booking, "signatures", content_hash=first)).json()["code"] == "AGREEMENT_CHANGED"
    assert (await post(client, builder, booking, "signatures", content_hash=second)).json()["status"] == "booking_confirmed"
    assert (await post(client, asha, booking, "signatures", content_hash=second)).json()["status"] == "agreement_signed"


async def test_a_sale_is_registered_not_before_its_agreement_and_not_in_the_future(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await signed_booking(client, builder, asha)
    today = datetime.fromisoformat((await shown(client, asha, booking))["agreement_date"]).date()
    for day, code in ((today - timedelta(days=1), "OUT_OF_ORDER"), (today + timedelta(days=2), "IN_THE_FUTURE")):
        answer = await post(client, builder, booking, "registration", registration_no="HVL-3", registration_date=str(day))
        assert answer.status_code == 422 and answer.json()["errors"][0]["code"] == code
    answer = await post(client, builder, booking, "registration", registration_no="HVL-3", registration_date=str(today))
    assert (answer.json()["status"], answer.json()["registration_no"]) == ("registered", "HVL-3")
    assert (await client.get(f"/api/units/{booking['unit_id']}", headers=builder.headers)).json()["status"] == "sold"


async def registered(client, builder, asha):
    booking = await signed_booking(client, builder, asha)
    answer = await post(
        client,
        builder,
        booking,
        "registration",
        registration_no="HVL-3",
        registration_date=(await shown(client, asha, booking))["agreement_date"],
    )
    assert answer.json()["status"] == "registered"
    return booking


async def test_possession_is_offered_with_a_certificate_and_makes_the_rest_due(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await signed_booking(client, builder, asha)
    assert (await post(client, builder, booking, "possession-offer")).json()["code"] == "INVALID_TRANSITION"
    rules = {"setting_value": {"possession_before_registration": True}}
    await client.put("/api/builder/settings/bookings.policy", json=rules, headers=builder.headers)
    assert (await post(client, builder, booking, "possession-offer")).json()["code"] == "NO_CERTIFICATE"
    await certify_occupancy(client, builder, booking)

    assert (await post(client, builder, booking, "possession-offer")).json()["status"] == "possession_offered"

    lines = (await client.get(f"/api/bookings/{booking['id']}/schedule", headers=asha.headers)).json()
    assert {line["status"] for line in lines} <= {"demanded", "partially_paid", "paid"} and lines[-1]["due_date"]
    assert "booking_possession_offered" in await types_told(client, asha)


async def test_a_snag_is_read_where_it_was_said_to_be_and_changed_by_whoever_has_seen_it(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await registered(client, builder, asha)
    made = await post(client, asha, booking, "snags", title="Leaking tap")
    path = made.headers["Location"]
    seen = await client.get(path, headers=asha.headers)
    assert seen.json() == made.json() and seen.headers["ETag"] == made.headers["ETag"]
    assert (await client.get(path, headers=(await make_customer()).headers)).status_code == 404
    stale = builder.headers | {"If-Match": seen.headers["ETag"]}
    assert (await client.patch(path, json={"is_blocking": True}, headers=stale)).status_code == 200
    assert (await client.patch(path, json={"step": "dismiss"}, headers=stale)).status_code == 412
    told = await types_told(client, asha)
    assert (await client.patch(path, json={}, headers=builder.headers)).status_code == 422
    assert await types_told(client, asha) == told


async def test_keys_are_handed_over_when_nothing_stands_in_the_way(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await registered(client, builder, asha)
    await certify_occupancy(client, builder, booking)
    engineer = await make_member(builder, TeamRole.engineer)
    await post(client, builder, booking, "possession-offer")
    snag = (await post(client, asha, booking, "snags", title="Leaking tap")).json()
    assert (await post(client, asha, booking, "snags", title="x", is_blocking=True)).status_code == 422

    async def code():
        return (await post(client, engineer, booking, "handover")).json()["code"]

    assert await code() == "ARREARS"
    left = (await shown(client, asha, booking))["pending_amount"]
    await pay(client, builder, booking, left)
    answer = await client.patch(f"/api/snags/{snag['id']}", json={"is_blocking": True}, headers=engineer.headers)
    assert answer.json()["is_blocking"] and await code() == "BLOCKING_SNAGS"
    await client.patch(f"/api/snags/{snag['id']}", json={"step": "mend", "response": "New washer."}, headers=engineer.headers)
    assert (await client.patch(f"/api/snags/{snag['id']}", json={"step": "mend"}, headers=engineer.headers)).json()[
        "code"
    ] == "INVALID_TRANSITION"
    assert await code() == "CHECKLIST_INCOMPLETE"
    ticked = {"url": f"/api/bookings/{booking['id']}/handover/checklist", "headers": engineer.headers}
    assert (await client.put(**ticked, json={"done": {"roof": True}})).status_code == 422
    assert (await client.put(**ticked, json={"done": {"keys": True, "meters": True, "documents": True}})).status_code == 200
    assert await code() == "NOT_ACKNOWLEDGED"
    assert (await post(client, asha, booking, "handover/acknowledgement")).json()["acknowledged_at"]

    done = (await post(client, engineer, booking, "handover")).json()

    assert done["status"] == "handed_over" and done["handed_over_at"]
    assert (await client.get(f"/api/units/{booking['unit_id']}", headers=asha.headers)).json()["status"] == "handed_over"
    assert (await types_told(client, asha))[0] == "booking_handed_over"

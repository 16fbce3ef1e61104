"""Which notifications somebody wants: said, kept, and only theirs."""

import pytest

from tests.factories import make_admin, make_builder, make_customer

pytestmark = pytest.mark.anyio

PATH = "/api/me/notification-preferences"
WAYS = {"in_app": True, "email": False, "sms": True, "push": False}


async def test_what_is_usual_holds_until_something_is_said(client):
    for person in (await make_customer(), await make_builder(), await make_admin()):
        said = (await client.get(PATH, headers=person.headers)).json()
        assert set(said["channels"]) >= {"booking", "payment", "message", "system"}
        assert said["channels"]["booking"] == {"in_app": True, "email": True, "sms": False, "push": False}
        assert said["digest"] == {"every": "day", "hour": 8, "weekday": 1} and said["quiet_hours"] is None
        assert said["timezone"] == "UTC" and said["available"] == ["email", "sms", "push"]


async def test_put_says_all_of_it_anew(client):
    asha, ravi = await make_customer(), await make_customer("Ravi Menon")
    wanted = {"channels": {"Booking": WAYS}, "quiet_hours": {"begins": "22:00", "ends": "07:00"}}
    first = await client.put(PATH, json=wanted, headers=asha.headers)
    assert first.json()["channels"]["booking"] == WAYS and first.json()["quiet_hours"] == wanted["quiet_hours"]
    assert (await client.get(PATH, headers=asha.headers)).json() == first.json()
    assert (await client.get(PATH, headers=ravi.headers)).json()["channels"]["booking"]["email"]
    again = await client.put(PATH, json={"digest": {"every": "never", "hour": 0, "weekday": 7}}, headers=asha.headers)
    assert (
        again.json()["channels"]["booking"]["email"] and again.json()["quiet_hours"] is None and again.json()["digest"]["every"] == "never"
    )


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"channels": {"weather": WAYS}}, "channels.weather.[key]"),
        ({"channels": {"booking": {"email": True}}}, "channels.booking.in_app"),
        ({"channels": {"booking": WAYS | {"fax": True}}}, "channels.booking.fax"),
        ({"channels": {"booking": WAYS | {"sms": "maybe"}}}, "channels.booking.sms"),
        ({"channels": None}, "channels"),
        ({"quiet_hours": {"begins": "24:00", "ends": "07:00"}}, "quiet_hours.begins"),
        ({"quiet_hours": {"begins": "07:00", "ends": "07:00"}}, "quiet_hours.ends"),
        ({"digest": {"every": "hour", "hour": 8, "weekday": 1}}, "digest.every"),
        ({"digest": {"every": "day", "hour": 24, "weekday": 1}}, "digest.hour"),
        ({"digest": {"every": "week", "hour": True, "weekday": 0}}, "digest.hour"),
        ({"user_id": 7}, "user_id"),
    ],
)
async def test_what_is_no_preference_is_named_and_changes_nothing(client, wrong, field):
    person = await make_customer()
    said = await client.put(PATH, json=wrong, headers=person.headers)
    assert said.status_code == 422 and field in [error["field"] for error in said.json()["errors"]]
    assert (await client.get(PATH, headers=person.headers)).json()["channels"]["booking"]["email"]

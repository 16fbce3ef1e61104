"""Payment plans of a project: offered, versioned, and kept by those who have booked on them."""

import pytest

from realestate.models.accounts import TeamRole
from tests.factories import make_builder, make_customer, make_member, make_project, make_units
from tests.stories import reserve, reserved_booking

pytestmark = pytest.mark.anyio
LINES = [
    {"name": "Token and more", "weight": 33.34, "trigger": "on_booking"},
    {"name": "Roof", "weight": "33.33", "trigger": "on_milestone", "phase_key": "structure", "threshold_pct": 100},
    {"name": "Keys", "weight": 33.33, "trigger": "on_possession", "due_in_days": 30},
]


@pytest.fixture
async def site(house):
    builder = await make_builder()
    project_id = await make_project(builder)
    return builder, project_id, await make_units(builder, project_id, 3, price="5.47")


async def put(client, member, project_id, kind="custom", **more):
    said = {"name": "Thirds", "lines": LINES} | more
    return await client.put(f"/api/projects/{project_id}/payment-plans/{kind}", json=said, headers=member.headers)


async def offered(client, project_id, person=None):
    answer = await client.get(f"/api/projects/{project_id}/payment-plans", headers=person.headers if person else {})
    return {plan["kind"]: plan for plan in answer.json()}


async def test_only_planners_of_the_company_write_plans(client, site):
    builder, project_id, _ = site
    assert (await put(client, await make_customer(), project_id)).status_code == 403
    assert (await put(client, await make_member(builder, TeamRole.finance), project_id)).status_code == 403
    assert (await put(client, await make_builder("Bharat Builders"), project_id)).status_code == 404


async def test_a_project_offers_the_plans_of_the_house_until_it_has_its_own(client, site):
    builder, project_id, _ = site
    house = await offered(client, project_id)
    assert len(house) == 6 and "custom" not in house and {plan["version"] for plan in house.values()} == {0}
    assert (await put(client, builder, project_id)).json()["version"] == 1
    assert (await put(client, builder, project_id, name="Three parts")).json()["version"] == 2
    own = (await offered(client, project_id))["custom"]
    assert own["name"] == "Three parts" and [line["weight"] for line in own["lines"]] == [33.34, 33.33, 33.33]


async def test_a_booking_is_split_by_the_projects_own_plan_and_keeps_it(client, site):
    builder, project_id, units = site
    await put(client, builder, project_id)
    customer = await make_customer()
    booking = await reserved_booking(client, customer, units[0], "custom")
    await put(client, builder, project_id, lines=[{"name": "All", "weight": 100, "trigger": "on_booking"}])
    path = f"/api/bookings/{booking['id']}/payments"
    lines = (await client.get(path, headers=customer.headers)).json()["payment_schedule"]
    assert [(line["name"], line["amount"]) for line in lines] == [("Token and more", 1.82), ("Roof", 1.83), ("Keys", 1.82)]
    later = await reserved_booking(client, customer, units[1], "custom")
    lines = (await client.get(f"/api/bookings/{later['id']}/payments", headers=customer.headers)).json()["payment_schedule"]
    assert [line["amount"] for line in lines] == [5.47]


async def test_what_is_withdrawn_cannot_be_chosen_and_is_shown_to_the_team_alone(client, site):
    builder, project_id, units = site
    gone = await client.delete(f"/api/projects/{project_id}/payment-plans/hybrid", headers=builder.headers)
    assert gone.json()["is_offered"] is False and gone.json()["lines"]
    assert "hybrid" not in await offered(client, project_id) and "hybrid" in await offered(client, project_id, builder)
    refused = (await reserve(client, await make_customer(), units[0], "hybrid")).json()
    assert refused["code"] == "PLAN_NOT_OFFERED" and "hybrid" not in refused["offered"] and "time_linked" in refused["offered"]


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [LINES[0] | {"weight": 99.99}],
        [LINES[0] | {"weight": 100}, LINES[1] | {"weight": 0.01}],
        [LINES[0] | {"weight": 33.333}, *LINES[1:]],
        [LINES[2] | {"weight": 100}],
        [LINES[0] | {"weight": 50}, {"name": "x", "weight": 50, "trigger": "on_milestone"}],
        [LINES[0] | {"weight": 50}, {"name": "x", "weight": 50, "trigger": "on_agreement", "phase_key": "structure"}],
        [LINES[0] | {"weight": 100, "due_in_days": -1}],
    ],
)
async def test_weights_total_exactly_a_hundred_and_every_line_says_what_it_waits_for(client, site, lines):
    builder, project_id, _ = site
    assert (await put(client, builder, project_id, lines=lines)).status_code == 422
    assert "custom" not in await offered(client, project_id)

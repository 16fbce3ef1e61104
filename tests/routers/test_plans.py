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


async def all_plans(client, member, query=""):
    answer = await client.get(f"/api/builder/payment-plans{query}", headers=member.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def copy(client, member, *to, kind="custom", **more):
    return await client.post("/api/builder/payment-plans/copies", json={"kind": kind, "project_ids": to} | more, headers=member.headers)


async def test_a_company_looks_through_the_plans_of_all_its_projects(client, site):
    builder, project_id, _ = site
    second = await make_project(builder, project_name="Banyan Court")
    await put(client, builder, project_id)
    await put(client, builder, second, "hybrid", name="Half and half")
    await client.delete(f"/api/projects/{second}/payment-plans/full_payment", headers=builder.headers)
    page = await all_plans(client, builder)
    assert page["total"] == 9 and [plan["project_id"] for plan in page["payment_plans"]] == [None] * 6 + [project_id, second, second]
    assert [plan["name"] for plan in (await all_plans(client, builder, "?limit=2&page=4"))["payment_plans"]] == ["Thirds", "Half and half"]
    own = (await all_plans(client, builder, f"?project_id={second}&is_offered=true"))["payment_plans"]
    assert [(plan["kind"], plan["project_name"], plan["version"]) for plan in own] == [("hybrid", "Banyan Court", 1)]
    manager = await make_member(builder, TeamRole.sales_manager, project_id)
    assert (await all_plans(client, manager))["total"] == 7, "who is limited to a project sees its plans"
    assert (await all_plans(client, await make_builder("Bharat Builders")))["total"] == 6


async def test_a_project_takes_over_a_plan_of_another_as_its_next_version(client, site):
    builder, project_id, _ = site
    others = [await make_project(builder), await make_project(builder)]
    await put(client, builder, project_id)
    await put(client, builder, others[0], name="Before")
    copies = (await copy(client, builder, *others, from_project_id=project_id)).json()
    assert [(plan["project_id"], plan["name"], plan["version"]) for plan in copies] == [(others[0], "Thirds", 2), (others[1], "Thirds", 1)]
    assert (
        copies[1]["lines"]
        == (await offered(client, others[1]))["custom"]["lines"]
        == (await offered(client, project_id))["custom"]["lines"]
    )
    again = (await copy(client, builder, *others, from_project_id=project_id)).json()
    assert again == copies, "what is the same already is no new version"


async def test_a_plan_of_the_house_comes_back_by_a_copy(client, site):
    builder, project_id, _ = site
    await put(client, builder, project_id, "full_payment", name="All at once")
    [plan] = (await copy(client, builder, project_id, kind="full_payment")).json()
    assert (plan["name"], plan["version"]) == ("Full payment", 2)


async def test_a_plan_is_copied_whole_within_the_company_or_not_at_all(client, site):
    builder, project_id, _ = site
    stranger = await make_builder("Bharat Builders")
    theirs = await make_project(stranger)
    await put(client, stranger, theirs)
    for answer, status in (
        (await copy(client, builder, project_id, from_project_id=theirs), 404),
        (await copy(client, builder, project_id, theirs, kind="hybrid"), 404),
        (await copy(client, builder, project_id), 409),  # the house has no custom plan
        (await copy(client, await make_member(builder, TeamRole.finance), project_id, kind="hybrid"), 403),
        (await copy(client, builder), 422),
    ):
        assert answer.status_code == status, answer.text
    assert (await offered(client, project_id))["hybrid"]["version"] == 0

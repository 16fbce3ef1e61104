"""What units cost: lines, sheets, history, frozen prices."""

import pytest

from tests.factories import make_builder, make_customer, make_project, make_unit, make_units
from tests.queries import counted

pytestmark = pytest.mark.anyio

LINES = [
    {"code": "base", "name": "Base price", "amount": 7000000},
    {"code": "floor_rise", "name": "Floor rise", "amount": "120000.50"},
    {"code": "discount", "name": "Early buyers", "amount": -20000},
    {"code": "tax", "name": "GST, state", "percent": 2.5},
    {"code": "tax", "name": "GST, union", "percent": 2.5},
    {"code": "maintenance_advance", "name": "Maintenance, two years", "amount": 60000, "in_plan": False, "refundable": True},
]
PRICE = 7455000.53


async def change(client, person, unit_id, **said):
    return await client.patch(f"/api/units/{unit_id}", json=said, headers=person.headers)


async def sheet(client, unit_id, person=None):
    return (await client.get(f"/api/units/{unit_id}/cost-sheet", headers=person.headers if person else {})).json()


async def test_a_price_follows_from_its_lines(client):
    builder = await make_builder()
    unit_id = await make_unit(builder)
    assert [line["amount"] for line in (await sheet(client, unit_id))["lines"]] == [7500000.01]

    unit = (await change(client, builder, unit_id, price_lines=LINES)).json()

    with counted() as statements:
        said = await sheet(client, unit_id)
    assert len(statements) == 1 and unit["price"] == said["price"] == PRICE
    assert (said["taxes"], said["outside_plan"], said["total"]) == (355000.03, 60000, PRICE + 60000)
    assert [line["amount"] for line in said["lines"] if line["code"] == "tax"] == [177500.02, 177500.01]
    assert [line["taxable"] for line in said["lines"]] == [True, True, True, False, False, False]
    assert (await change(client, builder, unit_id, price_lines=said["lines"])).json()["version"] == unit["version"]
    assert (await change(client, builder, unit_id, price=PRICE)).json()["version"] == unit["version"]
    assert (await change(client, builder, unit_id, price_lines=[], price=PRICE + 1)).json()["price"] == PRICE + 1
    assert (await sheet(client, unit_id))["total"] == PRICE + 1


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"price": 5}, "PRICE_HAS_LINES"),
        ({"price": 5, "price_lines": LINES}, "DOES_NOT_SUM"),
        ({"price_lines": LINES[1:]}, "ONE_BASE"),
        ({"price_lines": [LINES[0], {"code": "tax", "name": "Tax"}]}, "MISSING"),
        ({"price_lines": [LINES[0] | {"amount": 1.001}]}, "DECIMAL_MAX_PLACES"),
    ],
)
async def test_lines_and_a_price_that_do_not_fit_are_refused(client, said, code):
    builder = await make_builder()
    unit_id = await make_unit(builder)
    await change(client, builder, unit_id, price_lines=LINES)

    refused = await change(client, builder, unit_id, **said)

    assert refused.status_code == 422 and refused.json()["errors"][0]["code"] == code
    assert (await sheet(client, unit_id))["price"] == PRICE


async def test_a_new_unit_is_priced_by_its_lines_or_by_itself(client):
    builder = await make_builder()
    said = {"project_id": await make_project(builder), "unit_type": "2BHK", "area_sqft": 900}

    async def create(number, **more):
        return (await client.post("/api/units", json=said | {"unit_number": number} | more, headers=builder.headers)).json()

    assert (await create("1", price_lines=LINES))["price"] == PRICE
    assert (await create("2"))["errors"][0] == {"field": "price", "message": "Say the price, or what it consists of.", "code": "MISSING"}
    assert (await create("3", price_lines=LINES, price=1))["errors"][0]["code"] == "DOES_NOT_SUM"


async def test_a_hold_and_its_booking_keep_the_price_and_what_it_consisted_of(client):
    builder, asha = await make_builder(), await make_customer()
    (unit_id,) = await make_units(builder, await make_project(builder))
    await change(client, builder, unit_id, price_lines=LINES)
    await client.post(f"/api/units/{unit_id}/hold", headers=asha.headers)
    await change(client, builder, unit_id, price_lines=[LINES[0] | {"amount": 8000000}])

    (held,) = (await client.get(f"/api/units/{unit_id}/holds", headers=asha.headers)).json()
    order = {"unit_id": unit_id, "payment_plan": "full_payment"}
    booking = (await client.post("/api/bookings", json=order, headers=asha.headers)).json()

    assert held["price"] == booking["total_amount"] == PRICE and len(held["price_lines"]) == len(LINES)
    assert (await sheet(client, unit_id))["price"] == 8000000
    refused = await change(client, builder, unit_id, price_lines=LINES)
    assert refused.json()["errors"][0]["code"] == "UNIT_TAKEN"

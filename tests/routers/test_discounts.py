"""What is granted off a price: asked for by one, decided by another, split over the lines, and put on paper."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole
from realestate.models.payments import Installment
from realestate.services import dues
from tests.factories import make_builder, make_customer, make_member, make_unit
from tests.routers.test_possession import drafted, post
from tests.stories import pay, reserved_booking, send, set_status, token_paid_sale

pytestmark = pytest.mark.anyio


@pytest.fixture
async def sale(client):
    return await token_paid_sale(client)


async def schedule(client, person, booking):
    return (await client.get(f"/api/bookings/{booking['id']}/schedule", headers=person.headers)).json()


async def allow(client, builder, percent=10):
    """Discounts of so much need nobody else."""
    rules = {"setting_value": {"discount_limit_percent": percent}}
    assert (await client.put("/api/builder/settings/bookings.policy", json=rules, headers=builder.headers)).status_code == 200


async def itemised(client, builder, *more):
    """A unit of seven million with 5 % tax on it."""
    unit_id = await make_unit(builder)
    lines = [{"code": "base", "name": "Base price", "amount": 7000000}, *more, {"code": "tax", "name": "GST", "percent": 5}]
    answer = await client.patch(f"/api/units/{unit_id}", json={"price_lines": lines}, headers=builder.headers)
    assert answer.status_code == 200, answer.text
    return unit_id


async def test_a_discount_is_decided_by_somebody_else_and_the_schedule_is_split_anew(client, sale):
    builder, asha, booking = sale
    manager, seller = await make_member(builder, TeamRole.sales_manager), await make_member(builder, TeamRole.sales_manager)
    assert (await send(client, "POST", manager, booking, "discount", amount=500000.01, reason="Festival")).status_code == 201
    assert (await set_status(client, builder, booking, "booking_confirmed")).json()["code"] == "DISCOUNT_PENDING"
    assert (await send(client, "POST", manager, booking, "discount/decision", approved=True, amount=500000.01)).json()[
        "code"
    ] == "MAKER_IS_CHECKER"
    granted = (await send(client, "POST", seller, booking, "discount/decision", approved=True, amount=500000.01)).json()
    assert (granted["total_amount"], granted["discount"], granted["pending_amount"]) == (7000000, 500000.01, 6850000)
    lines = await schedule(client, asha, booking)
    assert [line["amount"] for line in lines] == [700000, 1050000, 1050000, 1050000, 1050000, 1050000, 700000, 350000]
    assert (await send(client, "POST", seller, booking, "discount/decision", approved=True, amount=500000.01)).json()[
        "code"
    ] == "NO_REQUEST"
    await set_status(client, builder, booking, "booking_confirmed")
    assert (await send(client, "POST", manager, booking, "discount", amount=1, reason="Late")).json()["code"] == "TOO_LATE"


async def test_a_small_discount_needs_nobody_else_and_none_goes_below_what_is_paid(client, sale):
    builder, _, booking = sale
    await allow(client, builder, 1)
    assert (await send(client, "POST", builder, booking, "discount", amount=75000, reason="Loyal")).json()["discount"] == 75000
    other = await make_member(builder, TeamRole.admin)
    for amount in (7400000, 7500000.01, 99000000):
        refused = await send(client, "POST", builder, booking, "discount", amount=amount, reason="Everything")
        assert (refused.status_code, refused.json()["code"]) == (409, "EXCEEDS_OPEN")
        assert (await send(client, "POST", other, booking, "discount/decision", approved=False, amount=amount)).json()[
            "code"
        ] == "NO_REQUEST"
    assert (await send(client, "POST", builder, booking, "discount", amount=7000000, reason="Nearly")).status_code == 201
    await pay(client, builder, booking, 400000)
    assert (await send(client, "POST", other, booking, "discount/decision", approved=True, amount=7000000)).json()["code"] == "EXCEEDS_OPEN"


async def test_a_home_sold_at_a_discount_is_signed_for_at_what_is_left_with_its_own_discounts_and_taxes(client):
    builder, asha = await make_builder(), await make_customer()
    await allow(client, builder)
    unit_id = await itemised(client, builder, {"code": "discount", "name": "Launch offer", "amount": -100000, "taxable": False})
    booking = await reserved_booking(client, asha, unit_id)
    for amount in (500, 1000):  # the second one is instead of the first
        granted = (await send(client, "POST", builder, booking, "discount", amount=amount, reason="Loyal")).json()
    assert (granted["total_amount"], granted["discount"]) == (7249000, 1000)
    await pay(client, builder, booking, booking["token_amount"])
    await set_status(client, builder, booking, "booking_confirmed")

    terms = await drafted(client, builder, booking)

    assert [(line["amount"], line["tax_amount"]) for line in await schedule(client, asha, booking)][:2] == [
        (724900, 35000),
        (1087350, 52500),
    ]
    for person in (asha, builder):
        signed = await post(client, person, booking, "signatures", content_hash=terms)
    assert signed.json()["status"] == "agreement_signed", signed.text


async def test_taxes_are_split_over_the_schedule_like_the_price(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await reserved_booking(client, asha, await itemised(client, builder))
    lines = await schedule(client, asha, booking)
    assert sum(line["amount"] for line in lines) == 7350000 and sum(line["tax_amount"] for line in lines) == 350000
    assert [(line["amount"], line["tax_amount"]) for line in lines][:2] == [(735000, 35000), (1102500, 52500)]


async def test_who_decides_reads_what_is_asked_for_and_says_so(client, sale):
    builder, asha, booking = sale
    seller = await make_member(builder, TeamRole.sales_manager)
    for amount in (1000, 500000.5):
        await send(client, "POST", seller, booking, "discount", amount=amount, reason="Festival")

    seen = (await client.get(f"/api/bookings/{booking['id']}/particulars", headers=builder.headers)).json()
    assert seen["discount_request"] == {"amount": 500000.5, "reason": "Festival", "requested_by": seller.user_id}
    assert "discount_request" not in (await client.get(f"/api/bookings/{booking['id']}/particulars", headers=asha.headers)).json()
    other = await send(client, "POST", builder, booking, "discount/decision", approved=True, amount=1000)
    assert (other.json()["code"], other.json()["amount"]) == ("REQUEST_CHANGED", 500000.5)
    assert (await send(client, "POST", builder, booking, "discount/decision", approved=False, amount=500000.5)).json()["discount"] == 0


async def test_money_that_has_paid_more_of_a_line_than_is_left_of_it_pays_the_next(client, sale):
    builder, asha, booking = sale
    await allow(client, builder)
    await pay(client, builder, booking, 600000)  # all of the first line
    granted = await send(client, "POST", builder, booking, "discount", amount=500000.01, reason="Loyal")
    assert granted.status_code == 201 and granted.json()["total_amount"] == 7000000, granted.text
    first, second, *_ = await schedule(client, asha, booking)
    assert (first["amount"], first["paid_amount"], first["status"]) == (700000, 700000, "paid") and second["paid_amount"] == 0
    await set_status(client, builder, booking, "booking_confirmed")
    terms = await drafted(client, builder, booking)
    for person in (asha, builder):
        await post(client, person, booking, "signatures", content_hash=terms)
    assert (await schedule(client, asha, booking))[1]["paid_amount"] == 50000


async def test_no_discount_leaves_less_than_has_been_paid(client, sale):
    builder, _, booking = sale
    await allow(client, builder, 100)
    assert (await pay(client, builder, booking, 6850000)).status_code == 201
    for amount, status in ((500000.02, 409), (500000.01, 201)):
        answer = await send(client, "POST", builder, booking, "discount", amount=amount, reason="Loyal")
        assert answer.status_code == status, answer.text


async def test_what_was_waived_of_a_schedule_is_left_out_when_a_discount_splits_it_anew(client, sale):
    builder, asha, booking = sale
    await allow(client, builder, 100)
    first, *_ = await schedule(client, asha, booking)
    clerk = await make_member(builder, TeamRole.finance)
    wish = await client.post(f"/api/installments/{first['id']}/waivers", json={"reason": "Festival"}, headers=clerk.headers)
    assert (await client.post(f"/api/waivers/{wish.json()['id']}/approval", headers=builder.headers)).status_code == 200
    granted = await send(client, "POST", builder, booking, "discount", amount=675000.01, reason="Loyal")
    assert granted.status_code == 201 and granted.json()["total_amount"] == 6825000, granted.text
    amounts = [(line["amount"], line["status"]) for line in await schedule(client, asha, booking)]
    assert amounts[:2] == [(135326.09, "paid"), (1014945.65, "scheduled")] and amounts[-1] == (600000, "waived")
    assert round(sum(amount for amount, _ in amounts), 2) == 6825000
    answer = await send(client, "POST", builder, booking, "discount", amount=6760000, reason="Everything")
    assert answer.json()["code"] == "EXCEEDS_OPEN"


async def demand(booking, *where):
    """The night in which lines have fallen due."""
    async with transaction(WORKER) as session:
        lines = update(Installment).where(Installment.booking_id == booking["id"], Installment.status == "scheduled", *where)
        await session.execute(lines.values(due_date=datetime.now(UTC).date() - timedelta(days=1)))
    await dues.demand()


async def test_what_was_demanded_stays_as_it_was_and_the_lines_behind_it_give_the_discount(client):
    builder, asha = await make_builder(), await make_customer()
    await allow(client, builder, 100)
    booking = await reserved_booking(client, asha, await make_unit(builder), "time_linked")
    await pay(client, builder, booking, booking["token_amount"])
    await demand(booking, Installment.seq == 2)
    before = (await schedule(client, asha, booking))[1]
    assert before["demand_no"] and before["amount"] == 750000

    granted = await send(client, "POST", builder, booking, "discount", amount=675000, reason="Loyal")

    lines = await schedule(client, asha, booking)
    assert granted.json()["total_amount"] == sum(line["amount"] for line in lines) == 6825000.01
    assert [line["amount"] for line in lines][:3] == [675000, 750000, 675000] and lines[1] == before
    too_much = await send(client, "POST", builder, booking, "discount", amount=6750000.01, reason="All but that")
    assert too_much.json()["code"] == "EXCEEDS_OPEN", "the demand alone would be left"


async def test_where_everything_has_been_demanded_no_discount_has_anything_to_come_off(client):
    builder, asha = await make_builder(), await make_customer()
    await allow(client, builder, 100)
    booking = await reserved_booking(client, asha, await make_unit(builder), "time_linked")
    first, *_ = await schedule(client, asha, booking)
    clerk = await make_member(builder, TeamRole.finance)
    wish = await client.post(f"/api/installments/{first['id']}/waivers", json={"reason": "Festival"}, headers=clerk.headers)
    await client.post(f"/api/waivers/{wish.json()['id']}/approval", headers=builder.headers)
    await pay(client, builder, booking, booking["token_amount"])
    await demand(booking)
    refused = await send(client, "POST", builder, booking, "discount", amount=1, reason="Loyal")
    assert refused.json()["code"] == "NOTHING_TO_SPREAD"

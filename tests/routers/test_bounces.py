"""Money that did not come after all, tax that the buyer has paid, and receipts on paper."""

import io

import pytest

from realestate.models.accounts import TeamRole
from realestate.models.projects import Project
from tests.factories import make_builder, make_customer, make_member, make_project, make_unit, make_units, put
from tests.stories import confirmed_booking, pay, reserved_booking, types_told

pytestmark = pytest.mark.anyio


@pytest.fixture
async def sold(client):
    builder, customer = await make_builder(), await make_customer()
    return builder, customer, await reserved_booking(client, customer, await make_unit(builder), "full_payment")


async def money(client, person, booking):
    return (await client.get(f"/api/bookings/{booking['id']}/payments", headers=person.headers)).json()


async def bounce(client, member, payment, reason="Funds insufficient."):
    return await client.post(f"/api/payments/{payment['id']}/bounce", json={"reason": reason}, headers=member.headers)


def parts(said):
    """Which payment pays how much of which line."""
    return [(at, one["principal"]) for at, payment in enumerate(said["payments"]) for one in payment["allocations"]]


async def test_only_those_who_handle_money_say_that_it_has_bounced(client, sold):
    builder, customer, booking = sold
    payment = (await pay(client, builder, booking, 1000)).json()
    assert (await bounce(client, customer, payment)).status_code == 403
    assert (await bounce(client, await make_member(builder, TeamRole.sales), payment)).status_code == 403
    assert (await bounce(client, await make_builder("Bharat Builders"), payment)).status_code == 404


async def test_what_bounced_pays_nothing_and_later_receipts_move_up(client):
    builder, customer = await make_builder(), await make_customer()
    [unit_id] = await make_units(builder, await make_project(builder, rules={"bounce_charge": "500"}))
    booking = await reserved_booking(client, customer, unit_id)
    first = (await pay(client, builder, booking, 750000)).json()
    await pay(client, builder, booking, 100000)  # credit: the first line is paid
    assert parts(await money(client, customer, booking)) == [(0, 750000)]
    assert (await money(client, customer, booking))["credit_amount"] == 100000

    bounced = (await bounce(client, builder, first)).json()

    assert (bounced["payment_status"], bounced["allocated"], bounced["reason"]) == ("bounced", 0, "Funds insufficient.")
    said = await money(client, customer, booking)
    assert parts(said) == [(1, 100000)] and said["total_paid"] == 100000 and said["credit_amount"] == 0
    charge = said["payment_schedule"][-1]
    assert (charge["kind"], charge["amount"], charge["status"], charge["demand_state"]) == ("charge", 500, "demanded", "issued")
    assert "receipt_bounced" in await types_told(client, customer)
    assert (await bounce(client, builder, first)).json()["code"] == "INVALID_TRANSITION"
    again = (await pay(client, builder, booking, 750000)).json()
    assert again["receipt_no"].endswith("-00003"), "the number of what bounced stays its own"


async def test_replay_equals_increment(client):
    """After a bounce the books are those of a booking that the bounced money never reached."""
    builder, books = await make_builder(), []
    for amounts, bounces in (([300, 750000, 20000.5, 99], 1), ([300, 20000.5, 99], None)):
        customer = await make_customer()
        booking = await reserved_booking(client, customer, await make_unit(builder))
        receipts = [(await pay(client, builder, booking, amount)).json() for amount in amounts]
        if bounces is not None:
            await bounce(client, builder, receipts[bounces])
        said = await money(client, customer, booking)
        allocated = [payment["allocated"] for payment in said["payments"] if payment["payment_status"] == "completed"]
        books.append((allocated, [line["paid_amount"] for line in said["payment_schedule"]], said["total_paid"]))
    assert books[0] == books[1]


async def test_a_reserve_whose_only_cheque_bounces_has_its_end_again(client, sold):
    builder, _, booking = sold
    cheque = (await pay(client, builder, booking, 150000, "cheque")).json()
    assert (await client.get(f"/api/bookings/{booking['id']}", headers=builder.headers)).json()["reserve_expires_at"] is None
    await bounce(client, builder, cheque)
    now = (await client.get(f"/api/bookings/{booking['id']}", headers=builder.headers)).json()
    assert now["reserve_expires_at"] == booking["reserve_expires_at"]


async def test_nothing_bounces_while_a_part_of_it_goes_back(client, sold):
    builder, _, booking = sold
    payment = (await pay(client, builder, booking, 1000)).json()
    await client.post(f"/api/payments/{payment['id']}/refunds", json={"amount": 1, "reason": "x"}, headers=builder.headers)
    assert (await bounce(client, builder, payment)).json()["code"] == "REFUND_UNDER_WAY"


async def test_tax_paid_by_the_buyer_counts_with_its_certificate_and_is_no_money_to_give_back(client, sold):
    builder, customer, booking = sold
    credit = (await pay(client, builder, booking, 75000, "tds", transaction_id="16B-4711")).json()
    assert (credit["kind"], credit["payment_status"]) == ("tds_credit", "clearance_pending")
    assert (await money(client, customer, booking))["total_paid"] == 0

    cleared = (await client.post(f"/api/payments/{credit['id']}/clearance", headers=builder.headers)).json()

    assert cleared["allocated"] == 75000 and cleared["receipt_no"].startswith("C-")
    assert (await money(client, customer, booking))["total_paid"] == 75000
    refund = {"amount": 1, "reason": "x"}
    answer = await client.post(f"/api/payments/{credit['id']}/refunds", json=refund, headers=builder.headers)
    assert answer.json()["code"] == "NOT_REFUNDABLE"


async def test_a_receipt_is_read_on_paper_by_both_parties_alone(client, sold):
    from pypdf import PdfReader

    builder, customer, booking = sold
    receipt = (await pay(client, builder, booking, 1234567.5)).json()
    cheque = (await pay(client, builder, booking, 1, "cheque")).json()
    assert receipt["receipt_url"] == f"/api/payments/{receipt['id']}/receipt.pdf"
    for person in (builder, customer):
        answer = await client.get(receipt["receipt_url"], headers=person.headers)
        assert answer.status_code == 200 and answer.headers["content-type"] == "application/pdf"
        said = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
        assert receipt["receipt_no"] in said and "12,34,567.50" in said and "Full payment" in said and "Asha Rao" in said
    assert (await client.get(receipt["receipt_url"], headers=(await make_customer("Ravi Nair")).headers)).status_code == 404
    assert (await client.get(f"/api/payments/{cheque['id']}/receipt.pdf", headers=builder.headers)).json()["code"] == "NO_RECEIPT"


async def test_what_a_bounce_costs_is_agreed_with_the_allotment(client):
    builder, customer = await make_builder(), await make_customer()
    project_id = await make_project(builder, rules={"bounce_charge": "500"})
    booking = await confirmed_booking(client, builder, customer, (await make_units(builder, project_id))[0])
    await put(Project, project_id, rules={"bounce_charge": "9000"})
    payment = (await pay(client, builder, booking, 1000)).json()
    assert (await bounce(client, builder, payment)).status_code == 200
    assert (await money(client, customer, booking))["payment_schedule"][-1]["amount"] == 500


async def test_rules_of_money_are_for_those_who_write_the_companys_settings(client):
    builder = await make_builder()
    manager, project_id = await make_member(builder, TeamRole.sales_manager), await make_project(builder, rules={"bounce_charge": "500"})

    async def change(member, **rules):
        return await client.patch(f"/api/projects/{project_id}", json={"rules": rules}, headers=member.headers)

    for rules in ({"bounce_charge": 501}, {"bounce_charge": None}, {"interest_percent": 60}, {"grace_days": 0}, {"pre_agreement_cap": 90}):
        assert (await change(manager, hold_minutes=45, **rules)).json()["code"] == "NOT_PERMITTED"
    kept = (await change(manager, hold_minutes=45, bounce_charge=500)).json()["rules"]
    assert kept == {"hold_minutes": 45, "bounce_charge": "500"}, "what is sent again as it was changes nothing"
    assert (await change(builder, bounce_charge=10_000.01)).status_code == 422
    assert (await change(await make_member(builder, TeamRole.admin), bounce_charge=501)).status_code == 200

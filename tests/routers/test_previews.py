"""What a certificate would demand is what it demands: whatever the cap, the order of the phases, the money that has come, and who issues."""

import pytest

from tests.factories import make_builder
from tests.routers.test_demands import build, schedule, site
from tests.stories import pay

pytestmark = pytest.mark.anyio
CAPS = (None, 20, 25, 30, 40, 100)


async def fired(client, customer, booking):
    return {line["id"] for line in await schedule(client, customer, booking) if line["demand_state"]}


@pytest.mark.parametrize("auto_issue", [True, False])
@pytest.mark.parametrize("cap", CAPS)
async def test_a_preview_is_what_happens(client, cap, auto_issue):
    rules = {"auto_issue": auto_issue} | ({"pre_agreement_cap": str(cap)} if cap else {})
    builder, _, (foundation, structure), sold = await site(client, rules, buyers=2)
    (first, booking), (second, paid_ahead) = sold
    await pay(client, builder, paid_ahead, 0.25 * paid_ahead["total_amount"])

    for phase, percent in ((structure, 50), (foundation, 100), (structure, 100)):
        path = f"/api/progress/{phase['id']}/demand-preview?percent={percent}"
        preview = (await client.get(path, headers=builder.headers)).json()
        before = await fired(client, first, booking) | await fired(client, second, paid_ahead)

        await build(client, builder, phase, percent)

        now = await fired(client, first, booking) | await fired(client, second, paid_ahead)
        assert {line["installment_id"] for line in preview["demands"]} == now - before
        assert preview["total_amount"] == pytest.approx(sum(line["amount"] for line in preview["demands"]))
        assert preview["bookings"] == len({line["booking_id"] for line in preview["demands"]})
        waits = {line["installment_id"] for line in preview["waiting"]}
        again = (await client.get(path, headers=builder.headers)).json()
        assert (again["demands"], {line["installment_id"] for line in again["waiting"]}) == ([], waits)
    assert bool(waits) == (cap not in (None, 100))
    assert (await client.get(path, headers=(await make_builder("Bharat")).headers)).status_code == 404

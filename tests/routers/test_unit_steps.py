"""Every event that a path offers for a unit, in every state, by everybody (domain.md §1): as listed, or refused and nothing changed."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole
from realestate.models.units import Hold, Unit, UnitStatus
from tests.factories import make_admin, make_builder, make_customer, make_member, make_project, make_units

pytestmark = pytest.mark.anyio

U = UnitStatus
PATHS = {
    "release": ("POST", "release"),
    "withdraw": ("DELETE", "release"),
    "block": ("POST", "block"),
    "unblock": ("DELETE", "block"),
    "hold": ("POST", "hold"),
    "extend": ("POST", "hold/extension"),
    "end_hold": ("DELETE", "hold"),
}
EDGES = {
    "release": (U.unreleased, U.available),
    "withdraw": (U.available, U.unreleased),
    "block": (U.available, U.blocked),
    "unblock": (U.blocked, U.available),
    "hold": (U.available, U.held),
    "extend": (U.held, U.held),
    "end_hold": (U.held, U.available),
}
PLANNERS = ("owner", "admin", "sales_manager")
SELLERS = (*PLANNERS, "sales")
WHO = {**dict.fromkeys(("release", "withdraw", "block", "unblock"), PLANNERS), "extend": SELLERS}
WHO |= {"hold": (*SELLERS, "holder", "stranger"), "end_hold": (*SELLERS, "holder")}
ALLOWED = {  # as `allowed` names them: those of bookings and of no path included
    U.unreleased: ["release"],
    U.available: ["withdraw", "block", "hold", "reserve"],
    U.held: ["extend", "end_hold", "reserve"],
    U.reserved: ["book", "end_booking"],
    U.booked: ["sell", "hand_over", "end_booking"],
    U.sold: ["hand_over", "end_booking"],
    U.handed_over: [],
    U.blocked: ["unblock"],
}
TAKEN = (U.held, U.reserved, U.booked, U.sold, U.handed_over)


class Town:
    """A company with one member of each role, a project, and customers whom its sales person looks after."""

    async def build(self):
        self.builder = await make_builder()
        self.project_id = await make_project(self.builder)
        self.people = {role.value: await make_member(self.builder, role) for role in TeamRole if role is not TeamRole.owner}
        self.people |= {"owner": self.builder, "stranger": await make_customer(), "holder": await self.somebody()}
        self.people |= {"rival": await make_builder("Bharat Builders"), "platform": await make_admin(), "visitor": None}
        return self

    async def somebody(self):
        return await make_customer(known_to=self.people["sales"])

    async def unit(self, status):
        """In a state, with whoever has it."""
        holder = (await self.somebody()) if status is U.held else self.people["holder"]
        self.people["holder"], soon = holder, datetime.now(UTC) + timedelta(minutes=20)
        claim = {"customer_id": holder.user_id} if status in TAKEN else {}
        claim |= (
            {"hold_expires_at": soon, "hold_price": Decimal("7500000.01"), "held_by_user_id": holder.user_id} if status is U.held else {}
        )
        (unit_id,) = await make_units(self.builder, self.project_id, status=status, **claim)
        if status is U.held:
            place = {"builder_id": self.builder.builder_id, "project_id": self.project_id, "unit_id": unit_id}
            async with transaction(WORKER) as session:
                session.add(
                    Hold(**place, customer_id=holder.user_id, created_by=holder.user_id, price=Decimal("7500000.01"), expires_at=soon)
                )
        return unit_id


async def status_of(unit_id):
    async with transaction(WORKER) as session:
        return await session.scalar(select(Unit.status).where(Unit.id == unit_id))


async def attempt(client, town, event, actor, unit_id):
    method, path = PATHS[event]
    person = town.people[actor]
    body = {"block": {"reason": "Model flat"}, "hold": {"customer_id": (await town.somebody()).user_id} if actor in SELLERS else {}}
    more = {"json": body[event]} if method == "POST" and event in body else {}
    return await client.request(method, f"/api/units/{unit_id}/{path}", headers=person.headers if person else {}, **more)


def refusal_of(event, actor, state):
    """Status and code of what is not listed."""
    if actor in ("rival", "platform", "visitor"):
        return {"rival": (404, "NOT_FOUND"), "platform": (403, "WRONG_ROLE"), "visitor": (401, "UNAUTHENTICATED")}[actor]
    if actor not in WHO[event]:
        if actor == "stranger" and event == "end_hold":
            return (404, "NOT_FOUND") if state is U.unreleased else (409, None)
        return 403, None
    if actor not in SELLERS:
        return (404, "NOT_FOUND") if state is U.unreleased else (409, None)
    return 409, "UNIT_NOT_AVAILABLE" if event == "hold" and state in TAKEN else "INVALID_TRANSITION"


@pytest.mark.parametrize("event", EDGES)
async def test_an_event_happens_as_listed_or_nothing_does(client, event):
    town, (source, target) = await Town().build(), EDGES[event]
    for state in UnitStatus:
        unit_id = await town.unit(state)
        for actor in town.people:
            answer = await attempt(client, town, event, actor, unit_id)
            where = (state.value, event, actor, answer.text)
            if state is source and actor in WHO[event]:
                assert answer.status_code == 200 and await status_of(unit_id) is target, where
                unit_id = await town.unit(state)
                continue
            status, code = refusal_of(event, actor, state)
            assert answer.status_code == status and code in (None, answer.json()["code"]), where
            assert await status_of(unit_id) is state, where
            if code == "INVALID_TRANSITION":
                said = answer.json()
                assert (said["from"], said["event"], said["allowed"]) == (state.value, event, ALLOWED[state]), where


async def test_a_customer_is_not_told_the_state_that_it_may_not_see(client):
    town = await Town().build()
    for state in (U.blocked, U.booked, U.sold):
        said = (await attempt(client, town, "hold", "stranger", await town.unit(state))).json()
        assert said["code"] == "UNIT_NOT_AVAILABLE" and not {"from", "allowed"} & said.keys()


@pytest.mark.parametrize(("return_to", "becomes"), [(None, "available"), ("unreleased", "unreleased")])
async def test_a_unit_whose_booking_ends_is_what_the_project_wants(client, return_to, becomes):
    builder, asha = await make_builder(), await make_customer()
    project_id = await make_project(builder)
    if return_to:
        path = f"/api/builder/settings/bookings.policy?project_id={project_id}"
        await client.put(path, json={"setting_value": {"return_to": return_to}}, headers=builder.headers)
    (unit_id,) = await make_units(builder, project_id)
    order = {"unit_id": unit_id, "payment_plan": "full_payment"}
    booking = (await client.post("/api/bookings", json=order, headers=asha.headers)).json()

    ended = await client.post(f"/api/bookings/{booking['id']}/cancellation", json={}, headers=asha.headers)

    assert ended.status_code == 201 and await status_of(unit_id) == becomes

"""Every path that moves a booking × every state × everybody who could try: as the table of domain.md §2 says, or refused and nothing changed."""

import pytest
from sqlalchemy import select

from realestate import crud
from realestate.database import WORKER, transaction
from realestate.models.accounts import Role, TeamRole
from realestate.models.bookings import Booking, BookingStatus
from tests.factories import Person, make_admin, make_builder, make_customer, make_member, make_project, make_unit, make_units
from tests.models.test_booking_steps import TABLE
from tests.standing import make_standing, put_certificate
from tests.stories import reserved_booking, set_status, timeline

pytestmark = pytest.mark.anyio
B = BookingStatus
REGISTERED = {"registration_no": "7", "registration_date": "2026-01-15"}
LEAVING = {B.reserved: "cancel", None: "request_cancel"}
PATHS = {  # a path, whom it is for, what is said; the event that it stands for, by state or by side where that depends
    "PATCH status booking_confirmed": ("team", {}, "approve"),
    "PATCH status rejected": ("team", {"reason": "No."}, "reject"),
    "PATCH status cancelled": ("team", {}, LEAVING),
    "PATCH status agreement_signed": ("team", {}, "sign_agreement"),
    "PATCH status registered": ("team", REGISTERED, "register"),
    "PATCH status possession_offered": ("team", {}, "offer_possession"),
    "PATCH status handed_over": ("team", {}, "handover"),
    "POST cancellation": ("both", {}, LEAVING),
    "DELETE cancellation": ("both", None, {"customer": "withdraw_cancel", "team": "decline_cancel"}),
    "POST cancellation/approval": ("team", {}, "approve_cancel"),
    "POST termination": ("team", None, "terminate"),
    "POST default-notice": ("team", None, "terminate"),
    "POST signatures": ("both", {"content_hash": "terms"}, "sign_agreement"),
    "POST registration": ("team", REGISTERED, "register"),
    "POST possession-offer": ("team", None, "offer_possession"),
    "POST handover": ("team", None, "handover"),
    "POST transfer/approval": ("team", {"customer_id": "other"}, "transfer"),
    "POST swap": ("team", {"unit_id": "free"}, "swap"),
    "POST offer-acceptance": ("customer", {"payment_plan": "full_payment"}, "accept_offer"),
}


ONLY_SAID = ("POST default-notice",)
"""Where the booking stays as it is."""


def allowed_to(who, state):
    """By the table."""
    return sorted(name for name, (origins, _, theirs) in TABLE.items() if state.value in origins and (who is None or who in theirs))


class Street:
    """A company with one member of each role, its customers, and others who have no business there."""

    async def build(self):
        self.builder = await make_builder()
        self.project_id = await make_project(self.builder)
        self.free = await make_units(self.builder, self.project_id, 6)
        await put_certificate(self.builder, self.project_id)
        team = {role: await make_member(self.builder, role) for role in TeamRole if role is not TeamRole.owner}
        self.owner = await make_customer(known_to=team[TeamRole.sales])
        self.other = await make_customer("Ravi Nair", known_to=team[TeamRole.sales])
        self.people: dict[object, Person | None] = {TeamRole.owner: self.builder, **team, Role.customer: self.owner, "other": self.other}
        self.people |= {"stranger": await make_customer(), "rival": await make_builder("Bharat Builders")}
        self.people |= {"platform": await make_admin(), "visitor": None}
        return self

    async def booking(self, state, path="", event=None, who=None):
        """In a state, with all that this step by this person asks for."""
        unsigned = {Role.customer: self.owner.user_id, "other": self.other.user_id}.get(who)
        wants = {
            "late": event == "terminate",
            "noticed": path == "POST termination",
            "unsigned": unsigned,
            "offered": event == "accept_offer",
        }
        return await make_standing(self.builder, self.project_id, self.owner, self.other, state, **wants)

    async def send(self, client, who, booking, path):
        method, _, rest = path.partition(" ")
        first, _, status = rest.partition(" ")
        said = PATHS[path][1]
        async with transaction(WORKER) as session:
            terms = await crud.bookings.newest_hash(session, booking.id) or "a" * 64
        named = {"other": self.other.user_id, "free": self.free[0], "terms": terms}
        said = said and {name: named.get(value, value) for name, value in said.items()}
        more = {} if said is None else {"json": said | ({"status": status} if status else {})}
        person = self.people[who]
        return await client.request(method, f"/api/bookings/{booking.id}/{first}", headers=person.headers if person else {}, **more)


def event_of(path, who, state):
    event = PATHS[path][2]
    if event is LEAVING:
        return LEAVING.get(state, LEAVING[None])
    return event if isinstance(event, str) else event["team" if isinstance(who, TeamRole) else "customer"]


def refusal_of(path, who, state):
    """Status and code of whom it is not for, or not now; None: it happens."""
    audience, event = PATHS[path][0], event_of(path, who, state)
    sources, _, theirs = TABLE[event]
    is_customer, is_team = who in (Role.customer, "other", "stranger"), isinstance(who, TeamRole) or who == "rival"
    if who == "visitor":
        return 401, "UNAUTHENTICATED"
    if who == "platform" or is_customer and audience == "team" or is_team and audience == "customer":
        return 403, "WRONG_ROLE"
    if isinstance(who, TeamRole) and who not in theirs:
        return 403, "NOT_PERMITTED"
    if who in ("stranger", "rival"):
        return 404, "NOT_FOUND"
    if who == "other" and event != "sign_agreement":
        return 403, "OWNER_ONLY"
    return None if state.value in sources else (409, "INVALID_TRANSITION")


async def state_of(booking):
    async with transaction(WORKER) as session:
        return await session.scalar(select(Booking.status).where(Booking.id == booking.id))


@pytest.mark.parametrize("state", B)
async def test_a_step_is_taken_as_listed_or_refused_and_nothing_changes(client, state):
    street = await Street().build()
    rules = {"setting_value": {"possession_before_registration": True}}
    await client.put("/api/builder/settings/bookings.policy", json=rules, headers=street.builder.headers)
    still, taken = await street.booking(state), 0
    for path in PATHS:
        for who in street.people:
            event, refusal = event_of(path, who, state), refusal_of(path, who, state)
            booking = still if refusal else await street.booking(state, path, event, who)
            answer = await street.send(client, who, booking, path)
            where = (path, who, answer.text)
            if refusal is None:
                target = TABLE[event][1]
                expected = state if path in ONLY_SAID else "registered" if target == "back" else target
                shown = state if target in ("transferred", "swapped") else expected  # what goes on stands where the old one did
                if (state, target) == (B.token_paid, "swapped"):
                    shown = B.reserved  # no money stands behind it here: nothing of the new unit's token has come
                assert answer.is_success and answer.json()["status"] == shown, where
                assert await state_of(booking) == expected, where
                street.free = street.free[event == "swap" :]
                taken += 1
                continue
            said = answer.json()
            assert (answer.status_code, said["code"]) == refusal, where
            if refusal[0] == 409:
                side = Role.customer if who == "other" else who
                assert (said["from"], sorted(said["allowed"])) == (state.value, allowed_to(side, state)), where
    assert await state_of(still) is state
    assert taken == sum(refusal_of(path, who, state) is None for path in PATHS for who in street.people)


@pytest.fixture
async def reserve(client):
    builder, asha = await make_builder(), await make_customer()
    return builder, asha, await reserved_booking(client, asha, await make_unit(builder))


@pytest.mark.parametrize("status", ["token_paid", "expired", "inquiry", "transferred"])
async def test_to_other_states_leads_no_patch(client, reserve, status):
    builder, _, booking = reserve
    answer = await set_status(client, builder, booking, status)
    assert answer.status_code == 409 and answer.json()["code"] == ("SET_BY_MONEY" if status == "token_paid" else "INVALID_TRANSITION")


async def test_every_step_is_written_down_for_both_sides(client, reserve):
    builder, asha, booking = reserve
    await client.post(f"/api/bookings/{booking['id']}/cancellation", json={"reason": "Found another."}, headers=asha.headers)
    for person in (asha, await make_member(builder, TeamRole.finance)):
        steps = [one for one in await timeline(client, person, booking) if one["kind"] == "step"]
        assert [(one["from_status"], one["to_status"], one["by_role"], one["reason"]) for one in steps] == [
            (None, "reserved", "customer", None),
            ("reserved", "cancelled", "customer", "Found another."),
        ]

"""Every step of an appointment, from every state, by everybody: domain.md §4 as one table."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from realestate.database import WORKER, transaction
from realestate.models.accounts import Lead, LeadSource, TeamRole
from realestate.models.appointments import Appointment, AppointmentStatus, AppointmentType, MeetingLocation
from tests.factories import make_builder, make_customer, make_member, make_project
from tests.stories import offered

pytestmark = pytest.mark.anyio

STEPS = {
    ("scheduled", "confirm"): "confirmed",
    ("scheduled", "reschedule"): "rescheduled",
    ("scheduled", "cancel"): "cancelled",
    ("scheduled", "no_show"): "no_show",
    ("confirmed", "reschedule"): "rescheduled",
    ("confirmed", "cancel"): "cancelled",
    ("confirmed", "check_in"): "checked_in",
    ("confirmed", "complete"): "completed",
    ("confirmed", "no_show"): "no_show",
    ("checked_in", "complete"): "completed",
}
STATUS = {"confirm": "confirmed", "check_in": "checked_in", "complete": "completed", "no_show": "no_show", "cancel": "cancelled"}
EVENTS = [*STATUS, "reschedule"]
BOTH_SIDES = ("cancel", "reschedule")
ACTORS = ("customer", "owner", "sales", "finance", "another customer", "another company")


def expected(state, event, actor):
    """The status of the answer, and of the appointment afterwards."""
    if actor == "finance" or (actor.endswith("customer") and event not in BOTH_SIDES):
        return 403, state
    if actor.startswith("another"):
        return 404, state
    target = STEPS.get((state, event))
    return (200, target) if target else (409, state)


async def make_visits(project_id, builder, host, customer):
    """One for each combination: what may be called off lies ahead, beyond what can be booked, and the rest behind."""
    now, visits = datetime.now(UTC).replace(microsecond=0), {}
    async with transaction(WORKER) as session:
        session.add(Lead(builder_id=builder.builder_id, customer_id=customer.user_id, source=LeadSource.appointment))
        for n, key in enumerate(itertools.product(AppointmentStatus, EVENTS, ACTORS), 1):
            start = now + timedelta(hours=n) * (1 if key[1] in BOTH_SIDES else -1) + timedelta(days=100) * (key[1] in BOTH_SIDES)
            end = start + timedelta(hours=1)
            visits[key] = Appointment(
                builder_id=builder.builder_id,
                project_id=project_id,
                customer_id=customer.user_id,
                assigned_to=host.user_id,
                appointment_type=AppointmentType.site_visit,
                status=key[0],
                starts_at=start,
                ends_at=end,
                busy_from=start,
                busy_until=end,
                change_until=start,
                meeting_location=MeetingLocation.site,
                created_by=customer.user_id,
            )
        session.add_all(visits.values())
    return {key: visit.id for key, visit in visits.items()}


async def test_every_step_from_every_state_by_everybody(client):
    builder, customer = await make_builder(), await make_customer()
    sales, finance = await make_member(builder, TeamRole.sales), await make_member(builder, TeamRole.finance)
    people = dict(zip(ACTORS, (customer, builder, sales, finance, await make_customer(), await make_builder()), strict=True))
    project_id = await make_project(builder)
    visits = await make_visits(project_id, builder, sales, customer)
    times = iter((await offered(client, project_id, days=31))[::2])

    wrong = []
    for (state, event, actor), id in visits.items():
        url, person = f"/api/appointments/{id}", people[actor]
        if event == "reschedule":
            answer = await client.patch(f"{url}/reschedule", json={"appointment_date": next(times)}, headers=person.headers)
        else:
            answer = await client.patch(f"{url}/status", json={"status": STATUS[event]}, headers=person.headers)
        now = (await client.get(url, headers=builder.headers)).json()["status"]
        if (answer.status_code, now) != expected(state, event, actor):
            wrong.append((state, event, actor, answer.status_code, now))
        if answer.status_code == 409:
            allowed = [name for source, name in STEPS if source == state]
            assert answer.json()["code"] == "INVALID_TRANSITION" and sorted(answer.json()["allowed"]) == sorted(allowed)
    assert wrong == []


async def test_only_the_states_of_the_table_take_anybodys_time():
    live = {state.value for state in (AppointmentStatus.scheduled, AppointmentStatus.confirmed, AppointmentStatus.checked_in)}
    for constraint in Appointment.__table__.constraints:
        if str(constraint.name).startswith("ex_"):
            assert {state for state in AppointmentStatus if f"'{state.value}'" in str(constraint.where)} == live

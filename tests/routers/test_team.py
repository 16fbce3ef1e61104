"""Who is in a team: invited, let in once, changed and removed by its owners and admins, and never left without an owner."""

import asyncio

import pytest
from sqlalchemy import text

from realestate.config import settings
from realestate.database import WORKER, transaction
from realestate.models.accounts import Invite, TeamRole
from tests.factories import (
    PASSWORD,
    let_time_pass,
    make_builder,
    make_customer,
    make_member,
    make_project,
    make_unit,
    make_units,
    shift_visit,
    unique,
)
from tests.stories import meet, offered, reserved_booking, types_told, visit, written

pytestmark = pytest.mark.anyio


async def invite(client, member, role="sales", email=None, **more):
    said = {"email": email or f"{unique('nikhil')}@example.com", "team_role": role} | more
    return await client.post("/api/builder/team/invites", json=said, headers=member.headers)


async def join(client, code, name="Nikhil Jadhav"):
    return await client.post("/api/builder/join", json={"code": code, "full_name": name, "password": PASSWORD})


async def change(client, by, who, **said):
    return await client.patch(f"/api/builder/team/{who.user_id}", json=said, headers=by.headers)


async def remove(client, by, who, **asked):
    return await client.delete(f"/api/builder/team/{who.user_id}", params=asked, headers=by.headers)


async def sign_in(client, person):
    said = (await client.post("/api/auth/login", json={"email": person.email, "password": PASSWORD})).json()
    return {"Authorization": f"Bearer {said['access_token']}"}, said


async def rows(query, **values):
    async with transaction(WORKER) as session:
        return [tuple(row) for row in await session.execute(text(query), values)]


# ── Coming in ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_only_owners_and_admins_manage_a_team(client):
    builder, asha = await make_builder(), await make_customer()
    assert (await client.get("/api/builder/team")).status_code == 401
    assert (await invite(client, asha)).json()["code"] == "WRONG_ROLE"
    for role in set(TeamRole) - {TeamRole.owner, TeamRole.admin}:
        member = await make_member(builder, role)
        assert (await invite(client, member)).json()["code"] == "NOT_PERMITTED"
        assert (await remove(client, member, builder)).json()["code"] == "NOT_PERMITTED"
        assert (await client.get("/api/builder/team/invites", headers=member.headers)).status_code == 403
    assert (await remove(client, await make_builder("Bharat Builders"), builder)).status_code == 404
    assert (await change(client, builder, asha, is_active=False)).status_code == 404  # known or not: no member


async def test_an_invitation_lets_one_person_in_with_the_role_and_scope_that_it_names(client):
    builder = await make_builder()
    project, other = await make_project(builder), await make_project(builder)
    made = (await invite(client, builder, "sales_manager", project_scope=[project])).json()

    answer = await join(client, made["code"].lower().replace("-", " "))

    assert answer.status_code == 201, answer.text
    user = answer.json()["user"]
    assert (user["email"], user["full_name"], user["team_role"]) == (made["email"], "Nikhil Jadhav", "sales_manager")
    assert (user["builder_id"], user["project_scope"]) == (builder.builder_id, [project])
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    shown = (await client.get("/api/projects", headers=headers)).json()["projects"]
    assert [one["id"] for one in shown] == [project]
    assert (await client.get(f"/api/projects/{other}", headers=headers)).status_code == 404
    assert (await join(client, made["code"])).json()["code"] == "INVITE_INVALID"
    listed = (await client.get("/api/builder/team/invites?state=used", headers=builder.headers)).json()["invites"]
    assert [(one["id"], one["state"]) for one in listed] == [(made["id"], "used")]


async def test_of_twenty_who_use_a_code_at_once_one_comes_in(client):
    builder = await make_builder()
    code = (await invite(client, builder, "viewer")).json()["code"]

    answers = await asyncio.gather(*(join(client, code, f"Person {n}") for n in range(20)))

    assert sorted(answer.status_code for answer in answers) == [201] + [404] * 19
    team = (await client.get("/api/builder/team", headers=builder.headers)).json()
    assert team["total"] == 2


async def test_the_code_is_said_once_and_kept_as_a_hash(client):
    builder = await make_builder()
    made = (await invite(client, builder)).json()
    [(stored,)] = await rows("SELECT to_jsonb(i)::text FROM invites i WHERE id = :id", id=made["id"])
    assert len(made["code"]) == 9 and made["code"].replace("-", "") not in stored
    assert made["code"] not in (await client.get("/api/builder/team/invites", headers=builder.headers)).text


async def test_a_code_that_is_wrong_taken_back_or_too_old_lets_nobody_in(client):
    builder = await make_builder()
    back, old = (await invite(client, builder)).json(), (await invite(client, builder)).json()
    for _ in range(2):  # repeatable
        assert (await client.delete(f"/api/builder/team/invites/{back['id']}", headers=builder.headers)).status_code == 200
    await let_time_pass(Invite, old["id"], "expires_at")
    for code in ("AAAA-AAAA", back["code"], old["code"]):
        assert (await join(client, code)).json()["code"] == "INVITE_INVALID"
    used = (await invite(client, builder)).json()
    assert (await join(client, used["code"])).status_code == 201
    answer = await client.delete(f"/api/builder/team/invites/{used['id']}", headers=builder.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "INVITE_USED")
    stranger = await make_builder("Bharat Builders")
    assert (await client.delete(f"/api/builder/team/invites/{used['id']}", headers=stranger.headers)).status_code == 404


async def test_inviting_does_not_tell_whether_an_address_is_known(client):
    builder, asha = await make_builder(), await make_customer()
    known, unknown = await invite(client, builder, email=asha.email), await invite(client, builder)
    assert known.status_code == unknown.status_code == 201 and known.json().keys() == unknown.json().keys()

    assert (await join(client, known.json()["code"])).json()["code"] == "EMAIL_TAKEN"  # as in registering
    assert (await invite(client, builder, email="no address")).status_code == 422


async def test_a_scope_names_projects_of_the_company_and_none_for_its_managers(client):
    builder = await make_builder()
    project, foreign = await make_project(builder), await make_project(await make_builder("Bharat Builders"))
    for role, scope, code in (("sales", [foreign], "NO_SUCH_PROJECT"), ("admin", [project], "NOT_LIMITED")):
        answer = await invite(client, builder, role, project_scope=scope)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
    assert (await invite(client, builder, "sales", project_scope=[])).status_code == 422


async def test_codes_and_invitations_are_not_tried_without_end(client, monkeypatch):
    builder = await make_builder()
    monkeypatch.setattr(settings, "rate_limits", "on")
    tries = [await join(client, "AAAA-AAAA") for _ in range(21)]
    assert {answer.status_code for answer in tries[:20]} == {404} and tries[20].status_code == 429
    invited = [(await invite(client, builder)).status_code for _ in range(51)]
    assert invited == [201] * 50 + [429]


# ── Roles ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_change_of_role_is_told_and_ends_the_sessions(client):
    builder = await make_builder()
    admin, member, other = [await make_member(builder, role) for role in (TeamRole.admin, TeamRole.sales, TeamRole.finance)]
    headers, said = await sign_in(client, member)
    assert (await client.get("/api/auth/me", headers=headers)).json()["team_role"] == "sales"

    changed = await change(client, builder, member, team_role="engineer", may_certify=True)

    assert changed.status_code == 200, changed.text
    assert (changed.json()["team_role"], changed.json()["may_certify"]) == ("engineer", True)
    assert (await client.get("/api/auth/me", headers=headers)).json()["code"] == "SESSION_ENDED"
    assert (await client.post("/api/auth/refresh", json={"refresh_token": said["refresh_token"]})).status_code == 401
    _, fresh = await sign_in(client, member)
    assert fresh["user"]["team_role"] == "engineer" and "progress:certify" in fresh["user"]["permissions"]
    assert [await types_told(client, person) for person in (admin, member, other, builder)] == [["role_changed"]] * 2 + [[], []]
    await change(client, builder, member, may_certify=False)
    assert "progress:certify" not in (await sign_in(client, member))[1]["user"]["permissions"]
    assert await types_told(client, member) == ["role_changed"] * 2


async def test_only_an_owner_makes_changes_or_removes_an_owner(client):
    builder = await make_builder()
    admin, sales = await make_member(builder, TeamRole.admin), await make_member(builder, TeamRole.sales)
    for attempt in (change(client, admin, sales, team_role="owner"), change(client, admin, admin, team_role="owner")):
        assert (await attempt).json()["code"] == "OWNERS_ONLY"
    assert (await change(client, admin, builder, team_role="viewer")).json()["code"] == "OWNERS_ONLY"
    assert (await remove(client, admin, builder)).json()["code"] == "OWNERS_ONLY"
    assert (await invite(client, admin, "owner")).json()["code"] == "OWNERS_ONLY"
    assert (await change(client, builder, sales, team_role="owner")).status_code == 200
    assert (await change(client, admin, admin, team_role="finance")).status_code == 200  # downwards


async def test_whoever_was_demoted_meanwhile_decides_nothing_more(client):
    builder = await make_builder()
    admin, sales = await make_member(builder, TeamRole.admin), await make_member(builder, TeamRole.sales)
    await rows("UPDATE users SET team_role = 'viewer' WHERE id = :id RETURNING id", id=admin.user_id)
    assert (await change(client, admin, sales, team_role="admin")).json()["code"] == "NOT_PERMITTED"


async def test_the_last_owner_stays(client):
    builder = await make_builder()
    former = await make_member(builder, TeamRole.owner)
    assert (await remove(client, builder, former)).status_code == 200  # one who has left does not count
    for attempt in (change(client, builder, builder, team_role="admin"), change(client, builder, builder, is_active=False)):
        answer = await attempt
        assert (answer.status_code, answer.json()["code"]) == (409, "LAST_OWNER")
    assert (await remove(client, builder, builder)).json()["code"] == "LAST_OWNER"
    second = await make_member(builder, TeamRole.owner)
    assert (await remove(client, builder, builder)).status_code == 200
    assert await rows("SELECT owner_user_id FROM builders WHERE id = :id", id=builder.builder_id) == [(second.user_id,)]


async def test_of_two_owners_who_demote_each_other_one_wins(client):
    for _ in range(5):
        first = await make_builder()
        second = await make_member(first, TeamRole.owner)
        answers = await asyncio.gather(change(client, first, second, team_role="viewer"), change(client, second, first, team_role="viewer"))
        assert [answer.status_code for answer in answers].count(200) == 1
        owners = await rows("SELECT id FROM users WHERE builder_id = :id AND team_role = 'owner'", id=first.builder_id)
        assert len(owners) == 1


# ── Limits, over HTTP ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_seller_sees_and_serves_their_own_customers_only(client):
    builder = await make_builder()
    seller = await make_member(builder, TeamRole.sales)
    asha, ravi = await make_customer(known_to=seller), await make_customer("Ravi Nair")
    units = await make_units(builder, await make_project(builder), 4)
    own, others = await reserved_booking(client, asha, units[0]), await reserved_booking(client, ravi, units[1])

    page = (await client.get("/api/builder/bookings", headers=seller.headers)).json()

    assert [booking["id"] for booking in page["bookings"]] == [own["id"]] and page["stats"]["total_bookings"] == page["total"] == 1
    assert (await client.get(f"/api/bookings/{others['id']}", headers=seller.headers)).status_code == 404
    assert (await client.get(f"/api/bookings/{own['id']}/payments", headers=seller.headers)).json()["payment_schedule"]
    for customer, status in ((asha, 201), (ravi, 404)):
        order = {"unit_id": units[2], "customer_id": customer.user_id, "payment_plan": "full_payment"}
        answer = await client.post("/api/builder/bookings", json=order, headers=seller.headers)
        assert answer.status_code == status, answer.text
    assert (await client.get("/api/units", headers=seller.headers)).json()["total"] == 4  # all of them are theirs to sell


async def test_a_removed_seller_hands_over_what_they_looked_after(client):
    builder = await make_builder()
    leaving, heir = await make_member(builder, TeamRole.sales), await make_member(builder, TeamRole.sales)
    asha = await make_customer(known_to=leaving)
    booking = await reserved_booking(client, asha, await make_unit(builder))
    headers, _ = await sign_in(client, leaving)
    stranger = await make_member(await make_builder("Bharat Builders"), TeamRole.sales)

    assert (await remove(client, builder, leaving, reassign_to=stranger.user_id)).status_code == 404
    assert (await remove(client, builder, leaving, reassign_to=leaving.user_id)).status_code == 422
    answer = await remove(client, builder, leaving, reassign_to=heir.user_id)

    assert answer.json()["reassigned"] == 1
    assert (await client.get(f"/api/bookings/{booking['id']}", headers=heir.headers)).status_code == 200
    assert (await client.get("/api/auth/me", headers=headers)).json()["code"] == "SESSION_ENDED"
    assert (await client.post("/api/auth/login", json={"email": leaving.email, "password": PASSWORD})).status_code == 401
    team = (await client.get("/api/builder/team?is_active=false", headers=heir.headers)).json()
    assert [(member["id"], member["is_active"]) for member in team["members"]] == [(leaving.user_id, False)]
    assert (await change(client, builder, leaving, is_active=True)).json()["is_active"] is True


async def receive(client, member, appointment, host):
    """Let somebody of the team be the host of a visit."""
    answer = await client.patch(f"/api/appointments/{appointment['id']}", json={"assigned_to": host.user_id}, headers=member.headers)
    assert answer.status_code == 200, answer.text


async def hosts(*appointments):
    found = await rows("SELECT id, assigned_to, host_name FROM appointments WHERE id = ANY(:ids)", ids=[one["id"] for one in appointments])
    by_id = {id: (host, name) for id, host, name in found}
    return [by_id[one["id"]] for one in appointments]


async def test_visitors_of_a_removed_host_are_received_by_the_heir_or_by_whoever_is_free(client):
    builder = await make_builder()
    leaving, heir = await make_member(builder, TeamRole.sales), await make_member(builder, TeamRole.sales)
    asha, ravi, maya = await make_customer(), await make_customer("Ravi Nair"), await make_customer("Maya Pillai")
    project_id = await make_project(builder)
    free, busy, over = [await visit(client, asha, project_id, nth) for nth in (10, 20, 30)]
    cancelled = await visit(client, maya, project_id, 40)
    for mine in (free, busy, over, cancelled):
        await receive(client, builder, mine, leaving)
    at_the_same_time = (await meet(client, ravi, project_id, busy["appointment_date"])).json()
    await receive(client, builder, at_the_same_time, heir)
    await client.patch(f"/api/appointments/{cancelled['id']}/status", json={"status": "cancelled"}, headers=maya.headers)
    await shift_visit(over["id"], minutes_ago=90)

    answer = await remove(client, builder, leaving, reassign_to=heir.user_id)

    assert answer.json()["reassigned"] == 2, answer.text
    to_heir, to_owner = (heir.user_id, "Team Member"), (builder.user_id, "Meera Iyer")
    assert await hosts(free, busy, at_the_same_time) == [to_heir, to_owner, to_heir]
    assert [host for host, _ in await hosts(over, cancelled)] == [leaving.user_id] * 2
    assert (await types_told(client, asha))[:2] == ["appointment_assigned"] * 2
    assert (await types_told(client, heir))[0] == "appointment_assigned"


async def test_a_visit_for_which_nobody_else_is_free_has_no_host_yet(client):
    builder = await make_builder()
    leaving = await make_member(builder, TeamRole.sales)
    asha, ravi = await make_customer(), await make_customer("Ravi Nair")
    project_id = await make_project(builder)
    mine = await visit(client, asha, project_id)
    await receive(client, builder, mine, leaving)
    others = (await meet(client, ravi, project_id, mine["appointment_date"])).json()

    assert (await remove(client, builder, leaving)).json()["reassigned"] == 1

    assert await hosts(mine, others) == [(None, None), (builder.user_id, "Meera Iyer")]
    shown = (await client.get(f"/api/appointments/{mine['id']}", headers=asha.headers)).json()
    assert shown["status"] == "scheduled" and shown["host_name"] is None
    assert mine["appointment_date"] not in await offered(client, project_id)


async def test_a_group_keeps_one_host(client):
    builder = await make_builder()
    leaving, heir = await make_member(builder, TeamRole.sales), await make_member(builder, TeamRole.sales)
    project_id = await make_project(builder)
    rules = await client.put("/api/builder/availability", json={"group_capacity": 5}, headers=builder.headers)
    assert rules.status_code == 200, rules.text
    first = await visit(client, await make_customer(), project_id)
    second = (await meet(client, await make_customer("Ravi Nair"), project_id, first["appointment_date"])).json()
    await receive(client, builder, first, leaving)

    assert (await remove(client, builder, leaving, reassign_to=heir.user_id)).json()["reassigned"] == 2

    assert await hosts(first, second) == [(heir.user_id, "Team Member")] * 2
    third = (await meet(client, await make_customer("Maya Pillai"), project_id, first["appointment_date"])).json()
    assert await hosts(third) == await hosts(first)


async def test_conversations_of_a_removed_member_are_the_heirs_or_everybodys_who_may_reply(client):
    builder = await make_builder()
    here, there = await make_project(builder), await make_project(builder)
    support, limited = await make_member(builder, TeamRole.support), await make_member(builder, TeamRole.support, here)
    viewer, asha = await make_member(builder, TeamRole.viewer), await make_customer()
    talks = [(await written(client, asha, project_id))["conversation_id"] for project_id in (here, there)]

    async def assigned():
        found = await rows("SELECT assigned_to FROM messages WHERE id = ANY(:ids) ORDER BY id", ids=talks)
        return [member for (member,) in found]

    for leaving, heir, after in ((support, limited, [limited.user_id, None]), (limited, viewer, [None, None])):
        for talk in talks:
            path, said = f"/api/builder/conversations/{talk}/assignment", {"assigned_to": leaving.user_id}
            assert (await client.post(path, json=said, headers=builder.headers)).status_code == 200
        assert (await remove(client, builder, leaving, reassign_to=heir.user_id)).json()["reassigned"] == 2
        assert await assigned() == after

    assert (await types_told(client, builder))[0] == "message_new"
    await written(client, asha, here, "Is anybody there?")
    assert (await types_told(client, builder))[:2] == ["message_new"] * 2

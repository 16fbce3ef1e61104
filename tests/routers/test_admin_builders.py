"""/api/admin/builders"""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from realestate.database import WORKER, transaction
from realestate.models.accounts import BuilderStatus, RefreshToken
from realestate.services import accounts
from tests.factories import PASSWORD, make_admin, make_builder, make_customer, make_project
from tests.stories import types_told

pytestmark = pytest.mark.anyio


def path(builder, verb=""):
    return f"/api/admin/builders/{builder.builder_id}{verb}"


async def suspend(client, admin, builder, **headers):
    said = {"reason": "The licence has been withdrawn."}
    return await client.post(path(builder, "/suspension"), json=said, headers=admin.headers | headers)


async def sign_in(client, person):
    return await client.post("/api/auth/login", json={"email": person.email, "password": PASSWORD})


async def test_only_administrators_may_ask(client):
    builder, customer = await make_builder(), await make_customer()
    assert (await client.get("/api/admin/builders")).status_code == 401
    for person in (builder, customer):
        assert (await client.get("/api/admin/builders", headers=person.headers)).status_code == 403
        assert (await client.get(path(builder), headers=person.headers)).status_code == 403
        assert (await client.post(path(builder, "/verification"), headers=person.headers)).status_code == 403
        assert (await suspend(client, person, builder)).status_code == 403
        assert (await client.delete(path(builder, "/suspension"), headers=person.headers)).status_code == 403


async def test_the_list_finds_who_waits_to_be_verified(client):
    admin, waiting, active = await make_admin(), await make_builder("Chandra Estates", BuilderStatus.pending), await make_builder()
    page = (await client.get("/api/admin/builders?status=pending&limit=100&q=chandra", headers=admin.headers)).json()
    [found] = [one for one in page["builders"] if one["id"] == waiting.builder_id]
    assert found["status"] == "pending" and found["owner"]["email"] == waiting.email and found["account"]["suspended_at"] is None
    assert active.builder_id not in [one["id"] for one in page["builders"]]
    by_owner = (await client.get(f"/api/admin/builders?q={active.email}", headers=admin.headers)).json()
    assert [one["id"] for one in by_owner["builders"]] == [active.builder_id] and by_owner["total"] == 1


async def test_a_verified_company_may_publish_and_is_told(client):
    admin, builder = await make_admin(), await make_builder("Chandra Estates", BuilderStatus.pending)
    project_id = await make_project(builder, published=False)
    publish = {"url": f"/api/projects/{project_id}/publication", "headers": builder.headers}
    assert (await client.post(**publish)).json()["code"] == "BUILDER_NOT_ACTIVE"
    answer = await client.post(path(builder, "/verification"), headers=admin.headers)
    assert answer.status_code == 200 and answer.json()["status"] == "active" and answer.json()["verified"] is True
    assert (await client.post(**publish)).status_code == 200
    assert await types_told(client, builder) == ["builder_verified"]
    again = await client.post(path(builder, "/verification"), headers=admin.headers)
    assert again.status_code == 409 and again.json()["allowed"] == ["suspend"]


async def test_a_suspended_company_is_shut_out_and_out_of_sight(client):
    admin, builder = await make_admin(), await make_builder()
    project_id, draft_id = await make_project(builder), await make_project(builder, published=False)
    tokens = (await sign_in(client, builder)).json()
    answer = await suspend(client, admin, builder)
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert said["status"] == "suspended" and said["account"]["suspension_reason"] == "The licence has been withdrawn."
    assert (await client.get(f"/api/projects/{project_id}")).status_code == 404
    assert (await sign_in(client, builder)).status_code == 401
    assert (await client.post("/api/auth/refresh", json={"refresh_token": tokens["refresh_token"]})).status_code == 401
    await accounts.learn_of_ended_sessions()  # as every process does every two seconds
    me = await client.get("/api/auth/me", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert me.status_code == 401 and me.json()["code"] == "SESSION_ENDED"
    [act] = (await client.get(f"/api/admin/audit?action=builder.suspended&builder_id={builder.builder_id}", headers=admin.headers)).json()[
        "events"
    ]
    assert act["actor"]["email"] == admin.email and act["details"]["projects"] == [project_id] and act["details"]["sessions"] == 1
    assert draft_id not in act["details"]["projects"]
    assert (await suspend(client, admin, builder)).json()["code"] == "INVALID_TRANSITION"


async def test_a_reinstated_company_signs_in_and_publishes_again(client):
    admin, builder = await make_admin(), await make_builder()
    project_id = await make_project(builder)
    assert (await client.delete(path(builder, "/suspension"), headers=admin.headers)).status_code == 409
    await suspend(client, admin, builder)
    answer = await client.delete(path(builder, "/suspension"), headers=admin.headers)
    assert answer.status_code == 200 and answer.json()["status"] == "active" and answer.json()["account"]["suspension_reason"] is None
    assert (await sign_in(client, builder)).status_code == 200
    assert (await client.get(f"/api/projects/{project_id}")).status_code == 404
    assert (await client.post(f"/api/projects/{project_id}/publication", headers=builder.headers)).status_code == 200


async def test_a_session_that_began_while_the_company_was_suspended_counts_as_ended(client):
    """Signing in and suspending at the same moment do not see each other."""
    admin, builder = await make_admin(), await make_builder()
    await suspend(client, admin, builder)
    async with transaction(WORKER) as session:
        late = RefreshToken(
            user_id=builder.user_id,
            family_id=builder.user_id,
            token_hash=builder.email.encode(),
            expires_at=datetime.now(UTC) + timedelta(days=1),
        )
        session.add(late)
    await accounts.learn_of_ended_sessions()
    assert (await client.get("/api/notifications", headers=builder.headers)).json()["code"] == "SESSION_ENDED"
    async with transaction(WORKER) as session:
        await session.delete((await session.scalars(select(RefreshToken).where(RefreshToken.id == late.id))).one())


async def test_if_match_guards_a_decision(client):
    admin, builder = await make_admin(), await make_builder("Chandra Estates", BuilderStatus.pending)
    seen = (await client.get(path(builder), headers=admin.headers)).headers["ETag"]
    assert (await client.post(path(builder, "/verification"), headers=admin.headers)).status_code == 200
    assert (await suspend(client, admin, builder, **{"If-Match": seen})).status_code == 412


async def test_what_is_refused(client):
    admin, builder = await make_admin(), await make_builder()
    assert (await client.post(f"/api/admin/builders/{2**62}/verification", headers=admin.headers)).status_code == 404
    assert (await client.post(path(builder, "/suspension"), json={}, headers=admin.headers)).status_code == 422
    assert (await client.post(path(builder, "/suspension"), json={"reason": " "}, headers=admin.headers)).status_code == 422

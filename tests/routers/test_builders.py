"""Builders, as everybody may know them."""

import pytest
from sqlalchemy import update

from realestate.database import WORKER, transaction
from realestate.models.accounts import Builder, BuilderStatus
from tests.factories import make_builder, make_customer, make_project, unique
from tests.queries import counted

pytestmark = pytest.mark.anyio


async def listed(client, person=None, **params):
    page = (await client.get("/api/builders", params=params, headers=person.headers if person else {})).json()
    return page["builders"]


async def test_builders_are_listed_with_how_many_projects_they_show(client):
    name = unique("Kestrel Homes")
    builder = await make_builder(name)
    await make_builder(name, status=BuilderStatus.pending)
    await make_project(builder)
    await make_project(builder, published=False)

    with counted() as statements:
        (found,) = await listed(client, q=name.upper(), verified="true", country="in")

    assert len(statements) == 1
    assert found["id"] == builder.builder_id and found["total_projects"] == 1 and found["full_name"] == "Meera Iyer"
    assert await listed(client, q=name, country="AE") == []


async def test_a_suspended_company_is_not_shown_even_where_its_projects_are(client):
    builder, asha = await make_builder(), await make_customer()
    project_id = await make_project(builder)
    async with transaction(WORKER) as session:
        await session.execute(update(Builder).where(Builder.id == builder.builder_id).values(status=BuilderStatus.suspended))

    for person in ({}, asha.headers):
        listed = await client.get("/api/projects", params={"builder_id": builder.builder_id}, headers=person)
        assert [project["builder"] for project in listed.json()["projects"]] == [None]
        assert (await client.get(f"/api/projects/{project_id}", headers=person)).json()["builder"] is None


async def test_a_profile_is_found_by_its_slug_and_says_nothing_private(client):
    builder, other = await make_builder(), await make_builder()
    (profile,) = await listed(client, builder)

    said = await client.get(f"/api/builders/{profile['slug']}")

    assert said.json() == profile and not profile.keys() & {"owner_user_id", "status", "bank", "tax_number"}
    assert (await client.get(f"/api/builders/{profile['slug']}", headers=other.headers)).status_code == 404
    assert (await client.get("/api/builders/nobody")).status_code == 404
    assert (await client.get("/api/builders/No%20body")).status_code == 422

"""3D models over HTTP: what is taken for one, who may download it, editions, and what changes of audience do to links."""

import json

import pytest
from sqlalchemy import select

from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole
from realestate.models.audit import AuditEvent
from tests.factories import make_builder, make_customer, make_member, make_project, make_unit, make_units
from tests.routers.test_documents import HTML, SVG, kept
from tests.stories import glb, model, picture, reserved_booking, upload

pytestmark = pytest.mark.anyio

BUFFER = {"asset": {"version": "2.0"}, "buffers": [{"byteLength": 8}], "bufferViews": [{"buffer": 0, "byteOffset": 4, "byteLength": 4}]}
INLINE = {"asset": {"version": "2.0"}, "buffers": [{"byteLength": 3, "uri": "data:application/octet-stream;base64,AAAA"}]}


def gltf(**document):
    return json.dumps({"asset": {"version": "2.0"}} | document).encode()


@pytest.fixture
async def site(client):
    """A builder, a customer and their booking in a published project."""
    builder, customer = await make_builder(), await make_customer()
    return builder, customer, await reserved_booking(client, customer, await make_unit(builder))


# ── Who ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_only_those_who_report_progress_bring_models(client, site):
    builder, customer, booking = site
    finance = await make_member(builder, TeamRole.finance)
    before = await kept()
    assert (await model(client, finance, project_id=booking["project_id"])).json()["code"] == "NOT_PERMITTED"
    assert (await model(client, customer, project_id=booking["project_id"])).json()["code"] == "WRONG_ROLE"
    assert await kept() == before
    engineer = await make_member(builder, TeamRole.engineer)
    assert (await model(client, engineer, project_id=booking["project_id"])).status_code == 201


async def test_a_project_of_somebody_else_is_not_there(client, site):
    _, _, booking = site
    other = await make_builder("Bharat Builders")
    before = await kept()
    assert (await model(client, other, project_id=booking["project_id"])).status_code == 404
    assert (await model(client, other, unit_id=booking["unit_id"])).status_code == 404
    assert await kept() == before


@pytest.mark.parametrize(
    ("access_level", "may_download"),
    [("public", "visitor customer buyer team"), ("customers_only", "customer buyer team"), ("booked_customers", "buyer team")],
)
async def test_everybody_knows_of_it_and_some_may_download_it(client, site, access_level, may_download):
    builder, buyer, booking = site
    made = (await model(client, builder, project_id=booking["project_id"], access_level=access_level)).json()
    people = {"visitor": {}, "customer": (await make_customer()).headers, "buyer": buyer.headers, "team": builder.headers}
    links = {}
    for name, headers in people.items():
        [listed] = (await client.get(f"/api/projects/{booking['project_id']}/models", headers=headers)).json()
        shown = (await client.get(f"/api/models/{made['id']}", headers=headers)).json()
        assert listed["model_name"] == shown["model_name"] == "Tower A" and bool(listed["file_url"]) == bool(shown["file_url"])
        file = await client.get(f"/api/models/{made['id']}/file", headers=headers)
        assert file.status_code == (200 if shown["file_url"] else 404)
        links |= {name: shown["file_url"]} if shown["file_url"] else {}
    assert links.keys() == set(may_download.split())
    for link in links.values():
        answer = await client.get(link)
        assert answer.content == glb() and answer.headers["Content-Type"] == "model/gltf-binary"
        assert answer.headers["Content-Disposition"].startswith("attachment")


async def test_a_link_stops_as_soon_as_fewer_may_download(client, site):
    builder, _, booking = site
    made = (await model(client, builder, project_id=booking["project_id"])).json()
    address, customer = f"/api/models/{made['id']}", await make_customer()
    link = (await client.get(address, headers=customer.headers)).json()["file_url"]
    assert (await client.get(link)).status_code == 200
    for said in ({"access_level": "booked_customers"}, {"access_level": "public", "publish_state": "draft"}):
        assert (await client.patch(address, json=said, headers=builder.headers)).status_code == 200
        assert (await client.get(link)).status_code == 404
    assert (await client.patch(address, json={"publish_state": "published"}, headers=builder.headers)).status_code == 200
    assert (await client.get(link)).status_code == 200


async def test_a_draft_and_what_is_in_a_draft_project_is_for_the_team(client, site):
    builder, buyer, booking = site
    draft = (await model(client, builder, project_id=booking["project_id"], publish_state="draft")).json()
    hidden = (await model(client, builder, project_id=await make_project(builder, published=False))).json()
    assert hidden["publish_state"] == "published"
    for made in (draft, hidden):
        assert (await client.get(f"/api/models/{made['id']}")).status_code == 404
        assert (await client.get(f"/api/models/{made['id']}/file")).status_code == 404
        assert (await client.get(f"/api/models/{made['id']}", headers=builder.headers)).json()["file_url"]
    assert (await client.get(f"/api/projects/{booking['project_id']}/models", headers=buyer.headers)).json() == []
    assert (await client.post(f"/api/projects/{hidden['project_id']}/publication", headers=builder.headers)).status_code == 200
    assert (await client.get(f"/api/models/{hidden['id']}/file")).status_code == 200


# ── What is taken ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "name", "file_format"),
    [
        (glb(), "tower.glb", "glb"),
        (glb(), "whatever.bin", "glb"),
        (glb(BUFFER, b"\0" * 8), "tower.glb", "glb"),
        (gltf(), "tower.gltf", "gltf"),
        (json.dumps(INLINE).encode(), "TOWER.GLTF", "gltf"),
        (b"# made by hand\nv 0 0 0\n", "tower.obj", "obj"),
        (b"Kaydara FBX Binary  \0" + b"\0" * 20, "tower.fbx", "fbx"),
        (b"solid tower\nendsolid\n", "tower.stl", "stl"),
        (b"ISO-10303-21;\nHEADER;", "tower.ifc", "ifc"),
        (b"PK\x03\x04" + b"\0" * 40, "tower.usdz", "usdz"),
    ],
)
async def test_a_model_is_what_its_bytes_say(client, content, name, file_format):
    builder = await make_builder()
    made = (await model(client, builder, content, name, project_id=await make_project(builder))).json()
    assert (made["file_format"], made["is_interactive"]) == (file_format, file_format in ("glb", "gltf"))
    assert made["file_size"] == len(content) and (await client.get(made["file_url"])).content == content


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "tower.glb", "EMPTY_FILE"),
        (HTML, "tower.glb", "UNSUPPORTED_FILE"),
        (HTML, "tower.obj", "UNSUPPORTED_FILE"),
        (SVG, "tower.stl", "UNSUPPORTED_FILE"),
        (picture(), "tower.glb", "UNSUPPORTED_FILE"),
        (b"x", "tower.exe", "UNSUPPORTED_FILE"),
        (b"x", "tower", "UNSUPPORTED_FILE"),
        (glb(version=1), "tower.glb", "UNSUPPORTED_FILE"),
        (glb({"asset": {"version": "1.0"}}), "tower.glb", "UNSUPPORTED_FILE"),
        (glb({"asset": {"version": 2}}), "tower.glb", "UNSUPPORTED_FILE"),
        (glb({"asset": []}), "tower.glb", "UNSUPPORTED_FILE"),
        (gltf(asset={"version": "2.0\n"}), "tower.gltf", "UNSUPPORTED_FILE"),
        (b"glTF", "tower.glb", "BROKEN_FILE"),
        (glb(length=10), "tower.glb", "BROKEN_FILE"),
        (glb(length=2**32 - 1), "tower.glb", "BROKEN_FILE"),
        (glb() + HTML, "tower.glb", "BROKEN_FILE"),
        (glb(length=len(glb()) + len(HTML)) + HTML, "tower.glb", "BROKEN_FILE"),
        (glb()[:-4], "tower.glb", "BROKEN_FILE"),
        (glb(BUFFER), "tower.glb", "BROKEN_FILE"),
        (glb(BUFFER, b"\0" * 4), "tower.glb", "BROKEN_FILE"),
        (glb(BUFFER | {"bufferViews": [{"buffer": 1, "byteLength": 1}]}, b"\0" * 8), "tower.glb", "BROKEN_FILE"),
        (glb(BUFFER | {"bufferViews": [{"buffer": 0, "byteLength": 9}]}, b"\0" * 8), "tower.glb", "BROKEN_FILE"),
        (glb(BUFFER | {"bufferViews": [{"buffer": 0, "byteLength": -1}]}, b"\0" * 8), "tower.glb", "BROKEN_FILE"),
        (glb(BUFFER | {"bufferViews": [{"buffer": True, "byteLength": 1}]}, b"\0" * 8), "tower.glb", "BROKEN_FILE"),
        (gltf(buffers=[{"byteLength": 1}]), "tower.gltf", "BROKEN_FILE"),
        (gltf(buffers="x"), "tower.gltf", "BROKEN_FILE"),
        (gltf(buffers=[1]), "tower.gltf", "BROKEN_FILE"),
        (b'{"asset": ', "tower.gltf", "BROKEN_FILE"),
        (b'{"asset": NaN}', "tower.gltf", "BROKEN_FILE"),
        (b'{"a":' * 100_000, "tower.gltf", "BROKEN_FILE"),
        (b'{"a": "\\ud800"}', "tower.gltf", "BROKEN_FILE"),
        (gltf(buffers=[{"byteLength": 1, "uri": "https://evil.example/x.bin"}]), "tower.gltf", "OUTSIDE_FILES"),
        (gltf(buffers=[{"byteLength": 1, "uri": "tower.bin"}]), "tower.gltf", "OUTSIDE_FILES"),
        (gltf(images=[{"uri": "file:///etc/passwd"}]), "tower.gltf", "OUTSIDE_FILES"),
        (gltf(images=[{"uri": "data:image/svg+xml;base64,PHN2Zz4="}]), "tower.gltf", "OUTSIDE_FILES"),
        (gltf(images=[{"uri": "data:text/html;base64,AAAA"}]), "tower.gltf", "OUTSIDE_FILES"),
        (gltf(images=[{"uri": ["x"]}]), "tower.gltf", "OUTSIDE_FILES"),
        (gltf(extensions={"X_audio": {"sources": [{"uri": "//evil.example/a.mp3"}]}}), "tower.gltf", "OUTSIDE_FILES"),
        (glb({"asset": {"version": "2.0"}, "images": [{"uri": "http://169.254.169.254/"}]}), "tower.glb", "OUTSIDE_FILES"),
    ],
)
async def test_what_is_hostile_or_broken_is_refused_and_leaves_nothing(client, content, name, code):
    builder = await make_builder()
    project_id, before = await make_project(builder), await kept()
    answer = await model(client, builder, content, name, project_id=project_id)
    assert answer.status_code == 422 and answer.json()["errors"][0]["code"] == code, answer.text
    assert await kept() == before


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "project_id"),
        ({"project_id": "x"}, "project_id"),
        ({"project_id": "1", "model_type": "nonsense"}, "model_type"),
        ({"project_id": "1", "model_name": ""}, "model_name"),
        ({"project_id": "1", "nonsense": "x"}, "nonsense"),
        ({"project_id": "1", "access_level": "everybody"}, "access_level"),
    ],
)
async def test_a_wrong_field_is_named_and_leaves_nothing(client, said, field):
    builder, before = await make_builder(), await kept()
    answer = await model(client, builder, **said)
    assert answer.status_code == 422 and [error["field"] for error in answer.json()["errors"]] == [field], answer.text
    assert await kept() == before


async def test_a_model_of_a_unit_is_of_its_project(client):
    builder = await make_builder()
    project_id = await make_project(builder)
    [unit_id] = await make_units(builder, project_id)
    made = (await model(client, builder, unit_id=unit_id, unit_type="2BHK", model_type="interior")).json()
    assert (made["project_id"], made["unit_id"], made["unit_type"]) == (project_id, unit_id, "2BHK")
    refused = await model(client, builder, unit_id=unit_id, project_id=await make_project(builder))
    assert refused.json()["errors"][0]["field"] == "unit_id"


async def test_a_model_may_have_a_picture(client):
    builder = await make_builder()
    said = {"project_id": await make_project(builder), "model_name": "Tower A", "model_type": "exterior"}
    files = {"file": ("tower.glb", glb()), "thumbnail": ("tower.png", picture((900, 900), "PNG"))}
    made = (await client.post("/api/models", files=files, data=said, headers=builder.headers)).json()
    answer = await client.get(made["thumbnail_url"])
    assert answer.headers["Content-Type"] == "image/webp"
    before = await kept()
    refused = await client.post("/api/models", files=files | {"thumbnail": ("x.svg", SVG)}, data=said, headers=builder.headers)
    assert refused.json()["errors"][0]["field"] == "thumbnail" and await kept() == before


# ── Editions and changes ────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_new_edition_takes_the_place_of_the_old_one(client, site):
    builder, _, booking = site
    made = (await model(client, builder, project_id=booking["project_id"])).json()
    address, newer = f"/api/models/{made['id']}/editions", glb(BUFFER, b"\0" * 8)
    old_link = (await client.get(f"/api/models/{made['id']}")).json()["file_url"]
    second = await upload(client, builder, newer, "tower-2.glb", path=address)
    assert second.status_code == 201 and second.json()["edition"] == 2 and second.json()["file_size"] == len(newer)
    assert (await client.get((await client.get(f"/api/models/{made['id']}/file")).json()["url"])).content == newer
    assert (await client.get(old_link)).status_code == 404, "what it was is the team's alone"
    again = await upload(client, builder, newer, "tower-2.glb", path=address)
    assert (again.status_code, again.json()["code"]) == (409, "SAME_FILE")
    editions = (await client.get(address, headers=builder.headers)).json()
    assert [(one["edition"], one["file_name"], one["audience"]) for one in editions] == [
        (2, "tower-2.glb", "public"),
        (1, "tower.glb", "team"),
    ]
    assert (await client.get(editions[1]["url"])).content == glb()


async def test_who_was_not_the_first_to_change_it_is_told(client, site):
    builder, _, booking = site
    first = await model(client, builder, project_id=booking["project_id"])
    address, stale = f"/api/models/{first.json()['id']}", builder.headers | {"If-Match": first.headers["ETag"]}
    answer = await client.patch(address, json={"model_name": "Tower B", "viewer_config": {"fov": 45.5}}, headers=stale)
    assert (answer.json()["model_name"], answer.json()["viewer_config"]) == ("Tower B", {"fov": 45.5})
    before = await kept()
    assert (await client.patch(address, json={"model_name": "C"}, headers=stale)).status_code == 412
    file = {"file": ("x.glb", glb(BUFFER, b"\0" * 8))}
    assert (await client.post(f"{address}/editions", files=file, headers=stale)).status_code == 412
    assert (await client.delete(address, headers=stale)).status_code == 412
    assert await kept() == before


@pytest.mark.parametrize("said", [{"model_name": None}, {"viewer_config": {"x": "y" * 20_000}}, {"edition": 5}, {"file_size": 1}])
async def test_what_cannot_be_changed_is_refused(client, site, said):
    builder, _, booking = site
    made = (await model(client, builder, project_id=booking["project_id"])).json()
    assert (await client.patch(f"/api/models/{made['id']}", json=said, headers=builder.headers)).status_code == 422


async def test_a_deleted_model_is_gone_with_all_its_files(client, site):
    builder, _, booking = site
    before = await kept()
    made = (await model(client, builder, project_id=booking["project_id"])).json()
    await upload(client, builder, glb(BUFFER, b"\0" * 8), "tower-2.glb", path=f"/api/models/{made['id']}/editions")
    assert (await client.delete(f"/api/models/{made['id']}", headers=builder.headers)).status_code == 200
    assert (await client.get(made["file_url"])).status_code == 404
    assert (await client.get(f"/api/models/{made['id']}", headers=builder.headers)).status_code == 404
    assert await kept() == before


async def test_a_deleted_project_takes_its_models_with_it(client):
    builder = await make_builder()
    project_id, before = await make_project(builder), await kept()
    assert (await model(client, builder, project_id=project_id)).status_code == 201
    assert (await upload(client, builder, project_id=project_id)).status_code == 201
    assert (await client.delete(f"/api/projects/{project_id}", headers=builder.headers)).status_code == 200
    assert (await kept())[1] == before[1], "the objects are swept"


async def test_book_is_kept_of_it(client, site):
    builder, _, booking = site
    made = (await model(client, builder, project_id=booking["project_id"])).json()
    await client.patch(f"/api/models/{made['id']}", json={"access_level": "customers_only"}, headers=builder.headers)
    await client.delete(f"/api/models/{made['id']}", headers=builder.headers)
    async with transaction(WORKER) as session:
        events = select(AuditEvent.action).where(AuditEvent.builder_id == builder.builder_id, AuditEvent.action.startswith("model."))
        assert (await session.scalars(events.order_by(AuditEvent.id))).all() == ["model.created", "model.changed", "model.deleted"]

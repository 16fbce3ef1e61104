"""/api/meta/enums"""

import pytest

from realestate.main import app
from realestate.models.base import Kind
from realestate.routers.contract import describe

pytestmark = pytest.mark.anyio


async def test_everybody_may_know_the_words(client):
    answer = await client.get("/api/meta/enums")
    said = answer.json()["enums"]
    assert said["MeetingLocation"] == ["site", "office", "online", "customer"] and "4BHK+" in said["UnitType"]
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert (await client.get("/api/meta/enums", headers={"If-None-Match": answer.headers["ETag"]})).status_code == 304


async def test_each_list_is_there_once_and_as_the_documentation_says_it(client):
    said = (await client.get("/api/meta/enums")).json()["enums"]
    ours = [kind.__name__ for kind in Kind.__subclasses__() if kind.__module__.startswith("realestate.")]
    assert len(ours) == len(set(ours)) and set(ours) <= said.keys()
    for name, schema in describe(app)["components"]["schemas"].items():
        if "enum" in schema and name in said:
            assert set(schema["enum"]) == set(said[name]), name

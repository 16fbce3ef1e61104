"""What development has sent, to be read; and that production has no such thing."""

import asyncio
import os
import sys
from email.message import EmailMessage

import pytest

from realestate.adapters import outbox
from realestate.config import settings

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "data_dir", tmp_path)


def put(to="Asha Rao <asha@example.com>", html="<p onclick='x'>Hello</p><script>1</script>"):
    message = EmailMessage()
    message["To"], message["Subject"] = to, "नमस्ते"
    message.set_content("Hello")
    if html:
        message.add_alternative(html, subtype="html")
    outbox.put(message)


async def test_the_outbox_is_read_newest_first_and_by_address(client):
    assert (await client.get("/api/dev/outbox")).json() == {"messages": [], "total": 0, "page": 1, "limit": 20}
    for to in ("Asha Rao <asha@example.com>", "ravi@example.com", "ASHA@example.com"):
        put(to)
    said = (await client.get("/api/dev/outbox?to=asha&limit=1")).json()
    assert said["total"] == 2 and [(one["to"], one["subject"]) for one in said["messages"]] == [("ASHA@example.com", "नमस्ते")]
    mail = (await client.get(f"/api/dev/outbox/{said['messages'][0]['id']}")).json()
    assert mail["text"].strip() == "Hello" and "<script>" in mail["html"] and mail["headers"]["To"] == "ASHA@example.com"


async def test_its_html_runs_and_loads_nothing(client):
    put()
    put(html=None)
    without, with_html = [one["id"] for one in (await client.get("/api/dev/outbox")).json()["messages"]]
    shown = await client.get(f"/api/dev/outbox/{with_html}/html")
    policy = shown.headers["content-security-policy"]
    assert shown.headers["content-type"].startswith("text/html") and "default-src 'none'" in policy and "script-src" not in policy
    assert "sandbox" in policy and "allow-scripts" not in policy
    assert (await client.get(f"/api/dev/outbox/{without}/html")).status_code == 404


async def test_it_keeps_the_latest(client, monkeypatch):
    monkeypatch.setattr(outbox, "MOST", 3)
    await asyncio.gather(*(asyncio.to_thread(put, f"a{n}@example.com") for n in range(10)))
    assert len(outbox.latest()) == 3


def test_nobody_reads_half_a_message(monkeypatch):
    """Two within one microsecond take two names, and what is being written has none yet."""
    monkeypatch.setattr(outbox.time, "time_ns", lambda: 7000)
    for n in range(2):
        put(f"a{n}@example.com")
    (outbox._folder() / "9.part").write_bytes(b"To: half")
    assert [(one.id, one.to) for one in outbox.latest()] == [(8, "a1@example.com"), (7, "a0@example.com")]


PROBE = """
import json
from realestate.main import app
from realestate.routers.contract import describe
print(json.dumps([path for path in describe(app)["paths"] if "/dev/" in path] + [r.path for r in app.routes if "/dev/" in getattr(r, "path", "")]))
"""


async def test_production_has_none(tmp_path):
    """In a process of its own, because the app is built when it is imported."""

    said = {**os.environ, "ENVIRONMENT": "production"}
    run = await asyncio.create_subprocess_exec(sys.executable, "-c", PROBE, env=said, stdout=-1, stderr=-1)
    out, error = await run.communicate()
    assert out.strip() == b"[]", error

"""docs/clients/realtime.ts: type-checked by TypeScript, and run under Node against the real application."""

import asyncio
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.factories import make_builder, make_customer, make_unit
from tests.sockets import token_of
from tests.stories import reserved_booking
from tests.test_telling import event, tell_as

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).resolve().parents[2]
CLIENT = ROOT / "docs" / "clients" / "realtime.ts"
TOOLS = ROOT / ".bench" / "typescript"
TSC = TOOLS / "node_modules" / ".bin" / "tsc"
PROGRAM = """
import { Realtime } from "./realtime.js";
const say = (...said) => console.log(JSON.stringify(said));
const inbox = new Realtime({
  url: process.env.URL,
  token: async () => process.env.TOKEN,
  shortestPause: 1,
  onNotification: (data, seq) => say("notification", seq, data.type),
  onRefetch: (cursor) => say("refetch", cursor.seq),
  onEvent: (topic, data) => say("event", topic, data.status),
  onUnread: (count) => say("unread", count),
  onError: (code) => say("error", code),
  onClosed: (code) => say("closed", code),
});
inbox.subscribe(process.env.TOPIC);
inbox.start();
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """The folder with the compiled client. TypeScript comes from npm, once."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("there is no Node.js here")
    if not TSC.exists():
        TOOLS.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--no-save", "--no-audit", "--no-fund", "--prefix", str(TOOLS), "typescript@5.9"]
        if subprocess.run(command, capture_output=True, timeout=120, check=False).returncode:
            pytest.skip("npm cannot install TypeScript here")
    folder = tmp_path_factory.mktemp("client")
    command = [
        str(TSC),
        "--strict",
        "--target",
        "es2022",
        "--module",
        "es2022",
        "--lib",
        "es2022,dom",
        "--outDir",
        str(folder),
        str(CLIENT),
    ]
    said = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert said.returncode == 0, said.stdout
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "program.js").write_text(PROGRAM)
    return folder


@pytest.mark.parametrize("bus", ["postgres"], indirect=True)
async def test_it_tells_each_notification_once_over_cut_lines_and_ends_when_signed_out(client, compiled, hearing, server):
    builder, customer = await make_builder(), await make_customer()
    booking = await reserved_booking(client, customer, await make_unit(builder))
    said = {"URL": f"ws://127.0.0.1:{server.port}/api/ws", "TOKEN": token_of(customer), "TOPIC": f"booking:{booking['id']}"}
    process = await asyncio.create_subprocess_exec(
        "node",
        "--experimental-websocket",
        str(compiled / "program.js"),
        env=os.environ | said,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )

    async def told(word):
        async with asyncio.timeout(20):
            while (line := json.loads(await process.stdout.readline()))[0] != word:
                pass
        return line[1:]

    try:
        assert await told("refetch") == [0]
        assert await told("event") == [f"booking:{booking['id']}", "reserved"]
        await tell_as(builder, event(booking), event(booking))
        assert [(await told("notification"))[0] for _ in range(2)] == [1, 2]
        for connection in list(server.server_state.connections):
            connection.transport.abort()  # a line that is cut
        await tell_as(builder, event(booking))
        assert (await told("notification"))[0] == 3
        from realestate.security import sessions

        sessions.ended.add(customer.user_id)
        assert await told("closed") == [4401]
        assert await asyncio.wait_for(process.wait(), 10) == 0
    finally:
        if process.returncode is None:
            process.kill()

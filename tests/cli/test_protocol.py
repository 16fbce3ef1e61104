"""What a client may not do with the head of a request, over real sockets."""

import asyncio

import pytest
import uvicorn

from realestate.cli import protocol
from realestate.cli.protocol import BoundedProtocol

pytestmark = pytest.mark.anyio


async def hello(scope, receive, send):
    if scope["type"] == "lifespan":
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"hi"})


@pytest.fixture
async def port(anyio_backend):
    server = uvicorn.Server(uvicorn.Config(hello, port=0, http=BoundedProtocol, lifespan="off", log_config=None, ws="none"))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await task


async def say(port, *pieces):
    """What comes back until the server closes, or is silent after a whole answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await asyncio.sleep(0)
    answer = await asyncio.wait_for(reader.read(4096), 30)
    writer.close()
    return answer


async def test_a_usual_request_is_answered(port):
    assert (await say(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")).startswith(b"HTTP/1.1 200")


async def test_a_large_body_is_not_a_large_head(port):
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n"
    assert (await say(port, head + b"x" * 500_000)).startswith(b"HTTP/1.1 200")


async def test_a_head_without_end_is_431(port):
    assert (await say(port, b"GET / HTTP/1.1\r\nX-A: " + b"a" * 300_000)).startswith(b"HTTP/1.1 431")


async def test_a_head_that_is_too_long_is_431(port):
    request = b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 70_000 + b"\r\n\r\n"
    assert (await say(port, request)).startswith(b"HTTP/1.1 431")


async def test_a_head_that_does_not_come_is_408(port, monkeypatch):
    monkeypatch.setattr(protocol, "HEAD_WITHIN", 0.2)
    assert (await say(port, b"GET / HTTP/1.1\r\nHost:")).startswith(b"HTTP/1.1 408")


async def test_one_connection_serves_many_requests(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(200):
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 1000 + b"\r\n\r\n")
        assert (await reader.readuntil(b"hi")).startswith(b"HTTP/1.1 200")
    writer.close()

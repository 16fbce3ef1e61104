"""What is around every answer: id, headers, CORS, a log line."""

import io
import json
import logging
import sys

import pytest
import structlog
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from realestate import logs, middleware, problems
from realestate.config import Settings
from tests.toy import client

pytestmark = pytest.mark.anyio

SHOP = "http://localhost:3000"
PATHS = ["/api/toys", "/api/toys/0", "/nowhere", "/api/toys/broken/inside", "/api/openapi.json", "/api/docs"]


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_carries_the_security_headers(path: str) -> None:
    async with client() as http:
        headers = (await http.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] in ("no-store", "no-cache")
    assert "strict-transport-security" not in headers


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_carries_the_cors_headers_for_a_known_origin(path: str) -> None:
    async with client(Origin=SHOP) as http:
        headers = (await http.get(path)).headers
    assert headers["access-control-allow-origin"] == SHOP
    assert "access-control-allow-credentials" not in headers
    assert "ETag" in headers["access-control-expose-headers"]


@pytest.mark.parametrize("origin", ["http://localhost:3001", "https://localhost:3000", "http://localhost:3000.evil.example", "null"])
async def test_another_origin_is_not_let_in(origin: str) -> None:
    async with client(Origin=origin) as http:
        assert "access-control-allow-origin" not in (await http.get("/api/toys")).headers


async def test_a_browser_may_ask_beforehand() -> None:
    wish = {
        "Origin": SHOP,
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization, if-match, content-type",
    }
    async with client() as http:
        answer = await http.options("/api/toys", headers=wish)
    assert answer.status_code == 200
    assert "PATCH" in answer.headers["access-control-allow-methods"]


@pytest.mark.parametrize("said", ["a", "A.b_c-9", "x" * 64])
async def test_a_usable_request_id_is_returned(said: str) -> None:
    async with client(**{"X-Request-ID": said}) as http:
        answer = await http.get("/api/toys/0")
    assert answer.headers.get_list("x-request-id") == [said]
    assert answer.json()["request_id"] == said


@pytest.mark.parametrize("said", ["", "a b", "x" * 65, "a\tb", "{}", "a\\u000a"])
async def test_another_request_id_is_replaced(said: str) -> None:
    async with client(**{"X-Request-ID": said}) as http:
        first, second = [(await http.get("/api/toys")).headers["x-request-id"] for _ in range(2)]
    assert len(first) == 16
    assert first not in (said, second)


async def test_one_line_is_logged_with_the_template_of_the_path_and_nothing_of_the_query() -> None:
    with capture_logs() as lines:
        async with client() as http:
            await http.get("/api/toys/7?wait=secret")
    (line,) = lines
    assert line["event"] == "request"
    assert (line["method"], line["path"], line["status"]) == ("GET", "/api/toys/{toy_id}", 422)
    assert line["ms"] >= 0
    assert "secret" not in repr(line)


async def test_a_crash_is_logged_with_its_cause_before_the_line_of_its_request() -> None:
    with capture_logs() as lines:
        async with client() as http:
            await http.get("/api/toys/broken/inside")
    assert [line["event"] for line in lines] == ["crash", "request"]
    assert isinstance(lines[0]["exc_info"], ZeroDivisionError)
    assert lines[1]["status"] == 500


async def test_who_asked_is_logged_when_a_guard_has_found_out() -> None:
    class Asha:
        role, user_id, builder_id = "builder", 7, 3

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = {"identity": Asha()}
        await send({"type": "http.response.start", "status": 200, "headers": [(b"cache-control", b"max-age=1")]})
        await send({"type": "http.response.body", "body": b""})

    with capture_logs() as lines:
        async with AsyncClient(transport=ASGITransport(middleware.Envelope(answer, [], [])), base_url="http://toys") as http:
            await http.get("/")
    assert (lines[0]["role"], lines[0]["user_id"], lines[0]["builder_id"]) == ("builder", 7, 3)


async def test_a_socket_passes_through() -> None:
    seen: list[Scope] = []

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    scope = {"type": "websocket"}
    await middleware.Envelope(answer, [], [])(scope, None, None)  # type: ignore[arg-type]
    assert seen == [scope]


async def test_production_demands_https() -> None:
    app = FastAPI(openapi_url=None)
    problems.install(app)
    middleware.install(app, Settings(environment="production", cors_origins=["https://shop.example"]))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://toys", headers={"Origin": "https://shop.example"}) as http:
        answer = await http.get("/")
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"


def test_lines_of_ours_and_of_libraries_are_json_with_time_and_request_id(monkeypatch: pytest.MonkeyPatch) -> None:
    before, handlers, level, paper = structlog.get_config(), logging.root.handlers[:], logging.root.level, io.StringIO()
    monkeypatch.setattr(sys, "stderr", paper)
    token = logs.request_id.set("r-1")
    try:
        logs.configure("info")
        structlog.get_logger().info("ours", unit=7)
        structlog.get_logger().debug("too little")
        logging.getLogger("library").warning("theirs %s", "\ud800")
    finally:
        logs.request_id.reset(token)
        structlog.configure(**before)
        logging.root.handlers[:] = handlers
        logging.root.setLevel(level)
    ours, theirs = [json.loads(line) for line in paper.getvalue().splitlines()]
    assert (ours["event"], ours["unit"], ours["level"], ours["request_id"]) == ("ours", 7, "info", "r-1")
    assert (theirs["event"], theirs["level"], theirs["request_id"]) == ("theirs \ud800", "warning", "r-1")
    assert ours["time"].endswith("Z")

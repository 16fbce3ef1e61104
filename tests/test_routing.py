"""Every route reads strictly, repeats what may be repeated, and answers in time."""

import asyncio
import json
from typing import Any

import pytest

from realestate.routing import ATTEMPTS, StrictRoute
from tests import poison, toy
from tests.toy import attempts, client

pytestmark = pytest.mark.anyio

BEAR = {"name": "Bear", "price": 12.5, "colour": "red", "maker": {"name": "Asha", "email": "asha@example.com"}, "tags": ["soft"]}


@pytest.fixture(autouse=True)
def _count_anew() -> None:
    attempts.begun = attempts.failures = 0


@pytest.mark.parametrize("body", poison.BODIES, ids=lambda body: body.name)
async def test_a_poisoned_body_is_refused(body: poison.Poison) -> None:
    async with client() as http:
        answer = await http.post("/api/toys", content=body.content, headers=body.headers)
    assert answer.status_code == (body.status or 422), answer.text[:300]
    assert answer.headers["content-type"] == "application/problem+json"
    answer.content.decode()
    assert answer.json()["status"] == answer.status_code
    assert len(answer.content) < 20_000
    assert attempts.begun == 0 or answer.status_code == 422


async def test_a_good_body_with_one_value_spoiled_is_never_a_5xx() -> None:
    async with client() as http:
        for body in poison.spoiled(BEAR):
            answer = await http.post("/api/toys", content=body.content, headers=body.headers)
            assert answer.status_code in (201, 400, 422), (body.name, answer.text[:300])
            assert "\\ud" not in answer.text


@pytest.mark.parametrize("form", poison.FORMS, ids=lambda form: form.name)
async def test_a_poisoned_form_is_never_a_5xx(form: poison.Poison) -> None:
    async with client() as http:
        answer = await http.post("/api/toys/token", content=form.content, headers=form.headers)
    assert answer.status_code in (200, 400, 413, 415, 422), answer.text
    assert "\0" not in answer.text


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
async def test_a_form_is_read_in_both_encodings(kind: str) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    parts = part % (b"username", b"asha") + part % (b"password", b"secret") + b"--x--\r\n"
    async with client() as http:
        content = b"username=asha&password=secret" if "url" in kind else parts
        answer = await http.post("/api/toys/token", content=content, headers={"Content-Type": kind})
    assert answer.json() == {"username": "asha"}


@pytest.mark.parametrize("query", poison.QUERIES, ids=lambda query: query[:30])
async def test_a_poisoned_query_is_never_a_5xx(query: str) -> None:
    async with client() as http:
        for path in ("/api/toys", "/api/toys/7"):
            assert (await http.get(f"{path}?{query}")).status_code in (200, 422)


@pytest.mark.parametrize("value", poison.PATH_VALUES, ids=lambda value: value[:30])
async def test_a_poisoned_path_is_never_a_5xx(value: str) -> None:
    async with client() as http:
        for path in (f"/api/toys/{value}", f"/api/docs/{value}", f"/{value}"):
            assert (await http.get(path)).status_code in (404, 422)


async def test_an_unknown_query_parameter_is_named() -> None:
    async with client() as http:
        answer = await http.get("/api/toys?colour=red&size=3&page=1")
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["size"]


async def test_enums_and_empty_values_in_a_query_are_read_leniently() -> None:
    async with client() as http:
        assert (await http.get("/api/toys?colour=Light-Blue&q=")).status_code == 200


async def test_numbers_keep_their_digits_and_floats_still_take_them() -> None:
    body = b'{"name": "Bear", "price": 9999999999999.99, "colour": "RED", "latitude": 12.9715987, "shop_id": 9223372036854775807}'
    async with client() as http:
        answer = await http.post("/api/toys", content=body, headers={"Content-Type": "application/json; charset=UTF-8"})
    assert answer.json()["price"] == 9999999999999.99
    assert (answer.json()["latitude"], answer.json()["shop_id"], answer.json()["colour"]) == (12.9715987, 2**63 - 1, "red")


async def test_money_with_an_exponent_is_refused_but_a_float_may_have_one() -> None:
    text = json.dumps(BEAR | {"latitude": 0.5})
    async with client() as http:
        money = await http.post("/api/toys", content=text.replace("12.5", "1.5e1"), headers={"Content-Type": "application/json"})
        angle = await http.post("/api/toys", content=text.replace("0.5}", "5e-1}"), headers={"Content-Type": "application/json"})
    assert (money.status_code, money.json()["errors"][0]["field"]) == (422, "price")
    assert angle.json()["latitude"] == 0.5


async def test_a_body_in_chunks_is_counted_while_it_is_received() -> None:
    read = 0

    async def counted() -> Any:
        nonlocal read
        async for chunk in poison.endless():
            read += len(chunk)
            yield chunk

    async with client() as http:
        answer = await http.post("/api/toys", content=counted(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")
    assert answer.headers["x-request-id"]
    assert read < 4_000_000


async def test_a_route_may_take_more() -> None:
    async with client() as http:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        assert (await http.post("/api/toys/upload", content=b"a=" + b"x" * 2_000_000, headers=kind)).status_code != 413
        assert (await http.post("/api/toys/upload", content=b"a=" + b"x" * 3_000_001, headers=kind)).status_code == 413


async def test_an_optional_body_may_be_left_out() -> None:
    async with client() as http:
        assert (await http.post("/api/toys/7/wish")).json() == {"noted": False}
        assert (await http.post("/api/toys/7/wish", json={"name": "Asha"})).json() == {"noted": True}


async def test_a_transient_failure_is_repeated_with_the_same_body() -> None:
    attempts.failures = ATTEMPTS - 1
    async with client() as http:
        answer = await http.post("/api/toys", json=BEAR)
    assert (answer.status_code, answer.json()["name"], attempts.begun) == (201, "Bear", ATTEMPTS)


async def test_after_the_last_attempt_the_service_is_unavailable() -> None:
    attempts.failures = ATTEMPTS
    async with client() as http:
        answer = await http.post("/api/toys", json=BEAR)
    assert (answer.status_code, answer.json()["code"], attempts.begun) == (503, "UNAVAILABLE", ATTEMPTS)
    assert answer.headers["retry-after"] == "2"


async def test_a_request_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StrictRoute, "deadline", 0.01)
    async with client() as http:
        answer = await http.get("/api/toys/7?wait=true")
    assert (answer.status_code, answer.json()["code"]) == (503, "DEADLINE_EXCEEDED")
    assert answer.headers["retry-after"] == "2"


async def test_the_deadline_does_not_wait_for_work_that_does_not_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StrictRoute, "deadline", 0.01)
    thawed, told = asyncio.Event(), asyncio.Queue[dict[str, Any]]()

    async def frozen(*ignored: object) -> None:
        while not thawed.is_set():
            try:
                await thawed.wait()
            except asyncio.CancelledError:
                continue  # as a driver does that waits for a server which does not answer

    monkeypatch.setattr(asyncio, "sleep", frozen)
    scope = {"type": "http", "method": "GET", "path": "/api/toys/7", "query_string": b"wait=true", "headers": [], "http_version": "1.1"}
    request = asyncio.create_task(toy.app(scope, asyncio.Queue().get, told.put))  # type: ignore[arg-type]
    start, body = await told.get(), await told.get()
    assert (start["status"], json.loads(body["body"])["code"], request.done()) == (503, "DEADLINE_EXCEEDED", False)
    thawed.set()
    await request
    assert told.empty()


async def test_a_client_that_leaves_while_sending_causes_no_error() -> None:
    messages = iter([{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}])
    told: list[Any] = []

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        told.append(message)

    await toy.app({"type": "http", "method": "POST", "path": "/api/toys", "query_string": b"", "headers": []}, receive, send)
    assert told[0]["status"] == 400


async def test_what_is_asked_twice_is_refused() -> None:
    async with client() as http:
        answer = await http.get("/api/toys?q=a&q=a")
    assert answer.status_code == 422 and answer.json()["errors"] == [
        {"field": "q", "message": "Say it once.", "code": "REPEATED_PARAMETER"}
    ]


async def test_another_method_or_a_trailing_slash_is_not_found() -> None:
    async with client() as http:
        assert (await http.put("/api/toys", content=b"x" * 10)).json()["code"] == "METHOD_NOT_ALLOWED"
        assert (await http.get("/api/toys/")).status_code == 404


@pytest.mark.parametrize("question", ["q=%ED%A0%80", "q=%ff", "q=a%00b", "q=%C3", "q=%F4%90%80%80", "q=1&q=%ff", "%ff=1"])
async def test_text_in_a_question_that_cannot_be_kept_is_refused(question: str) -> None:
    async with client() as http:
        answer = await http.get(f"/api/toys?{question}")
    assert answer.status_code == 422 and answer.json()["errors"][0]["code"] in ("INVALID_TEXT", "UNKNOWN_PARAMETER"), answer.text


async def test_other_text_in_a_question_is_taken() -> None:
    async with client() as http:
        for question in ("q=%F0%9F%92%A9", "q=%zz", "q=%25", "q=Gr%C3%BCn+und+gut", "q"):
            assert (await http.get(f"/api/toys?{question}")).status_code == 200, question

"""What makes the fast read path honest: every 2xx answer must be a valid instance of its route's response_model."""

import json
from functools import cache
from typing import Any

from pydantic import TypeAdapter


def checked(app: Any) -> Any:
    """The same app; an answer that does not fit its declared shape fails the test that asked."""

    async def spy(scope: Any, receive: Any, send: Any) -> None:
        body, status, kind = b"", 0, b""

        async def listen(message: Any) -> None:
            nonlocal body, status, kind
            if message["type"] == "http.response.start":
                status, kind = message["status"], dict(message["headers"]).get(b"content-type", b"")
            body += message.get("body", b"")
            await send(message)

        await app(scope, receive, listen)
        model = getattr(scope.get("route"), "response_model", None)
        if model is not None and 200 <= status < 300 and kind == b"application/json":
            _check(_adapter(model), body)

    return spy


@cache
def _adapter(model: Any) -> TypeAdapter[Any]:
    return TypeAdapter(model)


def _check(adapter: TypeAdapter[Any], body: bytes) -> None:
    """Strict, and saying it again gives the same members."""
    again = json.loads(adapter.dump_json(adapter.validate_json(body)))
    _same_members(again, json.loads(body))


def _same_members(one: Any, other: Any) -> None:
    match one, other:
        case dict(), dict():
            assert one.keys() == other.keys()
            for name, value in one.items():
                _same_members(value, other[name])
        case list(), list():
            assert len(one) == len(other)
            for left, right in zip(one, other, strict=True):
                _same_members(left, right)

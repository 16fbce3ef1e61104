"""What makes the fast read path honest: every answer must be one that its operation declares, shaped as its route's response_model says.

Where the model is a union, the caller decides which one is meant: the first is for everybody, the second for the builder's own team.
"""

import json
from functools import cache
from typing import Any, get_args, get_origin

from pydantic import BaseModel, TypeAdapter

from realestate.database import VISITOR
from realestate.reading import TEAM
from realestate.routers.contract import describe

CRASHED = 500
"""Nobody declares it."""


def checked(app: Any) -> Any:
    """The same app; an answer that is not as declared fails the test that asked. What fails inside is only answered, as a server would."""

    async def spy(scope: Any, receive: Any, send: Any) -> None:
        body, status, kind = b"", 0, b""

        async def listen(message: Any) -> None:
            nonlocal body, status, kind
            if message["type"] == "http.response.start":
                status, kind = message["status"], dict(message["headers"]).get(b"content-type", b"")
            body += message.get("body", b"")
            await send(message)

        try:
            await app(scope, receive, listen)
        except Exception:
            if not status:
                raise
        route = scope.get("route")
        if getattr(route, "include_in_schema", False):
            assert status == CRASHED or str(status) in _declared(app)[route.name], f"{scope['method']} {scope['path']} answered {status}"
            if 200 <= status < 300 and kind == b"application/json" and route.response_model is not None:
                identity = scope.get("state", {}).get("identity", VISITOR)
                _check(_adapter(route.response_model, identity.role in TEAM), body)

    return spy


@cache
def _declared(app: Any) -> dict[str, set[str]]:
    """The statuses of each operation, by its name."""
    operations = (operation for methods in describe(app)["paths"].values() for operation in methods.values())
    return {operation["operationId"]: set(operation["responses"]) for operation in operations}


@cache
def _adapter(model: Any, is_team: bool) -> TypeAdapter[Any]:
    is_plain = get_origin(model) is list or (isinstance(model, type) and issubclass(model, BaseModel))
    return TypeAdapter(model if is_plain else get_args(model)[is_team])


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

"""The door of the sockets: whatever can be refused is refused before the upgrade, as a problem document like everywhere else."""

import os

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.datastructures import Headers, QueryParams
from starlette.routing import WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from realestate import problems
from realestate.config import settings
from realestate.dependencies.guards import bearer
from realestate.errors import Forbidden, Invalid, RealEstateError
from realestate.live import Talk
from realestate.logs import request_id
from realestate.routing.checks import check_query
from realestate.schemas.live import Cursor


class Door:
    """An ASGI application of its own: what FastAPI opens for a route would stay open, and in memory, as long as the socket."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id.set(os.urandom(8).hex())
        await receive()  # that somebody wants to connect
        headers = Headers(scope=scope)
        try:
            check_origin(headers)
            cursor, header = cursor_of(scope["query_string"]), headers.get("authorization")
            holder = None if header is None else bearer(header)
        except RealEstateError as refusal:
            return await WebSocket(scope, receive, send).send_denial_response(problems.say(refusal))
        await Talk(scope, receive, send).go_on(holder, cursor)


def check_origin(headers: Headers) -> None:
    """A browser says which page asks, whatever that page wants: only ours and those listed may. Programs say nothing."""
    origin = headers.get("origin")
    if origin is None or origin in settings.cors_origins or origin.partition("://")[2] == headers.get("host"):
        return
    raise Forbidden("FOREIGN_ORIGIN", "Pages of this origin may not open sockets here.")


def cursor_of(query_string: bytes) -> Cursor:
    """Where to go on. Nothing else may stand in the address, a token least of all: addresses are logged."""
    check_query(query_string, frozenset(Cursor.model_fields))
    try:
        return Cursor.model_validate(dict(QueryParams(query_string)))
    except ValidationError:
        raise Invalid("epoch and after are what `ready` and the last notification said.") from None


router = APIRouter(routes=[WebSocketRoute("/api/ws", Door(), name="live")])

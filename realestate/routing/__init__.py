"""How every route reads and answers: strictly, repeatably, and within a deadline. Routers are made with `Router`.

- Bodies are counted while received (413; uploads into a file), of the declared kind (415), strict JSON (400); unknown query parameters are 422.
- A unit of work that ends in `Transient` is done again with the same body, as long as nothing was answered.
- No request outlives its deadline, even when the database hangs so badly that the work cannot be stopped.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from io import BytesIO
from operator import attrgetter
from tempfile import SpooledTemporaryFile
from typing import IO, Any, ClassVar, cast

from fastapi import APIRouter, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.params import Body
from fastapi.routing import APIRoute, _effective_route_context_var  # the only way to see what include_router adds to a route
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from realestate.errors import Malformed, NotFound, RealEstateError, Replayed, Transient, Unavailable
from realestate.parsing import LONGEST_REMEMBERED
from realestate.routing.checks import BODY_CHECKS, check_query, check_query_once, query_names

MEGABYTE, ATTEMPTS = 1024 * 1024, 3
SECONDS_PER_MEGABYTE = 12.0
"""A body that takes longer is given up: sooner than a server that is told to stop waits for its requests."""
BODILESS = ("GET", "HEAD", "OPTIONS")


class StrictRoute(APIRoute):
    """A route with the manners of the house. `max_body_size` may be given per route, for uploads."""

    deadline: ClassVar[float] = 15.0  # seconds until the answer must have begun, not counting the upload

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Check what was sent before a dependency opens a transaction."""
        handle, route = super().get_route_handler(), _effective_route_context_var.get() or self
        known, template = query_names(route.dependant), route.path_format
        check_body = BODY_CHECKS.get(cast(Body, route.body_field.field_info).media_type) if route.body_field else None

        async def strict(request: Request) -> Response:
            request.scope["path_template"] = template  # for the access log
            if query_string := request.scope["query_string"]:
                check = check_query_once if len(query_string) <= LONGEST_REMEMBERED else check_query
                check(query_string, known)
            if check_body:
                await check_body(request)
            try:
                response = await handle(request)
            except Replayed as said:
                return Response(said.body, said.status, said.headers | {"Idempotency-Replayed": "true"})
            request.state.answer = response  # the session has not ended yet: it may have to keep this
            return response

        return strict

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in (self.methods or ()):
            return await super().handle(scope, receive, send)
        if "\0" in scope["path"]:
            raise NotFound
        if (limit := self.max_body_size or MEGABYTE) > MEGABYTE:
            for guard in _guards(self.dependant):  # whoever may not ask does not get to send so much
                await guard(Request(scope))
        with SpooledTemporaryFile(MEGABYTE) if limit > MEGABYTE else BytesIO() as body:
            await _receive_body(scope, receive, limit, body)
            exchange = Exchange(scope, receive, send, body)
            await exchange.within(self.deadline, self._attempt(exchange))

    async def _attempt(self, exchange: "Exchange") -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await super().handle(exchange.scope, exchange.hear(), exchange.say)
            except Transient as error:
                if exchange.answered:
                    raise
                if attempt == ATTEMPTS:
                    raise Unavailable from error
                if error.first:
                    await error.first()
            await asyncio.sleep(random.uniform(0.01, 0.05) * attempt)


class Router(APIRouter):
    """A router of strict routes, whose operations are named after their functions."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(route_class=StrictRoute, generate_unique_id_function=attrgetter("name"), redirect_slashes=False, **settings)


# ── One request and its answer ──────────────────────────────────────────────────────────────────────────────────────────────


class Exchange:
    """A request that can be heard again, and its answer, which begins in time or is an apology."""

    alarm: asyncio.TimerHandle
    apology: asyncio.Task[None] | None = None
    answered = False

    def __init__(self, scope: Scope, receive: Receive, send: Send, body: IO[bytes]) -> None:
        self.scope, self.receive, self.send, self.body = scope, receive, send, body
        self.task = asyncio.current_task()

    def hear(self) -> Receive:
        """The body from its beginning, then what else the client does."""
        if self.scope["method"] in BODILESS:
            return self.receive
        self.body.seek(0)
        has_more = True

        async def receive() -> Message:
            nonlocal has_more
            if not has_more:
                return await self.receive()
            chunk = self.body.read(MEGABYTE)
            has_more = len(chunk) == MEGABYTE
            return {"type": "http.request", "body": chunk, "more_body": has_more}

        return receive

    async def say(self, message: Message) -> None:
        """Pass on, unless the client has been told meanwhile that it took too long."""
        if not self.apology:
            self.answered = True
            self.alarm.cancel()
            await self.send(message)

    async def within(self, seconds: float, work: Awaitable[None]) -> None:
        """Do the work; when time is over, answer without waiting for it to stop: a frozen database does not let its callers go."""
        self.alarm = asyncio.get_running_loop().call_later(seconds, self._give_up)
        try:
            await work
        except (Exception, asyncio.CancelledError):
            if not self.apology:
                raise
        finally:
            self.alarm.cancel()
        if self.apology:
            await self.apology

    def _give_up(self) -> None:
        self.apology = asyncio.create_task(self._apologise())
        if self.task:
            self.task.cancel()

    async def _apologise(self) -> None:
        handlers, _ = self.scope["starlette.exception_handlers"]
        took_too_long = Unavailable("This took too long. Please try again.", "DEADLINE_EXCEEDED")
        response = await handlers[RealEstateError](Request(self.scope), took_too_long)
        await response(self.scope, self.receive, self.send)


# ── What was sent ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _guards(dependant: Dependant) -> Iterator[Callable[[Request], Awaitable[object]]]:
    """Those among the dependencies that ask who is calling."""
    for inner in dependant.dependencies:
        if hasattr(inner.call, "security"):
            yield cast(Callable[[Request], Awaitable[object]], inner.call)
        yield from _guards(inner)


async def _receive_body(scope: Scope, receive: Receive, limit: int, body: IO[bytes]) -> None:
    """All of it, counted whatever Content-Length says."""
    if scope["method"] in BODILESS:
        return
    announced = next((int(value[:18]) for name, value in scope["headers"] if name == b"content-length"), 0)
    try:
        async with asyncio.timeout(SECONDS_PER_MEGABYTE * limit / MEGABYTE):
            is_whole = announced <= limit and await _receive_all(receive, limit, body)
    except TimeoutError:
        raise HTTPException(408, "The body did not come in time.", {"Connection": "close"}) from None
    if not is_whole:
        raise HTTPException(413, f"The body may have at most {limit:,} bytes.")


async def _receive_all(receive: Receive, limit: int, body: IO[bytes]) -> bool:
    """False as soon as it is too long."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Malformed("INCOMPLETE_BODY", "The body ended early.")
        size += body.write(message.get("body", b""))
        if size > limit:
            return False
        more = message.get("more_body", False)
    return True

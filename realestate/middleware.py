"""Around every answer, the last-resort 500 included: a request id, an access log line, security headers, CORS. Pure ASGI."""

import os
import re
from collections.abc import Sequence
from time import perf_counter
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from realestate.config import Settings, settings
from realestate.logs import log, request_id
from realestate.reading import kept

Headers = list[tuple[bytes, bytes]]

USABLE_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
CLIENT_LEFT = 499  # in the log only
OF_SOMEBODY = (b"authorization", b"if-none-match")
"""Headers of requests whose answer depends on more than the address."""
MAY_BE_KEPT = (b"cache-control", b"no-cache")
UNLESS_SAID_OTHERWISE: Headers = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]
IN_PRODUCTION: Headers = [(b"strict-transport-security", b"max-age=31536000; includeSubDomains")]


class Envelope:
    """Gives each request its id, each answer its headers, and the log its line. CORS costs only those who come from another origin."""

    def __init__(self, app: ASGIApp, origins: Sequence[str], headers: Headers) -> None:
        self.app, self.headers = LastResort(Repeating(app)), headers
        self.cors = CORSMiddleware(
            self.app,
            allow_origins=origins,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "X-Request-ID"],
            expose_headers=["ETag", "X-Request-ID", "Location", "Idempotency-Replayed", "Retry-After"],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        said = dict(scope["headers"])
        answer = scope["realestate.answer"] = Answer(scope, send, said.get(b"x-request-id", b""), self.headers)
        request_id.set(answer.request_id)
        try:
            await (self.cors if b"origin" in said else self.app)(scope, receive, answer.say)
        finally:
            answer.log()
            del scope["realestate.answer"]  # they know each other: without this the garbage collector had to find them


class Answer:
    """What a client is told, as it leaves."""

    is_logged, status = False, 0

    def __init__(self, scope: Scope, send: Send, wanted_id: bytes, headers: Headers) -> None:
        self.scope, self.send, self.headers, self.started_at = scope, send, headers, perf_counter()
        self.request_id = wanted_id.decode() if USABLE_ID.fullmatch(wanted_id) else os.urandom(8).hex()

    async def say(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            said = message.get("headers", ())
            names = {name for name, _ in said}
            missing = [header for header in self.headers if header[0] not in names]
            message["headers"] = [*said, *missing, (b"x-request-id", self.request_id.encode())]
        await self.send(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.log()

    def log(self) -> None:
        """Once: with the end of the answer, because the work behind it may last longer, or never come to one."""
        if self.is_logged:
            return
        self.is_logged = True
        path = self.scope.get("path_template") or self.scope["path"][:200]
        milliseconds = round((perf_counter() - self.started_at) * 1000, 1)
        log.info("request", method=self.scope["method"], path=path, status=self.status or CLIENT_LEFT, ms=milliseconds, **self._caller())

    def _caller(self) -> dict[str, Any]:
        """Who asked, when a guard has found out and put it into `request.state.identity`."""
        identity = self.scope.get("state", {}).get("identity")
        return {name: getattr(identity, name) for name in ("role", "user_id", "builder_id")} if identity else {}


class LastResort:
    """Answers what nobody expected. Starlette's own last resort stands outside all middleware and would lack id, headers and CORS."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        except Exception as error:
            if scope["type"] != "http" or scope["realestate.answer"].status:
                raise
            response = await scope["app"].exception_handlers[Exception](Request(scope), error)
            await response(scope, receive, send)


class Repeating:
    """Says again what a visitor was told a moment ago (`reading.kept`), before anything else looks at the question.

    Kept is what says of itself that it may be, as a reader's answers to visitors do: `Cache-Control: no-cache`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or any(name in OF_SOMEBODY for name, _ in scope["headers"]):
            return await self.app(scope, receive, send)
        path, query_string = scope["path"], scope["query_string"]
        if found := kept.find(path, query_string):
            scope["path_template"] = found.route  # for the access log
            await send({"type": "http.response.start", "status": 200, "headers": found.headers})
            return await send({"type": "http.response.body", "body": found.body})
        changes, headers = kept.changes, None

        async def say(message: Message) -> None:
            nonlocal headers
            if message["type"] == "http.response.start":
                headers = message["headers"] if message["status"] == 200 and MAY_BE_KEPT in message["headers"] else None
            elif headers:
                if not message.get("more_body"):
                    kept.keep(path, query_string, scope.get("path_template", path), headers, message["body"], changes)
                headers = None  # a part of an answer is none
            await send(message)

        await self.app(scope, receive, say)


def install(app: FastAPI, settings: Settings = settings) -> None:
    """Around `app`, as its only middleware."""
    headers = UNLESS_SAID_OTHERWISE + (IN_PRODUCTION if settings.is_production else [])
    app.add_middleware(Envelope, origins=settings.cors_origins, headers=headers)

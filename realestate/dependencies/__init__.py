"""The words that routers speak: for each audience who is asking, a session that writes in their name, and a reader."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b, file_digest, sha256
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import QueryParams, UploadFile

from realestate import database, reading
from realestate.compiling import Query
from realestate.database import VISITOR, Identity
from realestate.dependencies.guards import ADMINS, ANYONE, BUILDERS, CUSTOMERS, PARTIES, USERS, Guard
from realestate.errors import NotFound, Stale
from realestate.models.base import Versions
from realestate.parsing import LONGEST_REMEMBERED
from realestate.reading import Collection, Detail, Facets, Feed, Listing, Summary
from realestate.schemas.base import Search
from realestate.services import idempotency


class Asked:
    """The query string read as a model. FastAPI takes 15 µs a parameter for that; this reads each query string once.

    What it answers is shared between requests: look, do not change.
    """

    def __init__(self, model: type[BaseModel]) -> None:
        self.model, self.query_names = model, frozenset(model.model_fields)  # for the route and the documentation
        self._read_once = lru_cache(maxsize=1000)(self._read)

    async def __call__(self, request: Request) -> BaseModel:
        query_string = request.scope["query_string"]
        return self._read_once(query_string) if len(query_string) <= LONGEST_REMEMBERED else self._read(query_string)

    def _read(self, query_string: bytes) -> BaseModel:
        try:
            return self.model.model_validate(dict(QueryParams(query_string)))
        except ValidationError as error:
            found = error.errors(include_url=False)
            raise RequestValidationError([one | {"loc": ("query", *one["loc"])} for one in found]) from None


def asked(model: type[BaseModel]) -> Any:
    """For `search: Annotated[XSearch, asked(XSearch)]`."""
    return Depends(Asked(model))


@dataclass(frozen=True, slots=True)
class Reader:
    """Answers in the caller's name with the bytes that PostgreSQL wrote."""

    identity: Identity
    if_none_match: str | None

    async def one(self, view: Detail, id: int | str, **values: Any) -> Response:
        """One document with its ETag; 304 when the caller has it; 404 for what does not exist or is not theirs."""
        body, headers = _document(await reading.read(self.identity, view.query(self.identity.role), id=id, **values))
        if self.if_none_match and (headers["ETag"] in self.if_none_match or self.if_none_match.strip() == "*"):
            return Response(None, 304, headers | self._cache)
        return _json(body, headers | self._cache)

    async def page(self, view: Listing, search: Search, **more: Any) -> Response:
        """One page of a listing: what was asked for by the parameters named like its filters, `more` of them by the path."""
        wanted = search.__dict__ | more
        given = {name: wanted[name] for name in view.filters if wanted[name] is not None}
        query = await reading.shaped(view, (self.identity.role, frozenset(given), wanted["sort"], search.count))
        return _json(await reading.read(self.identity, query, page=search.page, limit=search.limit, **given), self._cache)

    async def found(self, view: Detail, id: int) -> Any:  # the document of `one`, for an answer that Python makes of it
        return json.loads(_document(await reading.read(self.identity, view.query(self.identity.role), id=id))[0])

    async def summary(self, view: Summary, **values: Any) -> Response:  # figures over what the caller may see
        return _json(await reading.read(self.identity, view.query, **values), self._cache)

    async def feed(self, view: Feed | Facets, search: BaseModel) -> Response:
        """A stretch of a feed, or facets: what was asked for by cursors and by the parameters named like its filters."""
        given = frozenset(name for name, one in type(search).model_fields.items() if getattr(search, name) != one.default) - {"limit"}
        return _json(await reading.read(self.identity, view.query(given), **search.__dict__), self._cache)

    async def all(self, view: Collection, **values: Any) -> Response:  # 404 when its parent is not there or not theirs
        return _json(await reading.read(self.identity, view.query(self.identity.role), **values), self._cache)

    async def data(self, query: Query, **values: Any) -> Any:
        """What PostgreSQL says, for an answer that Python makes of it."""
        body = await reading.read(self.identity, query, **values)
        return None if body is None else json.loads(body)

    @property
    def _cache(self) -> dict[str, str]:  # the catalogue may be kept if it is asked about each time; what one person sees may not
        return {"Cache-Control": "no-cache", "Vary": "Authorization"} if self.identity is VISITOR else {}


async def answer(session: AsyncSession, view: Detail, id: int | str, status_code: int = 200, **values: Any) -> Response:
    """What a write answers: the document as its transaction sees it, with ETag and, for what is new, Location."""
    role = session.info["identity"].role
    body, headers = _document(await reading.read_back(session, view.query(role), id=id, **values))
    if status_code == 201:
        headers["Location"] = f"{view.path}/{id}"
    return _json(body, headers, status_code)


def _document(said: bytes | None) -> tuple[bytes, dict[str, str]]:
    """Split `version:document`. A version alone would lie about a composite document, so the ETag has a digest of all of it."""
    if said is None:
        raise NotFound
    version, _, body = said.partition(b":")
    return body, {"ETag": f'"{version.decode()}-{blake2b(body, digest_size=8).hexdigest()}"'}


def _json(body: bytes | None, headers: dict[str, str], status_code: int = 200) -> Response:
    if body is None:
        raise NotFound
    return Response(body, status_code, headers, "application/json")


async def _expected_version(
    if_match: Annotated[str | None, Header(description="the ETag you have read; 412 when it is stale")] = None,
) -> Versions | None:
    """The numbers before the dash of each tag; None when the caller does not mind."""
    if if_match is None or if_match.strip() == "*":
        return None
    numbers = (tag.strip().removeprefix("W/").strip('"').partition("-")[0] for tag in if_match.split(","))
    versions = frozenset(int(number) for number in numbers if number.isascii() and number.isdigit() and len(number) <= 9)
    if not versions:
        raise Stale(detail="If-Match is not an ETag of this resource.")
    return versions


def _session_of(guard: Guard) -> Callable[..., AsyncIterator[AsyncSession]]:
    """One transaction per request in the caller's name: committed before the answer leaves, rolled back on any error.

    It honours the Idempotency-Key of a POST (see `services.idempotency`), whatever the route does and however it answers.
    """

    async def get_session(request: Request, identity: Annotated[Identity, Depends(guard)]) -> AsyncIterator[AsyncSession]:
        key = request.headers.get("idempotency-key") if request.method == "POST" and identity.user_id else None
        async with database.transaction(identity) as session:
            if key is not None:
                await idempotency.claim(session, key, [request.method, request.url.path, request.url.query, await _content(request)])
            yield session
            if key is not None:
                said: Response = request.state.answer
                kept = [(name, value) for name, value in said.headers.items() if name != "content-length"]
                await idempotency.keep(session, key, said.status_code, kept, bytes(said.body))

    return get_session


async def _content(request: Request) -> Any:
    """What was sent, in whatever spelling: JSON may be written in many ways, and the parts of a form stand between random words."""
    if hasattr(request, "_json"):  # read by `routing`, as the form below
        return request._json
    if request._form is None:
        return sha256(await request.body()).hexdigest()
    return [[name, await _digest(value) if isinstance(value, UploadFile) else value] for name, value in request._form.multi_items()]


async def _digest(upload: UploadFile) -> list[str | None]:
    """What tells a file from another, read piece by piece and left as if it had not been read."""
    found = await asyncio.to_thread(file_digest, upload.file, "sha256")  # type: ignore[arg-type]  # a temporary file is one to read
    await upload.seek(0)
    return [upload.filename, upload.content_type, found.hexdigest()]


def _reader_of(guard: Guard) -> Callable[..., Awaitable[Reader]]:
    async def get_reader(request: Request, identity: Annotated[Identity, Depends(guard)]) -> Reader:
        return Reader(identity, request.headers.get("if-none-match"))

    return get_reader


AnyReader = Annotated[Reader, Depends(_reader_of(ANYONE))]
PartyReader = Annotated[Reader, Depends(_reader_of(PARTIES))]
UserReader = Annotated[Reader, Depends(_reader_of(USERS))]
CustomerReader = Annotated[Reader, Depends(_reader_of(CUSTOMERS))]
BuilderReader = Annotated[Reader, Depends(_reader_of(BUILDERS))]
AdminReader = Annotated[Reader, Depends(_reader_of(ADMINS))]

CurrentUser = Annotated[Identity, Depends(USERS)]
CurrentParty = Annotated[Identity, Depends(PARTIES)]
CurrentCustomer = Annotated[Identity, Depends(CUSTOMERS)]
CurrentBuilder = Annotated[Identity, Depends(BUILDERS)]

UserSession = Annotated[AsyncSession, Depends(_session_of(USERS), scope="function")]
PartySession = Annotated[AsyncSession, Depends(_session_of(PARTIES), scope="function")]
CustomerSession = Annotated[AsyncSession, Depends(_session_of(CUSTOMERS), scope="function")]
BuilderSession = Annotated[AsyncSession, Depends(_session_of(BUILDERS), scope="function")]
AdminSession = Annotated[AsyncSession, Depends(_session_of(ADMINS), scope="function")]

ExpectedVersion = Annotated[Versions | None, Depends(_expected_version)]

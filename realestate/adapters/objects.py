"""Files, apart from the database: in a folder of the data directory, or wherever OBJECTS_URL says. Names are random; what is known of a
file stands in the database."""

import hashlib
import secrets
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, BinaryIO

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

from realestate.config import settings
from realestate.errors import NotFound, Unavailable
from realestate.logs import log

if TYPE_CHECKING:
    from obstore import GetResult

CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """An object as it was written: counted and hashed on its way."""

    key: str
    size: int
    sha256: str


async def put(file: BinaryIO) -> Kept:
    """Write a file, from its beginning, under a new name. All of it is there afterwards, or Unavailable."""
    key, digest, size = secrets.token_hex(16), hashlib.sha256(), 0
    file.seek(0)

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal size
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            yield chunk

    try:
        await obstore.put_async(_store(), _path(key), chunks())
    except BaseError as error:
        raise Unavailable("Files cannot be kept at the moment. Please try again.") from error
    return Kept(key, size, digest.hexdigest())


async def stream(key: str, start: int, end: int) -> AsyncIterator[bytes]:
    """The bytes from `start` up to `end`. NotFound, before the first of them, when the object is gone."""
    try:
        found = await obstore.get_async(_store(), _path(key), options={"range": (start, end)})
    except FileNotFoundError:
        log.error("object is missing", key=key)
        raise NotFound(detail="This file is not there any more.") from None
    except BaseError as error:
        raise Unavailable from error
    return _chunks(found)


async def _chunks(found: "GetResult") -> AsyncIterator[bytes]:
    async for chunk in found.stream(min_chunk_size=CHUNK):
        yield bytes(chunk)


async def delete(keys: Collection[str]) -> None:
    """Remove objects; one that is gone already does not matter, one that stays is swept later."""
    for key in keys:
        try:
            await obstore.delete_async(_store(), _path(key))
        except (BaseError, FileNotFoundError) as error:
            log.warning("object not deleted", key=key, cause=type(error).__name__)


async def old_keys(before: datetime) -> AsyncIterator[list[str]]:
    """The names of all objects written before some moment, some at a time."""
    async for page in obstore.list(_store(), "files/"):
        if keys := [meta["path"].rpartition("/")[2] for meta in page if meta["last_modified"] < before]:
            yield keys


def _path(key: str) -> str:
    """In 256 folders, because some file systems are slow with a million names in one."""
    return f"files/{key[:2]}/{key}"


@cache
def _store() -> ObjectStore:
    if settings.objects_url == "memory:///":
        return MemoryStore()
    if settings.objects_url:
        return from_url(settings.objects_url)
    folder = settings.data_dir / "objects"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return LocalStore(folder.resolve())

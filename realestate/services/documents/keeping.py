"""Files into the store, and out of it again. The database names an object only once it is there; what a crash leaves is swept."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from realestate import crud
from realestate.adapters import objects
from realestate.adapters.objects import Kept
from realestate.database import WORKER, transaction
from realestate.errors import Invalid, RealEstateError
from realestate.services.documents import gltf, office
from realestate.services.documents.contents import Content, look_at

LONGEST_NAME = 255
SUFFIXES = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "video/mp4": (".mp4", ".m4v"),
    **{media_type: (suffix,) for suffix, media_type in zip((".docx", ".xlsx", ".pptx"), office.FOLDERS.values(), strict=True)},
    **{media_type: (f".{file_format}",) for file_format, media_type in gltf.MEDIA_TYPES.items()},
}
"""How the name of a file ends, by what its bytes say; the first where it ends otherwise."""
ABANDONED = timedelta(days=1)
"""After which an object that no document knows is nobody's: far longer than any request."""
_looking = asyncio.Semaphore(1)
"""An image of forty million pixels takes some hundred megabytes: one at a time."""


@dataclass(slots=True)
class Upload:
    """A file that has been looked at and stored. `is_taken` as soon as a row names it; what nobody takes is removed."""

    file_name: str
    media_type: str
    kept: Kept
    thumbnail: Kept | None
    is_taken: bool = False

    @property
    def keys(self) -> list[str]:
        """The names of its objects."""
        return [kept.key for kept in (self.kept, self.thumbnail) if kept]


@asynccontextmanager
async def stored(file: BinaryIO, file_name: str | None, look: Callable[[BinaryIO], Content] = look_at) -> AsyncIterator[Upload]:
    """Look at a file and store it, to be used around the transaction that writes it down: fails that, the file goes again.

    Not where nobody knows how the transaction ended (OUTCOME_UNKNOWN, or given up): then it stays until it is swept.
    """
    name = _checked_name(file_name)
    async with _looking:
        content = await asyncio.to_thread(look, file)
    upload = Upload(_true_name(name, content.media_type), content.media_type, await objects.put(content.file), None)
    file.seek(0)  # as it was found: an Idempotency-Key is compared with its bytes
    try:
        if content.thumbnail:
            upload.thumbnail = await objects.put(content.thumbnail)
        yield upload
    except Exception as error:
        if not isinstance(error, RealEstateError) or error.code != "OUTCOME_UNKNOWN":
            await objects.delete(upload.keys)
        raise
    if not upload.is_taken:
        await objects.delete(upload.keys)


async def sweep(older_than: timedelta = ABANDONED) -> int:
    """Remove the objects that no document knows; how many they were."""
    swept = 0
    async for keys in objects.old_keys(datetime.now(UTC) - older_than):
        async with transaction(WORKER) as session:
            orphans = set(keys) - await crud.documents.find_kept(session, keys)
        await objects.delete(orphans)
        swept += len(orphans)
    return swept


def _checked_name(name: str | None) -> str:
    """As it came, but one name: no path, no control characters."""
    if not name or len(name) > LONGEST_NAME or name in (".", "..") or any(c in "/\\" or not c.isprintable() for c in name):
        raise Invalid.field("file", f"Its name should be one to {LONGEST_NAME} printable characters, without / and \\.", "UNSUITABLE_NAME")
    return name


def _true_name(name: str, media_type: str) -> str:
    """What its ending promises, programs believe: so it is the one of what is inside."""
    suffixes = SUFFIXES[media_type]
    return name if name.lower().endswith(suffixes) else name[: LONGEST_NAME - len(suffixes[0])] + suffixes[0]

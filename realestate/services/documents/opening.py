"""Files, as a link opens them."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import quote

from realestate import reading
from realestate.adapters import objects
from realestate.database import VISITOR, Identity
from realestate.errors import NotFound
from realestate.schemas.documents import FileFacts, LinkQuestion
from realestate.security import links
from realestate.services.documents.images import THUMBNAIL_TYPE
from realestate.views.documents import FILE, FILE_FACTS, THUMBNAIL

RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.ASCII)
UNSIGNED = LinkQuestion()
SHOWN_IN_PAGES = ("image/", "video/")


@dataclass(frozen=True, slots=True)
class Opened:
    """A file, or its thumbnail, ready to be sent."""

    key: str
    name: str
    media_type: str
    size: int
    etag: str

    async def stream(self, start: int, end: int) -> AsyncIterator[bytes]:
        """Its bytes from `start` up to `end`."""
        return await objects.stream(self.key, start, end)

    def stretch(self, wanted: str | None) -> tuple[int, int]:
        """The one stretch that a Range header asks for; all of it when it asks for several, or for none that there is."""
        match = RANGE.fullmatch(wanted or "")
        first, last = match.groups() if match else ("", "")
        if first:
            start, end = int(first), min(int(last or self.size), self.size - 1) + 1
        else:
            start, end = max(0, self.size - int(last or self.size)), self.size
        return (start, end) if start < end else (0, self.size)

    @property
    def disposition(self) -> str:
        """Content-Disposition: pictures and films in the page, all else into a file. The name in both spellings of RFC 6266."""
        how = "inline" if self.media_type.startswith(SHOWN_IN_PAGES) else "attachment"
        plain = re.sub(r"[^A-Za-z0-9 ._()-]", "_", self.name)
        return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(self.name, safe='')}"


async def open_file(document_id: int, link: LinkQuestion) -> Opened:
    """The file of a document, for the holder of a link; Forbidden for a link that is not or no longer good, NotFound when it is not theirs."""
    facts = await _facts(FILE, document_id, link)
    return opened(facts)


def opened(facts: FileFacts) -> Opened:
    """The file of a document that has been found in its reader's name."""
    return Opened(facts.storage_key, facts.file_name, facts.media_type, facts.size, facts.sha256)


async def open_thumbnail(document_id: int, link: LinkQuestion) -> Opened:
    """The same, of its thumbnail."""
    facts = await _facts(THUMBNAIL, document_id, link)
    if facts.thumbnail_key is None:
        raise NotFound
    return Opened(facts.thumbnail_key, facts.file_name + ".webp", THUMBNAIL_TYPE, facts.thumbnail_size, f"{facts.sha256}-thumbnail")


async def _facts(path: str, document_id: int, link: LinkQuestion) -> FileFacts:
    """Read in the holder's name, so that the wall decides now and not when the link was written."""
    holder = VISITOR
    if link != UNSIGNED:
        links.check(path.format(document_id), link.holder, link.ends, link.signature)
        holder = Identity.of(*link.holder.split("."))
    said = await reading.read(holder, FILE_FACTS.query(holder.role), id=document_id)
    if said is None:
        raise NotFound
    return FileFacts.model_validate_json(said.partition(b":")[2])

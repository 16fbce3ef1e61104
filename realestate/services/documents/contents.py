"""What a file is, by its own bytes: the name and the type that it came with are not believed."""

import re
from dataclasses import dataclass
from typing import BinaryIO

from realestate.errors import Invalid
from realestate.services.documents import images, office

HEAD, TAIL = 100, 2048
TAKEN = "JPEG, PNG, WebP, PDF, MP4, and DOCX, XLSX or PPTX without macros"
PDF_HEAD, PDF_END = re.compile(rb"%PDF-[12]\.[0-9]"), re.compile(rb"startxref\s+([0-9]{1,10})\s+%%EOF")
PDF_TABLE = re.compile(rb"\s*(xref\s|[0-9]{1,10}\s+[0-9]{1,5}\s+obj\b)")


@dataclass(slots=True)
class Content:
    """What will be kept of a file: as it came, or made anew."""

    media_type: str
    file: BinaryIO
    thumbnail: BinaryIO | None = None


def look_at(file: BinaryIO) -> Content:
    """What a document is. Invalid, with the field `file`, for what is empty, broken, or none of the kinds that we take.

    Images are decoded and made anew, which leaves behind whatever else was in them (place and owner of a camera, scripts, other files).
    """
    head, tail = ends_of(file)
    if head.startswith(b"%PDF-"):
        return Content("application/pdf", _whole_pdf(file, head, tail))
    if head[4:8] == b"ftyp" and head[8:12] in (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV"):
        return Content("video/mp4", file)
    if head.startswith(b"PK\x03\x04") and (media_type := office.type_of(file)):
        return Content(media_type, file)
    if media_type := images.type_of(head):
        return Content(media_type, *images.made_anew(file, media_type))
    raise Invalid.field("file", f"This is none of the kinds that are taken: {TAKEN}.", "UNSUPPORTED_FILE")


def broken(what: str = "file") -> Invalid:
    """It says what it is and is not."""
    return Invalid.field("file", f"This {what} is broken or incomplete.", "BROKEN_FILE")


def ends_of(file: BinaryIO) -> tuple[bytes, bytes]:
    file.seek(0)
    head = file.read(HEAD)
    if not head:
        raise Invalid.field("file", "This file is empty.", "EMPTY_FILE")
    size = file.seek(0, 2)
    file.seek(max(0, size - TAIL))
    return head, file.read(TAIL)


def _whole_pdf(file: BinaryIO, head: bytes, tail: bytes) -> BinaryIO:
    """It says its version, ends, and where it says at the end that its table of contents is (ISO 32000-2, 7.5), there is one."""
    ends = PDF_END.findall(tail)
    if not PDF_HEAD.match(head) or not ends:
        raise broken()
    file.seek(int(ends[-1]))
    if not PDF_TABLE.match(file.read(HEAD)):
        raise broken()
    return file

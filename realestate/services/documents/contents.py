"""What a file is, by its own bytes: the name and the type that it came with are not believed."""

import zipfile
from dataclasses import dataclass
from typing import BinaryIO

from realestate.errors import Invalid
from realestate.services.documents import images

OFFICE = "application/vnd.openxmlformats-officedocument."
OFFICE_FOLDERS = {
    "word/": OFFICE + "wordprocessingml.document",
    "xl/": OFFICE + "spreadsheetml.sheet",
    "ppt/": OFFICE + "presentationml.presentation",
}
MOST_PARTS = 10_000
"""Of an office document; its directory alone is read, nothing is unpacked."""
HEAD, TAIL = 100, 2048
TAKEN = "JPEG, PNG, WebP, PDF, MP4, DOCX, XLSX or PPTX"


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
        return Content("application/pdf", _whole(file, b"%%EOF" in tail))
    if head[4:8] == b"ftyp" and head[8:12] in (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV"):
        return Content("video/mp4", file)
    if head.startswith(b"PK\x03\x04"):
        return Content(_office_type(file), file)
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


def _whole(file: BinaryIO, is_whole: bool) -> BinaryIO:
    if not is_whole:
        raise broken()
    return file


def _office_type(file: BinaryIO) -> str:
    """By the folders of the archive; one with macros is not taken."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except Exception:  # noqa: BLE001  # zipfile raises whatever comes up, and each means the same
        raise broken() from None
    found = [media_type for folder, media_type in OFFICE_FOLDERS.items() if any(name.startswith(folder) for name in names)]
    has_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
    if "[Content_Types].xml" not in names or len(found) != 1 or has_macros or len(names) > MOST_PARTS:
        raise Invalid.field("file", f"This is none of the kinds that are taken: {TAKEN}, without macros.", "UNSUPPORTED_FILE")
    return found[0]

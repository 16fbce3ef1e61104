"""Office documents (DOCX, XLSX, PPTX): archives, of which only the directory is read. Nothing is unpacked here, and what would be too much
for whoever unpacks it is not taken."""

import re
import zipfile
from typing import BinaryIO

from realestate.errors import Invalid

OFFICE = "application/vnd.openxmlformats-officedocument."
FOLDERS = {
    "word/": OFFICE + "wordprocessingml.document",
    "xl/": OFFICE + "spreadsheetml.sheet",
    "ppt/": OFFICE + "presentationml.presentation",
}
MOST_PARTS = 5_000
MOST_UNPACKED = 100 * 1024 * 1024
"""Bytes of all parts together."""
DENSEST, SMALL = 100, 100 * 1024
"""How many times larger than packed a part may be that is not small anyway; sheets of equal rows come to thirty."""
LEADS_OUT = re.compile(r"[/\\]|[A-Za-z]:|.*\\|(.*/)?\.\.(/|$)", re.DOTALL)
ARCHIVE = re.compile(r".*\.(zip|jar|7z|rar|tar|gz|tgz|bz2|xz|zst|cab|iso|docx|xlsx|pptx)", re.DOTALL | re.IGNORECASE)
EMBEDDED = re.compile(r"(word|xl|ppt)/embeddings/[^/]+\.(docx|xlsx|pptx)", re.IGNORECASE)
"""The figures behind a diagram, as office programs keep them."""
MACROS = "vbaproject.bin"


def type_of(file: BinaryIO) -> str | None:
    """Which kind it is, by the folders of the archive; None for any other archive, and for one with macros, other archives or names that lead out.

    Invalid BROKEN_FILE where it cannot be read, FILE_TOO_DENSE for what would unpack to too much.
    """
    try:
        size = file.seek(0, 2)
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except Exception:  # noqa: BLE001  # zipfile raises whatever comes up, and each means the same
        raise Invalid.field("file", "This file is broken or incomplete.", "BROKEN_FILE") from None
    _check_sizes(parts, size)
    names = [part.filename for part in parts]
    found = [media_type for folder, media_type in FOLDERS.items() if any(name.startswith(folder) for name in names)]
    is_plain = not any(_is_foreign(name) for name in names) and not any(part.flag_bits & 1 for part in parts)  # 1: encrypted
    is_one = "[Content_Types].xml" in names and len(set(names)) == len(names) and len(found) == 1
    return found[0] if is_one and is_plain else None


def _check_sizes(parts: list[zipfile.ZipInfo], size: int) -> None:
    is_dense = any(part.file_size > max(SMALL, DENSEST * part.compress_size) for part in parts)
    unpacked, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if is_dense or len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or packed > size:  # more than there is: parts that overlap
        raise Invalid.field(
            "file", f"Unpacked, an office document may have at most {MOST_UNPACKED >> 20} MB and {MOST_PARTS:,} parts.", "FILE_TOO_DENSE"
        )


def _is_foreign(name: str) -> bool:
    is_archive = ARCHIVE.fullmatch(name) and not EMBEDDED.fullmatch(name)
    return bool(is_archive or LEADS_OUT.match(name)) or name.lower().endswith(MACROS)

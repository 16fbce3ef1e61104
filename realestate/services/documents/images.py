"""Images, decoded and made anew."""

import io
from typing import BinaryIO

from PIL import Image, ImageOps

from realestate.errors import Invalid

MOST_PIXELS = 40_000_000
THUMBNAIL = (512, 512)
THUMBNAIL_TYPE = "image/webp"
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
SETTINGS: dict[str, dict[str, int]] = {"JPEG": {"quality": 88}, "PNG": {"compress_level": 3}, "WEBP": {"quality": 85, "method": 2}}
"""Good, and done within seconds for the largest that we take."""

Image.MAX_IMAGE_PIXELS = None  # Pillow would warn at twice its own limit; ours is checked before anything is decoded


def type_of(head: bytes) -> str | None:
    """Which image begins like this."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    return "image/webp" if head.startswith(b"RIFF") and head[8:12] == b"WEBP" else None


def made_anew(file: BinaryIO, media_type: str) -> tuple[BinaryIO, BinaryIO]:
    """The image upright and with nothing but its pixels, and a thumbnail. Invalid for what is too large or cannot be decoded."""
    form = FORMATS[media_type]
    try:
        with Image.open(file, formats=(form,)) as opened:
            _check_size(opened.size)
            ImageOps.exif_transpose(opened, in_place=True)
            image = _plain(opened, form)
            whole, small = io.BytesIO(), io.BytesIO()
            image.save(whole, form, **SETTINGS[form])
            image.thumbnail(THUMBNAIL)
            image.save(small, "WEBP", quality=80)
    except Invalid:
        raise
    except Exception:  # noqa: BLE001  # Pillow raises whatever comes up (SyntaxError, struct.error …), and each means the same
        raise Invalid.field("file", "This image is broken or incomplete.", "BROKEN_FILE") from None
    return whole, small


def _check_size(size: tuple[int, int]) -> None:
    if size[0] * size[1] > MOST_PIXELS:
        raise Invalid.field("file", f"An image may have at most {MOST_PIXELS // 1_000_000} million pixels.", "IMAGE_TOO_LARGE")


def _plain(image: Image.Image, form: str) -> Image.Image:
    """In colours that every program shows; without comments, profiles and all else that would be written again."""
    has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    mode = "RGBA" if has_alpha and form != "JPEG" else "L" if image.mode == "L" else "RGB"
    plain = image if image.mode == mode else image.convert(mode)
    plain.info.clear()
    return plain

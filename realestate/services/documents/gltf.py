"""3D models, by their own bytes. GLB and glTF (Khronos glTF 2.0) are looked into; of the others only the beginning is checked."""

import re
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

from realestate.errors import Invalid, RealEstateError
from realestate.models.models3d import FileFormat
from realestate.parsing import parse_json
from realestate.services.documents import images
from realestate.services.documents.contents import Content, broken, ends_of

MEDIA_TYPES = {
    FileFormat.glb: "model/gltf-binary",
    FileFormat.gltf: "model/gltf+json",
    FileFormat.obj: "model/obj",
    FileFormat.fbx: "application/vnd.autodesk.fbx",
    FileFormat.stl: "model/stl",
    FileFormat.usdz: "model/vnd.usdz+zip",
    FileFormat.ifc: "application/x-step",
    FileFormat.skp: "application/vnd.sketchup.skp",
}
FORMATS = {media_type: file_format for file_format, media_type in MEDIA_TYPES.items()}
BEGINNINGS = {
    FileFormat.obj: rb"(\xef\xbb\xbf)?(#|v |o |g |mtllib )",
    FileFormat.fbx: rb"Kaydara FBX Binary|; FBX ",
    FileFormat.stl: rb"solid |[^<\x00]*\x00",
    FileFormat.usdz: rb"PK\x03\x04",
    FileFormat.ifc: rb"ISO-10303-21;",
    FileFormat.skp: rb"\xff\xfe\xff.S\x00k\x00e\x00t\x00",
}
JSON_CHUNK, BINARY_CHUNK = 0x4E4F534A, 0x004E4942
MOST_JSON = 25 * 1024 * 1024
DATA = re.compile(r"data:(application/(octet-stream|gltf-buffer)|image/(png|jpeg|webp));base64,")


def look_at_model(file: BinaryIO, name: str, thumbnail: BinaryIO | None = None) -> Content:
    """What a model is. Invalid, with the field `file`, for what is empty, broken, not of the kind that its name says, or asks for other files.

    A thumbnail is an image like any other.
    """
    head, _ = ends_of(file)
    file_format = _format(head, name)
    size = file.seek(0, 2)
    file.seek(0)
    match file_format:
        case FileFormat.glb:
            _check_binary(file, size)
        case FileFormat.gltf:
            _check_document(_parsed(file.read(MOST_JSON + 1)), None)
    return Content(MEDIA_TYPES[file_format], file, _small(thumbnail) if thumbnail else None)


def _format(head: bytes, name: str) -> FileFormat:
    """GLB says itself what it is; of the others one has to know the name as well."""
    if head.startswith(b"glTF"):
        return FileFormat.glb
    suffix = name.rpartition(".")[2].lower()
    if suffix == FileFormat.gltf and head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return FileFormat.gltf
    beginning = BEGINNINGS.get(FileFormat(suffix)) if suffix in set(FileFormat) else None
    if beginning is None or not re.match(beginning, head, re.DOTALL):
        raise Invalid.field("file", f"This is no model of the kinds that are taken: {', '.join(FileFormat)}.", "UNSUPPORTED_FILE")
    return FileFormat(suffix)


def _small(thumbnail: BinaryIO) -> BinaryIO:
    media_type = images.type_of(ends_of(thumbnail)[0])
    if media_type is None:
        raise Invalid.field("thumbnail", "A thumbnail is a JPEG, PNG or WebP image.", "UNSUPPORTED_FILE")
    return images.made_anew(thumbnail, media_type)[1]


def _check_binary(file: BinaryIO, size: int) -> None:
    """A header that tells the truth, one chunk of JSON, at most one of bytes, and not a byte more."""
    header = file.read(20)
    if len(header) < 20:
        raise broken("model")
    _, version, length, json_length, kind = struct.unpack("<4sIIII", header)
    if version != 2:
        raise Invalid.field("file", "This is not glTF 2.0.", "UNSUPPORTED_FILE")
    if length != size or kind != JSON_CHUNK or json_length > min(size - 20, MOST_JSON):
        raise broken("model")
    document, rest = _parsed(file.read(json_length)), size - 20 - json_length
    if rest:
        bytes_length, kind = struct.unpack("<II", file.read(8)) if rest >= 8 else (0, 0)
        if kind != BINARY_CHUNK or bytes_length != rest - 8:
            raise broken("model")
    _check_document(document, max(0, rest - 8))


def _parsed(text: bytes) -> dict[str, Any]:
    if len(text) > MOST_JSON:
        raise Invalid.field("file", f"The JSON of a model may have at most {MOST_JSON >> 20} MB; make it a GLB.", "UNSUPPORTED_FILE")
    try:
        document = parse_json(text.removeprefix(b"\xef\xbb\xbf"))
    except RealEstateError:
        raise broken("model") from None
    if not isinstance(document, dict):
        raise broken("model")
    return document


def _check_document(document: dict[str, Any], room: int | None) -> None:
    """Of glTF 2, whole in itself, and its views lie within its buffers. `room`: bytes of the binary chunk; None where there is none."""
    asset = document.get("asset")
    if not isinstance(asset, dict) or not re.fullmatch(r"2\.[0-9]{1,3}", str(asset.get("version")), re.ASCII):
        raise Invalid.field("file", "This is not glTF 2.0.", "UNSUPPORTED_FILE")
    if any(not isinstance(uri, str) or not DATA.match(uri) for uri in _uris(document)):
        raise Invalid.field("file", "This model asks for other files; put them into it, best as a GLB.", "OUTSIDE_FILES")
    buffers, views = _objects(document, "buffers"), _objects(document, "bufferViews")
    sizes = [_whole_number(buffer, "byteLength") for buffer in buffers]
    inside = [size for size, buffer in zip(sizes, buffers, strict=True) if "uri" not in buffer]
    if len(inside) > 1 or inside and (room is None or inside[0] > room or "uri" in buffers[0]):
        raise broken("model")
    for view in views:
        number, end = _whole_number(view, "buffer"), _whole_number(view, "byteOffset", 0) + _whole_number(view, "byteLength")
        if number >= len(sizes) or end > sizes[number]:
            raise broken("model")


def _uris(value: Any) -> Iterator[Any]:
    """Every address in it, wherever an extension may have put it. The parser has seen to it that this is not too deep."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "uri":
                yield inner
            else:
                yield from _uris(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _uris(inner)


def _objects(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = document.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise broken("model")
    return found


def _whole_number(owner: dict[str, Any], name: str, default: int | None = None) -> int:
    number = owner.get(name, default)
    if type(number) is not int or number < 0:
        raise broken("model")
    return number

"""What the houses of the demo data look like: as a 3D model and as a drawing, made of the same few numbers."""

import io
import json
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

from PIL import Image, ImageDraw

from realestate.demo.places import Place

STOREY, WIDTH, GAP = 3.2, 22.0, 14.0  # metres
COLOURS = {"plinth": (0.45, 0.42, 0.4), "wall": (0.93, 0.9, 0.84), "slab": (0.55, 0.6, 0.65)}
CORNERS = [(x, y, z) for x in (-0.5, 0.5) for y in (0.0, 1.0) for z in (-0.5, 0.5)]
FACES = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))


def walkable(place: Place) -> BinaryIO:
    """The towers of a place as a GLB: one box, in each colour, set up over and over."""
    indices = [corner for face in FACES for corner in (face[0], face[1], face[2], face[0], face[2], face[3])]
    positions = struct.pack("<24f", *(value for corner in CORNERS for value in corner))
    binary = positions + struct.pack("<36H", *indices)
    views = [{"buffer": 0, "byteLength": 96}, {"buffer": 0, "byteOffset": 96, "byteLength": 72}]
    accessors: list[dict[str, Any]] = [
        {"bufferView": 0, "componentType": 5126, "count": 8, "type": "VEC3", "min": [-0.5, 0.0, -0.5], "max": [0.5, 1.0, 0.5]},
        {"bufferView": 1, "componentType": 5123, "count": 36, "type": "SCALAR"},
    ]
    nodes = list(_boxes(place))
    document = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"name": place.name, "nodes": list(range(len(nodes)))}],
        "nodes": nodes,
        "meshes": [{"name": name, "primitives": [_primitive(number)]} for number, name in enumerate(COLOURS)],
        "materials": [_material(name, colour) for name, colour in COLOURS.items()],
        "accessors": accessors,
        "bufferViews": views,
        "buffers": [{"byteLength": len(binary)}],
    }
    return _binary(json.dumps(document, separators=(",", ":")).encode(), binary)


def drawn(place: Place) -> BinaryIO:
    """The towers from the street, by day."""
    image = Image.new("RGB", (960, 600), (214, 230, 241))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 520, 960, 600), (150, 168, 130))
    width = min(220, 800 // len(place.towers) - 40)
    for number, code in enumerate(place.towers):
        left, storey = 80 + number * (width + 40), min(24, 420 // place.floors)
        draw.rectangle((left, 520 - storey * place.floors, left + width, 520), (236, 229, 214), (120, 110, 100))
        for floor in range(place.floors):
            for pane in range(len(place.stacks)):
                x, y = left + 8 + pane * (width - 12) // len(place.stacks), 520 - storey * (floor + 1) + 4
                draw.rectangle((x, y, x + (width - 12) // len(place.stacks) - 6, y + max(2, storey - 10)), (120, 150, 172))
        draw.text((left, 530), f"Tower {code}", (40, 40, 40))
    draw.text((20, 20), f"{place.name}, {place.city}: street elevation", (40, 40, 40))
    return _saved(image)


def card(name: str) -> BinaryIO:
    """What a customer shows of itself."""
    image = Image.new("RGB", (640, 400), (240, 236, 220))
    draw = ImageDraw.Draw(image)
    draw.rectangle((30, 90, 190, 300), (180, 176, 165))
    for line, text in enumerate(("SPECIMEN IDENTITY CARD", name, "Valid for demonstration only")):
        draw.text((220, 100 + 50 * line), text, (30, 30, 30))
    return _saved(image)


def sheet(*lines: str) -> BinaryIO:
    """A page with a few lines on it, as a camera would take it."""
    image = Image.new("RGB", (420, 594), (250, 249, 245))
    draw = ImageDraw.Draw(image)
    draw.rectangle((14, 14, 406, 580), outline=(150, 150, 150))
    for number, text in enumerate(lines):
        draw.text((40, 50 + 36 * number), text, (30, 30, 30))
    return _saved(image)


def _boxes(place: Place) -> Iterator[dict[str, Any]]:
    """A plinth for each tower, and for every floor its walls and the slab above them."""
    for number, code in enumerate(place.towers):
        x = number * (WIDTH + GAP)
        yield {"name": f"Tower {code}", "mesh": 0, "translation": [x, 0, 0], "scale": [WIDTH + 4, 0.6, WIDTH + 4]}
        for floor in range(place.floors):
            height = round(0.6 + floor * STOREY, 2)
            yield {"mesh": 1, "translation": [x, height, 0], "scale": [WIDTH, STOREY - 0.3, WIDTH]}
            yield {"mesh": 2, "translation": [x, round(height + STOREY - 0.3, 2), 0], "scale": [WIDTH + 1.5, 0.3, WIDTH + 1.5]}


def _primitive(material: int) -> dict[str, Any]:
    return {"attributes": {"POSITION": 0}, "indices": 1, "material": material}


def _material(name: str, colour: tuple[float, ...]) -> dict[str, Any]:
    return {"name": name, "doubleSided": True, "pbrMetallicRoughness": {"baseColorFactor": [*colour, 1.0], "metallicFactor": 0.0}}


def _binary(text: bytes, binary: bytes) -> BinaryIO:
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(binary), b"BIN\0") + binary
    return io.BytesIO(struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks)


def _saved(image: Image.Image) -> BinaryIO:
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out

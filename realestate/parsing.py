"""JSON and texts from outside, read strictly: what Python lets pass and PostgreSQL, other parsers or money cannot bear is refused here."""

import json
from decimal import Decimal
from typing import Any, Never
from urllib.parse import unquote_to_bytes

from realestate.errors import Invalid, Malformed

DEEPEST = 64
LONGEST_NUMBER = 64
LONGEST_REMEMBERED = 1024
"""Bytes of a query string that is read once and remembered; longer ones are read each time, or they would fill the memory."""


class Exponential(Decimal):
    """A number written with an exponent, such as 1e3: an ordinary value, but no way to write money."""


def parse_json(body: bytes) -> Any:
    """The value of a UTF-8 JSON text, its fractions as Decimals. 400 when it is none, 422 when a text in it cannot be kept."""
    try:
        value = _decoder.decode(body.decode())
    except json.JSONDecodeError as error:
        raise _malformed(f": {error.msg} (line {error.lineno}, column {error.colno})") from None
    except (ValueError, RecursionError):  # not UTF-8; a number out of range; too deep
        raise _malformed() from None
    if b"\\u" in body or body.count(b"[") + body.count(b"{") > DEEPEST:
        _check_tree(value)
    return value


def check_text(text: str, field: str) -> None:
    """PostgreSQL keeps neither NUL nor half a surrogate pair."""
    if "\0" in text or not _is_unicode(text):
        raise Invalid.field(field, "Input should not contain NUL or unpaired surrogates.", "INVALID_TEXT")


def check_escapes(query_string: bytes) -> None:
    """UTF-8, as it was sent: the parser of query strings puts a mark in the place of what is none, such as half a surrogate pair."""
    for said in query_string.split(b"&"):
        name, _, value = (unquote_to_bytes(part) for part in said.partition(b"="))
        try:
            name.decode()
            value.decode()
        except UnicodeDecodeError:
            raise Invalid.field(name.decode(errors="replace"), "Input should be text in UTF-8.", "INVALID_TEXT") from None


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _malformed(why: str = "") -> Malformed:
    return Malformed("MALFORMED_JSON", f"The body is not valid JSON{why}.")


def _number(text: str) -> Decimal:
    if len(text) > LONGEST_NUMBER:
        raise ValueError(text)
    is_plain = "e" not in text.lower()
    if not is_plain and abs(int(text.lower().partition("e")[2])) > 300:  # beyond a float
        raise ValueError(text)
    return Decimal(text) if is_plain else Exponential(text)


def _refuse(constant: str) -> Never:
    raise ValueError(constant)  # NaN, Infinity, -Infinity


_decoder = json.JSONDecoder(parse_float=_number, parse_constant=_refuse)


def _check_tree(value: Any) -> None:
    """Not recursive, because what it looks for is depth, among others."""
    todo: list[tuple[str, int, Any]] = [("", 0, value)]
    while todo:
        path, depth, value = todo.pop()
        if depth > DEEPEST:
            raise _malformed(": it is nested too deeply")
        match value:
            case str():
                check_text(value, path or "body")
            case dict():
                for name, inner in value.items():
                    field = f"{path}.{name}" if path else name
                    check_text(name, field)
                    todo.append((field, depth + 1, inner))
            case list():
                todo.extend((f"{path}.{index}", depth + 1, inner) for index, inner in enumerate(value))

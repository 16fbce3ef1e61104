"""What a hostile or broken client may send. No route may answer any of it with a 5xx.

Drive a route with `BODIES`, with `spoiled(example)` of its body, with `QUERIES` behind its path and `PATH_VALUES` inside it.
"""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

JSON = "application/json"
DEEP = 100_000


@dataclass(frozen=True)
class Poison:
    """A body as bytes and what it claims to be; `status` when every JSON route must answer exactly that."""

    name: str
    content: bytes
    content_type: str | None = JSON
    status: int | None = None

    @property
    def headers(self) -> dict[bytes, bytes]:
        return {b"content-type": self.content_type.encode("latin-1")} if self.content_type is not None else {}


_OBJECT = '{"name": "Añjali"}'

BODIES = [
    Poison("not a number", b'{"a": NaN}', status=400),
    Poison("infinity", b'{"a": Infinity}', status=400),
    Poison("minus infinity", b"[-Infinity]", status=400),
    Poison("beyond a float", b'{"a": 1e999}', status=400),
    Poison("beyond a decimal", b'{"a": 1e99999999999999999999}', status=400),
    Poison("10^5000 in digits", b'{"a": 1' + b"0" * 5000 + b"}", status=400),
    Poison("a fraction of 5000 digits", b'{"a": 0.' + b"1" * 5000 + b"}", status=400),
    Poison("lone surrogate in a value", b'{"a": "\\ud800"}', status=422),
    Poison("lone surrogate in a name", b'{"\\udfff": 1}', status=422),
    Poison("NUL in a value", b'{"a": "x\\u0000y"}', status=422),
    Poison("NUL in a name", b'{"\\u0000": 1}', status=422),
    Poison("raw NUL", b'{"a": "\0"}', status=400),
    Poison("raw surrogate", b'{"a": "\xed\xa0\x80"}', status=400),
    Poison("deep list", b"[" * DEEP + b"]" * DEEP, status=400),
    Poison("deep list without end", b"[" * DEEP, status=400),
    Poison("deep object", b'{"a":' * DEEP + b"1" + b"}" * DEEP, status=400),
    Poison("deeper than anybody needs", b"[" * 500 + b"]" * 500, status=400),
    Poison("UTF-16", _OBJECT.encode("utf-16"), status=400),
    Poison("UTF-16 without a mark", _OBJECT.encode("utf-16-le"), status=400),
    Poison("UTF-32", _OBJECT.encode("utf-32"), status=400),
    Poison("Latin-1", _OBJECT.encode("latin-1"), status=400),
    Poison("byte order mark", _OBJECT.encode("utf-8-sig"), status=400),
    Poison("half", b'{"a": ', status=400),
    Poison("two", b"{} {}", status=400),
    Poison("blank", b" ", status=400),
    Poison("empty", b""),
    Poison("null", b"null", status=422),
    Poison("list", b"[]", status=422),
    Poison("number", b"1", status=422),
    Poison("text", b'"x"', status=422),
    Poison("many unknown names", json.dumps({f"n{i}": i for i in range(20_000)}).encode(), status=422),
    Poison("a very long name", json.dumps({"n" * 500_000: 1}).encode(), status=422),
    Poison("no content type", b"{}", None, 415),
    Poison("empty content type", b"{}", "", 415),
    Poison("plain text", b"{}", "text/plain", 415),
    Poison("a form for JSON", b"a=1", "application/x-www-form-urlencoded", 415),
    Poison("another encoding announced", b"{}", "application/json; charset=utf-16", 415),
    Poison("nonsense for a content type", b"{}", "application/json/../;;charset==\xff", 415),
    Poison("too large", b'{"a": "' + b"x" * 2_000_000 + b'"}', status=413),
]

FORMS = [
    Poison("NUL", b"username=a%00b&password=x", "application/x-www-form-urlencoded"),
    Poison("not UTF-8", b"username=%ff%fe&password=\xff", "application/x-www-form-urlencoded"),
    Poison("surrogates", b"username=%ED%A0%80&password=x", "application/x-www-form-urlencoded"),
    Poison("broken escapes", b"username=%zz&password=%&=&&;", "application/x-www-form-urlencoded"),
    Poison("too many fields", b"a=1&" * 20_000, "application/x-www-form-urlencoded"),
    Poison("a very long field", b"username=" + b"a" * 1_000_000, "application/x-www-form-urlencoded"),
    Poison("no boundary", b"--x\r\n\r\n--x--", "multipart/form-data"),
    Poison("not in parts", b"nothing of the kind", "multipart/form-data; boundary=x"),
    Poison(
        "NUL in a part",
        b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\na\0b\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    Poison(
        "not UTF-8 in a part",
        b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\n\xff\xfe\r\n--x--\r\n',
        "multipart/form-data; boundary=x; charset=nonsense",
    ),
    Poison("part without a name", b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n", "multipart/form-data; boundary=x"),
    Poison("JSON for a form", b"{}", JSON),
    Poison("empty", b"", "application/x-www-form-urlencoded"),
]

VALUES = [
    *(
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "1e300",
        "1E2",
        "1e-300",
        "-1",
        "0",
        "-0.0",
        "0.001",
        str(2**63),
        str(2**70),
        "1" + "0" * 4000,
    ),
    *('"\\ud800"', '"\\u0000"', '"x\\u0000y"', '"\\udc00\\ud800"', '""', '" "', '"\\n"', '"\\u202e\\ufeff"', json.dumps("x" * 100_000)),
    *("null", "true", "[]", "{}", "[null]", '[{"a": [1]}]', '{"a": "b"}', "[" * 60 + "]" * 60),
    *(
        '"NaN"',
        '"1e3"',
        '"9999-12-31T23:59:59-14:00"',
        '"0001-01-01T00:00:00+14:00"',
        '"2026-02-30"',
        '"2026-11-20T10:00:00"',
        '"9999-12-31"',
    ),
    *('"//evil.example"', '"javascript:alert(1)"', '"=1+1"', '"\'; DROP TABLE users; --"', '"%00"', '"٣"', '"Asha <a@example.com>"'),
]
"""JSON texts to put in the place of any value."""


def spoiled(example: Any) -> Iterator[Poison]:
    """The body of `example` with one value at a time replaced by each of `VALUES`."""
    for mark, place, text in _marked(example):
        for value in VALUES:
            yield Poison(f"{place} = {value[:40]}", text.replace(mark, value).encode())


def _marked(example: Any) -> Iterator[tuple[str, str, str]]:
    mark = "\x1a"
    for place in _places(example):
        copy = json.loads(json.dumps({"": example}))
        inner: Any = copy
        for step in ("", *place[:-1]):
            inner = inner[step]
        inner[place[-1]] = mark
        yield json.dumps(mark), ".".join(map(str, place)), json.dumps(copy[""])


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield (*path, step)
        yield from _places(inner, (*path, step))


async def endless(megabytes: int = 64) -> AsyncIterator[bytes]:
    """A body in chunks, without a length, far beyond any limit."""
    for _ in range(megabytes * 16):
        yield b" " * 65_536


QUERIES = [
    *(
        "%00",
        "q=%00",
        "page=%00",
        "%00=1",
        "q=a%00b",
        "%ff",
        "q=%ff",
        "q=%ED%A0%80",
        "%",
        "q=%zz",
        "=",
        "&&&",
        ";",
        "q",
        "nonsense=1",
        "q=%F0%9F%92%A9",
    ),
    *(
        f"page={2**70}",
        f"page={'9' * 5000}",
        "page=1e3",
        "page=NaN",
        "page=0",
        "page=-1",
        "page=1&page=2",
        "page=",
        "page=1.5",
        "limit=101",
        "limit=x",
    ),
    *("count=perhaps", "sort=nonsense", "sort=", "status=", f"status={'x' * 5000}", f"q={'x' * 10_000}", "q=%25_%5C", "q='", "q=%22%27;--"),
    *(
        "lat=nan&lng=nan&radius_km=nan",
        "lat=inf&lng=-inf&radius_km=1e999",
        "min_price=NaN",
        "min_price=1e3",
        "max_price=-1",
        "builder_id=0",
    ),
    *(
        f"builder_id={2**63}",
        f"project_id={2**70}",
        "after=9999-12-31T23:59:59-14:00",
        f"after={2**70}",
        "before=x",
        "%E0%A4%A",
        "a" * 5000 + "=1",
    ),
]
"""Behind the question mark, as sent."""

PATH_VALUES = [
    "0",
    "-1",
    str(2**63),
    str(2**70),
    "9" * 4000,
    "NaN",
    "1.5",
    "1.0",
    "%2B1",
    "x",
    "%00",
    "1%00",
    "%ff",
    "%ED%A0%80",
    "%20",
    "1;2",
    "'",
    "%25",
    "..%2f..",
    "٣",
]
"""In the place of an id in a path, as sent."""

"""The application asked without a client in between: in walks of tens of thousands of requests, a third of the time was the client's."""

import json
import string
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

Headers = dict[bytes, bytes]


@dataclass(frozen=True)
class Said:
    """An answer."""

    status_code: int
    headers: Headers
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode(errors="replace")

    def json(self) -> Any:
        return json.loads(self.content)


async def drive(app: Any, method: str, url: str, headers: Headers, content: bytes = b"") -> Said:
    """What the application answers to exactly these bytes; names of headers in small letters."""
    path, _, question = url.partition("?")
    sized = headers | {b"host": b"test", b"content-length": b"%d" % len(content)}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "headers": list(sized.items()),
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": quote(question, safe=string.punctuation).encode(),
        "server": ("test", None),
        "client": ("127.0.0.1", 123),
        "root_path": "",
    }
    coming = [{"type": "http.request", "body": content, "more_body": False}]
    said: dict[str, Any] = {"body": b""}

    async def receive() -> dict[str, Any]:
        return coming.pop() if coming else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        said.update(message | {"body": said["body"] + message.get("body", b"")})

    await app(scope, receive, send)
    return Said(said["status"], dict(said["headers"]), said["body"])

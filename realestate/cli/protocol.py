"""HTTP and WebSocket as uvicorn speaks them, with what it leaves out: an end to the size and to the time of a request's head, and to
waiting for a reader who does not read."""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

ABORT = "realestate.abort"
"""The extension by which `live.socket`, which this file does not import, ends a connection whose reader does not read."""
LAST_WORDS = 1.0
"""Seconds in which readers must have taken the news that the server ends."""
LARGEST_HEAD = 64 * 1024
HEAD_WITHIN = 10.0
"""Seconds from the first byte of a head to its last. What comes after it, the routes watch themselves."""
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class BoundedProtocol(HttpToolsProtocol):
    """A head without end would be joined piece by piece, with the whole process waiting for it; one that never ends holds its socket."""

    head_bytes = 0
    is_in_head = True
    clock: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        if self.is_in_head:
            end = data.find(b"\r\n\r\n")
            self.head_bytes += len(data) if end < 0 else end
            if self.head_bytes > LARGEST_HEAD:
                return self._refuse(TOO_LARGE)
        super().data_received(data)

    def on_message_begin(self) -> None:
        self._expect_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self.is_in_head = False
        self._stop_clock()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self.is_in_head, self.head_bytes = True, 0

    def _expect_head(self) -> None:
        self._stop_clock()
        self.is_in_head = True
        self.clock = self.loop.call_later(HEAD_WITHIN, self._refuse, TOO_SLOW)

    def _stop_clock(self) -> None:
        if self.clock:
            self.clock.cancel()
            self.clock = None

    def _refuse(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)
            self.transport.close()


class PromptSocket(WebSocketsSansIOProtocol):
    """A connection that is closed waits until all that was written is read; one whose reader sleeps would so wait for ever."""

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            cast(dict[str, Any], self.scope["extensions"])[ABORT] = self.transport.abort

    async def send(self, message: Any) -> None:
        """A refusal that has been said ends the handshake. The base would log each as an error of ours, and strangers could fill the log."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body"):
            self.handshake_complete = True

    def shutdown(self) -> None:
        """The server is about to end: 1012 to everybody, at once."""
        super().shutdown()
        self.loop.call_later(LAST_WORDS, self.transport.abort)

    def handle_ping(self) -> None:
        """Whoever does not read the answers gets none: they would fill our memory."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.transport.abort()

    def send_receive_event_to_app(self) -> None:
        """Text that is none is 1007, as in the base, which would log a traceback."""
        if self.curr_msg_data_type == "text" and not self.close_sent and not _is_text(b"".join(self.frames)):
            self.frames = []
            self.conn.fail(1007)
            return self.handle_parser_exception()
        super().send_receive_event_to_app()


def _is_text(said: bytes) -> bool:
    try:
        said.decode()
    except UnicodeDecodeError:
        return False
    return True

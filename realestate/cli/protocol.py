"""HTTP as uvicorn speaks it, with what it leaves out: an end to the size and to the time of a request's head."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

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

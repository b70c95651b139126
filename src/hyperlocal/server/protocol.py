"""HTTP that does not wait for ever: clients that send or read too slowly are let go."""

from __future__ import annotations

import asyncio
from asyncio.events import TimerHandle
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from hyperlocal.server.problems import problem

HEAD_SECONDS = 10.0
"""How long the head of a request may take."""
BODY_SECONDS = 30.0
"""How long its body may take."""
READ_SECONDS = 60.0
"""How long a client may take nothing of what is sent to it."""
LARGEST_HEAD = 32_768
MOST_CONNECTIONS = 500


class PatientProtocol(HttpToolsProtocol):
    """The protocol of uvicorn, with an end to its patience."""

    head_seconds = HEAD_SECONDS
    body_seconds = BODY_SECONDS
    read_seconds = READ_SECONDS
    most_connections = MOST_CONNECTIONS

    _deadline: TimerHandle | None = None
    _reading: TimerHandle | None = None
    _in_head = True
    _head_size = 0
    _said = (400, "this is no request of HTTP")

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request; refuse what is too much at a time."""
        super().connection_made(transport)
        if len(self.connections) > self.most_connections:
            self._refuse(503, "too many are connected at the same time; try again", "30")
            return
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop all clocks."""
        self._stop_clock()
        self._stop_reading_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; the clock of a head runs from its first byte on."""
        if self._in_head:
            self._await_head()
            self._head_size += len(data)
        super().data_received(data)
        if self._in_head and self._head_size > LARGEST_HEAD and not self.transport.is_closing():
            self._refuse(431, f"the head of the request has more than {LARGEST_HEAD} bytes")

    def on_url(self, url: bytes) -> None:
        """Refuse an address that is too long."""
        super().on_url(url)
        if len(self.url) > LARGEST_HEAD:
            self._said = (414, "path and query are too long")
            raise ValueError

    def on_headers_complete(self) -> None:
        """Wait for the body: the head is there."""
        self._in_head, self._head_size = False, 0
        self._stop_clock()
        self._deadline = self.loop.call_later(self.body_seconds, self._too_slow, "body")
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Wait for nothing: the request is there."""
        self._in_head = True
        self._stop_clock()
        super().on_message_complete()

    def pause_writing(self) -> None:
        """Start a clock: the client reads more slowly than we send."""
        super().pause_writing()
        self._let_go()

    def resume_writing(self) -> None:
        """Stop it: the client has read on."""
        if not self.transport.is_closing():
            self._stop_reading_clock()
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        """Close what is idle; a client that does not read the rest is let go."""
        super().timeout_keep_alive_handler()
        self._let_go()

    def on_response_complete(self) -> None:
        """Go on to the next request, or close."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._let_go()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request."""
        self._refuse(*self._said)

    def _await_head(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.head_seconds, self._too_slow, "head")

    def _too_slow(self, what: str) -> None:
        self._deadline = None
        cycle: RequestResponseCycle | None = self.cycle
        running = cycle is not None and not cycle.response_complete
        if running and (self.cycle.response_started or what == "head"):
            return  # an earlier request is being answered
        if running:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        elif what == "body" or not self._head_size:
            self.transport.close()  # nothing was asked, or it is answered already
            return
        self._refuse(408, f"the {what} of the request did not arrive in time")

    def _refuse(self, status: int, said: str, retry_after: str = "") -> None:
        """Answer without the program, and close."""
        if self.transport.is_closing():
            return
        retry = {"Retry-After": retry_after} if retry_after else {}
        answer = problem(status, said, "", {"Connection": "close", **retry})
        head = b"".join(b"%s: %s\r\n" % pair for pair in answer.raw_headers)
        line = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()
        self.transport.write(line + head + b"\r\n" + bytes(answer.body))
        self.transport.close()
        self._let_go()

    def _let_go(self) -> None:
        """End the connection in a while, unless the client reads on."""
        if self._reading is None:
            self._reading = self.loop.call_later(self.read_seconds, self.transport.abort)

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _stop_reading_clock(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

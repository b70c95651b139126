"""What stands before every answer: limits, names of hosts, methods and the headers of security."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hyperlocal.server.problems import problem

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
LONGEST_PATH = 2_000
"""Bytes of the path and the query."""
LARGEST_BODY = 1 << 20

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; worker-src 'self' blob:; font-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""Nothing from other hosts, no script or style inside a page."""
SECURITY = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
OPEN = ("/api", "/data/")
"""What any web page may read, where the server is open to others."""
SHARED = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Content-Range, Accept-Ranges",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST",
    "Access-Control-Allow-Headers": "Content-Type, If-None-Match, Range",
    "Access-Control-Max-Age": "86400",
}


@dataclass(frozen=True)
class Guard:
    """Passes on what may be asked, and completes what is answered.

    Parameters
    ----------
    app
        What answers.
    hosts
        The names by which the server may be called; any where not given. A page of another host
        whose name is made to mean this machine is refused by its name.
    shared
        Whether pages of other hosts may read the data and the API.
    """

    app: ASGIApp
    hosts: Sequence[str] | None = LOOPBACK
    shared: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        completed = _completed(scope, send, self.shared and scope["path"].startswith(OPEN))
        refused = self._refused(scope)
        if refused is not None:
            status, said, headers = refused
            await problem(status, said, scope["path"], headers)(scope, receive, completed)
            return
        inner = dict(scope)
        if scope["method"] == "HEAD":
            inner["method"] = "GET"
        await self.app(inner, _limited(receive), completed)

    def _refused(self, scope: Scope) -> tuple[int, str, dict[str, str]] | None:
        headers = Headers(scope=scope)
        if self.hosts is not None and host_of(headers.get("host", "")) not in self.hosts:
            return 421, "this server does not go by the name that it was called by", {}
        raw = scope.get("raw_path") or scope["path"].encode()
        if len(raw) + len(scope["query_string"]) > LONGEST_PATH:
            return 414, f"path and query have more than {LONGEST_PATH} bytes", {}
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > LARGEST_BODY:
            return 413, _too_large(), {"Connection": "close"}
        return None


def host_of(header: str) -> str:
    """Return the name of the host in a Host header, without the port.

    Examples
    --------
    >>> host_of("LOCALHOST:8000"), host_of("[::1]:8000"), host_of("[::1]"), host_of("a.example.")
    ('localhost', '[::1]', '[::1]', 'a.example')
    """
    name, colon, port = header.strip().lower().rpartition(":")
    if not colon or not port.isdecimal():
        name = header.strip().lower()
    return name.removesuffix(".")


def _too_large() -> str:
    return f"the body has more than {LARGEST_BODY:,} bytes; send fewer at a time"


def _limited(receive: Receive) -> Receive:
    """Stop reading a body that is too large, whatever its headers said of it."""
    size = 0

    async def limited() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > LARGEST_BODY:
            raise HTTPException(413, _too_large(), {"Connection": "close"})
        return message

    return limited


def _completed(scope: Scope, send: Send, shared: bool) -> Send:
    """Add headers to the answer; send no body for HEAD; answer OPTIONS by what is allowed."""
    method = scope["method"]
    bare = method == "HEAD"

    async def completed(message: Message) -> None:
        nonlocal bare
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if method == "OPTIONS" and message["status"] == 405:
                message["status"], bare = 204, True
                for name in ("Content-Length", "Content-Type"):
                    del headers[name]
                if shared:
                    headers.update(PREFLIGHT)
            headers.update(SECURITY)
            headers.update(SHARED if shared else {"Cross-Origin-Resource-Policy": "same-origin"})
            await send(message)
        elif not bare:
            await send(message)
        elif not message.get("more_body", False):
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    return completed


def allowed(headers: dict[str, str], request: Request) -> dict[str, str]:
    """Say which methods a path takes: HEAD wherever GET, and OPTIONS.

    Examples
    --------
    >>> request = Request({"type": "http", "method": "PUT", "path": "/", "headers": []})
    >>> allowed({"Allow": "GET"}, request)
    {'Allow': 'GET, HEAD, OPTIONS'}
    """
    methods = {one.strip() for one in headers.get("Allow", headers.get("allow", "")).split(",")}
    methods |= {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
    return {"Allow": ", ".join(sorted(methods - {""}))}

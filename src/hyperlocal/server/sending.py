"""How content is sent: not where it is known already, compressed if it can be, in part if asked."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hyperlocal.server.problems import problem
from hyperlocal.server.snapshot import Content

FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
NOT_KEPT = "no-store"
CHUNK = 1 << 16
MOST_DIGITS = 18
RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


class Whole(Response):
    """Bytes, sent in pieces: a slow reader is waited for after each, and seen to read or not."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        start = {"type": "http.response.start", "status": self.status_code}
        await send({**start, "headers": self.raw_headers})
        left = pieces(bytes(self.body)) or [b""]
        for number, piece in enumerate(left, start=1):
            more = number < len(left)
            await send({"type": "http.response.body", "body": piece, "more_body": more})


def pieces(data: bytes) -> list[bytes]:
    """Cut bytes into pieces.

    Examples
    --------
    >>> [len(piece) for piece in pieces(bytes(100_000))]
    [65536, 34464]
    """
    return [data[start : start + CHUNK] for start in range(0, len(data), CHUNK)]


def send_content(request: Request, content: Content) -> Response:
    """Answer with content, as the headers of the request want it.

    A tag is strong: the compressed form has one of its own. A part is never compressed.
    """
    asked = request.headers.get("range") if content.parts else None
    compressed = content.compressible and asked is None and takes_gzip(request)
    tag = f'"{content.tag}-gzip"' if compressed else f'"{content.tag}"'
    headers = {"Content-Type": content.kind, "Cache-Control": NOT_KEPT}
    if content.tag:
        headers |= {"Cache-Control": FOREVER if content.hashed else ASK_AGAIN, "ETag": tag}
    if content.compressible:
        headers["Vary"] = "Accept-Encoding"
    if content.parts:
        headers["Accept-Ranges"] = "bytes"
    if content.tag and is_known(request, content.tag):
        del headers["Content-Type"]
        return Response(None, 304, headers)
    if asked is not None and request.headers.get("if-range", tag) == tag:
        part = part_of(asked, len(content.data))
        if part is not None and not part:
            return problem(
                416,
                f"the file has {len(content.data)} bytes",
                request.url.path,
                {"Content-Range": f"bytes */{len(content.data)}"},
            )
        if part is not None:
            headers["Content-Range"] = f"bytes {part[0]}-{part[-1]}/{len(content.data)}"
            return Whole(content.data[part.start : part.stop], 206, headers)
    if compressed:
        headers["Content-Encoding"] = "gzip"
    return Whole(content.compressed if compressed else content.data, 200, headers)


def takes_gzip(request: Request) -> bool:
    """Say whether the client takes gzip, by its Accept-Encoding.

    Examples
    --------
    >>> from starlette.requests import Request
    >>> def asked(value):
    ...     headers = [(b"accept-encoding", value)]
    ...     return takes_gzip(Request({"type": "http", "headers": headers}))
    >>> asked(b"br, gzip"), asked(b"gzip;q=0, *"), asked(b"*"), asked(b"identity")
    (True, False, True, False)
    """
    weights = {}
    for part in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, parameters = part.partition(";")
        quality = parameters.strip().removeprefix("q=").strip()
        weights[name.strip()] = re.fullmatch(r"0(\.0*)?", quality) is None
    return weights.get("gzip", weights.get("*", False))


def is_known(request: Request, tag: str) -> bool:
    """Say whether the client holds this content already, in either form.

    Examples
    --------
    >>> held = [(b"if-none-match", b'W/"abc", "def-gzip"')]
    >>> request = Request({"type": "http", "method": "GET", "path": "/", "headers": held})
    >>> is_known(request, "abc"), is_known(request, "def"), is_known(request, "de")
    (True, True, False)
    """
    given = request.headers.get("if-none-match")
    if given is None:
        return False
    tags = {one.strip().removeprefix("W/") for one in given.split(",")}
    return bool(tags & {"*", f'"{tag}"', f'"{tag}-gzip"'})


def part_of(asked: str, length: int) -> range | None:
    """Return the part that is asked for.

    It is empty where there is no such part. None where the whole is to be sent: several parts
    at a time are not sent, nor what cannot be understood.

    Examples
    --------
    >>> part_of("bytes=0-9", 100), part_of("bytes=90-", 100), part_of("bytes=-5", 100)
    (range(0, 10), range(90, 100), range(95, 100))
    >>> part_of("bytes=100-", 100), part_of("bytes=5-1", 100), part_of("bytes=0-1,5-6", 100)
    (range(0, 0), None, None)
    """
    found = RANGE.fullmatch(asked.strip())
    if not found or found[1] == found[2] == "" or max(map(len, found.groups())) > MOST_DIGITS:
        return None
    if found[1] == "":
        part = range(max(length - int(found[2]), 0), length)
    else:
        first, last = int(found[1]), int(found[2] or length)
        if last < first:
            return None
        part = range(first, min(last + 1, length))
    return part or range(0)

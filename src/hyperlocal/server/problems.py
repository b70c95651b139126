"""Errors as RFC 9457 has them: ``application/problem+json``."""

from __future__ import annotations

import http
import json
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 100


def problem(
    status: int,
    detail: str,
    instance: str,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    """Return the answer that says what is wrong.

    Parameters
    ----------
    status
        The status of HTTP.
    detail
        What is wrong with this request, and what to do about it.
    instance
        The path that was asked for.
    headers
        Other headers of the answer.
    more
        What else a program may want to know, such as ``errors``.

    Examples
    --------
    >>> problem(404, "there is no such area", "/api/areas/X").body
    b'{"type":"about:blank","title":"Not Found","status":404,"detail":"there is ..."}'
    """
    content = {
        "type": "about:blank",
        "title": http.HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": instance,
        **more,
    }
    said = {"Cache-Control": "no-store", **(headers or {})}
    return Response(as_json(content), status, said, MEDIA_TYPE)


def as_json(content: Any) -> bytes:
    r"""Write JSON; half of a pair of UTF-16, which UTF-8 cannot hold, is escaped.

    Examples
    --------
    >>> as_json({"name": "Bangor"}), as_json("\ud800")
    (b'{"name":"Bangor"}', b'"\\ud800"')
    """
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")


def listed(errors: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Say where each error of a request is, as a parameter or as a pointer into the body.

    Examples
    --------
    >>> of_query, of_body = ("query", "limit"), ("body", 3)
    >>> listed([{"loc": of_query, "msg": "too large"}, {"loc": of_body, "msg": "no text"}])
    [{'detail': 'too large', 'parameter': 'limit'}, {'detail': 'no text', 'pointer': '#/3'}]
    """
    said = []
    for error in errors[:MOST_ERRORS]:
        where, *path = error["loc"] or ("request",)
        if where == "body":
            place = {"pointer": "#" + "".join(f"/{part}" for part in path)}
        else:
            place = {"parameter": ".".join(map(str, path)) or str(where)}
        said.append({"detail": str(error["msg"]), **place})
    return said

"""The program that answers: the explorer's files, and the API."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from hyperlocal.server.answers import Answers
from hyperlocal.server.contents import Contents, SiteChangedError
from hyperlocal.server.guard import LOOPBACK, Guard, allowed
from hyperlocal.server.problems import MEDIA_TYPE, as_json, listed, problem
from hyperlocal.server.routes import router_of
from hyperlocal.server.sending import NOT_KEPT, send_content
from hyperlocal.server.snapshot import Content, read_files, tag_of_site

OPENAPI = "/api/openapi.json"
STARTS = "index.html"


def create_app(site: Path, hosts: Sequence[str] | None = LOOPBACK, shared: bool = False) -> ASGIApp:
    """Make the program that answers from a site, for any server of ASGI.

    Parameters
    ----------
    site
        The folder of the site.
    hosts
        The names by which the server may be called, without ports; any where None. By default
        those of the machine itself.
    shared
        Whether pages of other hosts may read the data and the API.

    Returns
    -------
    ASGIApp
        The program.

    Raises
    ------
    ResultsError
        Where the folder is no site, or cannot be read.

    Examples
    --------
    ``uvicorn --factory wsgi:app`` with a module ``wsgi`` that holds::

        def app():
            return create_app(Path("site"), hosts=["need.example.org"], shared=True)
    """
    files = read_files(site)
    contents = Contents(site)
    contents.prepare()
    tag = tag_of_site(files)
    api = _api(contents, tag)
    names = None if hosts is None else tuple(host.lower() for host in hosts)
    return Guard(_Parted(api, files), names, shared)


class _Parted:
    """Gives what begins with /api to the API, and everything else to the files."""

    def __init__(self, api: ASGIApp, files: Mapping[str, Content]) -> None:
        self.api = api
        self.files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if scope["type"] != "http" or path == "/api" or path.startswith("/api/"):
            await self.api(scope, receive, send)
            return
        await self._file(Request(scope, receive))(scope, receive, send)

    def _file(self, request: Request) -> Response:
        path = request.scope["path"].removeprefix("/")
        content = self.files.get(path or STARTS)
        if content is None:
            said = "404: there is no such page\n"
            return PlainTextResponse(said, 404, {"Cache-Control": NOT_KEPT})
        if request.method != "GET":
            return _wrong_method({"Allow": "GET"}, request)
        return send_content(request, content)


def _wrong_method(headers: Mapping[str, str], request: Request) -> Response:
    allow = allowed(dict(headers), request)
    said = f"{request.method} is not among the methods of this path: {allow['Allow']}"
    return problem(405, said, request.scope["path"], allow)


def _api(contents: Contents, tag: str) -> FastAPI:
    app = FastAPI(
        title=contents.site["title"],
        version=version("hyperlocal"),
        description="A small-area index: areas, larger areas, indicators and postcodes. Read only.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        exception_handlers={
            HTTPException: _refused,
            RequestValidationError: _invalid,
            SiteChangedError: _changed,
            Exception: _failed,
        },
    )
    app.include_router(router_of(Answers(contents), tag))
    described = describe(app)

    @app.get(OPENAPI, include_in_schema=False)
    async def document(request: Request) -> Response:
        return send_content(request, described)

    return app


def describe(app: FastAPI) -> Content:
    """Return the OpenAPI document; errors have the media type of RFC 9457."""
    document: dict[str, Any] = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    for path in document["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    answer["content"] = {MEDIA_TYPE: answer["content"]["application/json"]}
    data = as_json(document)
    return Content(data, "application/json", hashlib.sha256(data).hexdigest()[:24], parts=False)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    path = request.scope["path"]
    if error.status_code == 405:
        return _wrong_method(error.headers or {}, request)
    detail = error.detail
    if error.status_code == 404 and detail == "Not Found":
        detail = f"there is nothing at this path; {OPENAPI} describes what there is"
    if error.status_code == 400:
        detail = "the body is not JSON in UTF-8"
    return problem(error.status_code, detail, path, error.headers)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = listed(error.errors())
    number = len(error.errors())
    said = f"{number} thing{' is' if number == 1 else 's are'} not valid in this request"
    return problem(422, said, request.scope["path"], errors=errors)


async def _changed(request: Request, _: Exception) -> Response:
    said = "the site was written anew while it was served; the server must be started again"
    return problem(503, said, request.scope["path"])


async def _failed(request: Request, _: Exception) -> Response:
    return problem(500, "this is a fault of the server, not of the request", request.scope["path"])

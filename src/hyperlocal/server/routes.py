"""The paths of the API."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from hyperlocal.server import models
from hyperlocal.server.answers import Answers
from hyperlocal.server.problems import as_json
from hyperlocal.server.sending import send_content
from hyperlocal.server.snapshot import Content

JSON = "application/json"
ERRORS: dict[int | str, dict[str, Any]] = {
    413: {"model": models.Problem, "description": "The body is too large"},
    414: {"model": models.Problem, "description": "The path and query are too long"},
    421: {"model": models.Problem, "description": "Asked under a name that is not this server's"},
    422: {"model": models.InvalidRequest, "description": "Something that was asked is not valid"},
    503: {"model": models.Problem, "description": "The site was written anew: start the server"},
}
ABSENT: dict[int | str, dict[str, Any]] = {
    404: {"model": models.Problem, "description": "There is no such thing in this site"}
}
UNREADABLE: dict[int | str, dict[str, Any]] = {
    400: {"model": models.Problem, "description": "The body is no JSON in UTF-8"}
}
Postcodes = Annotated[
    list[str],
    Body(
        max_length=models.MOST_POSTCODES,
        description="Postcodes, in any common spelling.",
        examples=[["CF10 1EP", "sw1a1aa"]],
    ),
]
Code = Annotated[str, Path(description="The code of an area.")]


def router_of(answers: Answers, tag: str) -> APIRouter:
    """Return the paths of the API over the answers of a site.

    Parameters
    ----------
    answers
        What is answered.
    tag
        The tag of the site's content, which is that of every answer.
    """
    router = APIRouter(prefix="/api", responses=ERRORS)

    def send(request: Request, content: Any) -> Response:
        return send_content(request, Content(as_json(content), JSON, tag, parts=False))

    _add_areas(router, answers, send)
    _add_districts(router, answers, send)
    _add_indicators(router, answers, send)
    _add_finding(router, answers, send)
    return router


Sender = Callable[[Request, Any], Response]


def _add_areas(router: APIRouter, answers: Answers, send: Sender) -> None:
    @router.get("", response_model=models.Index)
    async def index(request: Request, asked: Annotated[models.Asked, Query()]) -> Response:
        """Tell of the index: its tree, its sources and its conventions."""
        return send(request, answers.index(asked.lang))

    @router.get("/areas", response_model=models.Areas, responses=ABSENT)
    async def areas(request: Request, asked: Annotated[models.AreasAsked, Query()]) -> Response:
        """List areas with rank, decile and score."""
        return send(request, answers.areas(asked, str(request.url)))

    @router.get("/areas/{code}", response_model=models.Area, responses=ABSENT)
    async def area(
        request: Request, code: Code, asked: Annotated[models.Asked, Query()]
    ) -> Response:
        """Tell all that is known of an area."""
        return send(request, answers.area(code, asked.lang))


def _add_districts(router: APIRouter, answers: Answers, send: Sender) -> None:
    @router.get("/districts", response_model=models.Kinds)
    async def kinds(request: Request, asked: Annotated[models.Asked, Query()]) -> Response:
        """List the kinds of larger areas."""
        return send(request, {"kinds": answers.kinds()})

    @router.get("/districts/{kind}", response_model=models.Districts, responses=ABSENT)
    async def districts(
        request: Request, kind: str, asked: Annotated[models.DistrictsAsked, Query()]
    ) -> Response:
        """List larger areas with the summaries of a node."""
        return send(request, answers.districts(kind, asked, str(request.url)))

    @router.get("/districts/{kind}/{code:path}", response_model=models.District, responses=ABSENT)
    async def district(
        request: Request, kind: str, code: str, asked: Annotated[models.Asked, Query()]
    ) -> Response:
        """Tell all summaries of a larger area."""
        return send(request, answers.district(kind, code, asked.lang))


def _add_indicators(router: APIRouter, answers: Answers, send: Sender) -> None:
    @router.get("/indicators", response_model=models.Indicators)
    async def indicators(request: Request, asked: Annotated[models.Asked, Query()]) -> Response:
        """List the indicators with unit, source and date."""
        return send(request, {"indicators": answers.indicators(asked.lang)})

    @router.get("/indicators/{id}", response_model=models.Node, responses=ABSENT)
    async def indicator(
        request: Request,
        name: Annotated[str, Path(alias="id")],
        asked: Annotated[models.Asked, Query()],
    ) -> Response:
        """Tell of an indicator."""
        return send(request, answers.indicator(name, asked.lang))

    @router.get("/indicators/{id}/values", response_model=models.Values, responses=ABSENT)
    async def values(
        request: Request,
        name: Annotated[str, Path(alias="id")],
        asked: Annotated[models.ValuesAsked, Query()],
    ) -> Response:
        """List the numbers of an indicator in each area."""
        return send(request, answers.values(name, asked, str(request.url)))


def _add_finding(router: APIRouter, answers: Answers, send: Sender) -> None:
    @router.get("/postcodes/{postcode}", response_model=models.Postcode, responses=ABSENT)
    async def postcode(
        request: Request, postcode: str, asked: Annotated[models.Asked, Query()]
    ) -> Response:
        """Tell the area of a postcode, with its rank and decile."""
        found = answers.postcode(postcode, asked.lang)
        if found["status"] in {"unknown", "invalid"}:
            said = "is not a postcode" if found["status"] == "invalid" else "is not in the table"
            raise HTTPException(404, f"{postcode!r} {said}")
        return send(request, found)

    @router.post(
        "/postcodes", response_model=models.PostcodeList, responses={**ABSENT, **UNREADABLE}
    )
    async def postcodes(
        request: Request,
        given: Postcodes,
        asked: Annotated[models.Asked, Query()],
    ) -> Response:
        """Tell the areas of many postcodes; what cannot be found is told too."""
        content = await asyncio.to_thread(answers.postcode_list, given, asked.lang)
        return send_content(request, Content(as_json(content), JSON, "", parts=False))

    @router.get("/search", response_model=models.Matches)
    async def search(request: Request, asked: Annotated[models.SearchAsked, Query()]) -> Response:
        """Find areas, larger areas, places and postcodes."""
        return send(request, answers.search(asked.q, asked.limit, asked.lang))

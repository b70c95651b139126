"""One source typeset twice: as a tagged PDF and as a web page."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from hyperlocal.errors import HyperlocalError, Problem

if TYPE_CHECKING:
    import typst

STYLES = ("style.typ", "tables.typ")
PDF_STANDARD = "ua-1"
"""PDF/UA-1: tagged for screen readers, with the alternative text of every picture and formula."""


class DocumentError(HyperlocalError, RuntimeError):
    """A document cannot be typeset: a template is faulty, or no font has the letters of a name."""


@dataclass(frozen=True)
class Typeset:
    """A finished document.

    Parameters
    ----------
    pdf
        The bytes of the PDF, tagged after PDF/UA-1.
    html
        The text of the web page, which needs no other file.
    """

    pdf: bytes
    html: str


def typeset(
    template: str,
    data: Mapping[str, Any],
    pictures: Mapping[str, bytes],
    title: str,
    language: str = "en",
    *,
    author: str = "",
    description: str = "",
    made: datetime | None = None,
) -> Typeset:
    r"""Typeset a document as PDF and as a web page.

    The same arguments always give the same bytes.

    Parameters
    ----------
    template
        The text of a Typst template. It reads ``json("data.json")`` and may import ``style.typ``
        and ``tables.typ``.
    data
        What the template is filled with. Words in it are never read as markup.
    pictures
        SVG or PNG by the name, with its ending, that the template knows it by.
    title
        The title of the document.
    language
        Its language, such as ``en`` or ``cy``.
    author
        Who publishes it.
    description
        What it is, in a sentence.
    made
        When what it tells was made; the moment now is never taken.

    Returns
    -------
    Typeset
        The PDF and the web page.

    Raises
    ------
    DocumentError
        Where the template is faulty or a picture is missing or without alternative text.

    Examples
    --------
    >>> made = typeset('#import "style.typ": *\n#show: document\n= A heading', {}, {}, "A title")
    >>> made.pdf[:5], "<title>A title</title>" in made.html
    (b'%PDF-', True)
    """
    known = {
        "title": title,
        "author": [author] if author else [],
        "description": description or None,
        "language": language,
        "made": _moment(made),
    }
    sources = {
        **_styles(),
        **pictures,
        "main.typ": template.encode(),
        "data.json": _json(data),
        "document.json": _json(known),
    }
    with TemporaryDirectory(prefix="hyperlocal-") as folder:
        for name, content in sources.items():
            Path(folder, name).write_bytes(content)
        pdf = _compiled(folder, title, format="pdf", pdf_standards=[PDF_STANDARD], timestamp=0)
        page = _compiled(folder, title, format="html").decode()
    return Typeset(pdf, page.replace("</head>", f"<style>{_css()}</style></head>", 1))


def font_folder() -> Path:
    """Return the folder of the fonts that everything is set in, Source Sans Pro."""
    import font_source_sans_pro

    return Path(font_source_sans_pro.font_directory)


def _compiled(folder: str, title: str, **settings: Any) -> bytes:
    import typst

    main = Path(folder, "main.typ")
    try:
        made: Any = typst.compile(main, root=folder, font_paths=_fonts(), **settings)
    except typst.TypstError as error:
        raise DocumentError(_problem(error, title)) from error
    return bytes(made)


def _problem(error: typst.TypstError, title: str) -> Problem:
    letters = re.search(r"the text `\"(.+)\"` could not be displayed", error.message)
    if letters:
        return Problem(
            f"{title!r} cannot be typeset: no font of ours has the letters {letters[1]!r}",
            "write the names and titles that hold them with other letters",
        )
    said = "; ".join([error.message, *error.hints])
    place = next((line for line in error.diagnostic.splitlines() if "┌─" in line), "")
    return Problem(
        f"{title!r} cannot be typeset: {said}",
        "this is a fault of hyperlocal: please report it",
        place.rpartition("/")[2].replace("┌─", "").strip(),
    )


def _json(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, allow_nan=False).encode()


def _moment(made: datetime | None) -> dict[str, int] | None:
    if made is None:
        return None
    moment = made.astimezone(UTC)
    parts = ("year", "month", "day", "hour", "minute", "second")
    return {part: getattr(moment, part) for part in parts}


@cache
def _styles() -> dict[str, bytes]:
    folder = files(__package__)
    return {name: folder.joinpath(name).read_bytes() for name in STYLES}


@cache
def _css() -> str:
    return files(__package__).joinpath("web.css").read_text(encoding="utf-8")


@cache
def _fonts() -> typst.Fonts:
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[str(font_folder())])

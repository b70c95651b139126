"""The letters of a figure inside its SVG, so that browsers without the font show it as drawn."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache, lru_cache
from html import unescape
from io import BytesIO
from pathlib import Path

from hyperlocal.present.figures import theme

CUTS = {400: "Regular", 600: "Semibold"}
"""The file of each weight of letters that figures use."""
LATIN = frozenset([*range(0x20, 0x250), *range(0x1E00, 0x1F00), *range(0x2000, 0x2300)])
"""Letters of Latin alphabets, punctuation and signs of mathematics: all that most figures use."""
UNUSED = ["BASE", "DSIG", "GDEF", "GSUB", "gasp"]
"""Tables of fonts for scripts, ligatures and screens that figures do without."""
_TEXT = re.compile(r"<text\b([^>]*)>(.*?)</text>", re.DOTALL)
_WEIGHT = re.compile(r'\bfont-weight="([^"]*)"')
_TAG = re.compile(r"<[^>]*>")


def font_faces(drawing: str) -> str:
    """Return the style sheet that holds the letters of a drawing's texts.

    Parameters
    ----------
    drawing
        The elements of an SVG.

    Returns
    -------
    str
        An element ``style`` with a font for each weight, WOFF as a data address (empty without
        texts). It has no letters but those used: some 10 kB. The same drawing has the same bytes.

    Notes
    -----
    A picture within a web page (``img``) is not given the fonts of the page: each has to bring its
    own. The licence of the font, SIL Open Font License 1.1, allows that.

    Examples
    --------
    >>> font_faces("<path/>")
    ''
    >>> font_faces("<text>Rank</text>")[:61]
    '<style>@font-face{font-family:"Source Sans Pro";font-weight:4'
    """
    faces = [
        f'@font-face{{font-family:"{theme.FONT}";font-weight:{weight};'
        f'src:url("data:font/woff;base64,{_woff(weight, letters)}") format("woff")}}'
        for weight, letters in sorted(letters_of(drawing).items())
    ]
    return f"<style>{''.join(faces)}</style>" if faces else ""


def letters_of(drawing: str) -> dict[int, frozenset[int]]:
    """Return the code points of a drawing's texts by the weight that they are set in.

    Examples
    --------
    >>> letters_of('<text>A&amp;</text><text font-weight="600">B<tspan>C</tspan></text>')
    {400: frozenset({65, 38}), 600: frozenset({66, 67})}
    """
    found: dict[int, set[int]] = {}
    for attributes, content in _TEXT.findall(drawing):
        said = _WEIGHT.search(attributes)
        weight = 600 if said and said[1] in {"600", "700", "bold"} else 400
        found.setdefault(weight, set()).update(map(ord, unescape(_TAG.sub("", content))))
    return {weight: frozenset(letters) for weight, letters in found.items() if letters}


@lru_cache(maxsize=64)
def _woff(weight: int, letters: frozenset[int]) -> str:
    """Return a font of some letters, as the text that a data address has."""
    source = _latin(weight) if letters <= LATIN else _file(weight)
    return b64encode(_reduced(source, letters, "woff")).decode()


@cache
def _latin(weight: int) -> bytes:
    """Return the font without what figures seldom use: letters are taken out of it faster."""
    return _reduced(_file(weight), LATIN, None)


def _file(weight: int) -> bytes:
    from font_source_sans_pro import font_directory

    return Path(font_directory, f"SourceSansPro-{CUTS[weight]}.ttf").read_bytes()


def _reduced(font: bytes, letters: frozenset[int], flavour: str | None) -> bytes:
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    options = Options(
        layout_features=["kern"],
        layout_scripts=["latn"],
        hinting=False,
        notdef_outline=True,
        drop_tables=UNUSED,
    )
    reduced = TTFont(BytesIO(font), lazy=True, recalcTimestamp=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=letters)
    subsetter.subset(reduced)
    reduced.flavor = flavour
    written = BytesIO()
    reduced.save(written)
    return written.getvalue()

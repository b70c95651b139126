"""An SVG brings the letters of its texts: the same as those of the font, and no others."""

from __future__ import annotations

import re
from base64 import b64decode
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest
from font_source_sans_pro import font_directory
from fontTools.ttLib import TTFont

from hyperlocal.present.figures import Subject, embedding, weights_chart
from hyperlocal.present.figures.drawing import picture
from hyperlocal.present.figures.embedding import font_faces

FACE = re.compile(r'font-weight:(\d+);src:url\("data:font/woff;base64,(.*?)"\)')


def fonts(svg: str) -> dict[int, TTFont]:
    """The fonts in an SVG by their weight."""
    found = FACE.findall(svg)
    return {int(weight): TTFont(BytesIO(b64decode(font))) for weight, font in found}


def width(font: TTFont, letter: str) -> float:
    wide: float = font["hmtx"][font.getBestCmap()[ord(letter)]][0] / font["head"].unitsPerEm
    return wide


@pytest.mark.parametrize(("weight", "cut"), [(400, "Regular"), (600, "Semibold")])
@pytest.mark.parametrize("text", ["Ynys Môn: Rhŷd-ddu, Ŵyr", "−1.5 × x – “y”", "Ελλάς, Жук"])
def test_the_font_has_the_letters_of_the_texts_alone_and_as_they_are(
    weight: int, cut: str, text: str
) -> None:
    (found,) = fonts(font_faces(f'<text font-weight="{weight}">{text}</text>')).items()
    assert found[0] == weight
    assert set(found[1].getBestCmap()) == set(map(ord, text))
    whole = TTFont(Path(font_directory, f"SourceSansPro-{cut}.ttf"))
    assert [width(found[1], one) for one in text] == [width(whole, one) for one in text]
    whole.close()


def test_pairs_of_letters_stand_as_close_as_in_the_font() -> None:
    (font,) = fonts(font_faces("<text>To Wales, AV</text>")).values()
    assert [one.FeatureTag for one in font["GPOS"].table.FeatureList.FeatureRecord] == ["kern"]


def test_letters_that_the_font_lacks_are_left_to_the_browser() -> None:
    (font,) = fonts(font_faces("<text>a漢</text>")).values()
    assert set(font.getBestCmap()) == {ord("a")}


def test_each_weight_has_the_letters_of_its_own_texts() -> None:
    drawing = '<text>a&amp;</text><g><text font-weight="600"><tspan>b</tspan>c</text></g>'
    found = fonts(font_faces(drawing)).items()
    assert {weight: set(font.getBestCmap()) for weight, font in found} == {
        400: {ord("a"), ord("&")},
        600: {ord("b"), ord("c")},
    }


def test_the_same_letters_have_the_same_bytes() -> None:
    once = font_faces("<text>Kirklees</text>")
    embedding._woff.cache_clear()
    embedding._latin.cache_clear()
    assert font_faces("<text>seeKirkl</text>") == once


def test_the_letters_change_nothing_where_the_font_is_known() -> None:
    table = pl.DataFrame({"node": ["a", "a"], "child": ["x", "y"], "weight": [0.5, 0.5]})
    svg = weights_chart(table, {"x": "Income"}, Subject("w", "Need", "Wales")).svg()
    without = re.sub("<style>.*?</style>", "", svg)
    assert without != svg
    assert picture(svg, 1, {}) == picture(without, 1, {})

"""A figure as SVG and PNG: its words, its source, nothing cut, nothing fetched."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from hyperlocal.present.figures import Figure, theme
from hyperlocal.present.figures.lettering import width_of

SPEC = theme.chart(
    width=300,
    height=60,
    data={"values": [{"a": 1, "b": "x"}, {"a": 3, "b": "y"}]},
    mark="bar",
    encoding={
        "x": {"field": "a", "type": "quantitative"},
        "y": {"field": "b", "type": "nominal"},
    },
)
NAMESPACE = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def figure() -> Figure:
    return Figure(
        "bars",
        "A title so long that it does not fit one line of the page: Ynys Môn, Rhŷd & <others>",
        'Bars: "x" 1, y 3.',
        "Source: somebody with a long name, and somebody else. " * 3,
        SPEC,
        "How to read it",
    )


def test_alone_it_has_title_subtitle_and_source_and_all_fit(figure: Figure) -> None:
    root = ET.fromstring(figure.svg())  # noqa: S314
    width = float(root.attrib["width"])
    lines = root.findall(f"{NAMESPACE}text")
    said = " ".join(one.text or "" for one in lines)
    assert said == f"{figure.title} {figure.subtitle} {figure.source.strip()}"
    assert len(lines) >= 5
    for line in lines:
        size = float(line.attrib["font-size"])
        assert float(line.attrib["x"]) + width_of(line.text or "", size) <= width - 16
        assert float(line.attrib["y"]) <= float(root.attrib["height"]) - 10


@pytest.mark.parametrize("bare", [True, False])
def test_what_it_shows_is_said_for_those_who_do_not_see_it(figure: Figure, bare: bool) -> None:
    root = ET.fromstring(figure.svg(bare))  # noqa: S314
    assert (root.attrib["role"], root.attrib["aria-label"]) == ("img", figure.alt)
    assert [one.text for one in root[:2]] == [figure.title, figure.alt]
    assert [one.tag for one in root[:2]] == [f"{NAMESPACE}title", f"{NAMESPACE}desc"]


def test_bare_it_has_neither_title_nor_source(figure: Figure) -> None:
    written = re.sub("<(title|desc)>.*?</.*?>", "", figure.svg(bare=True))
    assert "How to read it" not in written
    assert "Ynys" not in written
    assert "somebody" not in written


def test_the_picture_has_the_size_asked_for_and_its_words(figure: Figure) -> None:
    root = ET.fromstring(figure.svg())  # noqa: S314
    with Image.open(io.BytesIO(figure.png(3))) as picture:
        picture.load()
        wide, tall = (3 * float(root.attrib[name]) for name in ("width", "height"))
        assert picture.size == pytest.approx((wide, tall), abs=1)
        assert picture.info["Title"] == figure.title
        assert picture.info["Description"] == figure.alt


def test_letters_are_of_the_font_that_comes_with_us(figure: Figure) -> None:
    fonts = set(re.findall('font-family="([^"]*)"', figure.svg()))
    assert {font.split(",")[0] for font in fonts} == {theme.FONT}


def test_nothing_is_fetched_from_elsewhere() -> None:
    spec = {**SPEC, "data": {"url": "https://example.org/data.json"}}
    with pytest.raises(ValueError, match="conversion failed"):
        Figure("a", "b", "c", "d", spec).svg()


def test_the_same_figure_is_the_same_file(figure: Figure) -> None:
    again = Figure(figure.name, figure.title, figure.alt, figure.source, SPEC, figure.subtitle)
    assert again.svg() == figure.svg()
    assert again.png() == figure.png()

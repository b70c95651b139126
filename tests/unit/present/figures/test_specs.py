"""Every kind of figure: a valid specification, drawn without a word or a number left out."""

from __future__ import annotations

import re
from html import escape

import numpy as np
import polars as pl
import pytest
import shapely

from hyperlocal.present.figures import (
    Figure,
    Label,
    Subject,
    correlation_table,
    decile_map,
    histogram,
    hot_spot_map,
    interval_band,
    interval_plot,
    lay_out,
    movement_bars,
    movement_map,
    movement_table,
    score_map,
    share_bars,
    theme,
    weights_chart,
)
from hyperlocal.present.figures.embedding import font_faces

LONG = "Barriers to housing, services and other things that people need where they live"


@pytest.fixture(scope="module")
def figures() -> list[Figure]:
    subject = Subject("one", LONG, "Ynys Môn & <Rhŷd>", "Wales", "LSOAs", "Source: us.")
    west = np.arange(12) * 1000.0
    shapes = shapely.box(west, np.zeros(12), west + 1000, np.full(12, 3000.0))
    ground = lay_out(shapes, ["a"] * 5 + ["b"] * 7, [Label("Here", 3000, 1000)])
    deciles = [*range(1, 11), None, 1]
    both = deciles, deciles[::-1], subject, ("2019", "2025")
    ends = {"rank": [1, 2], "lower": [1, 1], "upper": [2, 3]}
    ranks = pl.DataFrame({"a": [1, 2, 3], "b": [2, 1, 3], "c": [3, 2, None]})
    weights = pl.DataFrame({"node": ["a", "a"], "child": ["x", "y"], "weight": [0.5, 0.5]})
    return [
        decile_map(ground, deciles, subject),
        hot_spot_map(ground, deciles, subject),
        score_map(ground, np.arange(12.0), subject),
        movement_map(ground, *both),
        histogram(np.arange(100.0), subject),
        correlation_table(ranks, [LONG, "b", "c"], subject),
        interval_plot(pl.DataFrame({"name": [LONG, "b"], **ends}), subject),
        interval_band(pl.DataFrame(ends), subject),
        weights_chart(weights, {"x": LONG}, subject),
        movement_table(*both),
        movement_bars(*both),
        share_bars([LONG, "b"], [1, 0], [3, 3], subject),
    ]


def test_specifications_are_valid(figures: list[Figure]) -> None:
    altair = pytest.importorskip("altair", reason="its schema of Vega-Lite is needed")
    for figure in figures:
        altair.Chart.from_dict(dict(figure.spec), validate=True)


def test_every_figure_is_drawn_with_words_and_nothing_undefined(figures: list[Figure]) -> None:
    for figure in figures:
        svg = figure.svg()
        assert f"<title>{escape(figure.title)}</title>" in svg
        assert len(figure.alt) > 120
        assert "<path" in svg
        for wrong in ("NaN", "undefined", "null", "…"):
            assert f">{wrong}" not in svg
            assert wrong not in figure.alt


def test_every_figure_brings_the_letters_that_it_needs_in_the_weights_there_are(
    figures: list[Figure],
) -> None:
    for figure in figures:
        svg = figure.svg()
        assert set(re.findall(r'font-weight="(.*?)"', svg)) == {"400", "600"}
        assert set(re.findall(r'font-family="(.*?)"', svg)) == {theme.FONTS}
        assert svg.count("@font-face{") == 2
        assert len(font_faces(svg)) < 25_000


def test_no_alternative_text_repeats_a_stop_or_lacks_one(figures: list[Figure]) -> None:
    for figure in figures:
        assert figure.alt.endswith(".")
        assert ".." not in figure.alt
        assert "  " not in figure.alt

"""Maps: what is drawn where, in which colour, and what their alternative texts say."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import polars as pl
import pytest
import shapely
from PIL import Image

from hyperlocal.errors import DataError, GeographyError
from hyperlocal.methods import deciles
from hyperlocal.present.figures import (
    Figure,
    Ground,
    Label,
    Subject,
    decile_map,
    hot_spot_map,
    labels_of,
    lay_out,
    movement_map,
    score_map,
    theme,
)
from hyperlocal.present.figures.map_layers import NO_DATA
from hyperlocal.present.words import Words

SIDE = 10
DECILES = np.repeat(np.arange(1.0, 11), SIDE)
SUBJECT = Subject("map", "Income", "Wales", "Britain", "LSOAs", "Source: us.", Words("deprivation"))


def squares() -> np.ndarray[Any, Any]:
    """A hundred squares of a kilometre, column by column from the west."""
    x, y = np.divmod(np.arange(SIDE * SIDE), SIDE)
    return shapely.box(x * 1000, y * 1000, x * 1000 + 1000, y * 1000 + 1000)


@pytest.fixture(scope="module")
def ground() -> Ground:
    return lay_out(squares(), ["West"] * 30 + ["East"] * 70, size=(200, 200))


def legend(figure: Figure) -> dict[str, str]:
    """Label and colour of each class."""
    scale = figure.spec["layer"][0]["encoding"]["fill"]["scale"]
    return dict(zip(scale["domain"], scale["range"], strict=True))


def pixels(figure: Figure, size: int = 200) -> np.ndarray[Any, Any]:
    """The middle of the map, without the legend."""
    picture = Image.open(io.BytesIO(figure.png(1, bare=True))).convert("RGB")
    return np.asarray(picture)[4 : 4 + size, 4 : 4 + size]


def colours(block: np.ndarray[Any, Any]) -> set[str]:
    return {f"#{r:02x}{g:02x}{b:02x}" for r, g, b in block.reshape(-1, 3).tolist()}


def test_each_decile_has_its_place_and_colour() -> None:
    drawn = pixels(decile_map(lay_out(squares(), size=(200, 200)), DECILES, SUBJECT))
    for column, colour in enumerate(theme.DECILES):
        assert colours(drawn[95:98, column * 20 + 5 : column * 20 + 15]) == {colour}


def test_between_neighbours_no_background_shows() -> None:
    many = 40  # areas of five pixels, of borders between pixels, too many to be parted by lines
    x, y = np.divmod(np.arange(many * many), many)
    shapes = shapely.box(x * 97, y * 97, x * 97 + 97, y * 97 + 97)
    figure = hot_spot_map(lay_out(shapes, size=(200, 200)), np.where(x % 2, 1, 2), SUBJECT)
    drawn = pixels(figure)[5:195, 5:195].astype(int)
    first, second = (np.array([int(c[at : at + 2], 16) for at in (1, 3, 5)]) for c in theme.HOT[:2])
    low, high = np.minimum(first, second) - 2, np.maximum(first, second) + 2
    assert ((drawn >= low) & (drawn <= high)).all()


def test_a_small_area_wins_a_pixel() -> None:
    tiny = shapely.box(50_100, 50_100, 50_200, 50_200)
    shapes = np.array([shapely.box(0, 0, 100_000, 100_000).difference(tiny), tiny])
    laid = lay_out(np.append(shapes, [shapely.Point(0, 0).buffer(1)] * 1500), size=(200, 200))
    values = np.append([10.0, 1.0], np.full(1500, 10.0))
    drawn = pixels(decile_map(laid, values, SUBJECT)).astype(int)
    assert drawn[95:105, 95:105].sum(axis=2).min() < 600 < drawn[50:60, 50:60].sum(axis=2).min()


def test_the_alternative_text_of_deciles_tells_how_many_and_where(ground: Ground) -> None:
    figure = decile_map(ground, [None, *DECILES[1:]], SUBJECT)
    assert "decile of Income among all LSOAs in Britain" in figure.alt
    assert "decile 1 (most deprived): 9 (9.0%); in decile 2: 10 (10.0%)" in figure.alt
    assert "decile 10 (least deprived): 10 (10.0%)." in figure.alt
    assert "Most in decile 1: West (9 of 30)." in figure.alt
    assert figure.alt.endswith("No data: 1.")
    assert figure.title == "Income: LSOAs in Wales by decile"
    assert list(legend(figure).items())[-1] == (NO_DATA, theme.HATCHED)


def test_areas_without_a_number_are_striped() -> None:
    values = [*[None] * 50, *DECILES[50:]]
    figure = decile_map(lay_out(squares(), size=(200, 200)), values, SUBJECT)
    assert figure.svg().count('<pattern id="no-data"') == 1
    block = pixels(figure)[10:190, 10:90]
    lightness = block.mean(axis=2)
    assert (np.ptp(block, axis=2) <= 6).all()  # no hue
    assert (lightness > 245).mean() > 0.3
    assert (lightness < 180).mean() > 0.1
    assert "pattern" not in decile_map(lay_out(squares()), DECILES, SUBJECT).svg()


def test_no_data_is_in_the_legend_only_where_there_is_such_an_area(ground: Ground) -> None:
    assert list(legend(decile_map(ground, DECILES, SUBJECT)).values()) == list(theme.DECILES)


def test_hot_spots_are_deciles_one_and_two(ground: Ground) -> None:
    figure = hot_spot_map(ground, DECILES, SUBJECT, [f"Area {place}" for place in range(100)])
    assert list(legend(figure)) == ["1 (most deprived)", "2", "3 to 10"]
    assert "In deciles 1 and 2: 20 (20.0%), of which in decile 1: 10 (10.0%)." in figure.alt
    assert "In decile 1: Area 0, Area 1, Area 2," in figure.alt
    assert "Most in deciles 1 and 2: West (20 of 30)." in figure.alt


def test_hot_spots_of_few_groups_are_counted_for_they_are_not_a_fifth() -> None:
    tenths = deciles(np.arange(1.0, 23), 22, "floor(10*(rank-1)/N)+1")
    figure = hot_spot_map(lay_out(squares()[:22]), tenths, SUBJECT)
    assert figure.subtitle == "Hot spots are deciles 1 and 2 of all LSOAs in Britain: 5 of 22"
    assert "In deciles 1 and 2: 5 (22.7%), of which in decile 1: 3 (13.6%)." in figure.alt
    assert "20%" not in figure.alt


def test_scores_are_shown_in_fifths(ground: Ground) -> None:
    scores = np.arange(100.0)
    figure = score_map(ground, scores, SUBJECT, decimals=0)
    expected = ["80 to 99", "60 to 79", "40 to 59", "20 to 39", "0 to 19"]
    assert legend(figure) == dict(zip(expected, theme.FIFTHS, strict=True))
    assert "Scores run from 0 to 99; half of them are below 50." in figure.alt
    turned = score_map(ground, scores, SUBJECT, high_is_need=False, decimals=0)
    assert list(legend(turned)) == expected[::-1]
    assert "The lowest scores are the most deprived" in turned.subtitle


def test_scores_of_many_ties_have_fewer_classes(ground: Ground) -> None:
    scores = np.where(np.arange(100) < 90, 0.0, 5.0)
    scores[99] = np.nan
    assert list(legend(score_map(ground, scores, SUBJECT))) == ["5.0", "0.0", NO_DATA]


def test_movement_counts_both_ways_and_those_not_in_both(ground: Ground) -> None:
    then, now = DECILES.copy(), DECILES.copy()
    now[10:14], now[20], then[99] = 1, 10, np.nan
    figure = movement_map(ground, then, now, SUBJECT, ("2019", "2025"))
    assert "Stayed in their decile: 94 (94.9%); moved towards most deprived: 4 (4.0%); towards" in (
        figure.alt
    )
    assert "The largest moves: +1 and −7." in figure.alt
    assert figure.alt.endswith("No data: 1.")
    assert list(legend(figure)) == [
        *("+4 or more", "+3", "+2", "+1", "0", "−1", "−2", "−3", "−4 or more"),
        NO_DATA,
    ]
    moved = {one["properties"]["label"] for one in figure.spec["layer"][0]["data"]["values"]}
    assert moved == {"+1", "0", "−4 or more", NO_DATA}


def test_a_frame_shows_a_part_and_speaks_of_that_part() -> None:
    laid = lay_out(squares(), frame=(0, 0, 1500, 4500), size=(200, 200))
    assert (len(laid.shown), laid.canvas.width, laid.canvas.height) == (10, 200 / 3, 200)
    figure = decile_map(laid, DECILES, SUBJECT)
    assert "Map of Wales: 10 LSOAs" in figure.alt
    assert "decile 1 (most deprived): 5 (50.0%); in decile 2: 5 (50.0%)" in figure.alt
    assert figure.spec["layer"][0]["mark"]["clip"]


def test_names_are_written_but_not_over_each_other_nor_outside() -> None:
    labels = [Label("Here", 5000, 5000), Label("There", 5100, 5050), Label("Away", 50_000, 0)]
    figure = decile_map(lay_out(squares(), labels=labels), DECILES, SUBJECT)
    svg = figure.svg()
    assert ">Here<" in svg
    assert ">There<" not in svg
    assert ">Away<" not in svg


def test_names_of_groups_stand_in_their_middle_the_largest_first() -> None:
    west, east = labels_of(squares(), np.repeat([1, 0], [30, 70]), ["East", "West"])[::-1]
    assert (west.text, west.easting, west.northing) == ("West", 1500, 5000)
    assert (east.text, east.easting) == ("East", 6500)


def test_a_scale_bar_is_of_a_round_length() -> None:
    assert ">2 km<" in decile_map(lay_out(squares()), DECILES, SUBJECT).svg()
    one = np.array([shapely.box(0, 0, 900, 700)])
    assert ">100 m<" in decile_map(lay_out(one), [1], SUBJECT).svg()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1, 2], "2 deciles were given for 100 areas"),
        ([0] * 100, "100 deciles are not whole numbers from 1 to 10"),
        ([1.5] * 100, "the first is 1.5"),
    ],
)
def test_wrong_deciles_are_refused(ground: Ground, values: list[float], said: str) -> None:
    with pytest.raises(DataError, match=said):
        decile_map(ground, values, SUBJECT)


def test_a_map_of_nothing_is_refused(ground: Ground) -> None:
    with pytest.raises(DataError, match="no area has a score"):
        score_map(ground, pl.Series([None] * 100, dtype=pl.Float64), SUBJECT)
    with pytest.raises(GeographyError, match="no area to draw"):
        lay_out(squares(), frame=(90_000, 90_000, 91_000, 91_000))
    with pytest.raises(GeographyError, match="in degrees"):
        lay_out(np.array([shapely.box(-1, 51, 0, 52)]))
    with pytest.raises(GeographyError, match="3 groups were given for 100 areas"):
        lay_out(squares(), ["a", "b", "c"])

"""Charts: the numbers that they draw, and what their alternative texts say."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from hyperlocal.errors import DataError
from hyperlocal.methods import exponential_transform
from hyperlocal.present.figures import (
    Figure,
    Subject,
    correlation_table,
    histogram,
    interval_band,
    interval_plot,
    movement_bars,
    movement_table,
    share_bars,
    theme,
    weights_chart,
)
from hyperlocal.present.figures.correlations import colour_of, correlations_of

SUBJECT = Subject("chart", "Need 2025", "Wales", areas="LSOAs", source="Source: us.")


def values(spec: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (spec.get("data") or spec["layer"][0]["data"])["values"]
    return found


def seen(figure: Figure) -> list[str]:
    """All texts of the figure as it is drawn."""
    return re.findall(r">([^<>]+)</text>", figure.svg())


def test_a_histogram_counts_the_areas_and_says_ten_percent_where_it_is_so() -> None:
    scores = exponential_transform(np.arange(1, 1910) / 1909)
    figure = histogram([None, *scores], SUBJECT)
    over = int((scores > 50).sum())
    assert over == 195  # the constant of 23 puts about a tenth over 50, not exactly
    assert figure.subtitle == "About one area in ten scores over 50: 195 of 1,909 LSOAs (10.2%)"
    assert "195 (10.2%) over 50; half are below" in figure.alt
    assert figure.alt.endswith("No data: 1.")
    bars = values(figure.spec)  # type: ignore[arg-type]
    assert [bar["from"] for bar in bars] == list(range(0, 100, 5))
    assert sum(bar["areas"] for bar in bars) == 1909
    assert sum(bar["areas"] for bar in bars if bar["colour"] == theme.DECILES[0]) == over
    assert "195 (10.2%) over 50" in seen(figure)


def test_a_histogram_does_not_say_ten_percent_where_it_is_not_so() -> None:
    figure = histogram([10.0, 60.0, 70.0, 100.0], SUBJECT)
    assert figure.subtitle == "3 of 4 LSOAs (75.0%) score over 50"
    assert "1 score 95 to 100" in figure.alt
    with pytest.raises(DataError, match="from 0 to 100"):
        histogram([101.0], SUBJECT)


def test_correlations_are_those_of_scipy_pair_by_pair() -> None:
    rng = np.random.default_rng(1)
    table = pl.DataFrame(rng.integers(1, 30, (50, 3)), schema=["a", "b", "c"])
    table = table.with_columns(pl.when(pl.col("a") > 3).then("a").alias("a"))
    found = correlations_of(table)
    for row, column in [(0, 1), (1, 2), (2, 0)]:
        both = table[:, sorted((row, column))].drop_nulls().to_numpy()
        expected = stats.spearmanr(both[:, 0], both[:, 1]).statistic
        assert found[row, column] == pytest.approx(expected, abs=1e-12)


def test_a_table_of_correlations_names_the_ends_and_can_be_read() -> None:
    ranks = pl.DataFrame({"a": [1, 2, 3, 4], "b": [1, 2, 4, 3], "c": [4, 3, 2, 1]})
    figure = correlation_table(ranks, ["Income", "Work", "Access"], SUBJECT)
    assert (
        "The most alike are Income and Work (0.80); the least alike Income and Access (−1.00)"
        in (figure.alt)
    )
    assert "2 of 3 are negative" in figure.alt
    cells = values(figure.spec)  # type: ignore[arg-type]
    assert len(cells) == 3
    assert {"0.80", "−1.00", "−0.80"} <= set(seen(figure))
    for cell in cells:
        assert theme.contrast(cell["ink"], colour_of(cell["value"])) >= 3.9


def test_letters_can_be_read_on_every_correlation() -> None:
    for value in np.linspace(-1, 1, 201):
        colour = colour_of(float(value))
        assert theme.contrast(theme.readable_on(colour), colour) >= 3.9


def test_a_correlation_that_is_none_says_so() -> None:
    ranks = pl.DataFrame({"a": [1, 2, None], "b": [None, None, 1], "c": [2, 1, 3]})
    figure = correlation_table(ranks, ["A", "B", "C"], SUBJECT)
    assert seen(figure).count("no data") == 2
    with pytest.raises(DataError, match="3 columns of ranks were given, and 2 titles"):
        correlation_table(ranks, ["A", "B"], SUBJECT)


def test_intervals_are_drawn_in_the_order_of_ranks_and_told() -> None:
    table = pl.DataFrame(
        {
            "name": ["Bow", "Ash", "Cam", "Dee"],
            "rank": [2, 1, 3, None],
            "lower": [1, 1, 3, None],
            "upper": [3, 1, 9, None],
        }
    )
    figure = interval_plot(table, SUBJECT)
    assert [row["rank"] for row in values(figure.spec)] == [1, 2, 3]  # type: ignore[arg-type]
    assert "First is Ash (rank 1, 1 to 1), last Cam (rank 3, 3 to 9)." in figure.alt
    assert (
        "widest interval is that of Cam (rank 3, 3 to 9), the narrowest that of Ash" in figure.alt
    )
    assert figure.alt.endswith("Without an interval: 1.")
    written = seen(figure)
    assert [text for text in written if text in {"Ash", "Bow", "Cam"}] == ["Ash", "Bow", "Cam"]


def test_areas_of_one_name_are_drawn_apart() -> None:
    table = pl.DataFrame(
        {"name": ["Ash"] * 3, "rank": [1, 2, 3], "lower": [1] * 3, "upper": [3] * 3}
    )
    assert seen(interval_plot(table, SUBJECT)).count("Ash") == 3


def test_a_band_tells_how_wide_intervals_are() -> None:
    rank = np.arange(1, 1001)
    table = pl.DataFrame({"rank": rank, "lower": np.maximum(1, rank - 30), "upper": rank + 30})
    figure = interval_band(table, SUBJECT, 0.95)
    assert "Plot of the 95% intervals of the ranks of 1,000 LSOAs" in figure.alt
    assert "wider than 60 places (6.0% of the ranking)" in figure.alt
    band = values(figure.spec)  # type: ignore[arg-type]
    assert len(band) == 100
    assert band[50] == {"rank": 505.5, "lower": 475.5, "upper": 535.5}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"name": ["a"], "rank": [1]}, "has no column lower, upper"),
        ({"name": ["a"], "rank": [1], "lower": [3], "upper": [2]}, "1 intervals end below"),
        ({"name": ["a"], "rank": [1], "lower": [None], "upper": [2]}, "no area has an interval"),
        (
            {"name": ["a"] * 61, "rank": [1] * 61, "lower": [1] * 61, "upper": [2] * 61},
            "61 ranks with intervals are too many",
        ),
    ],
)
def test_wrong_intervals_are_refused(table: dict[str, list[Any]], said: str) -> None:
    with pytest.raises(DataError, match=said):
        interval_plot(pl.DataFrame(table), SUBJECT)


def test_weights_are_drawn_node_by_node_as_they_stand() -> None:
    table = pl.DataFrame(
        {
            "node": ["root", "root", "a", "a", "b"],
            "child": ["a", "b", "x", "y", "z"],
            "weight": [0.6, 0.4, 0.25, 0.75, 1.0],
        }
    )
    titles = {"root": "Need", "a": "Work", "x": "Out of work"}
    figure = weights_chart(table, titles, SUBJECT)
    assert "Need: Work 60.0%, b 40.0%. Work: Out of work 25.0%, y 75.0%." in figure.alt
    blocks = figure.spec["vconcat"]
    assert [block["title"]["text"] for block in blocks] == ["Need", "Work"]
    assert [row["weight"] for row in values(blocks[1])] == [0.25, 0.75]
    assert {"60.0%", "Out of work"} <= set(seen(figure))


def test_weights_that_do_not_add_up_to_one_are_no_percentages() -> None:
    table = pl.DataFrame({"node": ["root"] * 2, "child": ["a", "b"], "weight": [2.0, -0.5]})
    figure = weights_chart(table, {}, SUBJECT)
    assert "root: a 2.000, b −0.500." in figure.alt
    with pytest.raises(DataError, match="no weights"):
        weights_chart(table.clear(), {}, SUBJECT)


THEN = [1, 1, 2, 5, 10, None]
NOW = [1, 3, 1, 5, 9, 4]
TOLD = (
    "Stayed in their decile: 2 (40.0%); moved towards greatest need: 2 (40.0%); towards least "
    "need: 1 (20.0%). Entered decile 1 (greatest need): 1; left it: 1; in it before 2, after 2. "
    "Not in both versions: 1."
)


def test_movement_is_counted_from_decile_to_decile() -> None:
    figure = movement_table(THEN, NOW, SUBJECT, ("2019", "2025"))
    counted = {
        (cell["then"], cell["now"]): cell["shown"]
        for cell in values(figure.spec)  # type: ignore[arg-type]
        if cell["shown"]
    }
    assert counted == dict.fromkeys(
        [("1", "1"), ("1", "3"), ("2", "1"), ("5", "5"), ("10", "9")], "1"
    )
    assert TOLD in figure.alt
    assert "Decile in 2019 (1 = greatest need)" in seen(figure)


def test_movement_is_counted_by_deciles_moved() -> None:
    figure = movement_bars(THEN, NOW, SUBJECT, ("2019", "2025"))
    bars = {bar["step"]: bar["areas"] for bar in values(figure.spec)}  # type: ignore[arg-type]
    assert bars == {"+2": 0, "+1": 2, "0": 2, "−1": 0, "−2": 1}
    assert TOLD in figure.alt
    assert figure.alt.endswith("The largest moves: +1 and −2 deciles.")
    with pytest.raises(DataError, match="no area has a decile in both"):
        movement_bars([1, None], [None, 2], SUBJECT, ("2019", "2025"))


def test_shares_stand_beside_what_is_expected() -> None:
    figure = share_bars(["Need", "Crime"], [35, 2], [260, 260], SUBJECT)
    assert "Need 35 (13.5%); Crime 2 (0.8%). Above 10%: 1 of 2." in figure.alt
    assert {"35 (13.5%)", "2 (0.8%)", "10% of all LSOAs in Wales"} <= set(seen(figure))
    with pytest.raises(DataError, match="more areas are counted than there are"):
        share_bars(["Need"], [3], [2], SUBJECT)
    with pytest.raises(DataError, match="1 titles, 2 counts and 1 areas"):
        share_bars(["Need"], [3, 4], [2], SUBJECT)

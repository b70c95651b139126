"""What changed from 2011 to 2021, in the published form and by piece."""

from __future__ import annotations

import polars as pl
import pytest

from hyperlocal.synthetic import Nation, make_nation


def test_changes_agree_with_the_pieces(nation: Nation) -> None:
    pairs = nation.pieces.select("lsoa11", "lsoa21").unique().sort("lsoa11", "lsoa21")
    assert nation.lsoa_changes.select("lsoa11", "lsoa21").equals(pairs)
    counted = nation.lsoa_changes.with_columns(
        parts=pl.len().over("lsoa11"), origins=pl.len().over("lsoa21")
    )
    for change, expected in {
        "U": (pl.col("parts") == 1) & (pl.col("origins") == 1),
        "S": (pl.col("parts") > 1) & (pl.col("origins") == 1),
        "M": (pl.col("parts") == 1) & (pl.col("origins") > 1),
    }.items():
        assert counted.filter(change=change).select(expected.all()).item()


def test_redrawn_lsoas_both_gave_and_took_land(nation: Nation) -> None:
    redrawn = nation.lsoa_changes.filter(change="X")
    assert redrawn.height == 6  # two pairs, each with three pieces
    assert redrawn["lsoa11"].n_unique() == redrawn["lsoa21"].n_unique() == 4
    assert redrawn.group_by("lsoa11").len()["len"].max() == 2
    assert redrawn.group_by("lsoa21").len()["len"].max() == 2


def test_as_many_changed_as_in_england(nation: Nation) -> None:
    changes = nation.lsoa_changes
    assert changes.filter(change="S")["lsoa11"].n_unique() == 12  # 3% of 400
    assert changes.filter(change="M")["lsoa21"].n_unique() == 4  # 1%
    assert nation.names["lsoa11"].height == 400 - 12 + 4


@pytest.mark.parametrize("kind", ["oa", "lsoa", "msoa"])
def test_areas_keep_their_codes_where_and_only_where_they_are_unchanged(
    nation: Nation, kind: str
) -> None:
    then, now = kind + "11", kind + "21"
    rows = nation.pieces.select(then, now, piece=pl.int_range(pl.len())).with_columns(
        pl.col("piece").implode().over(then, mapping_strategy="join").list.len().alias("of_then"),
        pl.col("piece").implode().over(now, mapping_strategy="join").list.len().alias("of_now"),
        both=pl.len().over(then, now),
    )
    same_land = (pl.col("both") == pl.col("of_then")) & (pl.col("both") == pl.col("of_now"))
    assert rows.select(((pl.col(then) == pl.col(now)) == same_land).all()).item()
    assert not rows.select(same_land.all()).item()
    new = rows.filter(~same_land)
    assert new[now].min() > nation.pieces[then].max()


def test_output_areas_change_within_unchanged_lsoas_too(nation: Nation) -> None:
    unchanged = nation.lsoa_changes.filter(change="U")["lsoa21"]
    inside = nation.pieces.filter(pl.col("lsoa21").is_in(unchanged.implode()))
    changed = inside.filter(pl.col("oa11") != pl.col("oa21"))
    assert changed["oa11"].n_unique() > 5
    assert changed.group_by("oa11").len()["len"].max() > 1  # joined
    assert changed.group_by("oa21").len()["len"].max() > 1  # halved


@pytest.mark.parametrize("seed", range(4))
def test_small_nations_have_every_kind_of_change(seed: int) -> None:
    nation = make_nation(70, seed)
    assert set(nation.lsoa_changes["change"]) == {"U", "S", "M", "X"}

"""Flood risk: households by the band of their risk, and the weights of the bands."""

from __future__ import annotations

import polars as pl
import pytest

import hyperlocal
from hyperlocal.analysis import as_text, explain
from hyperlocal.definition import load_definition
from hyperlocal.methods.flood import annual_average_damage, damage_at, damage_intervals

DEFINITION = """\
hyperlocal: 1
id: top
areas: {geography: lsoa11, table: {input: areas}}
inputs: {areas: {file: areas.csv, geography: lsoa11, code: code}}
records: {homes: {file: homes.csv, area: {column: lsoa, geography: lsoa11}}}
index:
  high_value: more_need
  indicators:
    floods:
      kind: flood_risk
      records: homes
      bands: {rivers: rivers, sea: sea, surface_water: surface}
      band_weights: {high: 24, medium: 4, low: 1}
      no_risk: none
      SETTINGS
"""
DAMAGES = """\
lists: {damages: {file: lists/flood_damages_2013.csv, column: return_period, number: damage}}
index:"""
HOMES = """\
lsoa,rivers,sea,surface,households
E01000001,high,low,none,2
E01000001,,medium,low,1
E01000001,none,none,none,5
E01000002,low,low,low,10
"""


@pytest.fixture
def folder(tmp_path):
    pl.DataFrame({"code": ["E01000001", "E01000002"]}).write_csv(tmp_path / "areas.csv")
    (tmp_path / "homes.csv").write_text(HOMES)
    return tmp_path


def build(folder, settings: str = "per: 1", definition: str = DEFINITION) -> hyperlocal.Results:
    (folder / "index.yaml").write_text(definition.replace("SETTINGS", settings))
    return hyperlocal.build(folder / "index.yaml", folder, folder / "out")


def test_the_worst_band_of_a_household_counts_once(folder):
    """By hand: 24 + 4 + 0 among 3 records, and 1 among 1; not 25 + 5, and not 3."""
    areas = build(folder).areas
    assert areas["floods_numerator"].to_list() == [28, 1]
    assert areas["floods_denominator"].to_list() == [3, 1]
    assert areas["floods_value"].to_list() == pytest.approx([28 / 3, 1], rel=1e-15)


def test_a_record_can_stand_for_several_households(folder):
    """By hand: 2 x 24 + 1 x 4 + 5 x 0 among 8, and 10 x 1 among 10."""
    areas = build(folder, "households: households").areas
    assert areas["floods_numerator"].to_list() == [52, 10]
    assert areas["floods_denominator"].to_list() == [8, 10]
    assert areas["floods_value"].to_list() == [6.5, 1]


def test_weights_can_be_derived_from_the_damages_of_floods(folder):
    definition = DEFINITION.replace("index:", DAMAGES).replace(
        "band_weights: {high: 24, medium: 4, low: 1}",
        "damages: {list: damages, onset: {high: 2, medium: 30, low: 100}}",
    )
    results = build(folder, definition=definition)
    used = results.provenance["gathered"]["floods"]["band_weights"]
    assert used["low"] == 1
    assert used == pytest.approx({"high": 23.5, "medium": 3.6, "low": 1}, rel=0.01)
    assert results.areas["floods_numerator"].to_list() == pytest.approx(
        [used["high"] + used["medium"], 1], rel=1e-15
    )
    rounded = build(folder, definition=definition.replace("100}}", "100}, decimals: 0}"))
    told = rounded.provenance["gathered"]["floods"]["band_weights"]
    assert told == {"high": 24, "medium": 4, "low": 1}
    assert rounded.areas["floods_numerator"].to_list() == [28, 1]
    text = "\n".join(as_text(explain(rounded, "E01000001")))
    assert "households of homes at risk: high, medium, low by the damages of damages" in text
    again = load_definition(rounded.folder / "definition.yaml")
    assert again.by_id["floods"].written == rounded.definition.by_id["floods"].written


def test_unknown_bands_are_no_risk_only_where_the_definition_says_so_and_are_counted(folder):
    (folder / "homes.csv").write_text(HOMES.replace("low,low,low", "?,very low,?"))
    results = build(folder, "unknown: no_risk")
    assert results.areas["floods_numerator"].to_list() == [28, 0]
    told = results.provenance["gathered"]["floods"]["unknown_bands"]
    assert told == {"?": 2, "very low": 1}


def test_damages_by_hand():
    """A curve of three floods: (0.5 - 0.1) x (0 + 100)/2 + (0.1 - 0.05) x (100 + 300)/2 = 30."""
    strips = damage_intervals([2, 10, 20], [0, 100, 300])
    assert strips.annual_damage.tolist() == pytest.approx([20, 10])
    assert annual_average_damage([2, 10, 20], [0, 100, 300]) == pytest.approx(30)
    # spared up to 1 in 10: (0.1 - 0.05) x (0 + 300)/2
    assert annual_average_damage([2, 10, 20], [0, 100, 300], onset=10) == pytest.approx(7.5)
    # 1 in 40/3 is half way from 1/10 to 1/20 in probability: (0.075 - 0.05) x (0 + 300)/2
    assert damage_at([40 / 3], [2, 10, 20], [0, 100, 300]).tolist() == pytest.approx([200])
    spared = annual_average_damage([2, 10, 20], [0, 100, 300], onset=40 / 3)
    assert spared == pytest.approx(3.75)


@pytest.mark.parametrize(
    ("periods", "damages", "said"),
    [
        ([10, 5], [0, 1], "do not ascend"),
        ([0, 5], [0, 1], "not above 0"),
        ([2, 5], [0, -1], "negative or missing"),
        ([2], [0], "two floods or more"),
        ([2, 5], [0, 1, 2], "two floods or more"),
    ],
)
def test_what_is_no_curve_is_refused(periods, damages, said):
    with pytest.raises(ValueError, match=said):
        annual_average_damage(periods, damages)

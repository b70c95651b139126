"""Events shared among the areas near them and scaled to totals, worked by hand."""

from __future__ import annotations

import json
import pickle

import geopandas as gpd
import numpy as np
import pytest
import shapely

from hyperlocal.analysis import as_text, explain
from hyperlocal.areas import Geography
from hyperlocal.definition import load_definition
from hyperlocal.geography import Boundaries, share_events
from hyperlocal.methods.constraining import constrain_to_totals, differing_totals
from hyperlocal.pipeline import records as reading
from hyperlocal.pipeline.replay import Replay

DEFINITION = """\
hyperlocal: 1
id: top
areas:
  geography: lsoa11
  table: {input: areas}
  boundaries: {input: shapes}
  within:
    pfa15: {input: areas, column: force}
    csp15: {input: areas, column: partnership}
  exclude: [{code: E01000005, reason: an army camp, counts_in_n: true}]
inputs:
  areas: {file: areas.csv, geography: lsoa11, code: code}
  shapes: {file: shapes.parquet, geography: lsoa11, code: code}
records:
  crimes: {file: crimes.csv, location: {x: x, y: y}, most_unplaced: 0.2}
  forces: {file: totals.csv, where: {level: force}}
  partnerships: {file: totals.csv, where: {level: partnership}}
lists:
  burglary: {file: lists/wimd_2019_burglary.csv}
  theft: {file: lists/wimd_2019_theft.csv}
  drugs: {codes: [92D]}
defaults: {input: areas}
index:
  high_value: more_need
  indicators:
    burglary:
      kind: event_share
      records: crimes
      within: 100
      types: {column: offence, list: burglary, known: [theft, drugs]}
      constrain:
        - {within: pfa15, records: forces, area: area, number: offences}
        - {within: csp15, records: partnerships, area: area, number: offences}
      numerator_years: 2
      denominator: [homes, shops]
      per: 100
    theft:
      kind: event_share
      records: crimes
      within: 100
      types: {column: offence, list: theft, other_types: drop}
      denominator: people
      denominator_less: prisoners
      per: 100
"""
# Five squares of a kilometre from west to east; the last is left out.
AREAS = """\
code,force,partnership,homes,shops,people,prisoners
E01000001,F1,P1,90,10,1000,0
E01000002,F1,P2,90,10,1000,200
E01000003,F2,P3,90,10,1000,0
E01000004,F2,P3,90,10,1000,0
E01000005,F2,P3,0,0,0,0
"""
CRIMES = """\
offence,x,y
28E,400500,300500
28F,400950,300500
31A,401000,300500
30C,402920,300500
30D,403960,300500
39,401500,300500
92D,400500,300500
29A,,
126,402000,300500
"""
TOTALS = """\
level,area,offences
force,F1,6
force,F2,2
partnership,P1,4
partnership,P2,1.5
partnership,P2,0.5
partnership,P3,2
"""


def prepare(folder):
    squares = [shapely.box(x * 1000, 3e5, x * 1000 + 1000, 301e3) for x in range(400, 405)]
    codes = [f"E0100000{number}" for number in range(1, 6)]
    shapes = gpd.GeoDataFrame({"code": codes}, geometry=squares, crs=27700)
    shapes.to_parquet(folder / "shapes.parquet")


@pytest.fixture
def index(tmp_path, index_folder):
    texts = {"index.yaml": DEFINITION, "areas.csv": AREAS, "crimes.csv": CRIMES}
    return index_folder(tmp_path, {**texts, "totals.csv": TOTALS}, prepare)


def numbers(results, name: str) -> list[float]:
    return results.areas[name].to_list()


def sent(what):
    """Return a copy, as another process would get it."""
    return pickle.loads(pickle.dumps(what))  # noqa: S301 - it is our own


def test_each_event_is_shared_among_the_areas_near_it(index):
    """Theft: one within the second area; one on the border of the second and third."""
    results = index.build()
    assert numbers(results, "theft_numerator") == [0, 1.5, 0.5, 0]
    assert numbers(results, "theft_denominator") == [1000] * 4
    assert numbers(results, "theft_denominator_less") == [0, 200, 0, 0]
    assert numbers(results, "theft_value") == [0, 100 * 1.5 / 800, 0.05, 0]


def test_areas_add_up_to_the_totals(index):
    """Before: 1 + 1/2 + 1/2, 1/2 + 1/2, 1/2, and 1/2 + 1/2; of the last half is the camp's."""
    results = index.build()
    found = numbers(results, "burglary_numerator")
    assert found == pytest.approx([4, 2, 2 * 0.5 / 1.5, 2 * 1 / 1.5], abs=1e-12)
    assert sum(found[:2]) == pytest.approx(6, abs=1e-12)
    # 4 burglaries in 2 years in 100 properties: 2 a year for every 100
    assert numbers(results, "burglary_value")[0] == pytest.approx(2, abs=1e-12)


def test_without_totals_nothing_is_scaled(index):
    start = DEFINITION.index("      constrain:")
    end = DEFINITION.index("      numerator_years")
    index.change("index.yaml", DEFINITION[start:end], "")
    for name in ("forces", "partnerships"):
        record = next(line for line in DEFINITION.splitlines() if line.startswith(f"  {name}:"))
        index.change("index.yaml", f"{record}\n", "")
    results = index.build()
    assert numbers(results, "burglary_numerator") == [2, 1, 0.5, 1]


def test_what_was_done_stands_in_the_provenance(index):
    results = index.build()
    told = json.loads((results.folder / "provenance.json").read_text())["gathered"]
    burglary, theft = told["burglary"], told["theft"]
    assert burglary["events"] == 6
    assert burglary["shared_with_areas_outside_the_index"] == 0.5
    assert burglary["types"] == {"28E": 1, "28F": 1, "31A": 1, "30C": 1, "30D": 1, "29A": 1}
    assert burglary["events_of_other_types"] == 3
    assert burglary["other_types"] == {"39": 1, "92D": 1, "126": 1}
    assert burglary["constrained"]["csp15"]["total"] == 8
    forces = burglary["constrained"]["pfa15"]["scaled_by"]
    assert forces == pytest.approx({"F1": 2, "F2": 4 / 3})
    crimes = burglary["records"]["crimes"]
    assert crimes == {"records": 6, "left_out": {"the record has no location": 1}}
    assert theft["records"]["crimes"] == {"records": 2, "left_out": {}}


def test_the_events_are_read_once_for_all_types(index, monkeypatch):
    read: list[str] = []
    opened = reading.open_parts
    monkeypatch.setattr(
        reading, "open_parts", lambda file, *rest: read.append(file.name) or opened(file, *rest)
    )
    index.build()
    assert read.count("crimes.csv") == 1


def test_parts_of_the_file_change_nothing(index, monkeypatch):
    whole = index.build()
    before = [numbers(whole, f"{name}_numerator") for name in ("burglary", "theft")]
    monkeypatch.setattr(reading, "ROWS_AT_ONCE", 2)
    parts = index.build()
    after = [numbers(parts, f"{name}_numerator") for name in ("burglary", "theft")]
    assert np.allclose(before, after, rtol=0, atol=1e-12)


def test_parts_without_an_event_that_is_wanted(index, monkeypatch):
    """The first rows of a file may all be of others, as where years stand one after the other."""
    whole = index.build()
    index.change("crimes.csv", "28E,400500", "92D,400500\n92D,400500\n92D,400500\n28E,400500")
    monkeypatch.setattr(reading, "ROWS_AT_ONCE", 2)
    wanted = "where: {offence: [28E, 28F, 31A, 30C, 30D, 29A, 39, 126]}"
    index.change("index.yaml", "      within: 100\n", f"      within: 100\n      {wanted}\n")
    parts = index.build()
    for name in ("burglary_numerator", "theft_numerator"):
        assert np.allclose(numbers(parts, name), numbers(whole, name), rtol=0, atol=1e-12)


def test_explained_and_replayed(index):
    results = index.build()
    said = "\n".join(as_text(explain(results, "E01000002")))
    assert "crimes, of the types in burglary, each shared among the areas within 100 metres" in said
    assert "scaled to the totals of pfa15 and csp15" in said
    assert "1.5 / (1000 - 200) x 100" in said
    assert "2 / 100 / 2 years x 100" in said
    again = Replay.of(results).columns["burglary"]["numerator"]
    assert np.array_equal(again, results.areas["burglary_numerator"].to_numpy())


def test_the_resolved_definition_reads_back(index):
    results = index.build()
    resolved = load_definition(results.folder / "definition.yaml")
    written = resolved.by_id["burglary"].written
    assert written.within == 100
    assert [one.within for one in written.constrain] == ["pfa15", "csp15"]
    assert written.types.known == ("theft", "drugs")
    assert resolved.lists["theft"] == ("37/2", "39", "45", "48", "126")


def test_shrunk_as_events(index):
    """A rate of events can be above 1 for each person; it is shrunk as a ratio."""
    index.change("index.yaml", "high_value: more_need", "high_value: more_need\n  shrink_to: pfa15")
    results = index.build()
    assert np.isfinite(results.areas["burglary_shrunk"].to_numpy()).all()


def test_a_batch_is_shared_by_a_function_that_can_be_sent_elsewhere():
    """Two batches, shared apart from pickled boundaries, add up to the whole."""
    squares = [shapely.box(x * 1000, 3e5, x * 1000 + 1000, 301e3) for x in range(400, 405)]
    areas = Boundaries(Geography("lsoa", 2011), list("abcde"), squares, "EPSG:27700")
    rng = np.random.default_rng(1)
    x, y = rng.uniform(399e3, 406e3, 1000), rng.uniform(299e3, 302e3, 1000)
    kinds = rng.integers(0, 3, 1000)
    share, boundaries = sent((share_events, areas))
    parts = [
        sent(share(x[rows], y[rows], boundaries, 100, kinds[rows], 3))
        for rows in (slice(0, 300), slice(300, None))
    ]
    whole = share_events(x, y, areas, 100, kinds, 3)
    together = (parts[0].totals + parts[1].totals).toarray()
    assert np.allclose(together, whole.totals.toarray(), rtol=0, atol=1e-12)
    assert whole.totals.sum() == pytest.approx((whole.near > 0).sum(), abs=1e-9)


def test_sets_of_larger_areas_that_cross_each_other_by_hand():
    """A square table with rows of 30 and 70, columns of 60 and 40.

    It is scaled from 1, 2 and 3, 4, whose odds ratio 4/6 it keeps.
    """
    rows, columns = [0, 0, 1, 1], [0, 1, 0, 1]
    found = constrain_to_totals([1, 2, 3, 4], [rows, columns], [[30, 70], [60, 40]])
    counts = found.counts
    assert counts[:2].sum() == pytest.approx(30, rel=1e-9)
    assert counts[2:].sum() == pytest.approx(70, rel=1e-9)
    assert counts[[0, 2]].sum() == pytest.approx(60, rel=1e-9)
    assert counts[0] * counts[3] / (counts[1] * counts[2]) == pytest.approx(4 / 6)
    assert found.rounds > 1


def test_totals_that_contradict_each_other_are_found_where_they_do():
    labels, totals = [[0, 0, 1, 1], [0, 1, 2, 3]], [[10, 10], [5, 5, 5, 6]]
    found = differing_totals([1, 1, 1, 1], labels, totals)
    assert [(one.first.tolist(), one.second.tolist()) for one in found] == [([1], [2, 3])]
    assert (found[0].first_total, found[0].second_total) == (10, 11)


def test_totals_that_no_counts_of_the_pattern_meet():
    """The counts lie on a diagonal, so that rows and columns must have the same totals."""
    with pytest.raises(ValueError, match="in 50 rounds"):
        constrain_to_totals([1, 1], [[0, 1], [0, 1]], [[1, 2], [2, 1]], most_rounds=50)
    with pytest.raises(ValueError, match="larger area 1 of set 0 has a total of 2 and no counts"):
        constrain_to_totals([1, 0], [[0, 1]], [[1, 2]])

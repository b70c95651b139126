"""Organisations of several registers: numbers, names, places, those that do not count."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from hyperlocal.analysis import explain
from hyperlocal.indicators.organisations import NAME, organisations
from hyperlocal.indicators.parts.registers import broken_numbers, clean_names, clean_numbers
from hyperlocal.methods.identity import firsts, joined, unless_contradicted

DEFINITION = """\
hyperlocal: 1
id: third
areas:
  geography: msoa11
  table: {input: areas}
  within: {ltla21: {input: areas, column: district}}
inputs:
  areas: {file: areas.csv, geography: msoa11, code: code}
  homes: {file: homes.csv, geography: postcode21, code: postcode}
correspondences:
  postcode_to_msoa:
    {kind: dwellings, input: homes, column: msoa, dwellings: dwellings, to: msoa11}
records:
  charities: {file: charities.csv, area: {column: postcode, geography: postcode21}}
  companies: {file: companies.csv, area: {column: RegPostcode, geography: postcode21}}
  societies: {file: societies.csv, area: {column: postcode, geography: postcode21}}
index:
  indicators:
    organisations:
      kind: organisations
      registers:
        charities:
          records: charities
          numbers: {charity: number, company: company}
          name: name
          leave_out: {above: {income: 1000000}, where: {reach: [National, Overseas]}}
        companies:
          records: companies
          numbers: {company: CompanyNumber}
          name: CompanyName
          where: {category: [CIC, Registered Society]}
        societies:
          records: societies
          numbers: {company: {column: society, beginning: RS}}
          name: name
      denominator: {input: areas, column: people}
      per: 1000
      high_value: less_need
"""
AREAS = "code,district,people\nW02000001,W06000001,500\nW02000002,W06000001,250\n"
HOMES = "postcode,msoa,dwellings\nCF10 1AA,W02000001,10\nCF10 1AB,W02000001,6\n"
HOMES += "CF10 1AB,W02000002,2\nCF10 1AD,W02000002,5\n"
CHARITIES = """\
number,company,name,postcode,income,reach
1100001,01234567,The Tŷ Newydd Hall,CF10 1AA,2000,Local
1100002,,Friends of the River,cf101ab,,Local
1100003,,Big Helpers,CF10 1AA,9000000,Local
1100004,07654321,Far Away Aid,CF10 1AD,100,Overseas
1100005,,Lost & Found,CF99 9ZZ,10,Local
"""
COMPANIES = """\
CompanyNumber,CompanyName,RegPostcode,category
1234567,TY NEWYDD HALL LIMITED,CF10 1AD,CIC
07654321,FAR AWAY AID LTD,CF10 1AD,CIC
03333333,LOST AND FOUND LTD.,CF10 1AD,CIC
RS007891,VALLEY SHOP LIMITED,CF10 1AD,Registered Society
09999999,SOMETHING ELSE LTD,CF10 1AA,Private Limited Company
"""
SOCIETIES = """\
society,name,postcode
7891,Valley Co-operative Shop,CF10 1AA
8001,"Friends of the River, Ltd",CF10 1AB
8002,Credit Union,CF10 1AA
"""
TEXTS = {
    "index.yaml": DEFINITION,
    "areas.csv": AREAS,
    "homes.csv": HOMES,
    "charities.csv": CHARITIES,
    "companies.csv": COMPANIES,
    "societies.csv": SOCIETIES,
}
# Ten records that count by their registers. Tŷ Newydd: two records by the company number, placed in
# the first area by the charities. Friends of the River: two by name and postcode, three quarters in
# the first area. Big Helpers is too large, Far Away Aid works overseas, as a company too. Lost &
# Found has an unknown postcode; its company has another, so that they are two. Valley: two records
# by the number of the society, in the second area. Credit Union: the first area.


@pytest.fixture
def third(index_folder, tmp_path):
    folder = index_folder(tmp_path, TEXTS)
    folder.change("index.yaml", "postcode21}}\n  comp", "postcode21}, most_unplaced: 0.3}\n  comp")
    return folder


def numerator(results) -> list[float]:
    return results.areas["organisations_numerator"].to_list()


def test_each_once_by_hand(third) -> None:
    results = third.build()
    assert numerator(results) == [1 + 0.75 + 1, 0.25 + 1 + 1]
    assert results.areas["organisations_value"].to_list() == [2.75 / 0.5, 2.25 / 0.25]
    told = results.provenance["gathered"]["organisations"]
    assert told["organisations"] == 8
    assert (told["left_out"], told["counted"]) == (2, 6)
    assert (told["in_several_records"], told["most_records_of_one"]) == (4, 2)
    assert told["records"]["charities"]["left_out"] == {"its area is not known": 1}
    assert told["registers"]["charities"] == {
        "records": 5,
        "organisations": 5,
        "placed_by_it": 3,
        "broken_numbers": 0,
        "records_to_leave_out": 2,
        "without_income": 1,
    }
    assert told["registers"]["societies"]["placed_by_it"] == 1
    said = str(explain(results, "W02000001"))
    assert "organisations of charities, companies, societies, each once" in said
    assert "2.75 / 500 x 1000" in said


def test_a_place_is_taken_from_a_register_that_has_one(third) -> None:
    third.change("charities.csv", "1100005,,Lost", "1100005,3333333,Lost")
    results = third.build()
    told = results.provenance["gathered"]["organisations"]
    assert told["organisations"] == 7
    assert told["records"]["charities"]["left_out"] == {}
    assert numerator(results) == [2.75, 2.25]


def test_a_place_outside_the_index_is_a_place(third) -> None:
    third.texts["homes.csv"] += "CH1 1AA,E02000001,7\n"
    third.change("charities.csv", "Tŷ Newydd Hall,CF10 1AA", "Tŷ Newydd Hall,CH1 1AA")
    results = third.build()
    assert numerator(results) == [0.75 + 1, 2.25]  # its company would place it in the second
    told = results.provenance["gathered"]["organisations"]["records"]["charities"]
    assert told["left_out"]["its area is not in the index"] == 1


def test_it_is_shrunk_as_events(third) -> None:
    third.change("index.yaml", "per: 1000", "per: 1000\n      shrink_to: ltla21")
    shrunk = third.build().areas["organisations_shrunk"].to_numpy()
    own = np.log(np.array([3.25, 2.75]) / [500, 250])
    center, variance = np.log(5.5 / 750), 1 / np.array([3.75, 3.25])
    between = ((own - center) ** 2).sum()
    weight = between / (between + variance)
    np.testing.assert_allclose(shrunk, 1000 * np.exp(weight * own + (1 - weight) * center))


def test_people_of_one_name_and_postcode(third) -> None:
    third.texts["charities.csv"] += "1100006,,FRIENDS OF THE RIVER,CF10 1AB,,Local\n"
    # another charity number: two organisations, and the society is of the first
    assert sum(numerator(third.build())) == 6
    third.change("index.yaml", "per: 1000", "per: 1000\n      name_and_postcode: join")
    assert sum(numerator(third.build())) == 5
    third.change("index.yaml", "name_and_postcode: join", "name_and_postcode: ignore")
    assert sum(numerator(third.build())) == 7


def test_broken_numbers_can_be_ignored(third) -> None:
    third.change("charities.csv", "1100001,01234567", "n/a,01234567")
    third.change("charities.csv", "1100002,", "n/a,")  # the mark does not join the two
    third.change("index.yaml", "per: 1000", "per: 1000\n      broken_numbers: ignore")
    told = third.build().provenance["gathered"]["organisations"]
    assert told["registers"]["charities"]["broken_numbers"] == 2
    assert told["organisations"] == 8


def test_numbers_in_one_spelling() -> None:
    numbers = pl.Series(["00123456", "sc 00123", "ni-012345", "IP27814R", "1234567", "", None])
    clean = ["123456", "SC123", "NI12345", "IP27814R", "1234567", None, None]
    assert clean_numbers(numbers).to_list() == clean
    assert clean_numbers(pl.Series(["GB-COH-01"]), without=["gb-coh-"]).to_list() == ["1"]
    wrong = pl.Series(["0", "00000000", "NONE", "123456789", "12 34"])
    assert broken_numbers(clean_numbers(wrong), "company").to_list() == [True] * 4 + [False]
    assert broken_numbers(pl.Series(["AB1", "A1"]), "lottery", "[A-Z]{2}[0-9]").to_list() == [
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("St. John's Hall", "ST JOHNS HALL"),
        ("Cymdeithas yr Wŷl", "CYMDEITHAS YR WYL"),
        ("Bread & Roses C.I.C.", "Bread and Roses Community Interest Company"),
        ("The Hub (Bala) Ltd", "Hub, Bala - Limited"),
        ("Caffi Cyf.", "CAFFI CYFYNGEDIG"),
        ("Llan Fair", "Llanfair"),
        ("Hub Ltd Ltd", "Hub"),
    ],
)
def test_names_that_are_one(one: str, other: str) -> None:
    from hyperlocal.definition.kinds.organisations import IGNORED

    first, second = clean_names(pl.Series([one, other]), IGNORED)
    assert first == second


def test_names_that_are_two() -> None:
    names = clean_names(
        pl.Series(["Hub", "Hubs", "Hub 2", "Hwb", "Limited Editions", "-"]), ["ltd"]
    )
    assert names.n_unique() == 6
    assert names[5] is None


def test_joined_by_hand() -> None:
    # 0-1 by the first key, 1-3 by the second, 4 alone; 2 and 5 by the third
    keys = [[5, 5, -1, -1, -1, -1], [-1, 9, 8, 9, -1, -1], [-1, -1, 2, -1, -1, 2]]
    assert joined(keys).tolist() == [0, 0, 1, 0, 2, 1]
    # the record without a number goes with the first; through the company number 2 is charity 7 too
    names, charity, company = [1, 1, 1, 1], [7, 8, -1, -1], [-1, -1, 4, -1]
    assert unless_contradicted(names, [charity, company]).tolist() == [1, -1, 1, 1]
    charity, company = [7, 8, 8, -1], [-1, 4, -1, 4]
    assert unless_contradicted(names, [charity, company]).tolist() == [1, -1, -1, -1]
    assert firsts([0, 1, 0, 1], [False, True, True, True]).tolist() == [False, True, True, False]


def test_registers_without_the_same_keys() -> None:
    one = {"charity": pl.Series(["1", None]), NAME: pl.Series(["a", "b"])}
    other = {NAME: pl.Series(["b", None, None], dtype=pl.String)}
    assert organisations([one, other], "join").tolist() == [0, 1, 1, 2, 3]


def test_registers_can_say_where_organisations_lie(third) -> None:
    import geopandas
    import shapely

    boxes = [shapely.box(300_000 + 1000 * i, 200_000, 301_000 + 1000 * i, 201_000) for i in (0, 1)]
    shapes = geopandas.GeoDataFrame(
        {"code": ["W02000001", "W02000002"]}, geometry=boxes, crs="EPSG:27700"
    )
    third.prepare = lambda folder: shapes.to_parquet(folder / "shapes.parquet")
    third.change(
        "index.yaml", "{input: areas}\n", "{input: areas}\n  boundaries: {input: shapes}\n"
    )
    third.change(
        "index.yaml",
        "inputs:\n",
        "inputs:\n  shapes: {file: shapes.parquet, geography: msoa11, code: code}\n",
    )
    third.change(
        "index.yaml",
        "{file: societies.csv, area: {column: postcode, geography: postcode21}}",
        "{file: societies.csv, location: {x: x, y: y}, most_unplaced: 0.4}",
    )
    third.change("index.yaml", "beginning: RS}}\n          name: name", "beginning: RS}}")
    third.texts["societies.csv"] = "society,x,y\n7891,300500,200500\n8001,301500,200500\n8002,,\n"
    results = third.build()
    # the shop is placed by its company; of the two other societies one lies in the second area
    assert numerator(results) == [1 + 0.75, 0.25 + 1 + 1 + 1]
    told = results.provenance["gathered"]["organisations"]["records"]["societies"]
    assert told["left_out"] == {"the record has no location": 1}


def test_a_kind_of_number_may_be_called_name(third) -> None:
    """Numbers of a kind "name" are not the names: Ty Newydd is joined by them as before."""
    for kind in ("charity", "company"):
        third.change("index.yaml", f"{kind}: ", f"{'name' if kind == 'company' else 'other'}: ")
    assert numerator(third.build()) == [1 + 0.75 + 1, 0.25 + 1 + 1]


def test_what_one_register_leaves_out_does_not_count_in_another(third) -> None:
    """Companies come second: those of the category go, with the charities that they are."""
    category = "where: {category: [CIC, Registered Society]}"
    third.change(
        "index.yaml", category, f"{category}\n          leave_out: {{where: {{category: CIC}}}}"
    )
    assert numerator(third.build()) == [0.75 + 1, 0.25 + 1]

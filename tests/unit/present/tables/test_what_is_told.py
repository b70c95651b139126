"""What tables tell of their numbers: who weighs, what was shrunk, what rests on few."""

from __future__ import annotations

import pytest

from hyperlocal.analysis.supplied import Sources
from hyperlocal.errors import DataError
from hyperlocal.present.publication import read_publication
from hyperlocal.present.publish import without_folders
from hyperlocal.present.tables.indicators import small_counts_shown, was_shrunk


@pytest.fixture
def counted(small):
    small.change("defaults:", "populations: {adults: {column: adults, input: people}}\ndefaults:")
    return small


def test_small_counts_without_a_rule_are_told(small):
    assert small_counts_shown(small.build()) == [
        "Out of work: 1 area rests on counts under 5, and the definition has no rule for them "
        "(publish)"
    ]


def test_a_rule_or_no_small_count_is_not_told(small):
    small.change("per: 100,", "per: 100, publish: {suppress_below: 5},")
    assert small_counts_shown(small.build()) == []
    small.change(", publish: {suppress_below: 5}", "")
    small.change_table("E01000004,E06000002,3", "E01000004,E06000002,5")
    assert small_counts_shown(small.build()) == []


def test_what_shrinkage_did_not_move_is_not_called_shrunk(small):
    results = small.build()
    node = results.definition.by_id["out_of_work"]
    assert was_shrunk(results, node)
    assert not was_shrunk(results, results.definition.by_id["income"])
    names = read_publication(results).table("indicators_lsoa21").rows.columns
    assert "out_of_work_shrunk" in names
    small.change("shrink_to: ltla24", "shrink_to: none")
    results = small.build()
    assert not was_shrunk(results, results.definition.by_id["out_of_work"])


def test_districts_say_who_their_areas_are_weighed_by(counted, tmp_path):
    results = counted.build()
    notes = read_publication(results).table("districts_ltla24").notes
    assert "Areas are weighed by Adults (people.csv)" in notes
    (tmp_path / "heads.csv").write_text(
        "area,heads\n" + "".join(f"E0100000{area},10\n" for area in range(1, 7))
    )
    given = Sources(populations=(f"{tmp_path / 'heads.csv'}:heads", "work=adults"))
    notes = read_publication(results, given).table("districts_ltla24").notes
    assert "Areas are weighed by heads (heads.csv); in Work by Adults (people.csv)" in notes


def test_averages_of_transformed_ranks_are_called_so(counted):
    counted.change("    work:\n", "    work:\n      published_score: transformed_rank\n")
    publication = read_publication(counted.build())
    notes = publication.table("districts_ltla24").notes
    assert "Average scores of Work are averages of transformed ranks" in notes
    headings = {one.name: one.heading for one in publication.table("areas").columns}
    assert headings["work_score"] == "Work: score (transformed rank, 0 to 100)"
    assert headings["money_score"] == "Money: score"


def test_an_area_is_put_into_another_district(counted):
    results = counted.build()
    given = Sources(overrides={"E01000003": "E06000002"})
    publication = read_publication(results, given)
    rows = publication.table("areas").rows
    districts = dict(rows.select("area_code", "ltla24_code").iter_rows())
    assert districts["E01000003"] == "E06000002"
    assert publication.table("districts_ltla24").rows["areas"].to_list()[:2] == [2, 4]
    assert any("was put into E06000002 by an override" in note for note in publication.notes)
    with pytest.raises(DataError, match="'E06000009'"):
        read_publication(results, Sources(overrides={"E01000003": "E06000009"}))


def test_what_does_not_apply_is_told_from_what_is_not_known(small):
    small.change("id: small\n", "id: small\nquality: {most_zeros: 0.5}\n")
    publication = read_publication(small.build())
    measures = publication.table("measures")
    ids = measures.rows["id"].to_list()
    parents = dict(zip(ids, marks(measures, "parent"), strict=True))
    assert parents["small"] == "[z]"
    assert parents["work"] is None
    source = dict(zip(ids, marks(measures, "source"), strict=True))
    assert source["out_of_work"] == "[x]"
    assert set(marks(publication.table("quality"), "accepted")) == {"[z]"}


def marks(table, column: str) -> list[str | None]:
    """Return what stands in each row of a column instead of a value."""
    return table.mark(column).to_list()


def test_a_district_without_ranked_areas_leaves_the_others_their_summaries(counted):
    counted.change("high_value: less_need}", "high_value: less_need, missing_values: unscored}")
    for row in ("E01000004,E06000002,3,150,", "E01000005,E06000002,9,280,"):
        old = next(line for line in counted.table.read_text().splitlines() if line.startswith(row))
        counted.change_table(old, row)
    counted.change_table("E01000006,E06000002,64,400,15500", "E01000006,E06000002,64,400,")
    publication = read_publication(counted.build())
    rows = publication.table("districts_ltla24").rows
    of = {node: rows.filter(measure=node)["group_code"].to_list() for node in ("work", "money")}
    assert of == {"work": ["E06000001", "E06000002"], "money": ["E06000001"]}
    assert "E06000002: nobody lives in areas that Money ranks" in publication.notes


def test_larger_areas_are_not_called_as_the_areas_are(counted, tmp_path):
    results = counted.build()
    (tmp_path / "lookup.csv").write_text(
        "lsoa,area_code\n" + "".join(f"E0100000{area},X{area % 2}\n" for area in range(1, 7))
    )
    given = Sources(groups=(f"{tmp_path / 'lookup.csv'}:area_code",))
    with pytest.raises(DataError, match="larger areas cannot be called 'area'"):
        read_publication(results, given)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("file: '/home/jane doe/secret client/people.csv'", "file: people.csv\n"),
        (r"file: \\server\share\people.csv", "file: people.csv\n"),
        (r"file: C:\Users\me\people.csv", "file: people.csv\n"),
        ("forms: [{file: ~/private/people.csv}]", "forms:\n- file: people.csv\n"),
        ("file: data/people.csv  # beside it", "file: data/people.csv  # beside it"),
    ],
)
def test_no_folder_of_this_machine_leaves_in_the_definition(written, told):
    assert without_folders(written) == told

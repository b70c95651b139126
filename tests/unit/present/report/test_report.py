"""The technical report: what it says is what was published, in documents that all can read."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pypdf import PdfReader

from hyperlocal.present.documents import Typeset, cell_texts
from hyperlocal.present.publication import Publication, read_publication
from hyperlocal.present.report import Picture, report_data, typeset_report, write_report
from hyperlocal.present.report.naming import in_words

SURE = "How sure the ranks are"


@pytest.fixture(scope="module")
def said(everything: Publication, pictures: tuple[Picture, ...]) -> dict[str, Any]:
    return report_data(everything, pictures)


@pytest.fixture(scope="module")
def typeset(everything: Publication, pictures: tuple[Picture, ...]) -> Typeset:
    return typeset_report(everything, pictures)


def headings(said: dict[str, Any]) -> list[str]:
    return [one["text"] for one in said["blocks"] if one["kind"] == "heading"]


def tables_of(said: dict[str, Any]) -> dict[str, dict[str, Any]]:
    blocks = [one["table"] for one in said["blocks"] if one["kind"] == "table"]
    return {one["caption"]: one for one in blocks}


def facts_of(said: dict[str, Any], title: str) -> dict[str, Any]:
    at = next(
        place
        for place, one in enumerate(said["blocks"])
        if one["kind"] == "heading" and one["text"] == title
    )
    facts = next(one for one in said["blocks"][at:] if one["kind"] == "facts")
    return dict(pair for group in facts["groups"] for pair in group)


def test_sections_apply_and_stand_in_order(said: dict[str, Any]) -> None:
    json.dumps(said, allow_nan=False)
    found = headings(said)
    order = [
        "Summary",
        "What the index says, and what it does not",
        "How the index is made up",
        "The areas",
        "Money",
        "How the numbers were made",
        "Composite indicators",
        "Shrinkage",
        "Proportions",
        "Ratios",
        "Means",
        "Direction",
        "Standardisation",
        "Weights and combination",
        "Factor analysis",
        "Exponential transformation",
        "Ranks and deciles",
        "Summaries of larger areas",
        "Quality",
        "Missing values",
        "Results in brief",
        "How sure the ranks are",
        "Change since the one before",
        "Data",
        "Conversion between geographies",
        "Sources, licences and citation",
        "How to cite",
    ]
    places = [found.index(one) for one in order]
    assert places == sorted(places)


def test_steps_that_are_not_taken_are_not_told(small) -> None:
    found = headings(report_data(read_publication(small.build())))
    assert "Ranks and deciles" in found
    assert "Shrinkage" in found
    for absent in (
        "Composite indicators",
        "Means",
        "Ratios",
        "Factor analysis",
        "Conversion between geographies",
        "How sure the ranks are",
        "Change since the one before",
        "Supplementary measures",
    ):
        assert absent not in found


def test_numbers_are_cells_of_the_published_tables(
    said: dict[str, Any], everything: Publication
) -> None:
    found = tables_of(said)
    weights = everything.table("weights")
    of_jobs = weights.rows.with_row_index("at").filter(node="jobs")["at"]
    shown = found["Jobs: its parts and their weights"]["rows"]
    for place, name in enumerate(("child_title", "weight", "estimated", "loading", "uniqueness")):
        column = next(one for one in weights.columns if one.name == name)
        assert [row[place] for row in shown] == cell_texts(weights, column, of_jobs).to_list()

    areas = everything.table("areas").rows.sort("everything_rank").head(20)
    first = found["The 20 most deprived areas"]["rows"]
    assert [row[1] for row in first] == areas["area_name"].to_list()
    assert [row[3] for row in first] == [f"{one:.3f}" for one in areas["everything_score"]]

    rows = everything.table("districts_ltla24").rows.filter(measure="everything")
    leading = rows.sort("extent_rank", "group_code")["group_name"].to_list()
    names = found["The local authority districts that are first by each summary"]["rows"]
    assert "; ".join(row[4] for row in names if row[4]).split("; ") == leading[: len(names)]


def test_an_indicator_is_told_as_the_definition_has_it(said: dict[str, Any]) -> None:
    told = facts_of(said, "People out of work")
    assert told["Published for"] == "LSOA (2021)"
    assert told["Date or period"] == "2024-03"
    assert told["Denominator"] == ["people. Residents of the areas"]
    assert told["Shrinkage"].startswith("towards the value of the local authority district")
    assert told["How it is measured"].endswith("2 counts, shown below. Given per 100.")
    assert told["Part of"].startswith("Jobs (sub-domain), with the weight 0.")
    assert told["Part of"].endswith("(factor analysis)")
    assert told["Reason for inclusion"] == "Work is what most live by."
    assert "Values are shown" not in told
    assert told["Values found"].endswith("(%)")
    counts = tables_of(said)["Counts that People out of work adds up"]
    assert [row[0] for row in counts["rows"]] == ["Searching $ work", "Unable"]
    assert counts["notes"] == ["Unable: Rounded to 5."]
    assert facts_of(said, "Crowded")["Brought to the areas"] == "OA (2021) to LSOA (2021)"


def test_values_that_may_not_be_shown_are_not(said: dict[str, Any]) -> None:
    income = facts_of(said, "Income")
    assert income["Values are shown"].startswith("for local authority districts")
    assert "Values found" not in income
    assert income["Missing values"].startswith("1 area without a value; it counts as 0")


def test_checks_that_were_accepted_are_told_with_their_reasons(said: dict[str, Any]) -> None:
    assert "few areas have #any" in facts_of(said, "Tied")["Checks"][1]
    rows = tables_of(said)["Checks that were not passed, and why that was accepted"]["rows"]
    assert [row[0] for row in rows] == ["Tied"]
    assert rows[0][-1] == "few areas have #any"


def test_exclusions_and_conventions_are_told(said: dict[str, Any]) -> None:
    left_out = tables_of(said)["Areas that are left out of the index"]["rows"]
    assert left_out == [["E01000120", "It has no people, only `works`.", "yes"]]
    formulas = {one["name"]: one for one in said["blocks"] if one["kind"] == "formula"}
    assert formulas["fraction_from_one"]["values"] == {"number": "120"}
    assert "50 / ln 9" in formulas["exponential_exact"]["alt"]
    assert "exponential" not in formulas
    assert "weights_from_loadings" not in formulas
    analysis = tables_of(said)["The factor analyses"]["rows"]
    assert analysis[0][:4] == ["Jobs", "3", "regression scores", "Skills at most 0.3"]


def test_it_claims_nothing_that_an_index_cannot_say(said: dict[str, Any]) -> None:
    words = json.dumps(said).lower()
    assert "twice as" not in words
    assert "a rank is not a rate" in words
    assert "ranks of other nations, and of other versions, do not compare" in words
    assert "areas are not people" in words
    assert "most need" not in " ".join(
        one["text"] for one in said["blocks"][:3] if isinstance(one.get("text"), str)
    )


def test_it_is_a_whole_pdf(typeset: Typeset, everything: Publication) -> None:
    reader = PdfReader(BytesIO(typeset.pdf))
    catalogue = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalogue
    assert reader.metadata is not None
    assert reader.metadata.title == "An index of everything: technical report"
    assert reader.metadata.author is None
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.isoformat() == everything.built
    bookmarks = [one.title for one in reader.outline if not isinstance(one, list)]
    assert bookmarks[0] == "Contents"
    assert 'Work & "jobs" #1 *not* $money$ <b> _x_ Tŷ-croes / Aberpennar' in bookmarks[5]
    last = len(reader.pages)
    for number in (1, 3, last):
        text = reader.pages[number - 1].extract_text()
        assert f"Page {number} of {last}" in text
        assert len(text) > (300 if number < last else 100)


class Page(HTMLParser):
    """The tags of a page in their order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_it_is_a_whole_page(typeset: Typeset, pictures: tuple[Picture, ...]) -> None:
    tags = Page(typeset.html).tags
    levels = [int(tag[1]) for tag, _ in tags if len(tag) == 2 and tag[0] == "h" and tag != "hr"]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert sum(tag == "math" for tag, _ in tags) >= 15
    assert all(one["aria-label"] for tag, one in tags if one.get("role") == "math")
    alts = [one["alt"] for tag, one in tags if tag == "img"]
    assert sorted(map(str, alts)) == sorted(one.alt for one in pictures)
    assert not any(tag in ("script", "link", "b") for tag, _ in tags)


def test_it_is_written_whole_or_not_at_all(
    everything: Publication, pictures: tuple[Picture, ...], typeset: Typeset, tmp_path: Path
) -> None:
    pdf, page = write_report(everything, tmp_path, pictures)
    assert pdf.read_bytes() == typeset.pdf
    assert page.read_text(encoding="utf-8") == typeset.html
    broken = Picture("broken.svg", "it is no picture", "Broken", b"<svg", "results")
    (tmp_path / "other").mkdir()
    with pytest.raises(Exception, match="cannot be typeset"):
        write_report(everything, tmp_path / "other", [broken])
    assert not list((tmp_path / "other").iterdir())


def test_all_ranks_of_the_small_index_agree(small) -> None:
    publication = read_publication(small.build())
    said = report_data(publication)
    first = tables_of(said)["The 6 areas of most need"]["rows"]
    ranks = publication.table("areas").rows.sort("small_rank", "area_code")
    assert [row[0] for row in first] == ranks["small_rank"].cast(pl.String).to_list()


def test_what_was_left_out_stands_in_the_appendix(
    said: dict[str, Any], everything: Publication
) -> None:
    assert headings(said)[-1] == "Appendix: considered and left out"
    assert any("stand in the appendix" in str(one.get("text")) for one in said["blocks"])
    found = tables_of(said)
    work = found[f"Considered for {everything.definition.by_id['work'].title}"]
    assert [one["heading"] for one in work["columns"]] == [
        "Indicator",
        "What it is",
        "Why it was left out",
        "Source and date",
    ]
    reason = "They are known for #districts only."
    assert work["rows"] == [["Vacancies", "Jobs *on offer*.", reason, "A survey, 2023"]]
    rest = found["Considered for the index"]["rows"]
    assert rest == [["Trust & safety", "No survey asks for it."]]
    assert everything.table("considered").rows["id"].to_list() == ["vacancies", "trust"]


def test_notes_name_titles_and_no_ids(everything: Publication) -> None:
    told = "out_of_work is weighed by residents; 'out_of_work' stands in data/out_of_work.csv"
    assert in_words(everything, told) == (
        "People out of work is weighed by residents; 'People out of work' stands in "
        "data/out_of_work.csv"
    )


def test_charts_stand_with_their_part_and_maps_side_by_side_in_the_results(
    said: dict[str, Any],
) -> None:
    blocks = said["blocks"]
    grid = next(place for place, one in enumerate(blocks) if one["kind"] == "picture_grid")
    assert [one["name"] for one in blocks[grid]["pictures"]] == ["money.svg"]
    before = [one["text"] for one in blocks[:grid] if one["kind"] == "heading"]
    assert before[-1] == "Each part of the index by itself"
    chart = next(place for place, one in enumerate(blocks) if one.get("name") == "work.svg")
    before = [one["text"] for one in blocks[:chart] if one["kind"] == "heading"]
    assert before[-1].startswith("Work &")


def test_how_sure_ranks_are_is_told_from_the_published_intervals(
    said: dict[str, Any], everything: Publication
) -> None:
    rows = everything.table("intervals").rows
    areas = everything.table("areas").rows
    assert rows["rank"].to_list() == areas["everything_rank"].to_list()
    known = rows.drop_nulls("rank")
    assert (known["rank_lower"] < known["rank_upper"]).any()
    first = rows.filter(areas["everything_decile"] == 1)
    inside = (first["decile_upper"] == 1).sum()
    assert 0 < inside < first.height
    at = next(n for n, one in enumerate(said["blocks"]) if one.get("text") == SURE)
    words = [one["text"] for one in said["blocks"][at + 1 : at + 3]]
    assert words[0].startswith("The index was computed 20 times more, with its counts and weights")
    assert "In 90% of these computations" in words[0]
    assert words[1] == (
        f"Of the {first.height} areas in decile 1, {inside} have an interval that lies in decile 1 "
        "as a whole."
    )
    assert said["blocks"][at + 3]["name"] == "uncertainty.svg"


def test_change_is_told_from_the_published_table(
    said: dict[str, Any], everything: Publication
) -> None:
    (version,) = everything.versions
    moved = everything.table(f"changes_{version.id}").rows["everything_deciles_moved"].drop_nulls()
    rows = tables_of(said)["How far areas moved since the one before"]["rows"]
    same = next(row for row in rows if row[0] == "the same decile")
    assert int(same[1]) == (moved == 0).sum()
    assert sum(int(row[1]) for row in rows) == moved.len()


def test_published_intervals_are_whole_ranks(everything: Publication) -> None:
    table = everything.table("intervals")
    kinds = {one.name: one.kind for one in table.columns}
    assert kinds.pop("area_code") == kinds.pop("area_name") == "text"
    assert set(kinds.values()) == {"whole"}
    assert table.rows["decile_lower"].drop_nulls().is_between(1, 10).all()

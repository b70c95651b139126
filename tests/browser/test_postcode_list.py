"""A list of postcodes: pasted or from a file, answered as `hyperlocal lookup` does."""

from __future__ import annotations

import polars as pl
import pytest
from playwright.sync_api import expect


@pytest.fixture(scope="module")
def listed(demo, tmp_path_factory):
    """A file of 3,000 postcodes in use, ended, elsewhere, unknown, wrong and missing."""
    directory = pl.read_csv(demo.files["postcodes"], infer_schema=False)
    known = directory.sample(2_800, seed=3)["pcds"].to_list()
    odd = [known[0].lower(), known[1].replace(" ", ""), f"  {known[2]} ", "CL1 9ZZ", "ZZ99 9ZZ"]
    rows = [*known, *[*odd, "nonsense", "", "=1+1", "<b>x</b>"] * 20]
    rows = pl.Series(rows).shuffle(seed=3).to_list()
    table = pl.DataFrame(
        {"Client": [f'No. {i}, "{i}"' for i in range(len(rows))], "Home postcode": rows}
    )
    file = tmp_path_factory.mktemp("lists") / "clients.csv"
    table.write_csv(file)
    return file


def test_a_file_is_answered_as_the_command_line_does(demo, reader, command, listed):
    page = reader(demo.address, "view=postcodes")
    page.page.set_input_files("#list-file", listed)
    page.button("Download the list").wait_for()
    saved = page.csv(page.button("Download the list"))
    out = listed.with_name("answered.csv")
    command(
        "lookup", demo.results.folder, listed, "--directory", demo.files["postcodes"], "--out", out
    )
    known = pl.read_csv(out, infer_schema=False)
    assert saved.height == known.height == 2_980
    shared = [name for name in known.columns if name in saved.columns]
    assert {
        "postcode_status",
        "matched_postcode",
        "postcode_terminated",
        "area_code",
        "area_name",
        f"{demo.index}_rank",
        f"{demo.index}_decile",
        f"{demo.index}_score",
    } <= set(shared)
    score = f"{demo.index}_score"
    for name in shared:
        if name == "Home postcode":
            continue  # a formula is guarded on the way out
        if name == score:
            assert saved[name].cast(float).to_list() == known[name].cast(float).to_list()
        else:
            assert saved[name].fill_null("").to_list() == known[name].fill_null("").to_list(), name
    counts = dict(known["postcode_status"].value_counts().iter_rows())
    assert set(counts) == {"live", "terminated", "elsewhere", "unknown", "invalid"} - (
        {"elsewhere"} - set(counts)
    )
    found = known["area_code"].is_not_null().sum()
    text = page.panel.locator("section[aria-labelledby=matched]").inner_text()
    assert f"2,980 lines, {found:,} with an area" in text
    said = {
        "live": "in use",
        "terminated": "no longer in use",
        "elsewhere": "in none of these areas",
        "unknown": "not in the directory",
        "invalid": "not a postcode",
    }
    for status, count in counts.items():
        assert f"{count:,} {said[status]}" in " ".join(text.split()), status


def test_pasted_lines(england, reader):
    page = reader(england.address, "view=postcodes")
    lines = ["postcode", "TS24 0AB", "TS24 0AD", "TS24 0AE", "LL18 1AA", "TS24 9ZZ", "what"]
    page.panel.get_by_label("Or paste it here").fill("\n".join(lines))
    page.button("Match").click()
    rows = page.table()
    status = rows[0].index("postcode_status")
    assert [row[status] for row in rows[1:]] == [
        "in use",
        "no longer in use",
        "no longer in use",
        "in none of these areas",
        "not in the directory",
        "not a postcode",
    ]
    code = rows[0].index("area_code")
    assert [row[code] for row in rows[1:]] == ["E01011950", "", "E01011951", "", "", ""]
    page.says("6 lines, 2 with an area")


def test_postcodes_alone_without_a_heading(england, reader):
    page = reader(england.address, "view=postcodes")
    page.panel.get_by_label("Or paste it here").fill("TS24 0AB\nME5 8AA")
    page.button("Match").click()
    page.says("2 lines, 2 with an area")
    assert "Hartlepool 008A" in str(page.table())


def test_lists_that_cannot_be_read_are_told_so(england, reader):
    page = reader(england.address, "view=postcodes")
    several = "from,to\nTS24 0AB,ME5 8AA\nTS24 0AF,TS24 0AD\n"
    for text, said in (
        ("a,b\n1,2\n", "No column holds postcodes."),
        ("postcode\n", "There are no lines."),
        (several, "Several columns look like postcodes"),
    ):
        page.panel.get_by_label("Or paste it here").fill(text)
        page.button("Match").click()
        expect(page.panel.get_by_role("alert")).to_contain_text(said)
    page.panel.get_by_label("Column of the postcodes").select_option("to")
    page.says("2 lines, 1 with an area")


def test_script_and_formulas_in_a_file_do_nothing(england, reader, tmp_path):
    text = (
        "postcode,<img src=x onerror=alert(1)>\n"
        "TS24 0AB,<script>alert(2)</script>\n"
        'ME5 8AA,"=HYPERLINK(""http://example.invalid"",""x"")"\n'
        "TS24 0AF,@SUM(1+1)*cmd|' /C calc'!A0\n"
    )
    file = tmp_path / "<b>odd.csv"
    file.write_text(text)
    page = reader(england.address, "view=postcodes")
    page.page.set_input_files("#list-file", file)
    rows = page.table()
    assert rows[0][1] == "<img src=x onerror=alert(1)>"
    assert rows[1][1] == "<script>alert(2)</script>"
    assert page.page.locator("main img, main script").count() == 0
    saved = page.csv(page.button("Download the list"))
    cells = saved[saved.columns[1]].to_list()
    assert cells[1].startswith("'=HYPERLINK")
    assert cells[2].startswith("'@SUM")


def test_nothing_of_a_list_leaves_the_browser(demo, reader, listed):
    page = reader(demo.address, "view=postcodes")
    before = len(page.requests)
    page.page.set_input_files("#list-file", listed)
    page.button("Download the list").wait_for()
    for url in page.requests[before:]:
        assert url.startswith(f"{demo.address}data/"), url
        assert "?" not in url


def test_dropping_a_file(england, reader):
    page = reader(england.address, "view=postcodes")
    page.page.evaluate(
        """() => {
          const moved = new DataTransfer();
          moved.items.add(new File(["postcode\\nTS24 0AB\\n"], "dropped.csv"));
          document.querySelector(".drop").dispatchEvent(
            new DragEvent("drop", { dataTransfer: moved, bubbles: true, cancelable: true }));
        }"""
    )
    page.says("1 line, 1 with an area")
    assert page.saved(page.button("Download the list")).suggested_filename == (
        f"dropped-{england.index}.csv"
    )

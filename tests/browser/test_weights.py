"""Changed weights: every area has the rank that Python gives it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from playwright.sync_api import expect

from hyperlocal.pipeline.computation import Variation
from hyperlocal.pipeline.replay import Replay

HARTLEPOOL = "at=12.00/54.68500/-1.22000"
GRID = [(x, y) for x in range(820, 1340, 20) for y in range(120, 840, 20)]
CHANGED = {"income": 0.5, "crime": 0.0, "environment": 0.31}


def published_weights(site, parent: str = "") -> dict[str, float]:
    """Return the published weights of the children of a node, as the engine holds them."""
    table = pl.read_parquet(site.results.folder / "weights.parquet")
    own = table.filter(pl.col("node") == (parent or site.index))
    return dict(own.select("child", "weight").iter_rows())


def ranks(site, weights: dict[str, float]) -> pl.DataFrame:
    """Return code, rank, decile and score of all areas with other weights of the domains."""
    total = sum(published_weights(site).values())
    asked = np.array(list(weights.values()))
    replay = Replay.of(site.results)
    found = replay.evaluate(Variation(weights={site.index: asked * total / asked.sum()}))
    node = found[site.index]
    return pl.DataFrame(
        {
            "area_code": site.areas["area_code"],
            "score": node.score,
        }
    ).with_columns(
        pl.col("score").rank("min", descending=True).alias("rank"),
    )


def slide(page, titles: dict[str, str], weights: dict[str, float]) -> None:
    for node, weight in weights.items():
        page.panel.get_by_role("slider", name=titles[node], exact=True).fill(str(weight))
    page.page.wait_for_function("() => new Promise(requestAnimationFrame).then(() => true)")


@pytest.fixture(scope="module")
def titles(england) -> dict[str, str]:
    return {node.id: node.title for node in england.results.definition.root.children}


def downloaded(page) -> pl.DataFrame:
    saved = page.csv(page.button("Download new ranks"))
    saved = saved.rename(lambda heading: heading.removesuffix("_with_your_weights"))
    return saved.with_columns(
        pl.col("published_rank", "rank", "decile").cast(pl.Int32), pl.col("score").cast(float)
    )


def test_the_published_weights_give_all_published_ranks(england, reader):
    """Half of every weight is the same weights: all is computed anew, and nothing may move."""
    page = reader(england.address)
    halves = {node: weight / 2 for node, weight in published_weights(england).items()}
    written = ",".join(f"{node}:{weight!r}" for node, weight in halves.items())
    page.open(f"view=weights&weights={england.index}({written})")
    found = downloaded(page)
    assert found.height == 33_755
    for name, known in (("published_rank", "rank"), ("rank", "rank"), ("decile", "decile")):
        column = england.areas[f"{england.index}_{known}"]
        assert found[name].to_list() == column.to_list(), name
    np.testing.assert_allclose(found["score"], england.areas[f"{england.index}_score"], rtol=1e-12)
    page.says("0 areas enter. 0 areas leave.")


def test_changed_weights_give_what_python_gives(england, reader, titles):
    page = reader(england.address, "view=weights")
    slide(page, titles, CHANGED)
    page.panel.locator("[data-moved]").wait_for()
    found = downloaded(page)
    known = ranks(england, {**published_weights(england), **CHANGED})
    assert found["area_code"].to_list() == known["area_code"].to_list()
    assert found["rank"].to_list() == known["rank"].to_list()
    np.testing.assert_allclose(found["score"], known["score"], rtol=1e-12)
    number = known.height
    tenth = -(-known["rank"].to_numpy().astype(np.int64) * 10 // number)
    assert found["decile"].to_list() == tenth.tolist()

    before = england.areas[f"{england.index}_rank"].to_numpy()
    after = known["rank"].to_numpy()
    names = england.areas["area_name"]
    entering = np.flatnonzero((after <= number / 10) & (before > number / 10))
    leaving = np.flatnonzero((after > number / 10) & (before <= number / 10))
    assert len(entering) == len(leaving) > 50
    page.says(f"{len(entering)} areas enter. {len(leaving)} areas leave.")
    for title, areas, by in (("Enter", entering, after), ("Leave", leaving, before)):
        block = page.panel.locator("details").filter(
            has=page.page.locator("summary", has_text=f"{title} ({len(areas):,})")
        )
        block.locator("summary").click()
        while (more := block.get_by_role("button", name="Show")).count():
            more.click()
        listed = [one.strip() for one in block.locator("li button").all_inner_texts()]
        assert listed == [names[int(place)] for place in areas[np.argsort(by[areas])]]


def test_the_map_and_all_views_show_the_changed_ranks(england, reader, titles):
    page = reader(england.address, f"area=E01011950&view=weights&{HARTLEPOOL}")
    still = page.colours(GRID)
    slide(page, titles, CHANGED)
    known = ranks(england, {**published_weights(england), **CHANGED})
    rank = int(known.filter(area_code="E01011950")["rank"].item())
    page.says(f"Hartlepool 008A: rank 59 as published, {rank:,} with these weights")
    page.settled()
    assert page.colours(GRID) != still
    page.go("Area")
    page.says(f"Rank {rank:,} of 33,755")
    page.says("with your weights")
    page.go("Table")
    first = page.table()[1]
    assert first[1].endswith(known.sort("rank")["area_code"][0])
    page.go("Weights")
    page.button("As published").click()
    page.says("These are the published weights.")
    expect(page.button("As published")).to_be_disabled()
    assert "weights" not in page.link
    assert page.colours(GRID) == still
    page.go("Area")
    page.says("Rank 59 of 33,755")


def test_a_slider_moved_there_and_back_is_as_published(england, reader, titles):
    page = reader(england.address, "view=weights")
    slider = page.panel.get_by_role("slider", name=titles["income"], exact=True)
    slider.focus()
    page.page.keyboard.press("ArrowRight")
    page.panel.locator("[data-moved]").wait_for()
    page.says("published: 22.5%")
    page.page.keyboard.press("ArrowLeft")
    page.says("These are the published weights.")
    page.go("Table")
    table = pl.read_csv(page.saved(page.button("Download CSV")).path())
    whole = england.areas.sort(f"{england.index}_rank")
    assert table["area_code"].to_list() == whole["area_code"].to_list()
    rank = f"{england.index}_rank"
    assert table[rank].to_list() == whole[rank].to_list()


def test_no_weight_at_all_is_refused_and_keeps_the_ranks(england, reader, titles):
    page = reader(england.address, "view=weights")
    slide(page, titles, dict.fromkeys(titles, 0))
    page.says("At least one weight must be above 0.")
    page.page.get_by_role("alert").first.wait_for()
    page.button("As published").click()
    page.says("These are the published weights.")


def test_subdomains_of_the_demo(demo, reader):
    page = reader(demo.address, "view=weights")
    boxes = page.panel.locator("details.card")
    page.says("Move a slider")
    root = demo.results.definition.root
    expect(page.panel.locator("details.card[open]").get_by_role("slider")).to_have_count(
        len(root.children)
    )
    assert boxes.count() > 1
    boxes.nth(1).locator("summary").click()
    boxes.nth(1).get_by_role("slider").first.fill("0")
    page.panel.locator("[data-moved]").wait_for()
    text = page.link["weights"]
    parent, _, rest = text.partition("(")
    children = [part.split(":") for part in rest.rstrip(")").split(",")]
    held = published_weights(demo, parent)
    weights = np.array([float(weight) for _, weight in children])
    total = sum(held[child] for child, _ in children)
    found = Replay.of(demo.results).evaluate(
        Variation(weights={parent: weights * total / weights.sum()})
    )
    saved = downloaded(page)
    known = pl.Series(found[demo.index].score).fill_nan(None).rank("min", descending=True)
    assert saved["rank"].to_list() == known.to_list()
    other = reader(demo.static, page.page.url.partition("#")[2])
    assert downloaded(other).equals(saved)

"""What the tutorial asks of the demo, as a reader types it."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

ROOT = Path(__file__).parents[2]
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
pytestmark = pytest.mark.xdist_group("demo")


def commands(title: str) -> list[str]:
    """Return the commands under a heading of the tutorial."""
    section = TUTORIAL.split(f"## {title}\n")[1].split("\n## ")[0]
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", section, re.DOTALL))
    joined = blocks.replace("\\\n", " ")
    return [" ".join(shlex.split(line, comments=True)) for line in joined.splitlines() if line]


def run(demo, command: str, *more: str) -> str:
    """Run a command of the tutorial on the demo."""
    folder = str(demo.nation.parent)
    words = shlex.split(command.replace("build/demo", folder))
    assert words[0] == "hyperlocal"
    done = subprocess.run(
        [sys.executable, "-m", *words, *more],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


ASKED = commands("Ask more of it")


# what each leaves: a table, a column of it, and how many rows it has
LEAVES = (
    ("districts", "average_score_rank", 19 * 15),
    ("scales", "count", 19),
    ("areas", "need_of_many_kinds", 1999),
    ("areas", "hyperlocal_need_2025_gi_star_cluster", 1999),
    ("similar", "distance", 6),
    ("areas", "most_deprived_10", 1999),
    ("effects", "total", 2 * 6),
)


def test_every_kind_of_analysis_is_asked_for():
    assert [command.split()[1] for command in ASKED] == [
        *("districts", "districts", "flag", "cluster", "explain", "uncertainty", "uncertainty")
    ]


@pytest.mark.parametrize("place", range(len(ASKED)), ids=lambda place: ASKED[place].split()[1])
def test_what_the_tutorial_asks(demo, tmp_path, place):
    out = tmp_path / "report"
    shown = run(demo, ASKED[place], "--out", str(out))
    table, column, size = LEAVES[place]
    found = pl.read_csv(out / f"{table}.csv")
    assert found[column].null_count() < found.height == size
    assert len(shown.splitlines()) > 10
    assert (out / "about.json").exists()


def test_districts_agree_with_the_planted_need(demo, tmp_path):
    """Authorities of more need as built are those in which more was planted."""
    run(demo, ASKED[0], "--out", str(tmp_path / "report"))
    found = pl.read_csv(tmp_path / "report" / "districts.csv")
    found = found.filter(pl.col("measure") == "hyperlocal_need_2025")
    areas = demo.with_need().drop_nulls("hyperlocal_need_2025_rank")
    overall = [0.225, 0.1, 0.225, 0.225, 0.225]
    names = ["economic_growth", "clean_energy", "safe_streets", "opportunity", "health"]
    planted = areas.group_by("ltla23_code").agg(
        sum(
            weight * pl.col(f"planted_{name}").mean()
            for weight, name in zip(overall, names, strict=True)
        ).alias("need")
    )
    both = found.join(planted, left_on="group_code", right_on="ltla23_code")
    assert both.height == found.height == 19
    assert both.select(pl.corr("average_rank", "need", method="spearman")).item() > 0.95


def test_a_changed_index_is_compared(demo, tmp_path):
    build, compare = commands("Change a weight")
    run(demo, build)
    shown = run(demo, compare, "--out", str(tmp_path / "report"))
    assert "clean_energy" in shown
    changed = pl.read_csv(tmp_path / "report" / "areas.csv")
    assert changed.height >= 1999

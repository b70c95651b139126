"""Made-up data are known wherever they lie in their folder, and results keep it."""

from __future__ import annotations

import pytest

from hyperlocal.pipeline.made_up import WITHOUT_WORDS, made_up


def test_real_data_are_not_said_to_be_made_up(small):
    assert small.build().provenance["made_up"] == ""


def test_results_keep_that_their_data_are_made_up(small):
    (small.folder / "made-up.txt").write_text("Nothing of it exists.\nNor this.\n")
    assert small.build().provenance["made_up"] == "Nothing of it exists."


def test_one_made_up_file_is_enough(small, tmp_path):
    other = tmp_path / "nation" / "census"
    other.mkdir(parents=True)
    small.table.rename(other / "people.csv")
    (tmp_path / "nation" / "made-up.txt").write_text("Made up.")
    small.change("file: people.csv", f"file: '{other / 'people.csv'}'")
    assert small.build().provenance["made_up"] == "Made up."


@pytest.mark.parametrize(
    ("content", "said"), [("", WITHOUT_WORDS), ("\n", WITHOUT_WORDS), (" Yes \n", "Yes")]
)
def test_the_mark_counts_by_being_there(tmp_path, content, said):
    (tmp_path / "made-up.txt").write_text(content)
    assert made_up([tmp_path / "a" / "b.csv"]) == said
    assert made_up([tmp_path.parent / "b.csv"]) == ""

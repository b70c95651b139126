from __future__ import annotations

import os

import numpy as np
import pytest

from hyperlocal.server.contents import Contents, SiteChangedError
from hyperlocal.server.snapshot import read_files, tag_of_site


def test_numbers_of_areas_in_several_blocks(made, site):
    contents = Contents(site)
    rows = np.array([599, 0, 256, 255])
    names, numbers = contents.numbers(rows)
    assert numbers.shape == (4, len(names))
    assert np.array_equal(numbers[:, names["jobs_value"]], made.scores("jobs")[rows])
    assert np.array_equal(numbers[:, names["need_rank"]], made.ranks("need")[rows])


def test_columns_and_their_order(made, site):
    columns = Contents(site).columns("trees")
    ranks = made.ranks("trees")
    assert np.array_equal(columns.rank, np.nan_to_num(ranks))
    assert np.isnan(ranks[columns.by_rank[-1]])
    assert (np.diff(ranks[columns.by_rank[:-1]]) >= 0).all()


def test_a_file_that_changed_is_refused(made, tmp_path):
    site = made.write_made_site(tmp_path)
    contents = Contents(site)
    file = site / "data" / "blocks" / "0001.bin.gz"
    contents.numbers(np.array([0]))
    os.utime(file, ns=(0, 0))
    with pytest.raises(SiteChangedError):
        contents.numbers(np.array([300]))
    file.unlink()
    with pytest.raises(SiteChangedError):
        contents.numbers(np.array([300]))
    contents.numbers(np.array([1]))  # read already


def test_links_and_hidden_files_are_left_out(made, tmp_path):
    site = made.write_made_site(tmp_path / "site")
    before = read_files(site)
    (tmp_path / "outside.txt").write_text("outside")
    (site / "link.txt").symlink_to(tmp_path / "outside.txt")
    (site / "more").symlink_to(tmp_path)
    (site / ".hidden").write_text("hidden")
    assert read_files(site) == before
    assert tag_of_site(read_files(site)) == tag_of_site(before)
    (site / "shown.txt").write_text("shown")
    assert set(read_files(site)) - set(before) == {"shown.txt"}
    assert tag_of_site(read_files(site)) != tag_of_site(before)

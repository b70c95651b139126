"""Folders that are no site, sites that change while they are served, and ports that are taken."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.bad_input.test_bad_requests import WRITER, served

from hyperlocal.errors import ResultsError
from hyperlocal.server.app import create_app
from hyperlocal.server.running import listen


@pytest.fixture(scope="module")
def made() -> SimpleNamespace:
    return SimpleNamespace(**runpy.run_path(str(WRITER)))


def test_a_site_that_was_written_anew_is_not_mixed_with_the_old(made, tmp_path):
    site = made.write_made_site(tmp_path / "site")
    app = create_app(site)
    shutil.rmtree(site)
    made.write_made_site(site)
    with served(app) as ask:
        for target in ("/api/areas/W01000000", "/api/postcodes/CF101AA", "/api/search?q=tref"):
            status, problem = ask.refused(target)
            assert status == 503
            assert "started again" in problem["detail"]
        assert ask("/")[0] == 200


def refusal(site: Path) -> str:
    with pytest.raises(ResultsError) as caught:
        create_app(site)
    return str(caught.value)


def test_folders_that_are_no_site(made, tmp_path):
    assert "is not a site" in refusal(tmp_path)
    assert "is not a site" in refusal(tmp_path / "nowhere")
    for file, content in (
        ("site.json", b"{"),
        ("site.json", b'{"format": 2}'),
        ("site.json", b"[]"),
        ("site.json", b'{"format": 1}'),
        ("areas.json.gz", b"not gzip"),
        ("areas.json.gz", None),
    ):
        site = made.write_made_site(tmp_path / "site")
        damaged = site / "data" / file
        damaged.unlink() if content is None else damaged.write_bytes(content)
        said = refusal(site)
        assert file in said
        assert "publish-site" in said
        shutil.rmtree(site)


def test_a_port_that_is_taken_or_an_address_that_is_not_here():
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ResultsError, match="cannot listen there"):
            listen("127.0.0.1", port)
    with pytest.raises(ResultsError, match="name another --port or --host"):
        listen("192.0.2.1", 0)  # an address of documentation
    with pytest.raises(ResultsError, match="cannot listen there"):
        listen("no such host", 8765)
